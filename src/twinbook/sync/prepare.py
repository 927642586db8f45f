"""The first half of a step: the hub's part, and the intent of what will be sent to the spoke.

Everything in here happens inside one transaction. When it is kept, either the step is
complete, or all that is needed to complete or recover it is on disk.
"""

from dataclasses import dataclass, replace

from twinbook.model.contact import Contact
from twinbook.model.ids import LinkId, RecordId
from twinbook.model.intent import Done, Intent
from twinbook.model.link import NOTHING_YET, Half, Link, LinkState
from twinbook.model.pair import Pair, Side
from twinbook.model.plan import Act, Drop, Put, Step, Write
from twinbook.model.record import Record
from twinbook.ports import (
    Change,
    Create,
    Exists,
    Outcome,
    Refused,
    Remove,
    Removed,
    Transaction,
    Update,
    Written,
    recheck,
)
from twinbook.reconcile.merge import merge
from twinbook.sync.bases import agreed, half_way, link_of, shown
from twinbook.sync.drafts import change_of, done_of, intent_of, number_of
from twinbook.sync.setting import Setting

LINKING = (Act.LINK, Act.PROMOTE, Act.UPDATE, Act.RELINK)
ENDING = (Act.REMOVE, Act.RELEASE, Act.FORGET)


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """A step whose hub part is done. `change` is what has to be sent, if anything."""

    step: Step
    done: Done
    operation: str = ""
    intent: Intent | None = None
    change: Change | None = None


class Overtaken(Exception):
    """Somebody was faster: a side no longer shows what the step was planned on."""


class Declined(Exception):
    """The hub will never take what a step wants to write; `reason` is for a person."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def prepare(step: Step, photos: Pair[bytes | None], setting: Setting, tx: Transaction) -> Prepared:
    """Do the hub's part of a step and note what is about to be sent to the spoke.

    Raises Overtaken if the hub changed since the step was planned, Declined if it will
    never take the step.
    """
    return _Preparation(step, photos, setting, tx).run()


class _Preparation:
    """One step at its beginning."""

    def __init__(
        self, step: Step, photos: Pair[bytes | None], setting: Setting, tx: Transaction
    ) -> None:
        self.step, self.photos, self.setting, self.tx = step, photos, setting, tx
        self.link = step.link or step.mark or LinkId(setting.clock.new_id())

    def run(self) -> Prepared:
        hub = self._write_hub()
        contact = self.step.contact or (hub.id if hub is not None else None)
        assert contact is not None  # noqa: S101 - only a promotion has none, and it writes the hub
        for lost in self.step.lost:
            self.tx.lose(contact, lost, self.setting.cause)
        if self.step.lift:
            self.tx.unearth(contact)
        done = done_of(self.step, self.link, contact, hub, self.setting)
        if self.step.writes_to(Side.SPOKE):
            return self._announce(contact, hub, done)
        self._finish(contact, hub)
        self.tx.note(self.setting.run, done)
        return Prepared(step=self.step, done=done)

    # the hub

    def _write_hub(self) -> Record | None:
        """The hub's record after its part of the step; None where it was removed or erased."""
        seen = self.step.seen.hub
        match self.step.writes.hub:
            case Put(contact, fields, revive):
                return self._put(seen, contact, fields, revive=revive)
            case Drop():
                assert seen is not None  # noqa: S101 - what was erased can't be deactivated
                outcome = self.tx.store(
                    Remove(id=seen.id, expected=seen.version), self.setting.cause
                )
                return None if isinstance(outcome, Removed) else _record(outcome)
            case _:
                return seen

    def _put(
        self, seen: Record | None, contact: Contact, fields: frozenset[str], *, revive: bool
    ) -> Record:
        change: Change
        if seen is None:
            change = Create(
                contact=contact,
                mark=self.link,
                photo=self.photos.hub,
                owner=self.setting.spoke.user,
                account=self.step.account,
            )
        else:
            change = Update(
                id=seen.id,
                expected=seen.version,
                contact=contact,
                fields=fields,
                photo=self.photos.hub,
                revive=revive,
                account=self.step.account,
            )
        return _record(self.tx.store(change, self.setting.cause))

    # the spoke

    def _announce(self, contact: RecordId, hub: Record | None, done: Done) -> Prepared:
        intent = intent_of(self.step, self.link, contact, hub, self.setting).but(done=done)
        if self.step.act in LINKING and intent.item is not None:
            self.tx.save(self._half_way(intent, hub), new=self.step.act is not Act.UPDATE)
        operation, intent = self.tx.intend(intent)
        return Prepared(
            step=self.step,
            done=replace(done, link=intent.link),
            operation=operation,
            intent=intent,
            change=change_of(self.step, intent, self.photos.spoke, self.setting.tag),
        )

    def _half_way(self, intent: Intent, hub: Record | None) -> Link:
        item = self.step.seen.spoke
        assert item is not None  # noqa: S101 - a link to be made or updated has its item
        now = Pair(shown(hub), Half.of(item))
        told, pending = (_fields(self.step.writes[side]) for side in Side)
        base = half_way(intent.base, now, told, pending, self._carried(item, told & pending))
        link = link_of(intent, self.setting, base, item.id, item.version)
        return link.but(whole=intent.base is None)

    def _carried(self, item: Record, contested: frozenset[str]) -> Contact:
        """What the hub would show, had nothing but the item been edited."""
        base = self.step.base or Pair(NOTHING_YET, replace(NOTHING_YET, seals=item.seals))
        hub = self.step.seen.hub
        if not contested or hub is None:
            return base.hub.contact
        seen = Pair(hub.but(contact=base.hub.contact), item)
        return merge(base, seen, self.setting.terms, owned=self.step.owned).wanted.hub

    # steps without a write to the spoke

    def _finish(self, contact: RecordId, hub: Record | None) -> None:
        item = self.step.seen.spoke
        if self.step.tomb is not None:
            self.tx.bury(contact, self.step.tomb, self.setting.cause)
        if self.step.act is Act.RESTORE:
            if self.step.link is not None:
                self.tx.end(self.step.link, released=self.step.personal)
            self.tx.soil([recheck(contact)])
            return
        if self.step.act in ENDING:
            if self.step.link is not None:
                self.tx.end(self.step.link, released=False)
            if self.step.tomb is None and self.step.act is Act.FORGET:
                self.tx.soil([recheck(contact)])
                return
        elif item is not None:
            self._save(contact, hub, item)
        self.tx.clean(contact, number_of(hub or self.step.seen.hub))
        if self.step.again:
            self.tx.soil([recheck(contact)])

    def _save(self, contact: RecordId, hub: Record | None, item: Record) -> None:
        intent = intent_of(self.step, self.link, contact, hub, self.setting)
        base = agreed(self.step.base, Pair(shown(hub), Half.of(item)), self.step.frozen)
        link = link_of(intent, self.setting, base, item.id, item.version)
        frozen = self.step.act is Act.FREEZE
        self.tx.save(link.but(state=LinkState.FROZEN if frozen else LinkState.ALIVE))


def _fields(write: Write) -> frozenset[str]:
    return write.fields if isinstance(write, Put) else frozenset()


def _record(outcome: Outcome) -> Record:
    match outcome:
        case Written(record):
            return record
        case Exists(id):
            raise Overtaken(id)
        case Refused(reason):
            raise Declined(reason)
        case _:
            raise Overtaken
