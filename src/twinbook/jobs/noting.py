"""Write down what became of a book, and when it is due again."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from twinbook.jobs import due, pace, servers
from twinbook.jobs.due import Claim
from twinbook.jobs.pace import Fate
from twinbook.jobs.rounds import Outcome
from twinbook.jobs.tables import schedule
from twinbook.journal.tables import spokes
from twinbook.model.policy import Schedule
from twinbook.ports import Clock


@dataclass(frozen=True, slots=True)
class Noted:
    """What is new about a book after a run."""

    has_failed: bool = False  #: it says something that it did not say before
    is_mended: bool = False


def note(
    connection: Connection,
    clock: Clock,
    outcome: Outcome,
    rules: Schedule,
    claim: Claim | None = None,
) -> Noted:
    """Note a run, of the schedule or by somebody's command, where `claim` is None.

    A run that found the book busy says nothing about it, and leaves standing what was told.
    """
    spoke, now = outcome.spoke.id, clock.now()
    due.enlist(connection)
    row = connection.execute(sa.select(schedule).where(schedule.c.spoke_id == spoke)).first()
    if row is None:
        return Noted()  # it was disconnected meanwhile
    if claim is None and pace.fate_of(outcome) is Fate.BUSY:
        return Noted()  # whoever is at work there notes what comes of it
    chance = pace.chance_of(clock.new_id())
    values, noted = _after(outcome, row, now, rules, chance)
    if claim is not None:
        values["claimed_until"] = None
    _note_server(connection, outcome, claim or Claim(outcome.spoke, row.server), now, chance)
    if pace.fate_of(outcome) is Fate.THROTTLED:
        _spare_the_login(connection, outcome, row.server, values["due"])
    connection.execute(sa.update(schedule).where(schedule.c.spoke_id == spoke).values(**values))
    return noted


def _after(
    outcome: Outcome, row: sa.Row[Any], now: datetime, rules: Schedule, chance: float
) -> tuple[dict[str, Any], Noted]:
    """The row as it is to be, and what is new in it."""
    fate, error = pace.fate_of(outcome), pace.error_of(outcome)
    trouble, told = (type(error).__name__, str(error)) if error else ("", "")
    moved = now if outcome.report.tally else row.moved
    failures = row.failures if fate is Fate.BUSY or trouble == row.trouble else 0
    following = pace.next_time(outcome, failures, moved, now, rules, chance)
    values: dict[str, Any] = {
        "due": following.due,
        "not_before": following.not_before,
        "failures": following.failures,
    }
    if fate is Fate.BUSY:
        return {**values, "not_before": row.not_before}, Noted()
    values |= {"tried": now, "good": row.good if error else now, "moved": moved}
    values |= {"trouble": trouble, "told": told}
    return values, Noted(bool(error) and told != row.told, not error and bool(row.trouble))


def _note_server(
    connection: Connection, outcome: Outcome, claim: Claim, now: datetime, chance: float
) -> None:
    if not claim.server:
        return
    match pace.shows_server(outcome):
        case True:
            servers.answered(connection, claim.server)
        case False:
            until = now + pace.spread(pace.FAILED.after(claim.failures + 1), chance)
            servers.stayed_silent(connection, claim.server, claim.failures, until)
        case None if claim.failures:
            servers.not_asked(connection, claim.server, claim.failures, now)
        case None:
            pass


def _spare_the_login(
    connection: Connection, outcome: Outcome, server: str, until: datetime
) -> None:
    """Who is throttled is so with all books behind the same login."""
    login = outcome.spoke.login
    if not login or not server:
        return
    same = sa.select(spokes.c.id).where(spokes.c.login == login)
    sooner = sa.or_(schedule.c.not_before.is_(None), schedule.c.not_before < until)
    here = sa.and_(schedule.c.server == server, schedule.c.spoke_id.in_(same), sooner)
    connection.execute(sa.update(schedule).where(here).values(not_before=until))
