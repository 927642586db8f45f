"""The first morning of the sample company: people, their books, and the CRM's contacts."""

from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from importlib.resources import files

from twinbook.crm import accounts, contacts
from twinbook.crm.contacts import New
from twinbook.journal import journal, spokes
from twinbook.model.cause import Cause
from twinbook.model.ids import AccountId, LinkId, SpokeId
from twinbook.model.rights import UserRole
from twinbook.model.spoke import Spoke
from twinbook.replicas.carddav import opening, profile
from twinbook.sample import invented
from twinbook.sample.company import Company, Member
from twinbook.sample.programs import GOOGLE, IPHONE, OUTLOOK, Program
from twinbook.sample.shelves import FolderShelf, ServerShelf, Shelf
from twinbook.settings import Settings
from twinbook.testing.servers import Radicale, Server, Xandikos
from twinbook.users import people
from twinbook.users.vault import for_spoke
from twinbook.wiring import House, found_house

NAME = "Example Trading"
PASSWORD = "open-sesame"  # noqa: S105 - of invented people, on this machine, for as long as it runs
STAFF: tuple[tuple[str, str, UserRole, Program, type[Server] | None], ...] = (
    ("rosa", "Rosa Lind", UserRole.ADMIN, IPHONE, Radicale),
    ("tomas", "Tomás Vega", UserRole.USER, OUTLOOK, Xandikos),
    ("mei", "Mei Tanaka", UserRole.USER, GOOGLE, None),
)


@dataclass(frozen=True, slots=True)
class Reached:
    """How a book is reached, in the words of its spoke."""

    kind: str
    address: str
    login: str = ""
    profile: str = ""


def found(settings: Settings) -> Company:
    """The company with its servers running; nothing was synchronised yet."""
    with ExitStack() as stack:
        house = found_house(settings, NAME)
        stack.callback(house.database.close)
        staff = {
            nick: _joined(house, settings, (nick, name, role), program, kind, stack)
            for nick, name, role, program, kind in STAFF
        }
        _enter_contacts(house, staff)
        return Company(settings, house, staff, stack.pop_all())


def _joined(
    house: House,
    settings: Settings,
    who: tuple[str, str, UserRole],
    program: Program,
    kind: type[Server] | None,
    stack: ExitStack,
) -> Member:
    """A user with a book of personal cards, connected."""
    nick, name, role = who
    shelf: Shelf
    if kind is None:
        folder = settings.data / "books" / nick
        folder.mkdir(parents=True)
        shelf = FolderShelf(folder)
        place = Reached("folder", str(folder))
    else:
        server = stack.enter_context(kind(settings.data / "servers" / nick, {nick: PASSWORD}))
        shelf = ServerShelf(server.name, server.new_book(nick), nick, PASSWORD)
        place = _measured(house, shelf)
    for item, card in _cards(nick):
        shelf.write(item, card)
    with house.database.write() as connection:
        user = people.add(connection, f"{nick}@example.com", name, role, house.clock)
        made = Spoke(
            id=SpokeId(house.clock.new_id()),
            name=nick,
            user=user.id,
            kind=place.kind,
            address=place.address,
            login=place.login,
            profile=place.profile,
        )
        spoke = spokes.add(connection, made, "visible", house.clock.now())
        if spoke.login:
            house.vault.put(connection, for_spoke(spoke.id), PASSWORD, house.clock.now())
        journal.look_everywhere(connection, spoke)
    return Member(user, spoke, program, shelf, sum(1 for _ in _cards(nick)))


def _measured(house: House, shelf: ServerShelf) -> Reached:
    """What `twinbook connect carddav` finds out about a book."""
    access = opening.Access(place=shelf.url, login=shelf.login, password=shelf.password)
    with opening.found(access, None) as (web, book, digest):
        mark = LinkId(house.clock.new_id())
        known = opening.measured(web, book, mark, digest=digest)
    return Reached("carddav", book.address, shelf.login, profile.dump(known))


def _cards(nick: str) -> Iterator[tuple[str, bytes]]:
    for card in files("twinbook.sample").joinpath("cards", nick).iterdir():
        yield card.name, card.read_bytes()


def _enter_contacts(house: House, staff: Mapping[str, Member]) -> None:
    """Accounts and contacts, each looked after by somebody."""
    ids: dict[str, AccountId] = {}
    owners: dict[str, Member] = {}
    cause = Cause(actor=staff["rosa"].user.id, channel="sample", reason="the company begins")
    with house.database.write() as connection:
        for name, above, domain, owner in invented.ACCOUNTS:
            parent = ids[above] if above else None
            account = accounts.add(connection, name, house.clock, parent=parent, domains=[domain])
            ids[name], owners[name] = account.id, staff[owner]
        new = [
            New(contact=contact, account=ids[account], owner=owners[account].user.id)
            for account, contact in invented.CONTACTS
        ]
        contacts.create_many(connection, new, cause, house.clock)
