"""Find the items that are contacts already, before any contact is created a second time."""

from collections.abc import Collection, Iterator, Mapping, Sequence

from twinbook.model.contact import Contact
from twinbook.model.ids import RecordId
from twinbook.model.keys import Key
from twinbook.model.pair import Side
from twinbook.model.record import Record
from twinbook.reconcile.match import (
    Assignment,
    Candidate,
    assign,
    candidates,
    keys_of,
    shared_keys,
)
from twinbook.sync.dirty import pages
from twinbook.sync.setting import Setting

AT_ONCE = 10_000  # newcomers that are compared with a whole book at once
NOBODY = Assignment({}, {})


def match_newcomers(
    setting: Setting, skip: Collection[RecordId], taken: Collection[RecordId] = ()
) -> Assignment:
    """Which items of the user are contacts that would otherwise be created a second time.

    Decided over all newcomers at once, before the first is created (rule 2.8): an item
    that two contacts claim is nobody's. Items in `taken` are being linked already.
    """
    alike: dict[RecordId, tuple[Contact, list[Candidate]]] = {}
    for newcomers in _newcomers(setting, skip):
        keys = {id: keys_of(record.contact) for id, record in newcomers.items()}
        found = setting.replicas.spoke.resembling(frozenset().union(*keys.values()))
        items = _unlinked(setting, found, taken)
        shared = shared_keys(found) | shared_keys(setting.replicas.hub.resembling(found.keys()))
        for id, record in newcomers.items():
            if several := _alike(record, keys[id], found, items, shared):
                alike[id] = (record.contact, several)
    return assign(alike) if alike else NOBODY


def _newcomers(setting: Setting, skip: Collection[RecordId]) -> Iterator[dict[RecordId, Record]]:
    """Contacts that belong here and have no item, so many at once as memory bears."""
    some: dict[RecordId, Record] = {}
    for page in pages(setting, skip):
        contacts = [dirt.contact for dirt in page]
        links = setting.journal.links_to(contacts)
        unlinked = [contact for contact in contacts if contact not in links]
        some |= {
            id: record
            for id, record in setting.read(Side.HUB, unlinked).items()
            if isinstance(record, Record) and setting.terms.in_scope(record)
        }
        if len(some) >= AT_ONCE:
            yield some
            some = {}
    if some:
        yield some


def _unlinked(
    setting: Setting, found: Mapping[Key, Sequence[Record]], taken: Collection[RecordId]
) -> Mapping[RecordId, Record]:
    records = {record.id: record for several in found.values() for record in several}
    others = {*setting.journal.links_at(list(records)), *taken}
    return {id: setting.see(record) for id, record in records.items() if id not in others}


def _alike(
    record: Record,
    keys: frozenset[Key],
    found: Mapping[Key, Sequence[Record]],
    items: Mapping[RecordId, Record],
    shared: Collection[Key],
) -> list[Candidate]:
    ids = {one.id for key in keys for one in found.get(key, ())} & items.keys()
    return candidates(record.contact, [items[id] for id in sorted(ids)], shared)
