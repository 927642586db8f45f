"""What was imported comes back on export, what no field holds too; and no book sees that."""

import json

import pytest
from town import ADA

STRANGE = ADA.replace("END:VCARD\n", "X-PIN:7\nitem1.X-SHOE:41\nitem1.X-ABLabel:left\nEND:VCARD\n")
TABLE = "First Name,Last Name,Email,Account Name,Contact ID,Lead Source\nAda,Berg,a@b.example,Berg AG,1,=1+1\n"  # noqa: E501 - a file
CARD = {
    "@type": "Card",
    "version": "1.0",
    "uid": "urn:uuid:03a0e51f-d1aa-4385-8a53-e29025acd8af",
    "name": {"components": [{"kind": "given", "value": "Ada"}]},
    "example.com:seat": {"row": 7},
}


def exported(town, name, *words):
    place = town.place / name
    town.do("export", place, *words)
    return place


@pytest.mark.parametrize("version", ["vcard3", "vcard4"])
def test_unknown_properties_of_a_card_come_back_in_cards(any_town, version):
    town = any_town.founded()
    town.do("import", town.file("ada.vcf", STRANGE))

    text = exported(town, "all.vcf", "--format", version).read_text()

    assert "X-PIN:7" in text
    assert "X-SHOE:41" in text
    assert "X-ABLabel:left" in text


def test_unknown_properties_of_a_card_come_back_in_other_files(town):
    town.founded()
    town.do("import", town.file("ada.vcf", STRANGE))

    (card,) = json.loads(exported(town, "all.jscontact").read_text())
    table = exported(town, "all.csv").read_text()

    assert ["x-pin", {}, "unknown", "7"] in card["vCardProps"]
    assert "X-PIN" in table


def test_unknown_columns_come_back_and_run_nowhere(any_town):
    town = any_town.founded()
    town.do("import", town.file("report.csv", TABLE))

    table = exported(town, "all.csv").read_text()
    text = exported(town, "all.vcf").read_text()

    assert "Lead Source" in table
    assert 'X-TWINBOOK-COLUMN;NAME="Lead Source":=1+1' in text
    assert ",=1+1" not in table


def test_unknown_members_of_a_card_in_json_come_back(town):
    town.founded()

    taken = town.json("import", town.file("ada.jscontact", json.dumps(CARD)))
    (card,) = json.loads(exported(town, "all.jscontact").read_text())

    assert taken["new"] == 1
    assert card["example.com:seat"] == {"row": 7}


def test_an_exported_table_comes_back_as_what_is_there(any_town):
    town = any_town.founded()
    town.do("import", town.file("ada.vcf", STRANGE))

    for form in ("csv", "outlook", "google", "dynamics", "jscontact", "vcard4"):
        again = town.json("import", exported(town, f"all.{form}", "--format", form))
        assert (again["new"], again["broken"]) == (0, 0), form


def test_no_book_sees_what_no_field_holds(town):
    town.founded()
    town.do("import", town.file("ada.vcf", STRANGE))
    town.do("connect", "folder", town.folder("bob"), "--user", "bob@example.com")

    town.do("sync")

    (card,) = town.cards("bob").values()
    assert "FN:Ada Berg" in card
    assert "X-PIN" not in card
