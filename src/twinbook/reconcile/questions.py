"""What a merge asks a person, and what was answered."""

import hashlib

from twinbook.model.fields import BY_NAME, Unit, in_unit
from twinbook.model.pair import Pair, Side
from twinbook.model.plan import Choice, Hold, Question
from twinbook.reconcile.discreet import told
from twinbook.reconcile.facts import Facts
from twinbook.reconcile.winners import Units

EITHER = (
    Choice("hub", "everybody keeps the value of the CRM"),
    Choice("spoke", "the value from the address book goes to everybody"),
)
PERMISSION = (
    Choice("drop", "the address book shows the value of the CRM again"),
    Choice("keep", "the value stays in this address book only"),
)
ASKED = {
    Question.FIELD: (
        "The {label} was changed in the CRM and in the address book. Which one stays?",
        EITHER,
    ),
    Question.TRUNCATED: (
        "The address book shows the beginning of the {label} only, and it was edited. What stays?",
        EITHER,
    ),
    Question.PERMISSION: (
        "The {label} was changed in the address book by a user who may not change it.",
        PERMISSION,
    ),
}


class Questions:
    """The questions of one merge. `open` wait for an answer, `answered` have one."""

    def __init__(self, facts: Facts, units: Units, topic: str) -> None:
        self.facts, self.units, self.topic = facts, units, topic
        self.open: dict[str, Hold] = {}
        self.answered: dict[str, Hold] = {}

    def choice(self, name: str, question: Question) -> str | None:
        """What a person chose for a field or its unit, if both sides still show what he saw."""
        hold = self._hold(name, question)
        choice = self.facts.terms.answer(hold.topic, hold.shown)
        if choice is not None:
            self.answered[hold.topic] = hold
        return choice

    def side(self, name: str, question: Question) -> Side | None:
        """The side that a person chose."""
        choice = self.choice(name, question)
        return next((side for side in Side if side.value == choice), None)

    def ask(self, name: str, question: Question) -> None:
        """Put a question about a field, once for a whole unit."""
        hold = self._hold(name, question)
        self.open.setdefault(hold.topic, hold)

    def _hold(self, name: str, question: Question) -> Hold:
        unit = self.units.whole(name)
        subject = f"whole {unit.value}" if unit else name
        texts, (text, choices) = self._texts(unit, name), ASKED[question]
        return Hold(
            question=question,
            topic=f"{self.topic}:{subject}",
            contact=self.facts.seen.hub.id,
            item=self.facts.seen.spoke.id,
            field=name,
            values=texts,
            shown=fingerprint(texts),
            text=text.format(label=unit.value if unit else BY_NAME[name].label),
            choices=choices,
        )

    def _texts(self, unit: Unit | None, name: str) -> Pair[str]:
        """What each side shows of a field or unit, for a person."""
        facts, names = self.facts, in_unit(unit) if unit else (name,)
        return Pair.each(
            lambda side: " ".join(
                text for one in names if (text := told(facts, side, one, facts.now(side, one)))
            )
        )


def fingerprint(texts: Pair[str]) -> str:
    """Identifies what a person was shown, so that an answer to something else is void."""
    return hashlib.sha256(f"{texts.hub}\x00{texts.spoke}".encode()).hexdigest()[:16]
