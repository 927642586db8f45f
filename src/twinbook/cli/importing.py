"""Taking a file of cards into the hub, page by page, with a bar."""

from collections import Counter
from collections.abc import Iterator, Sequence
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
    taken: list[Taken] = []
    with progress("Looking" if preview else "Importing") as advance:
        for page in _pages(desk, intake, data, deed):
            taken += page
            advance(len(page), total)
    if deed is not None:
        with desk.house.database.write() as connection:
            deed.finish(connection)
        if deed.tally:
            desk.count_change()
    return _answer(taken, deed)


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
    from twinbook.jobs.intake import store

    for page in intake.pages(vcard.cards(data)):
        if deed is None:
            with desk.house.database.read() as connection:
                yield [one.told() for one in intake.judge(connection, page)]
        else:
            with desk.house.database.write() as connection:
                judged = intake.judge(connection, page)
                yield [one.told() for one in store(connection, judged, deed, desk.house.clock)]


def _answer(taken: "Sequence[Taken]", deed: "Deed | None") -> Answer:
    from twinbook.jobs.intake import Fate

    numbers = Counter(one.fate for one in taken)
    run = deed.run.id if deed and deed.tally else None
    data: dict[str, Any] = {
        "run": run,
        **{fate.value: numbers[fate] for fate in Fate},
        "cards": [
            {"card": one.number, "fate": one.fate.value, "name": one.name, "reason": one.reason,
             "contact": one.contact}
            for one in taken
        ],
    }  # fmt: skip
    return Answer(data, list(_lines(taken, numbers, run, deed)), _status(numbers))


def _status(numbers: "Counter[Fate]") -> int:
    from twinbook.jobs.intake import Fate

    return TROUBLE if numbers[Fate.BROKEN] else WELL


def _lines(
    taken: "Sequence[Taken]", numbers: "Counter[Fate]", run: str | None, deed: "Deed | None"
) -> Iterator[str]:
    from twinbook.jobs.intake import Fate

    did = "would be" if deed is None else "are"
    yield f"{counted(numbers[Fate.NEW], 'contact')} {did} new."
    fresh = [one.name for one in taken if one.fate is Fate.NEW]
    if deed is None:
        yield from (f"  {name}" for name in fresh[:SHOWN])
        if len(fresh) > SHOWN:
            yield f"  … and {len(fresh) - SHOWN:,} more."
    if numbers[Fate.SAME]:
        yield f"{counted(numbers[Fate.SAME], 'card')} left out: there already."
    for one in taken:
        if one.fate is Fate.ALIKE:
            yield f"Left out: card {one.number}, {one.name}: {one.reason}."
        elif one.fate is Fate.BROKEN:
            yield f"Not read: {one.reason}"
    if run is not None:
        yield f"Undo it with: twinbook undo {run[:SHORT]}"
