"""What JSContact has no property for stands beside it, as the vCard property it is elsewhere.

RFC 9555 registers `vCardProps` for exactly this: properties of a vCard without a counterpart,
in jCard's notation (RFC 7095). So a card needs no property of our own under a name that
RFC 9553, section 1.8.1 would want to be a domain of ours, and whoever makes a vCard of it
finds each value where vCard programs look for it. Why: docs/replicas/jscontact.md.

Sources: RFC 9555 section 2.15.1, RFC 7095 sections 3.3 and 5.1.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from twinbook.formats.jscontact.person import is_language, is_name
from twinbook.formats.jscontact.tree import Node, Wrong
from twinbook.formats.vcard.quirks import GENDER_CODES, GENDERS
from twinbook.model.contact import Contact

PROPS: Final = "vCardProps"
_LENGTH: Final = 4  #: of a jCard property: name, parameters, type, value


@dataclass(frozen=True, slots=True)
class Beside:
    """A vCard property that holds a field, or those of its values that have no other place."""

    property: str  #: in lower case, as in jCard
    homeless: Callable[[Contact], tuple[str | list[str], ...]]
    why: str = "JSContact has no property for it"
    type: str = "unknown"  #: of the value, as jCard names it; that of names with X- is not known
    params: Mapping[str, str] = field(default_factory=dict)


def _always(field: str) -> Callable[[Contact], tuple[str, ...]]:
    return lambda person: (getattr(person, field),)


def _without(part: str) -> Callable[[Contact], tuple[str, ...]]:
    """How a part of the name sounds, if that part itself is not known."""
    sound = f"phonetic_{part}"
    return lambda person: () if getattr(person, part) else (getattr(person, sound),)


def _sort_key(person: Contact) -> tuple[str, ...]:
    return () if person.derived_name else (person.file_as,)


def _gender(person: Contact) -> tuple[str | list[str], ...]:
    """A code, or as in a vCard no code and a text behind it (RFC 7095, section 3.3.1.3)."""
    if not person.gender:
        return ()
    return (GENDER_CODES.get(person.gender, ["", person.gender]),)


def _spouse(person: Contact) -> tuple[str, ...]:
    return () if is_name(person.spouse) else (person.spouse,)


def _children(person: Contact) -> tuple[str, ...]:
    return tuple(one for one in person.children if not is_name(one))


def _language(person: Contact) -> tuple[str, ...]:
    return () if is_language(person.language) else (person.language,)


_NO_PART: Final = "only where that part of the name is not known"
_REFERENCE: Final = "only a text that would be taken for the address or the id of a card"

BESIDE: Final[Mapping[str, Beside]] = {
    "file_as": Beside("sort-string", _sort_key, "only where no part of the name is known"),
    "initials": Beside("x-initials", _always("initials")),
    "phonetic_given": Beside("x-phonetic-first-name", _without("given"), _NO_PART),
    "phonetic_middle": Beside("x-phonetic-middle-name", _without("middle"), _NO_PART),
    "phonetic_surname": Beside("x-phonetic-last-name", _without("surname"), _NO_PART),
    "phonetic_company": Beside("x-phonetic-org", _always("phonetic_company")),
    "office": Beside("x-office", _always("office")),
    "manager": Beside("x-manager", _always("manager")),
    "assistant": Beside("x-assistant", _always("assistant")),
    "employee_id": Beside("x-employee-id", _always("employee_id")),
    "customer_id": Beside("x-customer-id", _always("customer_id")),
    "government_id": Beside("x-government-id", _always("government_id")),
    "gender": Beside(
        "gender", _gender, "`grammaticalGender` is about words, not about a person", "text"
    ),
    "spouse": Beside("x-spouse", _spouse, _REFERENCE),
    "children": Beside("related", _children, _REFERENCE, "text", {"type": "child"}),
    "language": Beside("x-language", _language, "only a text that is no language tag"),
}
_FIELDS: Final = {one.property: name for name, one in BESIDE.items()}


def write(person: Contact) -> dict[str, Any]:
    """The values that have no other place, as properties of a vCard."""
    props = [
        [one.property, one.params, one.type, value]
        for one in BESIDE.values()
        for value in one.homeless(person)
        if value
    ]
    return {PROPS: props} if props else {}


def read(card: Node) -> dict[str, Any]:
    """The fields that properties of a vCard hold; what is not ours stays. Raises Wrong."""
    props = card.held.get(PROPS)
    if props is not None and not isinstance(props, list):
        raise Wrong(PROPS, "a list")
    found: dict[str, Any] = {}
    stayed = []
    for number, one in enumerate(props or (), 1):
        name, value = _said(one, f"{PROPS}[{number}]")
        if name == "children" and value:
            found[name] = (*found.get(name, ()), value)
        elif name and value and name not in found:
            found[name] = value
        else:
            stayed.append(one)
    if stayed:
        card.held[PROPS] = stayed
    elif found:
        del card.held[PROPS]
    return found


def _said(one: Any, path: str) -> tuple[str, str]:
    """The field that a property of jCard holds, and its text; "" for what is not ours."""
    is_property = isinstance(one, list) and len(one) >= _LENGTH and isinstance(one[0], str)
    if not is_property or not isinstance(one[1], dict):
        raise Wrong(path, "a property of a vCard: a list of name, parameters, type and value")
    name, params, _, value = one[:_LENGTH]
    field = _FIELDS.get(name.lower(), "")
    if len(one) > _LENGTH or (field and not BESIDE[field].params.items() <= params.items()):
        return "", ""
    if field == "gender":
        code, *words = value if isinstance(value, list) and value else [value]
        value = words[0] if words and words[0] else code
        value = GENDERS.get(value.strip().lower(), value) if isinstance(value, str) else ""
    return field, value if isinstance(value, str) and value.strip() else ""
