"""What two records of the same person are likely to share."""

from dataclasses import dataclass
from enum import Enum


class KeyKind(Enum):
    """What a key is made of, the most telling first."""

    EMAIL = "email"  #: a normalised mailbox
    PHONE = "phone"  #: a normalised number with the folded surname
    NAME = "name"  #: the folded full name with the folded company


@dataclass(frozen=True, slots=True)
class Key:
    """A normalised value; `twinbook.reconcile.match.keys_of` makes them."""

    kind: KeyKind
    value: str
