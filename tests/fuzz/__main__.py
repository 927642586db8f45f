"""Hunt for inputs that a reader can't bear: `make fuzz READER=vcard SECONDS=900`.

What the hunts find, and the inputs they learned from, stay in .data/fuzz; the next hunt begins
with them. A finding that is mended goes to tests/fuzz/corpus, where every test run replays it.
"""

import json
import re
import subprocess
import sys
import time
from pathlib import Path

from readers import CORPUS, READERS

HERE = Path(__file__).parent
WORK = HERE.parents[1] / ".data" / "fuzz"
COLUMNS = "{:<11}{:>11}{:>10}{:>8}{:>26}{:>10}"
HEAD = ("reader", "inputs", "coverage", "corpus", "slowest input", "findings")


def hunted(name: str, seconds: int) -> tuple[str, ...]:
    """A row of the table, after so many seconds of hunting; a hunt that died begins again."""
    place = WORK / name
    for folder in ("findings", "corpus"):
        (place / folder).mkdir(parents=True, exist_ok=True)
    (CORPUS / name).mkdir(parents=True, exist_ok=True)
    executed, slowest, coverage, over = 0, (0.0, 0), 0, time.monotonic() + seconds
    while (left := int(over - time.monotonic())) > 0:
        code, log = hunt(name, left, place)
        state = json.loads((place / "state.json").read_text(encoding="utf-8"))
        executed += state["executed"]
        slowest = max(slowest, (state["seconds"], state["bytes"]))
        coverage = max([coverage, *map(int, re.findall(r"cov: (\d+)", log))])
        if not executed:
            sys.exit(f"The hunt for {name} can't begin:\n{log[-2000:]}")
        if code and left < 5:  # too little is left to begin again
            break
    corpus = len(list((place / "corpus").iterdir()))
    return (
        name, f"{executed:,}", f"{coverage:,}", f"{corpus:,}",
        f"{slowest[0]:.3f} s for {slowest[1]:,} B", str(len(findings(name))),
    )  # fmt: skip


def hunt(name: str, seconds: int, place: Path) -> tuple[int, str]:
    """How one process of a hunt ended, and what it said."""
    (place / "state.json").write_text('{"executed": 0, "seconds": 0, "bytes": 0}')
    log = place / "log.txt"
    with log.open("w", encoding="utf-8") as said:
        command = [sys.executable, str(HERE / "hunting.py"), name, str(seconds), str(place)]
        code = subprocess.run(command, stdout=said, stderr=said, check=False).returncode
    return code, log.read_text(encoding="utf-8", errors="replace")


def findings(name: str) -> list[Path]:
    """The inputs that a reader did not bear; what was only slow, the table shows."""
    found = sorted((WORK / name / "findings").iterdir())
    return [one for one in found if one.suffix != ".txt" and not one.name.startswith("slow-unit")]


def main(wanted: str, seconds: str) -> int:
    names = wanted.split() or list(READERS)
    rows = []
    for name in names:
        rows.append(hunted(name, int(seconds)))
        print(COLUMNS.format(*rows[-1]), flush=True)
    print("\n" + "\n".join(COLUMNS.format(*row) for row in (HEAD, *rows)))
    found = [one for name in names for one in findings(name)]
    print(*(f"FOUND {one}" for one in found), sep="\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
