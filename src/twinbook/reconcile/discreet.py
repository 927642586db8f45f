"""What of a value may be told, to whoever reads plans, reports and the history.

An item that Twinbook linked by itself was its user's own before, and all that he did not
edit since still is (rule 0.1): nobody else may read it, not even as a value that gave way.
"""

from collections.abc import Iterable, Iterator
from typing import Any

from twinbook.model.fields import BY_NAME, Nature
from twinbook.model.pair import Pair, Side
from twinbook.model.plan import Edit, Lost
from twinbook.reconcile.facts import Facts
from twinbook.reconcile.normal import agreed, as_text, is_empty, is_rewritten

OWN = "(the user's own value)"
CLEARED = "(cleared)"


def is_private(facts: Facts, name: str, value: Any) -> bool:
    """Whether a value that the item shows is its user's alone."""
    if facts.is_own(name):
        return True
    before = Pair.each(lambda side: getattr(facts.base[side].contact, name))
    if not facts.adopted or is_empty(value) or value != before.spoke:
        return False
    known = (before.hub, getattr(facts.seen.hub.contact, name))
    return not any(agreed(name, one, value) for one in known)


def told(facts: Facts, side: Side, name: str, value: Any) -> str:
    """A value of one side as text, without what is private in it."""
    if side is Side.HUB:
        return as_text(name, value)
    if BY_NAME[name].nature in (Nature.VALUES, Nature.WORDS) and not facts.is_own(name):
        return as_text(name, tuple(_public(facts, name, value)))
    return OWN if is_private(facts, name, value) else as_text(name, value)


def _public(facts: Facts, name: str, elements: Iterable[Any]) -> Iterator[Any]:
    return (one for one in elements if not is_private_element(facts, name, one))


def is_private_element(facts: Facts, name: str, element: Any) -> bool:
    """Whether an element is the user's alone: it was there before, and the hub has none like it."""
    if not facts.adopted or element not in facts.was(Side.SPOKE, name):
        return False
    known = (*facts.was(Side.HUB, name), *facts.now(Side.HUB, name))
    return not any(is_rewritten(name, one, element) for one in known)


def lost(facts: Facts, side: Side, name: str, value: Any) -> Lost:
    """The entry for a value that gives way, or for a clearing that does."""
    private = side is Side.SPOKE and is_private(facts, name, value)
    return Lost(name, side, as_text(name, value) or CLEARED, private)


def lost_element(facts: Facts, side: Side, name: str, element: Any, *, removed: bool) -> Lost:
    """The entry for an element that gives way, or for its removal."""
    private = side is Side.SPOKE and is_private_element(facts, name, element)
    text = as_text(name, (element,))
    return Lost(name, side, f"{CLEARED} {text}" if removed else text, private)


def edit(facts: Facts, side: Side, name: str, after: Any) -> Edit:
    """One field that changes on one side, for the preview and the report."""
    if side is Side.SPOKE and facts.is_own(name):
        return Edit(side, name, "", as_text(name, after))
    before = told(facts, side, name, getattr(facts.seen[side].contact, name))
    return Edit(side, name, before, told(facts, side, name, after))
