"""Values of a contact as people type them, such as "+49 30 1234 (work), 0171 55 (mobile)".

text, prose   as it is
day           1815-12-10, or --12-10 where nobody knows the year
words         Ada, Byron          separated by commas
values        VALUE (KIND), …     separated by commas; a word that is no kind is a label; a
                                  star behind a value makes it the preferred one
messengers    skype:ada (work)
addresses     street: Elm Road 1; postal_code: 10115; city: Berlin; country: Germany (work)
              several of them separated by a line break or by |
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import fields
from itertools import pairwise
from typing import Any, Final

from twinbook.model.contact import (
    Address,
    Day,
    Email,
    Kind,
    Messenger,
    Phone,
    PhoneKind,
    WebKind,
    WebPage,
)
from twinbook.model.errors import Invalid
from twinbook.model.fields import BY_NAME, Nature
from twinbook.model.shape import part_of

_SAID: Final = re.compile(r"\(([^()]*)\)\Z")
_SIGN: Final = re.compile(r"[,()]")
_BREAK: Final = re.compile(r"[\n|]")
_PARTS: Final = tuple(
    row.name for row in fields(Address) if row.name not in ("kind", "preferred", "label")
)
_ASSIGNMENT: Final = re.compile(
    r"\s*(?P<name>[\w.]+)\s*(?P<sign>\+=|-=|=)(?P<value>.*)\Z", re.DOTALL
)


def assignment(text: str) -> tuple[str, str, str]:
    """The name, the sign and the value of a text such as "job_title=Analyst".

    The signs are = (make it so), += (add to it) and -= (take away from it). Raises Invalid.

    >>> assignment("phones+=+49 30 1")
    ('phones', '+=', '+49 30 1')
    """
    found = _ASSIGNMENT.match(text)
    if found is None:
        raise Invalid(f"{text!r} is not of the form FIELD=VALUE, such as job_title=Analyst.")
    return found["name"], found["sign"], found["value"]


def value(name: str, text: str, before: Any) -> Any:
    """The value of a field that a text means.

    An element that was there `before`, with the same value and kind, stays as it was.
    Raises Invalid, which says what would be understood.

    >>> value("emails", "ada@example.org (work)", ())
    (Email(value='ada@example.org', kind=<Kind.WORK: 'work'>, preferred=False, label=''),)
    """
    match BY_NAME[name].nature:
        case Nature.TEXT | Nature.PROSE:
            return text.strip() if BY_NAME[name].nature is Nature.TEXT else text
        case Nature.DAY:
            return _day(text.strip()) if text.strip() else None
        case Nature.WORDS:
            return tuple(word.strip() for word in text.split(",") if word.strip())
        case Nature.VALUES:
            return tuple(_kept(one, before) for one in _elements(name, text))
        case Nature.PHOTO:
            return _no_photo(text)


def changed(name: str, sign: str, text: str, before: Any) -> Any:
    """The value of a field after an assignment. Raises Invalid.

    >>> changed("hobbies", "+=", "chess", ("sailing",))
    ('sailing', 'chess')
    """
    given = value(name, text, before)
    if sign == "=":
        return given
    if not isinstance(given, tuple):
        raise Invalid(f"{name} holds one value. Set it with {name}=VALUE.")
    if sign == "+=":
        return before + tuple(one for one in given if one not in before)
    gone = {_said(one) for one in given}
    return tuple(one for one in before if _said(one) not in gone)


def _said(element: Any) -> str:
    return element if isinstance(element, str) else str(element.value)


def _kept(element: Any, before: Sequence[Any]) -> Any:
    """The element as it was, where only its label or its preference was not typed again."""
    for one in before:
        same = (one.value, one.kind) == (element.value, element.kind)
        if same and not element.label and not element.preferred:
            return one
    return element


def _day(text: str) -> Day:
    try:
        day = Day.parse(text)
    except ValueError:
        day = Day(0, 0)
    if not (1 <= day.month <= 12 and 1 <= day.day <= 31):  # noqa: PLR2004 - a calendar's limits
        raise Invalid(f"{text!r} is not a day such as 1815-12-10, or --12-10 without the year.")
    return day


def _no_photo(text: str) -> None:
    if text.strip():
        raise Invalid("A picture comes with an import. Only photo= is possible here: it goes.")


def _elements(name: str, text: str) -> Iterator[Any]:
    for part in _BREAK.split(text) if name == "addresses" else _between_commas(text):
        if part.strip():
            yield _element(name, part.strip())


def _between_commas(text: str) -> list[str]:
    """The pieces between the commas; one in brackets parts nothing.

    >>> _between_commas("1 (a, b), 2 (, 3")
    ['1 (a, b)', ' 2 (', ' 3']
    """
    cuts, is_inside = [len(text)], False
    for sign in reversed([*_SIGN.finditer(text)]):
        if sign[0] != ",":
            is_inside = sign[0] == ")"
        elif not is_inside:
            cuts.append(sign.start())
    return [text[start + 1 : end] for start, end in pairwise([-1, *reversed(cuts)])]


def _element(name: str, text: str) -> Any:
    bare = text.removesuffix("*").rstrip()
    found = _SAID.search(bare)
    value = bare[: found.start()].rstrip() if found else bare
    make, kinds = _MAKERS[name]
    said = found[1].strip() if found else ""
    known = {kind.value: kind for kind in kinds}
    kind = known.get(said.lower(), known["other"])
    label = "" if said.lower() in known else said
    if not value:
        raise Invalid(f"A value is missing in {text!r}.")
    return make(value, kind, text.endswith("*"), label)


def _email(text: str, kind: Any, preferred: bool, label: str) -> Email:  # noqa: FBT001 - one of four parts
    if "@" not in text or " " in text:
        raise Invalid(f"{text!r} is not an e-mail address, such as ada@example.org.")
    return Email(text, kind, preferred, label)


def _messenger(text: str, kind: Any, preferred: bool, label: str) -> Messenger:  # noqa: FBT001 - as above
    service, colon, account = text.partition(":")
    if not colon:
        service, account = "", text
    return Messenger(account.strip(), service.strip().lower(), kind, preferred, label)


def _address(text: str, kind: Any, preferred: bool, label: str) -> Address:  # noqa: FBT001 - as above
    values: dict[str, str] = {}
    for piece in text.split(";"):
        part, colon, said = piece.partition(":")
        part = part.strip().lower().replace(" ", "_")
        if not colon or part not in _PARTS:
            raise Invalid(
                f"{piece.strip()!r} is no part of an address. Write, for example, "
                f"street: Elm Road 1; city: Berlin (work). The parts: {', '.join(_PARTS)}."
            )
        values[part] = said.strip()
    return Address(kind=kind, preferred=preferred, label=label, **values)


_MAKERS: Final[dict[str, tuple[Callable[[str, Any, bool, str], Any], Any]]] = {
    "emails": (_email, Kind),
    "phones": (Phone, PhoneKind),
    "web_pages": (WebPage, WebKind),
    "messengers": (_messenger, Kind),
    "addresses": (_address, Kind),
}


def write(name: str, given: Any) -> str:
    """A value as `value` reads it, "" for none.

    >>> write("phones", (Phone("1", PhoneKind.MOBILE), Phone("2", label="boat")))
    '1 (mobile), 2 (boat)'
    """
    match given:
        case None:
            return ""
        case tuple() if BY_NAME[name].nature is Nature.VALUES:
            joint = " | " if name == "addresses" else ", "
            return joint.join(_written(name, one) for one in given)
        case tuple():
            return ", ".join(given)
        case _:
            return str(given)


def _written(name: str, one: Any) -> str:
    text = one.value
    if isinstance(one, Address):
        filled = [(part, getattr(one, part)) for part in _PARTS if getattr(one, part)]
        text = "; ".join(f"{part}: {said}" for part, said in filled).replace("\n", ", ")
    if isinstance(one, Messenger) and one.service:
        text = f"{one.service}:{text}"
    said = one.label or part_of(name, one)
    return f"{text} ({said})" + ("*" if one.preferred else "")
