"""Who takes up what: claims, fairness, servers that do not answer."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from itertools import pairwise

from harbour import ADA, failed, mended, synced

from twinbook.database.schema import secrets
from twinbook.jobs import due, servers, workers
from twinbook.jobs.due import CLAIM, PER_USER, Hand
from twinbook.jobs.events import Broken
from twinbook.journal import calls, questions, spokes
from twinbook.model.errors import Closed, Invalid, SignInNeeded, Throttled, Unavailable
from twinbook.model.plan import Choice, Hold, Question
from twinbook.model.spoke import Spoke
from twinbook.users.vault import for_spoke

DEAD = Unavailable("dav.example.com does not answer. Nothing was changed.")
HOUR = 3600


def test_a_new_book_is_due_at_once_and_only_once(any_harbour):
    any_harbour.connect("ann", user="ann")

    assert any_harbour.claim(8) == ["ann"]
    assert any_harbour.claim(8) == []


def test_each_users_first_comes_before_anybodys_second(any_harbour):
    any_harbour.connect("a1", "a2", "a3", user="ann", server="a.example.com")
    any_harbour.connect("b1", user="bob", server="b.example.com")
    any_harbour.connect("c1", "c2", user="cyd", server="c.example.com")

    assert any_harbour.claim(9) == ["a1", "b1", "c1", "a2", "c2"]


def test_whose_books_were_just_worked_on_comes_after_those_who_wait(harbour):
    harbour.connect("a1", "a2", "a3", user="ann", server="a.example.com")
    harbour.connect("b1", user="bob", server="b.example.com")
    harbour.set_schedule(every=30)

    events = harbour.look()

    assert synced(events) == ["a1", "b1", "a2", "a3"]


def test_no_user_and_no_server_takes_the_whole_crew(any_harbour):
    for user in ("ann", "bob", "cyd"):
        any_harbour.connect(*(f"{user}{n}" for n in range(5)), user=user)
    any_harbour.connect("d1", user="dan", server="other.example.com")

    assert any_harbour.claim(16) == ["ann0", "bob0", "cyd0", "d1", "ann1"]


def test_what_is_in_hand_already_counts(any_harbour):
    any_harbour.connect("a1", "a2", user="ann", server="a.example.com")
    hand = Hand()
    hand.users[any_harbour.users["ann"].id] = PER_USER

    assert any_harbour.claim(8, hand) == []


def test_folders_know_no_server_and_are_not_limited_by_one():
    assert servers.server_of(book("folder", "/home/ann/contacts")) == ""
    assert servers.server_of(book("carddav", "http://[::1]:5232/ann/")) == "[::1]:5232"
    assert servers.server_of(book("carddav", "nonsense")) == ""
    assert servers.server_of(book("carddav", "https://x:99999/")) == ""


def book(kind, address):
    return Spoke(id="1", name="x", kind=kind, address=address, user="1")


def test_a_claim_of_a_worker_that_died_expires(any_harbour):
    any_harbour.connect("ann", user="ann")
    any_harbour.claim(1)

    any_harbour.clock.pass_(CLAIM.total_seconds() - 1)
    before = any_harbour.claim(1)
    any_harbour.clock.pass_(2)

    assert (before, any_harbour.claim(1)) == ([], ["ann"])


def test_what_was_called_for_is_not_lost_with_the_worker_that_took_it_up(any_harbour):
    any_harbour.connect("ann", user="ann")
    any_harbour.look()
    with any_harbour.database.write() as connection:
        calls.call(connection, [any_harbour.books["ann"].id])
    any_harbour.clock.pass_(3)
    assert any_harbour.claim(1) == ["ann"]

    any_harbour.clock.pass_(CLAIM.total_seconds() + 1)

    assert any_harbour.claim(1) == ["ann"]


def test_a_worker_that_lives_keeps_its_claims(any_harbour):
    any_harbour.connect("ann", user="ann")
    any_harbour.claim(1)
    for _ in range(10):
        any_harbour.clock.pass_(workers.BEAT.total_seconds())
        with any_harbour.database.write() as connection:
            due.prolong(connection, [any_harbour.books["ann"].id], any_harbour.clock.now())

    assert any_harbour.claim(1) == []


def test_many_workers_at_once_share_the_books_and_none_is_worked_on_twice(any_harbour):
    names = [f"{user}{n}" for user in range(20) for n in range(2)]
    for user in range(20):
        any_harbour.connect(*names[2 * user : 2 * user + 2], user=f"u{user}", server=f"{user}.org")
    with any_harbour.database.write() as connection:
        due.enlist(connection)

    def work(_number):
        taken = []
        for _ in range(30):
            with any_harbour.database.write() as connection:
                claims = due.claim(
                    connection,
                    any_harbour.clock.now(),
                    due.pick(connection, any_harbour.clock.now(), Hand(), 3),
                )
            taken += [one.spoke.name for one in claims]
        return taken

    with ThreadPoolExecutor(4) as pool:
        shares = list(pool.map(work, range(4)))

    assert sorted(name for share in shares for name in share) == sorted(names)


def test_a_worker_passes_over_what_another_one_is_just_claiming(any_harbour):
    any_harbour.connect("a1", user="ann", server="a.example.com")
    any_harbour.connect("b1", user="bob", server="b.example.com")
    with any_harbour.database.write() as connection:
        due.enlist(connection)
    if "sqlite" in repr(any_harbour.database):
        return  # one writer at a time: nobody can be between claiming and having claimed

    with any_harbour.database.write() as first:
        mine = due.claim(
            first, any_harbour.clock.now(), due.pick(first, any_harbour.clock.now(), Hand(), 1)
        )
        with any_harbour.database.write() as second:
            others = due.claim(
                second,
                any_harbour.clock.now(),
                due.pick(second, any_harbour.clock.now(), Hand(), 2),
            )

    assert [one.spoke.name for one in mine] == ["a1"]
    assert [one.spoke.name for one in others] == ["b1"]


# servers


def test_a_dead_server_is_asked_once_in_each_wait_whatever_the_number_of_its_books(harbour):
    harbour.connect_many(users=100, each=10)
    harbour.break_(DEAD)

    harbour.look(times=4 * 60, seconds=60)  # four hours

    # 30 s doubling up to an hour: half of a day's hours, and the beginning.
    assert 8 <= harbour.visits() <= 14
    assert list(harbour.left_alone()) == ["dav.example.com:443"]


def test_a_server_that_is_back_after_hours_gives_its_books_in_order_and_no_storm(harbour):
    harbour.connect_many(users=10, each=10)
    harbour.break_(DEAD)
    harbour.look(times=60, seconds=120)
    harbour.break_(None)
    before = harbour.visits()

    events = harbour.look(times=30, seconds=120)

    done = synced(events)
    assert harbour.left_alone() == {}
    assert set(done) == set(harbour.books)
    # Each once, and from then on every fifteen minutes, spread.
    first_round = done[:100]
    assert len(set(first_round)) == 100
    assert harbour.visits() - before < 100 * 6


def test_at_most_four_at_once_ask_a_server_that_is_back(harbour):
    for user in range(8):
        harbour.connect(*(f"{user}-{n}" for n in range(3)), user=f"u{user}")
    harbour.connect("other", user="else", server="other.example.com")
    harbour.lasts = 0.1
    service = harbour.start(threads=8)

    with service.at_work():
        for _ in range(400):
            service.pulse()
            service.wait(0.02)
            if len(synced(harbour.events)) == len(harbour.books):
                break

    assert sorted(synced(harbour.events)) == sorted(harbour.books)
    assert 2 <= harbour.most["dav.example.com"] <= 4
    assert max(harbour.most[user.id] for user in harbour.users.values()) <= 2


def test_books_of_other_servers_go_on(harbour):
    harbour.connect("ann", user="ann")
    harbour.connect("bob", user="bob", server="other.example.com")
    harbour.place("ann").error = DEAD

    harbour.look(times=60, seconds=60)

    assert len(harbour.place("bob").visits) >= 4


def test_of_several_books_that_fail_at_once_only_the_first_counts(harbour):
    harbour.connect("a1", "a2", user="ann")
    now = harbour.clock.now()
    with harbour.database.write() as connection:
        for number, seen in enumerate((0, 0, 0, 1, 1, 0)):
            until = now + timedelta(hours=number)
            servers.stayed_silent(connection, "dav.example.com:443", seen, until)

    row = harbour.left_alone()["dav.example.com:443"]
    assert (row.failures, row.until - now) == (2, timedelta(hours=3))


def test_only_one_worker_probes(any_harbour):
    any_harbour.connect("a1", user="ann")
    any_harbour.connect("b1", user="bob")
    with any_harbour.database.write() as connection:
        servers.stayed_silent(connection, "dav.example.com:443", 0, any_harbour.clock.now())

    assert len(any_harbour.claim(8)) == 1
    assert any_harbour.claim(8) == []


def test_of_two_workers_that_want_to_probe_at_once_one_may(any_harbour):
    server, now = "dav.example.com:443", any_harbour.clock.now()
    with any_harbour.database.write() as connection:
        servers.stayed_silent(connection, server, 0, now)

        both = [servers.probe(connection, server, 1, now, now + CLAIM) for _ in range(2)]

    assert both == [True, False]


def test_a_probe_that_never_came_to_ask_leaves_the_turn_to_another(harbour):
    harbour.connect("a1", user="ann")
    harbour.connect("b1", user="bob")
    with harbour.database.write() as connection:
        servers.stayed_silent(connection, "dav.example.com:443", 0, harbour.clock.now())
    harbour.place("a1").error = Invalid("This version can't reach it.")

    events = harbour.look()

    assert "b1" in synced(events)
    assert harbour.left_alone() == {}


def test_a_single_bad_collection_does_not_keep_its_server_closed(harbour):
    harbour.connect("bad", user="ann")
    harbour.connect("good", user="bob")
    harbour.place("bad").error = DEAD

    harbour.look(times=180, seconds=60)

    assert len(harbour.place("good").visits) >= 9
    assert len(harbour.place("bad").visits) <= 10


# pauses, passwords


def test_a_server_that_asks_for_a_pause_gets_it_for_all_books_of_that_login(harbour):
    harbour.connect("a1", "a2", user="ann", login="ann@dav")
    harbour.connect("b1", user="bob", login="bob@dav")
    harbour.look()
    harbour.place("a1").error = Throttled("Too many requests. It goes on by itself.", seconds=HOUR)
    with harbour.database.write() as connection:
        calls.call(connection, [harbour.books["a1"].id])
    harbour.look(seconds=3)
    before = {name: len(harbour.place(name).visits) for name in harbour.books}

    with harbour.database.write() as connection:
        calls.call(connection, [one.id for one in harbour.books.values()])
    harbour.look(times=100, seconds=35)
    within = {name: len(harbour.place(name).visits) - before[name] for name in harbour.books}
    harbour.place("a1").error = None
    harbour.look(times=8, seconds=35)

    assert (within["a1"], within["a2"]) == (0, 0)
    assert within["b1"] >= 3
    assert mended(harbour.events) == ["a1"]


def test_a_wrong_password_is_tried_rarely_and_a_new_one_at_once(harbour):
    harbour.connect("ann", user="ann")
    harbour.look()
    harbour.place("ann").error = SignInNeeded("It refused the password. Set it anew.")
    before = len(harbour.place("ann").visits)
    harbour.look(times=24 * 20, seconds=180)
    assert 3 <= len(harbour.place("ann").visits) - before <= 6
    assert len(failed(harbour.events)) == 1

    harbour.place("ann").error = None
    set_password(harbour, "ann")
    harbour.look()

    assert mended(harbour.events) == ["ann"]


def set_password(harbour, name):
    with harbour.database.write() as connection:
        row = {"name": for_spoke(harbour.books[name].id), "key_id": "1", "sealed": b""}
        connection.execute(secrets.insert().values(**row, at=harbour.clock.now()))


def test_news_do_not_hasten_a_book_that_is_left_alone(harbour):
    harbour.connect("ann", user="ann")
    harbour.create("ann")
    harbour.look()
    harbour.place("ann").error = Closed("There is no room left.")
    harbour.edit_in_hub(job_title="Countess")
    harbour.look(times=2, seconds=3)
    before = len(harbour.place("ann").visits)

    harbour.edit_in_hub(job_title="Duchess")
    harbour.look(times=5, seconds=3)

    assert len(harbour.place("ann").visits) == before


# what happens by itself


def test_only_the_books_that_the_news_concern_are_called_for(harbour):
    for user in ("ann", "bob", "cyd"):
        harbour.connect(user, user=user)
    harbour.create("bob", contact=ADA)
    harbour.look(times=4)
    harbour.edit_in_hub(job_title="Countess")

    events = harbour.look(times=10)

    assert synced(events) == ["bob"]


def test_work_that_is_left_behind_is_no_loop_without_a_pause(harbour):
    harbour.connect("ann", user="ann")
    harbour.create("ann")
    harbour.look(times=4)
    place = harbour.place("ann")
    place.shows_after = 60.0  # an item that is not seen is not gone yet
    place.records.clear()
    with harbour.database.write() as connection:
        calls.call(connection, [harbour.books["ann"].id])
    harbour.edit_in_hub(job_title="Countess")
    before = len(place.visits)

    harbour.look(times=240, seconds=0.5)

    gaps = [later - sooner for sooner, later in pairwise(place.visits[before:])]
    assert len(gaps) <= 8
    assert min(gaps) >= timedelta(seconds=1.5)


def test_quiet_hours_are_quiet_and_afterwards_all_is_caught_up_with(harbour):
    harbour.connect("ann", user="ann")
    harbour.create("ann")
    harbour.look(times=4)
    harbour.set_schedule(quiet="00:00-06:00", zone="UTC")
    before = harbour.visits()
    harbour.edit_in_hub(job_title="Countess")
    harbour.look(times=60, seconds=300)
    assert harbour.visits() == before

    harbour.look(times=20, seconds=300)

    (record,) = harbour.place("ann").records.values()
    assert record.contact.job_title == "Countess"


def test_a_run_that_finds_somebody_else_at_work_does_not_make_an_error_forgotten(harbour):
    harbour.connect("ann", user="ann")
    harbour.place("ann").error = Closed("There is no room left.")
    harbour.look()
    with harbour.house.working_on(harbour.books["ann"]):
        harbour.look(seconds=40)

    row = harbour.row("ann")

    assert (row.trouble, row.told) == ("Closed", "There is no room left.")
    assert mended(harbour.events) == []


def test_a_paused_book_is_taken_up_when_it_goes_on(harbour):
    harbour.connect("ann", user="ann")
    harbour.look()
    harbour.pause("ann")
    harbour.look(times=10, seconds=900)
    before = harbour.visits()

    harbour.pause("ann", paused=False)
    harbour.look()

    assert before == 1
    assert harbour.visits() == 2


def test_an_error_that_nobody_expected_is_noted_and_stops_nobody_else(harbour):
    harbour.connect("ann", user="ann")
    harbour.connect("bob", user="bob")
    harbour.place("ann").error = KeyError("Ada Lovelace")

    events = harbour.look()

    broken = [one for one in events if isinstance(one, Broken)]
    assert [(one.kind, one.spoke.name) for one in broken] == [("KeyError", "ann")]
    assert "Ada" not in broken[0].where
    assert "harbour.py:" in broken[0].where
    assert synced(events) == ["bob"]
    assert "report it" in harbour.row("ann").told


def test_a_book_that_is_disconnected_between_claim_and_work_is_let_go(harbour):
    harbour.connect("ann", user="ann")
    place = harbour.place("ann")
    with harbour.database.write() as connection:
        due.enlist(connection)
        claims = due.claim(
            connection, harbour.clock.now(), due.pick(connection, harbour.clock.now(), Hand(), 1)
        )
        spokes.remove(connection, harbour.books["ann"].id)

    harbour.service._crew.take(claims)

    assert (harbour.events, place.visits) == ([], [])


def test_an_answer_calls_for_its_book(harbour):
    harbour.connect("ann", user="ann")
    harbour.look()
    hold = Hold(question=Question.EMPTIED, topic="emptied", choices=(Choice("ok", "ok"),))
    with harbour.database.write() as connection:
        questions.ask(connection, harbour.books["ann"].id, hold, "h1", harbour.clock.now())
    harbour.look(times=4)

    with harbour.database.write() as connection:
        questions.answer(connection, "h1", "ok", "u", harbour.clock.now())

    assert synced(harbour.look()) == ["ann"]
