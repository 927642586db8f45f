"""Many cards in one input; a broken one among them is a named problem, and the rest is read."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from twinbook.formats.vcard.card import Card
from twinbook.formats.vcard.lines import Line, line, logical

LARGEST_INPUT = 256 << 20  #: bytes
LARGEST_CARD = 20 << 20  #: bytes
MOST_LINES = 20_000  #: in one card
DEEPEST_AGENT = 8  #: cards within cards (AGENT of vCard 2.1)

_BOUNDARY = re.compile(
    rb"(?i)(?:\A|\A\xef\xbb\xbf|(?<=[\r\n]))(?:[\w-]+\.)?(BEGIN|END)[ \t]*:[ \t]*VCARD[ \t]*"
    rb"(?=[\r\n]|\Z)(?:\r\n?|\n)?"
)
_AGENT = re.compile(rb"(?i)AGENT[^\r\n:]*:[ \t]*(?:\r\n?|\n)\Z")
_BARE_TYPE = re.compile(rb"(?im)^[\w.-]+;(?:[^=:\r\n]+;)*(?:WORK|HOME|CELL|VOICE|PREF)[;:]")
_BOMS = ((b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))
_BLANK = b"\xef\xbb\xbf \t\r\n"


@dataclass(frozen=True, slots=True)
class Problem:
    """A stretch of input that is no card. `reason` is a sentence without personal values."""

    reason: str
    offset: int  #: where it begins, in bytes of the input
    number: int  #: which one it would have been, counted from 1

    def __str__(self) -> str:
        return f"Card {self.number} (at byte {self.offset}): {self.reason}"


@dataclass(frozen=True, slots=True)
class _Span:
    """From where to where a card or a problem goes."""

    start: int
    end: int
    reason: str = ""


def cards(data: bytes) -> Iterator[Card | Problem]:
    """Every card of the input, and a problem for every stretch that isn't one, in order.

    The bytes of the cards and of the problems' stretches, joined, are the input: blank
    lines belong to the card behind them, at the end to the last.
    """
    if len(data) > LARGEST_INPUT:
        yield Problem(f"The input is larger than {LARGEST_INPUT >> 20} MB; split it.", 0, 1)
        return
    try:
        data, encoding = _as_utf8(data)
    except UnicodeDecodeError:
        yield Problem("The input begins like UTF-16 and is cut inside a character.", 0, 1)
        return
    for number, span in enumerate(_spans(data), 1):
        yield _problem(span, number) or _card(data[span.start : span.end], encoding, span, number)


def _as_utf8(data: bytes) -> tuple[bytes, str]:
    for mark, encoding in _BOMS:
        begins = "BEGIN".encode(encoding)
        if data.startswith((mark, begins)):
            text = data.decode(encoding, "surrogatepass")
            return text.encode("utf-8", "surrogatepass"), encoding
    return data, "utf-8"


def _problem(span: _Span, number: int) -> Problem | None:
    if span.reason:
        return Problem(span.reason, span.start, number)
    if span.end - span.start > LARGEST_CARD:
        reason = f"The card is larger than {LARGEST_CARD >> 20} MB; take its picture out."
        return Problem(reason, span.start, number)
    return None


def _spans(data: bytes) -> list[_Span]:
    """Cards and the problems between them, without a gap, blank ends given to a neighbour."""
    spans: list[_Span] = []
    done = 0  # all before this place is in a span
    start: int | None = None
    depth = 0
    for mark in _BOUNDARY.finditer(data):
        begins = mark[1].upper() == b"BEGIN"
        if (
            begins
            and start is not None
            and _AGENT.search(data, max(done, mark.start() - 200), mark.start())
        ):
            depth += 1
        elif begins:
            reason = _UNENDED if start is not None else _OUTSIDE
            if data[done : mark.start()].strip(_BLANK):
                spans.append(_Span(done, mark.start(), reason))
                done = mark.start()
            start, depth = mark.start(), 0
        elif depth:
            depth -= 1
        else:
            reason = "" if start is not None else _UNBEGUN
            spans.append(_Span(done, mark.end(), reason))
            done, start = mark.end(), None
    return _last(data, spans, done, _OUTSIDE if start is None else _UNENDED)


_UNENDED = "The card has no END:VCARD; it may have been cut off."
_UNBEGUN = "The card has no BEGIN:VCARD."
_OUTSIDE = "There is text that belongs to no card."


def _last(data: bytes, spans: list[_Span], done: int, reason: str) -> list[_Span]:
    if data[done:].strip(_BLANK):
        return [*spans, _Span(done, len(data), reason)]
    if spans and done < len(data):
        spans[-1] = _Span(spans[-1].start, len(data), spans[-1].reason)
    return spans


def _card(data: bytes, encoding: str, span: _Span, number: int) -> Card | Problem:
    raws = logical(data)
    if len(raws) > MOST_LINES:
        return Problem(f"The card has more than {MOST_LINES} lines.", span.start, number)
    version = _version(raws, data)
    lines = [line(raw, old=version == "2.1") for raw in raws]
    if b"\xef\xbb\xbf" in raws[0]:
        lines[0] = line(raws[0].replace(b"\xef\xbb\xbf", b""))._replace(raw=raws[0])
    return _nested(lines, version, encoding) or Problem(
        f"Cards are nested more than {DEEPEST_AGENT} deep.", span.start, number
    )


def _version(raws: list[bytes], data: bytes) -> str:
    """What the card says it is; where it says nothing, what it looks like."""
    for raw in raws:
        if raw[:7].upper() == b"VERSION":
            said = raw.partition(b":")[2].strip()
            if said in (b"2.1", b"3.0", b"4.0"):
                return said.decode()
    return "2.1" if _BARE_TYPE.search(data) else "3.0"


def _nested(lines: list[Line], version: str, encoding: str) -> Card | None:
    """The card; lines of a card within it are kept and not read. None if it is too deep."""
    depth = -1
    for number, one in enumerate(lines):
        depth += one.head.name == "BEGIN"
        if depth > DEEPEST_AGENT:
            return None
        if depth > 0:
            lines[number] = Line(one.raw, one.head._replace(name="", types=frozenset()))
        depth -= one.head.name == "END"
    return Card(tuple(lines), version, encoding)
