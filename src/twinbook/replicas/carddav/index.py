"""What is in the book, by mark and by what look-alikes share. In memory, for one run only."""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass

from twinbook.cards.marks import mark_of
from twinbook.formats import vcard
from twinbook.formats.vcard import Card
from twinbook.model.ids import LinkId, RecordId, Version
from twinbook.model.keys import Key
from twinbook.reconcile.match import keys_of


@dataclass(frozen=True, slots=True)
class Known:
    """What is remembered of one item."""

    version: Version | None
    mark: LinkId | None
    keys: frozenset[Key]


class Index:
    """Items that were seen, each at a version."""

    def __init__(self) -> None:
        self._known: dict[RecordId, Known] = {}

    def note(self, id: RecordId, version: Version | None, card: Card | None) -> None:
        """Remember an item; one without a card can't be found by anything."""
        if card is None:
            self._known[id] = Known(version, None, frozenset())
        else:
            self._known[id] = Known(version, mark_of(vcard.uid(card)), keys_of(vcard.contact(card)))

    def forget(self, id: RecordId) -> None:
        """Forget an item that is gone."""
        self._known.pop(id, None)

    def refresh(
        self,
        items: Mapping[RecordId, Version | None],
        load: Callable[
            [Collection[RecordId]], Iterable[tuple[RecordId, Version | None, Card | None]]
        ],
    ) -> None:
        """Bring it up to a listing: what is new or changed is loaded, what is gone forgotten."""
        for id in self._known.keys() - items.keys():
            self.forget(id)
        stale = [
            id
            for id, version in items.items()
            if id not in self._known or version is None or self._known[id].version != version
        ]
        for id, version, card in load(stale):
            self.note(id, version, card)

    def marked(self, marks: Collection[LinkId]) -> Mapping[LinkId, list[RecordId]]:
        """The items that carry these marks."""
        wanted = frozenset(marks)
        found: dict[LinkId, list[RecordId]] = {}
        for id, one in self._known.items():
            if one.mark is not None and one.mark in wanted:
                found.setdefault(one.mark, []).append(id)
        return found

    def sharing(self, keys: frozenset[Key]) -> list[RecordId]:
        """The items that have one of these keys."""
        return [id for id, one in self._known.items() if not one.keys.isdisjoint(keys)]
