"""Contact, file, contact: what comes back is what went in, but for what `losses` names."""

import io
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twinbook.formats import vcard
from twinbook.formats.tables import (
    WRITTEN,
    Column,
    Entry,
    Mapping,
    entries,
    known,
    mapping_text,
    open_table,
    read_mapping,
    write_table,
)
from twinbook.formats.tables.formulas import as_meant, harmless
from twinbook.formats.tables.holding import shape
from twinbook.formats.tables.several import read_several, write_several
from twinbook.formats.vcard.text import clean
from twinbook.model.contact import EMPTY, Contact, Email, Kind, Phone, PhoneKind
from twinbook.model.fields import Nature, by_nature
from twinbook.testing import strategies

PEOPLE = strategies.contacts(without=("photo",)).map(vcard.normal).filter(lambda one: one != EMPTY)
OTHERS = ("outlook", "google", "dynamics")


def file_of(people, dialect):
    return b"".join(write_table(people, dialect))


def read(data):
    table = open_table(io.BytesIO(data))
    _, mapping = known(table.header)
    return list(entries(table, mapping))


def people_of(data):
    return [one.contact for one in read(data) if isinstance(one, Entry)]


@given(PEOPLE)
def test_our_own_file_gives_back_every_person_as_it_was(person):
    people = [person, Contact(given="Bob"), person]

    assert people_of(file_of(people, "csv")) == people


@given(st.lists(strategies.texts().map(clean).filter(bool), max_size=3, unique=True).map(tuple))
def test_our_own_file_gives_back_every_word(categories):
    person = Contact(given="Ada", categories=categories)

    assert people_of(file_of([person], "csv")) == [person]


@given(
    PEOPLE,
    st.text("ab,é'=\n", max_size=5).map(str.strip),
    st.sampled_from([True, False, None]),
    st.lists(st.tuples(strategies.texts(), strategies.texts()), max_size=2).map(tuple),
)
def test_our_own_file_gives_back_what_stands_beside_a_person(person, account, active, extra):
    person = person.but(company="Analytical Engines")
    extra = tuple((clean(header), clean(said)) for header, said in extra)
    entry = Entry(2, person, account, "bob", "4711", active, extra)

    (again,) = read(file_of([entry], "csv"))

    assert again == entry


@pytest.mark.parametrize("dialect", OTHERS)
@given(person=PEOPLE)
def test_what_a_file_of_another_program_has_kept_once_it_keeps_for_good(dialect, person):
    once = people_of(file_of([person], dialect))

    assert people_of(file_of(once, dialect)) == once


@st.composite
def held(draw, dialect):
    """People who have nothing of what the losses of a dialect name."""
    person = draw(PEOPLE)
    simple = {
        name: getattr(person, name)
        for name in shape(dialect).fields
        if name in by_nature(Nature.TEXT, Nature.PROSE)
    }
    letters = st.text("abÄ 山'\"", max_size=9).map(str.strip)
    days = strategies.days().filter(lambda day: day.year is not None and 999 < day.year < 4501)
    words = st.lists(letters.filter(bool), max_size=3, unique=True).map(tuple)
    if dialect == "google":
        mails = st.builds(Email, st.sampled_from(["a@x.org", "b@x.org"]), st.sampled_from(Kind))
    else:
        mails = st.builds(Email, st.sampled_from(["a@x.org", "b@x.org"]))
    kinds = [PhoneKind.WORK, PhoneKind.MOBILE, PhoneKind.PAGER, PhoneKind.WORK_FAX]
    phones = [Phone(draw(st.sampled_from(["+49 30 1", "0171/55"])), kind) for kind in kinds]
    more = {
        "birthday": draw(st.none() | days),
        "emails": tuple(draw(st.lists(mails, max_size=3))),
        "phones": tuple(phones[: draw(st.integers(0, 4))]),
        "children": draw(words),
    }
    made = Contact(**simple, **more)
    return vcard.normal(made.but(spouse=made.spouse, display_name="", children=draw(words)))


@pytest.mark.parametrize("dialect", OTHERS)
@given(data=st.data())
def test_a_file_of_another_program_gives_back_all_that_its_losses_do_not_name(dialect, data):
    person = data.draw(held(dialect).filter(lambda one: one != EMPTY))

    (again,) = people_of(file_of([person], dialect))

    order = {"phones": tuple(sorted(person.phones, key=repr)), "children": set(person.children)}
    again_order = {"phones": tuple(sorted(again.phones, key=repr)), "children": set(again.children)}
    assert again_order == order
    assert again.but(phones=(), children=()) == person.but(phones=(), children=())


@given(st.text(max_size=20) | strategies.texts())
def test_a_harmless_cell_is_read_as_it_was(cell):
    assert as_meant(harmless(cell)) == cell


@given(st.sampled_from("=+-@\t\r"), st.text(max_size=20))
def test_no_cell_with_a_letter_begins_like_a_formula(sign, rest):
    cell = harmless(f"{sign}{rest}A")

    assert cell[0] == "'"


@pytest.mark.parametrize("dialect", WRITTEN)
@given(person=PEOPLE)
def test_no_file_has_a_cell_that_runs(dialect, person):
    data = file_of([person], dialect)
    rows = open_table(io.BytesIO(data)).rows()

    told = [cell for row in rows for cell in row.cells]
    signed = [cell for cell in told if cell.startswith(("+", "-"))]
    begun = [cell for cell in told if cell.startswith(("=", "@", "\t", "\r"))]

    assert begun == []
    assert not any(letter.isalpha() for cell in signed for letter in cell)


@pytest.mark.parametrize("name", ["emails", "phones", "addresses", "web_pages", "messengers"])
@given(data=st.data())
def test_several_values_in_a_cell_are_read_as_they_were(name, data):
    values = getattr(data.draw(PEOPLE), name)

    assert read_several(name, write_several(name, values)) == values if values else True


@given(
    st.lists(st.tuples(strategies.texts(), st.sampled_from(["given", "skip", "emails.1.label"])))
)
def test_a_mapping_is_read_as_it_was_written(pairs):
    columns = tuple(Column(header, target) for header, target in pairs if header.isprintable())
    mapping = Mapping((*columns, Column("Name", "full_name")))

    assert read_mapping(mapping_text(mapping)) == mapping


def test_preference_keeps_a_value_where_there_is_room_for_few():
    mails = tuple(Email(f"{number}@example.org") for number in range(5))
    person = Contact(emails=(*mails, Email("best@example.org", preferred=True)))

    (again,) = people_of(file_of([person], "outlook"))

    assert [one.value for one in again.emails] == ["0@example.org", "1@example.org",
                                                   "best@example.org"]  # fmt: skip


def test_a_person_is_written_as_entry_or_as_contact():
    person = Contact(given="Ada")

    assert file_of([person], "csv") == file_of([replace(Entry(7, person))], "csv")
