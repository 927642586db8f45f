"""Duplicates: how many are found, how many that are proposed are none, and how quickly.

The points behind the scores were set while looking at our own labelled people, so figures
on them say that it does what it was made for, and no more. The public FEBRL sets were looked
at once, for what birthdays with a slip mean; in many of their doubles a whole name is another,
and they have neither mailboxes nor telephone numbers.
"""

import random
import resource
import string
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from itertools import combinations

import sqlalchemy as sa

from benchmarks import Row
from benchmarks._company import company
from benchmarks._people import Pairs, febrl, labelled
from twinbook.crm import contacts, duplicates, rows
from twinbook.crm.contacts import New
from twinbook.database import open_database, schema
from twinbook.database.migrate import ensure_schema
from twinbook.model.cause import Cause
from twinbook.model.contact import Contact, Email, Kind, Phone, PhoneKind
from twinbook.reconcile.likeness import LEAST, SURE
from twinbook.reconcile.match import keys_of, rung_between
from twinbook.wiring import SystemClock

MANY = 100_000


def run() -> list[Row]:
    return [*_labelled(), *_public(), *_scan()]


def _row(what: str, unit: str, ours: float, against: str, other: float) -> Row:
    return Row(what=what, unit=unit, ours=ours, against=against, other=other)


# quality


def _labelled() -> Iterator[Row]:
    people, same = labelled()
    ladder = _of_the_ladder(people)
    yield from _quality(f"{len(people)} labelled records", people, same, ladder)


def _public() -> Iterator[Row]:
    for number in (1, 2, 3):
        if (found := febrl(number)) is None:
            print("The FEBRL sets can't be had here; they are left out.", file=sys.stderr)
            return
        people, same = found
        yield from _quality(f"FEBRL {number}", people, same, _of_the_ladder(people))


def _quality(what: str, people: Sequence[Contact], same: Pairs, ladder: Pairs) -> Iterator[Row]:
    scores = _scores(people)
    for least in (LEAST, SURE):
        ours = {pair for pair, score in scores.items() if score >= least}
        for name, measure in (("recall", _recall), ("precision", _precision)):
            yield _row(
                f"duplicates: {name} from score {least} ({what})", "%", measure(ours, same),
                "the ladder by which books are linked", measure(ladder, same),
            )  # fmt: skip


def _recall(found: Pairs, same: Pairs) -> float:
    return 100 * len(found & same) / len(same)


def _precision(found: Pairs, same: Pairs) -> float:
    return 100 * len(found & same) / max(1, len(found))


def _scores(people: Sequence[Contact]) -> dict[tuple[int, int], int]:
    """The score of every pair that the hub itself keeps after taking these people in."""
    with tempfile.TemporaryDirectory() as folder:
        database = open_database(f"sqlite:///{folder}/hub")
        ensure_schema(database)
        with database.write() as connection:
            contacts.create_many(connection, map(_new, people), _CAUSE, SystemClock())
        list(duplicates.catch_up(database))
        with database.read() as connection:
            serials = connection.scalars(sa.select(schema.contacts.c.serial).order_by("serial"))
            place = {serial: number for number, serial in enumerate(serials)}
            found = connection.execute(sa.select(schema.duplicates)).all()
        database.close()
    return {(place[one], place[other]): score for one, other, score in found}


_CAUSE = Cause(actor=None, channel="benchmark")


def _new(person: Contact) -> New:
    return New(contact=person if person.name else person.but(note="nobody"))


def _of_the_ladder(people: Sequence[Contact]) -> Pairs:
    """The pairs that have a rung of the ladder (docs/explanation/rules.md, section 2.8)."""
    carriers: dict[object, list[int]] = {}
    for number, person in enumerate(people):
        for key in keys_of(person):
            carriers.setdefault(key, []).append(number)
    pairs = {pair for several in carriers.values() for pair in combinations(several, 2)}
    return {pair for pair in pairs if rung_between(*(people[it] for it in pair))}


# speed


def _scan() -> Iterator[Row]:
    """A scan from nothing, beside reading the same contacts and doing nothing with them."""
    with company() as house:
        with house.database.write() as connection:
            new = (New(contact=one) for one in invented(MANY))
            contacts.create_many(connection, new, house.cause, house.clock)
        bare = _seconds(lambda: _read_all(house))
        before = _memory()
        scan = _seconds(lambda: list(duplicates.catch_up(house.database)))
        memory = _memory() - before
        quiet = _seconds(lambda: list(duplicates.catch_up(house.database)))
        one_more = [New(contact=invented(100)[0])]
        with house.database.write() as connection:
            contacts.create_many(connection, one_more, house.cause, house.clock)
        arrival = _seconds(lambda: list(duplicates.catch_up(house.database)))
    many = f"{MANY:,} contacts"
    yield _row(f"duplicates: scan of {many}", "s", scan, "reading them, nothing else", bare)
    yield _row(f"duplicates: scan of {many}, with the goal", "s", scan, "the goal, at most", 60)
    yield _row(f"duplicates: scan of {many}: memory", "MB", memory, "as in a first sync", 300)
    yield _row(f"duplicates: one more among {many}", "ms", arrival * 1e3,
               "nothing new", quiet * 1e3)  # fmt: skip


def _read_all(house) -> None:
    with house.database.read() as connection:
        number = 0
        while page := rows.behind(connection, number, 500):
            number = page[-1].number


def _seconds(work) -> float:
    start = time.process_time()
    work()
    return time.process_time() - start


def _memory() -> float:
    """The most memory that this process has had, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def invented(count: int) -> list[Contact]:
    """People of whom every tenth is another one once more, with a slip or a part less."""
    chance = random.Random(1)
    given = [_word(chance, 2) for _ in range(1_500)]
    surnames = [_word(chance, 3) for _ in range(15_000)]
    firms = [_word(chance, 3) + " Ltd" for _ in range(count // 20)]
    once = [_person(chance, given, surnames, firms) for _ in range(count - count // 10)]
    people = once + [_again(chance, one) for one in chance.sample(once, count // 10)]
    chance.shuffle(people)
    return people


def _word(chance: random.Random, syllables: int) -> str:
    parts = (
        chance.choice("bdfghklmnprstvz")
        + chance.choice("aeiou")
        + chance.choice(["", "n", "r", "l"])
        for _ in range(syllables)
    )
    return "".join(parts).capitalize()


def _person(chance: random.Random, given: list[str], surnames: list[str], firms: list[str]):
    # Few names are borne by many, as in life.
    first = given[int(len(given) * chance.random() ** 2)]
    last = surnames[int(len(surnames) * chance.random() ** 2)]
    firm = firms[int(len(firms) * chance.random() ** 2)]
    domain = firm.split()[0].lower()
    number = "".join(chance.choices(string.digits, k=7))
    board = f"+44 20 {sum(map(ord, firm)) * 7919 % 10**7:07d}"
    return Contact(
        given=first,
        surname=last,
        company=firm,
        emails=(Email(f"{first}.{last}@{domain}.example".lower(), Kind.WORK),),
        phones=(Phone(f"+44 7700 {number}", PhoneKind.MOBILE), Phone(board, PhoneKind.WORK)),
    )


def _again(chance: random.Random, one: Contact) -> Contact:
    match chance.randrange(4):
        case 0:
            place = chance.randrange(1, len(one.surname) - 1)
            return one.but(surname=one.surname[:place] + one.surname[place + 1 :], emails=())
        case 1:
            return one.but(given=one.given[:1] + ".")
        case 2:
            return one.but(given=one.surname, surname=one.given, phones=one.phones[:1])
        case _:
            return one.but(company="", emails=(), phones=one.phones[:1])
