"""A company with one user and one place, for measuring."""

import tempfile
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import sqlalchemy as sa

from twinbook.database.engine import open_database
from twinbook.database.migrate import ensure_schema
from twinbook.journal import halves, spokes
from twinbook.model.cause import Cause
from twinbook.model.contact import Contact, Email, Kind, Phone, PhoneKind
from twinbook.model.ids import SpokeId
from twinbook.model.link import Half
from twinbook.model.record import Record
from twinbook.model.rights import UserRole
from twinbook.model.spoke import Spoke
from twinbook.ports import Replica
from twinbook.users import people
from twinbook.users.vault import Vault
from twinbook.wiring import House, SystemClock


def person(number: int) -> Contact:
    return Contact(
        given=f"Given{number}",
        surname=f"Surname{number}",
        company=f"Company {number % 500}",
        job_title="Engineer",
        emails=(Email(f"person{number}@company{number % 500}.example", Kind.WORK),),
        phones=(
            Phone(f"+1 555 {number:07d}", PhoneKind.MOBILE),
            Phone(f"+1 556 {number:07d}", PhoneKind.WORK),
        ),
    )


def agreed(connection: sa.Connection, spoke: Spoke, hub: Record, item: Record) -> dict[str, object]:
    """The row of a link between two that show the same, as if that had been long ago."""
    mark = item.mark or f"link-{item.id}"
    shown = Half(contact=item.contact.but(categories=()), tagged=True)
    base = halves.keep(connection, [Half.of(hub), shown])
    return {
        "id": mark,
        "spoke_id": spoke.id,
        "contact_id": hub.id,
        "item": item.id,
        "mark": mark,
        "base_hub": base[0],
        "base_spoke": base[1],
        "hub_version": hub.version,
        "spoke_version": item.version,
        "owned": "",
        "number": hub.business.number if hub.business else 0,
        "state": "alive",
        "adopted": False,
        "whole": True,
        "past": "[]",
    }


class BenchHouse(House):
    """A house with one user and whatever place is to be measured."""

    places: dict[SpokeId, Replica]
    cause: Cause
    opened: deque[Replica]  #: the real place that was opened last

    def replica(self, spoke: Spoke) -> Replica:
        if spoke.id in self.places:
            return self.places[spoke.id]
        self.opened.append(House.replica(self, spoke))
        return self.opened[-1]

    def connect(self, name: str, place: Replica) -> Spoke:
        user = self.cause.actor
        assert user is not None
        spoke = Spoke(id=SpokeId(name), name=name, kind="bench", address=name, user=user)
        self.places[spoke.id] = place
        with self.database.write() as connection:
            return spokes.add(connection, spoke, "visible", self.clock.now())


@contextmanager
def company() -> Iterator[BenchHouse]:
    with tempfile.TemporaryDirectory() as folder:
        database = open_database(f"sqlite:///{folder}/twinbook.db")
        ensure_schema(database)
        vault = Vault(Path(folder) / "vault")
        house = BenchHouse(database, SystemClock(), b"a secret of thirty-two bytes ...", vault)
        with database.write() as connection:
            vault.begin(connection)
            user = people.add(connection, "ann@example.com", "Ann", UserRole.ADMIN, house.clock)
        object.__setattr__(house, "places", {})
        object.__setattr__(house, "opened", deque(maxlen=1))
        object.__setattr__(house, "cause", Cause(actor=user.id, channel="benchmark"))
        yield house
        database.close()
