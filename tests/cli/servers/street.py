"""A company whose users keep their address books on servers and in a folder."""

from dataclasses import dataclass
from urllib.parse import urljoin
from xml.etree import ElementTree as ET

from town import ADA, MUM, Town

from twinbook.testing.servers import ask

LIST = '<propfind xmlns="DAV:"><prop><getetag/></prop></propfind>'
XML = {"Content-Type": "application/xml; charset=utf-8"}
CARD = {"Content-Type": "text/vcard; charset=utf-8"}
CRLF = "\r\n"


@dataclass(frozen=True)
class Shelf:
    """A book on a server, as its user's own programs see it."""

    url: str
    login: tuple[str, str]

    def texts(self):
        """Cards by their URLs."""
        answer = ask("PROPFIND", self.url, LIST, {"Depth": "1", **XML}, self.login)
        assert answer.status == 207, answer
        found = {
            urljoin(self.url, one.text) for one in ET.fromstring(answer.body).iter("{DAV:}href")
        }
        return {url: self.get(url) for url in sorted(found - {self.url})}

    def get(self, url):
        return ask("GET", url, login=self.login).text

    def put(self, name, text):
        body = CRLF.join(text.splitlines()) + CRLF
        answer = ask("PUT", urljoin(self.url, name), body, CARD, self.login)
        assert answer.status in (201, 204), answer

    def delete(self, url=""):
        answer = ask("DELETE", url or self.url, login=self.login)
        assert answer.status in (200, 204), answer


@dataclass(frozen=True)
class Drawer:
    """A book in a folder."""

    place: object

    def texts(self):
        return {str(path): path.read_bytes().decode() for path in sorted(self.place.glob("*.vcf"))}

    def put(self, name, text):
        (self.place / name).write_bytes((CRLF.join(text.splitlines()) + CRLF).encode())

    def delete(self, path):
        (self.place / path).unlink()


class Street(Town):
    """Each user has one book, which is called like the user."""

    def __init__(self, place):
        super().__init__(place)
        self.books = {}

    # ------------------------------------------------ connecting

    def secret(self, password="secret"):
        return self.file("password", f"{password}\n")

    def connect(self, user, url, *more, login="alice", password="secret"):
        """What `twinbook connect carddav` answers, for a user's book."""
        self.books[user] = Shelf(url, (login, password))
        words = ("connect", "carddav", url, "--login", login, "--user", f"{user}@example.com")
        return self(*words, "--password-file", self.secret(password), *more)

    def on_server(self, user, url):
        result = self.connect(user, url)
        assert result.status == 0, result
        return self

    def in_folder(self, user):
        self.books[user] = Drawer(self.folder(user))
        self.do("connect", "folder", self.folder(user), "--user", f"{user}@example.com")
        return self

    def with_three_books(self, radicale, xandikos):
        """Ada is in the hub and in every book; each user's mother is in that user's only."""
        self.do("import", self.file("customers.vcf", ADA))
        self.on_server("ann", radicale.new_book("alice"))
        self.on_server("bob", xandikos.new_book("alice"))
        self.in_folder("cat")
        for user, book in self.books.items():
            book.put("mum.vcf", mother(user))
        self.do("sync")
        return self

    # ------------------------------------------------ what users see and do

    def cards(self, book):
        """The cards of a book by their full names, unfolded."""
        unfolded = [unfold(text) for text in self.books[book].texts().values()]
        return {name_of(text): text for text in unfolded}

    def everywhere(self, name):
        return [self.cards(book).get(name, "") for book in self.books]

    def address(self, book, name):
        (found,) = [
            where for where, text in self.books[book].texts().items() if name_of(text) == name
        ]
        return found

    def write(self, book, name, old, new):
        """Somebody edits the card of a person with another program."""
        where = self.address(book, name)
        text = unfold(self.books[book].texts()[where])
        assert old in text, text
        self.books[book].put(where, text.replace(old, new))

    def add_line(self, book, name, line):
        self.write(book, name, "END:VCARD", f"{line}\r\nEND:VCARD")

    def delete(self, book, name):
        self.books[book].delete(self.address(book, name))

    # ------------------------------------------------ what the company sees

    def names(self):
        return sorted(one["name"] for one in self.json("contact", "list"))

    def contact(self, name):
        return self.json("contact", "show", name)["contact"]

    def states(self):
        return {one["book"]: one["state"] for one in self.json("status")["books"]}

    def is_quiet(self):
        """Whether another sync writes nothing at all."""
        return not any(run["steps"] for run in self.json("sync")["runs"])


def mother(user):
    """A personal card that nobody else has."""
    return (
        MUM.replace("Eva", f"Eva-{user}")
        .replace("UID:mum", f"UID:mum-of-{user}")
        .replace("+49 171 5", f"+49 171 {ord(user[0])}")
    )


def unfold(text):
    return text.replace("\r\n ", "").replace("\n ", "")


def name_of(text):
    (found,) = [line[3:] for line in text.splitlines() if line.startswith("FN:")]
    return found
