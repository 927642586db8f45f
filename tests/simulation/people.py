"""What the people of the small company do, each noted in the ledger."""

from ledger import EDITED, TAG, tokens
from sight import Sight

from twinbook.crm import standing
from twinbook.journal import policies, questions
from twinbook.model.contact import Contact
from twinbook.model.errors import TwinbookError
from twinbook.model.plan import Question
from twinbook.reconcile.normal import fold

BOOKS = {"ann": "ann", "bob": "bob", "pad": "bob"}  #: book -> its user


class People(Sight):
    """Users, at their desks and at their phones."""

    # what people do in the hub

    def person(self, number, owner="ann"):
        """Somebody enters a new contact."""
        ident = f"i{len(self.people):05d}"
        names = [name for place, name in enumerate(EDITED) if number >> place & 1]
        values = {name: self.ledger.fresh(name, number) for name in names}
        contact = Contact(given=ident, employee_id=ident).but(
            **{n: (v,) if n in ("phones", "emails") else v for n, v in values.items()}
        )
        id = self.create(contact, owner)
        self.people[ident] = id
        self.ledger.edited(Contact(), contact, contact)
        return id

    def edit_hub(self, id, name, number):
        record = self.hub(id)
        new = self.ledger.changed(name, getattr(record.contact, name), number)
        changed = record.contact.but(**{name: new})
        self.edit(id, **{name: new})
        self.ledger.edited(record.contact, changed, self.hub(id).contact)

    def delete_hub(self, id):
        self.delete(id)
        for user in set(BOOKS.values()):
            self.unsure(user, id)

    def merge_hub(self, loser, survivor):
        for user in set(BOOKS.values()):
            self.unsure(user, loser, survivor)
        self.merge(loser, survivor)

    def unsure(self, user, *contacts):
        """Removals that nobody noticed yet mean something else now, if anything."""
        hidden = self.hidden(user)
        for contact in contacts:
            if ((user, contact) in self.removed and contact not in hidden) or len(contacts) > 1:
                self.maybe |= {(user, one) for one in contacts}

    def give(self, id, user):
        with self.database.write() as c:
            standing.give_to(c, id, self.users[user].id, self.cause, self.clock)

    def activate(self, id):
        with self.database.write() as c:
            standing.activate(c, id, self.cause, self.clock)

    def set_way(self, name, way):
        with self.database.write() as c:
            policy = policies.load(c)
            policies.save(c, policy.but(directions={**policy.directions, name: way}))
        self.untold.add(name)

    def set_winner(self, name, winner):
        with self.database.write() as c:
            policy = policies.load(c)
            policies.save(c, policy.but(winners={**policy.winners, name: winner}))

    # what users do in their books

    def edit_item(self, book, id, name, number):
        place = self.books[book]
        if not place.shape.holds(name):
            return
        private = self.is_personal(book, id) and (book, id) not in self.opened
        record = place.records[id]
        new = self.ledger.changed(name, getattr(record.contact, name), number)
        changed = record.contact.but(**{name: new})
        stored = place.put(changed, id=id, mark=record.mark).contact
        self.ledger.edited(record.contact, changed, stored, book, private)
        if not private and self.contact_of(book, id) is None:
            self.ledger.perhaps |= tokens(new)

    def remove_item(self, book, id):
        place, user = self.books[book], BOOKS[book]
        record = place.records[id]
        self.ledger.thrown_away(record.contact)
        contact = self.contact_of(book, id)
        if contact is not None:
            self.removed.add((user, contact))
            if self.acting or contact in self.open_operations(book) or book in self.restored:
                self.maybe.add((user, contact))
        elif TAG in record.contact.categories or record.mark:
            self.maybe |= {(user, one) for one in self.contacts()}
        place.drop(id)

    def personal(self, book, number, like=None):
        """A user keeps somebody for himself; perhaps a person whom the company knows."""
        place = self.books[book]
        other = self.hub(like).contact if like is not None else None
        skipped = ("emails", "surname", "nickname") if other else ()
        values = {
            name: self.ledger.fresh(name, number)
            for at, name in enumerate(EDITED)
            if number >> at & 1 and place.shape.holds(name) and name not in skipped
        }
        contact = Contact(given=f"p{len(self.ledger.typed):05d}").but(
            **{n: (v,) if n in ("phones", "emails") else v for n, v in values.items()}
        )
        if other is not None:
            contact = contact.but(given=other.given, emails=other.emails)
        record = place.put(contact)
        fresh = tokens(contact) - (tokens(other) if other is not None else set())
        self.ledger.edited(Contact(), contact, record.contact, book, private=False)
        self.ledger.private |= fresh
        if like is None:
            place.hands_off = getattr(place, "hands_off", {})
            place.hands_off[record.id] = record.contact
        return record.id

    def tag(self, book, id):
        place = self.books[book]
        record = place.records[id]
        if TAG not in record.contact.categories:
            self.ledger.shared(record.contact)
            getattr(place, "hands_off", {}).pop(id, None)
            if not self.is_ours(book, id):  # handed over to its user, who makes somebody new of it
                self.orphans.add(fold(record.contact.employee_id))
            known = tokens(record.contact.emails)
            self.maybe |= {  # whoever is the same person is linked, whatever was removed before
                (BOOKS[book], one.id)
                for one in self.everybody()
                if known & tokens(one.contact.emails)
            }
            place.edit(id, categories=(*record.contact.categories, TAG))

    def untag(self, book, id):
        record = self.books[book].records[id]
        left = tuple(word for word in record.contact.categories if word != TAG)
        self.books[book].edit(id, categories=left)

    def answer_hold(self, one, number):
        """Its user answers a question."""
        choices = one.hold.choices
        if not choices:
            return
        choice = choices[number % len(choices)].word
        book = next(name for name, spoke in self.spokes.items() if spoke.id == one.spoke)
        user = BOOKS[book]
        match one.hold.question:
            case Question.MANY_REMOVALS | Question.EMPTIED:
                self.maybe |= {(user, contact) for contact in self.contacts()}
            case Question.FIELD | Question.PERMISSION | Question.TRUNCATED | Question.FLAPPING:
                self.untold |= {"?" + str(one.hold.contact)}
            case Question.UNTRACK:
                item = self.books[book].records.get(one.hold.item)
                if item and choice in ("stay", "remove"):
                    self.ledger.shared(item.contact)
                self.maybe.add((user, one.hold.contact))
            case Question.IDENTITY:
                item = self.books[book].records.get(one.hold.item)
                for record in [item] if item else []:
                    self.ledger.shared(record.contact)
                for other in self.books[book].records.values():
                    if self.is_personal(book, other.id):
                        self.ledger.shared(other.contact)
                        self.opened.add((book, other.id))
                getattr(self.books[book], "hands_off", {}).clear()
                self.maybe |= {(user, contact) for contact in self.contacts()}
            case _:
                if one.hold.contact is not None:
                    all_of_them = set(BOOKS.values()) if choice == "restore" else {user}
                    self.maybe |= {(user, one.hold.contact) for user in all_of_them}
        with self.database.write() as c:
            try:
                questions.answer(c, one.id, choice, self.users[user].id, self.clock.now())
            except TwinbookError:
                return
