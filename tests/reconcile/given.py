"""Short words for the things that tests of thinking begin with."""

import os
from dataclasses import replace

from twinbook.model.contact import EMPTY, Contact, Email, Kind, Phone, PhoneKind
from twinbook.model.fields import own_fields
from twinbook.model.link import NOTHING_YET, Half, Link
from twinbook.model.pair import Pair, Side
from twinbook.model.plan import Answer, Put, Release
from twinbook.model.policy import Policy
from twinbook.model.record import Business, Record
from twinbook.model.rights import Rights, Viewer
from twinbook.model.shape import FULL
from twinbook.reconcile.cases import Linked
from twinbook.reconcile.merge import merge
from twinbook.reconcile.private import withhold
from twinbook.reconcile.terms import Terms

SECRET = b"a secret of this test, 32 bytes!"
ANN = Viewer(user="ann")
ADA = Contact(
    given="Ada",
    surname="Lovelace",
    job_title="Analyst",
    emails=(Email("ada@example.org", Kind.WORK),),
    phones=(Phone("+44 20 7946 0001", PhoneKind.WORK),),
)


def examples(usual: int) -> int:
    """How many examples a law is tried on: TWINBOOK_EXAMPLES, or so many."""
    return int(os.environ.get("TWINBOOK_EXAMPLES", usual))


def terms(policy: Policy | None = None, *, spoke=FULL, rights=None, **rest) -> Terms:
    return Terms(
        policy=policy or Policy(category=""),
        shapes=Pair(FULL, spoke),
        rights=rights or Rights(viewer=ANN),
        **rest,
    )


def hub(contact: Contact = ADA, *, id="c1", version="1", edited_at=None, **business) -> Record:
    return Record(
        id=id,
        version=version,
        contact=contact,
        edited_at=edited_at,
        business=Business(**{"owner": "ann", **business}),
    )


def raw_item(contact: Contact = ADA, *, id="i1", version="1", **rest) -> Record:
    return Record(id=id, version=version, contact=contact, **rest)


def item(contact: Contact = ADA, policy: Policy | None = None, **rest) -> Record:
    """An item as the engine sees it: what is private is sealed."""
    policy = policy or Policy(category="")
    return withhold(
        raw_item(contact, **{"mark": "l1", **rest}), own_fields(policy), SECRET, policy.category
    )


def half(record: Record) -> Half:
    return Half.of(record)


def link(base: Pair[Half] | None = None, **rest) -> Link:
    return Link(
        **{
            "id": "l1",
            "spoke": "s1",
            "contact": "c1",
            "item": "i1",
            "mark": "l1",
            "base": base or Pair(half(hub()), half(item())),
            "versions": Pair("1", "1"),
            **rest,
        }
    )


def linked(hub_now=None, item_now=None, base=None, **rest) -> Linked:
    """A link whose sides agreed on Ada, and what they show now."""
    link_parts = {name: rest.pop(name) for name in ("owned", "adopted", "state") if name in rest}
    return Linked(
        link=link(base, **link_parts),
        hub=hub() if hub_now is None else hub_now,
        item=item() if item_now is None else item_now,
        **rest,
    )


def merged(before: Pair[Contact] | Contact, now: Pair[Contact], the_terms=None, **rest):
    """The merge of two contacts since they agreed on `before`."""
    the_terms = the_terms or terms()
    before = before if isinstance(before, Pair) else Pair(before, before)
    policy = the_terms.policy
    base = Pair(half(hub(before.hub)), half(item(before.spoke, policy)))
    return merge(base, Pair(hub(now.hub), item(now.spoke, policy)), the_terms, **rest)


def answering(the_terms: Terms, *holds, choice: str) -> Terms:
    """The same terms after a person answered some questions."""
    given = {
        one.topic: Answer(hold="h", topic=one.topic, shown=one.shown, choice=choice)
        for one in holds
    }
    return replace(the_terms, answers={**the_terms.answers, **given})


def empty_base() -> Pair[Half]:
    return Pair(NOTHING_YET, Half(contact=EMPTY))


__all__ = ["ADA", "ANN", "Put", "Release", "Side", "merge"]
