"""Where an element belongs: contexts, features, and the words that only vCard has.

A kind is a set of vCard's TYPE tokens, as in `twinbook.formats.vcard.quirks`, so that both
formats know the same kinds. RFC 9555 says which token is which context or feature; the
others stand in `vCardParams`, where it puts every TYPE that JSContact has no word for.

Sources: RFC 9553 sections 1.5.1 (contexts) and 2.3.3 (features), RFC 9555 sections 2.3.22
(TYPE) and 2.15.2 (vCardParams).
"""

from collections.abc import Iterable, Mapping
from enum import Enum
from typing import Any, Final, TypeVar

from twinbook.formats.jscontact.tree import Node, Wrong
from twinbook.formats.vcard.quirks import Kinds

K = TypeVar("K", bound=Enum)

CONTEXTS: Final = {"WORK": "work", "HOME": "private"}
FEATURES: Final = {
    "CELL": "mobile",
    "FAX": "fax",
    "MAIN": "main-number",
    "PAGER": "pager",
    "TEXTPHONE": "textphone",
    "VOICE": "voice",
}
PARAMS: Final = "vCardParams"
LABEL: Final = "x-ablabel"
_OF_CONTEXT: Final = {word: token for token, word in CONTEXTS.items()}
_OF_FEATURE: Final = {word: token for token, word in FEATURES.items()}


def said(kinds: Kinds[K], kind: K) -> dict[str, Any]:
    """The properties that say a kind.

    >>> from twinbook.formats.vcard.quirks import PHONES, PhoneKind
    >>> said(PHONES, PhoneKind.HOME_FAX)
    {'contexts': {'private': True}, 'features': {'fax': True}}
    >>> said(PHONES, PhoneKind.CAR)
    {'vCardParams': {'type': 'car'}}
    """
    tokens = kinds.writes[kind]
    others = [one.lower() for one in tokens if one not in CONTEXTS and one not in FEATURES]
    found: dict[str, Any] = {
        "contexts": {CONTEXTS[one]: True for one in tokens if one in CONTEXTS},
        "features": {FEATURES[one]: True for one in tokens if one in FEATURES},
        PARAMS: {"type": others[0]} if others else {},
    }
    return {name: value for name, value in found.items() if value}


def taken(node: Node, kinds: Kinds[K]) -> K:
    """The kind that an element says; what says nothing about it stays. Raises Wrong."""
    contexts = _tokens(node.words("contexts"), _OF_CONTEXT)
    features = _tokens(node.words("features"), _OF_FEATURE)
    types = {word: word.upper() for word in _types(node)}
    kind = kinds.of(frozenset({*contexts.values(), *features.values(), *types.values()}))
    meant = {token for tokens, one in kinds.rules if one is kind for token in tokens}
    meant |= {*kinds.writes[kind], "VOICE"}
    node.spend("contexts", [word for word, token in contexts.items() if token in meant])
    node.spend("features", [word for word, token in features.items() if token in meant])
    _keep_types(node, [word for word, token in types.items() if token not in meant])
    return kind


def _tokens(words: Iterable[str], known: Mapping[str, str]) -> dict[str, str]:
    return {word: known[word] for word in words if word in known}


def _types(node: Node) -> list[str]:
    params = node.object(PARAMS)
    value = params.held.get("type", [])
    several = [value] if isinstance(value, str) else value
    if not isinstance(several, list) or not all(isinstance(one, str) for one in several):
        raise Wrong(params.at("type"), "text, or a list of texts")
    return several


def _keep_types(node: Node, words: list[str]) -> None:
    params = node.object(PARAMS).held
    if words:
        params["type"] = words
    else:
        params.pop("type", None)
