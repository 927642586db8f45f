"""What the first sync of a large company costs in time and memory."""

import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks import Row
from benchmarks._company import company, person
from twinbook.crm import contacts
from twinbook.crm.contacts import New
from twinbook.jobs.rounds import synchronise
from twinbook.replicas.folder import FolderReplica

FIRST = 100_000


def run() -> list[Row]:
    """Measured in a process of its own, so that its memory is its own."""
    command = [sys.executable, "-m", "benchmarks.first_sync", str(FIRST)]
    told = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()
    seconds, megabytes, bare = (float(word) for word in told)
    what = f"first sync of {FIRST:,} contacts into a folder"
    memory = Row(what=f"{what}: memory", unit="MB", ours=megabytes, against="the goal", other=300.0)
    against = "writing the same files durably, nothing else"
    return [memory, Row(what=what, unit="s", ours=seconds, against=against, other=bare)]


def first_sync(count: int) -> None:
    """Print the seconds, the peak memory in MB, and the seconds of a bare loop."""
    with company() as house, tempfile.TemporaryDirectory() as folder:
        spoke = house.connect("book", FolderReplica(Path(folder)))
        with house.database.write() as connection:
            new = (New(contact=person(n)) for n in range(count))
            contacts.create_many(connection, new, house.cause, house.clock)
        start = time.perf_counter()
        (outcome,) = synchronise(house, [spoke])[:1]
        seconds = time.perf_counter() - start
        if outcome.report.error is not None:
            raise outcome.report.error
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(f"{seconds:.1f} {peak:.1f} {_bare(Path(folder)):.1f}")


def _bare(folder: Path) -> float:
    """Seconds to write the same files again, each on the disk before the next."""
    bodies = [file.read_bytes() for file in folder.glob("*.vcf")]
    with tempfile.TemporaryDirectory(dir=folder) as other:
        start = time.perf_counter()
        for number, body in enumerate(bodies):
            _write(Path(other) / f"{number}.vcf", body)
        return time.perf_counter() - start


def _write(path: Path, body: bytes) -> None:
    with path.open("wb") as stream:
        stream.write(body)
        stream.flush()
        os.fsync(stream.fileno())


if __name__ == "__main__":
    first_sync(int(sys.argv[1]))
