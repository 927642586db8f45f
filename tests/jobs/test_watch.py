"""Staying and synchronising on change, with real folders and a clock that the test moves."""

import os
import shutil
import signal
from datetime import UTC, datetime, timedelta
from itertools import count, pairwise

import pytest

from twinbook.crm import contacts
from twinbook.crm.contacts import New
from twinbook.jobs.watch import LONGEST_BREAK, PATIENCE, Failed, Mended, Stop, Synced, Watcher
from twinbook.journal import journal, spokes
from twinbook.model.cause import Cause
from twinbook.model.contact import Contact
from twinbook.model.errors import Emptied
from twinbook.model.ids import SpokeId
from twinbook.model.rights import UserRole
from twinbook.model.spoke import Spoke
from twinbook.ports import Update
from twinbook.settings import read_settings
from twinbook.users import people
from twinbook.wiring import found_house

ADA = Contact(given="Ada", surname="Lovelace", job_title="Analyst")


class Clock:
    """Time that stands still until somebody moves it."""

    def __init__(self) -> None:
        self.time = datetime(2026, 1, 1, tzinfo=UTC)
        self.ids = count(1)

    def now(self):
        return self.time

    def new_id(self):
        return f"{next(self.ids) * 2654435761 % 2**32:08x}{'0' * 24}"


class Office:
    """Two users with a folder each, and somebody who watches them."""

    def __init__(self, place) -> None:
        self.place, self.clock, self.events = place, Clock(), []
        self.saves = count(1)
        self.house = found_house(read_settings(place / "data", {}), "Office", self.clock)
        self.users, self.books = {}, {}
        for name in ("ann", "bob"):
            self.connect(name)
        self.watcher = Watcher(self.house, self.events.append)

    def connect(self, name) -> None:
        (self.place / name).mkdir()
        with self.house.database.write() as connection:
            user = people.add(connection, f"{name}@example.org", name, UserRole.ADMIN, self.clock)
            spoke = Spoke(
                id=SpokeId(name),
                name=name,
                kind="folder",
                address=str(self.place / name),
                user=user.id,
            )
            self.books[name] = spokes.add(connection, spoke, "mine", self.clock.now())
            self.users[name] = user

    def create(self, *owners) -> None:
        cause = Cause(actor=None, channel="test")
        with self.house.database.write() as connection:
            for owner in owners:
                new = New(contact=ADA, owner=self.users[owner].id)
                self.id = contacts.create(connection, new, cause, self.clock).id

    def set_scope(self, name, scope) -> None:
        with self.house.database.write() as connection:
            spokes.change(connection, SpokeId(name), scope=scope)
            journal.look_everywhere(connection, spokes.get(connection, SpokeId(name)))

    def edit_in_hub(self, **changes) -> None:
        with self.house.database.write() as connection:
            record = contacts.get(connection, self.id)
            change = Update(
                id=self.id,
                expected=record.version,
                contact=record.contact.but(**changes),
                fields=frozenset(changes),
            )
            contacts.update(connection, change, Cause(actor=None, channel="test"), self.clock)

    def card(self, name):
        (card,) = (self.place / name).glob("*.vcf")
        return card

    def edit(self, name, old, new) -> None:
        """Change a card as an editor does, a good while ago by its stamp."""
        card = self.card(name)
        card.write_text(card.read_text().replace(old, new))
        stamp = datetime(2026, 1, 1, tzinfo=UTC).timestamp() + next(self.saves)
        os.utime(card, (stamp, stamp))

    def look(self, times=1, seconds=0.5):
        """Let time pass and look; what was told meanwhile."""
        before = len(self.events)
        for _ in range(times):
            self.clock.time += timedelta(seconds=seconds)
            self.watcher.look()
        return self.events[before:]

    def settle(self) -> None:
        self.look(12)


def written(events):
    """The books in which something was written or from which something came."""
    return {
        one.spoke.name
        for event in events
        if isinstance(event, Synced)
        for one in event.outcomes
        if one.report.tally
    }


@pytest.fixture
def office(tmp_path):
    office = Office(tmp_path)
    yield office
    office.house.database.close()


@pytest.fixture
def shared(office):
    """An office in which both have the same contact, and nothing is left to do."""
    office.create("ann")
    for name in ("ann", "bob"):
        office.set_scope(name, "visible")
    office.settle()
    return office


def test_an_edit_in_one_folder_arrives_in_the_other(shared):
    shared.edit("ann", "Analyst", "Countess")

    shared.look(3)

    assert "TITLE:Countess" in shared.card("bob").read_text()


def test_an_edit_in_the_hub_arrives_in_the_folders(shared):
    shared.edit_in_hub(job_title="Countess")

    shared.look(3)

    assert "TITLE:Countess" in shared.card("ann").read_text()
    assert "TITLE:Countess" in shared.card("bob").read_text()


def test_nothing_is_synchronised_while_nobody_edits(shared):
    assert shared.look(20) == []


def test_our_own_writes_are_followed_by_one_quiet_look_at_most(shared):
    shared.edit("ann", "Analyst", "Countess")

    events = shared.look(30)

    assert written(events) == {"ann", "bob"}
    assert len(events) <= 3


def test_only_the_books_concerned_are_synchronised(office):
    office.create("ann", "bob")
    office.settle()
    office.edit_in_hub(job_title="Countess")

    events = office.look(4)

    synced = [one.spoke.name for event in events for one in event.outcomes]
    assert set(synced) == {"bob"}


def test_a_card_that_is_still_being_written_is_left_until_it_rests(shared):
    events = []
    for number in range(6):
        shared.edit("ann", "TITLE:", f"TITLE:{number}")
        events += shared.look()
    assert events == []

    shared.look(2)

    assert "TITLE:543210Analyst" in shared.card("bob").read_text()


def test_a_folder_that_never_rests_is_synchronised_all_the_same(shared):
    events = []
    for _ in range(int(PATIENCE.total_seconds() / 0.5) * 2 + 2):
        shared.edit("ann", "TITLE:", "TITLE:x")
        events += shared.look()

    assert 1 <= len(events) <= 3


def test_an_unreadable_folder_is_said_once_and_the_others_go_on(shared):
    hidden = shared.place / "hidden"
    (shared.place / "ann").rename(hidden)
    events = shared.look(6)
    (failed,) = events
    assert isinstance(failed, Failed)
    assert isinstance(failed.error, Emptied)

    shared.edit_in_hub(job_title="Countess")

    assert written(shared.look(4)) == {"bob"}


def test_a_folder_that_is_back_is_caught_up_with(shared):
    hidden = shared.place / "hidden"
    (shared.place / "ann").rename(hidden)
    shared.look(4)
    shared.edit_in_hub(job_title="Countess")
    shared.look(4)

    hidden.rename(shared.place / "ann")
    events = shared.look(8, seconds=10)

    assert [one.spoke.name for one in events if isinstance(one, Mended)] == ["ann"]
    assert "TITLE:Countess" in shared.card("ann").read_text()


def test_a_folder_that_stays_away_is_looked_at_less_and_less_often(shared):
    asked = []
    house = shared.house
    replica = type(house).replica

    def counted(self, spoke):
        if spoke.name == "ann":
            asked.append(shared.clock.now())
        return replica(self, spoke)

    shutil.rmtree(shared.place / "ann")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(type(house), "replica", counted)
        shared.look(600)

    gaps = [later - sooner for sooner, later in pairwise(asked)]
    assert len(asked) < 15
    assert max(gaps) >= LONGEST_BREAK


def test_a_book_that_somebody_else_works_on_is_tried_again_without_a_word(shared):
    shared.edit("ann", "Analyst", "Countess")
    with shared.house.working_on(shared.books["ann"]):
        events = shared.look(4)
    assert not any(isinstance(event, Failed) for event in events)

    events = shared.look(10)

    assert not any(isinstance(event, Mended) for event in events)
    assert "TITLE:Countess" in shared.card("bob").read_text()


def test_a_paused_book_is_left_alone(shared):
    with shared.house.database.write() as connection:
        spokes.change(connection, SpokeId("bob"), paused=True)

    shared.edit("ann", "Analyst", "Countess")
    shared.look(6)

    assert "TITLE:Analyst" in shared.card("bob").read_text()


def test_a_book_that_is_connected_later_is_watched_too(shared):
    shared.connect("cyd")
    shared.set_scope("cyd", "visible")

    shared.look(4)

    assert "Analyst" in shared.card("cyd").read_text()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_asks_for_the_end_and_a_second_one_ends_at_once(number):
    stop = Stop()
    before = signal.getsignal(number)

    with pytest.raises(KeyboardInterrupt), stop.on_signals():  # noqa: PT012 - two signals
        os.kill(os.getpid(), number)
        assert stop.asked
        os.kill(os.getpid(), number)

    assert signal.getsignal(number) is before
