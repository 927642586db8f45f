"""A table and a mapping as people: one after the other, with what was left out of each."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import msgspec

from twinbook.formats.tables import dates
from twinbook.formats.tables.mapping import Column, Mapping
from twinbook.formats.tables.people import Put, contact_of, is_active, laid, put_for
from twinbook.formats.tables.table import Problem, Row, Table
from twinbook.formats.tables.targets import Target, target
from twinbook.model.contact import EMPTY, Contact
from twinbook.model.errors import Invalid


@dataclass(frozen=True, slots=True)
class Entry:
    """A person of a file, and what the row says beside."""

    line: int
    contact: Contact
    account: str = ""  #: the company in the sense of the other CRM
    owner: str = ""  #: the user to whom it belonged there
    foreign_id: str = ""  #: the other system's id of the record
    active: bool | None = None  #: None where the file does not say
    extra: tuple[tuple[str, str], ...] = ()  #: headers and values that are no field of a contact


def entries(table: Table, mapping: Mapping) -> Iterator[Entry | Problem]:
    """Every person of a table, and a problem for each row, and each value, that is left out.

    The problems of a row's values come before its person. Raises Invalid if the mapping names
    a column that is not there.
    """
    columns = _columns(table.header, mapping)
    plan = _plan(columns, _orders(table, columns))
    for row in table.rows():
        if isinstance(row, Problem):
            yield row
        else:
            yield from _entry(row, plan)


def _entry(row: Row, plan: Sequence[tuple[int, Put]]) -> Iterator[Entry | Problem]:
    found = laid(row.cells, plan)
    person = contact_of(found)
    extra = list(found.extra)
    if "extras" in found.around:
        extra += _extras(found.around["extras"])
    for reason in found.reasons:
        yield Problem(row.line, reason, partial=True)
    if person == EMPTY:
        yield Problem(row.line, "It says nothing about a person.")
        return
    yield Entry(
        row.line,
        person,
        found.around.get("account", ""),
        found.around.get("owner", ""),
        found.around.get("id", ""),
        is_active(found),
        tuple(extra),
    )


def _columns(header: Sequence[str], mapping: Mapping) -> list[Column]:
    """The column of the mapping for each of the table; what it does not name is extra."""
    named: dict[tuple[str, int], Column] = {}
    seen: Counter[str] = Counter()
    for column in mapping.columns:
        named[column.header, seen[column.header]] = column
        seen[column.header] += 1
    there: Counter[str] = Counter()
    columns = []
    for one in header:
        columns.append(named.pop((one, there[one]), Column(one, "extra")))
        there[one] += 1
    missing = next((one for one in named.values() if one.target != "skip"), None)
    if missing is not None:
        raise Invalid(
            f"The mapping names a column {missing.header!r}, and the file has none of that name. "
            "Take it out of the mapping, or give the file that it was made for."
        )
    return columns


def _plan(columns: Sequence[Column], orders: Sequence[dates.Order | None]) -> list[tuple[int, Put]]:
    """What is done with each column of which something is kept."""
    seen: Counter[Target] = Counter()
    plan = []
    for index, (column, order) in enumerate(zip(columns, orders, strict=True)):
        what = target(column.target)
        seen[what] += 1
        put = put_for(column.header, what, seen[what], order)
        if put is not None:
            plan.append((index, put))
    return plan


def _orders(table: Table, columns: Sequence[Column]) -> list[dates.Order | None]:
    """In which order each column writes its days, None where nothing tells it.

    All days of a column are looked at. Where they leave it open, another column decides: one
    program wrote both.
    """
    targets = [target(column.target) for column in columns]
    orders: list[dates.Order | None] = [
        dates.Order(one.part) if one.part in ("dmy", "mdy") else None for one in targets
    ]
    open_ = {
        index: dates.Evidence()
        for index, one in enumerate(targets)
        if one.field in ("birthday", "anniversary") and not one.part
    }
    if not open_:
        return orders
    for row in table.rows():
        if isinstance(row, Row):
            for index, evidence in open_.items():
                if cell := row.cells[index]:
                    evidence.look(cell)
    told = {one.order for one in open_.values()} - {None}
    shared = next(iter(told)) if len(told) == 1 else None
    for index, evidence in open_.items():
        contradicts = evidence.day_first and evidence.month_first
        orders[index] = evidence.order or (None if contradicts else shared)
    return orders


def _extras(text: str) -> list[tuple[str, str]]:
    """The pairs that `write_table` wrote, or the text itself where it is something else."""
    try:
        return _pairs.decode(text)
    except (msgspec.MsgspecError, RecursionError, UnicodeEncodeError):
        return [("extra", text)]


_pairs = msgspec.json.Decoder(list[tuple[str, str]])
