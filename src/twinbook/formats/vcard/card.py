"""One vCard as it was written: nothing of it is lost, and nothing is decoded before it is read."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from twinbook.formats.vcard.lines import (
    Head,
    Line,
    Param,
    colon,
    fold,
    is_transfer,
    line,
    line_end,
    param,
)
from twinbook.formats.vcard.text import clean, escape, unescape
from twinbook.formats.vcard.transfer import decode_bytes, encode_quoted

_PLAIN = re.compile(r"[ -~\t]*\Z")
_LINE_END = re.compile(r"\r\n?|\n")
LABEL = "X-ABLABEL"
LONGEST_LABEL = 200  #: characters; many lines may share one
#: Lines that only say something about another line of their group.
ABOUT_A_LINE = frozenset({LABEL, "X-ABADR"})
#: Beside which property a new one stands, if there is none of its own.
KIN: Mapping[str, tuple[str, ...]] = {
    "FN": ("N", "VERSION"),
    "N": ("FN", "VERSION"),
    "UID": ("VERSION",),
    "NICKNAME": ("FN", "N"),
    "TITLE": ("ORG",),
    "ROLE": ("TITLE", "ORG"),
}


@dataclass(frozen=True)
class Card:
    """The lines of a card in their order, from its first byte to its last."""

    lines: tuple[Line, ...]
    version: str = "3.0"
    encoding: str = "utf-8"  #: of the file; inside, a card of UTF-16 is kept as UTF-8

    def __bytes__(self) -> bytes:
        """The card as it stands in a file: unedited, exactly what it was read from."""
        whole = b"".join(one.raw for one in self.lines)
        if self.encoding == "utf-8":
            return whole
        return whole.decode("utf-8", "surrogatepass").encode(self.encoding, "surrogatepass")

    @property
    def old(self) -> bool:
        """Whether this is vCard 2.1."""
        return self.version == "2.1"

    @cached_property
    def newline(self) -> bytes:
        """The line end of this card."""
        for one in self.lines:
            if one.name == "BEGIN":
                return line_end(one.raw) or b"\r\n"
        return b"\r\n"

    @cached_property
    def is_western(self) -> bool:
        """Whether some of its text is not UTF-8, so that all of it is Windows-1252."""
        if self.encoding != "utf-8":
            return False
        try:
            b"".join(one.raw for one in self.lines if not one.raw.isascii()).decode()
        except UnicodeDecodeError:
            return True
        return False

    def text_line(self, head: Head, text: str) -> Line:
        """A line of this card's own dialect: head, and a value that is escaped already."""
        kept = tuple(one for one in head.params if not is_transfer(one))
        if self.old and (text.endswith((" ", "\t")) or not _PLAIN.match(text)):
            return self._quoted_line(head, kept, text)
        if not self.old:  # a line break that came in quoted-printable
            text = _LINE_END.sub(r"\\n", text)
        whole = self._encode(str(head._replace(params=kept))) + b":" + self._encode(text)
        return line(self._wrap(whole), old=self.old)

    def raw_line(self, head: Head, value: bytes) -> Line:
        """A line whose value is in its transfer encoding already."""
        return line(self._wrap(str(head).encode() + b":" + value), old=self.old)

    def headed(self, one: Line, head: Head) -> Line:
        """A line with another head; of its value no byte changes."""
        if not self.old and one.head.encoding == "QUOTED-PRINTABLE":
            return self.text_line(head, one.text)  # which vCard 3.0 no longer has
        after = self._encode(str(head))
        if self.old:
            return line(after + one.raw[colon(one.raw) :], old=True)
        return line(self._wrap(after + b":" + one.value))

    def _quoted_line(self, head: Head, kept: tuple[Param, ...], text: str) -> Line:
        charset = () if text.isascii() else (param("CHARSET", "UTF-8"),)
        params = (*kept, *charset, param("ENCODING", "QUOTED-PRINTABLE"))
        value = encode_quoted(_LINE_END.sub("\r\n", text).encode(), self.newline)
        whole = f"{head._replace(params=params)}:".encode() + value
        return line(whole + self.newline, old=True)

    def _wrap(self, whole: bytes) -> bytes:
        return whole + self.newline if self.old else fold(whole, self.newline)

    def _encode(self, text: str) -> bytes:
        """UTF-8, or what the rest of a card of Windows-1252 is written in, if it can be."""
        if not text.isascii() and self.is_western:
            body = text.encode("cp1252", "ignore")
            if decode_bytes(body) == text:
                return body
        return text.encode()

    def with_lines(
        self,
        replaced: Mapping[int, Sequence[Line]],
        added: Mapping[int, Sequence[Line]] | None = None,
    ) -> "Card":
        """This card with some lines replaced, by position, and others put behind a position.

        Position -1 is the place before the first line.
        """
        lines: list[Line] = list((added or {}).get(-1, ()))
        for position, one in enumerate(self.lines):
            lines += replaced.get(position, (one,))
            if added and position in added:
                lines += added[position]
        return Card(tuple(lines), self.version, self.encoding)


@dataclass(frozen=True, slots=True)
class View:
    """A card with its lines found by name, and the labels of its groups."""

    card: Card
    named: Mapping[str, Sequence[int]]
    labels: Mapping[str, str]  #: by group in lower case
    grouped: Mapping[str, Sequence[int]]  #: lines of a group, but for those about another one
    remarks: Mapping[str, Sequence[int]]  #: those about another line of the group

    def label_of(self, one: Line) -> str:
        """The label that a line's group gives it, "" if none does."""
        return self.labels.get(one.head.group.lower(), "") if one.head.group else ""

    def last_of_group(self, position: int) -> int:
        """The position of the last line about this line, in a row behind it."""
        group = self.card.lines[position].head.group.lower()
        while group and position + 1 < len(self.card.lines):
            following = self.card.lines[position + 1].head
            if following.group.lower() != group or following.name not in ABOUT_A_LINE:
                break
            position += 1
        return position

    def shares_group(self, position: int) -> bool:
        """Whether another line than those about this one has the same group."""
        group = self.card.lines[position].head.group.lower()
        return any(number != position for number in self.grouped.get(group, ()))

    def about(self, position: int) -> Sequence[int]:
        """The lines that say something about this line alone: its label and the like."""
        group = self.card.lines[position].head.group.lower()
        if not group or self.shares_group(position):
            return ()
        return self.remarks.get(group, ())

    def without(self, positions: Sequence[int]) -> dict[int, Sequence[Line]]:
        """The replacements that remove lines together with what is said about them."""
        gone = [number for position in positions for number in (position, *self.about(position))]
        return dict.fromkeys(gone, ())

    def free_groups(self, count: int) -> list[str]:
        """Names of groups that nothing in the card uses."""
        used = {one.head.group.lower() for one in self.card.lines}
        numbers = (f"item{number}" for number in range(1, len(self.card.lines) + count + 2))
        return [name for name in numbers if name not in used][:count]

    def kin(self, name: str) -> int:
        """The position behind which a new line of this property goes: next to its kin."""
        for relative in (name, *KIN.get(name, ())):
            if relative in self.named:
                return self.last_of_group(max(self.named[relative]))
        return max(self.named.get("END", (len(self.card.lines),))) - 1

    def of(self, card: Card) -> "View":
        """The view of another card, this one if it is the same."""
        return self if card is self.card else view(card)

    def label_line(self, group: str, label: str) -> Line:
        """A line that labels a group."""
        head = Head(group, LABEL, "X-ABLabel", (), frozenset())
        return self.card.text_line(head, escape(label, old=self.card.old))


def view(card: Card) -> View:
    """The card's lines by name and its labels."""
    named: dict[str, list[int]] = {}
    grouped: dict[str, list[int]] = {}
    remarks: dict[str, list[int]] = {}
    for number, one in enumerate(card.lines):
        name, group = one.head.name, one.head.group
        named.setdefault(name, []).append(number)
        if group:
            kind = remarks if name in ABOUT_A_LINE else grouped
            kind.setdefault(group.lower(), []).append(number)
    labels = _labels(card, named) if LABEL in named else {}
    return View(card, named, labels, grouped, remarks)


def _labels(card: Card, named: Mapping[str, Sequence[int]]) -> dict[str, str]:
    labels: dict[str, str] = {}
    for number in named[LABEL]:
        one = card.lines[number]
        labels.setdefault(one.head.group.lower(), label_text(unescape(one.text, old=card.old)))
    return labels


def label_text(text: str) -> str:
    """The clean text of a label, no longer than labels are."""
    return clean(text)[:LONGEST_LABEL].rstrip()
