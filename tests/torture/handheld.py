"""Address books as their users hold them in their hands: no part of Twinbook is in between."""

from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urljoin, urlsplit
from xml.etree import ElementTree as ET

from twinbook.formats import vcard
from twinbook.formats.vcard import Card
from twinbook.model.contact import Contact
from twinbook.testing.servers import Server

LIST = '<propfind xmlns="DAV:"><prop><getetag/></prop></propfind>'
CARD = {"Content-Type": "text/vcard; charset=utf-8"}
XML = {"Content-Type": "application/xml; charset=utf-8"}


@dataclass(frozen=True)
class Item:
    """A card as somebody looks at it; `tag` says later whether it still stands so."""

    name: str
    data: bytes
    tag: str

    @property
    def card(self) -> Card:
        return next(iter(vcard.cards(self.data)))

    @property
    def contact(self) -> Contact:
        return vcard.contact(self.card)


class InFolder:
    """A folder of cards. Its user's editor writes aside and renames."""

    is_local = True

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def names(self) -> list[str]:
        return sorted(one.name for one in self.folder.glob("*.vcf"))

    def look(self, name: str) -> Item | None:
        try:
            data = (self.folder / name).read_bytes()
        except FileNotFoundError:
            return None
        return Item(name, data, "")

    def write(self, item: Item, data: bytes) -> bool:
        return self.look(item.name) == item and self.add(item.name, data)

    def add(self, name: str, data: bytes) -> bool:
        aside = self.folder / ".editor.tmp"
        aside.write_bytes(data)
        aside.replace(self.folder / name)
        return True

    def remove(self, item: Item) -> bool:
        if self.look(item.name) != item:
            return False
        (self.folder / item.name).unlink()
        return True


class OnServer:
    """A book on a server, in a program that writes only over what it has seen."""

    is_local = False

    def __init__(self, server: Server, url: str) -> None:
        self.server, self.url = server, url

    def names(self) -> list[str]:
        answer = self.server.ask("PROPFIND", self.url, LIST, {"Depth": "1", **XML})
        assert answer.status == 207, answer
        found = ET.fromstring(answer.body).iter("{DAV:}href")
        urls = {urljoin(self.url, one.text or "") for one in found} - {self.url}
        return sorted(unquote(urlsplit(url).path.rpartition("/")[2]) for url in urls)

    def look(self, name: str) -> Item | None:
        answer = self.server.ask("GET", self.url + name)
        if answer.status == 404:
            return None
        assert answer.status == 200, answer
        return Item(name, answer.body, answer.headers["etag"])

    def write(self, item: Item, data: bytes) -> bool:
        headers = {**CARD, "If-Match": item.tag}
        return self._is_done(self.server.ask("PUT", self.url + item.name, data, headers).status)

    def add(self, name: str, data: bytes) -> bool:
        headers = {**CARD, "If-None-Match": "*"}
        return self._is_done(self.server.ask("PUT", self.url + name, data, headers).status)

    def remove(self, item: Item) -> bool:
        headers = {"If-Match": item.tag}
        return self._is_done(self.server.ask("DELETE", self.url + item.name, b"", headers).status)

    def _is_done(self, status: int) -> bool:
        assert status in (200, 201, 204, 404, 412), status
        return status < 300
