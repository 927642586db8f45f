"""The full name (FN): when it follows from other fields, and what it is then.

Sources: RFC 6350 section 6.2.1 (FN is required and need not be built from N).
"""

import re
from collections.abc import Iterator

from twinbook.model.contact import Contact

_ORDERS = (
    ("prefix", "given", "middle", "surname", "suffix"),
    ("surname", ",", "prefix", "given", "middle", "suffix"),
    ("surname", "suffix", ",", "prefix", "given", "middle"),
    ("prefix", "surname", "given", "middle", "suffix"),
)
_OPTIONAL = (
    frozenset[str](),
    frozenset({"prefix"}),
    frozenset({"suffix"}),
    frozenset({"middle"}),
    frozenset({"prefix", "suffix"}),
    frozenset({"prefix", "middle"}),
    frozenset({"middle", "suffix"}),
    frozenset({"prefix", "middle", "suffix"}),
)
STYLES = tuple(
    tuple(part for part in order if part not in left_out)
    for left_out in _OPTIONAL
    for order in _ORDERS
)
_LOOSE = re.compile(r"[\s,]+")
#: The fields that a full name can follow from.
PARTS = frozenset({"prefix", "given", "middle", "surname", "suffix"})
SOURCES = PARTS | {"nickname", "company", "emails", "phones"}


def spelled(contact: Contact, style: tuple[str, ...] = STYLES[0]) -> str:
    """The full name of a contact in one of the styles; what else it is called if it has no name."""
    if not contact.derived_name:
        return contact.but(display_name="").name
    words: list[str] = []
    for part in style:
        text = part if part == "," else getattr(contact, part)
        if part == "," and words:
            words[-1] += ","
        elif text and part != ",":
            words.append(text)
    return " ".join(words).strip(",") or contact.derived_name


def style_of(full_name: str, contact: Contact) -> tuple[str, ...] | None:
    """The style in which a full name follows from the contact, None if it does not follow.

    >>> style_of("Lovelace, Ada", Contact(given="Ada", surname="Lovelace", prefix="Lady"))
    ('surname', ',', 'given', 'middle', 'suffix')
    >>> style_of("The Countess", Contact(given="Ada", surname="Lovelace")) is None
    True
    """
    if not full_name.strip() or full_name == contact.derived_name:
        return STYLES[0]
    loose = _loose(full_name)
    if not contact.derived_name:
        return STYLES[0] if loose in map(_loose, _other_names(contact)) else None
    if _loose(contact.given) not in loose or _loose(contact.surname) not in loose:
        return None
    for exact in (full_name, None):
        for style in STYLES:
            name = spelled(contact, style)
            if name == exact or (exact is None and _loose(name) == loose):
                return style
    return None


def _other_names(contact: Contact) -> Iterator[str]:
    yield contact.nickname
    yield contact.company
    yield from (one.value for one in contact.emails[:1])
    yield from (one.value for one in contact.phones[:1])


def _loose(name: str) -> str:
    return _LOOSE.sub("", name).casefold()
