"""Write the tables of the documentation that are made from the program.

python tools/docs.py            write them
python tools/docs.py --check    write nothing; exit status 1 if one is out of date
"""

import sys
from collections.abc import Callable
from pathlib import Path

from twinbook.formats import jscontact
from twinbook.formats.jscontact.beside import BESIDE
from twinbook.formats.jscontact.mapping import TABLE
from twinbook.model.fields import BY_NAME, FIELDS, Field

ROOT = Path(__file__).parent.parent
REPLICAS = ROOT / "docs" / "replicas"


def main(arguments: list[str]) -> int:
    """0 if all pages are, or were brought, up to date."""
    stale = 0
    for name, tables in PAGES.items():
        page = REPLICAS / name
        before = page.read_text(encoding="utf-8")
        after = before
        for what, table in tables.items():
            after = renewed(after, what, table())
        if "--check" in arguments:
            stale += before != after
        else:
            page.write_text(after, encoding="utf-8")
    return int(stale > 0)


def renewed(page: str, what: str, table: str) -> str:
    """The page with one of its tables made anew."""
    begin, end = f"<!-- made from {what}: begin -->\n", f"<!-- made from {what}: end -->"
    return page[: page.index(begin) + len(begin)] + table + page[page.index(end) :]


# ---------------------------------------------------------------- the field table

HEAD = """\
| field | what it is | nature | direction | winner | personal | Dataverse columns | row |
|---|---|---|---|---|---|---|---|
"""


def field_table() -> str:
    """All fields of a contact."""
    return HEAD + "".join(map(line, FIELDS))


def line(row: Field) -> str:
    """One row of the field table as a line of Markdown."""
    cells = (
        f"`{row.name}`",
        row.label + (", derived" if row.derived else ""),
        row.nature.value,
        row.direction.value,
        row.winner.value,
        "yes" if row.personal else "no",
        columns(row),
        ", ".join(map(str, row.rows)),
    )
    return "| " + " | ".join(cells) + " |\n"


def columns(row: Field) -> str:
    """The columns of a field, by kind where it has kinds; of an address only the first part."""
    by_kind = {
        kind: ", ".join(f"`{name}`" for name in names) for kind, names in row.columns.items()
    }
    if row.name == "addresses":
        by_kind = {kind: f"{names[0].partition('_')[0]}_…" for kind, names in row.columns.items()}
    return "; ".join(f"{kind}: {names}" if kind else names for kind, names in by_kind.items())


# ---------------------------------------------------------------- JSContact


def cards() -> str:
    """Which property of a Card holds which fields."""
    rows = (f"| {one.section} | `{one.property}` | {_labels(one.fields)} | {one.said} |\n"
            for one in TABLE)  # fmt: skip
    return "| section | property | fields | how |\n|---|---|---|---|\n" + "".join(rows)


def beside() -> str:
    """Which fields stand in vCardProps, and when."""
    rows = (
        f"| {BY_NAME[field].label} | `{one.property}` | {one.why} |\n"
        for field, one in BESIDE.items()
    )
    return "| field | property of a vCard | why |\n|---|---|---|\n" + "".join(rows)


def losses() -> str:
    """What each field loses; fields that lose the same stand in one row."""
    together: dict[str, list[str]] = {}
    for field, said in jscontact.losses().items():
        together.setdefault(said, []).append(field)
    rows = (f"| {_labels(fields)} | {said} |\n" for said, fields in together.items())
    return "| fields | what is lost |\n|---|---|\n" + "".join(rows)


def _labels(fields: list[str] | tuple[str, ...]) -> str:
    return ", ".join(BY_NAME[field].label for field in fields)


PAGES: dict[str, dict[str, Callable[[], str]]] = {
    "fields.md": {"the field table": field_table},
    "jscontact.md": {
        "the table of jscontact": cards,
        "the table of what stands beside": beside,
        "the losses of jscontact": losses,
    },
}

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
