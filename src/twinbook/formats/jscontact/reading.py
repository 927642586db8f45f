"""Cards of JSContact in one input; a broken one among them is a named problem.

An input is one Card, a list of Cards, several of either behind each other, or an answer of a
JMAP server, which holds them in `list` (RFC 8620, section 5.1). Cards are found by their
brackets and read one by one, so that memory does not grow with their number, and what is
wrong with one does not concern the others.

Source: RFC 9553, section 1.7.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from twinbook.formats.jscontact import picture
from twinbook.formats.jscontact.mapping import contact_of
from twinbook.formats.jscontact.tree import Node, Wrong, left, parse
from twinbook.formats.vcard.read import LARGEST_CARD, LARGEST_INPUT, Problem
from twinbook.formats.vcard.text import clean
from twinbook.model.contact import Contact

DEEPEST: Final = 32  #: objects and lists in each other, in one card; RFC 9553 itself needs 7
MOST_AT_ONCE: Final = 1000  #: cards in one answer of a JMAP server

_BOM: Final = b"\xef\xbb\xbf"
# All up to the next bracket that stands in no text.
_BRACKET: Final = re.compile(rb'(?:[^"\[\]{}]++|"(?:[^"\\]++|\\.)*+")*+([\[\]{}])', re.DOTALL)
_BETWEEN: Final = b" \t\r\n,"


@dataclass(frozen=True, slots=True)
class Found:
    """One card of an input."""

    uid: str  #: "" if the card has none
    contact: Contact
    photo: bytes | None  #: the bytes of the contact's photo
    rest: Mapping[str, Any]  #: what of the card is understood by nobody here, in its own form
    warnings: tuple[str, ...] = field(default=())  #: in sentences, without personal values


@dataclass(frozen=True, slots=True)
class _Span:
    """From where to where something goes; a reason says why it is no card."""

    start: int
    end: int
    depth: int = 0
    reason: str = ""


def read(data: bytes) -> Iterator[Found | Problem]:
    """Every card of the input, and a problem for whatever is none, in order."""
    if len(data) > LARGEST_INPUT:
        yield Problem(f"The input is larger than {LARGEST_INPUT >> 20} MB; split it.", 0, 1)
        return
    number = 0
    for span in _spans(data):
        reason = span.reason or _refusal(span)
        for one in (reason,) if reason else _cards(data[span.start : span.end]):
            number += 1
            yield Problem(one, span.start, number) if isinstance(one, str) else one


def _refusal(span: _Span) -> str:
    if span.depth > DEEPEST:
        return f"Objects and lists are nested more than {DEEPEST} deep."
    if span.end - span.start > LARGEST_CARD:
        return f"The card is larger than {LARGEST_CARD >> 20} MB; take its picture out."
    return ""


_STRAY: Final = "There is something that is no card."
_UNENDED: Final = "The card does not end; it may have been cut off."
_UNENDED_LIST: Final = "The list does not end; it may have been cut off."


def _spans(data: bytes) -> Iterator[_Span]:
    """The objects and lists that stand at the top or in a list at the top, and what is neither."""
    at = start = len(_BOM) if data.startswith(_BOM) else 0
    base, depth, deepest = 0, 0, 0  # base: 1 inside of a list at the top
    while found := _BRACKET.match(data, at):
        place, at, sign = found.start(1), found.end(), found[1]
        if depth == base:
            if text := data[start:place].lstrip(_BETWEEN):
                yield _Span(place - len(text), place, reason=_STRAY)
            start, deepest = place, 0
        opens = sign in b"[{"
        depth += 1 if opens else -1
        deepest = max(deepest, depth - base)
        if sign == b"[" and depth == 1:
            base, start = 1, at
        elif depth < base or depth < 0:
            if sign != b"]" or not base:
                yield _Span(place, at, reason=_STRAY)
            base, depth, start = 0, 0, at
        elif depth == base and not opens:
            yield _Span(start, at, deepest)
            start = at
    if text := data[start:].lstrip(_BETWEEN):
        reason = _STRAY if depth == base and text[:1] not in b"{[" else _UNENDED
        yield _Span(len(data) - len(text), len(data), reason=reason)
    elif base:
        yield _Span(start, len(data), reason=_UNENDED_LIST)


def _cards(body: bytes) -> Iterator[Found | str]:
    """The card in these bytes, those of an answer, or the reason why there is none."""
    try:
        held = parse(body)
    except ValueError as error:
        yield f"The card can't be read: {error}."
        return
    several = held.get("list")
    if "@type" in held or not isinstance(several, list):
        yield _card(held)
    elif len(several) > MOST_AT_ONCE:
        yield f"The answer holds more than {MOST_AT_ONCE} cards; ask for fewer at once."
    else:
        yield from (
            _card(one) if isinstance(one, dict) else "The card can't be read: it is no object."
            for one in several
        )


def _card(held: dict[str, Any]) -> Found | str:
    card = Node(held)
    try:
        if "@type" not in held and "uid" not in held and "version" not in held:
            return "It is no Card of JSContact: it says neither its @type nor its version."
        card.is_a("Card").text("version")
        if card.says("kind") == "group":
            return "The card is a group of other cards, and no contact."
        if card.says("kind") == "individual":
            card.text("kind")
        uid, warnings = clean(card.text("uid")), tuple(picture.refusals(card))
        contact, photo = contact_of(card)
    except Wrong as error:
        return f"The card is not as RFC 9553 wants it: {error}".removesuffix(".") + "."
    return Found(uid, contact, photo, left(held), warnings)
