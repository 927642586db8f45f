"""What reading may cost: so much time and so much memory for each byte, however many there are.

Time is counted in beats: what Python takes to add up as many bytes one by one, on the same
machine in the same moment. So a bound says the same on a slow machine and on a busy one.
"""

import functools
import os
import sys
import time
import tracemalloc
from collections.abc import Callable

#: Beats a byte may take at most, whatever the input is; the worst that was measured took 400.
BEATS = 4_000
#: A byte of a large input may cost so many times what one of an input a tenth as large costs.
GROWTH = 5
#: Bytes of memory for one byte of input at the worst moment; the worst that was measured took 150.
MEMORY = 400
#: Bytes that any input may need, however small it is.
FLOOR = 2 << 20
LARGE = int(os.environ.get("TWINBOOK_BYTES", "60000"))
SMALL = LARGE // 10
ENOUGH = 0.005  #: seconds of the processor, for the time to mean something


def cost(read: Callable[[bytes], object], data: bytes) -> float:
    """Seconds of the processor for one reading, by what has not read the same before."""
    spent, times = 0.0, 0
    while spent < ENOUGH:
        forget()
        begun = time.process_time()
        read(data)
        spent += time.process_time() - begun
        times += 1
    return spent / times


def sum_up(data: bytes) -> int:
    total = 0
    for octet in data:
        total += octet
    return total


def peak(read: Callable[[bytes], object], data: bytes) -> int:
    """Bytes of Python's memory at the worst moment of a reading."""
    forget()
    tracemalloc.start()
    try:
        read(data)
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def forget() -> None:
    """Empty the memories of the program's own functions: a stranger's input is never the same."""
    for one in memories():
        one.cache_clear()


@functools.cache
def memories():
    """Every function of the program that remembers what it said."""
    rooms = [module for name, module in sys.modules.items() if name.startswith("twinbook")]
    found = (one for room in rooms for one in vars(room).values())
    return {one for one in found if isinstance(one, functools._lru_cache_wrapper)}
