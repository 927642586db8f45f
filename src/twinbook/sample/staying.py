"""After the story: stay, synchronise on change, and tell in a sentence what happened."""

import shlex
import sys
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

from twinbook.jobs.events import Broken, Event, Failed, Mended, Moved, Synced
from twinbook.jobs.rounds import Outcome
from twinbook.jobs.service import Manner, Service
from twinbook.jobs.serving import Stop, stay
from twinbook.sample.company import Company
from twinbook.sample.telling import Teller, asked, asking, sentences

A_WHILE = timedelta(seconds=5)  #: so long a quiet look belongs to what was told before


class Visit:
    """The time in which somebody tries things out."""

    def __init__(self, company: Company, teller: Teller) -> None:
        self.company, self.teller = company, teller
        self._told: dict[str, datetime] = {}
        self._moved: set[str] = set()
        self._known = {
            asking(company.house, name, one.hold)
            for name in company.staff
            for one in company.holds(name)
        }

    def invite(self) -> None:
        """Say where everything is, and what can be tried."""
        say, code = self.teller.say, self.teller.code
        self.teller.title("Now you")
        say("The three folders:")
        for member in self.company.members:
            code(_near(member.folder))
        say("Three things to try, in any editor:")
        say("1. Ada Wren has a new title: change the TITLE line of her card in Rosa's book")
        code(self._card("rosa", "ada.wren"))
        say("2. Björn Haugen is a customer now: add the line CATEGORIES:CRM to Tomás' own card")
        code(self._card("tomas", "bjorn"))
        say("3. Mei does not want Mateo Ñancupil: delete his card from her book")
        code(self._card("mei", "mateo.nancupil"))
        say("And to look at it, in another terminal:")
        for command in self._commands():
            code(f"{_near(_program())} --data {_near(self.company.settings.data)} {command}")

    def _commands(self) -> Iterator[str]:
        yield from COMMANDS
        for one in self.company.holds("mei"):
            yield f"--as mei@example.com hold answer {one.id} {one.hold.choices[-1].word}"

    def _card(self, name: str, mail: str) -> str:
        card = self.company.card(name, mail)
        return _near(card) if card else "(it is not there any more)"

    def stay(self) -> None:
        """Watch until somebody presses Ctrl-C."""
        self.teller.title("Twinbook watches the three folders. Ctrl-C ends it.")
        stop = Stop()
        self._remember([member.spoke.name for member in self.company.members])
        with stop.on_signals():
            stay(Service(self.company.house, Manner(), self.happened), stop)
        self.teller.say("That was all. The next start begins afresh.")

    def happened(self, event: Event) -> None:
        """Tell what happened."""
        match event:
            case Moved(spoke):
                self._moved.add(spoke.name)
            case Synced(outcome):
                self._synced(outcome)
            case Broken(spoke, kind, where):
                self._tell(f"{spoke.name if spoke else 'Twinbook'}: {kind} at {where}")
            case Failed(spoke, error):
                self._tell(f"{spoke.name if spoke else 'The database'}: {error}")
            case Mended(spoke):
                self._remember([spoke.name] if spoke else [])
                self._tell(f"{spoke.name if spoke else 'The database'} can be used again.")

    def _synced(self, outcome: Outcome) -> None:
        name = outcome.spoke.name
        self.company.note([outcome])
        news = [
            *sentences(self.company.house, [outcome]),
            *self._new(asked(self.company.house, [outcome])),
        ]
        unread = [
            f"{name}: {trouble.id} is left as it is. {trouble.reason}"
            for trouble in outcome.report.troubles
        ]
        news += self._new(unread)
        if not news and name in self._moved and not self._is_recent(name):
            news = [f"{name}: the folder changed; nothing of it concerns the CRM."]
        self._moved.discard(name)
        for text in news:
            self._tell(text)
        if news:
            self._remember([name])

    def _new(self, texts: list[str]) -> list[str]:
        """Those that were not told yet."""
        found = [text for text in texts if text not in self._known]
        self._known.update(found)
        return found

    def _remember(self, names: list[str]) -> None:
        self._told |= dict.fromkeys(names, self.company.house.clock.now())

    def _is_recent(self, name: str) -> bool:
        """Whether a book was spoken of a moment ago: a look that finds nothing is its echo."""
        told = self._told.get(name)
        return told is not None and self.company.house.clock.now() - told < A_WHILE

    def _tell(self, text: str) -> None:
        now = self.company.house.clock.now().astimezone()
        self.teller.fact(f"{now:%H:%M:%S}  {text}")


COMMANDS = (
    "book list rosa",
    'why "Guðrún Jónsdóttir" job_title',
    "run list",
    "hold list",
)
"""What shows the outcome from the other side."""


def _program() -> Path:
    return Path(sys.executable).with_name("twinbook")


def _near(path: Path) -> str:
    """A path as it is typed here."""
    here = Path.cwd()
    return shlex.quote(str(path.relative_to(here) if path.is_relative_to(here) else path))
