"""Filters as people write them, such as: owner = me and (category ~ key or not city = Paris).

    filter     one or more of these, joined by "and" or "or" ("and" binds tighter):
    question   ATTRIBUTE = VALUE    is it       ATTRIBUTE ~ VALUE   does it contain it
               ATTRIBUTE ^ VALUE    begins so   ATTRIBUTE ?         is there any
    not ...    the opposite         ( ... )     a filter in brackets
    name       everything, nothing, visible, mine, team

A value of several words, or with signs in it, stands in "double quotes"; inside them a
backslash goes before a quote or a backslash.
"""

import re
from collections.abc import Callable, Mapping
from typing import Final, NamedTuple

from twinbook.model.errors import Invalid
from twinbook.model.filter import (
    ACTIVE,
    EVERYTHING,
    MINE,
    MY_TEAM,
    NOTHING,
    All,
    AnyOf,
    Attribute,
    Filter,
    Has,
    Not,
    Operator,
)

NAMED: Final[Mapping[str, Filter]] = {
    "everything": EVERYTHING,
    "nothing": NOTHING,
    "visible": ACTIVE,
    "mine": All((ACTIVE, MINE)),
    "team": All((ACTIVE, MY_TEAM)),
}
"""Filters that have a name of their own."""

DEEPEST: Final = 40  #: so many brackets may stand inside each other

_ATTRIBUTES: Final = {one.value: one for one in Attribute}
_OPERATORS: Final = {one.value: one for one in Operator}
_TOKEN: Final = re.compile(
    r"""\s*(?: (?P<sign>[()=~^?]) | "(?P<quoted>(?:[^"\\]|\\.)*)" | (?P<word>[^\s()=~^?"]+) )""",
    re.VERBOSE | re.DOTALL,
)
_PLAIN: Final = re.compile(r"[^\s()=~^?\"]+")
_GLUE: Final = ("and", "or", "not")


def write(filter: Filter) -> str:
    """The text that `parse` reads as this filter.

    >>> write(AnyOf((MINE, Not(Has(Attribute.COMPANY, Operator.STARTS, "Acme Ltd")))))
    'owner = me or not company ^ "Acme Ltd"'
    """
    match filter:
        case All(parts=()):
            return "everything"
        case AnyOf(parts=()):
            return "nothing"
        case All(parts=parts):
            return " and ".join(_inside(part) for part in parts)
        case AnyOf(parts=parts):
            return " or ".join(_inside(part) for part in parts)
        case Not(part=part):
            return f"not {_inside(part)}"
        case Has(attribute, Operator.EXISTS, _):
            return f"{attribute.value} ?"
        case Has(attribute, operator, value):
            return f"{attribute.value} {operator.value} {_quoted(value)}"


def parse(text: str) -> Filter:
    """The filter that a text means. Raises Invalid, which says where it ends being one.

    >>> parse("mine and city ?") == All((NAMED["mine"], Has(Attribute.CITY, Operator.EXISTS)))
    True
    """
    reader = _Reader(text)
    found = reader.alternatives()
    if reader.token.text or reader.token.quoted:
        raise reader.trouble("expected 'and', 'or' or the end")
    return found


def _inside(part: Filter) -> str:
    joined = isinstance(part, All | AnyOf) and len(part.parts) > 0
    return f"({write(part)})" if joined else write(part)


def _quoted(value: str) -> str:
    if _PLAIN.fullmatch(value):
        return value
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'


class _Token(NamedTuple):
    text: str  #: "" at the end
    start: int
    quoted: bool = False


class _Reader:
    """Reads a filter from left to right, one token ahead."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.depth = 0
        self.end = 0
        self.token = self._next()

    def alternatives(self) -> Filter:
        return self._joined("or", self._requirements, AnyOf)

    def _requirements(self) -> Filter:
        return self._joined("and", self._negation, All)

    def _joined(
        self,
        glue: str,
        part: Callable[[], Filter],
        join: Callable[[tuple[Filter, ...]], Filter],
    ) -> Filter:
        parts = [part()]
        while self._takes(glue):
            parts.append(part())
        return parts[0] if len(parts) == 1 else join(tuple(parts))

    def _negation(self) -> Filter:
        self.depth += 1
        if self.depth > DEEPEST:
            raise self.trouble("the filter is too deep")
        if self._takes("not"):
            found: Filter = Not(self._negation())
        elif self._takes("("):
            found = self.alternatives()
            if not self._takes(")"):
                raise self.trouble("expected ')'")
        else:
            found = self._question()
        self.depth -= 1
        return found

    def _question(self) -> Filter:
        name = self.token
        if name.quoted or name.text in ("", *_GLUE, *_OPERATORS, ")"):
            raise self.trouble(f"expected one of {', '.join(_ATTRIBUTES)}")
        self.token = self._next()
        if self.token.text not in _OPERATORS or self.token.quoted:
            return self._named(name)
        if name.text.casefold() not in _ATTRIBUTES:
            raise self._trouble_at(name, f"expected one of {', '.join(_ATTRIBUTES)}")
        attribute, operator = _ATTRIBUTES[name.text.casefold()], _OPERATORS[self.token.text]
        self.token = self._next()
        value = "" if operator is Operator.EXISTS else self._value()
        return Has(attribute, operator, value)

    def _named(self, name: _Token) -> Filter:
        if name.text.casefold() in NAMED:
            return NAMED[name.text.casefold()]
        if name.text.casefold() in _ATTRIBUTES:
            raise self.trouble(f"expected = ~ ^ or ? behind {name.text!r}")
        names = ", ".join(NAMED)
        raise self._trouble_at(name, f"expected a question such as 'city = Paris', or {names}")

    def _value(self) -> str:
        token = self.token
        if not token.quoted and token.text in ("", "(", ")", *_OPERATORS):
            raise self.trouble('expected a value; one with signs in it stands in "quotes"')
        self.token = self._next()
        return token.text

    def _takes(self, wanted: str) -> bool:
        if self.token.quoted or self.token.text.casefold() != wanted:
            return False
        self.token = self._next()
        return True

    def _next(self) -> _Token:
        found = _TOKEN.match(self.text, self.end)
        if found is None:
            rest = self.text[self.end :]
            if rest.strip():
                start = self.end + len(rest) - len(rest.lstrip())
                raise self._trouble_at(_Token(rest.strip(), start), "this quote has no end")
            return _Token("", len(self.text))
        self.end = found.end()
        quoted = found["quoted"]
        if quoted is not None:
            return _Token(
                re.sub(r"\\(.)", r"\1", quoted, flags=re.DOTALL), found.start(2) - 1, quoted=True
            )
        kind = "sign" if found["sign"] else "word"
        return _Token(found[kind], found.start(kind))

    def trouble(self, wanted: str) -> Invalid:
        return self._trouble_at(self.token, wanted)

    def _trouble_at(self, token: _Token, wanted: str) -> Invalid:
        there = f"at character {token.start + 1}, {token.text!r}" if token.text else "at its end"
        return Invalid(f"The filter can't be read {there}: {wanted}.")
