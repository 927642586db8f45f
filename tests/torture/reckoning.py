"""What must be true of the village, at any moment and when everything has come to rest."""

from collections import Counter
from pathlib import Path

import sqlalchemy as sa
from handheld import Item
from village import TAG, TEXTS, tokens, typed_in

from twinbook.crm import history
from twinbook.formats import vcard
from twinbook.journal import questions
from twinbook.journal.tables import operations


def at_any_moment(village) -> None:
    """Nothing is there twice (S4), and the database is whole."""
    nothing_is_twice(village, looked_at(village))


def at_rest(village, *places: Path) -> None:
    """All of it. `places` hold files of ours."""
    seen = looked_at(village)
    nothing_is_twice(village, seen)
    nothing_is_open(village)
    hub = {one.contact.given: one.contact for one in village.everybody()}
    assert hub.keys() == village.expected
    nothing_is_lost(village, hub)
    for book, items in seen.items():
        in_step(village, book, items, hub)
        personal_cards_are_untouched(village, book, items)
    nothing_leaks(village, seen, places)


def looked_at(village) -> dict[str, dict[str, Item]]:
    """All items of all books."""
    return {
        book: {name: held.look(name) for name in held.names()}
        for book, held in village.books.items()
    }


def nothing_is_twice(village, seen) -> None:
    with village.house.database.read() as c:
        assert c.exec_driver_sql("PRAGMA integrity_check").scalar() == "ok"
        assert c.exec_driver_sql("PRAGMA foreign_key_check").all() == []
    assert twice(one.contact.given for one in village.everybody()) == set(), "S4 in the hub"
    for book, items in seen.items():
        uids = [vcard.uid(item.card) for item in items.values()]
        assert twice(uids) == set(), f"S4 UIDs in {book}"
        names = [item.contact.given for item in items.values()]
        assert twice(names) == set(), f"S4 names in {book}"


def nothing_is_open(village) -> None:
    with village.house.database.read() as c:
        asked = [(one.hold.question, one.hold.text) for one in questions.everything(c)]
        assert asked == []
        in_doubt = sa.select(operations.c.id).where(~operations.c.void)
        assert c.scalars(in_doubt).all() == []


def twice(names) -> set[str]:
    return {name for name, count in Counter(names).items() if count > 1}


def nothing_is_lost(village, hub) -> None:
    """Whatever somebody typed is there, or somebody saw and replaced it, or the history has it."""
    shown = set().union(*map(typed_in, hub.values()))
    lost = village.typed - shown - village.replaced.keys() - village.thrown
    back = shown & village.replaced.keys()
    if lost or back:  # the history is long
        gave_way = yielded(village)
        assert lost - gave_way == set(), diary(village, "S1")
        came_to_nothing = gave_way | village.thrown
        back = {one for one in back if not is_nothing(village, one, came_to_nothing)}
        assert back == set(), diary(village, "S11")


def is_nothing(village, token, came_to_nothing) -> bool:
    """Whether all that somebody typed instead of a value gave way, or went with its card.

    Otherwise the value must not come back: it would be the program's own write that passed
    for somebody's edit.
    """
    instead = village.replaced.get(token, set())
    return bool(instead) and all(
        one in came_to_nothing or is_nothing(village, one, came_to_nothing) for one in instead
    )


def yielded(village) -> set[str]:
    with village.house.database.read() as c:
        entries = [one for record in village.everybody() for one in history.of(c, record.id)]
    return tokens(*(one.before for one in entries if one.yielded))


def diary(village, rule) -> str:
    """A rule, and all that people did, for whoever has to find out why it was broken."""
    return "\n".join([rule, *village.diary])


def in_step(village, book, items, hub) -> None:
    """Everything that belongs into a book is there and shows what the hub shows (L1, S3, S10)."""
    personal, unsure = village.personal[book], village.perhaps[book]
    shown = [item.contact for name, item in items.items() if name not in personal]
    names = {one.given for one in shown}
    belongs = hub.keys() - village.inactive - village.removed[book]
    assert names - unsure == belongs - unsure, diary(village, f"who is in {book}")
    for one in shown:
        for name in TEXTS:
            assert getattr(one, name) == getattr(hub[one.given], name), diary(
                village, f"{name} in {book}"
            )
        assert typed_in(one) == typed_in(hub[one.given]), diary(
            village, f"e-mail addresses in {book}"
        )
        assert TAG in one.categories, f"{one.given} in {book}"
        steady = one.given not in village.fickle | unsure
        wanted = village.notes[book].get(one.given, "")
        assert not steady or one.note == wanted, f"note of {one.given} in {book}"


def personal_cards_are_untouched(village, book, items) -> None:
    """To the last byte (S7); and what a card holds beyond our fields stays as well (S12)."""
    for name, data in village.personal[book].items():
        assert name in items, f"S7 {name} in {book} is gone"
        assert items[name].data == data, f"S7 {name} in {book}"
    for name, item in items.items():
        if name.startswith(("met-", "shared-")):
            assert f"X-KEEP:x{name}".encode() in unfolded(item.data), f"S12 {name} in {book}"


def unfolded(data: bytes) -> bytes:
    return data.replace(b"\r\n ", b"").replace(b"\n ", b"")


def nothing_leaks(village, seen, places) -> None:
    """No private value is in any file of ours, nor in another book (S6)."""
    for file in [one for place in places for one in (*place.rglob("*"), place) if one.is_file()]:
        leaked = tokens(file.read_bytes().decode("latin-1")) & village.secret
        assert leaked == set(), f"S6 {file.name}"
    private = {
        book: tokens(*(unfolded(item.data) for item in items.values())) & village.secret
        for book, items in seen.items()
    }
    assert twice(token for found in private.values() for token in found) == set(), "S6"
