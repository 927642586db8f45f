"""sabre/dav 1.8 of Debian: the only one here that offers Digest and nothing else."""

import shutil
import sqlite3
from hashlib import md5
from pathlib import Path

from debian import Peer, as_user, own

from twinbook.testing.processes import HOST

EXAMPLES = Path("/usr/share/doc/php-sabre-dav/examples/sql")
REALM = "SabreDAV"
# It is older than PHP 8, whose deprecations would be written into its answers.
SERVER = """<?php
error_reporting(E_ALL & ~E_DEPRECATED);
ini_set('display_errors', '0');
date_default_timezone_set('UTC');
require_once 'Sabre/autoload.php';
$pdo = new PDO('sqlite:{place}/data/db.sqlite');
$pdo->setAttribute(PDO::ATTR_ERRMODE, PDO::ERRMODE_EXCEPTION);
$principals = new Sabre\\DAVACL\\PrincipalBackend\\PDO($pdo);
$server = new Sabre\\DAV\\Server(array(
    new Sabre\\DAVACL\\PrincipalCollection($principals),
    new Sabre\\CardDAV\\AddressBookRoot($principals, new Sabre\\CardDAV\\Backend\\PDO($pdo)),
));
$server->setBaseUri('/');
$login = new Sabre\\DAV\\Auth\\Backend\\PDO($pdo);
$server->addPlugin(new Sabre\\DAV\\Auth\\Plugin($login, 'SabreDAV'));
$server->addPlugin(new Sabre\\CardDAV\\Plugin());
$server->addPlugin(new Sabre\\DAVACL\\Plugin());
$server->exec();
"""


class Sabre(Peer):
    name = "sabre/dav"
    packages = ("php-sabre-dav", "php-sqlite3", "php-cli")
    home = "/addressbooks/alice/"

    def prepare(self):
        own("www-data", self.place / "data")
        server = self.write("server.php", SERVER.replace("{place}", str(self.place)))
        self.fill(self.place / "data" / "db.sqlite")
        command = [shutil.which("php"), "-S", f"{HOST}:{self.port.number}", server]
        self.run("sabre", [*as_user("www-data"), *command])

    def fill(self, path):
        secret = md5(f"{self.login}:{REALM}:{self.password}".encode()).hexdigest()
        with sqlite3.connect(path) as database:
            for name in ("users", "principals", "addressbooks"):
                database.executescript((EXAMPLES / f"sqlite.{name}.sql").read_text())
            database.execute("INSERT INTO users (username, digesta1) VALUES ('alice', ?)", [secret])
            database.execute("INSERT INTO principals (uri) VALUES ('principals/alice')")
        database.close()
        shutil.chown(path, "www-data")
