"""What a CardDAV server does, asked by plain HTTP: a table of questions and its answers."""

import hashlib
import re
import secrets
import time
from base64 import b64encode
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
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


QUESTIONS: dict[str, Callable[[Book], str]] = {}


def question(text):
    def keep(ask):
        QUESTIONS[text] = ask
        return ask

    return keep


def new(book, *more, uid=None, **headers):
    """The name of a card that was just put, and the answer."""
    uid = uid or secrets.token_hex(8)
    return f"{uid}.vcf", book.put(f"{uid}.vcf", card(uid, *more), **headers)


@question("a new card")
def _(book):
    _name, answer = new(book, If_None_Match="*")
    kept = {name: answer.headers[name] for name in ("etag", "location") if name in answer.headers}
    return f"{short(answer)} {kept}"


@question("bytes kept")
def _(book):
    name, answer = new(book)
    sent, got = card(name[:-4]), book.get(name)
    etags = f"ETag put {answer.headers.get('etag')} get {got.headers.get('etag')}"
    if got.body == sent:
        return f"yes; {etags}"
    before, after = unfolded(sent), unfolded(got.body)
    if sorted(before) == sorted(after):
        return f"same lines, order or folding differ; {etags}"
    lost = [line for line in before if line not in after]
    added = [line for line in after if line not in before]
    return f"no: {lost} became {added}; {etags}"


def unfolded(body):
    return re.sub(r"\r?\n[ \t]", "", body.decode()).splitlines()


@question("listing's ETag equals GET's")
def _(book):
    name, _ = new(book)
    listed = items(book.propfind("<getetag/>", depth="1"))
    return f"{listed.get(name, (0, None))[1] == book.get(name).headers.get('etag')}"


@question("If-None-Match: * on an existing card")
def _(book):
    name, _ = new(book)
    return short(book.put(name, card(name[:-4], "TITLE:x"), If_None_Match="*"))


@question("If-Match: stale, fresh, on a missing card")
def _(book):
    name, _ = new(book)
    old = book.get(name).headers.get("etag", "")
    fresh = book.put(name, card(name[:-4], "TITLE:x"), If_Match=old)
    stale = book.put(name, card(name[:-4], "TITLE:y"), If_Match=old)
    kept = "kept" if b"TITLE:x" in book.get(name).body else "OVERWRITTEN"
    gone = book.put("gone.vcf", card("gone"), If_Match=old)
    return f"stale {short(stale)} ({kept}); fresh {short(fresh)}; missing {short(gone)}"


@question("DELETE: stale, fresh, again, GET afterwards")
def _(book):
    name, _ = new(book)
    stale = book.ask("DELETE", name, If_Match='"stale"')
    etag = book.get(name).headers.get("etag", "")
    fresh = book.ask("DELETE", name, If_Match=etag)
    again = book.ask("DELETE", name, If_Match=etag)
    bare = book.ask("DELETE", name)
    return (
        f"stale {short(stale)}; fresh {short(fresh)}; again with If-Match {short(again)}; "
        f"again without {short(bare)}; GET {short(book.get(name))}"
    )


@question("the same bytes again change the ETag")
def _(book):
    name, _ = new(book)
    before = book.get(name).headers.get("etag")
    answer = book.put(name, card(name[:-4]))
    return f"{before != book.get(name).headers.get('etag')}; put {short(answer)}"


@question("a UID that another card has")
def _(book):
    name, _ = new(book)
    answer = book.put("other-" + name, card(name[:-4]))
    return short(answer)


@question("a card whose UID changes")
def _(book):
    name, _ = new(book)
    return short(book.put(name, card("x" + name[:-4])))


@question("a name with a blank, an umlaut, a percent")
def _(book):
    uid = secrets.token_hex(6)
    name = f"{uid}%20%C3%BC%2525.vcf"
    answer = book.put(name, card(uid))
    listed = book.propfind("<getetag/>", depth="1").text
    href = re.search(rf">([^<]*{uid}[^<]*)<", listed)
    return f"{short(answer)}; GET {book.get(name).status}; listed as {href and href[1]}"


@question("a name without .vcf")
def _(book):
    uid = secrets.token_hex(6)
    return f"{short(book.put(uid, card(uid)))}; GET {book.get(uid).status}"


@question("vCard 4.0")
def _(book):
    uid = secrets.token_hex(6)
    answer = book.put(f"{uid}.vcf", card(uid, version="4.0"))
    got = book.get(f"{uid}.vcf").text
    return f"{short(answer)}; read as {re.findall('VERSION:(.*)', got)}"


@question("a card without UID; without FN; without N; no card at all; no UTF-8")
def _(book):
    answers = []
    for left_out in ("UID", "FN", "N"):
        uid = secrets.token_hex(6)
        lines = [
            line
            for line in card(uid).split(b"\r\n")
            if not line.startswith(left_out.encode() + b":")
        ]
        answers.append(short(book.put(f"{uid}.vcf", b"\r\n".join(lines))))
    answers.append(short(book.put("none.vcf", b"hello")))
    answers.append(short(book.put("latin.vcf", card("latin").replace("ë".encode(), b"\xeb"))))
    for name in ("none.vcf", "latin.vcf"):
        book.ask("DELETE", name)
    return "; ".join(answers)


@question("a photo of 30,000 bytes; of 1,500,000")
def _(book):
    answers = []
    for size in (30_000, 1_500_000):
        photo = b64encode(secrets.token_bytes(size)).decode()
        name, answer = new(book, "PHOTO;ENCODING=b;TYPE=JPEG:" + photo)
        got = re.sub(r"\r?\n[ \t]", "", book.get(name).text)
        answers.append(f"{short(answer)} {'kept' if photo in got else 'NOT KEPT'}")
        book.ask("DELETE", name)
    return "; ".join(answers)


@question("a note of 70,000 characters")
def _(book):
    note = ("line Zoë and 山田 " * 5000)[:70_000].strip()
    name, answer = new(book, "NOTE:" + note)
    got = re.sub(r"\r?\n[ \t]", "", book.get(name).text)
    return f"{short(answer)} {'kept' if note in got else 'NOT KEPT'}"


@question("properties of the book")
def _(book):
    answer = book.propfind(
        "<resourcetype/><displayname/><sync-token/><S:getctag/><current-user-privilege-set/>"
        "<supported-report-set/><C:supported-address-data/><C:max-resource-size/>"
        "<C:max-image-size/><quota-available-bytes/><owner/><current-user-principal/>"
    )
    return re.sub(r"\s+", " ", answer.text)


@question("discovery")
def _(book):
    root = urljoin(book.url, "/")
    known = book.ask("PROPFIND", root + ".well-known/carddav", Depth="0")
    principal = book.propfind("<current-user-principal/>", url=root)
    options = book.ask("OPTIONS")
    return (
        f"well-known {known.status} {known.headers.get('location')}; "
        f"principal at / {principal.status} {re.findall('href>([^<]+)<', principal.text)}; "
        f"DAV: {options.headers.get('dav')}; Server: {options.headers.get('server')}"
    )


@question("listing names the book itself")
def _(book):
    new(book)
    return (
        f"PROPFIND {'' in items(book.propfind('<getetag/>', '1'))}; sync {'' in items(book.sync())}"
    )


@question("hrefs")
def _(book):
    new(book)
    found = re.findall(r"href[^>]*>([^<]+)<", book.propfind("<getetag/>", depth="1").text)
    return str(found[:2])


@question("sync-collection: first, then put, then delete")
def _(book):
    first = book.sync()
    name, _ = new(book)
    then = book.sync(token_of(first))
    book.ask("DELETE", name)
    last = book.sync(token_of(then))
    both = book.sync(token_of(first))
    return (
        f"{short(first)} token {token_of(first)!r}, {len(items(first))} items; "
        f"put: {short(then)} {list(items(then).values())}; "
        f"delete: {short(last)} {list(items(last).values())}; "
        f"both at once: {list(items(both).values())}"
    )


@question("sync-collection: token nobody gave, token from elsewhere, token changed")
def _(book):
    token = token_of(book.sync())
    last = "0" if token[-1:] != "0" else "1"
    wrong = ("garbage", "data:,unknown", token[:-1] + last)
    return " | ".join(short(book.sync(one)) for one in wrong)


@question("sync-collection: at most 2")
def _(book):
    for _n in range(3):
        new(book)
    answer = book.sync(limit="2")
    then = book.sync(token_of(answer))
    statuses = sorted({status for status, _ in items(answer).values()})
    return f"{short(answer)}; {len(items(answer))} items, {statuses}; then {len(items(then))}"


@question("multiget: one there, one missing")
def _(book):
    name, _ = new(book)
    answer = book.multiget(book.path + name, book.path + "missing.vcf")
    whole = "with card" if "BEGIN:VCARD" in answer.text else "NO CARD"
    return f"{short(answer)} {[s for s, _ in items(answer).values()]} {whole}"


@question("query: UID equals; UID contains; EMAIL contains; FN contains; N contains; none")
def _(book):
    name, _ = new(book)
    new(book)
    uid = name[:-4]
    asked = (
        ("UID", uid, "equals", 1),
        ("UID", uid, "contains", 1),
        ("EMAIL", f"two.{uid.upper()}@", "contains", 1),
        ("FN", "lovelace", "contains", None),
        ("N", "LOVELACE", "contains", None),
        ("EMAIL", "nobody@", "contains", 0),
    )
    told = []
    whole = len([key for key in items(book.propfind("<getetag/>", "1")) if key])
    for prop, text, how, wanted in asked:
        answer = book.query(prop, text, how)
        found = {key: value for key, value in items(answer).items() if key}
        right = (len(found) == wanted) if wanted is not None else (0 < len(found) <= whole)
        told.append(f"{prop} {how}: {short(answer)} {len(found)} {'right' if right else 'WRONG'}")
    return "; ".join(told)


@question("HTTP, and connections used for 5 requests")
def _(book):
    book.get("")
    before = book.connections
    for _n in range(5):
        new(book)
    return f"HTTP/{book.version / 10}, {book.connections - before} new connections"


@question("made by MKCOL beside it, then removed")
def _(book):
    beside = urljoin(book.url, "../beside/")
    body = (
        f"<mkcol {SPACES}><set><prop><resourcetype><collection/><C:addressbook/></resourcetype>"
        "<displayname>Beside</displayname></prop></set></mkcol>"
    )
    made = book.ask("MKCOL", beside, body, Content_Type=XML["Content-Type"])
    again = book.ask("MKCOL", beside, body, Content_Type=XML["Content-Type"])
    gone = book.ask("DELETE", beside)
    put = book.ask("PUT", beside + "x.vcf", card("x"), Content_Type=VCARD["Content-Type"])
    listed = book.propfind("<getetag/>", "1", url=beside)
    return (
        f"{short(made)}; again {short(again)}; DELETE {short(gone)}; "
        f"PUT into what is gone {short(put)}; PROPFIND of it {listed.status} {listed.text[:300]!r}"
    )


def examine(book: Book) -> dict[str, str]:
    """Every question with its answer; an exception is an answer, too."""
    told = {}
    for text, ask in QUESTIONS.items():
        try:
            told[text] = ask(book)
        except Exception as error:  # noqa: BLE001 - a broken answer is what we want to know
            told[text] = f"{type(error).__name__}: {error}"
            book.close()
    return told


def speed(make, count=200, workers=(1, 4, 8)) -> dict[str, str]:
    """Cards a second for each number of connections; `make` gives a new Book."""
    told = {}
    for many in workers:
        url = make().url
        first = make()
        books = [Book(url, first.login, first.password) for _ in range(many)]

        def fill(book):
            return [new(book)[1].status for _ in range(count // many)]  # noqa: B023

        started = time.monotonic()
        with ThreadPoolExecutor(many) as pool:
            statuses = {status for some in pool.map(fill, books) for status in some}
        seconds = time.monotonic() - started
        told[f"PUT, {many} connections"] = f"{count / seconds:.0f}/s {statuses}"
        for book in books:
            book.close()
    return told


def large(book: Book, count=1000) -> dict[str, str]:
    """How long a book of many cards takes to ask."""
    uids = [secrets.token_hex(8) for _ in range(count)]
    started = time.monotonic()
    for uid in uids:
        book.put(f"{uid}.vcf", card(uid))
    told = {f"{count} PUT": f"{time.monotonic() - started:.1f} s"}
    paths = [f"{book.path}{uid}.vcf" for uid in uids[:100]]
    token = ""
    for name, ask in {
        "PROPFIND 1": lambda: book.propfind("<getetag/>", "1"),
        "sync-collection, first": book.sync,
        "multiget 100": lambda: book.multiget(*paths),
        "100 GET": lambda: [book.get(f"{uid}.vcf") for uid in uids[:100]][-1],
        "query UID equals": lambda: book.query("UID", uids[5], "equals"),
        "query UID equals, again": lambda: book.query("UID", uids[6], "equals"),
        "query EMAIL contains": lambda: book.query("EMAIL", f"two.{uids[7]}"),
        "query FN contains nothing": lambda: book.query("FN", "nobody"),
        "query all": lambda: book.query("FN", "Ada"),
        "getctag, sync-token": lambda: book.propfind("<S:getctag/><sync-token/>"),
    }.items():
        started = time.monotonic()
        answer = ask()
        told[name] = (
            f"{1000 * (time.monotonic() - started):.0f} ms, {answer.status}, "
            f"{len(items(answer)) if answer.status == 207 else 0} items"
        )
        token = token_of(answer) or token
    book.put(f"{uids[0]}.vcf", card(uids[0], "TITLE:x"))
    started = time.monotonic()
    answer = book.sync(token)
    told["sync-collection, one change"] = (
        f"{1000 * (time.monotonic() - started):.0f} ms, {answer.status}, {len(items(answer))} items"
    )
    return told
