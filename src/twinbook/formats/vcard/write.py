"""Edits laid over a card: what they don't name keeps every byte.

Laws, tested in tests/formats/vcard/test_laws.py, for every card c, contact h, fields F:

GetPut   edit(c, contact(c), F) is c.
PutGet   contact(edit(c, h, F)) is normal(h) in F.
PutPut   editing twice shows what the second edit alone would have shown.
Frame    in lines that say nothing about F, no byte changes.
"""

from collections.abc import Collection, Sequence
from typing import Any

from twinbook.formats.vcard.card import Card, view
from twinbook.formats.vcard.lines import Line, line, line_end, logical
from twinbook.formats.vcard.mapping import FULL_NAME, LENSES, UID, contact_of
from twinbook.formats.vcard.names import PARTS, SOURCES, spelled, style_of
from twinbook.formats.vcard.picture import with_photo
from twinbook.formats.vcard.read import version_of
from twinbook.formats.vcard.text import clean
from twinbook.model.contact import Contact
from twinbook.model.fields import BY_NAME, Nature
from twinbook.model.shape import ALL_FIELDS


def edit(card: Card, wanted: Contact, fields: Collection[str], photo: bytes | None = None) -> Card:
    """The card showing `wanted` in `fields`; only elements that differ are touched.

    A new photo needs its bytes; without them the card keeps the photo it has.
    """
    before = contact_of(view(card))
    edited = card
    changed: dict[str, Any] = {}
    for name, lens in LENSES.items():
        if name in fields:
            value = lens.normal(getattr(wanted, name))
            if not _same(name, value, getattr(before, name)):
                edited = lens.write(view(edited), value)
                changed[name] = value
    if "photo" in fields and wanted.photo != before.photo:
        edited = with_photo(view(edited), wanted.photo, photo)
    full_name = clean(wanted.display_name) if "display_name" in fields else before.display_name
    edited = _named(edited, before, changed, full_name)
    return card if edited is card else apart(_still(card.version, edited))


def _still(version: str, edited: Card) -> Card:
    """The edited card in the version it was read as, which it says if it no longer shows."""
    if version_of([one.raw for one in edited.lines]) == version:
        return edited
    said = line(b"VERSION:" + version.encode() + edited.newline, old=edited.old)
    return edited.with_lines({}, {view(edited).named["BEGIN"][0]: [said]})


def _same(name: str, one: Any, other: Any) -> bool:
    if BY_NAME[name].nature is Nature.WORDS:
        return set(one) == set(other)
    return bool(one == other)


def _named(card: Card, before: Contact, changed: dict[str, Any], full_name: str) -> Card:
    """The card with the full name that somebody chose, or that follows from the rest."""
    if full_name == before.display_name and (full_name or SOURCES.isdisjoint(changed)):
        return card
    seen, after = view(card), before.but(**changed, display_name="")
    if full_name and style_of(full_name, after) is None:
        return FULL_NAME.write(seen, full_name)
    held = FULL_NAME.read(seen)
    if not held and PARTS.isdisjoint(changed):
        return card
    if held and not before.display_name and style_of(held, after):
        return card
    style = style_of(held, before) if held else None
    name = clean(spelled(after, style) if style else spelled(after))
    return card if name == held else FULL_NAME.write(seen, name)


def apart(card: Card) -> Card:
    """The card in which no line goes on in the one that stands behind it now."""
    replaced: dict[int, Sequence[Line]] = {}
    behind = b""
    for at in range(len(card.lines) - 1, -1, -1):
        one = card.lines[at]
        raw, *parting = _parted(one, behind)
        if raw != one.raw or parting:
            replaced[at] = [one._replace(raw=raw), *(line(end, old=card.old) for end in parting)]
        behind = raw
    return card.with_lines(replaced) if replaced else card


def _parted(one: Line, behind: bytes) -> list[bytes]:
    """The line and what keeps it apart from the one behind it, as they will be read."""
    raw = one.raw
    if raw.endswith(b"\r") and behind.startswith((b"\r", b"\n")) and _goes_on(raw, behind):
        raw += b"\n"  # CR alone would be a part of the line end behind it
    if one.head.is_encoded and _goes_on(raw, behind):
        return logical(raw + line_end(raw) + behind)[:-1]
    return [raw]


def _goes_on(raw: bytes, behind: bytes) -> bool:
    return len(logical(raw + behind)) == 1


_MINIMUM = {
    version: (b"BEGIN:VCARD", b"VERSION:" + version.encode(), b"N:;;;;", b"FN:", b"END:VCARD")
    for version in ("2.1", "3.0", "4.0")
}


def new(wanted: Contact, uid: str, photo: bytes | None = None, version: str = "3.0") -> Card:
    """A fresh card. Version 3.0 is what most programs read."""
    lines: tuple[Line, ...] = tuple(
        line(raw + b"\r\n", old=version == "2.1") for raw in _MINIMUM[version]
    )
    card = edit(with_uid(Card(lines, version), uid), wanted, ALL_FIELDS, photo)
    seen = view(card)
    if FULL_NAME.read(seen):
        return card
    return FULL_NAME.write(seen, clean(spelled(contact_of(seen))))


def with_uid(card: Card, uid: str) -> Card:
    """The card with this UID."""
    return apart(UID.write(view(card), uid))
