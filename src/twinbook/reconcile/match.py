"""Who is the same person? The identity ladder (docs/explanation/rules.md, section 2.8).

Identity is decided automatically only on a strong key that points at nobody else.
Everything weaker is a question to a person. Nothing that is compared here is stored.
"""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum

from twinbook.model.contact import Contact, PhoneKind
from twinbook.model.ids import RecordId
from twinbook.model.keys import Key, KeyKind
from twinbook.model.record import Record
from twinbook.reconcile.normal import email_key, fold, phone_key

SHARED_MAILBOXES = frozenset(
    "abuse accounting accounts admin billing careers contact customerservice enquiries "
    "finance hello help helpdesk hr info inquiries invoice invoices jobs kontakt mail "
    "marketing media newsletter noreply no-reply office orders postmaster press purchasing "
    "reception sales secretary service support team webmaster welcome buchhaltung einkauf "
    "rechnung verkauf vertrieb zentrale accueil comptabilite ventes".split()
)


class Rung(IntEnum):
    """How sure we are that two records are one person; the lower, the surer."""

    EMAIL = 4  #: a personal mailbox in common, compatible names
    PHONE = 5  #: a mobile number and the surname in common
    NAME = 6  #: the full name and the company in common


@dataclass(frozen=True, slots=True)
class Candidate:
    """One record that may be the same person as another, and why."""

    record: Record
    rung: Rung

    @property
    def reason(self) -> str:
        """The reason as a clause, without any value."""
        return {
            Rung.EMAIL: "they share a personal mailbox",
            Rung.PHONE: "they share a mobile number and the surname",
            Rung.NAME: "they share the full name and the company",
        }[self.rung]


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
                number = f"{phone_key(phone.value)} {fold(contact.surname)}"
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
    """Whether two names can be one person's: no part of one contradicts the other."""
    words = [set(fold(_full_name(contact)).split()) for contact in (one, other)]
    if not words[0] or not words[1]:
        return True
    return words[0] <= words[1] or words[1] <= words[0] or _initials_agree(one, other)


def _full_name(contact: Contact) -> str:
    return f"{contact.given} {contact.surname}".strip() or contact.display_name


def _initials_agree(one: Contact, other: Contact) -> bool:
    if not one.surname or fold(one.surname) != fold(other.surname):
        return False
    given = sorted((fold(one.given).rstrip("."), fold(other.given).rstrip(".")), key=len)
    return given[1].startswith(given[0])


def rung_between(one: Contact, other: Contact) -> Rung | None:
    """The surest rung on which two contacts meet; None if they share nothing telling."""
    shared = {key.kind for key in keys_of(one) & keys_of(other)}
    if KeyKind.EMAIL in shared and names_agree(one, other):
        return Rung.EMAIL
    if KeyKind.PHONE in shared:
        return Rung.PHONE
    if KeyKind.NAME in shared or KeyKind.EMAIL in shared:
        return Rung.NAME
    return None


def candidates(contact: Contact, records: Collection[Record]) -> list[Candidate]:
    """The records that may be this person, the surest first."""
    found = [
        Candidate(record, rung)
        for record in records
        if (rung := rung_between(contact, record.contact)) is not None
    ]
    return sorted(found, key=lambda one: (one.rung, one.record.id))


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
