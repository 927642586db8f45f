"""One record of a file, whatever kind of file it is, and what became of it."""

from dataclasses import dataclass, replace
from enum import Enum
from functools import cached_property
from hashlib import blake2b

from twinbook.crm.origins import Origin
from twinbook.formats import stored
from twinbook.model.contact import Contact
from twinbook.model.ids import RecordId


@dataclass(frozen=True)
class Found:
    """A record as it stands in a file: a card, a line of a table."""

    number: int  #: of the card in the file, or of the line
    person: Contact
    uid: str = ""  #: of a card, as a mark
    source: str = ""  #: the system whose `id` it has
    id: str = ""  #: in that system, "" if the file tells none
    account: str = ""  #: the company whose people it belongs to, by name
    owner: str = ""  #: a user's e-mail address or name
    active: bool = True
    photo: bytes | None = None
    leftover: bytes = b""  #: what no field holds
    remarks: tuple[str, ...] = ()  #: what was left out of it, in sentences without values

    def but(self, **changes: object) -> "Found":
        """This record with some parts replaced."""
        return replace(self, **changes)  # type: ignore[arg-type]

    @cached_property
    def body(self) -> bytes:
        """A digest of the person's details."""
        return _digest(stored.dump(self.person))

    @cached_property
    def origin(self) -> Origin:
        """By what it is known when it is imported again."""
        texts = (self.account, self.owner, str(self.active))
        said = _digest(self.body, self.leftover, *(one.encode() for one in texts))
        if self.id:
            return Origin(_digest(b"id", self.source.encode(), self.id.encode()), said)
        if self.uid:
            return Origin(_digest(b"uid", self.uid.encode(), self.body), said)
        return Origin(_digest(b"said", said), said)


def _digest(*parts: bytes) -> bytes:
    whole = blake2b(digest_size=16)
    for part in parts:
        whole.update(len(part).to_bytes(4))
        whole.update(part)
    return whole.digest()


class Fate(Enum):
    """What becomes of a record."""

    NEW = "new"
    FILLED = "filled"  #: a contact of the hub has gained what it lacked
    SAME = "same"  #: the hub has it already
    ALIKE = "alike"  #: it looks like a contact of the hub, or an earlier record
    BROKEN = "broken"  #: it can't be read, says nothing, or lacks what the company demands


class OnMatch(Enum):
    """What becomes of a record that looks like a contact of the hub."""

    SKIP = "skip"  #: it is left out, and named
    LINK = "link"  #: the contact gains what it lacks; nothing of it is replaced
    CREATE = "create"  #: it becomes a contact of its own


@dataclass(frozen=True, slots=True)
class Taken:
    """One record of a file and what became of it."""

    number: int
    fate: Fate
    name: str = ""
    reason: str = ""  #: why it was left out, or not taken whole
    contact: RecordId | None = None  #: the contact that was made, or that was there
    found: Found | None = None  #: what is to be stored
    fills: int = 0  #: the earlier record of the same page that it completes

    def told(self) -> "Taken":
        """The same without the record's content, which need not be kept."""
        return replace(self, found=None) if self.found is not None else self
