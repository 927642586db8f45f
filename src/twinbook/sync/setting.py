"""All that one cycle works with: one spoke, the hub, the journal, and the rules."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from twinbook.model.cause import Cause
from twinbook.model.contact import Photo
from twinbook.model.fields import own_fields
from twinbook.model.ids import Cursor, LinkId, RecordId, RunId
from twinbook.model.keys import Key
from twinbook.model.pair import Pair, Side
from twinbook.model.record import Delta, Gone, Record, Trouble
from twinbook.model.shape import Shape
from twinbook.model.spoke import Role, Spoke
from twinbook.ports import Change, Clock, Ended, Journal, Outcome, Replica
from twinbook.reconcile.private import withhold
from twinbook.reconcile.terms import Terms


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """One spoke in its surroundings, for the time of one run."""

    spoke: Spoke
    replicas: "Pair[Counted]"
    journal: Journal
    clock: Clock
    secret: bytes  #: seals private values; known to this installation only
    terms: Terms
    run: RunId

    @property
    def cause(self) -> Cause:
        """The origin of whatever this cycle writes: the book's user, through the book."""
        return Cause(actor=self.spoke.user, channel=self.spoke.name, run=self.run)

    @property
    def tag(self) -> str:
        """The category that linked items carry here, "" for none."""
        return self.terms.tag

    def see(self, record: Record) -> Record:
        """An item as the engine may know it: private values sealed, our category apart."""
        if self.spoke.role is Role.CRM:
            return record
        return withhold(record, own_fields(self.terms.policy), self.secret, self.tag)

    def may_show(self, ended: Ended) -> bool:
        """Whether lists may still show the item of a link that is no more."""
        patience = timedelta(seconds=self.replicas.spoke.shows_after)
        return self.clock.now() < ended.at + patience

    def under(self, terms: Terms) -> "Setting":
        """This setting with other rules."""
        return replace(self, terms=terms)

    def read(self, side: Side, ids: Collection[RecordId]) -> Mapping[RecordId, Record | Gone]:
        """Records as they are now, items with their private values sealed."""
        found = self.replicas[side].read(ids) if ids else {}
        if side is Side.HUB:
            return found
        return {
            id: self.see(record) if isinstance(record, Record) else record
            for id, record in found.items()
        }


class Counted:
    """A replica that counts how often it is asked, and what it could not understand."""

    def __init__(self, replica: Replica) -> None:
        self._replica = replica
        self.requests = 0
        self.troubles: dict[RecordId, Trouble] = {}

    @property
    def shape(self) -> Shape:
        return self._replica.shape

    @property
    def settles_after(self) -> float:
        return self._replica.settles_after

    @property
    def shows_after(self) -> float:
        return self._replica.shows_after

    def changes(self, since: Cursor | None) -> Iterator[Delta]:
        for page in self._replica.changes(since):
            self.requests += 1
            yield page

    def read(self, ids: Collection[RecordId]) -> Mapping[RecordId, Record | Gone]:
        """What could be read; the rest is among the troubles."""
        self.requests += 1
        found: dict[RecordId, Record | Gone] = {}
        for id, record in self._replica.read(ids).items():
            if isinstance(record, Trouble):
                self.troubles[id] = record
            else:
                found[id] = record
        return found

    def find(self, marks: Collection[LinkId]) -> Mapping[LinkId, Record]:
        self.requests += 1
        return self._replica.find(marks)

    def resembling(self, keys: Collection[Key]) -> Mapping[Key, Sequence[Record]]:
        self.requests += 1
        return self._replica.resembling(keys)

    def write(self, changes: Sequence[Change], cause: Cause) -> Iterator[Outcome]:
        for outcome in self._replica.write(changes, cause):
            self.requests += 1
            yield outcome

    def photo(self, id: RecordId, photo: Photo) -> bytes | None:
        self.requests += 1
        return self._replica.photo(id, photo)

    def close(self) -> None:
        self._replica.close()
