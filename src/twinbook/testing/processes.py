"""Other people's servers as processes of their own, on loopback, ended by their id."""

import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from twinbook.model.errors import TwinbookError

HOST: Final = "127.0.0.1"
START_SECONDS: Final = 30
STOP_SECONDS: Final = 5
_LOOKS_A_SECOND: Final = 40
_TAIL: Final = 2000

# A server shall not outlive us, not even if we are killed: Linux tells it (prctl(2),
# PR_SET_PDEATHSIG, which is 1). Whoever was orphaned before it could ask for that ends itself.
_LEASH: Final = """
import ctypes, os, sys
parent, number, *command = sys.argv[1:]
if hasattr(ctypes.CDLL(None), "prctl"):
    ctypes.CDLL(None).prctl(1, int(number))
    if os.getppid() != int(parent):
        sys.exit()
os.execv(command[0], command)
"""


class Port:
    """A port on loopback that is kept for us, also while the server behind it is stopped."""

    def __init__(self, number: int = 0) -> None:
        self._held = socket.socket()
        # Both we and the server ask to share the address. Linux allows that while only one
        # of us listens, and gives the port to nobody else meanwhile (socket(7), SO_REUSEADDR).
        self._held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self._held.bind((HOST, number))
        self.number: int = self._held.getsockname()[1]
        if not sys.platform.startswith("linux"):
            self._held.close()

    def close(self) -> None:
        """Let others have it."""
        self._held.close()


class Process:
    """A server's process: started, waited for, stopped, and started again on the same port.

    It ends with the thread that started it, at the latest. `folder` is where it runs; what it
    says goes into `log` there.
    """

    def __init__(self, name: str, command: Sequence[str | Path], folder: Path, port: Port) -> None:
        self.name = name
        self.folder = folder
        self.log = folder / f"{name.lower()}.log"
        self._command = command
        self._port = port
        self._running: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        """Its id; 0 while it does not run."""
        return self._running.pid if self._running else 0

    def start(self, *, at_orphaned: signal.Signals = signal.SIGKILL) -> None:
        """Start it and return when it listens. `at_orphaned` is what ends it if we die."""
        if self._running is not None:
            return
        leash = [sys.executable, "-I", "-S", "-c", _LEASH, str(os.getpid()), str(int(at_orphaned))]
        with self.log.open("ab") as log:
            self._running = subprocess.Popen(  # noqa: S603 - a program that its caller named
                [*leash, *self._command],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=self.folder,
                start_new_session=True,
            )
        self._wait_until_it_listens(self._running)

    def _wait_until_it_listens(self, process: subprocess.Popen[bytes]) -> None:
        for _ in range(START_SECONDS * _LOOKS_A_SECOND):
            if process.poll() is not None:
                break
            if _listens(self._port.number):
                return
            time.sleep(1 / _LOOKS_A_SECOND)
        self.kill()
        raise TwinbookError(f"{self.name} did not start. It said:\n{self.tail()}")

    def stop(self) -> None:
        """End it politely, or at once if it does not listen to that."""
        self._end(signal.SIGTERM, STOP_SECONDS)
        self.kill()

    def kill(self) -> None:
        """End it at once, as a power cut does."""
        self._end(signal.SIGKILL, None)

    def _end(self, number: signal.Signals, seconds: float | None) -> None:
        if self._running is None:
            return
        self._running.send_signal(number)
        try:
            self._running.wait(seconds)
        except subprocess.TimeoutExpired:
            return
        self._running = None

    def tail(self) -> str:
        """The end of what it said."""
        return self.log.read_text(encoding="utf-8", errors="replace")[-_TAIL:]

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex((HOST, port)) == 0


def program(name: str, install: str) -> Path:
    """A program that was installed beside our Python; `install` says how to get it."""
    path = Path(sys.executable).with_name(name)
    if not path.exists():
        raise TwinbookError(f"{name} is not installed here. Install it with: {install}")
    return path


def new_name() -> str:
    """A name that nothing has had before."""
    return secrets.token_hex(6)
