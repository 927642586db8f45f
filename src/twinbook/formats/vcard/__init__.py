"""vCard 2.1, 3.0 and 4.0: bytes to contacts and back, without losing a byte.

Read in this order: `lines` (one content line), `card` (one card, as it was written),
`read` (many cards in one file), `mapping` (which property holds which field) and
`write` (edits laid over a card), `leftover` (what no field holds).
"""

from twinbook.formats.vcard.card import Card
from twinbook.formats.vcard.leftover import leftover, of_cells, of_members, texts, with_leftover
from twinbook.formats.vcard.mapping import contact, normal, photo, refused_photos, uid
from twinbook.formats.vcard.read import Problem, cards
from twinbook.formats.vcard.write import edit, new, with_uid

__all__ = [
    "Card",
    "Problem",
    "cards",
    "contact",
    "edit",
    "leftover",
    "new",
    "normal",
    "of_cells",
    "of_members",
    "photo",
    "refused_photos",
    "texts",
    "uid",
    "with_leftover",
    "with_uid",
]
