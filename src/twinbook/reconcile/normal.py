"""When two values are the same, in three widths (docs/explanation/rules.md, section 3).

EXACT      no difference at all: `==`. Tells whether one side was edited.
STEADY     a person would call it the same: `same`. Compares the two sides.
PLAUSIBLE  it could be what a server made of what it was sent: `plausible`. Only for
           recovering a write whose answer was lost; elsewhere it would hide edits.

`agreed` looks at the two halves of a base, where nothing is in doubt: does the spoke's
half show nothing but the hub's, spelled anew or clearly shortened?
"""

import re
import unicodedata
from contextlib import suppress
from functools import lru_cache
from typing import Any

import idna

from twinbook.model.contact import Address, Day, Email, Messenger, Phone, Photo, WebPage
from twinbook.model.fields import BY_NAME, Nature

SHORTEST_TELLING = 8  # a shorter beginning of a value says nothing about truncation
SHORTEST_NUMBER = 6  # fewer digits are an extension, not a subscriber's number

_SPACE = re.compile(r"\s+")
_NOT_DIALLED = re.compile(r"[^0-9+]")
_EXTENSION = re.compile(r"(?:;\s*ext=|\bext\.?|x|#)\s*(\d+)\s*$", re.IGNORECASE)


@lru_cache(maxsize=65536)
def fold(text: str) -> str:
    """Text without regard to case, Unicode form and white space.

    >>> fold("  Ada  LOVELACE ")
    'ada lovelace'
    """
    if text.isascii():
        return " ".join(text.lower().split())
    # Folding case can take a text out of its Unicode form again, so the form comes twice.
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    return _SPACE.sub(" ", folded).strip()


@lru_cache(maxsize=65536)
def email_key(text: str) -> str:
    """A mailbox without regard to case, with its domain in ASCII.

    >>> email_key("Ada@Bücher.example")
    'ada@xn--bcher-kva.example'
    """
    local, at, domain = fold(text).removeprefix("mailto:").strip().rpartition("@")
    if at and not domain.isascii():
        with suppress(idna.IDNAError):
            domain = idna.encode(domain, uts46=True).decode()
    return f"{local}{at}{domain}"


@lru_cache(maxsize=65536)
def phone_key(text: str) -> str:
    """The digits of a number, with its leading plus and its extension.

    A text without any digit is folded instead, so that it still has an identity.

    >>> phone_key("+49 (0)30 / 12-34 ext. 5"), phone_key("0044 20 7946 0000"), phone_key("n/a")
    ('+49301234x5', '+442079460000', 'n/a')
    """
    number = fold(text).removeprefix("tel:")
    extension = _EXTENSION.search(number)
    if extension:
        number = number[: extension.start()]
    digits = _NOT_DIALLED.sub("", number.replace("(0)", "") if "+" in number else number)
    if not digits.strip("+"):
        return fold(text)
    bare = digits.replace("+", "")
    is_abroad = digits.startswith("+") or bare.startswith("00")
    abroad = bare.removeprefix("00") if is_abroad else ""
    return (f"+{abroad}" if abroad else bare) + (f"x{extension[1]}" if extension else "")


def url_key(text: str) -> str:
    """A web address without scheme, "www." and closing slash.

    >>> url_key("https://www.Example.org/a/"), url_key("example.org/a")
    ('example.org/a', 'example.org/a')
    """
    bare = re.sub(r"^[a-z][a-z0-9+.-]*://", "", fold(text))
    return bare.removeprefix("www.").rstrip("/ ")


def key_of(name: str, element: Any) -> str:
    """The identity of one element of a multi-valued field, for merging."""
    match element:
        case Email():
            return email_key(element.value)
        case Phone():
            return phone_key(element.value)
        case WebPage():
            return url_key(element.value)
        case Messenger():
            return f"{element.service}:{fold(element.value)}"
        case Address():
            return fold(element.value)
        case _:
            return unicodedata.normalize("NFC", element) if name == "categories" else fold(element)


def same(name: str, one: Any, other: Any) -> bool:
    """Whether a person would call two values of a field the same."""
    if one == other:
        return True
    match BY_NAME[name].nature:
        case Nature.TEXT | Nature.PROSE:
            return prose(one) == prose(other) if _is_prose(name) else fold(one) == fold(other)
        case Nature.DAY | Nature.PHOTO:
            return False
        case Nature.VALUES | Nature.WORDS:
            return _steady(name, one) == _steady(name, other)


def prose(text: str) -> str:
    """A longer text with its spelling taken out: line ends, trailing blanks, Unicode form."""
    lines = unicodedata.normalize("NFC", text).replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return "\n".join(line.rstrip() for line in lines).strip("\n")


def plausible(name: str, sent: Any, shown: Any) -> bool:
    """Whether `shown` could be what a server made of `sent`: spelled anew, cut, or dropped."""
    if same(name, sent, shown):
        return True
    match BY_NAME[name].nature:
        case Nature.TEXT | Nature.PROSE:
            return _loose(sent).startswith(_loose(shown))
        case Nature.DAY:
            return shown is None or (sent is not None and _yearless(sent) == _yearless(shown))
        case Nature.PHOTO:
            return sent is not None
        case Nature.VALUES | Nature.WORDS:
            return all(any(_could_be(name, one, it) for one in sent) for it in shown)


def agreed(name: str, hub: Any, spoke: Any) -> bool:
    """Whether a spoke's half of a base holds nothing that the hub's half does not say.

    >>> agreed("job_title", "Analyst", "ANALYST"), agreed("job_title", "Analyst", "Poet")
    (True, False)
    """
    if same(name, hub, spoke) or is_empty(spoke):
        return True
    match BY_NAME[name].nature:
        case Nature.TEXT | Nature.PROSE:
            return _rewritten(_loose(hub), _loose(spoke))
        case Nature.DAY:
            return hub is not None and spoke.year is None and _yearless(hub) == _yearless(spoke)
        case Nature.PHOTO:
            return False
        case Nature.VALUES | Nature.WORDS:
            return all(any(is_rewritten(name, one, it) for one in hub) for it in spoke)


def is_rewritten(name: str, hub: Any, spoke: Any) -> bool:
    """Whether an element of a spoke is one of the hub as a server spells or shortens it.

    >>> from twinbook.model.contact import Phone
    >>> is_rewritten("phones", Phone("+49 30 123456"), Phone("030-123456"))
    True
    """
    before, after = _loose(key_of(name, hub)), _loose(key_of(name, spoke))
    if isinstance(hub, Phone):
        local = after.lstrip("0")
        return before == after or (len(local) >= SHORTEST_NUMBER and before.endswith(local))
    return _rewritten(before, after)


def _rewritten(before: str, after: str) -> bool:
    return before == after or (len(after) >= SHORTEST_TELLING and before.startswith(after))


def is_beginning(part: str, whole: str) -> bool:
    """Whether a text is only the beginning of another one.

    >>> is_beginning("Met at", "Met at the fair"), is_beginning("Met at", "Met at ")
    (True, False)
    """
    return prose(whole).startswith(prose(part)) and prose(part) != prose(whole)


def is_empty(value: Any) -> bool:
    """Whether a value of a field says nothing."""
    return value is None or value in ("", ())


def as_text(name: str, value: Any) -> str:
    """A value as a person reads it; "" if there is none."""
    match value:
        case None:
            return ""
        case str():
            return value
        case Day():
            return str(value)
        case Photo():
            return f"picture {value.digest[:8]}"
        case tuple():
            return ", ".join(_element_text(one) for one in value)
        case _:
            raise TypeError(name)


def _element_text(element: Any) -> str:
    if isinstance(element, str):
        return element
    return f"{element.value} ({element.label or element.kind.value})"


def _is_prose(name: str) -> bool:
    return BY_NAME[name].nature is Nature.PROSE


def _steady(name: str, elements: tuple[Any, ...]) -> list[tuple[str, str]]:
    return sorted((key_of(name, one), _kind(one)) for one in elements)


def _kind(element: Any) -> str:
    return "" if isinstance(element, str) else str(element.kind.value)


def _loose(text: str) -> str:
    return "".join(c for c in fold(text) if c.isalnum())


def _yearless(day: Day) -> tuple[int, int]:
    return day.month, day.day


def _could_be(name: str, sent: Any, shown: Any) -> bool:
    before, after = _loose(key_of(name, sent)), _loose(key_of(name, shown))
    return before == after or (bool(after) and before.startswith(after))
