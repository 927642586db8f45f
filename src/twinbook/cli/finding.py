"""From what a person types to the one thing that is meant."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from twinbook.model.contact import Contact
    from twinbook.model.ids import RecordId
    from twinbook.model.record import Record
    from twinbook.model.rights import Rights
    from twinbook.model.spoke import Spoke

AT_MOST = 6  #: so many possible meanings are shown
ID_AT_LEAST = 6  #: so many characters are taken for the beginning of an id
SHORT = 8  #: so many characters of an id are shown


def contact(connection: "Connection", text: str, rights: "Rights") -> "Record":
    """The contact of an id, the beginning of one, a name, a mailbox, or words of them.

    Among several, one that is active is meant. Raises NotFound, or Ambiguous with the ids.
    """
    from twinbook.crm import contacts
    from twinbook.model.errors import Ambiguous, NotFound
    from twinbook.reconcile.scope import matches

    for ids in _meanings(connection, text, rights):
        records = contacts.read(connection, ids)
        found = [one for one in records.values() if matches(rights.see, one, rights.viewer)]
        if len(found) > 1:
            listed = "; ".join(f"{one.contact.name} ({one.id[:SHORT]})" for one in found)
            raise Ambiguous(f"{text!r} fits several contacts: {listed}. Say which by its id.")
        if found:
            return found[0]
    raise NotFound(f"There is no contact {text!r}. See: twinbook contact list")


def _meanings(
    connection: "Connection", text: str, rights: "Rights"
) -> Iterator[Sequence["RecordId"]]:
    """What a text may mean, the likeliest first."""
    from twinbook.crm import lookup, scopes, search
    from twinbook.model.filter import ACTIVE, Attribute, Has, Operator, both

    if len(text) >= ID_AT_LEAST:
        yield lookup.by_beginning(connection, text, AT_MOST)
    among = (both(ACTIVE, rights.see), rights.see)
    for attribute in (Attribute.NAME, Attribute.EMAIL):
        exact = Has(attribute, Operator.IS, text)
        for one in among:
            yield scopes.matching(connection, both(one, exact), rights.viewer, limit=AT_MOST)
    for one in among:
        yield search.search(connection, text, rights.viewer, one, limit=AT_MOST)


def look_alikes(connection: "Connection", person: "Contact", rights: "Rights") -> list["Record"]:
    """The contacts that are likely the same person, as far as this user may see them."""
    from twinbook.crm import duplicates, lookup
    from twinbook.reconcile.match import keys_of, rung_between
    from twinbook.reconcile.scope import matches

    keys = keys_of(person)
    found = lookup.resembling(connection, keys) if keys else {}
    records = {record.id: record for several in found.values() for record in several}
    alike = [
        one
        for one in records.values()
        if matches(rights.see, one, rights.viewer) and rung_between(person, one.contact)
    ]
    known = {one.id for one in alike}
    return alike + [
        one for one in duplicates.resembling(connection, person, rights) if one.id not in known
    ]


def book(connection: "Connection", name: str) -> "Spoke":
    """The book of a name, or of its beginning. Raises NotFound, Ambiguous."""
    from twinbook.journal import spokes

    return spokes.find(connection, name)


def books(connection: "Connection", names: Sequence[str], rights: "Rights") -> Sequence["Spoke"]:
    """The named books; without names all that the one who acts may work on.

    Raises NotFound, Ambiguous, and NotAllowed for another user's.
    """
    from twinbook.cli.desk import check_manages
    from twinbook.journal import spokes
    from twinbook.model.rights import UserRole

    if not names:
        all_of_them = rights.viewer.role is UserRole.ADMIN
        return spokes.everything(connection, None if all_of_them else rights.viewer.user)
    found = {one.id: one for one in (book(connection, name) for name in names)}
    for one in found.values():
        check_manages(rights, one)
    return list(found.values())
