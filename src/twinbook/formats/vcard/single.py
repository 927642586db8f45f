"""Fields with one value, and fields of words without order."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from twinbook.formats.vcard.card import Card, View
from twinbook.formats.vcard.lines import Line, parse_head
from twinbook.formats.vcard.places import Place
from twinbook.formats.vcard.text import clean, escape_word, joined, one_of, split


class Lens(Protocol):
    """How one field is read from a card, and put into it.

    `write` gives the card where the field shows `wanted`, which is normal; nothing but
    the elements that differ is touched.
    """

    @property
    def names(self) -> frozenset[str]:
        """The properties that can say something about the field."""

    def read(self, view: View) -> Any:
        """What the card says."""

    def write(self, view: View, wanted: Any) -> Card:
        """The card saying something else."""

    def normal(self, value: Any) -> Any:
        """The value as a card gives it back."""


@dataclass(frozen=True, slots=True)
class Single:
    """A field with one value. New values of a version go to `fresh`."""

    places: tuple[Place, ...]
    fresh: Mapping[str, Place]  #: by version
    normal: Callable[[Any], Any] = clean
    blank: Any = ""

    @property
    def names(self) -> frozenset[str]:
        return frozenset(place.name for place in self.places)

    def read(self, view: View) -> Any:
        for place in self.places:
            for number in place.positions(view):
                value = place.get(view.card, view.card.lines[number])
                if value:
                    return value
        return self.blank

    def write(self, view: View, wanted: Any) -> Card:
        card = view.card
        found = [
            (place, number, value)
            for place in self.places
            for number in place.positions(view)
            if (value := place.get(card, card.lines[number]))
        ]
        if not found:
            return self._begin(view, wanted) if wanted else card
        shown = found[0][2]
        replaced: dict[int, Sequence[Line]] = {}
        for place, number, value in found:
            if not wanted or value == shown:
                line = place.put(card, card.lines[number], wanted)
                if line is None and place.hides(view, number):
                    line = card.text_line(card.lines[number].head, ";")
                replaced |= {number: (line,)} if line else view.without([number])
        return card.with_lines(replaced)

    def _begin(self, view: View, wanted: Any) -> Card:
        place, card = self.fresh[view.card.version], view.card
        for number in place.positions(view):
            line = place.put(card, card.lines[number], wanted)
            if line:
                return card.with_lines({number: (line,)})
        [group] = view.free_groups(1)
        return card.with_lines({}, {view.kin(place.name): place.fresh(view, wanted, group)})


@dataclass(frozen=True, slots=True)
class Words:
    """A field of words, one line each, such as children."""

    places: tuple[Place, ...]
    fresh: Mapping[str, Place]  #: by version

    @property
    def names(self) -> frozenset[str]:
        return frozenset(place.name for place in self.places)

    def normal(self, value: Sequence[str]) -> tuple[str, ...]:
        return words(value)

    def read(self, view: View) -> tuple[str, ...]:
        return tuple(dict.fromkeys(word for _, word in self._found(view)))

    def _found(self, view: View) -> list[tuple[int, str]]:
        return sorted(
            (number, word)
            for place in self.places
            for number in place.positions(view)
            if (word := place.get(view.card, view.card.lines[number]))
        )

    def write(self, view: View, wanted: Sequence[str]) -> Card:
        found = self._found(view)
        said, held = set(wanted), {word for _, word in found}
        gone = [number for number, word in found if word not in said]
        card = view.card.with_lines(view.without(gone))
        return self._with_words(view.of(card), [word for word in wanted if word not in held])

    def _with_words(self, view: View, new: Sequence[str]) -> Card:
        place = self.fresh[view.card.version]
        groups = view.free_groups(len(new))
        lines = [
            one
            for word, group in zip(new, groups, strict=True)
            for one in place.fresh(view, word, group)
        ]
        return view.card.with_lines({}, {view.kin(place.name): lines})


@dataclass(frozen=True, slots=True)
class List:
    """A field of words between commas, in one line or several: CATEGORIES."""

    name: str

    @property
    def names(self) -> frozenset[str]:
        return frozenset({self.name})

    def normal(self, value: Sequence[str]) -> tuple[str, ...]:
        return words(value)

    def read(self, view: View) -> tuple[str, ...]:
        old = view.card.old
        said = (
            one_of(piece, old=old)
            for number in view.named.get(self.name, ())
            for piece in split(view.card.lines[number].text, ",", old=old)
        )
        return tuple(dict.fromkeys(word for word in said if word))

    def write(self, view: View, wanted: Sequence[str]) -> Card:
        card, held, said = view.card, set(self.read(view)), set(wanted)
        new = [escape_word(word, old=card.old) for word in wanted if word not in held]
        replaced: dict[int, Sequence[Line]] = {}
        numbers = view.named.get(self.name, ())
        for number in numbers:
            one = card.lines[number]
            before = split(one.text, ",", old=card.old)
            kept = [
                piece
                for piece in before
                if (word := one_of(piece, old=card.old)) in said or not word
            ]
            if new and number == numbers[-1]:
                kept = [piece for piece in kept if piece.strip()] + new
            if kept != before:
                is_left = any(piece.strip() for piece in kept)
                line = card.text_line(one.head, joined(kept, ",", old=card.old))
                replaced |= {number: (line,)} if is_left else view.without([number])
        if new and not numbers:
            line = card.text_line(parse_head(self.name), ",".join(new))
            return card.with_lines({}, {view.kin(self.name): [line]})
        return card.with_lines(replaced)


def words(value: Sequence[str]) -> tuple[str, ...]:
    """The words as a card holds them: clean, each once."""
    return tuple(dict.fromkeys(word for word in map(clean, value) if word))
