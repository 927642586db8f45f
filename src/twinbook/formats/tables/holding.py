"""What each kind of file can hold: its columns, the shape that follows, and what is lost."""

from collections import Counter
from collections.abc import Iterable, Sequence
from functools import cache
from typing import Final

from twinbook.formats.tables import ours
from twinbook.formats.tables.dialects import numbered
from twinbook.formats.tables.labels import RELATIONS
from twinbook.formats.tables.targets import AROUND, KINDS, WORDS, Target, target
from twinbook.formats.tables.vendors import crm, google, outlook
from twinbook.model.contact import ADDRESS_PARTS
from twinbook.model.errors import Invalid
from twinbook.model.fields import BY_NAME, FIELDS, Nature
from twinbook.model.shape import ALL_FIELDS, Shape

WRITTEN: Final = ("csv", "outlook", "google", "dynamics")
_LEFT_OUT: Final = frozenset({"skip", "full_name"})
#: What people who use Outlook's new header have more of than classic Outlook's.
_ADDED: Final = 6
_HELD_BY: Final = {
    "events": ("anniversary",),
    "relations": (*RELATIONS, "children"),
    "account": ("company",),
}


@cache
def columns(dialect: str) -> tuple[tuple[str, str], ...]:
    """The columns (target, header) of a dialect, in order. Raises Invalid for an unknown one."""
    match dialect:
        case "csv":
            return tuple((one, one) for one in ours.COLUMNS)
        case "outlook":
            return _named((*outlook.CLASSIC, *outlook.NEW[:_ADDED]))
        case "google":
            several = (one for field, count in google.WRITTEN for one in numbered(field, count))
            return (*_named(google.PLAIN), *several)
        case "dynamics":
            return _named(crm.DYNAMICS)
        case _:
            known = ", ".join(WRITTEN)
            raise Invalid(f"{dialect!r} is no file that Twinbook writes. Take one of {known}.")


def _named(rows: Iterable[Sequence[str]]) -> tuple[tuple[str, str], ...]:
    return tuple(
        (row[0], row[1])
        for row in rows
        if row[0] not in _LEFT_OUT and not row[0].endswith(".route")
    )


def targets(dialect: str) -> list[Target]:
    """What each column of a dialect is."""
    return [target(one) for one, _ in columns(dialect)]


@cache
def shape(dialect: str) -> Shape:
    """What a file of a dialect can hold of a contact, by its columns."""
    if dialect == "csv":
        return Shape(fields=ALL_FIELDS - {"photo"})
    fields: set[str] = set()
    counted: Counter[str] = Counter()
    kinds: dict[str, set[str]] = {}
    for one in targets(dialect):
        fields.update(_HELD_BY.get(one.field, (one.field,)))
        if one.field not in KINDS:
            continue
        if one.number:
            counted[one.field] = max(counted[one.field], one.number)
        else:
            kinds.setdefault(one.field, set()).add(one.kind)
            counted[f"{one.field}.{one.kind}"] += one.field != "addresses" or one.part == "street"
    if "relations" in {one.field for one in targets(dialect)}:
        counted["children"] = dict(google.WRITTEN)["relations"] - len(RELATIONS)
    return Shape(
        fields=frozenset(fields & ALL_FIELDS),
        at_most=dict(counted),
        parts={name: frozenset(held) for name, held in kinds.items()},
    )


def losses(dialect: str) -> tuple[str, ...]:
    """What a file of a dialect can't hold, in words. Raises Invalid for an unknown dialect."""
    held = shape(dialect)
    lost = [row.label for row in FIELDS if row.name not in held.fields]
    if dialect == "csv":
        return tuple(lost)
    for name, limit in sorted(held.at_most.items()):
        field, _, kind = name.partition(".")
        which = f" ({kind})" if kind else ""
        lost.append(f"{BY_NAME[field].label}{which}: more than {limit}")
    for name in KINDS:
        if name in held.fields:
            lost += _lost_of(name, held, targets(dialect))
    lost += _lost_signs(dialect, held)
    return tuple(lost)


def _lost_of(name: str, held: Shape, all_: Sequence[Target]) -> list[str]:
    label, lost = BY_NAME[name].label, []
    mine = [one for one in all_ if one.field == name]
    if not any(one.part == "label" for one in mine):
        what = "labels and preference" if name in held.parts else "kinds, labels and preference"
        lost.append(f"{label}: {what}")
    else:
        lost.append(f"{label}: the kind of a value that has a label of its own")
    if name in held.parts:
        missing = [one.value for one in KINDS[name] if one.value not in held.parts[name]]
        lost += [f"{label} ({', '.join(missing)})"] if missing else []
    if name == "addresses":
        absent = [part for part in ADDRESS_PARTS if part not in {one.part for one in mine}]
        lost += [f"{label}: {part.replace('_', ' ')}" for part in absent]
        if any(one.part == "street3" for one in mine):
            lost.append(f"{label}: lines of a street beyond the third, as lines")
    if name == "messengers" and not any(one.part == "service" for one in mine):
        lost.append(f"{label}: the service")
    return lost


def _lost_signs(dialect: str, held: Shape) -> list[str]:
    lost = []
    if dialect in ("outlook", "dynamics"):
        lost += [
            f"{row.label} without its year"
            for row in FIELDS
            if row.nature is Nature.DAY and row.name in held.fields
        ]
    lost += [f"{BY_NAME[name].label}: a comma, a semicolon or a line break inside"
             for name in sorted(WORDS) if name in held.fields]  # fmt: skip
    beside = {one.field for one in targets(dialect)} & AROUND
    lost += [f"{one} of the record" for one in ("owner", "active", "id") if one not in beside]
    return lost
