"""Many cards in one input; a broken one among them is a named problem, and the rest is read."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from twinbook.formats.vcard.card import Card
from twinbook.formats.vcard.lines import NO_HEAD, Line, line, logical

LARGEST_INPUT = 256 << 20  #: bytes
LARGEST_CARD = 20 << 20  #: bytes
MOST_LINES = 20_000  #: in one card
DEEPEST_AGENT = 8  #: cards within cards (AGENT of vCard 2.1)

# Looked for in upper case, behind and before the word VCARD, which is quick to find.
_BEFORE = re.compile(rb"(?:\A|\A\xef\xbb\xbf|(?<=[\r\n]))(?:[\w-]+\.)?(BEGIN|END)[ \t]*:[ \t]*\Z")
_AFTER = re.compile(rb"VCARD[ \t]*(?:\Z|\r{0,3}\n|\r)")
_LONGEST_BEFORE = 64
_AGENT = re.compile(rb"(?<=[\r\n])(?:[\w-]+\.)?AGENT[^\r\n:]*:[ \t]*(?:\r{0,3}\n|\r)\Z")
_BARE_TYPE = re.compile(rb"(?im)^[\w.-]+;(?:[^=:;\r\n]*;)*(?:WORK|HOME|CELL|VOICE|PREF)[;:]")
_BOMS = ((b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))
_BOM = b"\xef\xbb\xbf"
_BLANK = _BOM + b" \t\r\n"


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
    depth: int = 0  #: of cards within the card


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
    if span.depth > DEEPEST_AGENT:
        reason = f"Cards are nested more than {DEEPEST_AGENT} deep."
        return Problem(reason, span.start, number)
    if span.end - span.start > LARGEST_CARD:
        reason = f"The card is larger than {LARGEST_CARD >> 20} MB; take its picture out."
        return Problem(reason, span.start, number)
    return None


def _marks(upper: bytes) -> Iterator[tuple[bool, int, int]]:
    """Where cards begin (True) and end: the places of those lines, from and to."""
    at = upper.find(b"VCARD")
    while at >= 0:
        start = max(0, at - _LONGEST_BEFORE)
        is_value = upper[start:at].rstrip(b" \t").endswith(b":")
        before = _BEFORE.search(upper, start, at) if is_value else None
        after = _AFTER.match(upper, at)
        if before and after:
            yield before[1] == b"BEGIN", before.start(), after.end()
        at = upper.find(b"VCARD", at + 5)


def _spans(data: bytes) -> list[_Span]:
    """Cards and the problems between them, without a gap, blank ends given to a neighbour."""
    upper = data.upper()
    spans: list[_Span] = []
    done = 0  # all before this place is in a span
    start: int | None = None
    depth = deepest = 0
    for begins, place, end in _marks(upper):
        if begins and start is not None and _AGENT.search(upper, max(done, place - 200), place):
            depth += 1
            deepest = max(depth, deepest)
        elif begins:
            if data[done:place].strip(_BLANK):
                spans.append(_Span(done, place, _OUTSIDE if start is None else _UNENDED))
                done = place
            start, depth, deepest = place, 0, 0
        elif depth:
            depth -= 1
        else:
            spans.append(_Span(done, end, "" if start is not None else _UNBEGUN, deepest))
            done, start = end, None
    return _last(data, spans, done, _OUTSIDE if start is None else _UNENDED)


_UNENDED = "The card has no END:VCARD; it may have been cut off."
_UNBEGUN = "The card has no BEGIN:VCARD."
_OUTSIDE = "There is text that belongs to no card."


def _last(data: bytes, spans: list[_Span], done: int, reason: str) -> list[_Span]:
    if data[done:].strip(_BLANK):
        return [*spans, _Span(done, len(data), reason)]
    if spans and done < len(data):
        spans[-1] = replace(spans[-1], end=len(data))
    return spans


def _card(data: bytes, encoding: str, span: _Span, number: int) -> Card | Problem:
    raws = logical(data)
    if len(raws) > MOST_LINES:
        return Problem(f"The card has more than {MOST_LINES} lines.", span.start, number)
    version = version_of(raws)
    old = version == "2.1"
    lines = [line(raw, old=old) for raw in raws]
    if data.startswith(_BOM):
        lines[0] = line(raws[0][len(_BOM) :])._replace(raw=raws[0])
    if span.depth:
        lines = list(_opened(lines))
    return Card(tuple(lines), version, encoding)


def version_of(raws: Sequence[bytes]) -> str:
    """What a card of these lines says it is; where it says nothing, what it looks like."""
    for raw in raws:
        if raw[:7].upper() == b"VERSION":
            said = raw.partition(b":")[2].strip()
            if said in (b"2.1", b"3.0", b"4.0"):
                return said.decode()
    return "2.1" if _BARE_TYPE.search(b"".join(raws)) else "3.0"


def _opened(lines: list[Line]) -> Iterator[Line]:
    """The lines, those of a card within the card without a name: they are kept, not read."""
    depth = -1
    for one in lines:
        is_mark = one.name in ("BEGIN", "END") and any(_marks(one.raw.upper()))
        depth += is_mark and one.name == "BEGIN"
        yield one if depth <= 0 else Line(one.raw, NO_HEAD)
        depth -= is_mark and one.name == "END"
