"""Where imported contacts came from, and what of them no field holds.

By its origin a record is known again when its file is imported once more, however the
contact was changed since. What no field holds stays beside the contact, as a small card,
until it is exported; no book ever sees it.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy import Connection

from twinbook.crm import rows
from twinbook.database import dialect
from twinbook.database.schema import contacts, leftovers, origins
from twinbook.model.ids import RecordId


@dataclass(frozen=True, slots=True)
class Origin:
    """One record of a file. Both are digests: no value of anybody is in them."""

    key: bytes  #: of its id in the system it came from; of all it said, where it has none
    said: bytes  #: of all that it said


@dataclass(frozen=True, slots=True)
class Known:
    """The contact that a record became, and what the record said then."""

    contact: RecordId
    said: bytes


def known(connection: Connection, keys: Collection[bytes]) -> Mapping[bytes, Known]:
    """The contacts that records became; those that were never imported are left out."""
    found: dict[bytes, Known] = {}
    for some in rows.batches(keys, rows.AT_ONCE):
        asked = sa.select(origins.c.key, origins.c.contact_id, origins.c.said)
        for key, contact, said in connection.execute(asked.where(origins.c.key.in_(some))):
            found[bytes(key)] = Known(RecordId(contact), bytes(said))
    return found


def remember(connection: Connection, found: Sequence[tuple[Origin, RecordId]]) -> None:
    """Know these records as these contacts from now on."""
    lines = {
        origin.key: {"key": origin.key, "said": origin.said, "contact_id": contact}
        for origin, contact in found
    }
    dialect.upsert_all(connection, origins, list(lines.values()))


def keep(connection: Connection, found: Sequence[tuple[RecordId, bytes]]) -> None:
    """Keep what no field holds beside contacts, in the place of what was kept before."""
    lines = {contact: {"contact_id": contact, "card": card} for contact, card in found if card}
    dialect.upsert_all(connection, leftovers, list(lines.values()))


def kept(connection: Connection, ids: Collection[RecordId]) -> Mapping[RecordId, bytes]:
    """What no field holds of some contacts; those without are left out."""
    found: dict[RecordId, bytes] = {}
    for some in rows.batches(ids, rows.AT_ONCE):
        asked = sa.select(leftovers.c.contact_id, leftovers.c.card)
        for contact, card in connection.execute(asked.where(leftovers.c.contact_id.in_(some))):
            found[RecordId(contact)] = bytes(card)
    return found


def forget(connection: Connection, id: RecordId) -> None:
    """Let the record that became a contact be imported anew, as somebody else.

    An import that was undone is forgotten; what is deleted by hand is not.
    """
    connection.execute(sa.delete(origins).where(origins.c.contact_id == id))
    connection.execute(sa.update(contacts).where(contacts.c.id == id).values(mark=None))
