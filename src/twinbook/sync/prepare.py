"""The first half of a step: the hub's part, and the intent of what will be sent to the spoke.

Everything in here happens inside one transaction. When it is kept, either the step is
complete, or all that is needed to complete or recover it is on disk.
"""

from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Any

from twinbook.model.contact import EMPTY, Contact
from twinbook.model.ids import LinkId, RecordId, Version
from twinbook.model.intent import Done, Intent, Request
from twinbook.model.link import NOTHING_YET, Half, Link, LinkState
from twinbook.model.pair import Pair, Side
from twinbook.model.plan import Act, Bring, Claim, Drop, Keep, Put, Release, Step
from twinbook.model.policy import Direction
from twinbook.model.record import Record
from twinbook.ports import (
    Change,
    Create,
    Exists,
    Outcome,
    Remove,
    Removed,
    Transaction,
    Update,
    Written,
    recheck,
)
from twinbook.ports import Release as ReleaseItem
from twinbook.reconcile.explain import name_of
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


class Overtaken(Exception):  # noqa: N818 - not an error: the step is planned again
    """Somebody was faster: a side no longer shows what the step was planned on."""


def prepare(step: Step, photos: Pair[bytes | None], setting: Setting, tx: Transaction) -> Prepared:
    """Do the hub's part of a step and note what is about to be sent to the spoke.

    Raises Overtaken if the hub changed since the step was planned.
    """
    return _Preparation(step, photos, setting, tx).run()


class _Preparation:
    """One step at its beginning."""

    def __init__(
        self, step: Step, photos: Pair[bytes | None], setting: Setting, tx: Transaction
    ) -> None:
        self.step, self.photos, self.setting, self.tx = step, photos, setting, tx
        self.link = step.link or LinkId(setting.clock.new_id())

    def run(self) -> Prepared:
        hub = self._write_hub()
        contact = self.step.contact or (hub.id if hub is not None else None)
        assert contact is not None  # noqa: S101 - only a promotion has none, and it writes the hub
        for lost in self.step.lost:
            self.tx.lose(contact, lost, self.setting.cause)
        done = self._done(contact, hub)
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
        request = self._request()
        intent = self._intent(contact, hub, request)
        if self.step.act in LINKING and intent.item is not None:
            self.tx.save(self._half_way(intent, hub), new=self.step.act is not Act.UPDATE)
        operation, intent = self.tx.intend(intent)
        return Prepared(
            step=self.step,
            done=replace(done, link=intent.link),
            operation=operation,
            intent=intent,
            change=self._change(intent),
        )

    def _request(self) -> Request:
        match self.step.writes.spoke:
            case Put() if self.step.item is None:
                return Request.CREATE
            case Bring():
                return Request.CREATE
            case Drop():
                return Request.REMOVE
            case Release():
                return Request.RELEASE
            case _:
                return Request.UPDATE

    def _intent(self, contact: RecordId, hub: Record | None, request: Request) -> Intent:
        write, item = self.step.writes.spoke, self.step.seen.spoke
        put = write if isinstance(write, Put) else None
        business = hub.business if hub else None
        return Intent(
            act=self.step.act,
            request=request,
            link=self.link,
            mark=(item.mark if item and item.mark else self.link),
            contact=contact,
            item=self.step.item,
            expected=item.version if item else None,
            sent=put.contact if put else None,
            fields=put.fields if put else frozenset(),
            hub=Half.of(hub) if hub else NOTHING_YET,
            hub_version=hub.version if hub else None,
            number=business.number if business else 0,
            base=self.step.base,
            frozen=self.step.frozen,
            owned=self.step.owned,
            adopted=self.step.adopted,
            tomb=self.step.tomb,
            edits=self.step.edits,
            reason=self.step.reason,
            run=self.setting.run,
            before=Half.of(item) if item else None,
            again=self.step.again,
            personal=self.step.personal,
        )

    def _half_way(self, intent: Intent, hub: Record | None) -> Link:
        """The link while its write is under way: what already travelled up is agreed on.

        An item that was just linked is agreed on as it is, so that the link exists from
        this moment, whatever becomes of the write.
        """
        item = self.step.seen.spoke
        assert item is not None  # noqa: S101 - a link to be made or updated has its item
        now = Pair(Half.of(hub) if hub else NOTHING_YET, Half.of(item))
        if intent.base is None:
            base = now
        else:
            put = self.step.writes.hub
            fields: Collection[str] = put.fields if isinstance(put, Put) else ()
            base = Pair.each(lambda side: _with_fields(intent.base[side], now[side], fields))  # type: ignore[index]
        versions: Pair[Version | None] = Pair(intent.hub_version, item.version)
        link = _link(intent, self.setting, base, versions, item.id, intent.number)
        return link.but(whole=intent.base is None)

    def _change(self, intent: Intent) -> Change:
        tag = self.setting.tag
        if isinstance(self.step.writes.spoke, Bring):
            image = self.step.writes.spoke.image
            if intent.personal:
                return Create(contact=EMPTY, mark=intent.mark, image=image, untag=tag)
            return Create(contact=EMPTY, mark=intent.mark, image=image, tag=tag)
        if intent.request is Request.CREATE:
            assert intent.sent is not None  # noqa: S101 - a creation always has content
            return Create(contact=intent.sent, mark=intent.mark, tag=tag, photo=self.photos.spoke)
        assert intent.item is not None and intent.expected is not None  # noqa: S101, PT018
        match intent.request:
            case Request.REMOVE:
                return Remove(id=intent.item, expected=intent.expected)
            case Request.RELEASE:
                return ReleaseItem(id=intent.item, expected=intent.expected, tag=tag)
            case _:
                return Update(
                    id=intent.item,
                    expected=intent.expected,
                    contact=intent.sent or EMPTY,
                    fields=intent.fields,
                    mark=intent.mark,
                    tag=tag,
                    photo=self.photos.spoke,
                )

    # steps without a write to the spoke

    def _finish(self, contact: RecordId, hub: Record | None) -> None:
        item = self.step.seen.spoke
        if self.step.tomb is not None:
            self.tx.bury(contact, self.step.tomb, self.setting.cause)
        if self.step.lift:
            self.tx.unearth(contact)
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
        self.tx.clean(contact, _number(hub or self.step.seen.hub))
        if self.step.again:
            self.tx.soil([recheck(contact)])

    def _save(self, contact: RecordId, hub: Record | None, item: Record) -> None:
        now = Pair(Half.of(hub) if hub else NOTHING_YET, Half.of(item))
        intent = self._intent(contact, hub, Request.UPDATE)
        link = _link(
            intent,
            self.setting,
            agreed(self.step.base, now, self.step.frozen),
            Pair(intent.hub_version, item.version),
            item.id,
            intent.number,
        )
        frozen = self.step.act is Act.FREEZE
        self.tx.save(link.but(state=LinkState.FROZEN if frozen else LinkState.ALIVE))

    # the report

    def _done(self, contact: RecordId, hub: Record | None) -> Done:
        seen = self.step.seen
        before: Pair[Half | None] = Pair(
            Half.of(seen.hub) if seen.hub else None,
            self._item_before(Half.of(seen.spoke)) if seen.spoke else None,
        )
        return Done(
            act=self.step.act,
            contact=contact,
            item=self.step.item,
            link=self.step.link or self.link,
            before=before,
            after=before.having(Side.HUB, Half.of(hub) if hub else None),
            versions=Pair(hub.version if hub else None, seen.spoke.version if seen.spoke else None),
            wrote=Pair.each(lambda side: not isinstance(self.step.writes[side], Keep | Claim)),
            tomb=self.step.tomb,
            edits=self.step.edits,
            name=name_of(self.step),
            reason=self.step.reason,
        )

    def _item_before(self, half: Half) -> Half:
        """The item as it was. A private field that we overwrite had followed the hub until now."""
        put, base = self.step.writes.spoke, self.step.base
        if not isinstance(put, Put) or base is None:
            return half
        followed = {
            name: getattr(base.hub.contact, name)
            for name in put.fields
            if self.setting.terms.direction(name) is Direction.OWN
        }
        return replace(half, contact=half.contact.but(**followed))


def _record(outcome: Outcome) -> Record:
    match outcome:
        case Written(record):
            return record
        case Exists(id):
            raise Overtaken(id)
        case _:
            raise Overtaken


def _number(record: Record | None) -> int:
    return record.business.number if record is not None and record.business is not None else 0


def _link(
    intent: Intent,
    setting: Setting,
    base: Pair[Half],
    versions: Pair[Version | None],
    item: RecordId,
    number: int,
) -> Link:
    return Link(
        id=intent.link,
        spoke=setting.spoke.id,
        contact=intent.contact,
        item=item,
        mark=intent.mark,
        base=base,
        versions=versions,
        owned=intent.owned,
        number=number,
        adopted=intent.adopted,
        whole=not intent.frozen,
    )


def agreed(base: Pair[Half] | None, now: Pair[Half], frozen: Collection[str]) -> Pair[Half]:
    """The base after a step: what each side shows now, but for fields that wait."""
    before = base or Pair(NOTHING_YET, NOTHING_YET)
    return Pair.each(lambda side: _with_fields(now[side], before[side], frozen))


def _with_fields(half: Half, source: Half, names: Collection[str]) -> Half:
    """A half that shows what `source` shows in some fields."""
    values: dict[str, Any] = {name: getattr(source.contact, name) for name in names}
    seals = {name: seal for name, seal in half.seals.items() if name not in names}
    seals |= {name: seal for name, seal in source.seals.items() if name in names}
    return Half(contact=half.contact.but(**values), seals=seals, tagged=half.tagged)
