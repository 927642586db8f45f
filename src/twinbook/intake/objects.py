"""Files of JSContact Cards, as records."""

from collections.abc import Iterator

from twinbook.cards.marks import mark_of
from twinbook.formats import jscontact, vcard
from twinbook.formats.jscontact import Problem
from twinbook.intake.found import Fate, Found, Taken
from twinbook.reconcile.private import blank

_TOO_LARGE = "Members that no field holds are too large and were left out."


def records(data: bytes, own: frozenset[str]) -> Iterator[Found | Taken]:
    """The Cards of a file, without the fields that are their user's own."""
    for number, one in enumerate(jscontact.read(data), 1):
        if isinstance(one, Problem):
            yield Taken(number, Fate.BROKEN, reason=str(one))
            continue
        person = blank(vcard.normal(one.contact), own)
        leftover, lost = jscontact.leftover(one.rest)
        yield Found(
            number=number,
            person=person,
            uid=mark_of(one.uid) or "",
            photo=one.photo if person.photo else None,
            leftover=leftover,
            remarks=(*one.warnings, *([_TOO_LARGE] if lost else [])),
        )
