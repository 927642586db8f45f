"""How a contact is shown, to people and to programs, as far as its fields are shown to one."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from twinbook.cli.finding import SHORT

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from twinbook.model.contact import Contact
    from twinbook.model.record import Business, Record
    from twinbook.model.rights import Rights

HEAD = ["ID", "NAME", "COMPANY", "E-MAIL", "PHONE", "OWNER", ""]


def row(one: dict[str, Any]) -> list[str]:
    """One line of a list, under `HEAD`."""
    details = one["contact"]
    return [
        one["id"][:SHORT],
        one["name"],
        details.get("company", ""),
        next((mail["value"] for mail in details.get("emails", ())), ""),
        next((phone["value"] for phone in details.get("phones", ())), ""),
        one["owner"] or "",
        "" if one["active"] else "not active",
    ]


def details(data: dict[str, Any], record: "Record", rights: "Rights") -> dict[str, str]:
    """All that is known of a contact, by its name."""
    from twinbook.formats import typed
    from twinbook.model.fields import FIELDS
    from twinbook.reconcile.normal import as_text

    person = visible(record, rights)
    filled = {
        row.name: typed.write(row.name, value) if row.name != "photo" else as_text("photo", value)
        for row in FIELDS
        if (value := getattr(person, row.name))
    }
    return {
        "contact": data["name"],
        "id": record.id,
        "owner": data["owner"] or "",
        "account": data["account"] or "",
        "state": data["state"] if data["state"] != "active" else "",
        **filled,
    }


def visible(record: "Record", rights: "Rights") -> "Contact":
    """The details of a contact without the fields that are not shown to this user."""
    from twinbook.reconcile.private import blank

    return blank(record.contact, rights.hidden) if rights.hidden else record.contact


def as_data(connection: "Connection", record: "Record", rights: "Rights") -> dict[str, Any]:
    """A contact for --json: what is known of it, empty fields left out."""
    import msgspec

    from twinbook.formats import stored
    from twinbook.model.record import Business
    from twinbook.users import people

    business = record.business or Business()
    owner = people.get(connection, business.owner).email if business.owner else None
    return {
        "id": record.id,
        "version": record.version,
        "name": record.contact.name,
        "owner": owner,
        "account": business.account_name or None,
        "active": business.active and not business.deleted,
        "state": state(business),
        "contact": msgspec.json.decode(stored.dump(visible(record, rights))),
    }


def state(business: "Business") -> str:
    """Whether a contact is active, inactive, deleted or merged into another."""
    if business.merged_into:
        return f"merged into {business.merged_into}"
    if business.deleted:
        return "deleted"
    return "active" if business.active else "not active"


def edits(before: "Record", after: "Record") -> Iterator[str]:
    """What an edit changed, in sentences."""
    from twinbook.journal.deeds import edits_between
    from twinbook.reconcile.explain import detail

    yield f"{after.contact.name} is changed."
    old, new = before.business, after.business
    if old and new and old.account_name != new.account_name:
        yield f"  account {old.account_name or '(none)'} → {new.account_name or '(none)'}"
    if old and new and old.owner != new.owner:
        yield "  it has another owner now"
    if old and new and state(old) != state(new):
        yield f"  it is {state(new)} now"
    for one in edits_between(before, after):
        yield f"  {detail(one)}"
