"""The contact that a server is measured with: something in every field. Pure."""

import struct
import zlib
from hashlib import sha256
from typing import Any

from twinbook.model.contact import (
    Address,
    Contact,
    Day,
    Email,
    Kind,
    Messenger,
    Phone,
    PhoneKind,
    Photo,
    WebKind,
    WebPage,
)
from twinbook.model.fields import BY_NAME, Nature
from twinbook.model.shape import ALL_FIELDS
from twinbook.reconcile.normal import is_empty, same
from twinbook.replicas.carddav.profile import STRUCTURED

NOTE = "".join(
    f"Line {number}: Zoë, 山田 and 👩‍👩‍👧;\twith a tab\n" for number in range(1_700)
).strip()
LONG = "Wolfeschlegelsteinhausenbergerdorff" * 9  # over 300 characters
SIDE = 180  #: of the picture, in pixels
EMAIL = "twinbook.probe@example.com"


def picture() -> bytes:
    """A PNG of noise, about 100 kB that nobody can make smaller."""
    noise = b"".join(sha256(struct.pack(">I", number)).digest() for number in range(SIDE * SIDE))
    rows = (noise[row * SIDE * 3 : (row + 1) * SIDE * 3] for row in range(SIDE))
    body = zlib.compress(b"".join(b"\0" + row for row in rows), 0)
    head = struct.pack(">IIBBBBB", SIDE, SIDE, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", head) + _chunk(b"IDAT", body) + _chunk(b"IEND")


def _chunk(kind: bytes, body: bytes = b"") -> bytes:
    check = struct.pack(">I", zlib.crc32(kind + body))
    return struct.pack(">I", len(body)) + kind + body + check


def contact(photo: bytes) -> Contact:
    """Somebody with everything."""
    phones = tuple(
        Phone(f"+4930123450{place:02}", kind) for place, kind in enumerate(list(PhoneKind)[:12])
    )
    mails = [EMAIL, *(f"twinbook.probe{number}@example.com" for number in range(7))]
    kinds = (Kind.WORK, Kind.HOME, Kind.OTHER, Kind.OTHER, Kind.OTHER)
    return Contact(
        prefix="Dr.",
        given="Twinbook",
        middle="M.",
        surname=f"Probe {LONG}",
        suffix="Jr.",
        nickname="Tester",
        phonetic_given="ツイン",
        phonetic_surname="ブック",
        company="Example AG",
        department="Tests",
        job_title="Probe",
        profession="Measuring",
        office="Room 1",
        manager="Ada Lovelace",
        assistant="Grace Hopper",
        emails=tuple(Email(one, Kind.WORK) for one in mails),
        phones=phones,
        addresses=tuple(
            Address(kind=kind, street=f"Street {number}", city="Bern", postal_code="3000")
            for number, kind in enumerate(kinds)
        ),
        web_pages=(WebPage("https://example.com/probe", WebKind.WORK),),
        messengers=(Messenger("probe@example.com", "xmpp"),),
        birthday=Day(2, 29, 1980),
        anniversary=Day(6, 1, 2001),
        spouse="Somebody",
        children=("One", "Two"),
        hobbies=("Reading",),
        categories=("Tests, and more", "Second"),
        note=NOTE,
        photo=Photo(sha256(photo).hexdigest(), "image/png"),
    )


def separated() -> Contact:
    """Somebody with both separators of vCard in every text that has a structure there."""
    text = "Two; three, four"
    texts = {name: text for name in STRUCTURED if BY_NAME[name].nature is Nature.TEXT}
    address = Address(kind=Kind.WORK, street=text, city=text)
    return Contact(addresses=(address,), categories=(text,)).but(**texts)


def apart(sent: Contact, shown: Contact) -> dict[str, str]:
    """The fields that came apart, and at which character."""
    found = {
        name: mark
        for name, mark in STRUCTURED.items()
        if not same(name, getattr(sent, name), getattr(shown, name))
    }
    # As a whole an address looks the same, however its text is dealt out to its parts.
    if {one.street for one in sent.addresses} != {one.street for one in shown.addresses}:
        found["addresses"] = STRUCTURED["addresses"]
    return found


def findings(sent: Contact, shown: Contact) -> dict[str, Any]:
    """What did not survive: `lost` fields, `lengths` of texts, and values kept `at_most`."""
    lost: set[str] = set()
    lengths: dict[str, int] = {}
    at_most: dict[str, int] = {}
    for name in sorted(ALL_FIELDS):
        before, after = getattr(sent, name), getattr(shown, name)
        if is_empty(before) or same(name, before, after):
            continue
        if is_empty(after):
            lost.add(name)
        elif isinstance(before, str) and before.startswith(after.rstrip()):
            lengths[name] = len(after)
        elif isinstance(before, tuple) and len(after) < len(before):
            at_most[name] = len(after)
    return {"lost": frozenset(lost), "lengths": lengths, "at_most": at_most}
