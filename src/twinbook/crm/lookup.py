"""Finding contacts by what they share: a mark, a key of a look-alike, a place in the feed."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence

import sqlalchemy as sa
from sqlalchemy import Connection

from twinbook.crm import contacts, rows, saving
from twinbook.crm.terms import key_term, term_kind
from twinbook.database import dialect, schema
from twinbook.model.contact import Contact
from twinbook.model.ids import LinkId, RecordId
from twinbook.model.keys import Key, KeyKind
from twinbook.model.record import Record


def by_marks(connection: Connection, marks: Collection[LinkId]) -> Mapping[LinkId, Record]:
    """The contacts that carry these marks; a mark of nobody is left out."""
    found: list[Record] = []
    for some in rows.batches(marks, rows.AT_ONCE):
        stored = rows.select(connection, schema.contacts.c.mark.in_(some))
        found += contacts.records(connection, stored)
    return {record.mark: record for record in found if record.mark is not None}


def resembling(connection: Connection, keys: Collection[Key]) -> Mapping[Key, Sequence[Record]]:
    """The contacts that share a key, inactive ones too; not those deleted or merged."""
    found: dict[Key, list[Record]] = defaultdict(list)
    for some in rows.batches(keys, rows.AT_ONCE):
        serials = _serials(connection, some)
        wanted = {serial for several in serials.values() for serial in several}
        alive = _alive(connection, wanted)
        for key, several in serials.items():
            found[key] += [alive[serial] for serial in several if serial in alive]
    return {key: several for key, several in found.items() if several}


def _serials(connection: Connection, keys: Sequence[Key]) -> Mapping[Key, list[int]]:
    terms = schema.terms
    found: dict[Key, list[int]] = defaultdict(list)
    # One question a kind: an index can't answer a list of pairs on every engine.
    for kind in KeyKind:
        by_value: dict[str, list[Key]] = defaultdict(list)
        for key in keys:
            if key.kind is kind:
                by_value[key_term(key)[1]].append(key)
        asked = sa.select(terms.c.value, terms.c.contact).where(
            terms.c.kind == term_kind(kind), terms.c.value.in_(list(by_value))
        )
        for value, serial in connection.execute(asked.order_by(terms.c.contact)):
            for key in by_value[value]:
                found[key].append(serial)
    return found


def _alive(connection: Connection, serials: Collection[int]) -> Mapping[int, Record]:
    table = schema.contacts
    found: dict[int, Record] = {}
    for some in rows.batches(serials, rows.AT_ONCE):
        condition = sa.and_(
            table.c.serial.in_(some), sa.not_(table.c.deleted), table.c.merged_into.is_(None)
        )
        stored = rows.select(connection, condition)
        records = contacts.records(connection, stored)
        found |= {one.serial: record for one, record in zip(stored, records, strict=True)}
    return found


def page(connection: Connection, behind: int, limit: int) -> Sequence[Record]:
    """Contacts whose newest change has a number greater than `behind`, by that number."""
    return contacts.records(connection, rows.behind(connection, behind, limit))


def by_beginning(connection: Connection, text: str, limit: int) -> list[RecordId]:
    """The ids that begin with a text, or are it."""
    ids = schema.contacts.c.id
    found = connection.scalars(
        sa.select(ids).where(dialect.starts(ids, text.lower())).order_by(ids).limit(limit)
    )
    return [RecordId(id) for id in found]


def equal(connection: Connection, wanted: Collection[Contact]) -> Mapping[Contact, RecordId]:
    """The contacts that show exactly the same details; those of nobody are left out."""
    keys = {saving.sort_key(one) for one in wanted}
    found: dict[Contact, RecordId] = {}
    for some in rows.batches(keys, rows.AT_ONCE):
        for one in rows.select(connection, schema.contacts.c.sort_key.in_(some)):
            found.setdefault(one.own, one.id)
            found.setdefault(one.shown, one.id)
    return {one: found[one] for one in wanted if one in found}


def absorbed(
    connection: Connection, ids: Collection[RecordId]
) -> Mapping[RecordId, Sequence[RecordId]]:
    """The contacts that were merged into each of these; those without any are left out."""
    table = schema.contacts
    found: dict[RecordId, list[RecordId]] = defaultdict(list)
    for some in rows.batches(ids, rows.AT_ONCE):
        query = sa.select(table.c.merged_into, table.c.id).where(table.c.merged_into.in_(some))
        for survivor, loser in connection.execute(query.order_by(table.c.serial)):
            found[RecordId(survivor)].append(RecordId(loser))
    return dict(found)
