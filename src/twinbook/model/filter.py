"""One syntax tree for scopes, searches and access rules.

A filter is a value. `twinbook.reconcile.scope` evaluates it against one record,
`twinbook.crm.scopes` compiles it to SQL, and a property test proves that both
agree. `twinbook.formats.filters` reads and writes it as text.
"""

from dataclasses import dataclass
from enum import Enum


class Attribute(Enum):
    """What a filter may ask about. Text is compared without regard to case."""

    ACTIVE = "active"  #: "yes" or "no"
    OWNER = "owner"  #: a user id, or ME
    OWNER_TEAM = "team"  #: a team id the owner belongs to, or MY_TEAMS
    ACCOUNT = "account"  #: an account id
    COMPANY = "company"  #: the company shown: the account's name, else the company text
    NAME = "name"
    GIVEN = "given"
    SURNAME = "surname"
    JOB_TITLE = "job_title"
    DEPARTMENT = "department"
    CATEGORY = "category"  #: any of them
    EMAIL = "email"  #: any of them
    PHONE = "phone"  #: any of them, digits and a leading plus only
    CITY = "city"  #: of any postal address
    COUNTRY = "country"  #: of any postal address


class Operator(Enum):
    """How an attribute is compared. One matching value of several is enough."""

    IS = "="
    CONTAINS = "~"
    STARTS = "^"
    EXISTS = "?"  #: there is a value at all


ME = "me"
"""In the value of OWNER: the user who looks."""

MY_TEAMS = "mine"
"""In the value of OWNER_TEAM: any team of the user who looks."""


@dataclass(frozen=True, slots=True)
class Has:
    """A question about one attribute. `value` is unused for EXISTS."""

    attribute: Attribute
    operator: Operator
    value: str = ""


@dataclass(frozen=True, slots=True)
class All:
    """True when every part is; with no parts, always true."""

    parts: "tuple[Filter, ...]" = ()


@dataclass(frozen=True, slots=True)
class AnyOf:
    """True when at least one part is; with no parts, never true."""

    parts: "tuple[Filter, ...]" = ()


@dataclass(frozen=True, slots=True)
class Not:
    """True when its part is not."""

    part: "Filter"


Filter = Has | All | AnyOf | Not

EVERYTHING: Filter = All()
NOTHING: Filter = AnyOf()
ACTIVE: Filter = Has(Attribute.ACTIVE, Operator.IS, "yes")
MINE: Filter = Has(Attribute.OWNER, Operator.IS, ME)
MY_TEAM: Filter = Has(Attribute.OWNER_TEAM, Operator.IS, MY_TEAMS)


def both(first: Filter, second: Filter) -> Filter:
    """A filter that is true when both are.

    >>> both(EVERYTHING, ACTIVE) == ACTIVE
    True
    """
    parts = tuple(one for one in (first, second) if one != EVERYTHING)
    return parts[0] if len(parts) == 1 else All(parts)


def mentions(filter: Filter, attribute: Attribute) -> bool:
    """Whether a filter asks about an attribute anywhere.

    >>> mentions(Not(both(ACTIVE, MINE)), Attribute.OWNER)
    True
    """
    match filter:
        case Has():
            return filter.attribute is attribute
        case Not(part):
            return mentions(part, attribute)
        case All(parts) | AnyOf(parts):
            return any(mentions(part, attribute) for part in parts)
