"""Who is the same person? The identity ladder (docs/explanation/rules.md, section 2.8).

Identity is decided automatically only on a strong key that points at nobody else.
Everything weaker is a question to a person. Nothing that is compared here is stored.
"""

import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum

from twinbook.model.contact import Contact, PhoneKind
from twinbook.model.ids import RecordId
from twinbook.model.keys import Key, KeyKind
from twinbook.model.record import Record
from twinbook.reconcile.normal import email_key, fold, phone_key

_WORD = re.compile(r"\w+")
#: Characters of a surname in a key; every number of a person has the surname in its key.
LONGEST_SURNAME = 100

SHARED_MAILBOXES = frozenset(
    "abuse accounting accounts admin billing careers contact "  # noqa: SIM905 - read as words
    "customerservice enquiries finance hello help helpdesk hr info inquiries invoice invoices "
    "jobs kontakt mail marketing media newsletter noreply no-reply office orders postmaster "
    "press purchasing reception sales secretary service support team webmaster welcome "
    "buchhaltung einkauf rechnung verkauf vertrieb zentrale accueil comptabilite ventes".split()
)
"""The beginnings of mailboxes that are read by whoever is on duty."""


class Rung(IntEnum):
    """How sure we are that two records are one person; the lower, the surer."""

    EMAIL = 4  #: the same personal mailboxes, compatible names
    PHONE = 5  #: a mobile number and the surname in common
    NAME = 6  #: the full name and the company in common
    MAILBOX = 7  #: a personal mailbox in common, but not all, or not the name


REASONS: Mapping[Rung, str] = {
    Rung.EMAIL: "they have the same mailbox",
    Rung.PHONE: "they share a mobile number and the surname",
    Rung.NAME: "they share the full name and the company",
    Rung.MAILBOX: "they share a mailbox, but not everything else",
}


@dataclass(frozen=True, slots=True)
class Candidate:
    """One record that may be the same person as another, and why."""

    record: Record
    rung: Rung

    @property
    def reason(self) -> str:
        """The reason as a clause, without any value."""
        return REASONS[self.rung]


def keys_of(contact: Contact) -> frozenset[Key]:
    """Everything by which a look-alike of this person can be found."""
    return frozenset(_keys(contact))


def _keys(contact: Contact) -> Iterator[Key]:
    for email in contact.emails:
        if is_personal(email.value):
            yield Key(KeyKind.EMAIL, email_key(email.value))
    if contact.surname:
        for phone in contact.phones:
            if phone.kind is PhoneKind.MOBILE:
                number = f"{phone_key(phone.value)} {fold(contact.surname)[:LONGEST_SURNAME]}"
                yield Key(KeyKind.PHONE, number)
    full = fold(f"{contact.given} {contact.surname}") or fold(contact.display_name)
    if full and contact.company:
        yield Key(KeyKind.NAME, f"{full} @ {fold(contact.company)}")


def is_personal(email: str) -> bool:
    """Whether a mailbox looks like one person's, not a department's.

    >>> is_personal("ada@example.org"), is_personal("Info@example.org"), is_personal("nonsense")
    (True, False, False)
    """
    local, at, domain = email_key(email).rpartition("@")
    return bool(at and local and domain) and local.split("+")[0] not in SHARED_MAILBOXES


def names_agree(one: Contact, other: Contact) -> bool:
    """Whether two names can be one person's: no part of one contradicts the other.

    >>> ada = Contact(given="Ada", surname="Lovelace")
    >>> names_agree(ada, Contact(display_name="Lovelace, A.")), names_agree(ada, Contact())
    (True, True)
    >>> names_agree(ada, Contact(given="Adam", surname="Lovelace"))
    False
    """
    fewer, more = sorted((_name_words(one), _name_words(other)), key=len)
    left = [word for word in fewer if word not in more]
    unused = [word for word in more if word not in fewer]
    agree = all(any(_shortens(word, it) for it in unused) for word in left)
    return agree and (not fewer or len(left) < len(fewer))


def _name_words(contact: Contact) -> list[str]:
    name = f"{contact.given} {contact.surname}".strip() or contact.display_name
    return _WORD.findall(fold(name))


def _shortens(one: str, other: str) -> bool:
    """Whether one of two words is the initial of the other."""
    return 1 in (len(one), len(other)) and one[0] == other[0]


def rung_between(
    one: Contact, other: Contact, shared: Collection[Key] = frozenset()
) -> Rung | None:
    """The surest rung on which two contacts meet; None if they share nothing telling.

    `shared` are keys that several records of one side carry: they point at nobody.
    """
    keys = keys_of(one) & keys_of(other)
    kinds = {key.kind for key in keys}
    if KeyKind.EMAIL in kinds:
        mailboxes = {key for key in keys if key.kind is KeyKind.EMAIL}
        same = _mailboxes(one) == _mailboxes(other) and mailboxes.isdisjoint(shared)
        if same and names_agree(one, other):
            return Rung.EMAIL
    if KeyKind.PHONE in kinds:
        return Rung.PHONE
    if KeyKind.NAME in kinds:
        return Rung.NAME
    return Rung.MAILBOX if kinds else None


def _mailboxes(contact: Contact) -> set[str]:
    return {email_key(one.value) for one in contact.emails if is_personal(one.value)}


def candidates(
    contact: Contact, records: Collection[Record], shared: Collection[Key] = frozenset()
) -> list[Candidate]:
    """The records that may be this person, the surest first; `shared` as in `rung_between`."""
    found = [
        Candidate(record, rung)
        for record in records
        if (rung := rung_between(contact, record.contact, shared)) is not None
    ]
    return sorted(found, key=lambda one: (one.rung, one.record.id))


def shared_keys(found: Mapping[Key, Sequence[Record]]) -> frozenset[Key]:
    """The keys that several living records of one side carry."""
    living = {key: [one for one in several if is_living(one)] for key, several in found.items()}
    return frozenset(key for key, several in living.items() if len(several) > 1)


def is_living(record: Record) -> bool:
    """Whether a record is one that may be linked: an item, or an active contact."""
    business = record.business
    return business is None or (business.active and not business.deleted)


@dataclass(frozen=True, slots=True)
class Assignment:
    """Who is linked by itself, and who is asked about."""

    sure: Mapping[RecordId, Record]  #: hub contact -> the item that is the same person
    unsure: Mapping[RecordId, tuple[Candidate, ...]]  #: hub contact -> look-alikes to ask about


def assign(wanted: Mapping[RecordId, tuple[Contact, Sequence[Candidate]]]) -> Assignment:
    """One item for each hub contact, where both point only at each other.

    A candidate on the surest rung that two contacts claim, or a contact with two such
    candidates, is ambiguous for both.
    """
    strong = {
        contact: [one.record.id for one in found if one.rung is Rung.EMAIL]
        for contact, (_, found) in wanted.items()
    }
    claims = Counter(item for items in strong.values() for item in items)
    sure: dict[RecordId, Record] = {}
    unsure: dict[RecordId, tuple[Candidate, ...]] = {}
    for contact, (_, found) in wanted.items():
        items = strong[contact]
        if len(items) == 1 and claims[items[0]] == 1:
            sure[contact] = next(one.record for one in found if one.record.id == items[0])
        elif found:
            unsure[contact] = tuple(found)
    taken = {record.id for record in sure.values()}
    left = {
        contact: tuple(one for one in found if one.record.id not in taken)
        for contact, found in unsure.items()
    }
    return Assignment(sure, {contact: found for contact, found in left.items() if found})
