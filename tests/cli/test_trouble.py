"""What goes wrong is said in words, with the next step, and nothing is lost by it."""

import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest
from town import ADA, GRACE

from twinbook.journal import spokes
from twinbook.settings import read_settings
from twinbook.wiring import open_house

FULL = Path("/dev/full")


def test_data_of_a_newer_version_are_left_alone(town):
    town.with_two_books()
    with sqlite3.connect(town.data / "twinbook.db") as database:
        database.execute("UPDATE alembic_version SET version_num = '9999'")
    database.close()

    result = town("sync")

    assert result.status == 1
    assert "newer" in result.err
    assert "Ada Berg" in town.cards("ann")


def test_a_damaged_database_is_named_with_the_way_back(town):
    town.with_two_books()
    (town.data / "twinbook.db").write_bytes(b"this is no database, whatever it was before" * 200)
    for rest in town.data.glob("twinbook.db-*"):
        rest.unlink()

    result = town("sync")
    examined = town("doctor")

    assert result.status == 1
    assert "twinbook restore FILE" in result.err
    assert "Traceback" not in result.err
    assert examined.status == 1
    assert "damaged" in examined.out
    assert "Ada Berg" in town.cards("ann")


def test_a_folder_that_is_gone_removes_nobody(town):
    town.with_two_books()
    town.folder("bob").rename(town.place / "elsewhere")

    result = town("sync")

    assert result.status == 1
    assert "No contact was removed" in result.out
    assert [one["name"] for one in town.json("contact", "list")] == ["Ada Berg"]
    assert "Ada Berg" in town.cards("ann")


def test_a_folder_that_is_suddenly_empty_makes_a_question(town):
    town.with_two_books()
    for number in range(5):
        town.do("contact", "add", f"given=Person{number}")
    town.do("sync")
    for card in town.folder("bob").glob("*.vcf"):
        card.unlink()

    result = town("sync")
    (question,) = town.json("hold", "list")
    answered = town("hold", "answer", question["id"], "recreate")

    assert result.status == 1
    assert question["question"] == "emptied"
    assert len(town.json("contact", "list")) == 6
    assert answered.status == 0, answered
    assert len(town.cards("bob")) == 6


def test_a_place_that_is_no_folder_is_refused(town):
    town.founded()
    file = town.file("ada.vcf", ADA)

    assert "no folder" in town("connect", "folder", file).err
    assert "There is no folder" in town("connect", "folder", town.place / "nothing").err
    assert "own data" in town("connect", "folder", town.data).err
    town.do("connect", "folder", town.folder("ann"))
    assert "already" in town("connect", "folder", town.folder("ann"), "--name", "x").err


def test_an_enormous_card_is_named_and_the_others_are_taken(town):
    town.founded()
    enormous = ADA.replace("NOTE:", "NOTE:" + "x" * (50 << 20))

    result = town.json("import", town.file("many.vcf", enormous, GRACE))

    assert (result["new"], result["broken"]) == (1, 1)
    assert "larger than" in result["cards"][0]["reason"]


def test_an_unreadable_card_in_a_book_is_named_and_left_as_it_is(town):
    town.with_two_books()
    (town.folder("ann") / "half.vcf").write_text("BEGIN:VCARD\nN:Half\n")

    result = town("sync")

    assert result.status == 1
    assert "Not read: half.vcf" in result.out
    assert (town.folder("ann") / "half.vcf").read_text() == "BEGIN:VCARD\nN:Half\n"


def test_a_book_that_another_process_works_on_is_left_to_it(town):
    town.with_two_books()
    house = open_house(read_settings(town.data, {}))
    with house.database.read() as connection:
        ann = spokes.find(connection, "ann")

    with house.working_on(ann):
        program = town.start("sync", "ann")
        out, err = program.communicate(timeout=60)
    house.database.close()

    assert program.returncode == 1
    assert "another process" in out + err
    assert "Traceback" not in err


def test_commands_run_beside_each_other(town):
    town.founded()
    programs = [town.start("contact", "add", f"given=Person{n}") for n in range(4)]

    outcomes = [(program.communicate(timeout=120), program.returncode) for program in programs]

    assert [status for _, status in outcomes] == [0] * 4, outcomes
    assert len(town.json("contact", "list")) == 4


def test_nobody_reading_on_is_no_trouble(town):
    town.founded()
    for number in range(3):
        town.do("contact", "add", f"given=Person{number}")
    program = town.start("contact", "list", "--json")
    program.stdout.close()

    err = program.stderr.read()
    program.wait(timeout=60)
    program.stderr.close()

    assert program.returncode == 0
    assert "Traceback" not in err


@pytest.mark.skipif(not FULL.exists(), reason="needs a device that is always full")
def test_a_full_disk_is_said_in_words(town):
    town.founded()
    with FULL.open("w") as full:
        program = subprocess.run(
            [sys.executable, "-m", "twinbook", "--data", str(town.data), "user", "list"],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )

    assert program.returncode == 1
    assert "No space left" in program.stderr
    assert "Traceback" not in program.stderr


@pytest.mark.slow
def test_an_interrupted_import_says_what_was_done_and_goes_on_when_it_is_run_again(town):
    town.founded()
    cards = [
        ADA.replace("Ada", f"Ada{n}").replace("card-of-ada", f"card-{n}").replace("ada@", f"a{n}@")
        for n in range(6000)
    ]
    file = town.file("many.vcf", *cards)
    program = town.start("import", file)
    while len(contacts(town)) < 500 and program.poll() is None:
        time.sleep(0.05)

    program.send_signal(signal.SIGINT)
    out, err = program.communicate(timeout=120)
    done = len(contacts(town))
    again = town.json("import", file)

    assert program.returncode == 130, (out, err)
    assert "Interrupted" in err
    assert f"import: {done:,} steps" in err
    assert 500 <= done < 6000
    assert (again["new"], again["same"]) == (6000 - done, done)


LOOK = """
import sys
from twinbook.cli import run
run(["--help"])
print([name for name in ("sqlalchemy", "msgspec", "PIL", "alembic") if name in sys.modules])
"""


def contacts(town) -> list[str]:
    with sqlite3.connect(town.data / "twinbook.db") as database:
        found = [id for (id,) in database.execute("SELECT id FROM contacts")]
    database.close()
    return found


def test_help_loads_nothing_that_is_slow():
    program = subprocess.run(
        [
            sys.executable,
            "-c",
            LOOK,
        ],
        capture_output=True,
        text=True,
        check=True,
    )

    assert program.stdout.splitlines()[-1] == "[]"


def test_every_answer_in_json_is_json_alone(town):
    town.with_two_books()
    run = town.json("run", "list")[0]["run"]

    for words in (
        ("user", "list"),
        ("team", "list"),
        ("account", "list"),
        ("contact", "list"),
        ("contact", "show", "Ada Berg"),
        ("book", "list"),
        ("book", "list", "ann"),
        ("sync",),
        ("sync", "--preview"),
        ("hold", "list"),
        ("run", "list"),
        ("run", "show", run),
        ("undo", run, "--preview"),
        ("why", "Ada Berg"),
        ("why", "Ada Berg", "phones"),
        ("policy", "show"),
        ("doctor",),
    ):
        assert town.json(*words) is not None, words
