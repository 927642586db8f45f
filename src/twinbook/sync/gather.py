"""Fetch what reconciling needs to know about the links and newcomers at hand."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import timedelta

from twinbook.model.ids import LinkId, RecordId
from twinbook.model.link import Half, Link
from twinbook.model.pair import Side
from twinbook.model.record import Gone, Record
from twinbook.ports import LOOK, MISSING, VANISHED, Dirt
from twinbook.reconcile.cases import Case, Linked, Wanted
from twinbook.reconcile.match import Assignment
from twinbook.sync.marks import fresh_marks
from twinbook.sync.returning import rolled_back
from twinbook.sync.setting import Setting


def gather(setting: Setting, page: Sequence[Dirt], matched: Assignment) -> list[Case]:
    """One case for each dirty contact that may need something."""
    return _Gathering(setting, page, matched).cases()


class _Gathering:
    """One page of dirty contacts, with everything that is known about them."""

    def __init__(self, setting: Setting, page: Sequence[Dirt], matched: Assignment) -> None:
        self.setting, self.matched = setting, matched
        self.dirt = {dirt.contact: dirt for dirt in page}
        journal = setting.journal
        self.links = dict(journal.links_to(self.dirt.keys()))
        self.moved: dict[RecordId, Record] = {}
        self.hub = setting.read(Side.HUB, self.dirt.keys())
        self.survivors = self._survivors()
        self.items = self._items()
        ids = [link.id for link in self.links.values()]
        self.flapping = journal.flapping(ids)
        self.earlier = journal.earlier(ids) if setting.terms.restored else {}
        gone = [link.id for link in self.links.values() if self._is_gone(link)]
        self.missed = journal.missed(gone)
        self.newcomers = newcomers = self._newcomers()
        self.hidden = journal.hidden([*newcomers, *self.survivors])
        self.marks = fresh_marks(setting, newcomers)
        self.fading: set[RecordId] = set()  # whose item perhaps only old lists show any more
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
        found = self.setting.read(Side.SPOKE, read)
        self._follow_moved({item for item, record in found.items() if isinstance(record, Gone)})
        links = {link.item: link for link in self.links.values()}
        settled = {
            item: record
            for item, record in found.items()
            if item in links and not self._is_early(links[item], record)
        }
        self._begin_to_wait(
            links[item].contact
            for item, record in found.items()
            if item in links and item not in settled and isinstance(record, Gone)
        )
        return {**remembered, **settled, **self.moved}

    def _begin_to_wait(self, contacts: Iterable[RecordId]) -> None:
        """Remember since when their items are missing, where nothing says so yet."""
        fresh = [
            Dirt(contact=one, announced=MISSING)
            for one in contacts
            if self.dirt[one].announced != MISSING
        ]
        if fresh:
            with self.setting.journal.transaction() as tx:
                tx.soil(fresh)

    def _follow_moved(self, gone: Collection[RecordId]) -> None:
        """Let links follow items that live on under another name: they carry our mark (s15)."""
        lost = {link.mark: link for link in self.links.values() if link.item in gone}
        found = self.setting.replicas.spoke.find(lost.keys()) if lost else {}
        taken = self.setting.journal.links_at([record.id for record in found.values()])
        for mark, record in found.items():
            if record.id not in taken:
                link = lost[mark]
                self.links[link.contact] = link.but(item=record.id)
                self.moved[record.id] = self.setting.see(record)

    def _is_early(self, link: Link, record: Record | Gone) -> bool:
        """Whether it is too early to believe a read: it is read again later (R6, A2).

        It may be older than what was announced, or an item that is gone may be on its way
        to another name that no list shows yet.
        """
        patience = timedelta(seconds=self.setting.replicas.spoke.shows_after)
        dirt = self.dirt[link.contact]
        over = dirt.since is not None and self.setting.clock.now() >= dirt.since + patience
        if not patience:
            return False
        if isinstance(record, Gone):
            return dirt.announced != MISSING or not over
        if dirt.announced in (VANISHED, MISSING):  # this answer is the older one, perhaps
            return not over
        is_known = record.version == link.versions.spoke
        if dirt.announced == LOOK:  # perhaps what stood there before our own last write
            return dirt.since is not None and not over and not is_known
        news = dirt.announced not in (None, record.version)
        return news and not over and is_known

    def _must_read(self, link: Link) -> bool:
        dirt = self.dirt[link.contact]
        told = dirt.announced is not None
        known = link.whole and link.versions.spoke is not None
        return told or self.setting.terms.restored or not known

    def _marked(self, contacts: Sequence[RecordId]) -> Mapping[RecordId, Record]:
        """Items that carry the mark of an earlier link of a contact (rule R11).

        A list may still show what we have just removed: nothing is concluded from that.
        """
        ended = self.setting.journal.ended_for(contacts)
        marks = {one.mark: one for one in ended if not one.released}
        found = self.setting.replicas.spoke.find(marks.keys()) if marks else {}
        self.fading = {marks[mark].contact for mark in found if self.setting.may_show(marks[mark])}
        return {marks[mark].contact: self.setting.see(one) for mark, one in found.items()}

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
            missed=link.id in self.missed,
            rolled_back=_rolled_back(item, link, self.earlier),
        )

    def _is_gone(self, link: Link) -> bool:
        return isinstance(self.items.get(link.item), Gone)

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
            fading=contact in self.fading,
            look_alikes=self.matched.unsure.get(contact, ()),
            sure=self.matched.sure.get(contact),
            mark=self.marks.get(contact),
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


def _rolled_back(
    item: Record | Gone | None, link: Link, earlier: Mapping[LinkId, Sequence[Half]]
) -> frozenset[str]:
    if not isinstance(item, Record):
        return frozenset()
    return rolled_back(Half.of(item), link.base.spoke, earlier.get(link.id, ()))
