"""The company's contacts: reading and changing them.

Every change says which version it was made from, or that it does not matter, and leaves
the contact, its history and its line in the feed in one transaction. Nobody's rights
are asked here; the doors do, with `twinbook.crm.access`.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from twinbook.crm import accounts, feed, history, photos, rows, saving
from twinbook.crm.feed import Kind
from twinbook.crm.history import Line
from twinbook.crm.rows import Stored
from twinbook.crm.saving import Edit
from twinbook.database import dialect
from twinbook.formats import stored
from twinbook.model.cause import Cause
from twinbook.model.contact import EMPTY, Contact
from twinbook.model.errors import Invalid, NotFound, Stale
from twinbook.model.fields import FIELDS
from twinbook.model.ids import AccountId, LinkId, RecordId, TeamId, UserId, Version
from twinbook.model.record import Business, Record
from twinbook.ports import Clock, Update
from twinbook.reconcile.normal import as_text
from twinbook.users import teams

BATCH = 1000  #: so many new contacts are stored at once


@dataclass(frozen=True, slots=True, kw_only=True)
class New:
    """A contact to be created. `mark` is the key of the promotion it comes from."""

    contact: Contact
    owner: UserId | None = None
    account: AccountId | None = None
    mark: LinkId | None = None
    photo: bytes | None = None
    active: bool = True


def read(connection: Connection, ids: Collection[RecordId]) -> dict[RecordId, Record]:
    """The records of some contacts, deleted ones too; an id of nothing is left out."""
    found: dict[RecordId, Record] = {}
    for some in rows.batches(ids, rows.AT_ONCE):
        found |= {one.id: one for one in records(connection, list(rows.by_ids(connection, some)))}
    return found


def get(connection: Connection, id: RecordId) -> Record:
    """The record of one contact. Raises NotFound."""
    return records(connection, [rows.one(connection, id)])[0]


def records(connection: Connection, found: Sequence[Stored]) -> list[Record]:
    """Rows as records, with all that the hub knows about them."""
    if not found:
        return []
    owners = {one.owner for one in found if one.owner}
    of_owner = teams.of(connection, owners) if owners else {}
    edits = history.last_edits(connection, [one.serial for one in found])
    return [_record(one, of_owner, edits.get(one.serial, {})) for one in found]


def _record(
    one: Stored,
    of_owner: Mapping[UserId, frozenset[TeamId]],
    edits: Mapping[str, datetime],
) -> Record:
    shown = one.shown
    edited = {
        row.name: edits.get(row.name, one.created_at)
        for row in FIELDS
        if row.name in edits or getattr(shown, row.name) != getattr(EMPTY, row.name)
    }
    return Record(
        id=one.id,
        version=one.version,
        contact=shown,
        mark=one.mark,
        edited_at=one.edited_at,
        business=Business(
            owner=one.owner,
            owner_teams=of_owner.get(one.owner, frozenset()) if one.owner else frozenset(),
            account=one.account,
            account_name=one.account_name,
            active=one.active,
            deleted=one.deleted,
            merged_into=one.merged_into,
            number=one.number,
            edited=edited,
        ),
    )


def create(connection: Connection, new: New, cause: Cause, clock: Clock) -> Record:
    """A new contact. Raises Invalid if it says nothing at all, or its picture is another."""
    (id,) = create_many(connection, [new], cause, clock)
    return get(connection, id)


def create_many(
    connection: Connection, new: Iterable[New], cause: Cause, clock: Clock
) -> list[RecordId]:
    """The ids of new contacts, in their order; however many, memory holds few of them."""
    created: list[RecordId] = []
    for batch in rows.batches(new, BATCH):
        created += _create_batch(connection, batch, cause, clock)
    if len(created) > BATCH:
        dialect.look_again(connection)
    return created


def _create_batch(
    connection: Connection, batch: Sequence[New], cause: Cause, clock: Clock
) -> list[RecordId]:
    numbers = feed.draw(connection, len(batch))
    names = accounts.names(connection, {one.account for one in batch if one.account})
    for one in batch:
        photos.keep(connection, one.contact, one.photo)
    at = clock.now()
    made = [
        Stored(
            serial=number,
            id=RecordId(clock.new_id()),
            number=number,
            own=checked(one.contact),
            owner=one.owner,
            account=one.account,
            account_name=names[one.account] if one.account else "",
            active=one.active,
            mark=one.mark,
            created_at=at,
            edited_at=at,
        )
        for one, number in zip(batch, numbers, strict=True)
    ]
    saving.insert(connection, made, cause, at)
    return [one.id for one in made]


def checked(contact: Contact) -> Contact:
    """The contact as it will be read back. Raises Invalid if it can't be stored."""
    try:
        body = stored.dump(contact)
    except UnicodeEncodeError as error:
        raise Invalid("The contact holds text that is no valid Unicode.") from error
    if body == _NOTHING:
        raise Invalid("A contact needs a name, a company or anything else to be known by.")
    return stored.load(body)


_NOTHING = stored.dump(EMPTY)


def update(connection: Connection, change: Update, cause: Cause, clock: Clock) -> Record:
    """The record after `change.fields` were made to show what `change.contact` shows.

    Raises Stale if the contact is not at the expected version, NotFound if it does not
    exist or was deleted, Invalid if nothing would be left of it. Without a difference
    nothing is written.
    """
    before = living(connection, change.id, change.expected)
    photos.keep(connection, change.contact, change.photo)
    typed = {name: getattr(change.contact, name) for name in change.fields}
    if typed.get("company") == before.shown.company:
        del typed["company"]  # the account's name was shown, not typed
    own = checked(before.own.but(**typed))
    after = before.but(own=own, mark=change.mark or before.mark)
    if after == before:
        return records(connection, [before])[0]
    edit = Edit(before, after, Kind.EDITED, tuple(_lines(before, after)))
    return records(connection, saving.replace_all(connection, [edit], cause, clock.now()))[0]


def _lines(before: Stored, after: Stored) -> Iterable[Line]:
    for row in FIELDS:
        old, new = getattr(before.own, row.name), getattr(after.own, row.name)
        if old == new:
            continue
        if row.name == "company" and after.account is not None:
            # The account's name goes on being shown; what was typed is not lost.
            yield Line(row.name, before.shown.company, new, yielded=True)
        else:
            yield Line(row.name, as_text(row.name, old), as_text(row.name, new))


def living(connection: Connection, id: RecordId, expected: Version | None) -> Stored:
    """The row of a contact that may still be changed.

    Raises NotFound if it does not exist, was deleted or merged, Stale if it is not at
    the expected version. What it says stays true until the transaction ends.
    """
    dialect.take_turn(connection)
    found = rows.one(connection, id)
    if found.merged_into is not None:
        raise NotFound(f"The contact {id} was merged into {found.merged_into}. Change that one.")
    if found.deleted:
        raise NotFound(f"The contact {id} was deleted. Bring it back first.")
    if expected is not None and found.version != expected:
        raise Stale(f"The contact {id} was changed by somebody else in the meantime.")
    return found
