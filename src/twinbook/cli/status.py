"""How every book stands, and whether anything keeps it in step."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from twinbook.cli.desk import AtDesk
from twinbook.cli.output import TROUBLE, WELL, Answer, counted, table, when

if TYPE_CHECKING:
    from twinbook.jobs.standing import Standing
    from twinbook.jobs.workers import Worker

HEAD = ["BOOK", "USER", "KIND", "STATE", "LAG", "LEFT", "ASKS", "RUN", "NEXT"]
WIDE = 14  #: so many characters of a name are shown, so that a row fits into 100 columns


def status(*, desk: AtDesk) -> Answer:
    """Show how each book stands: your own; for an administrator all.

    LAG is the time since the last run that went well, LEFT the contacts that have to be
    looked at, ASKS the open questions, RUN the time since the last run, NEXT the time until
    the next. The exit status is 1 if a book needs a person.
    """
    from twinbook.cli import finding
    from twinbook.jobs import standing, workers
    from twinbook.users import people

    now = desk.house.clock.now()
    with desk.house.database.read() as connection:
        books = finding.books(connection, (), desk.rights(connection))
        found = standing.standings(connection, books, now)
        mails = {one.user: people.get(connection, one.user).email for one in books}
        alive = workers.alive(connection, now)
    data = {
        "books": [_as_data(one, mails[one.spoke.user], now) for one in found],
        "services": [_of_service(one) for one in alive],
    }
    rows = [_row(one, mails[one.spoke.user], now) for one in found]
    lines = [*table(HEAD, rows, "No book is connected yet."), "", *_sentences(found, alive)]
    needed = any(one.state.needs_a_person for one in found)
    return Answer(data, lines, TROUBLE if needed else WELL)


# for programs


def _as_data(one: "Standing", mail: str, now: datetime) -> dict[str, Any]:
    return {
        "book": one.spoke.name,
        "user": mail,
        "kind": one.spoke.kind,
        "state": one.state.value,
        "needs_a_person": one.state.needs_a_person,
        "lag_seconds": _seconds(one.good, now),
        "dirty": one.dirty,
        "questions": one.questions,
        "last_run": one.tried,
        "last_good_run": one.good,
        "next": one.following,
        "error": one.told or None,
    }


def _of_service(one: "Worker") -> dict[str, Any]:
    return {
        "kind": one.kind,
        "host": one.host,
        "process": one.pid,
        "since": one.began,
        "seen": one.seen,
    }


def _seconds(since: datetime | None, now: datetime) -> int | None:
    return None if since is None else max(0, round((now - since).total_seconds()))


# for people


def _row(one: "Standing", mail: str, now: datetime) -> list[str]:
    due = None if one.following is None else (one.following - now).total_seconds()
    return [
        shortened(one.spoke.name, WIDE),
        shortened(mail, WIDE),
        shortened(one.spoke.kind, 8),
        one.state.value,
        age(_seconds(one.good, now)),
        str(one.dirty or ""),
        str(one.questions or ""),
        age(_seconds(one.tried, now)),
        "" if due is None else "now" if due < 1 else age(due),
    ]


def shortened(text: str, most: int) -> str:
    """A text of so many characters at most.

    >>> shortened("rosa@example.com", 9)
    'rosa@exa…'
    """
    return text if len(text) <= most else f"{text[: most - 1]}…"


def age(seconds: float | None) -> str:
    """A span of time in one unit; "never" for None.

    >>> [age(one) for one in (None, 12, 150, 7_200, 300_000)]
    ['never', '12 s', '2 min', '2 h', '3 d']
    """
    if seconds is None:
        return "never"
    for unit, size in (("d", 86_400), ("h", 3_600), ("min", 60)):
        if seconds >= size:
            return f"{int(seconds // size)} {unit}"
    return f"{int(seconds)} s"


def _sentences(found: Sequence["Standing"], alive: Sequence["Worker"]) -> Iterator[str]:
    """What needs a person, and who is at work."""
    from twinbook.jobs.standing import State

    for one in found:
        name = one.spoke.name
        if one.state is State.PAUSED:
            yield f"{name} is paused. Go on with: twinbook resume {name}"
        elif one.told:
            yield f"{name}: {one.told}"
        if one.questions:
            yield (
                f"{name}: {counted(one.questions, 'question')} to answer. See: twinbook hold list"
            )
    for service in alive:
        where = f"{service.kind} on {service.host}, process {service.pid}"
        yield f"At work: {where}, since {when(service.began)}."
    if found and not alive:
        yield "No service is at work: nothing happens by itself. Start one with: twinbook serve"
