"""Rows as people: each cell laid where the mapping says, and the contact built from them."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Final

from twinbook.formats.tables import dates
from twinbook.formats.tables.formulas import as_meant
from twinbook.formats.tables.labels import kind_of, relation_of
from twinbook.formats.tables.names import split
from twinbook.formats.tables.several import read_several
from twinbook.formats.tables.targets import KINDS, SINGLE, STREETS, WORDS, Target
from twinbook.formats.tables.values import active, address, email, phone, several, words
from twinbook.formats.vcard.mapping import LENSES
from twinbook.formats.vcard.names import style_of
from twinbook.formats.vcard.text import clean, tidy
from twinbook.model.contact import (
    ADDRESS_PARTS,
    Address,
    Contact,
    Email,
    Kind,
    Messenger,
    Phone,
    WebPage,
)
from twinbook.model.errors import Invalid

Key = tuple[str, str, int]


@dataclass(slots=True)
class Found:
    """What the cells of one row have said so far."""

    single: dict[str, Any] = field(default_factory=dict)
    elements: dict[Key, dict[str, str]] = field(default_factory=dict)
    whole: dict[str, tuple[Any, ...]] = field(default_factory=dict)
    words: dict[str, list[str]] = field(default_factory=dict)
    around: dict[str, str] = field(default_factory=dict)
    extra: list[tuple[str, str]] = field(default_factory=list)
    reasons: list[str] = field(default_factory=list)

    def leave_out(self, header: str, reason: str) -> None:
        """Note that the value of a column is left out, and why."""
        self.reasons.append(f"The value of {header!r} is left out: {reason}.")


Put = Callable[[Found, str], None]


def put_for(header: str, target: Target, occurrence: int, order: dates.Order | None) -> Put | None:
    """What is done with the cells of a column, None if nothing is."""
    match target.field:
        case "skip":
            return None
        case "extra":
            return partial(_put_extra, header)
        case "account" | "owner" | "id" | "extras":
            return partial(_put_around, target.field)
        case "active":
            return partial(_put_around, f"active{target.part}")
        case name if name in WORDS:
            return partial(_put_words, name, header)
        case name if name in SINGLE:
            return partial(_put_single, name)
        case "birthday" | "anniversary" as name:
            return partial(_put_day, name, header, order)
        case name if name in KINDS and not (target.kind or target.number):
            return partial(_put_whole, name, header)
        case name:
            number = target.number
            # Parts of an address share a kind, where each phone of a kind has its own column.
            if not number and name != "addresses":
                number = -occurrence
            key = (name, target.kind, number)
            return partial(_put_part, key, target.part or "value", header)


def _put_extra(header: str, found: Found, text: str) -> None:
    found.extra.append((header, tidy(text)))


def _put_around(name: str, found: Found, text: str) -> None:
    found.around.setdefault(name, clean(text))


def _put_single(name: str, found: Found, text: str) -> None:
    made = tidy(text) if name == "note" else clean(text)
    if not made.strip():
        return
    if name == "note" and name in found.single:
        found.single[name] += f"\n\n{made}"
    elif name not in found.single:
        found.single[name] = made


def _put_words(name: str, header: str, found: Found, text: str) -> None:
    try:
        found.words.setdefault(name, []).extend(words(name, text))
    except Invalid:
        found.leave_out(header, "it begins like a list and is none")


def _put_day(name: str, header: str, order: dates.Order | None, found: Found, text: str) -> None:
    day = dates.read(text, order)
    if isinstance(day, dates.Doubt):
        found.leave_out(header, day.value)
    elif day is not None:
        found.single.setdefault(name, day)


def _put_whole(name: str, header: str, found: Found, text: str) -> None:
    try:
        values: tuple[Any, ...] = LENSES[name].normal(read_several(name, text))
        found.whole[name] = found.whole.get(name, ()) + values
    except Invalid:
        found.leave_out(header, "it is no list of values, such as VALUE (work), VALUE (home)")


def _put_part(key: Key, part: str, header: str, found: Found, text: str) -> None:
    made = clean(text)
    if not made:
        return
    parts = found.elements.setdefault(key, {})
    parts[part] = f"{parts[part]}\n{made}" if part in parts else made
    parts.setdefault("header", header)


# ---------------------------------------------------------------- the contact


def contact_of(found: Found) -> Contact:
    """The contact that a row tells of."""
    values: dict[str, Any] = dict(found.single)
    full_name = values.pop("full_name", "")
    collected: dict[str, list[Any]] = {name: list(all_) for name, all_ in found.whole.items()}
    for (name, kind, _), parts in found.elements.items():
        header = parts.pop("header", "")
        if name in ("events", "relations"):
            _relate(found, values, name, parts, header)
            continue
        for one in _made(found, name, kind, parts, header):
            collected.setdefault(name, []).append(one)
    for name, listed in found.words.items():
        values[name] = tuple(dict.fromkeys(listed))
    values |= {name: tuple(all_) for name, all_ in collected.items()}
    person = Contact(**values)
    if not person.company and (account := found.around.get("account", "")):
        person = person.but(company=account)
    return named(person, full_name)


def named(person: Contact, full_name: str) -> Contact:
    """The person with a name in one piece: split, or kept where it says more than the parts."""
    if not full_name:
        return person
    if not person.derived_name and not person.display_name:
        parts = split(full_name)
        return person.but(
            prefix=parts.prefix, given=parts.given, middle=parts.middle, surname=parts.surname,
            suffix=parts.suffix,
            display_name="" if parts.derived_name or parts.display_name == person.company
            else parts.display_name,
        )  # fmt: skip
    if person.display_name or style_of(full_name, person) is not None:
        return person
    return person.but(display_name=full_name)


_MAKERS: Final[Mapping[str, Any]] = {"emails": Email, "phones": Phone, "web_pages": WebPage}


def _made(
    found: Found, name: str, kind: str, parts: Mapping[str, str], header: str
) -> Iterable[Any]:
    said, label, is_preferred = kind_of(name, parts.get("label") or kind)
    if name == "addresses":
        return _address(said, label, parts, is_preferred=is_preferred)
    values = several(name, parts.get("value", ""))
    if name == "messengers":
        # "messengers.other.skype" has the service where another target has its part.
        service = parts.get("service", "").lower()
        spoken = [(service, one) for one in values]
        for part, text in parts.items():
            if part not in ("value", "label", "service"):
                spoken += [(part, one) for one in several(name, text)]
        return [Messenger(one, which, said, is_preferred, label) for which, one in spoken]
    if name == "emails":
        values = _mailboxes(found, values, parts.get("route", ""), header)
    if name == "phones":
        values = _numbers(found, values, header)
    # Of several values in a cell with one label, the first is the preferred one.
    make = _MAKERS[name]
    return [make(one, said, is_preferred and not at, label) for at, one in enumerate(values)]


def _mailboxes(found: Found, values: Sequence[str], route: str, header: str) -> list[str]:
    kept = []
    for one in values:
        made, reason = email(one, route)
        if reason:
            found.leave_out(header, reason)
        if made:
            kept.append(made)
    return kept


def _numbers(found: Found, values: Sequence[str], header: str) -> list[str]:
    kept = []
    for one in values:
        made = phone(one)
        if made is None:
            found.leave_out(header, "a spreadsheet has cut off digits of the number")
        else:
            kept.append(made)
    return kept


def _address(
    kind: Kind,
    label: str,
    parts: Mapping[str, str],
    *,
    is_preferred: bool,
) -> list[Address]:
    streets = "\n".join([parts[one] for one in STREETS if one in parts])
    made = {one: parts[one] for one in ADDRESS_PARTS if one in parts}
    if streets:
        made["street"] = streets
    if not made and "formatted" in parts:
        made = address(parts["formatted"])
    return [Address(kind=kind, label=label, preferred=is_preferred, **made)] if made else []


def _relate(
    found: Found, values: dict[str, Any], name: str, parts: Mapping[str, str], header: str
) -> None:
    label, value = parts.get("label", ""), parts.get("value", "")
    if not value:
        return
    if name == "events":
        if label.removeprefix("*").strip().casefold() == "anniversary":
            day = dates.read(value, None)
            if isinstance(day, dates.Doubt):
                found.leave_out(header, day.value)
            elif day is not None:
                values.setdefault("anniversary", day)
        else:
            found.extra.append((label or header, value))
        return
    where = relation_of(label)
    people = [clean(one) for one in value.split(" ::: ") if one.strip()]
    if where == "children":
        found.words.setdefault("children", []).extend(people)
    elif where and where not in values:
        values[where] = people[0] if people else ""
    else:
        found.extra.append((label or header, value))


def is_active(found: Found) -> bool | None:
    """Whether the row says that the person is active, None if it does not say."""
    if "activestatecode" in found.around:
        return active(found.around["activestatecode"], nought=True)
    return active(found.around.get("active", ""))


def laid(cells: Sequence[str], plan: Sequence[tuple[int, Put]]) -> Found:
    """What the cells of a row say, each put where it belongs."""
    found = Found()
    for index, put in plan:
        if cell := cells[index]:
            put(found, as_meant(cell) if cell[0] == "'" else cell)
    return found
