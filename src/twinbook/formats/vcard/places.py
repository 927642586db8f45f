"""Where a field that has one value stands in a card, and how it is put there.

A field may have several places: each program has its own spelling. The first place
that says something is read. A new value goes there, and to every place that said the
same; a cleared field leaves none of its places filled, or the next would show through.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from twinbook.formats.vcard.card import Card, View
from twinbook.formats.vcard.days import day_text, is_without_year, read_day
from twinbook.formats.vcard.lines import Line, parse_head
from twinbook.formats.vcard.params import with_param
from twinbook.formats.vcard.quirks import GENDER_CODES, GENDERS, coded_label
from twinbook.formats.vcard.text import (
    clean,
    escape,
    escape_part,
    joined,
    listed,
    one_of,
    split,
    tidy,
    unescape,
)
from twinbook.model.contact import Day


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A whole property whose value is one text."""

    name: str  #: upper case
    types: frozenset[str] = frozenset()  #: the property must have these TYPE tokens
    labels: frozenset[str] = frozenset()  #: its group must have one of these labels, lower case
    head: str = ""  #: of a new line, where it is more than the name
    label: str = ""  #: Apple's word for a new line's group
    joiner: str = ""  #: the value is a list; what joins it into one text
    keep: bool = False  #: the line stays when it is blank, for a card must have it

    def positions(self, view: View) -> Sequence[int]:
        """The lines of this place."""
        found = view.named.get(self.name, ())
        if not self.types and not self.labels:
            return found
        return [number for number in found if self._fits(view, view.card.lines[number])]

    def hides(self, view: View, number: int) -> bool:
        """Whether another line would be read if this one were not there."""
        return False

    def _fits(self, view: View, one: Line) -> bool:
        if not self.types <= one.head.types:
            return False
        label = view.label_of(one)
        return not self.labels or (coded_label(label) or label).lower() in self.labels

    def get(self, card: Card, one: Line) -> Any:
        """What the line says, blank if it says nothing."""
        return self._text(card, one.text)

    def _text(self, card: Card, text: str) -> str:
        return (
            listed(text, self.joiner, old=card.old) if self.joiner else one_of(text, old=card.old)
        )

    def put(self, card: Card, one: Line, value: Any) -> Line | None:
        """The line saying this; None if nothing is left to say."""
        if not value and not self.keep:
            return None
        return card.text_line(one.head, escape(value, old=card.old))

    def fresh(self, view: View, value: Any, group: str) -> list[Line]:
        """New lines that say this, in a group of their own if they need one."""
        head = parse_head(self.head or self.name)
        if self.label:
            head = head._replace(group=group)
        blank = Line(b"", head, 0, view.card.old)
        made = self.put(view.card, blank, value)
        label = [view.label_line(head.group, f"_$!<{self.label}>!$_")] if self.label else []
        return [made, *label] if made else []


@dataclass(frozen=True, slots=True, kw_only=True)
class Prose(Place):
    """A whole property whose value is text of many lines."""

    def get(self, card: Card, one: Line) -> str:
        text = tidy(unescape(one.text, old=card.old))
        return text if text.strip() else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Part(Place):
    """One component of a structured property, or all components from one on (`rest`)."""

    part: int
    rest: bool = False
    where: Mapping[int, str] = field(default_factory=dict)  #: what other components must be
    unless: str = ""  #: a parameter that makes the line something else
    width: int = 0  #: components of a new line

    def positions(self, view: View) -> Sequence[int]:
        # Only a card's first name and first organisation are read: components of two
        # lines must not be mixed.
        found = [
            number
            for number in Place.positions(self, view)
            if not self.unless or view.card.lines[number].head.get(self.unless) is None
        ]
        if self.where:
            return [number for number in found if self._is_meant(view.card, number)]
        return found[:1]

    def hides(self, view: View, number: int) -> bool:
        return not self.where and any(other > number for other in Place.positions(self, view))

    def _is_meant(self, card: Card, number: int) -> bool:
        parts = split(card.lines[number].text, ";", old=card.old)
        return all(len(parts) > at and parts[at] == said for at, said in self.where.items())

    def get(self, card: Card, one: Line) -> str:
        return self.among(card, split(one.text, ";", old=card.old))

    def among(self, card: Card, parts: Sequence[str]) -> str:
        """What the components of a line say here."""
        chosen = parts[self.part :] if self.rest else parts[self.part : self.part + 1]
        said = [self._text(card, part) for part in chosen]
        return ", ".join(part for part in said if part)

    def put(self, card: Card, one: Line, value: str) -> Line | None:
        parts = split(one.text, ";", old=card.old) if one.raw else []
        parts += [""] * (max(self.part + 1, self.width) - len(parts))
        if self.rest:
            del parts[self.part + 1 :]
        parts[self.part] = escape_part(value, old=card.old)
        for at, said in self.where.items():
            parts[at] = said
        if not value and not self.keep and (self.where or not any(part.strip() for part in parts)):
            return None
        return card.text_line(one.head, joined(parts, ";", old=card.old))


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter(Place):
    """A parameter of a property, such as SORT-AS."""

    parameter: str

    def positions(self, view: View) -> Sequence[int]:
        return view.named.get(self.name, ())[:1]

    def get(self, card: Card, one: Line) -> str:
        return clean(one.head.get(self.parameter) or "")

    def put(self, card: Card, one: Line, value: str) -> Line:
        return card.headed(one, with_param(one.head, self.parameter, value))

    def fresh(self, view: View, value: str, group: str) -> list[Line]:
        head = with_param(parse_head(self.name), self.parameter, value)
        return [view.card.text_line(head, ";;;;")]


@dataclass(frozen=True, slots=True, kw_only=True)
class Relation(Place):
    """A property about another person, read only where it names that person in words."""

    def get(self, card: Card, one: Line) -> str:
        text = one_of(one.text, old=card.old)
        is_text = (one.head.get("VALUE") or "").lower() == "text"
        return text if is_text or not _looks_like_uri(text) else ""

    def put(self, card: Card, one: Line, value: str) -> Line | None:
        head = one.head
        if _looks_like_uri(value) and self.name == "RELATED":
            head = with_param(head, "VALUE", "text")
        return Place.put(self, card, one._replace(head=head), value)


def _looks_like_uri(text: str) -> bool:
    scheme, colon, _ = text.partition(":")
    return bool(colon) and scheme.isascii() and scheme.replace("-", "").isalnum()


@dataclass(frozen=True, slots=True, kw_only=True)
class GenderCode(Place):
    """GENDER of vCard 4.0: a letter, a semicolon, and free text."""

    def get(self, card: Card, one: Line) -> str:
        code, *said = split(one.text, ";", old=card.old)
        words = gender(one_of(";".join(said), old=card.old))
        return words or GENDERS.get(code.strip().lower(), "")

    def put(self, card: Card, one: Line, value: str) -> Line | None:
        if not value:
            return None
        code = GENDER_CODES.get(value)
        return card.text_line(one.head, code or f";{escape_part(value, old=card.old)}")


@dataclass(frozen=True, slots=True, kw_only=True)
class GenderWord(Place):
    """A gender in a word of no language in particular."""

    def get(self, card: Card, one: Line) -> str:
        return gender(one_of(one.text, old=card.old))


def gender(text: str) -> str:
    """The word Twinbook uses for a gender, or the text itself."""
    return GENDERS.get(text.lower(), text)


@dataclass(frozen=True, slots=True, kw_only=True)
class Date(Place):
    """A calendar date. Apple writes the year 1604 where there is none, and says so."""

    def get(self, card: Card, one: Line) -> Day | None:
        return read_day(one.text, one.head.get("X-APPLE-OMIT-YEAR") or "")

    def put(self, card: Card, one: Line, value: Day | None) -> Line | None:
        if value is None:
            return None
        text = one.text if one.raw else ""
        apple = _wants_apple(card, value, text)
        head = with_param(one.head, "X-APPLE-OMIT-YEAR", "1604" if apple else "")
        if (head.get("VALUE") or "").lower() in ("text", "date-time", "timestamp"):
            head = with_param(head, "VALUE", "")
        shown = replace(value, year=1604) if apple else value
        return card.text_line(head, day_text(shown, extended=_is_extended(card, text)))


def _wants_apple(card: Card, value: Day, before: str) -> bool:
    return value.year is None and card.version == "3.0" and not is_without_year(before)


def _is_extended(card: Card, before: str) -> bool:
    if read_day(before) is None or card.version == "4.0":
        return card.version != "4.0"
    return "-" in before.removeprefix("--")


@dataclass(frozen=True, slots=True, kw_only=True)
class AndroidDate(Part):
    """A date inside Android's own property."""

    def get(self, card: Card, one: Line) -> Day | None:  # type: ignore[override]
        return read_day(Part.get(self, card, one))

    def put(self, card: Card, one: Line, value: Day | None) -> Line | None:  # type: ignore[override]
        return Part.put(self, card, one, day_text(value, extended=True) if value else "")
