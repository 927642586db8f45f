"""The marks of the items we create: known again even if everything we knew was lost.

A mark is made of the secret, the spoke and the contact. So a creation that is repeated,
because our database was put back from a backup or an answer never came, meets the item
that is there already. It tells nobody else anything.
"""

import hashlib
import hmac
from collections.abc import Collection, Iterable, Mapping

from twinbook.model.ids import LinkId, RecordId
from twinbook.model.record import Record
from twinbook.sync.setting import Setting

KNOWN = 4  # so many links that a contact had in turn are tried where none is remembered


def mark_of(setting: Setting, contact: RecordId, number: int) -> LinkId:
    """The mark of the item that a contact gets for the `number`-th time."""
    text = f"{setting.spoke.id}\x00{contact}\x00{number}".encode()
    return LinkId(hmac.new(setting.secret, text, hashlib.sha256).hexdigest()[:32])


def fresh_marks(setting: Setting, contacts: Collection[RecordId]) -> Mapping[RecordId, LinkId]:
    """For each contact a mark that no link of this spoke has or had."""
    found: dict[RecordId, LinkId] = {}
    number, left = 0, list(contacts)
    while left:
        marks = {contact: mark_of(setting, contact, number) for contact in left}
        taken = {
            *setting.journal.links_marked(marks.values()),
            *setting.journal.ended(marks.values()),
        }
        found |= {contact: mark for contact, mark in marks.items() if mark not in taken}
        number, left = number + 1, [contact for contact, mark in marks.items() if mark in taken]
    return found


def without_ours(setting: Setting, items: Iterable[Record]) -> list[Record]:
    """The items that we did not create, as far as their marks tell, or gave to their user.

    What we forgot that we made, because our database was put back, is not somebody's wish.
    """
    records = list(items)
    marks = {record.mark for record in records if record.mark is not None}
    marks -= {one.mark for one in setting.journal.ended(marks).values() if one.released}
    if not marks:
        return records
    ours = {
        mark_of(setting, one.id, number)
        for page in setting.replicas.hub.changes(None)
        for one in page.announced
        for number in range(KNOWN)
    }
    return [record for record in records if record.mark not in ours & marks]
