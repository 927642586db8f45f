"""Measurements, side by side with peers in the same run; `make bench` writes docs/benchmarks.md.

A benchmark is a module here with a function `run` that returns rows. Figures are CPU
time of this process, the best of several rounds, so that other work on the machine
counts little; what is worth reading are the ratios.
"""

import gc
import time
from collections.abc import Callable
from dataclasses import dataclass

ROUNDS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One comparison. `ratio` says how many times less than the other it costs."""

    what: str
    ours: float
    other: float
    unit: str
    against: str  #: what `other` is

    @property
    def ratio(self) -> float:
        return self.other / self.ours


def microseconds(action: Callable[[], object], count: int, rounds: int = ROUNDS) -> float:
    """CPU time of one of the `count` things that the action does, the best of some rounds."""
    best = float("inf")
    for _ in range(rounds):
        gc.collect()
        start = time.process_time()
        action()
        best = min(best, time.process_time() - start)
    return best / count * 1e6


def line(row: Row) -> str:
    """A row as it stands in the table."""
    ours, other = f"{row.ours:,.1f} {row.unit}", f"{row.other:,.1f} {row.unit}"
    return f"| {row.what} | {ours} | {row.against} | {other} | {row.ratio:,.1f} |"
