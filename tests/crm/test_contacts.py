"""Contacts are created, read and edited, and everything that follows is kept in step."""

from hashlib import sha256

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from twinbook.crm import contacts, feed, history, photos, standing
from twinbook.crm.contacts import New
from twinbook.crm.terms import terms_of
from twinbook.database import schema
from twinbook.model.cause import Cause
from twinbook.model.contact import Contact, Day, Email, Photo
from twinbook.model.errors import Invalid, NotFound, Stale
from twinbook.model.record import Business
from twinbook.ports import Update

PICTURE = b"a picture"
PHOTO = Photo(sha256(PICTURE).hexdigest())


def test_a_contact_is_read_as_it_was_created(connection, company, bob):
    assert contacts.read(connection, [bob.id, "nobody"]) == {bob.id: bob}
    assert bob.contact == bob.contact.but(given="Bob", company="Acme")
    assert bob.business == Business(
        owner=company.ada.id,
        account=company.acme.id,
        account_name="Acme",
        number=1,
        edited=dict.fromkeys(
            ["given", "surname", "company", "job_title", "emails", "phones"], bob.edited_at
        ),
    )


def test_the_owners_teams_are_known(connection, company, clock, bob):
    record = standing.give_to(connection, bob.id, company.grace.id, company.cause, clock)
    assert record.business.owner_teams == {company.sales.id}


def test_every_change_makes_a_new_version(bob, edit):
    edited = edit(bob, job_title="Boss")
    assert (bob.version, edited.version) == ("1", "2")
    assert edited.contact == bob.contact.but(job_title="Boss")
    assert edited.business.edited["job_title"] == edited.edited_at > bob.edited_at
    assert edited.business.edited["given"] == bob.edited_at


def test_only_the_named_fields_change(connection, company, clock, bob, edit):
    first = edit(bob, job_title="Boss")
    second = edit(first, department="Sales")
    assert second.contact == bob.contact.but(job_title="Boss", department="Sales")


def test_an_edit_of_an_older_version_is_refused_and_changes_nothing(connection, bob, edit):
    edited = edit(bob, job_title="Boss")
    with pytest.raises(Stale):
        edit(bob, job_title="Chief")
    assert contacts.get(connection, bob.id) == edited


def test_an_edit_without_a_difference_writes_nothing(connection, bob, edit):
    assert edit(bob, job_title="Smith", given="Bob") == bob
    assert feed.newest(connection) == 1


def test_an_edit_of_nobody_is_refused(bob, edit):
    with pytest.raises(NotFound, match="contact list"):
        edit(bob.but(id="nobody"), given="X")


def test_a_deleted_contact_can_not_be_edited(connection, company, clock, bob, edit):
    deleted = standing.delete(connection, bob.id, company.cause, clock)
    with pytest.raises(NotFound, match="Bring it back"):
        edit(deleted, given="X")


def test_history_says_what_was_and_what_is(connection, company, bob, edit):
    edit(bob, job_title="", birthday=Day(2, 29))
    lines = history.of(connection, bob.id)
    assert [(line.field, line.before, line.after) for line in lines] == [
        ("created", "", "Bob Miller"),
        ("job_title", "Smith", ""),
        ("birthday", "", "--02-29"),
    ]
    assert {line.cause for line in lines} == {company.cause}
    assert lines[1].at == contacts.get(connection, bob.id).edited_at
    assert history.of(connection, bob.id, "job_title") == lines[1:2]
    assert history.of_run(connection, "run-1") == lines


def test_a_value_that_yielded_is_remembered_but_is_no_edit(connection, bob):
    (first,) = history.of(connection, bob.id)
    yielded = first.__class__(
        contact=bob.id,
        field="given",
        before="Bob",
        after="Robert",
        at=first.at.replace(year=2030),
        cause=first.cause,
        yielded=True,
    )
    history.keep(connection, [yielded])
    assert history.of(connection, bob.id, "given") == [yielded]
    assert contacts.get(connection, bob.id) == bob


def test_nothing_is_remembered_about_nobody(connection, bob):
    (first,) = history.of(connection, bob.id)
    with pytest.raises(NotFound):
        history.keep(connection, [first.__class__(**{**as_dict(first), "contact": "nobody"})])


def as_dict(entry):
    return {name: getattr(entry, name) for name in entry.__slots__}


# ------------------------------------------------------------ company and account


def test_the_name_of_the_account_is_shown_as_the_company(connection, company, clock):
    new = New(contact=Contact(given="Eve", company="ACME corp."), account=company.acme.id)
    record = contacts.create(connection, new, company.cause, clock)
    assert record.contact.company == "Acme"


def test_company_text_typed_into_a_contact_of_an_account_is_kept_but_yields(
    connection, company, clock, bob, edit
):
    edited = edit(bob, company="Initech", job_title="Boss")

    assert edited.contact.company == "Acme"
    assert edited.business.account == company.acme.id
    (line,) = history.of(connection, bob.id, "company")
    assert (line.before, line.after, line.yielded) == ("Acme", "Initech", True)
    freed = standing.set_account(connection, bob.id, None, company.cause, clock)
    assert freed.contact.company == "Initech"


def test_the_accounts_name_coming_back_is_no_typed_text(connection, company, clock, bob, edit):
    edit(bob, company="Acme", job_title="Boss")
    freed = standing.set_account(connection, bob.id, None, company.cause, clock)
    assert freed.contact.company == ""


def test_without_an_account_the_text_is_the_company(connection, company, clock):
    new = New(contact=Contact(given="Eve", company="Acme"))
    record = contacts.create(connection, new, company.cause, clock)
    assert (record.contact.company, record.business.account) == ("Acme", None)


# ------------------------------------------------------------ what can't be stored


@pytest.mark.parametrize("contact", [Contact(), Contact(given="\ud800")])
def test_what_can_not_be_stored_is_refused(connection, company, clock, contact):
    with pytest.raises(Invalid):
        contacts.create(connection, New(contact=contact), company.cause, clock)


def test_a_contact_can_not_be_emptied(bob, edit):
    with pytest.raises(Invalid, match="needs a name"):
        edit(bob, given="", surname="", job_title="", emails=(), phones=())


def test_an_account_that_is_not_there_is_named(connection, company, clock):
    with pytest.raises(NotFound, match="account list"):
        contacts.create(
            connection, New(contact=Contact(given="X"), account="nothing"), company.cause, clock
        )


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(min_size=1, max_size=20))
def test_every_text_can_be_stored_and_edited(database, clock, text):
    with database.write() as connection:
        new = New(contact=Contact(given="X", note=text, emails=(Email(text),)))
        cause = Cause(actor=None, channel=text.replace("\0", ""))
        record = contacts.create(connection, new, cause, clock)
        change = Update(
            id=record.id,
            expected=record.version,
            contact=Contact(surname=text),
            fields=frozenset({"surname", "note", "emails"}),
        )
        edited = contacts.update(connection, change, cause, clock)
        assert contacts.read(connection, [record.id]) == {record.id: edited}
        assert edited.contact.note == ""


# ------------------------------------------------------------ photos


def test_a_picture_comes_with_its_bytes(connection, company, clock):
    new = New(contact=Contact(given="Eve", photo=PHOTO), photo=PICTURE)
    for _ in range(2):
        record = contacts.create(connection, new, company.cause, clock)
    assert photos.photo(connection, record.contact.photo.digest) == PICTURE
    assert photos.photo(connection, "another") is None


@pytest.mark.parametrize("photo", [None, Photo("another")])
def test_the_bytes_of_another_picture_are_refused(connection, company, clock, photo):
    with pytest.raises(Invalid, match="bytes"):
        contacts.create(
            connection,
            New(contact=Contact(given="Eve", photo=photo), photo=PICTURE),
            company.cause,
            clock,
        )


def test_a_picture_of_any_size_is_not_taken(connection, company, clock):
    body = b"x" * (photos.LARGEST + 1)
    photo = Photo(sha256(body).hexdigest())
    with pytest.raises(Invalid, match="10 MB"):
        contacts.create(
            connection,
            New(contact=Contact(given="Eve", photo=photo), photo=body),
            company.cause,
            clock,
        )


# ------------------------------------------------------------ many


def test_many_contacts_are_created_in_their_order(connection, company, clock, monkeypatch):
    monkeypatch.setattr(contacts, "BATCH", 3)
    new = (New(contact=Contact(given=f"Eve {number}")) for number in range(8))

    ids = contacts.create_many(connection, new, company.cause, clock)

    found = contacts.read(connection, ids)
    assert [found[id].contact.given for id in ids] == [f"Eve {number}" for number in range(8)]
    assert [news.contact for news in feed.since(connection, 0)] == ids


def count_statements(connection, work):
    statements = []

    def note(*args):
        statements.append(args[2])

    sa.event.listen(connection, "before_cursor_execute", note)
    work()
    sa.event.remove(connection, "before_cursor_execute", note)
    return len(statements)


def test_reading_many_costs_as_many_questions_as_reading_one(connection, company, clock):
    new = [New(contact=Contact(given=f"Eve {n}"), owner=company.ada.id) for n in range(100)]
    ids = contacts.create_many(connection, new, company.cause, clock)

    one = count_statements(connection, lambda: contacts.read(connection, ids[:1]))
    many = count_statements(connection, lambda: contacts.read(connection, ids))

    assert one == many == 3


def stored_terms(connection):
    rows = connection.execute(
        sa.select(schema.contacts.c.id, schema.terms.c.kind, schema.terms.c.value).join_from(
            schema.terms, schema.contacts, schema.terms.c.contact == schema.contacts.c.serial
        )
    )
    return {tuple(row) for row in rows}


def test_what_a_contact_is_found_by_follows_every_edit(connection, bob, edit):
    edit(bob, given="Rob", phones=(), emails=(Email("rob@globex.example"), Email("b@x.example")))
    shown = contacts.get(connection, bob.id).contact
    assert stored_terms(connection) == {(bob.id, *term) for term in terms_of(shown)}
