"""Numbers become visible in their order, whoever commits first."""

import threading

from twinbook.crm import contacts, feed
from twinbook.crm.contacts import New
from twinbook.model.cause import Cause
from twinbook.model.contact import Contact
from twinbook.model.errors import Invalid

TEST = Cause(actor=None, channel="test")


def test_a_reader_who_has_seen_a_number_has_missed_none_before_it(database, clock):
    """Two writers, the first of them slow to commit: the second must not overtake it."""
    has_drawn, may_commit = threading.Event(), threading.Event()

    def slow():
        with database.write() as connection:
            contacts.create(connection, New(contact=Contact(given="slow")), TEST, clock)
            has_drawn.set()
            may_commit.wait(10)

    def quick():
        has_drawn.wait(10)
        with database.write() as connection:
            contacts.create(connection, New(contact=Contact(given="quick")), TEST, clock)

    threads = [threading.Thread(target=work) for work in (slow, quick)]
    for thread in threads:
        thread.start()
    has_drawn.wait(10)
    threads[1].join(0.3)  # time enough to overtake
    seen_early = numbers(database)
    may_commit.set()
    for thread in threads:
        thread.join()

    assert seen_early == []
    assert numbers(database) == [1, 2]


def numbers(database):
    with database.read() as connection:
        return [news.number for news in feed.since(connection, 0)]


def test_what_was_undone_leaves_no_gap(database, clock):
    for name in ("Ada", "", "Grace"):
        try:
            with database.write() as connection:
                contacts.create(connection, New(contact=Contact(given="X")), TEST, clock)
                contacts.create(connection, New(contact=Contact(given=name)), TEST, clock)
        except Invalid:
            continue
    assert numbers(database) == [1, 2, 3, 4]
