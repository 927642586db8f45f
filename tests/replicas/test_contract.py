"""Every replica keeps the same promises."""

import pytest

from twinbook.database.metadata import metadata
from twinbook.model.shape import Shape
from twinbook.model.spoke import Role
from twinbook.replicas.folder import FolderReplica
from twinbook.replicas.hub import Hub
from twinbook.replicas.memory import MemoryReplica
from twinbook.testing.contract import PROMISES, check_replica

SLOTS = Shape(at_most={"phones.work": 2}, fields=Shape().fields - {"profession", "hobbies"})
MAKERS = {
    "memory as a book": lambda folder: MemoryReplica(),
    "memory as a CRM": lambda folder: MemoryReplica(role=Role.CRM),
    "memory with little room": lambda folder: MemoryReplica(shape=SLOTS),
    "folder": FolderReplica,
}


@pytest.mark.parametrize("promise", PROMISES, ids=lambda promise: promise.__name__)
@pytest.mark.parametrize("make", MAKERS.values(), ids=MAKERS)
def test_every_replica_keeps_its_promises(promise, make, tmp_path):
    promise(make(tmp_path))


def test_the_hub_keeps_the_promises_of_a_replica(database, clock):
    def empty_hub():
        with database.write() as connection:
            for table in reversed(metadata.sorted_tables):
                connection.execute(table.delete())
        return Hub(database, clock)

    check_replica(empty_hub)


def test_a_broken_promise_is_named():
    class Forgetful(MemoryReplica):
        def find(self, marks):
            return {}

    with pytest.raises(AssertionError, match="a mark is stored once"):
        check_replica(Forgetful)
