"""A change of the engine is carried out inside its own transaction, or leaves nothing."""

from hashlib import sha256

import pytest

from twinbook.crm import contacts, feed, photos, standing
from twinbook.crm.store import store
from twinbook.model.contact import Contact, Photo
from twinbook.model.shape import ALL_FIELDS
from twinbook.ports import (
    Create,
    Exists,
    Missing,
    Outdated,
    Refused,
    Release,
    Remove,
    Removed,
    Update,
    Written,
)

EVE = Contact(given="Eve")


@pytest.fixture
def change(connection, company, clock):
    return lambda change: store(connection, change, company.cause, clock)


def test_a_promotion_that_is_repeated_finds_what_it_made(change):
    made = change(Create(contact=EVE, mark="m1"))
    assert isinstance(made, Written)
    assert made.record.mark == "m1"
    assert change(Create(contact=EVE, mark="m1")) == Exists(made.record.id)


def test_a_mark_belongs_to_one_contact(change, bob):
    made = change(Create(contact=EVE, mark="m1")).record
    update = Update(id=bob.id, expected=bob.version, contact=bob.contact, mark="m1")
    assert change(update) == Exists(made.id)
    own = Update(id=made.id, expected=made.version, contact=EVE, mark="m1")
    assert change(own) == Written(made)


def test_an_update_can_bring_a_mark_and_a_release_takes_it(change, bob):
    marked = change(
        Update(id=bob.id, expected=bob.version, contact=bob.contact, fields=frozenset(), mark="m1")
    ).record
    assert (marked.mark, marked.contact) == ("m1", bob.contact)
    free = change(Release(id=bob.id, expected=marked.version)).record
    assert (free.mark, free.contact) == (None, bob.contact)


@pytest.mark.parametrize("kind", [Update, Release, Remove])
def test_what_was_planned_on_an_older_version_is_outdated(connection, change, bob, edit, kind):
    more = {"contact": EVE} if kind is Update else {}
    edit(bob, job_title="Boss")
    newest = feed.newest(connection)
    assert change(kind(id=bob.id, expected=bob.version, **more)) == Outdated()
    assert feed.newest(connection) == newest


@pytest.mark.parametrize("kind", [Update, Release, Remove])
@pytest.mark.parametrize("fate", ["never was", "deleted"])
def test_what_is_not_there_is_missing(connection, company, clock, change, bob, kind, fate):
    more = {"contact": EVE} if kind is Update else {}
    if fate == "deleted":
        standing.delete(connection, bob.id, company.cause, clock)
    id = "nobody" if fate == "never was" else bob.id
    assert change(kind(id=id, expected=bob.version, **more)) == Missing()


def test_removing_means_to_deactivate(connection, change, bob):
    assert change(Remove(id=bob.id, expected=bob.version)) == Removed()
    assert not contacts.get(connection, bob.id).business.active


def test_an_inactive_contact_still_takes_what_was_typed(change, bob):
    change(Remove(id=bob.id, expected=bob.version))
    late = Update(id=bob.id, expected="2", contact=Contact(job_title="Boss"), fields={"job_title"})
    assert change(late).record.contact == bob.contact.but(job_title="Boss")


@pytest.mark.parametrize(
    "create",
    [
        Create(contact=Contact(), mark="m1"),
        Create(contact=EVE, mark="m1", photo=b"of somebody else"),
    ],
)
def test_what_the_hub_never_takes_leaves_nothing(connection, change, create):
    assert isinstance(change(create), Refused)
    assert feed.newest(connection) == 0
    assert isinstance(change(Create(contact=EVE, mark="m1")), Written)


def test_what_a_refused_change_brought_along_is_not_kept(connection, change, bob):
    photo = Photo(sha256(b"a picture").hexdigest())
    emptying = Update(
        id=bob.id, expected=bob.version, contact=Contact(photo=photo),
        fields=ALL_FIELDS - {"photo"}, photo=b"a picture",
    )  # fmt: skip
    assert isinstance(change(emptying), Refused)
    assert photos.photo(connection, photo.digest) is None


def test_the_engines_own_transaction_goes_on_after_a_refusal(connection, change, bob):
    outcomes = [
        change(Remove(id=bob.id, expected="0")),
        change(Create(contact=Contact(), mark="m1")),
        change(Remove(id=bob.id, expected=bob.version)),
    ]
    assert [type(one) for one in outcomes] == [Outdated, Refused, Removed]
