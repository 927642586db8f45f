"""Files as each program writes them. Their headers' sources: docs/replicas/tables.md."""

import io
from pathlib import Path

import pytest

from twinbook.formats.tables import Entry, Problem, entries, known, open_table
from twinbook.formats.tables.dialects import languages
from twinbook.formats.tables.vendors import outlook
from twinbook.model.contact import Address, Contact, Day, Email, Kind, Phone, PhoneKind

FILES = Path(__file__).parent / "files"
LANGUAGES = ("english", "german", "french", "spanish", "italian", "dutch")
WORK, MOBILE = PhoneKind.WORK, PhoneKind.MOBILE


def read(name):
    """Whose file it is, how it was understood, and what it says."""
    table = open_table(io.BytesIO((FILES / name).read_bytes()), name=name)
    program, mapping = known(table.header)
    return program, table.said, list(entries(table, mapping))


def only(name):
    program, _, found = read(name)
    (entry,) = [one for one in found if isinstance(one, Entry)]
    return program, entry


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_outlook_file_says_the_same_in_every_language(language):
    program, _, found = read(f"outlook-{language}.csv")

    assert program == "outlook"
    assert found[0] == Problem(
        2, found[0].reason, partial=True
    )  # the Exchange address, under the column's own name
    assert found[1:] == [
        Entry(
            2,
            Contact(
                prefix="Dr.", given="Jürgen", surname="Müller", company="Analytical Engines",
                job_title="Analyst", emails=(Email("juergen@example.org"),),
                phones=(
                    Phone("+49 211 5550100", WORK), Phone("+49 211 55500", PhoneKind.MAIN),
                    Phone("+49 171 5550100", MOBILE),
                ),
                addresses=(
                    Address(Kind.WORK, "Königsallee 3\nHof 2", city="Düsseldorf",
                            postal_code="40212"),
                ),
                birthday=Day(12, 31, 1980), categories=("Kunde", "Messe"), note="zwei\nZeilen",
            ),
        )
    ]  # fmt: skip


@pytest.mark.parametrize(("number", "language"), [*enumerate(LANGUAGES)])
def test_every_column_of_outlook_is_known_in_every_language(number, language):
    header = languages(outlook.CLASSIC)[number]

    program, mapping = known(header)

    assert program == "outlook"
    assert [one.target for one in mapping.columns] == [row[0] for row in outlook.CLASSIC]


def test_google_since_2024_has_labels_several_values_and_groups():
    program, entry = only("google-2024.csv")

    assert program == "google"
    assert entry == Entry(
        2,
        Contact(
            prefix="Lady", given="Ada", middle="King", surname="Lovelace",
            company="Analytical Engines", job_title="Analyst", department="Numbers",
            birthday=Day(12, 10), anniversary=Day(7, 8, 1835), note="two\nlines",
            categories=("friends",),
            emails=(
                Email("ada@example.org", Kind.WORK, preferred=True),
                Email("boat@example.org", label="Boat"),
            ),
            phones=(Phone("+44 20 5550100", MOBILE), Phone("+44 20 5550101", MOBILE)),
            addresses=(
                Address(Kind.HOME, "Elm Road 1", city="London", postal_code="W1", country="UK"),
            ),
        ),
        extra=(("Custom Field 1 - Label", "Shoe"), ("Custom Field 1 - Value", "38")),
    )  # fmt: skip


def test_google_before_2024_has_other_words_and_its_own_name_for_everybody():
    program, entry = only("google-before-2024.csv")

    assert program == "google"
    assert entry.contact == Contact(
        given="Ada", surname="Lovelace", company="Analytical Engines", job_title="Analyst",
        birthday=Day(12, 10, 1815), categories=("Friends",),
        emails=(Email("ada@example.org", Kind.WORK, preferred=True),),
        phones=(Phone("+44 20 5550100", PhoneKind.WORK_FAX),),
    )  # fmt: skip


ADA = Contact(
    given="Ada", surname="Lovelace", company="Analytical Engines",
    emails=(Email("ada@example.org"),),
)  # fmt: skip
LONDON = Address(Kind.WORK, "Elm Road 1", city="London")
AT_WORK = (Phone("+44 20 5550100", WORK),)


def test_dynamics_has_hidden_columns_an_account_an_owner_and_a_state():
    assert only("dynamics.csv") == (
        "dynamics",
        Entry(
            2,
            ADA.but(phones=AT_WORK, addresses=(LONDON,), birthday=Day(12, 31, 1980)),
            "Analytical Engines",
            "Bob",
            "03a0e51f-d1aa-4385-8a53-e29025acd8af",
            active=False,
        ),
    )


def test_in_dynamics_own_names_a_state_of_nought_is_active():
    program, entry = only("dynamics-logical.csv")

    assert program == "dynamics"
    assert (entry.active, entry.foreign_id[:8]) == (True, "03a0e51f")
    assert entry.contact.addresses == (Address(Kind.WORK, "Elm Road 1\nYard", city="London"),)
    assert entry.contact.birthday == Day(12, 31, 1980)


def test_a_report_of_salesforce_ends_with_remarks_that_are_told():
    program, _, found = read("salesforce-report.csv")

    assert program == "salesforce"
    assert found[0] == Entry(
        2,
        ADA.but(
            prefix="Ms.", job_title="Analyst", phones=AT_WORK,
            addresses=(Address(Kind.WORK, "Elm Road 1\nYard", city="London", postal_code="W1",
                               country="UK"),),
        ),
        "Analytical Engines",
        "Bob",
    )  # fmt: skip
    assert found[1:] == [
        Problem(6, "It has one cell, and the header has 14."),
        Problem(7, "It has one cell, and the header has 14."),
    ]


@pytest.mark.parametrize(
    ("name", "program", "id"),
    [
        ("salesforce-loader.csv", "salesforce", "0035g00000ABCDE"),
        ("hubspot.csv", "hubspot", "101"),
        ("zoho.csv", "zoho", "zcrm_1"),
        ("pipedrive.csv", "pipedrive", "12"),
    ],
)
def test_each_crm_names_person_account_owner_and_id(name, program, id):
    found, entry = only(name)

    assert found == program
    assert (entry.account, entry.owner, entry.foreign_id) == ("Analytical Engines", "Bob", id)
    person = entry.contact
    assert (person.given, person.surname, person.display_name) == ("Ada", "Lovelace", "")
    assert person.emails[0].value == "ada@example.org"
    assert person.phones[0].value == "+44 20 5550100"


def test_what_nobody_knows_is_kept_beside_the_person():
    assert only("hubspot.csv")[1].extra == (("Lead Status", "Open"),)
    assert only("pipedrive.csv")[1].extra == (("Person - Open deals", "3"),)


def test_a_header_that_anybody_could_have_written_is_nobodys():
    assert known(("First Name", "Last Name", "Email")) is None
