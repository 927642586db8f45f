"""Who may see and change what."""

import pytest

from twinbook.crm import access, contacts, standing
from twinbook.crm.access import Right
from twinbook.formats.filters import parse
from twinbook.model.errors import Invalid, NotAllowed, NotFound
from twinbook.model.rights import UserRole
from twinbook.users import people, teams


@pytest.fixture
def rights(connection, company):
    """A function: the rights of ada, a plain user, or of somebody else."""
    return lambda user=company.ada: access.rights(connection, user.id)


@pytest.fixture
def others(connection, company, clock, bob):
    """Bob's record, once grace owns it."""
    return standing.give_to(connection, bob.id, company.grace.id, company.cause, clock)


def test_everybody_sees_and_edits_every_active_contact(rights, others):
    access.check_see(rights(), others)
    access.check_edit(rights(), others, {"given", "note"})


def test_a_contact_at_rest_is_for_its_owner_and_the_managers(
    connection, company, clock, rights, others
):
    resting = standing.deactivate(connection, others.id, company.cause, clock)
    with pytest.raises(NotFound):
        access.check_see(rights(), resting)
    access.check_edit(rights(company.grace), resting, {"given"})
    mine = standing.give_to(connection, others.id, company.ada.id, company.cause, clock)
    access.check_edit(rights(), mine, {"given"})


def test_only_owner_manager_and_administrator_dispose_of_a_contact(
    connection, company, clock, rights, bob, others
):
    access.check_dispose(rights(), bob)
    access.check_dispose(rights(company.grace), others)
    with pytest.raises(NotAllowed, match="Only the owner"):
        access.check_dispose(rights(), others)
    manager = people.add(connection, "m@example.org", "Max", UserRole.MANAGER, clock)
    access.check_dispose(rights(manager), others)


def test_only_an_administrator_administrates(company, rights):
    access.check_administrate(rights(company.grace))
    with pytest.raises(NotAllowed):
        access.check_administrate(rights())


def test_what_everybody_may_see_can_be_narrowed(connection, clock, rights, bob, others):
    made = access.restrict(connection, Right.SEE, clock, filter=parse("owner = me"))
    access.check_edit(rights(), bob, {"given"})
    with pytest.raises(NotFound):
        access.check_see(rights(), others)
    with pytest.raises(NotFound):
        access.check_edit(rights(), others, {"given"})

    access.lift(connection, made.id)
    access.check_see(rights(), others)
    with pytest.raises(NotFound):
        access.lift(connection, made.id)


def test_what_everybody_may_edit_can_be_narrowed(connection, clock, rights, others):
    access.restrict(connection, Right.EDIT, clock, filter=parse("owner = me"))
    access.check_see(rights(), others)
    with pytest.raises(NotAllowed, match="Ask its owner"):
        access.check_edit(rights(), others, {"given"})


def test_single_fields_can_be_hidden_or_locked(connection, clock, rights, bob):
    access.restrict(connection, Right.SEE, clock, fields=["birthday"])
    access.restrict(connection, Right.EDIT, clock, fields=["job_title"])
    found = rights()
    assert (found.hidden, found.locked) == ({"birthday"}, {"birthday", "job_title"})
    access.check_edit(found, bob, {"given"})
    for field in ("birthday", "job_title"):
        with pytest.raises(NotAllowed, match=field):
            access.check_edit(found, bob, {"given", field})


def test_a_team_can_be_restricted_alone(connection, company, clock, rights, bob):
    access.restrict(connection, Right.EDIT, clock, team=company.sales.id, filter=parse("nothing"))
    access.check_edit(rights(), bob, {"given"})
    teams.join(connection, company.sales.id, company.ada.id)
    with pytest.raises(NotAllowed):
        access.check_edit(rights(), bob, {"given"})


def test_an_administrator_can_not_be_locked_out(connection, company, clock, rights, bob):
    access.restrict(connection, Right.SEE, clock, filter=parse("nothing"), fields=["given"])
    access.check_edit(rights(company.grace), bob, {"given"})


def test_restrictions_are_kept_as_they_were_made(connection, company, clock):
    made = [
        access.restrict(connection, Right.SEE, clock, filter=parse("city = Paris or mine")),
        access.restrict(connection, Right.EDIT, clock, team=company.sales.id, fields=["note"]),
    ]
    assert access.everything(connection) == made


def test_a_field_that_does_not_exist_is_named(connection, clock):
    with pytest.raises(Invalid, match="shoe_size"):
        access.restrict(connection, Right.SEE, clock, fields=["shoe_size"])


def test_nobody_has_no_rights(connection, company):
    with pytest.raises(NotFound):
        access.rights(connection, "nobody")


def test_checks_look_at_the_newest_record(connection, rights, bob):
    assert contacts.get(connection, bob.id) == bob
    access.check_see(rights(), bob)
