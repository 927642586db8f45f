"""`make run`: the story, and the time after it, as a person sees them."""

import re
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from twinbook.formats import vcard
from twinbook.sample.invented import ACCOUNTS, CONTACTS

pytestmark = pytest.mark.slow

CARDS = Path(vcard.__file__).parents[2] / "sample" / "cards"
PATIENCE = 120  #: seconds; the machine may be busy


@contextmanager
def started(data, *options):
    """The sample company at work; its terminal is the file beside its directory."""
    terminal = data.with_suffix(".terminal")
    with terminal.open("wb") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "twinbook.sample", "--data", str(data), *options],
            stdout=out,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            cwd=data.parent,
        )
        try:
            yield process, terminal
        finally:
            process.kill()
            process.wait()


def ended(data, *options):
    """How it ended, and what it said."""
    with started(data, *options) as (process, terminal):
        process.wait(PATIENCE)
        return process.returncode, terminal.read_text()


def wait_for(condition):
    """Wait until something is so, for a while."""
    until = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < until
        time.sleep(0.2)


def flat(text):
    """Text without the breaks of lines."""
    return " ".join(text.split())


@pytest.fixture(scope="module")
def told(tmp_path_factory):
    """The story, told once: where its company lives, and what stood on the terminal."""
    data = tmp_path_factory.mktemp("story") / "sample"
    status, out = ended(data, "--once")
    assert (status, out if status else "") == (0, "")
    return data, out


def test_the_company_is_as_large_as_it_is_said_to_be():
    assert (len(ACCOUNTS), len(CONTACTS)) == (5, 20)
    assert len({contact.name for _, contact in CONTACTS}) == 20
    assert {folder.name: len(list(folder.glob("*.vcf"))) for folder in CARDS.iterdir()} == {
        "rosa": 6,
        "tomas": 6,
        "mei": 6,
    }


def test_nobody_in_it_can_be_called_or_written_to():
    fiction = re.compile(
        r"\+44 (20 7946 0|117 496 0|7700 900)\d{2,3}|\+1 \(?212\)? 555[ -]01\d\d"
        r"|\+49 (30 23125 \d{3}|171 39200\d\d)|\+33 1 99 00 \d\d \d\d|\+46 8 465 004 \d\d"
    )
    people = [contact for _, contact in CONTACTS]
    for file in CARDS.rglob("*.vcf"):
        people += map(vcard.contact, vcard.cards(file.read_bytes()))

    numbers = [phone.value for one in people for phone in one.phones]
    mails = [email.value for one in people for email in one.emails]

    assert [number for number in numbers if not fiction.fullmatch(number)] == []
    assert [mail for mail in mails if not re.search(r"[@.]example\.(org|com)$", mail)] == []


@pytest.mark.parametrize(
    "sentence",
    [
        "rosa: 18 copied into the book, 1 linked to a card that was there, 1 question",
        "tomas is asked about Dr. Jürgen Größmann: they share a mobile number and the surname;",
        "tomas: Update Luísa Araújo: job title Compras → Head of purchasing in the CRM",
        "in the CRM yes, in 3 of 3 books.",
        "Rosa Lind, administrator: the book “rosa” on a CardDAV server, Radicale, with 6 personal",
        "Head of field service, in the address book: Northlight Instruments Ltd Service manager",
        "mei: Update Guðrún Jónsdóttir: job title Head of field service → Service manager North",
        "Looked for the number in every byte of the database: it is not there.",
        "The CRM holds 21 contacts now. She belongs to Northlight Instruments Ltd, and is in 3 of",
        "The note that Tomás wrote about her stayed in his book.",
        "In the CRM she is as before, and she is in 2 of 3 books.",
        "In the CRM he is not there any more, and he is in 1 of 3 books: Tomás' own.",
        "Sync: there was nothing to write, on any side. - Eleanor Vance still is in 2 of 3 books",
    ],
)
def test_the_story_says(told, sentence):
    _, out = told

    assert sentence in flat(out)


def test_the_readme_shows_what_it_really_says(told):
    _, out = told
    readme = (Path(__file__).parents[2] / "README.md").read_text()

    excerpt = re.search(r"```\n(\d\. Two people .*?)```", readme, re.DOTALL)

    assert excerpt
    assert excerpt[1] in out


def test_it_says_where_to_look_and_what_to_try(told):
    data, out = told

    assert f"{data.name}/books/mei" in out
    for name in ("rosa", "tomas"):
        assert re.search(
            rf"{name}: http://127\.0\.0\.1:\d+/{name}/\S+ \(login {name}, password ", out
        )
    for path in re.findall(r"sample/books/\w+/\S+\.vcf", out):
        assert (data.parent / path).exists()
    assert "book list rosa" in out


def test_nothing_of_a_card_that_stayed_personal_is_in_the_database(told):
    data, out = told
    stored = b"".join(path.read_bytes() for path in data.glob("twinbook.db*"))
    with closing(sqlite3.connect(data / "twinbook.db")) as database:
        linked = {item for (item,) in database.execute("select item from links")}
    shared = linked | {"outlook-0004.vcf"}  # promoted by mistake, and taken back

    looked_for = []
    for file in stored_cards(data):
        if file.name not in shared:
            (card,) = vcard.cards(file.read_bytes())
            looked_for += values_of(vcard.contact(card))

    # A look-alike shares a value with a business contact; that one is no secret.
    business = {value for _, contact in CONTACTS for value in values_of(contact)}
    looked_for = [value for value in looked_for if value not in business]

    assert len(looked_for) > 20
    assert [value for value in looked_for if value.encode() in stored] == []
    assert [value for value in looked_for if value in flat(out) and value not in SPOKEN_OF] == []


#: Whom the story names, in the line of the one whose card it is.
SPOKEN_OF = {"Björn Haugen"}


def values_of(person):
    """Whatever is told of a person that can't be told of another."""
    texts = (person.nickname, person.note, person.display_name, person.derived_name)
    elements = (*person.emails, *person.phones, *person.addresses, *person.web_pages)
    return [text for text in (*texts, *(one.value for one in elements)) if text]


def test_private_notes_of_linked_cards_are_not_in_the_database_either(told):
    data, _ = told
    stored = b"".join(path.read_bytes() for path in data.glob("twinbook.db*"))

    notes = ["Allergic to nuts", "other football club", "Owes me a coffee"]

    assert [note for note in notes if note.encode() in stored] == []


def test_unknown_properties_and_pictures_are_still_in_the_cards(told):
    data, _ = told
    cards = b"".join(path.read_bytes() for path in stored_cards(data))

    for kept in (b"X-CHOIR-VOICE:alto", b"X-PADDLE-LEVEL:3.5", b"X-POTTERY-CLASS:Thursday"):
        assert kept in cards
    assert cards.count(b"PHOTO;") == 3


def test_an_edit_on_a_server_reaches_everybody_within_seconds(told):
    data, _ = told
    with started(data) as (_, terminal):
        wait_for(lambda: "Ctrl-C ends it." in terminal.read_text())
        commands = re.findall(r"^ +(curl .*)$", terminal.read_text(), re.MULTILINE)[:2]
        for command in commands:
            subprocess.run(command, shell=True, cwd=data.parent, check=True)
        wait_for(lambda: cards_with(data / "books" / "mei", b"TITLE:Chief of lenses"))
        wait_for(lambda: "rosa: Update Ada Wren" in flat(terminal.read_text()))


def test_it_starts_again_reacts_to_an_edit_and_ends_on_ctrl_c(told):
    data, before = told
    with started(data) as (process, terminal):
        wait_for(lambda: "Ctrl-C ends it." in terminal.read_text())
        assert story_of(terminal.read_text()) == story_of(before)
        (card,) = cards_with(data / "books" / "mei", b"ada.wren@")
        card.write_bytes(re.sub(rb"TITLE:[^\r\n]*", b"TITLE:Chief of lenses", card.read_bytes()))
        for name in ("rosa", "tomas"):
            wait_for(lambda name=name: cards_with(data / "servers" / name, b"Chief of lenses"))
        wait_for(lambda: "Update Ada Wren" in terminal.read_text().partition("Ctrl-C ends it.")[2])
        process.send_signal(signal.SIGINT)
        process.wait(PATIENCE)

        assert process.returncode == 0
        assert "The next start begins afresh." in terminal.read_text()


def story_of(text):
    """The story, without the ids of its runs: the same every time."""
    return re.sub(r"run [0-9a-f]{8}", "run", text.partition("Now you")[0])


def cards_with(folder, text):
    return [path for path in stored_cards(folder) if text in path.read_bytes()]


def stored_cards(place):
    """The files of cards, in a folder of them or as the two servers keep them."""
    every = place.rglob("*.vcf")
    return [path for path in every if ".Radicale.cache" not in path.parts and path.is_file()]


def test_a_directory_with_something_else_in_it_is_refused(tmp_path):
    data = tmp_path / "mine"
    data.mkdir()
    (data / "thesis.txt").write_text("years of work")

    status, out = ended(data, "--once")

    assert status == 1
    assert "Nothing was removed" in out
    assert (data / "thesis.txt").read_text() == "years of work"
