"""Filters as people type them, with the names of users, teams and accounts in them."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from twinbook.model.filter import Filter, Has
    from twinbook.model.rights import Rights


def understood(connection: "Connection", text: str) -> "Filter":
    """The filter that a text means; names of people, teams and accounts became their ids.

    Raises Invalid for a text that is none, NotFound or Ambiguous for a name in it.
    """
    from twinbook.formats import filters

    return _resolved(connection, filters.parse(text))


def seen_among(connection: "Connection", text: str, rights: "Rights") -> "Filter":
    """What one may see of the contacts that a text means. Raises as `understood`.

    Inactive ones are left out, unless it asks for them, or for everything.
    """
    from twinbook.model.filter import ACTIVE, EVERYTHING, Attribute, both, mentions

    asked = understood(connection, text)
    if asked != EVERYTHING and not mentions(asked, Attribute.ACTIVE):
        asked = both(ACTIVE, asked)
    return both(rights.see, asked)


def scope_text(connection: "Connection", text: str) -> str:
    """A scope as a spoke keeps it: its name, or the filter. Raises as `understood`."""
    from twinbook.formats import filters
    from twinbook.journal.spokes import SCOPES

    return text if text in SCOPES else filters.write(understood(connection, text))


def _resolved(connection: "Connection", filter: "Filter") -> "Filter":
    from twinbook.model.filter import All, AnyOf, Has, Not

    match filter:
        case All(parts):
            return All(tuple(_resolved(connection, part) for part in parts))
        case AnyOf(parts):
            return AnyOf(tuple(_resolved(connection, part) for part in parts))
        case Not(part):
            return Not(_resolved(connection, part))
        case Has():
            return _question(connection, filter)


def _question(connection: "Connection", asked: "Has") -> "Has":
    from twinbook.crm import accounts
    from twinbook.model.filter import ME, MY_TEAMS, Attribute, Has, Operator
    from twinbook.users import people, teams

    if asked.operator is not Operator.IS or asked.value in (ME, MY_TEAMS):
        return asked
    match asked.attribute:
        case Attribute.OWNER:
            value: str = people.find(connection, asked.value).id
        case Attribute.OWNER_TEAM:
            value = teams.find(connection, asked.value).id
        case Attribute.ACCOUNT:
            value = accounts.find(connection, asked.value).id
        case _:
            return asked
    return Has(asked.attribute, asked.operator, value)
