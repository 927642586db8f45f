"""Names that follow from other parts of a contact, and when a person set one beyond them.

Programs make a full name, a sort key and initials by themselves, each in its own order.
What the parts give, in whatever order, is therefore nobody's edit (rule 2.5).
"""

import re

from twinbook.model.contact import Contact
from twinbook.model.fields import FIELDS
from twinbook.reconcile.normal import fold

DERIVED = tuple(row.name for row in FIELDS if row.derived)
_WORD = re.compile(r"\w+")


def beyond_parts(name: str, contact: Contact) -> str:
    """A derived name as far as the parts of the contact don't give it; "" if they do.

    >>> ada = Contact(given="Ada", surname="Lovelace", display_name="Lovelace, Ada")
    >>> beyond_parts("display_name", ada)
    ''
    >>> beyond_parts("display_name", ada.but(display_name="Countess Ada"))
    'Countess Ada'
    """
    value: str = getattr(contact, name)
    if not contact.derived_name or not value:
        return value
    if name == "initials":
        return "" if _letters(value) <= _initials(contact) else value
    known = _words(contact.derived_name)
    if name == "file_as":
        known |= _words(contact.company)
    return "" if _words(value) <= known else value


def _words(text: str) -> set[str]:
    return set(_WORD.findall(fold(text)))


def _letters(text: str) -> set[str]:
    return {letter for letter in fold(text) if letter.isalnum()}


def _initials(contact: Contact) -> set[str]:
    return {word[0] for word in _words(contact.derived_name)}
