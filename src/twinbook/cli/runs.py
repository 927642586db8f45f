"""Commands about runs: what was done, and taking it back."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from cyclopts import App

from twinbook.cli import steps
from twinbook.cli.desk import PLAIN, AtDesk, Desk
from twinbook.cli.finding import SHORT
from twinbook.cli.output import Answer, counted, table, when

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from twinbook.model.rights import Rights
    from twinbook.model.run import Run

run = App(
    name="run", help="What was done, when, by whom and through what.", default_parameter=PLAIN
)

PAGE = 20


@run.command(name="list")
def list_runs(*, book: str | None = None, limit: int = PAGE, desk: AtDesk) -> Answer:
    """List the newest runs, the newest first: your own; for an administrator all.

    Parameters
    ----------
    book
        Only those of one book.
    limit
        At most so many, 20 unless it is given.
    """
    from twinbook.cli import finding
    from twinbook.journal import runs

    with desk.house.database.read() as connection:
        rights = desk.rights(connection)
        spoke = finding.book(connection, book).id if book else None
        found = [
            one for one in runs.recent(connection, 10 * limit, spoke) if _may_see(rights, one)
        ][:limit]
        data = [_as_data(connection, one) for one in found]
    rows = [_row(one, row) for one, row in zip(found, data, strict=True)]
    head = ["RUN", "WHEN", "WHAT", "BOOK", "WHO", "RESULT"]
    return Answer(data, table(head, rows, "Nothing was done yet."))


def _row(one: "Run", data: dict[str, Any]) -> list[str]:
    done = steps.summary(one.counts).replace("nothing to do", "both sides agreed already")
    result = one.error or ("unfinished" if one.finished is None else done)
    if one.undone_by:
        result += f"; undone by {one.undone_by[:SHORT]}"
    return [
        one.id[:SHORT],
        when(one.started),
        one.kind,
        data["book"] or "",
        data["user"] or "",
        result,
    ]


def _as_data(connection: "Connection", one: "Run") -> dict[str, Any]:
    from twinbook.journal import spokes
    from twinbook.users import people

    books = {spoke.id: spoke.name for spoke in spokes.everything(connection)}
    return {
        "run": one.id,
        "kind": one.kind,
        "book": books.get(one.spoke, one.channel) if one.spoke else None,
        "user": people.get(connection, one.user).email if one.user else None,
        "through": one.channel,
        "started": one.started,
        "finished": one.finished,
        **steps.numbers(one.counts),
        "error": one.error or None,
        "undoes": one.undoes,
        "undone_by": one.undone_by,
    }


def _may_see(rights: "Rights", one: "Run") -> bool:
    from twinbook.model.rights import UserRole

    return rights.viewer.role is UserRole.ADMIN or one.user == rights.viewer.user


def _find(connection: "Connection", text: str, rights: "Rights") -> "Run":
    from twinbook.journal import runs
    from twinbook.model.errors import NotAllowed

    found = runs.find(connection, text)
    if not _may_see(rights, found):
        raise NotAllowed(f"The run {text} is another user's. An administrator may look at it.")
    return found


@run.command
def show(run: str, /, *, desk: AtDesk) -> Answer:
    """Show a run step by step.

    Parameters
    ----------
    run
        The run's id, or its beginning.
    """
    with desk.house.database.read() as connection:
        found = _find(connection, run, desk.rights(connection))
        data = _as_data(connection, found)
        given_way = list(_given_way(connection, found))
    did = steps.recorded(desk, found.id)
    head = f"{found.kind}, {when(found.started)}, by {data['user'] or 'Twinbook'}"
    lines = [
        head + (f", through {data['book']}" if data["book"] else ""),
        *(f"  {step['text']}" for step in did),
        *(f"  Gave way: {one['text']}" for one in given_way),
        *([f"  {found.error}"] if found.error else []),
        *([f"Undone by the run {found.undone_by[:SHORT]}."] if found.undone_by else []),
    ]
    return Answer({**data, "steps": did, "gave_way": given_way}, lines)


def _given_way(connection: "Connection", one: "Run") -> Iterator[dict[str, Any]]:
    """The values that clashed with others in a run and are kept in the history only."""
    from twinbook.crm import contacts, history
    from twinbook.model.fields import BY_NAME

    for entry in history.of_run(connection, one.id):
        if entry.yielded:
            name = contacts.get(connection, entry.contact).contact.name
            label = BY_NAME[entry.field].label if entry.field in BY_NAME else entry.field
            value = entry.before or entry.after
            text = f"{label} of {name}: {value}"
            yield {"contact": entry.contact, "field": entry.field, "value": value, "text": text}


def undo(run: str, /, *, preview: bool = False, desk: AtDesk) -> Answer:
    """Take a run back, but for what somebody has worked on since.

    Parameters
    ----------
    run
        The run's id, or its beginning.
    preview
        Only say what would be done. Nothing is written.
    """
    from twinbook.cli import undoing

    with desk.house.database.read() as connection:
        rights = desk.rights(connection)
        found = _find(connection, run, rights)
    return undoing.undo(desk, found, preview=preview)


def interrupted(desk: Desk) -> str:
    """What an interrupted command had done until then, in sentences."""
    from twinbook.journal import runs

    if not desk.is_open:
        return "Interrupted. Nothing was done."
    lines = []
    with desk.house.database.write() as connection:
        for one in runs.recent(connection, PAGE):
            if one.finished is None and one.started >= desk.begun:
                done = sum(1 for _ in runs.done_in(connection, one.id))
                now = desk.house.clock.now()
                runs.finish(connection, one.id, one.counts, "interrupted", now)
                lines.append(f"  {one.kind}: {counted(done, 'step')} (run {one.id[:SHORT]})")
    if not lines:
        return "Interrupted. Nothing was changed."
    head = "Interrupted. What was done until now is recorded:"
    return "\n".join([head, *lines, "Run the command again: it goes on from there."])
