"""All that happens in one small world, drawn from one seed (T4).

SCHEDULE   a kind of world, its rules, and a list of acts. Two draws of a seed are equal.
SWARM      each schedule draws which acts and faults it knows at all, and how often they
           come: most defects need few kinds, and many of them.
"""

import json
import random
from dataclasses import asdict, dataclass

from company import Rules
from ledger import EDITED, TEXTS
from people import BOOKS
from remotes import Server
from weather import Fault

from twinbook.model.policy import (
    Direction,
    Drift,
    FirstMeeting,
    OnBookRemoval,
    OnDeleteAgainstEdit,
    OnExit,
    OnInactive,
    Winner,
)

NAMES = (*TEXTS, "phones", "phones", "emails", *EDITED)
USERS = ("ann", "bob")
PLEASANT = (Fault.USER, Fault.HUB, Fault.OTHER)
POLICIES = {
    "on_book_removal": (OnBookRemoval.ASK, OnBookRemoval.RECREATE, OnBookRemoval.DEACTIVATE),
    "on_exit": (OnExit.KEEP, OnExit.FREEZE),
    "on_inactive": (OnInactive.FREEZE, OnInactive.MARK),
    "on_delete_against_edit": tuple(OnDeleteAgainstEdit),
    "drift": (Drift.REVERT,),
    "first_meeting": tuple(FirstMeeting),
}


@dataclass(frozen=True)
class Kind:
    """One kind of world: what its places are like, and what may go wrong."""

    faults: tuple = tuple(Fault)
    models: tuple = ("plain", "folder")
    books: tuple = (("ann", "bob"),)  #: which books there may be
    policies: bool = False
    backups: bool = False
    skew: bool = False


TWO_OF_ONE = (("ann", "bob"), ("ann", "bob", "pad"))
KINDS = {
    "peaceful": Kind(faults=PLEASANT, books=TWO_OF_ONE, policies=True, skew=True),
    "stormy": Kind(books=TWO_OF_ONE, skew=True),
    "lagging": Kind(models=("plain", "lagging", "google")),
    "distant": Kind(models=("plain", "carddav", "graph", "exchange")),
    "restoring": Kind(backups=True),
    "outside": Kind(books=(("ann", "crm"), ("bob", "crm"), ("ann", "bob", "crm"))),
}


@dataclass(frozen=True)
class Schedule:
    """What happens in one world. Plain values: it is kept as JSON."""

    kind: str
    servers: dict
    models: dict
    policy: dict
    tight: bool
    small: bool
    skew: float
    acts: list

    def rules(self):
        """What the company of this schedule is like."""
        policy = {
            name: next(one for one in POLICIES[name] if one.value == value)
            for name, value in self.policy.items()
        }
        servers = {book: Server[name] for book, name in self.servers.items()}
        return Rules(servers, self.models, policy, self.tight, self.small, self.skew)


def load(text):
    """A schedule as it was kept."""
    return Schedule(**json.loads(text))


def dump(schedule):
    """A schedule as it is kept: an act a line."""
    told = asdict(schedule)
    acts = ",\n".join(f"  {json.dumps(one)}" for one in told.pop("acts"))
    return f'{json.dumps(told)[:-1]}, "acts": [\n{acts}\n]}}\n'


# ---------------------------------------------------------------- drawing


def draw(seed):
    """The schedule of a seed."""
    chance = random.Random(seed)
    name = chance.choice(tuple(KINDS))
    kind = KINDS[name]
    books = chance.choice(kind.books)
    policy = {}
    if kind.policies:
        policy = {
            rule: chance.choice(values).value
            for rule, values in POLICIES.items()
            if chance.random() < 0.3
        }
    swarm = Swarm(chance, kind)
    return Schedule(
        kind=name,
        servers={book: chance.choice(tuple(Server)).name for book in books},
        models={book: chance.choice(kind.models) for book in books},
        policy=policy,
        tight=chance.random() < 0.5,
        small=chance.random() < 0.2,
        skew=chance.choice((0.0, 3600.0, -3600.0)) if kind.skew else 0.0,
        acts=[swarm.act() for _ in range(chance.randint(8, 40))],
    )


class Swarm:
    """What one schedule knows of all that can happen, and how often."""

    def __init__(self, chance, kind):
        self.chance = chance
        self.faults = [one for one in kind.faults if chance.random() < 0.5] or [kind.faults[0]]
        self.calm = chance.choice((0.0, 0.3, 0.7))  #: the share of cycles without a fault
        known = [one for one in DRAWN if kind.backups or one not in BACKUPS]
        rates = {one: chance.choice((0, 1, 1, 3)) for one in known}
        rates |= {"sync_in_a_storm": 12, "edit_in_the_hub": 2, "edit_in_a_book": 2}
        self.names, self.rates = list(rates), list(rates.values())

    def act(self):
        """One act: its name and its arguments."""
        (name,) = self.chance.choices(self.names, self.rates)
        return [name, DRAWN[name](self)]

    def number(self, below=1024):
        return self.chance.randrange(below)

    def book(self):
        return self.chance.choice(tuple(BOOKS))

    def one(self, several):
        return self.chance.choice(tuple(several))

    def storm(self):
        """A few faults among the first requests of a cycle, and perhaps a cut at a commit."""
        if self.chance.random() < self.calm:
            return {}
        faults = {
            str(self.early(13)): [self.one(self.faults).name, self.number()]
            for _ in range(self.chance.randint(1, 4))
        }
        if Fault.CRASH in self.faults and self.chance.random() < 0.3:
            return {"faults": faults, "cuts": {str(self.early(15)): self.chance.random() < 0.5}}
        return {"faults": faults}

    def early(self, below):
        """One of the first, more often than a later one: most cycles are short."""
        return int(below * self.chance.random() ** 3)


def _book_and_pick(swarm):
    return {"book": swarm.book(), "pick": swarm.number(12)}


def _book(swarm):
    return {"book": swarm.book()}


DRAWN = {
    "enter": lambda s: {"number": s.number(), "user": s.one(USERS)},
    "edit_in_the_hub": lambda s: {"pick": s.number(12), "name": s.one(NAMES), "number": s.number()},
    "give_away": lambda s: {"pick": s.number(12), "user": s.one(USERS)},
    "switch": lambda s: {"pick": s.number(12), "on": s.chance.random() < 0.5},
    "delete": lambda s: {"pick": s.number(12)},
    "merge": lambda s: {"one": s.number(12), "other": s.number(12)},
    "edit_in_a_book": lambda s: _book_and_pick(s) | {"name": s.one(NAMES), "number": s.number()},
    "remove_from_a_book": _book_and_pick,
    "keep_somebody_personal": lambda s: (
        _book(s) | {"number": s.number(), "like": s.one((None, s.number(12)))}
    ),
    "tag": _book_and_pick,
    "untag": _book_and_pick,
    "rename": _book_and_pick,
    "change_scope": lambda s: _book(s) | {"scope": s.one(("visible", "mine"))},
    "change_winner": lambda s: {"name": s.one((*TEXTS, "phones")), "winner": s.one(Winner).value},
    "change_direction": lambda s: {"name": s.one(TEXTS), "way": s.one(tuple(Direction)[:4]).value},
    "answer": lambda s: {"pick": s.number(12), "number": s.number()},
    "wait": lambda s: {"seconds": s.one((1, 5, 30, 100_000))},
    "move_mailbox": _book,
    "merge_in_a_book": lambda s: _book(s) | {"one": s.number(12), "other": s.number(12)},
    "upgrade": lambda s: _book(s) | {"server": s.one(Server).name},
    "lose_the_cursor": _book,
    "sync": _book,
    "sync_as_foreseen": _book,
    "sync_in_a_storm": lambda s: _book(s) | {"storm": s.storm(), "lag": s.one((0.0, 3.0, 10.0))},
    "back_up": _book,
    "restore": _book,
    "back_up_the_house": lambda s: {},
    "restore_the_house": lambda s: {},
}
BACKUPS = ("back_up", "restore", "back_up_the_house", "restore_the_house")
