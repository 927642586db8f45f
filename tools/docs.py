"""Write the tables of the documentation that are made from the program.

python tools/docs.py            write them
python tools/docs.py --check    write nothing; exit status 1 if one is out of date
"""

import sys
from pathlib import Path

from twinbook.model.fields import FIELDS, Field

ROOT = Path(__file__).parent.parent
PAGE = ROOT / "docs" / "replicas" / "fields.md"
BEGIN = "<!-- made from the field table: begin -->\n"
END = "<!-- made from the field table: end -->"

HEAD = """\
| field | what it is | nature | direction | winner | personal | Dataverse columns | row |
|---|---|---|---|---|---|---|---|
"""


def main(arguments: list[str]) -> int:
    """0 if the page is, or was brought, up to date."""
    before = PAGE.read_text(encoding="utf-8")
    after = renewed(before)
    if "--check" in arguments:
        return int(before != after)
    PAGE.write_text(after, encoding="utf-8")
    return 0


def renewed(page: str) -> str:
    """The page with its table made anew."""
    begin, end = page.index(BEGIN) + len(BEGIN), page.index(END)
    return page[:begin] + HEAD + "".join(map(line, FIELDS)) + page[end:]


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


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
