"""Write the reference of the command line, made from the program itself.

python tools/cli_docs.py            write it
python tools/cli_docs.py --check    write nothing; exit status 1 if it is out of date
"""

import re
import sys
from pathlib import Path

from twinbook.cli import app

PAGE = Path(__file__).parent.parent / "docs" / "reference" / "cli.md"

HEAD = """\
# The command line

<!-- Made from the program by tools/cli_docs.py; `make docs` makes it anew. -->

Every command takes these options, before or behind its own words:

{options}

**What is printed.** The answer is on standard output, what went wrong and the bars of long work on
standard error. With `--json` the answer is JSON, alone on standard output; an error is
`{{"error": "…"}}` there.

**Exit status.** 0: all is well. 1: something waits for an answer or went wrong, and it was said.
2: wrong usage. 130: interrupted; what was done until then is recorded, and said.

**Names.** A contact is meant by its id, the beginning of its id, its name, one of its mailboxes, or
words of them; a book, a run and a question by their names or the beginnings of their ids. What fits
several is refused, with all it may mean.

**The environment.** `TWINBOOK_DATA` names the data directory, `TWINBOOK_DATABASE` a PostgreSQL
database (`postgresql://USER@HOST/NAME`) in place of SQLite, `TWINBOOK_VAULT` the file of the keys
that passwords are sealed with.
"""

_GROUP = "**Options of every command**:"


def main(arguments: list[str]) -> int:
    """0 if the page is, or was brought, up to date."""
    before = PAGE.read_text(encoding="utf-8") if PAGE.exists() else ""
    after = page()
    if "--check" in arguments:
        return int(before != after)
    PAGE.parent.mkdir(parents=True, exist_ok=True)
    PAGE.write_text(after, encoding="utf-8")
    return 0


def page() -> str:
    """The whole page."""
    whole = app.generate_docs(recursive=True, heading_level=1)
    begin, *commands = whole.split("\n## twinbook ")
    options = begin.partition(_GROUP)[2].strip()
    sections = [_section(text) for text in commands]
    return HEAD.format(options=options) + "\n" + "\n".join(sections).rstrip() + "\n"


def _section(text: str) -> str:
    """One noun or verb, without the options that every command has."""
    text = re.sub(re.escape(_GROUP) + r"\n\n(?:\*.*\n(?: +.*\n)*)+\n?", "", f"## twinbook {text}\n")
    text = re.sub(r"\n\*\*Commands\*\*:\n\n(?:\*.*\n)+", "", text)
    text = re.sub(r"\n{3,}", "\n\n", text.replace("```console", "```"))
    return "\n".join(line.rstrip() for line in text.rstrip().splitlines()) + "\n"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
