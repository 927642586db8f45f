"""What can be seen of the small company, by a judge who sees everything."""

import sqlite3
import tempfile
from functools import cache
from pathlib import Path

from ledger import TAG, tokens
from world import World

from twinbook.model.spoke import Role

FOLDER = Path(tempfile.mkdtemp(dir="/dev/shm" if Path("/dev/shm").is_dir() else None))


class Sight(World):
    """The world of the stories, with eyes for its database."""

    known = (None, [])  #: the newest line of the feed that was looked at, and everybody then

    def everybody(self):
        (newest,) = self.query("select max(number) from feed")[0]
        if self.known[0] != newest:
            self.known = newest, super().everybody()
        return self.known[1]

    def contacts(self):
        """Every hub contact, by id; deleted and merged ones too."""
        return {one.id: one for one in self.everybody()}

    def hub_tokens(self):
        return set().union(set(), *(tokens(one.contact) for one in self.everybody()))

    def living(self):
        return [
            one
            for one in self.everybody()
            if not one.business.deleted and not one.business.merged_into
        ]

    def link_rows(self, book):
        return self.query(
            "select contact_id, item from links where spoke_id = ?", self.spokes[book].id
        )

    def query(self, text, *values):
        return _eyes().execute(text, values).fetchall()

    def contact_of(self, book, item):
        """The contact that an item is a copy of, as the journal has it."""
        return {i: c for c, i in self.link_rows(book)}.get(item)

    def open_operations(self, book):
        return {
            c
            for (c,) in self.query(
                "select contact_id from operations where spoke_id = ?", self.spokes[book].id
            )
        }

    def is_ours(self, book, item):
        if any(one == item for _, one in self.link_rows(book)):
            return True
        record = self.books[book].records.get(item)
        marks = self.query("select mark from links where spoke_id = ?", self.spokes[book].id)
        if record is not None and (record.mark,) in marks:
            return True
        rows = self.query("select intent from operations where spoke_id = ?", self.spokes[book].id)
        ours = [f'"item":"{item}"']
        if record is not None and record.mark is not None:  # its creation is in doubt
            ours.append(f'"mark":"{record.mark}"')
        return any(one in bytes(text).decode() for (text,) in rows for one in ours)

    def is_personal(self, book, item):
        if self.books[book].role is Role.CRM:
            return False
        record = self.books[book].records[item]
        return not self.is_ours(book, item) and TAG not in record.contact.categories

    def hidden(self, user):
        rows = self.query(
            "select contact_id from tombstones where user_id = ?", self.users[user].id
        )
        return {contact for (contact,) in rows}

    def logged_tokens(self):
        texts = self.query("select before from history where yielded")
        return set().union(set(), *(tokens(text or "") for (text,) in texts))

    def kept_tokens(self):
        """What the record of runs keeps for undoing: items, and values of their users alone."""
        images = self.query("select run_id, image from run_steps where image is not null")
        sealer = self.house.sealer
        halves = self.query(
            "select body from halves where hash in "
            "(select spoke_before from run_steps where act = 'remove' and image is null "
            "or contact_id in (select contact_id from history "
            "where yielded and before = '(kept for its user)'))"
        )
        texts = [sealer.open(image, run) for run, image in images] + [body for (body,) in halves]
        return set().union(set(), *(tokens(plain(text)) for text in texts))


@cache
def _eyes():
    """A connection that sees what is committed at the moment."""
    return sqlite3.connect(FOLDER / "twinbook.sqlite3", isolation_level=None)


def plain(value):
    """A value from the database as text."""
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)
