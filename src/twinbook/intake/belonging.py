"""Whose the records of a file are: the account they belong to, the user who owns them.

An account is known by its name; where the mailbox of the person is in the account's mail
domain, by its name without the legal form as well. Nobody is put into an account on his
mailbox alone if the file names another company.
"""

import re
from collections.abc import Callable, Sequence

from sqlalchemy import Connection

from twinbook.crm import accounts
from twinbook.crm.accounts import Account
from twinbook.intake.found import Found
from twinbook.model.errors import Ambiguous, NotFound
from twinbook.model.ids import AccountId, UserId
from twinbook.reconcile.match import is_personal
from twinbook.reconcile.normal import email_key, fold
from twinbook.users import people

_WORD = re.compile(r"[^\W_]+")
_LEGAL_FORMS = frozenset(
    "ab ag as asa bv co company corp corporation doo gmbh group inc incorporated kft kg kgaa "  # noqa: SIM905 - read as words
    "limited llc llp lp ltd mbh nv ohg oy oyj plc pty sa sarl sas sasu se sl spa srl sro ug und "
    "and et".split()
)

Make = Callable[[str], AccountId]


def bare(name: str) -> str:
    """The name of a company without its legal form, folded.

    >>> bare("Contoso GmbH & Co. KG"), bare("AB Inc.")
    ('contoso', 'ab inc')
    """
    words = _WORD.findall(fold(name.replace(".", "")))
    kept = [word for word in words if word not in _LEGAL_FORMS]
    return " ".join(kept or words)


class Accounts:
    """The accounts of the records of one file, each looked up once."""

    def __init__(self) -> None:
        self.made: list[str] = []  #: the names of those that are new
        self._named: dict[str, Sequence[Account]] = {}
        self._at: dict[str, Sequence[Account]] = {}
        self._new: dict[str, AccountId | None] = {}

    def of(
        self, connection: Connection, found: Found, make: Make | None
    ) -> tuple[AccountId | None, str]:
        """The account of a record, and what is to be said about it; it is made if it is new.

        Without `make`, in a preview, a new account has no id yet.
        """
        at_domain = self._at_domain(connection, found)
        if not found.account:
            # Only a table speaks of accounts; a card's company is a text like any other.
            lone = at_domain if found.source and len(at_domain) == 1 else ()
            return (lone[0].id if lone else None), ""
        key = fold(found.account)
        if key in self._new:
            return self._new[key], ""
        named = self._known_as(connection, key, found.account)
        fitting = [one for one in named if one in at_domain] or named
        if len(fitting) > 1:
            return None, "Several accounts have the name of its company, which stays a text."
        if not fitting:
            fitting = [one for one in at_domain if bare(one.name) == bare(found.account)][:2]
        if len(fitting) == 1:
            return fitting[0].id, ""
        return self._make(found.account, make), ""

    def _make(self, name: str, make: Make | None) -> AccountId | None:
        self.made.append(name)
        self._new[fold(name)] = id = make(name) if make else None
        return id

    def _known_as(self, connection: Connection, key: str, name: str) -> Sequence[Account]:
        if key not in self._named:
            self._named[key] = accounts.named(connection, name)
        return self._named[key]

    def _at_domain(self, connection: Connection, found: Found) -> list[Account]:
        """The accounts in whose mail domains the person has a mailbox."""
        if not found.source:
            return []
        mails = [one.value for one in found.person.emails if is_personal(one.value)]
        domains = {email_key(mail).rpartition("@")[2] for mail in mails}
        several: list[Account] = []
        for domain in sorted(one for one in domains if "." in one):
            if domain not in self._at:
                self._at[domain] = accounts.by_domain(connection, domain)
            several += [one for one in self._at[domain] if one not in several]
        return several


class Owners:
    """The owners of the records of one file, each looked up once."""

    def __init__(self, default: UserId) -> None:
        self._default = default
        self._known: dict[str, UserId | None] = {}

    def of(self, connection: Connection, text: str) -> tuple[UserId, str]:
        """The owner of a record, and what is to be said about it."""
        if not text:
            return self._default, ""
        key = fold(text)
        if key not in self._known:
            try:
                self._known[key] = people.find(connection, text).id
            except (NotFound, Ambiguous):
                self._known[key] = None
        owner = self._known[key]
        if owner is None:
            return self._default, "Its owner is no user here, or several; it is given to another."
        return owner, ""
