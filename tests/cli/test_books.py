"""Two address books and the hub, kept in step from the command line."""

import pytest
from town import ADA, GRACE, MUM


def quiet(town) -> bool:
    """Whether another sync writes nothing at all."""
    runs = town.json("sync")["runs"]
    return not any(run["steps"] for run in runs)


def test_a_contact_of_the_hub_reaches_every_book_and_no_personal_card_is_touched(any_town):
    town = any_town.with_two_books()

    assert town.cards("ann").keys() == {"Ada Berg", "Eva Lind"}
    assert town.cards("bob").keys() == {"Ada Berg"}
    assert (town.folder("ann") / "mum.vcf").read_text() == MUM
    assert quiet(town)


def test_connecting_says_what_the_first_sync_would_do_and_writes_nothing(town):
    town.founded()
    town.do("contact", "add", "given=Ada")

    said = town.do("connect", "folder", town.folder("ann"), "--user", "ann@example.com").out

    assert "1 to create in the book" in said
    assert "--preview" in said
    assert town.cards("ann") == {}


def test_edits_of_two_people_arrive_everywhere(any_town):
    town = any_town.with_two_books()
    town.write("bob", "Ada Berg", "+49 30 1234", "+49 30 9999")
    town.write("ann", "Ada Berg", "TITLE:Analyst", "TITLE:Engineer")

    town.do("sync")

    for book in ("ann", "bob"):
        assert "+49 30 9999" in town.cards(book)["Ada Berg"]
        assert "TITLE:Engineer" in town.cards(book)["Ada Berg"]
    assert quiet(town)


def test_a_preview_lists_exactly_what_the_run_then_does(town):
    town.with_two_books()
    town.do("contact", "add", "given=Grace", "surname=Hopper")
    town.write("bob", "Ada Berg", "+49 30 1234", "+49 30 9999")
    town.delete("ann", "Ada Berg")

    foreseen = town.json("sync", "--preview")["runs"]
    done = town.json("sync")["runs"][: len(foreseen)]

    assert [run["steps"] for run in foreseen] == [run["steps"] for run in done]
    assert [run["spoke"] for run in foreseen] == [run["spoke"] for run in done]
    for number in ("created", "updated", "removed", "linked", "held"):
        assert [run[number] for run in foreseen] == [run[number] for run in done]
    assert all(run["run"] is None for run in foreseen)


def test_a_run_in_json_says_what_was_done_and_how_often_the_place_was_asked(town):
    town.founded()
    town.do("contact", "add", "given=Ada", "surname=Berg")
    town.do("connect", "folder", town.folder("ann"))

    (run,) = town.json("sync")["runs"]

    assert run["spoke"] == "ann"
    assert run["created"] == {"hub": 0, "spoke": 1}
    assert run["updated"] == run["removed"] == {"hub": 0, "spoke": 0}
    assert (run["linked"], run["held"]) == (0, 0)
    assert run["requests"] > 0
    (step,) = run["steps"]
    assert step.keys() == {"act", "contact", "item", "name", "text", "edits"}
    assert (step["act"], step["name"]) == ("create", "Ada Berg")


def test_two_edits_of_one_field_make_a_question_and_its_answer_is_carried_out(any_town):
    town = any_town.with_two_books()
    town.do("contact", "edit", "Ada Berg", "nickname=Addie")
    town.write("bob", "Ada Berg", "FN:Ada Berg", "FN:Ada Berg\r\nNICKNAME:Ada B")

    assert town("sync").status == 1
    (question,) = town.json("hold", "list")
    answered = town.do("hold", "answer", question["id"], "spoke")
    town.do("sync")

    assert (question["hub"], question["spoke"]) == ("Addie", "Ada B")
    assert question["name"] == "Ada Berg"
    assert "nickname" in answered.out
    assert town.json("hold", "list") == []
    assert "NICKNAME:Ada B" in town.cards("ann")["Ada Berg"]
    assert "Addie" in town.do("why", "Ada Berg", "nickname").out


def test_an_answer_that_was_not_offered_is_refused_with_those_that_are(town):
    town.with_two_books()
    town.do("contact", "edit", "Ada Berg", "nickname=Addie")
    town.write("bob", "Ada Berg", "FN:Ada Berg", "FN:Ada Berg\r\nNICKNAME:Ada B")
    town("sync")
    (question,) = town.json("hold", "list")

    result = town("hold", "answer", question["id"], "perhaps")

    assert result.status == 1
    assert "hub, spoke" in result.err
    assert town("hold", "answer", "nothing", "hub").status == 1


def test_whatever_a_sync_did_can_be_undone(any_town):
    town = any_town.with_two_books()
    town.write("bob", "Ada Berg", "+49 30 1234", "+49 30 9999")
    runs = town.json("sync")["runs"]
    run = next(one["run"] for one in runs if one["spoke"] == "bob" and one["steps"])

    foreseen = town.json("undo", run, "--preview")
    done = town.json("undo", run)
    town.do("sync")

    assert [step["text"] for step in foreseen["steps"]] == [step["text"] for step in done["steps"]]
    assert "+49 30 1234" in town.cards("ann")["Ada Berg"]
    assert quiet(town)


def test_an_undo_leaves_what_somebody_has_worked_on_since_and_says_so(town):
    town.with_two_books()
    run = town.json("contact", "edit", "Ada Berg", "job_title=Boss")["run"]
    town.do("contact", "edit", "Ada Berg", "job_title=Owner")

    result = town("undo", run)

    assert result.status == 1
    assert "job title" in result.out
    assert town.json("contact", "show", "Ada Berg")["contact"]["job_title"] == "Owner"


def test_a_look_into_the_own_book_tells_business_from_personal(town):
    town.with_two_books()

    rows = {row["name"]: row for row in town.json("book", "list", "ann")}

    assert rows["Ada Berg"]["kind"] == "business"
    assert rows["Ada Berg"]["contact"] is not None
    assert rows["Eva Lind"]["kind"] == "personal"
    assert "nothing of it leaves this book" in rows["Eva Lind"]["why"]


def test_a_copy_that_its_user_made_and_a_broken_card_are_named(town):
    town.with_two_books()
    card = town.cards("ann")["Ada Berg"]
    (town.folder("ann") / "copy.vcf").write_bytes(card.replace("\n", "\r\n").encode())
    (town.folder("ann") / "broken.vcf").write_text("BEGIN:VCARD\nN:Half\n")

    rows = {row["item"]: row for row in town.json("book", "list", "ann")}

    assert rows["copy.vcf"]["kind"] == "personal"
    assert "copy" in rows["copy.vcf"]["why"]
    assert rows["broken.vcf"]["kind"] == "broken"


@pytest.mark.parametrize("words", [("book", "list", "ann"), ("promote", "ann", "Eva Lind")])
def test_nobody_looks_into_another_users_book(town, words):
    town.with_two_books()

    result = town(*words, by="bob")

    assert result.status == 1
    assert "another user" in result.err
    assert "Eva" not in result.out


def test_not_even_an_administrator_looks_into_another_users_book(town):
    town.with_two_books()
    town.file("books/bob/dad.vcf", MUM.replace("Eva", "Otto"))

    result = town("book", "list", "bob", by="ann")

    assert result.status == 1
    assert "Otto" not in result.out + result.err


def test_a_personal_card_becomes_a_business_contact_by_promotion(any_town):
    town = any_town.with_two_books()
    town.do("account", "add", "Lind KG")

    foreseen = town.json("promote", "ann", "Eva Lind", "--account", "Lind KG", "--preview")
    untouched = town.json("contact", "list", "lind")
    done = town.json("promote", "ann", "Eva Lind", "--account", "Lind KG")
    town.do("sync")

    assert untouched == []
    assert foreseen["runs"][0]["steps"] == done["runs"][0]["steps"]
    (eva,) = town.json("contact", "list", "lind")
    assert (eva["account"], eva["owner"]) == ("Lind KG", "ann@example.com")
    assert "note" not in eva["contact"]
    assert "cake" not in town.cards("bob")["Eva Lind"]
    assert "birthday cake" in town.cards("ann")["Eva Lind"]
    assert "X-SECRET:42" in town.cards("ann")["Eva Lind"]


def test_promotion_names_what_it_cannot_find(town):
    town.with_two_books()

    assert "book list" in town("promote", "ann", "Nobody").err
    assert "account list" in town("promote", "ann", "Eva Lind", "--account", "Nobody").err
    assert "already" in town("promote", "ann", "Ada Berg").err


def test_an_untracked_contact_stays_as_a_personal_card_and_comes_back_on_request(any_town):
    town = any_town.with_two_books()

    town.do("untrack", "Ada Berg", "ann", "--keep")
    town.write("ann", "Ada Berg", "TITLE:Analyst", "TITLE:Private")
    town.do("sync")
    kept = town.cards("ann")["Ada Berg"]
    why = town.do("why", "Ada Berg").out
    back = town.json("bring-back", "Ada Berg", "ann")

    assert "CATEGORIES" not in kept
    assert "TITLE:Private" in kept
    assert "untracked" in why
    assert back["lifted"]
    assert town.json("contact", "show", "Ada Berg")["contact"]["job_title"] == "Analyst"
    assert {row["kind"] for row in town.json("book", "list", "ann")} == {"business", "personal"}


def test_an_untracked_contact_is_removed_and_the_run_can_be_undone(town):
    town.with_two_books()

    (run,) = town.json("untrack", "Ada Berg", "ann", "--remove")["runs"]
    town.do("sync")
    gone = town.cards("ann").keys()
    town.do("undo", run["run"])
    town.do("sync")

    assert gone == {"Eva Lind"}
    assert "Ada Berg" in town.cards("ann")


def test_an_edit_that_nobody_has_synchronised_is_not_thrown_away_with_its_card(town):
    town.with_two_books()
    town.write("ann", "Ada Berg", "TITLE:Analyst", "TITLE:Fresh")

    said = town.do("untrack", "Ada Berg", "ann", "--remove").out

    assert "TITLE:Fresh" in town.cards("ann")["Ada Berg"]
    assert "stay in the book" in said


def test_untracking_asks_what_becomes_of_the_card(town):
    town.with_two_books()

    assert town("untrack", "Ada Berg", "ann").status == 1
    assert town("untrack", "Ada Berg", "ann", "--keep", "--remove").status == 1
    assert town("untrack", "Ada Berg", "ann", "--keep", by="bob").status == 1


def test_what_was_removed_in_a_book_stays_away_and_why_says_so(any_town):
    town = any_town.with_two_books()
    town.do("contact", "add", "given=Grace")
    town.do("sync")
    town.delete("bob", "Ada Berg")
    town.do("sync")
    town.do("contact", "edit", "Ada Berg", "job_title=Boss")
    town.do("sync")

    assert town.cards("bob").keys() == {"Grace"}
    assert "Ada Berg" in town.cards("ann")
    assert "bring-back" in town.do("why", "Ada Berg", by="bob").out
    town.do("bring-back", "Ada Berg", "bob", by="bob")
    assert "TITLE:Boss" in town.cards("bob")["Ada Berg"]


def test_a_paused_book_is_left_alone(town):
    town.with_two_books()
    town.do("pause", "bob")
    town.do("contact", "edit", "Ada Berg", "job_title=Boss")

    said = town.do("sync").out
    before = town.cards("bob")["Ada Berg"]
    why = town.do("why", "Ada Berg").out
    town.do("resume", "bob")
    town.do("sync")

    assert "paused" in said
    assert "TITLE:Analyst" in before
    assert "paused" in why
    assert "TITLE:Boss" in town.cards("bob")["Ada Berg"]


def test_a_disconnected_book_keeps_its_cards_as_personal_ones(any_town):
    town = any_town.with_two_books()

    town.do("disconnect", "ann", "--keep")

    assert town.cards("ann").keys() == {"Ada Berg", "Eva Lind"}
    assert "CATEGORIES" not in town.cards("ann")["Ada Berg"]
    assert [one["book"] for one in town.json("book", "list")] == ["bob"]


def test_a_disconnected_book_loses_the_copies_and_nothing_else(town):
    town.with_two_books()
    town.file("books/ann/grace.vcf", GRACE)
    town.do("contact", "add", "given=Grace", "surname=Hopper", "emails=grace@navy.example")
    town.do("sync")

    said = town.do("disconnect", "ann", "--remove").out

    assert town.cards("ann").keys() == {"Eva Lind", "Grace Hopper"}
    assert "1 item stay" in said


def test_disconnecting_asks_what_becomes_of_the_cards(town):
    town.with_two_books()

    assert town("disconnect", "ann").status == 1
    assert town("disconnect", "ann", "--keep", by="bob").status == 1


def test_a_book_whose_place_is_gone_can_be_forgotten(town):
    town.with_two_books()
    town.folder("bob").rename(town.place / "elsewhere")

    refused = town("disconnect", "bob", "--keep")
    town.do("disconnect", "bob", "--forget")

    assert refused.status == 1
    assert "--forget" in refused.out
    assert [one["book"] for one in town.json("book", "list")] == ["ann"]


def test_a_scope_says_what_belongs_in_a_book(town):
    town.founded()
    town.do("contact", "add", "given=Ada", "owner=bob@example.com")
    town.do("contact", "add", "given=Grace")
    town.do("connect", "folder", town.folder("bob"), "--user", "bob@example.com", "--scope", "mine")
    town.do("sync")
    mine = town.cards("bob").keys()

    foreseen = town.json("book", "scope", "bob", "given = Grace", "--preview")
    unchanged = town.json("book", "list")[0]["scope"]
    why = town.do("why", "Grace").out
    town.do("book", "scope", "bob", "given = Grace")
    town.do("sync")

    assert mine == {"Ada"}
    assert unchanged == "mine"
    assert "out of the book's scope, mine" in why
    assert foreseen["runs"][0]["created"]["spoke"] == 1
    assert town.cards("bob").keys() == {"Grace"}


def test_a_scope_that_is_no_filter_is_refused(town):
    town.founded()

    result = town("connect", "folder", town.folder("ann"), "--scope", "city =")

    assert result.status == 1
    assert "filter" in result.err
    assert town.json("book", "list") == []


def test_a_user_connects_the_own_folder_and_not_another_users(town):
    town.founded()

    own = town("connect", "folder", town.folder("bob"), by="bob")
    other = town("connect", "folder", town.folder("ann"), "--user", "ann@example.com", by="bob")

    assert own.status == 0
    assert other.status == 1


def test_a_user_sees_the_own_books_runs_and_questions_and_no_others(town):
    town.with_two_books()
    town.do("contact", "edit", "Ada Berg", "nickname=Addie")
    town.write("ann", "Ada Berg", "FN:Ada Berg", "FN:Ada Berg\r\nNICKNAME:Ada B")
    town("sync")
    run = next(one["run"] for one in town.json("run", "list") if one["book"] == "ann")

    assert [one["book"] for one in town.json("book", "list", by="bob")] == ["bob"]
    assert town.json("hold", "list", by="bob") == []
    assert len(town.json("hold", "list", by="ann")) == 1
    assert {one["book"] for one in town.json("run", "list", by="bob")} == {"bob"}
    assert town("run", "show", run, by="bob").status == 1
    assert town("undo", run, by="bob").status == 1
    assert town("sync", "ann", by="bob").status == 1


def test_a_look_alike_is_asked_about_its_user_only(any_town):
    town = any_town.founded()
    other = "EMAIL:ada@private.example\nTEL;TYPE=CELL:+49 171 7\nORG:Berg AG\nEND:VCARD\n"
    card = ADA.replace("EMAIL;TYPE=WORK:ada@berg.example\n", "")
    town.file(
        "books/bob/ada.vcf", card.replace("END:VCARD\n", other).replace("UID:card-of-ada\n", "")
    )
    town.do("contact", "add", "given=Ada", "surname=Berg", "company=Berg AG")
    town.do("connect", "folder", town.folder("bob"), "--user", "bob@example.com")

    assert town("sync").status == 1
    (question,) = town.json("hold", "list", by="ann")
    (asked,) = town.json("hold", "list", by="bob")
    assert asked["item"] in asked["choices"][0]["meaning"]
    assert asked["item"] not in str(question)
    refused = town("hold", "answer", question["id"], "apart", by="ann")
    town.do("hold", "answer", question["id"], "link-1", by="bob")

    assert question["question"] == "identity"
    assert question["item"] is None
    assert "private.example" not in str(question)
    assert refused.status == 1
    assert len(town.cards("bob")) == 1


def test_a_run_is_shown_step_by_step(town):
    town.with_two_books()
    town.write("bob", "Ada Berg", "+49 30 1234", "+49 30 9999")
    town.do("sync")
    run = next(one["run"] for one in town.json("run", "list") if one["updated"]["hub"])

    shown = town.do("run", "show", run[:8]).out

    assert "+49 30 1234 (work) → +49 30 9999 (work) in the CRM" in shown


def test_why_tells_who_set_a_value_when_and_through_what(town):
    town.with_two_books()
    town.write("bob", "Ada Berg", "+49 30 1234", "+49 30 9999")
    town.do("sync")

    answer = town.json("why", "Ada Berg", "phones")

    assert answer["value"] == "+49 30 9999 (work)"
    last = answer["history"][-1]
    assert (last["who"], last["through"]) == ("Bob", "bob")
    assert last["before"] == "+49 30 1234 (work)"
    assert answer["history"][0]["through"] == "import"
    assert "birthday" in town("why", "Ada Berg", "nonsense").err


def test_an_own_field_that_its_user_edits_stays_in_the_book(any_town):
    town = any_town.with_two_books()
    town.write("bob", "Ada Berg", "FN:Ada Berg", "FN:Ada Berg\r\nNOTE:sensitive words")

    said = town.do("sync").out

    everything = said + town.do("why", "Ada Berg", "note").out + town.do("run", "list").out
    everything += str(town.json("contact", "show", "Ada Berg"))
    assert "sensitive" not in everything
    assert "sensitive words" in town.cards("bob")["Ada Berg"]
    assert "sensitive" not in town.cards("ann")["Ada Berg"]
