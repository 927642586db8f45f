"""What is known of one contact on both sides: what each showed, and what each shows."""

from dataclasses import dataclass
from typing import Any

from twinbook.model.fields import BY_NAME, FIELDS, Nature
from twinbook.model.link import Half
from twinbook.model.pair import Pair, Side
from twinbook.model.policy import Direction
from twinbook.model.record import Record
from twinbook.reconcile.derived import beyond_parts
from twinbook.reconcile.normal import (
    SHORTEST_TELLING,
    agreed,
    is_beginning,
    is_empty,
    prose,
    same,
)
from twinbook.reconcile.terms import Terms


@dataclass(frozen=True, slots=True)
class Facts:
    """One contact then and now. `adopted`: its item was the user's own before it was linked."""

    base: Pair[Half]
    seen: Pair[Record]
    terms: Terms
    owned: frozenset[str] = frozenset()
    adopted: bool = False

    def was(self, side: Side, name: str) -> Any:
        """What a side last showed in a field."""
        contact = self.base[side].contact
        return beyond_parts(name, contact) if self._derives(name) else getattr(contact, name)

    def now(self, side: Side, name: str) -> Any:
        """What a side shows in a field."""
        contact = self.seen[side].contact
        return beyond_parts(name, contact) if self._derives(name) else getattr(contact, name)

    def _derives(self, name: str) -> bool:
        """Whether the parts of a name say what there is to say, on both sides."""
        return BY_NAME[name].derived and all(self.seen[side].contact.derived_name for side in Side)

    def is_touched(self, name: str) -> bool:
        """Whether anything at all in a field is not as it was: most are, so this comes first."""
        before, now = self.base, self.seen
        return (
            getattr(before.hub.contact, name) != getattr(now.hub.contact, name)
            or getattr(before.spoke.contact, name) != getattr(now.spoke.contact, name)
            or before.spoke.seals.get(name) != now.spoke.seals.get(name)
        )

    def is_edited(self, side: Side, name: str) -> bool:
        """Whether somebody edited a field on a side since both last agreed."""
        stored = getattr(self.seen[side].contact, name) != getattr(self.base[side].contact, name)
        return stored and bool(self.now(side, name) != self.was(side, name))

    def is_changed(self, side: Side, name: str) -> bool:
        """Whether a person would say that a side shows something else than before."""
        return not same(name, self.was(side, name), self.now(side, name))

    def edited(self, name: str) -> list[Side]:
        """The sides on which a field was edited."""
        return [side for side in Side if self.is_edited(side, name)]

    def same(self, name: str) -> bool:
        """Whether a person would say that both sides show the same."""
        return same(name, self.now(Side.HUB, name), self.now(Side.SPOKE, name))

    def agreed(self, name: str) -> bool:
        """Whether the book's half of the base holds nothing but what the hub's half says."""
        return agreed(name, self.was(Side.HUB, name), self.was(Side.SPOKE, name))

    def unseen(self, side: Side, name: str) -> bool:
        """Whether a side shows what nobody on the other side ever saw (the drift rule)."""
        if self.is_edited(side, name) or is_empty(self.now(side, name)):
            return self.is_edited(side, name)
        if self.terms.restored:  # an old base proves nothing
            return True
        never_came = side is Side.HUB and is_empty(self.was(Side.SPOKE, name))
        return never_came or not self.agreed(name)

    def is_own(self, name: str) -> bool:
        """Whether a field's value in the book is its user's own, and always will be.

        A policy that says otherwise from now on does not open what was written before.
        """
        return (
            self.terms.direction(name) is Direction.OWN
            or name in self.owned
            or name in self.base.spoke.seals
        )

    def is_cut(self, name: str) -> bool:
        """Whether the book holds only the beginning of the hub's text."""
        if BY_NAME[name].nature not in (Nature.TEXT, Nature.PROSE):
            return False
        whole, part = self.was(Side.HUB, name), self.was(Side.SPOKE, name)
        limit = self.terms.shapes.spoke.lengths.get(name, SHORTEST_TELLING)
        return len(part) >= min(limit, SHORTEST_TELLING) and is_beginning(part, whole)

    def patched(self, name: str) -> str | None:
        """The hub's whole text with the edit made to its beginning; None if that isn't clear."""
        whole, part = prose(self.now(Side.HUB, name)), prose(self.was(Side.SPOKE, name))
        typed = prose(self.now(Side.SPOKE, name))
        if BY_NAME[name].nature is not Nature.PROSE or not typed or not whole.startswith(part):
            return None
        return typed + whole[len(part) :]

    def tells_when(self, names: frozenset[str]) -> bool:
        """Whether the item's time is that of these fields: it says when *anything* changed."""
        before, after = self.base.spoke, self.seen.spoke
        return before.seals == after.seals and all(
            row.name in names
            or getattr(before.contact, row.name) == getattr(after.contact, row.name)
            for row in FIELDS
        )
