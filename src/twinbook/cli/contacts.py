"""Commands about business contacts, as they are in the hub."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cyclopts import App

from twinbook.cli.desk import CHANNEL, PLAIN, AtDesk, Desk
from twinbook.cli.finding import SHORT
from twinbook.cli.output import Answer, pairs, table
from twinbook.cli.showing import HEAD, as_data, details, edits, row

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from twinbook.journal.deeds import Deed
    from twinbook.model.record import Record
    from twinbook.model.rights import Rights

contact = App(name="contact", help="The company's business contacts.", default_parameter=PLAIN)

PAGE = 50


@contact.command(name="list")
def list_contacts(*words: str, filter: str = "visible", limit: int = PAGE, desk: AtDesk) -> Answer:
    """List contacts, by name.

    Parameters
    ----------
    words
        Only those that have a word beginning with each of these: of the name, the
        company, a mailbox, a number.
    filter
        Only those of a filter, such as "mine", or "city = Paris and category ~ key".
        Inactive contacts are left out unless it says "everything" or "active = no".
    limit
        At most so many, 50 unless it is given; 0 for all.
    """
    from twinbook.cli.filtering import seen_among
    from twinbook.crm import contacts, search

    with desk.house.database.read() as connection:
        rights = desk.rights(connection)
        among = seen_among(connection, filter, rights)
        most = limit + 1 if limit else 10**9
        ids = search.search(connection, " ".join(words), rights.viewer, among, limit=most)
        found = contacts.read(connection, ids)
        records = [found[id] for id in ids[: limit or None]]
        data = [as_data(connection, one, rights) for one in records]
    lines = table(HEAD, [row(one) for one in data], "There is no such contact.")
    if limit and len(ids) > limit:
        lines.append("There are more. See all with: --limit 0")
    return Answer(data, lines)


@contact.command
def show(name: str, /, *, desk: AtDesk) -> Answer:
    """Show all that is known of a contact.

    Parameters
    ----------
    name
        Its name, a mailbox, or its id.
    """
    from twinbook.cli import finding

    with desk.house.database.read() as connection:
        rights = desk.rights(connection)
        record = finding.contact(connection, name, rights)
        data = as_data(connection, record, rights)
    return Answer(data, pairs(details(data, record, rights)))


@contact.command
def add(*words: str, desk: AtDesk) -> Answer:
    """Add a contact. It belongs to the one who acts, unless owner=EMAIL is given.

    Parameters
    ----------
    words
        FIELD=VALUE, as in: given=Ada surname=Lovelace "emails=ada@example.org (work)".
    """
    from twinbook.cli import editing, finding
    from twinbook.crm import contacts
    from twinbook.crm.contacts import New
    from twinbook.model.contact import EMPTY

    with at_work(desk, "add") as work:
        said = editing.assignments(words)
        owner = work.rights.viewer.user
        if any(one.name == "owner" for one in said):
            owner = editing.owner_in(work.connection, said) or owner
        person = editing.applied(EMPTY, said)
        alike = finding.look_alikes(work.connection, person, work.rights)
        new = New(
            contact=person,
            owner=owner,
            account=editing.account_in(work.connection, said),
        )
        made = contacts.create(work.connection, new, work.deed.cause, desk.house.clock)
        work.deed.note(work.connection, [(None, made)])
        told = f"{made.contact.name} is a contact now ({made.id[:SHORT]})."
        answer = _answer(work, made, told, *(_warning(made, one) for one in alike))
    desk.count_change()
    return answer


def _warning(made: "Record", other: "Record") -> str:
    merge = f"twinbook contact merge {other.id[:SHORT]} {made.id[:SHORT]}"
    return f"It looks like {other.contact.name}. If they are one person: {merge}"


@contact.command
def edit(name: str, /, *words: str, desk: AtDesk) -> Answer:
    """Change a contact.

    Parameters
    ----------
    name
        Its name, a mailbox, or its id.
    words
        FIELD=VALUE sets a field, FIELD+=VALUE adds to a list, FIELD-=VALUE takes away from
        it. A value of a list has its kind in brackets: "phones=+49 30 1 (work), +49 171 2
        (mobile)". Beside the fields of the person there are owner=EMAIL, account=NAME and
        active=yes or no.
    """
    from twinbook.cli import editing, finding

    with at_work(desk, "edit") as work:
        said = editing.assignments(words)
        record = finding.contact(work.connection, name, work.rights)
        editing.check(work.rights, record, said)
        after = editing.carry_out(work.connection, record, said, work.deed, desk.house.clock)
        if after == record:
            return _answer(work, after, f"{after.contact.name} is so already. Nothing changed.")
        answer = _answer(work, after, *edits(record, after))
    desk.count_change()
    return answer


@contact.command
def remove(name: str, /, *, desk: AtDesk) -> Answer:
    """Delete a contact, for everybody. Its history stays, and the run can be undone.

    Parameters
    ----------
    name
        Its name, a mailbox, or its id.
    """
    from twinbook.cli import finding
    from twinbook.crm import access, standing

    with at_work(desk, "remove") as work:
        record = finding.contact(work.connection, name, work.rights)
        access.check_dispose(work.rights, record)
        after = standing.delete(work.connection, record.id, work.deed.cause, desk.house.clock)
        work.deed.note(work.connection, [(record, after)], "deleted")
        answer = _answer(work, after, f"{record.contact.name} is deleted.")
    desk.count_change()
    return answer


@contact.command
def merge(survivor: str, other: str, /, *, desk: AtDesk) -> Answer:
    """Make one contact of two that are the same person.

    Parameters
    ----------
    survivor
        The contact that stays. Its values win; lists are united.
    other
        The contact that joins it. A value that finds no place is kept in the history.
    """
    from twinbook.cli import finding
    from twinbook.crm import access, merge
    from twinbook.model.plan import Act

    with at_work(desk, "merge") as work:
        kept = finding.contact(work.connection, survivor, work.rights)
        given_up = finding.contact(work.connection, other, work.rights)
        for one in (kept, given_up):
            access.check_dispose(work.rights, one)
        after = merge.merge(
            work.connection, kept.id, given_up.id, work.deed.cause, desk.house.clock
        )
        reason = f"{given_up.contact.name} is the same person"
        work.deed.note(work.connection, [(kept, after)], reason, Act.FOLD)
        text = (
            f"{given_up.contact.name} ({given_up.id[:SHORT]}) is part of {after.contact.name} now."
        )
        answer = _answer(work, after, text)
    desk.count_change()
    return answer


@dataclass(frozen=True, slots=True)
class Work:
    """A transaction in which the hub is changed by a command, as one run."""

    connection: "Connection"
    rights: "Rights"
    deed: "Deed"


@contextmanager
def at_work(desk: Desk, kind: str) -> Iterator[Work]:
    """A transaction with its run. A run that changes nothing leaves no trace."""
    from twinbook.crm import access
    from twinbook.journal.deeds import deed

    house = desk.house
    with house.database.write() as connection:
        me = desk.me(connection)
        rights = access.rights(connection, me.id)
        with deed(connection, kind, me.id, CHANNEL, house.clock, house.sealer) as done:
            yield Work(connection, rights, done)


def _answer(work: Work, record: "Record", *lines: str) -> Answer:
    run = work.deed.run.id if work.deed.tally else None
    data = {"run": run, **as_data(work.connection, record, work.rights)}
    undo = [f"Undo it with: twinbook undo {run[:SHORT]}"] if run else []
    return Answer(data, [*lines, *undo])
