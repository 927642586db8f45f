"""The engine: what a plan and a quiet cycle cost, and in what they don't grow."""

from collections.abc import Callable, Iterator

import sqlalchemy as sa

from benchmarks import Row, microseconds
from benchmarks._company import BenchHouse, agreed, company, person
from twinbook.crm import contacts
from twinbook.crm.contacts import New
from twinbook.jobs.rounds import synchronise
from twinbook.journal import journal
from twinbook.journal.tables import links
from twinbook.model.filter import EVERYTHING
from twinbook.model.ids import LinkId, RecordId, SpokeId, UserId, Version
from twinbook.model.link import Half, Link
from twinbook.model.pair import Pair
from twinbook.model.profiles import twinbook
from twinbook.model.record import Business, Record
from twinbook.model.rights import Rights, Viewer
from twinbook.model.shape import FULL
from twinbook.model.spoke import Spoke
from twinbook.reconcile.cases import Linked
from twinbook.reconcile.reconcile import reconcile
from twinbook.reconcile.terms import Terms
from twinbook.replicas.memory import MemoryReplica

FEW, MANY, DIRTY = 100, 100_000, 500


def run() -> list[Row]:
    return [*_planning(), *_quiet()]


def _row(what: str, unit: str, ours: float, against: str, other: float) -> Row:
    return Row(what=what, unit=unit, ours=ours, against=against, other=other)


# planning


def _planning() -> Iterator[Row]:
    """Only what is dirty is planned: the links beside it are never looked at."""
    some, all_ = ([_case(n) for n in range(count)] for count in (DIRTY, 50_000))
    terms = _terms()
    dirty = all_[:: len(all_) // DIRTY][:DIRTY]
    ours = _milliseconds(lambda: reconcile(dirty, terms))
    alone = _milliseconds(lambda: reconcile(some, terms))
    what = f"reconcile of {DIRTY} dirty links out of 50,000"
    yield _row(what, "ms", ours, f"{DIRTY} out of {DIRTY}", alone)


def _case(number: int) -> Linked:
    contact = person(number)
    edited = contact.but(job_title="Head of engines")
    hub = Record(
        id=RecordId(f"c{number}"),
        version=Version("2"),
        contact=edited,
        business=Business(number=number),
    )
    item = Record(id=RecordId(f"i{number}"), version=Version("1"), contact=contact, tagged=True)
    half = Half(contact=contact)
    link = Link(
        id=LinkId(f"l{number}"),
        spoke=SpokeId("s"),
        contact=hub.id,
        item=item.id,
        mark=LinkId(f"l{number}"),
        base=Pair(half, Half(contact=contact, tagged=True)),
        versions=Pair(Version("1"), Version("1")),
    )
    return Linked(link=link, hub=hub, item=item)


def _terms() -> Terms:
    rights = Rights(viewer=Viewer(user=UserId("u")))
    return Terms(policy=twinbook(), shapes=Pair(FULL, FULL), rights=rights, scope=EVERYTHING)


# a quiet cycle


def _quiet() -> Iterator[Row]:
    """One request and a constant number of rows, however many links there are."""
    many, few = (_quiet_cycle(count) for count in (MANY, FEW))
    yield _row(f"quiet cycle over {MANY:,} links", "ms", many, f"over {FEW} links", few)


def _quiet_cycle(count: int) -> float:
    with company() as house:
        book = MemoryReplica()
        spoke = house.connect("book", book)
        for first in range(0, count, 5_000):
            _link(house, spoke, book, range(first, min(first + 5_000, count)))
        with house.database.write() as connection:
            journal.dispatch(connection)
        synchronise(house, [spoke])
        return _milliseconds(lambda: synchronise(house, [spoke]))


def _link(house: BenchHouse, spoke: Spoke, book: MemoryReplica, numbers: range) -> None:
    """Contacts and items that were agreed on long ago, put into the tables directly."""
    with house.database.write() as connection:
        new = (New(contact=person(n)) for n in numbers)
        ids = contacts.create_many(connection, new, house.cause, house.clock)
        found = contacts.read(connection, ids)
        rows = [
            agreed(connection, spoke, found[id], book.put(person(n).but(categories=("CRM",))))
            for n, id in zip(numbers, ids, strict=True)
        ]
        connection.execute(sa.insert(links), rows)


def _milliseconds(work: Callable[[], object]) -> float:
    return microseconds(work, 1) / 1000
