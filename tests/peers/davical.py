"""DAViCal on PHP's own web server and the PostgreSQL of `make peers`."""

import os
import shutil
import subprocess
from contextlib import ExitStack

from debian import Missing, Peer, as_user, database

from twinbook.testing.processes import HOST

SHARED = "/usr/share/davical"
ROLES = ("davical_dba", "davical_app")
# It includes /etc/davical/SERVER_NAME-conf.php: by that name it finds a configuration of ours.
ROUTER = """<?php
$path = parse_url($_SERVER['REQUEST_URI'], PHP_URL_PATH);
if (strpos($path, '/.well-known/') === 0) { $path = '/caldav.php' . $path; }
if (strpos($path, '/caldav.php') !== 0) { http_response_code(404); return true; }
$_SERVER['SCRIPT_NAME'] = '/caldav.php';
$_SERVER['PATH_INFO'] = urldecode(substr($path, strlen('/caldav.php')));
$_SERVER['SERVER_NAME'] = '../..{place}/davical';
chdir('{shared}/htdocs');
require '{shared}/htdocs/caldav.php';
"""
CONFIG = """<?php
$_SERVER['SERVER_NAME'] = '127.0.0.1';
$c->domain_name = '127.0.0.1';
$c->admin_email = 'admin@example.org';
$c->system_name = 'DAViCal';
$c->pg_connect[] = 'dbname={name} host={host} port={port} user=davical_app password={password}';
"""


class Davical(Peer):
    name = "DAViCal"
    packages = ("davical", "php-cli", "php-pgsql", "php-curl", "php-xml", "postgresql-client")
    login = "admin"
    home = "/caldav.php/admin/"

    def __enter__(self):
        with ExitStack() as stack:
            self.server, self.base = stack.enter_context(database(*ROLES))
            super().__enter__()
            self.stack = stack.pop_all()
        return self

    def __exit__(self, *_):
        super().__exit__()
        if hasattr(self, "stack"):
            self.stack.close()

    def prepare(self):
        self.fill()
        server = self.server
        config = CONFIG.format(
            name=self.base, host=server.hostname, port=server.port, password=server.password
        )
        self.write("davical-conf.php", config)
        text = ROUTER.replace("{place}", str(self.place)).replace("{shared}", SHARED)
        router = self.write("router.php", text)
        include = f"include_path=.:{SHARED}/inc:/usr/share/awl/inc:/usr/share/php"
        options = ("-d", include, "-d", "display_errors=0", "-d", "html_errors=0")
        address = f"{HOST}:{self.port.number}"
        php = [shutil.which("php"), *options, "-S", address, "-t", f"{SHARED}/htdocs", router]
        self.run("DAViCal", [*as_user("www-data"), *php])

    def fill(self):
        """Its database, by its own script."""
        server = self.server
        done = subprocess.run(
            ["sh", f"{SHARED}/dba/create-database.sh", self.base, self.password, *ROLES],
            env=os.environ
            | {"PGHOST": server.hostname, "PGPORT": str(server.port)}
            | {"PGUSER": server.username, "PGPASSWORD": server.password},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        if done.returncode:
            raise Missing(f"its database could not be made: {done.stdout[-500:]}")
