"""A company with one user and one place, for measuring."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager

from twinbook.database.engine import open_database
from twinbook.database.migrate import ensure_schema
from twinbook.journal import spokes
from twinbook.model.cause import Cause
from twinbook.model.contact import Contact, Email, Kind, Phone, PhoneKind
from twinbook.model.ids import SpokeId
from twinbook.model.rights import UserRole
from twinbook.model.spoke import Spoke
from twinbook.ports import Replica
from twinbook.users import people
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


class BenchHouse(House):
    """A house with one user and whatever place is to be measured."""

    places: dict[SpokeId, Replica]
    cause: Cause

    def replica(self, spoke: Spoke) -> Replica:
        return self.places[spoke.id]

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
        house = BenchHouse(database, SystemClock(), b"a secret of thirty-two bytes ...")
        with database.write() as connection:
            user = people.add(connection, "ann@example.com", "Ann", UserRole.ADMIN, house.clock)
        object.__setattr__(house, "places", {})
        object.__setattr__(house, "cause", Cause(actor=user.id, channel="benchmark"))
        yield house
        database.close()
