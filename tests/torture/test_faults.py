"""The network between us and a real server fails in every way: nothing is lost or doubled.

`make torture` runs 500 schedules, TWINBOOK_SCHEDULES says how many others; `make test` runs
twelve. TWINBOOK_SEED is the number of the first one.
"""

import json
import os
from collections import Counter

import pytest
from network import FAULTS, Network, Schedule, template
from reckoning import at_any_moment, at_rest

FIRST = int(os.environ.get("TWINBOOK_SEED", "1"))
SCHEDULES = int(os.environ.get("TWINBOOK_SCHEDULES", "500"))
PARTS = 10  #: tests for each kind of server


@pytest.fixture(scope="module")
def begun(server, tmp_path_factory):
    with Network(server.url, down=0.05, delay=0.1, late=5) as network:
        yield template(tmp_path_factory.mktemp("template"), server, network)


def run(begun, place, seeds):
    told = Counter()
    for seed in seeds:
        print(f"TWINBOOK_SEED={seed}")
        told["schedules"] += 1
        told += one_schedule(begun, place / str(seed), seed)
    return told


def one_schedule(begun, place, seed):
    place.mkdir()
    schedule = Schedule(begun, place, seed)
    schedule.village.begin(6)
    schedule.blow()
    at_any_moment(schedule.village)
    schedule.come_to_rest()
    at_rest(schedule.village, place)
    schedule.house.database.close()
    return schedule.told


def check_that_all_kinds_happened(told):
    happened = {what.partition(":")[0] for what, count in told.items() if count}
    assert {fault.name for fault in FAULTS} <= happened


@pytest.mark.slow
def test_six_schedules_of_faults_lose_and_double_nothing(begun, tmp_path, record_property):
    told = run(begun, tmp_path, range(FIRST, FIRST + 6))

    record_property("torture", json.dumps(told))
    check_that_all_kinds_happened(told)


@pytest.mark.torture
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("part", range(PARTS))
def test_hundreds_of_schedules_of_faults_lose_and_double_nothing(
    begun, part, tmp_path, record_property
):
    each = max(6, -(-SCHEDULES // (2 * PARTS)))
    told = run(begun, tmp_path, range(FIRST + part * each, FIRST + (part + 1) * each))

    record_property("torture", json.dumps(told))
    check_that_all_kinds_happened(told)
