"""Halves of base pairs, stored once however many links share them."""

import hashlib
from collections.abc import Collection, Iterable, Mapping

import msgspec
import sqlalchemy as sa
from sqlalchemy import Connection

from twinbook.database.dialect import insert_missing
from twinbook.formats import stored
from twinbook.journal.tables import halves
from twinbook.model.link import Half

AT_ONCE = 500


def dump(half: Half) -> bytes:
    """The half as canonical bytes."""
    rest = msgspec.json.encode([half.tagged, dict(half.seals)], order="sorted")
    return rest + b"\n" + stored.dump(half.contact)


def load(body: bytes) -> Half:
    """The half that `dump` wrote."""
    rest, _, contact = body.partition(b"\n")
    tagged, seals = msgspec.json.decode(rest)
    return Half(contact=stored.load(contact), seals=seals, tagged=tagged)


def keep(connection: Connection, many: Iterable[Half]) -> list[bytes]:
    """Store halves; their hashes, in the same order."""
    bodies = [dump(half) for half in many]
    hashes = [hashlib.sha256(body).digest()[:16] for body in bodies]
    rows = dict(zip(hashes, bodies, strict=True))
    insert_missing(connection, halves, [{"hash": h, "body": b} for h, b in rows.items()])
    return hashes


def fetch(connection: Connection, hashes: Collection[bytes]) -> Mapping[bytes, Half]:
    """The halves by their hashes."""
    wanted = list(set(hashes))
    found: dict[bytes, Half] = {}
    for start in range(0, len(wanted), AT_ONCE):
        rows = connection.execute(_BY_HASH, {"hashes": wanted[start : start + AT_ONCE]})
        found |= {bytes(digest): load(bytes(body)) for digest, body in rows}
    return found


_BY_HASH = sa.select(halves.c.hash, halves.c.body).where(
    halves.c.hash.in_(sa.bindparam("hashes", expanding=True))
)
