"""Fields of many values with a kind: e-mails, phones, pages, messengers, addresses.

An element is one line, with the lines of its group that label it. Elements that stay
keep every byte of theirs; one that changes keeps its place, its group and the
parameters that nobody here knows.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from twinbook.formats.vcard.card import LABEL, Card, View, label_text
from twinbook.formats.vcard.lines import Head, Line, parse_head
from twinbook.formats.vcard.pairing import paired
from twinbook.formats.vcard.params import (
    is_preferred,
    with_param,
    with_preference,
    with_tokens,
    without_params,
)
from twinbook.formats.vcard.quirks import (
    STALE,
    Kinds,
    coded_label,
)
from twinbook.formats.vcard.text import (
    clean,
    escape,
    escape_uri,
    one_of,
)

_TEL_URI = re.compile(r"[+0-9][-+.()0-9]*(?:;[-a-z]+=[-+.()0-9a-z]+)*\Z")
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):(.*)\Z", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Entry:
    """An element and the lines that say it: the first, and others that repeat it."""

    element: Any
    numbers: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Elements:
    """A field whose elements are lines with one text: e-mails and phones."""

    names: frozenset[str]
    fresh: str  #: the property of a new element
    kinds: Kinds[Any]
    make: type[Any]

    # ------------------------------------------------ what differs from field to field

    def details(self, card: Card, one: Line) -> dict[str, Any]:
        """The attributes of the element that its value says; {} if it says nothing."""
        text = one_of(one.text, old=card.old)
        if (one.head.get("VALUE") or "").lower() == "uri" and text[:4].lower() == "tel:":
            text = text[4:].strip()
        return {"value": text} if text else {}

    def identity(self, element: Any) -> Any:
        """What makes it this element, whatever its kind."""
        return element.value

    def slot(self, element: Any) -> Any:
        """What a new value has in common with the one whose place it takes."""
        return element.kind, element.label

    def lay(self, card: Card, one: Line, element: Any) -> Line:
        """The line with the element's value."""
        is_uri = (one.head.get("VALUE") or "").lower() == "uri"
        if is_uri and _TEL_URI.match(element.value):
            return card.text_line(one.head, f"tel:{element.value}")
        head = with_param(one.head, "VALUE", "") if is_uri else one.head
        return card.text_line(head, escape(element.value, old=card.old))

    def tidy(self, element: Any) -> Any:
        """The element with clean values, None if nothing is left of it."""
        value = clean(element.value)
        if value == element.value:
            return element if value else None
        return replace(element, value=value) if value else None

    # ------------------------------------------------ reading

    def normal(self, value: Sequence[Any]) -> tuple[Any, ...]:
        tidied = (self.tidy(one) for one in value)
        return tuple(
            replace(one, label=_label(one.label)) if one.label else one for one in tidied if one
        )

    def read(self, view: View) -> tuple[Any, ...]:
        return tuple(entry.element for entry in self.entries(view))

    def entries(self, view: View) -> list[Entry]:
        """The elements of a card in the order of its lines."""
        numbers = [number for name in self.names for number in view.named.get(name, ())]
        found = ((self._element(view, number), number) for number in sorted(numbers))
        return [Entry(element, (number,)) for element, number in found if element]

    def _element(self, view: View, number: int) -> Any:
        one = view.card.lines[number]
        details = self.details(view.card, one)
        if not details:
            return None
        head = one.head
        kind, label = self.kinds.of(head.types), view.label_of(one)
        if label and (code := coded_label(label)):
            known = self.kinds.labels.get(code.lower())
            kind, label = (known, "") if known else (kind, _label(label))
        return self.make(kind=kind, label=label, preferred=is_preferred(head), **details)

    # ------------------------------------------------ writing

    def write(self, view: View, wanted: Sequence[Any]) -> Card:
        entries = self.entries(view)
        mates = paired([entry.element for entry in entries], wanted, self.identity, self.slot)
        kept = set(mates)
        gone = [n for i, entry in enumerate(entries) if i not in kept for n in entry.numbers]
        replaced = view.without(gone)
        added: dict[int, list[Line]] = {}
        anchor = min((entry.numbers[0] for entry in entries), default=self._kin(view) + 1) - 1
        groups = iter(view.free_groups(len(wanted)))
        last = -1
        for element, mate in zip(wanted, mates, strict=True):
            if mate is None:
                added.setdefault(anchor, []).extend(self._new(view, element, next(groups)))
                continue
            entry = entries[mate]
            changes = self._changed(view, entry, element, groups)
            # Some of its lines may stand before one that it shall follow.
            early = [number for number in entry.numbers if number < last]
            for number in early:
                added.setdefault(anchor, []).extend(changes.pop(number, [view.card.lines[number]]))
                changes[number] = []
            if not early:
                last = entry.numbers[0]
                anchor = view.last_of_group(last)
            replaced |= changes
        return view.card.with_lines(replaced, added)

    def _kin(self, view: View) -> int:
        numbers = [number for name in self.names for number in view.named.get(name, ())]
        return view.last_of_group(max(numbers)) if numbers else view.kin(self.fresh)

    def _new(self, view: View, element: Any, group: str) -> list[Line]:
        card = view.card
        head = with_tokens(parse_head(self.fresh), self.kinds, element.kind, card)
        head = with_preference(head, element, card)
        label = self._wanted_label(element)
        head = head._replace(group=group if label else "")
        line = self.lay(card, Line(b"", head, 0, card.old), element)
        return [line, view.label_line(group, label)] if label else [line]

    def _wanted_label(self, element: Any) -> str:
        shown = self.kinds.shows.get(element.kind)
        return element.label or (f"_$!<{shown}>!$_" if shown else "")

    def _changed(self, view: View, entry: Entry, element: Any, groups: Any) -> dict[int, Any]:
        """The lines that must be others for the entry to be this element."""
        before, changes = entry.element, dict[int, Any]()
        if element == before:
            return changes
        number = entry.numbers[0]
        head = view.card.lines[number].head
        labels: list[Line] = []
        if self.slot(element) != self.slot(before):
            if self.kinds.of(head.types) != element.kind:
                head = with_tokens(head, self.kinds, element.kind, view.card)
            head, labels = self._relabelled(view, number, element, head, groups, changes)
        if element.preferred != before.preferred:
            head = with_preference(head, element, view.card)
        if self.identity(element) != self.identity(before):
            for repeated in entry.numbers[1:]:
                changes[repeated] = [self._laid(view, repeated, None, element)]
            changes[number] = [self._laid(view, number, head, element), *labels]
        else:
            changes[number] = [view.card.headed(view.card.lines[number], head), *labels]
        return changes

    def _laid(self, view: View, number: int, head: Head | None, element: Any) -> Line:
        one = view.card.lines[number]
        head = without_params(head or one.head, STALE.get(one.name, frozenset()))
        return self.lay(view.card, one._replace(head=head), element)

    def _relabelled(
        self,
        view: View,
        number: int,
        element: Any,
        head: Head,
        groups: Any,
        changes: dict[int, Any],
    ) -> tuple[Head, list[Line]]:
        """The head with a group for its label, and the label's line if it is a new one."""
        wanted = self._wanted_label(element)
        held = [at for at in view.about(number) if view.card.lines[at].name == LABEL]
        if held:
            changes |= dict.fromkeys(held, ())
            if wanted:
                changes[held[0]] = (view.label_line(head.group, wanted),)
            return head, []
        shared = bool(head.group) and view.shares_group(number)
        if not wanted:
            return (
                head._replace(group="")
                if shared and view.label_of(view.card.lines[number])
                else head
            ), []
        if not head.group or shared:
            head = head._replace(group=next(groups))
        return head, [view.label_line(head.group, wanted)]


def _label(text: str) -> str:
    """A label in plain words: Apple's code for it is taken off."""
    text = label_text(text)
    while code := coded_label(text):
        text = clean(code)
    return text


@dataclass(frozen=True, slots=True)
class Pages(Elements):
    """Web addresses, which are not escaped."""

    def lay(self, card: Card, one: Line, element: Any) -> Line:
        return card.text_line(one.head, escape_uri(element.value, old=card.old))
