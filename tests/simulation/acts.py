"""What can happen in the small company, one act at a time."""

from checks import at_any_moment, at_rest
from company import Company
from ledger import TAG
from remotes import Server

from twinbook.model.policy import Direction, Winner


class Acts:
    """All that people, servers and the engine can do in the small company.

    Numbers are taken modulo what there is: any list of acts can be carried out, and any
    part of it. That is what lets a failure be made smaller.
    """

    company = None

    def begin(self, rules, secret=""):
        self.company = Company(rules)
        self.company.ledger.secret = secret
        self.company.person(1023)

    def book(self, name):
        return name if name in self.company.books else next(iter(self.company.books))

    def someone(self, number):
        living = self.company.living()
        return living[number % len(living)].id if living else None

    def item(self, book, number, wanted=lambda book, id: True):
        items = [id for id in sorted(self.company.books[book].records) if wanted(book, id)]
        return items[number % len(items)] if items else None

    # the hub

    def enter(self, number, user):
        if len(self.company.living()) < 4:
            self.company.person(number, user)

    def edit_in_the_hub(self, pick, name, number):
        if id := self.someone(pick):
            self.company.edit_hub(id, name, number)

    def give_away(self, pick, user):
        if id := self.someone(pick):
            self.company.give(id, user)

    def switch(self, pick, on):
        if id := self.someone(pick):
            (self.company.activate if on else self.company.deactivate)(id)

    def delete(self, pick):
        if id := self.someone(pick):
            self.company.delete_hub(id)

    def merge(self, one, other):
        loser, survivor = self.someone(one), self.someone(other)
        if loser != survivor:
            self.company.merge_hub(loser, survivor)

    # the books

    def edit_in_a_book(self, book, pick, name, number):
        book = self.book(book)
        if id := self.item(book, pick):
            self.company.edit_item(book, id, name, number)

    def remove_from_a_book(self, book, pick):
        book = self.book(book)
        if id := self.item(book, pick):
            self.company.remove_item(book, id)

    def keep_somebody_personal(self, book, number, like):
        book = self.book(book)
        if len(self.company.books[book].records) < 6:
            self.company.personal(book, number, self.someone(like) if like is not None else None)

    def tag(self, book, pick):
        book = self.book(book)
        if id := self.item(book, pick, self.company.is_personal):
            self.company.tag(book, id)

    def untag(self, book, pick):
        book = self.book(book)
        if id := self.item(book, pick, self._is_tagged):
            self.company.untag(book, id)

    def _is_tagged(self, book, id):
        return TAG in self.company.books[book].records[id].contact.categories

    def rename(self, book, pick):
        book = self.book(book)
        if id := self.item(book, pick):
            self.company.books[book].rename(id)

    def move_mailbox(self, book):
        """Every item of a book gets another id, and no cursor is good any more."""
        place = self.company.books[self.book(book)]
        for id in sorted(place.records):
            place.rename(id)
        place.forget_cursors()

    def merge_in_a_book(self, book, one, other):
        book = self.book(book)
        kept, gone = self.item(book, one), self.item(book, other)
        if kept != gone:
            self.company.merge_items(book, kept, gone)

    # what administrators do

    def change_scope(self, book, scope):
        self.company.set_scope(self.book(book), scope)

    def change_winner(self, name, winner):
        self.company.set_winner(name, Winner(winner))

    def change_direction(self, name, way):
        self.company.set_way(name, Direction(way))

    def answer(self, pick, number):
        if holds := self.company.holds():
            self.company.answer_hold(holds[pick % len(holds)], number)

    # time and servers

    def wait(self, seconds):
        self.company.clock.pass_(seconds)

    def upgrade(self, book, server):
        self.company.books[self.book(book)].upgrade(Server[server].value[0])

    def lose_the_cursor(self, book):
        self.company.books[self.book(book)].forget_cursors()

    # the engine

    def watch(self, work, *arguments):
        """Do something with the engine; after a failure nothing more is looked at."""
        company, self.company = self.company, None
        work(*arguments)
        at_any_moment(company)
        self.company = company

    def sync(self, book):
        self.watch(self.company.cycle, self.book(book))

    def sync_as_foreseen(self, book):
        self.watch(self.company.foreseen, self.book(book))

    def sync_in_a_storm(self, book, storm, lag=0.0):
        self.watch(self.company.cycle, self.book(book), storm, lag)

    # backups

    def back_up(self, book):
        self.company.back_up(self.book(book))

    def restore(self, book):
        if self.book(book) in self.company.backups:
            self.company.restore_book(self.book(book))

    def back_up_the_house(self):
        self.company.back_up_house()

    def restore_the_house(self):
        if "house" in self.company.backups:
            self.company.restore_house()

    # the end

    def take_back(self, number):
        """People act on both sides, a cycle carries it over, and is undone."""
        for book in sorted(self.company.books):
            self.enter(number, "bob")
            self.edit_in_the_hub(number, "job_title", number)
            self.edit_in_a_book(book, number // 2, "department", number)
            (self.remove_from_a_book if number % 3 == 0 else self.tag)(book, number // 3)
            self.company.taken_back(book)

    def come_to_rest(self):
        """Everything settles, twice: before and after all questions are answered."""
        at_rest(self.company)
        self.company.take_stock()
        holds = self.company.holds()
        for place, one in enumerate(holds):
            self.company.answer_hold(one, place + len(holds))
        if holds:
            at_rest(self.company)
