"""Keep back what is the user's own, before anything else sees it.

A record that comes from a book passes through `withhold` at once: its private fields
are blank from then on and only their seals remain, so no plan, log, history or other
book can ever hold what they said (rule S6, docs/explanation/privacy.md).
"""

import hashlib
import hmac
from collections.abc import Collection
from typing import Any

from twinbook.model.contact import EMPTY, Contact
from twinbook.model.ids import Seal
from twinbook.model.record import Record
from twinbook.reconcile.normal import fold, is_empty


def withhold(record: Record, own: Collection[str], secret: bytes, category: str) -> Record:
    """The record with its private fields sealed, and our category told apart from the others.

    `secret` is known to this installation only: without it a seal tells nothing.
    """
    contact, seals = record.contact, dict(record.seals)
    hidden: dict[str, Any] = {}
    for name in own:
        value = getattr(contact, name)
        if not is_empty(value):
            seals[name] = seal(name, value, secret)
            hidden[name] = getattr(EMPTY, name)
    others = tuple(one for one in contact.categories if not category or fold(one) != fold(category))
    tagged = len(others) < len(contact.categories)
    if tagged:
        hidden["categories"] = others
    return record.but(contact=contact.but(**hidden), seals=seals, tagged=tagged)


def seal(name: str, value: Any, secret: bytes) -> Seal:
    """A keyed hash of one value. Equal values have equal seals."""
    text = f"{name}\x00{value!r}".encode()
    return Seal(hmac.new(secret, text, hashlib.sha256).hexdigest()[:32])


def blank(contact: Contact, names: Collection[str]) -> Contact:
    """The contact without some fields."""
    return contact.but(**{name: getattr(EMPTY, name) for name in names})
