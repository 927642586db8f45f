"""Address books as they really are: they rewrite, lag, lose answers and give up late."""

from dataclasses import dataclass, field, replace
from datetime import timedelta
from enum import Enum
from hashlib import sha256

from weather import CALM, STATISTICS, Fault, Storm

from twinbook.formats import stored
from twinbook.model.contact import Kind, Phone, PhoneKind
from twinbook.model.errors import SignInNeeded, Throttled, Unavailable
from twinbook.model.ids import Cursor, RecordId
from twinbook.model.record import Announced, Delta, Record
from twinbook.model.shape import Shape
from twinbook.ports import Create, Doubt, Exists
from twinbook.replicas.memory import MemoryReplica, as_given

T_VISIBLE, T_REQUEST = 10.0, 10.0  #: how old a list may be; how late a request may act
LOUD = ("given", "surname", "nickname", "job_title", "department")


def loud(contact):
    """A server that shouts, cuts at 14 characters and writes numbers in digits."""
    texts = {name: getattr(contact, name).upper()[:14] for name in LOUD}
    phones = tuple(replace(one, value=one.value.replace("+", "")) for one in contact.phones)
    return contact.but(**texts, phones=phones)


def plain(contact):
    """A server that knows no hyphens and no home numbers."""
    texts = {name: getattr(contact, name).replace("-", " ") for name in LOUD}
    phones = tuple(
        Phone(one.value, PhoneKind.OTHER if one.kind is PhoneKind.HOME else one.kind)
        for one in contact.phones
    )
    emails = tuple(replace(one, kind=Kind.OTHER) for one in contact.emails)
    return contact.but(**texts, phones=phones, emails=emails)


class Server(Enum):
    """A kind of server: how it spells, and how much it holds."""

    FAITHFUL = (as_given, Shape())
    LOUD = (loud, Shape(at_most={"phones": 2}))
    PLAIN = (plain, Shape(fields=Shape().fields - {"hobbies"}))


@dataclass
class Place(MemoryReplica):
    """One user's book on a server, with the weather between it and us."""

    company: object = None
    storm: Storm = field(default_factory=lambda: CALM)
    lag: float = 0.0  #: how old lists are at the moment
    listing: bool = False  #: always lists everything, as a folder does
    served: bool = False  #: names what is news and no more, and tells versions by the content
    past: list = field(default_factory=list)  #: (time, item, record or None), in order
    late: list = field(default_factory=list)  #: given-up requests that will still act
    written: int = 0  #: changes that the engine made
    made_by_us: list = field(default_factory=list)  #: items that the engine created

    # requests

    def _weather(self, writes=False):
        """Let the next request meet its fault; whether its answer is lost."""
        self._let_late_ones_act()
        fault, number = self.storm.next_fault()
        if fault is not None:
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

    def _let_late_ones_act(self):
        now = self.company.clock.time
        due, self.late = self.late, []
        for at, change in due:
            if at > now:
                self.late.append((at, change))
            else:
                STATISTICS["late requests that acted"] += 1
                self._made(change)

    def changes(self, since):
        fault = self._weather()
        try:
            pages = list(self._changes(since))
        finally:
            self._answer(fault)  # that a cursor has expired may get lost on the way, too
        yield from pages

    def _changes(self, since):
        start = self._position(since)
        seen = self._visible()
        visible = len([1 for at, _, _ in self.past if at <= self._horizon()])
        log = [item for _, item, _ in self.past[:visible]]
        cursor = Cursor(str(max(visible, start)))
        if since is None or self.listing:
            here, gone = list(seen.values()), ()
        else:
            touched = list(dict.fromkeys(log[start:]))
            here = [seen[id] for id in touched if id in seen]
            gone = tuple(id for id in touched if id not in seen)
        told = tuple(self._announced(one) for one in here)
        return [
            Delta(
                cursor=cursor, announced=told, removed=gone, complete=since is None or self.listing
            )
        ]

    def _announced(self, one):
        if self.served:
            return Announced(id=one.id, version=one.version)
        return Announced(id=one.id, version=one.version, mark=one.mark, record=one)

    def read(self, ids):
        fault = self._weather()
        found = super().read(ids)
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
                    self._let_late_ones_act()
                raise Unavailable("given up")
            outcome = self._made(change)
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
        record = replace(record, edited_at=self.company.clock.time)
        if self.served:
            content = sha256(stored.dump(record.contact)).hexdigest()
            record = replace(record, version=f"{content[:16]} {mark or ''}")
        self.records[record.id] = record
        self.past.append((self.company.clock.time, record.id, record))
        return record

    def drop(self, id):
        super().drop(id)
        self.past.append((self.company.clock.time, id, None))

    def rename(self, id):
        new = super().rename(id)
        now = self.company.clock.time
        self.past += [(now, id, None), (now, new, self.records[new])]
        return new

    def forget_cursors(self):
        self.oldest = len(self.past) + 1
        self.past.append((self.company.clock.time, RecordId("(expired)"), None))
        self.log.append(RecordId("(expired)"))

    def go_back(self, backup):
        now = self.company.clock.time
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
