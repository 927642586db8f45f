"""The one field table: what every field of a contact is, and how it behaves by default.

Screens, mappings, the policy and the documentation are made from this table or
checked against it. To add a field, add it to `Contact`, add a line here, and one
in every mapping that can hold it; a test names the mapping that lacks it.

Sources of the Dataverse columns and of Microsoft's 34 rows: docs/replicas/fields.md.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum

from twinbook.model.policy import Direction, Policy, Winner


class Nature(Enum):
    """How the values of a field are compared and merged."""

    TEXT = "text"  #: one line; a new value replaces the old one
    PROSE = "prose"  #: many lines; an edit is applied as a patch
    DAY = "day"
    PHOTO = "photo"
    VALUES = "values"  #: elements with a kind: e-mails, phones, addresses …
    WORDS = "words"  #: plain strings without order: categories, children, hobbies


class Unit(Enum):
    """Fields that belong together so closely that clashing edits can't be mixed."""

    NAME = "name"
    ORGANISATION = "organisation"


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One row of the table."""

    name: str  #: the attribute of Contact
    label: str  #: what a person calls it
    nature: Nature = Nature.TEXT
    unit: Unit | None = None
    personal: bool = True  #: personal data in the sense of the GDPR
    direction: Direction = Direction.BOTH
    winner: Winner = Winner.ASK
    columns: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Dataverse columns of `contact`, in slot order, by kind ("" where a field has none)."""
    rows: tuple[int, ...] = ()  #: rows of Microsoft's own synchronisation
    derived: bool = False  #: never a reason for a write by itself


def _one(column: str) -> Mapping[str, tuple[str, ...]]:
    return {"": (column,)}


def _address(number: int) -> tuple[str, ...]:
    parts = "line1 line2 line3 city stateorprovince postalcode country postofficebox"
    return tuple(f"address{number}_{part}" for part in parts.split())


NAME, ORGANISATION = Unit.NAME, Unit.ORGANISATION
HUB, NEWEST = Winner.HUB, Winner.NEWEST

FIELDS: tuple[Field, ...] = (
    Field(name="prefix", label="title before the name", unit=NAME, winner=HUB,
          columns=_one("salutation"), rows=(16,)),
    Field(name="given", label="given name", unit=NAME, winner=HUB,
          columns=_one("firstname"), rows=(16,)),
    Field(name="middle", label="middle name", unit=NAME, winner=HUB,
          columns=_one("middlename"), rows=(16,)),
    Field(name="surname", label="surname", unit=NAME, winner=HUB,
          columns=_one("lastname"), rows=(16,)),
    Field(name="suffix", label="suffix", unit=NAME, winner=HUB,
          columns=_one("suffix"), rows=(16,)),
    Field(name="display_name", label="full name", winner=HUB, derived=True,
          columns=_one("fullname"), rows=(16,)),
    Field(name="file_as", label="filed as", winner=HUB, derived=True),
    Field(name="nickname", label="nickname", columns=_one("nickname"), rows=(25,)),
    Field(name="initials", label="initials", derived=True),
    Field(name="phonetic_given", label="phonetic given name",
          columns=_one("yomifirstname"), rows=(33,)),
    Field(name="phonetic_middle", label="phonetic middle name", columns=_one("yomimiddlename")),
    Field(name="phonetic_surname", label="phonetic surname",
          columns=_one("yomilastname"), rows=(34,)),
    Field(name="company", label="company", unit=ORGANISATION, personal=False, winner=HUB,
          columns=_one("parentcustomerid"), rows=(30,)),
    Field(name="phonetic_company", label="phonetic company", personal=False, winner=HUB),
    Field(name="department", label="department", unit=ORGANISATION,
          columns=_one("department"), rows=(11,)),
    Field(name="job_title", label="job title", unit=ORGANISATION,
          columns=_one("jobtitle"), rows=(21,)),
    Field(name="profession", label="profession"),
    Field(name="office", label="office"),
    Field(name="manager", label="manager", columns=_one("managername"), rows=(23,)),
    Field(name="assistant", label="assistant", columns=_one("assistantname"), rows=(2,)),
    Field(name="employee_id", label="employee number", columns=_one("employeeid")),
    Field(name="customer_id", label="customer number",
          columns=_one("externaluseridentifier")),
    Field(name="government_id", label="government id", direction=Direction.OWN,
          columns=_one("governmentid"), rows=(17,)),
    Field(name="emails", label="e-mail addresses", nature=Nature.VALUES, winner=HUB,
          columns={"": ("emailaddress1", "emailaddress2", "emailaddress3")},
          rows=(12, 13, 14)),
    Field(name="phones", label="phone numbers", nature=Nature.VALUES, winner=NEWEST,
          columns={
              "work": ("telephone1", "business2"),
              "home": ("telephone2", "home2"),
              "mobile": ("mobilephone",),
              "other": ("telephone3",),
              "main": ("company",),
              "assistant": ("assistantphone",),
              "manager": ("managerphone",),
              "callback": ("callback",),
              "work fax": ("fax",),
              "pager": ("pager",),
          },
          rows=(3, 5, 6, 7, 8, 10, 19, 20, 24, 28, 29)),
    Field(name="addresses", label="postal addresses", nature=Nature.VALUES, winner=NEWEST,
          columns={"work": _address(1), "home": _address(2), "other": _address(3)},
          rows=(18, 22, 27)),
    Field(name="web_pages", label="web pages", nature=Nature.VALUES,
          columns={"work": ("websiteurl",), "ftp": ("ftpsiteurl",)}, rows=(15, 32)),
    Field(name="messengers", label="instant messaging", nature=Nature.VALUES),
    Field(name="birthday", label="birthday", nature=Nature.DAY,
          columns=_one("birthdate"), rows=(4,)),
    Field(name="anniversary", label="anniversary", nature=Nature.DAY,
          columns=_one("anniversary"), rows=(1,)),
    Field(name="gender", label="gender", columns=_one("gendercode")),
    Field(name="spouse", label="spouse or partner", direction=Direction.OWN,
          columns=_one("spousesname"), rows=(31,)),
    Field(name="children", label="children", nature=Nature.WORDS, direction=Direction.OWN,
          columns=_one("childrensnames"), rows=(9,)),
    Field(name="hobbies", label="hobbies", nature=Nature.WORDS),
    Field(name="language", label="language"),
    Field(name="categories", label="categories", nature=Nature.WORDS,
          direction=Direction.TO_SPOKE, personal=False),
    Field(name="note", label="note", nature=Nature.PROSE, direction=Direction.OWN,
          columns=_one("description"), rows=(26,)),
    Field(name="photo", label="photo", nature=Nature.PHOTO, winner=HUB,
          columns=_one("entityimage")),
)  # fmt: skip

BY_NAME: Mapping[str, Field] = {row.name: row for row in FIELDS}


def by_nature(*natures: Nature) -> tuple[str, ...]:
    """The names of the fields of some natures, in the order of the table."""
    return tuple(row.name for row in FIELDS if row.nature in natures)


def in_unit(unit: Unit) -> tuple[str, ...]:
    """The names of the fields that belong to a unit, in the order of the table."""
    return tuple(row.name for row in FIELDS if row.unit is unit)


def direction_of(policy: Policy, name: str, part: str = "") -> Direction:
    """Which way edits of a field, or of one kind of its values, travel under a policy.

    >>> direction_of(Policy(directions={"phones.car": Direction.NONE}), "phones", "car")
    <Direction.NONE: 'none'>
    """
    chosen = policy.directions.get(f"{name}.{part}") if part else None
    return chosen or policy.directions.get(name) or BY_NAME[name].direction


def winner_of(policy: Policy, name: str, part: str = "") -> Winner:
    """Whose value stays under a policy when both sides edited a field differently."""
    chosen = policy.winners.get(f"{name}.{part}") if part else None
    return chosen or policy.winners.get(name) or BY_NAME[name].winner


def own_fields(policy: Policy) -> frozenset[str]:
    """The fields whose values in a book are their user's own under a policy."""
    return frozenset(row.name for row in FIELDS if direction_of(policy, row.name) is Direction.OWN)
