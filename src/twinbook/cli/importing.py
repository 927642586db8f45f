"""Taking a file of contacts into the hub, page by page, with a bar."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from twinbook.cli.desk import Desk
from twinbook.cli.finding import SHORT
from twinbook.cli.output import TROUBLE, WELL, Answer, counted, progress

if TYPE_CHECKING:
    from twinbook.intake.found import Fate, Taken
    from twinbook.intake.sources import Source
    from twinbook.intake.taking import Rules, Taking
    from twinbook.journal.deeds import Deed

SHOWN = 20  #: so many new contacts and accounts are named; everything that was left out is


@dataclass(frozen=True, slots=True, kw_only=True)
class Wishes:
    """What was asked for on the command line."""

    file: Path
    form: str  #: what wrote it
    mapping: Path | None
    owner: str | None
    on_match: str
    with_private: bool
    preview: bool


def take_in(desk: Desk, wishes: Wishes) -> Answer:
    """What became, or in a preview would become, of every record of a file."""
    from twinbook.intake.sources import Unmapped
    from twinbook.model.errors import Invalid

    place = wishes.file.expanduser()
    if not place.is_file():
        raise Invalid(f"There is no file {place}.")
    rules, own = _rules(desk, wishes)
    with place.open("rb") as stream:
        try:
            source = _source(stream, wishes, own)
        except Unmapped as error:
            if wishes.mapping is None:
                raise
            return _proposed(wishes.mapping, error.proposal)
        return _taken_in(desk, source, rules, preview=wishes.preview)


def _taken_in(desk: Desk, source: "Source", rules: "Rules", *, preview: bool) -> Answer:
    from twinbook.intake.taking import Taking

    taking = Taking(source.word, rules)
    outcome = _Outcome(word=source.word, every=desk.as_json)
    deed = None if preview else _run(desk, rules)
    with progress("Looking" if preview else "Importing") as advance:
        for page in _pages(desk, source, taking, deed):
            outcome.add(page)
            advance(len(page), source.total)
    if deed is not None:
        with desk.house.database.write() as connection:
            deed.finish(connection)
        if deed.tally:
            desk.count_change()
    return _answer(source, outcome, taking, deed)


def _source(stream: BinaryIO, wishes: Wishes, own: frozenset[str]) -> "Source":
    from twinbook.intake.sources import Format, opened

    text = None
    if wishes.mapping is not None and wishes.mapping.expanduser().is_file():
        text = wishes.mapping.expanduser().read_text(encoding="utf-8")
    return opened(stream, wishes.file.name, Format(wishes.form), text, own)


def _proposed(place: Path, text: str) -> Answer:
    """A mapping was written for a person to look through."""
    target = place.expanduser()
    target.write_text(text, encoding="utf-8")
    lines = [
        f"A proposal of what each column means is in {target}. Nothing was imported.",
        "Look through it, change what is wrong, and do it again, first with --preview.",
    ]
    return Answer({"mapping": str(target), "run": None}, lines, TROUBLE)


def _rules(desk: Desk, wishes: Wishes) -> "tuple[Rules, frozenset[str]]":
    from twinbook.intake.found import OnMatch
    from twinbook.intake.taking import Rules
    from twinbook.journal import policies
    from twinbook.model.fields import own_fields
    from twinbook.reconcile.required import Required
    from twinbook.users import people

    with desk.house.database.read() as connection:
        rights = desk.rights(connection)
        policy = policies.load(connection)
        owner = rights.viewer.user
        rules = Rules(
            owner=people.find(connection, wishes.owner).id if wishes.owner else owner,
            rights=rights,
            required=Required.read(policy.required),
            on_match=OnMatch(wishes.on_match),
        )
    return rules, frozenset() if wishes.with_private else own_fields(policy)


def _run(desk: Desk, rules: "Rules") -> "Deed":
    from twinbook.journal.deeds import begin

    house = desk.house
    with house.database.write() as connection:
        me = rules.rights.viewer.user
        return begin(connection, "import", me, "import", house.clock, house.sealer)


def _pages(
    desk: Desk, source: "Source", taking: "Taking", deed: "Deed | None"
) -> "Iterator[list[Taken]]":
    from twinbook.crm import rows
    from twinbook.intake.judging import PAGE

    for page in rows.batches(source.records(), PAGE):
        if deed is None:
            with desk.house.database.read() as connection:
                yield taking.foresee(connection, page)
        else:
            with desk.house.database.write() as connection:
                taken = taking.take(connection, page, deed, desk.house.clock)
            yield taken


@dataclass(slots=True)
class _Outcome:
    """What became of a file so far. New contacts are only counted, unless somebody asks for all."""

    word: str
    every: bool
    numbers: "Counter[Fate]" = field(default_factory=Counter)
    told: "list[Taken]" = field(default_factory=list)
    fresh: list[str] = field(default_factory=list)  #: the names of the first new contacts

    def add(self, page: "Sequence[Taken]") -> None:
        """Count a page, and keep what is to be told of it."""
        from twinbook.intake.found import Fate

        self.numbers.update(one.fate for one in page)
        news = [one.name for one in page if one.fate is Fate.NEW]
        self.fresh += news[: SHOWN - len(self.fresh)]
        self.told += page if self.every else [one for one in page if _is_worth_telling(one)]


def _is_worth_telling(one: "Taken") -> bool:
    from twinbook.intake.found import Fate

    match one.fate:
        case Fate.ALIKE | Fate.BROKEN | Fate.FILLED:
            return True
        case Fate.NEW:
            return bool(one.reason)
        case Fate.SAME:
            return False


def _answer(source: "Source", outcome: _Outcome, taking: "Taking", deed: "Deed | None") -> Answer:
    from twinbook.intake.found import Fate

    run = deed.run.id if deed and deed.tally else None
    data: dict[str, Any] = {
        "run": run,
        "read_as": source.said,
        **{fate.value: outcome.numbers[fate] for fate in Fate},
        "accounts": list(taking.accounts),
        f"{outcome.word}s": [_as_data(one, outcome.word) for one in outcome.told],
    }
    status = TROUBLE if outcome.numbers[Fate.BROKEN] else WELL
    lines = [source.said, *_lines(outcome, taking.accounts, run, preview=deed is None)]
    return Answer(data, lines, status)


def _as_data(one: "Taken", word: str) -> dict[str, Any]:
    return {
        word: one.number,
        "fate": one.fate.value,
        "name": one.name,
        "reason": one.reason,
        "contact": one.contact,
    }


def _lines(
    outcome: _Outcome, accounts: "Sequence[str]", run: str | None, *, preview: bool
) -> Iterator[str]:
    from twinbook.intake.found import Fate

    numbers, word = outcome.numbers, outcome.word
    yield f"{counted(numbers[Fate.NEW], 'contact')} {'would be' if preview else 'are'} new."
    if preview:
        yield from _some(outcome.fresh, numbers[Fate.NEW])
    if accounts:
        yield f"{counted(len(accounts), 'account')} {'would be' if preview else 'are'} new."
        yield from _some(accounts[:SHOWN], len(accounts))
    if numbers[Fate.FILLED]:
        gains = "would gain" if preview else "gained"
        yield f"{counted(numbers[Fate.FILLED], 'contact')} {gains} what it lacked."
    if numbers[Fate.SAME]:
        yield f"{counted(numbers[Fate.SAME], word)} left out: there already."
    for one in outcome.told:
        yield from _told(one, word)
    if run is not None:
        yield f"Undo it with: twinbook undo {run[:SHORT]}"


def _some(names: "Sequence[str]", number: int) -> Iterator[str]:
    yield from (f"  {name}" for name in names)
    if number > len(names):
        yield f"  … and {number - len(names):,} more."


def _told(one: "Taken", word: str) -> Iterator[str]:
    from twinbook.intake.found import Fate

    match one.fate:
        case Fate.ALIKE:
            yield f"Left out: {word} {one.number}, {one.name}: {one.reason}."
        case Fate.BROKEN:
            yield f"Not read: {one.reason}"
        case Fate.FILLED:
            yield f"Added to {one.name}: {word} {one.number}."
        case Fate.NEW if one.reason:
            yield f"{word.capitalize()} {one.number}, {one.name}: {one.reason}"
        case _:
            return
