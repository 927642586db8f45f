"""Whose file it is, by its header, and which of its columns is what."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import zip_longest
from typing import Final

from twinbook.formats.tables.mapping import Column, Mapping
from twinbook.formats.tables.ours import ours
from twinbook.formats.tables.vendors import crm, google, outlook

ENOUGH: Final = 0.5  #: so much of a header is known, where the file is that program's
_MOST_NUMBERED: Final = 40  #: numbered columns of one sort that Google's files are known to have


@dataclass(frozen=True, slots=True)
class Dialect:
    """One program: what each header means, in order where a header is there twice, and the marks.

    Headers are in the spelling of `plain`. Without a mark a file is nobody's.
    """

    name: str
    targets: dict[str, tuple[str, ...]]
    marks: frozenset[str]

    def rating(self, header: Sequence[str]) -> float:
        """How much of a header is known, from nought to one; nought without a mark."""
        names = [plain(one) for one in header if one.strip()]
        if not names or not self.marks.intersection(names):
            return 0.0
        return sum(one in self.targets for one in names) / len(names)

    def mapping(self, header: Sequence[str]) -> Mapping:
        """What each column is; one that the program does not have by itself is kept as extra."""
        seen: Counter[str] = Counter()
        columns = []
        for one in header:
            found = self.targets.get(plain(one), ("extra",))
            columns.append(Column(one, found[min(seen[plain(one)], len(found) - 1)]))
            seen[plain(one)] += 1
        return Mapping(tuple(columns))


def plain(header: str) -> str:
    """A header as it is compared: without case and outer blanks, with straight apostrophes.

    >>> plain(" Assistant’s  Phone")
    "assistant's phone"
    """
    return " ".join(header.replace("’", "'").split()).casefold()


def known(header: Sequence[str]) -> tuple[str, Mapping] | None:
    """The program that wrote a file with this header, and its mapping, None if it is nobody's."""
    if (own := ours(header)) is not None:
        return "csv", own
    rated = [(one.rating(header), one) for one in dialects()]
    best, found = max(rated, key=lambda pair: pair[0])
    return (found.name, found.mapping(header)) if best >= ENOUGH else None


@cache
def dialects() -> tuple[Dialect, ...]:
    """Every program whose files are known; of two that know as much of a header the first is it."""
    return (
        _outlook(),
        _made("google", _google_rows(), _google_marks()),
        _made("dynamics", crm.DYNAMICS, crm.DYNAMICS_MARKS),
        _made("hubspot", crm.HUBSPOT, crm.HUBSPOT_MARKS),
        _made("zoho", crm.ZOHO, crm.ZOHO_MARKS),
        _made("salesforce", crm.SALESFORCE, crm.SALESFORCE_MARKS),
        _made("pipedrive", crm.PIPEDRIVE, [one for row in crm.PIPEDRIVE for one in row[1:]]),
    )


def _made(name: str, rows: Iterable[Sequence[str]], marks: Iterable[str]) -> Dialect:
    found: dict[str, tuple[str, ...]] = {}
    for target, *headers in rows:
        for header in dict.fromkeys(plain(one) for one in headers if one):
            before = found.get(header, ())
            # Two rows with one target: State and State/Province are the same thing.
            found[header] = before if target in before else (*before, target)
    return Dialect(name, found, frozenset(map(plain, marks)))


def _outlook() -> Dialect:
    skipped = [("skip", one) for one in outlook.SKIPPED]
    marks = [
        one
        for target, *names in outlook.CLASSIC
        if target in ("emails.1", "emails.2", "addresses.work.street", "phones.work")
        for one in names
        if one
    ]
    return _made("outlook", (*outlook.CLASSIC, *outlook.NEW, *skipped), marks)


def _google_rows() -> Iterator[Sequence[str]]:
    yield from google.PLAIN
    yield from google.BEFORE
    yield from (("skip", one) for one in google.SKIPPED)
    for number in range(1, _MOST_NUMBERED + 1):
        for row in google.NUMBERED:
            yield tuple(one.format(number) for one in row)


def _google_marks() -> Iterator[str]:
    yield from ("Organization Name", "Group Membership", "Phonetic First Name", "Additional Name")
    for row in google.NUMBERED:
        yield from (one.format(1) for one in row[1:])


def numbered(field: str, count: int) -> Iterator[tuple[str, str]]:
    """The columns (target, header) that Google's file has for so many values of a field."""
    rows = [row for row in google.NUMBERED if row[0].startswith(f"{field}.")]
    for number in range(1, count + 1):
        for target, header, *_ in rows:
            if not target.endswith(".formatted"):
                yield target.format(number), header.format(number)


def languages(rows: Sequence[Sequence[str]]) -> list[tuple[str, ...]]:
    """The headers of a table of several languages, one list a language.

    What a language lacks it has in the first.
    """
    first, *others = zip_longest(*(row[1:] for row in rows), fillvalue="")
    filled = (
        tuple(own or english for own, english in zip(one, first, strict=True)) for one in others
    )
    return [first, *filled]
