"""Taking a file of cards into the hub, page by page, with a bar."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from twinbook.cli.desk import Desk
from twinbook.cli.finding import SHORT
from twinbook.cli.output import TROUBLE, WELL, Answer, counted, progress

if TYPE_CHECKING:
    from twinbook.jobs.intake import Fate, Intake, Taken
    from twinbook.journal.deeds import Deed
    from twinbook.model.ids import UserId

SHOWN = 20  #: so many new contacts are named; everything that was left out is


def take_in(desk: Desk, file: Path, owner: str | None, *, preview: bool) -> Answer:
    """What became, or in a preview would become, of every card of a file."""
    data = _content(file)
    intake, me = _begin(desk, owner)
    total = data.upper().count(b"BEGIN:VCARD")
    deed = None if preview else _run(desk, me)
    outcome = _Outcome(every=desk.as_json)
    with progress("Looking" if preview else "Importing") as advance:
        for page in _pages(desk, intake, data, deed):
            outcome.add(page)
            advance(len(page), total)
    if deed is not None:
        with desk.house.database.write() as connection:
            deed.finish(connection)
        if deed.tally:
            desk.count_change()
    return _answer(outcome, deed)


@dataclass(slots=True)
class _Outcome:
    """What became of a file so far. New contacts are only counted, unless somebody asks for all."""

    every: bool
    numbers: "Counter[Fate]" = field(default_factory=Counter)
    told: "list[Taken]" = field(default_factory=list)
    fresh: list[str] = field(default_factory=list)  #: the names of the first new contacts

    def add(self, page: "Sequence[Taken]") -> None:
        """Count a page, and keep what is to be told of it."""
        from twinbook.jobs.intake import Fate

        self.numbers.update(one.fate for one in page)
        news = [one.name for one in page if one.fate is Fate.NEW]
        self.fresh += news[: SHOWN - len(self.fresh)]
        worth = (Fate.ALIKE, Fate.BROKEN)
        self.told += page if self.every else [one for one in page if one.fate in worth]


def _content(file: Path) -> bytes:
    from twinbook.formats.vcard.read import LARGEST_INPUT
    from twinbook.model.errors import Invalid

    place = file.expanduser()
    if not place.is_file():
        raise Invalid(f"There is no file {place}.")
    if place.stat().st_size > LARGEST_INPUT:
        most = LARGEST_INPUT >> 20
        raise Invalid(f"{place} is larger than {most} MB. Split it and import the parts.")
    return place.read_bytes()


def _begin(desk: Desk, owner: str | None) -> "tuple[Intake, UserId]":
    from twinbook.jobs.intake import Intake
    from twinbook.journal import policies
    from twinbook.model.fields import own_fields
    from twinbook.users import people

    with desk.house.database.read() as connection:
        me = desk.me(connection).id
        belongs = people.find(connection, owner).id if owner else me
        own = own_fields(policies.load(connection))
    return Intake(belongs, own), me


def _run(desk: Desk, me: "UserId") -> "Deed":
    from twinbook.journal.deeds import begin

    house = desk.house
    with house.database.write() as connection:
        return begin(connection, "import", me, "import", house.clock, house.sealer)


def _pages(
    desk: Desk, intake: "Intake", data: bytes, deed: "Deed | None"
) -> "Iterator[list[Taken]]":
    from twinbook.formats import vcard

    for page in intake.pages(vcard.cards(data)):
        if deed is None:
            with desk.house.database.read() as connection:
                yield [one.told() for one in intake.judge(connection, page)]
        else:
            with desk.house.database.write() as connection:
                judged = intake.judge(connection, page)
                stored = intake.store(connection, judged, deed, desk.house.clock)
                yield [one.told() for one in stored]


def _answer(outcome: _Outcome, deed: "Deed | None") -> Answer:
    from twinbook.jobs.intake import Fate

    run = deed.run.id if deed and deed.tally else None
    data: dict[str, Any] = {
        "run": run,
        **{fate.value: outcome.numbers[fate] for fate in Fate},
        "cards": [_as_data(one) for one in outcome.told],
    }
    status = TROUBLE if outcome.numbers[Fate.BROKEN] else WELL
    return Answer(data, list(_lines(outcome, run, preview=deed is None)), status)


def _as_data(one: "Taken") -> dict[str, Any]:
    return {
        "card": one.number,
        "fate": one.fate.value,
        "name": one.name,
        "reason": one.reason,
        "contact": one.contact,
    }


def _lines(outcome: _Outcome, run: str | None, *, preview: bool) -> Iterator[str]:
    from twinbook.jobs.intake import Fate

    new, same = outcome.numbers[Fate.NEW], outcome.numbers[Fate.SAME]
    yield f"{counted(new, 'contact')} {'would be' if preview else 'are'} new."
    if preview:
        yield from (f"  {name}" for name in outcome.fresh)
        if new > len(outcome.fresh):
            yield f"  … and {new - len(outcome.fresh):,} more."
    if same:
        yield f"{counted(same, 'card')} left out: there already."
    for one in outcome.told:
        if one.fate is Fate.ALIKE:
            yield f"Left out: card {one.number}, {one.name}: {one.reason}."
        elif one.fate is Fate.BROKEN:
            yield f"Not read: {one.reason}"
    if run is not None:
        yield f"Undo it with: twinbook undo {run[:SHORT]}"
