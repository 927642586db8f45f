"""Exports of other systems become contacts, with their accounts and owners."""

from pathlib import Path
from typing import get_args

import pytest

from twinbook.cli.transfer import FORMATS
from twinbook.intake.sources import Format

FILES = Path(__file__).parents[1] / "formats" / "tables" / "files"
VENDORS = sorted(FILES.glob("*.csv"))
REMARKS = {"salesforce-report": 2}  #: lines below the list that are no rows of it

REPORT = """\
First Name,Last Name,Title,Account Name,Phone,Email,Contact Owner,Contact ID,Lead Source
Ada,Berg,Analyst,Berg GmbH,+49 30 1234,ada@berg.example,bob@example.com,0035x01,Web
Otto,Lind,Buyer,Lind & Co,+49 30 77,otto@lind.example,nobody@example.org,0035x02,=1+1
Ida,Lind,Boss,Lind & Co,,ida@lind.example,bob@example.com,0035x03,
"""


@pytest.mark.parametrize("file", VENDORS, ids=lambda file: file.stem)
def test_every_export_is_taken_in_once_and_taken_back_whole(town, file):
    town.founded()
    dialect = file.stem.partition("-")[0]

    foreseen = town.json("import", file, "--preview")
    done = town.json("import", file, "--format", dialect)
    again = town.json("import", file)
    town.do("undo", done["run"])

    assert done["new"] > 0
    assert done["broken"] == REMARKS.get(file.stem, 0)
    assert [foreseen[name] for name in ("new", "alike", "accounts")] == [
        done[name] for name in ("new", "alike", "accounts")
    ]
    assert (again["new"], again["same"], again["run"]) == (0, done["new"] + done["same"], None)
    assert town.json("contact", "list") == []
    assert town.json("account", "list") == []


def test_accounts_are_made_once_and_owners_are_found(any_town):
    town = any_town.founded()

    result = town.json("import", town.file("report.csv", REPORT))

    people = {one["name"]: one for one in town.json("contact", "list")}
    assert result["accounts"] == ["Berg GmbH", "Lind & Co"]
    assert people["Ada Berg"]["owner"] == "bob@example.com"
    assert people["Ida Lind"]["account"] == "Lind & Co"
    assert people["Otto Lind"]["owner"] == "ann@example.com"
    (told,) = [one for one in result["lines"] if one["reason"]]
    assert told["line"] == 3
    assert "owner is no user" in told["reason"]


def test_an_account_is_known_by_its_name_or_by_its_mail_domain_and_nearly_its_name(town):
    town.founded()
    town.do("account", "add", "Lind & Co")
    town.do("account", "add", "Berg AG", "--domain", "berg.example")

    result = town.json("import", town.file("report.csv", REPORT))

    people = {one["name"]: one for one in town.json("contact", "list")}
    assert result["accounts"] == []
    assert people["Ada Berg"]["account"] == "Berg AG"
    assert people["Otto Lind"]["account"] == "Lind & Co"


def test_accounts_that_are_in_use_stay_when_their_import_is_undone(any_town):
    town = any_town.founded()
    run = town.json("import", town.file("report.csv", REPORT))["run"]
    town.do("contact", "edit", "Ada Berg", "job_title=Boss")

    result = town("undo", run)

    assert "The account Berg GmbH is in use; it stays." in result.out
    assert [one["name"] for one in town.json("account", "list")] == ["Berg GmbH"]
    assert [one["name"] for one in town.json("contact", "list")] == ["Ada Berg"]


def test_a_record_is_known_again_by_its_id_whatever_was_changed_on_both_sides(any_town):
    town = any_town.founded()
    town.do("import", town.file("report.csv", REPORT))
    town.do("contact", "edit", "Ada Berg", "surname=Lovelace", "emails=")
    later = REPORT.replace("Analyst", "Head").replace("+49 30 1234", "+49 30 9999")

    skipped = town.json("import", town.file("later.csv", later))
    linked = town.json("import", town.file("later.csv", later), "--on-match", "link")
    again = town.json("import", town.file("later.csv", later), "--on-match", "link")

    ada = town.json("contact", "show", "Ada Lovelace")["contact"]
    assert (skipped["new"], skipped["same"]) == (0, 3)
    assert (linked["filled"], again["filled"]) == (1, 0)
    assert ada["job_title"] == "Analyst"
    assert {one["value"] for one in ada["phones"]} == {"+49 30 1234", "+49 30 9999"}


def test_a_bad_row_is_told_with_its_line_and_stops_no_good_one(town):
    town.founded()
    bad = REPORT.replace("Otto,", "Otto,x,y,")

    result = town("import", town.file("report.csv", bad))

    assert result.status == 1
    assert "Line 3: It has 11 cells and the header 9" in result.out
    assert len(town.json("contact", "list")) == 2


def test_an_unknown_table_is_taken_in_with_a_mapping_that_was_proposed(town):
    town.founded()
    table = town.file(
        "own.csv", "Vorname;Name;Tel. mobil;Lieblingsfarbe\nAda;Berg;+49 171 5;blau\n"
    )
    place = town.place / "own.toml"

    refused = town("import", table)
    proposed = town("import", table, "--mapping", place)
    done = town.json("import", table, "--mapping", place)

    (ada,) = town.json("contact", "list")
    assert refused.status == proposed.status == 1
    assert "--mapping FILE" in refused.err
    assert "Nothing was imported" in proposed.out
    assert done["new"] == 1
    assert ada["name"] == "Ada Berg"
    (phone,) = ada["contact"]["phones"]
    assert (phone["value"], phone["kind"]) == ("+49 171 5", "mobile")


def test_a_table_is_not_taken_for_what_it_is_not(town):
    town.founded()

    result = town("import", town.file("report.csv", REPORT), "--format", "google")

    assert result.status == 1
    assert "The columns are not those of google" in result.err
    assert town.json("contact", "list") == []


def test_the_command_offers_every_format_that_is_read():
    assert sorted(get_args(FORMATS)) == sorted(one.value for one in Format)
