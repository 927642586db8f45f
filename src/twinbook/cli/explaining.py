"""Sentences about where a value comes from, and why a contact is or is not in a book."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from twinbook.cli.desk import Desk
from twinbook.cli.finding import SHORT
from twinbook.cli.output import Answer, when

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from twinbook.model.entry import Entry
    from twinbook.model.ids import UserId
    from twinbook.model.link import Link
    from twinbook.model.record import Record
    from twinbook.model.rights import Rights
    from twinbook.model.spoke import Spoke

BESIDE = ("owner", "account", "state", "merged", "created")
"""What history tells beside the fields of a person."""


def history(desk: Desk, contact: str, field: str) -> Answer:
    """Who set a field of a contact, when and through what, and which values gave way."""
    from twinbook.cli import finding
    from twinbook.crm import history as kept
    from twinbook.users import people

    with desk.house.database.read() as connection:
        rights = desk.rights(connection)
        _check(field, rights)
        record = finding.contact(connection, contact, rights)
        entries = [
            *([] if field == "created" else kept.of(connection, record.id, kept.CREATED)),
            *kept.of(connection, record.id, field),
        ]
        actors = {one.cause.actor for one in entries if one.cause.actor}
        names = people.names(connection, actors)
    now = _value(record, field)
    data = {
        "contact": record.id,
        "field": field,
        "value": now,
        "history": [_entry(one, names) for one in entries],
    }
    head = f"{_label(field)} of {record.contact.name}: {now or '(empty)'}"
    return Answer(data, [head, *(f"  {_sentence(one, names)}" for one in entries)])


def _check(field: str, rights: "Rights") -> None:
    from twinbook.model.errors import Invalid, NotAllowed
    from twinbook.model.fields import BY_NAME

    if field not in BY_NAME and field not in BESIDE:
        raise Invalid(f"There is no field {field!r}. The fields: {', '.join((*BY_NAME, *BESIDE))}.")
    if field in rights.hidden:
        raise NotAllowed(f"The field {field} is not shown to you.")


def _value(record: "Record", field: str) -> str:
    from twinbook.cli.showing import state
    from twinbook.model.fields import BY_NAME
    from twinbook.reconcile.normal import as_text

    if field in BY_NAME:
        return as_text(field, getattr(record.contact, field))
    business = record.business
    known: Mapping[str, str] = {
        "account": business.account_name if business else "",
        "state": state(business) if business else "",
    }
    return known.get(field, "")


def _label(field: str) -> str:
    from twinbook.model.fields import BY_NAME

    label = BY_NAME[field].label if field in BY_NAME else field
    return label[:1].upper() + label[1:]


def _entry(one: "Entry", names: "Mapping[UserId, str]") -> dict[str, Any]:
    return {
        "field": one.field,
        "before": one.before,
        "after": one.after,
        "at": one.at,
        "who": names.get(one.cause.actor) if one.cause.actor else None,
        "through": one.cause.channel,
        "reason": one.cause.reason or None,
        "run": one.cause.run,
        "gave_way": one.yielded,
    }


def _sentence(one: "Entry", names: "Mapping[UserId, str]") -> str:
    from twinbook.crm.history import CREATED

    who = names.get(one.cause.actor, "somebody") if one.cause.actor else "Twinbook"
    through = f", through {one.cause.channel}" if one.cause.channel else ""
    run = f", in the run {one.cause.run[:SHORT]}" if one.cause.run else ""
    origin = f"{when(one.at)}  {who}{through}{run}"
    if one.field == CREATED:
        return f"{origin}: created the contact, with all that it said then"
    if one.yielded:
        return f"{origin}: {one.before or one.after or '(empty)'} gave way, and is kept here"
    was = f" (was {one.before})" if one.before else ""
    return f"{origin}: {one.after or '(cleared)'}{was}"


# membership


def membership(desk: Desk, contact: str) -> Answer:
    """For each book that the one who acts may know of: is the contact there, and why."""
    from twinbook.cli import finding

    with desk.house.database.read() as connection:
        rights = desk.rights(connection)
        record = finding.contact(connection, contact, rights)
        books = finding.books(connection, (), rights)
        data = [_place(connection, one, record) for one in books]
    lines = [f"  {one['book']}: {one['why']}" for one in data]
    head = f"{record.contact.name} ({record.id[:SHORT]})"
    found = {"contact": record.id, "name": record.contact.name, "books": data}
    return Answer(found, [head, *(lines or ["  No book is connected yet."])])


def _place(connection: "Connection", spoke: "Spoke", record: "Record") -> dict[str, Any]:
    from twinbook.journal import links

    link = links.to_contacts(connection, spoke.id, [record.id]).get(record.id)
    if link is None:
        why = next(_why_not(connection, spoke, record))
        return {"book": spoke.name, "there": False, "item": None, "why": why}
    why = _how(connection, spoke, link)
    waiting = list(_waiting(connection, spoke, record))
    text = "; ".join([why, *waiting])
    return {"book": spoke.name, "there": True, "item": link.item, "why": text}


def _how(connection: "Connection", spoke: "Spoke", link: "Link") -> str:
    from twinbook.journal import reasons
    from twinbook.model.link import LinkState
    from twinbook.model.plan import Act

    found = reasons.linked_by(connection, spoke.id, link.contact)
    frozen = "; frozen: nothing flows" if link.state is LinkState.FROZEN else ""
    if found is None:
        return f"there, as {link.item}{frozen}"
    run, at, act = found
    how = {
        Act.CREATE: "copied into it",
        Act.LINK: "linked to an item that was there",
        Act.PROMOTE: "promoted from it",
    }.get(act, "put there")
    return f"there, as {link.item}, {how} {when(at)} by the run {run[:SHORT]}{frozen}"


def _why_not(connection: "Connection", spoke: "Spoke", record: "Record") -> Iterator[str]:
    """Reasons why a contact is not in a book, the one that counts first."""
    yield from _hidden(connection, spoke, record)
    yield from _left(record)
    yield from _outside(connection, spoke, record)
    yield from _waiting(connection, spoke, record)
    yield "not there yet: the next sync looks at it"


def _hidden(connection: "Connection", spoke: "Spoke", record: "Record") -> Iterator[str]:
    from twinbook.journal import reasons
    from twinbook.model.plan import Tomb

    grave = reasons.grave(connection, spoke.user, record.id)
    if grave is not None:
        did = "removed it from a book" if grave.why is Tomb.HIDDEN else "untracked it"
        run = f" (run {grave.run[:SHORT]})" if grave.run else ""
        yield (
            f"not there: its user {did} {when(grave.at)}{run}. Bring it back with: "
            f"twinbook bring-back {record.id[:SHORT]} {spoke.name}"
        )


def _left(record: "Record") -> Iterator[str]:
    from twinbook.cli.showing import state

    business = record.business
    if business is not None and state(business) != "active":
        yield f"not there: the contact is {state(business)}"


def _outside(connection: "Connection", spoke: "Spoke", record: "Record") -> Iterator[str]:
    from twinbook.crm import access
    from twinbook.journal import spokes
    from twinbook.reconcile.scope import matches

    rights = access.rights(connection, spoke.user)
    if not matches(rights.see, record, rights.viewer):
        yield "not there: its user may not see this contact"
    elif not matches(spoke.scope, record, rights.viewer):
        text = spokes.scope_text(connection, spoke.id)
        yield f"not there: it is out of the book's scope, {text}"


def _waiting(connection: "Connection", spoke: "Spoke", record: "Record") -> Iterator[str]:
    from twinbook.journal import questions, reasons

    for one in questions.everything(connection, [spoke.id]):
        if one.hold.contact == record.id:
            yield f"waits for an answer ({one.id}): {one.hold.text}"
    if reasons.doubts(connection, spoke.id, record.id):
        yield "a write to the book has no answer yet; the next sync finds out"
    if spoke.paused:
        yield f"the book is paused: twinbook resume {spoke.name}"
