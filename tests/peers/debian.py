"""Servers from Debian's packages, run privately: their own folder, loopback, ended by their id."""

import os
import pwd
import secrets
import shutil
import subprocess
import tempfile
from abc import ABC, abstractmethod
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
from asking import SPACES, XML, Book

from twinbook.testing.processes import HOST, Port, Process

POLICY = Path("/usr/sbin/policy-rc.d")
MKCOL = (
    f"<mkcol {SPACES}><set><prop><resourcetype><collection/><C:addressbook/></resourcetype>"
    "<displayname>Contacts</displayname></prop></set></mkcol>"
)


class Missing(Exception):
    """A server can't be had here; the text says why."""


class Peer(ABC):
    """A server with one user, inside a `with`."""

    name: str
    packages: tuple[str, ...]
    login = "alice"
    password = "secret"
    home: str
    """The path under which the user's books are."""

    def __enter__(self):
        if os.geteuid() != 0:
            raise Missing("it needs root, to install it and to become its user")
        install(self.packages)
        self.place = Path(tempfile.mkdtemp(prefix=f"twinbook-{type(self).__name__.lower()}-"))
        self.ports: list[Port] = []
        self.processes: list[Process] = []
        try:
            # Others than we run there.
            self.place.chmod(0o755)
            self.port = self.new_port()
            self.prepare()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        for process in reversed(self.processes):
            process.stop()
        for port in self.ports:
            port.close()
        shutil.rmtree(self.place, ignore_errors=True)

    @abstractmethod
    def prepare(self):
        """Write what it needs, and run it."""

    def new_port(self):
        self.ports.append(Port())
        return self.ports[-1]

    def run(self, name, command, port=None, **options):
        """Start a program that listens on a port, by default the one of the server."""
        process = Process(name, command, self.place, port or self.port)
        self.processes.append(process)
        process.start(**options)

    def write(self, name, text):
        path = self.place / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    @property
    def url(self):
        return f"http://{HOST}:{self.port.number}/"

    def book(self, url):
        return Book(url, self.login, self.password)

    def new_book(self):
        """The URL of another, empty book."""
        url = f"{self.url.rstrip('/')}{self.home}{secrets.token_hex(6)}/"
        book = self.book(url)
        answer = book.ask("MKCOL", body=MKCOL, Content_Type=XML["Content-Type"])
        book.close()
        if answer.status != 201:
            raise Missing(f"{self.name} made no book: {answer.status} {answer.text[:300]}")
        return url


# ---------------------------------------------------------------- packages


def install(packages):
    """Install what is missing of some Debian packages."""
    missing = [name for name in packages if not is_installed(name)]
    if not missing:
        return
    apt = shutil.which("apt-get")
    if apt is None:
        raise Missing(f"it needs Debian's packages {' '.join(missing)}")
    update(apt)
    command = [apt, "install", "--quiet", "--yes", "--no-install-recommends", *missing]
    with no_services():
        done = run_quietly(command)
    if done.returncode:
        raise Missing(f"apt-get could not install {' '.join(missing)}: {done.stdout[-300:]}")


def is_installed(package):
    asked = run_quietly(["dpkg-query", "--show", "--showformat=${db:Status-Status}", package])
    return asked.stdout == "installed"


@cache
def update(apt):
    run_quietly([apt, "update", "--quiet"])


def run_quietly(command):
    return subprocess.run(
        command,
        env=os.environ | {"DEBIAN_FRONTEND": "noninteractive"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )


@contextmanager
def no_services():
    """A while in which packages start no service of theirs: those would be open to the network."""
    if POLICY.exists():
        yield
        return
    POLICY.write_text("#!/bin/sh\nexit 101\n", encoding="utf-8")
    POLICY.chmod(0o755)
    try:
        yield
    finally:
        POLICY.unlink()


# ---------------------------------------------------------------- users and databases


def as_user(name, group=None):
    """The words before a command that make it run as a user, and end with us."""
    user = pwd.getpwnam(name)
    number = f"--regid={group or user.pw_gid}"
    return ["/usr/bin/setpriv", f"--reuid={name}", number, "--init-groups", "--pdeathsig=TERM"]


def own(name, *paths):
    """Give folders, made if they are not there, to a user."""
    for path in paths:
        path.mkdir(parents=True, exist_ok=True)
        shutil.chown(path, name)


@contextmanager
def database(*roles):
    """A database of its own on the server that `make peers` starts, with some roles.

    What comes out is the URL's parts and the name; the roles' password is the server's.
    """
    address = os.environ.get("TWINBOOK_TEST_POSTGRES")
    if address is None:
        raise Missing("it needs the PostgreSQL server that `make peers` starts")
    parts, name = urlsplit(address), f"peer_{secrets.token_hex(6)}"
    with psycopg.connect(address, autocommit=True) as connection:
        for role in roles:
            known = connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role])
            if not known.fetchone():
                connection.execute(f"CREATE ROLE {role} LOGIN PASSWORD '{parts.password}'")
    try:
        yield parts, name
    finally:
        with psycopg.connect(address, autocommit=True) as connection:
            connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
