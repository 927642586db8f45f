"""Cards as real programs write them: what is read, and that an edit leaves the rest alone.

The files in `dialects/` follow the shapes that docs/replicas/vcard.md names; the people are
invented.
"""

from difflib import SequenceMatcher
from pathlib import Path

import pytest

from twinbook.formats import vcard
from twinbook.formats.vcard import Card, contact, edit
from twinbook.model.contact import (
    Address,
    Contact,
    Day,
    Email,
    Kind,
    Messenger,
    Phone,
    PhoneKind,
    WebKind,
    WebPage,
)
from twinbook.model.shape import ALL_FIELDS
from twinbook.testing.strategies import filled

FILES = sorted((Path(__file__).parent / "dialects").glob("*.vcf"))

READ = {
    "iphone": Contact(
        prefix="Dr.",
        given="Jörg",
        middle="Maria",
        surname="Müller-Öz",
        suffix="MBA",
        nickname="Jojo",
        phonetic_given="Yörk",
        phonetic_surname="Müla Öz",
        company="Beispiel GmbH",
        phonetic_company="Baischpil",
        department="Vertrieb",
        job_title="Leiter",
        emails=(
            Email("joerg@example.org", Kind.WORK, preferred=True),
            Email("jojo@example.net", label="Verein"),
        ),
        phones=(
            Phone("+49 171 5550100", PhoneKind.MOBILE, preferred=True),
            Phone("+49 30 5550100", PhoneKind.MAIN),
            Phone("+49 30 5550101", PhoneKind.HOME_FAX),
            Phone("+49 30 5550102", PhoneKind.ASSISTANT),
        ),
        addresses=(
            Address(
                Kind.WORK,
                "Unter den Linden 1\nHinterhaus",
                city="Berlin",
                postal_code="10117",
                country="Deutschland",
                preferred=True,
            ),
        ),
        web_pages=(WebPage("http://www.example.org", preferred=True),),
        messengers=(Messenger("jojo.oez", "skype", preferred=True),),
        birthday=Day(2, 29),
        anniversary=Day(5, 1, 2010),
        spouse="Ayşe",
        children=("Can",),
        note="Erste Zeile\nZweite, mit Kommaund gefaltet",
    ),
    "outlook-21": Contact(
        prefix="Frau",
        given="Anna",
        surname="Grün",
        company="Grün & Söhne",
        department="Einkauf",
        job_title="Leiterin",
        manager="Bernd Blau",
        emails=(Email("anna@example.org", preferred=True),),
        phones=(
            Phone("+49 (89) 5550-100", PhoneKind.WORK),
            Phone("+49 (170) 5550-100", PhoneKind.MOBILE),
            Phone("+49 (89) 5550-199", PhoneKind.WORK_FAX),
            Phone("+49 (89) 5550-198", PhoneKind.CALLBACK),
            Phone("+49 (89) 5550-0", PhoneKind.MAIN),
        ),
        addresses=(
            Address(
                Kind.WORK,
                "Am Markt 1",
                city="München",
                postal_code="80331",
                country="Deutschland",
                preferred=True,
            ),
        ),
        web_pages=(WebPage("http://www.example.org", WebKind.WORK),),
        messengers=(Messenger("sip:anna@example.org"),),
        birthday=Day(1, 31, 1970),
        spouse="Karl",
        hobbies=("Segeln",),
        note="Erste Zeile\nZweite Zeile mit ümlaut\n",
    ),
    "outlook-30": Contact(
        given="Eva",
        surname="Schmidt",
        company="Contoso",
        department="Legal",
        job_title="Counsel",
        emails=(Email("eva@example.org", preferred=True),),
        phones=(
            Phone("+1 (425) 555-0100", PhoneKind.WORK),
            Phone("+1 (425) 555-0101", PhoneKind.HOME),
        ),
        addresses=(
            Address(
                Kind.WORK,
                "One Example Way",
                "",
                "",
                "Redmond",
                "WA",
                "98052",
                "USA",
                preferred=True,
            ),
        ),
        birthday=Day(12, 31, 1980),
    ),
    "google": Contact(
        prefix="Ms.",
        given="Priya",
        middle="K.",
        surname="Nair",
        suffix="PhD",
        nickname="Pri",
        phonetic_given="Pree-ya",
        company="Example Labs",
        department="Platform",
        job_title="Engineer",
        emails=(
            Email("priya@example.org", Kind.WORK),
            Email("pri@example.net", label="Newsletter"),
        ),
        phones=(
            Phone("+91 98450 55500", PhoneKind.MOBILE),
            Phone("+91 80 5550 0100", PhoneKind.WORK),
            Phone("+91 80 5550 0101", label="Google Voice"),
        ),
        addresses=(
            Address(Kind.HOME, "1 MG Road", "", "", "Bengaluru", "Karnataka", "560001", "India"),
        ),
        web_pages=(WebPage("http://priya.example.org"),),
        messengers=(Messenger("priya@example.org", "gtalk"),),
        birthday=Day(7, 22),
        anniversary=Day(11, 20, 2015),
        spouse="Arun",
        categories=("Customers", "myContacts"),
        note="Met in Bengaluru.\nLikes filter coffee.",
    ),
    "android-21": Contact(
        given="Ольга",
        surname="Иванов",
        nickname="Olya",
        company="Primer",
        department="Sales",
        job_title="Manager",
        emails=(Email("olga@example.org", Kind.HOME),),
        phones=(
            Phone("+7-900-555-01-00", PhoneKind.MOBILE, preferred=True),
            Phone("8-495-555-01-00", PhoneKind.WORK),
            Phone("555"),
        ),
        addresses=(Address(Kind.HOME, "ул. 1"),),
        messengers=(Messenger("olga.i", "skype"),),
        birthday=Day(3, 8, 1990),
        anniversary=Day(6, 12, 2011),
        spouse="Sergei",
        children=("Masha",),
    ),
    "thunderbird": Contact(
        given="Sam",
        surname="Taylor",
        nickname="Sammy",
        company="Example Org",
        department="Ops",
        job_title="Admin",
        profession="Sysadmin",
        emails=(
            Email("sam@example.org", Kind.WORK, preferred=True),
            Email("sam@example.net", Kind.HOME),
        ),
        phones=(
            Phone("+1 555 0100", PhoneKind.MOBILE),
            Phone("+1-555-0101;ext=7", PhoneKind.WORK),
        ),
        addresses=(Address(Kind.HOME, "5 Elm St", "", "", "Springfield", "IL", "62701", "USA"),),
        web_pages=(WebPage("https://sam.example.org", WebKind.WORK),),
        messengers=(Messenger("sam@example.org", "jabber"),),
        birthday=Day(2, 29, 1984),
        anniversary=Day(7, 1, 2012),
        note="Line one\nLine two",
    ),
    "evolution": Contact(
        given="Aino",
        surname="Virtanen",
        file_as="Virtanen, Aino",
        company="Esimerkki Oy",
        department="Tuotanto, Huone 12",
        job_title="Johtaja",
        profession="Insinööri",
        manager="Eero",
        assistant="Liisa",
        emails=(Email("aino@example.org", Kind.WORK),),
        phones=(
            Phone("+358 40 155 5010", PhoneKind.MOBILE),
            Phone("+358 9 155 5011", PhoneKind.ASSISTANT),
            Phone("+358 9 155 5012", PhoneKind.TTY),
        ),
        addresses=(Address(Kind.WORK, "Katu 1", "", "PL 5", "Helsinki", "", "00100", "Suomi"),),
        messengers=(Messenger("aino@example.org", "jabber", Kind.HOME),),
        anniversary=Day(6, 23, 2001),
        spouse="Matti",
        categories=("Avain, tärkeä", "Helsinki"),
    ),
    "davx5": Contact(
        given="Chidi",
        surname="Okafor",
        emails=(Email("chidi@example.org", preferred=True),),
        phones=(
            Phone("+234 1 555 0100", PhoneKind.ASSISTANT, label="Sekretariat"),
            Phone("+234 803 555 0100", PhoneKind.MOBILE, preferred=True),
            Phone("+234 1 555 0199", PhoneKind.WORK_FAX),
        ),
        birthday=Day(2, 29),
        spouse="Ada",
        children=("Obi",),
    ),
    "nextcloud": Contact(
        given="Léa",
        surname="Martin",
        profession="Avocate",
        emails=(Email("lea@example.org", Kind.WORK),),
        phones=(
            Phone("+33 1 55 50 01 00", PhoneKind.WORK),
            Phone("+33 6 55 50 01 00", PhoneKind.MOBILE),
        ),
        addresses=(
            Address(Kind.HOME, "1, rue de l’Exemple", "", "", "Paris", "", "75001", "France"),
        ),
        birthday=Day(7, 22),
        gender="female",
        spouse="Paul",
        language="fr",
    ),
    "rfc6350": Contact(
        given="Noor",
        surname="Laurent",
        suffix="ing. jr, M.Sc.",
        company="Exemplaire",
        emails=(Email("noor@example.org", Kind.WORK),),
        phones=(
            Phone("+1-418-555-0154;ext=102", PhoneKind.WORK, preferred=True),
            Phone("+1-418-555-0101", PhoneKind.MOBILE),
        ),
        addresses=(
            Address(
                Kind.WORK,
                "2875 Rue Exemple",
                "Suite D2-630",
                "",
                "Quebec",
                "QC",
                "G1V 2M2",
                "Canada",
            ),
        ),
        web_pages=(WebPage("http://noor.example.org", WebKind.HOME),),
        birthday=Day(2, 3),
        anniversary=Day(8, 8, 2009),
        gender="male",
        language="fr",
    ),
    "kaddressbook": Contact(
        given="Greta",
        surname="Lind",
        file_as="Lind Greta",
        company="Exempel AB",
        profession="Kemist",
        office="4.12",
        manager="Bo",
        assistant="Nils",
        emails=(Email("greta@example.org", preferred=True),),
        phones=(Phone("+46 8 555 01 00", PhoneKind.WORK, preferred=True),),
        anniversary=Day(9, 11, 2004),
        spouse="Sven",
    ),
}


def card_in(path: Path) -> Card:
    [card] = vcard.cards(path.read_bytes())
    assert isinstance(card, Card)
    return card


def changed_lines(before: bytes, after: bytes) -> list[tuple[list[bytes], list[bytes]]]:
    """What was replaced by what, line by line."""
    old, new = before.splitlines(keepends=True), after.splitlines(keepends=True)
    blocks = SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
    return [(old[a:b], new[c:d]) for kind, a, b, c, d in blocks if kind != "equal"]


dialects = pytest.mark.parametrize("path", FILES, ids=[path.stem for path in FILES])


@dialects
def test_what_a_program_wrote_is_understood(path):
    person = contact(card_in(path))

    assert filled(person.but(photo=None)) == filled(READ[path.stem])


@dialects
def test_a_card_of_another_program_comes_back_to_the_byte(path):
    card = card_in(path)

    assert bytes(edit(card, contact(card), ALL_FIELDS)) == path.read_bytes()


@dialects
def test_a_new_number_changes_one_line_of_another_program_s_card(path):
    card = card_in(path)
    person = contact(card)
    phones = (Phone("+1 555 0142", person.phones[0].kind, person.phones[0].preferred,
                    person.phones[0].label), *person.phones[1:])  # fmt: skip

    edited = edit(card, person.but(phones=phones), ALL_FIELDS)

    [(old, new)] = changed_lines(bytes(card), bytes(edited))
    assert (len(old), len(new)) == (1, 1)
    assert new[0].partition(b":")[2].strip() in (b"+1 555 0142", b"tel:+1 555 0142")


@dialects
def test_all_of_another_program_s_card_can_be_cleared(path):
    edited = edit(card_in(path), Contact(), ALL_FIELDS)

    assert contact(edited) == Contact()


@dialects
def test_all_of_a_contact_fits_into_another_program_s_card(path):
    for wanted in READ.values():
        edited = edit(card_in(path), wanted, ALL_FIELDS)

        assert filled(contact(edited)) == filled(wanted)
