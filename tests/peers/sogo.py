"""SOGo on memcached and the PostgreSQL of `make peers`."""

import shutil
from contextlib import ExitStack

import psycopg
from debian import Peer, as_user, database, own

from twinbook.testing.processes import HOST

TABLES = {
    "SOGoProfileURL": "profile",
    "OCSFolderInfoURL": "folder_info",
    "OCSSessionsFolderURL": "sessions",
    "OCSEMailAlarmsFolderURL": "alarms",
    "OCSStoreURL": "store",
    "OCSAclURL": "acl",
    "OCSCacheFolderURL": "cache",
    "OCSAdminURL": "admin",
}
USERS = "CREATE TABLE sogo_users (c_uid text, c_name text, c_password text, c_cn text, mail text)"


class Sogo(Peer):
    name = "SOGo"
    packages = ("sogo", "memcached")
    home = "/SOGo/dav/alice/Contacts/"

    def __enter__(self):
        with ExitStack() as stack:
            self.server, self.base = stack.enter_context(database())
            super().__enter__()
            self.stack = stack.pop_all()
        return self

    def __exit__(self, *_):
        super().__exit__()
        if hasattr(self, "stack"):
            self.stack.close()

    def prepare(self):
        own("sogo", self.place, self.place / "spool")
        self.fill()
        cache = self.new_port()
        memcached = [shutil.which("memcached"), "-l", HOST, "-p", str(cache.number), "-U", "0"]
        self.run("memcached", [*as_user("nobody"), *memcached], cache)
        options = [word for pair in self.settings(cache).items() for word in pair]
        self.run("SOGo", [*as_user("sogo"), "/usr/sbin/sogod", *options])

    def fill(self):
        """The users; the other tables it makes itself."""
        server = self.server
        with psycopg.connect(server.geturl(), autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {self.base}")
        with psycopg.connect(self.address()) as connection:
            connection.execute(USERS)
            row = ["alice", "alice", self.password, "Alice", "alice@example.org"]
            connection.execute("INSERT INTO sogo_users VALUES (%s, %s, %s, %s, %s)", row)

    def address(self):
        return self.server._replace(path=f"/{self.base}").geturl()

    def settings(self, cache):
        """What /etc/sogo/sogo.conf would say; the command line comes before it."""
        address = self.address()
        source = (
            f'({{type=sql; id=users; viewURL="{address}/sogo_users"; canAuthenticate=YES; '
            "userPasswordAlgorithm=none;})"
        )
        return {
            **{f"-{name}": f"{address}/sogo_{table}" for name, table in TABLES.items()},
            "-SOGoUserSources": source,
            "-SOGoMemcachedHost": f"{HOST}:{cache.number}",
            "-SOGoTimeZone": "UTC",
            "-WONoDetach": "YES",
            "-WOPidFile": str(self.place / "pid"),
            "-WOLogFile": "-",
            "-WOPort": f"{HOST}:{self.port.number}",
            # With more connections than workers it drops some, "No child available".
            "-WOWorkersCount": "8",
            "-SxVMemLimit": "0",
        }
