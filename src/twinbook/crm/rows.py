"""A contact as the hub stores it, and how it is read from the database."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy import Connection

from twinbook.database.schema import accounts, contacts
from twinbook.formats import stored
from twinbook.model.contact import Contact
from twinbook.model.errors import NotFound
from twinbook.model.ids import AccountId, LinkId, RecordId, UserId, Version

AT_ONCE = 500  #: so many contacts are asked for with one question

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """One row of the table of contacts."""

    serial: int
    id: RecordId
    number: int
    own: Contact  #: what was typed; the company may be overlaid by the account's name
    owner: UserId | None = None
    account: AccountId | None = None
    account_name: str = ""
    active: bool = True
    deleted: bool = False
    merged_into: RecordId | None = None
    mark: LinkId | None = None
    created_at: datetime
    edited_at: datetime

    @property
    def shown(self) -> Contact:
        """The contact as everybody sees it: with the name of its account."""
        if self.account is None or self.own.company == self.account_name:
            return self.own
        return self.own.but(company=self.account_name)

    @property
    def version(self) -> Version:
        """The number of the newest change: no other state of this contact ever had it."""
        return Version(str(self.number))

    def but(self, **changes: object) -> "Stored":
        """This row with some parts replaced."""
        return replace(self, **changes)  # type: ignore[arg-type]


_COLUMNS = (
    contacts.c.serial,
    contacts.c.id,
    contacts.c.number,
    contacts.c.body,
    contacts.c.owner_id,
    contacts.c.account_id,
    accounts.c.name,
    contacts.c.active,
    contacts.c.deleted,
    contacts.c.merged_into,
    contacts.c.mark,
    contacts.c.created_at,
    contacts.c.edited_at,
)
_ALL = sa.select(*_COLUMNS).select_from(
    contacts.outerjoin(accounts, contacts.c.account_id == accounts.c.id)
)


def select(
    connection: Connection, condition: sa.ColumnElement[bool], limit: int | None = None
) -> Sequence[Stored]:
    """The rows on which a condition is true, by their number, at most `limit`."""
    rows = connection.execute(_ALL.where(condition).order_by(contacts.c.number).limit(limit))
    return _stored(rows)


def _stored(rows: Iterable[Sequence[Any]]) -> Sequence[Stored]:
    return [
        Stored(
            serial=serial,
            id=RecordId(id),
            number=number,
            own=stored.load(body),
            owner=UserId(owner) if owner else None,
            account=AccountId(account) if account else None,
            account_name=account_name or "",
            active=active,
            deleted=deleted,
            merged_into=RecordId(merged_into) if merged_into else None,
            mark=LinkId(mark) if mark else None,
            created_at=created_at,
            edited_at=edited_at,
        )
        for (
            serial, id, number, body, owner, account, account_name,
            active, deleted, merged_into, mark, created_at, edited_at,
        ) in rows
    ]  # fmt: skip


def by_ids(connection: Connection, ids: Collection[RecordId]) -> Iterator[Stored]:
    """The rows of some contacts; an id of nothing is left out."""
    for some in batches(ids, AT_ONCE):
        yield from _stored(connection.execute(_BY_IDS, {"ids": some}))


def one(connection: Connection, id: RecordId) -> Stored:
    """The row of one contact. Raises NotFound."""
    for row in by_ids(connection, [id]):
        return row
    raise NotFound(f"There is no contact {id}. See: twinbook contact list")


def behind(connection: Connection, number: int, limit: int) -> Sequence[Stored]:
    """The rows whose newest change has a greater number, by that number, at most `limit`."""
    return _stored(connection.execute(_BEHIND, {"behind": number, "limit": limit}))


# Built once, since a cycle asks for them again and again.
_BY_IDS = _ALL.where(contacts.c.id.in_(sa.bindparam("ids", expanding=True))).order_by(
    contacts.c.number
)
_BEHIND = (
    _ALL.where(contacts.c.number > sa.bindparam("behind"))
    .order_by(contacts.c.number)
    .limit(sa.bindparam("limit", type_=sa.Integer))
)


def batches(things: Iterable[T], size: int) -> Iterator[list[T]]:
    """The things in lists of at most `size`.

    >>> list(batches("abc", 2))
    [['a', 'b'], ['c']]
    """
    source = iter(things)
    while batch := list(islice(source, size)):
        yield batch
