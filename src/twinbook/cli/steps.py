"""Steps and numbers of runs and previews, in one shape for programs and one for people."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from twinbook.cli.finding import SHORT

if TYPE_CHECKING:
    from twinbook.cli.desk import Desk
    from twinbook.model.intent import Done
    from twinbook.model.pair import Pair
    from twinbook.model.plan import Edit
    from twinbook.model.run import Counts
    from twinbook.sync.report import Line

SHOWN = 20  #: so many steps of a run are told at once

Data = dict[str, Any]


def planned(lines: Iterable["Line"]) -> list[Data]:
    """The steps of a preview."""
    return _in_order(
        _step(one.act.value, one.contact, one.item, one.name, one.text, one.edits) for one in lines
    )


def recorded(desk: "Desk", run: str) -> list[Data]:
    """The steps of a run, from the journal."""
    from twinbook.journal import runs
    from twinbook.model.ids import RunId

    with desk.house.database.read() as connection:
        return _in_order(_all_recorded(runs.done_in(connection, RunId(run))))


def _all_recorded(many: Iterable["Done"]) -> Iterator[Data]:
    """What a step made has no id in it, as it had none in the preview."""
    from twinbook.model.plan import Act
    from twinbook.reconcile.explain import told, was_quiet

    for done in many:
        if not was_quiet(done):
            contact = None if done.act is Act.PROMOTE else done.contact
            item = None if done.act is Act.CREATE else done.item
            yield _step(done.act.value, contact, item, done.name, told(done), done.edits)


def _in_order(steps: Iterable[Data]) -> list[Data]:
    return sorted(steps, key=lambda one: (one["name"], one["text"], one["contact"] or ""))


def _step(
    act: str,
    contact: str | None,
    item: str | None,
    name: str,
    text: str,
    edits: Sequence["Edit"],
) -> Data:
    return {
        "act": act,
        "contact": contact,
        "item": item,
        "name": name,
        "text": text,
        "edits": [
            {"side": one.side, "field": one.field, "before": one.before, "after": one.after}
            for one in edits
        ],
    }


@dataclass(frozen=True, slots=True)
class Beginning:
    """The first steps of many, in words, and how many there are."""

    texts: Sequence[str]
    number: int

    def lines(self, run: str | None = None) -> Iterator[str]:
        """The steps as lines, and where to find the rest."""
        yield from (f"  {text}" for text in self.texts)
        if self.number > len(self.texts):
            rest = f"  … and {self.number - len(self.texts):,} more."
            yield rest + (f" See: twinbook run show {run[:SHORT]}" if run else "")


def beginning(desk: "Desk", run: str | None, lines: Sequence["Line"]) -> Beginning:
    """The first steps of a run, from the journal, or of a preview; memory holds only those."""
    from twinbook.journal import runs
    from twinbook.model.ids import RunId

    if run is None:
        return Beginning([one.text for one in lines[:SHOWN]], len(lines))
    texts, number = list[str](), 0
    with desk.house.database.read() as connection:
        for one in _all_recorded(runs.done_in(connection, RunId(run))):
            number += 1
            if number <= SHOWN:
                texts.append(one["text"])
    return Beginning(texts, number)


def numbers(counts: "Counts") -> Data:
    """The numbers of a run by their names."""

    def both(pair: "Pair[int]") -> Mapping[str, int]:
        return {"hub": pair.hub, "spoke": pair.spoke}

    return {
        "created": both(counts.created),
        "updated": both(counts.updated),
        "removed": both(counts.removed),
        "linked": counts.linked,
        "held": counts.held,
        "failed": counts.failed,
        "requests": counts.requests,
    }


_DONE = {"created": "created", "updated": "updated", "removed": "removed", "linked": "linked"}
_TO_DO = {
    "created": "to create",
    "updated": "to update",
    "removed": "to remove",
    "linked": "to link",
}


def summary(counts: "Counts", *, preview: bool = False, others: int = 0) -> str:
    """The numbers of a run, or of what is to be done, as a clause.

    >>> from twinbook.model.run import Counts
    >>> from twinbook.model.pair import Pair
    >>> summary(Counts(created=Pair(0, 3), held=1), preview=True), summary(Counts())
    ('3 to create in the book, 1 to be answered', 'nothing to do')
    """
    words = _TO_DO if preview else _DONE
    parts = [
        f"{number:,} {words[name]} in the {place}"
        for name in ("created", "updated", "removed")
        for place, number in zip(("CRM", "book"), _both(getattr(counts, name)), strict=True)
        if number
    ]
    rest = (
        (words["linked"], counts.linked),
        ("to be answered", counts.held),
        ("failed", counts.failed),
    )
    parts += [f"{number:,} {word}" for word, number in rest if number]
    return ", ".join(parts) or _other(others, preview=preview)


def _other(number: int, *, preview: bool) -> str:
    if not number:
        return "nothing to do"
    return f"{number:,} {'change' if number == 1 else 'changes'}{' to make' if preview else ''}"


def _both(pair: "Pair[int]") -> tuple[int, int]:
    return pair.hub, pair.spoke
