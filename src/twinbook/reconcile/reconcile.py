"""Cases in, plan out. The same input always gives the same plan.

Carrying the plan out and reconciling again gives a plan that writes nothing (L2).
"""

from collections.abc import Iterable
from dataclasses import replace

from twinbook.model.fields import BY_NAME
from twinbook.model.link import NOTHING_YET, Half, LinkState
from twinbook.model.pair import Pair, Side
from twinbook.model.plan import (
    KEEP,
    Act,
    Choice,
    Claim,
    Drop,
    Hold,
    Keep,
    Lost,
    Plan,
    Put,
    Question,
    Release,
    Step,
    Tomb,
    Write,
)
from twinbook.model.policy import (
    OnBookRemoval,
    OnDeleteAgainstEdit,
    OnExit,
    OnHubRemoval,
    OnInactive,
)
from twinbook.model.record import Business, Gone, Record
from twinbook.model.spoke import Role
from twinbook.reconcile.cases import Case, Linked, Stranger, Wanted
from twinbook.reconcile.decide import HubFate, ItemFate, Verdict, decide
from twinbook.reconcile.merge import Merged, merge
from twinbook.reconcile.newcomers import reconcile_wanted
from twinbook.reconcile.promote import reconcile_stranger
from twinbook.reconcile.terms import Terms


def reconcile(cases: Iterable[Case], terms: Terms) -> Plan:
    """The plan that brings a spoke and the hub back in step."""
    plans = [_reconcile_one(case, terms) for case in cases]
    return Plan(
        steps=tuple(step for plan in plans for step in plan.steps),
        holds=tuple(hold for plan in plans for hold in plan.holds),
        settled=frozenset(topic for plan in plans for topic in plan.settled),
    )


def _reconcile_one(case: Case, terms: Terms) -> Plan:
    match case:
        case Linked():
            return _Linked(case, terms).plan()
        case Wanted():
            return reconcile_wanted(case, terms)
        case Stranger():
            return reconcile_stranger(case, terms)


class _Linked:
    """One link under consideration."""

    def __init__(self, case: Linked, terms: Terms) -> None:
        self.case, self.terms, self.link = case, terms, case.link

    def plan(self) -> Plan:
        """What to do about this link; it settles every question that was open about it."""
        plan = self._decide()
        return replace(plan, settled=frozenset({self.link.id}))

    def _decide(self) -> Plan:
        match decide(self._hub_fate(), self._item_fate()):
            case Verdict.WAIT:
                return Plan()
            case Verdict.MERGE:
                return self._merge()
            case Verdict.REMOVED_IN_BOOK:
                return self._removed_in_book()
            case Verdict.LEAVE:
                return self._leave()
            case Verdict.HIDE:
                return self._end(Act.FORGET, tomb=Tomb.HIDDEN)
            case Verdict.DELETE:
                return self._deleted()
            case Verdict.DELETED_AND_EDITED:
                return self._deleted_and_edited()
            case Verdict.FORGET:
                return self._end(Act.FORGET)
            case Verdict.FOLLOW:
                return self._follow()
            case Verdict.HIDE_SURVIVOR:
                return self._hide_survivor()

    # fates

    def _hub_fate(self) -> HubFate:
        hub = self.case.hub
        if hub is None or hub.business is None or hub.business.deleted:
            return HubFate.DELETED
        if hub.business.merged_into is not None and self.case.survivor is not None:
            return HubFate.MERGED
        if self.terms.in_scope(hub):
            return HubFate.HERE
        return HubFate.LEFT if hub.business.active else HubFate.INACTIVE

    def _item_fate(self) -> ItemFate:
        match self.case.item:
            case None:
                return ItemFate.UNSEEN
            case Gone():
                return ItemFate.GONE
            case Record() as item:
                half = self.link.base.spoke
                unchanged = half.contact == item.contact and half.seals == item.seals
                return ItemFate.SAME if unchanged else ItemFate.EDITED

    @property
    def _item(self) -> Record:
        assert isinstance(self.case.item, Record)  # noqa: S101 - decided by the table
        return self.case.item

    @property
    def _hub(self) -> Record:
        assert self.case.hub is not None  # noqa: S101 - decided by the table
        return self.case.hub

    # present on both sides

    def _merge(self) -> Plan:
        if self._was_untagged():
            return self._untracked()
        seen = Pair(self._hub, self._item)
        merged = self._merged(seen)
        writes = self._puts(merged)
        if self._lacks_tag() and isinstance(writes.spoke, Keep):
            writes = writes.having(Side.SPOKE, Claim())
        step = self._step(
            Act.UPDATE if merged.fields.hub or merged.fields.spoke else Act.REBASE,
            seen=seen,
            writes=writes,
            frozen=merged.frozen,
            owned=merged.owned,
            lost=merged.lost,
            edits=merged.edits,
        )
        return Plan(steps=(step,), holds=merged.holds + self._flapping())

    def _flapping(self) -> tuple[Hold, ...]:
        """Another program and we keep overwriting each other: stop, and say so (rule 3.8)."""
        if not self.case.held:
            return ()
        names = ", ".join(BY_NAME[name].label for name in sorted(self.case.held))
        return self._ask(
            Question.FLAPPING,
            f"{self.link.id}:flapping",
            names,
            f"Another program keeps changing this contact: {names}. Nothing flows there until "
            "that program is found and stopped.",
            Choice("resume", "the other program is stopped: go on"),
        ).holds

    def _merged(self, seen: Pair[Record]) -> Merged:
        base = self.link.base
        if self.case.rolled_back:  # what came back is older than our last word: say it again
            base = Pair(NOTHING_YET, Half.of(self._item))
        return merge(
            base,
            seen,
            self.terms,
            topic=self.link.id,
            owned=self.link.owned,
            adopted=self.link.adopted,
            held=self.case.held,
        )

    def _puts(self, merged: Merged) -> Pair[Write]:
        def write(side: Side) -> Write:
            fields = merged.fields[side]
            return Put(merged.wanted[side], fields) if fields else KEEP

        return Pair.each(write)

    def _was_untagged(self) -> bool:
        return (
            bool(self.terms.policy.category)
            and self.link.base.spoke.tagged
            and not self._item.tagged
        )

    def _lacks_tag(self) -> bool:
        """The item never carried our category: it was adopted, or the category is a new one."""
        book = self.terms.role is Role.BOOK and self.terms.shapes.spoke.holds("categories")
        return book and bool(self.terms.policy.category) and not self._item.tagged

    def _untracked(self) -> Plan:
        """The user took the category off: rule 0.10 asks what that was to mean."""
        topic, shown = f"{self.link.id}:untrack", str(self._item.version)
        match self.terms.answer(topic, shown):
            case "keep":
                return self._end(Act.RELEASE, spoke=Release(), tomb=Tomb.UNTRACKED)
            case "remove":
                return self._end(Act.REMOVE, spoke=Drop(), tomb=Tomb.UNTRACKED)
            case "stay":
                return self._retag()
            case _:
                pass
        return self._ask(
            Question.UNTRACK,
            topic,
            shown,
            "The category that marks business contacts was taken off. Should it no longer be one?",
            Choice("keep", "it becomes a personal contact of this address book"),
            Choice("remove", "it is removed from this address book; the CRM keeps it"),
            Choice("stay", "it stays a business contact and gets the category back"),
        )

    def _retag(self) -> Plan:
        seen = Pair(self._hub, self._item)
        step = self._step(Act.UPDATE, seen=seen, writes=Pair(KEEP, Claim()), reason="tagged again")
        return Plan(steps=(step,))

    # gone from the book

    def _removed_in_book(self) -> Plan:
        if self.terms.role is Role.CRM:
            return self._end(Act.REMOVE, hub=Drop(), reason="deleted in the outside CRM")
        topic = f"{self.link.id}:removed"
        if self.terms.restored:
            return self._after_restore(topic)
        match self._on_book_removal(topic):
            case "hide":
                return self._end(Act.FORGET, tomb=Tomb.HIDDEN, reason="removed in the address book")
            case "recreate":
                return self._recreate()
            case "deactivate":
                return self._end(
                    Act.REMOVE, hub=Drop(), tomb=Tomb.HIDDEN, reason="removed by its owner"
                )
            case _:
                pass
        return self._ask(
            Question.REMOVED_IN_BOOK,
            topic,
            "gone",
            "A business contact was removed in the address book. What should that mean?",
            *self._removal_choices(),
        )

    def _on_book_removal(self, topic: str) -> str | None:
        answer = self.terms.answer(topic, "gone")
        if answer is not None:
            return answer
        match self.terms.policy.on_book_removal:
            case OnBookRemoval.HIDE:
                return "hide"
            case OnBookRemoval.RECREATE:
                return "recreate"
            case OnBookRemoval.ASK:
                return None
            case OnBookRemoval.DEACTIVATE:
                return self._deactivate_or_hide()

    def _deactivate_or_hide(self) -> str | None:
        """The owner's removal counts in the hub; many of them in a day look like an accident."""
        if not self._disposes():
            return "hide"
        return "deactivate" if self.case.deactivations < DEACTIVATIONS_A_DAY else None

    def _disposes(self) -> bool:
        business = self._hub.business
        return self.terms.rights.disposes_of(business.owner if business else None)

    def _removal_choices(self) -> tuple[Choice, ...]:
        choices = (
            Choice("hide", "it stays away from this user's address books; the CRM keeps it"),
            Choice("recreate", "it is put back into the address book"),
        )
        if not self._disposes():
            return choices
        return (*choices, Choice("deactivate", "it is deactivated in the CRM, for everybody"))

    def _after_restore(self, topic: str) -> Plan:
        match self.terms.answer(topic, "gone"):
            case "recreate":
                return self._recreate()
            case "hide":
                return self._end(Act.FORGET, tomb=Tomb.HIDDEN)
            case _:
                pass
        return self._ask(
            Question.RESTORED,
            topic,
            "gone",
            "After a restore from a backup this contact is missing in the address book.",
            Choice("recreate", "it is put back into the address book"),
            Choice("hide", "the user had removed it: it stays away"),
        )

    def _recreate(self) -> Plan:
        """End this link; the contact is in scope, so the next look finds it wanted."""
        return self._end(Act.FORGET, reason="to be put back")

    def _hide_survivor(self) -> Plan:
        if self.case.survivor_linked:
            return self._end(Act.FORGET)
        step = self._step(Act.FORGET, tomb=Tomb.HIDDEN)
        assert self.case.survivor is not None  # noqa: S101 - decided by the table
        return Plan(steps=(replace(step, contact=self.case.survivor.id),))

    # no longer for this book

    def _leave(self) -> Plan:
        exit_as = self._exit()
        if exit_as is OnExit.FREEZE:
            return self._freeze()
        if exit_as is None:
            return self._merge()
        spoke: Write = Drop() if exit_as is OnExit.REMOVE else Release()
        act = Act.REMOVE if exit_as is OnExit.REMOVE else Act.RELEASE
        return self._drain(Pair(self._hub, self._item), act, spoke)

    def _exit(self) -> OnExit | None:
        """The policy for a contact that left; None where it stays as before."""
        if self._hub_fate() is HubFate.INACTIVE:
            match self.terms.policy.on_inactive:
                case OnInactive.FREEZE:
                    return OnExit.FREEZE
                case OnInactive.MARK:
                    return None
                case OnInactive.LIKE_EXIT:
                    pass
        return self.terms.policy.on_exit

    def _freeze(self) -> Plan:
        if self.link.state is LinkState.FROZEN:
            return Plan()
        return Plan(steps=(self._step(Act.FREEZE, seen=Pair(self._hub, self._item)),))

    def _drain(self, seen: Pair[Record], act: Act, spoke: Write) -> Plan:
        """Bring the book's edits home, then let the item go, on the version that was drained."""
        merged = self._merged(seen)
        hub: Write = Put(merged.wanted.hub, merged.fields.hub) if merged.fields.hub else KEEP
        waiting = tuple(Lost(hold.field, Side.SPOKE, hold.values.spoke) for hold in merged.holds)
        step = self._step(
            act,
            seen=seen,
            writes=Pair(hub, spoke),
            lost=tuple(one for one in merged.lost if one.side is Side.HUB) + waiting,
            edits=tuple(edit for edit in merged.edits if edit.side is Side.HUB),
        )
        return Plan(steps=(step,))

    # deleted in the hub

    def _deleted(self) -> Plan:
        business = self.case.hub.business if self.case.hub else None
        mine = business is not None and business.owner == self.terms.rights.viewer.user
        if self.terms.policy.on_hub_removal is OnHubRemoval.KEEP_FOR_OWNER and mine:
            return self._end(Act.RELEASE, spoke=Release(), reason="deleted in the CRM; kept")
        return self._end(Act.REMOVE, spoke=Drop(), reason="deleted in the CRM")

    def _deleted_and_edited(self) -> Plan:
        topic, shown = f"{self.link.id}:deleted", str(self._item.version)
        match self.terms.answer(topic, shown) or self._on_delete_against_edit():
            case "remove":
                return self._end(Act.REMOVE, spoke=Drop(), lost=self._unread_edits())
            case "keep":
                return self._end(Act.RELEASE, spoke=Release())
            case "restore" if self.case.hub is not None:
                return self._revive()
            case _:
                pass
        return self._ask(
            Question.DELETED_AND_EDITED,
            topic,
            shown,
            "The contact was deleted in the CRM and edited in the address book since.",
            Choice(
                "remove", "it is removed from the address book too; the edit is kept in the history"
            ),
            Choice("keep", "it becomes a personal contact of this address book"),
            Choice("restore", "it is restored in the CRM with the edit"),
        )

    def _on_delete_against_edit(self) -> str | None:
        rule = self.terms.policy.on_delete_against_edit
        return None if rule is OnDeleteAgainstEdit.ASK else rule.value

    def _unread_edits(self) -> tuple[Lost, ...]:
        if self.case.hub is None:
            return ()
        merged = self._merged(Pair(_as_if_alive(self.case.hub), self._item))
        return tuple(
            Lost(edit.field, Side.SPOKE, edit.after)
            for edit in merged.edits
            if edit.side is Side.HUB
        )

    def _revive(self) -> Plan:
        seen = Pair(_as_if_alive(self._hub), self._item)
        merged = self._merged(seen)
        step = self._step(
            Act.UPDATE,
            seen=seen,
            writes=Pair(Put(merged.wanted.hub, merged.fields.hub, revive=True), KEEP),
            lost=merged.lost,
            edits=merged.edits,
            owned=merged.owned,
            reason="restored in the CRM",
        )
        return Plan(steps=(step,))

    # merged in the hub

    def _follow(self) -> Plan:
        survivor = self.case.survivor
        assert survivor is not None  # noqa: S101 - decided by the table
        seen = Pair(survivor, self._item)
        stays = not self.case.survivor_hidden and self.terms.in_scope(survivor)
        if self.case.survivor_linked or not stays:
            return self._drain(seen, Act.REMOVE, Drop())
        merged = self._merged(seen)
        step = self._step(
            Act.RELINK,
            seen=seen,
            writes=self._puts(merged),
            frozen=merged.frozen,
            owned=merged.owned,
            lost=merged.lost,
            edits=merged.edits,
            reason="merged in the CRM",
        )
        return Plan(steps=(replace(step, contact=survivor.id),), holds=merged.holds)

    # how a step or a question about this link looks

    def _step(self, act: Act, **parts: object) -> Step:
        item = self.case.item if isinstance(self.case.item, Record) else None
        defaults: dict[str, object] = {
            "seen": Pair(self.case.hub, item),
            "owned": self.link.owned,
        }
        return Step(
            act=act,
            contact=self.link.contact,
            item=self.link.item,
            link=self.link.id,
            base=self.link.base,
            adopted=self.link.adopted,
            **(defaults | parts),  # type: ignore[arg-type]
        )

    def _end(
        self,
        act: Act,
        *,
        hub: Write = KEEP,
        spoke: Write = KEEP,
        tomb: Tomb | None = None,
        lost: tuple[Lost, ...] = (),
        reason: str = "",
    ) -> Plan:
        writes = Pair(hub, spoke)
        step = self._step(act, writes=writes, tomb=tomb, lost=lost, reason=reason)
        return Plan(steps=(step,))

    def _ask(self, question: Question, topic: str, shown: str, text: str, *choices: Choice) -> Plan:
        hold = Hold(
            question=question,
            topic=topic,
            contact=self.link.contact,
            item=self.link.item,
            shown=shown,
            text=text,
            choices=choices,
        )
        return Plan(holds=(hold,))


DEACTIVATIONS_A_DAY = 5
"""How many contacts an owner's removals may deactivate in 24 hours before it asks (s3)."""


def _as_if_alive(hub: Record) -> Record:
    """A deleted contact as it would be again: nobody may edit a deleted one."""
    business = hub.business or Business()
    return hub.but(business=replace(business, active=True, deleted=False))
