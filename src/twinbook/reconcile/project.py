"""What of a contact may be shown on the other side at all, by direction and shape."""

from typing import Any

from twinbook.model.contact import EMPTY, Contact
from twinbook.model.fields import FIELDS, Nature
from twinbook.model.pair import Side
from twinbook.model.policy import Direction
from twinbook.model.record import Record
from twinbook.model.shape import part_of
from twinbook.reconcile.terms import Terms


def project(contact: Contact, side: Side, terms: Terms) -> Contact:
    """The contact as far as it travels to `side`; everything else is empty (rule S8).

    To the hub go only the fields that a promotion shares: nothing private.
    """
    changes: dict[str, Any] = {}
    for row in FIELDS:
        value = getattr(contact, row.name)
        if row.nature in (Nature.VALUES, Nature.WORDS):
            changes[row.name] = tuple(
                one for one in value if terms.reaches(row.name, side, part_of(row.name, one))
            )
        elif not terms.reaches(row.name, side):
            changes[row.name] = getattr(EMPTY, row.name)
    return terms.shapes[side].fit(contact.but(**changes))


def travelling(side: Side, terms: Terms) -> frozenset[str]:
    """The fields of which anything travels to `side`."""
    return frozenset(
        row.name
        for row in FIELDS
        if terms.reaches(row.name, side)
        or (terms.carries(row.name) and _some_part_reaches(row.name, side, terms))
    )


def _some_part_reaches(name: str, side: Side, terms: Terms) -> bool:
    return any(
        key.startswith(f"{name}.") and direction.reaches(side)
        for key, direction in terms.policy.directions.items()
    )


def is_private(name: str, terms: Terms) -> bool:
    """Whether a field's value in the book is its user's own."""
    return terms.direction(name) is Direction.OWN


def marked_inactive(hub: Record, terms: Terms) -> Record:
    """A deactivated contact as the policy `mark` shows it: with a category that says so."""
    word = f"{terms.policy.category} (inactive)".strip()
    return hub.but(contact=hub.contact.but(categories=(*hub.contact.categories, word)))
