"""Taking a new place into the house, and changing what belongs in one."""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from twinbook.cli.desk import Desk
    from twinbook.cli.output import Answer
    from twinbook.model.spoke import Spoke
    from twinbook.replicas.carddav.opening import Access
    from twinbook.replicas.carddav.profile import Profile
    from twinbook.users.people import User


def connected(
    desk: "Desk", path: Path, user: str | None, name: str | None, scope: str | None
) -> "Spoke":
    """A folder as a new book. Raises Invalid for one that can't be used, NotAllowed."""
    place = _checked(path, desk)
    return _added(desk, Wish(user, name, scope), kind="folder", address=str(place))


@dataclass(frozen=True, slots=True)
class Wish:
    """How a new book is to be kept."""

    user: str | None  #: whose it is, None for the one who acts
    name: str | None
    scope: str | None


def connected_server(
    desk: "Desk", access: "Access", book: str | None, wish: Wish
) -> tuple["Spoke", "Profile"]:
    """An address book on a CardDAV server as a new book, measured.

    Raises Invalid, Ambiguous, NotAllowed, or what keeps the server from answering.
    """
    from twinbook.cli.output import progress
    from twinbook.model.ids import LinkId
    from twinbook.replicas.carddav import opening, profile

    with desk.house.database.read() as connection:
        _owner(connection, desk, wish.user)
    with progress("Looking for the address book"), opening.found(access, book) as meant:
        web, place, digest = meant
        _refuse_taken(desk, place.address, access.login)
        mark = LinkId(desk.house.clock.new_id())
        measured = opening.measured(web, place, mark, digest=digest)
    spoke = _added(
        desk,
        wish,
        password=access.password,
        kind="carddav",
        address=place.address,
        login=access.login,
        authority=access.authority,
        profile=profile.dump(measured),
    )
    return spoke, measured


def _refuse_taken(desk: "Desk", address: str, login: str) -> None:
    """Raises Invalid for a place that is connected, before anything is tried there."""
    from twinbook.journal import spokes
    from twinbook.model.errors import Invalid

    with desk.house.database.read() as connection:
        for one in spokes.everything(connection):
            if (one.address, one.login) == (address, login):
                raise Invalid(f"This place is connected already, as {one.name}.")


def _added(desk: "Desk", wish: Wish, password: str = "", **place: str) -> "Spoke":
    """A place as a new book; its password goes into the vault in the same transaction."""
    from twinbook.cli.filtering import scope_text
    from twinbook.journal import journal, policies, spokes
    from twinbook.model.ids import SpokeId
    from twinbook.model.spoke import Spoke
    from twinbook.users.vault import for_spoke

    with desk.house.database.write() as connection:
        owner = _owner(connection, desk, wish.user)
        wanted = wish.scope or policies.load(connection).default_scope
        made = Spoke(
            id=SpokeId(desk.house.clock.new_id()),
            name=wish.name or _free_name(connection, owner),
            user=owner.id,
            kind=place["kind"],
            address=place["address"],
            login=place.get("login", ""),
            authority=place.get("authority", ""),
            profile=place.get("profile", ""),
        )
        now = desk.house.clock.now()
        spoke = spokes.add(connection, made, scope_text(connection, wanted), now)
        if made.login:
            desk.house.vault.put(connection, for_spoke(spoke.id), password, now)
        journal.look_everywhere(connection, spoke)
    return spoke


def _owner(connection: "Connection", desk: "Desk", user: str | None) -> "User":
    from twinbook.users import people

    me = desk.me(connection)
    if user is None:
        return me
    owner = people.find(connection, user)
    if owner.id != me.id:
        desk.administrate(connection)
    return owner


def _free_name(connection: "Connection", owner: "User") -> str:
    """What to call a book that nobody has named: as its user, and a number where needed."""
    from twinbook.journal import spokes

    taken = {one.name.casefold() for one in spokes.everything(connection)}
    plain = owner.email.partition("@")[0]
    names = [plain, *(f"{plain}-{number}" for number in range(2, len(taken) + 3))]
    return next(one for one in names if one.casefold() not in taken)


def _checked(path: Path, desk: "Desk") -> Path:
    from twinbook.model.errors import Invalid

    place = path.expanduser().absolute()
    if not place.exists():
        raise Invalid(f"There is no folder {place}. Make it, or name another one.")
    if not place.is_dir():
        raise Invalid(f"{place} is no folder. Name the folder that holds the .vcf files.")
    place = place.resolve()
    if not os.access(place, os.R_OK | os.W_OK | os.X_OK):
        raise Invalid(f"{place} can't be read and written by you. Change its permissions.")
    if place == desk.settings.data or place in desk.settings.data.parents:
        raise Invalid(f"{place} holds Twinbook's own data. Name another folder.")
    return place


def rescoped(desk: "Desk", name: str, scope: str, *, preview: bool) -> "Answer":
    """What became of a book whose scope was, or in a preview would be, changed."""
    from twinbook.cli import finding, sync
    from twinbook.cli.filtering import scope_text
    from twinbook.cli.output import Answer
    from twinbook.journal import journal, spokes

    with desk.house.database.write() as connection:
        (spoke,) = finding.books(connection, [name], desk.rights(connection))
        before = spokes.scope_text(connection, spoke.id)
        spokes.change(connection, spoke.id, scope=scope_text(connection, scope))
        after = spokes.get(connection, spoke.id)
        journal.look_everywhere(connection, after)
        if preview:
            # A service beside us shall not do what is only tried out.
            spokes.change(connection, spoke.id, paused=True)
    try:
        outcomes = sync.look_ahead(desk, [after])
    finally:
        if preview:
            with desk.house.database.write() as connection:
                spokes.change(connection, spoke.id, scope=before, paused=spoke.paused)
    told = sync.answer(desk, outcomes)
    data = {"book": spoke.name, "scope": scope, **sync.as_data(desk, outcomes)}
    if preview:
        return Answer(data, told.lines)
    lines = [f"{spoke.name} holds now: {scope}", *told.lines, f"Do it with: twinbook sync {name}"]
    return Answer(data, lines)
