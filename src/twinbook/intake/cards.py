"""Files of vCards, of any origin, as records."""

from collections.abc import Iterator

from twinbook.cards.marks import mark_of
from twinbook.formats import vcard
from twinbook.formats.vcard import Problem
from twinbook.intake.found import Fate, Found, Taken
from twinbook.reconcile.private import blank

_TOO_LARGE = "Properties that no field holds are too large and were left out."


def records(data: bytes, own: frozenset[str]) -> Iterator[Found | Taken]:
    """The cards of a file, without the fields that are their user's own."""
    for number, card in enumerate(vcard.cards(data), 1):
        if isinstance(card, Problem):
            yield Taken(number, Fate.BROKEN, reason=str(card))
            continue
        whole = vcard.normal(vcard.contact(card))
        person = blank(whole, own)
        leftover, lost = vcard.leftover(card)
        yield Found(
            number=number,
            person=person,
            uid=mark_of(vcard.uid(card)) or "",
            photo=vcard.photo(card) if person.photo else None,
            leftover=leftover,
            remarks=(_TOO_LARGE,) if lost else (),
        )
