"""What was changed of one element of a field, and how that is done to another one."""

from collections.abc import Mapping
from dataclasses import fields, replace
from typing import Any

from twinbook.model.contact import Address
from twinbook.model.pair import Pair, Side
from twinbook.reconcile.normal import key_of

Edits = Mapping[str, Any]
"""The attributes of an element that were changed, with their new values."""

TRAITS = frozenset({"kind", "label", "preferred"})
"""What an element is called, as opposed to what it says."""


def edits_of(was: Any, new: Any) -> Edits:
    """The attributes in which an element differs from what it was.

    A postal address is one unit: a street of one and a town of another would be nowhere.
    """
    if isinstance(new, str):
        return {} if was == new else {"value": new}
    names = [one.name for one in fields(new)]
    changed = {name for name in names if getattr(was, name) != getattr(new, name)}
    if isinstance(new, Address) and changed - TRAITS:
        changed |= set(names) - TRAITS
    return {name: getattr(new, name) for name in names if name in changed}


def overlay(edits: Edits, onto: Any) -> Any:
    """An element with some of its attributes changed."""
    if isinstance(onto, str):
        return edits.get("value", onto)
    return replace(onto, **edits)


def replaces(edits: Edits) -> bool:
    """Whether edits touch what an element says."""
    return bool(edits.keys() - TRAITS)


def named(element: Any) -> Edits:
    """What an element is called, as if somebody had just named it so."""
    if isinstance(element, str):
        return {}
    return {"kind": element.kind, "label": element.label}


def is_changed(name: str, was: Any, new: Any) -> bool:
    """Whether a person would say that an element is another one now, or is called otherwise."""
    return key_of(name, was) != key_of(name, new) or named(was) != named(new)


def without_spelling(name: str, edits: Pair[Edits], was: Pair[Any], new: Pair[Any]) -> Pair[Edits]:
    """Both sides' edits, but for a new spelling where the other side has a new value."""
    moved = Pair.each(lambda side: key_of(name, was[side]) != key_of(name, new[side]))

    def real(side: Side) -> Edits:
        if moved[side] or not moved[side.other]:
            return edits[side]
        return {trait: value for trait, value in edits[side].items() if trait in TRAITS}

    return Pair.each(real)
