"""Contacts as canonical bytes, for the database and for content addresses.

Equal contacts give equal bytes: keys in order, nothing that is empty, text in
Unicode's composed form (NFC).
"""

import unicodedata
from typing import Any

import msgspec

from twinbook.model.contact import EMPTY, Contact
from twinbook.model.fields import FIELDS

_encoder = msgspec.json.Encoder(order="sorted")
_decoder = msgspec.json.Decoder(Contact)


def dump(contact: Contact) -> bytes:
    """The contact as canonical JSON in UTF-8.

    >>> dump(Contact(given="Ada", phones=()))
    b'{"given":"Ada"}'
    """
    filled: dict[str, Any] = {}
    for row in FIELDS:
        value = getattr(contact, row.name)
        if value != getattr(EMPTY, row.name):
            filled[row.name] = value
    text = _encoder.encode(filled).decode()
    if not unicodedata.is_normalized("NFC", text):
        text = unicodedata.normalize("NFC", text)
    return text.encode()


def load(body: bytes | str) -> Contact:
    """The contact that `dump` wrote. Raises ValueError for anything else."""
    try:
        return _decoder.decode(body)
    except (msgspec.MsgspecError, RecursionError) as error:
        raise ValueError("not a stored contact") from error
