"""`sync` and `serve` die at random moments beside real servers: nothing is lost or doubled.

`make torture` kills two hundred times, `make test` twenty times. What counts is a program
that was killed while it was at work on a book.
"""

import json
import random
import time

import pytest
from killing import Killer, founded, seed
from reckoning import at_any_moment, at_rest

AT_FIRST = 0.3  #: the share of the kills before which nobody waits for the first sync to end


def torture(place, servers, kills, number):
    chance = random.Random(number)
    village = founded(place, servers, chance)
    with Killer(place, village, servers) as killer:
        print(f"{killer.settles:.1f} seconds until a write in doubt is looked up")
        _kill(killer, kills)
        killer.come_to_rest()
        at_rest(village, place / "data", place / "log")
    assert "Traceback" not in (place / "log").read_text()
    return killer.told


def _kill(killer, kills):
    village, chance, killed = killer.village, killer.chance, 0
    while killed < kills:
        for _ in range(chance.randint(0, 2)):
            village.act()
        killed += killer.run_and_kill()
        assert killer.told["runs"] < 5 * kills, dict(killer.told)
        time.sleep(chance.choice((0, 0, killer.settles)))
        if killed > AT_FIRST * kills and chance.random() < 0.1:
            at_any_moment(village)


@pytest.mark.slow
def test_a_program_killed_twenty_times_loses_and_doubles_nothing(
    tmp_path, servers, record_property
):
    told = torture(tmp_path, servers, 20, seed())

    record_property("torture", json.dumps(told))
    assert told["kills with writes in doubt"] > 0


@pytest.mark.torture
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("world", range(5))
def test_a_program_killed_two_hundred_times_loses_and_doubles_nothing(
    tmp_path, servers, world, record_property
):
    told = torture(tmp_path, servers, 40, seed() + world)

    record_property("torture", json.dumps(told))
    assert told["kills with writes in doubt"] > 0
