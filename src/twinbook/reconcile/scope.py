"""Whether a record belongs to a filter, judged by the record alone.

The hub's search table is filled from `values` as well, so that SQL and this
evaluation compare the same texts; a property test proves that they agree.
"""

import re
from collections.abc import Iterator

from twinbook.model.contact import Contact
from twinbook.model.filter import ME, MY_TEAMS, All, AnyOf, Attribute, Filter, Has, Not, Operator
from twinbook.model.record import Business, Record
from twinbook.model.rights import Viewer
from twinbook.reconcile.normal import fold

LONGEST = 256  #: so many characters of a text are compared; a database index holds no more

_NOT_DIALLED = re.compile(r"[^0-9]")
_NOBODY = Business()

OF_THE_PERSON = (
    Attribute.COMPANY,
    Attribute.NAME,
    Attribute.GIVEN,
    Attribute.SURNAME,
    Attribute.JOB_TITLE,
    Attribute.DEPARTMENT,
    Attribute.CATEGORY,
    Attribute.EMAIL,
    Attribute.PHONE,
    Attribute.CITY,
    Attribute.COUNTRY,
)
"""The attributes that are read from the contact; the others are the hub's own business."""


def matches(filter: Filter, record: Record, viewer: Viewer) -> bool:
    """Whether a filter, read through the eyes of `viewer`, is true of a record."""
    match filter:
        case All():
            return all(matches(part, record, viewer) for part in filter.parts)
        case AnyOf():
            return any(matches(part, record, viewer) for part in filter.parts)
        case Not():
            return not matches(filter.part, record, viewer)
        case Has(Attribute.OWNER_TEAM, Operator.IS, value) if value == MY_TEAMS:
            return bool((record.business or _NOBODY).owner_teams & viewer.teams)
        case Has(attribute, operator, _):
            wanted = sought(filter, viewer)
            return any(_meets(value, operator, wanted) for value in _all_values(attribute, record))


def sought(question: Has, viewer: Viewer) -> str:
    """What the values of an attribute are compared with."""
    if question.attribute is Attribute.OWNER and question.value == ME:
        return viewer.user
    return comparable(question.attribute, question.value)


def comparable(attribute: Attribute, text: str) -> str:
    """A text as filters compare it: without regard to case, numbers by their digits.

    >>> comparable(Attribute.NAME, " STRASSE"), comparable(Attribute.PHONE, "+49 (30) 1-2")
    ('strasse', '+493012')
    """
    if attribute is Attribute.PHONE:
        text = text.strip()
        return (("+" if text.startswith("+") else "") + _NOT_DIALLED.sub("", text))[:LONGEST]
    # A database keeps no NUL in a text.
    return fold(text).replace("\0", "")[:LONGEST]


def values(contact: Contact, attribute: Attribute) -> frozenset[str]:
    """The texts of a contact that a filter compares; empty ones are not there at all."""
    return frozenset(comparable(attribute, text) for text in _texts(contact, attribute)) - {"", "+"}


def _texts(contact: Contact, attribute: Attribute) -> Iterator[str]:
    match attribute:
        case Attribute.COMPANY:
            yield contact.company
        case Attribute.NAME:
            yield contact.name
        case Attribute.GIVEN:
            yield contact.given
        case Attribute.SURNAME:
            yield contact.surname
        case Attribute.JOB_TITLE:
            yield contact.job_title
        case Attribute.DEPARTMENT:
            yield contact.department
        case Attribute.CATEGORY:
            yield from contact.categories
        case Attribute.EMAIL:
            yield from (email.value for email in contact.emails)
        case Attribute.PHONE:
            yield from (phone.value for phone in contact.phones)
        case Attribute.CITY:
            yield from (address.city for address in contact.addresses)
        case Attribute.COUNTRY:
            yield from (address.country for address in contact.addresses)
        case _:
            return


def _all_values(attribute: Attribute, record: Record) -> frozenset[str]:
    business = record.business or _NOBODY
    match attribute:
        case Attribute.ACTIVE:
            return frozenset(["yes" if business.active and not business.deleted else "no"])
        case Attribute.OWNER:
            return frozenset([business.owner] if business.owner else [])
        case Attribute.OWNER_TEAM:
            return frozenset(business.owner_teams)
        case Attribute.ACCOUNT:
            return frozenset([business.account] if business.account else [])
        case _:
            return values(record.contact, attribute)


def _meets(value: str, operator: Operator, wanted: str) -> bool:
    match operator:
        case Operator.IS:
            return value == wanted
        case Operator.CONTAINS:
            return wanted in value
        case Operator.STARTS:
            return value.startswith(wanted)
        case Operator.EXISTS:
            return True
