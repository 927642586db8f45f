"""Other people's servers work as far as we rely on them; what else they do is printed."""

from contextlib import closing

import pytest
from asking import Book, card, items, token_of
from examine import examine, new

pytestmark = pytest.mark.compat

NO_SYNC = {"sabre/dav"}
"""Servers without sync-collection."""
UNCONDITIONAL = {"SOGo"}
"""Servers that overwrite and remove whatever the conditions say, but for a stale PUT."""
WHOLE_MULTIGET = {"sabre/dav"}
"""Servers whose multiget fails when one card is missing."""
FORGETFUL_MULTIGET = {"DAViCal"}
"""Servers whose multiget leaves missing cards out."""


@pytest.fixture
def book(collection):
    with closing(Book(*collection)) as book:
        yield book


def names(answer):
    return sorted(name for name in items(answer) if name)


def test_a_new_book_is_empty_and_keeps_cards(book):
    empty = names(book.propfind("<getetag/>", depth="1"))
    name, made = new(book)

    assert empty == []
    assert made.status == 201
    assert names(book.propfind("<getetag/>", depth="1")) == [name]
    assert f"UID:{name[:-4]}" in book.get(name).text


def test_the_etag_of_a_put_is_the_one_that_is_read(book):
    name, made = new(book)

    listed = items(book.propfind("<getetag/>", depth="1"))[name][1]

    assert listed == book.get(name).headers["etag"]
    assert made.headers.get("etag", listed) == listed


def test_a_stale_put_changes_nothing(book):
    name, _made = new(book)
    old = book.get(name).headers["etag"]
    fresh = book.put(name, card(name[:-4], "TITLE:Countess"), If_Match=old)

    stale = book.put(name, card(name[:-4], "TITLE:Late"), If_Match=old)

    assert (fresh.status, stale.status) == (204, 412)
    assert "TITLE:Countess" in book.get(name).text


def test_a_name_is_given_once(peer, book):
    name, _made = new(book)

    again = book.put(name, card(name[:-4], "TITLE:Late"), If_None_Match="*")

    assert again.status == (204 if peer.name in UNCONDITIONAL else 412)


def test_a_card_is_removed_unless_it_changed(peer, book):
    name, _made = new(book)
    old = book.get(name).headers["etag"]
    book.put(name, card(name[:-4], "TITLE:Countess"))

    stale = book.ask("DELETE", name, If_Match=old)
    book.ask("DELETE", name)

    assert stale.status == (204 if peer.name in UNCONDITIONAL else 412)
    assert book.get(name).status == 404


def test_changes_are_told_once(peer, book):
    kept, removed = new(book)[0], new(book)[0]
    first = book.sync()
    if peer.name in NO_SYNC:
        assert (first.status, token_of(first)) == (403, "")
        return

    changed = new(book)[0]
    book.ask("DELETE", removed)
    then = book.sync(token_of(first))

    assert names(first) == sorted([kept, removed])
    assert items(then)[changed][0] == 200
    assert items(then)[removed][0] == 404


def test_several_cards_are_read_at_once(peer, book):
    some = sorted(new(book)[0] for _ in range(3))
    paths = [book.path + name for name in some]

    whole = book.multiget(*paths)
    lacking = items(book.multiget(*paths, book.path + "missing.vcf"))

    assert names(whole) == some
    assert whole.text.count("BEGIN:VCARD") == 3
    if peer.name in WHOLE_MULTIGET:
        assert lacking == {}
    elif peer.name in FORGETFUL_MULTIGET:
        assert sorted(lacking) == some
    else:
        assert lacking["missing.vcf"][0] == 404


def test_a_card_is_found_by_its_address(book):
    name, _made = new(book)
    new(book)

    assert names(book.query("EMAIL", name[:-4].upper())) == [name]


def test_what_it_does_is_told(peer, book, seen):
    told = examine(book)

    seen[peer.name] = told

    assert told["a new card"].startswith("201")
