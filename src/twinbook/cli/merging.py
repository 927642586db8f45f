"""What is to become one contact: from words, or from all pairs above a score."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from twinbook.cli.finding import SHORT
from twinbook.cli.output import counted

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from twinbook.crm.duplicates import Pair
    from twinbook.model.ids import RecordId
    from twinbook.model.record import Record
    from twinbook.model.rights import Rights

BETWEEN = "="  #: joins the ids of a pair


@dataclass(frozen=True, slots=True)
class Plan:
    """Groups of which the first contact stays, and what is left out, with the reason."""

    groups: "Sequence[Sequence[Record]]"
    pairs: "Sequence[Pair]" = ()
    left_out: Sequence[tuple[str, str]] = ()  #: a pair, and why


def contacts_of(connection: "Connection", rights: "Rights", words: Sequence[str]) -> "list[Record]":
    """The contacts that words mean, of a pair both. Raises NotFound, Ambiguous."""
    from twinbook.cli import finding

    parts = [part for word in words for part in _parts(word)]
    return [finding.contact(connection, part, rights) for part in parts]


def _parts(word: str) -> Sequence[str]:
    one, between, other = word.partition(BETWEEN)
    return (one, other) if between and one and other else (word,)


def named(connection: "Connection", rights: "Rights", words: Sequence[str]) -> Plan:
    """What the words of a command want: one group for each pair, or one of all contacts.

    Raises Invalid for one contact alone, NotFound, Ambiguous.
    """
    from twinbook.model.errors import Invalid

    pairs = [word for word in words if len(_parts(word)) > 1]
    if pairs and len(pairs) < len(words):
        raise Invalid("Name either pairs or contacts, not both at once.")
    asked = [[word] for word in pairs] or [list(words)]
    groups = [contacts_of(connection, rights, each) for each in asked]
    if any(len({one.id for one in group}) < len(group) or len(group) == 1 for group in groups):
        raise Invalid("A contact can't be merged with itself. Name two of them.")
    return Plan(_together(groups))


def _together(groups: "Sequence[Sequence[Record]]") -> "Sequence[Sequence[Record]]":
    """The same groups, those with a contact in common as one."""
    found: list[dict[RecordId, Record]] = []
    for group in groups:
        mine = {one.id: one for one in group}
        for other in [it for it in found if not mine.keys().isdisjoint(it)]:
            found.remove(other)
            mine = other | mine
        found.append(mine)
    return [list(group.values()) for group in found]


def above(connection: "Connection", rights: "Rights", least: int) -> Plan:
    """All pairs of a score or more that this user may merge.

    A contact joins a group only if nothing contradicts it to anybody there.
    """
    from twinbook.crm import duplicates
    from twinbook.reconcile.grouping import grouped

    visible = list(duplicates.found(connection, rights, least))
    pairs = [one for one in visible if _may_dispose(rights, one)]
    others = [one for one in visible if not _may_dispose(rights, one)]
    records = {it.id: it for one in pairs for it in (one.kept, one.other)}
    told = duplicates.said(connection)

    def may_join(one: "RecordId", other: "RecordId") -> bool:
        asked = [(records[one], records[other])]
        (judged,) = duplicates.judged(connection, asked, rights)
        return judged.ids not in told and not judged.likeness.is_contradicted

    groups, contradicted = grouped([one.ids for one in pairs], may_join)
    left_out = [(_pair(one.kept.id, one.other.id), "only their owner may merge them")
                for one in others]  # fmt: skip
    left_out += [
        (_pair(*ids), "something contradicts it in the contacts that they would be part of")
        for ids in contradicted
    ]
    fullest = [_fullest_first([records[id] for id in group]) for group in groups]
    return Plan(fullest, pairs, left_out)


def _may_dispose(rights: "Rights", pair: "Pair") -> bool:
    owners = [one.business.owner if one.business else None for one in (pair.kept, pair.other)]
    return all(rights.disposes_of(owner) for owner in owners)


def _fullest_first(group: "list[Record]") -> "list[Record]":
    from twinbook.crm.duplicates import fullness

    kept = max(group, key=fullness)
    return [kept, *(one for one in group if one is not kept)]


def check(connection: "Connection", rights: "Rights", group: "Sequence[Record]") -> None:
    """Raises NotAllowed unless the user may merge all of them, Invalid if two are apart."""
    from twinbook.crm import access, duplicates

    for one in group:
        access.check_dispose(rights, one)
    duplicates.check_together(connection, group)


def lines(plan: Plan) -> Iterator[str]:
    """The plan in words."""
    if not plan.groups:
        yield "There is nothing to merge."
    scores = {one.ids: one for one in plan.pairs}
    for kept, *others in plan.groups:
        for one in others:
            yield f"{_called(one)} → {_called(kept)}{_why(scores, kept, one)}"
    for pair, reason in plan.left_out:
        yield f"Left out: {pair}: {reason}."
    if plan.pairs:
        joining = sum(len(group) - 1 for group in plan.groups)
        yield f"{counted(joining, 'contact')} in {counted(len(plan.groups), 'group')}."


def _why(scores: "dict[tuple[RecordId, RecordId], Pair]", kept: "Record", one: "Record") -> str:
    from twinbook.reconcile.grouping import key_of

    pair = scores.get(key_of(kept.id, one.id))
    return f" ({pair.likeness.score}: {pair.likeness.reasons})" if pair else ""


def _called(one: "Record") -> str:
    return f"{one.contact.name} ({one.id[:SHORT]})"


def _pair(one: str, other: str) -> str:
    return f"{one[:SHORT]}{BETWEEN}{other[:SHORT]}"


def as_data(plan: Plan, rights: "Rights") -> dict[str, Any]:
    """The plan for --json."""
    from twinbook.cli.showing import visible

    return {
        "groups": [
            [{"id": one.id, "name": visible(one, rights).name} for one in group]
            for group in plan.groups
        ],
        "left_out": [{"pair": pair, "reason": reason} for pair, reason in plan.left_out],
    }
