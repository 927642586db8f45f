"""Fetch what reconciling needs to know about the links and newcomers at hand."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import timedelta

from twinbook.model.contact import Contact
from twinbook.model.ids import AccountId, LinkId, RecordId
from twinbook.model.keys import Key
from twinbook.model.link import Half, Link
from twinbook.model.pair import Side
from twinbook.model.plan import Plan
from twinbook.model.record import Gone, Record
from twinbook.ports import LOOK, Dirt
from twinbook.reconcile.cases import Case, Linked, Parent, Stranger, Wanted
from twinbook.reconcile.match import Assignment, Candidate, assign, candidates, keys_of
from twinbook.sync.observe import VANISHED
from twinbook.sync.setting import Setting

PAGE = 500
AT_ONCE = 10_000  # newcomers that are compared with a whole book at once
NOBODY = Assignment({}, {})


def pages(setting: Setting, skip: Collection[RecordId]) -> Iterator[list[Dirt]]:
    """All that is dirty, page by page; `skip` are contacts that have to wait."""
    after: RecordId | None = None
    while page := setting.journal.dirty(after=after, limit=PAGE):
        after = page[-1].contact
        if left := [dirt for dirt in page if dirt.contact not in skip]:
            yield left


def match_newcomers(
    setting: Setting, skip: Collection[RecordId], taken: Collection[RecordId] = ()
) -> Assignment:
    """Which items of the user are contacts that would otherwise be created a second time.

    Decided over all newcomers at once, before the first is created (rule 2.8): an item
    that two contacts claim is nobody's. Items in `taken` are being linked already.
    """
    alike: dict[RecordId, tuple[Contact, list[Candidate]]] = {}
    for newcomers in _newcomers(setting, skip):
        keys = {id: keys_of(record.contact) for id, record in newcomers.items()}
        found = setting.replicas.spoke.resembling(frozenset().union(*keys.values()))
        items = _unlinked(setting, found, taken)
        for id, record in newcomers.items():
            if several := _alike(record, keys[id], found, items):
                alike[id] = (record.contact, several)
    return assign(alike) if alike else NOBODY


def _newcomers(setting: Setting, skip: Collection[RecordId]) -> Iterator[dict[RecordId, Record]]:
    """Contacts that belong here and have no item, so many at once as memory bears."""
    some: dict[RecordId, Record] = {}
    for page in pages(setting, skip):
        contacts = [dirt.contact for dirt in page]
        links = setting.journal.links_to(contacts)
        unlinked = [contact for contact in contacts if contact not in links]
        for id, record in setting.read(Side.HUB, unlinked).items():
            if isinstance(record, Record) and setting.terms.in_scope(record):
                some[id] = record
        if len(some) >= AT_ONCE:
            yield some
            some = {}
    if some:
        yield some


def _unlinked(
    setting: Setting, found: Mapping[Key, Sequence[Record]], taken: Collection[RecordId]
) -> Mapping[RecordId, Record]:
    records = {record.id: record for several in found.values() for record in several}
    others = {*setting.journal.links_at(list(records)), *taken}
    return {id: setting.see(record) for id, record in records.items() if id not in others}


def _alike(
    record: Record,
    keys: frozenset[Key],
    found: Mapping[Key, Sequence[Record]],
    items: Mapping[RecordId, Record],
) -> list[Candidate]:
    ids = {one.id for key in keys for one in found.get(key, ())} & items.keys()
    return candidates(record.contact, [items[id] for id in sorted(ids)])


def gather(setting: Setting, page: Sequence[Dirt], matched: Assignment) -> list[Case]:
    """One case for each dirty contact that may need something."""
    return _Gathering(setting, page, matched).cases()


class _Gathering:
    """One page of dirty contacts, with everything that is known about them."""

    def __init__(self, setting: Setting, page: Sequence[Dirt], matched: Assignment) -> None:
        self.setting, self.matched = setting, matched
        self.dirt = {dirt.contact: dirt for dirt in page}
        journal = setting.journal
        self.links = journal.links_to(self.dirt.keys())
        self.hub = setting.read(Side.HUB, self.dirt.keys())
        self.survivors = self._survivors()
        self.items = self._items()
        ids = [link.id for link in self.links.values()]
        self.flapping = journal.flapping(ids)
        self.earlier = journal.earlier(ids) if setting.terms.restored else {}
        self.newcomers = newcomers = self._newcomers()
        self.hidden = journal.hidden([*newcomers, *self.survivors])
        self.marked = self._marked([one for one in newcomers if one not in self.hidden])

    def cases(self) -> list[Case]:
        linked = [self._linked(self.links[one]) for one in self.dirt if one in self.links]
        wanted = [self._wanted(one) for one in self.newcomers]
        return [*linked, *(case for case in wanted if case is not None)]

    def _newcomers(self) -> list[RecordId]:
        """Contacts without an item here, but for those that will take over a merged one's."""
        unlinked = [contact for contact in self.dirt if contact not in self.links]
        absorbed = self.setting.journal.absorbed(unlinked)
        losers = [loser for several in absorbed.values() for loser in several]
        linked = self.setting.journal.links_to(losers)
        return [
            one for one in unlinked if not any(loser in linked for loser in absorbed.get(one, ()))
        ]

    def _survivors(self) -> dict[RecordId, Record]:
        """Merged contacts' survivors, however long the chain of merges."""
        found: dict[RecordId, Record] = {}
        wanted = {into for record in self.hub.values() if (into := _merged_into(record))}
        while missing := wanted - found.keys():
            read = self.setting.read(Side.HUB, missing)
            for id in missing:
                record = read.get(id)
                if isinstance(record, Record):
                    found[id] = record
            wanted = {into for id in missing if (into := _merged_into(found.get(id)))}
        return found

    def _survivor(self, record: Record | Gone | None) -> Record | None:
        into = _merged_into(record)
        while into is not None and (further := _merged_into(self.survivors.get(into))):
            into = further
        return self.survivors.get(into) if into is not None else None

    def _items(self) -> Mapping[RecordId, Record | Gone]:
        """The items, read where the spoke may have changed them, else as they were last."""
        read = [link.item for link in self.links.values() if self._must_read(link)]
        remembered = {
            link.item: _remembered(link)
            for link in self.links.values()
            if not self._must_read(link)
        }
        found = {
            item: record
            for item, record in self.setting.read(Side.SPOKE, read).items()
            if not self._is_stale(record)
        }
        return {**remembered, **found}

    def _is_stale(self, record: Record | Gone) -> bool:
        """Whether a read is older than what was announced: it is read again later (R6)."""
        patience = timedelta(seconds=self.setting.replicas.spoke.settles_after)
        if not patience or isinstance(record, Gone):
            return False
        link = next(link for link in self.links.values() if link.item == record.id)
        dirt = self.dirt[link.contact]
        news = dirt.announced not in (None, LOOK, VANISHED, record.version)
        fresh = dirt.since is not None and self.setting.clock.now() < dirt.since + patience
        return news and fresh and record.version == link.versions.spoke

    def _must_read(self, link: Link) -> bool:
        dirt = self.dirt[link.contact]
        told = dirt.announced is not None
        known = link.whole and link.versions.spoke is not None
        return told or self.setting.terms.restored or not known

    def _marked(self, contacts: Sequence[RecordId]) -> Mapping[RecordId, Record]:
        """Items that carry the mark of an earlier link of a contact (rule R11)."""
        ended = self.setting.journal.ended_for(contacts)
        marks = {one.mark: one.contact for one in ended if not one.released}
        found = self.setting.replicas.spoke.find(marks.keys()) if marks else {}
        return {marks[mark]: self.setting.see(record) for mark, record in found.items()}

    def _linked(self, link: Link) -> Linked:
        hub = self.hub.get(link.contact)
        survivor = self._survivor(hub)
        there = self.setting.journal.links_to([survivor.id]) if survivor else {}
        item = self.items.get(link.item)
        return Linked(
            link=link,
            hub=hub if isinstance(hub, Record) else None,
            item=item,
            survivor=survivor,
            survivor_linked=bool(there),
            survivor_hidden=survivor is not None and survivor.id in self.hidden,
            deactivations=self._deactivations(item),
            held=self.flapping.get(link.id, frozenset()),
            rolled_back=_is_rolled_back(item, link, self.earlier),
        )

    def _deactivations(self, item: Record | Gone | None) -> int:
        if not isinstance(item, Gone):
            return 0
        return self.setting.journal.deactivations(self.setting.clock.now() - timedelta(days=1))

    def _wanted(self, contact: RecordId) -> Wanted | None:
        record = self.hub.get(contact)
        if not isinstance(record, Record):
            return None
        return Wanted(
            hub=record,
            hidden=contact in self.hidden,
            marked=self.marked.get(contact),
            look_alikes=self.matched.unsure.get(contact, ()),
            sure=self.matched.sure.get(contact),
        )


def _merged_into(record: Record | Gone | None) -> RecordId | None:
    business = record.business if isinstance(record, Record) else None
    return business.merged_into if business else None


def _remembered(link: Link) -> Record:
    """The item as it was last seen: good enough to plan on, since writes are conditional."""
    assert link.versions.spoke is not None  # noqa: S101 - such links are read
    half = link.base.spoke
    return Record(
        id=link.item,
        version=link.versions.spoke,
        contact=half.contact,
        mark=link.mark,
        seals=half.seals,
        tagged=half.tagged,
    )


def _is_rolled_back(
    item: Record | Gone | None, link: Link, earlier: Mapping[LinkId, Sequence[Half]]
) -> bool:
    if not isinstance(item, Record):
        return False
    now = Half.of(item)
    return now != link.base.spoke and now in earlier.get(link.id, ())


def strangers(
    setting: Setting, items: Sequence[Record], account: AccountId | None = None
) -> list[Case]:
    """One case for each personal item that its owner wants to share."""
    keys = frozenset(key for item in items for key in keys_of(item.contact))
    found = setting.replicas.hub.resembling(keys) if keys else {}
    return [_stranger(setting, item, found, account) for item in items]


def _account_words(item: Record) -> Sequence[str]:
    """What may name the item's account: its categories; in an outside CRM its own account."""
    if item.business is not None:
        return [item.business.account_name] if item.business.account_name else []
    return item.contact.categories


def _lives(record: Record) -> bool:
    """Whether a hub contact is one that an item may be linked to."""
    business = record.business
    return business is not None and business.active and not business.deleted


def _stranger(
    setting: Setting,
    item: Record,
    found: Mapping[Key, Sequence[Record]],
    account: AccountId | None,
) -> Stranger:
    records = {r.id: r for key in keys_of(item.contact) for r in found.get(key, ()) if _lives(r)}
    seen = [record for record in records.values() if setting.terms.may_see(record)]
    named = setting.journal.accounts_named(_account_words(item))
    accounts = tuple(Parent(id, name) for name, several in named.items() for id in several)
    parent = () if account is None else (Parent(account, setting.journal.account_name(account)),)
    alike = tuple(candidates(item.contact, seen))
    linked = setting.journal.links_to([one.record.id for one in alike])
    return Stranger(
        item=item,
        accounts=parent or accounts,
        look_alikes=alike,
        linked=frozenset(linked),
        unseen=len(candidates(item.contact, [r for r in records.values() if r not in seen])),
    )


def at_rest(cases: Sequence[Case], plan: Plan) -> tuple[tuple[RecordId, int], ...]:
    """The contacts for which nothing is to be done now, with the hub's number they were seen at.

    They are hidden by their user, or wait for an answer: either makes them dirty again.
    """
    busy = {step.contact for step in plan.steps}
    seen = (_seen_at(case) for case in cases)
    return tuple(one for one in seen if one is not None and one[0] not in busy)


def _seen_at(case: Case) -> tuple[RecordId, int] | None:
    match case:
        case Linked() if case.item is not None:
            return case.link.contact, _number(case.hub)
        case Wanted():
            return case.hub.id, _number(case.hub)
        case _:
            return None


def _number(record: Record | None) -> int:
    return record.business.number if record is not None and record.business is not None else 0
