"""Commands about holds: questions that wait for a person."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from cyclopts import App

from twinbook.cli.desk import PLAIN, AtDesk
from twinbook.cli.output import TROUBLE, WELL, Answer

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from twinbook.journal.questions import OpenHold
    from twinbook.model.ids import SpokeId
    from twinbook.model.rights import Rights
    from twinbook.model.spoke import Spoke

hold = App(name="hold", help="Questions that wait for a person.", default_parameter=PLAIN)

KEPT = "(shown to its user only)"


@hold.command(name="list")
def list_holds(*, desk: AtDesk) -> Answer:
    """List the open questions about your books; an administrator sees those of all."""
    from twinbook.cli import finding
    from twinbook.journal import questions

    with desk.house.database.read() as connection:
        rights = desk.rights(connection)
        books = {one.id: one for one in finding.books(connection, (), rights)}
        found = questions.everything(connection, list(books))
        data = [_as_data(connection, one, books, rights) for one in found]
    lines = [line for one in data for line in _lines(one)]
    return Answer(data, lines or ["Nothing waits for an answer."])


def _lines(one: Mapping[str, Any]) -> list[str]:
    about = f" {one['name']}:" if one["name"] else ""
    lines = [f"{one['id']}  {one['book']}:{about} {one['text']}"]
    if one["hub"] or one["spoke"]:
        lines.append(f"          in the CRM: {one['hub'] or '(empty)'}")
        lines.append(f"          in the book: {one['spoke'] or '(empty)'}")
    lines += [f"          {choice['word']}: {choice['meaning']}" for choice in one["choices"]]
    if one["answer"]:
        lines.append(f"          answered: {one['answer']}; carried out at the next sync")
    return lines


def _as_data(
    connection: "Connection",
    one: "OpenHold",
    books: Mapping["SpokeId", "Spoke"],
    rights: "Rights",
) -> dict[str, Any]:
    book = books[one.spoke]
    hold = one.hold
    private = book.user != rights.viewer.user and is_private(one)
    return {
        "id": one.id,
        "book": book.name,
        "question": hold.question.value,
        "contact": hold.contact,
        "item": None if private else hold.item,
        "name": _name(connection, one, rights),
        "field": hold.field or None,
        "text": hold.text,
        "hub": hold.values.hub,
        "spoke": KEPT if private and hold.values.spoke else hold.values.spoke,
        "choices": [
            {"word": c.word, "meaning": _veiled(c.meaning) if private else c.meaning}
            for c in hold.choices
        ],
        "opened": one.opened,
        "answer": one.answer,
    }


def _veiled(meaning: str) -> str:
    """A choice without the id of a personal item: programs name files after people."""
    item, colon, reason = meaning.partition(": ")
    veiled = item.startswith("it is item ") and bool(colon)
    return f"it is an item of this user: {reason}" if veiled else meaning


def is_private(one: "OpenHold") -> bool:
    """Whether a question is about an item that is, or may be, its user's own."""
    from twinbook.model.plan import Question

    return one.hold.question in (Question.IDENTITY, Question.ACCOUNT, Question.UNTRACK) or (
        one.hold.topic.startswith("promote:")
    )


def _name(connection: "Connection", one: "OpenHold", rights: "Rights") -> str | None:
    from twinbook.crm import contacts
    from twinbook.reconcile.scope import matches

    record = contacts.read(connection, [one.hold.contact] if one.hold.contact else [])
    for found in record.values():
        if matches(rights.see, found, rights.viewer):
            return found.contact.name
    return None


@hold.command
def answer(hold: str, choice: str, /, *, desk: AtDesk) -> Answer:
    """Answer a question, and carry the answer out.

    Parameters
    ----------
    hold
        The question's id, from `twinbook hold list`.
    choice
        One of the words that it offers.
    """
    from twinbook.cli import sync
    from twinbook.journal import questions, spokes

    with desk.house.database.write() as connection:
        rights = desk.rights(connection)
        found = _find(connection, hold)
        book = spokes.get(connection, found.spoke)
        _check(connection, rights, book, found)
        now = desk.house.clock.now()
        questions.answer(connection, found.id, choice, rights.viewer.user, now)
    outcomes = [] if book.paused else sync.synchronise(desk, [book])
    told = sync.answer(desk, outcomes)
    still = _is_open(desk, found)
    lines = [f"{book.name} is paused: the answer is carried out when it goes on."] * book.paused
    lines += ["The question is still open: what it is about has changed. Look again."] * still
    data = {"hold": found.id, "choice": choice, "open": still, **sync.as_data(desk, outcomes)}
    return Answer(data, [*told.lines, *lines], TROUBLE if still or told.status else WELL)


def _is_open(desk: AtDesk, found: "OpenHold") -> bool:
    from twinbook.journal import questions

    with desk.house.database.read() as connection:
        return any(
            one.id == found.id and one.answer is None
            for one in questions.everything(connection, [found.spoke])
        )


def _find(connection: "Connection", text: str) -> "OpenHold":
    from twinbook.journal import questions
    from twinbook.model.errors import Ambiguous, NotFound

    found = [one for one in questions.everything(connection) if one.id.startswith(text)]
    if not found:
        raise NotFound(f"There is no open question {text}. See them with: twinbook hold list")
    if len(found) > 1:
        raise Ambiguous(f"Several questions begin with {text}. Give more of the id.")
    return found[0]


def _check(connection: "Connection", rights: "Rights", book: "Spoke", found: "OpenHold") -> None:
    """Raises NotAllowed: a personal item is decided about by its user, the rest also by others."""
    from twinbook.cli.desk import check_manages, check_own
    from twinbook.crm import contacts
    from twinbook.model.plan import Question

    if is_private(found):
        check_own(rights, book)
        return
    if found.hold.question is Question.FIELD and found.hold.contact:
        for record in contacts.read(connection, [found.hold.contact]).values():
            if record.business and record.business.owner == rights.viewer.user:
                return
    check_manages(rights, book)
