"""Values of one field in one cell, as Twinbook's own files hold them: typed, or as JSON.

What a person could type is written so (`typed`). What would come out otherwise then, as a
value with a comma in it does, is written as JSON. So nothing is lost, and a file can be edited.
"""

import re
from typing import Any, Final

import msgspec

from twinbook.formats import typed
from twinbook.model.contact import Address, Email, Messenger, Phone, WebPage
from twinbook.model.errors import Invalid

_TYPES: Final[dict[str, Any]] = {
    "emails": tuple[Email, ...],
    "phones": tuple[Phone, ...],
    "addresses": tuple[Address, ...],
    "web_pages": tuple[WebPage, ...],
    "messengers": tuple[Messenger, ...],
}
_WORDS: Final = tuple[str, ...]
_DECODERS: Final = {
    name: msgspec.json.Decoder(kind) for name, kind in (*_TYPES.items(), ("", _WORDS))
}
_BEGINNING: Final = re.compile(r"\s*\[")


def write_several(name: str, values: tuple[Any, ...]) -> str:
    """The values of a field as one cell, "" for none.

    >>> write_several("categories", ("Key", "large, old"))
    '["Key","large, old"]'
    """
    text = typed.write(name, values)
    try:
        is_same = not _BEGINNING.match(text) and typed.value(name, text, ()) == values
    except Invalid:
        is_same = False
    return text if is_same else msgspec.json.encode(values).decode()


def read_several(name: str, text: str) -> tuple[Any, ...]:
    """The values that `write_several` wrote, or that a person typed. Raises Invalid."""
    if not _BEGINNING.match(text):
        found: tuple[Any, ...] = typed.value(name, text, ())
        return found
    decoder = _DECODERS.get(name, _DECODERS[""])
    try:
        values: tuple[Any, ...] = decoder.decode(text)
    except (msgspec.MsgspecError, RecursionError, UnicodeEncodeError) as error:
        raise Invalid("It begins like a list and is none.") from error
    return values
