"""One content line: its group, name, parameters and value, and the bytes it was read from.

RAW    the bytes of a logical line as they stand in the file, folds and line end included.
HEAD   all before the colon that begins the value.
TEXT   the value on the wire as text: unfolded, decoded, its escapes still in it.

Sources: RFC 6350 section 3, RFC 2426 section 2, RFC 6868, vCard 2.1 (versit, 1996) section 2.1.
"""

import re
from collections.abc import Callable
from functools import lru_cache
from typing import NamedTuple

from twinbook.formats.vcard.transfer import decode_bytes, decode_quoted

# A line ends with CRLF, LF or CR; CR CR LF is what a careless conversion makes of CRLF.
_LOGICAL = re.compile(rb"[^\r\n]*+(?:\r{0,3}\n|\r)?+(?:[ \t][^\r\n]*+(?:\r{0,3}\n|\r)?+)*+")
_BASE64_ONLY = re.compile(rb"[A-Za-z0-9+/=\s]+\Z")
_FOLD = re.compile(rb"(?:\r{0,3}\n|\r)[ \t]")
_FOLD_KEEPING_BLANK = re.compile(rb"(?:\r{0,3}\n|\r)(?=[ \t])")
# Where a card begins or ends; with a card within a card goes the line that says so.
_EDGE = re.compile(
    rb"(?:[\w-]+\.)?(?:END|(?:AGENT[^\r\n:]*:[ \t]*(?:\r{0,3}\n|\r)(?:[\w-]+\.)?)?BEGIN)"
    rb"[ \t]*:[ \t]*VCARD[ \t]*(?:\r{0,3}\n|\r|\Z)",
    re.IGNORECASE,
)
_NAME = re.compile(r"[A-Za-z0-9_-]+\Z")
_CARET = re.compile(r"\^([n'^])")
_CARET_READS = {"n": "\n", "'": '"', "^": "^"}

FOLD_AT = 75  #: octets in a line, the line end not counted
#: Heads longer than this are rare, and not worth a place in the memory of heads.
_SHORT = 80
LONGEST_HEAD = 1 << 16  #: octets; what is longer is no content line


class Param(NamedTuple):
    """One parameter. Its name is upper case, and "" where vCard 2.1 gives a bare value."""

    name: str
    values: tuple[str, ...]
    raw: str  #: as it stands in the card, without the semicolon


class Head(NamedTuple):
    """All of a content line but its value. A name of "" is a line that is none."""

    group: str
    name: str  #: upper case
    spelled: str  #: as it stands in the card
    params: tuple[Param, ...]
    types: frozenset[str]  #: upper case: every TYPE and every bare value
    is_encoded: bool = False  #: whether a parameter says how the value travels

    def get(self, name: str) -> str | None:
        """The value of a parameter, several joined by commas; None if it isn't there."""
        for param in self.params:
            if param.name == name:
                return ",".join(param.values)
        return None

    @property
    def encoding(self) -> str:
        """The transfer encoding in upper case, "" if there is none."""
        for param in self.params:
            if param.name == "ENCODING" or not param.name:
                word = param.values[0].upper()
                if word in _ENCODINGS:
                    return _ENCODINGS[word]
        return ""

    def __str__(self) -> str:
        group = f"{self.group}." if self.group else ""
        return group + self.spelled + "".join(f";{_closed(param.raw)}" for param in self.params)


def _closed(raw: str) -> str:
    """A parameter whose last quotation mark has its mate: else it would take in what follows."""
    return f'{raw}"' if raw.count('"') % 2 else raw


_ENCODINGS = {
    "QUOTED-PRINTABLE": "QUOTED-PRINTABLE",
    "BASE64": "BASE64",
    "B": "BASE64",
    "8BIT": "",
    "7BIT": "",
}
_TRANSFER = frozenset({"ENCODING", "CHARSET"})
NO_HEAD = Head("", "", "", (), frozenset())


class Line(NamedTuple):
    """A logical line with the bytes it was read from."""

    raw: bytes
    head: Head
    begin: int = 0  #: where the value begins in the unfolded bytes
    old: bool = False  #: vCard 2.1, where a fold keeps its blank

    @property
    def name(self) -> str:
        """The property's name in upper case."""
        return self.head.name

    @property
    def value(self) -> bytes:
        """The bytes behind the colon, unfolded, still in their transfer encoding."""
        return unfold(self.raw, old=self.old)[self.begin :]

    @property
    def text(self) -> str:
        """The value as text, with its escapes still in it."""
        head = self.head
        if not head.is_encoded:
            return decode_bytes(self.value)
        if head.encoding == "QUOTED-PRINTABLE":
            # Soft breaks go before folds do, or a fold would leave a "=" behind.
            body = self.raw[colon(self.raw) + 1 :].rstrip(b"\r\n")
            return decode_bytes(decode_quoted(body, old=self.old), head.get("CHARSET"))
        return decode_bytes(self.value, head.get("CHARSET"))


def line(raw: bytes, *, old: bool = False) -> Line:
    r"""The line that these bytes are. What can't be read as one has no name.

    >>> line(b"item1.TEL;type=CELL:+1 555\r\n").head.types
    frozenset({'CELL'})
    """
    end = raw.find(b":")
    if 0 <= end <= _SHORT:
        head = _known_head(raw[:end])
        if head is not None:
            return Line(raw, head, end + 1, old)
    return _careful_line(raw, old=old)


@lru_cache(maxsize=4096)
def _known_head(before: bytes) -> Head | None:
    """The head in these bytes; None if it is folded or quoted, and the colon may be another."""
    if b'"' in before or b"\n" in before or b"\r" in before:
        return None
    return parse_head(decode_bytes(before))


def _careful_line(raw: bytes, *, old: bool) -> Line:
    whole = unfold(raw, old=old)
    end = colon(whole)
    if not 0 <= end <= LONGEST_HEAD:
        return Line(raw, NO_HEAD, 0, old)
    return Line(raw, parse_head(decode_bytes(whole[:end])), end + 1, old)


def parse_head(text: str) -> Head:
    """The head that this text is; `NO_HEAD` if it has no proper name."""
    first, *rest = text.split(";") if '"' not in text else pieces(text, ";")
    group, dot, spelled = first.strip().rpartition(".")
    if not _NAME.match(spelled) or (dot and not group):
        return NO_HEAD
    params = tuple(_param(raw) for raw in rest)
    types = frozenset(
        word.upper()
        for param in params
        if param.name in ("TYPE", "")
        for value in param.values
        # Some write TYPE="work,voice" where they mean two of them.
        for word in value.split(",")
    )
    is_encoded = any(is_transfer(param) for param in params)
    return Head(group, spelled.upper(), spelled, params, types, is_encoded)


def is_transfer(param: Param) -> bool:
    """Whether a parameter says how the value travels, and is written anew with it."""
    return param.name in _TRANSFER or (not param.name and param.values[0].upper() in _ENCODINGS)


def _param(raw: str) -> Param:
    name, equals, value = raw.partition("=")
    if not equals:
        return Param("", (raw.strip(),), raw)
    if '"' not in value and "^" not in value:
        return Param(name.strip().upper(), tuple(value.split(",")), raw)
    values = tuple(_uncaret(one.strip().strip('"')) for one in pieces(value, ","))
    return Param(name.strip().upper(), values, raw)


def _uncaret(text: str) -> str:
    return _CARET.sub(lambda found: _CARET_READS[found[1]], text)


def param(name: str, value: str) -> Param:
    r"""A parameter, quoted and with carets where its value needs them.

    >>> param("SORT-AS", 'a "b", c').raw
    'SORT-AS="a ^\'b^\', c"'
    """
    raw = value.replace("^", "^^").replace("\n", "^n").replace('"', "^'")
    if not value or re.search(r"[:;,=\s]", raw):
        raw = f'"{raw}"'
    return Param(name.upper(), (value,), f"{name}={raw}")


def pieces(text: str, mark: str) -> list[str]:
    """The pieces of a text between the marks that stand outside of quotation marks.

    >>> pieces('TEL;X="a;b";Y', ";")
    ['TEL', 'X="a;b"', 'Y']
    """
    found: list[list[str]] = [[]]
    for number, part in enumerate(text.split('"')):
        first, *more = [part] if number % 2 else part.split(mark)
        found[-1].append(first)
        found += ([one] for one in more)
    return ['"'.join(parts) for parts in found]


def colon(whole: bytes) -> int:
    """Where the value begins: the first colon outside of quotation marks, else the first."""
    first = whole.find(b":")
    quote = whole.find(b'"', 0, first)
    if quote < 0:
        return first
    inside = False
    for position, octet in enumerate(whole):
        if octet == 0x22:  # noqa: PLR2004 - a quotation mark
            inside = not inside
        elif octet == 0x3A and not inside:  # noqa: PLR2004 - a colon
            return position
    return first


# ---------------------------------------------------------------- folding


def unfold(raw: bytes, *, old: bool = False) -> bytes:
    """The bytes of a logical line without folds and line end. Works before any decoding."""
    bare = raw.rstrip(b"\r\n")
    if b"\n" not in bare and b"\r" not in bare:
        return bare
    return (_FOLD_KEEPING_BLANK if old else _FOLD).sub(b"", bare)


def fold(whole: bytes, newline: bytes) -> bytes:
    """A logical line cut at 75 octets, never inside a character, with its line end."""
    if len(whole) <= FOLD_AT:
        return whole + newline
    parts, start, room = [], 0, FOLD_AT
    while len(whole) - start > room:
        end = start + room
        while end > start + room - 4 and whole[end] & 0xC0 == 0x80:  # noqa: PLR2004
            end -= 1
        parts.append(whole[start:end])
        start, room = end, FOLD_AT - 1
    parts.append(whole[start:])
    return (newline + b" ").join(parts) + newline


def line_end(raw: bytes) -> bytes:
    """The line end of a line, b"" if it has none."""
    return raw[len(raw.rstrip(b"\r\n")) :]


def logical(data: bytes) -> list[bytes]:
    """The logical lines of a card, as they stand there: joined, they are `data`.

    A line may go on behind a fold, behind a soft break of quoted-printable, or, with
    base64 in vCard 2.1, without any sign but the lack of a name.
    """
    raws = _LOGICAL.findall(data)
    raws.pop()  # the empty match at the end
    if b"=\n" in data or b"=\r" in data or b"= " in data:
        raws = _join(raws, "QUOTED-PRINTABLE", _goes_on_softly)
    # Base64 is said in one of these ways; most cards do without.
    if any(word in data for word in (b"ASE64", b"ase64", b"=b", b"=B")):
        raws = _join(raws, "BASE64", _goes_on_base64)
    return raws


def _goes_on_softly(raws: list[bytes], at: int) -> bool:
    return raws[at - 1].rstrip().endswith(b"=") and not _EDGE.match(b"".join(raws[at : at + 2]))


def _goes_on_base64(raws: list[bytes], at: int) -> bool:
    raw = raws[at]
    return b":" not in raw and bool(_BASE64_ONLY.match(raw) and raw.strip())


def _join(
    raws: list[bytes], encoding: str, goes_on: Callable[[list[bytes], int], bool]
) -> list[bytes]:
    joined: list[list[bytes]] = []
    said: str | None = None  # the encoding of the last one, once it was asked for
    for at, raw in enumerate(raws):
        if joined and goes_on(raws, at):
            said = line(joined[-1][0]).head.encoding if said is None else said
            if said == encoding:
                joined[-1].append(raw)
                continue
        joined.append([raw])
        said = None
    return [b"".join(parts) for parts in joined]
