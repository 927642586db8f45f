"""A list that speaks of another address book tells nothing about this one."""

import pytest

from twinbook.model.errors import Emptied
from twinbook.net.web import Answer
from twinbook.replicas.carddav.client import Collection

ANSWER = """<multistatus xmlns="DAV:"><response><href>{href}</href><propstat><prop>
<getetag>"1"</getetag></prop><status>HTTP/1.1 200 OK</status></propstat></response>
<sync-token>1</sync-token></multistatus>"""


class Prefixed:
    """What is seen through a proxy that takes a part of the path away, and puts none back."""

    server = "dav.example.com:443"

    def __init__(self, href):
        self.href = href

    def ask(self, method, url, **_):
        return Answer(207, {}, ANSWER.format(href=self.href).encode(), url)


@pytest.mark.parametrize("look", [Collection.listing, lambda book: book.since("")])
def test_a_list_of_nothing_but_strange_addresses_is_no_empty_book(look):
    book = Collection(Prefixed("/alice/book/ada.vcf"), "https://dav.example.com/dav/alice/book/")

    with pytest.raises(Emptied, match="lists another address book"):
        look(book)


@pytest.mark.parametrize("look", [Collection.listing, lambda book: book.since("")])
def test_a_list_of_the_book_alone_is_an_empty_book(look):
    book = Collection(Prefixed("/dav/alice/book/"), "https://dav.example.com/dav/alice/book/")

    assert look(book).items == {}
