"""A company with two users, a team and two accounts."""

from types import SimpleNamespace

import pytest

from twinbook.crm import accounts, contacts
from twinbook.crm.contacts import New
from twinbook.model.cause import Cause
from twinbook.model.contact import Contact, Email, Phone, PhoneKind
from twinbook.model.rights import UserRole
from twinbook.ports import Update
from twinbook.users import people, teams


@pytest.fixture
def connection(database):
    with database.write() as connection:
        yield connection


@pytest.fixture
def company(connection, clock):
    """Who and what there is: ada and grace, her team sales, the accounts acme and globex."""
    ada = people.add(connection, "ada@example.org", "Ada", UserRole.USER, clock)
    grace = people.add(connection, "grace@example.org", "Grace", UserRole.ADMIN, clock)
    sales = teams.add(connection, "Sales", clock)
    teams.join(connection, sales.id, grace.id)
    return SimpleNamespace(
        ada=ada,
        grace=grace,
        sales=sales,
        acme=accounts.add(connection, "Acme", clock, domains=["acme.example"]),
        globex=accounts.add(connection, "Globex", clock),
        cause=Cause(actor=ada.id, channel="test", reason="because", run="run-1"),
    )


BOB = Contact(
    given="Bob",
    surname="Miller",
    job_title="Smith",
    emails=(Email("bob@acme.example"),),
    phones=(Phone("+49 30 1234", PhoneKind.MOBILE),),
)


@pytest.fixture
def bob(connection, company, clock):
    """The record of a contact that ada owns and that belongs to acme."""
    new = New(contact=BOB, owner=company.ada.id, account=company.acme.id)
    return contacts.create(connection, new, company.cause, clock)


@pytest.fixture
def edit(connection, company, clock):
    """A function that changes fields of a record."""

    def change(record, photo=None, mark=None, **changes):
        update = Update(
            id=record.id,
            expected=record.version,
            contact=record.contact.but(**changes),
            fields=frozenset(changes),
            photo=photo,
            mark=mark,
        )
        return contacts.update(connection, update, company.cause, clock)

    return change
