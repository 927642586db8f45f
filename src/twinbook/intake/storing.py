"""Storing what was judged: new contacts with their account and owner, and what others gained."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from sqlalchemy import Connection

from twinbook.crm import accounts, contacts, origins
from twinbook.crm.contacts import New
from twinbook.crm.merge import united
from twinbook.intake.belonging import Accounts, Make, Owners
from twinbook.intake.found import Fate, Found, Taken
from twinbook.journal.deeds import Deed
from twinbook.model.contact import Contact
from twinbook.model.fields import FIELDS
from twinbook.model.ids import AccountId, LinkId, RecordId
from twinbook.model.record import Record
from twinbook.ports import Clock, Update


class Storing:
    """The hub's side of one file: who its records belong to, and, in a run, what is written."""

    def __init__(self, accounts: Accounts, owners: Owners) -> None:
        self.accounts, self.owners = accounts, owners

    def foresee(self, connection: Connection, page: Sequence[Taken]) -> list[Taken]:
        """The page as `store` would give it back, with nothing written."""
        self._look_up(connection, page)
        return [self._with_remarks(one, self._new(connection, one)[1]) for one in page]

    def store(
        self, connection: Connection, page: Sequence[Taken], deed: Deed, clock: Clock
    ) -> list[Taken]:
        """Create the new contacts of a page, and complete others; the page with their ids."""

        def make(name: str) -> AccountId:
            return accounts.add(connection, name, clock, run=deed.run.id).id

        self._look_up(connection, page)
        made = [self._new(connection, one, make) for one in page]
        fresh = [new for new, _ in made if new is not None]
        ids = iter(contacts.create_many(connection, fresh, deed.cause, clock))
        stored = [
            self._with_remarks(one if new is None else replace(one, contact=next(ids)), remarks)
            for one, (new, remarks) in zip(page, made, strict=True)
        ]
        created = [one.contact for one in stored if one.fate is Fate.NEW and one.contact]
        records = contacts.read(connection, created)
        deed.note(connection, [(None, records[id]) for id in created])
        filled = [self._fill(connection, one, stored, deed, clock) for one in stored]
        _remember(connection, filled)
        return filled

    def _look_up(self, connection: Connection, page: Sequence[Taken]) -> None:
        fresh = (one.found for one in page if one.fate is Fate.NEW)
        self.accounts.look_up(connection, [found for found in fresh if found is not None])

    def _new(
        self, connection: Connection, one: Taken, make: Make | None = None
    ) -> tuple[New | None, tuple[str, ...]]:
        """The contact to create for a record, None for none; and what is to be said about it."""
        if one.fate is not Fate.NEW or one.found is None:
            return None, ()
        found = one.found
        account, about_account = self.accounts.of(found, make)
        owner, about_owner = self.owners.of(connection, found.owner)
        new = New(
            contact=_with_company(found),
            owner=owner,
            account=account,
            mark=LinkId(found.uid) if found.uid else None,
            photo=found.photo,
            active=found.active,
        )
        return new, tuple(text for text in (about_account, about_owner) if text)

    def _fill(
        self,
        connection: Connection,
        one: Taken,
        page: Sequence[Taken],
        deed: Deed,
        clock: Clock,
    ) -> Taken:
        """A contact that gains what a record says and it lacks."""
        if one.fate is not Fate.FILLED or one.found is None:
            return one
        contact = one.contact or next(
            (other.contact for other in page if other.number == one.fills), None
        )
        if contact is None:
            return replace(one, fate=Fate.ALIKE)
        before = contacts.get(connection, contact)
        wanted = united(before.contact, _with_company(one.found))
        after = _updated(connection, before, wanted, one.found, deed, clock)
        deed.note(connection, [(before, after)])
        fate = Fate.FILLED if after != before else Fate.SAME
        reason = one.reason if after != before else "it is there already"
        return replace(one, contact=contact, fate=fate, reason=reason)

    @staticmethod
    def _with_remarks(one: Taken, remarks: Sequence[str]) -> Taken:
        return replace(one, reason=" ".join([one.reason, *remarks]).strip()) if remarks else one


def _updated(
    connection: Connection,
    before: Record,
    wanted: Contact,
    found: Found,
    deed: Deed,
    clock: Clock,
) -> Record:
    names = {
        row.name for row in FIELDS if getattr(before.contact, row.name) != getattr(wanted, row.name)
    }
    if not names:
        return before
    change = Update(
        id=before.id,
        expected=before.version,
        contact=wanted,
        fields=frozenset(names),
        photo=found.photo,
    )
    return contacts.update(connection, change, deed.cause, clock)


def _with_company(found: Found) -> Contact:
    """The person with the account's name as its company, where the file names only the one."""
    if found.account and not found.person.company:
        return found.person.but(company=found.account)
    return found.person


def _remember(connection: Connection, page: Sequence[Taken]) -> None:
    """By what all these records are known from now on, and what no field holds of them."""
    known = list(_found(page))
    origins.remember(connection, [(found.origin, contact) for found, contact in known])
    origins.keep(connection, [(contact, found.leftover) for found, contact in known])


def _found(page: Sequence[Taken]) -> Iterator[tuple[Found, RecordId]]:
    for one in page:
        if one.found is not None and one.contact is not None:
            yield one.found, one.contact
