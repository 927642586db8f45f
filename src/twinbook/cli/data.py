"""Commands about the installation: beginning it, saving it, bringing it back, examining it."""

from pathlib import Path

from twinbook.cli.desk import AtDesk
from twinbook.cli.output import TROUBLE, WELL, Answer, counted


def init(*, company: str, name: str | None = None, desk: AtDesk) -> Answer:
    """Begin a new installation in the data directory.

    With --as EMAIL that person becomes its first administrator.

    Parameters
    ----------
    company
        What the company is called.
    name
        What to call the administrator.
    """
    from twinbook.model.rights import UserRole
    from twinbook.users import people
    from twinbook.wiring import found_house

    house = found_house(desk.settings, company)
    lines = [f"Twinbook for {company} begins in {desk.settings.data}"]
    if desk.acts_as is None:
        lines.append("Next: twinbook user add EMAIL --name NAME --role admin")
    else:
        with house.database.write() as connection:
            called = name or desk.acts_as.partition("@")[0]
            made = people.add(connection, desk.acts_as, called, UserRole.ADMIN, house.clock)
        lines.append(f"{made.name} <{made.email}> is its administrator.")
    house.database.close()
    data = {"company": company, "data": str(desk.settings.data), "administrator": desk.acts_as}
    return Answer(data, lines)


def backup(file: Path, /, *, desk: AtDesk) -> Answer:
    """Write everything into one file, but not the keys. Others may go on working.

    Parameters
    ----------
    file
        The file to write.
    """
    from twinbook.wiring import back_up

    with desk.house.database.read() as connection:
        desk.administrate(connection)
    rows = back_up(desk.house, file.expanduser().absolute())
    lines = [
        f"{counted(rows, 'row')} are saved in {file}.",
        f"The key is no part of it. Keep a copy of {desk.settings.key_file} in another place,",
        f"and of {desk.settings.vault_file}. Without them, what is sealed stays closed.",
    ]
    keys = {"key": str(desk.settings.key_file), "vault": str(desk.settings.vault_file)}
    return Answer({"file": str(file), "rows": rows, **keys}, lines)


def restore(file: Path, /, *, replace: bool = False, new_key: bool = False, desk: AtDesk) -> Answer:
    """Bring back what a backup holds, into an empty installation or in place of this one.

    Afterwards nothing is removed anywhere until each book was looked through once.

    Parameters
    ----------
    file
        The backup.
    replace
        Put it in the place of what is here.
    new_key
        The old key is lost: go on with another one. What was sealed stays closed.
    """
    from twinbook.wiring import is_inhabited, put_back

    if is_inhabited(desk.settings) and not new_key:
        with desk.house.database.read() as connection:
            desk.administrate(connection)
    place = file.expanduser().absolute()
    rows = put_back(desk.settings, place, replace=replace, new_key=new_key)
    lines = [
        f"{counted(rows, 'row')} are back.",
        "What came after the backup is only in the books now: the next sync compares with care,",
        "and asks where it can't tell. Look first with: twinbook sync --preview",
    ]
    return Answer({"file": str(file), "rows": rows}, lines)


def doctor(*, desk: AtDesk) -> Answer:
    """Examine the installation. Every finding says what to do; without any all is well."""
    from twinbook.cli import examining

    found = examining.findings(desk)
    data = [{"about": one.about, "text": one.text, "next": one.next} for one in found]
    lines = [
        line
        for one in found
        for line in (f"{one.about}: {one.text}", *([f"  {one.next}"] if one.next else []))
    ]
    return Answer(data, lines or ["All is well."], TROUBLE if found else WELL)
