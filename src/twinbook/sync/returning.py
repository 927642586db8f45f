"""Tell a place that was put back from a backup from one whose user was busy (scenario s11).

A backup brings back what the item showed before, and items that are long gone. Nobody's
edits do that to many items at once. Nothing here writes.
"""

from collections.abc import Iterable, Iterator, Sequence

from twinbook.model.fields import FIELDS
from twinbook.model.link import Half, Link
from twinbook.model.pair import Side
from twinbook.model.record import Record
from twinbook.sync.setting import Setting

ENOUGH = 50  # changed items that are compared with their past
FEW, MANY = 1, 3  # old states that are enough where the cursor was lost too, and where not


class Returning:
    """What a listing shows that had been there before."""

    def __init__(self, setting: Setting, *, expired: bool) -> None:
        self._setting, self._expired = setting, expired
        self._changed: list[Link] = []
        self.reappeared = 0  #: items with the mark of a link that is no more

    def look_at(self, links: Iterable[Link]) -> None:
        """Remember links whose item changed, as far as there is need of them."""
        room = ENOUGH - len(self._changed)
        self._changed += [link for link, _ in zip(links, range(room), strict=False)]

    def is_restore(self) -> bool:
        """Whether what changed is mostly what had been there before."""
        ages = [old for old in self._ages() if old is not None]
        older = ages.count(True) + self.reappeared
        return older >= (FEW if self._expired else MANY) and older > ages.count(False)

    def _ages(self) -> Iterator[bool | None]:
        """Whether each changed item shows an older state; None where nothing in it differs."""
        links = self._changed
        read = self._setting.read(Side.SPOKE, [link.item for link in links])
        earlier = self._setting.journal.earlier([link.id for link in links]) if links else {}
        for link in links:
            item = read.get(link.item)
            if isinstance(item, Record):
                yield is_older(Half.of(item), link.base.spoke, earlier.get(link.id, ()))


def is_older(now: Half, known: Half, earlier: Sequence[Half]) -> bool | None:
    """Whether all that differs from what was known last had been so before; None: nothing does."""
    differing = {row.name for row in FIELDS if value(now, row.name) != value(known, row.name)}
    return differing <= rolled_back(now, known, earlier) if differing else None


def rolled_back(now: Half, known: Half, earlier: Sequence[Half]) -> frozenset[str]:
    """The fields that show an older state of ours."""
    return frozenset(
        row.name
        for row in FIELDS
        if (shown := value(now, row.name)) != value(known, row.name)
        and any(shown == value(one, row.name) for one in earlier)
    )


def value(half: Half, name: str) -> tuple[object, object]:
    """What a half says of a field, private or not."""
    return getattr(half.contact, name), half.seals.get(name)
