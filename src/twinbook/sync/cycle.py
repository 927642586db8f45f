"""One pass over one spoke: the river in one file.

    recover → observe → reconcile → guard → apply → record

docs/explanation/rules.md says what each part promises.
"""

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace

from twinbook.model.errors import ReplicaError
from twinbook.model.ids import AccountId, RecordId
from twinbook.model.pair import Side
from twinbook.model.plan import Hold, Plan
from twinbook.model.record import Record
from twinbook.ports import recheck
from twinbook.reconcile.guard import Restraint, Tally, guard
from twinbook.reconcile.reconcile import reconcile
from twinbook.sync.apply import answered, carry_out
from twinbook.sync.dirty import at_rest, pages, unlike, unsettled
from twinbook.sync.gather import gather
from twinbook.sync.marks import without_ours
from twinbook.sync.newcomers import match_newcomers
from twinbook.sync.observe import News, observe, pass_own_items
from twinbook.sync.recover import recover
from twinbook.sync.report import Report
from twinbook.sync.setting import Setting
from twinbook.sync.strangers import strangers

ONE_PASS = 2000  # a plan of more steps than this is counted first and then made again

Progress = Callable[[int, int], None]
"""Told how many more steps are done, and how many there are in all."""


def silent(_steps: int, _of: int) -> None:
    """No progress is shown."""


def cycle(setting: Setting, progress: Progress = silent) -> Report:
    """Bring one spoke and the hub in step, and say what was done.

    A replica's error ends the cycle early, with everything done so far recorded.
    """
    report = Report()
    try:
        waiting = recover(setting)
        news = observe(setting, setting.journal.state())
        _Cycle(setting, report, waiting, news).run(progress)
    except ReplicaError as error:
        report.error = error
    report.add_troubles(setting.replicas.spoke.troubles)
    return report


def preview(setting: Setting) -> Report:
    """Exactly what the next cycle will do, if nothing moves until then. Writes nothing."""
    waiting = frozenset(one.intent.contact for one in setting.journal.operations() if not one.void)
    report = Report()
    try:
        news = observe(setting, setting.journal.state())
        _Cycle(setting, report, waiting, news).foresee()
    except ReplicaError as error:
        report.error = error
    report.add_troubles(setting.replicas.spoke.troubles)
    return report


def promote(setting: Setting, item: Record, account: AccountId | None) -> Report:
    """Make a business contact of one personal item, by its owner's command."""
    report = Report()
    try:
        recover(setting)
        _carry_out(_promotion(setting, item, account), setting, report, silent, 1)
    except ReplicaError as error:
        report.error = error
    return report


def preview_promotion(setting: Setting, item: Record, account: AccountId | None) -> Report:
    """What promoting this item would do."""
    plan = _promotion(setting, item, account)
    report = Report(holds=list(plan.holds))
    report.count(plan.steps)
    report.list(plan.steps)
    return report


def _promotion(setting: Setting, item: Record, account: AccountId | None) -> Plan:
    return reconcile(strangers(setting, [item], account), setting.terms)


class _Cycle:
    """One cycle after its observation."""

    def __init__(
        self, setting: Setting, report: Report, waiting: frozenset[RecordId], news: News
    ) -> None:
        if news.restored:
            setting = setting.under(replace(setting.terms, restored=True))
        self.setting, self.report, self.waiting, self.news = setting, report, waiting, news
        setting.journal.dispatch()
        self._take_up_answers()
        self.promotions = self._promotions()
        linking = [step for step in self.promotions.steps if step.contact is not None]
        self.busy = waiting | {step.contact for step in linking if step.contact}
        self.busy |= news.unbelieved  # nothing is done about them before somebody has answered
        taken = [step.item for step in self.promotions.steps if step.item is not None]
        self.matched = match_newcomers(setting, self.busy, taken)
        report.troubles, report.waiting = news.troubles, len(waiting)
        self.planned = 0

    def _take_up_answers(self) -> None:
        """Look again at everything that a person has answered a question about."""
        if not self.setting.terms.answers:
            return
        contacts, items = self.setting.journal.answered()
        linked = self.setting.journal.links_at(items)
        if contacts or linked:
            with self.setting.journal.transaction() as tx:
                tx.soil([recheck(contact) for contact in contacts])
                tx.close({f"promote:{item}" for item in linked}, ())  # nobody's stranger any more
        known = {one.id for one in self.news.strangers} | linked.keys()
        asked = self.setting.read(Side.SPOKE, [item for item in items if item not in known])
        self.news.strangers += [one for one in asked.values() if isinstance(one, Record)]

    def _promotions(self) -> Plan:
        """What happens to personal items that ask for something."""
        self.news.strangers = without_ours(self.setting, self.news.strangers)
        if not self.news.strangers:
            return Plan()
        return reconcile(strangers(self.setting, self.news.strangers), self.setting.terms)

    def run(self, progress: Progress) -> None:
        """Plan, guard, apply, and move the cursor over what is finished."""
        for plan in self._guarded():
            _carry_out(plan, self.setting, self.report, progress, self.planned)
            if self.report.error is not None:
                return
        self._forget_answers()
        if self._advance() and self.report.tally["created", Side.SPOKE]:
            with suppress(ReplicaError):  # it is tried again the next time
                pass_own_items(self.setting)

    def _forget_answers(self) -> None:
        """An answer about many contacts is forgotten when nothing that it allows can be left."""
        over = _about_many(self.setting) - {hold.topic for hold in self.report.holds}
        if over and not (self.waiting or self.report.postponed):
            with self.setting.journal.transaction() as tx:
                tx.close(over, ())

    def foresee(self) -> None:
        """Plan and guard only."""
        for plan in self._guarded():
            self.report.count(plan.steps)
            self.report.list(plan.steps)
            self.report.holds += plan.holds

    def _guarded(self) -> Iterator[Plan]:
        """The plans of this cycle without what must wait for a person."""
        counted = Tally()
        kept: list[Plan] | None = []
        for plan in self._plans(self.setting):
            counted = counted.plus(plan)
            self.planned += len(plan.steps)
            self.report.unsettled += plan.unsettled
            kept = _keep(kept, plan)
        restraint = self._restraint(counted)
        yield Plan(holds=(*restraint.holds, *self._listing_hold()), settled=SPOKE_TOPICS)
        again = self.setting.under(replace(self.setting.terms, held=restraint.fields))
        for plan in self._plans(again) if kept is None or restraint.fields else kept:
            yield restraint.of(plan)

    def _restraint(self, counted: Tally) -> Restraint:
        if not counted.may_be_an_accident():
            return Restraint()  # a quiet cycle counts no links
        counted = replace(counted, known=self.setting.journal.known())
        return guard(counted, self.setting.terms.policy.guards, self.setting.terms.answers)

    def _listing_hold(self) -> tuple[Hold, ...]:
        return (self.news.hold,) if self.news.hold else ()

    def _plans(self, setting: Setting) -> Iterator[Plan]:
        """Personal items that ask for something first, then what is dirty, page by page."""
        yield self.promotions
        for page in pages(setting, self.busy):
            cases = gather(setting, page, self.matched)
            plan = reconcile(cases, setting.terms)
            yield replace(
                plan,
                at_rest=at_rest(cases, plan),
                unlike=unlike(cases, plan),
                unsettled=unsettled(setting, cases),
            )

    def _advance(self) -> bool:
        """A cursor never passes unfinished work (rules S13 and R1); whether it was moved on.

        What a personal item asked for is known from the feed alone: where a step was
        overtaken, the feed is read again.
        """
        asked_again = bool(self.news.strangers) and self.report.postponed > 0
        if self.news.cursor is None or not self.news.may_advance or self.waiting or asked_again:
            return False
        state = self.setting.journal.state()
        through = state.restored and not self._is_dirty()
        if state.cursor != self.news.cursor or through:
            with self.setting.journal.transaction() as tx:
                tx.advance(self.news.cursor)
                if through:
                    tx.restore(restored=False)
        return True

    def _is_dirty(self) -> bool:
        """Whether there is anything left that was not looked at under the rules of a restore."""
        return next(pages(self.setting, ()), None) is not None


SPOKE_TOPICS = frozenset({"removals:book", "removals:hub", "emptied", "same-field"})
"""Questions about a spoke as a whole; every cycle looks at them anew."""


def _about_many(setting: Setting) -> set[str]:
    """The topics of the answers about a spoke as a whole: a whole cycle carries them out."""
    return {topic for topic in setting.terms.answers if topic.startswith(tuple(SPOKE_TOPICS))}


def _keep(kept: list[Plan] | None, plan: Plan) -> list[Plan] | None:
    """The plans so far, None once they are too many to hold in memory."""
    if kept is None or sum(len(one.steps) for one in kept) + len(plan.steps) > ONE_PASS:
        return None
    return [*kept, plan]


def _carry_out(
    plan: Plan, setting: Setting, report: Report, progress: Progress, planned: int
) -> None:
    _record(setting, plan)
    report.holds += plan.holds
    for result in carry_out(plan.steps, setting, [hold.topic for hold in plan.holds]):
        report.count(result.done)
        report.postponed += result.postponed
        report.holds += result.refused
        report.error = result.error
        progress(len(result.done), planned)


def _record(setting: Setting, plan: Plan) -> None:
    """Put the plan's questions, and close those that have settled themselves.

    Those whose answers it carries out are closed afterwards, or an answer could be lost.
    Where there is nothing of all that, nothing is written: most cycles are quiet.
    """
    if plan.holds or plan.at_rest or plan.unlike or setting.journal.asks_about(plan.settled):
        with setting.journal.transaction() as tx:
            for contact, number in plan.at_rest:
                tx.clean(contact, number)
            for link in plan.unlike:
                tx.save(link.but(whole=False))
            carried = {topic for step in plan.steps for topic in answered(step, setting)}
            put = {hold.topic for hold in plan.holds}
            tx.close(plan.settled, carried | _about_many(setting) | put)
            for hold in plan.holds:
                tx.ask(hold)
