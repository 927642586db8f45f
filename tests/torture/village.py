"""A company and its people: what they enter, edit, share and remove, each noted for the reckoning.

Every value that somebody types is a token that nobody ever typed before: "k…" in business
fields, "n…" in the user's own note, "s…" in cards that stay personal.
"""

import random
import re
from contextlib import nullcontext

import sqlalchemy as sa
from handheld import Item

from twinbook.crm import contacts, standing
from twinbook.crm.contacts import New
from twinbook.formats import vcard
from twinbook.journal import policies, spokes
from twinbook.journal.tables import links, operations, tombstones
from twinbook.model.cause import Cause
from twinbook.model.contact import Contact, Email, Kind
from twinbook.model.errors import Stale
from twinbook.model.policy import Winner
from twinbook.ports import Update

TAG = "CRM"
TEXTS = ("job_title", "nickname")
WINNERS = {"job_title": Winner.HUB, "nickname": Winner.SPOKE}
TOKEN = re.compile(r"[kns]\d{6}")
OURS = re.compile(r"[0-9a-f]{32}\.vcf")  # the items that the program makes
MOST = 5  #: e-mail addresses of one contact
TALK = 0.5  #: how often people go on with the contact that was touched last
EDITED = (*TEXTS, *TEXTS, "emails")


def tokens(*values: object) -> set[str]:
    return set(TOKEN.findall(" ".join(map(str, values))))


def typed_in(contact: Contact) -> set[str]:
    """The tokens of what travels."""
    return tokens(*(getattr(contact, name) for name in TEXTS), contact.emails)


class Village:
    """The hub, everybody's books by name, and what the people did."""

    def __init__(self, house, books, chance: random.Random) -> None:
        self.house, self.books, self.chance = house, books, chance
        self.cause = Cause(actor=None, channel="test")
        self.pausing = nullcontext  #: keeps the program still while a file is edited
        self.serial = 0
        self.talked_about = ""  #: the contact that somebody touched last, and others will soon
        self.known_as: dict[tuple[str, str], str] = {}  #: names of items, by book and contact
        self.diary: list[str] = []  #: what became of each value that somebody typed
        self.expected: set[str] = set()  #: given names of all contacts that there shall be
        self.typed: set[str] = set()
        self.replaced: dict[str, set[str]] = {}  #: by what, by somebody who saw them
        self.thrown: set[str] = set()  #: away, with their card, by somebody who saw them
        self.secret: set[str] = set()  #: of personal cards and own notes
        self.inactive: set[str] = set()
        self.fickle: set[str] = set()  #: contacts that were inactive once: their items came anew
        self.acquainted: set[str] = set()  #: contacts whom somebody knew before
        self.removed: dict[str, set[str]] = {name: set() for name in books}
        self.perhaps: dict[str, set[str]] = {name: set() for name in books}
        self.personal: dict[str, dict[str, bytes]] = {name: {} for name in books}
        self.notes: dict[str, dict[str, str]] = {name: {} for name in books}
        with house.database.write() as c:
            policies.save(c, policies.load(c).but(winners=WINNERS))
            self.users = {one.name: one.user for one in spokes.everything(c)}
            self.spokes = {one.name: one.id for one in spokes.everything(c)}

    def fresh(self, kind: str = "k") -> str:
        self.serial += 1
        token = f"{kind}{self.serial:06d}"
        if kind != "k":
            self.secret.add(token)
        return token

    # ------------------------------------------------ in the hub

    def everybody(self):
        news = self.house.hub.changes(None)
        return [one.record for page in news for one in page.announced if one.record]

    def begin(self, count: int) -> None:
        """The first contacts; each user knows two of them already, and two other people."""
        for _ in range(count):
            self.enter()
        known = self.chance.sample(self.everybody(), 2 * len(self.books))
        for book in self.books:
            for record in (known.pop(), known.pop()):
                self.meet_in(book, record.contact)
                self.keep_in(book)

    def _somebody(self):
        """A contact, often the one that everybody talks about."""
        everybody = self.everybody()
        talked_about = [one for one in everybody if one.contact.given == self.talked_about]
        if talked_about and self.chance.random() < TALK:
            return talked_about[0]
        found = self.chance.choice(everybody)
        self.talked_about = found.contact.given
        return found

    def enter(self) -> None:
        """A new contact."""
        title, mail = self.fresh(), self.fresh()
        given = f"P{title}"
        contact = Contact(given=given, job_title=title, emails=(mailbox(mail),))
        with self.house.database.write() as c:
            contacts.create(c, New(contact=contact), self.cause, self.house.clock)
        self.expected.add(given)
        self.typed |= {title, mail}

    def edit_in_the_hub(self) -> None:
        record = self._somebody()
        if record.contact.given in self.acquainted:
            return
        name = self.chance.choice(EDITED)
        contact, old, new = self._edited(record.contact, name)
        change = Update(
            id=record.id, expected=record.version, contact=contact, fields=frozenset({name})
        )
        try:
            with self.house.database.write() as c:
                contacts.update(c, change, self.cause, self.house.clock)
        except Stale:
            return
        self._note(old, new, f"{name} of {record.contact.given} in the hub")

    def _edited(self, contact: Contact, name: str) -> tuple[Contact, set[str], str]:
        """Another value for a field: the contact with it, the tokens it replaces, its own."""
        new = self.fresh()
        if name != "emails":
            return contact.but(**{name: new}), tokens(getattr(contact, name)), new
        kept = contact.emails if len(contact.emails) < MOST else contact.emails[:-1]
        old = tokens(contact.emails[len(kept) :])
        return contact.but(emails=(*kept, mailbox(new))), old, new

    def _note(self, old: set[str], new: str, where: str) -> None:
        for one in old:
            self.replaced.setdefault(one, set()).add(new)
        self.typed.add(new)
        self.diary.append(f"{new} instead of {', '.join(old) or 'nothing'}: {where}")

    def switch(self) -> None:
        """Somebody deactivates a contact, or brings one back."""
        record = self._somebody()
        given = record.contact.given
        if given in self.acquainted or given.startswith("T"):
            return  # their cards would be given back to their users, who may do what they like
        for book in self.books:
            if given in self.removed[book] and not self._is_hidden(book, record.id):
                self.perhaps[book].add(given)  # that removal may be taken for ours (N8)
        act = standing.activate if given in self.inactive else standing.deactivate
        with self.house.database.write() as c:
            act(c, record.id, self.cause, self.house.clock)
        self.inactive ^= {given}
        self.fickle.add(given)
        self.diary.append(f"{given} {act.__name__}d")

    def _is_hidden(self, book: str, contact: str) -> bool:
        here = (tombstones.c.user_id == self.users[book], tombstones.c.contact_id == contact)
        with self.house.database.read() as c:
            return c.scalar(sa.select(tombstones.c.contact_id).where(*here)) is not None

    # ------------------------------------------------ in a book

    def edit_in(self, book: str) -> None:
        item = self._business_item(book)
        if item is None or (
            item.contact.given in self.acquainted and not self._is_known(book, item)
        ):
            return
        name = self.chance.choice((*EDITED, "note"))
        if item.contact.given in self.acquainted and name == "emails":
            return
        if name == "note":
            self._write_a_note(book, item)
            return
        contact, old, new = self._edited(item.contact, name)
        if self.books[book].write(item, bytes(vcard.edit(item.card, contact, {name}))):
            self._note(old, new, f"{name} of {item.contact.given} in {book}")

    def _write_a_note(self, book: str, item: Item) -> None:
        new = self.fresh("n")
        data = bytes(vcard.edit(item.card, Contact(note=new), {"note"}))
        if self.books[book].write(item, data):
            self.notes[book][item.contact.given] = new

    def remove_in(self, book: str) -> None:
        """A user doesn't want to see somebody any more."""
        item = self._business_item(book)
        if item is None:
            return
        given, known = item.contact.given, self._is_known(book, item)
        if not known and not OURS.fullmatch(item.name):
            return  # he just shared that one himself
        sure = known and given not in self.inactive
        if self.books[book].remove(item):
            (self.removed if sure else self.perhaps)[book].add(given)
            self.thrown |= typed_in(item.contact)
            self.diary.append(f"{given} removed from {book} ({sure=})")

    def _business_item(self, book: str) -> Item | None:
        name = self.known_as.get((book, self.talked_about))
        if name is None or self.chance.random() > TALK:
            names = [one for one in self.books[book].names() if one not in self.personal[book]]
            name = self.chance.choice(names) if names else None
        item = self.books[book].look(name) if name else None
        if item is not None:
            self.talked_about = item.contact.given
            self.known_as[book, item.contact.given] = item.name
        return item

    def _is_known(self, book: str, item: Item) -> bool:
        """Whether the program knows an item. Whoever removes one before leaves no trace (N8)."""
        here = (links.c.spoke_id == self.spokes[book], links.c.item == item.name)
        under_way = sa.select(operations.c.contact_id).where(
            operations.c.spoke_id == self.spokes[book]
        )
        with self.house.database.read() as c:
            contact = c.scalar(sa.select(links.c.contact_id).where(*here))
            return contact is not None and contact not in set(c.scalars(under_way))

    # ------------------------------------------------ personal cards

    def keep_in(self, book: str) -> None:
        """A user has somebody of his own."""
        given, secret = f"S{self.fresh('s')}", self.fresh("s")
        contact = Contact(
            given=given,
            job_title=secret,
            note=secret,
            emails=(mailbox(self.fresh("s")),),
            categories=("Friends",),
        )
        self._add_personal(book, contact)

    def meet_in(self, book: str, them: Contact) -> None:
        """A user knew a contact of the company before it came to his book."""
        self.acquainted.add(them.given)
        note = self.fresh("n")
        contact = Contact(given=them.given, emails=them.emails, note=note)
        if self._put(book, f"met-{them.given}.vcf", contact):
            self.notes[book][them.given] = note

    def _add_personal(self, book: str, contact: Contact) -> None:
        name = f"own-{contact.given}.vcf"
        if self._put(book, name, contact):
            self.personal[book][name] = self.books[book].look(name).data

    def _put(self, book: str, name: str, contact: Contact) -> bool:
        card = vcard.new(contact, f"uid-{name}")
        data = bytes(card).replace(b"END:VCARD", b"X-KEEP:x%s\r\nEND:VCARD" % name.encode())
        return self.books[book].add(name, data)

    def edit_personal_in(self, book: str) -> None:
        if not self.personal[book]:
            return
        name = self.chance.choice(sorted(self.personal[book]))
        item = self.books[book].look(name)
        new = vcard.edit(item.card, Contact(job_title=self.fresh("s")), {"job_title"})
        assert self.books[book].write(item, bytes(new)), "a personal card was written to (S7)"
        self.personal[book][name] = self.books[book].look(name).data

    def share_in(self, book: str) -> None:
        """A user makes a contact of the company of somebody he knows (rule 0.10)."""
        title, mail, note = self.fresh(), self.fresh(), self.fresh("n")
        given = f"T{title}"
        contact = Contact(given=given, job_title=title, note=note, emails=(mailbox(mail),))
        name, at_once = f"shared-{given}.vcf", self.chance.random() < 0.5
        if at_once:
            contact = contact.but(categories=("Friends", TAG))
        if not self._put(book, name, contact):
            return
        if not at_once:
            item = self.books[book].look(name)
            tagged = vcard.edit(item.card, Contact(categories=(TAG,)), {"categories"})
            assert self.books[book].write(item, bytes(tagged)), "written to before it was shared"
        self.typed |= {title, mail}
        self.expected.add(given)
        self.notes[book][given] = note

    # ------------------------------------------------ somebody does something

    def act(self, among=None) -> None:
        """Anything, in the hub or in one of the books that can be reached."""
        deeds, weights = zip(*WEIGHTS.items(), strict=True)
        deed = self.chance.choices(deeds, weights)[0]
        if not deed.endswith("_in"):
            getattr(self, deed)()
            return
        book = self.chance.choice(sorted(among if among is not None else self.books))
        with self.pausing() if self.books[book].is_local else nullcontext():
            getattr(self, deed)(book)


WEIGHTS = {
    "edit_in_the_hub": 8,
    "edit_in": 16,
    "enter": 2,
    "switch": 2,
    "remove_in": 1,
    "share_in": 3,
    "keep_in": 1,
    "edit_personal_in": 1,
}


def mailbox(token: str) -> Email:
    return Email(f"{token}@x.example", Kind.WORK)
