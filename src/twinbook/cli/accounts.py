"""Commands about accounts: the companies that contacts belong to."""

from typing import TYPE_CHECKING

from cyclopts import App

from twinbook.cli.desk import CHANNEL, PLAIN, AtDesk, Desk
from twinbook.cli.finding import SHORT
from twinbook.cli.output import Answer, pairs, table

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from twinbook.crm.accounts import Account
    from twinbook.model.cause import Cause

account = App(
    name="account", help="The companies that contacts belong to.", default_parameter=PLAIN
)


@account.command
def add(
    name: str, /, *, parent: str | None = None, domain: tuple[str, ...] = (), desk: AtDesk
) -> Answer:
    """Add an account.

    Parameters
    ----------
    name
        What the company is called.
    parent
        The account it belongs to.
    domain
        A domain of its people's mailboxes, such as example.org. May be given several times.
    """
    from twinbook.crm import accounts

    with desk.house.database.write() as connection:
        desk.me(connection)
        above = accounts.find(connection, parent).id if parent else None
        made = accounts.add(connection, name, desk.house.clock, parent=above, domains=domain)
        return Answer(_as_data(connection, made), [f"There is an account {made.name} now."])


@account.command(name="list")
def list_accounts(*, desk: AtDesk) -> Answer:
    """List all accounts."""
    from twinbook.crm import accounts

    with desk.house.database.read() as connection:
        desk.me(connection)
        found = accounts.everyone(connection)
        data = [_as_data(connection, one) for one in found]
    rows = [
        [one.id[:SHORT], one.name, str(row["parent"] or ""), ", ".join(sorted(one.domains))]
        for one, row in zip(found, data, strict=True)
    ]
    head = ["ID", "NAME", "BELONGS TO", "DOMAINS"]
    return Answer(data, table(head, rows, "There is no account yet."))


@account.command
def show(name: str, /, *, desk: AtDesk) -> Answer:
    """Show an account and its contacts.

    Parameters
    ----------
    name
        Its name or id.
    """
    from twinbook.crm import accounts, contacts, scopes
    from twinbook.model.filter import Attribute, Has, Operator, both

    with desk.house.database.read() as connection:
        rights = desk.rights(connection)
        found = accounts.find(connection, name)
        people = both(rights.see, Has(Attribute.ACCOUNT, Operator.IS, found.id))
        ids = scopes.matching(connection, people, rights.viewer)
        names = [contacts.get(connection, id).contact.name for id in ids]
        data = _as_data(connection, found) | {"contacts": names}
    shown = {
        "account": found.name,
        "id": found.id,
        "belongs to": str(data["parent"] or ""),
        "domains": ", ".join(sorted(found.domains)),
        "contacts": "\n".join(names),
    }
    return Answer(data, pairs(shown))


@account.command
def edit(
    account: str,
    /,
    *,
    name: str | None = None,
    parent: str | None = None,
    domain: tuple[str, ...] | None = None,
    desk: AtDesk,
) -> Answer:
    """Change an account. A new name is shown by all of its contacts.

    Parameters
    ----------
    account
        Its name or id.
    name
        The new name.
    parent
        The account it belongs to; "" for none.
    domain
        A domain of its people's mailboxes, in place of those there are. May be given
        several times.
    """
    from twinbook.crm import accounts

    with desk.house.database.write() as connection:
        cause = _cause(connection, desk)
        found = accounts.find(connection, account)
        changes: dict[str, object] = {}
        if name is not None:
            changes["name"] = name
        if domain is not None:
            changes["domains"] = frozenset(one for one in domain if one)
        if parent is not None:
            changes["parent"] = accounts.find(connection, parent).id if parent else None
        after = accounts.change(connection, found.but(**changes), cause, desk.house.clock)
        return Answer(_as_data(connection, after), [f"{after.name} is changed."])


@account.command
def remove(name: str, /, *, move_to: str | None = None, desk: AtDesk) -> Answer:
    """Remove an account. Managers and administrators may do that.

    Parameters
    ----------
    name
        Its name or id.
    move_to
        The account to which its contacts, and the accounts below it, go.
    """
    from twinbook.crm import access, accounts

    with desk.house.database.write() as connection:
        access.check_manage(desk.rights(connection))
        cause = _cause(connection, desk)
        found = accounts.find(connection, name)
        target = accounts.find(connection, move_to).id if move_to else None
        accounts.remove(connection, found.id, cause, desk.house.clock, target)
    return Answer({"removed": found.name}, [f"The account {found.name} is removed."])


def _cause(connection: "Connection", desk: Desk) -> "Cause":
    from twinbook.model.cause import Cause

    return Cause(actor=desk.me(connection).id, channel=CHANNEL)


def _as_data(connection: "Connection", one: "Account") -> dict[str, object]:
    from twinbook.crm import accounts

    parent = accounts.get(connection, one.parent).name if one.parent else None
    return {
        "id": one.id,
        "name": one.name,
        "parent": parent,
        "domains": sorted(one.domains),
        "active": one.active,
    }
