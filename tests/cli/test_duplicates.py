"""Duplicates at the command line: seen, merged with a preview, said to be none, taken back."""

import pytest


def card(given, surname, company, mobile, mail):
    return (
        "BEGIN:VCARD\nVERSION:3.0\n"
        f"N:{surname};{given};;;\nFN:{given} {surname}\nORG:{company}\n"
        f"TEL;TYPE=CELL:{mobile}\nEMAIL:{mail}\nEND:VCARD\n"
    )


@pytest.fixture
def hub(town):
    """A founded town into whose hub two people brought their customers."""
    return filled(town)


def filled(town):
    town.founded()
    add(town, "Robert", "Miller", "Acme", "+49 171 7654321", "r.miller@acme.example")
    add(town, "Bob", "Miller", "", "0171/7654321", "bobby@free.example")
    add(town, "Anna", "Berg", "Beryl", "+49 171 1112223", "anna.berg@beryl.example")
    add(town, "Berg", "Anna", "", "", "anna.berg@beryl.example")
    add(town, "Karl", "Brand", "Citrin", "", "karl.brand@citrin.example")
    add(town, "Ute", "Brand", "Citrin", "", "ute.brand@citrin.example")
    return town


def add(town, given, surname, company, mobile, mail, by=None):
    words = [f"given={given}", f"surname={surname}", f"company={company}", f"emails={mail}"]
    phones = [f"phones={mobile} (mobile)"] if mobile else []
    return town.do("contact", "add", *words, *phones, by=by)


def names(pairs):
    return {frozenset(one["name"] for one in pair["contacts"]) for pair in pairs}


BERG, MILLER = frozenset({"Anna Berg", "Berg Anna"}), frozenset({"Robert Miller", "Bob Miller"})


def test_the_list_shows_pairs_with_score_and_reasons(hub):
    told = hub.do("duplicates", "list").out
    data = hub.json("duplicates", "list")

    assert names(data) == {BERG, MILLER}
    assert "the same name and the same mailbox" in told
    assert "names that are short for one another and the same mobile number" in told
    assert "twinbook duplicates merge " in told
    assert all(pair["score"] >= 90 for pair in data)


def test_the_list_is_true_at_once_whatever_brought_a_contact(hub):
    hub.do("duplicates", "list")

    hub.do("import", hub.file("more.vcf", card("Carl", "Brand", "", "", "k.b@free.example")))
    add(hub, "Karl", "Brand", "Citrin", "", "kbrand77@free.example")

    assert frozenset({"Karl Brand"}) in names(hub.json("duplicates", "list"))


def test_who_is_added_is_compared_with_those_who_were_looked_at(hub):
    hub.do("duplicates", "list")

    told = add(hub, "Rob", "Miller", "", "0171/7654321", "").out

    assert "It looks like Robert Miller." in told
    assert "It looks like Bob Miller." in told


def test_the_list_ends_where_it_was_told_to(hub):
    assert len(hub.json("duplicates", "list", "--limit", "1")) == 1
    assert "There are more" in hub.do("duplicates", "list", "--limit", "1").out
    assert hub.json("duplicates", "list", "--least", "99", "--limit", "0")
    refused = hub("duplicates", "list", "--least", "20")
    assert (refused.status, "not kept" in refused.err) == (1, True)


def test_a_pair_is_merged_and_parted_again(hub):
    pair = next(one for one in hub.json("duplicates", "list") if MILLER in names([one]))

    told = hub.do("duplicates", "merge", pair["pair"]).out
    run = hub.json("run", "list")[0]

    assert "Bob Miller" in told
    assert names(hub.json("duplicates", "list")) == {BERG}
    shown = hub.json("contact", "show", "r.miller@acme.example")["contact"]
    assert {mail["value"] for mail in shown["emails"]} == {
        "r.miller@acme.example",
        "bobby@free.example",
    }

    hub.do("undo", run["run"])

    assert names(hub.json("duplicates", "list")) == {BERG, MILLER}


def test_several_contacts_are_merged_into_the_first(hub):
    add(hub, "Rob", "Miller", "", "+49 171 7654321", "")

    hub.do("duplicates", "merge", "Robert Miller", "Bob Miller", "Rob Miller")

    assert names(hub.json("duplicates", "list")) == {BERG}
    assert hub.json("run", "list")[0]["updated"]["hub"] == 2


def test_all_pairs_above_a_score_are_merged_after_a_preview(hub):
    before = hub.json("contact", "list")

    preview = hub.do("duplicates", "merge", "--all-above", "90", "--preview").out

    assert "Bob Miller" in preview
    assert "2 contacts in 2 groups." in preview
    assert hub.json("contact", "list") == before

    told = hub.do("duplicates", "merge", "--all-above", "90").out

    assert "2 contacts became part of others." in told
    assert hub.json("duplicates", "list") == []
    assert {one["name"] for one in hub.json("contact", "list")} >= {"Karl Brand", "Ute Brand"}

    hub.do("undo", hub.json("run", "list")[0]["run"])

    assert names(hub.json("duplicates", "list")) == {BERG, MILLER}


def test_in_bulk_nobody_joins_whom_something_contradicts(town):
    town.founded()
    for given in ("John", "J.", "Jane"):
        add(town, given, "Smith", "", "+49 171 7654321", "")

    data = town.json("duplicates", "merge", "--all-above", "60")

    assert [len(group) for group in data["groups"]] == [2]
    assert len(data["left_out"]) == 1
    assert len(town.json("contact", "list")) == 2


def test_that_two_are_not_the_same_is_remembered_and_can_be_taken_back(hub):
    pair = next(one for one in hub.json("duplicates", "list") if MILLER in names([one]))["pair"]

    told = hub.do("duplicates", "apart", pair).out

    assert "That is remembered." in told
    assert names(hub.json("duplicates", "list")) == {BERG}
    (said,) = hub.json("duplicates", "list", "--apart")
    assert (names([said]), said["by"]) == ({MILLER}, "Ann")
    assert "SAID BY" in hub.do("duplicates", "list", "--apart").out
    refused = hub("duplicates", "merge", pair)
    assert (refused.status, "duplicates reconsider" in refused.err) == (1, True)
    assert hub.json("duplicates", "merge", "--all-above", "50", "--preview")["groups"][1:] == []

    hub.do("duplicates", "reconsider", pair)

    assert names(hub.json("duplicates", "list")) == {BERG, MILLER}
    assert hub("duplicates", "reconsider", pair).status == 1


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("merge",), "Say what to merge"),
        (("merge", "Bob Miller", "--all-above", "90"), "Say what to merge"),
        (("merge", "Bob Miller"), "itself"),
        (("merge", "Bob Miller", "Bob Miller"), "itself"),
        (("merge", "Bob Miller", "Anna Berg=Berg Anna"), "not both at once"),
        (("merge", "Bob Miller", "Nobody"), "no contact"),
        (("apart", "Bob Miller"), "Name two contacts"),
        (("apart", "Bob Miller", "Bob Miller"), "same as itself"),
    ],
)
def test_what_makes_no_sense_is_refused_with_what_would(hub, words, said):
    result = hub("duplicates", *words)

    assert (result.status, said in result.err) == (1, True), result


def test_a_user_merges_only_what_is_his(hub):
    add(hub, "Robbie", "Miller", "", "+49 171 7654321", "", by="bob")
    pairs = hub.json("duplicates", "list", by="bob")
    assert len(pairs) == 4  # he sees them all

    refused = hub("duplicates", "merge", pairs[0]["pair"], by="bob")
    bulk = hub.json("duplicates", "merge", "--all-above", "50", by="bob")

    assert (refused.status, "Only the owner" in refused.err) == (1, True)
    assert (bulk["run"], bulk["groups"], len(bulk["left_out"])) == (None, [], 4)


def test_it_is_the_same_on_both_engines(any_town):
    hub = filled(any_town)

    assert names(hub.json("duplicates", "list")) == {BERG, MILLER}
    hub.do("duplicates", "apart", "Bob Miller", "Robert Miller")
    hub.do("duplicates", "merge", "--all-above", "90")
    assert hub.json("duplicates", "list") == []


def test_pairs_with_a_contact_in_common_become_one(hub):
    add(hub, "Rob", "Miller", "", "+49 171 7654321", "")
    pairs = [one["pair"] for one in hub.json("duplicates", "list") if "Miller" in str(one)]

    hub.do("duplicates", "merge", *pairs)

    assert names(hub.json("duplicates", "list")) == {BERG}
