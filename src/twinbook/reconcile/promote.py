"""A user turns a personal item into a business contact (scenario s6).

Promotion is the only door through which anything of a personal item leaves its book,
and only its owner opens it. Private fields stay behind in every case.
"""

from twinbook.model.ids import AccountId, RecordId, Version
from twinbook.model.pair import Pair, Side
from twinbook.model.plan import (
    KEEP,
    Act,
    Choice,
    Claim,
    Drop,
    Edit,
    Hold,
    Plan,
    Put,
    Question,
    Step,
    Write,
)
from twinbook.model.record import Business, Record
from twinbook.reconcile.cases import Stranger
from twinbook.reconcile.match import Candidate, Rung
from twinbook.reconcile.meet import introduce, waits
from twinbook.reconcile.merge import Merged
from twinbook.reconcile.normal import as_text, is_empty
from twinbook.reconcile.private import blank
from twinbook.reconcile.project import project, travelling
from twinbook.reconcile.terms import Terms


def reconcile_stranger(case: Stranger, terms: Terms) -> Plan:
    """Link the item to the contact it is, create that contact, or ask."""
    topic = f"promote:{case.item.id}"
    settled = frozenset({topic})
    if not case.asked:
        return Plan(settled=settled)
    plan = _decide(case, terms, topic)
    return Plan(steps=plan.steps, holds=plan.holds, settled=settled)


def _decide(case: Stranger, terms: Terms, topic: str) -> Plan:
    """Scenario s6, in its order: b and d ask, c waits, a links, e creates."""
    answer = terms.answer(topic, _shown(case))
    if answer == "personal":
        return Plan()
    if len(case.accounts) > 1:
        return _ask_which_account(case, topic)
    if case.unseen:
        return _ask_somebody_else(case, topic)
    strong = [one for one in case.look_alikes if one.rung is Rung.EMAIL]
    if len(strong) == 1 and _may_link(case, strong[0], terms):
        return _linked(case, strong[0].record, terms, topic)
    if case.look_alikes:
        return _answered(case, terms, topic, answer)
    if answer != "new" and not _stays(case, terms):
        return _ask_whether_to_go(case, topic)
    return Plan(steps=(_promote(case, terms),))


def _may_link(case: Stranger, one: Candidate, terms: Terms) -> bool:
    """Whether a contact has no item here and belongs here: else the link would end at once."""
    return one.record.id not in case.linked and terms.in_scope(one.record)


def _stays(case: Stranger, terms: Terms) -> bool:
    """Whether the new contact would belong in the book that its item is in."""
    viewer = terms.rights.viewer
    business = Business(owner=viewer.user, owner_teams=viewer.teams, account=_account(case))
    contact = project(case.item.contact, Side.HUB, terms)
    new = Record(id=RecordId(""), version=Version(""), contact=contact, business=business)
    return terms.in_scope(_under(new, case))


def _promote(case: Stranger, terms: Terms) -> Step:
    contact = blank(project(case.item.contact, Side.HUB, terms), terms.rights.locked)
    names = travelling(Side.HUB, terms) - terms.rights.locked
    return Step(
        act=Act.PROMOTE,
        contact=None,
        item=case.item.id,
        seen=Pair(None, case.item),
        writes=Pair(Put(contact, names), _named(case, terms)),
        frozen=_unshared(case, terms),
        owned=frozenset(case.item.seals),
        account=_account(case),
        adopted=True,
        edits=tuple(
            Edit(Side.HUB, name, "", as_text(name, value))
            for name in sorted(names)
            if not is_empty(value := getattr(contact, name))
        )
        + _naming(case, terms),
        reason="promoted by its owner",
    )


def _unshared(case: Stranger, terms: Terms) -> frozenset[str]:
    """What its user may not write into the CRM: it stays an edit that waits for permission."""
    locked = (name for name in terms.rights.locked if terms.reaches(name, Side.HUB))
    return frozenset(name for name in locked if not is_empty(getattr(case.item.contact, name)))


def _account(case: Stranger) -> AccountId | None:
    return case.accounts[0].id if case.accounts else None


def _named(case: Stranger, terms: Terms) -> Write:
    """Set Parent puts the account's name into the item, as far as companies travel there."""
    naming = _naming(case, terms)
    if not naming:
        return Claim()
    return Put(case.item.contact.but(company=naming[0].after), frozenset({"company"}))


def _naming(case: Stranger, terms: Terms) -> tuple[Edit, ...]:
    shown = case.item.contact.company
    if not case.accounts or not terms.reaches("company", Side.SPOKE):
        return ()
    name = case.accounts[0].name
    return () if name == shown else (Edit(Side.SPOKE, "company", shown, name),)


def _linked(
    case: Stranger, hub: Record, terms: Terms, topic: str, *asked: Hold, fold: bool = False
) -> Plan:
    """Let the item and the contact meet; while a question about that is open, all of it waits."""
    merged = introduce(Pair(hub if fold else _under(hub, case), case.item), terms, topic)
    if holds := waits(merged):
        return Plan(holds=(*holds, *asked))
    return Plan(steps=(_fold(case, hub, merged) if fold else _link(case, hub, merged),))


def _link(case: Stranger, hub: Record, merged: Merged) -> Step:
    account = _account(case)

    def write(side: Side) -> Write:
        if merged.fields[side] or (side is Side.HUB and account):
            return Put(merged.wanted[side], merged.fields[side])
        return KEEP if side is Side.HUB else Claim()

    return Step(
        act=Act.LINK,
        contact=hub.id,
        item=case.item.id,
        seen=Pair(hub, case.item),
        writes=Pair.each(write),
        owned=merged.owned,
        account=account,
        adopted=True,
        lift=True,
        lost=merged.lost,
        edits=merged.edits,
        reason="promoted by its owner; the CRM has this person already",
    )


def _under(hub: Record, case: Stranger) -> Record:
    """The hub contact as it will look once it belongs to the account that was named."""
    if not case.accounts:
        return hub
    return hub.but(contact=hub.contact.but(company=case.accounts[0].name))


def _answered(case: Stranger, terms: Terms, topic: str, answer: str | None) -> Plan:
    plan = _ask_which_contact(case, terms, topic)
    if answer == "new":
        return Plan(steps=(_promote(case, terms),))
    for number, one in enumerate(case.look_alikes, 1):
        if answer == f"link-{number}" and _may_link(case, one, terms):
            return _linked(case, one.record, terms, topic, *plan.holds)
        if answer == f"fold-{number}" and one.record.id in case.linked:
            return _linked(case, one.record, terms, topic, *plan.holds, fold=True)
    return plan


def _ask_which_contact(case: Stranger, terms: Terms, topic: str) -> Plan:
    offered = (_choice(number, one, case, terms) for number, one in enumerate(case.look_alikes, 1))
    choices = [choice for choice in offered if choice is not None]
    text = "The CRM may have this person already. Is it the same?"
    if len(choices) < len(case.look_alikes):
        text += " It has a look-alike that does not belong in this address book."
    choices.append(Choice("new", "it is somebody else: a new business contact is created"))
    return _hold(case, topic, Question.IDENTITY, text, *choices)


def _choice(number: int, one: Candidate, case: Stranger, terms: Terms) -> Choice | None:
    if one.record.id in case.linked:
        meaning = "it is a second item of contact {}: its values join it, then the item goes"
        return Choice(f"fold-{number}", meaning.format(one.record.id))
    if not _may_link(case, one, terms):
        return None
    return Choice(f"link-{number}", f"it is contact {one.record.id}: {one.reason}")


def _fold(case: Stranger, hub: Record, merged: Merged) -> Step:
    """The item is a second one of a contact that has its own: unite the values, remove it."""
    write: Write = Put(merged.wanted.hub, merged.fields.hub) if merged.fields.hub else KEEP
    return Step(
        act=Act.FOLD,
        contact=hub.id,
        item=case.item.id,
        seen=Pair(hub, case.item),
        writes=Pair(write, Drop()),
        lost=merged.lost,
        edits=tuple(edit for edit in merged.edits if edit.side is Side.HUB),
        reason="a second item of the same person",
    )


def _ask_which_account(case: Stranger, topic: str) -> Plan:
    text = (
        "The categories name more than one account. Leave only one of them, or name it with: "
        "twinbook promote BOOK ITEM --account ACCOUNT"
    )
    return _hold(case, topic, Question.ACCOUNT, text)


def _ask_whether_to_go(case: Stranger, topic: str) -> Plan:
    text = (
        "As a business contact it would not belong in this address book: the scope does not "
        "include it, so its item would be removed from here."
    )
    return _hold(case, topic, Question.SCOPE, text, Choice("new", "make it one all the same"))


def _ask_somebody_else(case: Stranger, topic: str) -> Plan:
    """Somebody keeps this person out of the user's sight: no value flows, no name is shown."""
    text = (
        "This contact can't be promoted as it is. An administrator can decide; "
        "it stays personal until then."
    )
    return _hold(case, topic, Question.PERMISSION, text)


def _hold(case: Stranger, topic: str, question: Question, text: str, *choices: Choice) -> Plan:
    personal = Choice("personal", "it stays a personal contact; nothing leaves the address book")
    hold = Hold(
        question=question,
        topic=topic,
        item=case.item.id,
        shown=_shown(case),
        text=text,
        choices=(*choices, personal),
    )
    return Plan(holds=(hold,))


def _shown(case: Stranger) -> str:
    return " ".join(one.record.id for one in case.look_alikes)  # in the order of the choices
