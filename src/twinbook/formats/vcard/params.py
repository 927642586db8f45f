"""Parameters of a line: set one, take one off, say a kind; all others stay as they are."""

from typing import Any

from twinbook.formats.vcard.card import Card
from twinbook.formats.vcard.lines import Head, Param, param
from twinbook.formats.vcard.quirks import Kinds


def with_param(head: Head, name: str, value: str) -> Head:
    """The head with this parameter, in its place if it is there; without it if value is ""."""
    if (head.get(name) or "") == value:
        return head
    made = (param(name, value),) if value else ()
    at = next((n for n, one in enumerate(head.params) if one.name == name), len(head.params))
    others = [(n, one) for n, one in enumerate(head.params) if one.name != name]
    before = tuple(one for n, one in others if n < at)
    behind = tuple(one for n, one in others if n > at)
    return head._replace(params=(*before, *made, *behind))


def without_params(head: Head, names: frozenset[str]) -> Head:
    """The head without these parameters."""
    return head._replace(params=tuple(one for one in head.params if one.name not in names))


def is_preferred(head: Head) -> bool:
    """Whether the line is the preferred one of its kind, in the way of any version."""
    return "PREF" in head.types or (head.get("PREF") or "").strip() == "1"


def with_preference(head: Head, element: Any, card: Card) -> Head:
    """The head saying whether its element is preferred, in the way of the card's version."""
    if not element.preferred:
        head = without_tokens(head, frozenset({"PREF"}))
        return with_param(head, "PREF", "") if (head.get("PREF") or "").strip() == "1" else head
    if is_preferred(head):
        return head
    if card.version == "4.0":
        return with_param(head, "PREF", "1")
    return _add_tokens(head, ("PREF",), card, len(head.params))


def with_tokens(head: Head, kinds: Kinds[Any], kind: Any, card: Card) -> Head:
    """The head saying this kind; tokens that say nothing about a kind stay."""
    at = next((n for n, one in enumerate(head.params) if one.name == "TYPE"), len(head.params))
    bare = without_tokens(head, kinds.tokens)
    return _add_tokens(bare, kinds.writes[kind], card, min(at, len(bare.params)))


def _add_tokens(head: Head, tokens: tuple[str, ...], card: Card, at: int) -> Head:
    if not tokens:
        return head
    spelled = tuple(one.lower() if card.version == "4.0" else one for one in tokens)
    if card.old:
        made = tuple(Param("", (one,), one) for one in spelled)
    else:
        made = (Param("TYPE", spelled, f"TYPE={','.join(spelled)}"),)
    types = head.types | frozenset(tokens)
    return head._replace(params=(*head.params[:at], *made, *head.params[at:]), types=types)


def without_tokens(head: Head, tokens: frozenset[str]) -> Head:
    """The head without these TYPE tokens, however they are spelled."""
    params = tuple(
        kept
        for one in head.params
        if (kept := _without(one, tokens) if one.name in ("", "TYPE") else one)
    )
    return head._replace(params=params, types=head.types - tokens)


def _without(one: Param, tokens: frozenset[str]) -> Param | None:
    held = [word for value in one.values for word in value.split(",")]
    kept = [word for word in held if word.upper() not in tokens]
    if kept == held:
        return one
    if not kept:
        return None
    name = one.raw.partition("=")[0]
    return Param(one.name, tuple(kept), f"{name}={','.join(kept)}")
