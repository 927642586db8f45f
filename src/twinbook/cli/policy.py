"""Commands about the policy: the company's rules as data."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from cyclopts import App

from twinbook.cli.desk import PLAIN, AtDesk
from twinbook.cli.output import Answer, pairs

if TYPE_CHECKING:
    from twinbook.model.policy import Policy

policy = App(
    name="policy",
    help="The company's rules: what travels where, and who wins.",
    default_parameter=PLAIN,
)

ALONE = ("guards", "schedule", "undo_days")
"""Rules that change nothing about what belongs where."""


@policy.command
def show(*, desk: AtDesk) -> Answer:
    """Show all rules, and for each field which way it travels and who wins."""
    from twinbook.journal import policies

    with desk.house.database.read() as connection:
        desk.me(connection)
        found = policies.load(connection)
    data = as_data(found)
    return Answer(data, pairs(dict(_flat(data))))


def as_data(policy: "Policy") -> dict[str, Any]:
    """A policy with the rule of every field, whether it was set or is the default."""
    import msgspec

    from twinbook.model.fields import FIELDS, direction_of, winner_of

    plain: dict[str, Any] = msgspec.to_builtins(policy)
    directions = {row.name: direction_of(policy, row.name).value for row in FIELDS}
    winners = {row.name: winner_of(policy, row.name).value for row in FIELDS}
    plain["directions"] = directions | plain["directions"]
    plain["winners"] = winners | plain["winners"]
    return plain


def _flat(data: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Every rule under the name by which it is set."""
    for name, value in data.items():
        if isinstance(value, dict):
            yield from ((f"{name}.{key}", _shown(one)) for key, one in value.items())
        else:
            yield name, _shown(value)


def _shown(value: object) -> str:
    return str(value) if value != "" else '""'


@policy.command(name="set")
def set_rule(rule: str, value: str, /, *, desk: AtDesk) -> Answer:
    """Set one rule. It holds from the next sync on.

    Parameters
    ----------
    rule
        Its name, as `twinbook policy show` gives it, such as directions.note,
        winners.phones.home, on_book_removal, schedule.every; or "profile" for a whole
        policy, which leaves the schedule as it is.
    value
        Its value; for a profile: twinbook, or like-dynamics.
    """
    from twinbook.journal import journal, policies

    with desk.house.database.write() as connection:
        desk.administrate(connection)
        after = policies.changed(policies.load(connection), rule, value)
        policies.save(connection, after)
        if rule.partition(".")[0] not in ALONE:
            journal.look_anew(connection)
    return Answer(as_data(after), [f"{rule} is {value} now. See: twinbook sync --preview"])
