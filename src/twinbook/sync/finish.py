"""The second half of a step: what the spoke answered becomes the base of the link.

The base moves by results only: by what the spoke *shows* after a write, never by what
it was sent (rule S11).
"""

from dataclasses import replace

from twinbook.model.ids import RecordId, RunId
from twinbook.model.intent import Done, Intent, Request
from twinbook.model.link import Half, Link
from twinbook.model.pair import Pair, Side
from twinbook.model.plan import Act, Choice, Hold, Question, Step
from twinbook.model.record import Record
from twinbook.ports import (
    Doubt,
    Exists,
    Missing,
    Outdated,
    Removed,
    Transaction,
    Written,
    recheck,
)
from twinbook.sync.bases import agreed, link_of
from twinbook.sync.drafts import number_of
from twinbook.sync.setting import Setting

Taken = Written | Removed | Doubt | Exists | Missing | Outdated  #: any outcome but a refusal


def finish(
    operation: str, intent: Intent, outcome: Taken, done: Done, setting: Setting, tx: Transaction
) -> bool:
    """Record what came of a write that was not refused; whether the step is complete."""
    match outcome:
        case Written(record):
            _written(intent, setting.see(record), done, setting, tx)
        case Removed(image):
            _gone(intent, replace(done, image=image), setting, tx)
        case Missing() if _is_gone_for_good(intent):
            _gone(intent, done, setting, tx)
        case Doubt():
            tx.doubt(operation, setting.clock.now())
            return False
        case Outdated() if intent.request is not Request.REMOVE:
            # Somebody was faster, or the request came twice and this answers the second: what
            # the server made of ours would pass for its user's edit. Recovery looks at it.
            tx.doubt(operation, setting.clock.now())
            return False
        case Exists() if intent.act is Act.RESTORE:  # by an earlier try
            back(intent, tx)
        case Exists():
            # The mark is there already: recovery looks it up and adopts the item.
            tx.doubt(operation, setting.clock.now())
            return False
        case Missing() if intent.act is Act.LINK and intent.adopted:
            # What its user removed was his own still, and says nothing about the contact.
            tx.end(intent.link, released=False)
            tx.soil([recheck(intent.contact)])
        case Missing() | Outdated():
            tell_half(setting.run, done, tx)
            tx.soil([recheck(intent.contact)])
    tx.settle(operation)
    return isinstance(outcome, Written | Removed | Exists) or (
        isinstance(outcome, Missing) and _is_gone_for_good(intent)
    )


def _is_gone_for_good(intent: Intent) -> bool:
    """Whether it is enough that an item was not there any more when it was to be removed.

    Otherwise its user removed it first, or it has another name now: it is looked for (R5).
    """
    return intent.request is Request.REMOVE and (intent.act is Act.FOLD or bool(intent.tomb))


def _written(intent: Intent, echo: Record, done: Done, setting: Setting, tx: Transaction) -> None:
    if intent.request is Request.RELEASE:
        _end(intent, setting, tx, released=True)
    elif intent.act is Act.RESTORE:
        back(intent, tx)
    else:
        tx.save(linked(intent, echo, setting))
        tx.clean(intent.contact, intent.number)
        if intent.again:
            tx.soil([recheck(intent.contact)])
    tx.note(setting.run, arrived(done, echo, Half.of(echo)))


def arrived(done: Done, item: Record | None, half: Half | None) -> Done:
    """A step of a run whose write arrived: it left `half` in the item, None where it is gone."""
    return replace(
        done,
        item=item.id if item is not None else done.item,
        after=done.after.having(Side.SPOKE, half),
        versions=done.versions.having(Side.SPOKE, item.version if item is not None else None),
    )


def tell_half(run: RunId, done: Done, tx: Transaction) -> None:
    """A write did not arrive: its run says what the step did in the hub, or that it linked."""
    links = done.act in (Act.LINK, Act.PROMOTE)
    if not (links or done.wrote.hub):
        return
    half = replace(
        done,
        act=done.act if links else Act.UPDATE,
        after=done.after.having(Side.SPOKE, done.before.spoke),
        wrote=Pair(done.wrote.hub, spoke=False),
        edits=tuple(edit for edit in done.edits if edit.side is Side.HUB),
    )
    tx.note(run, half)


def back(intent: Intent, tx: Transaction) -> None:
    """A removed item is back: its user's own, or to be linked again by its mark."""
    tx.end(intent.link, released=intent.personal)
    tx.unearth(intent.contact)
    tx.soil([recheck(intent.contact)])


def linked(intent: Intent, echo: Record, setting: Setting) -> Link:
    """The link after its item was written: both sides agree on what they show now."""
    base = agreed(intent.base, Pair(intent.hub, Half.of(echo)), intent.frozen)
    link = link_of(intent, setting, base, echo.id, echo.version)
    return link.but(mark=echo.mark or intent.mark)


def _gone(intent: Intent, done: Done, setting: Setting, tx: Transaction) -> None:
    _end(intent, setting, tx, released=False)
    tx.note(setting.run, replace(arrived(done, None, None), tomb=intent.tomb))


def _end(intent: Intent, setting: Setting, tx: Transaction, *, released: bool) -> None:
    if intent.act is Act.FOLD:  # of the contact's own link nothing was looked at
        return
    tx.end(intent.link, released=released)
    if intent.tomb is not None:
        tx.bury(intent.contact, intent.tomb, setting.cause)
    tx.clean(intent.contact, intent.number)


def refused(operation: str, intent: Intent, reason: str, tx: Transaction) -> Hold:
    """Ask what to do about a write that the spoke will never take; the question."""
    text = f"The address book does not accept this contact: {reason}"
    hold = _refusal(intent.contact, intent.item, _topic(intent), reason, text)
    tx.ask(hold)
    tx.clean(intent.contact, intent.number)
    tx.settle(operation)
    return hold


def declined(step: Step, reason: str, tx: Transaction) -> Hold:
    """Ask what to do about a step that the hub will never take; nothing of it was written."""
    subject = f"promote:{step.item}" if step.contact is None else str(step.link)
    text = f"The CRM does not accept this edit: {reason}"
    hold = _refusal(step.contact, step.item, f"{subject}:refused", reason, text)
    tx.ask(hold)
    if step.contact is not None:
        tx.clean(step.contact, number_of(step.seen.hub))
    return hold


def _topic(intent: Intent) -> str:
    subject = f"same:{intent.contact}" if intent.item is None else intent.link
    return f"{subject}:refused"


def _refusal(
    contact: RecordId | None, item: RecordId | None, topic: str, reason: str, text: str
) -> Hold:
    return Hold(
        question=Question.REFUSED,
        topic=topic,
        contact=contact,
        item=item,
        shown=reason,
        text=text,
        choices=(Choice("retry", "try again, now that the cause is mended"),),
    )
