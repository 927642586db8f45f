"""The business contacts of the sample company: invented, from many countries and scripts.

Telephone numbers are from the ranges that regulators keep for fiction.
"""

# ruff: noqa: RUF001 - names are written in every script

from typing import Any

from twinbook.model.contact import (
    Address,
    Contact,
    Day,
    Email,
    Kind,
    Phone,
    PhoneKind,
    WebKind,
    WebPage,
)

GROUP = "Northlight Group"
INSTRUMENTS = "Northlight Instruments Ltd"
GERMANY = "Northlight Deutschland GmbH"
BRASA = "Brasa Torrefação"
MINATO = "みなと商事"

ACCOUNTS: tuple[tuple[str, str | None, str, str], ...] = (
    (GROUP, None, "northlight-group.example.org", "rosa"),
    (INSTRUMENTS, GROUP, "northlight.example.org", "tomas"),
    (GERMANY, GROUP, "northlight-de.example.org", "tomas"),
    (BRASA, None, "brasa.example.org", "mei"),
    (MINATO, None, "minato.example.org", "mei"),
)
"""Name, the account above it, the domain of its people, and who looks after them."""

_DOMAINS = {name: domain for name, _, domain, _ in ACCOUNTS}
_PLACES = {
    GROUP: Address(
        Kind.WORK, street="1 Example Wharf", city="London", postal_code="E14", country="UK"
    ),
    INSTRUMENTS: Address(
        Kind.WORK, street="20 Harbour Row", city="Bristol", postal_code="BS1", country="UK"
    ),
    GERMANY: Address(
        Kind.WORK, street="Beispielstraße 3", city="Berlin", postal_code="10117", country="DE"
    ),
    BRASA: Address(Kind.WORK, street="Rua do Exemplo 8", city="Lisboa", country="PT"),
    MINATO: Address(Kind.WORK, street="例示町1-2-3", city="横浜市", country="JP"),
}


def _person(
    account: str,
    given: str,
    surname: str,
    mail: str,
    title: str,
    **more: Any,  # noqa: ANN401 - whatever a contact has besides
) -> Contact:
    phones = tuple(
        Phone(more.pop(name), kind)
        for name, kind in (("work", PhoneKind.WORK), ("mobile", PhoneKind.MOBILE))
        if name in more
    )
    return Contact(
        given=given,
        surname=surname,
        job_title=title,
        emails=(Email(f"{mail}@{_DOMAINS[account]}", Kind.WORK),),
        phones=phones,
        addresses=(_PLACES[account],),
        **more,
    )


_LIST = {
    GROUP: (
        ("Eleanor", "Vance", "eleanor.vance", "Chair",
         {"work": "+44 20 7946 0101", "note": "Prefers letters."}),
        ("Oluwaṣeun", "Adébáyò", "oluwaseun.adebayo", "Finance director",
         {"work": "+44 20 7946 0102", "nickname": "Ṣeun"}),
        ("Sinéad", "Ní Bhriain", "sinead.nibhriain", "Counsel", {"work": "+44 20 7946 0103"}),
    ),
    INSTRUMENTS: (
        ("Ada", "Wren", "ada.wren", "Head of purchasing",
         {"work": "+44 117 496 0104", "mobile": "+44 7700 900104"}),
        ("Zofia", "Wiśniewska", "zofia.wisniewska", "Engineer",
         {"work": "+44 117 496 0105", "department": "Optics"}),
        ("Guðrún", "Jónsdóttir", "gudrun.jonsdottir", "Field engineer",
         {"mobile": "+44 7700 900106", "birthday": Day(6, 17, 1984)}),
        ("Олена", "Коваленко", "olena.kovalenko", "Quality", {"mobile": "+44 7700 900107"}),
        ("Νίκος", "Παπαδάκης", "nikos.papadakis", "Sales, Greece",
         {"mobile": "+44 7700 900108", "phonetic_given": "Níkos"}),
    ),
    GERMANY: (
        ("Jürgen", "Größmann", "juergen.groessmann", "Leiter Einkauf",
         {"prefix": "Dr.", "work": "+49 30 23125 109", "mobile": "+49 171 3920015"}),
        ("Ayşe", "Yıldırım", "ayse.yildirim", "Vertrieb",
         {"work": "+49 30 23125 110", "language": "tr"}),
        ("Chloé", "d’Aubigny", "chloe.daubigny", "Acheteuse", {"work": "+33 1 99 00 01 11"}),
    ),
    BRASA: (
        ("João", "Conceição", "joao.conceicao", "Sócio", {"mobile": "+44 7700 900112"}),
        ("Luísa", "Araújo", "luisa.araujo", "Compras",
         {"mobile": "+44 7700 900113",
          "web_pages": (WebPage("https://brasa.example.org", WebKind.WORK),)}),
        ("Minh Châu", "Nguyễn Thị", "chau.nguyen", "Export",
         {"display_name": "Nguyễn Thị Minh Châu", "mobile": "+44 7700 900114"}),
        ("ትዕግስት", "ገብረ", "tigist.gebre", "Grower", {"phonetic_given": "Tigist"}),
        ("Mateo", "Ñancupil", "mateo.nancupil", "Logistics", {"mobile": "+1 212 555 0116"}),
    ),
    MINATO: (
        ("美咲", "佐藤", "misaki.sato", "営業部長",
         {"display_name": "佐藤 美咲", "phonetic_given": "ミサキ", "phonetic_surname": "サトウ",
          "work": "+44 20 7946 0117"}),
        ("서연", "김", "seoyeon.kim", "구매", {"display_name": "김서연", "language": "ko"}),
        ("伟", "陈", "wei.chen", "采购", {"display_name": "陈伟", "mobile": "+44 7700 900119"}),
        ("ليلى", "حداد", "layla.haddad", "مديرة المشتريات", {"mobile": "+44 7700 900120"}),
    ),
}  # fmt: skip

CONTACTS: tuple[tuple[str, Contact], ...] = tuple(
    (account, _person(account, given, surname, mail, title, **more))
    for account, people in _LIST.items()
    for given, surname, mail, title, more in people
)
"""Each contact with the account that it belongs to."""
