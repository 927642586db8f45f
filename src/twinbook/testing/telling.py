"""What a replica promises about finding and telling. The name of each function is the promise."""

from twinbook.model.contact import Contact
from twinbook.model.errors import CursorExpired
from twinbook.model.ids import Cursor
from twinbook.model.keys import Key, KeyKind
from twinbook.model.record import Gone
from twinbook.ports import Create, Remove, Replica, Written
from twinbook.testing.hands import (
    ADA,
    NOWHERE,
    announced,
    edit,
    listed,
    mark,
    news,
    put,
    send,
    shown,
)

# finding


def items_are_found_by_their_marks(replica: Replica) -> None:
    one, two = put(replica, number=1), put(replica, ADA.but(given="Grace"), number=2)
    found = replica.find([mark(1), mark(2), mark(3)])
    assert found == {mark(1): one, mark(2): two}
    assert replica.find([]) == {}


def look_alikes_are_found_by_what_they_share(replica: Replica) -> None:
    record = put(replica)
    put(replica, Contact(given="Somebody", surname="Else"), number=2)
    email, nobody = Key(KeyKind.EMAIL, "ada@example.org"), Key(KeyKind.EMAIL, "x@example.org")
    found = replica.resembling([email, nobody])
    assert [one.id for one in found.get(email, ())] == [record.id]
    assert not found.get(nobody)


def a_read_answers_for_each_id(replica: Replica) -> None:
    record = put(replica)
    assert replica.read([record.id, NOWHERE]) == {record.id: record, NOWHERE: Gone(NOWHERE)}
    assert replica.read([]) == {}


# the feed


def an_empty_place_tells_one_empty_page(replica: Replica) -> None:
    pages, cursor = news(replica, None)
    assert listed(pages) == {}
    assert pages[-1].complete
    assert listed(news(replica, cursor)[0]) == {}


def own_writes_come_back(replica: Replica) -> None:
    _, start = news(replica, None)
    record = put(replica)
    pages, cursor = news(replica, start)
    assert announced(pages)[record.id].version == record.version
    assert announced(pages)[record.id].mark in (None, record.mark)
    changed = edit(replica, record, job_title="Countess")
    pages, _ = news(replica, cursor)
    assert announced(pages)[record.id].version == changed.version


def what_is_announced_with_its_content_is_what_reads(replica: Replica) -> None:
    record = put(replica)
    for one in announced(news(replica, None)[0]).values():
        assert one.record in (None, record)


def a_removal_is_told_or_missing_from_a_complete_listing(replica: Replica) -> None:
    record = put(replica)
    put(replica, ADA.but(given="Grace"), number=2)
    _, cursor = news(replica, None)
    send(replica, Remove(id=record.id, expected=record.version))
    pages, _ = news(replica, cursor)
    removed = {id for page in pages for id in page.removed}
    complete = all(page.complete for page in pages)
    if isinstance(shown(replica, record.id), Gone):
        assert record.id in removed or (complete and record.id not in listed(pages))
    else:  # a CRM tells of the contact, which now says that it is not active
        assert record.id in announced(pages)


def a_complete_listing_names_everything(replica: Replica) -> None:
    records = [put(replica, ADA.but(given=f"Ada {n}"), number=n) for n in range(7)]
    pages, cursor = news(replica, None)
    assert all(page.complete for page in pages)
    assert listed(pages) == {one.id: one.version for one in records}
    changed = edit(replica, records[3], job_title="Countess")
    pages, _ = news(replica, cursor)
    assert changed.id in announced(pages)
    if pages[-1].complete:
        assert listed(pages).keys() == {one.id for one in records}


def many_items_come_in_pages_each_once(replica: Replica) -> None:
    total = 510
    changes = [
        Create(contact=Contact(given=f"Ada {n}", surname="Lovelace"), mark=mark(n))
        for n in range(total)
    ]
    outcomes = send(replica, *changes)
    assert all(isinstance(outcome, Written) for outcome in outcomes)
    pages, cursor = news(replica, None)
    names = [one.id for page in pages for one in page.announced]
    assert len(names) == len(set(names)) == total
    assert len(pages) > 1
    assert not any(page.removed for page in news(replica, cursor)[0])


def nothing_is_lost_behind_a_cursor_nobody_knows(replica: Replica) -> None:
    record = put(replica)
    for cursor in ("no cursor of ours", "999999999"):
        try:
            pages, _ = news(replica, Cursor(cursor))
        except CursorExpired:
            continue
        assert pages[-1].complete
        assert record.id in listed(pages)
