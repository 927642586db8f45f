"""A mapping for any table: by the words of its headers, and by what its values look like."""

import re
from collections.abc import Iterable, Sequence
from functools import cache
from typing import Final

from twinbook.formats.tables import dates
from twinbook.formats.tables.dialects import dialects, plain
from twinbook.formats.tables.mapping import Column, Mapping
from twinbook.formats.tables.table import Problem, Row
from twinbook.formats.tables.vendors import words

LOOKED_AT: Final = 200  #: rows whose values are looked at
_SURE: Final = 0.8  #: so many of a column's values must look alike
_PIECES: Final = re.compile(r"[^\W_]+")
_CAMEL: Final = re.compile(r"(?<=[a-zß-ÿ])(?=[A-ZÀ-Þ])|_")
_MAILBOX: Final = re.compile(r"[^\s@<>]+@[^\s@<>]+\.\w+\Z")
_PAGE: Final = re.compile(r"(?:https?://|www\.)\S+\Z", re.IGNORECASE)
_NUMBER: Final = re.compile(r"[+(]?\d[\d\s()./-]{5,24}\Z")
_DIALLED: Final = re.compile(r"[+(]|0|.*[\s()./-]")
_LONGEST: Final = 200


def propose(header: Sequence[str], rows: Iterable[Row | Problem]) -> Mapping:
    """What each column seems to be. A column that nothing tells is kept as extra.

    Some hundred rows are looked at, no more. A name in one piece is only taken where no
    columns have its parts.
    """
    seen: list[list[str]] = [[] for _ in header]
    for _, row in zip(range(LOOKED_AT), rows, strict=False):
        if isinstance(row, Row):
            for values, cell in zip(seen, row.cells, strict=False):
                if cell.strip():
                    values.append(cell.strip()[:_LONGEST])
    pairs = zip(header, seen, strict=True)
    targets = [_by_words(name) or _by_values(values) or "extra" for name, values in pairs]
    return Mapping(tuple(map(Column, header, _agreed(targets))))


def _agreed(targets: Sequence[str]) -> list[str]:
    """The targets, with one column for each field that holds one text.

    Beside a column of given names, a "Name" is the surname: so German programs call it.
    """
    if "given" in targets and "surname" not in targets:
        targets = ["surname" if one == "full_name" else one for one in targets]
    taken: set[str] = {"full_name"} if {"given", "surname"} & set(targets) else set()
    agreed = []
    for one in targets:
        is_single = one in words.SINGLE_ONES
        agreed.append("extra" if is_single and one in taken else one)
        taken.add(one)
    return agreed


def _by_words(name: str) -> str:
    """The target that the words of a header mean, "" if they mean none."""
    spelled = plain(_CAMEL.sub(" ", name))
    exact = _vocabulary().get(plain(name)) or _vocabulary().get(spelled)
    if exact:
        return exact
    pieces = _PIECES.findall(spelled)[: words.MOST]
    kind = next((words.KINDS[one] for one in pieces if one in words.KINDS), "")
    for noun, field in words.NOUNS:
        if any(one.startswith(noun) if len(noun) > words.SHORT else one == noun for one in pieces):
            return _target(field, kind, pieces)
    return ""


def _target(field: str, kind: str, pieces: Sequence[str]) -> str:
    """The whole target of a noun, with the kind that other words of the header say."""
    if field == "phones":
        is_fax = any(one.startswith(words.FAX) for one in pieces)
        if is_fax:
            return f"phones.{kind if kind in ('work', 'home') else 'work'} fax"
        return f"phones.{kind or 'work'}"
    kind = kind if kind in ("work", "home", "other") else ""
    if field in ("emails", "web_pages"):
        return f"{field}.{kind or ('other' if field == 'emails' else 'work')}"
    if field.startswith("addresses."):
        return f"addresses.{kind or 'work'}.{field.partition('.')[2]}"
    return field


@cache
def _vocabulary() -> dict[str, str]:
    """Every header that some program has, where all agree on what it is."""
    found: dict[str, str] = {plain(name): target for target, names in words.EXACT for name in names}
    for one in dialects():
        for header, targets in one.targets.items():
            target = targets[0]
            # A number belongs to its program's other columns, and says nothing alone.
            if not any(piece.isdigit() for piece in target.split(".")) and target != "skip":
                found.setdefault(header, target)
    return found


def _by_values(values: Sequence[str]) -> str:
    """What a column's values look like, "" if like nothing that is known."""
    if not values:
        return ""
    for pattern, target in ((_MAILBOX, "emails.other"), (_PAGE, "web_pages.work")):
        if _share(values, pattern) >= _SURE:
            return target
    dialled = [one for one in values if _DIALLED.match(one) and not _is_day(one)]
    if len(dialled) >= _SURE * len(values) and _share(dialled, _NUMBER) >= _SURE:
        return "phones.other"
    return ""


def _share(values: Sequence[str], pattern: re.Pattern[str]) -> float:
    return sum(pattern.match(one) is not None for one in values) / len(values)


def _is_day(text: str) -> bool:
    return dates.read(text, dates.Order.DMY) is not dates.Doubt.UNREADABLE
