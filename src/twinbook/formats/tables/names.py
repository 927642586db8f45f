"""Names in one piece, split where that is safe: never where families come first.

Whoever has a title, a given name and a surname in columns of their own is not split at all.
Libraries that split names err on Vietnamese and on companies as ours would without the two
refusals below; a name that is not split stays whole, as the full name, and nothing is lost.
"""

import re
from collections.abc import Sequence
from typing import Final

from twinbook.formats.tables.vendors.words import word_list
from twinbook.model.contact import Contact

_TITLES: Final = word_list(
    "mr mrs ms miss mx dr prof professor sir lady lord rev hon herr frau hr fr dipl.-ing "
    "dipl.-kfm ing mag m mme mlle maître me sr sra srta don doña d dña dott dott.ssa sig "
    "sig.ra sig.na avv dhr mevr mw drs ir mr.dr prof.dr"
)
_SUFFIXES: Final = word_list(
    "jr sr ii iii iv phd md mba esq dds cpa msc bsc ma ba llm llb jnr snr m.d ph.d b.sc m.sc"
)
_PARTICLES: Final = word_list(
    "von van vom zu zur zum de del della dei degli den der di da do dos das du des la le "
    "les lo ten ter te bin ibn al el af av y e mac st san santa"
)
_COMPANIES: Final = word_list(
    "gmbh ag kg ohg gbr ug ltd limited inc incorporated llc llp plc corp corporation co "
    "company sa sarl sas bv nv srl spa sl oy ab as aps gruppe group team office"
)
#: Families come first there, and are few: half of all Vietnamese share three names.
_VIETNAMESE: Final = word_list(
    "nguyễn nguyen trần lê phạm huỳnh hoàng phan vũ võ đặng bùi đỗ hồ ngô dương lý"
)
_FAMILY_FIRST: Final = re.compile(r"[\u1100-\u11ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_MOST: Final = 7  #: words; what has more is a sentence
_LONGEST: Final = 200


def split(full_name: str) -> Contact:
    """The parts of a name, or the whole of it as the full name where it can't be split safely.

    >>> split("Dr. Ludwig van Beethoven").surname, split("Lovelace, Ada King").middle
    ('van Beethoven', 'King')
    >>> split("山田 太郎").display_name, split("Acme GmbH").display_name
    ('山田 太郎', 'Acme GmbH')
    """
    whole = " ".join(full_name.split())
    words = whole.split(" ") if len(whole) <= _LONGEST else []
    if not 1 < len(words) <= _MOST or _is_to_stay(whole, words):
        return Contact(display_name=whole)
    head, comma, rest = whole.partition(",")
    behind = rest.replace(",", " ").split()
    if comma and behind and not all(_is_suffix(word) for word in behind):
        return _reversed(whole, head.split(), behind)
    return _straight(whole, head.split(), behind)


def _is_to_stay(whole: str, words: Sequence[str]) -> bool:
    first, last = words[0].casefold(), _folded(words[-1])
    return (
        bool(_FAMILY_FIRST.search(whole))
        or "@" in whole
        or any(letter.isdigit() for letter in whole)
        or first in _VIETNAMESE
        or last in _COMPANIES
        or "&" in words
    )


def _folded(word: str) -> str:
    return word.strip(".,()").casefold()


def _is_suffix(word: str) -> bool:
    return _folded(word) in _SUFFIXES


def _reversed(whole: str, surname: Sequence[str], words: list[str]) -> Contact:
    """Surname, Given Middle."""
    titles, words = _titles(words)
    suffixes = [word for word in words if _is_suffix(word)]
    words = [word for word in words if not _is_suffix(word)]
    if not words or not surname:
        return Contact(display_name=whole)
    return _made(titles, words, list(surname), suffixes)


def _straight(whole: str, words: list[str], suffixes: list[str]) -> Contact:
    """Given Middle Surname, with the particles that belong to the surname."""
    titles, words = _titles(words)
    while len(words) > 2 and _is_suffix(words[-1]):  # noqa: PLR2004 - a given name and a surname
        suffixes = [words.pop(), *suffixes]
    if len(words) < 2:  # noqa: PLR2004 - as above
        return Contact(display_name=whole)
    at = len(words) - 1
    particles = [number for number in range(1, at) if words[number].casefold() in _PARTICLES]
    if particles:
        at = particles[0]
    return _made(titles, words[:at], words[at:], suffixes)


def _titles(words: Sequence[str]) -> tuple[list[str], list[str]]:
    count = 0
    while count < len(words) - 1 and _folded(words[count]) in _TITLES and _shows(words[count]):
        count += 1
    return list(words[:count]), list(words[count:])


def _shows(word: str) -> bool:
    # "M" and "D" are titles with a dot, and a person's initials without.
    return word.endswith(".") or len(word) > 1


def _made(
    titles: Sequence[str], given: Sequence[str], surname: Sequence[str], suffixes: Sequence[str]
) -> Contact:
    return Contact(
        prefix=" ".join(titles),
        given=given[0],
        middle=" ".join(given[1:]),
        surname=" ".join(surname),
        suffix=" ".join(suffixes),
    )
