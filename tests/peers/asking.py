"""A CardDAV book asked by plain HTTP, as little as possible between the test and the wire."""

import hashlib
import re
from base64 import b64encode
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from urllib.parse import unquote, urljoin, urlsplit
from xml.etree import ElementTree as ET

from twinbook.testing.servers import Answer

D = "{DAV:}"
XML = {"Content-Type": "application/xml; charset=utf-8"}
VCARD = {"Content-Type": "text/vcard; charset=utf-8"}
SPACES = (
    'xmlns="DAV:" xmlns:C="urn:ietf:params:xml:ns:carddav" xmlns:S="http://calendarserver.org/ns/"'
)
CARD = """BEGIN:VCARD
VERSION:3.0
PRODID:-//Twinbook//EN
UID:{uid}
N:Lovelace;Ada;;;
FN:Ada Lovelace
EMAIL;TYPE=WORK:{uid}@example.org
item1.EMAIL:two.{uid}@example.org
item1.X-ABLabel:_$!<Other>!$_
TEL;TYPE=WORK;TYPE=VOICE:+44 20 7946 0001
ADR;TYPE=WORK:;;1 Main St\\, East;London;;W1;UK
NOTE:first\\nZoë\\; 山田
X-TWINBOOK-LINK;X-P="a:b":0123456789abcdef
CATEGORIES:CRM,Friends
END:VCARD
"""


def card(uid: str, *more: str, version: str = "3.0") -> bytes:
    text = CARD.format(uid=uid).replace("VERSION:3.0", f"VERSION:{version}")
    lines = text.splitlines()
    return "\r\n".join([*lines[:-1], *more, lines[-1], ""]).encode()


@dataclass
class Book:
    """A book, and who may see it. Requests go over one connection that is kept open.

    A patient one asks again, once, when the connection breaks.
    """

    url: str
    login: str = ""
    password: str = ""
    patient: bool = True
    seconds: float = 120

    def __post_init__(self):
        self.realm: dict[str, str] = {}
        self.connection: HTTPConnection | None = None
        self.connections = 0

    def ask(self, method, url="", body=b"", **headers) -> Answer:
        url = urljoin(self.url, url)
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        answer = self.once(method, url, body, named)
        challenge = answer.headers.get("www-authenticate", "")
        if answer.status == 401 and challenge.lower().startswith("digest"):
            self.realm = dict(re.findall(r'(\w+)="?([^",]*)"?', challenge))
            answer = self.once(method, url, body, named)
        return answer

    def once(self, method, url, body, headers):
        parts = urlsplit(url)
        data = body.encode() if isinstance(body, str) else body
        if self.login:
            headers = headers | {"Authorization": self.authorization(method, parts.path)}
        try:
            return self.over_connection(method, parts, data, headers)
        except (HTTPException, OSError):
            self.close()
            if not self.patient:
                raise
        return self.over_connection(method, parts, data, headers)

    def over_connection(self, method, parts, data, headers):
        if self.connection is None:
            self.connection = HTTPConnection(parts.hostname, parts.port, timeout=self.seconds)
            self.connections += 1
        self.connection.request(method, parts.path, data or None, headers)
        answer = self.connection.getresponse()
        got = {name.lower(): value for name, value in answer.getheaders()}
        read = Answer(answer.status, got, answer.read())
        self.version = answer.version
        if answer.will_close:
            self.close()
        return read

    def close(self):
        if self.connection is not None:
            self.connection.close()
        self.connection = None

    def authorization(self, method, path):
        if not self.realm:
            return "Basic " + b64encode(f"{self.login}:{self.password}".encode()).decode()
        realm, nonce = self.realm["realm"], self.realm["nonce"]
        who = md5(f"{self.login}:{realm}:{self.password}")
        what = md5(f"{method}:{path}")
        proof = md5(f"{who}:{nonce}:00000001:twinbook:auth:{what}")
        return (
            f'Digest username="{self.login}", realm="{realm}", nonce="{nonce}", uri="{path}", '
            f'qop=auth, nc=00000001, cnonce="twinbook", response="{proof}", '
            f'opaque="{self.realm.get("opaque", "")}"'
        )

    def put(self, name, body, **headers):
        return self.ask("PUT", name, body, Content_Type=VCARD["Content-Type"], **headers)

    def get(self, name):
        return self.ask("GET", name)

    def report(self, inner, depth="1", url=""):
        return self.ask("REPORT", url, inner, Depth=depth, Content_Type=XML["Content-Type"])

    def propfind(self, props, depth="0", url=""):
        body = f"<propfind {SPACES}><prop>{props}</prop></propfind>"
        return self.ask("PROPFIND", url, body, Depth=depth, Content_Type=XML["Content-Type"])

    def sync(self, token="", limit=""):
        most = f"<limit><nresults>{limit}</nresults></limit>" if limit else ""
        return self.report(
            f"<sync-collection {SPACES}><sync-token>{token}</sync-token>"
            f"<sync-level>1</sync-level>{most}<prop><getetag/></prop></sync-collection>",
            depth="0",
        )

    def query(self, prop, text, how="contains"):
        return self.report(
            f"<C:addressbook-query {SPACES}><prop><getetag/><C:address-data/></prop><C:filter>"
            f'<C:prop-filter name="{prop}"><C:text-match collation="i;unicode-casemap" '
            f'match-type="{how}">{text}</C:text-match></C:prop-filter></C:filter>'
            "</C:addressbook-query>"
        )

    def multiget(self, *paths):
        hrefs = "".join(f"<href>{path}</href>" for path in paths)
        return self.report(
            f"<C:addressbook-multiget {SPACES}><prop><getetag/><C:address-data/></prop>{hrefs}"
            "</C:addressbook-multiget>"
        )

    @property
    def path(self):
        return urlsplit(self.url).path


def md5(text):
    return hashlib.md5(text.encode()).hexdigest()


def items(answer):
    """Name -> (status within, etag) of a listing; the book itself has the name ''."""
    if answer.status != 207:
        return {}
    found = {}
    for one in ET.fromstring(answer.body).findall(f"{D}response"):
        href = unquote(urlsplit(one.findtext(f"{D}href")).path)
        status = one.findtext(f"{D}status") or one.findtext(f"{D}propstat/{D}status") or ""
        etag = one.findtext(f".//{D}getetag")
        found[href.rpartition("/")[2]] = (int(status.split()[1]) if status else 0, etag)
    return found


def token_of(answer):
    if answer.status != 207:
        return ""
    return ET.fromstring(answer.body).findtext(f"{D}sync-token") or ""


def short(answer):
    text = re.sub(r"\s+", " ", answer.text)
    return f"{answer.status} {text[:220]}" if answer.status >= 300 else str(answer.status)
