"""A small CardDAV server that is correct until its switches make it do what others were seen to do.

with Dishonest(page=2, put_etag=False) as server:
    book = server.new_book()
    server.switches.read_only = True
"""

import re
from base64 import b64encode
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock, Thread
from urllib.parse import quote, unquote, urlsplit
from urllib.request import parse_http_list, parse_keqv_list
from xml.etree import ElementTree as ET
from xml.sax.saxutils import escape

from shelf import CARD, CS, Kept, Reply, Switches, element, fits, gone, md5, wanted, xml

ROOT, PRINCIPAL, HOME = "/dav/", "/dav/principals/alice/", "/dav/books/alice/"
TEXT = {"Content-Type": "text/vcard; charset=utf-8"}
ERRORS = {403: "<C:max-resource-size/>", 413: "", 507: "<quota-not-exceeded/>"}


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1

    def answer(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
        reply = self.server.owner.reply(self.command, self.path, self.headers, body)
        self.send_response(reply.status)
        for name, value in reply.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(reply.body)))
        self.end_headers()
        self.wfile.write(reply.body)
        self.close_connection |= self.server.owner.switches.hangs_up

    def __getattr__(self, name):
        if name.startswith("do_"):
            return self.answer
        raise AttributeError(name)

    def log_message(self, *args):
        """Nothing: tests look at `seen`."""


class Dishonest:
    def __init__(self, login="alice", password="secret", **switches):
        self.switches, self.login, self.password = Switches(**switches), login, password
        self.books: dict[str, Kept] = {}
        self.seen: Counter[str] = Counter()
        self.generation, self.lock = 1, Lock()
        self.web = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.web.owner, self.web.daemon_threads = self, True
        self.url = f"http://127.0.0.1:{self.web.server_port}/"

    def __enter__(self):
        Thread(target=self.web.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(self, *_):
        self.web.shutdown()
        self.web.server_close()

    def new_book(self, user="alice"):
        """The URL of another, empty book."""
        return self.url.rstrip("/") + quote(self.add(f"{HOME}book {len(self.books)} ü/"))

    def add(self, path):
        self.books[path] = Kept()
        if self.switches.stranger:
            self.books[path].put("read me.txt", b"no card")
        return path

    def kept(self, url):
        """The book behind a URL, for a test to play another program in it."""
        return self.books[unquote(urlsplit(url).path).removeprefix("/new")]

    def cards(self, url):
        return [body.decode() for _name, (body, _) in sorted(self.kept(url).cards.items())]

    def expire(self):
        """Forget every token that was given."""
        self.generation += 1

    # ------------------------------------------------------------ one request

    def reply(self, method, target, headers, body):
        path, to = unquote(urlsplit(target).path), self.switches.redirect
        if path == "/.well-known/carddav":  # RFC 6764, 5
            return Reply(301, {"Location": ROOT})
        if to and not path.startswith("/new/"):
            return Reply(self.switches.redirect_status, {"Location": to + target})
        if not self.knows(method, headers.get("Authorization", "")):
            nonce = ', nonce="n1", qop="auth", algorithm=MD5' if self.switches.digest else ""
            kind = "Digest" if self.switches.digest else "Basic"
            return Reply(401, {"WWW-Authenticate": f'{kind} realm="books"{nonce}'})
        act = getattr(self, method.lower(), lambda *_: Reply(405))
        with self.lock:
            self.seen[method] += 1
            self.prefix = "/new" if path.startswith("/new/") else ""
            return act(path.removeprefix("/new"), headers, body)

    def knows(self, method, given):
        if not self.switches.digest:
            return given == "Basic " + b64encode(f"{self.login}:{self.password}".encode()).decode()
        if not given.startswith("Digest "):
            return False
        said = parse_keqv_list(parse_http_list(given[7:]))  # RFC 7616
        who = md5(f"{self.login}:books:{self.password}")
        what = md5(f"{method}:{said['uri']}")
        parts = (said[name] for name in ("nonce", "nc", "cnonce", "qop"))
        return said["nonce"] == "n1" and said["response"] == md5(":".join([who, *parts, what]))

    def options(self, path, headers, body):
        return Reply(200, {"DAV": "1, 3, access-control, addressbook, extended-mkcol"})

    def mkcol(self, path, headers, body):  # RFC 5689
        if not path.startswith(HOME) or self.switches.read_only:
            return Reply(403)
        if path in self.books:
            return Reply(405)
        self.add(path if path.endswith("/") else path + "/")
        return Reply(201)

    def get(self, path, headers, body):
        book, name = self.place(path)
        if book is None or name not in book.cards:
            return Reply(404)
        kept, number = book.cards[name]
        return Reply(200, {"ETag": self.etag(number), **TEXT}, kept)

    def put(self, path, headers, body):
        book, name = self.place(path)
        if book is None or not name:
            return Reply(409)  # RFC 4918, 9.7.1
        if refused := self.refused(path, book, name, headers) or self.unfit(path, book, name, body):
            return refused
        told, is_new = {}, name not in book.cards
        if is_new and self.switches.renames:
            name = f"own name {book.number}.vcf"
            if self.switches.renames == "location":
                told["Location"] = self.href(path.rpartition("/")[0] + "/" + name)
        if self.switches.rewrites:
            body = body.replace(b"END:VCARD", f"X-SERVER:{book.number}\r\nEND:VCARD".encode())
        book.put(name, body, anew=self.switches.etag_counts)
        if self.switches.put_etag:
            told["ETag"] = self.etag(book.cards[name][1])
        return Reply(201 if is_new else 204, told)

    def delete(self, path, headers, body):
        if path in self.books and not self.switches.read_only:
            del self.books[path]
            return Reply(204)
        book, name = self.place(path)
        if book is None or name not in book.cards:
            return Reply(404)
        conditions = headers if self.switches.delete_conditions else {}
        if refused := self.refused(path, book, name, conditions):
            return refused
        book.remove(name)
        return Reply(204)

    def refused(self, path, book, name, headers):
        """The answer to a write that may not be made; None if it may (RFC 9110, 13)."""
        there = self.etag(book.cards[name][1]) if name in book.cards else None
        if self.switches.read_only:
            what = "<privilege><write-content/></privilege>"
            where = f"<resource><href>{self.href(path)}</href>{what}</resource>"
            return xml(403, f"<need-privileges>{where}</need-privileges>")
        status = self.switches.if_none_match if "If-None-Match" in headers else 0
        if status and (there or status != 412):
            return Reply(status)
        return Reply(412) if self.switches.if_match and _is_stale(headers, there) else None

    def unfit(self, path, book, name, body):
        """The answer to a card that can't be taken (RFC 6352, 6.3.2.1); None if it can."""
        if status := self.switches.put_refused:
            return xml(status, ERRORS[status])
        uid = re.search(rb"(?im)^UID:(.+?)\r?$", body)
        if not body.startswith(b"BEGIN:VCARD") or not uid:
            return xml(403, "<C:valid-address-data/>")
        for other, (kept, _) in book.cards.items():
            if other != name and uid[0] in kept and self.switches.uid_taken:
                href = f"<href>{self.href(path.rpartition('/')[0] + '/' + other)}</href>"
                told = href if self.switches.uid_taken == "href" else ""
                return xml(409, f"<C:no-uid-conflict>{told}</C:no-uid-conflict>")
        return None

    # ------------------------------------------------------------ properties

    def propfind(self, path, headers, body):
        paths = [path]
        if headers.get("Depth", "infinity") != "0":
            paths += [one for one in self.books if path == HOME]
            paths += [path + name for name in getattr(self.books.get(path), "cards", ())]
        if self.properties(path) is None and not self.switches.gone_inside:
            return Reply(404)
        return self.multistatus(self.told(one, wanted(body)) for one in paths)

    def report(self, path, headers, body):
        asked, book = ET.fromstring(body), self.books.get(path)
        if book is None:
            return Reply(404)
        match asked.tag:
            case "{DAV:}sync-collection" if self.switches.sync:
                return self.changes(path, book, asked)
            case "{urn:ietf:params:xml:ns:carddav}addressbook-multiget":
                hrefs = [one.text for one in asked.findall("{DAV:}href")]
                own = [unquote(urlsplit(one).path).removeprefix("/new") for one in hrefs]
                if self.switches.all_or_404 and None in map(self.properties, own):
                    return Reply(404)
                often = self.switches.forgets
                found = [one for n, one in enumerate(own, 1) if not often or n % often]
            case "{urn:ietf:params:xml:ns:carddav}addressbook-query":
                test = asked.find(f"{{{CARD}}}filter")
                every = not self.switches.filters
                found = [
                    path + name
                    for name, (kept, _) in book.cards.items()
                    if every or fits(kept, test)
                ]
            case _:
                return xml(403, "<supported-report/>")  # RFC 3253, 3.6
        own = [path] if self.switches.lists_itself else []
        return self.multistatus(self.told(one, wanted(body)) for one in own + found)

    def changes(self, path, book, asked):
        """RFC 6578, 3.2 to 3.6."""
        said, base = asked.findtext("{DAV:}sync-token") or "", f"data:,{self.generation}-"
        since = said.removeprefix(base) if said else "0"
        if not since.isdigit() or int(since) > book.number:
            if self.switches.expired == 207:
                asked.remove(asked.find("{DAV:}sync-token"))
                return self.changes(path, book, asked)
            says = "<valid-sync-token/>" if self.switches.expired_says else ""
            return xml(self.switches.expired, says)
        news = sorted((n, name) for name, n in book.changed.items() if n > int(since))
        news = [(n, name) for n, name in news if said or name in book.cards]
        if self.switches.cuts and (limit := asked.findtext("{DAV:}limit/{DAV:}nresults")):
            news = news[: int(limit)]
        page, rest = news[: self.switches.page or None], news[self.switches.page or len(news) :]
        own = [path] if self.switches.lists_itself else []
        names = wanted(ET.tostring(asked))
        told = [self.told(one, names) for one in own + [path + name for _, name in page]]
        if rest:
            full = "<error><number-of-matches-within-limits/></error>"
            told.append(gone(self.href(path), "507 Insufficient Storage", full))
        token = f"{base}{page[-1][0] if rest else book.number}"
        return self.multistatus(told, f"<sync-token>{token}</sync-token>")

    def multistatus(self, responses, more=""):
        return xml(207, "".join(responses) + more, "multistatus")

    def told(self, path, names):
        """One response: the named properties that exist, and the others with 404."""
        known = self.properties(path)
        if known is None:
            return gone(self.href(path), "404 Not Found")
        found = "".join(element(tag, known[tag]) for tag in names or known if tag in known)
        missing = "".join(element(tag, "") for tag in names if tag not in known)
        stats = (("200 OK", found), ("404 Not Found", missing))
        return f"<response><href>{self.href(path)}</href>" + "".join(
            f"<propstat><prop>{inner}</prop><status>HTTP/1.1 {status}</status></propstat>"
            for status, inner in stats if inner
        ) + "</response>"  # fmt: skip

    def properties(self, path):
        """What is known of a path; None if there is nothing."""
        user = f"<href>{self.href(PRINCIPAL)}</href>"
        common = {"{DAV:}current-user-principal": user, "{DAV:}resourcetype": "<collection/>"}
        match path:
            case "/" | "/dav/" | "/dav/books/alice/":
                return common
            case "/dav/principals/alice/":
                home = f"<href>{self.href(HOME)}</href>"
                kind = {"{DAV:}resourcetype": "<principal/>", "{DAV:}principal-URL": user}
                return common | kind | {f"{{{CARD}}}addressbook-home-set": home}
            case _ if path in self.books:
                return common | self.of_book(path, self.books[path])
        book, name = self.place(path)
        if book is None or name not in book.cards:
            return None
        kept, number = book.cards[name]
        return {
            "{DAV:}resourcetype": "",
            "{DAV:}getetag": escape(self.etag(number)),
            "{DAV:}getcontenttype": "text/vcard" if name.endswith(".vcf") else "text/plain",
            f"{{{CARD}}}address-data": escape(kept.decode("utf-8", "replace")),
        }

    def of_book(self, path, book):
        reports = ["<C:addressbook-multiget/>", "<C:addressbook-query/>"]
        rights = ["read"] + ([] if self.switches.read_only else ["write", "bind", "unbind"])
        told = {
            "{DAV:}resourcetype": "<collection/><C:addressbook/>",
            "{DAV:}displayname": escape(path.split("/")[-2]),
            "{DAV:}current-user-privilege-set": "".join(
                f"<privilege><{one}/></privilege>" for one in rights
            ),
            f"{{{CARD}}}supported-address-data": (
                '<C:address-data-type content-type="text/vcard" version="3.0"/>'
            ),
            f"{{{CARD}}}max-resource-size": "10000000",
        }
        if self.switches.ctag:
            told[f"{{{CS}}}getctag"] = f"{self.generation}-{book.number}"
        if self.switches.sync:
            reports.append("<sync-collection/>")
            told["{DAV:}sync-token"] = f"data:,{self.generation}-{book.number}"
        told["{DAV:}supported-report-set"] = "".join(
            f"<supported-report><report>{one}</report></supported-report>" for one in reports
        )
        return told

    def place(self, path):
        """The book of a card's path, None if there is none, and the card's name."""
        parent, _, name = path.rpartition("/")
        return self.books.get(parent + "/"), name

    def etag(self, number):
        return self.switches.etag.format(number)

    def href(self, path):
        encoded = quote(self.prefix + path)
        if self.switches.encoding == "lower":
            encoded = re.sub("%..", lambda found: found[0].lower(), encoded)
        elif self.switches.encoding == "all":
            encoded = "/".join(
                "".join(f"%{byte:02X}" for byte in part.encode())
                for part in (self.prefix + path).split("/")
            )
        return escape(self.switches.hrefs.format(encoded))


def _is_stale(headers, there):
    """Whether If-Match fails. A W/ before an ETag is a proxy's, and not looked at."""
    asked = headers.get("If-Match")
    if asked in (None, "*"):
        return asked == "*" and there is None
    return there is None or asked.removeprefix("W/") != there.removeprefix("W/")
