"""After the story: stay, synchronise on change, and tell in a sentence what happened."""

import sys
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

from twinbook.jobs.events import Broken, Event, Failed, Mended, Moved, Synced
from twinbook.jobs.rounds import Outcome
from twinbook.jobs.service import Manner, Service
from twinbook.jobs.serving import Stop, stay
from twinbook.sample.company import Company
from twinbook.sample.shelves import near
from twinbook.sample.telling import Teller, asked, asking, sentences

EVERY = 3  #: seconds: a server on this machine may be asked so often
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
        say("The three books:")
        for member in self.company.members:
            code(f"{member.spoke.name}: {member.shelf.place}")
        say(
            "The two on servers can be opened in any CardDAV program, such as Thunderbird. Three "
            "things to try, in an editor or as commands:"
        )
        say("1. Ada Wren has a new title. Change it on her card in Rosa's book:")
        self._try("rosa", "ada.wren", "s/^TITLE:.*/TITLE:Chief of lenses/")
        say("2. Björn Haugen is a customer now. Put the category CRM on Tomás' own card:")
        self._try("tomas", "bjorn", "s/^END:VCARD/CATEGORIES:CRM\\nEND:VCARD/")
        say("3. Mei does not want Mateo Ñancupil. Delete his card from her folder:")
        code(self._card("mei", "mateo.nancupil"))
        say("And to look at it, in another terminal:")
        for command in self._commands():
            code(f"{near(_program())} --data {near(self.company.settings.data)} {command}")

    def _commands(self) -> Iterator[str]:
        yield from COMMANDS
        for one in self.company.holds("mei"):
            yield f"--as mei@example.com hold answer {one.id} {one.hold.choices[-1].word}"

    def _card(self, name: str, mail: str) -> str:
        item = self.company.card(name, mail)
        return self.company.staff[name].shelf.shown(item) if item else "(it is not there any more)"

    def _try(self, name: str, mail: str, change: str) -> None:
        """Commands that change a card on a server, as a program would."""
        card, shelf = self._card(name, mail), self.company.staff[name].shelf
        curl = f"curl -s -u {shelf.login}:{shelf.password}"
        self.teller.code(f"{curl} {card} | sed '{change}' > card.vcf")
        self.teller.code(f"{curl} -H 'Content-Type: text/vcard' -T card.vcf {card}")

    def stay(self) -> None:
        """Watch until somebody presses Ctrl-C."""
        self.teller.title("Twinbook keeps the three books in step. Ctrl-C ends it.")
        stop = Stop()
        self._remember([member.spoke.name for member in self.company.members])
        with stop.on_signals():
            stay(Service(self.company.house, Manner(every=EVERY), self.happened), stop)
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
            news = [f"{name}: the book changed; nothing of it concerns the CRM."]
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
