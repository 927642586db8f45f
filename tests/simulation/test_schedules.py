"""Seeded schedules break no promise, repeat themselves, and are made small (T4).

`make simulate` plays many; TWINBOOK_SIMULATED says how many `make test` does.
"""

import os
from dataclasses import replace
from pathlib import Path

import pytest
from mutants import SOURCE, mutants
from playing import play, smaller
from schedules import draw, dump, load

from twinbook.sync import recover
from twinbook.sync.setting import Setting

FIRST = int(os.environ.get("TWINBOOK_SEED", "1"))
NUMBER = int(os.environ.get("TWINBOOK_SIMULATED", "150"))
PARTS = 5
CORPUS = sorted((Path(__file__).parent / "corpus").glob("*.json"))


@pytest.mark.slow
@pytest.mark.parametrize("part", range(PARTS))
def test_schedules_break_no_promise(part):
    each = -(-NUMBER // PARTS)
    for seed in range(FIRST + part * each, FIRST + (part + 1) * each):
        assert not (violation := play(draw(seed)).violation), f"TWINBOOK_SEED={seed}: {violation}"


@pytest.mark.slow
@pytest.mark.parametrize("seed", [3, 5, 8])
def test_a_schedule_repeats_itself(seed):
    assert draw(seed) == draw(seed)
    assert play(draw(seed)) == play(load(dump(draw(seed))))


@pytest.mark.slow
@pytest.mark.parametrize("seed", [2, 4, 6])
def test_what_is_private_changes_nothing_that_others_see(seed):
    one, other = play(draw(seed)), play(draw(seed), secret=" and more")

    assert one.public == other.public
    assert one.trace != other.trace


def test_a_leak_without_any_value_would_be_noticed(monkeypatch):
    def careless(setting, record):
        length = str(sum(len(getattr(record.contact, name)) for name in ("note", "spouse")))
        return see(setting, replace(record, contact=record.contact.but(department=length)))

    see = Setting.see
    monkeypatch.setattr(Setting, "see", careless)

    assert play(draw(2)).public != play(draw(2), secret=" and more").public


def test_another_seed_is_another_schedule():
    assert draw(1) != draw(2)


@pytest.mark.parametrize("file", CORPUS, ids=lambda file: file.stem)
def test_what_once_broke_a_promise_does_so_no_more(file):
    assert play(load(file.read_text(encoding="utf-8"))).violation == ""


def a_creation_is_forgotten(monkeypatch):
    """An item that is there already is not looked for: the planted defect."""
    monkeypatch.setattr(recover, "_marked", lambda intent, setting: None)


@pytest.mark.slow
def test_a_planted_defect_is_found_made_small_and_played_again(monkeypatch):
    a_creation_is_forgotten(monkeypatch)
    violation = ""
    for seed in range(1, 100):
        schedule = draw(seed)
        violation = play(schedule).violation
        if violation:
            break

    small, how = smaller(schedule, violation)

    assert how.split()[0] == violation.split()[0]
    assert len(small.acts) <= 4 < len(schedule.acts)
    assert play(load(dump(small))).violation == how
    monkeypatch.undo()
    assert play(small).violation == ""


@pytest.mark.parametrize("mutant", mutants(), ids=lambda mutant: mutant.rule)
def test_a_rule_that_can_be_switched_off_is_where_it_was(mutant):
    text = (SOURCE / "twinbook" / mutant.file).read_text(encoding="utf-8")

    assert text.count(mutant.before) == 1
    assert mutant.before != mutant.after
