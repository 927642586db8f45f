"""Whether a contact lives, whose it is, and how the feed tells."""

import pytest

from twinbook.crm import contacts, feed, history, standing
from twinbook.crm.feed import Kind, News
from twinbook.model.errors import NotFound, Stale


def state(record):
    return record.business.active, record.business.deleted


def test_a_contact_rests_and_comes_back(connection, company, clock, bob):
    rests = standing.deactivate(connection, bob.id, company.cause, clock, bob.version)
    back = standing.activate(connection, bob.id, company.cause, clock, rests.version)
    assert (state(rests), state(back)) == ((False, False), (True, False))


def test_a_deleted_contact_is_still_told_of_and_can_be_restored(connection, company, clock, bob):
    deleted = standing.delete(connection, bob.id, company.cause, clock)
    assert contacts.read(connection, [bob.id]) == {bob.id: deleted}
    restored = standing.restore(connection, bob.id, company.cause, clock)
    assert (state(deleted), state(restored)) == ((False, True), (True, False))
    lines = history.of(connection, bob.id, "state")
    assert [(line.before, line.after) for line in lines] == [
        ("active", "deleted"),
        ("deleted", "active"),
    ]


def test_a_contact_is_given_away(connection, company, clock, bob):
    given = standing.give_to(connection, bob.id, company.grace.id, company.cause, clock)
    nobodys = standing.give_to(connection, bob.id, None, company.cause, clock)
    assert (given.business.owner, nobodys.business.owner) == (company.grace.id, None)
    lines = history.of(connection, bob.id, "owner")
    assert [(line.before, line.after) for line in lines] == [("Ada", "Grace"), ("Grace", "")]


def test_only_to_somebody_who_exists(connection, company, clock, bob):
    with pytest.raises(NotFound, match="user list"):
        standing.give_to(connection, bob.id, "nobody", company.cause, clock)
    with pytest.raises(NotFound, match="account list"):
        standing.set_account(connection, bob.id, "nothing", company.cause, clock)


ACTS = [
    standing.deactivate,
    standing.activate,
    standing.delete,
    lambda connection, id, *rest: standing.give_to(connection, id, None, *rest),
    lambda connection, id, *rest: standing.set_account(connection, id, None, *rest),
    lambda connection, id, *rest: standing.set_mark(connection, id, "m", *rest),
]


@pytest.mark.parametrize("act", ACTS)
def test_who_saw_an_older_version_is_refused(connection, company, clock, bob, edit, act):
    edit(bob, job_title="Boss")
    with pytest.raises(Stale):
        act(connection, bob.id, company.cause, clock, bob.version)


@pytest.mark.parametrize("act", ACTS)
def test_what_is_so_already_is_not_written_again(connection, company, clock, bob, act):
    once = act(connection, bob.id, company.cause, clock, bob.version)
    newest = feed.newest(connection)
    if once.business.deleted:
        with pytest.raises(NotFound):
            act(connection, bob.id, company.cause, clock, once.version)
    else:
        assert act(connection, bob.id, company.cause, clock, once.version) == once
    assert feed.newest(connection) == newest


def test_the_feed_numbers_every_change(connection, company, clock, bob, edit):
    assert feed.newest(connection) == 1
    edit(bob, job_title="Boss")
    standing.deactivate(connection, bob.id, company.cause, clock)
    standing.give_to(connection, bob.id, None, company.cause, clock)

    assert feed.since(connection, 0) == [
        News(1, bob.id, Kind.CREATED),
        News(2, bob.id, Kind.EDITED),
        News(3, bob.id, Kind.STATE),
        News(4, bob.id, Kind.OWNER),
    ]
    assert feed.since(connection, 1, limit=2) == feed.since(connection, 0)[1:3]
    assert feed.newest(connection) == 4
    assert contacts.get(connection, bob.id).business.number == 4
