"""Who typed what, and what may have become of it.

Every value that anybody types carries a token that nobody typed before: "k00017" in texts,
"155500017" in numbers. So each of them can be followed through every server and every
merge, and a value that is gone must have a reason (rules S1, S2, S6, S7, S8).
"""

import re
from dataclasses import dataclass, field

from twinbook.model.contact import Email, Kind, Phone, PhoneKind
from twinbook.model.fields import FIELDS
from twinbook.ports import Create
from twinbook.reconcile.normal import as_text

TOKEN = re.compile(r"(?:k|(?<!\d)\+?1555)(\d{5})(?!\d)")
TAG = "CRM"
TEXTS = ("surname", "nickname", "job_title", "department")
ONE_WAY = {"profession": "to-spoke", "office": "to-hub", "manager": "none", "assistant": "both"}
OWN = ("note", "spouse")
EDITED = (*TEXTS, *ONE_WAY, *OWN, "phones", "emails")


def tokens(value):
    """The tokens in a value, a contact or a text."""
    return set(TOKEN.findall(_text(value).lower()))


def _text(value):
    if isinstance(value, str):
        return value
    if isinstance(value, tuple):
        return " ".join(one if isinstance(one, str) else one.value for one in value)
    if value is None:
        return ""
    parts = (
        getattr(value, row.name)
        for row in FIELDS
        if row.name not in ("birthday", "anniversary", "photo")
    )
    return " ".join(_text(part) for part in parts)


@dataclass
class Ledger:
    """Everything that was typed."""

    company: object
    typed: dict = field(default_factory=dict)  #: token -> field
    spelled: dict = field(default_factory=dict)  #: token -> the texts that people saw
    kinds: dict = field(default_factory=dict)  #: token -> the kinds that people saw
    superseded: set = field(default_factory=set)
    private: set = field(default_factory=set)  #: of personal items and own fields
    own: set = field(default_factory=set)  #: of own fields alone
    perhaps: set = field(default_factory=set)  #: nobody can tell whether it may travel
    from_books: dict = field(default_factory=dict)  #: token -> the book it was typed in
    problems: list = field(default_factory=list)
    secret: str = ""  #: what private values end in: two worlds may differ in nothing else

    def kept_private(self, book, name, value):
        """A value as its owner types it who keeps it for himself."""
        own = name in OWN and not self.company.is_outside(book)
        return value + self.secret if value and own else value

    def fresh(self, name, number):
        """A value of a field that nobody typed before; `number` chooses its form."""
        token = f"{len(self.typed):05d}"
        self.typed[token] = name
        if name == "phones":
            kind = (PhoneKind.WORK, PhoneKind.HOME, PhoneKind.MOBILE)[number % 3]
            return Phone(f"+1555{token}", kind)
        if name == "emails":
            return Email(f"k{token}@example.org", Kind.WORK)
        return f"k{token}" + ("", "-Long Tail Value", "-x")[number % 3]

    def changed(self, name, old, number):
        """What a person makes of a value: another one, none, or one element more or less."""
        if name in ("phones", "emails"):
            return self._elements(name, old, number)
        return "" if number % 7 == 6 and old else self.fresh(name, number)

    def _elements(self, name, old, number):
        how, rest = number % 4, number // 4
        if how == 0 and old:
            place = rest % len(old)
            return old[:place] + old[place + 1 :]
        if how == 1 and old:
            place = rest % len(old)
            new = self.fresh(name, rest)
            kept = type(old[place])(new.value, old[place].kind)
            self.kinds[self._token(kept)] = {kept.kind} | self.kinds.get(
                self._token(old[place]), set()
            )
            return (*old[:place], kept, *old[place + 1 :])
        return (*old, self.fresh(name, rest)) if len(old) < 4 else old

    @staticmethod
    def _token(value):
        return next(iter(tokens(value.value)), "")

    def edited(self, old, new, stored, book=None, private=False):
        """Somebody saw `old`, typed `new`, and the place shows `stored`."""
        for row in FIELDS:
            before, typed = getattr(old, row.name), getattr(new, row.name)
            if before == typed:
                continue
            shown = getattr(stored, row.name)
            was, now, is_ = tokens(before), tokens(typed), tokens(shown)
            own = row.name in OWN and book is not None and not self.company.is_outside(book)
            self.superseded |= set() if own else was - now
            self.superseded |= now - is_
            for token in now - was:
                if book is not None:
                    self.from_books[token] = book
                if private or own:
                    self.private.add(token)
                if own:
                    self.own.add(token)
            self._spell(row.name, shown)

    def _spell(self, name, value):
        for one in value if isinstance(value, tuple) else (value,):
            for token in tokens(one if isinstance(one, str) else getattr(one, "value", "")):
                text = one if isinstance(one, str) else one.value
                self.spelled.setdefault(token, set()).add(text)
                if not isinstance(one, str):
                    self.kinds.setdefault(token, set()).add(one.kind)

    def only_seen(self, contact):
        """From now on nobody may know a better spelling than what this book shows."""
        for name in (*TEXTS, "phones", "emails"):
            self._spell(name, getattr(contact, name))

    def thrown_away(self, contact):
        """Somebody saw a contact and removed it: what the hub did not have yet goes with it."""
        self.superseded |= tokens(contact) - self.company.hub_tokens()

    def shared(self, contact):
        """The owner of a personal item made it a business contact."""
        own = {token for name in OWN for token in tokens(getattr(contact, name))}
        opened = tokens(contact) - own
        self.perhaps |= opened & self.private
        self.private -= opened

    def check_hands_off(self, place, change):
        """No write may touch an item that is not linked (rule S7)."""
        if isinstance(change, Create) or change.id not in place.records:
            return
        if not self.company.is_ours(place.name, change.id):
            self.problems.append(
                f"S7 {place.name}: {type(change).__name__} of personal {change.id}"
            )


def readable(value, name):
    """A value for a failure's message."""
    return as_text(name, value)
