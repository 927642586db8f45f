"""What a column can be: the words of mapping files, read once into values.

given, note, birthday …      a field of the contact that holds one text or one day
birthday.dmy, birthday.mdy   a day written as 31/12/1980, or as 12/31/1980
full_name                    split into its parts where no column has them
categories, children, hobbies  words between separators
emails.work, phones.work fax, web_pages.home, messengers.other.skype
addresses.home.city          a part of an address: street, street2, street3, city …
emails.1, emails.1.label     a value, and the column that says which kind it is
phones, addresses …          as Twinbook's own files write them: several, with their kinds
events.1, relations.1        a day, a person; events.1.label says which
account, owner, active, id   the company, the user, whether it is active, the other system's id
extra, skip                  kept as it is with the row; left out
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from functools import cache
from types import MappingProxyType
from typing import Final

from twinbook.model.contact import ADDRESS_PARTS, Kind, PhoneKind, WebKind
from twinbook.model.errors import Invalid
from twinbook.model.fields import FIELDS, Nature, by_nature

KINDS: Final[Mapping[str, type[Enum]]] = MappingProxyType(
    {
        "emails": Kind,
        "phones": PhoneKind,
        "addresses": Kind,
        "web_pages": WebKind,
        "messengers": Kind,
    }
)
STREETS: Final = ("street", "street2", "street3")
_ADDRESS: Final = frozenset({*ADDRESS_PARTS, *STREETS, "formatted"})
_PARTS: Final[Mapping[str, frozenset[str]]] = MappingProxyType(
    {
        "emails": frozenset({"label", "route"}),
        "phones": frozenset({"label"}),
        "addresses": _ADDRESS | {"label"},
        "web_pages": frozenset({"label"}),
        "messengers": frozenset({"label", "service"}),
        "events": frozenset({"label"}),
        "relations": frozenset({"label"}),
    }
)
_DAYS: Final = by_nature(Nature.DAY)
_ORDERS: Final = frozenset({"dmy", "mdy"})
#: What a row says that is no field of a contact.
AROUND: Final = frozenset({"account", "owner", "active", "id", "extra", "extras", "skip"})
SINGLE: Final = frozenset(by_nature(Nature.TEXT, Nature.PROSE)) | {"full_name"}
WORDS: Final = frozenset(by_nature(Nature.WORDS))
_ALL: Final = (
    *(row.name for row in FIELDS if row.name != "photo"),
    "full_name",
    "events",
    "relations",
    *sorted(AROUND),
)


@dataclass(frozen=True, slots=True)
class Target:
    """What a column is. `number` is nought where the kind says which value is meant."""

    field: str
    kind: str = ""
    number: int = 0
    part: str = ""


@cache
def target(text: str) -> Target:
    """The target that these words mean. Raises Invalid, which names what would do.

    >>> target("addresses.home.street2")
    Target(field='addresses', kind='home', number=0, part='street2')
    >>> target("phones.1.label")
    Target(field='phones', kind='', number=1, part='label')
    """
    name, *more = text.strip().split(".")
    if name in _DAYS and (not more or (len(more) == 1 and more[0] in _ORDERS)):
        return Target(name, part="".join(more))
    if name == "active" and more == ["statecode"]:
        return Target(name, part="statecode")
    if name in SINGLE | WORDS | AROUND and not more:
        return Target(name)
    if name in _PARTS:
        return _element(text, name, more)
    raise _refusal(text)


def _element(text: str, name: str, more: list[str]) -> Target:
    if not more and name in KINDS:
        return Target(name)
    first, *rest = more or [""]
    part = ".".join(rest)
    if first.isascii() and first.isdigit() and 0 < int(first[:4]) < 1000:  # noqa: PLR2004 - columns
        if (not part and name != "addresses") or part in _PARTS[name]:
            return Target(name, number=int(first), part=part)
    elif name in KINDS and first in {one.value for one in KINDS[name]}:
        if name == "addresses":
            fits = part in _ADDRESS
        else:
            fits = not part or (name == "messengers" and len(rest) == 1)
        if fits:
            return Target(name, first, part=part)
    raise _refusal(text)


def _refusal(text: str) -> Invalid:
    field = text.partition(".")[0]
    if field in KINDS:
        kinds = ", ".join(str(one.value) for one in KINDS[field])
        parts = f", then one of {', '.join(sorted(_ADDRESS))}" if field == "addresses" else ""
        return Invalid(f"{text!r} is no target. Behind {field}. goes one of {kinds}{parts}.")
    return Invalid(f"{text!r} is no target. Take one of {', '.join(_ALL)}.")
