"""What the checks of the contract do to a replica, and how they look at it."""

from collections.abc import Iterable, Sequence

from twinbook.model.cause import Cause
from twinbook.model.contact import EMPTY, Contact, Day, Email, Kind, Phone, PhoneKind
from twinbook.model.ids import Cursor, LinkId, RecordId, Version
from twinbook.model.record import Announced, Delta, Gone, Record, Trouble
from twinbook.model.shape import ALL_FIELDS
from twinbook.ports import Change, Create, Outcome, Remove, Removed, Replica, Update, Written
from twinbook.reconcile.normal import same

CAUSE = Cause(actor=None, channel="contract")
TAG = "CRM"
ADA = Contact(
    given="Ada",
    surname="Lovelace",
    job_title="Analyst",
    emails=(Email("ada@example.org", Kind.WORK),),
    phones=(Phone("+44 20 7946 0001", PhoneKind.WORK),),
    birthday=Day(12, 10, 1815),
    note="first line\nsecond line",
)
NOWHERE = RecordId("no-such-item.vcf")


def mark(number: int) -> LinkId:
    """A link id that nobody has had before."""
    return LinkId(f"{number:032x}")


def send(replica: Replica, *changes: Change) -> Sequence[Outcome]:
    """What became of some changes, each outcome once and in their order."""
    outcomes = list(replica.write(changes, CAUSE))
    assert len(outcomes) == len(changes)
    return outcomes


def put(replica: Replica, contact: Contact = ADA, number: int = 1, tag: str = "") -> Record:
    """The echo of a new item."""
    (outcome,) = send(replica, Create(contact=contact, mark=mark(number), tag=tag))
    assert isinstance(outcome, Written), outcome
    return outcome.record


def edit(replica: Replica, record: Record, **changes: object) -> Record:
    """The echo of an update of some fields."""
    (outcome,) = send(replica, update(record, **changes))
    assert isinstance(outcome, Written), outcome
    return outcome.record


def put_back(
    replica: Replica, record: Record, contact: Contact = EMPTY, untag: str = ""
) -> Record | None:
    """The echo of an item that was removed and put back; None where the place has no images."""
    (outcome,) = send(replica, Remove(id=record.id, expected=record.version))
    assert isinstance(outcome, Removed), outcome
    if outcome.image is None:
        return None
    create = Create(contact=contact, mark=mark(99), image=outcome.image, untag=untag)
    (again,) = send(replica, create)
    assert isinstance(again, Written), again
    return again.record


def update(record: Record, **changes: object) -> Update:
    contact = Contact().but(**changes)
    return Update(id=record.id, expected=record.version, contact=contact, fields=frozenset(changes))


def shown(replica: Replica, id: RecordId) -> Record | Gone | Trouble | None:
    """An item as it is now."""
    return replica.read([id]).get(id)


def news(replica: Replica, since: Cursor | None) -> tuple[list[Delta], Cursor]:
    """Every page since a cursor, and the cursor that may be kept."""
    pages = list(replica.changes(since))
    assert pages, "a feed without news is one empty page"
    return pages, pages[-1].cursor


def announced(pages: Iterable[Delta]) -> dict[RecordId, Announced]:
    """The items that are news."""
    return {one.id: one for page in pages for one in page.announced}


def listed(pages: Iterable[Delta]) -> dict[RecordId, Version]:
    """All items that pages name, news or not."""
    pages = list(pages)
    present = {id: version for page in pages for id, version in page.present}
    return present | {id: one.version for id, one in announced(pages).items()}


def is_removed(replica: Replica, id: RecordId) -> bool:
    """Whether an item is gone; a CRM deactivates its contacts instead."""
    record = shown(replica, id)
    if isinstance(record, Record):
        return record.business is not None and not record.business.active
    return isinstance(record, Gone)


def difference(one: Contact, other: Contact) -> set[str]:
    """The fields in which a person would see a difference."""
    return {name for name in ALL_FIELDS if not same(name, getattr(one, name), getattr(other, name))}
