"""What a replica promises about writing. The name of each function is the promise."""

from hashlib import sha256

from twinbook.model.contact import Contact, Phone, PhoneKind, Photo
from twinbook.model.ids import Version
from twinbook.model.record import Gone, Record
from twinbook.ports import (
    Create,
    Exists,
    Missing,
    Outdated,
    Release,
    Remove,
    Removed,
    Replica,
    Update,
    Written,
)
from twinbook.testing.hands import (
    ADA,
    NOWHERE,
    TAG,
    difference,
    edit,
    is_removed,
    listed,
    mark,
    news,
    put,
    put_back,
    send,
    shown,
    update,
)

PICTURE = bytes.fromhex(
    "47494638396101000100800000000000ffffff21f90401000000002c00000000010001000002024401003b"
)


# creating


def a_new_item_carries_its_mark_and_is_echoed_as_it_reads(replica: Replica) -> None:
    echo = put(replica)
    assert echo.mark == mark(1)
    assert shown(replica, echo.id) == echo
    assert not difference(echo.contact, replica.shape.fit(ADA))


def a_mark_is_stored_once(replica: Replica) -> None:
    first = put(replica)
    (second,) = send(replica, Create(contact=ADA.but(given="Other"), mark=mark(1)))
    assert second == Exists(first.id)
    assert shown(replica, first.id) == first
    assert len(listed(news(replica, None)[0])) == 1


def what_a_shape_says_is_kept(replica: Replica) -> None:
    many = tuple(Phone(f"+44 20 7946 00{n:02}", PhoneKind.WORK) for n in range(12))
    wanted = ADA.but(phones=many, profession="Countess", hobbies=("engines",))
    echo = put(replica, wanted)
    fitted = replica.shape.fit(wanted)
    assert not difference(echo.contact, fitted)
    assert replica.shape.fit(echo.contact) == echo.contact


def every_script_is_kept(replica: Replica) -> None:
    written = replica.shape.fit(
        ADA.but(
            given="Zoë \u0645\u062d\u0645\u062f 山田",
            surname="O'Neill-Müller; Jr.",
            nickname="👩‍👩‍👧",
        )
    )
    echo = put(replica, written)
    assert not difference(echo.contact, written)
    assert shown(replica, echo.id) == echo


def a_text_of_70_000_characters_is_kept(replica: Replica) -> None:
    long = "".join(f"line {n}: Zoë and 山田\n" for n in range(3_500)).strip()[:70_000]
    echo = put(replica, ADA.but(note=long))
    assert echo.contact.note == replica.shape.fit(ADA.but(note=long)).note


def a_picture_comes_back_byte_for_byte(replica: Replica) -> None:
    if not replica.shape.holds("photo"):
        return
    photo = Photo(sha256(PICTURE).hexdigest(), "image/gif")
    create = Create(contact=ADA.but(photo=photo), mark=mark(1), photo=PICTURE)
    (outcome,) = send(replica, create)
    assert isinstance(outcome, Written)
    kept = outcome.record.contact.photo
    assert kept == photo
    assert replica.photo(outcome.record.id, kept) == PICTURE
    assert replica.photo(outcome.record.id, Photo("0" * 64)) is None
    assert replica.photo(NOWHERE, kept) is None


# updating


def only_the_named_fields_change(replica: Replica) -> None:
    before = put(replica)
    after = edit(replica, before, job_title="Countess")
    assert after.contact == before.contact.but(job_title="Countess")
    assert (after.id, after.mark) == (before.id, before.mark)
    assert shown(replica, before.id) == after


def a_version_changes_with_the_content(replica: Replica) -> None:
    first = put(replica)
    second = edit(replica, first, job_title="Countess")
    third = edit(replica, second, job_title="Analyst")
    # The very same content may have the very same version again.
    assert first.version != second.version != third.version


def a_stale_update_changes_nothing(replica: Replica) -> None:
    old = put(replica)
    now = edit(replica, old, job_title="Countess")
    (outcome,) = send(replica, update(old, job_title="Late"))
    assert outcome == Outdated()
    assert shown(replica, old.id) == now


def a_stale_removal_changes_nothing(replica: Replica) -> None:
    old = put(replica)
    now = edit(replica, old, job_title="Countess")
    assert send(replica, Remove(id=old.id, expected=old.version)) == [Outdated()]
    assert shown(replica, old.id) == now


def a_stale_release_changes_nothing(replica: Replica) -> None:
    old = put(replica, tag=TAG)
    now = edit(replica, old, job_title="Countess")
    assert send(replica, Release(id=old.id, expected=old.version, tag=TAG)) == [Outdated()]
    assert shown(replica, old.id) == now


def what_does_not_exist_is_missing(replica: Replica) -> None:
    nothing = Version("none")
    outcomes = send(
        replica,
        Update(id=NOWHERE, expected=nothing, contact=ADA),
        Remove(id=NOWHERE, expected=nothing),
        Release(id=NOWHERE, expected=nothing, tag=TAG),
    )
    assert outcomes == [Missing()] * 3
    assert shown(replica, NOWHERE) == Gone(NOWHERE)


def a_field_can_be_cleared(replica: Replica) -> None:
    before = put(replica)
    after = edit(replica, before, job_title="", phones=(), birthday=None, note="")
    left = before.contact.but(job_title="", phones=(), birthday=None, note="")
    assert after.contact == left


# the tag


def a_tag_is_added_and_nothing_else(replica: Replica) -> None:
    plain = put(replica, ADA.but(categories=("Friends",)))
    claim = Update(
        id=plain.id,
        expected=plain.version,
        contact=Contact(),
        fields=frozenset(),
        mark=plain.mark,
        tag=TAG,
    )
    (outcome,) = send(replica, claim)
    assert isinstance(outcome, Written)
    after = outcome.record.contact
    assert after.but(categories=()) == plain.contact.but(categories=())
    if replica.shape.holds("categories") and not _is_crm(plain):
        assert set(after.categories) == {*plain.contact.categories, TAG}


def a_released_item_stays_without_its_tag(replica: Replica) -> None:
    record = put(replica, ADA.but(categories=("Friends",)), tag=TAG)
    (outcome,) = send(replica, Release(id=record.id, expected=record.version, tag=TAG))
    assert isinstance(outcome, Written)
    kept = replica.shape.fit(ADA.but(categories=("Friends",))).categories
    assert outcome.record.contact == record.contact.but(categories=kept)
    assert shown(replica, record.id) == outcome.record


def _is_crm(record: Record) -> bool:
    return record.business is not None


# removing


def a_removed_item_is_gone_for_good(replica: Replica) -> None:
    record = put(replica)
    (outcome,) = send(replica, Remove(id=record.id, expected=record.version))
    assert isinstance(outcome, Removed)
    assert is_removed(replica, record.id)
    (again,) = send(replica, Remove(id=record.id, expected=record.version))
    assert isinstance(again, Missing | Outdated)
    assert is_removed(replica, record.id)


def an_image_puts_an_item_back(replica: Replica) -> None:
    record = put(replica, ADA.but(nickname="Enchantress"))
    again = put_back(replica, record)
    if again is not None:
        assert again.contact == record.contact
        assert again.mark is not None


def what_is_said_beside_an_image_is_laid_over_it(replica: Replica) -> None:
    record = put(replica)
    again = put_back(replica, record, Contact(job_title="Countess"))
    if again is not None:
        assert again.contact == record.contact.but(job_title="Countess")


def an_image_can_be_put_back_without_its_tag(replica: Replica) -> None:
    record = put(replica, ADA.but(categories=("Friends",)), tag=TAG)
    again = put_back(replica, record, untag=TAG)
    if again is not None:
        kept = replica.shape.fit(ADA.but(categories=("Friends",))).categories
        assert again.contact == record.contact.but(categories=kept)


# several at once


def every_change_has_its_outcome_in_order(replica: Replica) -> None:
    one = put(replica)
    outcomes = send(
        replica,
        Create(contact=ADA.but(given="Grace"), mark=mark(2)),
        update(one, job_title="Countess"),
        update(one, job_title="Late"),
        Create(contact=ADA, mark=mark(2)),
        Remove(id=NOWHERE, expected=Version("none")),
    )
    kinds = [type(outcome) for outcome in outcomes]
    assert kinds == [Written, Written, Outdated, Exists, Missing]
