"""The service as a process of its own, and other commands beside it."""

import json
import os
import re
import signal
import sqlite3
import time
from contextlib import closing, contextmanager

import pytest

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(os.name != "posix", reason="processes are ended by signals"),
]

PATIENCE = 120  #: seconds; the machine may be busy
SOON = 25  #: seconds; nobody would have looked by the schedule before


@contextmanager
def serving(town, *words, logs=None):
    """A service at work; killed at the end, whatever happens."""
    log = town.place / "service.log"
    with log.open("ab") as stream:
        process = town.start(*(words or ("serve",)), stderr=stream)
        try:
            wait_for(lambda: "Ctrl-C" in log.read_text() or process.poll() is not None)
            yield process
        finally:
            process.kill()
            process.communicate()


def log_of(town):
    return (town.place / "service.log").read_text()


def wait_for(condition):
    """Wait until something is so, for a while; how long that took."""
    begin = time.monotonic()
    while not condition():
        assert time.monotonic() < begin + PATIENCE
        time.sleep(0.1)
    return time.monotonic() - begin


def ended(process, number=signal.SIGTERM):
    process.send_signal(number)
    process.communicate(timeout=PATIENCE)
    return process.returncode


def title(town, book):
    """The line of Ada's card in a book, once it can be read."""
    (card,) = [text for name, text in town.cards(book).items() if name == "Ada Berg"] or [""]
    return "".join(re.findall(r"TITLE:(.*?)\r?\n", card))


def states(town):
    """How each book stands; the exit status may be 1."""
    return {one["book"]: one["state"] for one in town("status", "--json").json["books"]}


def test_an_edit_in_a_folder_reaches_the_other_folder_within_seconds(any_town):
    town = any_town.with_two_books()
    with serving(town):
        wait_for(lambda: set(states(town).values()) == {"in step"})
        town.write("ann", "Ada Berg", "TITLE:Analyst", "TITLE:Countess")

        seconds = wait_for(lambda: title(town, "bob") == "Countess")

    assert seconds < SOON


def test_a_second_service_in_one_directory_is_refused_and_says_which_is_there(town):
    town.with_two_books()
    with serving(town) as first:
        for words in (("serve",), ("worker",)):
            second = town.start(*words)
            _, err = second.communicate(timeout=PATIENCE)
            assert second.returncode == 1
            assert f"process {first.pid}" in err
        assert first.poll() is None


@pytest.mark.database
def test_several_workers_share_one_postgres(town, postgres_url, monkeypatch):
    monkeypatch.setenv("TWINBOOK_DATABASE", postgres_url)
    town.with_two_books()
    with serving(town), serving(town, "worker") as second:
        wait_for(lambda: len(town("status", "--json").json["services"]) == 2)
        town.write("ann", "Ada Berg", "TITLE:Analyst", "TITLE:Countess")
        wait_for(lambda: title(town, "bob") == "Countess")

        assert ended(second) == 0
        assert len(town("status", "--json").json["services"]) == 1


def test_other_commands_run_beside_it_and_what_they_do_is_spread(town):
    town.with_two_books()
    with serving(town):
        town.do("contact", "edit", "Ada Berg", "job_title=Duchess")
        wait_for(lambda: title(town, "bob") == title(town, "ann") == "Duchess")
        town.do("import", town.file("more.vcf", GRACE))
        wait_for(lambda: "Grace Hopper" in town.cards("bob"))
        assert town("sync", "ann").status in (0, 1)  # it may be just at work there
        town.do("backup", town.place / "backup.zip")

        assert "Traceback" not in log_of(town)


GRACE = "BEGIN:VCARD\nVERSION:3.0\nN:Hopper;Grace;;;\nFN:Grace Hopper\nEND:VCARD\n"


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_well(town, number):
    town.with_two_books()
    with serving(town) as process:
        assert ended(process, number) == 0

    assert town("status", "--json").json["services"] == []


def test_a_killed_service_is_followed_by_another_that_goes_on_at_once(town):
    town.with_two_books()
    with serving(town) as process:
        process.send_signal(signal.SIGKILL)
        process.wait()
    town.write("ann", "Ada Berg", "TITLE:Analyst", "TITLE:Countess")
    with closing(sqlite3.connect(town.data / "twinbook.db")) as database, database:
        # It died while it had all of them in hand.
        database.execute("UPDATE schedule SET claimed_until = 9e17, due = 0")

    with serving(town):
        seconds = wait_for(lambda: title(town, "bob") == "Countess")

    assert seconds < SOON


def test_a_new_book_and_one_that_goes_on_are_taken_up_at_once(town):
    town.with_two_books()
    town.do("pause", "bob")
    with serving(town):
        town.do("user", "add", "cyd@example.com", "--name", "Cyd")
        town.do("connect", "folder", town.folder("cyd"), "--user", "cyd@example.com")
        wait_for(lambda: "Ada Berg" in town.cards("cyd"))
        town.write("ann", "Ada Berg", "TITLE:Analyst", "TITLE:Countess")
        wait_for(lambda: title(town, "cyd") == "Countess")
        assert title(town, "bob") == "Analyst"
        town.do("resume", "bob")

        assert wait_for(lambda: title(town, "bob") == "Countess") < SOON


def test_an_answer_is_carried_out_within_seconds(town):
    town.with_two_books()
    town.do("import", town.file("more.vcf", GRACE))
    town.do("policy", "set", "on_book_removal", "ask")
    with serving(town):
        wait_for(lambda: set(states(town).values()) == {"in step"})
        town.delete("bob", "Ada Berg")
        wait_for(lambda: states(town)["bob"] == "waiting for an answer")
        (hold,) = town("hold", "list", "--json", by="bob").json
        town("hold", "answer", hold["id"], "recreate", by="bob")  # both may be at work there

        assert wait_for(lambda: "Ada Berg" in town.cards("bob")) < SOON


def test_a_scope_that_is_only_tried_out_is_never_carried_out(town):
    town.with_two_books()
    with serving(town):
        wait_for(lambda: set(states(town).values()) == {"in step"})
        town("book", "scope", "ann", "city = Nowhere", "--preview")
        time.sleep(4)

        assert "Ada Berg" in town.cards("ann")


def test_each_run_is_counted_so_that_an_old_database_is_noticed(town):
    town.with_two_books()
    before = int((town.data / "generation").read_text())
    with serving(town):
        town.write("ann", "Ada Berg", "TITLE:Analyst", "TITLE:Countess")
        wait_for(lambda: title(town, "bob") == "Countess")
        wait_for(lambda: int((town.data / "generation").read_text()) >= before + 2)


def test_the_log_is_json_without_any_name_address_or_number(town):
    town.with_two_books()
    town.file("books/ann/odd.vcf", "BEGIN:VCARD\nN:Quark;Zelda\n")
    with serving(town) as process:
        wait_for(lambda: "in step" in states(town).values())
        town.write("ann", "Ada Berg", "TITLE:Analyst", "TITLE:Countess")
        town.write("bob", "Ada Berg", "+49 30 1234", "+49 30 987654")
        wait_for(lambda: title(town, "bob") == "Countess")
        wait_for(lambda: "987654" in town.cards("ann")["Ada Berg"])
        (town.place / "books" / "ann").rename(town.place / "Zelda Quark")
        wait_for(lambda: '"event": "failed"' in log_of(town))
        assert ended(process) == 0

    first, *rest = log_of(town).splitlines()
    events = [json.loads(line) for line in rest]
    values = ["Ada", "Berg", "Countess", "Analyst", "1234 ", "987654", "Zelda", "Quark", "Lind"]
    values += ["example.com", "berg.example", str(town.place), "tulips", "Ann", "Bob"]
    assert [one for one in values if one in "\n".join(rest)] == []
    assert "Ctrl-C" in first
    assert {"started", "synced", "failed"} <= {one["event"] for one in events}
    assert {one["error"] for one in events if one["event"] == "failed"} == {"Emptied"}


@pytest.mark.parametrize("every", ["0", "100000"])
def test_a_pace_that_makes_no_sense_is_refused(town, every):
    town.founded()

    refused = town("serve", "--every", every)

    assert refused.status == 1
    assert "from 1 to 86400" in refused.err


def test_where_there_is_no_installation_there_is_nothing_to_serve(town):
    assert "twinbook init" in town("serve").err


def test_the_schedule_is_a_part_of_the_policy_and_makes_nothing_dirty(town):
    town.with_two_books()
    town.do("policy", "set", "schedule.quiet", "22:00-06:00")
    town.do("policy", "set", "schedule.zone", "Europe/Berlin")
    town.do("policy", "set", "schedule.every", "300")
    town.do("policy", "set", "profile", "like-dynamics")
    shown = town.json("policy", "show")["schedule"]
    town.do("policy", "set", "profile", "twinbook")

    refused = [
        town("policy", "set", f"schedule.{rule}", value).err
        for rule, value in (("zone", "Mars/Crater"), ("quiet", "at night"), ("every", "0"))
    ]

    assert shown == {"every": 300, "quiet": "22:00-06:00", "zone": "Europe/Berlin"}
    for text, err in zip(("Europe/Berlin", "22:00-06:00", "1 to"), refused, strict=True):
        assert text in err


def test_a_rule_of_the_schedule_makes_nobody_look_again(town):
    town.with_two_books()

    town.do("policy", "set", "schedule.every", "300")

    assert [one["dirty"] for one in town.json("status")["books"]] == [0, 0]
