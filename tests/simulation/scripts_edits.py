"""Scripts about what people write: where they yield, the engine works, and may die.

A bare `yield` is a synchronisation of every book. What is yielded otherwise is done instead.
"""

from dataclasses import replace
from hashlib import sha256

from world import ADA, GRACE

from twinbook.crm import access, accounts
from twinbook.model.contact import Contact, Day, Email, Kind, Phone, PhoneKind, Photo
from twinbook.model.policy import Direction, Drift, Guards, Winner
from twinbook.model.shape import Shape

NEW_NUMBER = (Phone("+44 20 7946 0099", PhoneKind.WORK),)
MOBILES = tuple(Phone(f"+1 555 010{n}", PhoneKind.MOBILE) for n in range(3))


def the_first_sync(world):
    world.add_book("ann", "ann")
    world.create(ADA)
    world.create(GRACE)
    world.books["ann"].put(Contact(given="Alan", note="between him and Ann"))
    yield


def a_contact_is_created_later(world):
    world.create(ADA)
    yield
    world.create(GRACE, owner="bob")
    yield


def an_edit_in_the_hub(world):
    ada = world.create(ADA)
    yield
    world.edit(ada, job_title="Countess", phones=NEW_NUMBER)
    yield


def an_edit_in_a_book(world):
    world.create(ADA)
    yield
    world.type("bob", "Ada", job_title="Countess", phones=NEW_NUMBER)
    yield


def edits_of_several_fields_on_every_side(world):
    world.add_book("ann", "ann")
    ada = world.create(ADA)
    yield
    world.edit(ada, nickname="Enchantress")
    world.type("ann", "Ada", phones=NEW_NUMBER)
    world.type("bob", "Ada", job_title="Countess", birthday=Day(12, 10, 1815))
    yield


def both_sides_say_the_same(world):
    ada = world.create(ADA)
    yield
    world.edit(ada, job_title="Countess")
    world.type("bob", "Ada", job_title="Countess")
    yield


def one_edit_after_the_other(world):
    world.add_book("ann", "ann")
    ada = world.create(ADA)
    yield
    world.edit(ada, job_title="Countess")
    yield
    world.type("bob", "Ada", nickname="Enchantress")
    yield
    world.type("ann", "Ada", phones=NEW_NUMBER)
    world.edit(ada, department="Looms")
    yield


def two_edits_of_one_field_wait_for_an_answer(world):
    ada = world.create(ADA)
    yield
    world.edit(ada, job_title="Countess")
    world.type("bob", "Ada", job_title="Programmer", nickname="Addie")
    yield
    world.reply("spoke")
    yield


def two_books_edit_one_field(world):
    world.add_book("ann", "ann")
    world.create(ADA)
    yield
    world.type("ann", "Ada", job_title="Countess")
    world.type("bob", "Ada", job_title="Programmer")
    yield
    world.reply("hub")
    yield


def the_hub_wins_a_clash_of_several_fields(world):
    world.set_policy(winners={"job_title": Winner.HUB, "nickname": Winner.HUB})
    ada = world.create(ADA)
    yield
    world.edit(ada, surname="Byron", job_title="Countess", nickname="Addie")
    world.type("bob", "Ada", surname="King", job_title="Programmer", nickname="A")
    yield


def a_book_wins_a_clash(world):
    world.set_policy(winners={"job_title": Winner.SPOKE})
    ada = world.create(ADA)
    yield
    world.edit(ada, job_title="Countess")
    world.type("bob", "Ada", job_title="Programmer")
    yield


def numbers_are_added_on_every_side(world):
    world.add_book("ann", "ann")
    ada = world.create(ADA)
    yield
    world.edit(ada, phones=(*ADA.phones, MOBILES[0]))
    world.type("ann", "Ada", phones=(*ADA.phones, MOBILES[1]))
    world.type("bob", "Ada", phones=(*ADA.phones, MOBILES[2]))
    yield


def values_are_cleared(world):
    ada = world.create(ADA.but(nickname="Addie"))
    yield
    world.edit(ada, job_title="", phones=())
    world.type("bob", "Ada", nickname="", emails=())
    yield


def a_note_becomes_its_users_own(world):
    ada = world.create(ADA.but(note="Met at the fair"))
    yield
    world.edit(ada, note="Met at the fair in May")
    yield
    world.type("bob", "Ada", note="Bob's own thoughts")
    yield
    world.edit(ada, note="Something else")
    yield


def a_book_has_room_for_one_number(world):
    world.add_book("cat", "bob", shape=Shape(at_most={"phones.mobile": 1}))
    world.create(ADA.but(phones=MOBILES))
    yield
    changed = Phone("+1 555 0199", PhoneKind.MOBILE)
    world.type("cat", "Ada", phones=(changed,))
    yield


def shouting(contact):
    """A server that writes capitals, cuts at ten characters and drops plus signs."""
    phones = tuple(Phone(one.value.replace("+", ""), one.kind) for one in contact.phones)
    texts = {name: getattr(contact, name).upper()[:10] for name in ("given", "job_title")}
    return contact.but(**texts, phones=phones)


def a_server_rewrites_what_it_is_told(world):
    world.books["bob"].rewrite = shouting
    ada = world.create(ADA.but(job_title="Analyst of engines"))
    yield
    world.edit(ada, job_title="Enchantress of numbers", phones=NEW_NUMBER)
    yield
    world.type("bob", "Ada", nickname="Addie")
    yield
    world.type("bob", "Ada", job_title="Poet")
    yield


def a_note_is_cut_by_a_server(world):
    world.set_policy(directions={"note": Direction.BOTH})
    world.books["bob"].rewrite = lambda c: c.but(note=c.note[:20])
    world.create(ADA.but(note="0123456789 0123456789 the long rest"))
    yield
    world.type("bob", "Ada", note="0123456789 CHANGED")
    yield


def a_photo_reaches_every_book(world):
    world.add_book("ann", "ann")
    world.create(ADA)
    yield
    picture = b"\xff\xd8 not really a picture"
    photo = Photo(sha256(picture).hexdigest())
    world.books["bob"].pictures[photo.digest] = picture
    world.type("bob", "Ada", photo=photo)
    yield


def a_field_of_the_crm_drifts_in_a_book(world):
    world.set_policy(directions={"job_title": Direction.TO_SPOKE})
    ada = world.create(ADA)
    yield
    world.type("bob", "Ada", job_title="Countess")
    yield
    world.edit(ada, job_title="Programmer")
    yield


def a_field_of_the_crm_is_put_right(world):
    world.set_policy(directions={"job_title": Direction.TO_SPOKE}, drift=Drift.REVERT)
    world.create(ADA)
    yield
    world.type("bob", "Ada", job_title="Countess", nickname="Addie")
    yield


def a_field_travels_only_up(world):
    world.set_policy(directions={"office": Direction.TO_HUB})
    ada = world.create(ADA)
    yield
    world.type("bob", "Ada", office="B 12")
    yield
    world.edit(ada, office="C 3")
    yield


def an_edit_is_not_allowed(world):
    with world.database.write() as c:
        access.restrict(c, access.Right.EDIT, world.clock, fields=["job_title"])
    world.create(ADA)
    yield
    world.type("bob", "Ada", job_title="Queen", phones=NEW_NUMBER)
    yield
    world.reply("drop")
    yield


def an_account_is_renamed(world):
    with world.database.write() as c:
        account = accounts.add(c, "Analytical Ltd", world.clock)
    world.create(ADA, account=account.id)
    world.create(GRACE, account=account.id)
    yield
    world.in_hub(accounts.change, replace(account, name="Difference Ltd"))
    yield


def the_hub_refuses_an_edit(world):
    world.create(Contact(given="Ada"))
    world.create(GRACE)
    yield
    world.books["bob"].edit(world.item_of("bob", "Ada").id, given="")
    world.type("bob", "Grace", job_title="Admiral")
    yield


def one_field_changes_everywhere_at_once(world):
    world.set_policy(guards=Guards(same_field_floor=1))
    world.create(ADA)
    world.create(GRACE)
    yield
    for given, number in (("Ada", MOBILES[0]), ("Grace", MOBILES[1])):
        world.type("bob", given, phones=(number,))
    yield
    world.reply("apply")
    yield


def many_contacts_are_edited_in_one_batch(world):
    people = [
        world.create(Contact(given=f"P{n}", emails=(Email(f"p{n}@example.org", Kind.WORK),)))
        for n in range(4)
    ]
    yield
    for id in people:
        world.edit(id, job_title="Weaver")
    world.type("bob", "P2", nickname="Two")
    yield
