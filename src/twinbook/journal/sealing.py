"""What only its user may ever read again: a removed item, a value that gave way in a book.

AES-256-GCM with a key that is kept outside the database; the place where it belongs is
part of the seal, so that a row can't be passed off as another.
"""

import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from twinbook.model.errors import DamagedData

_NONCE = 12


class Sealer:
    """Seals bytes and opens them again, with the installation's secret."""

    def __init__(self, secret: bytes) -> None:
        key = HKDF(SHA256(), 32, salt=None, info=b"twinbook undo images").derive(secret)
        self._cipher = AESGCM(key)

    def seal(self, body: bytes, place: str) -> bytes:
        """The sealed bytes; `place` has to be named again to open them."""
        nonce = os.urandom(_NONCE)
        return nonce + self._cipher.encrypt(nonce, body, place.encode())

    def open(self, sealed: bytes, place: str) -> bytes:
        """The bytes that were sealed. Raises DamagedData with another key or place."""
        try:
            return self._cipher.decrypt(sealed[:_NONCE], sealed[_NONCE:], place.encode())
        except InvalidTag as error:
            raise DamagedData(
                "A sealed value can't be opened: the key file is not the one it was sealed with. "
                "Put the right secret.key back into the data directory."
            ) from error
