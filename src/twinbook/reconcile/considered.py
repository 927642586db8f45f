"""One link under consideration: what happened to both its sides, and how a step about it looks."""

from dataclasses import dataclass, replace

from twinbook.model.link import Half, Link
from twinbook.model.pair import Pair, Side
from twinbook.model.plan import (
    KEEP,
    Act,
    Choice,
    Hold,
    Lost,
    Plan,
    Put,
    Question,
    Step,
    Tomb,
    Write,
)
from twinbook.model.record import Business, Gone, Record
from twinbook.model.spoke import Role
from twinbook.reconcile.cases import Linked
from twinbook.reconcile.decide import HubFate, ItemFate
from twinbook.reconcile.merge import Merged, merge
from twinbook.reconcile.normal import agreed
from twinbook.reconcile.terms import Terms


@dataclass(frozen=True, slots=True)
class Considered:
    """A link, both its sides as they are now, and the rules for them."""

    case: Linked
    terms: Terms

    @property
    def link(self) -> Link:
        return self.case.link

    @property
    def hub(self) -> Record:
        assert self.case.hub is not None  # noqa: S101 - decided by the table
        return self.case.hub

    @property
    def item(self) -> Record:
        assert isinstance(self.case.item, Record)  # noqa: S101 - decided by the table
        return self.case.item

    @property
    def survivor(self) -> Record:
        assert self.case.survivor is not None  # noqa: S101 - decided by the table
        return self.case.survivor

    @property
    def seen(self) -> Pair[Record]:
        return Pair(self.hub, self.item)

    @property
    def is_crm(self) -> bool:
        """Whether the spoke is an outside CRM: there are no users and no tombstones (rule 0.5)."""
        return self.terms.role is Role.CRM

    @property
    def is_missed(self) -> bool:
        """Whether an item that is gone may have gone by a restore."""
        return self.terms.restored or self.case.missed

    def hub_fate(self) -> HubFate:
        """How the hub contact stands to this spoke."""
        hub, survivor = self.case.hub, self.case.survivor
        if _is_deleted(hub):
            return HubFate.DELETED
        if self.hub.business and self.hub.business.merged_into and survivor is not None:
            return HubFate.DELETED if _is_deleted(survivor) else HubFate.MERGED
        if self.terms.in_scope(self.hub):
            return HubFate.HERE
        return HubFate.LEFT if self.hub.business and self.hub.business.active else HubFate.INACTIVE

    def item_fate(self) -> ItemFate:
        """What happened to the item since both sides last agreed."""
        match self.case.item:
            case None:
                return ItemFate.UNSEEN
            case Gone():
                return ItemFate.GONE
            case Record() as item:
                half = self.link.base.spoke
                unchanged = half.contact == item.contact and half.seals == item.seals
                return ItemFate.SAME if unchanged else ItemFate.EDITED

    def merged(self, seen: Pair[Record]) -> Merged:
        """Both sides with the other's edits, from what each last showed."""
        return merge(
            self._rolled_back() if self.case.rolled_back else self.link.base,
            seen,
            self.terms,
            topic=self.link.id,
            owned=self.link.owned,
            adopted=self.link.adopted,
            held=self.case.held,
        )

    def _rolled_back(self) -> Pair[Half]:
        """The base where the item shows an older state of ours in some fields.

        Nobody edited them. What both sides had agreed on since is said again; what only
        its user knew is his.
        """
        base, item, names = self.link.base, Half.of(self.item), self.case.rolled_back
        older = {name: getattr(item.contact, name) for name in names}
        again = {
            name: value
            for name, value in older.items()
            if agreed(name, getattr(base.hub.contact, name), getattr(base.spoke.contact, name))
        }
        seals = {name: seal for name, seal in base.spoke.seals.items() if name not in names}
        seals |= {name: seal for name, seal in item.seals.items() if name in names}
        return Pair(
            Half(contact=base.hub.contact.but(**again)),
            replace(base.spoke, contact=base.spoke.contact.but(**older), seals=seals),
        )

    def step(self, act: Act, **parts: object) -> Step:
        """A step about this link; by default it writes nothing."""
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

    def carry_out(self, act: Act, merged: Merged, **parts: object) -> Step:
        """The step that makes both sides show what was merged."""
        defaults: dict[str, object] = {
            "writes": puts(merged),
            "frozen": merged.frozen,
            "owned": merged.owned,
            "lost": merged.lost,
            "edits": merged.edits,
        }
        return self.step(act, **(defaults | parts))

    def end(
        self,
        act: Act,
        *,
        hub: Write = KEEP,
        spoke: Write = KEEP,
        tomb: Tomb | None = None,
        lost: tuple[Lost, ...] = (),
        reason: str = "",
    ) -> Plan:
        """The plan that ends this link."""
        writes = Pair(hub, spoke)
        tomb = None if self.is_crm else tomb
        return Plan(steps=(self.step(act, writes=writes, tomb=tomb, lost=lost, reason=reason),))

    def ask(
        self,
        question: Question,
        word: str,
        shown: str,
        text: str,
        *choices: Choice,
        values: Pair[str] | None = None,
    ) -> Plan:
        """The plan that only asks a person."""
        hold = Hold(
            question=question,
            topic=self.topic(word),
            contact=self.link.contact,
            item=self.link.item,
            values=values or Pair("", ""),
            shown=shown,
            text=text,
            choices=choices,
        )
        return Plan(holds=(hold,))

    def answer(self, word: str, shown: str) -> str | None:
        """What a person chose, if what was shown then still is so."""
        return self.terms.answer(self.topic(word), shown)

    def topic(self, word: str) -> str:
        """What a question about this link is filed under."""
        return f"{self.link.id}:{word}"


def puts(merged: Merged) -> Pair[Write]:
    """What to write so that each side shows what was merged."""

    def write(side: Side) -> Write:
        fields = merged.fields[side]
        return Put(merged.wanted[side], fields) if fields else KEEP

    return Pair.each(write)


def as_if_alive(hub: Record) -> Record:
    """A deleted contact as it would be again: nobody may edit a deleted one."""
    business = hub.business or Business()
    return hub.but(business=replace(business, active=True, deleted=False))


def _is_deleted(record: Record | None) -> bool:
    return record is None or record.business is None or record.business.deleted
