"""What undoing one step of a run would write, given how both sides look today.

A value is put back only where the step's own value still stands; what somebody changed
since is left alone and said (rule S16). Nothing that undoing writes travels any further
by itself: the base follows it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from twinbook.model.contact import Contact
from twinbook.model.fields import BY_NAME
from twinbook.model.intent import Done
from twinbook.model.link import Half, Link
from twinbook.model.pair import Pair, Side
from twinbook.model.plan import (
    KEEP,
    Act,
    Bring,
    Drop,
    Edit,
    Put,
    Release,
    Step,
    Tomb,
    Write,
)
from twinbook.model.record import Gone, Record
from twinbook.model.shape import ALL_FIELDS
from twinbook.reconcile.normal import as_text


@dataclass(frozen=True, slots=True, kw_only=True)
class Today:
    """Both sides of what a step was about, as they are now."""

    hub: Record | None
    item: Record | Gone | None
    link: Link | None
    in_scope: bool


@dataclass(frozen=True, slots=True)
class Reverted:
    """The steps that undo one step, in order, and what can't be undone, in words."""

    steps: tuple[Step, ...] = ()
    stays: tuple[str, ...] = ()
    apart: tuple[str, ...] = ()  #: where the two sides differ afterwards, in words


def revert(done: Done, today: Today) -> Reverted:
    """How to undo one step of a run."""
    match done.act:
        case Act.CREATE:
            return _uncreate(done, today)
        case Act.PROMOTE:
            return _unpromote(done, today)
        case Act.UPDATE | Act.RELINK:
            return _unedit(done, today)
        case Act.LINK:
            return _unlink(done, today)
        case Act.REMOVE | Act.FOLD:
            return _unremove(done, today)
        case Act.FORGET | Act.RELEASE:
            return _return(done, today)
        case Act.REBASE | Act.FREEZE | Act.RESTORE:
            return Reverted()


def _uncreate(done: Done, today: Today) -> Reverted:
    item = today.item
    if today.link is None or not isinstance(item, Record):
        return Reverted(stays=(f"{done.name} is not in the address book any more.",))
    if Half.of(item) != done.after.spoke:
        return Reverted(stays=(f"{done.name} was changed in the address book since.",))
    step = _step(done, today, Act.REMOVE, spoke=Drop(), tomb=Tomb.UNTRACKED)
    return Reverted((step,))


def _unpromote(done: Done, today: Today) -> Reverted:
    if today.hub is None or today.link is None or not isinstance(today.item, Record):
        return Reverted(stays=(f"{done.name} is not a linked business contact any more.",))
    if today.hub.version != done.versions.hub:
        return Reverted(stays=(f"{done.name} was changed in the CRM since.",))
    return Reverted((_step(done, today, Act.RELEASE, hub=Drop(), spoke=Release()),))


def _unedit(done: Done, today: Today) -> Reverted:
    writes, edits, stays = _put_back(done, today)
    if not edits:
        return Reverted(stays=stays)
    step = _step(done, today, Act.UPDATE, hub=writes.hub, spoke=writes.spoke, edits=edits)
    return Reverted((step,), stays, tuple(_left_apart(done, today, edits)))


def _left_apart(done: Done, today: Today, edits: tuple[Edit, ...]) -> Iterable[str]:
    """What was typed in the book stays there: undoing a run does not undo its user's work."""
    told = {edit.field for edit in edits if edit.side is Side.SPOKE}
    for edit in edits:
        if today.link is not None and edit.side is Side.HUB and edit.field not in told:
            label = BY_NAME[edit.field].label
            yield (
                f"The address book keeps its own {label} of {done.name}. "
                "Edit it on either side to bring them in step."
            )


def _unlink(done: Done, today: Today) -> Reverted:
    edited = _unedit(done, today)
    if today.link is None or not isinstance(today.item, Record):
        return edited
    release = _step(done, today, Act.RELEASE, spoke=Release(), tomb=Tomb.UNTRACKED)
    return Reverted((*edited.steps, release), edited.stays)


def _unremove(done: Done, today: Today) -> Reverted:
    """The item comes back: linked where it belongs in the book, else as a personal one."""
    writes, edits, stays = _put_back(done, today)
    if today.link is not None or done.image is None:
        return Reverted(stays=(*stays, f"{done.name} is in the address book already."))
    step = _step(
        done,
        today,
        Act.RESTORE,
        hub=writes.hub,
        spoke=Bring(done.image),
        edits=edits,
        lift=True,
        personal=not today.in_scope or done.act is Act.FOLD,
    )
    return Reverted((step,), stays)


def _return(done: Done, today: Today) -> Reverted:
    if today.link is not None:
        return Reverted(stays=(f"{done.name} is in the address book already.",))
    writes, edits, stays = _put_back(done, today)
    personal = done.act is Act.RELEASE and not today.in_scope
    step = _step(
        done, today, Act.RESTORE, hub=writes.hub, edits=edits, lift=True, personal=personal
    )
    return Reverted((step,), stays)


def _put_back(done: Done, today: Today) -> tuple[Pair[Write], tuple[Edit, ...], tuple[str, ...]]:
    """The values before the step, where those after it still stand."""
    item = today.item if today.link and isinstance(today.item, Record) else None
    shown = Pair(today.hub, item)  # an item that is no longer linked is its user's own
    stays: list[str] = []
    edits: list[Edit] = []

    def write(side: Side) -> Write:
        record, before = shown[side], done.before[side]
        if not done.wrote[side] or record is None or before is None:
            return KEEP
        names = sorted({edit.field for edit in done.edits if edit.side is side})
        values = _standing(done, side, record, names)
        stays.extend(_moved_on(done, side, set(names) - values.keys()))
        edits.extend(_as_edits(side, record.contact, values))
        return Put(record.contact.but(**values), frozenset(values)) if values else KEEP

    return Pair.each(write), tuple(edits), tuple(stays)


def _standing(done: Done, side: Side, now: Record, names: Iterable[str]) -> dict[str, Any]:
    before, after = done.before[side], done.after[side]
    if before is None or after is None:
        return {}
    return {
        name: getattr(before.contact, name) for name in names if _stands(name, after, Half.of(now))
    }


def _stands(name: str, after: Half, now: Half) -> bool:
    """Whether a field still shows what the step left there; a private one by its seal."""
    return after.seals.get(name) == now.seals.get(name) and getattr(after.contact, name) == getattr(
        now.contact, name
    )


def _moved_on(done: Done, side: Side, names: Iterable[str]) -> Iterable[str]:
    place = "in the CRM" if side is Side.HUB else "in the address book"
    for name in sorted(names):
        yield f"The {BY_NAME[name].label} of {done.name} was changed {place} since."


def _as_edits(side: Side, now: Contact, values: Mapping[str, Any]) -> Iterable[Edit]:
    for name, value in values.items():
        yield Edit(side, name, as_text(name, getattr(now, name)), as_text(name, value))


def _step(  # noqa: PLR0913 - a step has that many parts
    done: Done,
    today: Today,
    act: Act,
    *,
    hub: Write = KEEP,
    spoke: Write = KEEP,
    edits: tuple[Edit, ...] = (),
    tomb: Tomb | None = None,
    lift: bool = False,
    personal: bool = False,
) -> Step:
    link = today.link
    named = frozenset(edit.field for edit in edits)
    return Step(
        act=act,
        contact=done.contact,
        item=today.item.id if isinstance(today.item, Record) else None,
        link=link.id if link else done.link,
        seen=Pair(today.hub, today.item if isinstance(today.item, Record) else None),
        writes=Pair(hub, spoke),
        frozen=ALL_FIELDS - named if act is Act.UPDATE else frozenset(),
        base=link.base if link else None,
        owned=link.owned if link else frozenset(),
        adopted=link.adopted if link else False,
        tomb=tomb,
        again=act is Act.UPDATE,
        lift=lift,
        personal=personal,
        edits=edits,
        reason="undone",
    )
