"""Making a business contact of a personal item, by its owner's command."""

from contextlib import closing
from typing import TYPE_CHECKING

from twinbook.cli.desk import Desk, check_own
from twinbook.cli.output import Answer

if TYPE_CHECKING:
    from twinbook.model.ids import AccountId
    from twinbook.model.record import Record
    from twinbook.model.spoke import Spoke


def promote(desk: Desk, name: str, item: str, account: str | None, *, preview: bool) -> Answer:
    """What became of a personal item that its owner shares."""
    from twinbook.cli import sync
    from twinbook.jobs.rounds import Outcome
    from twinbook.sync import cycle

    spoke, belongs = _checked(desk, name, account)
    record = _item(desk, spoke, item)
    with desk.house.working_on(spoke) as setting:
        if preview:
            report = cycle.preview_promotion(setting, setting.see(record), belongs)
            run = None
        else:
            with desk.house.recorded(setting, "promote") as reports:
                report = cycle.promote(setting, setting.see(record), belongs)
                reports.append(report)
            run = setting.run
        outcome = Outcome(spoke, run, report, setting.replicas.spoke.requests)
    if report.tally and not preview:
        desk.count_change()
    return sync.answer(desk, [outcome])


def _checked(desk: Desk, name: str, account: str | None) -> tuple["Spoke", "AccountId | None"]:
    from twinbook.cli import finding
    from twinbook.crm import accounts

    with desk.house.database.read() as connection:
        spoke = finding.book(connection, name)
        check_own(desk.rights(connection), spoke)
        belongs = accounts.find(connection, account).id if account else None
    return spoke, belongs


def _item(desk: Desk, spoke: "Spoke", text: str) -> "Record":
    """The personal item that is meant. Raises NotFound, Ambiguous, Invalid for a linked one."""
    from twinbook.cli.looking import items, named
    from twinbook.journal import links
    from twinbook.model.errors import Ambiguous, Invalid, NotFound

    with closing(desk.house.replica(spoke)) as place:
        found = [
            record
            for page in place.changes(None)
            for record in named(list(items(place, page).values()), text)
        ]
    if not found:
        raise NotFound(
            f"There is no item {text!r} in {spoke.name}. See: twinbook book list {spoke.name}"
        )
    if len(found) > 1:
        ids = ", ".join(one.id for one in found)
        raise Ambiguous(f"{text!r} fits several items of {spoke.name}. Say which by its id: {ids}")
    with desk.house.database.read() as connection:
        linked = links.at_items(connection, spoke.id, [found[0].id])
    if linked:
        raise Invalid(f"{found[0].contact.name} is a business contact already. Nothing was done.")
    return found[0]
