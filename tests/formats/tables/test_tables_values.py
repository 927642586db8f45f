"""Single values: days, names, numbers, mailboxes; mappings and what they propose."""

import io

import pytest

from twinbook.formats.tables import (
    Column,
    Entry,
    Mapping,
    Problem,
    entries,
    losses,
    open_table,
    propose,
    read_mapping,
    write_table,
)
from twinbook.formats.tables.dates import Doubt, Evidence, Order, read
from twinbook.formats.tables.names import split
from twinbook.model.contact import Address, Contact, Day, Email, Kind, Phone, PhoneKind
from twinbook.model.errors import Invalid


def people(text, *targets):
    table = open_table(io.BytesIO(text.encode()))
    mapping = Mapping(tuple(map(Column, table.header, targets)))
    return list(entries(table, mapping))


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("1980-12-31", Day(12, 31, 1980)),
        ("1980-12-31T00:00:00Z", Day(12, 31, 1980)),
        ("19801231", Day(12, 31, 1980)),
        ("1980/1/2", Day(1, 2, 1980)),
        ("1980年12月31日", Day(12, 31, 1980)),
        ("31.12.1980", Day(12, 31, 1980)),
        ("31.12.1980 00:00:00", Day(12, 31, 1980)),
        ("--02-29", Day(2, 29)),
        ("12/31/1980 12:00 AM", Day(12, 31, 1980)),
        ("31-12-1980", Day(12, 31, 1980)),
        ("5/5/1980", Day(5, 5, 1980)),
        ("29566", Day(12, 11, 1980)),
        ("0/0/00", None),
        ("00.00.0000", None),
        ("1/1/4501", None),
        ("12/10/1980", Doubt.ORDER),
        ("31.12.80", Doubt.CENTURY),
        ("31.02.1980", Doubt.UNREADABLE),
        ("soon", Doubt.UNREADABLE),
    ],
)
def test_a_day_is_read_or_doubted_and_never_guessed(text, day):
    assert read(text, None) == day


def test_a_column_s_order_is_what_any_of_its_rows_tells():
    evidence = Evidence()
    for text in ("1/2/1980", "3/25/1980", "4/5/1980"):
        evidence.look(text)

    assert evidence.order is Order.MDY


def test_days_that_contradict_each_other_tell_nothing():
    evidence = Evidence()
    evidence.look("25/3/1980")
    evidence.look("3/25/1980")

    assert evidence.order is None


def days_of(text, *targets):
    return [one.contact.birthday if isinstance(one, Entry) else one.line
            for one in people(text, *targets)]  # fmt: skip


def test_a_later_row_decides_for_an_earlier_one():
    assert days_of("n,b\nA,1/2/1980\nB,25/2/1980\n", "given", "birthday") == [
        Day(2, 1, 1980), Day(2, 25, 1980),
    ]  # fmt: skip


def test_another_column_of_the_file_decides_where_one_is_silent():
    text = "n,b,a\nA,1/2/1980,25/2/2000\n"

    assert days_of(text, "given", "birthday", "anniversary") == [Day(2, 1, 1980)]


def test_what_nothing_decides_is_left_out_and_told_and_the_person_is_read():
    problem, entry = people("n,b\nA,1/2/1980\n", "given", "birthday")

    assert (problem.line, problem.partial) == (2, True)
    assert "birthday.dmy or birthday.mdy" in problem.reason
    assert "1980" not in problem.reason
    assert entry.contact == Contact(given="A")


def test_a_mapping_may_say_the_order():
    assert days_of("n,b\nA,1/2/1980\n", "given", "birthday.mdy") == [Day(1, 2, 1980)]


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("Ada Lovelace", Contact(given="Ada", surname="Lovelace")),
        ("Lovelace, Ada", Contact(given="Ada", surname="Lovelace")),
        ("Dr. Anna Maria von der Leyen",
         Contact(prefix="Dr.", given="Anna", middle="Maria", surname="von der Leyen")),
        ("Martin Luther King Jr.",
         Contact(given="Martin", middle="Luther", surname="King", suffix="Jr.")),
        ("John Smith, MD", Contact(given="John", surname="Smith", suffix="MD")),
        ("Madonna", Contact(display_name="Madonna")),
        ("山田 太郎", Contact(display_name="山田 太郎")),
        ("Nguyễn Văn An", Contact(display_name="Nguyễn Văn An")),
        ("Acme Tools GmbH", Contact(display_name="Acme Tools GmbH")),
        ("Smith & Sons", Contact(display_name="Smith & Sons")),
        ("ada@example.org x", Contact(display_name="ada@example.org x")),
    ],
)  # fmt: skip
def test_a_name_in_one_piece_is_split_only_where_that_is_safe(name, parts):
    assert split(name) == parts


def test_a_full_name_beside_its_parts_is_kept_where_it_says_more():
    said = "full,given,surname\nThe Countess,Ada,Lovelace\nLovelace Ada,Ada,Lovelace\n"

    first, second = people(said, "full_name", "given", "surname")

    assert (first.contact.display_name, second.contact.display_name) == ("The Countess", "")


def test_numbers_that_a_spreadsheet_cut_are_told_and_those_it_only_marred_are_mended():
    cut, _, mended = people('n,p\nA,"4,93E+11"\nB,4930123456.0\n', "given", "phones.work")

    assert cut == Problem(
        2, "The value of 'p' is left out: a spreadsheet has cut off digits of the number.",
        partial=True,
    )  # fmt: skip
    assert mended.contact.phones == (Phone("4930123456", PhoneKind.WORK),)


def test_several_mailboxes_in_a_cell_are_several():
    (entry,) = people("n,m\nA,a@x.org; b@x.org\n", "given", "emails.work")

    assert entry.contact.emails == (Email("a@x.org", Kind.WORK), Email("b@x.org", Kind.WORK))


def test_a_row_that_says_nothing_about_a_person_is_told():
    assert people("n,i\n,7\n", "given", "id") == [Problem(2, "It says nothing about a person.")]


def test_a_phone_goes_out_as_it_is_and_a_formula_does_not():
    person = Contact(given="=1+1", phones=(Phone("+49 30 1234", PhoneKind.WORK),))

    _, row = b"".join(write_table([person], "outlook")).decode("utf-8-sig").splitlines()

    assert "'=1+1" in row.split(",")
    assert "+49 30 1234" in row.split(",")


def test_what_a_file_loses_is_said_by_its_columns():
    assert losses("csv") == ("photo",)
    assert "e-mail addresses: more than 3" in losses("outlook")
    assert "categories" in losses("dynamics")
    assert "birthday without its year" in losses("dynamics")
    assert not any("birthday" in one for one in losses("google"))


def test_a_file_that_nobody_writes_is_refused():
    with pytest.raises(Invalid, match="Take one of csv, outlook, google, dynamics"):
        write_table([], "lotus")


def proposed(text):
    table = open_table(io.BytesIO(text.encode()))
    return [one.target for one in propose(table.header, table.rows()).columns]


def test_a_mapping_is_proposed_by_words_of_several_languages():
    header = "Kontaktperson;Tel. privat;Handy;Mailadresse;PLZ;Ort;Geburtsdatum;Bemerkung;Firma"

    assert proposed(f"{header}\n") == [
        "full_name", "phones.home", "phones.mobile", "emails.other", "addresses.work.postal_code",
        "addresses.work.city", "birthday", "note", "account",
    ]  # fmt: skip
    assert proposed("Prénom;Nom;Téléphone portable;Courriel;Ville\n") == [
        "given", "surname", "phones.mobile", "emails.other", "addresses.work.city",
    ]  # fmt: skip


def test_a_mapping_is_proposed_by_what_values_look_like():
    text = "a,b,c,d\nada@example.org,+49 30 1234,www.example.org,red\nb@x.org,(030) 55-66,http://x.y,2\n"

    assert proposed(text) == ["emails.other", "phones.other", "web_pages.work", "extra"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "names no column"),
        ("x = ", "can't be read"),
        ("colum = 1", "a key 'colum'"),
        ('[[column]]\nheader = "a"', "Column 1 of the mapping: 'target'"),
        ('[[column]]\nheader = "a"\ntarget = "give"', "Column 1 of the mapping, 'a': 'give' is no"),
        ('[[column]]\nheader = "a"\ntarget = "phones.boat"', "goes one of work, home, mobile"),
    ],
)
def test_a_mapping_that_can_t_be_used_is_refused_by_line_or_column(text, words):
    with pytest.raises(Invalid, match=words):
        read_mapping(text)


def test_a_mapping_for_another_file_is_refused():
    table = open_table(io.BytesIO(b"a,b\n1,2\n"))

    with pytest.raises(Invalid, match="a column 'c', and the file has none"):
        list(entries(table, Mapping((Column("c", "given"),))))


def test_lines_of_a_street_become_the_columns_that_there_are():
    person = Contact(given="A", addresses=(Address(Kind.WORK, "1\n2\n3\n4", city="B"),))

    data = b"".join(write_table([person], "dynamics")).decode("utf-8-sig").splitlines()

    assert ',1,2,"3, 4",B,' in data[1]
