"""People as rows: the same tables read backwards, and what a file can't hold by them.

A file is UTF-8 with a mark at its beginning (Excel and Outlook tell it by that), with CR LF,
and its cells run nowhere as formulas (`formulas`).
"""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any, Final

import msgspec

from twinbook.formats.tables.entries import Entry
from twinbook.formats.tables.formulas import harmless
from twinbook.formats.tables.holding import columns, shape
from twinbook.formats.tables.labels import RELATIONS, label_of
from twinbook.formats.tables.several import write_several
from twinbook.formats.tables.targets import KINDS, STREETS, WORDS, Target, target
from twinbook.formats.tables.values import TRIPLE, words
from twinbook.model.contact import Address, Contact, Day

_MARK: Final = b"\xef\xbb\xbf"
_AT_ONCE: Final = 1 << 16  #: characters of rows that are given together


def write_table(contacts: Iterable[Entry | Contact], dialect: str) -> Iterator[bytes]:
    """A CSV file with these people, in pieces. Raises Invalid for a dialect that is not written."""
    found = columns(dialect)
    return _written(contacts, dialect, found)


def _written(
    contacts: Iterable[Entry | Contact], dialect: str, found: Sequence[tuple[str, str]]
) -> Iterator[bytes]:
    yield _MARK
    targets, holds = [target(one) for one, _ in found], shape(dialect)
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer)
    writer.writerow([header for _, header in found])
    for one in contacts:
        entry = one if isinstance(one, Entry) else Entry(0, one)
        entry = replace(entry, contact=holds.fit(entry.contact))
        writer.writerow([harmless(cell) for cell in cells(entry, dialect, targets)])
        if buffer.tell() > _AT_ONCE:
            yield buffer.getvalue().encode("utf-8", "replace")
            buffer.seek(0)
            buffer.truncate()
    yield buffer.getvalue().encode("utf-8", "replace")


# ---------------------------------------------------------------- one row


def cells(entry: Entry, dialect: str, targets: Sequence[Target]) -> list[str]:
    """What each column says of a person."""
    left = _left(entry.contact)
    return [_cell(entry, dialect, one, left) for one in targets]


def _left(person: Contact) -> dict[tuple[str, str], list[Any]]:
    """The values of the person that are still to be written, by field and kind."""
    left: dict[tuple[str, str], list[Any]] = {}
    for name in KINDS:
        for one in getattr(person, name):
            left.setdefault((name, ""), []).append(one)
            left.setdefault((name, str(one.kind.value)), []).append(one)
    return left


def _cell(entry: Entry, dialect: str, what: Target, left: dict[tuple[str, str], list[Any]]) -> str:
    person = entry.contact
    match what.field:
        case "account":
            return entry.account or (person.company if dialect != "csv" else "")
        case "owner":
            return entry.owner
        case "id":
            return entry.foreign_id
        case "active":
            return _state(entry.active, what.part)
        case "extras":
            return msgspec.json.encode(entry.extra).decode() if entry.extra else ""
        case "birthday" | "anniversary" as name:
            return _day(getattr(person, name), dialect)
        case "events":
            return _event(person, what)
        case "relations":
            return _relation(person, what)
        case name if name in WORDS:
            return _words(name, getattr(person, name), dialect)
        case name if name in KINDS:
            if dialect == "csv":
                return write_several(name, getattr(person, name))
            return _element(what, left)
        case name:
            return str(getattr(person, name))


def _state(is_active: bool | None, part: str) -> str:  # noqa: FBT001 - None where nobody said
    if is_active is None:
        return ""
    if part:
        return "Active" if is_active else "Inactive"
    return "yes" if is_active else "no"


def _day(day: Day | None, dialect: str) -> str:
    if day is None or (day.year is None and dialect in ("outlook", "dynamics")):
        return ""
    return str(day)


def _words(name: str, values: tuple[str, ...], dialect: str) -> str:
    if dialect == "csv":
        typed = write_several(name, values)
        # A column of words is read with every program's separators, ours or not.
        is_same = words(name, typed) == list(values)
        return typed if is_same else msgspec.json.encode(values).decode()
    if dialect == "google" and values:
        return TRIPLE.join(f"* {one}" for one in values)
    return "; ".join(values)


def _event(person: Contact, what: Target) -> str:
    if person.anniversary is None or what.number > 1:
        return ""
    return "Anniversary" if what.part else str(person.anniversary)


def _relation(person: Contact, what: Target) -> str:
    people = [(name.title(), getattr(person, name)) for name in RELATIONS]
    people += [("Child", one) for one in person.children]
    told = [pair for pair in people if pair[1]]
    if what.number > len(told):
        return ""
    label, name = told[what.number - 1]
    return label if what.part else str(name)


def _element(what: Target, left: dict[tuple[str, str], list[Any]]) -> str:
    """The cell of a value: numbered ones by their number, the others as they are taken up."""
    waiting = left.get((what.field, what.kind), [])
    if what.number:
        one = waiting[what.number - 1] if what.number <= len(waiting) else None
    elif what.field == "addresses":
        one = waiting[0] if waiting else None
    else:
        one = waiting.pop(0) if waiting else None
    if one is None:
        return ""
    if isinstance(one, Address):
        return label_of(one) if what.part == "label" else _part(one, what)
    match what.part:
        case "label":
            return label_of(one)
        case "service":
            return str(one.service)
        case _:
            return str(one.value)


def _part(one: Address, what: Target) -> str:
    # A numbered address has one column for its streets, one with a kind has three.
    if what.part not in STREETS or what.number:
        return str(getattr(one, what.part))
    lines = one.street.split("\n")
    if what.part != STREETS[-1]:
        at = STREETS.index(what.part)
        return lines[at] if at < len(lines) else ""
    return ", ".join(lines[len(STREETS) - 1 :])
