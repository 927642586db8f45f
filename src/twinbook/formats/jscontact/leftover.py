"""What no field holds, on its way through a Card of JSContact (RFC 9555, sections 2.15 and 3.2).

Members of a Card that nobody here understands are kept as properties `JSPROP`; properties of
a vCard that nobody here understands stand in `vCardProps`.
"""

from collections.abc import Mapping
from typing import Any

import msgspec

from twinbook.formats import vcard
from twinbook.formats.jscontact.beside import PROPS
from twinbook.formats.vcard.leftover import MEMBER


def leftover(rest: Mapping[str, Any]) -> tuple[bytes, int]:
    """What is to be kept of the `rest` of a Card, and how many members were too large."""
    members = ((name, msgspec.json.encode(value).decode()) for name, value in rest.items())
    return vcard.of_members(members)


def with_leftover(card: Mapping[str, Any], kept: bytes) -> dict[str, Any]:
    """The Card with all that a leftover says; what the Card says itself stays."""
    whole, props = dict(card), list(card.get(PROPS, ()))
    for spelled, parameter, text in vcard.texts(kept):
        value = _member(text) if spelled == MEMBER and parameter else None
        if value is not None and parameter != PROPS:
            whole.setdefault(parameter, value)
        elif isinstance(value, list):
            props += value
        else:
            named = {"name": parameter} if parameter else {}
            props.append([spelled.lower(), named, "unknown", text])
    return whole | ({PROPS: props} if props else {})


def _member(text: str) -> Any:
    """The value of a member; None if it is no JSON, as in a card that somebody else wrote."""
    try:
        return msgspec.json.decode(text)
    except (msgspec.DecodeError, RecursionError, UnicodeEncodeError):
        return None
