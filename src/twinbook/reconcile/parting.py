"""A contact that no longer belongs in the book: bring its edits home, then let its item go."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace

from twinbook.model.fields import BY_NAME, FIELDS, Field, Nature
from twinbook.model.ids import Version
from twinbook.model.link import LinkState
from twinbook.model.pair import Pair, Side
from twinbook.model.plan import (
    KEEP,
    Act,
    Choice,
    Drop,
    Lost,
    Plan,
    Put,
    Question,
    Release,
    Tomb,
    Write,
)
from twinbook.model.policy import OnDeleteAgainstEdit, OnExit, OnHubRemoval, OnInactive
from twinbook.model.record import Record
from twinbook.model.shape import ALL_FIELDS
from twinbook.reconcile.considered import Considered, as_if_alive, puts
from twinbook.reconcile.decide import HubFate
from twinbook.reconcile.discreet import lost, lost_element
from twinbook.reconcile.facts import Facts
from twinbook.reconcile.tracks import undone

EXITS: Mapping[OnExit, tuple[Act, Write]] = {
    OnExit.REMOVE: (Act.REMOVE, Drop()),
    OnExit.KEEP: (Act.RELEASE, Release()),
    OnExit.FREEZE: (Act.FREEZE, KEEP),
}
"""What becomes of an item whose contact left."""


def leave(one: Considered) -> Plan:
    """The contact left the scope, or was deactivated."""
    inactive = one.hub_fate() is HubFate.INACTIVE
    if inactive and one.terms.policy.on_inactive is OnInactive.FREEZE:
        return freeze(one)
    return _exit(one, one.seen, one.terms.policy.on_exit)


def _exit(one: Considered, seen: Pair[Record], rule: OnExit) -> Plan:
    act, write = EXITS[rule]
    return freeze(one) if act is Act.FREEZE else drain(one, seen, act, write)


def freeze(one: Considered) -> Plan:
    """From now on nothing flows. What was edited meanwhile flows when the contact is back."""
    first = one.link.state is not LinkState.FROZEN
    reason = "it left what this address book shows" if first else ""
    return Plan(steps=(one.step(Act.FREEZE, frozen=ALL_FIELDS, reason=reason),))


def drain(
    one: Considered,
    seen: Pair[Record],
    act: Act,
    spoke: Write,
    *,
    tomb: Tomb | None = None,
    spare: bool = True,
) -> Plan:
    """Bring the book's edits home, then let the item go, on the version that was drained.

    What may not go up, or lost against the hub's edit, is kept in the history first.
    """
    merged = one.merged(seen)
    put: Write = Put(merged.wanted.hub, merged.fields.hub) if merged.fields.hub else KEEP
    if spare and act is Act.REMOVE and holds_own(one):
        act, spoke = Act.RELEASE, Release()
    kept = (Side.HUB, Side.SPOKE) if act is Act.REMOVE else (Side.HUB,)
    step = one.step(
        act,
        seen=seen,
        writes=Pair(put, spoke),
        tomb=None if one.is_crm else tomb,
        lost=(*(it for it in merged.lost if it.side in kept), *unread(one, merged.frozen)),
        edits=tuple(edit for edit in merged.edits if edit.side is Side.HUB),
    )
    return Plan(steps=(step,))


def _facts(one: Considered) -> Facts:
    """The item against the base alone, for what does not depend on the hub's word today."""
    link = one.link
    hub = Record(id=link.contact, version=Version(""), contact=link.base.hub.contact)
    return Facts(link.base, Pair(hub, one.item), one.terms, link.owned, link.adopted)


def holds_own(one: Considered) -> bool:
    """Whether removing the item would destroy what its user had before, and the hub never got."""
    if not one.link.adopted or one.is_crm:
        return False
    facts = _facts(one)
    private = one.link.owned & one.item.seals.keys()
    return bool(private) or not all(facts.agreed(row.name) for row in FIELDS)


def unread(one: Considered, names: Collection[str]) -> tuple[Lost, ...]:
    """What the user typed in some fields since both sides last agreed."""
    facts = _facts(one)
    return tuple(
        entry
        for row in FIELDS
        if row.name in names and facts.is_edited(Side.SPOKE, row.name)
        for entry in _typed(facts, row)
        if not facts.is_own(row.name)
    )


def _typed(facts: Facts, row: Field) -> Iterator[Lost]:
    was, now = facts.was(Side.SPOKE, row.name), facts.now(Side.SPOKE, row.name)
    if row.nature not in (Nature.VALUES, Nature.WORDS):
        yield lost(facts, Side.SPOKE, row.name, now)
        return
    _, typed = undone(row.name, was, now, lambda _: True)
    for element in typed:
        yield lost_element(facts, Side.SPOKE, row.name, element, removed=False)


# deleted in the hub


def deleted(one: Considered) -> Plan:
    """The contact was deleted, and nobody edited its item since."""
    business = one.case.hub.business if one.case.hub else None
    mine = business is not None and business.owner == one.terms.rights.viewer.user
    if one.terms.policy.on_hub_removal is OnHubRemoval.KEEP_FOR_OWNER and mine:
        return one.end(Act.RELEASE, spoke=Release(), reason="deleted in the CRM; kept")
    if holds_own(one):
        return one.end(Act.RELEASE, spoke=Release(), reason="deleted in the CRM; the user's own")
    return one.end(Act.REMOVE, spoke=Drop(), reason="deleted in the CRM")


def deleted_and_edited(one: Considered) -> Plan:
    """A deletion would destroy an edit: a person is asked, or the policy says."""
    shown = str(one.item.version)
    match one.answer("deleted", shown) or _AGAINST_EDIT[one.terms.policy.on_delete_against_edit]:
        case "remove":
            reason = "deleted in the CRM"
            typed = unread(one, ALL_FIELDS) if one.case.hub else ()
            return one.end(Act.REMOVE, spoke=Drop(), lost=typed, reason=reason)
        case "keep":
            return one.end(Act.RELEASE, spoke=Release(), reason="deleted in the CRM; kept")
        case "restore" if _can_come_back(one):
            return _revive(one)
        case _:
            pass
    return one.ask(
        Question.DELETED_AND_EDITED,
        "deleted",
        shown,
        "The contact was deleted in the CRM and edited in the address book since.",
        *_ANSWERS if _can_come_back(one) else _ANSWERS[:2],
        values=Pair("", _as_text(unread(one, ALL_FIELDS))),
    )


def _can_come_back(one: Considered) -> bool:
    """Whether the contact can be restored; one that was merged is part of another one."""
    business = one.case.hub.business if one.case.hub else None
    return business is not None and business.merged_into is None


_AGAINST_EDIT: Mapping[OnDeleteAgainstEdit, str | None] = {
    OnDeleteAgainstEdit.ASK: None,
    OnDeleteAgainstEdit.REMOVE: "remove",
    OnDeleteAgainstEdit.KEEP: "keep",
    OnDeleteAgainstEdit.RESTORE: "restore",
}
_ANSWERS = (
    Choice("remove", "it is removed from the address book too; the edit is kept in the history"),
    Choice("keep", "it becomes a personal contact of this address book"),
    Choice("restore", "it is restored in the CRM with the edit"),
)


def _as_text(typed: tuple[Lost, ...]) -> str:
    public = (one for one in typed if not one.private)
    return "; ".join(f"{BY_NAME[one.field].label}: {one.value}" for one in public)


def _revive(one: Considered) -> Plan:
    merged = one.merged(Pair(as_if_alive(one.hub), one.item))
    back = Put(merged.wanted.hub, merged.fields.hub, revive=True)
    step = one.carry_out(
        Act.UPDATE,
        merged,
        writes=puts(merged).having(Side.HUB, back),
        reason="restored in the CRM",
    )
    step = replace(step, again=True)  # it may not belong here any more
    return Plan(steps=(step,), holds=merged.holds)


# merged in the hub


def follow(one: Considered) -> Plan:
    """The contact was merged into another: the item goes on with that one, or goes."""
    seen = Pair(one.survivor, one.item)
    if one.case.survivor_linked or one.case.survivor_hidden:
        return drain(one, seen, Act.REMOVE, Drop())
    if not one.terms.in_scope(one.survivor):
        return _exit(one, seen, one.terms.policy.on_exit)
    merged = one.merged(seen)
    step = one.carry_out(Act.RELINK, merged, seen=seen, reason="merged in the CRM")
    return Plan(steps=(replace(step, contact=one.survivor.id),), holds=merged.holds)
