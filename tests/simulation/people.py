"""What the people of the small company do, each noted in the ledger."""

from ledger import EDITED, TAG, TEXTS, tokens
from sight import Sight

from twinbook.crm import standing
from twinbook.journal import policies, questions
from twinbook.model.contact import Contact
from twinbook.model.errors import TwinbookError
from twinbook.model.plan import Question
from twinbook.reconcile.normal import fold

BOOKS = {"ann": "ann", "bob": "bob", "pad": "bob", "crm": "ann"}  #: book -> its user
OUTSIDE = "crm"  #: an outside CRM: nothing there is personal, and nobody's removal is his alone


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
        pending = {one for one in self.removed if one[1] not in hidden} | self.maybe
        if any((user, one) in pending for one in contacts):
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
        changed = record.contact.but(**{name: self.ledger.kept_private(book, name, new)})
        stored = place.put(changed, id=id, mark=record.mark).contact
        self.ledger.edited(record.contact, changed, stored, book, private)
        if not private and self.contact_of(book, id) is None:
            self.ledger.perhaps |= tokens(new)

    def merge_items(self, book, kept, gone):
        """A user, or the server for him, makes one item of two; the kept one fills up."""
        place = self.books[book]
        record, other = place.records[kept], place.records[gone].contact
        if self.is_personal(book, gone) and not self.is_personal(book, kept):
            self.ledger.shared(other)
        private = self.is_personal(book, kept) and (book, kept) not in self.opened
        known = tokens(other) - self.ledger.private
        changes = {n: getattr(record.contact, n) or getattr(other, n) for n in TEXTS}
        for name in ("phones", "emails"):
            both = (*getattr(record.contact, name), *getattr(other, name))
            changes[name] = tuple(dict.fromkeys(both))[:4]
        changed = record.contact.but(**changes)
        stored = place.put(changed, id=kept, mark=record.mark).contact
        self.ledger.edited(record.contact, changed, stored, book, private)
        self.ledger.private -= known
        self.remove_item(book, gone)

    def remove_item(self, book, id):
        place, user = self.books[book], BOOKS[book]
        record = place.records[id]
        self.ledger.thrown_away(record.contact)
        contact = self.contact_of(book, id)
        if book == OUTSIDE:  # it is gone for everybody, and nobody hides anything
            place.drop(id)
            return
        if contact is not None:
            self.removed.add((user, contact))
            if relatives := self.merged_with(contact):  # the link has not followed yet
                self.maybe |= {(user, one) for one in (contact, *relatives)}
            if self.acting or contact in self.open_operations(book) or book in self.restored:
                self.maybe.add((user, contact))
        elif TAG in record.contact.categories or record.mark:
            self.maybe |= {(user, one) for one in self._perhaps_of(record)}
        place.drop(id)

    def doubt_removal(self, book, item):
        """Nobody can tell whether the user of a book removed an item."""
        contact = self.contact_of(book, item)
        relatives = self.merged_with(contact) if contact else ()
        self.maybe |= {(BOOKS[book], one) for one in (contact, *relatives)}

    def lose_sight_of(self, book, record):
        """An item has another name before anybody marked it: it can't be known again (N8)."""
        if TAG in record.contact.categories or self.contact_of(book, record.id):
            self.out_of_sight.append((BOOKS[book], record))

    def doubt_what_was_lost_sight_of(self):
        """Whoever such an item is of was perhaps removed by its user, perhaps not."""
        for user, record in self.out_of_sight:
            self.maybe |= {(user, one) for one in self._perhaps_of(record)}

    def merged_with(self, contact):
        """The contacts that were merged into this one, or that it was merged into."""
        merged = {id: one.business.merged_into for id, one in self.contacts().items()}
        found, more = set(), {contact}
        while more:
            found |= more
            more = {into for id, into in merged.items() if into and id in found} - found
            more |= {id for id, into in merged.items() if into in found} - found
        return found - {contact}

    def _perhaps_of(self, record):
        """The contacts that an item may be of, whose writing is not known to have arrived."""
        name = fold(record.contact.given)
        named = [id for id, one in self.contacts().items() if fold(one.contact.given) == name]
        return {one for id in named for one in (id, *self.merged_with(id))}

    def personal(self, book, number, like=None):
        """A user keeps somebody for himself; perhaps a person whom the company knows."""
        place = self.books[book]
        other = self.hub(like).contact if like is not None else None
        skipped = ("emails", "surname", "nickname") if other else ()
        values = {
            name: self.ledger.kept_private(book, name, self.ledger.fresh(name, number))
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
        if book == OUTSIDE:
            return record.id
        self.ledger.private |= fresh
        if like is None:
            place.hands_off[record.id] = record.contact
        return record.id

    def tag(self, book, id):
        place = self.books[book]
        record = place.records[id]
        if TAG not in record.contact.categories:
            self.ledger.shared(record.contact)
            self.ledger.only_seen(record.contact)
            place.hands_off.pop(id, None)
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
        if book == OUTSIDE and choice == "personal":
            self.books[book].kept_out.add(one.hold.item)
        if book == OUTSIDE and choice == "keep":  # it comes back as that CRM spells it
            for record in self.books[book].records.values():
                self.ledger.only_seen(record.contact)
        match one.hold.question:
            case Question.MANY_REMOVALS | Question.EMPTIED:
                here, told = self.books[book].records, one.hold.shown
                # Who is answered about may be removed before the answer is carried out.
                links = self.link_rows(book)
                asked = {id for id, item in links if item not in here or id in told}
                self.maybe |= {(user, contact) for contact in asked}
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
                self.books[book].hands_off.clear()
                # Nobody is hidden by that, but somebody hidden may be shown again.
                self.maybe |= {(user, contact) for contact in self.hidden(user)}
                self.maybe |= {one for one in self.removed if one[0] == user}
            case _:
                if one.hold.contact is not None:
                    all_of_them = set(BOOKS.values()) if choice == "restore" else {user}
                    self.maybe |= {(user, one.hold.contact) for user in all_of_them}
        with self.database.write() as c:
            try:
                questions.answer(c, one.id, choice, self.users[user].id, self.clock.now())
            except TwinbookError:
                return
