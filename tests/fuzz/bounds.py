"""What reading may cost: so much time and so much memory for each byte, however many there are.

Time is counted in beats: what Python takes to add up as many bytes one by one, on the same
machine in the same moment. So a bound says the same on a slow machine and on a busy one.
"""

import functools
import gc
import sys
import time
import tracemalloc
from collections.abc import Callable

#: Beats a byte may take at most, whatever the input is: some 60 times of what was measured.
BEATS = 2_000
#: A byte of a large input may cost so many times what one of an input a tenth as large costs.
GROWTH = 3
#: Bytes of Python's memory for one byte of input, at the worst moment.
MEMORY = 200
#: Bytes that any input may need, however small it is.
FLOOR = 2 << 20
SMALL, LARGE = 12_000, 120_000  #: bytes
ENOUGH = 0.01  #: seconds of the processor, for the time to mean something


def cost(read: Callable[[bytes], object], data: bytes) -> float:
    """Seconds of the processor for one reading, by what has not read the same before."""
    best = float("inf")
    for _ in range(3):
        forget()
        begun, times = time.process_time(), 0
        while (spent := time.process_time() - begun) < ENOUGH:
            read(data)
            times += 1
        best = min(best, spent / times)
    return best


def beats(read: Callable[[bytes], object], data: bytes) -> float:
    """The cost of a reading, in beats for each byte."""
    return cost(read, data) / cost(sum_up, data)


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
    gc.collect()
    for name, module in list(sys.modules.items()):
        if name.startswith("twinbook"):
            for one in vars(module).values():
                if isinstance(one, functools._lru_cache_wrapper):
                    one.cache_clear()
