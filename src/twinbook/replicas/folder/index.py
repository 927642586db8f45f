"""Which file carries which mark, in memory, for the life of one replica."""

from collections.abc import Sequence

from twinbook.cards.items import card_in
from twinbook.cards.marks import mark_of
from twinbook.formats import vcard
from twinbook.model.ids import LinkId
from twinbook.replicas.folder.files import LARGEST, Changed, Entry, Folder


class Index:
    """Marks by file; a file is read again only when its stamp is another."""

    def __init__(self, folder: Folder) -> None:
        self._folder = folder
        self._marks: dict[str, tuple[str, int, LinkId | None]] = {}
        self._names: dict[LinkId, tuple[str, ...]] = {}  # mostly one; a set would take four times
        self._listed: int | None = None  # the folder's own time, when nothing was unknown

    def names(self, mark: LinkId) -> Sequence[str]:
        """The files that carry a mark, the oldest first."""
        return sorted(self._names.get(mark, ()), key=lambda name: (self._marks[name][1], name))

    def refresh_names(self) -> None:
        """Look for files that came and went; the folder's own time tells whether some did."""
        if self._listed is None or self._listed != self._time():
            self.refresh()

    def refresh(self) -> None:
        """Look for files that came, went or changed."""
        moment = self._time()
        entries = {entry.name: entry for entry in self._folder.entries()}
        for name in self._marks.keys() - entries.keys():
            self.forget(name)
        for name, entry in entries.items():
            if name not in self._marks or self._marks[name][0] != entry.stamp:
                self.note(entry, self._mark(name))
        self._listed = moment

    def note(self, entry: Entry, mark: LinkId | None) -> None:
        """Remember what a file carries."""
        self.forget(entry.name)
        self._marks[entry.name] = (entry.stamp, entry.modified, mark)
        if mark is not None:
            self._names[mark] = (*self._names.get(mark, ()), entry.name)
        self._listed = self._time()

    def forget(self, name: str) -> None:
        """Forget a file that is gone."""
        _, _, mark = self._marks.pop(name, ("", 0, None))
        if mark is not None:
            left = tuple(one for one in self._names[mark] if one != name)
            if left:
                self._names[mark] = left
            else:
                del self._names[mark]

    def _mark(self, name: str) -> LinkId | None:
        try:
            data = self._folder.load(name).data
        except (OSError, Changed):
            return None
        card = card_in(data) if len(data) <= LARGEST else ""
        return None if isinstance(card, str) else mark_of(vcard.uid(card))

    def _time(self) -> int | None:
        try:
            return self._folder.path.stat().st_mtime_ns
        except OSError:
            return None
