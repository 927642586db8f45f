"""What a cycle did, or in a preview would do, small enough to keep for a whole book."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from twinbook.model.errors import ReplicaError
from twinbook.model.ids import RecordId
from twinbook.model.intent import Done
from twinbook.model.pair import Pair, Side
from twinbook.model.plan import Act, Drop, Edit, Hold, Put, Step
from twinbook.model.record import Trouble
from twinbook.model.run import Counts
from twinbook.reconcile.explain import is_quiet, name_of, sentence


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One step of a preview, without the records it was planned on."""

    act: Act
    contact: RecordId | None
    item: RecordId | None
    name: str
    text: str  #: the step as a sentence
    edits: tuple[Edit, ...] = ()


@dataclass(slots=True)
class Report:
    """The outcome of a cycle. Lines are kept for a preview only: a run has its own record."""

    tally: Counter[tuple[str, Side]] = field(default_factory=Counter)
    lines: list[Line] = field(default_factory=list)
    holds: list[Hold] = field(default_factory=list)
    troubles: list[Trouble] = field(default_factory=list)
    stays: tuple[str, ...] = ()  #: what an undo has to leave as it is, in words
    apart: tuple[str, ...] = ()  #: where an undo leaves book and CRM different, in words
    postponed: int = 0  #: steps that somebody overtook; planned again next time
    again: bool = False  #: a link ended whose contact has to be looked at once more
    waiting: int = 0  #: contacts whose last write is still in doubt
    unsettled: int = 0  #: contacts whose item is looked at again before anything is believed
    error: ReplicaError | None = None

    def count(self, steps: Iterable[Step]) -> None:
        """Count steps that are done, or in a preview would be."""
        for step in steps:
            self.tally.update(_effects(step))
            self.again |= step.act is Act.FORGET and step.tomb is None

    def list(self, steps: Iterable[Step]) -> None:
        """Keep a line for each step that somebody would notice."""
        for step in steps:
            if not is_quiet(step):
                line = Line(
                    act=step.act,
                    contact=step.contact,
                    item=step.item,
                    name=name_of(step),
                    text=sentence(step),
                    edits=step.edits,
                )
                self.lines.append(line)

    def add_troubles(self, troubles: Mapping[RecordId, Trouble]) -> None:
        """Name the items that could not be understood, each once."""
        named = {trouble.id: trouble for trouble in self.troubles}
        self.troubles = list((named | dict(troubles)).values())

    def add(self, done: Done, text: str) -> None:
        """Count and list a step that was done outside a cycle, on the hub alone."""
        effect = "removed" if done.act is Act.REMOVE else "updated"
        self.tally[effect, Side.HUB] += 1
        self.lines.append(
            Line(
                act=done.act,
                contact=done.contact,
                item=None,
                name=done.name,
                text=text,
                edits=done.edits,
            )
        )

    def counts(self, requests: int = 0) -> Counts:
        """The numbers of this run."""

        def of(effect: str) -> Pair[int]:
            return Pair.each(lambda side: self.tally[effect, side])

        return Counts(
            created=of("created"),
            updated=of("updated"),
            removed=of("removed"),
            linked=self.tally["linked", Side.SPOKE],
            held=len(self.holds),
            failed=self.postponed + len(self.troubles) + (1 if self.error else 0),
            requests=requests,
        )

    @property
    def wrote_hub(self) -> bool:
        """Whether other books may have to follow."""
        return any(count for (_, side), count in self.tally.items() if side is Side.HUB)


def _effects(step: Step) -> Iterable[tuple[str, Side]]:
    if step.act is Act.LINK:
        yield "linked", Side.SPOKE
    for side in Side:
        match step.writes[side]:
            case Put() if step.seen[side] is None:
                yield "created", side
            case Put():
                yield "updated", side
            case Drop():
                yield "removed", side
            case _:
                pass
