"""A type of its own for every identity, so that none is taken for another."""

from typing import NewType

RecordId = NewType("RecordId", str)
"""What a replica calls one stored contact: a contact id in the hub, an item id in a spoke."""

Version = NewType("Version", str)
"""Another one for every other content of the record. Compared, never interpreted.

It may come back with the very content it had.
"""

Cursor = NewType("Cursor", str)
"""A place in a replica's change feed. Only the replica that made it can read it."""

LinkId = NewType("LinkId", str)
"""A link, and the mark inside the item it belongs to: 32 lower-case hex digits."""

AccountId = NewType("AccountId", str)
UserId = NewType("UserId", str)
TeamId = NewType("TeamId", str)
SpokeId = NewType("SpokeId", str)
RunId = NewType("RunId", str)
HoldId = NewType("HoldId", str)

Seal = NewType("Seal", str)
"""A keyed hash of a private value: tells whether it changed, and nothing else."""
