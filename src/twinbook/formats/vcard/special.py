"""Elements that are more than one text: messengers and postal addresses."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from twinbook.formats.vcard.card import Card, View
from twinbook.formats.vcard.elements import Elements, Entry
from twinbook.formats.vcard.lines import Head, Line
from twinbook.formats.vcard.params import with_param
from twinbook.formats.vcard.quirks import MESSENGERS, SCHEMES, SERVICES, Kinds
from twinbook.formats.vcard.text import (
    clean,
    escape,
    escape_part,
    escape_uri,
    joined,
    listed,
    one_of,
    split,
    unescape,
)
from twinbook.model.contact import ADDRESS_PARTS, Address, Messenger

_SCHEME_NAME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*\Z")
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):(.*)\Z", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Messengers(Elements):
    """IMPP, and the properties that name one messenger each. Apple writes both: one is read."""

    def details(self, card: Card, one: Line) -> dict[str, Any]:
        text = one_of(one.text, old=card.old)
        if one.name in MESSENGERS:
            return {"value": text, "service": MESSENGERS[one.name]} if text else {}
        found = _SCHEME.match(text)
        scheme, value = (found[1].lower(), clean(found[2])) if found else ("", text)
        return {"value": value, "service": _service_of(one.head, scheme)} if value else {}

    def identity(self, element: Messenger) -> Any:
        return element.service, element.value

    def slot(self, element: Messenger) -> Any:
        return element.service, element.kind, element.label

    def lay(self, card: Card, one: Line, element: Messenger) -> Line:
        if one.name in MESSENGERS:
            return card.text_line(one.head, escape(element.value, old=card.old))
        found = _SCHEME.match(unescape(one.text, old=card.old)) if one.raw else None
        scheme = found[1] if found else SCHEMES.get(element.service, element.service)
        if not _SCHEME_NAME.match(scheme):
            scheme = "x-apple"
        head = one.head
        if not found and _service_of(head, scheme) != element.service:
            head = with_param(head, _SERVICE_PARAM[card.version], element.service)
        return card.text_line(head, escape_uri(f"{scheme}:{element.value}", old=card.old))

    def tidy(self, element: Messenger) -> Messenger | None:
        value = clean(element.value)
        return replace(element, value=value, service=_service(element.service)) if value else None

    def normal(self, value: Sequence[Messenger]) -> tuple[Messenger, ...]:
        found: dict[Any, Messenger] = {}
        for one in Elements.normal(self, value):
            found.setdefault(self.identity(one), one)
        return tuple(found.values())

    def entries(self, view: View) -> list[Entry]:
        found: dict[Any, list[Entry]] = {}
        for entry in Elements.entries(self, view):
            found.setdefault(self.identity(entry.element), []).append(entry)
        return [
            replace(same[0], numbers=tuple(number for one in same for number in one.numbers))
            for same in found.values()
        ]


_SERVICE_PARAM = {"2.1": "X-SERVICE-TYPE", "3.0": "X-SERVICE-TYPE", "4.0": "SERVICE-TYPE"}


def _service_of(head: Head, scheme: str) -> str:
    return _service(head.get("X-SERVICE-TYPE") or head.get("SERVICE-TYPE") or scheme)


def _service(text: str) -> str:
    name = clean(clean(text).lower())
    return SERVICES.get(name, name)


@dataclass(frozen=True, slots=True)
class Addresses(Elements):
    """Postal addresses of seven components, of which only those that differ are written."""

    def details(self, card: Card, one: Line) -> dict[str, Any]:
        parts = split(one.text, ";", old=card.old)
        named = zip(ADDRESS_PARTS, parts, strict=False)
        said = {name: listed(part, ", ", old=card.old) for name, part in named}
        return said if any(said.values()) else {}

    def identity(self, element: Address) -> Any:
        return tuple(getattr(element, name) for name in ADDRESS_PARTS)

    def lay(self, card: Card, one: Line, element: Address) -> Line:
        parts = split(one.text, ";", old=card.old) if one.raw else []
        parts += [""] * (len(ADDRESS_PARTS) - len(parts))
        for at, name in enumerate(ADDRESS_PARTS):
            wanted = getattr(element, name)
            if listed(parts[at], ", ", old=card.old) != wanted:
                parts[at] = escape_part(wanted, old=card.old)
        return card.text_line(one.head, joined(parts, ";", old=card.old))

    def tidy(self, element: Address) -> Address | None:
        parts: dict[str, Any] = {name: clean(getattr(element, name)) for name in ADDRESS_PARTS}
        return replace(element, **parts) if any(parts.values()) else None

    def write(self, view: View, wanted: Sequence[Address]) -> Card:
        card = Elements.write(self, view, wanted)
        before = {(one.kind, self.identity(one)) for one in self.read(view)}
        after = {(one.kind, self.identity(one)) for one in wanted}
        # A delivery label repeats an address, and a program that reads it would bring the
        # former address back.
        changed = {kind for kind, _ in before ^ after}
        return card.with_lines(_labels(card, self.kinds, changed))


def _labels(card: Card, kinds: Kinds[Any], changed: set[Any]) -> dict[int, Sequence[Line]]:
    return {
        number: ()
        for number, one in enumerate(card.lines)
        if one.name == "LABEL" and kinds.of(one.head.types) in changed
    }
