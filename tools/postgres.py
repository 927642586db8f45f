"""Run a command beside a throw-away PostgreSQL server.

    python tools/postgres.py COMMAND ...

The command finds the server's address in TWINBOOK_TEST_POSTGRES. The server listens on
loopback alone, keeps its data in a temporary folder without caring for power cuts, and ends
with the command, however that ends. Exit status: the command's.
"""

import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Final, NoReturn

VARIABLE: Final = "TWINBOOK_TEST_POSTGRES"
OWNER: Final = "twinbook"
START_SECONDS: Final = 30
SETTINGS: Final = (
    "fsync=off",
    "synchronous_commit=off",
    "full_page_writes=off",
    "max_connections=200",
)


def main(command: list[str]) -> int:
    """The command's exit status."""
    if not command:
        sys.exit(__doc__)
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, stop)
    programs = find_programs() or install()
    with temporary_folder() as folder, server(programs, folder) as address:
        return subprocess.run(command, env=os.environ | {VARIABLE: address}, check=False).returncode


def stop(number: int, _frame: FrameType | None) -> None:
    """End as an exception does, so that everything opened is closed."""
    sys.exit(128 + number)


def find_programs() -> Path | None:
    """The folder of the newest installed server's programs, or None if there is none."""
    debian = sorted(
        Path("/usr/lib/postgresql").glob("*/bin/initdb"),
        key=lambda path: int(path.parts[-3]),
    )
    found = [str(path) for path in reversed(debian)] + [shutil.which("initdb")]
    return next((Path(path).parent for path in found if path), None)


def install() -> Path:
    """The programs' folder after Debian's package was installed."""
    apt = shutil.which("apt-get")
    root = [] if os.geteuid() == 0 else ["sudo"]
    if apt is None or (root and shutil.which("sudo") is None):
        give_up("there is no initdb here, and no apt-get that we may use to install it")
    print("PostgreSQL is missing: installing Debian's package.", file=sys.stderr)
    env = ["env", "DEBIAN_FRONTEND=noninteractive"]
    subprocess.run([*root, *env, apt, "update", "--quiet"], check=False)
    subprocess.run(
        [*root, *env, apt, "install", "--quiet", "--yes", "--no-install-recommends", "postgresql"],
        check=False,
    )
    return find_programs() or give_up("apt-get could not install it")


def give_up(why: str) -> NoReturn:
    """Say what is missing and what to do."""
    sys.exit(
        f"\nPOSTGRESQL IS MISSING: {why}.\n"
        "The tests run on SQLite and on PostgreSQL, and half of them is not enough.\n"
        "Install the server (on Debian: apt-get install postgresql), so that initdb is in\n"
        "/usr/lib/postgresql/*/bin or on the PATH. For the tests without it: make fast\n"
    )


@contextmanager
def temporary_folder() -> Iterator[Path]:
    """A new folder that belongs to whoever runs the server, removed at the end."""
    folder = Path(tempfile.mkdtemp(prefix="twinbook-postgres-"))
    try:
        hand_over(folder)
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def somebody() -> pwd.struct_passwd | None:
    """The user to become, as PostgreSQL refuses to be root; None if we are not root."""
    if os.geteuid() != 0:
        return None
    names = {entry.pw_name: entry for entry in pwd.getpwall()}
    return names.get("postgres") or names["nobody"]


def hand_over(path: Path) -> None:
    """Give a path to the user who runs the server."""
    if user := somebody():
        os.chown(path, user.pw_uid, user.pw_gid)


def as_somebody() -> list[str]:
    """The words before a command that make it run as that user, in the same process."""
    user = somebody()
    if user is None:
        return []
    return ["setpriv", f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups"]


@contextmanager
def server(programs: Path, folder: Path) -> Iterator[str]:
    """The address of a running server, which stops at the end."""
    password = secrets.token_hex(16)
    port = free_port()
    create_cluster(programs, folder, password)
    process = start(programs, folder, port)
    try:
        wait_until_ready(programs, process, folder, port)
        yield f"postgresql://{OWNER}:{password}@127.0.0.1:{port}/postgres"
    finally:
        end(process)


def free_port() -> int:
    """A port on loopback that nobody listens on just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def create_cluster(programs: Path, folder: Path, password: str) -> None:
    """Write an empty cluster whose only user is OWNER."""
    secret = folder / "password"
    secret.write_text(password, encoding="utf-8")
    secret.chmod(0o600)
    hand_over(secret)
    subprocess.run(
        [
            *as_somebody(),
            *(programs / "initdb", "--pgdata", folder / "data", "--username", OWNER),
            *("--pwfile", secret, "--auth", "scram-sha-256", "--no-sync"),
            *("--encoding", "UTF8", "--locale", "C.UTF-8"),
        ],
        stdout=subprocess.DEVNULL,
        cwd=folder,
        check=True,
    )
    secret.unlink()


def start(programs: Path, folder: Path, port: int) -> subprocess.Popen[bytes]:
    """The server's process, in a session of its own: a Ctrl-C is for the command first."""
    options = [word for setting in SETTINGS for word in ("-c", setting)]
    with (folder / "log").open("wb") as log:
        return subprocess.Popen(
            [
                *as_somebody(),
                *(programs / "postgres", "-D", folder / "data"),
                *("-h", "127.0.0.1", "-p", str(port), "-k", "", *options),
            ],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            cwd=folder,
            start_new_session=True,
        )


def wait_until_ready(
    programs: Path, process: subprocess.Popen[bytes], folder: Path, port: int
) -> None:
    """Return when the server answers; end loudly with its log if it does not."""
    for _ in range(START_SECONDS * 10):
        if process.poll() is not None:
            break
        answer = subprocess.run(
            [programs / "pg_isready", "-q", "-h", "127.0.0.1", "-p", str(port)], check=False
        )
        if answer.returncode == 0:
            return
        time.sleep(0.1)
    sys.exit("POSTGRESQL DID NOT START. It said:\n" + (folder / "log").read_text(errors="replace"))


def end(process: subprocess.Popen[bytes]) -> None:
    """Stop the server by its own process id: politely, then at once."""
    for number in (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL):
        if process.poll() is not None:
            return
        process.send_signal(number)
        try:
            process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            continue


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
