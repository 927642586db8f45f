"""How the story is told on the terminal: in sentences that need no colours.

The sample company is the only place that prints names while it runs; everywhere else the
program's log holds ids and counts.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.text import Text

from twinbook.jobs.rounds import Outcome
from twinbook.journal import runs
from twinbook.model.plan import Hold
from twinbook.model.record import Record
from twinbook.reconcile.explain import question, told, was_quiet
from twinbook.sync.cycle import Progress as Advance
from twinbook.wiring import House

WIDE = 100
LINES = 3  #: so many of a long list are shown


class Teller:
    """Tells on standard output; progress goes to standard error."""

    def __init__(self) -> None:
        self._out = Console(highlight=False, emoji=False, markup=False)
        if not self._out.is_terminal:
            self._out.width = WIDE
        self._scenes = 0

    def scene(self, title: str) -> None:
        """Begin a part of the story."""
        self._scenes += 1
        self._out.print()
        self._out.print(Text(f"{self._scenes}. {title}", style="bold cyan"))

    def title(self, text: str) -> None:
        """A heading without a number."""
        self._out.print()
        self._out.print(Text(text, style="bold cyan"))

    def say(self, text: str) -> None:
        """A sentence."""
        self._print("   ", text)

    def fact(self, text: str) -> None:
        """What Twinbook did or found, as a point of a list."""
        self._print("     - ", text)

    def some(self, texts: Sequence[str], shown: int = LINES) -> None:
        """The first of many points, and how many there are besides."""
        for text in texts[:shown]:
            self.fact(text)
        if len(texts) > shown:
            self.fact(f"… and {len(texts) - shown} more")

    def code(self, text: str) -> None:
        """Something to type or to open; never broken into lines."""
        self._out.print(Text(f"     {text}", style="bold"), soft_wrap=True)

    def _print(self, start: str, text: str) -> None:
        """Text in lines that fit, each below the beginning of the first."""
        lines = Text(text).wrap(self._out, max(self._out.width - len(start), 20))
        for number, line in enumerate(lines):
            line.rstrip()
            self._out.print(Text(start if number == 0 else " " * len(start)) + line)


@contextmanager
def progress(what: str, total: int | None = None) -> Iterator[Advance]:
    """A bar on standard error, gone at the end; nothing where nobody looks."""
    console = Console(stderr=True)
    counted = (MofNCompleteColumn(), TimeRemainingColumn()) if total else ()
    columns = (TextColumn("   {task.description}"), BarColumn(), *counted)
    with Progress(
        *columns, console=console, transient=True, disable=not console.is_terminal
    ) as bar:
        task = bar.add_task(what, total=total)
        yield lambda done, of: bar.update(task, advance=done, total=total or of)


def numbers(outcome: Outcome) -> str:
    """What a cycle did, or in a preview would do, in numbers.

    >>> from twinbook.model.ids import SpokeId, UserId
    >>> from twinbook.model.spoke import Spoke
    >>> from twinbook.sync.report import Report
    >>> spoke = Spoke(id=SpokeId("1"), name="rosa", kind="folder", address="", user=UserId("1"))
    >>> numbers(Outcome(spoke, None, Report()))
    'nothing to do'
    """
    counts = outcome.report.counts()
    words = (
        (counts.created.spoke, "copied into the book"),
        (counts.linked, "linked to a card that was there"),
        (counts.created.hub, "new in the CRM"),
        (counts.updated.hub, "changed in the CRM"),
        (counts.updated.spoke - counts.linked, "changed in the book"),
        (counts.held, "question" if counts.held == 1 else "questions"),
    )
    return ", ".join(f"{number} {word}" for number, word in words if number > 0) or "nothing to do"


def sentences(house: House, outcomes: Sequence[Outcome]) -> list[str]:
    """What some cycles did, as sentences; the same in several books is said once."""
    books: dict[str, list[str]] = {}
    with house.database.read() as connection:
        for one in outcomes:
            done = runs.done_in(connection, one.run) if one.run else ()
            for text in sorted(told(step) for step in done if not was_quiet(step)):
                books.setdefault(text, []).append(one.spoke.name)
    return [f"{', '.join(names)}: {text}" for text, names in books.items()]


def asked(house: House, outcomes: Sequence[Outcome], *, fields: bool = False) -> list[str]:
    """The questions that some cycles put; with `fields` only those about values."""
    return [
        asking(house, one.spoke.name, hold)
        for one in outcomes
        for hold in one.report.holds
        if hold.field or not fields
    ]


def asking(house: House, book: str, hold: Hold) -> str:
    """A question with the business contact that it is about."""
    ids = [hold.contact] if hold.contact else []
    names = [one.contact.name for one in house.hub.read(ids).values() if isinstance(one, Record)]
    return f"{book} is asked{''.join(f' about {name}' for name in names)}: {question(hold)}"


def short(text: str) -> str:
    """The sentence of a step without the values."""
    head, colon, _ = text.partition("): ")
    return f"{head})." if colon else text
