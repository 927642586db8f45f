"""When a book is due next: laws for all values, and the table of what a run means."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twinbook.jobs import pace
from twinbook.jobs.pace import AGAIN, DAY, FAILED, SIGN_IN, SOONEST, Fate, fate_of, next_time
from twinbook.jobs.rounds import Outcome
from twinbook.model.errors import (
    Busy,
    Closed,
    Emptied,
    Invalid,
    SignInNeeded,
    Throttled,
    Unavailable,
)
from twinbook.model.ids import SpokeId, UserId
from twinbook.model.policy import Schedule
from twinbook.model.spoke import Spoke
from twinbook.sync.report import Report

NOW = datetime(2026, 1, 1, 12, tzinfo=UTC)
BOOK = Spoke(id=SpokeId("1"), name="ann", kind="memory", address="", user=UserId("1"))
RULES = Schedule()
BERLIN = ZoneInfo("Europe/Berlin")

chances = st.floats(0, 1, exclude_max=True)
failures = st.integers(0, 1000)
moments = st.integers(0, 4 * 365 * 86_400).map(lambda s: NOW + timedelta(seconds=s))
walls = st.times().map(lambda time: time.strftime("%H:%M"))


def after(report=None, trouble=None, error=None):
    report = report or Report()
    report.error = error
    return Outcome(BOOK, None, report, trouble=trouble)


GOOD = after()
DOWN = after(error=Unavailable("away"))


@pytest.mark.parametrize(
    ("outcome", "fate"),
    [
        (GOOD, Fate.GOOD),
        (after(Report(waiting=1)), Fate.UNFINISHED),
        (after(Report(unsettled=1)), Fate.UNFINISHED),
        (after(Report(postponed=1)), Fate.UNFINISHED),
        (after(Report(again=True)), Fate.UNFINISHED),
        (after(trouble=Busy("taken")), Fate.BUSY),
        (after(trouble=Invalid("no such kind")), Fate.FAILED),
        (DOWN, Fate.FAILED),
        (after(error=Emptied("gone")), Fate.FAILED),
        (after(error=Closed("full")), Fate.FAILED),
        (after(error=Throttled("slow", seconds=9)), Fate.THROTTLED),
        (after(error=SignInNeeded("who?")), Fate.SIGN_IN),
        (after(trouble=SignInNeeded("who?")), Fate.SIGN_IN),
    ],
)
def test_what_a_run_means(outcome, fate):
    assert fate_of(outcome) is fate


@given(st.one_of(st.none(), moments), moments, st.integers(30, 86_400), chances)
def test_a_quiet_book_is_looked_at_neither_too_often_nor_too_rarely(moved, now, every, chance):
    following = next_time(GOOD, 0, moved, now, Schedule(every=every), chance)

    assert 0.9 * min(SOONEST.total_seconds(), every) <= (following.due - now).total_seconds()
    assert (following.due - now).total_seconds() <= every
    assert (following.not_before, following.failures) == (None, 0)


def test_a_book_that_moved_is_looked_at_soon_and_then_ever_more_rarely():
    now = moved = NOW
    waits = []
    while sum(waits) < 7200:
        following = next_time(GOOD, 0, moved, now, RULES, 0.0)
        waits.append(round((following.due - now).total_seconds()))
        now = following.due

    assert waits[:6] == [30, 30, 60, 120, 240, 480]
    assert set(waits[6:]) == {900}


@given(failures, chances)
def test_waits_grow_and_stay_within_their_bounds(failures, chance):
    for waits, outcome in ((FAILED, DOWN), (SIGN_IN, after(error=SignInNeeded("who?")))):
        following = next_time(outcome, failures, None, NOW, RULES, chance)
        wait = following.due - NOW

        assert 0.9 * waits.first <= wait <= 1.1 * waits.longest
        assert waits.after(failures) <= waits.after(failures + 1)
        assert following.not_before == following.due
        assert following.failures == failures + 1


def test_the_waits_are_those_of_the_decision():
    def hours(outcome, times):
        found = (next_time(outcome, n, None, NOW, RULES, 0.5).due - NOW for n in range(times))
        return [one.total_seconds() / 3600 for one in found]

    assert [one * 120 for one in hours(DOWN, 9)] == [1, 2, 4, 8, 16, 32, 64, 120, 120]
    assert hours(after(error=SignInNeeded("who?")), 7) == [1, 2, 4, 8, 16, 24, 24]


@given(failures, chances)
def test_what_was_left_behind_comes_again_soon_but_never_at_once(failures, chance):
    following = next_time(after(Report(waiting=1)), failures, None, NOW, RULES, chance)

    assert timedelta(seconds=1.8) <= following.due - NOW <= 1.1 * AGAIN.longest
    assert following.not_before is None


@given(st.one_of(st.none(), st.floats(0, 1e9)), failures, chances)
def test_who_asks_for_a_pause_gets_it(seconds, failures, chance):
    outcome = after(error=Throttled("slow", seconds=seconds))

    wait = next_time(outcome, failures, None, NOW, RULES, chance).not_before - NOW

    assert wait <= max(DAY, 1.1 * FAILED.longest)
    if seconds is not None:
        assert wait >= min(timedelta(seconds=seconds), DAY)


# quiet hours


@pytest.mark.parametrize(
    ("quiet", "now", "end"),
    [
        ("22:00-06:00", "2026-01-01T21:59+01:00", "2026-01-01T21:59+01:00"),
        ("22:00-06:00", "2026-01-01T22:00+01:00", "2026-01-02T06:00+01:00"),
        ("22:00-06:00", "2026-01-02T05:59+01:00", "2026-01-02T06:00+01:00"),
        ("22:00-06:00", "2026-01-02T06:00+01:00", "2026-01-02T06:00+01:00"),
        ("12:00-13:30", "2026-07-01T12:15+02:00", "2026-07-01T13:30+02:00"),
        ("12:00-13:30", "2026-07-01T11:15+02:00", "2026-07-01T11:15+02:00"),
        # Clocks go forward on 29 March at 2, and back on 25 October at 3.
        ("22:00-06:00", "2026-03-28T23:00+01:00", "2026-03-29T06:00+02:00"),
        ("22:00-06:00", "2026-10-24T23:00+02:00", "2026-10-25T06:00+01:00"),
        ("22:00-02:30", "2026-03-28T23:00+01:00", "2026-03-29T03:30+02:00"),
        ("22:00-02:30", "2026-10-24T23:00+02:00", "2026-10-25T02:30+01:00"),
        ("22:00-02:30", "2026-10-25T02:15+01:00", "2026-10-25T02:30+01:00"),
        ("", "2026-01-01T23:00+01:00", "2026-01-01T23:00+01:00"),
    ],
)
def test_quiet_hours_end_by_the_clock_on_the_wall(quiet, now, end):
    found = pace.awake(datetime.fromisoformat(now), Schedule(quiet=quiet), BERLIN)

    assert found == datetime.fromisoformat(end)


@given(moments, walls, walls)
def test_whoever_waits_for_the_end_of_the_quiet_hours_finds_it_in_a_day(now, begin, end):
    if begin == end:
        return
    rules = Schedule(quiet=f"{begin}-{end}")

    found = pace.awake(now, rules, BERLIN)

    assert now <= found <= now + timedelta(hours=25)
    assert pace.awake(found, rules, BERLIN) == found


@pytest.mark.parametrize("quiet", ["22-6", "22:00", "06:00-06:00", "25:00-26:00", "late-early"])
def test_quiet_hours_that_are_none_are_refused(quiet):
    with pytest.raises(ValueError, match="22:00-06:00"):
        Schedule(quiet=quiet)
