"""Many contacts at once: taken in from a file, given out into one, saved and brought back."""

import json
import stat

import pytest
from town import ADA, GRACE, MUM

TURING = """\
BEGIN:VCARD
VERSION:4.0
UID:urn:uuid:4f1c2a10-0000-4000-8000-000000000001
N:Turing;Alan;;;
FN:Alan Turing
EMAIL:alan@example.org
END:VCARD
"""
HALF = "BEGIN:VCARD\nVERSION:3.0\nN:Half\n"


def test_the_good_cards_of_a_file_are_taken_and_the_broken_one_is_named(any_town):
    town = any_town.founded()
    file = town.file("many.vcf", ADA, HALF, GRACE)

    result = town("import", file)

    assert result.status == 1
    assert "Card 2 (at byte" in result.out
    assert [one["name"] for one in town.json("contact", "list")] == ["Ada Berg", "Grace Hopper"]


def test_the_same_file_again_changes_nothing(any_town):
    town = any_town.founded()
    file = town.file("many.vcf", ADA, GRACE, TURING)
    town.do("import", file)
    before = town.json("contact", "list")

    again = town.json("import", file)

    assert (again["new"], again["same"], again["run"]) == (0, 3, None)
    assert town.json("contact", "list") == before
    assert len(town.json("run", "list")) == 1


def test_a_card_is_known_by_its_uid_however_the_contact_changed_since(town):
    town.founded()
    file = town.file("ada.vcf", ADA)
    town.do("import", file)
    town.do("contact", "edit", "Ada Berg", "surname=Lovelace", "emails=", "phones=")

    assert town.json("import", file)["same"] == 1


def test_a_card_of_a_book_is_known_as_the_contact_it_is_a_copy_of(town):
    town.with_two_books()
    (copy,) = town.folder("bob").glob("*.vcf")

    assert town.json("import", copy)["same"] == 1


def test_a_card_that_looks_like_a_contact_is_left_out_and_named(town):
    town.founded()
    town.do("import", town.file("ada.vcf", ADA))
    other = ADA.replace("card-of-ada", "another").replace("Analyst", "Boss")

    result = town.json("import", town.file("other.vcf", other))

    assert (result["new"], result["alike"]) == (0, 1)
    assert result["cards"][0]["reason"].startswith("looks like Ada Berg")


def test_two_cards_of_one_person_in_one_file_make_one_contact(town):
    town.founded()
    other = ADA.replace("card-of-ada", "another").replace("Analyst", "Boss")

    result = town.json("import", town.file("both.vcf", ADA, other, ADA))

    assert (result["new"], result["alike"], result["same"]) == (1, 1, 1)


def test_two_people_with_one_uid_are_two_contacts(town):
    town.founded()
    many = [GRACE.replace("Grace", f"G{n}").replace("grace@", f"g{n}@") for n in range(600)]
    other = ADA.replace("Ada", "Otto").replace("ada@", "otto@")

    result = town.json("import", town.file("both.vcf", ADA, *many, other))

    assert result["new"] == 602
    assert town.json("import", town.file("both.vcf", ADA, *many, other))["same"] == 602


def test_a_deleted_contact_does_not_return_by_an_import_but_says_how_it_could(town):
    town.founded()
    file = town.file("ada.vcf", ADA)
    town.do("import", file)
    town.do("contact", "remove", "Ada Berg")

    (card,) = town.json("import", file)["cards"]
    town.do(*card["reason"].rpartition("twinbook ")[2].split())

    assert "deleted" in card["reason"]
    assert [one["name"] for one in town.json("contact", "list")] == ["Ada Berg"]


def test_own_fields_of_imported_cards_stay_out_of_the_hub_and_the_company_is_text(town):
    town.founded()
    town.do("import", town.file("ada.vcf", ADA))

    ada = town.json("contact", "show", "Ada Berg")

    assert "note" not in ada["contact"]
    assert (ada["contact"]["company"], ada["account"]) == ("Berg AG", None)
    assert town.json("account", "list") == []


def test_an_import_gives_the_contacts_to_the_owner_that_is_named(town):
    town.founded()

    town.do("import", town.file("ada.vcf", ADA), "--owner", "bob@example.com")

    assert town.json("contact", "show", "Ada Berg")["owner"] == "bob@example.com"


def test_a_preview_of_an_import_says_what_it_then_does_and_writes_nothing(town):
    town.founded()
    file = town.file("many.vcf", ADA, HALF, GRACE, ADA)

    foreseen = town.json("import", file, "--preview")
    nothing = town.json("contact", "list")
    done = town.json("import", file)

    def fates(result):
        return [(one["card"], one["fate"], one["name"]) for one in result["cards"]]

    assert nothing == []
    assert fates(foreseen) == fates(done)
    assert foreseen["run"] is None


def test_an_import_can_be_undone(any_town):
    town = any_town.founded()
    run = town.json("import", town.file("many.vcf", ADA, GRACE))["run"]
    town.do("contact", "edit", "Grace Hopper", "job_title=Admiral")

    result = town("undo", run)

    assert result.status == 1
    assert "Grace Hopper was changed since" in result.out
    assert [one["name"] for one in town.json("contact", "list")] == ["Grace Hopper"]


def test_a_file_that_is_not_there_and_one_without_cards_are_named(town):
    town.founded()

    missing = town("import", town.place / "nothing.vcf")
    picture = town("import", town.file("cat.jpg", "\x00\x01 no card at all"))

    assert missing.status == 1
    assert "There is no file" in missing.err
    assert picture.status == 1
    assert "neither cards nor a table" in picture.err


def test_a_photo_is_kept_on_the_way_in_and_out(town):
    town.founded()
    dot = (
        "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk"
        "YPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=="
    )
    card = ADA.replace("END:VCARD", f"PHOTO;ENCODING=b;TYPE=PNG:{dot}\nEND:VCARD")
    town.do("import", town.file("ada.vcf", card))

    town.do("export", town.place / "all.vcf")

    flat = (town.place / "all.vcf").read_text().replace("\n ", "").replace("\r", "")
    assert dot in flat.replace("\n ", "")


def test_an_export_holds_all_active_contacts_and_comes_back_as_what_is_there(town):
    town.founded()
    town.do("import", town.file("many.vcf", ADA, GRACE, TURING))
    town.do("contact", "edit", "Alan Turing", "active=no")

    town.do("export", town.place / "all.vcf")
    town.do("export", town.place / "all.json")
    again = town.json("import", town.place / "all.vcf")

    text = (town.place / "all.vcf").read_text()
    names = [one["name"] for one in json.loads((town.place / "all.json").read_text())]
    assert text.count("BEGIN:VCARD") == 2
    assert "VERSION:3.0" in text
    assert names == ["Ada Berg", "Grace Hopper"]
    assert (again["new"], again["same"]) == (0, 2)


def test_an_export_does_not_overwrite_unless_it_is_told_to(town):
    town.founded()
    town.do("export", town.place / "all.json")

    assert "--replace" in town("export", town.place / "all.json").err
    assert town("export", town.place / "all.json", "--replace").status == 0
    assert town("export", town.place / "all.xls").status == 1


def test_a_backup_brings_everything_back_but_the_key(any_town):
    town = any_town.with_two_books()
    saved = town.place / "saved.zip"
    said = town.do("backup", saved).out
    town.do("contact", "edit", "Ada Berg", "job_title=Boss")

    refused = town("restore", saved)
    town.do("restore", saved, "--replace")
    preview = town("sync", "--preview")

    assert "key is no part of it" in said
    assert "--replace" in refused.err
    assert town.json("contact", "show", "Ada Berg")["contact"]["job_title"] == "Analyst"
    assert preview.status == 0
    assert "remove" not in preview.out


def test_a_backup_goes_into_an_empty_directory_with_the_key_beside_it(town):
    town.with_two_books()
    saved = town.place / "saved.zip"
    town.do("backup", saved)
    key = (town.data / "secret.key").read_bytes()
    town.data.rename(town.place / "lost")

    without = town("restore", saved)
    town.data.mkdir(exist_ok=True)
    (town.data / "secret.key").write_bytes(key)
    town.do("restore", saved)

    assert "--new-key" in without.err
    assert [one["name"] for one in town.json("contact", "list")] == ["Ada Berg"]


def test_a_key_of_other_data_is_noticed(town):
    town.with_two_books()
    key = town.data / "secret.key"
    key.write_bytes(b"x" * 32)

    result = town("sync")

    assert result.status == 1
    assert "not the key of these data" in result.err


def test_only_an_administrator_saves_and_restores(town):
    town.with_two_books()
    town.do("backup", town.place / "saved.zip")

    assert town("backup", town.place / "other.zip", by="bob").status == 1
    assert town("restore", town.place / "saved.zip", "--replace", by="bob").status == 1


def test_the_doctor_finds_nothing_where_all_is_well(town):
    town.with_two_books()

    assert town.json("doctor") == []
    assert town.do("doctor").out == "All is well.\n"


def test_the_doctor_names_each_trouble_with_the_next_step(town):
    town.with_two_books()
    (town.data / "secret.key").chmod(0o644)
    town.folder("bob").rename(town.place / "elsewhere")
    town.do("contact", "edit", "Ada Berg", "job_title=Boss")
    town.do("pause", "ann")

    result = town("doctor")

    assert result.status == 1
    for text in ("chmod 600", "can't be reached", "disconnect bob --forget", "resume ann"):
        assert text in result.out


def test_the_key_is_readable_by_its_owner_only(town):
    town.founded()

    assert stat.S_IMODE((town.data / "secret.key").stat().st_mode) == 0o600


@pytest.mark.parametrize("card", [MUM, MUM.replace("3.0", "2.1")])
def test_words_of_another_version_are_read(town, card):
    town.founded()

    assert town.json("import", town.file("mum.vcf", card))["new"] == 1
