"""Hold what looks like an accident, before any of it is carried out (rule 2.9).

A plan is counted first; what passes a limit becomes one question for a person, and
everything else goes on. Nothing is ever held because of its neighbours.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from twinbook.model.fields import BY_NAME
from twinbook.model.pair import Side
from twinbook.model.plan import Act, Answer, Choice, Drop, Hold, Plan, Question, Step, Tomb
from twinbook.model.policy import Guards

EXAMPLES = 10  # so many contacts are named in a question about a field


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """What a plan would do, in numbers. `known` is how many links the spoke has."""

    known: int = 0
    taken: frozenset[str] = frozenset()  #: contacts whose item its user removed
    dropped: frozenset[str] = frozenset()  #: contacts whose item or record would be removed
    fields: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  #: whose edits go up

    def plus(self, plan: Plan) -> "Tally":
        """This tally with another plan counted in."""
        fields = {name: list(contacts) for name, contacts in self.fields.items()}
        for step in plan.steps:
            for name in _going_up(step):
                fields.setdefault(name, []).append(str(step.contact))
        return replace(
            self,
            taken=self.taken | {str(step.contact) for step in plan.steps if _is_taken(step)},
            dropped=self.dropped | {str(step.contact) for step in plan.steps if _drops(step)},
            fields={name: tuple(contacts) for name, contacts in fields.items()},
        )

    def may_be_an_accident(self) -> bool:
        """Whether there is anything that a limit could be passed by."""
        return bool(self.taken or self.dropped or self.fields)


@dataclass(frozen=True, slots=True, kw_only=True)
class Restraint:
    """What must wait, and the questions that say so."""

    taken: bool = False
    dropped: bool = False
    recreate: bool = False  #: a person said that the removed items are to be put back
    fields: frozenset[str] = frozenset()  #: merge again with these frozen
    holds: tuple[Hold, ...] = ()

    def of(self, plan: Plan) -> Plan:
        """The plan without the steps that must wait."""
        steps = (step for step in plan.steps if not self._stops(step))
        return replace(plan, steps=tuple(self._adjusted(step) for step in steps))

    def _stops(self, step: Step) -> bool:
        waits = bool(self.fields & step.frozen) and step.writes_nothing()
        return waits or (self.taken and _is_taken(step)) or (self.dropped and _drops(step))

    def _adjusted(self, step: Step) -> Step:
        if self.recreate and _is_taken(step):
            return replace(step, tomb=None, reason="to be put back")
        if self.fields & step.frozen:  # the rest of it has to come up again
            return replace(step, again=True)
        return step


def guard(tally: Tally, guards: Guards, answers: Mapping[str, Answer]) -> Restraint:
    """What of a plan must wait for a person, given its numbers."""
    taken = _many(tally.taken, tally.known, guards, _TAKEN)
    dropped = _many(tally.dropped, tally.known, guards, _DROPPED)
    fields = {
        name: _same_field(name, contacts, tally.known)
        for name, contacts in tally.fields.items()
        if not guards.allows_same_field(len(contacts), tally.known)
    }
    waiting = {name: hold for name, hold in fields.items() if chosen(hold, answers) != "apply"}
    # Who was asked about the whole book is not asked about the same removals once more.
    # What is left of many is no longer many, and still what the answer is about.
    meant = _about_all(answers) or _choice(_TAKEN.topic, tally.taken, answers)
    # Where the answer is to wait, the question stays, or the answer would be forgotten with it.
    holds = [taken] if taken is not None and meant is None else []
    if dropped is not None and chosen(dropped, answers) in (None, "wait"):
        holds.append(dropped)
    return Restraint(
        taken=taken is not None and meant is None,
        dropped=dropped is not None and chosen(dropped, answers) != "remove",
        recreate=meant == "recreate",
        fields=frozenset(waiting),
        holds=(*holds, *waiting.values()),
    )


def _about_all(answers: Mapping[str, Answer]) -> str | None:
    """What a person said that the removals mean, who was asked about an emptied book."""
    answer = answers.get("emptied")
    return {"removed": "remove", "recreate": "recreate"}.get(answer.choice) if answer else None


def emptied(known: int, missing: Collection[str], guards: Guards) -> Hold | None:
    """The question to ask when a complete listing lacks far too many of the items there were."""
    listed = known - len(missing)
    shrunk = listed < known * (1 - guards.shrunk_share)
    if known == 0 or (listed > 0 and not shrunk):
        return None
    text = (
        f"The address book shows {listed} of {known} business contacts. That looks like a lost "
        "or unmounted folder, or like half an answer. Nothing was removed."
    )
    return Hold(
        question=Question.EMPTIED,
        topic="emptied",
        shown=_shown(missing),
        text=text,
        choices=(
            Choice("removed", "the user removed them: they stay away, the CRM keeps them"),
            Choice("recreate", "they are put back into the address book"),
        ),
    )


def _is_taken(step: Step) -> bool:
    return step.act is Act.FORGET and step.tomb is Tomb.HIDDEN


def _drops(step: Step) -> bool:
    return step.act is not Act.FOLD and any(isinstance(step.writes[side], Drop) for side in Side)


def _going_up(step: Step) -> Iterable[str]:
    return {edit.field for edit in step.edits if edit.side is Side.HUB and step.link is not None}


@dataclass(frozen=True, slots=True)
class _Removals:
    topic: str
    text: str
    choices: tuple[Choice, ...]


_TAKEN = _Removals(
    "removals:book",
    "{count} of {known} business contacts were removed in the address book since the last time.",
    (
        Choice("remove", "the user meant it: they stay away, the CRM keeps them"),
        Choice("recreate", "they are put back into the address book"),
    ),
)
_DROPPED = _Removals(
    "removals:hub",
    "{count} of {known} business contacts would be removed from the address book, or deactivated.",
    (
        Choice("remove", "that is right: remove them"),
        Choice("wait", "leave them where they are"),
    ),
)


def _many(
    contacts: frozenset[str],
    known: int,
    guards: Guards,
    kind: _Removals,
) -> Hold | None:
    if guards.allows_removals(len(contacts), known):
        return None
    return Hold(
        question=Question.MANY_REMOVALS,
        topic=kind.topic,
        shown=_shown(contacts),
        text=kind.text.format(count=len(contacts), known=known),
        choices=kind.choices,
    )


def _same_field(name: str, contacts: Sequence[str], known: int) -> Hold:
    label = BY_NAME[name].label
    return Hold(
        question=Question.SAME_FIELD,
        topic=f"same-field:{name}",
        field=name,
        shown=_shown(contacts),
        text=(
            f"The field “{label}” was changed on {len(contacts)} of {known} business contacts of "
            "the address book at once. That looks like a program, not like a person. Examples: "
            f"{', '.join(contacts[:EXAMPLES])}."
        ),
        choices=(
            Choice("apply", "the changes are right: they go to the CRM"),
            Choice("wait", "keep the CRM as it is"),
        ),
    )


def chosen(hold: Hold, answers: Mapping[str, Answer]) -> str | None:
    """What a person said to a question about many contacts."""
    return _choice(hold.topic, hold.shown.split(), answers)


def _choice(topic: str, contacts: Collection[str], answers: Mapping[str, Answer]) -> str | None:
    """What a person said who saw these contacts, be it among others that are done by now."""
    answer = answers.get(topic)
    is_seen = answer is not None and set(contacts) <= set(answer.shown.split())
    return answer.choice if answer is not None and is_seen else None


def _shown(contacts: Iterable[str]) -> str:
    return " ".join(sorted(contacts))
