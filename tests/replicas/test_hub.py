"""The hub, as the engine sees it."""

from hashlib import sha256

import pytest

from twinbook.crm import standing
from twinbook.model.cause import Cause
from twinbook.model.contact import Contact, Email, Photo
from twinbook.model.errors import CursorExpired
from twinbook.model.keys import Key, KeyKind
from twinbook.model.record import Gone
from twinbook.model.shape import FULL
from twinbook.ports import Create, Outdated, Remove, Removed, Update, Written
from twinbook.replicas import hub as hubs
from twinbook.replicas.hub import Hub

TEST = Cause(actor=None, channel="test")
PICTURE = b"a picture"
ADA = Contact(given="Ada", emails=(Email("ada@example.org"),))


@pytest.fixture
def hub(database, clock):
    return Hub(database, clock)


@pytest.fixture
def ada(hub):
    return create(hub, ADA, "mark-1")


def create(hub, contact, mark, photo=None):
    (outcome,) = hub.write([Create(contact=contact, mark=mark, photo=photo)], TEST)
    return outcome.record


def news(hub, since):
    """What the hub tells, all pages together, and the last cursor."""
    pages = list(hub.changes(since))
    return [one for page in pages for one in page.announced], pages[-1].cursor


def test_the_hub_holds_everything_and_settles_at_once(hub):
    assert (hub.shape, hub.settles_after) == (FULL, 0)


def test_an_empty_hub_tells_nothing(hub):
    (page,) = hub.changes(None)
    assert (page.announced, page.complete) == ((), True)
    assert news(hub, page.cursor) == ([], page.cursor)


def test_what_was_written_is_told_once_and_whole(hub, ada):
    told, cursor = news(hub, None)
    assert [one.record for one in told] == [ada]
    assert (told[0].version, told[0].mark) == (ada.version, "mark-1")
    assert news(hub, cursor) == ([], cursor)


def test_a_contact_that_changed_often_is_told_of_once(hub, ada):
    _, cursor = news(hub, None)
    record = ada
    for title in ("a", "b", "c"):
        update = Update(
            id=ada.id,
            expected=record.version,
            contact=ADA.but(job_title=title),
            fields=frozenset({"job_title"}),
        )
        ((record),) = (outcome.record for outcome in hub.write([update], TEST))

    told, later = news(hub, cursor)

    assert [one.record for one in told] == [record]
    (page,) = hub.changes(later)
    assert (page.announced, page.complete) == ((), False)


def test_changes_come_in_pages_and_none_is_left_out(hub, monkeypatch):
    monkeypatch.setattr(hubs, "PAGE", 3)
    made = [create(hub, Contact(given=f"Eve {n}"), f"m{n}").id for n in range(9)]

    pages = list(hub.changes(None))

    assert [len(page.announced) for page in pages] == [3, 3, 3, 0]
    assert all(page.complete for page in pages)
    assert [one.id for page in pages for one in page.announced] == made
    assert [one.id for one in news(hub, pages[1].cursor)[0]] == made[6:]


def test_a_contact_at_rest_or_deleted_is_still_a_record(hub, database, clock, ada):
    assert list(hub.write([Remove(id=ada.id, expected=ada.version)], TEST)) == [Removed()]
    assert hub.read([ada.id])[ada.id].business.active is False
    with database.write() as connection:
        standing.delete(connection, ada.id, TEST, clock)
    (told,), _ = news(hub, None)
    assert told.record.business.deleted is True
    assert hub.read([ada.id]) == {ada.id: told.record}


@pytest.mark.parametrize("cursor", ["99", "", "-1", "x"])
def test_a_cursor_of_another_life_has_expired(hub, ada, cursor):
    with pytest.raises(CursorExpired):
        list(hub.changes(cursor))


def test_who_is_not_there_is_gone(hub, ada):
    assert hub.read([ada.id, "nobody"]) == {ada.id: ada, "nobody": Gone("nobody")}


def test_a_copy_is_found_by_its_mark(hub, ada):
    assert hub.find(["mark-1", "mark-2"]) == {"mark-1": ada}


def test_look_alikes_are_found_by_their_keys(hub, ada):
    key = Key(KeyKind.EMAIL, "ada@example.org")
    assert hub.resembling([key]) == {key: [ada]}


def test_each_change_stands_for_itself(hub, ada):
    remove = Remove(id=ada.id, expected=ada.version)
    outcomes = list(hub.write([remove, remove, Create(contact=ADA, mark="m2")], TEST))
    assert [type(one) for one in outcomes] == [Removed, Outdated, Written]


def test_nothing_is_done_before_it_is_asked_for(hub, ada):
    outcomes = hub.write([Remove(id=ada.id, expected=ada.version)], TEST)
    assert hub.read([ada.id]) == {ada.id: ada}
    next(outcomes)
    assert hub.read([ada.id])[ada.id].business.active is False


def test_a_picture_is_given_only_as_long_as_it_is_the_contacts(hub):
    photo = Photo(sha256(PICTURE).hexdigest())
    ada = create(hub, ADA.but(photo=photo), "m1", photo=PICTURE)
    assert hub.photo(ada.id, photo) == PICTURE
    assert hub.photo(ada.id, Photo("another")) is None
    assert hub.photo("nobody", photo) is None
