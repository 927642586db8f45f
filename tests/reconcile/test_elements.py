"""Merging e-mails, numbers, addresses and categories, element by element (rule 2.5)."""

from dataclasses import replace

import pytest

from twinbook.model.contact import Address, Email, Kind, Phone, PhoneKind
from twinbook.model.pair import Pair, Side
from twinbook.reconcile.edits import overlay
from twinbook.reconcile.elements import Rules, merge_elements
from twinbook.reconcile.tracks import counterparts, follow, undone

WORK = Phone("+44 20 7946 0001", PhoneKind.WORK)
HOME = Phone("+44 20 7946 0002", PhoneKind.HOME)
NEW = Phone("+44 20 7946 0009", PhoneKind.WORK)
OTHER = Phone("+44 20 7946 0008", PhoneKind.WORK)
BOTH = (Side.HUB, Side.SPOKE)
ROAD = Address(Kind.WORK, street="Main St 1", city="Berlin")


def rules(name="phones", to=BOTH, winner=Side.HUB, adopted=False, by_part=None):
    def reaches(side, part):
        return side in ((by_part or {}).get(part, to))

    return Rules(name, reaches, lambda _: winner, adopted)


def outcome(base, hub, spoke, **rest):
    base = base if isinstance(base, Pair) else Pair(base, base)
    return merge_elements(rules(**rest), base, Pair(hub, spoke))


@pytest.mark.parametrize(
    ("case", "hub", "spoke", "result"),
    [
        ("one is added on each side", (WORK, HOME), (WORK, OTHER), {WORK, HOME, OTHER}),
        ("the same on both", (WORK, NEW), (WORK, NEW), {WORK, NEW}),
        ("removed here, added there", (), (WORK, NEW), {NEW}),
        ("removed on both", (), (), set()),
        ("changed here", (NEW,), (WORK,), {NEW}),
        ("changed here, removed there", (NEW,), (), {NEW}),
        ("removed here, changed there", (), (NEW,), {NEW}),
        ("relabelled here, changed there", (replace(WORK, kind=PhoneKind.CAR),), (NEW,),
         {replace(NEW, kind=PhoneKind.CAR)}),
        ("changed alike", (NEW,), (NEW,), {NEW}),
    ],
)  # fmt: skip
def test_what_happened_here_happens_there(case, hub, spoke, result):
    merged = outcome((WORK,), hub, spoke)

    assert set(merged.wanted.hub) == set(merged.wanted.spoke) == result, case
    assert not merged.clash


@pytest.mark.parametrize("winner", [Side.HUB, Side.SPOKE, None])
def test_one_number_changed_differently_on_both_sides(winner):
    merged = outcome((WORK,), (NEW,), (OTHER,), winner=winner)

    assert merged.clash == (winner is None)
    if winner is not None:
        stays, gives_way = (NEW, OTHER) if winner is Side.HUB else (OTHER, NEW)
        assert merged.wanted == Pair((stays,), (stays,))
        assert merged.lost == ((winner.other, gives_way),)


def test_one_number_given_two_kinds_is_a_conflict_of_the_kind_alone():
    hub = replace(NEW, kind=PhoneKind.CAR, preferred=True)
    merged = outcome((NEW,), (hub,), (replace(NEW, kind=PhoneKind.HOME),), winner=Side.SPOKE)

    assert merged.wanted == Pair(
        (replace(hub, kind=PhoneKind.HOME),), (replace(hub, kind=PhoneKind.HOME),)
    )


@pytest.mark.parametrize("winner", [Side.HUB, Side.SPOKE, None])
def test_one_number_added_on_both_sides_under_two_kinds(winner):
    here, there = NEW, replace(NEW, kind=PhoneKind.HOME, value="+44-20-7946-0009")

    merged = outcome((), (here,), (there,), winner=winner)

    assert merged.clash == (winner is None)
    if winner:
        kinds = {one.kind for side in Side for one in merged.wanted[side]}
        assert kinds == {(here if winner is Side.HUB else there).kind}
        assert [one.value for one in merged.wanted.spoke] == [there.value]  # its own spelling


def test_one_word_added_on_both_sides_is_one():
    merged = outcome((), ("Chess",), ("chess",), name="hobbies")

    assert merged.wanted == Pair(("Chess",), ("chess",))


@pytest.mark.parametrize(
    ("to", "hub", "spoke"),
    [
        ((Side.SPOKE,), (NEW,), (NEW,)),  # F4 to the book: the hub's
        ((Side.HUB,), (OTHER,), (OTHER,)),  # F4 to the hub: the book's
        ((), (NEW,), (OTHER,)),  # none: each its own, and nobody is asked
    ],
)
def test_a_clash_on_a_one_way_road_is_the_sources(to, hub, spoke):
    merged = outcome((WORK,), (NEW,), (OTHER,), to=to, winner=None)

    assert merged.wanted == Pair(hub, spoke)
    assert not merged.clash


@pytest.mark.parametrize(
    ("to", "hub", "spoke", "wanted"),
    [
        ((Side.SPOKE,), (), (NEW,), Pair((), ())),  # the removal travels, the change does not
        ((Side.SPOKE,), (NEW,), (), Pair((NEW,), (NEW,))),
        ((Side.HUB,), (NEW,), (), Pair((), ())),
        ((), (NEW,), (), Pair((NEW,), ())),
    ],
)
def test_a_change_against_a_removal_on_a_one_way_road(to, hub, spoke, wanted):
    assert outcome((WORK,), hub, spoke, to=to).wanted == wanted


@pytest.mark.parametrize(
    ("to", "base", "hub", "spoke", "wanted"),
    [
        ((Side.SPOKE,), (WORK,), (WORK,), (WORK, HOME), Pair((WORK,), (WORK, HOME))),
        ((Side.SPOKE,), (WORK,), (WORK,), (), Pair((WORK,), ())),
        ((Side.HUB,), (WORK,), (WORK, HOME), (WORK,), Pair((WORK, HOME), (WORK,))),
    ],
)
def test_news_stays_where_it_may_not_leave(to, base, hub, spoke, wanted):
    assert outcome(base, hub, spoke, to=to).wanted == wanted


def test_a_removal_against_a_new_spelling_is_a_removal():
    respelled = replace(WORK, value="+44-20-79460001", preferred=True)

    merged = outcome((WORK,), (respelled,), ())

    assert merged.wanted == Pair((), ())


def test_a_word_that_was_respelled_is_removed_all_the_same():
    assert outcome(("chess",), ("Chess",), (), name="hobbies").wanted == Pair((), ())


def test_a_new_spelling_does_not_stand_against_a_new_number():
    respelled = replace(WORK, value="+44-20-79460001")

    merged = outcome((WORK,), (respelled,), (NEW,))

    assert merged.wanted == Pair((NEW,), (NEW,))
    assert merged.lost == ((Side.HUB, respelled),)


def test_what_the_hub_holds_already_is_no_second_copy():
    """A number typed into the book that had found no room there."""
    merged = outcome(Pair((WORK, HOME), (WORK,)), (WORK, HOME), (WORK, HOME))
    replaced = outcome(Pair((WORK, NEW), (WORK,)), (WORK, NEW), (NEW,))

    assert merged.wanted.hub == (WORK, HOME)
    assert replaced.wanted.hub == (NEW,)


def test_a_number_that_was_there_twice_may_stay_twice():
    twice = (WORK, replace(WORK, kind=PhoneKind.HOME))

    merged = outcome(twice, twice, (replace(twice[0], label="desk"), twice[1]))

    assert len(merged.wanted.hub) == 2


def test_a_change_of_what_had_no_room_is_news():
    merged = outcome(Pair((WORK, HOME), (WORK,)), (WORK, replace(HOME, value="+1 555")), (WORK,))

    assert replace(HOME, value="+1 555") in merged.wanted.spoke


def test_a_number_moved_to_a_kind_that_travels_is_news():
    car = replace(WORK, kind=PhoneKind.CAR)
    by_part = {"car": ()}

    moved = outcome(Pair((), (car,)), (), (WORK,), by_part=by_part)
    adopted = outcome(Pair((), (car,)), (), (WORK,), by_part=by_part, adopted=True)
    removed = outcome(Pair((), (car,)), (), (), by_part=by_part)

    assert moved.wanted.hub == (WORK,)
    assert adopted.wanted.hub == removed.wanted.hub == ()


def test_a_number_that_left_the_kinds_that_travel_stays_as_it_was():
    car = replace(WORK, kind=PhoneKind.CAR)

    assert outcome((WORK,), (WORK,), (car,), by_part={"car": ()}).wanted.hub == (WORK,)


@pytest.mark.parametrize(("adopted", "lost"), [(False, True), (True, False)])
def test_what_a_server_made_unrecognisable_is_known_by_its_kind(adopted, lost):
    strange = Phone("ext. 7", PhoneKind.WORK)

    merged = outcome(Pair((WORK,), (strange,)), (NEW,), (strange,), adopted=adopted)

    assert merged.wanted.spoke == ((strange, NEW) if adopted else (overlay({}, NEW),))
    assert bool(merged.lost) == lost


def test_only_a_new_kind_overwrites_nothing():
    strange = Phone("ext. 7", PhoneKind.WORK)
    car = replace(WORK, kind=PhoneKind.CAR)

    merged = outcome(Pair((WORK,), (strange,)), (car,), (strange,))

    assert merged.wanted.spoke == (replace(strange, kind=PhoneKind.CAR),)
    assert merged.lost == ()


def test_an_unrecognisable_number_that_both_edited_is_logged_before_it_goes():
    strange = Phone("ext. 7", PhoneKind.WORK)

    merged = outcome(Pair((WORK,), (strange,)), (NEW,), (replace(strange, kind=PhoneKind.CAR),))

    assert merged.lost == ((Side.SPOKE, replace(strange, kind=PhoneKind.CAR)),)


# addresses are one unit


def test_a_street_of_one_and_a_town_of_the_other_are_never_mixed():
    moved, renamed = replace(ROAD, city="London"), replace(ROAD, street="High St 2")

    merged = outcome((ROAD,), (moved,), (renamed,), name="addresses")

    assert merged.wanted == Pair((moved,), (moved,))


def test_an_address_is_sent_whole_to_a_server_that_dropped_half_of_it():
    shown = replace(ROAD, city="")
    moved = replace(ROAD, street="High St 2")

    merged = outcome(Pair((ROAD,), (shown,)), (moved,), (shown,), name="addresses")

    assert merged.wanted.spoke == (moved,)


def test_a_label_on_an_address_meets_its_new_street():
    labelled, renamed = replace(ROAD, label="works"), replace(ROAD, street="High St 2")

    merged = outcome((ROAD,), (labelled,), (renamed,), name="addresses")

    assert merged.wanted.hub == merged.wanted.spoke == (replace(renamed, label="works"),)


# one is preferred


def preferred(*numbers):
    return {one.value for one in numbers if one.preferred}


def test_a_new_favourite_takes_the_place_of_the_old_one():
    old = replace(WORK, preferred=True)

    merged = outcome((old, OTHER), (old, OTHER), (old, OTHER, replace(NEW, preferred=True)))

    assert preferred(*merged.wanted.hub) == {NEW.value}


@pytest.mark.parametrize("winner", [Side.HUB, Side.SPOKE, None])
def test_two_new_favourites_of_a_kind_are_one(winner):
    here, there = replace(NEW, preferred=True), replace(OTHER, preferred=True)

    merged = outcome((WORK,), (WORK, here), (WORK, there), winner=winner)

    stays = here if winner in (Side.HUB, None) else there
    assert preferred(*merged.wanted.hub) == preferred(*merged.wanted.spoke) == {stays.value}


def test_favourites_of_two_kinds_stay_both():
    here, there = replace(WORK, preferred=True), replace(HOME, preferred=True)

    merged = outcome((), (here,), (there,))

    assert preferred(*merged.wanted.hub) == {WORK.value, HOME.value}


# what became of what


def test_one_that_went_and_one_of_its_kind_that_came_are_a_replacement():
    assert follow("phones", (WORK, HOME), (HOME, NEW)) == (1, 0)
    assert follow("phones", (WORK,), (HOME,)) == (None,)
    assert follow("hobbies", ("chess",), ("poems",)) == (None,)


def test_counterparts_are_found_through_spelling_shortening_and_kind():
    digits = Phone("02079460001", PhoneKind.OTHER)
    mail, cut = Email("ada.lovelace@example.org"), Email("ada.lovelace@exa")

    assert counterparts("phones", (HOME, WORK), (digits,), by_kind=False) == {1: 0}
    assert counterparts("emails", (mail,), (cut,), by_kind=False) == {0: 0}
    assert counterparts("phones", (WORK,), (NEW,), by_kind=False) == {}
    assert counterparts("phones", (WORK,), (NEW,), by_kind=True) == {0: 0}
    assert counterparts("hobbies", ("chess",), ("poems",), by_kind=True) == {}


def test_edits_are_undone_one_by_one():
    shown, typed = undone("phones", (WORK, HOME), (NEW, OTHER), lambda one: one != HOME)

    assert (shown, typed) == ((WORK,), (NEW, OTHER))
