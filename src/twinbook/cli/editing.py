"""What `field=value` words mean for a contact, and carrying that out in the hub."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from twinbook.journal.deeds import Deed
    from twinbook.model.contact import Contact
    from twinbook.model.ids import AccountId, UserId
    from twinbook.model.record import Record
    from twinbook.model.rights import Rights
    from twinbook.ports import Clock

STANDING = ("owner", "account", "active")
"""What the company decides about a contact, beside the person's details."""


@dataclass(frozen=True, slots=True)
class Assignment:
    """One word: a name, what to do with it, and a value."""

    name: str
    sign: str
    text: str


def assignments(words: Sequence[str]) -> list[Assignment]:
    """The words of a command. Raises Invalid for one that names no field, with all there are."""
    from twinbook.formats import typed
    from twinbook.model.errors import Invalid
    from twinbook.model.fields import BY_NAME

    found = [Assignment(*typed.assignment(word)) for word in words]
    for one in found:
        if one.name not in BY_NAME and one.name not in STANDING:
            known = ", ".join((*BY_NAME, *STANDING))
            raise Invalid(f"There is no field {one.name!r}. The fields: {known}.")
        if one.name in STANDING and one.sign != "=":
            raise Invalid(f"{one.name} holds one value. Set it with {one.name}=VALUE.")
    if not found:
        raise Invalid("Nothing was said to change. Add FIELD=VALUE, such as job_title=Analyst.")
    return found


def fields_in(words: Sequence[Assignment]) -> frozenset[str]:
    """The fields of the person that are set."""
    return frozenset(one.name for one in words if one.name not in STANDING)


def applied(contact: "Contact", words: Sequence[Assignment]) -> "Contact":
    """The contact after the assignments. Raises Invalid."""
    from twinbook.formats import typed

    for one in words:
        if one.name not in STANDING:
            before = getattr(contact, one.name)
            value: Any = typed.changed(one.name, one.sign, one.text, before)
            contact = contact.but(**{one.name: value})
    return contact


def owner_in(connection: "Connection", words: Sequence[Assignment]) -> "UserId | None":
    """The owner that was named, None for nobody."""
    from twinbook.users import people

    text = _last(words, "owner")
    return people.find(connection, text).id if text else None


def account_in(connection: "Connection", words: Sequence[Assignment]) -> "AccountId | None":
    """The account that was named, None for none."""
    from twinbook.crm import accounts

    text = _last(words, "account")
    return accounts.find(connection, text).id if text else None


def _last(words: Sequence[Assignment], name: str) -> str:
    return next((one.text.strip() for one in reversed(words) if one.name == name), "")


def check(rights: "Rights", record: "Record", words: Sequence[Assignment]) -> None:
    """Raises NotAllowed if the user may not do that, Invalid if it would have no effect."""
    from twinbook.crm import access
    from twinbook.model.errors import Invalid

    access.check_edit(rights, record, fields_in(words))
    names = {one.name for one in words}
    if names & {"owner", "active"}:
        access.check_dispose(rights, record)
    account = record.business.account_name if record.business else ""
    if account and "company" in names and "account" not in names:
        raise Invalid(
            f"This contact belongs to the account {account}, and shows its name as the company. "
            "Set account=NAME, or account= for none."
        )


def carry_out(
    connection: "Connection",
    record: "Record",
    words: Sequence[Assignment],
    deed: "Deed",
    clock: "Clock",
) -> "Record":
    """The contact after the assignments, with one step in the run."""
    from twinbook.crm import contacts, standing
    from twinbook.ports import Update

    cause, id, names = deed.cause, record.id, {one.name for one in words}
    after = record
    if "active" in names and _yes(_last(words, "active")):
        after = standing.restore(connection, id, cause, clock)
    if "account" in names:
        account = account_in(connection, words)
        after = standing.set_account(connection, id, account, cause, clock)
    if fields := fields_in(words):
        wanted = applied(after.contact, words)
        update = Update(id=id, expected=after.version, contact=wanted, fields=fields)
        after = contacts.update(connection, update, cause, clock)
    if "owner" in names:
        after = standing.give_to(connection, id, owner_in(connection, words), cause, clock)
    deed.note(connection, [(record, after)], _reason(words))
    if "active" in names and not _yes(_last(words, "active")):
        gone = standing.deactivate(connection, id, cause, clock)
        deed.note(connection, [(after, gone)], "no longer active")
        after = gone
    return after


def _reason(words: Sequence[Assignment]) -> str:
    """What was said about the contact's standing, as a clause."""
    said = {one.name: one.text.strip() or "none" for one in words if one.name in STANDING}
    return ", ".join(f"{name}: {text}" for name, text in said.items() if text.lower() != "no")


def _yes(text: str) -> bool:
    from twinbook.model.errors import Invalid

    if text.lower() not in ("yes", "no"):
        raise Invalid(f"active is yes or no, not {text!r}.")
    return text.lower() == "yes"
