"""What a contact can be found by: the texts of filters, keys of look-alikes, words.

They are rows of one table, `terms`, and follow from the contact as it is shown.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache

import sqlalchemy as sa
from sqlalchemy import Connection

from twinbook.database import dialect
from twinbook.database.schema import terms
from twinbook.model.contact import Contact
from twinbook.model.keys import Key, KeyKind
from twinbook.reconcile.match import keys_of
from twinbook.reconcile.scope import LONGEST, OF_THE_PERSON, values

Term = tuple[str, str]  #: kind and value

WORD = "word"
_WORDS = re.compile(r"[^\W_]+")
_DIGITS = re.compile(r"\d+")
_NUMBER = re.compile(r"[\d\s+()/.-]+")


def terms_of(contact: Contact) -> set[Term]:
    """All terms of a contact as it is shown."""
    found = {
        (attribute.value, value)
        for attribute in OF_THE_PERSON
        for value in values(contact, attribute)
    }
    found.update(key_term(key) for key in keys_of(contact))
    found.update((WORD, word) for word in _words_of(contact))
    return found


def key_term(key: Key) -> Term:
    """The term that stands for a key."""
    return term_kind(key.kind), key.value.replace("\0", "")[:LONGEST]


def term_kind(kind: KeyKind) -> str:
    """The kind of the terms that stand for keys of a kind."""
    return f"key {kind.value}"


def _words_of(contact: Contact) -> Iterator[str]:
    texts = [contact.name, contact.derived_name, contact.nickname, contact.company]
    texts += [email.value for email in contact.emails]
    for text in texts:
        yield from words(text)
    for phone in contact.phones:
        yield from _number_words(phone.value)


@lru_cache(maxsize=65536)
def words(text: str) -> tuple[str, ...]:
    """The words of a text without case and accents; numbers without leading zeros.

    >>> words("Zoë O'Neill, 030")
    ('zoe', 'o', 'neill', '30')
    """
    if not text.isascii():
        text = "".join(
            one for one in unicodedata.normalize("NFKD", text) if not unicodedata.combining(one)
        )
    found = _WORDS.findall(text.casefold())
    return tuple((one.lstrip("0") if one.isdecimal() else one)[:LONGEST] for one in found)


def sought(text: str) -> tuple[str, ...]:
    """The words a contact must have the beginnings of to be found; a number is one word.

    >>> sought("Zoë O'Neill"), sought("+49 (0)30 / 12")
    (('zoe', 'o', 'neill'), ('493012',))
    """
    if _NUMBER.fullmatch(text):
        return tuple(_number_words(text))[:1]
    return words(text)


def _number_words(text: str) -> Iterator[str]:
    """A number from each of its groups to its end, so that any beginning finds it.

    >>> list(_number_words("+49 (0)30 1234"))
    ['49301234', '301234', '1234']
    """
    groups = _DIGITS.findall(text.replace("(0)", " "))
    for first in range(len(groups)):
        yield "".join(groups[first:]).lstrip("0")[:LONGEST]


def add(connection: Connection, contacts: Iterable[tuple[int, Contact]]) -> None:
    """Store the terms of new contacts, given by serial."""
    rows = [(kind, value, serial) for serial, one in contacts for kind, value in terms_of(one)]
    dialect.pour(connection, terms, _COLUMNS, rows)


def change(connection: Connection, contacts: Mapping[int, Contact]) -> None:
    """Make the stored terms of contacts, given by serial, follow from how they are shown."""
    rows = connection.execute(
        sa.select(terms.c.kind, terms.c.value, terms.c.contact).where(
            terms.c.contact.in_(list(contacts))
        )
    )
    stored = {(kind, value, serial) for kind, value, serial in rows}
    wanted = {
        (kind, value, serial)
        for serial, contact in contacts.items()
        for kind, value in terms_of(contact)
    }
    if gone := stored - wanted:
        is_gone = sa.and_(*(terms.c[name] == sa.bindparam(f"old_{name}") for name in _COLUMNS))
        old = [
            {f"old_{name}": one for name, one in zip(_COLUMNS, row, strict=True)} for row in gone
        ]
        connection.execute(sa.delete(terms).where(is_gone), old)
    dialect.pour(connection, terms, _COLUMNS, sorted(wanted - stored))


_COLUMNS = ("kind", "value", "contact")
