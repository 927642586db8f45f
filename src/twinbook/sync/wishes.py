"""What a person asks for about a link, as a step: untrack a contact, let a whole book go.

Only planning: `sync.apply` carries the steps out, conditionally and journaled like any other.
"""

from collections.abc import Collection, Iterator
from enum import Enum

from twinbook.model.errors import ReplicaError
from twinbook.model.ids import RecordId
from twinbook.model.link import Half, Link
from twinbook.model.pair import Pair, Side
from twinbook.model.plan import KEEP, Act, Drop, Release, Step, Tomb, Write
from twinbook.model.record import Gone, Record
from twinbook.sync.apply import carry_out
from twinbook.sync.recover import recover
from twinbook.sync.report import Report
from twinbook.sync.setting import Setting

PAGE = 500


class Parting(Enum):
    """What becomes of an item whose link ends."""

    KEEP = "keep"  #: it stays, as a personal one
    REMOVE = "remove"  #: it goes, if nobody edited it since


def untracked(
    link: Link, hub: Record | None, item: Record | Gone | None, parting: Parting
) -> Step | None:
    """The step that ends a link for good, by its user's wish; None if the item can't be read.

    An edit that was not synchronised yet is not thrown away with the item: such an item
    stays, as a personal one.
    """
    return _ended(link, hub, item, parting, Tomb.UNTRACKED, "untracked by its user")


def let_go(
    link: Link, hub: Record | None, item: Record | Gone | None, parting: Parting
) -> Step | None:
    """The step that ends a link because the whole book is let go.

    What its user had before it was linked stays in any case.
    """
    if link.adopted:
        parting = Parting.KEEP
    return _ended(link, hub, item, parting, None, "the book is disconnected")


def _ended(
    link: Link,
    hub: Record | None,
    item: Record | Gone | None,
    parting: Parting,
    tomb: Tomb | None,
    reason: str,
) -> Step | None:
    if item is None:
        return None
    if isinstance(item, Gone):
        return _step(link, Act.FORGET, Pair(hub, None), KEEP, tomb or Tomb.HIDDEN, reason)
    if parting is Parting.REMOVE and is_unedited(link, item):
        return _step(link, Act.REMOVE, Pair(hub, item), Drop(), tomb, reason)
    return _step(link, Act.RELEASE, Pair(hub, item), Release(), tomb, reason)


def is_unedited(link: Link, item: Record) -> bool:
    """Whether an item still shows what was agreed on, whatever its category says."""
    half, now = link.base.spoke, Half.of(item)
    return (half.contact, dict(half.seals)) == (now.contact, dict(now.seals))


def _step(
    link: Link,
    act: Act,
    seen: Pair[Record | None],
    write: Write,
    tomb: Tomb | None,
    reason: str,
) -> Step:
    return Step(
        act=act,
        contact=link.contact,
        item=link.item,
        link=link.id,
        seen=seen,
        writes=Pair(KEEP, write),
        base=link.base,
        owned=link.owned,
        adopted=link.adopted,
        tomb=tomb,
        reason=reason,
    )


# doing it


def untrack(setting: Setting, contact: RecordId, parting: Parting) -> Report:
    """Untrack one contact in a book, and say what was done."""
    report = Report()
    try:
        recover(setting)
        links = setting.journal.links_to([contact])
        steps = [step for link in links.values() if (step := _planned(setting, link, parting))]
        _carry_out(setting, steps, report)
    except ReplicaError as error:
        report.error = error
    return report


def _planned(setting: Setting, link: Link, parting: Parting) -> Step | None:
    hub = setting.read(Side.HUB, [link.contact]).get(link.contact)
    item = setting.read(Side.SPOKE, [link.item]).get(link.item)
    return untracked(link, hub if isinstance(hub, Record) else None, item, parting)


def let_book_go(setting: Setting, parting: Parting) -> Report:
    """End every link of a book, and say what was done."""
    report = Report()
    try:
        recover(setting)
        items = [item for item, _, _ in setting.journal.items()]
        for start in range(0, len(items), PAGE):
            some = list(_all_let_go(setting, items[start : start + PAGE], parting))
            _carry_out(setting, some, report)
            if report.error is not None:
                break
    except ReplicaError as error:
        report.error = error
    return report


def _all_let_go(setting: Setting, items: Collection[RecordId], parting: Parting) -> Iterator[Step]:
    links = setting.journal.links_at(items)
    hub = setting.read(Side.HUB, [link.contact for link in links.values()])
    found = setting.read(Side.SPOKE, items)
    for link in links.values():
        record = hub.get(link.contact)
        step = let_go(
            link, record if isinstance(record, Record) else None, found.get(link.item), parting
        )
        if step is not None:
            yield step


def _carry_out(setting: Setting, steps: list[Step], report: Report) -> None:
    for result in carry_out(steps, setting):
        report.count(result.done)
        report.list(result.done)
        report.postponed += result.postponed
        report.holds += result.refused
        report.error = result.error
