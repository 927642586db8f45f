"""Whose the records of a file are: the account they belong to, the user who owns them.

An account is known by its name; where the mailbox of the person is in the account's mail
domain, by its name without the legal form as well. Nobody is put into an account on his
mailbox alone if the file names another company.
"""

import re
from collections.abc import Callable, Iterable, Sequence

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

    def look_up(self, connection: Connection, found: Iterable[Found]) -> None:
        """Learn of all accounts that a page of records may belong to."""
        of_tables = [one for one in found if one.source]
        names = {one.account for one in of_tables if one.account}
        names = {name for name in names if fold(name) not in self._named.keys() | self._new.keys()}
        domains = {domain for one in of_tables for domain in _domains(one)} - self._at.keys()
        called, there = accounts.called(connection, names), accounts.at_domains(connection, domains)
        self._named |= {fold(name): called.get(fold(name), ()) for name in names}
        self._at |= {domain: there.get(domain, ()) for domain in domains}

    def of(self, found: Found, make: Make | None) -> tuple[AccountId | None, str]:
        """The account of a record, and what is to be said about it; it is made if it is new.

        Without `make`, in a preview, a new account has no id yet.
        """
        if not found.source:  # only a table speaks of accounts; a card's company is a text
            return None, ""
        at_domain = [account for domain in _domains(found) for account in self._at[domain]]
        if not found.account:
            ids = {account.id for account in at_domain}
            return (ids.pop() if len(ids) == 1 else None), ""
        key = fold(found.account)
        if key in self._new:
            return self._new[key], ""
        named = self._named[key]
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


def _domains(found: Found) -> list[str]:
    """The mail domains of a person."""
    mails = [one.value for one in found.person.emails if is_personal(one.value)]
    domains = {email_key(mail).rpartition("@")[2] for mail in mails}
    return sorted(one for one in domains if "." in one)


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
