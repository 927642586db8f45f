"""The story: a morning at the sample company, told in sentences.

What is said is looked up after each sync, in the CRM and in the books, never assumed.
"""

from twinbook.jobs.rounds import Outcome
from twinbook.model.errors import TwinbookError
from twinbook.model.ids import RunId
from twinbook.model.plan import Act
from twinbook.model.rights import UserRole
from twinbook.sample.company import Company
from twinbook.sample.invented import INSTRUMENTS
from twinbook.sample.programs import setting
from twinbook.sample.telling import Teller, asked, numbers, progress, sentences, short

TITLE, MOBILE = "TITLE", "TEL;TYPE=CELL"


class Story:
    """The scenes, in their order."""

    def __init__(self, company: Company, teller: Teller) -> None:
        self.company, self.teller = company, teller

    def tell(self) -> None:
        """Everything."""
        self._introduce()
        self._first_sync()
        self._look_alikes()
        self._two_fields()
        self._clash()
        self._private()
        self._promotion()
        self._removal()
        self._undo()
        self._quiet()

    def _introduce(self) -> None:
        company, say = self.company, self.teller.say
        say("Everybody here is invented, and nothing leaves this computer.")
        say(
            f"The CRM of Example Trading holds {len(company.active())} contacts in 5 accounts. "
            "Three people work with them:"
        )
        for member in company.members:
            role = "administrator" if member.user.role is UserRole.ADMIN else "sales"
            self.teller.fact(
                f"{member.user.name}, {role}: the book “{member.spoke.name}” {member.keeps}, "
                f"with {member.personal} personal cards from {member.program.name}."
            )

    def _first_sync(self) -> None:
        self.teller.scene("The first sync, looked at before it happens")
        with progress("Looking ahead"):
            preview = self.company.foresee()
        self.teller.say("A preview says what the sync would do. Nothing is written:")
        self._each(preview)
        steps = [line for one in preview for line in one.report.lines]
        self.teller.say("Among it:")
        linking = sorted({short(line.text) for line in steps if line.act is Act.LINK})
        copies = sorted({line.text for line in steps if line.act is Act.CREATE})
        for text in (*linking[:1], *copies[:2]):
            self.teller.fact(text)
        self.teller.fact(f"… and {len(steps) - 3} more")
        with progress("Synchronising", len(steps)) as advance:
            done = self.company.sync(progress=advance)
        self.teller.say("Now the sync itself, which does exactly that:")
        self._each(done[: len(preview)])
        self.teller.say(
            "The business contacts stand among the personal cards now, told apart by the category "
            f"CRM. The CRM still holds {len(self.company.active())} contacts: no personal card "
            "went the other way."
        )

    def _each(self, outcomes: list[Outcome]) -> None:
        for one in outcomes:
            self.teller.fact(f"{one.spoke.name}: {numbers(one)}")

    def _look_alikes(self) -> None:
        self.teller.scene("The same person, or only a namesake?")
        self.teller.say(
            "A personal card with a contact's own mailbox is that person beyond doubt. Where "
            "less agrees, Twinbook asks, and copies nothing until it knows:"
        )
        for name in self.company.staff:
            for one in self.company.holds(name):
                reason = one.hold.choices[0].meaning.partition(": ")[2]
                contact = one.hold.contact
                known = next(r for r in self.company.active() if r.id == contact)
                self.teller.fact(f"{name} is asked about {known.contact.name}: {reason}.")
        self.teller.say(
            "Rosa answers that it is the same person: her card and the contact become one. Tomás "
            "answers that they are two. Mei's question waits, and nothing else does."
        )
        for name, choice in (("rosa", "link-1"), ("tomas", "apart")):
            for one in self.company.holds(name):
                self.company.answer(name, one, choice)
        self._sync()

    def _two_fields(self) -> None:
        self.teller.scene("Two people edit the same contact, each another field")
        self.teller.say(
            "Rosa, on her iPhone, gives Luísa Araújo another mobile number. Tomás, in Outlook, "
            "gives her another job title. Each program saves the card in its own spelling."
        )
        self.company.edit("rosa", "luisa.araujo", setting(MOBILE, "+44 7700 900213"))
        self.company.edit("tomas", "luisa.araujo", setting(TITLE, "Head of purchasing"))
        self._sync()
        self._everywhere("luisa.araujo", "+44 7700 900213", "Head of purchasing")

    def _clash(self) -> None:
        self.teller.scene("Two people edit the same field")
        self.teller.say(
            "Rosa makes Guðrún Jónsdóttir “Head of field service”; Mei, at the same time, "
            "“Service manager North”."
        )
        self.company.edit("rosa", "gudrun.jonsdottir", setting(TITLE, "Head of field service"))
        self.company.edit("mei", "gudrun.jonsdottir", setting(TITLE, "Service manager North"))
        outcomes = self._sync()
        for text in asked(self.company.house, outcomes, fields=True):
            self.teller.fact(text)
        self.teller.say("Nothing is overwritten: both values stand until somebody decides.")
        self.teller.say("Rosa asks Guðrún, and answers: the one in Mei's book.")
        for one in self.company.holds("mei"):
            if one.hold.field:
                self.company.answer("rosa", one, "spoke")
        self._sync()
        self._everywhere("gudrun.jonsdottir", "Service manager North")

    def _private(self) -> None:
        self.teller.scene("A personal card stays personal")
        self.teller.say("Mei corrects the telephone number of her dentist, a personal card.")
        number = "+44 20 7946 0699"
        self.company.save("mei", "c1048d2e9a7b05.vcf", setting("TEL;TYPE=WORK", number))
        self._sync()
        where = "there, and should not be" if self.company.stores(number) else "not there"
        self.teller.fact(f"Looked for the number in every byte of the database: it is {where}.")

    def _promotion(self) -> None:
        self.teller.scene("A personal card becomes a business contact, when its owner says so")
        self.teller.say(
            f"Ingrid Solberg is in Tomás' book only. He puts the category “{INSTRUMENTS}” on her "
            "card, the name of an account: it is the one thing he does."
        )
        self.company.edit("tomas", "ingrid.solberg", setting("CATEGORIES", INSTRUMENTS))
        self._sync()
        new = self.company.contact("ingrid.solberg")
        account = new.business.account_name if new and new.business else "no account"
        self.teller.fact(
            f"The CRM holds {len(self.company.active())} contacts now. She belongs to {account}, "
            f"and is in {self._count('ingrid.solberg')} of 3 books."
        )
        if new and not new.contact.note and "NOTE:" in self.company.text("tomas", "ingrid.solberg"):
            self.teller.fact("The note that Tomás wrote about her stayed in his book.")

    def _removal(self) -> None:
        self.teller.scene("Somebody removes a contact from a book")
        self.teller.say("Mei never meets Eleanor Vance, and deletes her card.")
        card = self.company.card("mei", "eleanor.vance")
        if card is not None:
            self.company.staff["mei"].shelf.remove(card)
        self._sync()
        there = "as before" if self.company.contact("eleanor.vance") else "gone"
        self.teller.fact(
            f"In the CRM she is {there}, and she is in {self._count('eleanor.vance')} of 3 books."
        )

    def _undo(self) -> None:
        self.teller.scene("A mistake, and the way back")
        self.teller.say(
            "Tomás puts the category CRM on the wrong card: Elio Marchetti is his paddle partner, "
            "and no customer."
        )
        self.company.edit("tomas", "elio", setting("CATEGORIES", "CRM"))
        outcomes = self._sync()
        run = _run_of(outcomes, "tomas")
        self.teller.say(f"A preview says what undoing the run {run[:8]} would do:")
        self.teller.some(self.company.undo(run, dry=True))
        with progress("Undoing"):
            self.company.undo(run)
        self.teller.say("Rosa undoes it, and the next sync tells everybody:")
        self._sync()
        there = "still there" if self.company.contact("elio") else "not there any more"
        self.teller.fact(
            f"In the CRM he is {there}, and he is in {self._count('elio')} of 3 books: Tomás' own."
        )

    def _quiet(self) -> None:
        self.teller.scene("Nobody edits anything")
        self._sync()
        self.teller.fact(
            f"Eleanor Vance still is in {self._count('eleanor.vance')} of 3 books: what somebody "
            "removed does not return by itself."
        )

    # what is done and looked at in every scene

    def _sync(self) -> list[Outcome]:
        with progress("Synchronising") as advance:
            outcomes = self.company.sync(progress=advance)
        told = [short(text) for text in sentences(self.company.house, outcomes)]
        self.teller.say("Sync:" if told else "Sync: there was nothing to write, on any side.")
        self.teller.some(told, 6)
        for one in outcomes:
            if problem := one.trouble or one.report.error:
                raise problem
        return outcomes

    def _count(self, mail: str) -> int:
        return sum(1 for name in self.company.staff if self.company.card(name, mail))

    def _everywhere(self, mail: str, *values: str) -> None:
        """Say whether values are where they should be, having looked."""
        cards = [self.company.text(name, mail) for name in self.company.staff]
        there = sum(1 for card in cards if all(value in card for value in values))
        in_hub = _shows(self.company, mail, values)
        self.teller.fact(
            f"Looked up afterwards: in the CRM {'yes' if in_hub else 'no'}, in {there} of 3 books."
        )


def _shows(company: Company, mail: str, values: tuple[str, ...]) -> bool:
    record = company.contact(mail)
    return record is not None and all(value in repr(record.contact) for value in values)


def _run_of(outcomes: list[Outcome], name: str) -> RunId:
    """The run of a book that changed something."""
    for one in outcomes:
        if one.spoke.name == name and one.run is not None and one.report.tally:
            return one.run
    raise TwinbookError(f"The sync of {name} did nothing, and the story can't go on.")
