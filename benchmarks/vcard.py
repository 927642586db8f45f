"""The vCard codec against vobject, on an ordinary card as a phone writes it."""

from collections.abc import Callable

import vobject

from benchmarks import Row, microseconds
from twinbook.formats import vcard
from twinbook.formats.vcard import Card

CARD = b"""BEGIN:VCARD\r
VERSION:3.0\r
PRODID:-//Apple Inc.//iPhone OS 17.5.1//EN\r
N:Okafor;Ada;Chi;Dr.;\r
FN:Dr. Ada Chi Okafor\r
NICKNAME:Countess\r
ORG:Example Engines\\, Ltd.;Research;\r
TITLE:Analyst\r
EMAIL;type=INTERNET;type=WORK;type=pref:ada@engines.example.org\r
item1.EMAIL;type=INTERNET:ada@home.example.org\r
item1.X-ABLabel:_$!<Other>!$_\r
TEL;type=CELL;type=VOICE;type=pref:+44 20 7946 0001\r
TEL;type=WORK;type=VOICE:+44 20 7946 0002\r
item2.ADR;type=WORK;type=pref:;;12 Example Square;London;;SW1Y 4JH;United Kingdom\r
item2.X-ABADR:gb\r
item3.URL;type=pref:http\\://engines.example.org\r
item3.X-ABLabel:_$!<HomePage>!$_\r
BDAY:1975-12-10\r
NOTE:Likes poetical science\\, and horses.\\nBest reached in the morning\\, on the mobile\r
  phone.\r
CATEGORIES:Customers,London\r
UID:urn:uuid:03a0e51f-d1aa-4385-8a53-e29025acd8af\r
REV:2026-01-01T00:00:00Z\r
END:VCARD\r
"""
MANY, FEW = 1000, 100
NAME = f"a card of {len(CARD.splitlines())} lines"


def run() -> list[Row]:
    """Reading and writing one card, per card."""
    text = CARD.decode()
    [card] = vcard.cards(CARD)
    assert isinstance(card, Card)
    person = vcard.contact(card)
    wanted = person.but(job_title="Director")
    parsed = next(vobject.readComponents(text))

    def vobject_edit() -> None:
        again = next(vobject.readComponents(text))
        again.title.value = "Director"
        again.serialize()

    return [
        compared("parse and serialise", lambda: [bytes(one) for one in vcard.cards(CARD)],
                 lambda: [one.serialize() for one in vobject.readComponents(text)]),
        compared("parse", lambda: list(vcard.cards(CARD)),
                 lambda: list(vobject.readComponents(text))),
        compared("parse, and read all fields into a contact (vobject: parse)",
                 lambda: [vcard.contact(one) for one in vcard.cards(CARD)],
                 lambda: list(vobject.readComponents(text))),
        compared("parse, change one field, serialise",
                 lambda: [bytes(vcard.edit(one, wanted, {"job_title"}))
                          for one in vcard.cards(CARD)],
                 vobject_edit),
        compared("serialise", lambda: bytes(card), parsed.serialize),
    ]  # fmt: skip


def compared(what: str, ours: Callable[[], object], theirs: Callable[[], object]) -> Row:
    """One row about a card."""
    return Row(
        what=f"{what}: {NAME}",
        ours=microseconds(lambda: [ours() for _ in range(MANY)], MANY),
        other=microseconds(lambda: [theirs() for _ in range(FEW)], FEW),
        unit="µs",
        against="vobject",
    )
