"""A user turns a personal item into a business contact (scenario s6).

Promotion is the only door through which anything of a personal item leaves its book,
and only its owner opens it. Private fields stay behind in every case.
"""

from twinbook.model.ids import AccountId
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
from twinbook.model.record import Record
from twinbook.reconcile.cases import Stranger
from twinbook.reconcile.match import Candidate, Rung
from twinbook.reconcile.meet import introduce
from twinbook.reconcile.normal import as_text, is_empty
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
    answer = terms.answer(topic, _shown(case))
    if answer == "personal":
        return Plan()
    if len(case.accounts) > 1:
        return _ask_which_account(case, topic)
    if case.unseen:
        return _ask_somebody_else(case, topic)
    strong = [one for one in case.look_alikes if one.rung is Rung.EMAIL]
    if len(strong) == 1 and strong[0].record.id not in case.linked:
        return Plan(steps=(_link(case, strong[0].record, terms, topic),))
    if case.look_alikes:
        return _answered(case, terms, topic, answer)
    return Plan(steps=(_promote(case, terms),))


def _promote(case: Stranger, terms: Terms) -> Step:
    contact = project(case.item.contact, Side.HUB, terms)
    names = travelling(Side.HUB, terms)
    return Step(
        act=Act.PROMOTE,
        contact=None,
        item=case.item.id,
        seen=Pair(None, case.item),
        writes=Pair(Put(contact, names), _named(case, terms)),
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


def _link(case: Stranger, hub: Record, terms: Terms, topic: str) -> Step:
    account = _account(case)
    merged = introduce(Pair(_under(hub, case), case.item), terms, topic)

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
        frozen=merged.frozen,
        owned=merged.owned,
        account=_account(case),
        adopted=True,
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
    if answer == "new":
        return Plan(steps=(_promote(case, terms),))
    for number, one in enumerate(case.look_alikes, 1):
        if answer == f"link-{number}" and one.record.id not in case.linked:
            return Plan(steps=(_link(case, one.record, terms, topic),))
        if answer == f"fold-{number}" and one.record.id in case.linked:
            return Plan(steps=(_fold(case, one.record, terms, topic),))
    choices = [_choice(number, one, case) for number, one in enumerate(case.look_alikes, 1)]
    text = "The CRM may have this person already. Is it the same?"
    choices.append(Choice("new", "it is somebody else: a new business contact is created"))
    return _hold(case, topic, Question.IDENTITY, text, *choices)


def _choice(number: int, one: Candidate, case: Stranger) -> Choice:
    if one.record.id in case.linked:
        meaning = "it is a second item of contact {}: its values join it, then the item goes"
        return Choice(f"fold-{number}", meaning.format(one.record.id))
    return Choice(f"link-{number}", f"it is contact {one.record.id}: {one.reason}")


def _fold(case: Stranger, hub: Record, terms: Terms, topic: str) -> Step:
    """The item is a second one of a contact that has its own: unite the values, remove it."""
    merged = introduce(Pair(hub, case.item), terms, topic)
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
    return " ".join(sorted(one.record.id for one in case.look_alikes))
