"""Every bug that the simulated world found, as the smallest story that shows it."""

from world import ADA, World

from twinbook.model.plan import Question
from twinbook.model.policy import Direction, OnBookRemoval
from twinbook.replicas.memory import MemoryReplica


class Meddled(MemoryReplica):
    """A book in which something happens right before, or instead of, a request."""

    def __init__(self, **rest):
        super().__init__(**rest)
        self.before = {}

    def _meddle(self, request):
        act = self.before.pop(request, None)
        if act is not None:
            act()

    def read(self, ids):
        self._meddle("read")
        return super().read(ids)

    def write(self, changes, cause):
        self._meddle("write")
        yield from super().write(changes, cause)


def meddle(world: World, name: str) -> Meddled:
    """A new, empty book in the place of one."""
    book = Meddled(name=name)
    world.books[name] = world.house.replicas[world.spokes[name].id] = book
    return book


def quiet(world: World) -> bool:
    return not any(outcome.report.tally for outcome in world.sync())


def test_a_personal_item_removed_right_before_it_is_adopted_hides_nobody(world):
    bob = meddle(world, "bob")
    item = bob.put(ADA)
    ada = world.create(ADA)
    bob.before["write"] = lambda: bob.drop(item.id)

    world.sync()
    world.sync()

    assert world.item("bob", ada) is not None


def test_a_question_about_a_category_survives_an_edit_that_the_book_does_not_see(world):
    world.set_policy(directions={"office": Direction.TO_HUB})
    ada = world.create(ADA)
    world.sync()
    world.books["bob"].edit(world.item("bob", ada).id, categories=())
    world.sync()

    world.edit(ada, office="B 12")
    world.sync()

    assert [one.hold.question for one in world.holds()] == [Question.UNTRACK]
    assert quiet(world)


def test_a_question_about_a_removal_survives_an_edit_that_the_book_does_not_see(world):
    world.set_policy(directions={"office": Direction.TO_HUB}, on_book_removal=OnBookRemoval.ASK)
    ada = world.create(ADA)
    world.sync()
    world.books["bob"].drop(world.item("bob", ada).id)
    world.sync()

    world.edit(ada, office="B 12")
    world.sync()

    assert [one.hold.question for one in world.holds()] == [Question.REMOVED_IN_BOOK]
    assert quiet(world)
