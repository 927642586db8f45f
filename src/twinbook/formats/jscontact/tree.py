"""The JSON of one Card as a tree, from which what is understood is taken out; the rest stays.

PATH   where something stands, such as `emails[2].address`. What is not a name of the RFC is
       shown by its position, counted from 1: a key that somebody chose may be personal.

Sources: RFC 8259 (JSON), RFC 7493 (I-JSON), RFC 9553 sections 1.3 and 1.4.
"""

import json
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from math import isfinite
from typing import Any, Final, Never

#: Digits of a number; what is longer no program keeps exactly (RFC 7493, section 2.2).
LONGEST_NUMBER: Final = 32


class Wrong(ValueError):
    """A property is not what RFC 9553 says; the text names the path and never the value."""

    def __init__(self, path: str, wanted: str) -> None:
        super().__init__(f"{path or 'the card'} must be {wanted}.")


class _Blank(dict[str, Any]):
    """An object that was empty already when it was read."""


class _Twice(ValueError):
    """An object has two properties of one name."""


def parse(body: bytes) -> dict[str, Any]:
    """The object in these bytes, which are not nested deep. Raises ValueError without a value."""
    try:
        found = _DECODER.decode(body.decode())
        if b"\\u" in body:  # half of a pair can come in no other way
            json.dumps(found, ensure_ascii=False).encode()
    except _Twice:
        raise ValueError("a property stands twice in one object") from None
    except UnicodeDecodeError:
        raise ValueError("it is not in UTF-8") from None
    except UnicodeEncodeError:
        raise ValueError("it holds half of a character (a lone surrogate)") from None
    except json.JSONDecodeError as error:
        raise ValueError(f"it is no JSON ({error.msg}, character {error.pos})") from None
    if not isinstance(found, dict):
        raise ValueError("it is no object")  # noqa: TRY004 - the input's type, not an argument's
    return found


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if not pairs:
        return _Blank()
    found = dict(pairs)
    if len(found) != len(pairs):
        raise _Twice
    return found


def _integer(digits: str) -> int:
    if len(digits) > LONGEST_NUMBER:
        raise ValueError("it holds a number that is too long")
    return int(digits)


def _real(digits: str) -> float:
    if len(digits) > LONGEST_NUMBER or not isfinite(float(digits)):
        raise ValueError("it holds a number that is too long")
    return float(digits)


def _constant(_name: str) -> Never:
    raise ValueError("it holds NaN or Infinity, which are no JSON")


_DECODER: Final = json.JSONDecoder(
    object_pairs_hook=_object,
    parse_int=_integer,
    parse_float=_real,
    parse_constant=_constant,
)


@dataclass(frozen=True, slots=True)
class Node:
    """An object of a card. Whatever is asked for is taken out of it; null is nothing."""

    held: dict[str, Any]
    path: str = ""

    def at(self, name: str) -> str:
        """The path of a property."""
        return f"{self.path}.{name}" if self.path else name

    def text(self, name: str) -> str:
        """The text of a property, "" if it isn't there. Raises Wrong."""
        found = self.says(name)
        self.held.pop(name, None)
        return found

    def says(self, name: str) -> str:
        """The text of a property, which stays where it is. Raises Wrong."""
        value = self.held.get(name)
        if value is not None and not isinstance(value, str):
            raise Wrong(self.at(name), "text")
        return value or ""

    def number(self, name: str, least: int, most: int) -> int | None:
        """The whole number of a property, None if it isn't there. Raises Wrong."""
        value = self.held.get(name)
        is_number = isinstance(value, int) and not isinstance(value, bool)
        if value is not None and not (is_number and least <= value <= most):
            raise Wrong(self.at(name), f"a number from {least} to {most}")
        self.held.pop(name, None)
        return value

    def is_a(self, kind: str) -> "Node":
        """This object, if it says no other type than this. Raises Wrong."""
        if self.held.get("@type", kind) != kind:
            raise Wrong(self.at("@type"), kind)
        self.held.pop("@type", None)
        return self

    def object(self, name: str) -> "Node":
        """The object of a property, an empty one if it isn't there. Raises Wrong."""
        value = self.held.get(name)
        if value is not None and not isinstance(value, dict):
            raise Wrong(self.at(name), "an object")
        return Node(value or {}, self.at(name))

    def items(self, name: str) -> Iterator[tuple[str, "Node"]]:
        """Every key of a map of objects with its object, in order. Raises Wrong."""
        for number, (key, value) in enumerate(self.object(name).held.items(), 1):
            path = f"{self.at(name)}[{number}]"
            if not isinstance(value, dict):
                raise Wrong(path, "an object")
            yield key, Node(value, path)

    def list(self, name: str) -> Iterator["Node"]:
        """Every object of a list, in order. Raises Wrong."""
        value = self.held.get(name)
        if value is not None and not isinstance(value, list):
            raise Wrong(self.at(name), "a list")
        for number, one in enumerate(value or (), 1):
            if not isinstance(one, dict):
                raise Wrong(f"{self.at(name)}[{number}]", "an object")
            yield Node(one, f"{self.at(name)}[{number}]")

    def words(self, name: str) -> tuple[str, ...]:
        """The words of a set, an object of words that are true; they stay. Raises Wrong."""
        said = self.object(name).held
        for number, value in enumerate(said.values(), 1):
            if not isinstance(value, bool):
                raise Wrong(f"{self.at(name)}[{number}]", "true")
        return tuple(word for word, is_so in said.items() if is_so)

    def spend(self, name: str, words: Collection[str]) -> None:
        """Take words out of a set."""
        said = self.object(name).held
        for word in words:
            said.pop(word, None)


def left(held: dict[str, Any]) -> dict[str, Any]:
    """What nobody took out of an object; objects and lists that are empty since are left out.

    >>> left({"emails": {"1": {}, "2": {"pref": 3}}, "x": [{}]})
    {'emails': {'2': {'pref': 3}}}
    """
    stayed = {name: value for name, value in held.items() if not _is_spent(value)}
    return {name: _left(value) for name, value in stayed.items()}


def _left(value: Any) -> Any:
    if isinstance(value, dict):
        return left(value)
    if isinstance(value, list):
        return [_left(one) for one in value if not _is_spent(one)]
    return value


def _is_spent(value: Any) -> bool:
    """Whether all that an object or a list held was taken out of it."""
    if isinstance(value, dict) and not isinstance(value, _Blank):
        return all(_is_spent(one) for one in value.values())
    if isinstance(value, list):  # one that was empty already says so
        return bool(value) and all(_is_spent(one) for one in value)
    return False
