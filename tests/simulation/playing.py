"""Carry a schedule out, judge what comes of it, and make small what breaks a promise (T4)."""

from collections import Counter
from dataclasses import dataclass, replace
from hashlib import sha256

from acts import Acts
from weather import STATISTICS, Fault, Storm


@dataclass
class Played:
    """What came of a schedule."""

    counts: Counter  #: what happened, by name
    trace: str  #: a digest of all that was written anywhere: equal plays have equal ones
    public: str  #: a digest of what may not depend on anything private
    violation: str = ""  #: which promise was broken, "" for none


def play(schedule, secret=""):
    """Carry a schedule out, and come to rest. Private values end in the `secret`."""
    before = Counter(STATISTICS)
    acts, violation = Acts(), ""
    acts.begin(schedule.rules(), secret)
    company = acts.company
    try:
        for name, arguments in schedule.acts:
            getattr(acts, name)(**_as_given(arguments))
        acts.come_to_rest()
        if len(schedule.acts) % 6 == 0:
            acts.take_back(len(schedule.acts))
    except AssertionError as error:
        violation = f"{error}" or "a check of the simulation's own"
    except Exception as error:  # noqa: BLE001 - an accident of the engine is a finding, too
        violation = f"{type(error).__name__}: {error}"
    counts = Counter(STATISTICS)
    counts.subtract(before)
    counts += Counter({"schedules": 1, "checks of membership": company.checked})
    counts += Counter({"of these masked": company.masked})
    return Played(counts, _trace(company), _public(company), violation)


def played_apart(schedule):
    """Play a schedule in two worlds that differ in private values and in nothing else."""
    one, other = play(schedule), play(schedule, secret=" and more")
    one.counts["worlds played apart"] += 1
    if one.public != other.public and not one.violation:
        return replace(one, violation="S6 what is private changes what others see")
    return one


def _as_given(arguments):
    if "storm" not in arguments:
        return arguments
    storm = arguments["storm"]
    faults = {
        int(at): (Fault[name], number) for at, (name, number) in storm.get("faults", {}).items()
    }
    cuts = {int(at): value for at, value in storm.get("cuts", {}).items()}
    return arguments | {"storm": Storm(faults=faults, cuts=cuts)}


WRITTEN = {
    **dict.fromkeys(("contacts", "history", "links", "holds", "dirty_links"), "*"),
    "run_steps": "serial, run_id, act, contact_id, body",  # images are sealed, each time anew
}


OPEN = {
    **dict.fromkeys(("contacts", "history", "feed", "holds", "tombstones", "ended_links"), "*"),
    "links": "id, spoke_id, contact_id, item, mark, hub_version, owned, number, state, adopted",
    "dirty_links": "spoke_id, contact_id, number",
    "run_steps": "serial, run_id, act, contact_id, spoke_id, at",
    "runs": "*",
}
"""What is written down for others: versions of a server's own may follow from all it holds."""


def _trace(company):
    return _digest(company, WRITTEN, lambda one: (one.version, one.mark, one.contact))


def _public(company):
    return _digest(company, OPEN, lambda one: (one.mark, one.contact.but(note="", spouse="")))


def _digest(company, tables, seen_as):
    seen = sha256()
    for name, place in company.books.items():
        past = [(at, id, one and seen_as(one)) for at, id, one in place.past]
        seen.update(repr((name, past)).encode())
    for table, columns in tables.items():
        seen.update(repr(company.query(f"select {columns} from {table}")).encode())
    return seen.hexdigest()


# ---------------------------------------------------------------- making it small


def smaller(schedule, violation):
    """A part of a schedule that breaks the same promise, and no act can be left out of it.

    The promise is named by the first word of the violation. What comes out is the
    schedule and how it is broken.
    """
    promise, acts, size = violation.split(" ")[0], list(schedule.acts), len(schedule.acts)
    while size:
        place, changed = 0, False
        while place < len(acts):
            shorter = acts[:place] + acts[place + size :]
            found = play(replace(schedule, acts=shorter)).violation
            if found.split(" ")[0] == promise:
                acts, violation, changed = shorter, found, True
            else:
                place += size
        size = size if changed and size == 1 else size // 2
    return replace(schedule, acts=acts), violation
