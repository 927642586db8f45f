"""Links, and the marks of those that are no more."""

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from twinbook.database.dialect import upsert, upsert_all
from twinbook.database.metadata import ticks
from twinbook.journal import halves
from twinbook.journal.tables import ended, links
from twinbook.model.contact import Contact
from twinbook.model.fields import FIELDS
from twinbook.model.ids import LinkId, RecordId, SpokeId, Version
from twinbook.model.link import Half, Link, LinkState
from twinbook.model.pair import Pair
from twinbook.ports import Ended

REMEMBERED = 8  # earlier states of an item by which a rolled-back or flapping one is known
AT_ONCE = 500
FLAPPING = 6  # states in a row: three times there and back


def save(connection: Connection, several: Sequence[Link], at: datetime) -> None:
    """Remember links as they are now."""
    if not several:
        return
    hashes = halves.keep(connection, [half for link in several for half in _both(link)])
    past = _pasts(connection, [link.id for link in several])
    rows = [
        _row(link, hashes[2 * n], hashes[2 * n + 1], past.get(link.id, []), at)
        for n, link in enumerate(several)
    ]
    upsert_all(connection, links, rows)


def _both(link: Link) -> tuple[Half, Half]:
    return link.base.hub, link.base.spoke


def _row(
    link: Link, hub: bytes, spoke: bytes, past: list[list[Any]], at: datetime
) -> dict[str, object]:
    if not past or past[-1][0] != spoke.hex():
        past = [*past, [spoke.hex(), ticks(at)]]
    return {
        "id": link.id,
        "spoke_id": link.spoke,
        "contact_id": link.contact,
        "item": link.item,
        "mark": link.mark,
        "base_hub": hub,
        "base_spoke": spoke,
        "hub_version": link.versions.hub,
        "spoke_version": link.versions.spoke,
        "owned": " ".join(sorted(link.owned)),
        "number": link.number,
        "state": link.state.value,
        "adopted": link.adopted,
        "whole": link.whole,
        "past": json.dumps(past[-REMEMBERED:]),
    }


def _pasts(connection: Connection, ids: Collection[LinkId]) -> dict[LinkId, list[list[Any]]]:
    rows = connection.execute(_PASTS, {"ids": list(ids)})
    return {LinkId(id): json.loads(text) for id, text in rows}


_PASTS = sa.select(links.c.id, links.c.past).where(
    links.c.id.in_(sa.bindparam("ids", expanding=True))
)


def end(connection: Connection, link: LinkId, *, released: bool, at: datetime) -> None:
    """Forget a link, but never its mark."""
    columns = (links.c.spoke_id, links.c.mark, links.c.contact_id)
    row = connection.execute(sa.select(*columns).where(links.c.id == link)).one_or_none()
    if row is None:
        connection.execute(
            sa.update(ended).where(ended.c.mark == link).values(released=released, at=at)
        )
        return
    spoke, mark, contact = row
    upsert(
        connection,
        ended,
        {"spoke_id": spoke, "mark": mark, "contact_id": contact, "released": released, "at": at},
    )
    connection.execute(sa.delete(links).where(links.c.id == link))


def to_contacts(
    connection: Connection, spoke: SpokeId, contacts: Collection[RecordId]
) -> dict[RecordId, Link]:
    """The links of hub contacts in a spoke, by contact."""
    return {one.contact: one for one in _found(connection, _TO_CONTACTS, spoke, contacts)}


def at_items(
    connection: Connection, spoke: SpokeId, items: Collection[RecordId]
) -> dict[RecordId, Link]:
    """The links of items of a spoke, by item."""
    return {one.item: one for one in _found(connection, _AT_ITEMS, spoke, items)}


def marked(connection: Connection, spoke: SpokeId, marks: Collection[LinkId]) -> dict[LinkId, Link]:
    """The links whose items carry these marks, by mark."""
    return {one.mark: one for one in _found(connection, _MARKED, spoke, marks)}


def of_contact(connection: Connection, contact: RecordId) -> list[Link]:
    """The links of one hub contact, in every spoke."""
    query = sa.select(links).where(links.c.contact_id == contact)
    return _links(connection, connection.execute(query).all())


def _found(
    connection: Connection, query: sa.Select[Any], spoke: SpokeId, values: Collection[str]
) -> Iterator[Link]:
    for rows in _pages(connection, query, spoke, values):
        yield from _links(connection, rows)


def _pages(
    connection: Connection, query: sa.Select[Any], spoke: SpokeId, values: Collection[str]
) -> Iterator[Sequence[sa.Row[Any]]]:
    wanted = list(values)
    for start in range(0, len(wanted), AT_ONCE):
        asked = {"spoke": spoke, "some": wanted[start : start + AT_ONCE]}
        yield connection.execute(query, asked).all()


def _one_of(table: sa.Table, column: sa.Column[str]) -> sa.Select[Any]:
    """The rows of one spoke with one of `some` values; built once, for every cycle asks it."""
    some = column.in_(sa.bindparam("some", expanding=True))
    return sa.select(table).where(table.c.spoke_id == sa.bindparam("spoke"), some)


_TO_CONTACTS = _one_of(links, links.c.contact_id)
_AT_ITEMS = _one_of(links, links.c.item)
_MARKED = _one_of(links, links.c.mark)
_ENDED_MARKS = _one_of(ended, ended.c.mark).order_by(ended.c.at)
_ENDED_FOR = _one_of(ended, ended.c.contact_id).order_by(ended.c.at)


def _links(connection: Connection, rows: Sequence[sa.Row[Any]]) -> list[Link]:
    hashes = {bytes(digest) for row in rows for digest in (row.base_hub, row.base_spoke)}
    bases = halves.fetch(connection, hashes)
    return [_link(row, bases) for row in rows]


def _link(row: sa.Row[Any], bases: Mapping[bytes, Half]) -> Link:
    return Link(
        id=LinkId(row.id),
        spoke=SpokeId(row.spoke_id),
        contact=RecordId(row.contact_id),
        item=RecordId(row.item),
        mark=LinkId(row.mark),
        base=Pair(bases[bytes(row.base_hub)], bases[bytes(row.base_spoke)]),
        versions=Pair(row.hub_version, row.spoke_version),
        owned=frozenset(row.owned.split()),
        number=row.number,
        state=LinkState(row.state),
        adopted=row.adopted,
        whole=row.whole,
    )


def contacts_marked(connection: Connection, marks: Collection[LinkId]) -> dict[LinkId, RecordId]:
    """The contacts whose items carry these marks, in whatever spoke."""
    wanted, found = list(marks), dict[LinkId, RecordId]()
    for start in range(0, len(wanted), AT_ONCE):
        some = links.c.mark.in_(wanted[start : start + AT_ONCE])
        rows = connection.execute(sa.select(links.c.mark, links.c.contact_id).where(some))
        found |= {LinkId(mark): RecordId(contact) for mark, contact in rows}
    return found


def count(connection: Connection, spoke: SpokeId) -> int:
    """How many links a spoke has."""
    query = sa.select(sa.func.count()).select_from(links).where(links.c.spoke_id == spoke)
    return connection.scalar(query) or 0


def items(
    connection: Connection, spoke: SpokeId
) -> Iterator[tuple[RecordId, RecordId, Version | None]]:
    """Every linked item of a spoke with its contact and version, in the order of items."""
    asked = {"spoke": spoke, "after": ""}
    while page := connection.execute(_ITEMS, asked).all():
        asked["after"] = page[-1].item
        yield from ((RecordId(i), RecordId(c), Version(v) if v else None) for i, c, v in page)


_ITEMS = (
    sa.select(links.c.item, links.c.contact_id, links.c.spoke_version)
    .where(links.c.spoke_id == sa.bindparam("spoke"), links.c.item > sa.bindparam("after"))
    .order_by(links.c.item)
    .limit(5000)
)


def ended_marks(
    connection: Connection, spoke: SpokeId, marks: Collection[LinkId]
) -> dict[LinkId, Ended]:
    """Which of these marks belonged to a link that is no more, by mark."""
    return {one.mark: one for one in _ended(connection, _ENDED_MARKS, spoke, marks)}


def ended_for(
    connection: Connection, spoke: SpokeId, contacts: Collection[RecordId]
) -> Sequence[Ended]:
    """The ended links of hub contacts."""
    return list(_ended(connection, _ENDED_FOR, spoke, contacts))


def _ended(
    connection: Connection, query: sa.Select[Any], spoke: SpokeId, values: Collection[str]
) -> Iterator[Ended]:
    for rows in _pages(connection, query, spoke, values):
        for row in rows:
            yield Ended(
                mark=LinkId(row.mark),
                contact=RecordId(row.contact_id),
                released=row.released,
                at=row.at,
            )


def earlier(
    connection: Connection, ids: Collection[LinkId]
) -> dict[LinkId, list[tuple[Half, int]]]:
    """Older states of the items that were agreed on, with their time, oldest first."""
    past = _pasts(connection, ids)
    hashes = {bytes.fromhex(digest) for several in past.values() for digest, _ in several}
    states = halves.fetch(connection, hashes)
    return {
        id: [(states[bytes.fromhex(digest)], at) for digest, at in several]
        for id, several in past.items()
    }


def flapping(
    connection: Connection, ids: Collection[LinkId], since: datetime
) -> dict[LinkId, frozenset[str]]:
    """The fields that went to and fro between two values since then, by link (rule 3.8)."""
    start = ticks(since)
    found: dict[LinkId, frozenset[str]] = {}
    suspects = [
        id
        for id, states in _pasts(connection, ids).items()
        if sum(at >= start for _, at in states) >= FLAPPING
    ]
    for id, states in earlier(connection, suspects).items() if suspects else ():
        recent = [half.contact for half, at in states if at >= start]
        if fields := _alternating(recent):
            found[id] = fields
    return found


def _alternating(states: Sequence[Contact]) -> frozenset[str]:
    return frozenset(
        row.name for row in FIELDS if _alternates([getattr(one, row.name) for one in states])
    )


def _alternates(values: Sequence[object]) -> bool:
    """Whether a value went to and fro between two states at least three times."""
    moves = [one for n, one in enumerate(values) if n == 0 or one != values[n - 1]]
    return len(moves) >= FLAPPING and all(
        one == next_but_one for one, next_but_one in zip(moves, moves[2:], strict=False)
    )
