"""`make run`: the sample company, its story, and then you."""

import argparse
import sys
from io import TextIOWrapper
from pathlib import Path

from twinbook.model.errors import TwinbookError
from twinbook.sample import founding, place
from twinbook.sample.staying import Visit
from twinbook.sample.story import Story
from twinbook.sample.telling import Teller, progress
from twinbook.settings import read_settings

DATA = Path(".data/sample")


def main() -> int:
    """The exit status: 0 all well, 1 something went wrong (and was said), 130 interrupted."""
    parser = argparse.ArgumentParser(prog="python -m twinbook.sample", description=__doc__)
    parser.add_argument("--data", type=Path, default=DATA, help="where it lives; made afresh")
    parser.add_argument("--once", action="store_true", help="end after the story")
    chosen = parser.parse_args()
    if isinstance(sys.stdout, TextIOWrapper):
        # Names are in every script; a terminal that lacks some shows a mark instead.
        sys.stdout.reconfigure(errors="replace")
    try:
        run(chosen.data.expanduser(), once=chosen.once)
    except TwinbookError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    except KeyboardInterrupt:
        sys.stderr.write("\nInterrupted. The next start begins afresh.\n")
        return 130
    return 0


def run(data: Path, *, once: bool) -> None:
    """Tell the story in a fresh directory, and stay unless it is to be told once only."""
    # The environment may name somebody's real database: it is not asked here.
    settings = read_settings(data, {})
    teller = Teller()
    with place.fresh(settings.data):
        teller.title("Twinbook: a sample company")
        with progress("Founding the company, and starting two CardDAV servers"):
            opened = founding.found(settings)
        try:
            Story(opened, teller).tell()
            visit = Visit(opened, teller)
            visit.invite()
            if not once:
                visit.stay()
        finally:
            opened.close()


if __name__ == "__main__":
    sys.exit(main())
