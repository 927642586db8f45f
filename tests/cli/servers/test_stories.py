"""Three people, one book on Radicale, one on Xandikos, one in a folder, and the hub."""

import base64
import re

import pytest
from town import GRACE

BOOKS = ("ann", "bob", "cat")
SERVERS = ("ann", "bob")
PICTURE = bytes.fromhex(
    "47494638396101000100800000000000ffffff21f90401000000002c00000000010001000002024401003b"
)
PHOTO = f"PHOTO;ENCODING=b;TYPE=GIF:{base64.b64encode(PICTURE).decode()}"


def others(book):
    return [one for one in BOOKS if one != book]


def test_the_first_sync_brings_the_contact_to_all_and_personal_cards_nowhere(trio):
    shown = {book: set(trio.cards(book)) for book in BOOKS}

    assert shown == {book: {"Ada Berg", f"Eva-{book} Lind"} for book in BOOKS}
    assert trio.names() == ["Ada Berg"]
    assert "X-SECRET:42" in trio.cards("ann")["Eva-ann Lind"]
    assert trio.is_quiet()


def test_an_edit_in_each_book_reaches_the_others_and_changes_nothing_else(trio):
    before = {book: trio.cards(book)["Ada Berg"] for book in BOOKS}
    edits = {
        "ann": ("TITLE:Analyst", "TITLE:Engineer"),
        "bob": ("+49 30 1234", "+49 30 9999"),
        "cat": ("ada@berg.example", "ada.berg@berg.example"),
    }
    for book, (old, new) in edits.items():
        trio.write(book, "Ada Berg", old, new)

    trio.do("sync")

    for book in BOOKS:
        wanted = before[book]
        for old, new in edits.values():
            wanted = wanted.replace(old, new)
        assert lines(trio.cards(book)["Ada Berg"]) == lines(wanted)
    assert trio.is_quiet()


def lines(text):
    """The lines of a card but for those that say when and by what it was stored."""
    return {line for line in text.splitlines() if not re.match("PRODID|REV", line)}


@pytest.mark.parametrize("book", ["ann", "bob", pytest.param("cat", marks=pytest.mark.compat)])
def test_a_category_promotes_a_card_and_the_name_of_an_account_sets_it_as_well(trio, book):
    trio.do("account", "add", "Lind KG")
    trio.books[book].put("grace.vcf", GRACE.replace("FN:", "UID:grace-1\nFN:"))
    trio.add_line(book, "Grace Hopper", "CATEGORIES:CRM")
    trio.add_line(book, f"Eva-{book} Lind", "CATEGORIES:Lind KG")

    trio.do("sync")

    found = {one["name"]: one["account"] for one in trio.json("contact", "list")}
    assert found == {"Ada Berg": None, "Grace Hopper": None, f"Eva-{book} Lind": "Lind KG"}
    for other in others(book):
        assert "grace@navy.example" in trio.cards(other)["Grace Hopper"]
        assert "birthday cake" not in trio.cards(other)[f"Eva-{book} Lind"]
    assert "birthday cake" in trio.cards(book)[f"Eva-{book} Lind"]
    assert "X-SECRET:42" in trio.cards(book)[f"Eva-{book} Lind"]
    assert trio.is_quiet()


def test_a_removal_in_a_book_hides_there_only_until_it_is_brought_back(trio):
    for book in SERVERS:
        trio.delete(book, "Ada Berg")

        trio.do("sync")

        assert "Ada Berg" not in trio.cards(book)
        assert "Ada Berg" in trio.cards("cat")
        assert trio.names() == ["Ada Berg"]
        trio.do("contact", "edit", "Ada Berg", f"nickname={book}")
        trio.do("sync")
        assert "Ada Berg" not in trio.cards(book)

        trio.do("bring-back", "Ada Berg", book, by=book)

        assert f"NICKNAME:{book}" in trio.cards(book)["Ada Berg"]
    assert trio.is_quiet()


def test_a_removal_in_the_hub_removes_the_contact_from_every_book_and_can_be_undone(trio):
    trio.do("contact", "remove", "Ada Berg")
    run = trio.json("run", "list")[0]["run"]

    trio.do("sync")

    assert [set(trio.cards(book)) for book in BOOKS] == [{f"Eva-{book} Lind"} for book in BOOKS]
    trio.do("undo", run)
    trio.do("sync")
    assert all("ada@berg.example" in text for text in trio.everywhere("Ada Berg"))
    assert trio.is_quiet()


def test_two_edits_of_one_field_make_a_question_and_the_answer_reaches_all(trio):
    trio.write("ann", "Ada Berg", "TITLE:Analyst", "TITLE:Engineer")
    trio.write("bob", "Ada Berg", "TITLE:Analyst", "TITLE:Owner")

    assert trio("sync").status == 1
    (question,) = trio.json("hold", "list")
    assert trio.states()["bob"] == "waiting for an answer"
    trio.do("hold", "answer", question["id"], "spoke")
    trio.do("sync")

    assert (question["hub"], question["spoke"]) == ("Berg AG Engineer", "Berg AG Owner")
    assert all("TITLE:Owner" in text for text in trio.everywhere("Ada Berg"))
    assert set(trio.states().values()) <= {"in step", "due"}
    assert trio.is_quiet()


def test_a_photo_travels_both_ways(trio):
    trio.add_line("ann", "Ada Berg", PHOTO)
    trio.do("sync")
    there = [pictures(text) for text in trio.everywhere("Ada Berg")]
    trio.write("bob", "Ada Berg", photo_line(trio.cards("bob")["Ada Berg"]), "X-NONE:1")
    trio.do("sync")

    assert there == [[PICTURE]] * 3
    assert [pictures(text) for text in trio.everywhere("Ada Berg")] == [[]] * 3
    assert trio.is_quiet()


def photo_line(text):
    (found,) = [line for line in text.splitlines() if line.startswith("PHOTO")]
    return found


def pictures(text):
    return [
        base64.b64decode(line.rpartition(":")[2].rpartition(",")[2])
        for line in text.splitlines()
        if line.startswith("PHOTO")
    ]


def test_a_private_note_and_foreign_categories_stay_where_they_are(trio):
    trio.add_line("ann", "Ada Berg", "NOTE:owes me money")
    trio.write("bob", "Ada Berg", "CATEGORIES:CRM", "CATEGORIES:CRM,Golf")

    trio.do("sync")

    assert "owes me money" in trio.cards("ann")["Ada Berg"]
    assert not [book for book in others("ann") if "money" in trio.cards(book)["Ada Berg"]]
    assert "money" not in str(trio.json("contact", "show", "Ada Berg"))
    assert "Golf" in trio.cards("bob")["Ada Berg"]
    assert trio.is_quiet()


def test_what_a_book_brought_into_the_hub_can_be_undone_and_the_user_keeps_his_own(trio):
    trio.write("ann", "Ada Berg", "+49 30 1234", "+49 30 9999")
    runs = trio.json("sync")["runs"]
    run = next(one["run"] for one in runs if one["spoke"] == "ann" and one["steps"])

    undone = trio.do("undo", run)
    trio.do("sync")

    assert "keeps its own phone numbers" in undone.out
    assert trio.contact("Ada Berg")["phones"][0]["value"] == "+49 30 1234"
    assert [("+49 30 9999" in text) for text in trio.everywhere("Ada Berg")] == [True, False, False]
    assert trio.is_quiet()


def test_what_was_written_into_the_books_can_be_undone_in_each(trio):
    trio.do("contact", "edit", "Ada Berg", "nickname=Addie")
    runs = trio.json("sync")["runs"]
    written = [one["run"] for one in runs if one["steps"]]

    for run in [*written, trio.json("run", "list")[-1]["run"]][: len(written)]:
        trio.do("undo", run)

    assert len(written) == 3
    assert not [text for text in trio.everywhere("Ada Berg") if "Addie" in text]


def test_a_book_is_let_go_with_its_contacts_or_without_them(trio):
    trio.do("disconnect", "ann", "--keep")
    trio.do("disconnect", "bob", "--remove")

    assert set(trio.cards("ann")) == {"Ada Berg", "Eva-ann Lind"}
    assert "CATEGORIES" not in trio.cards("ann")["Ada Berg"]
    assert set(trio.cards("bob")) == {"Eva-bob Lind"}
    assert trio.names() == ["Ada Berg"]
    assert [one["book"] for one in trio.json("book", "list")] == ["cat"]
