"""The people of the company, and their teams."""

import pytest

from twinbook.model.errors import Ambiguous, Invalid, NotFound
from twinbook.model.rights import UserRole
from twinbook.users import people, teams


@pytest.fixture
def connection(database):
    with database.write() as connection:
        yield connection


@pytest.fixture
def ada(connection, clock):
    return people.add(connection, "Ada@Example.org", "Ada Lovelace", UserRole.ADMIN, clock)


def test_a_user_is_found_by_mail_or_name_however_it_is_written(connection, ada):
    for text in ("ada@example.ORG", " ada  LOVELACE ", "Ada@Example.org"):
        assert people.find(connection, text) == ada
    assert people.get(connection, ada.id) == ada
    assert people.everyone(connection) == [ada]


def test_nobody_is_found_by_another_name(connection, ada):
    for text in ("grace", "", "ada@example.com"):
        with pytest.raises(NotFound, match="user list"):
            people.find(connection, text)


def test_a_name_that_two_share_needs_more(connection, clock, ada):
    people.add(connection, "al@example.org", "ADA lovelace", UserRole.USER, clock)
    with pytest.raises(Ambiguous, match=r"ada@example\.org, al@example\.org"):
        people.find(connection, "ada lovelace")


def test_an_address_belongs_to_one_user(connection, clock, ada):
    grace = people.add(connection, "grace@example.org", "Grace", UserRole.USER, clock)
    with pytest.raises(Invalid, match="another user already"):
        people.add(connection, "ADA@example.org", "Somebody", UserRole.USER, clock)
    with pytest.raises(Invalid, match="another user already"):
        people.change(connection, grace.but(email="ada@example.org"))


@pytest.mark.parametrize("email", ["", "ada", "@example.org", "ada@", "a da@example.org"])
def test_what_is_no_address_is_refused(connection, clock, email):
    with pytest.raises(Invalid, match="not an e-mail address"):
        people.add(connection, email, "Ada", UserRole.USER, clock)


def test_a_user_changes_and_stays_who_he_is(connection, ada):
    changed = people.change(connection, ada.but(name="Ada King", email="KING@example.org"))
    assert changed == ada.but(name="Ada King", email="king@example.org")
    assert people.find(connection, "ada king") == changed


@pytest.mark.parametrize("change", [{"active": False}, {"role": UserRole.MANAGER}])
def test_somebody_stays_administrator(connection, ada, change):
    with pytest.raises(Invalid, match="administrator"):
        people.change(connection, ada.but(**change))


def test_who_is_unknown_can_not_change(connection, ada):
    with pytest.raises(NotFound):
        people.change(connection, ada.but(id="nobody", email="nobody@example.org"))


def test_names_are_given_for_those_who_exist(connection, clock, ada):
    nameless = people.add(connection, "x@example.org", "", UserRole.USER, clock)
    assert people.names(connection, [ada.id, nameless.id, "nobody"]) == {
        ada.id: "Ada Lovelace",
        nameless.id: "x@example.org",
    }


def test_a_team_has_its_members(connection, clock, ada):
    sales = teams.add(connection, " Sales ", clock)
    other = teams.add(connection, "Other", clock)
    teams.join(connection, sales.id, ada.id)
    teams.join(connection, sales.id, ada.id)

    assert teams.find(connection, "SALES") == sales == teams.find(connection, sales.id)
    assert teams.everyone(connection) == [other, sales]
    assert teams.members(connection, sales.id) == {ada.id}
    assert teams.of(connection, [ada.id, "nobody"]) == {ada.id: {sales.id}}
    assert teams.viewer(connection, ada.id).teams == {sales.id}


def test_who_left_is_no_member(connection, clock, ada):
    sales = teams.add(connection, "Sales", clock)
    teams.join(connection, sales.id, ada.id)
    teams.leave(connection, sales.id, ada.id)
    assert teams.members(connection, sales.id) == frozenset()


def test_a_dissolved_team_leaves_its_members(connection, clock, ada):
    sales = teams.add(connection, "Sales", clock)
    teams.join(connection, sales.id, ada.id)
    teams.remove(connection, sales.id)
    assert teams.everyone(connection) == []
    assert people.everyone(connection) == [ada]
    with pytest.raises(NotFound, match="team list"):
        teams.find(connection, "Sales")


@pytest.mark.parametrize("name", ["", "  ", "SALES"])
def test_a_team_needs_a_name_of_its_own(connection, clock, name):
    teams.add(connection, "Sales", clock)
    with pytest.raises(Invalid):
        teams.add(connection, name, clock)


def test_a_viewer_is_the_user_as_filters_see_him(connection, ada):
    viewer = teams.viewer(connection, ada.id)
    assert (viewer.user, viewer.email, viewer.role) == (ada.id, ada.email, UserRole.ADMIN)
    assert viewer.teams == frozenset()
    with pytest.raises(NotFound):
        teams.viewer(connection, "nobody")
