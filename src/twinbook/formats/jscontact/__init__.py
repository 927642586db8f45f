"""JSContact (RFC 9553): contacts to Cards in JSON and back.

Read in this order: `tree` (the JSON of one card), `mapping` (which property holds which
field), `person`, `elements`, `beside` (how each is read and written), `reading` (many cards
in one input). docs/replicas/jscontact.md says what holds what, and why.
"""

import msgspec

from twinbook.formats.jscontact.leftover import leftover, with_leftover
from twinbook.formats.jscontact.losses import losses
from twinbook.formats.jscontact.mapping import card, normal
from twinbook.formats.jscontact.reading import Found, read
from twinbook.formats.vcard.read import Problem
from twinbook.model.contact import Contact

__all__ = ["Found", "Problem", "card", "leftover", "losses", "normal", "read", "write"]


def write(contact: Contact, uid: str, photo: bytes | None = None, kept: bytes = b"") -> bytes:
    """The Card of a contact as JSON in UTF-8, on one line. A photo needs its bytes.

    `kept` is a leftover of the contact (`vcard.leftover`), which stands in the Card again.
    """
    whole = card(contact, uid, photo)
    return msgspec.json.encode(with_leftover(whole, kept) if kept else whole)
