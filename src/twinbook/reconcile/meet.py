"""Two records turn out to be one person: what each may learn from the other.

`join` is for links that Twinbook makes by itself. It shares nothing: values of the
hub fill what is empty in the book, and nothing goes up (rule 0.1). `introduce` is for
a link that a person asked for, or that had existed before (rule F5).
"""

from dataclasses import replace
from typing import Any

from twinbook.model.contact import EMPTY
from twinbook.model.fields import BY_NAME, FIELDS, in_unit
from twinbook.model.link import NOTHING_YET, Half
from twinbook.model.pair import Pair, Side
from twinbook.model.plan import Edit, Hold
from twinbook.model.policy import Drift, FirstMeeting, Winner
from twinbook.model.record import Record
from twinbook.reconcile.merge import Merged, merge
from twinbook.reconcile.normal import as_text, is_empty, same
from twinbook.reconcile.project import is_private, project, travelling
from twinbook.reconcile.terms import Terms


def join(seen: Pair[Record], terms: Terms) -> Merged:
    """An automatic link: empty fields of the book are filled, nothing else is written."""
    offered = project(seen.hub.contact, Side.SPOKE, terms)
    changes: dict[str, Any] = {
        name: value
        for name in travelling(Side.SPOKE, terms)
        if _is_free(name, seen) and not is_empty(value := getattr(offered, name))
    }
    return Merged(
        wanted=Pair(seen.hub.contact, seen.spoke.contact.but(**changes)),
        fields=Pair(frozenset(), frozenset(changes)),
        owned=already_own(seen.spoke, terms),
        edits=tuple(
            Edit(Side.SPOKE, name, "", as_text(name, changes[name])) for name in sorted(changes)
        ),
    )


def introduce(seen: Pair[Record], terms: Terms, topic: str) -> Merged:
    """A link by a person's wish: each side fills what the other lacks; sets are united.

    Where both say something different, the policy `first_meeting` decides, and what
    gives way is logged.
    """
    winner = _WINNERS[terms.policy.first_meeting]
    # What the book has of its own was typed before anybody could know of a rule against it.
    meeting = terms.policy.but(winners={row.name: winner for row in FIELDS}, drift=Drift.IGNORE)
    base = Pair(NOTHING_YET, Half(contact=EMPTY, seals=seen.spoke.seals))
    return merge(
        base,
        seen,
        replace(terms, policy=meeting),
        topic=topic,
        owned=already_own(seen.spoke, terms),
    )


def _is_free(name: str, seen: Pair[Record]) -> bool:
    """Whether the book says nothing in a field, nor anything that its value would contradict."""
    item, row = seen.spoke, BY_NAME[name]
    if name in item.seals or not is_empty(getattr(item.contact, name)):
        return False
    if row.derived and item.contact.derived_name:
        return False
    names = in_unit(row.unit) if row.unit else ()
    parts = [(one, getattr(seen.hub.contact, one), getattr(item.contact, one)) for one in names]
    return all(same(one, hub, spoke) for one, hub, spoke in parts if hub and spoke)


def waits(merged: Merged) -> tuple[Hold, ...]:
    """The questions of a first meeting, answered ones too, while one of them is open.

    Two records are not linked before: an answer given here must decide here.
    """
    return (*merged.holds, *merged.answered) if merged.holds else ()


def already_own(record: Record, terms: Terms) -> frozenset[str]:
    """The private fields in which the user had written something before the two met."""
    return frozenset(name for name in record.seals if is_private(name, terms))


_WINNERS = {
    FirstMeeting.HUB: Winner.HUB,
    FirstMeeting.SPOKE: Winner.SPOKE,
    FirstMeeting.ASK: Winner.ASK,
}
