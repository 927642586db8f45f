"""What a card says that no field of a contact holds: kept beside the contact, put back on export.

A leftover is itself a small card, of the version it came in. Nothing in it is understood,
so nothing of it is shown in a book.
"""

from collections.abc import Iterable, Iterator

from twinbook.formats.vcard.card import ABOUT_A_LINE, Card, view
from twinbook.formats.vcard.lines import Head, Line, is_transfer, line, param
from twinbook.formats.vcard.read import cards
from twinbook.formats.vcard.text import escape, unescape
from twinbook.formats.vcard.write import apart, edit
from twinbook.model.contact import EMPTY
from twinbook.model.shape import ALL_FIELDS

COLUMN = "X-TWINBOOK-COLUMN"  #: a cell of a table: the column's header stands in the parameter
MEMBER = "JSPROP"  #: a member of a JSContact Card: its name stands in the parameter
LARGEST = 64 << 10  #: bytes; beyond them a line is left out
#: Lines that every card has, or that say which program wrote it and when.
#: A card within the card (AGENT) is not kept.
_OF_ANY_CARD = frozenset(
    {"BEGIN", "END", "VERSION", "N", "FN", "UID", "REV", "PRODID", "AGENT", ""}
)


def leftover(card: Card) -> tuple[bytes, int]:
    r"""All of a card that no field holds, b"" for nothing; and how many lines were too large.

    >>> from twinbook.formats import vcard
    >>> (card,) = vcard.cards(b"BEGIN:VCARD\nVERSION:3.0\nFN:Ada\nX-PIN:7\nEND:VCARD\n")
    >>> leftover(card)
    (b'BEGIN:VCARD\nVERSION:3.0\nX-PIN:7\nEND:VCARD\n', 0)
    """
    rest = [one for one in edit(card, EMPTY, ALL_FIELDS).lines if one.name not in _OF_ANY_CARD]
    kept, lost = _within(rest)
    return (bytes(_around(kept, card)) if _says(kept) else b""), lost


def _within(lines: Iterable[Line]) -> tuple[list[Line], int]:
    """The lines that there is room for, and how many others there are."""
    kept: list[Line] = []
    room, lost = LARGEST, 0
    for one in lines:
        if len(one.raw) <= room:
            kept.append(one)
            room -= len(one.raw)
        else:
            lost += 1
    return kept, lost


def of_cells(cells: Iterable[tuple[str, str]]) -> tuple[bytes, int]:
    """A leftover of cells of a table that no field holds, by their headers; as `leftover`."""
    return _of_texts(COLUMN, "NAME", cells)


def of_members(members: Iterable[tuple[str, str]]) -> tuple[bytes, int]:
    """A leftover of members of a JSContact Card, by their names, as JSON (RFC 9555, 3.2.2)."""
    return _of_texts(MEMBER, "JSPTR", members)


def _of_texts(spelled: str, parameter: str, texts: Iterable[tuple[str, str]]) -> tuple[bytes, int]:
    blank = Card((), "3.0")
    heads = (
        (Head("", spelled, spelled, (param(parameter, name),), frozenset()), text)
        for name, text in texts
    )
    kept, lost = _within(blank.text_line(head, escape(text, old=False)) for head, text in heads)
    return (bytes(_around(kept, blank)) if kept else b""), lost


def texts(kept: bytes) -> Iterator[tuple[str, str, str]]:
    r"""What a leftover says, for files that are no cards: property, parameter, text.

    The parameter is the header of a column or the name of a member, "" for other properties.

    >>> kept, _ = of_cells([("Lead source", "Web")])
    >>> list(texts(kept))
    [('X-TWINBOOK-COLUMN', 'Lead source', 'Web')]
    """
    for rest in _read(kept):
        for one in rest.lines:
            if one.name not in _OF_ANY_CARD | ABOUT_A_LINE:
                parameter = one.head.get("NAME" if one.name == COLUMN else "JSPTR") or ""
                yield one.name, parameter, unescape(one.text, old=rest.old)


def _read(kept: bytes) -> list[Card]:
    return [one for one in cards(kept) if isinstance(one, Card)][:1]


def with_leftover(card: Card, kept: bytes) -> Card:
    """The card with all that a leftover says, in the card's own version."""
    rests = _read(kept)
    if not rests:
        return card
    (rest,), seen = rests, view(card)
    lines = [one for one in rest.lines if one.name not in _OF_ANY_CARD]
    groups = sorted({one.head.group.lower() for one in lines if one.head.group})
    names = dict(zip(groups, seen.free_groups(len(groups)), strict=True))
    added = [_moved(one, names, rest, card) for one in lines]
    return apart(card.with_lines({}, {seen.named["END"][0] - 1: added}))


def _says(lines: list[Line]) -> bool:
    return any(one.name not in ABOUT_A_LINE for one in lines)


def _around(lines: list[Line], card: Card) -> Card:
    ends = card.newline
    top = (b"BEGIN:VCARD" + ends, b"VERSION:" + card.version.encode() + ends)
    whole = (*(line(raw) for raw in top), *lines, line(b"END:VCARD" + ends))
    return Card(whole, card.version)


def _moved(one: Line, names: dict[str, str], rest: Card, card: Card) -> Line:
    """A line as another card would write it, in a group that is free there."""
    head = one.head
    if head.group:
        head = head._replace(group=names[head.group.lower()])
    if rest.version == card.version and not rest.is_western:
        return card.headed(one, head) if head != one.head else one
    if head.encoding == "BASE64":
        return _binary(head, b"".join(one.value.split()), card)
    return card.text_line(head, one.text)


def _binary(head: Head, body: bytes, card: Card) -> Line:
    """A line of base64, in the way of the card's version (RFC 2426, section 2.4.1; RFC 2397)."""
    params = tuple(one for one in head.params if not is_transfer(one) and one.name != "VALUE")
    if card.version == "4.0":
        bare = head._replace(params=(*params, param("VALUE", "uri")))
        return card.text_line(bare, f"data:application/octet-stream;base64,{body.decode()}")
    encoding = "BASE64" if card.old else "b"
    return card.raw_line(head._replace(params=(*params, param("ENCODING", encoding))), body)
