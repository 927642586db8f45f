"""Holds: questions for a person, and their answers."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

import msgspec
import sqlalchemy as sa
from sqlalchemy import Connection

from twinbook.journal import calls
from twinbook.journal.tables import holds, links
from twinbook.model.errors import Invalid, NotFound
from twinbook.model.ids import HoldId, LinkId, RecordId, SpokeId, UserId
from twinbook.model.pair import Pair
from twinbook.model.plan import Answer, Choice, Hold, Question

_choices = msgspec.json.Decoder(tuple[Choice, ...])


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenHold:
    """A hold as it stands in the journal."""

    id: HoldId
    spoke: SpokeId
    hold: Hold
    opened: datetime
    answer: str | None


def ask(connection: Connection, spoke: SpokeId, hold: Hold, id: str, at: datetime) -> None:
    """Put a question. The same topic is put once; shown anew, an old answer is void."""
    here = sa.and_(holds.c.spoke_id == spoke, holds.c.topic == hold.topic)
    row: dict[str, object] = {
        "question": hold.question.value,
        "contact_id": hold.contact,
        "item": hold.item,
        "field": hold.field,
        "hub_value": hold.values.hub,
        "spoke_value": hold.values.spoke,
        "shown": hold.shown,
        "text": hold.text,
        "choices": msgspec.json.encode(hold.choices).decode(),
    }
    shown = connection.scalar(sa.select(holds.c.shown).where(here))
    if shown is None:
        row |= {"id": id, "spoke_id": spoke, "topic": hold.topic, "opened": at}
        connection.execute(sa.insert(holds).values(**row))
    elif shown != hold.shown:
        row |= {"answer": None, "answered_by": None, "answered_at": None}
        connection.execute(sa.update(holds).where(here).values(**row))


def close(
    connection: Connection, spoke: SpokeId, settled: Collection[str], still: Collection[str]
) -> None:
    """Close every question about `settled` topics, or parts of them, that is not in `still`."""
    open_topics = connection.scalars(_TOPICS, {"spoke": spoke})
    over = [topic for topic in open_topics if topic not in still and _is_about(topic, settled)]
    if over:
        here = sa.and_(holds.c.spoke_id == spoke, holds.c.topic.in_(over))
        connection.execute(sa.delete(holds).where(here))


def is_any_about(connection: Connection, spoke: SpokeId, topics: Collection[str]) -> bool:
    """Whether a question about any of these topics, or parts of them, is open."""
    open_topics = connection.scalars(_TOPICS, {"spoke": spoke})
    return any(_is_about(topic, topics) for topic in open_topics)


def _is_about(topic: str, topics: Collection[str]) -> bool:
    return topic in topics or topic.rpartition(":")[0] in topics


def answer(connection: Connection, id: HoldId, choice: str, by: UserId, at: datetime) -> OpenHold:
    """Answer a hold; the next cycle carries it out, soon, if what was shown still is so.

    Raises NotFound for a hold that is no longer open, Invalid for a word it does not offer.
    """
    found = [one for one in everything(connection) if one.id == id]
    if not found:
        raise NotFound(f"There is no open question {id}. See them with: twinbook hold list")
    words = [one.word for one in found[0].hold.choices]
    if choice not in words:
        raise Invalid(f"The answer to {id} is one of: {', '.join(words) or 'nothing'}.")
    values = {"answer": choice, "answered_by": by, "answered_at": at}
    connection.execute(sa.update(holds).where(holds.c.id == id).values(**values))
    calls.call(connection, [found[0].spoke])
    if found[0].hold.question is Question.FLAPPING:
        link = found[0].hold.topic.partition(":")[0]
        connection.execute(sa.update(links).where(links.c.id == link).values(past="[]"))
    return found[0]


def answers(connection: Connection, spoke: SpokeId) -> dict[str, Answer]:
    """What people answered and nobody carried out yet, by topic."""
    return {
        row.topic: Answer(hold=HoldId(row.id), topic=row.topic, shown=row.shown, choice=row.answer)
        for row in connection.execute(_ANSWERED, {"spoke": spoke})
    }


_HERE = holds.c.spoke_id == sa.bindparam("spoke")
_ANSWERED = sa.select(holds).where(_HERE, holds.c.answer.is_not(None))
_TOPICS = sa.select(holds.c.topic).where(_HERE)


def contacts_answered(connection: Connection, spoke: SpokeId) -> list[RecordId]:
    """The hub contacts that answered questions are about."""
    query = sa.select(holds.c.contact_id).where(
        holds.c.spoke_id == spoke, holds.c.answer.is_not(None), holds.c.contact_id.is_not(None)
    )
    return [RecordId(id) for id in connection.scalars(query)]


def items_answered(connection: Connection, spoke: SpokeId) -> list[RecordId]:
    """The unlinked items that answered questions are about."""
    query = sa.select(holds.c.item).where(
        holds.c.spoke_id == spoke, holds.c.answer.is_not(None), holds.c.topic.like("promote:%")
    )
    return [RecordId(item) for item in connection.scalars(query) if item]


def missed(connection: Connection, spoke: SpokeId, of: Collection[LinkId]) -> frozenset[LinkId]:
    """The links among these whose item is missing since a restore, as an open question says."""
    query = sa.select(holds.c.topic).where(
        holds.c.spoke_id == spoke, holds.c.question == Question.RESTORED.value
    )
    asked = {topic.partition(":")[0] for topic in connection.scalars(query)}
    return frozenset(link for link in of if link in asked)


def everything(
    connection: Connection, spokes: Collection[SpokeId] | None = None
) -> Sequence[OpenHold]:
    """Every open hold, the oldest first, of some spokes or of all."""
    query = sa.select(holds).order_by(holds.c.opened, holds.c.id)
    if spokes is not None:
        query = query.where(holds.c.spoke_id.in_(list(spokes)))
    return [
        OpenHold(
            id=HoldId(row.id),
            spoke=SpokeId(row.spoke_id),
            hold=Hold(
                question=Question(row.question),
                topic=row.topic,
                contact=row.contact_id,
                item=row.item,
                field=row.field,
                values=Pair(row.hub_value, row.spoke_value),
                shown=row.shown,
                text=row.text,
                choices=_choices.decode(row.choices),
            ),
            opened=row.opened,
            answer=row.answer,
        )
        for row in connection.execute(query)
    ]
