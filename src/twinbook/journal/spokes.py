"""Connected places: where they are, whose they are, what belongs in them, who works on them."""

import os
import socket
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from twinbook.crm import access
from twinbook.database.dialect import insert_missing
from twinbook.formats import filters
from twinbook.journal.dirt import Audience
from twinbook.journal.tables import dirt, ended, holds, links, operations, spokes, tombstones
from twinbook.model.errors import Ambiguous, Busy, Invalid, NotFound
from twinbook.model.filter import (
    ACTIVE,
    EVERYTHING,
    MINE,
    MY_TEAM,
    Attribute,
    Filter,
    both,
    mentions,
)
from twinbook.model.ids import Cursor, RecordId, RunId, SpokeId, UserId
from twinbook.model.plan import Tomb
from twinbook.model.spoke import Role, Spoke
from twinbook.reconcile.normal import fold

LEASE = timedelta(seconds=60)
_THIS = spokes.c.id == sa.bindparam("spoke")
_ONE = sa.select(spokes).where(_THIS)  # built once: every cycle asks for it again and again
_HELD = (
    sa.select(spokes.c.holder, spokes.c.held_until, spokes.c.epoch, spokes.c.name)
    .where(_THIS)
    .with_for_update()
)
_MINE = sa.update(spokes).where(_THIS, spokes.c.epoch == sa.bindparam("its_epoch"))
_UNTIL = sa.bindparam("until", type_=spokes.c.held_until.type)
_KEPT = _MINE.values(held_until=_UNTIL)
_GIVEN_BACK = _MINE.values(holder="")
_TAKEN = (
    sa.update(spokes)
    .where(_THIS)
    .values(holder=sa.bindparam("its_holder"), held_until=_UNTIL, epoch=sa.bindparam("its_epoch"))
)
SCOPES = {"visible": ACTIVE, "mine": both(ACTIVE, MINE), "team": both(ACTIVE, MY_TEAM)}


def scope_of(text: str, role: Role = Role.BOOK) -> Filter:
    """The filter that a scope's name or text stands for; only active contacts, unless it says.

    Raises Invalid for a text that is no filter.
    """
    if role is Role.CRM:
        return EVERYTHING
    if text in SCOPES:
        return SCOPES[text]
    parsed = filters.parse(text)
    return parsed if mentions(parsed, Attribute.ACTIVE) else both(ACTIVE, parsed)


def add(connection: Connection, spoke: Spoke, scope: str, at: datetime) -> Spoke:
    """Connect a place. Raises Invalid if the name or the place is taken."""
    scope_of(scope, spoke.role)
    for one in everything(connection):
        if fold(one.name) == fold(spoke.name):
            raise Invalid(f"There is a book {one.name} already. Choose another with --name.")
        if (one.kind, one.address, one.login) == (spoke.kind, spoke.address, spoke.login):
            raise Invalid(f"This place is connected already, as {one.name}.")
    row = {
        "id": spoke.id,
        "name": spoke.name,
        "folded": fold(spoke.name),
        "kind": spoke.kind,
        "address": spoke.address,
        "user_id": spoke.user,
        "role": spoke.role.value,
        "scope": scope,
        "paused": spoke.paused,
        "cursor": None,
        "restored": False,
        "holder": "",
        "held_until": at,
        "epoch": 0,
        "login": spoke.login,
        "authority": spoke.authority,
        "profile": spoke.profile,
    }
    connection.execute(sa.insert(spokes).values(**row))
    return get(connection, spoke.id)


def remove(connection: Connection, spoke: SpokeId) -> None:
    """Disconnect a place and forget its links; its runs, and what its user hid, stay known."""
    for table in (dirt, operations, holds, links, ended):
        connection.execute(sa.delete(table).where(table.c.spoke_id == spoke))
    connection.execute(sa.delete(spokes).where(spokes.c.id == spoke))


def get(connection: Connection, id: SpokeId) -> Spoke:
    """One spoke. Raises NotFound."""
    return standing(connection, id)[0]


_GONE = "This book was disconnected meanwhile."


def find(connection: Connection, name: str) -> Spoke:
    """The spoke of this name, without regard to case. Raises NotFound, Ambiguous."""
    every = everything(connection)
    exact = [one for one in every if fold(one.name) == fold(name)]
    found = exact or [one for one in every if fold(one.name).startswith(fold(name))]
    if len(found) > 1:
        names = ", ".join(one.name for one in found)
        raise Ambiguous(f"{name} fits several books: {names}.")
    if not found:
        names = ", ".join(one.name for one in every) or "none is connected"
        raise NotFound(f"There is no book {name}. Known books: {names}.")
    return found[0]


def everything(
    connection: Connection, user: UserId | None = None, *, kind: str = ""
) -> Sequence[Spoke]:
    """Every spoke, or one user's, or those of one kind, by name."""
    query = sa.select(spokes).order_by(spokes.c.folded)
    if user is not None:
        query = query.where(spokes.c.user_id == user)
    if kind:
        query = query.where(spokes.c.kind == kind)
    return [_spoke(row) for row in connection.execute(query)]


def change(connection: Connection, spoke: SpokeId, **values: Any) -> None:  # noqa: ANN401 - of the columns' own types
    """Set columns of a spoke: paused, scope, cursor, restored, login and the like."""
    connection.execute(sa.update(spokes).where(spokes.c.id == spoke).values(**values))


def standing(connection: Connection, spoke: SpokeId) -> tuple[Spoke, Cursor | None, bool]:
    """A spoke with its cursor, and whether it is in restore mode. Raises NotFound."""
    row = connection.execute(_ONE, {"spoke": spoke}).one_or_none()
    if row is None:
        raise NotFound(_GONE)
    return _spoke(row), row.cursor and Cursor(row.cursor), row.restored


def scope_text(connection: Connection, spoke: SpokeId) -> str:
    """The scope as it was typed."""
    return connection.scalar(sa.select(spokes.c.scope).where(spokes.c.id == spoke)) or ""


def audiences(connection: Connection, several: Sequence[Spoke]) -> Sequence[Audience]:
    """Spokes as the dispatcher needs them: what belongs in each and its user may see."""
    rights = access.rights_of(connection, [one.user for one in several])
    return [
        Audience(one.id, both(rights[one.user].see, one.scope), rights[one.user].viewer)
        for one in several
    ]


def _spoke(row: sa.Row[Any]) -> Spoke:
    role = Role(row.role)
    return Spoke(
        id=SpokeId(row.id),
        name=row.name,
        kind=row.kind,
        address=row.address,
        user=UserId(row.user_id),
        role=role,
        scope=scope_of(row.scope, role),
        paused=row.paused,
        login=row.login,
        authority=row.authority,
        profile=row.profile,
    )


# one worker at a time


def take(connection: Connection, spoke: SpokeId, holder: str, now: datetime) -> int:
    """Take a spoke for one worker; the epoch of its lease.

    Raises Busy if another has it, NotFound if it is not there any more.
    """
    row = connection.execute(_HELD, {"spoke": spoke}).one_or_none()
    if row is None:
        raise NotFound(_GONE)
    if row.holder not in ("", holder) and row.held_until > now and not is_dead(row.holder):
        raise Busy(f"{row.name} is being synchronised by another process. Try again in a moment.")
    epoch = int(row.epoch) + 1
    values = {"its_holder": holder, "until": now + LEASE, "its_epoch": epoch}
    connection.execute(_TAKEN, {"spoke": spoke, **values})
    return epoch


def keep(connection: Connection, spoke: SpokeId, epoch: int, now: datetime) -> None:
    """Prolong a lease. Raises Busy if another worker has taken it over."""
    kept = connection.execute(_KEPT, {"spoke": spoke, "its_epoch": epoch, "until": now + LEASE})
    if kept.rowcount != 1:
        raise Busy("Another process has taken over this book. Nothing more was done here.")


def give_back(connection: Connection, spoke: SpokeId, epoch: int) -> None:
    """End a lease."""
    connection.execute(_GIVEN_BACK, {"spoke": spoke, "its_epoch": epoch})


def at_work(connection: Connection, now: datetime) -> frozenset[SpokeId]:
    """The spokes that a worker has at the moment."""
    query = sa.select(spokes.c.id, spokes.c.holder)
    held = query.where(spokes.c.holder != "", spokes.c.held_until > now)
    return frozenset(SpokeId(row.id) for row in connection.execute(held) if not is_dead(row.holder))


def me(token: str) -> str:
    """How this process signs for a lease; `token` tells its workers apart."""
    return f"{socket.gethostname()}/{os.getpid()}/{token}"


def is_dead(holder: str) -> bool:
    """Whether a holder on this machine has ended without giving its lease back."""
    host, _, rest = holder.partition("/")
    pid = rest.partition("/")[0]
    if host != socket.gethostname() or not pid.isdigit():
        return False
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return False


# what a user does not want to see


def bury(
    connection: Connection,
    user: UserId,
    contact: RecordId,
    why: Tomb,
    run: RunId | None,
    at: datetime,
) -> None:
    """Never copy this contact into the user's books again."""
    row = {"user_id": user, "contact_id": contact, "why": why.value, "at": at, "run_id": run}
    insert_missing(connection, tombstones, [row])


def unearth(connection: Connection, user: UserId, contact: RecordId) -> bool:
    """Lift a tombstone; whether there was one."""
    here = sa.and_(tombstones.c.user_id == user, tombstones.c.contact_id == contact)
    return connection.execute(sa.delete(tombstones).where(here)).rowcount > 0


def hidden(
    connection: Connection, user: UserId, contacts: Sequence[RecordId]
) -> frozenset[RecordId]:
    """Those of the contacts that the user does not want to see."""
    found: set[RecordId] = set()
    for start in range(0, len(contacts), 500):
        asked = {"user": user, "contacts": list(contacts[start : start + 500])}
        found |= {RecordId(id) for id in connection.scalars(_HIDDEN, asked)}
    return frozenset(found)


_HIDDEN = sa.select(tombstones.c.contact_id).where(
    tombstones.c.user_id == sa.bindparam("user"),
    tombstones.c.contact_id.in_(sa.bindparam("contacts", expanding=True)),
)
