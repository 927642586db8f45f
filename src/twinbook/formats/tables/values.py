"""Single values as other programs write them into cells."""

import re
from typing import Final

from twinbook.formats.tables.several import read_several
from twinbook.formats.tables.vendors.google import SYSTEM_GROUPS
from twinbook.formats.tables.vendors.words import word_list
from twinbook.formats.vcard.text import clean, tidy

TRIPLE: Final = " ::: "  #: Google's sign between several values in a cell
_CUT: Final = re.compile(r"\d(?:[.,]\d+)?E\+?\d+\Z", re.IGNORECASE)
_FRACTION: Final = re.compile(r"\+?\d{5,}\.0\Z")
_BETWEEN_MAILBOXES: Final = re.compile(r"[;,\s]+")
_ANGLE: Final = re.compile(r"<([^<>\s]+@[^<>\s]+)>")
_GROUP: Final = re.compile(r"\*\s*")
_WORD: Final = re.compile(r"[;,\n]")
_EXCHANGE: Final = "/o="
_SMTP: Final = frozenset({"", "smtp"})
_YES: Final = word_list(
    "yes true 1 active aktiv actif active activo activa attivo attiva actief ja oui sí si x"
)
_NO: Final = word_list(
    "no false 0 inactive inaktiv inactif inactivo inactiva inattivo inattiva inactief nein "
    "non nee deleted archived"
)


def several(name: str, text: str) -> list[str]:
    """The values in a clean cell: between Google's signs; mailboxes also between commas and blanks.

    >>> several("emails", "ada@example.org; a@example.net"), several("emails", "Ada <a@b.org>")
    (['ada@example.org', 'a@example.net'], ['a@b.org'])
    """
    pieces = [clean(one) for one in text.split(TRIPLE)] if TRIPLE in text else [text]
    if name == "emails":
        pieces = [one for piece in pieces for one in _mailboxes(piece)]
    return [one for one in pieces if one]


def _mailboxes(text: str) -> list[str]:
    angled = _ANGLE.findall(text)
    if angled:
        return list(angled)
    parts = _BETWEEN_MAILBOXES.split(text)
    return parts if len(parts) > 1 and all("@" in one for one in parts if one) else [text]


def email(text: str, route: str) -> tuple[str, str]:
    """A mailbox, "" where it is none, and why it is left out, "" if it is not."""
    if route.strip().casefold() == "ex" or text.casefold().startswith(_EXCHANGE):
        return "", "it is an address that only its Exchange server understands"
    if route.strip().casefold() not in _SMTP or "@" not in text:
        return "", "it is no e-mail address, such as ada@example.org"
    return text, ""


def phone(text: str) -> str | None:
    """A number, None where a spreadsheet made 4.93E+11 of it and its digits are gone.

    >>> phone("4930123456.0"), phone("4,93012E+11")
    ('4930123456', None)
    """
    if _CUT.match(text):
        return None
    return text[:-2] if _FRACTION.match(text) else text


def words(name: str, text: str) -> list[str]:
    """Words between separators, without the groups that Google makes for everybody.

    Raises Invalid for a list of Twinbook's own that is damaged.

    >>> words("categories", "* friends ::: * myContacts"), words("hobbies", "chess; sailing")
    (['friends'], ['chess', 'sailing'])
    """
    if text.lstrip().startswith("["):
        return list(read_several(name, text))
    if name == "categories" and (TRIPLE in text or text.startswith("* ")):
        groups = [_GROUP.sub("", one, count=1) for one in text.split(TRIPLE)]
        pieces = [one for one in groups if clean(one).casefold() not in SYSTEM_GROUPS]
    else:
        pieces = _WORD.split(tidy(text))
    return [made for one in pieces if (made := clean(one))]


def active(text: str, *, nought: bool = False) -> bool | None:
    """Whether a cell says yes, None if it says neither. `nought` is yes in Dataverse's state."""
    word = text.casefold()
    if nought and word in ("0", "1"):
        return word == "0"
    return True if word in _YES else False if word in _NO else None


def address(text: str) -> dict[str, str]:
    """The parts of an address in one piece: its lines are the street, for a person to sort."""
    lines = [clean(line) for line in text.split("\n")]
    street = "\n".join(line for line in lines if line)
    return {"street": street} if street else {}
