"""Some servers refuse a write with 423 while they are busy with another one in the same book."""

import time
from contextlib import closing
from threading import Lock
from urllib.parse import urljoin

import pytest
from dishonest import Dishonest
from shelf import Reply

from twinbook.model.cause import Cause
from twinbook.model.contact import Contact
from twinbook.model.ids import LinkId
from twinbook.net.web import Login, Web
from twinbook.ports import Create, Outdated, Remove, Written
from twinbook.replicas.carddav import CardDavReplica, measuring
from twinbook.replicas.carddav.profile import Profile

CAUSE = Cause(actor=None, channel="test")
MARK = LinkId("0123456789abcdef" * 2)
TRUSTED = Profile(if_none_match=True, echoes=True)


class Locking(Dishonest):
    """Takes one write at a time, and none at all while it is `shut`."""

    def __init__(self):
        super().__init__()
        self.busy, self.refusals, self.shut = Lock(), 0, False

    def reply(self, method, target, headers, body):
        if method not in ("PUT", "DELETE") or target.endswith("/"):
            return super().reply(method, target, headers, body)
        if self.shut or not self.busy.acquire(blocking=False):
            self.refusals += 1
            return Reply(423)
        try:
            time.sleep(0.02)  # or nobody would come meanwhile
            return super().reply(method, target, headers, body)
        finally:
            self.busy.release()


@pytest.fixture
def server():
    with Locking() as running:
        yield running


def web(address):
    return Web(address, Login("alice", "secret"))


def book(server, profile):
    address = server.new_book()
    return closing(CardDavReplica(web(address), address, profile))


def some(count):
    return [
        Create(contact=Contact(surname=f"Number {number}"), mark=LinkId(f"{number:032x}"))
        for number in range(count)
    ]


def kinds(outcomes):
    return {type(one) for one in outcomes}


@pytest.mark.parametrize("locks", [True, False], ids=["known", "noticed"])
def test_where_writes_get_in_each_others_way_they_wait_for_each_other(server, locks):
    with book(server, TRUSTED.but(locks=locks)) as replica:
        outcomes = list(replica.write(some(12), CAUSE))

    assert kinds(outcomes) == {Written}


def test_a_server_that_is_known_to_lock_is_not_asked_in_vain(server):
    with book(server, TRUSTED.but(locks=True)) as replica:
        list(replica.write(some(12), CAUSE))

    assert server.refusals == 0


def test_what_stays_locked_is_written_another_time_and_nobody_is_asked(server):
    with book(server, TRUSTED) as replica:
        (written,) = replica.write(some(1), CAUSE)
        server.shut = True
        removal = Remove(id=written.record.id, expected=written.record.version)
        outcomes = list(replica.write([*some(3)[1:], removal], CAUSE))

    assert kinds(outcomes) == {Outdated}


@pytest.mark.parametrize(("kind", "locks"), [(Locking, True), (Dishonest, False)])
def test_whether_a_server_locks_is_measured(kind, locks):
    with kind() as server:
        address = server.new_book()
        with closing(web(address)) as asking:
            said = measuring.said(asking, address)
            found = measuring.measured(asking, urljoin(address, ".."), said, MARK)

    assert found.locks is locks
