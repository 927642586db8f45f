"""A plan in sentences, for the preview, the report of a run and the log of a book."""

from collections.abc import Iterator

from twinbook.model.contact import Contact
from twinbook.model.fields import BY_NAME
from twinbook.model.intent import Done
from twinbook.model.pair import Pair, Side
from twinbook.model.plan import Act, Edit, Hold, Plan, Put, Step, Tomb

PLACES = Pair("in the CRM", "in the address book")


def explain(plan: Plan) -> Iterator[str]:
    """One sentence for each thing the plan does or asks; steps that change nothing are left out."""
    for step in plan.steps:
        if not is_quiet(step):
            yield sentence(step)
    for hold in plan.holds:
        yield f"Ask: {hold.text}"


def is_quiet(step: Step) -> bool:
    """Whether nobody needs to hear of a step: it only notes how things stand."""
    again = step.act is Act.FREEZE and not step.reason  # it was said when it froze
    return (step.act is Act.REBASE or again) and step.writes_nothing()


def sentence(step: Step) -> str:
    """What a step does, as one sentence with the values it changes."""
    return _sentence(_VERBS[step.act], name_of(step), step)


def told(done: Done) -> str:
    """What a step of a run did: the sentence that its preview had."""
    in_hub_only = done.item is None and done.link is None
    return _sentence((_HUB_VERBS if in_hub_only else _VERBS)[done.act], done.name, done)


def was_quiet(done: Done) -> bool:
    """Whether nobody needs to hear of what a step did: see `is_quiet`."""
    wrote = done.wrote.hub or done.wrote.spoke or done.before.spoke != done.after.spoke
    again = done.act is Act.FREEZE and not done.reason
    return (done.act is Act.REBASE or again) and not wrote


def _sentence(verb: str, name: str, what: Step | Done) -> str:
    text = f"{verb} {name}"
    if what.reason:
        text += f" ({what.reason})"
    details = "; ".join(map(detail, what.edits)) if what.act in _DETAILED else ""
    if what.tomb is Tomb.HIDDEN:
        details = "it stays away from this user's address books"
    return f"{text}: {details}." if details else f"{text}."


def name_of(step: Step) -> str:
    """Whom a step is about. A personal item has no name outside its book."""
    return next((one.name for one in _public(step) if one.name), str(step.contact or step.item))


def _public(step: Step) -> Iterator[Contact]:
    """What may be told of the person: the hub's word, or what is about to become that."""
    if step.seen.hub is not None:
        yield step.seen.hub.contact
    if isinstance(step.writes.hub, Put):
        yield step.writes.hub.contact
    if step.seen.spoke is not None and step.link is not None and not step.adopted:
        yield step.seen.spoke.contact


def detail(edit: Edit) -> str:
    """One changed field as a clause."""
    label, place = BY_NAME[edit.field].label, PLACES[edit.side]
    if not edit.after:
        return f"{label} cleared {place} (was {edit.before})"
    if not edit.before:
        return f"{label} set to {edit.after} {place}"
    return f"{label} {edit.before} → {edit.after} {place}"


def question(hold: Hold) -> str:
    """A hold as a person reads it, with both values where there are any."""
    shown = [
        f"{PLACES[side]}: {hold.values[side] or '(empty)'}" for side in Side if any_value(hold)
    ]
    return hold.text + (f" ({', '.join(shown)})" if shown else "")


def any_value(hold: Hold) -> bool:
    """Whether a hold is about values at all."""
    return bool(hold.values.hub or hold.values.spoke)


_DETAILED = {Act.UPDATE, Act.LINK, Act.RELINK, Act.FOLD, Act.REMOVE, Act.RELEASE}
_VERBS = {
    Act.CREATE: "Copy into the address book",
    Act.UPDATE: "Update",
    Act.LINK: "Link the address book's own item to",
    Act.PROMOTE: "Make a business contact of",
    Act.RELINK: "Go on with the surviving contact",
    Act.REBASE: "Note that both sides agree on",
    Act.FOLD: "Unite a second item with",
    Act.FREEZE: "Leave as it is from now on",
    Act.REMOVE: "Remove",
    Act.RELEASE: "Hand over as a personal contact",
    Act.RESTORE: "Bring back",
    Act.FORGET: "End the link of",
}
_HUB_VERBS = {
    **_VERBS,
    Act.CREATE: "Create",
    Act.UPDATE: "Change",
    Act.FOLD: "Merge another contact into",
    Act.REMOVE: "Take away",
}
