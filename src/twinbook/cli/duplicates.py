"""Commands about contacts that may be one person."""

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import TYPE_CHECKING, Any

from cyclopts import App

from twinbook.cli.contacts import at_work
from twinbook.cli.desk import PLAIN, AtDesk, Desk
from twinbook.cli.finding import SHORT
from twinbook.cli.merging import BETWEEN
from twinbook.cli.output import Answer, counted, progress, table, when

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from twinbook.cli.contacts import Work
    from twinbook.crm.duplicates import Pair
    from twinbook.model.record import Record
    from twinbook.model.rights import Rights

duplicates = App(
    name="duplicates", help="Contacts that may be one person.", default_parameter=PLAIN
)

PAGE = 20
HEAD = ["PAIR", "SCORE", "CONTACT", "COMPANY", "MAY BE", "COMPANY", "WHY"]


@duplicates.command(name="list")
def list_pairs(
    *, limit: int = PAGE, least: int | None = None, apart: bool = False, desk: AtDesk
) -> Answer:
    """List the pairs of contacts that may be one person, the likeliest first.

    What changed since the last time is looked at first; the first time that is everything.
    You see the pairs of which you may see both. Nobody is merged by that.

    Parameters
    ----------
    limit
        At most so many, 20 unless it is given; 0 for all.
    least
        Only those of this score or more, from 50 to 99; 50 unless it is given.
    apart
        In place of these, the pairs of which somebody said that they are not the same.
    """
    from twinbook.crm import duplicates as crm
    from twinbook.reconcile.likeness import LEAST

    if apart:
        return _said(desk)
    look(desk)
    with desk.house.database.read() as connection:
        rights = desk.rights(connection)
        pairs = crm.found(connection, rights, LEAST if least is None else least)
        found = list(islice(pairs, limit + 1 if limit else None))
        shown = found[: limit or None]
        data = [as_data(one, rights) for one in shown]
    lines = table(HEAD, [_row(one) for one in data], "No two contacts look like one person.")
    if len(found) > len(shown):
        lines.append("There are more. See all with: --limit 0")
    if shown:
        lines.append(f"If it is one person: twinbook duplicates merge {data[0]['pair']}")
        lines.append(f"If it is not: twinbook duplicates apart {data[0]['pair']}")
    return Answer(data, lines)


def look(desk: Desk) -> None:
    """Bring the pairs up to date, with a bar where that takes long."""
    from twinbook.crm import duplicates as crm

    with progress("Comparing") as advance:
        total = 0
        for done, left in crm.catch_up(desk.house.database):
            total += done
            advance(done, total + left)


def as_data(pair: "Pair", rights: "Rights") -> dict[str, Any]:
    """A pair for --json; the contact that stays in a merge is the first."""
    one, other = pair.kept, pair.other
    return {
        "pair": f"{one.id[:SHORT]}{BETWEEN}{other.id[:SHORT]}",
        "score": pair.likeness.score,
        "reasons": pair.likeness.reasons,
        "signs": [sign.value for sign in pair.likeness.signs],
        "contacts": [_one(it, rights) for it in (one, other)],
    }


def _one(record: "Record", rights: "Rights") -> dict[str, Any]:
    from twinbook.cli.showing import visible

    person = visible(record, rights)
    return {"id": record.id, "name": person.name, "company": person.company}


def _row(data: dict[str, Any]) -> list[str]:
    one, other = data["contacts"]
    names = [one["name"], one["company"], other["name"], other["company"]]
    return [data["pair"], str(data["score"]), *names, data["reasons"]]


def _said(desk: Desk) -> Answer:
    from twinbook.crm import contacts
    from twinbook.crm import duplicates as crm
    from twinbook.reconcile.scope import matches
    from twinbook.users import people

    with desk.house.database.read() as connection:
        rights = desk.rights(connection)
        told = list(crm.said(connection).values())
        records = contacts.read(connection, list({id for it in told for id in (it.one, it.other)}))
        names = people.names(connection, list({it.user for it in told if it.user}))
        data: list[dict[str, Any]] = [
            {
                "pair": f"{it.one[:SHORT]}{BETWEEN}{it.other[:SHORT]}",
                "contacts": [_one(records[id], rights) for id in (it.one, it.other)],
                "by": names.get(it.user) if it.user else None,
                "at": it.at,
            }
            for it in told
            if all(matches(rights.see, records[id], rights.viewer) for id in (it.one, it.other))
        ]
    rows = [
        [str(it["pair"]), *(one["name"] for one in it["contacts"]), it["by"] or "", when(it["at"])]
        for it in data
    ]
    head = ["PAIR", "CONTACT", "IS NOT", "SAID BY", "WHEN"]
    return Answer(data, table(head, rows, "Of no two contacts it was said."))


@duplicates.command
def merge(*words: str, all_above: int | None = None, preview: bool = False, desk: AtDesk) -> Answer:
    """Make one contact of two or more that are the same person. The run can be undone.

    Parameters
    ----------
    words
        Pairs, as `twinbook duplicates list` shows them: of each the first contact stays. Or
        contacts, by name, mailbox or id: all become part of the first.
    all_above
        In place of words: all pairs of this score or more that you may merge. Look at the
        preview first. Whom anything contradicts is left out.
    preview
        Only say what would be done. Nothing is written.
    """
    from twinbook.cli import merging
    from twinbook.model.errors import Invalid

    if bool(words) == (all_above is not None):
        raise Invalid("Say what to merge: pairs, contacts, or --all-above SCORE.")
    if all_above is not None:
        look(desk)
    with at_work(desk, "merge") as work:
        if all_above is None:
            plan = merging.named(work.connection, work.rights, words)
        else:
            plan = merging.above(work.connection, work.rights, all_above)
        for group in plan.groups:
            merging.check(work.connection, work.rights, group)
        done = [] if preview else list(_carry_out(work, plan.groups, desk))
        run = work.deed.run.id if work.deed.tally else None
    if run:
        desk.count_change()
    data = {"run": run, **merging.as_data(plan, work.rights)}
    return Answer(data, list(_told(merging.lines(plan), len(done), run)))


def _carry_out(
    work: "Work", groups: Sequence[Sequence["Record"]], desk: Desk
) -> Iterator["Record"]:
    from twinbook.crm import duplicates as crm
    from twinbook.model.plan import Act

    for kept, *others in groups:
        steps = crm.unite(work.connection, kept, others, work.deed.cause, desk.house.clock)
        for before, after, gone in steps:
            reason = f"{gone.contact.name} is the same person"
            work.deed.note(work.connection, [(before, after)], reason, Act.FOLD)
            yield after


def _told(lines: Iterator[str], done: int, run: str | None) -> Iterator[str]:
    yield from lines
    if run is not None:
        yield f"{counted(done, 'contact')} became part of others."
        yield f"Undo it with: twinbook undo {run[:SHORT]}"


@duplicates.command
def apart(*words: str, desk: AtDesk) -> Answer:
    """Say that two contacts are not the same person. It is remembered for ever.

    They are not proposed again, nor whatever they become part of.

    Parameters
    ----------
    words
        A pair, as `twinbook duplicates list` shows it, or two contacts.
    """
    from twinbook.crm import duplicates as crm

    with desk.house.database.write() as connection:
        rights = desk.rights(connection)
        one, other = _two(connection, rights, words)
        crm.set_apart(connection, one.id, other.id, rights.viewer.user, desk.house.clock)
    desk.count_change()
    names = [f"{it.contact.name} ({it.id[:SHORT]})" for it in (one, other)]
    pair = f"{one.id[:SHORT]}{BETWEEN}{other.id[:SHORT]}"
    lines = [
        f"{names[0]} and {names[1]} are not the same. That is remembered.",
        f"Take it back with: twinbook duplicates reconsider {pair}",
    ]
    return Answer({"apart": [one.id, other.id]}, lines)


@duplicates.command
def reconsider(*words: str, desk: AtDesk) -> Answer:
    """Take back that two contacts are not the same; they may be proposed again.

    Parameters
    ----------
    words
        A pair, as `twinbook duplicates list --apart` shows it, or two contacts.
    """
    from twinbook.crm import duplicates as crm
    from twinbook.model.errors import NotFound

    with desk.house.database.write() as connection:
        rights = desk.rights(connection)
        one, other = _two(connection, rights, words)
        if not crm.reconsider(connection, one.id, other.id):
            raise NotFound(
                f"Nobody said that {one.id[:SHORT]} and {other.id[:SHORT]} are not the same. "
                "See: twinbook duplicates list --apart"
            )
    desk.count_change()
    text = f"{one.contact.name} and {other.contact.name} may be the same again."
    return Answer({"reconsidered": [one.id, other.id]}, [text])


def _two(
    connection: "Connection", rights: "Rights", words: Sequence[str]
) -> tuple["Record", "Record"]:
    """The two contacts of a pair. Raises Invalid, NotFound, Ambiguous, and NotAllowed."""
    from twinbook.cli import merging
    from twinbook.crm import access
    from twinbook.model.errors import Invalid

    found = merging.contacts_of(connection, rights, words)
    if len(found) != 2:  # noqa: PLR2004 - a pair
        raise Invalid("Name two contacts, or one pair from: twinbook duplicates list")
    for one in found:
        access.check_edit(rights, one, ())
    return found[0], found[1]
