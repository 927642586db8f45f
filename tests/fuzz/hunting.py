"""One reader in a process of its own, fed by a fuzzer that sees which lines an input reaches.

What an input must not do is noted, and the hunt goes on: each place in the code that fails
keeps the shortest input that shows it. A hang or too much memory ends the process; then the
fuzzer itself keeps the input.
"""

import json
import sys
import time
import traceback
import warnings
from pathlib import Path

LONGEST = 1 << 14  #: bytes of an input
HANG = 30  #: seconds for one input
MEMORY = 2048  #: MB
SEEN = ("twinbook", "email._parseaddr", "email.utils", "httpx2._auth")  #: whose lines are counted


class Hunt:
    """What was found in the inputs of one reader so far, noted in a file now and then."""

    def __init__(self, check, place: Path):
        self.check, self.place = check, place
        self.executed, self.slowest, self.of_bytes, self.noted = 0, 0.0, 0, 0.0

    def __call__(self, data: bytes) -> None:
        begun = time.process_time()
        try:
            self.check(data)
        except Exception as error:  # noqa: BLE001 - whatever it is, it is a finding
            self.keep(error, data)
        seconds = time.process_time() - begun
        self.executed += 1
        if seconds > self.slowest:
            self.slowest, self.of_bytes = seconds, len(data)
        if time.monotonic() > self.noted + 1:
            self.note()

    def keep(self, error: Exception, data: bytes) -> None:
        deepest = traceback.extract_tb(error.__traceback__)[-1]
        name = f"{type(error).__name__}-{Path(deepest.filename).stem}-{deepest.lineno}"
        file = self.place / "findings" / name
        if not file.exists() or len(data) < file.stat().st_size:
            file.write_bytes(data)
            told = "".join(traceback.format_exception(error))
            file.with_name(f"{name}.txt").write_text(told, encoding="utf-8", errors="replace")

    def note(self) -> None:
        self.noted = time.monotonic()
        state = {"executed": self.executed, "seconds": self.slowest, "bytes": self.of_bytes}
        (self.place / "state.json").write_text(json.dumps(state), encoding="utf-8")


def quoted(word: str) -> str:
    """A word as the fuzzer's dictionary spells it."""
    return '"' + "".join(f"\\x{octet:02x}" for octet in word.encode()) + '"'


def main(name: str, seconds: str, place: str) -> None:
    import atheris  # noqa: PLC0415 - only who hunts has it

    warnings.simplefilter("error")
    with atheris.instrument_imports(include=list(SEEN)):
        from readers import CORPUS, READERS  # noqa: PLC0415 - as it is imported, it is watched

    reader, folder = READERS[name], Path(place)
    words = folder / "words"
    # A dictionary without a word is an error to the fuzzer.
    words.write_text("\n".join(map(quoted, reader.words or ("{",))), encoding="ascii")
    given = {one.parent for one in reader.samples} | {CORPUS / name}
    options = {
        "max_total_time": seconds, "max_len": LONGEST, "timeout": HANG, "rss_limit_mb": MEMORY,
        "dict": words, "artifact_prefix": f"{folder}/findings/", "print_final_stats": 1,
        "reload": 0,
    }  # fmt: skip
    told = [f"-{option}={value}" for option, value in options.items()]
    folders = [str(folder / "corpus"), *map(str, sorted(given))]
    atheris.Setup([sys.argv[0], *told, *folders], Hunt(reader.check, folder))
    atheris.Fuzz()


if __name__ == "__main__":
    main(*sys.argv[1:])
