"""Address books as they really are: they rewrite, lag, repeat themselves and act late."""

from dataclasses import dataclass, field, replace
from datetime import timedelta
from hashlib import sha256

from remotes import T_REQUEST, Model
from weather import CALM, OF_LISTS, OF_WRITES, STATISTICS, Fault, Storm

from twinbook.formats import stored
from twinbook.model.errors import SignInNeeded, Throttled, Unavailable
from twinbook.model.ids import Cursor, RecordId
from twinbook.model.record import Announced, Delta, Gone, Record
from twinbook.ports import Create, Doubt, Exists, Missing, Refused
from twinbook.replicas.memory import MemoryReplica


@dataclass
class Place(MemoryReplica):
    """One user's book on a server, with the weather between it and us."""

    company: object = None
    storm: Storm = field(default_factory=lambda: CALM)
    lag: float = 0.0  #: how old its answers are at the moment
    model: Model = field(default_factory=Model)
    skew: float = 0.0  #: seconds that its clock is ahead of ours
    hands_off: dict = field(default_factory=dict)  #: items that nobody but their user may touch
    spellings: list = field(default_factory=list)  #: how it rewrote before it was upgraded
    past: list = field(default_factory=list)  #: (time, item, record or None), in order
    late: list = field(default_factory=list)  #: given-up requests that will still act
    untold: set = field(default_factory=set)  #: what a list lacked that will not come again
    kept_out: set = field(default_factory=set)  #: what shall not become the company's
    acts_at: object = None  #: while one of them does, when it does
    written: int = 0  #: changes that the engine made
    made_by_us: list = field(default_factory=list)  #: items that the engine created

    # requests

    def _weather(self, writes=False):
        """Let the next request meet its fault; whether its answer is lost."""
        self.let_late_ones_act()
        fault, number = self.storm.next_fault()
        self.number = number
        if self.model.restless and self.storm is not CALM and self.storm.requests % 3 == 2:
            self._stir(self.storm.requests)
        if fault is not None and (writes or fault not in OF_WRITES) and fault not in OF_LISTS:
            STATISTICS[fault.name] += 1
        match fault:
            case Fault.CRASH:
                self.storm.die()
            case Fault.THROTTLED:
                raise Throttled("a pause, please")
            case Fault.REFUSED:
                raise SignInNeeded(self.name)
            case Fault.LOST:
                raise Unavailable("the request is lost")
            case Fault.UNDONE | Fault.LATE if not writes:
                raise Unavailable("the request is lost")
            case Fault.USER:
                self.company.user_acts(self.name, number)
            case Fault.HUB:
                self.company.somebody_acts(number)
            case Fault.OTHER:
                self.company.meanwhile(self.name, number)
            case Fault.STALL if not writes:
                self.company.stall(self.name)
        return fault

    def _answer(self, fault):
        if fault is Fault.DIED:
            self.storm.die()
        if fault in (Fault.SILENT, Fault.DOUBTED):
            raise Unavailable("the answer is lost")

    def let_late_ones_act(self):
        """What was given up acts at its own time, not only when somebody looks."""
        now = self.company.clock.time
        due, self.late = self.late, []
        for at, change in due:
            if at > now:
                self.late.append((at, change))
            else:
                STATISTICS["late requests that acted"] += 1
                self.acts_at = at
                self._made(change)
        self.acts_at = None

    def _now(self):
        return self.acts_at or self.company.clock.time

    def changes(self, since):
        fault = self._weather()
        try:
            pages = self._changes(since, fault)
        finally:
            self._answer(fault)  # that a cursor has expired may get lost on the way, too
        for number, page in enumerate(pages):
            if number:
                self._answer(self._weather())
            yield page

    def _changes(self, since, fault):
        start = self._position(since)
        seen = self._visible()
        visible = len([1 for at, _, _ in self.past if at <= self._horizon()])
        cursor = Cursor(str(max(visible, start)))
        complete = since is None or self.model.listing
        if complete:
            here, gone = self._listed(list(seen.values()), fault), []
            self.untold |= set() if self.model.listing else seen.keys() - {one.id for one in here}
        else:
            touched = list(dict.fromkeys(item for _, item, _ in self.past[start:visible]))
            here = [seen[id] for id in touched if id in seen]
            gone = [id for id in touched if id not in seen]
            here = self._repeated(here, start)
        self.untold -= {one.id for one in here}
        told, page = [self._announced(one) for one in here], self.model.page
        return [
            Delta(
                cursor=cursor,
                announced=tuple(told[first : first + page]),
                removed=tuple(gone[first : first + page]),
                complete=complete,
            )
            for first in range(0, max(len(told), len(gone), 1), page)
        ]

    def _listed(self, everything, fault):
        """A whole listing, or what is left of it."""
        if fault in OF_LISTS:
            STATISTICS[fault.name] += 1
        match fault:
            case Fault.HALF:
                return everything[self.number % 2 :: 2]
            case Fault.EMPTY:
                return []
        return everything

    def _repeated(self, here, start):
        """News with what else the server tells: old news, and states on the way to the new."""
        if not self.model.replays:
            return here
        old = [one for _, id, one in self.past[:start] if one is not None and id in self.records]
        again = [self.records[one.id] for one in old[-2:] if one.id in self._visible()]
        earlier = [
            one
            for record in here
            for _, id, one in self.past
            if id == record.id and one is not None and one.version != record.version
        ]
        STATISTICS["announcements told again"] += len(again) + len(earlier[-2:])
        return [*again, *earlier[-2:], *here]

    def _announced(self, one):
        if self.model.bare:
            return Announced(id=one.id, version=one.version)
        return Announced(id=one.id, version=one.version, mark=one.mark, record=one)

    def read(self, ids):
        fault = self._weather()
        there = self._visible() if self.model.stale else self.records
        found = {id: there.get(id, Gone(id)) for id in ids}
        STATISTICS["stale reads"] += sum(found[id] != self.records.get(id, Gone(id)) for id in ids)
        self._answer(fault)
        return found

    def find(self, marks):
        fault = self._weather()
        found = self._find(marks)
        self._answer(fault)
        return found

    def _find(self, marks):
        wanted, found = set(marks), {}
        for record in self._visible().values():
            if record.mark in wanted:
                found.setdefault(record.mark, record)
        return found

    def resembling(self, keys):
        fault = self._weather()
        now, self.records = self.records, self._visible()
        try:
            found = super().resembling(keys)
        finally:
            self.records = now
        self._answer(fault)
        return found

    def write(self, changes, cause):
        for change in changes:
            fault = self._weather(writes=True)
            if fault is Fault.UNDONE:
                yield Doubt("no usable answer")
                continue
            if fault is Fault.LATE:
                delay = timedelta(seconds=T_REQUEST if self.settles_after else 0)
                self.late.append((self.company.clock.time + delay * 0.9, change))
                if not self.settles_after:
                    self.let_late_ones_act()
                raise Unavailable("given up")
            if fault is Fault.FORBIDDEN:
                yield Refused("it is not allowed here")
                continue
            outcome = self._made(change)
            # A server that can't see the first creation yet makes a second one (N9).
            if fault is Fault.TWICE and not (self.lag and isinstance(change, Create)):
                again = self._made(change)
                outcome = again if self.number % 2 else outcome
                if isinstance(outcome, Missing):  # as if its user had been faster
                    self.company.doubt_removal(self.name, change.id)
            if fault is Fault.DOUBTED:
                yield Doubt("no usable answer")
                continue
            self._answer(fault)
            yield outcome

    def _made(self, change):
        self.company.ledger.check_hands_off(self, change)
        before = len(self.past)
        outcome = self.carry_out(change)
        if len(self.past) > before:
            self.written += 1
        if isinstance(change, Create) and not isinstance(outcome, Exists):
            self.made_by_us.append(outcome.record.id)
        return outcome

    def _create(self, change):
        found = self._find([change.mark])  # no server promises more than its own lists show
        if change.mark in found:
            return Exists(found[change.mark].id)
        before = self.find
        self.find = lambda marks: {}
        try:
            return super()._create(change)
        finally:
            self.find = before

    # what lists show

    def _horizon(self):
        return self.company.clock.time - timedelta(seconds=self.lag)

    def _visible(self) -> dict[RecordId, Record]:
        if not self.lag:
            return self.records
        seen, horizon = {}, self._horizon()
        for at, id, record in self.past:
            if at > horizon:
                break
            if record is None:
                seen.pop(id, None)
            else:
                seen[id] = record
        return seen

    # what happens to items

    def put(self, contact, *, id=None, mark=None):
        record = super().put(contact, id=id, mark=mark)
        record = replace(record, edited_at=self._own_time())
        if self.model.by_content:
            content = sha256(stored.dump(record.contact)).hexdigest()
            record = replace(record, version=f"{content[:16]} {mark or ''}")
        self.records[record.id] = record
        self.past.append((self._now(), record.id, record))
        if self.spellings:  # nobody can tell its new spelling from its user's
            self.company.ledger.only_seen(record.contact)
        return record

    def _own_time(self):
        return self._now() + timedelta(seconds=self.skew)

    def _stir(self, number):
        """Give an item another version, and nothing else."""
        if items := sorted(self.records):
            record = self.records[items[number % len(items)]]
            self.log.append(record.id)
            record = replace(record, version=f"s{len(self.log)}")
            self.records[record.id] = record
            self.past.append((self._now(), record.id, record))
            STATISTICS["versions changed without content"] += 1

    def upgrade(self, rewrite):
        """From now on the server spells another way; what it holds stays as it is."""
        self.spellings.append(self.rewrite)
        self.rewrite = rewrite

    def drop(self, id):
        super().drop(id)
        self.past.append((self._now(), id, None))

    def rename(self, id):
        if not self.records[id].mark:
            self.company.lose_sight_of(self.name, self.records[id])
        new = super().rename(id)
        now = self._now()
        self.past += [(now, id, None), (now, new, self.records[new])]
        if id in self.hands_off:
            self.hands_off[new] = self.hands_off.pop(id)
        return new

    def forget_cursors(self):
        self.oldest = len(self.past) + 1
        self.past.append((self._now(), RecordId("(expired)"), None))
        self.log.append(RecordId("(expired)"))

    def go_back(self, backup):
        now = self._now()
        versions = len(self.log)
        self.late.clear()
        for id in self.records.keys() - backup.keys():
            self.past.append((now, id, None))
        self.records = {
            id: replace(record, version=f"r{versions}-{record.version}")
            for id, record in backup.items()
        }
        self.past += [(now, id, record) for id, record in self.records.items()]
        self.forget_cursors()

    def _position(self, since):
        if since is None:
            return 0
        if int(since) < self.oldest or int(since) > len(self.past):
            from twinbook.model.errors import CursorExpired  # noqa: PLC0415 - of this story alone

            raise CursorExpired(since)
        return int(since)
