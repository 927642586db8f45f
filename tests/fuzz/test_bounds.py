"""What reading costs grows with the input and no faster: neither time nor memory.

The bounds for each byte are stated in bounds.py. XML is read outside of Python's memory, so
that of its reader is measured as a process.
"""

import subprocess
import sys
from pathlib import Path

import pytest
from bounds import BEATS, FLOOR, GROWTH, LARGE, MEMORY, SMALL, cost, peak, sum_up
from growing import CARDS, GROWING
from readers import READERS, written_cards

HERE = Path(__file__).parent
# Many small cards are written one by one, and say nothing about the size of any.
WRITTEN = {name: family for name, family in CARDS.items() if name != "many cards"}
READ = {name: reader.read for name, reader in READERS.items()}
CASES = [
    *((READ[name], family) for name, families in GROWING.items() for family in families.values()),
    *((written_cards, family) for family in WRITTEN.values()),
]
IDS = [
    *(f"{name}: {family}" for name, families in GROWING.items() for family in families),
    *(f"writing: {family}" for family in WRITTEN),
]


def growth(read, family, tries=3):
    """How many times as much a byte costs in a large input as in a small: the least of some tries.

    The machine may be busy with something else while the large one is read, hence the tries.
    """
    small, large = family(SMALL), family(LARGE)
    least = GROWTH + 1
    for _ in range(tries):
        times = cost(read, large) / cost(read, small)
        least = min(least, times * len(small) / len(large))
        if least <= GROWTH:
            break
    return least


@pytest.mark.parametrize(("read", "family"), CASES, ids=IDS)
def test_a_byte_takes_its_share_of_time_and_memory_however_many_there_are(read, family):
    data = family(LARGE)
    assert len(data) <= LARGE

    assert growth(read, family) <= GROWTH
    assert cost(read, data) <= BEATS * cost(sum_up, data)
    assert peak(read, data) <= FLOOR + MEMORY * len(data)


def test_what_takes_the_square_of_the_time_is_found():
    def careless(data):
        return [data[:at].count(b"y") for at in range(0, len(data), 50)]

    assert growth(careless, CARDS["one long line"], tries=1) > GROWTH


PROGRAM = """
import resource, sys
sys.path.insert(0, sys.argv[1])
from growing import ANSWERS
from readers import read_answer
for family in ANSWERS.values():
    read_answer(family(int(sys.argv[2])))
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""
UNIT = 1 if sys.platform == "darwin" else 1024  #: bytes in which a system counts memory


def megabytes(size):
    """The memory of a process that reads an answer of every family, of so many bytes each."""
    command = [sys.executable, "-c", PROGRAM, str(HERE), str(size)]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    return int(said) * UNIT


def test_an_answer_takes_no_more_than_its_share_of_memory_outside_of_python():
    size = 500_000

    assert megabytes(size) - megabytes(1000) <= FLOOR + MEMORY * size
