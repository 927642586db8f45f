"""Looking for whatever is wrong with an installation."""

import stat
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from twinbook.cli.desk import Desk
from twinbook.cli.output import counted

if TYPE_CHECKING:
    from twinbook.model.spoke import Spoke


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong, and what to do about it."""

    about: str
    text: str
    next: str = ""  #: "" where the text says it


def findings(desk: Desk) -> list[Finding]:
    """All that is wrong. A database that can't be opened is the only finding."""
    from twinbook.model.errors import TwinbookError

    found = list(_key(desk))
    examinations: tuple[Callable[[Desk], Iterator[Finding]], ...] = (
        _database,
        _vault,
        _people,
        _books,
    )
    for examine in examinations:
        try:
            found += examine(desk)
        except TwinbookError as error:
            return [*found, Finding("database", str(error))]
    return found


def _key(desk: Desk) -> Iterator[Finding]:
    from twinbook.users.keyring import is_there

    file = desk.settings.key_file
    if not file.exists():
        text = f"The key file {file} is missing."
        begin = "Put it back from its copy; a new installation begins with: twinbook init"
        yield Finding("key", text, begin)
    else:
        yield from _open_to_others(file)
    if is_there(desk.settings.vault_file):
        yield from _open_to_others(desk.settings.vault_file)


def _open_to_others(file: Path) -> Iterator[Finding]:
    if stat.S_IMODE(file.stat().st_mode) & 0o077:
        yield Finding("key", f"Others may read {file}.", f"Close it: chmod 600 {file}")


def _database(desk: Desk) -> Iterator[Finding]:
    from twinbook.wiring import ailments

    for text in ailments(desk.house):
        yield Finding("database", text, "Make a backup at once, and restore the last good one.")


def _vault(desk: Desk) -> Iterator[Finding]:
    from twinbook.journal import spokes
    from twinbook.model.errors import DamagedData
    from twinbook.users.vault import for_spoke

    vault = desk.house.vault
    with desk.house.database.read() as connection:
        books = {for_spoke(one.id): one.name for one in spokes.everything(connection)}
        try:
            closed = vault.closed(connection)
        except DamagedData as error:
            yield Finding("vault", str(error))
            return
    for name in closed:
        text = f"No key in {vault.file} opens the password for {books.get(name, name)}."
        do = "Put the right key file back from its copy, or give the password anew."
        yield Finding("vault", text, do)


def _people(desk: Desk) -> Iterator[Finding]:
    from twinbook.model.rights import UserRole
    from twinbook.users import people

    with desk.house.database.read() as connection:
        found = people.everyone(connection)
    if not any(one.active and one.role is UserRole.ADMIN for one in found):
        add = "twinbook user add EMAIL --name NAME --role admin"
        yield Finding("users", "There is no active administrator.", f"Add one: {add}")


def _books(desk: Desk) -> Iterator[Finding]:
    from twinbook.journal import spokes

    with desk.house.database.read() as connection:
        every = spokes.everything(connection)
    for spoke in every:
        yield from _place(desk, spoke)
        yield from _journal(desk, spoke)


def _place(desk: Desk, spoke: "Spoke") -> Iterator[Finding]:
    from twinbook.model.errors import TwinbookError

    try:
        with closing(desk.house.replica(spoke)) as place:
            next(place.changes(None), None)
    except TwinbookError as error:
        text = f"The place can't be reached: {error}"
        do = f"Bring {spoke.address} back, or: twinbook disconnect {spoke.name} --forget"
        yield Finding(spoke.name, text, do)


def _journal(desk: Desk, spoke: "Spoke") -> Iterator[Finding]:
    from twinbook.journal import questions, reasons, spokes

    with desk.house.database.read() as connection:
        doubts = reasons.doubts(connection, spoke.id)
        holds = len(questions.everything(connection, [spoke.id]))
        dirty = reasons.count_dirty(connection, spoke.id)
        restored = spokes.standing(connection, spoke.id)[2]
    sync = f"twinbook sync {spoke.name}"
    if doubts:
        text = f"{counted(doubts, 'write')} whose outcome is not known."
        yield Finding(spoke.name, text, f"Find out with: {sync}")
    if holds:
        text = f"{counted(holds, 'question')} wait for an answer."
        yield Finding(spoke.name, text, "See them with: twinbook hold list")
    if dirty and not spoke.paused:
        text = f"{counted(dirty, 'contact')} to be looked at."
        yield Finding(spoke.name, text, f"Bring them in step with: {sync}")
    if restored:
        text = "After a restore from a backup it was not looked through yet."
        yield Finding(spoke.name, text, f"Look first with: {sync} --preview")
    if spoke.paused:
        yield Finding(spoke.name, "It is paused.", f"Go on with: twinbook resume {spoke.name}")
