"""What people are told (rules 2.9 and 0.17): every question, every reason, in every word.

All of it stands in questions.txt, for whoever reviews the wording. After a change, write it
anew by `python tests/reconcile/test_questions.py > tests/reconcile/questions.txt`, look at what
changed, and keep it if it is what a person should read.
"""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest
from given import ADA, ANN, answering, half, hub, item, link, linked, terms

from twinbook.model.contact import Contact, Phone, PhoneKind
from twinbook.model.filter import ACTIVE, MINE, NOTHING, Attribute, Has, Operator
from twinbook.model.intent import Done
from twinbook.model.link import LinkState
from twinbook.model.pair import Pair, Side
from twinbook.model.plan import KEEP, Act, Answer, Drop, Edit, Hold, Plan, Put, Question, Step, Tomb
from twinbook.model.policy import (
    FirstMeeting,
    Guards,
    OnBookRemoval,
    OnDeleteAgainstEdit,
    OnExit,
    OnHubRemoval,
    OnInactive,
    Policy,
    Winner,
)
from twinbook.model.record import Gone
from twinbook.model.rights import Rights, Viewer
from twinbook.model.shape import Shape
from twinbook.model.spoke import Role
from twinbook.reconcile.cases import Linked, Parent, Stranger, Wanted
from twinbook.reconcile.explain import explain, is_quiet, question, sentence, told, was_quiet
from twinbook.reconcile.guard import Tally, emptied, guard
from twinbook.reconcile.match import Candidate, Rung
from twinbook.reconcile.reconcile import reconcile
from twinbook.reconcile.revert import Today, revert
from twinbook.sync.finish import declined, refused

GOLDEN = Path(__file__).parent / "questions.txt"

PLAIN = Policy(category="")
ASKING = PLAIN.but(winners=dict.fromkeys(("given", "surname", "nickname", "phones"), Winner.ASK))
ASKING_FIRST = Policy(first_meeting=FirstMeeting.ASK)
NOBODYS = Rights(viewer=Viewer(user="bob"))
COUNTESS = ADA.but(nickname="Countess")
NUMBERS = [
    ADA.but(phones=(replace(ADA.phones[0], value=f"+44 20 7946 000{last}"),)) for last in (2, 3)
]
MOBILE = Phone("+44 7700 900000", PhoneKind.MOBILE)
NOTED = COUNTESS.but(note="likes tea")
POET = ADA.but(job_title="Poet")
DELETED = hub(active=False, deleted=True)
INACTIVE = hub(active=False)
MERGED = hub(active=False, merged_into="c2")
SURVIVOR = hub(ADA.but(office="B 12"), id="c2")
OTHERS_CONTACT = hub(owner="bob")
BERLIN = Has(Attribute.CITY, Operator.IS, "Berlin")
ACME, ACME_TOO = Parent("a1", "Acme"), Parent("a2", "Acme")
FEW = Guards(removals_floor=1, removals_share=0, same_field_floor=1, same_field_share=0)


# cases and plans


def planned(case, policy=PLAIN, choice=None, **rest):
    """What is planned for a case, at once or after every question was answered by `choice`."""
    the_terms = terms(policy, **rest)
    plan = reconcile([case], the_terms)
    if choice is None:
        return plan
    return reconcile([case], answering(the_terms, *plan.holds, choice=choice))


def met(hub_now=ADA, item_now=ADA, policy=PLAIN, *, before=None, choice=None, **rest):
    """Both sides after they agreed on `before`, which is Ada where nothing is said."""
    base = before and Pair(half(hub(before.hub)), half(item(before.spoke, policy)))
    parts = {name: rest.pop(name) for name in ("held", "adopted", "state") if name in rest}
    case = linked(hub(hub_now), item(item_now, policy, version="2"), base, **parts)
    return planned(case, policy, choice, **rest)


def cut(item_now):
    """The book holds only the beginning of an office."""
    before = Pair(ADA.but(office="Block 12"), ADA.but(office="Bloc"))
    short = Shape(lengths={"office": 4})
    return met(before.hub, ADA.but(office=item_now), before=before, spoke=short)


def locked(*names, item_now, choice=None):
    rights = Rights(viewer=ANN, locked=frozenset(names))
    return met(item_now=item_now, rights=rights, choice=choice)


def untagged(choice=None, item_now=COUNTESS):
    base = Pair(half(hub()), replace(half(item()), tagged=True))
    return planned(linked(item_now=item(item_now), base=base), Policy(), choice)


def gone(policy=PLAIN, choice=None, *, hub_now=None, rest_of_case=None, **rest):
    case = Linked(link=link(), hub=hub_now or hub(), item=Gone("i1"), **(rest_of_case or {}))
    return planned(case, policy, choice, **rest)


def departed(hub_now, item_now=ADA, policy=PLAIN, choice=None, *, parts=None, **rest):
    """A contact that is gone from the hub, or from what this book shows."""
    parts = dict(parts or {})
    of_link = {name: parts.pop(name) for name in ("adopted", "state", "base") if name in parts}
    case = Linked(link=link(**of_link), hub=hub_now, item=item(item_now, version="2"), **parts)
    return planned(case, policy, choice, **rest)


def wanted(policy=PLAIN, choice=None, *, scope=None, **parts):
    rest = {} if scope is None else {"scope": scope}
    return planned(Wanted(hub=hub(), **parts), policy, choice, **rest)


def like(rung, id, contact=ADA):
    return Candidate(item(contact, id=id), rung)


ON_EVERY_RUNG = tuple(like(rung, f"i{number}") for number, rung in enumerate(Rung, 2))


def promoted(policy=None, choice=None, *, scope=None, contact=NOTED, **parts):
    rest = {} if scope is None else {"scope": scope}
    return planned(
        Stranger(item=item(contact, id="i7"), **parts), policy or Policy(), choice, **rest
    )


def known(rung=Rung.EMAIL, id="c1", contact=ADA, **business):
    return Candidate(hub(contact, id=id, **business), rung)


# guarding


def removals(count, act=Act.FORGET):
    tomb, write = (Tomb.HIDDEN, KEEP) if act is Act.FORGET else (None, Drop())
    return Plan(
        steps=tuple(
            Step(
                act=act,
                contact=f"c{n}",
                item=f"i{n}",
                link="l",
                tomb=tomb,
                writes=Pair(KEEP, write),
            )
            for n in range(count)
        )
    )


def birthdays(count):
    edits = (Edit(Side.HUB, "birthday", "", "1815-12-10"),)
    return Plan(
        steps=tuple(
            Step(act=Act.UPDATE, contact=f"c{n}", item=f"i{n}", link="l", edits=edits)
            for n in range(count)
        )
    )


def guarded(plan):
    return Plan(holds=guard(Tally(known=20).plus(plan), FEW, {}).holds)


def listed(known, missing):
    return Plan(holds=(emptied(known, missing, Guards()),))


def after_an_empty_book(choice):
    """Who was asked about the whole book is not asked about its contacts once more."""
    answers = {"emptied": Answer(hold="h", topic="emptied", shown="", choice=choice)}
    plan = removals(2)
    restraint = guard(Tally(known=2).plus(plan), FEW, answers)
    return Plan(steps=restraint.of(plan).steps, holds=restraint.holds)


# refusals: writing asks them, not reconciling, and a person reads them in the same list

UNHEARD = SimpleNamespace(
    ask=lambda _hold: None, clean=lambda _contact, _number: None, settle=lambda _operation: None
)


def refusal(item_id):
    intent = SimpleNamespace(contact="c1", item=item_id, link="l1", number=1)
    return Plan(holds=(refused("o1", intent, "the card is too large", UNHEARD),))


def refusal_of_the_hub(contact):
    step = Step(act=Act.UPDATE, contact=contact, item="i1", link="l1", seen=Pair(hub(), None))
    return Plan(holds=(declined(step, "no such account", UNHEARD),))


# undoing and telling


def undone(act, **parts):
    parts = {
        "contact": "c1",
        "item": "i1",
        "link": "l1",
        "before": Pair(half(hub()), half(item())),
        "after": Pair(half(hub(COUNTESS)), half(item())),
        "wrote": Pair(True, False),
        "edits": (Edit(Side.HUB, "nickname", "", "Countess"),),
        "name": "Ada Lovelace",
        **parts,
    }
    today = Today(hub=hub(COUNTESS), item=item(), link=link(), in_scope=True)
    return Plan(steps=revert(Done(act=act, **parts), today).steps)


def done(act, **parts):
    edits = (
        Edit(Side.HUB, "nickname", "", "Countess"),
        Edit(Side.SPOKE, "office", "B 12", ""),
        Edit(Side.SPOKE, "job_title", "Analyst", "Poet"),
    )
    return Done(act=act, contact="c1", name="Ada Lovelace", edits=edits, **parts)


def of_a_run():
    """What a run did, act by act, with a book and in the CRM alone."""
    for act in Act:
        yield f"{act.value}: {told(done(act, item='i1', link='l1'))}"
        yield f"{act.value}, in the CRM alone: {told(done(act))}"
    yield f"hidden: {told(done(Act.REMOVE, item='i1', tomb=Tomb.HIDDEN))}"
    yield f"untracked: {told(done(Act.RELEASE, item='i1', tomb=Tomb.UNTRACKED, reason='why'))}"


def of_silence():
    """Which deeds of a run nobody needs to hear of."""
    for act in (Act.REBASE, Act.FREEZE, Act.UPDATE):
        for reason in ("", "why"):
            for wrote in (Pair(False, False), Pair(True, False), Pair(False, True)):
                quiet = was_quiet(Done(act=act, contact="c1", wrote=wrote, reason=reason))
                sides = [side.value for side in Side if wrote[side]]
                said = f"{act.value}, reason {reason or '-'}, wrote {'+'.join(sides) or '-'}"
                yield f"{said}: {'quiet' if quiet else 'told'}"
    claimed = Pair(None, half(item()))
    yield f"claimed: {'quiet' if was_quiet(done(Act.REBASE, after=claimed)) else 'told'}"


def of_names():
    """Whom a step is about: the hub's word first, and nobody's own item by its name."""
    personal = item(COUNTESS.but(given="Augusta"), id="i7")
    steps = {
        "of the hub": Step(act=Act.REMOVE, contact="c1", item="i1", seen=Pair(hub(), personal)),
        "about to be the hub's": Step(
            act=Act.PROMOTE,
            contact=None,
            item="i7",
            seen=Pair(None, personal),
            writes=Pair(Put(ADA, frozenset()), KEEP),
        ),
        "of a linked copy": Step(
            act=Act.REMOVE, contact="c1", item="i1", link="l1", seen=Pair(None, item())
        ),
        "of an adopted item": Step(
            act=Act.REMOVE,
            contact="c1",
            item="i7",
            link="l1",
            seen=Pair(None, personal),
            adopted=True,
        ),
        "of an item without a link": Step(
            act=Act.REMOVE, contact=None, item="i7", seen=Pair(None, personal)
        ),
        "of nobody with a name": Step(
            act=Act.REMOVE, contact="c1", item="i1", seen=Pair(hub(Contact()), None)
        ),
    }
    return (f"{title}: {sentence(step)}" for title, step in steps.items())


def of_a_preview():
    """A whole plan: what changes nothing is left out."""
    plans = (met(), met(item_now=COUNTESS), departed(DELETED), gone(ask_if_removed()))
    return explain(sum((*plans, STEPS["it was frozen before"]()), Plan()))


def ask_if_removed():
    return PLAIN.but(on_book_removal=OnBookRemoval.ASK)


FROZEN = {"state": LinkState.FROZEN}
OWN = {"adopted": True, "base": Pair(half(hub()), half(item(COUNTESS)))}
MARKING = Policy(on_inactive=OnInactive.MARK)

QUESTIONS = {
    # a merge
    "both sides changed a field": lambda: met(ADA.but(nickname="Enchantress"), COUNTESS, ASKING),
    "both sides changed a name": lambda: met(
        ADA.but(surname="King"), ADA.but(surname="Byron"), ASKING
    ),
    "both sides moved to another company": lambda: met(
        ADA.but(company="Engines Ltd"),
        ADA.but(company="Looms Ltd", job_title="Poet"),
        PLAIN.but(winners=dict.fromkeys(("company", "job_title"), Winner.ASK)),
    ),
    "both sides changed one number": lambda: met(*NUMBERS, ASKING),
    "the book changed what it holds in part": lambda: cut("Blip"),
    "the book cleared what it holds in part": lambda: cut(""),
    "a user changed what is not his to change": lambda: locked("nickname", item_now=COUNTESS),
    "a user changed a name that is not his to change": lambda: locked(
        "given", "surname", item_now=ADA.but(given="Lord", surname="Byron")
    ),
    "a user added a number where he may not": lambda: locked(
        "phones", item_now=ADA.but(phones=(*ADA.phones, MOBILE))
    ),
    "another program keeps changing fields": lambda: met(held=frozenset({"phones", "job_title"})),
    "the category was taken off": untagged,
    # what was removed
    "its owner removed a contact": lambda: gone(ask_if_removed()),
    "somebody else removed a contact": lambda: gone(ask_if_removed(), rights=NOBODYS),
    "its owner removed many in a day": lambda: gone(
        PLAIN.but(on_book_removal=OnBookRemoval.DEACTIVATE), rest_of_case={"deactivations": 5}
    ),
    "a contact is missing after a restore": lambda: gone(restored=True),
    "one contact was missed after a restore": lambda: gone(rest_of_case={"missed": True}),
    "a contact is missing after the restore of an outside CRM": lambda: gone(
        restored=True, role=Role.CRM
    ),
    "a deleted contact was edited": lambda: departed(DELETED, NOTED.but(job_title="Poet")),
    "an erased contact was edited": lambda: departed(None, POET),
    # who is who
    "items may be the same person": lambda: wanted(look_alikes=ON_EVERY_RUNG),
    "our own copy and its contact differ": lambda: wanted(
        PLAIN.but(first_meeting=FirstMeeting.ASK), marked=item(POET)
    ),
    "the named item and its contact differ": lambda: wanted(
        PLAIN.but(first_meeting=FirstMeeting.ASK),
        "link-1",
        look_alikes=(like(Rung.NAME, "i2", POET),),
    ),
    "the CRM may have this person": lambda: promoted(
        look_alikes=(known(Rung.NAME), known(Rung.PHONE, "c2")), linked=frozenset({"c2"})
    ),
    "the CRM has a look-alike that does not belong here": lambda: promoted(
        scope=MINE, look_alikes=(known(owner="bob"), known(Rung.MAILBOX, "c2"))
    ),
    "the promoted item and its contact differ": lambda: promoted(
        ASKING_FIRST, look_alikes=(known(contact=POET),)
    ),
    "the second item and its contact differ": lambda: promoted(
        ASKING_FIRST, "fold-1", look_alikes=(known(contact=POET),), linked=frozenset({"c1"})
    ),
    "two accounts are meant": lambda: promoted(accounts=(ACME, ACME_TOO)),
    "the CRM has this person out of sight": lambda: promoted(unseen=1),
    "it would leave its book": lambda: promoted(scope=BERLIN),
    # what looks like an accident
    "many were removed in the book": lambda: guarded(removals(3)),
    "many would be removed from the book": lambda: guarded(removals(2, Act.REMOVE)),
    "one field changed on many": lambda: guarded(birthdays(12)),
    "the book is empty": lambda: listed(3, ["c3", "c1", "c2"]),
    "the book shrank by half": lambda: listed(10, [f"c{number}" for number in range(6)]),
    "the one contact is gone": lambda: listed(1, ["c1"]),
    # refusals
    "the book does not take a new item": lambda: refusal(None),
    "the book does not take an edit": lambda: refusal("i1"),
    "the CRM does not take an edit": lambda: refusal_of_the_hub("c1"),
    "the CRM does not take a promotion": lambda: refusal_of_the_hub(None),
}

STEPS = {
    # both there
    "both sides agree": met,
    "edits travel both ways": lambda: met(ADA.but(department="Sums"), COUNTESS),
    "a value is cleared": lambda: met(item_now=ADA.but(job_title="")),
    "the forbidden edit is dropped": lambda: locked("nickname", item_now=COUNTESS, choice="drop"),
    "the untagged item is handed over": lambda: untagged("keep"),
    "the untagged item is removed": lambda: untagged("remove"),
    "the untagged item stays": lambda: untagged("stay", ADA),
    # the contact left
    "it left the scope": lambda: departed(hub(), COUNTESS, scope=NOTHING),
    "it left the scope and is kept": lambda: departed(
        hub(), policy=PLAIN.but(on_exit=OnExit.KEEP), scope=NOTHING
    ),
    "it left the scope and freezes": lambda: departed(
        hub(), policy=PLAIN.but(on_exit=OnExit.FREEZE), scope=NOTHING
    ),
    "it was frozen before": lambda: departed(
        INACTIVE, policy=PLAIN.but(on_exit=OnExit.FREEZE), parts=FROZEN, scope=ACTIVE
    ),
    "it was deactivated and freezes": lambda: departed(
        INACTIVE, policy=PLAIN.but(on_inactive=OnInactive.FREEZE), scope=ACTIVE
    ),
    "it was deactivated and is marked": lambda: departed(INACTIVE, policy=MARKING, scope=ACTIVE),
    "it left and was removed": lambda: gone(scope=NOTHING),
    "it left and was missed": lambda: gone(scope=NOTHING, rest_of_case={"missed": True}),
    # the contact is gone
    "it was deleted": lambda: departed(DELETED),
    "it was deleted on both sides": lambda: gone(hub_now=DELETED),
    "it was deleted and is kept for its owner": lambda: departed(
        DELETED, policy=PLAIN.but(on_hub_removal=OnHubRemoval.KEEP_FOR_OWNER)
    ),
    "it was deleted and was its user's own": lambda: departed(DELETED, COUNTESS, parts=OWN),
    "the edit goes with the deleted contact": lambda: departed(DELETED, POET, choice="remove"),
    "the edit stays with its user": lambda: departed(DELETED, POET, choice="keep"),
    "the edit brings the contact back": lambda: departed(DELETED, POET, choice="restore"),
    "the policy brings the contact back": lambda: departed(
        DELETED, POET, PLAIN.but(on_delete_against_edit=OnDeleteAgainstEdit.RESTORE)
    ),
    "it was merged": lambda: departed(MERGED, COUNTESS, parts={"survivor": SURVIVOR}),
    "it was merged with one that is here": lambda: departed(
        MERGED, parts={"survivor": SURVIVOR, "survivor_linked": True}
    ),
    "it was merged and removed": lambda: gone(hub_now=MERGED, rest_of_case={"survivor": SURVIVOR}),
    "it was removed and merged with one that is here": lambda: gone(
        hub_now=MERGED, rest_of_case={"survivor": SURVIVOR, "survivor_linked": True}
    ),
    # the item was removed
    "it was removed": gone,
    "it was removed and is put back": lambda: gone(ask_if_removed(), "recreate"),
    "its owner removed it for everybody": lambda: gone(ask_if_removed(), "deactivate"),
    "an outside CRM deleted it": lambda: gone(role=Role.CRM),
    "an outside CRM lost it and did delete it": lambda: gone(
        choice="deactivate", restored=True, role=Role.CRM
    ),
    "an outside CRM lost it and gets it back": lambda: gone(
        choice="recreate", restored=True, role=Role.CRM
    ),
    "the book was emptied on purpose": lambda: after_an_empty_book("removed"),
    "the book was emptied by accident": lambda: after_an_empty_book("recreate"),
    # newcomers
    "a copy is created": wanted,
    "an item is the same beyond doubt": lambda: wanted(
        sure=item(NOTED.but(job_title=""), mark=None)
    ),
    "an item is our copy": lambda: wanted(marked=item(COUNTESS)),
    "an item is our copy and lost its category": lambda: wanted(Policy(), marked=item(NOTED)),
    "a person named the item": lambda: wanted(
        choice="link-2", look_alikes=(like(Rung.NAME, "i2"), like(Rung.NAME, "i3", POET))
    ),
    "a person said that they differ": lambda: wanted(
        choice="apart", look_alikes=(like(Rung.NAME, "i2"),)
    ),
    # promotions
    "an item is promoted": lambda: promoted(accounts=(ACME,)),
    "an item of somebody known is promoted": lambda: promoted(
        look_alikes=(known(contact=POET),), accounts=(ACME,)
    ),
    "a person named the contact": lambda: promoted(
        choice="link-2", look_alikes=(known(Rung.NAME), known(Rung.NAME, "c2"))
    ),
    "a person named the contact of a second item": lambda: promoted(
        choice="fold-1", look_alikes=(known(contact=POET),), linked=frozenset({"c1"})
    ),
    "a promoted item leaves its book": lambda: promoted(choice="new", scope=BERLIN),
    # undoing
    "an edit is undone": lambda: undone(Act.UPDATE),
    "a link is undone": lambda: undone(Act.LINK),
    "a creation is undone": lambda: undone(
        Act.CREATE, after=Pair(half(hub()), half(item())), edits=()
    ),
}

LISTS = {
    "what a run did": of_a_run,
    "what is not told of a run": of_silence,
    "whom a step names": of_names,
    "a preview": of_a_preview,
}


# the file


def asked(hold: Hold) -> Iterator[str]:
    about = [f"contact {hold.contact}"] if hold.contact else []
    about += [f"item {hold.item}"] if hold.item else []
    about += [f"field {hold.field}"] if hold.field else []
    yield f"({hold.question.value}; topic {hold.topic}; {', '.join(about) or 'about all'})"
    yield question(hold)
    yield from (f"  {choice.word}: {choice.meaning}" for choice in hold.choices)
    yield f"  (an answer counts while this is so: {hold.shown or '-'})"


def done_by(step: Step) -> Iterator[str]:
    told = sentence(step)
    yield f"(not told) {told}" if is_quiet(step) else told
    parts = [f"contact {step.contact}", f"item {step.item}", f"link {step.link}"]
    parts += [name for name in ("adopted", "again", "lift", "personal") if getattr(step, name)]
    parts += [f"tomb {step.tomb.value}"] if step.tomb else []
    parts += [f"account {step.account}"] if step.account else []
    parts += [f"owns {', '.join(sorted(step.owned))}"] if step.owned else []
    parts += [f"logs {one.field} ({one.side.value})" for one in step.lost]
    yield f"  ({'; '.join(parts)})"


def outcome(plan: Plan) -> Iterator[str]:
    for step in plan.steps:
        yield from done_by(step)
    for hold in plan.holds:
        yield from asked(hold)


SITUATIONS = {**QUESTIONS, **STEPS, **LISTS}


def block(title: str) -> str:
    made = SITUATIONS[title]()
    lines = outcome(made) if isinstance(made, Plan) else made
    return "\n".join((f"# {title}", *lines))


def written() -> dict[str, str]:
    """The blocks of the file, by their titles."""
    blocks = GOLDEN.read_text().rstrip("\n").split("\n\n")
    return {one.partition("\n")[0].removeprefix("# "): one for one in blocks}


@pytest.mark.parametrize("title", SITUATIONS)
def test_people_are_told_what_is_written(title):
    assert block(title) == written()[title]


def test_nothing_is_written_that_nobody_is_told():
    assert list(written()) == list(SITUATIONS)


@pytest.mark.parametrize("asked_for", Question)
def test_every_question_is_written(asked_for):
    assert f"\n({asked_for.value}; topic " in GOLDEN.read_text()


@pytest.mark.parametrize("title", QUESTIONS)
def test_every_situation_of_the_questions_asks_one(title):
    assert "; topic " in written()[title]


if __name__ == "__main__":
    print("\n\n".join(map(block, SITUATIONS)))
