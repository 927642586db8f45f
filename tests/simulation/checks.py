"""What must be true of the company, at any moment and when everything has come to rest."""

from ledger import OWN, TAG, TEXTS, tokens
from people import BOOKS
from remotes import T_REQUEST, T_VISIBLE
from sight import plain
from weather import STATISTICS

from twinbook.journal import links
from twinbook.model.link import LinkState
from twinbook.model.plan import Question
from twinbook.reconcile.normal import fold, phone_key, plausible, same

ROUNDS = 4


def at_any_moment(company):
    """Safety: rules that hold in the middle of a storm too."""
    assert not company.ledger.problems, company.ledger.problems
    _marks_are_unique(company)
    _what_is_private_stays(company)
    _one_way_fields(company)
    _nothing_is_mangled(company)


def at_rest(company):
    """Liveness and loss: what must be true once people and servers are quiet."""
    heal(company)
    settle(company)
    at_any_moment(company)
    _nothing_is_lost(company)
    _membership(company)
    _convergence(company)
    _personal_items_are_untouched(company)


def heal(company):
    company.clock.pass_(3 * (T_REQUEST + T_VISIBLE))
    for place in company.books.values():
        place.let_late_ones_act()


def settle(company):
    """At most four rounds write something; then comes one that writes nothing (L1, L2)."""
    for _ in range(ROUNDS + 1):
        before = _written(company)
        outcomes = _round(company)
        tallies = [dict(outcome.report.tally) for outcome in outcomes]
        postponed = sum(outcome.report.postponed for outcome in outcomes)
        waiting = sum(outcome.report.waiting + outcome.report.unsettled for outcome in outcomes)
        if _written(company) == before and not (any(tallies) or postponed or waiting):
            break
    else:
        raise AssertionError(
            f"L2 still writing: {tallies}, postponed {postponed}, in doubt {waiting}"
        )


def _round(company):
    outcomes = []
    for book in sorted(company.books):
        company.clock.pass_(2 * (T_REQUEST + T_VISIBLE))
        outcome = company.cycle(book)
        assert outcome.report.error is None, outcome.report.error
        outcomes.append(outcome)
    return outcomes


def _written(company):
    (newest,) = company.query("select coalesce(max(number), 0) from feed")[0]
    (steps,) = company.query("select coalesce(max(serial), 0) from run_steps")[0]
    return newest, steps, [place.written for place in company.books.values()]


# ---------------------------------------------------------------- safety


def _merging(company, book):
    """Who was merged while his item was being written: it goes when that is known."""
    known, busy = company.contacts(), company.open_operations(book)
    losers = [known[id] for id in busy if id in known and known[id].business.merged_into]
    return {fold(one.contact.employee_id) for one in losers}


def _marks_are_unique(company):
    for name, place in company.books.items():
        marks = [record.mark for record in place.records.values() if record.mark]
        assert len(marks) == len(set(marks)), f"S4 {name}: a mark is there twice"
        tagged = [r for r in place.records.values() if TAG in r.contact.categories]
        idents = [fold(r.contact.employee_id) for r in tagged if r.contact.employee_id]
        twice = {one for one in idents if idents.count(one) > 1} - company.orphans
        assert not twice - _merging(company, name), f"S4 {name}: twice {twice}"
    idents = [one.contact.employee_id for one in company.living() if one.contact.employee_id]
    twice = {fold(one) for one in idents if idents.count(one) > 1} - company.orphans
    assert not twice, f"S4 hub: twice {twice}"


def _what_is_private_stays(company):
    private = company.ledger.private - company.ledger.perhaps
    if not private:
        return
    for table, columns in (PUBLIC | OF_LINKS).items():
        for row in company.query(f"select {columns} from {table}"):
            leaked = tokens(" ".join(plain(value) for value in row)) & private
            leaked &= company.ledger.own if table in OF_LINKS else private
            assert not leaked, f"S6 {table} holds {leaked}: {row}"
    for name, place in company.books.items():
        for record in place.records.values():
            for token in tokens(record.contact) & private:
                home = company.ledger.from_books.get(token)
                assert home == name, f"S6 {token} of {home} is in {name}"


PUBLIC = {
    "contacts": "*",
    "history": "*",
    "holds": "*",
    "run_steps": "body",
    "ended_links": "*",
    "tombstones": "*",
}
OF_LINKS = {"halves": "body", "operations": "intent"}
"""These know what linked items show, which nobody else sees; but of own fields nothing."""


def _one_way_fields(company):
    ledger = company.ledger
    for record in company.everybody():
        for name in ("profession", "manager", "assistant"):
            for token in tokens(getattr(record.contact, name)):
                book = ledger.from_books.get(token)
                forbidden = book is not None and (name != "assistant" or BOOKS[book] == "bob")
                assert not forbidden, f"S8 {name} {token} typed in {book} is in the hub"
    for book, place in company.books.items():
        for record in place.records.values():
            for name in ("office", "manager"):
                for token in tokens(getattr(record.contact, name)):
                    home = ledger.from_books.get(token)
                    assert home == book, f"S8 {name} {token} is in {book}, typed in {home}"


def _nothing_is_mangled(company):
    ledger = company.ledger
    for record in company.everybody():
        for name in TEXTS:
            value = getattr(record.contact, name)
            for token in tokens(value):
                seen = ledger.spelled.get(token, set())
                assert value in seen, f"S2 {name}: {value!r} was never typed, only {seen}"
        for one in (*record.contact.phones, *record.contact.emails):
            for token in tokens(one.value):
                seen = ledger.spelled.get(token, set())
                assert one.value in seen, f"S2 {one.value!r} was never typed, only {seen}"
                kinds = ledger.kinds.get(token, set())
                assert one.kind in kinds, f"S2 {one} never was of that kind, only {kinds}"


# ---------------------------------------------------------------- at rest


def _nothing_is_lost(company):
    hub = company.hub_tokens()
    # What a restore of a book took back is told by the history, as any edit is.
    which = "" if company.restored else " where yielded"
    history = company.query(f"select before from history{which}")
    logged = set().union(set(), *(tokens(text or "") for (text,) in history))
    logged |= company.kept_tokens()
    books = set()
    for place in company.books.values():
        for record in place.records.values():
            books |= tokens(record.contact)
    ledger = company.ledger
    for token, name in ledger.typed.items():
        if token in ledger.private:
            continue
        where = hub | logged | books | ledger.superseded
        assert token in where, f"S1 lost {name} {token} typed in {ledger.from_books.get(token)}"


def _membership(company):
    company.doubt_what_was_lost_sight_of()
    contacts = company.contacts()
    holds = company.holds()
    whole = _users_with_a_question_about_everything(company, holds)
    for book, place in company.books.items():
        user, spoke = BOOKS[book], company.spokes[book]
        if user in whole:
            continue
        items = dict(company.link_rows(book))
        hidden = set() if company.is_outside(book) else company.hidden(user)
        if company.is_outside(book):
            _everybody_there_is_known(company, place, holds)
        with company.house.working_on(spoke) as setting:
            terms = setting.terms
        waiting = {one.hold.contact for one in holds if one.spoke == spoke.id}
        for id, record in contacts.items():
            company.checked += 1
            if (user, id) in company.maybe or company.unsettled:
                company.masked += 1
            elif not company.is_outside(book):
                wished = (user, id) in company.removed
                if id in hidden and not wished:
                    assert id in waiting, f"S5 {book}: nobody removed {id}"
                if wished and id not in hidden and id not in waiting:
                    alive = not record.business.deleted and not record.business.merged_into
                    hide = company.rules.policy.get("on_book_removal") is None
                    assert not (alive and hide), f"S3 {book}: the removal of {id} is forgotten"
            item = items.get(id)
            if item is not None:
                assert item in place.records or id in waiting, f"L1 {book}: {id} has no item"
            belongs = terms.in_scope(record) and record.business.active and id not in hidden
            if belongs and item is None:
                assert id in waiting, f"L1 {book}: {id} is missing"
            if not belongs and item is not None and id not in waiting:
                if company.is_outside(book):  # it has those that are not active, too
                    continue
                frozen = company.rules.policy.keys() & {"on_exit", "on_inactive"}
                elsewhere = id in hidden and len(_books_of(company, user)) > 1
                assert frozen or elsewhere, f"S10 {book}: {id} does not belong"


def _everybody_there_is_known(company, place, holds):
    """In an outside CRM every contact is the company's, too, or a question is open about it."""
    asked = {one.hold.item for one in holds}
    for id in place.records.keys() - place.untold - place.kept_out:
        assert company.is_ours(place.name, id) or id in asked, f"L1 {place.name}: {id} is missed"


def _users_with_a_question_about_everything(company, holds):
    names = {spoke.id: name for name, spoke in company.spokes.items()}
    about_all = (Question.MANY_REMOVALS, Question.EMPTIED)
    return {BOOKS[names[one.spoke]] for one in holds if one.hold.question in about_all}


def _books_of(company, user):
    return [book for book in company.books if BOOKS[book] == user]


def _convergence(company):
    holds = {(one.spoke, one.hold.contact) for one in company.holds()}
    waiting = (Question.SAME_FIELD, Question.MANY_REMOVALS, Question.EMPTIED)
    fields = {one.spoke for one in company.holds() if one.hold.question in waiting}
    for book, place in company.books.items():
        spoke = company.spokes[book]
        if spoke.id in fields:
            continue
        with company.database.read() as c:
            linked = links.to_contacts(c, spoke.id, [id for id, _ in company.link_rows(book)])
        for id, link in linked.items():
            item = place.records.get(link.item)
            skip = (spoke.id, id) in holds or "?" + id in company.untold or link.adopted
            if item is None or skip or link.state is LinkState.FROZEN:
                continue
            record = company.hub(id)
            if not record.business.active or record.business.deleted:
                continue
            hub, shown = record.contact, item.contact
            for name in TEXTS:
                if name in company.untold:
                    continue
                ours, theirs = getattr(hub, name), getattr(shown, name)
                fits = plausible(name, getattr(place.rewrite(hub), name), theirs)
                assert fits or plausible(name, ours, theirs), (
                    f"L1 {book} {name} of {id}: hub {ours!r}, book {theirs!r}"
                )
            if "phones" not in company.untold:
                _phones(book, place, hub, shown, id)


def _phones(book, place, hub, shown, id):
    ours = {phone_key(one.value).lstrip("+") for one in hub.phones}
    theirs = {phone_key(one.value).lstrip("+") for one in shown.phones}
    assert theirs <= ours, f"L1 {book} phones of {id}: hub {ours}, book {theirs}"
    if not place.shape.at_most:
        assert ours <= theirs, f"L1 {book} phones of {id}: hub {ours}, book {theirs}"


def _personal_items_are_untouched(company):
    for book, place in company.books.items():
        for id, contact in place.hands_off.items():
            record = place.records.get(id)
            now = record.contact if record else None
            assert now is None or same_but_typed(contact, now), f"S7 {book}: {id} was touched"


def same_but_typed(before, now):
    return now.categories == before.categories


__all__ = ["OWN", "STATISTICS", "at_any_moment", "at_rest", "same"]
