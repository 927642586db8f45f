"""Companies: their names, their hierarchy, their mail domains."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import sqlalchemy as sa
from sqlalchemy import Connection

from twinbook.crm import rows, saving
from twinbook.crm.feed import Kind
from twinbook.crm.history import Line
from twinbook.crm.rows import Stored
from twinbook.crm.saving import Edit
from twinbook.database import dialect
from twinbook.database.schema import account_domains, accounts, contacts
from twinbook.model.cause import Cause
from twinbook.model.errors import Ambiguous, Invalid, NotFound
from twinbook.model.ids import AccountId, RunId
from twinbook.ports import Clock
from twinbook.reconcile.normal import email_key, fold


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """A company. `domains` are those of its people's mailboxes."""

    id: AccountId
    name: str
    parent: AccountId | None = None
    domains: frozenset[str] = frozenset()
    active: bool = True

    def but(self, **changes: object) -> "Account":
        """This account with some details replaced."""
        return replace(self, **changes)  # type: ignore[arg-type]


def add(
    connection: Connection,
    name: str,
    clock: Clock,
    *,
    parent: AccountId | None = None,
    domains: Iterable[str] = (),
    run: RunId | None = None,
) -> Account:
    """A new account. Raises Invalid if it has no name, NotFound if there is no such parent.

    One that a `run` made for its contacts goes when the run is undone.
    """
    account = _checked(
        Account(id=AccountId(clock.new_id()), name=name, parent=parent, domains=frozenset(domains))
    )
    if parent is not None:
        get(connection, parent)
    row = _row(account) | {"created_at": clock.now(), "run": run}
    connection.execute(_NEW, row)
    if account.domains:
        _store_domains(connection, account)
    return account


_NEW = sa.insert(accounts)


def change(connection: Connection, account: Account, cause: Cause, clock: Clock) -> Account:
    """Store an account's details in place of the old ones.

    A new name is a change of every contact that shows it. Raises NotFound, Invalid if it
    has no name, and Invalid if it would be above itself.
    """
    dialect.take_turn(connection)
    before, after = get(connection, account.id), _checked(account)
    _refuse_circle(connection, after)
    if before.name != after.name:
        # First, while the contacts are still read as they were shown.
        _show(connection, after.id, after.id, after.name, cause, clock)
    connection.execute(sa.update(accounts).where(accounts.c.id == after.id).values(**_row(after)))
    _store_domains(connection, after)
    return after


def remove(
    connection: Connection,
    id: AccountId,
    cause: Cause,
    clock: Clock,
    move_to: AccountId | None = None,
) -> None:
    """Remove an account; its contacts and the accounts below it go to `move_to`.

    Raises Invalid if it has some and no place is named for them, NotFound.
    """
    dialect.take_turn(connection)
    account = get(connection, id)
    used = _count(connection, contacts.c.account_id == id)
    below = _count(connection, accounts.c.parent_id == id)
    if move_to is not None:
        target = get(connection, move_to)
        _show(connection, id, target.id, target.name, cause, clock)
        _move_branches(connection, account, target)
    elif used or below:
        raise Invalid(
            f"This account has {used} contacts and {below} accounts below it. Say which "
            "account they shall go to."
        )
    connection.execute(sa.delete(accounts).where(accounts.c.id == id))


def unmake(connection: Connection, run: RunId) -> Sequence[str]:
    """Remove the accounts that a run made and that nobody uses; the names of the others.

    A deleted contact uses none: what it says of its company, it says in its own words.
    """
    stays: list[str] = []
    for account in _select(connection, accounts.c.run == run):
        of_account = contacts.c.account_id == account.id
        used = _count(connection, sa.and_(of_account, sa.not_(contacts.c.deleted)))
        if used or _count(connection, accounts.c.parent_id == account.id):
            stays.append(account.name)
            continue
        connection.execute(sa.update(contacts).where(of_account).values(account_id=None))
        connection.execute(sa.delete(accounts).where(accounts.c.id == account.id))
    return stays


def _move_branches(connection: Connection, account: Account, target: Account) -> None:
    """Hang the accounts below `account` under `target`; the branch of `target` itself, higher."""
    branches = sa.update(accounts).where(accounts.c.parent_id == account.id)
    above_target = [target.id, *_above(connection, target)]
    connection.execute(
        branches.where(accounts.c.id.not_in(above_target)).values(parent_id=target.id)
    )
    connection.execute(branches.values(parent_id=account.parent))


def get(connection: Connection, id: AccountId) -> Account:
    """The account of an id. Raises NotFound."""
    for account in _select(connection, accounts.c.id == id):
        return account
    raise NotFound(f"There is no account {id}. See: twinbook account list")


def named(connection: Connection, name: str) -> Sequence[Account]:
    """The accounts of exactly this name, without regard to case: several may share it."""
    return _select(connection, accounts.c.folded == fold(name))


def called(connection: Connection, names: Collection[str]) -> Mapping[str, Sequence[Account]]:
    """The accounts of each of these names, by the name folded; one of none is left out."""
    found: dict[str, list[Account]] = defaultdict(list)
    for some in rows.batches({fold(name) for name in names}, rows.AT_ONCE):
        for account in _select(connection, accounts.c.folded.in_(some)):
            found[fold(account.name)].append(account)
    return found


def at_domains(connection: Connection, domains: Collection[str]) -> Mapping[str, Sequence[Account]]:
    """The accounts of each of these mail domains; one of none is left out."""
    found: dict[str, list[Account]] = defaultdict(list)
    for some in rows.batches(domains, rows.AT_ONCE):
        wanted = sa.select(account_domains.c.account_id).where(account_domains.c.domain.in_(some))
        for account in _select(connection, accounts.c.id.in_(wanted)):
            for domain in account.domains.intersection(some):
                found[domain].append(account)
    return found


def find(connection: Connection, text: str) -> Account:
    """The account of an id or a name. Raises NotFound, or Ambiguous."""
    found = _select(connection, accounts.c.id == text) or named(connection, text)
    if not found:
        raise NotFound(f"There is no account {text!r}. See: twinbook account list")
    if len(found) > 1:
        ids = ", ".join(account.id for account in found)
        raise Ambiguous(f"Several accounts are called {text!r}. Say which by its id: {ids}")
    return found[0]


def by_domain(connection: Connection, domain: str) -> Sequence[Account]:
    """The accounts whose people have mailboxes in a domain."""
    wanted = sa.select(account_domains.c.account_id).where(
        account_domains.c.domain == _domain(domain)
    )
    return _select(connection, accounts.c.id.in_(wanted))


def everyone(connection: Connection) -> Sequence[Account]:
    """All accounts, active or not, by name."""
    return _select(connection, sa.true())


def names(connection: Connection, ids: Collection[AccountId]) -> Mapping[AccountId, str]:
    """The names of some accounts. Raises NotFound if one of them does not exist."""
    found: dict[AccountId, str] = {}
    for some in rows.batches(ids, rows.AT_ONCE):
        asked = sa.select(accounts.c.id, accounts.c.name).where(accounts.c.id.in_(some))
        found |= {AccountId(id): name for id, name in connection.execute(asked)}
    if lost := set(ids) - found.keys():
        raise NotFound(f"There is no account {min(lost)}. See: twinbook account list")
    return found


def _show(
    connection: Connection,
    old: AccountId,
    new: AccountId,
    name: str,
    cause: Cause,
    clock: Clock,
) -> None:
    """Make the contacts of the account `old` show the name of `new`, and belong to it."""
    ids = connection.scalars(sa.select(contacts.c.id).where(contacts.c.account_id == old)).all()
    for some in rows.batches(ids, rows.AT_ONCE):
        edits = [_moved(one, new, name) for one in rows.by_ids(connection, some)]
        saving.replace_all(connection, edits, cause, clock.now())


def _moved(one: Stored, account: AccountId, name: str) -> Edit:
    after = one.but(account=account, account_name=name)
    return Edit(one, after, Kind.ACCOUNT, shown_lines(one, after))


def shown_lines(before: Stored, after: Stored) -> tuple[Line, ...]:
    """What history says when a contact shows another company than before."""
    if before.shown.company == after.shown.company:
        return ()
    return (Line("company", before.shown.company, after.shown.company),)


def _select(connection: Connection, condition: sa.ColumnElement[bool]) -> Sequence[Account]:
    found = connection.execute(
        sa.select(accounts.c.id, accounts.c.name, accounts.c.parent_id, accounts.c.active)
        .where(condition)
        .order_by(accounts.c.folded, accounts.c.id)
    ).all()
    domains = _domains_of(connection, condition)
    return [
        Account(
            id=AccountId(id),
            name=name,
            parent=AccountId(parent) if parent else None,
            domains=frozenset(domains.get(id, ())),
            active=active,
        )
        for id, name, parent, active in found
    ]


def _domains_of(
    connection: Connection, condition: sa.ColumnElement[bool]
) -> Mapping[str, Collection[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for account, domain in connection.execute(
        sa.select(account_domains.c.account_id, account_domains.c.domain)
        .join_from(account_domains, accounts)
        .where(condition)
    ):
        found[account].append(domain)
    return found


def _checked(account: Account) -> Account:
    if not fold(account.name):
        raise Invalid("An account needs a name.")
    domains = frozenset(_domain(domain) for domain in account.domains)
    return account.but(name=account.name.strip(), domains=domains)


def _domain(text: str) -> str:
    domain = email_key(f"@{text.strip().removeprefix('@')}").removeprefix("@")
    if "." not in domain or " " in domain or "@" in domain:
        raise Invalid(f"{text!r} is not a domain, such as example.org.")
    return domain


def _refuse_circle(connection: Connection, account: Account) -> None:
    if account.id in _above(connection, account):
        raise Invalid(f"{account.name} would be above itself. Choose another parent.")


def _above(connection: Connection, account: Account) -> Sequence[AccountId]:
    """The accounts above this one, the nearest first."""
    found: list[AccountId] = []
    above = account.parent
    while above is not None and above not in found:
        found.append(above)
        above = get(connection, above).parent
    return found


def _row(account: Account) -> dict[str, object]:
    return {
        "id": account.id,
        "name": account.name,
        "folded": fold(account.name),
        "parent_id": account.parent,
        "active": account.active,
    }


def _store_domains(connection: Connection, account: Account) -> None:
    connection.execute(sa.delete(account_domains).where(account_domains.c.account_id == account.id))
    lines = [{"account_id": account.id, "domain": domain} for domain in account.domains]
    dialect.insert_missing(connection, account_domains, lines)


def _count(connection: Connection, condition: sa.ColumnElement[bool]) -> int:
    return connection.scalar(sa.select(sa.func.count()).where(condition)) or 0
