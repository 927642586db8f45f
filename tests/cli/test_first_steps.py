"""Beginning: an installation, its people, its accounts and contacts."""

import pytest


def test_an_installation_begins_and_says_what_comes_next(town):
    result = town.do("init", "--company", "Example Ltd")

    assert "user add" in result.out


def test_the_first_user_has_to_be_an_administrator(town):
    town.do("init", "--company", "Example Ltd")

    result = town("user", "add", "bob@example.com", "--name", "Bob")

    assert result.status == 1
    assert "--role admin" in result.err


def test_whoever_begins_the_installation_under_a_name_is_its_administrator(town):
    town.do("init", "--company", "Example Ltd", by="ann")

    (ann,) = town.json("user", "list")

    assert (ann["email"], ann["role"]) == ("ann@example.com", "admin")


def test_an_installation_does_not_begin_twice(town):
    town.founded()

    result = town("init", "--company", "Other Ltd")

    assert result.status == 1
    assert "already" in result.err


def test_without_an_installation_every_command_says_how_to_begin(town):
    result = town("contact", "list")

    assert result.status == 1
    assert "twinbook init" in result.err


def test_only_administrators_add_users(town):
    town.founded()

    result = town("user", "add", "eve@example.com", "--name", "Eve", by="bob")

    assert result.status == 1
    assert "administrator" in result.err


def test_with_two_administrators_one_has_to_say_who_acts(town):
    town.founded()
    town.do("user", "change", "bob@example.com", "--role", "admin")

    result = town("contact", "list")

    assert result.status == 1
    assert "--as EMAIL" in result.err


def test_wrong_usage_has_a_status_of_its_own(town):
    assert town("no-such-command").status == 2
    assert town("user", "add").status == 2
    assert town("sync", "--no-such-option").status == 2


def test_teams_have_members(town):
    town.founded()
    town.do("team", "add", "Sales")

    town.do("team", "join", "Sales", "bob@example.com")

    assert town.json("team", "list") == [{"name": "Sales", "members": ["bob@example.com"]}]


def test_accounts_are_listed_shown_changed_and_removed(town):
    town.founded()
    town.do("account", "add", "Berg AG", "--domain", "berg.example")
    town.do("contact", "add", "given=Ada", "surname=Berg", "account=Berg AG")

    town.do("account", "edit", "Berg AG", "--name", "Berg SE")
    shown = town.json("account", "show", "berg se")
    refused = town("account", "remove", "Berg SE", by="bob")

    assert shown["contacts"] == ["Ada Berg"]
    assert shown["domains"] == ["berg.example"]
    assert town.json("contact", "show", "Ada Berg")["contact"]["company"] == "Berg SE"
    assert refused.status == 1


def test_a_contact_shows_what_was_typed(town):
    town.founded()
    town.do(
        "contact",
        "add",
        "given=Ada",
        "surname=Lovelace",
        "emails=ada@example.org (work)*, ada@home.example (home)",
        "phones=+44 20 7946 0001 (mobile), 7 (boat)",
        "birthday=1815-12-10",
        "addresses=street: St James Sq 1; city: London (work) | city: Paris (home)",
        "web_pages=https://example.org (work)",
        "messengers=skype:ada (work)",
        "hobbies=chess, flying",
    )

    shown = town.do("contact", "show", "lovelace").out

    for text in (
        "emails     ada@example.org (work)*, ada@home.example (home)",
        "phones     +44 20 7946 0001 (mobile), 7 (boat)",
        "birthday   1815-12-10",
        "street: St James Sq 1; city: London (work) | city: Paris (home)",
        "skype:ada (work)",
        "hobbies    chess, flying",
    ):
        assert " ".join(text.split()) in " ".join(shown.split())


def test_values_are_added_to_a_list_and_taken_away(town):
    town.founded()
    town.do("contact", "add", "given=Ada", "phones=1 (work)", by="bob")

    town.do("contact", "edit", "Ada", "phones+=2 (mobile)", by="bob")
    town.do("contact", "edit", "Ada", "phones-=1", by="bob")

    (phone,) = town.json("contact", "show", "Ada")["contact"]["phones"]
    assert (phone["value"], phone["kind"]) == ("2", "mobile")


@pytest.mark.parametrize(
    ("word", "said"),
    [
        ("shoe_size=43", "job_title"),
        ("birthday=yesterday", "1815-12-10"),
        ("emails=nonsense", "e-mail address"),
        ("addresses=Berlin", "street: Elm Road 1"),
        ("active=maybe", "yes or no"),
        ("owner=nobody@example.com", "user list"),
        ("account=Nobody Ltd", "account list"),
        ("nonsense", "FIELD=VALUE"),
        ("given+=x", "one value"),
        ("photo=cat.jpg", "import"),
    ],
)
def test_what_cannot_be_understood_is_refused_with_what_could(town, word, said):
    town.founded()
    town.do("contact", "add", "given=Ada")

    result = town("contact", "edit", "Ada", word)

    assert result.status == 1
    assert said in result.err
    assert len(town.json("run", "list")) == 1


def test_an_edit_is_a_run_and_can_be_undone(any_town):
    any_town.founded()
    any_town.do("account", "add", "Berg AG")
    any_town.do("contact", "add", "given=Ada", "company=Own Ltd")
    words = ("job_title=Countess", "owner=bob@example.com", "account=Berg AG")

    run = any_town.json("contact", "edit", "Ada", *words)["run"]
    edited = any_town.json("contact", "show", "Ada")
    any_town.do("undo", run)
    undone = any_town.json("contact", "show", "Ada")

    assert (edited["owner"], edited["account"]) == ("bob@example.com", "Berg AG")
    assert edited["contact"]["company"] == "Berg AG"
    assert (undone["owner"], undone["account"]) == ("ann@example.com", None)
    assert undone["contact"] == {"given": "Ada", "company": "Own Ltd"}


def test_a_deleted_contact_comes_back_by_undo(any_town):
    any_town.founded()
    any_town.do("contact", "add", "given=Ada")

    run = any_town.json("contact", "remove", "Ada")["run"]
    gone = any_town.json("contact", "list")
    any_town.do("undo", run)

    assert gone == []
    assert [one["name"] for one in any_town.json("contact", "list")] == ["Ada"]


def test_a_merge_unites_two_contacts_and_undo_parts_them(any_town):
    any_town.founded()
    any_town.do("contact", "add", "given=Ada", "surname=Berg", "phones=1 (work)")
    any_town.do("contact", "add", "given=Ada", "surname=Berger", "phones=2 (home)")

    run = any_town.json("contact", "merge", "Ada Berg", "Ada Berger")["run"]
    (one,) = any_town.json("contact", "list")
    any_town.do("undo", run)

    assert [phone["value"] for phone in one["contact"]["phones"]] == ["1", "2"]
    assert len(any_town.json("contact", "list")) == 2


def test_an_undone_run_is_not_undone_again(town):
    town.founded()
    run = town.json("contact", "add", "given=Ada")["run"]
    town.do("undo", run)

    result = town("undo", run)

    assert result.status == 1
    assert "already" in result.err


def test_a_user_does_not_delete_what_belongs_to_somebody_else(town):
    town.founded()
    town.do("contact", "add", "given=Ada")

    for words in (
        ("remove", "Ada"),
        ("edit", "Ada", "active=no"),
        ("edit", "Ada", "owner=bob@example.com"),
    ):
        assert town("contact", *words, by="bob").status == 1
    assert town.do("contact", "edit", "Ada", "job_title=Boss", by="bob")


def test_an_ambiguous_name_lists_what_it_may_mean(town):
    town.founded()
    for number in (1, 2):
        town.do("contact", "add", "given=Ada", "surname=Berg", f"phones={number} (work)")

    result = town("contact", "show", "ada berg")

    assert result.status == 1
    assert "Say which by its id" in result.err


def test_contacts_are_found_by_words_and_by_filters_with_names_in_them(town):
    town.founded()
    town.do("contact", "add", "given=Ada", "surname=Berg", "owner=bob@example.com")
    town.do("contact", "add", "given=Grace", "company=Navy")

    assert [one["name"] for one in town.json("contact", "list", "ber")] == ["Ada Berg"]
    for filter, names in {
        "owner = bob@example.com": ["Ada Berg"],
        "not owner = bob": ["Grace"],
        "company ~ nav": ["Grace"],
    }.items():
        found = town.json("contact", "list", "--filter", filter)
        assert [one["name"] for one in found] == names


def test_the_policy_is_shown_and_set_by_administrators(town):
    town.founded()

    town.do("policy", "set", "directions.note", "both")
    refused = town("policy", "set", "undo_days", "5", by="bob")
    unknown = town("policy", "set", "colour", "red")

    assert town.json("policy", "show")["directions"]["note"] == "both"
    assert refused.status == 1
    assert "policy show" in unknown.err


def test_an_error_in_json_mode_is_json_alone_on_standard_output(town):
    result = town("contact", "list", "--json")

    assert result.status == 1
    assert result.err == ""
    assert "twinbook init" in result.json["error"]


def test_a_new_contact_that_looks_like_another_says_so(town):
    town.founded()
    town.do("contact", "add", "given=Ada", "surname=Berg", "emails=ada@berg.example")

    said = town.do("contact", "add", "given=A.", "surname=Berg", "emails=Ada@Berg.example").out

    assert "It looks like Ada Berg" in said
    town.do(*said.partition("twinbook ")[2].splitlines()[0].split())
    assert len(town.json("contact", "list")) == 1
