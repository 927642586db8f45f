"""Decide a field of several values: what each side should show, and what is asked or logged."""

from dataclasses import dataclass
from typing import Any

from twinbook.model.pair import Pair, Side
from twinbook.model.plan import Lost, Question
from twinbook.model.policy import Direction, Drift
from twinbook.model.shape import part_of
from twinbook.reconcile.discreet import lost_element
from twinbook.reconcile.elements import MergedElements, Rules, merge_elements
from twinbook.reconcile.facts import Facts
from twinbook.reconcile.questions import Questions
from twinbook.reconcile.tracks import Elements, undone
from twinbook.reconcile.winners import by_rule


@dataclass(frozen=True, slots=True)
class Several:
    """The outcome: either what each side should show, or a question."""

    wanted: Pair[Elements]
    lost: tuple[Lost, ...] = ()
    asks: Question | None = None


def decide_elements(facts: Facts, questions: Questions, name: str) -> Several:
    """Merge the elements of a field under the policy and the user's rights."""
    now = Pair.each(lambda side: facts.now(side, name))
    spoke, typed = _without_drift(facts, name, now.spoke)
    shown = now.having(Side.SPOKE, spoke)
    merged = _merged(facts, questions, name, shown)
    if merged.wanted.hub != now.hub and not facts.terms.may_edit(name, facts.seen.hub):
        match questions.choice(name, Question.PERMISSION):
            case "keep":
                merged = _merged(facts, questions, name, shown, up=False)
            case "drop":
                spoke, typed = undone(name, facts.was(Side.SPOKE, name), now.spoke, _any)
                merged = _merged(facts, questions, name, now.having(Side.SPOKE, spoke))
            case _:
                return Several(now, asks=Question.PERMISSION)
    if merged.clash:
        return Several(now, asks=Question.FIELD)
    return Several(merged.wanted, tuple(_entries(facts, name, merged, typed)))


def _merged(
    facts: Facts, questions: Questions, name: str, now: Pair[Elements], *, up: bool = True
) -> MergedElements:
    chosen = questions.side(name, Question.FIELD)
    rules = Rules(
        name,
        lambda side, part: (up or side is Side.SPOKE) and facts.terms.reaches(name, side, part),
        lambda part: chosen or by_rule(facts, name, part),
        adopted=facts.adopted,
    )
    return merge_elements(rules, Pair.each(lambda side: facts.was(side, name)), now)


def _without_drift(facts: Facts, name: str, shown: Elements) -> tuple[Elements, Elements]:
    """What the book shows, and what its user typed of that though it only travels to the book.

    His own categories stay: only those of the company are under the rule `revert`.
    """
    was = facts.was(Side.SPOKE, name)

    def drifts(element: Any) -> bool:
        ours = name != "categories" or element in was
        return ours and facts.terms.direction(name, part_of(name, element)) is Direction.TO_SPOKE

    if facts.terms.policy.drift is Drift.IGNORE:
        return shown, ()
    return undone(name, was, shown, drifts)


def _any(_element: Any) -> bool:
    return True


def _entries(facts: Facts, name: str, merged: MergedElements, typed: Elements) -> list[Lost]:
    lost = [(side, one, False) for side, one in merged.lost]
    lost += [(Side.SPOKE, one, False) for one in typed]
    lost += [(side, one, True) for side, one in merged.outlived]
    return [lost_element(facts, side, name, one, removed=removed) for side, one, removed in lost]
