"""Companies: a name, a place in a hierarchy, mail domains."""

import pytest
import sqlalchemy as sa

from twinbook.crm import accounts, contacts, feed, history, standing
from twinbook.crm.contacts import New
from twinbook.crm.feed import Kind, News
from twinbook.crm.terms import terms_of
from twinbook.database import schema
from twinbook.model.contact import Contact
from twinbook.model.errors import Ambiguous, Invalid, NotFound


def test_an_account_is_found_by_name_id_and_domain(connection, company):
    acme = company.acme
    assert accounts.find(connection, " ACME ") == acme == accounts.find(connection, acme.id)
    assert accounts.named(connection, "acme") == [acme]
    for domain in ("acme.example", "@ACME.example"):
        assert accounts.by_domain(connection, domain) == [acme]
    assert accounts.by_domain(connection, "other.example") == []
    assert accounts.everyone(connection) == [acme, company.globex]
    with pytest.raises(NotFound, match="account list"):
        accounts.find(connection, "Initech")


def test_a_name_that_two_share_needs_the_id(connection, company, clock):
    other = accounts.add(connection, "ACME", clock)
    with pytest.raises(Ambiguous, match=other.id):
        accounts.find(connection, "acme")
    assert len(accounts.named(connection, "acme")) == 2


@pytest.mark.parametrize("name", ["", " "])
def test_an_account_needs_a_name(connection, clock, name):
    with pytest.raises(Invalid):
        accounts.add(connection, name, clock)


@pytest.mark.parametrize("domain", ["acme", "a@b.example", "a b.example", ""])
def test_what_is_no_domain_is_refused(connection, clock, domain):
    with pytest.raises(Invalid, match="not a domain"):
        accounts.add(connection, "X", clock, domains=[domain])


def test_domains_are_compared_in_ascii(connection, clock):
    made = accounts.add(connection, "X", clock, domains=["Bücher.example"])
    assert accounts.by_domain(connection, "xn--bcher-kva.example") == [made]


def test_nobody_is_above_itself(connection, company, clock):
    below = accounts.add(connection, "Below", clock, parent=company.acme.id)
    with pytest.raises(Invalid, match="above itself"):
        accounts.change(connection, company.acme.but(parent=below.id), company.cause, clock)
    with pytest.raises(NotFound):
        accounts.add(connection, "Lost", clock, parent="nothing")


def test_an_account_changes(connection, company, clock):
    changed = company.acme.but(
        parent=company.globex.id, domains=frozenset({"new.example"}), active=False
    )
    accounts.change(connection, changed, company.cause, clock)
    assert accounts.get(connection, changed.id) == changed
    assert feed.newest(connection) == 0


def test_renaming_is_a_change_of_every_contact_that_shows_it(connection, company, clock, bob):
    other = contacts.create(connection, New(contact=Contact(given="Eve")), company.cause, clock)

    accounts.change(connection, company.acme.but(name="Acme Ltd."), company.cause, clock)

    renamed = contacts.get(connection, bob.id)
    assert renamed.contact == bob.contact.but(company="Acme Ltd.")
    assert renamed.version != bob.version
    assert contacts.get(connection, other.id) == other
    assert feed.since(connection, 2) == [News(3, bob.id, Kind.ACCOUNT)]
    (line,) = history.of(connection, bob.id, "company")
    assert (line.before, line.after) == ("Acme", "Acme Ltd.")
    assert stored_terms(connection, bob.id) == terms_of(renamed.contact)


def stored_terms(connection, id):
    rows = connection.execute(
        sa.select(schema.terms.c.kind, schema.terms.c.value)
        .join_from(
            schema.terms, schema.contacts, schema.terms.c.contact == schema.contacts.c.serial
        )
        .where(schema.contacts.c.id == id)
    )
    return {tuple(row) for row in rows}


def test_an_account_in_use_stays(connection, company, clock, bob):
    with pytest.raises(Invalid, match="1 contacts and 0 accounts"):
        accounts.remove(connection, company.acme.id, company.cause, clock)


def test_its_contacts_and_branches_can_go_to_another(connection, company, clock, bob):
    branch = accounts.add(connection, "Branch", clock, parent=company.acme.id)

    accounts.remove(connection, company.acme.id, company.cause, clock, move_to=company.globex.id)

    moved = contacts.get(connection, bob.id)
    assert (moved.contact.company, moved.business.account) == ("Globex", company.globex.id)
    assert accounts.get(connection, branch.id).parent == company.globex.id
    with pytest.raises(NotFound):
        accounts.get(connection, company.acme.id)


def test_they_can_not_go_to_a_branch_of_its_own(connection, company, clock):
    branch = accounts.add(connection, "Branch", clock, parent=company.acme.id)
    accounts.remove(connection, company.acme.id, company.cause, clock, move_to=branch.id)
    assert accounts.get(connection, branch.id).parent is None


def test_an_unused_account_goes(connection, company, clock):
    accounts.remove(connection, company.globex.id, company.cause, clock)
    assert accounts.everyone(connection) == [company.acme]


# ------------------------------------------------------------ standing of a contact


def test_a_contact_joins_an_account(connection, company, clock, bob):
    moved = standing.set_account(
        connection, bob.id, company.globex.id, company.cause, clock, bob.version
    )
    assert moved.contact.company == "Globex"
    lines = [(line.field, line.before, line.after) for line in history.of(connection, bob.id)[1:]]
    assert lines == [("account", "Acme", "Globex"), ("company", "Acme", "Globex")]
    assert stored_terms(connection, bob.id) == terms_of(moved.contact)
