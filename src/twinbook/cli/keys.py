"""Commands about the keys that passwords and tokens of outside places are sealed with."""

from cyclopts import App

from twinbook.cli.desk import PLAIN, AtDesk
from twinbook.cli.output import TROUBLE, WELL, Answer, counted

key = App(
    name="key",
    help="The keys that passwords of outside places are sealed with.",
    default_parameter=PLAIN,
)


@key.command
def rotate(*, forget_old: bool = False, new_key: bool = False, desk: AtDesk) -> Answer:
    """Seal all passwords of outside places with a new key. Broken off, it loses nothing.

    Parameters
    ----------
    forget_old
        Drop the older keys afterwards: passwords in backups made before stay closed then.
    new_key
        The key file is lost: begin another one. What was sealed with the old one stays closed.
    """
    house = desk.house
    with house.database.write() as connection:
        desk.administrate(connection)
        if new_key:
            house.vault.begin(connection)
        sealed = house.vault.rotate(connection, house.clock.now())
    forgotten = house.vault.forget_old(house.database) if forget_old else 0
    with house.database.read() as connection:
        closed = house.vault.closed(connection)
    file = str(house.vault.file)
    data = {"sealed": sealed, "forgotten": forgotten, "closed": closed, "file": file}
    lines = [
        f"Sealed anew, with a new key: {counted(sealed, 'secret')}.",
        f"The keys are in {file}. Keep a copy of it apart from the backups.",
        _of_older_keys(forgotten, forget_old=forget_old),
        *(
            f"Still closed: {name}. Its key is not there; give the password anew."
            for name in closed
        ),
    ]
    return Answer(data, lines, TROUBLE if closed else WELL)


def _of_older_keys(forgotten: int, *, forget_old: bool) -> str:
    if not forget_old:
        return "The older keys stay in it, for older backups."
    return f"Dropped from it: {counted(forgotten, 'older key')}. Make a new backup now."
