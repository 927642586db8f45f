"""Which property of a Card holds which fields of a contact: one table.

Reading, writing, the documentation and the tests follow from it.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from twinbook.formats import stored, vcard
from twinbook.formats.jscontact import beside, person, picture
from twinbook.formats.jscontact.elements import Addresses, Elements, Services
from twinbook.formats.jscontact.tree import Node
from twinbook.formats.vcard.quirks import PAGES, PHONES, PLACES
from twinbook.model.contact import Address, Contact, Email, Messenger, Phone, WebPage

VERSION: Final = "1.0"
"""RFC 9982's version 2.0 differs in one thing: `uid` may be missing. Ours never is."""


@dataclass(frozen=True, slots=True)
class Row:
    """One property of a Card, with the fields it holds."""

    property: str
    section: str  #: of RFC 9553
    fields: tuple[str, ...]
    read: Callable[[Node], Mapping[str, Any]]
    write: Callable[[Contact], Mapping[str, Any]]
    said: str = ""  #: what else there is to say about it, for the documentation


def _elements(field: str, section: str, one: Elements, said: str = "") -> Row:
    def read(card: Node) -> Mapping[str, Any]:
        return {field: one.read(card)}

    def write(contact: Contact) -> Mapping[str, Any]:
        entries = one.write(getattr(contact, field))
        return {one.name: entries} if entries else {}

    return Row(one.name, section, (field,), read, write, said)


def _apart(_: object) -> Mapping[str, Any]:
    """Nothing: a photo's bytes travel apart from the contact, and so does the photo."""
    return {}


TABLE: Final = (
    Row(
        "name", "2.2.1",
        (
            "prefix", "given", "middle", "surname", "suffix", "display_name", "file_as",
            "phonetic_given", "phonetic_middle", "phonetic_surname",
        ),
        person.read_name, person.write_name,
        "components `title`, `given`, `given2`, `surname`, `credential`, in the order in which "
        "they are said, each with its `phonetic`; `full`; `sortAs` of the first of them",
    ),
    Row(
        "nicknames", "2.2.2", ("nickname",), person.read_nicknames, person.write_nicknames,
        "several are joined by a comma",
    ),
    Row(
        "organizations", "2.2.3", ("company", "department"),
        person.read_organizations, person.write_organizations,
        "the first one, its units joined by a comma",
    ),
    Row(
        "titles", "2.2.5", ("job_title", "profession"), person.read_titles, person.write_titles,
        "the first of kind `title`, the first of kind `role`",
    ),
    _elements("emails", "2.3.1", Elements(
        "emails", "EmailAddress", "e", "address", PLACES, Email)),
    _elements("messengers", "2.3.2", Services(
        "onlineServices", "OnlineService", "s", "user", PLACES, Messenger),
        "`service` and `user`; a `uri` is read where there is no user"),
    _elements("phones", "2.3.3", Elements(
        "phones", "Phone", "p", "number", PHONES, Phone),
        "`contexts` and `features`; `tel:` before a number is taken off"),
    Row(
        "preferredLanguages", "2.3.4", ("language",),
        person.read_languages, person.write_languages, "the preferred one, else the first",
    ),
    _elements("addresses", "2.5.1", Addresses(
        "addresses", "Address", "a", "full", PLACES, Address),
        "components `postOfficeBox`, `apartment`, `name`, `locality`, `region`, `postcode`, "
        "`country`; `full` and `countryCode` are read where no component says it"),
    _elements("web_pages", "2.6.3", Elements(
        "links", "Link", "l", "uri", PAGES, WebPage)),
    Row("media", "2.6.4", ("photo",), _apart, _apart,
        "the first of kind `photo` that is embedded (`data:`) and safe"),
    Row(
        "relatedTo", "2.1.8", ("spouse", "children"),
        person.read_relations, person.write_relations,
        "relations `spouse` and `child` to somebody who is told by name",
    ),
    Row(
        "anniversaries", "2.8.1", ("birthday", "anniversary"), person.read_days,
        person.write_days, "kinds `birth` and `wedding`, as `PartialDate`; of a `Timestamp` "
        "the day; a date that is no whole day is kept and not read",
    ),
    Row("keywords", "2.8.2", ("categories",), person.read_keywords, person.write_keywords),
    Row("notes", "2.8.3", ("note",), person.read_notes, person.write_notes,
        "the first one that is not blank"),
    Row("personalInfo", "2.8.4", ("hobbies",), person.read_hobbies, person.write_hobbies,
        "kind `hobby`"),
    Row(
        beside.PROPS, "RFC 9555, 2.15.1", tuple(beside.BESIDE), beside.read, beside.write,
        "what has no other place",
    ),
)  # fmt: skip


def card(contact: Contact, uid: str, photo: bytes | None = None) -> dict[str, Any]:
    """The Card of a contact, as JSON's objects. A photo needs its bytes."""
    wanted = normal(contact)
    made: dict[str, Any] = {"@type": "Card", "version": VERSION, "uid": uid}
    for row in TABLE:
        made |= row.write(wanted)
    return made | picture.write(wanted.photo, photo)


def contact_of(node: Node) -> tuple[Contact, bytes | None]:
    """The person that a Card describes, and the bytes of the photo. Raises Wrong.

    What is understood is taken out of the card.
    """
    photo, body = picture.taken(node)
    values: dict[str, Any] = {"photo": photo}
    for row in TABLE:
        for field, value in row.read(node).items():
            if value and isinstance(value, tuple):
                values[field] = (*values.get(field, ()), *value)
            elif value:
                values.setdefault(field, value)
    return normal(Contact(**values)), body


_TEL: Final = re.compile(r"(?:\s*tel:)+", re.IGNORECASE)
#: Code points that no JSON for exchange may hold (RFC 7493, section 2.1).
_NO_CHARACTER: Final = re.compile(
    "[\ufdd0-\ufdef" + "".join(chr((plane << 16) + 0xFFFE + last)
                               for plane in range(17) for last in (0, 1)) + "]"
)  # fmt: skip


def normal(contact: Contact) -> Contact:
    """The contact as a Card gives it back: all that a Card can't hold is taken out.

    That is what a vCard gives back too (`vcard.normal`), and two things more: `tel:` before a
    phone number, and code points that are no characters.
    """
    plain = vcard.normal(contact)
    body = stored.dump(plain).decode()
    if _NO_CHARACTER.search(body):
        plain = vcard.normal(stored.load(_NO_CHARACTER.sub("", body)))
    if any(_TEL.match(one.value) for one in plain.phones):
        bare = (replace(one, value=_TEL.sub("", one.value, count=1)) for one in plain.phones)
        return vcard.normal(plain.but(phones=tuple(bare)))
    return plain
