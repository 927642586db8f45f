"""Learn what happened in a spoke, and remember it before the cursor moves (rule S13)."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from twinbook.model.errors import CursorExpired
from twinbook.model.ids import Cursor, RecordId, Version
from twinbook.model.link import Link
from twinbook.model.pair import Side
from twinbook.model.plan import Hold
from twinbook.model.record import Announced, Delta, Gone, Record, Trouble
from twinbook.model.spoke import Role
from twinbook.ports import VANISHED, Dirt, SpokeState
from twinbook.reconcile.guard import chosen, emptied
from twinbook.sync.returning import Returning
from twinbook.sync.setting import Setting


@dataclass(slots=True)
class News:
    """What a spoke told. `strangers` are unlinked items, held in memory only."""

    cursor: Cursor | None = None
    strangers: list[Record] = field(default_factory=list)
    troubles: list[Trouble] = field(default_factory=list)
    hold: Hold | None = None  #: the listing looks like an accident: it is not believed
    unbelieved: frozenset[RecordId] = frozenset()  #: contacts whose items that listing lacks
    may_advance: bool = True
    restored: bool = False  #: the place was put back from a backup


def observe(setting: Setting, state: SpokeState) -> News:
    """What is new since the cursor; dirty links are on disk when this returns.

    An expired cursor means that everything is listed again; nothing else follows from it.
    """
    try:
        return _Observation(setting, state).run(state.cursor)
    except CursorExpired:
        return _Observation(setting, state, expired=True).run(None)


def pass_own_items(setting: Setting) -> None:
    """Move the cursor behind the items that we made, if nothing else happened meanwhile.

    A feed need not tell of an item that came and went between two looks: one of ours that
    its user removes before the next cycle would be missed.
    """
    journal = setting.journal
    last: Cursor | None = None
    for page in setting.replicas.spoke.changes(journal.state().cursor):
        links = journal.links_at([*(one.id for one in page.announced), *page.removed])
        known = all(
            one.id in links and one.version == links[one.id].versions.spoke
            for one in page.announced
        )
        if page.complete or not known or any(id in links for id in page.removed):
            return
        last = page.cursor
    if last is not None:
        with journal.transaction() as transaction:
            transaction.advance(last)


class _Observation:
    """One reading of a spoke's change feed."""

    def __init__(self, setting: Setting, state: SpokeState, *, expired: bool = False) -> None:
        self.setting, self.journal, self.state = setting, setting.journal, state
        self.news = News(restored=state.restored)
        self.listed: set[RecordId] = set()
        self.complete = False
        self.returning = Returning(setting, expired=expired)
        self.elsewhere: list[tuple[Link, Announced]] = []

    def run(self, since: Cursor | None) -> News:
        for page in self.setting.replicas.spoke.changes(since):
            self._page(page)
        if self.complete and not self.state.restored:
            self._notice_restore()
        self._arrivals_first()
        self.news.strangers = self._asking_still(self.news.strangers)
        if self.complete:
            self._absences()
        return self.news

    def _notice_restore(self) -> None:
        if self.returning.is_restore():
            self.news.restored = True
            with self.journal.transaction() as transaction:
                transaction.restore(restored=True)

    def _page(self, page: Delta) -> None:
        self.news.cursor = page.cursor
        self.news.troubles.extend(page.troubles)
        news = {one.id: one.version for one in page.announced}
        named = news | dict(page.present)
        links = self.journal.links_at([*named, *page.removed])
        changed = {
            id: version
            for id, version in named.items()
            if id in links and version != links[id].versions.spoke
        }
        dirt = [_dirt(links[id].contact, version) for id, version in changed.items()]
        self.returning.look_at(links[id] for id in changed)
        dirt += [_dirt(links[id].contact, VANISHED) for id in page.removed if id in links]
        self._soil(dirt)
        self._unlinked([one for one in page.announced if one.id not in links])
        if page.complete:
            self.complete = True
            self.listed.update(named)
            self.listed.update(trouble.id for trouble in page.troubles)

    def _soil(self, dirt: Sequence[Dirt]) -> None:
        if dirt:
            with self.journal.transaction() as transaction:
                transaction.soil(dirt)

    def _unlinked(self, announced: Sequence[Announced]) -> None:
        """Tell our own items under a new name from personal ones that ask for something."""
        announced = self._with_content(announced)
        marks = [one.mark for one in announced if one.mark is not None]
        alive, ended = self.journal.links_marked(marks), self.journal.ended(marks)
        doubted = {one.intent.mark for one in self.journal.operations()} if marks else set()
        personal: list[Announced] = []
        for one in announced:
            if one.mark in doubted:
                continue  # our own, as recovery will find
            if one.mark is not None and one.mark in alive:
                self.elsewhere.append((alive[one.mark], one))
            elif one.mark is None or one.mark not in ended:
                personal.append(one)
            elif self.setting.may_show(ended[one.mark]):  # as it was before its link ended
                self.news.may_advance = False
            elif ended[one.mark].released:
                personal.append(one)
            else:
                self.returning.reappeared += 1
        self.news.strangers.extend(self._asking(personal))

    def _with_content(self, announced: Sequence[Announced]) -> list[Announced]:
        """The same with what the replica did not tell for free: whose mark an item carries."""
        unread = [one.id for one in announced if one.record is None]
        read = self.setting.replicas.spoke.read(unread) if unread else {}
        records = {one.id: one.record or read.get(one.id) for one in announced}
        return [
            replace(one, mark=record.mark, record=record)
            for one in announced
            if isinstance(record := records[one.id], Record)
        ]

    def _asking(self, announced: Sequence[Announced]) -> Iterable[Record]:
        """The items whose owner wants them to be business contacts (rule 0.10).

        In an outside CRM that is every one.
        """
        records = [self.setting.see(one.record) for one in announced if one.record is not None]
        if self.setting.spoke.role is Role.CRM:
            return records
        return list(self._tagged(records))

    def _asking_still(self, told: Sequence[Record]) -> list[Record]:
        """Those that ask for it as they are now: a feed may tell of older states, too.

        What is personal would go to everybody on the word of a state that its user left, or
        that we left when we gave the item to its user.
        """
        if self.setting.spoke.role is Role.CRM:
            return list(told)
        now = self.setting.read(Side.SPOKE, list(dict.fromkeys(one.id for one in told)))
        return list(self._tagged([one for one in now.values() if isinstance(one, Record)]))

    def _tagged(self, records: Sequence[Record]) -> Iterator[Record]:
        words = {word for record in records for word in record.contact.categories}
        accounts = self.journal.accounts_named(words) if words and self.setting.tag else {}
        for record in records:
            if record.tagged or any(word in accounts for word in record.contact.categories):
                yield record

    def _arrivals_first(self) -> None:
        """Follow items that came back under another name, before anything counts as gone (s15)."""
        for link, arrival in self.elsewhere:
            if link.item in self.listed:
                continue  # the user copied our item: the copy is the user's own (N9)
            if isinstance(self._look(link.item), Gone):
                moved = link.but(item=arrival.id)
                with self.journal.transaction() as transaction:
                    transaction.save(moved)
                    transaction.soil([_dirt(link.contact, arrival.version)])

    def _look(self, item: RecordId) -> Record | Gone | None:
        return self.setting.read(Side.SPOKE, [item]).get(item)

    def _absences(self) -> None:
        """Linked items that a complete listing does not show: to be looked at directly."""
        known, missing = 0, []
        for item, contact, _ in self.journal.items():
            known += 1
            if item not in self.listed:
                missing.append(contact)
        hold = emptied(known, missing, self.setting.terms.policy.guards)
        if hold is not None and chosen(hold, self.setting.terms.answers) is None:
            self.news.hold, self.news.may_advance = hold, False
            self.news.unbelieved = frozenset(missing)
            return
        self._soil([_dirt(contact, VANISHED) for contact in missing])


def _dirt(contact: RecordId, announced: Version) -> Dirt:
    return Dirt(contact=contact, announced=announced)
