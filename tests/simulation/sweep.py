"""The crash sweep: a script is performed once undisturbed, then again with a crash at each effect.

However the program dies, in the end the world is the same.
"""

from collections import Counter
from dataclasses import dataclass
from enum import Enum
from inspect import isgeneratorfunction, signature

import sqlalchemy as sa
from stage import LATER, NOW, PATIENCE, Stage
from weather import Fault, Storm
from world import World

from twinbook.journal import links, questions
from twinbook.journal.tables import ended, steps, tombstones
from twinbook.model.fields import FIELDS
from twinbook.model.plan import Act
from twinbook.reconcile.normal import as_text

ROUNDS = 6  #: so many at most until all is at rest


class Moment(Enum):
    """At which side of an effect the program dies, in words, and by which fault."""

    BEFORE_COMMIT = ("before a commit", None)
    AFTER_COMMIT = ("after a commit", None)
    BEFORE_READ = ("before a question", (Fault.CRASH, 0))
    AFTER_READ = ("after an answer", (Fault.DIED, 0))
    BEFORE_WRITE = ("before a write", (Fault.CRASH, NOW))
    UNANSWERED = ("after a write, before its answer", (Fault.DIED, NOW))
    UNRECORDED = ("after a write and its answer", (Fault.DIED, LATER))

    @property
    def words(self):
        return self.value[0]


COMMITTING = (Moment.BEFORE_COMMIT, Moment.AFTER_COMMIT)
READING = (Moment.BEFORE_READ, Moment.AFTER_READ)
WRITING = (Moment.BEFORE_WRITE, Moment.UNANSWERED, Moment.UNRECORDED)


@dataclass(frozen=True)
class Death:
    """A crash at one effect of a performance."""

    moment: Moment
    number: int  #: of the commit or the request

    def __str__(self):
        return f"{self.moment.words} (number {self.number})"

    @property
    def storm(self):
        """The weather that brings it about."""
        if self.moment in COMMITTING:
            return Storm(cuts={self.number: self.moment is Moment.AFTER_COMMIT})
        return Storm(faults={self.number: self.moment.value[1]})


def perform(script, scenery, storm=None, *, hasty=False):
    """The stage after a script has come to its end and to rest.

    After a crash the interrupted work is done again at once; where people are hasty, they
    go on first.
    """
    stage = Stage(scenery, storm or Storm())
    for work in script(stage):
        if stage.interrupted:
            stage.catch_up()
        stage.work(work or synchronise)
        if stage.interrupted and not hasty:
            stage.catch_up()
    if stage.interrupted:
        stage.catch_up()
    come_to_rest(stage)
    return stage


def synchronise(stage):
    """Cycle through all books. What keeps from it is no part of any script."""
    outcomes = World.sync(stage)
    for outcome in outcomes:
        assert outcome.trouble is None, outcome.trouble
        assert outcome.report.error is None, outcome.report.error
    return outcomes


def come_to_rest(stage):
    """Synchronise until nothing is written any more."""
    stage.storm = Storm(over=True)
    for _ in range(ROUNDS):
        stage.clock.pass_(PATIENCE)
        reports = [outcome.report for outcome in synchronise(stage)]
        if not any(r.tally or r.postponed or r.waiting or r.unsettled for r in reports):
            break
    else:
        raise AssertionError("L2 it never comes to rest")
    assert stage.open_operations() == []


def deaths(stage):
    """Every crash that the performance of an undisturbed stage could have met."""
    storm, sent = stage.played, set(stage.sent)
    for number in range(storm.commits):
        yield from (Death(moment, number) for moment in COMMITTING)
    for number in range(storm.requests):
        moments = WRITING if number in sent else READING
        yield from (Death(moment, number) for moment in moments)


def scripts_in(*modules):
    """The scripts in some modules, by name: whatever takes the world and nothing else."""
    return {
        name: made
        for module in modules
        for name, made in vars(module).items()
        if isgeneratorfunction(made) and [*signature(made).parameters] == ["world"]
    }


def acts(stage):
    """What the steps of all runs did."""
    with stage.database.read() as c:
        return {Act(word) for word in c.scalars(sa.select(steps.c.act).distinct())}


# ---------------------------------------------------------------- what the world looks like


def view(stage):
    """All that people can see, and what was agreed, without ids and versions, by topic."""
    everybody = {one.id: one for one in stage.everybody()}
    names = {id: one.contact.name for id, one in everybody.items()}
    seen = {"hub": sorted(_hub(stage, one, names) for one in everybody.values())}
    with stage.database.read() as c:
        for name, spoke in stage.spokes.items():
            linked = links.to_contacts(c, spoke.id, list(everybody))
            seen[f"book {name}"] = sorted(_items(stage.books[name], linked, names))
        seen["links that were released"] = sorted(
            (row.spoke_id, names[row.contact_id])
            for row in c.execute(sa.select(ended).where(ended.c.released))
        )
        seen["tombstones"] = sorted(
            (row.user_id, names[row.contact_id], row.why)
            for row in c.execute(sa.select(tombstones))
        )
        seen["questions"] = sorted(map(_question(names), questions.everything(c)))
    seen["history"] = sorted(_history(stage, names))
    return seen


def said(contact):
    """What a contact says, in one line."""
    told = ((row.name, getattr(contact, row.name)) for row in FIELDS)
    return ", ".join(f"{name} {as_text(name, value)!r}" for name, value in told if value)


def _hub(stage, record, names):
    owners = {user.id: name for name, user in stage.users.items()}
    business = record.business
    return (
        said(record.contact),
        owners.get(business.owner),
        business.account_name,
        business.active,
        business.deleted,
        names.get(business.merged_into),
    )


def _history(stage, names):
    """Every entry; a value that gives way is told before each try, so how often does not count."""
    entries = [(name, entry) for id, name in names.items() for entry in stage.history(id)]
    lost = {(name, one.field, one.before, "") for name, one in entries if one.yielded}
    kept = [(name, one.field, one.before, one.after) for name, one in entries if not one.yielded]
    return [*kept, *lost]


def _items(book, linked, names):
    by_item = {link.item: link for link in linked.values()}
    missing = by_item.keys() - book.records.keys()
    yield from ((names[by_item[item].contact], "is missing") for item in missing)
    for id, record in book.records.items():
        link, marked = by_item.get(id), record.mark is not None
        if link is None:
            yield said(record.contact), "personal", marked
        else:
            agreed = [said(half.contact) for half in (link.base.hub, link.base.spoke)]
            rest = (link.state.name, link.adopted, sorted(link.owned), *agreed)
            yield said(record.contact), names[link.contact], marked, *map(str, rest)


def _question(names):
    def told(one):
        hold = one.hold
        contact, choices = names.get(hold.contact, ""), [choice.word for choice in hold.choices]
        values = (hold.values.hub, hold.values.spoke)
        return (one.spoke, hold.question.name, contact, hold.field, *values, str(choices))

    return told


def differences(seen, wanted):
    """What is not as it should be, by topic."""
    found = {}
    for topic in wanted.keys() | seen.keys():
        now, then = Counter(seen.get(topic, ())), Counter(wanted.get(topic, ()))
        if now != then:
            found[topic] = {"more": list(now - then), "less": list(then - now)}
    return found
