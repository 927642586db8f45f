"""Find out what became of writes whose answer never came (rules R1 to R12).

Nothing is concluded before the moment when the old request can no longer act and no
list can be stale any more. A creation is looked up by its mark before it is repeated;
an update is judged field by field, since somebody may have edited another field since.
"""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from twinbook.model.contact import Contact
from twinbook.model.ids import RecordId
from twinbook.model.intent import Intent, Operation, Request
from twinbook.model.link import NOTHING_YET, Half
from twinbook.model.pair import Pair, Side
from twinbook.model.plan import Act
from twinbook.model.record import Gone, Record
from twinbook.ports import Transaction, recheck
from twinbook.reconcile.normal import plausible, same
from twinbook.sync.finish import arrived, back, linked, tell_half
from twinbook.sync.setting import Setting


def recover(setting: Setting) -> frozenset[RecordId]:
    """Settle every doubt that can be settled; the contacts that still have to wait."""
    waiting = set()
    for operation in setting.journal.operations():
        if not operation.void and not _settled(operation, setting):
            waiting.add(operation.intent.contact)
    return frozenset(waiting)


def _settled(operation: Operation, setting: Setting) -> bool:
    now = setting.clock.now()
    if operation.doubted is None:  # a crash: until now the request may have acted
        with setting.journal.transaction() as tx:
            tx.doubt(operation.id, now)
        operation = replace(operation, doubted=now)
    patience = timedelta(seconds=setting.replicas.spoke.settles_after)
    if operation.doubted is not None and now < operation.doubted + patience:
        return False
    return _conclude(operation, setting)


def _conclude(operation: Operation, setting: Setting) -> bool:
    intent = operation.intent
    if intent.request is Request.CREATE:
        made = _marked(intent, setting)
        with setting.journal.transaction() as tx:
            _created(operation, made, setting, tx)
        return True
    assert intent.item is not None  # noqa: S101 - only a creation has none
    item = setting.replicas.spoke.read([intent.item]).get(intent.item)
    if item is None:
        return False
    if isinstance(item, Gone):  # perhaps it only has another name now
        item = _marked(intent, setting) or item
    with setting.journal.transaction() as tx:
        _changed(operation, item, setting, tx)
        tx.settle(operation.id)
    return True


def _marked(intent: Intent, setting: Setting) -> Record | None:
    return setting.replicas.spoke.find([intent.mark]).get(intent.mark)


def _created(operation: Operation, item: Record | None, setting: Setting, tx: Transaction) -> None:
    if operation.intent.act is Act.RESTORE:
        if item is not None:  # else it is undone again if it is still wanted
            back(operation.intent, tx)
            _tell(operation.intent, item, Half.of(setting.see(item)), tx)
        tx.settle(operation.id)
    elif item is None:
        tx.void(operation.id)
    else:
        _adopt(operation.intent, item, setting, tx)
        tx.settle(operation.id)
    tx.soil([recheck(operation.intent.contact, operation.doubted)])


def _adopt(intent: Intent, item: Record, setting: Setting, tx: Transaction) -> None:
    """The item is there. The link is born dirty: it may have been edited since (R2)."""
    link = linked(intent.but(base=None), setting.see(item), setting)
    sent = Half(contact=intent.sent) if intent.sent else NOTHING_YET
    base = Pair(NOTHING_YET, replace(sent, tagged=bool(setting.tag)))
    agreed = _ours(intent, base, item, setting)
    tx.save(link.but(base=agreed.having(Side.HUB, intent.hub), whole=False))
    _tell(intent, item, agreed.spoke, tx)


def _tell(intent: Intent, item: Record | None, half: Half | None, tx: Transaction) -> None:
    """The run that sent a write says that it arrived, so that it can be undone.

    A removed item's own image is not told: it never came.
    """
    if intent.done is not None:
        tx.note(intent.run, arrived(intent.done, item, half))


def _tell_half(intent: Intent, tx: Transaction) -> None:
    if intent.done is not None:
        tell_half(intent.run, intent.done, tx)


def _changed(operation: Operation, item: Record | Gone, setting: Setting, tx: Transaction) -> None:
    """The outcome of an update, a release or a removal, by how the item looks now."""
    intent = operation.intent
    if isinstance(item, Gone):
        if intent.request is Request.REMOVE:  # ours, as far as anybody can tell (R5)
            _ended(intent, setting, tx)
            _tell(intent, None, None, tx)
            return
    elif intent.request is Request.RELEASE and _is_released(intent, setting.see(item)):
        _ended(intent, setting, tx)
        _tell(intent, item, Half.of(setting.see(item)), tx)
        return
    if isinstance(item, Gone) or not _half_settled(intent, item, setting, tx):
        _tell_half(intent, tx)
    tx.soil([recheck(intent.contact, operation.doubted)])


def _is_released(intent: Intent, item: Record) -> bool:
    """Whether a release arrived. Its user may have taken the category off before."""
    return item.version != intent.expected and not item.tagged


def _ended(intent: Intent, setting: Setting, tx: Transaction) -> None:
    """The link is over."""
    tx.end(intent.link, released=intent.request is Request.RELEASE)
    if intent.act is Act.FOLD:
        tx.close({f"promote:{intent.item}"}, ())
        return
    if intent.tomb is not None:
        tx.bury(intent.contact, intent.tomb, setting.cause)
    tx.clean(intent.contact, intent.number)


def _half_settled(intent: Intent, item: Record, setting: Setting, tx: Transaction) -> bool:
    """Whether an update arrived, or something of it; that much is agreed on."""
    if item.version == intent.expected or intent.request is not Request.UPDATE:
        return False
    link = setting.journal.links_to([intent.contact]).get(intent.contact)
    if link is None or link.id != intent.link:
        return False
    base = _ours(intent, link.base, item, setting)
    tx.save(link.but(base=base, whole=False))
    if base == link.base:
        return False
    _tell(intent, item, base.spoke, tx)
    return True


def _ours(intent: Intent, base: Pair[Half], item: Record, setting: Setting) -> Pair[Half]:
    """The base, moved in those fields that show what we sent, as far as a server keeps it.

    `item` is as the spoke shows it, private fields too: they are compared and forgotten.
    """
    if intent.sent is None:
        return base
    fitting, seen = setting.terms.shapes.spoke.fit(intent.sent), setting.see(item)
    earlier = _earlier(intent, base)
    names = [
        name
        for name in intent.fields
        if same(name, getattr(intent.sent, name), getattr(item.contact, name))
        or (
            not any(_is_as_before(name, before, seen) for before in earlier)
            and _could_be(name, intent.sent, item.contact, fitting)
        )
    ]
    shown: dict[str, Any] = {name: getattr(seen.contact, name) for name in names}
    meant: dict[str, Any] = {name: getattr(intent.hub.contact, name) for name in names}
    seals = {name: seal for name, seal in base.spoke.seals.items() if name not in names}
    seals |= {name: seal for name, seal in seen.seals.items() if name in names}
    tagged = base.spoke.tagged or seen.tagged
    return Pair(
        Half(contact=base.hub.contact.but(**meant)),
        Half(contact=base.spoke.contact.but(**shown), seals=seals, tagged=tagged),
    )


def _earlier(intent: Intent, base: Pair[Half]) -> list[Half]:
    """What the item showed when both sides last agreed, and right before our write."""
    seen = intent.done.before.spoke if intent.done is not None else None
    return [base.spoke] if seen is None else [base.spoke, seen]


def _is_as_before(name: str, before: Half, seen: Record) -> bool:
    """Whether a field shows what it showed before we wrote: then it was not written at all.

    A server that drops or cuts it would have shown the same; it is told once more.
    """
    shown = getattr(seen.contact, name) == getattr(before.contact, name)
    return bool(shown) and seen.seals.get(name) == before.seals.get(name)


def _could_be(name: str, sent: Contact, shown: Contact, fitting: Contact) -> bool:
    """Whether a field shows what a server made of it; it drops no value that it has room for."""
    now, room = getattr(shown, name), getattr(fitting, name)
    dropped = isinstance(room, tuple) and len(now) < len(room)
    return not dropped and plausible(name, getattr(sent, name), now)
