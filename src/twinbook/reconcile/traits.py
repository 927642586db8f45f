"""What of a contact tells who it is, in forms that can be compared, and its blocks.

Two contacts are compared only if they share a block, so a block must be shared by all
records of one person that have anything telling in common, and by few others.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from hashlib import blake2b
from itertools import product

from twinbook.model.contact import Address, Contact, Day, PhoneKind
from twinbook.reconcile.letters import plain
from twinbook.reconcile.match import is_personal
from twinbook.reconcile.naming import Naming, named, spoken
from twinbook.reconcile.nicknames import groups
from twinbook.reconcile.normal import email_key, fold, phone_key
from twinbook.reconcile.spelling import skeleton

SHORTEST_NUMBER = 7  #: fewer digits are an extension, or lack their area
SHORTEST_LOCAL = 6  #: a shorter name of a mailbox is taken by others elsewhere

FREE_MAIL = frozenset(
    "aol arcor bluewin btinternet comcast free freenet gmail googlemail gmx hey hotmail icloud "  # noqa: SIM905 - read as words
    "interia laposte libero live mail mac me msn naver o2 onet online orange outlook pm posteo "
    "proton protonmail qq rambler rediffmail sbcglobal seznam sfr t-online telenet terra tiscali "
    "tutanota ukr uol verizon virgilio wanadoo web wp yahoo yandex ya ymail ziggo 126 163".split()
)
"""Names of domains whose mailboxes tell nothing about an employer."""

_PUBLIC = frozenset("co com org net ac gov edu or ne gob".split())  # noqa: SIM905
_LEGAL_FORMS = frozenset(
    "ab ag a/s aps as asa bv bvba co company corp corporation cv ev eg gbr gmbh group gruppe "  # noqa: SIM905
    "holding inc incorporated kft kg kgaa kk lda limited llc llp ltd ltda mbh nv ohg ooo oy oyj "
    "plc pty sa "
    "sarl sas se sl sp spa spzoo sro srl the und and et y zoo".split()
)
_NOT_THEIRS = frozenset(
    {
        PhoneKind.ASSISTANT,
        PhoneKind.MANAGER,
        PhoneKind.MAIN,
        PhoneKind.WORK_FAX,
        PhoneKind.HOME_FAX,
        PhoneKind.OTHER_FAX,
        PhoneKind.TELEX,
    }
)
_NOT_DIGITS = re.compile(r"\D")
_WITH_TRUNK = 11  #: digits of a number with its 1 or 8 in front
#: Country codes, with the digit that Mexico and Argentina put before mobile numbers.
#: Source: ITU-T, List of E.164 assigned country codes.
_COUNTRY = re.compile(
    r"^(?:521(?=\d{10}$)|549(?=\d{10}$)|1|7|2[07]|3[0-469]|4[013-9]|5[1-8]|6[0-6]"
    r"|8[1246]|9[0-58]|\d{3})"
)
_ALNUM = re.compile(r"[^a-z0-9]+")


class BlockKind(StrEnum):
    """By what records are brought together."""

    MAILBOX = "m"
    NUMBER = "n"
    NAME = "a"  #: the letters of the name, in whatever order
    SOUND = "s"  #: roughly the given name with roughly the surname
    INITIAL = "i"  #: the first letter with roughly the surname, at one company
    CALLED = "c"  #: roughly the given name, at one company
    LOCAL = "l"  #: the name of a mailbox, wherever it is
    HOME = "h"
    BORN = "b"
    MESSENGER = "t"
    STAFF = "e"
    FIRM = "f"  #: a company that stands there without a person


TELLING = frozenset(
    {
        BlockKind.MAILBOX, BlockKind.NUMBER, BlockKind.NAME, BlockKind.BORN,
        BlockKind.MESSENGER, BlockKind.STAFF, BlockKind.FIRM,
    }
)  # fmt: skip
"""Blocks that bring copies of one record together even where there are very many of them."""


OF_NAMESAKES = frozenset({BlockKind.NAME, BlockKind.SOUND, BlockKind.BORN})
"""Blocks of people whose names are alike."""


@dataclass(frozen=True, slots=True)
class Block:
    """One thing that records may share."""

    kind: BlockKind
    value: str

    @property
    def key(self) -> int:
        """A number of 63 bits that stands for it."""
        text = f"{self.kind}{self.value}".encode()
        return int.from_bytes(blake2b(text, digest_size=8).digest()) >> 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Traits:
    """What of a contact tells who it is."""

    name: Naming
    sound: Naming | None = None  #: as the phonetic parts spell it
    mailboxes: frozenset[str] = frozenset()  #: those of one person
    mobiles: frozenset[str] = frozenset()
    lines: frozenset[str] = frozenset()  #: other numbers
    firms: frozenset[str] = frozenset()  #: the company, and what the domains of mailboxes say
    company: str = ""
    homes: frozenset[str] = frozenset()  #: addresses
    birthday: Day | None = None
    messengers: frozenset[str] = frozenset()
    staff: str = ""  #: the number that the employer gave

    @property
    def names(self) -> tuple[Naming, ...]:
        """The name as it is written and as it is spoken, as far as there is one."""
        return tuple(one for one in (self.name, self.sound) if one is not None and one.words)

    @property
    def is_firm(self) -> bool:
        """Whether it is a company, not a person."""
        return bool(self.company) and not self.name.words

    @property
    def numbers(self) -> frozenset[str]:
        """All numbers that may be the person's."""
        return self.mobiles | self.lines

    @property
    def locals(self) -> frozenset[str]:
        """The names of the mailboxes, without where they are."""
        names = (one.partition("@")[0] for one in self.mailboxes)
        return frozenset(name for name in names if len(name) >= SHORTEST_LOCAL)


def traits_of(contact: Contact) -> Traits:
    """What of a contact tells who it is."""
    mailboxes = frozenset(mailbox(one.value) for one in contact.emails if is_personal(one.value))
    numbers = {
        number: phone.kind is PhoneKind.MOBILE
        for phone in sorted(contact.phones, key=lambda one: one.kind is PhoneKind.MOBILE)
        if phone.kind not in _NOT_THEIRS and (number := national(phone.value))
    }
    company = firm(contact.company)
    domains = {label for one in mailboxes if (label := employer(one))}
    return Traits(
        name=named(contact),
        sound=spoken(contact),
        mailboxes=mailboxes,
        mobiles=frozenset(one for one, mobile in numbers.items() if mobile),
        lines=frozenset(one for one, mobile in numbers.items() if not mobile),
        firms=frozenset({company, *domains} - {""}),
        company=company,
        homes=frozenset(home for one in contact.addresses if (home := _home(one))),
        birthday=contact.birthday,
        messengers=frozenset(f"{one.service} {fold(one.value)}" for one in contact.messengers),
        staff=f"{fold(contact.employee_id)} {company}" if contact.employee_id and company else "",
    )


def mailbox(text: str) -> str:
    """A mailbox without the tag that its owner may hang on, and without Gmail's free dots.

    >>> mailbox("Ada.L+news@googlemail.com"), mailbox("ada.l@example.org")
    ('adal@gmail.com', 'ada.l@example.org')
    """
    local, _, domain = email_key(text).rpartition("@")
    local = local.partition("+")[0]
    if domain in ("gmail.com", "googlemail.com"):
        local, domain = local.replace(".", ""), "gmail.com"
    return f"{local}@{domain}"


def national(text: str) -> str:
    """A number without its country, "" if it is too short to tell anybody.

    So it does not matter from where somebody dialled it; an extension is part of it.

    >>> national("+49 (0)171 1234567"), national("0171/1234567"), national("8 916 123-45-67")
    ('1711234567', '1711234567', '9161234567')
    >>> national("4711"), national("0000000")
    ('', '')
    """
    number, _, extension = phone_key(text).partition("x")
    digits = _NOT_DIGITS.sub("", number)
    if number.startswith("+"):
        digits = _COUNTRY.sub("", digits)
    elif len(digits) == _WITH_TRUNK and digits[0] in "18":
        digits = digits[1:]  # from North America, or from Russia and Kazakhstan
    digits = digits.lstrip("0")
    if len(digits) < SHORTEST_NUMBER or len(set(digits)) == 1:
        return ""
    return digits + (f"x{extension}" if extension else "")


def firm(text: str) -> str:
    """A company's name without its legal form, blanks and accents.

    >>> firm("Müller & Söhne GmbH & Co. KG"), firm("ACME, Inc.")
    ('mullersohne', 'acme')
    """
    found = [word for word in _ALNUM.split(plain(text)) if word]
    kept = [word for word in found if word not in _LEGAL_FORMS and len(word) > 1]
    return "".join(kept or found)


def employer(mailbox: str) -> str:
    """What the domain of a mailbox calls the company, "" for free mail.

    >>> employer("ada@mail.acme.co.uk"), employer("ada@acme.example"), employer("ada@gmail.com")
    ('acme', 'acme', '')
    """
    labels = mailbox.rpartition("@")[2].split(".")
    place = -3 if len(labels) > 2 and labels[-2] in _PUBLIC else -2  # noqa: PLR2004 - example.co.uk
    label = labels[place] if len(labels) >= -place else ""
    return "" if label in FREE_MAIL else _ALNUM.sub("", plain(label))


def _home(address: Address) -> str:
    """Street and town as one, "" for an address without a street."""
    street = _ALNUM.sub("", plain(address.street).replace("strasse", "str").replace("street", "st"))
    town = _ALNUM.sub("", plain(address.postal_code or address.city))
    return f"{street} {town}" if street and town else ""


def blocks_of(it: Traits) -> Iterator[Block]:
    """The blocks of a contact; two records of one person share at least one of them."""
    for kind, values in (
        (BlockKind.MAILBOX, it.mailboxes),
        (BlockKind.NUMBER, it.numbers),
        (BlockKind.LOCAL, it.locals),
        (BlockKind.HOME, it.homes),
        (BlockKind.MESSENGER, it.messengers),
        (BlockKind.STAFF, (it.staff,) if it.staff else ()),
    ):
        yield from (Block(kind, value) for value in values)
    if it.is_firm:
        yield Block(BlockKind.FIRM, it.company)
    for name in it.names:
        yield from _of_name(name, it)


def _of_name(name: Naming, it: Traits) -> Iterator[Block]:
    yield Block(BlockKind.NAME, name.letters)
    yield from sounds(name)
    given = _given_roots(name)
    for place in it.firms:
        yield from (Block(BlockKind.CALLED, f"{root} {place}") for root in given)
        for word, last in product(name.given[:1], _surnames(name)):
            yield Block(BlockKind.INITIAL, f"{word[0]} {last} {place}")
    if it.birthday is not None and it.birthday.year is not None:
        roots_of_all = given | _surnames(name)
        yield from (Block(BlockKind.BORN, f"{root} {it.birthday}") for root in roots_of_all)


def sounds(name: Naming) -> Iterator[Block]:
    """The blocks of all whose names sound so, in short forms and in either order."""
    for first, last in product(_given_roots(name), _surnames(name)):
        yield Block(BlockKind.SOUND, " ".join(sorted((first, last))))


def _given_roots(name: Naming) -> set[str]:
    return {root for word in (*name.given[:2], *name.called[:1]) for root in roots(word)}


def _surnames(name: Naming) -> set[str]:
    return {skeleton(word) for word in name.surname[:2]}


def roots(word: str) -> list[str]:
    """What a given name has in common with its short forms and spellings."""
    found = groups(word)
    return [f"#{number}" for number in sorted(found)] if found else [skeleton(word)]


def faces_of(it: Traits) -> tuple[str, str]:
    """What tells whether those who share a block are several people: the name, and the employer.

    Who share a number have different surnames if it is a switchboard; who share a name
    (`OF_NAMESAKES`) have different employers if the name is a common one.
    """
    return it.name.face or it.company, it.company or min(it.firms, default="")
