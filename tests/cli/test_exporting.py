"""Contacts given out: in every format, as far as they may be seen, and wholly or not at all."""

import json
from base64 import b64encode
from itertools import pairwise
from typing import get_args

import pytest
from town import ADA, GRACE

from twinbook.cli.formats import FORMATS, Word
from twinbook.crm import access
from twinbook.crm.access import Right
from twinbook.formats import jscontact, stored, tables, vcard
from twinbook.model.contact import Contact
from twinbook.settings import read_settings
from twinbook.testing.strategies import PIXEL
from twinbook.wiring import open_house

EVERYTHING = f"""\
BEGIN:VCARD
VERSION:4.0
UID:card-of-eva
N;SORT-AS="Lind, Eva":Lind;Eva;Maria;Dr.;Jr.
FN:The boss
NICKNAME:Evi
ORG:Lind KG;Sales
TITLE:Head
ROLE:Engineer
X-OFFICE:3.14
X-MANAGER:Otto
X-EMPLOYEE-ID:7
X-PHONETIC-FIRST-NAME:Efa
X-PHONETIC-MIDDLE-NAME:Maria
EMAIL;TYPE=work;PREF=1:eva@lind.example
item1.EMAIL:boat@lind.example
item1.X-ABLabel:Boat
TEL;TYPE=cell:+49 171 5
TEL;TYPE=x-assistant:+49 30 6
ADR;TYPE=work:;;Elm Road 1\\nBackyard;Berlin;;10115;Germany
URL;TYPE=x-ftp:ftp://lind.example
IMPP:skype:eva
BDAY:--0229
ANNIVERSARY:20100501
GENDER:F
HOBBY:sailing
LANG:de-AT
CATEGORIES:key,large
PHOTO:data:image/gif;base64,{b64encode(PIXEL).decode()}
END:VCARD
"""


def filled(town):
    town.founded()
    town.do("import", town.file("many.vcf", ADA, GRACE, EVERYTHING), "--owner", "bob@example.com")
    return town


def cards_in(place) -> list[Contact]:
    return [vcard.contact(one) for one in vcard.cards(place.read_bytes())]


def rows_in(place) -> list[Contact]:
    with place.open("rb") as file:
        table = tables.open_table(file)
        _, mapping = tables.known(table.header)
        return [one.contact for one in tables.entries(table, mapping)]


TABLES = ("csv", "outlook", "google", "dynamics")
READERS = {
    **dict.fromkeys(TABLES, rows_in),
    "vcard3": cards_in,
    "vcard4": cards_in,
    "jscontact": lambda place: [one.contact for one in jscontact.read(place.read_bytes())],
    "json": lambda place: [
        stored.load(json.dumps(one["contact"])) for one in json.loads(place.read_text())
    ],
}


@pytest.mark.parametrize("word", sorted(READERS.keys() - set(TABLES[1:])))
def test_all_of_every_contact_is_in_a_file_of_every_format(any_town, word):
    town = filled(any_town)
    file = town.place / "all.file"
    there = [stored.load(json.dumps(one["contact"])) for one in town.json("contact", "list")]

    town.do("export", file, "--format", word)

    if word == "csv":  # a table holds no picture
        assert READERS[word](file) == [one.but(photo=None) for one in there]
    else:
        assert READERS[word](file) == there
    assert [one.photo is not None for one in there].count(True) == 1


def test_the_photo_is_in_a_file_of_jscontact(town):
    filled(town)

    town.do("export", town.place / "all.jscontact", "--filter", "surname = Lind")

    [eva] = jscontact.read((town.place / "all.jscontact").read_bytes())
    assert (eva.photo, eva.rest) == (PIXEL, {})


CHOSEN = {
    "all.vcf": ("vcard3", b"BEGIN:VCARD\r\nVERSION:3.0\r\n"),
    "all.VCF": ("vcard3", b"BEGIN:VCARD\r\nVERSION:3.0\r\n"),
    "all.json": ("json", b'[\n{"id":'),
    "all.jscontact": ("jscontact", b'[\n{"@type":"Card","version":"1.0","uid":'),
    "all.jscontact.json": ("jscontact", b'[\n{"@type":"Card","version":"1.0","uid":'),
}


@pytest.mark.parametrize("name", CHOSEN)
def test_the_name_of_a_file_says_its_format_and_the_answer_does(town, name):
    filled(town)

    said = town.json("export", town.place / name)

    word, begin = CHOSEN[name]
    assert (said["format"], said["contacts"]) == (word, 3)
    assert (town.place / name).read_bytes().startswith(begin)


def test_a_format_that_is_named_wins_over_the_name_of_the_file(town):
    filled(town)

    said = town.do("export", town.place / "all.vcf", "--format", "vcard4").out

    assert said == f"3 contacts are in {town.place}/all.vcf, as vCard 4.0.\n"
    assert b"VERSION:4.0" in (town.place / "all.vcf").read_bytes()


def test_a_file_whose_name_says_no_format_is_not_begun_and_the_formats_are_named(town):
    filled(town)

    result = town("export", town.place / "all.txt")

    assert result.status == 1
    for text in (".vcf", ".jscontact", "--format", "vcard4"):
        assert text in result.err
    assert not (town.place / "all.txt").exists()


def test_a_format_that_does_not_exist_is_wrong_usage(town):
    filled(town)

    assert town("export", town.place / "all.vcf", "--format", "ldif").status == 2


def test_a_filter_gives_out_a_part(town):
    filled(town)
    file = town.place / "some.jscontact"

    town.do("export", file, "--filter", 'company ~ berg or category = "key"')

    assert [one.surname for one in READERS["jscontact"](file)] == ["Berg", "Lind"]


def test_inactive_contacts_are_given_out_only_if_the_filter_asks_and_deleted_ones_never(town):
    filled(town)
    town.do("contact", "edit", "Grace Hopper", "active=no")
    town.do("contact", "remove", "Ada Berg")
    counts = [
        town.json("export", town.place / f"{number}.vcf", "--filter", filter)["contacts"]
        for number, filter in enumerate(("visible", "everything", "active = no"))
    ]

    assert counts == [1, 2, 1]


@pytest.mark.parametrize("word", READERS)
def test_what_one_may_not_see_is_in_no_file(town, word):
    filled(town)
    house = open_house(read_settings(town.data))
    with house.database.write() as connection:
        hidden = ("phones", "photo", "job_title")
        access.restrict(connection, Right.SEE, house.clock, fields=hidden)
    house.database.close()
    file = town.place / "all.file"

    town.do("export", file, "--format", word, by="bob")

    people = READERS[word](file)
    assert len(people) == 3
    assert {(one.phones, one.photo, one.job_title) for one in people} == {((), None, "")}
    assert b"+49" not in file.read_bytes()


@pytest.mark.parametrize("word", READERS)
def test_without_a_contact_a_file_is_empty_and_whole(town, word):
    town.founded()
    file = town.place / "all.file"

    assert town.json("export", file, "--format", word)["contacts"] == 0
    assert READERS[word](file) == []


def test_an_export_that_breaks_off_leaves_no_file_and_the_former_one_as_it_was(town, monkeypatch):
    filled(town)
    file = town.place / "all.jscontact"
    town.do("export", file)
    before = file.read_bytes()

    def broken(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(jscontact, "write", broken)
    result = town("export", file, "--replace")

    assert result.status == 1
    assert "No space left" in result.err
    assert file.read_bytes() == before
    assert [one.name for one in town.place.glob(".all*")] == []


def test_contacts_of_several_pages_stand_in_one_list_in_order(town, monkeypatch):
    filled(town)
    monkeypatch.setattr("twinbook.cli.exporting.PAGE", 2)
    file = town.place / "all.jscontact"

    town.do("export", file)

    names = [one.surname for one in READERS["jscontact"](file)]
    assert len(names) == 3
    assert all(one <= other for one, other in pairwise(names))
    assert len(json.loads(file.read_bytes())) == 3


def test_every_format_has_a_word_and_every_word_a_format():
    words = [word for one in FORMATS for word in one.words]
    suffixes = [suffix for one in FORMATS for suffix in one.suffixes]

    assert sorted(words) == sorted(get_args(Word))
    assert len(set(suffixes)) == len(suffixes)
    assert {one.words[0] for one in FORMATS} == set(READERS)
