"""Passwords and tokens of outside places, sealed in the database.

AES-256-GCM with a key from a file outside the database. The key's id and the row's name
are part of the seal, so that no row can be passed off as another.

Turning to a new key loses nothing at whatever moment it is broken off: the key is on the
disk before a row is sealed with it, all rows change in one transaction, and older keys go,
if at all, after it. Until then both open what they sealed.
"""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import Connection, Row

from twinbook.database import Database, dialect
from twinbook.database.schema import secrets
from twinbook.model.errors import DamagedData, NotFound
from twinbook.model.ids import SpokeId
from twinbook.users import keyring
from twinbook.users.keyring import Key, Ring

_NONCE = 12  #: bytes


def for_spoke(spoke: SpokeId) -> str:
    """The name of the secret by which a spoke's place is entered.

    >>> for_spoke(SpokeId("7f3a"))
    'spoke:7f3a'
    """
    return f"spoke:{spoke}"


@dataclass(frozen=True, slots=True)
class Vault:
    """Keeps secrets by name. Its keys are in `file`, which is read whenever one is needed."""

    file: Path

    @property
    def has_keys(self) -> bool:
        """Whether there is a key file, usable or not."""
        return keyring.is_there(self.file)

    def begin(self, connection: Connection) -> None:
        """Make a key file if there is none. What was sealed with a lost one stays closed."""
        dialect.take_vault_turn(connection)
        if not self.has_keys:
            keyring.write(self.file, keyring.begun())

    def put(self, connection: Connection, name: str, secret: str, at: datetime) -> None:
        """Keep a secret, in place of what was kept by that name. Raises DamagedData."""
        dialect.take_vault_turn(connection)
        _store(connection, keyring.read(self.file).newest, name, secret, at)

    def get(self, connection: Connection, name: str) -> str:
        """The secret of a name. Raises NotFound if there is none, DamagedData if it stays shut."""
        for row in _rows(connection, secrets.c.name == name):
            secret = _opened(keyring.read(self.file), row)
            if secret is None:
                raise self._shut(name)
            return secret
        raise NotFound(f"No password is kept for {name}. Give it anew.")

    def _shut(self, name: str) -> DamagedData:
        return DamagedData(
            f"The password for {name} can't be opened with the keys in {self.file}. Put the right "
            "key file back from its copy, or give the password anew."
        )

    def drop(self, connection: Connection, name: str) -> None:
        """Forget a secret; nothing happens if there is none."""
        dialect.take_vault_turn(connection)
        connection.execute(sa.delete(secrets).where(secrets.c.name == name))

    def names(self, connection: Connection) -> Sequence[str]:
        """What secrets are kept, by name."""
        return [row.name for row in _rows(connection)]

    def closed(self, connection: Connection) -> Sequence[str]:
        """The names of what no key in the file opens. Raises DamagedData without a usable file."""
        rows = _rows(connection)
        ring = keyring.read(self.file) if rows else None
        return [row.name for row in rows if ring is not None and _opened(ring, row) is None]

    def rotate(self, connection: Connection, at: datetime) -> int:
        """Seal everything with a new key; how many secrets that were.

        What can't be opened is left as it is: see `closed`. The older keys stay in the
        file, for older backups. Raises DamagedData.
        """
        dialect.take_vault_turn(connection)
        ring = keyring.read(self.file).renewed()
        # On the disk before anything depends on it.
        keyring.write(self.file, ring)
        opened = [(row.name, _opened(ring, row)) for row in _rows(connection)]
        known = [(name, secret) for name, secret in opened if secret is not None]
        for name, secret in known:
            _store(connection, ring.newest, name, secret, at)
        return len(known)

    def forget_old(self, database: Database) -> int:
        """Drop the older keys that no row is sealed with any more; how many that were.

        It looks in a transaction of its own: before a rotation is committed, the rows that
        would be there after a crash still need their old key.
        """
        with database.write() as connection:
            dialect.take_vault_turn(connection)
            ring = keyring.read(self.file)
            kept = ring.only({row.key_id for row in _rows(connection)})
            keyring.write(self.file, kept)
        return len(ring.keys) - len(kept.keys)


def _rows(connection: Connection, *conditions: sa.ColumnElement[bool]) -> Sequence[Row[Any]]:
    return connection.execute(
        sa.select(secrets).where(*conditions).order_by(secrets.c.name)
    ).fetchall()


def _store(connection: Connection, key: Key, name: str, secret: str, at: datetime) -> None:
    # Any text: a password from the environment may hold what is no UTF-8.
    body = secret.encode(errors="surrogatepass")
    nonce = os.urandom(_NONCE)
    sealed = nonce + AESGCM(key.secret).encrypt(nonce, body, _place(key, name))
    row = {"name": name, "key_id": key.id, "sealed": sealed, "at": at}
    dialect.upsert(connection, secrets, row)


def _opened(ring: Ring, row: Row[Any]) -> str | None:
    """The secret in a row, or None if no key of the ring opens it."""
    key = ring.named(row.key_id)
    if key is None:
        return None
    nonce, sealed = row.sealed[:_NONCE], row.sealed[_NONCE:]
    try:
        body = AESGCM(key.secret).decrypt(nonce, sealed, _place(key, row.name))
    except (InvalidTag, ValueError):  # ValueError: too short to be sealed by us
        return None
    return body.decode(errors="surrogatepass")


def _place(key: Key, name: str) -> bytes:
    return f"{key.id}\0{name}".encode()
