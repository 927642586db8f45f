"""Carry out a plan: intent first, then the conditional write, then the echo.

Steps travel in small batches: one transaction for the intents of a batch, one for its
answers. A step that fails stays dirty and is planned again; it never stops the others.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from twinbook.model.errors import ReplicaError, Stale, Throttled
from twinbook.model.pair import Pair, Side
from twinbook.model.plan import Act, Hold, Put, Step
from twinbook.ports import Change, Doubt, Outcome, Refused, Transaction, recheck
from twinbook.sync.finish import declined, finish, refused
from twinbook.sync.prepare import Declined, Overtaken, Prepared, prepare
from twinbook.sync.setting import Setting

BATCH = 50


@dataclass(slots=True)
class Result:
    """What became of a plan."""

    done: list[Step] = field(default_factory=list)
    postponed: int = 0  #: somebody was faster; planned again next time
    refused: list[Hold] = field(default_factory=list)  #: what hub or spoke will never take
    error: ReplicaError | None = None  #: the spoke stopped answering


def carry_out(
    steps: Iterable[Step], setting: Setting, still: Collection[str] = ()
) -> Iterator[Result]:
    """One result for each batch of steps. Stops after a batch in which the spoke failed.

    An answer that a step carries out is forgotten with it, unless its question is `still` put.
    """
    for batch in _batches(steps):
        result = _batch(batch, setting, still)
        yield result
        if result.error is not None:
            return


def _batches(steps: Iterable[Step]) -> Iterator[Sequence[Step]]:
    batch: list[Step] = []
    for step in steps:
        batch.append(step)
        if len(batch) == BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


def answered(step: Step, setting: Setting) -> set[str]:
    """The topics of the answers that a step carries out."""
    topics = {f"promote:{step.item}", f"same:{step.contact}"}
    return {
        topic
        for topic in setting.terms.answers
        if topic in topics or topic.partition(":")[0] == step.link
    }


def _batch(batch: Sequence[Step], setting: Setting, still: Collection[str]) -> Result:
    result = Result()
    photos = [_photos(step, setting) for step in batch]
    with setting.journal.transaction() as tx:
        prepared = [
            one
            for step, pictures in zip(batch, photos, strict=True)
            if (one := _prepare(step, pictures, setting, tx, result)) is not None
        ]
        _forget_answers([one.step for one in prepared if _has_its_link(one)], still, setting, tx)
    result.done += [one.step for one in prepared if one.change is None]
    sent = [one for one in prepared if one.change is not None]
    if sent:
        outcomes = _send([one.change for one in sent if one.change], setting, result)
        with setting.journal.transaction() as tx:
            for one, outcome in zip(sent, outcomes, strict=True):
                _finish(one, outcome, setting, tx, result)
            _forget_answers(result.done, still, setting, tx)
    return result


def _has_its_link(one: Prepared) -> bool:
    """Whether nothing asks for this step any more, even if its write should not arrive."""
    return one.change is None or one.step.act in (Act.LINK, Act.PROMOTE)


def _forget_answers(
    steps: Iterable[Step], still: Collection[str], setting: Setting, tx: Transaction
) -> None:
    if setting.terms.answers:
        over = {topic for step in steps for topic in answered(step, setting)}
        tx.close(over.difference(still), ())


def _prepare(
    step: Step, photos: Pair[bytes | None], setting: Setting, tx: Transaction, result: Result
) -> Prepared | None:
    try:
        with tx.attempt():
            return prepare(step, photos, setting, tx)
    except Declined as why:
        result.refused.append(declined(step, why.reason, tx))
        return None
    except (Overtaken, Stale):
        result.postponed += 1
        if step.contact is not None:
            tx.soil([recheck(step.contact)])
        return None


def _finish(
    one: Prepared, outcome: Outcome, setting: Setting, tx: Transaction, result: Result
) -> None:
    assert one.intent is not None  # noqa: S101 - whatever is sent has its intent
    if isinstance(outcome, Refused):
        result.refused.append(refused(one.operation, one.intent, outcome.reason, tx))
    elif finish(one.operation, one.intent, outcome, one.done, setting, tx):
        result.done.append(one.step)
    else:
        result.postponed += 1


def _send(changes: Sequence[Change], setting: Setting, result: Result) -> list[Outcome]:
    """One outcome for each change; whatever got no answer is in doubt."""
    outcomes: list[Outcome] = []
    try:
        for outcome in setting.replicas.spoke.write(changes, setting.cause):
            outcomes.append(outcome)  # noqa: PERF402 - an error must not lose what came before
    except ReplicaError as error:
        result.error = error
    doubt = Doubt("throttled" if isinstance(result.error, Throttled) else "no answer")
    return outcomes + [doubt] * (len(changes) - len(outcomes))


def _photos(step: Step, setting: Setting) -> Pair[bytes | None]:
    return Pair.each(lambda side: _photo(step, side, setting))


def _photo(step: Step, side: Side, setting: Setting) -> bytes | None:
    """The bytes of the picture that a step puts on a side, from where they are now."""
    write, source = step.writes[side], step.seen[side.other]
    if not isinstance(write, Put) or "photo" not in write.fields or source is None:
        return None
    picture = write.contact.photo
    if picture is None or picture != source.contact.photo:
        return None
    return setting.replicas[side.other].photo(source.id, picture)
