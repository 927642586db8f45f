"""What a step means as an intent, as a request to the spoke, and as a line of the run."""

from dataclasses import replace

from twinbook.model.contact import EMPTY
from twinbook.model.ids import LinkId, RecordId
from twinbook.model.intent import Done, Intent, Request
from twinbook.model.link import Half
from twinbook.model.pair import Pair, Side
from twinbook.model.plan import Bring, Claim, Drop, Keep, Put, Release, Step
from twinbook.model.policy import Direction
from twinbook.model.record import Record
from twinbook.ports import Change, Create, Remove, Update
from twinbook.ports import Release as ReleaseItem
from twinbook.reconcile.explain import name_of
from twinbook.sync.bases import shown
from twinbook.sync.setting import Setting


def request_of(step: Step) -> Request:
    """What a step asks of the spoke."""
    match step.writes.spoke:
        case Put() if step.item is None:
            return Request.CREATE
        case Bring():
            return Request.CREATE
        case Drop():
            return Request.REMOVE
        case Release():
            return Request.RELEASE
        case _:
            return Request.UPDATE


def intent_of(
    step: Step, link: LinkId, contact: RecordId, hub: Record | None, setting: Setting
) -> Intent:
    """A step's write to its item, with all that its success will mean."""
    write, item = step.writes.spoke, step.seen.spoke
    put = write if isinstance(write, Put) else None
    return Intent(
        act=step.act,
        request=request_of(step),
        link=link,
        mark=(item.mark if item and item.mark else link),
        contact=contact,
        item=step.item,
        expected=item.version if item else None,
        sent=put.contact if put else None,
        fields=put.fields if put else frozenset(),
        hub=shown(hub),
        hub_version=hub.version if hub else None,
        number=number_of(hub),
        base=step.base,
        frozen=step.frozen,
        owned=step.owned,
        adopted=step.adopted,
        tomb=step.tomb,
        run=setting.run,
        again=step.again,
        personal=step.personal,
    )


def change_of(step: Step, intent: Intent, photo: bytes | None, tag: str) -> Change:
    """The request to the spoke for a step."""
    if isinstance(step.writes.spoke, Bring):
        image, mark = step.writes.spoke.image, intent.mark
        if intent.personal:
            return Create(contact=EMPTY, mark=mark, image=image, untag=tag)
        return Create(contact=EMPTY, mark=mark, image=image, tag=tag)
    if intent.request is Request.CREATE:
        return Create(contact=intent.sent or EMPTY, mark=intent.mark, tag=tag, photo=photo)
    assert intent.item is not None  # noqa: S101 - only a creation has no item
    assert intent.expected is not None  # noqa: S101 - and it was seen
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
                photo=photo,
            )


def done_of(
    step: Step, link: LinkId, contact: RecordId, hub: Record | None, setting: Setting
) -> Done:
    """What a step did, once its hub part is done; the spoke's part is filled in later."""
    seen = step.seen
    before: Pair[Half | None] = Pair(
        Half.of(seen.hub) if seen.hub else None,
        _item_before(step, Half.of(seen.spoke), setting) if seen.spoke else None,
    )
    return Done(
        act=step.act,
        contact=contact,
        item=step.item,
        link=step.link or link,
        before=before,
        after=before.having(Side.HUB, Half.of(hub) if hub else None),
        versions=Pair(hub.version if hub else None, seen.spoke.version if seen.spoke else None),
        wrote=Pair.each(lambda side: not isinstance(step.writes[side], Keep | Claim)),
        tomb=step.tomb,
        edits=step.edits,
        name=name_of(step),
        reason=step.reason,
    )


def _item_before(step: Step, half: Half, setting: Setting) -> Half:
    """The item as it was. A private field that we overwrite had followed the hub until now."""
    put, base = step.writes.spoke, step.base
    if not isinstance(put, Put) or base is None:
        return half
    followed = {
        name: getattr(base.hub.contact, name)
        for name in put.fields
        if setting.terms.direction(name) is Direction.OWN
    }
    return replace(half, contact=half.contact.but(**followed))


def number_of(record: Record | None) -> int:
    """The hub's feed number of a record, 0 if there is none."""
    return record.business.number if record is not None and record.business is not None else 0
