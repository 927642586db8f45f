"""How near two words of names are, as people of many countries and habits write them."""

import re
from enum import IntEnum
from functools import lru_cache

from rapidfuzz.distance import OSA, JaroWinkler

from twinbook.reconcile.letters import folded, once
from twinbook.reconcile.nicknames import groups

SHORTEST_SKELETON = 3  #: fewer consonants are shared by too many words
SHORTEST_TYPO = 4  #: a slip in a shorter word makes another word of it
ROUGHLY = 0.8  #: Jaro-Winkler similarity of two spellings that sound alike

_SPOKEN = (
    # Longer spellings first. The right side is no language's: it only has to be the same.
    ("schtsch", "s"), ("shch", "s"), ("tsch", "s"), ("sch", "s"), ("cz", "s"), ("tch", "s"),
    ("ch", "s"), ("sh", "s"), ("zh", "s"), ("ph", "f"), ("th", "t"), ("kh", "h"), ("gh", "g"),
    ("dj", "j"), ("dzh", "j"), ("ck", "k"), ("qu", "k"), ("ts", "z"), ("tz", "z"), ("x", "ks"),
    ("c", "k"), ("q", "k"), ("w", "v"), ("z", "s"),
)  # fmt: skip
_SILENT = re.compile(r"(?<=[aeiouy])h(?![aeiouy])")
_VOWELS = re.compile(r"(?<!^)[aeiouyj]")
_OF_HER_FATHER = re.compile(r"(?<=...)ova?$")
_FEMALE = re.compile(r"(?<=..)(ov|ev|in|sk|ck|zk)(?:a|aya|aia|y|i|ij|iy|yj)$")
_ENDINGS = re.compile(r"(?:a|e|i|o|ine|ina|us|os|is|as|s)$")


class Nearness(IntEnum):
    """How near two words of a name are, the nearest first."""

    SAME = 0
    SPELLED = 1  #: the same word in another script or another country's spelling
    PET = 2  #: given names that one person may go by
    INITIAL = 3  #: one is the first letter of the other
    SLIP = 4  #: a letter is missing, wrong, added or in the wrong place
    BEGINNING = 5  #: given names that begin alike, as unknown short forms do
    APART = 6


@lru_cache(maxsize=65536)
def skeleton(word: str) -> str:
    """What remains of a plain word whatever country spelled it: roughly its consonants.

    >>> skeleton("schewtschenko") == skeleton("shevchenko"), skeleton("mueller"), skeleton("muller")
    (True, 'mlr', 'mlr')
    >>> skeleton("mohammed") == skeleton("mhmd")
    True
    """
    bare = _OF_HER_FATHER.sub("", _FEMALE.sub(r"\1", word))
    for spelled, spoken in _SPOKEN:
        bare = bare.replace(spelled, spoken)
    first = "i" if bare[:1] in ("j", "y") else bare[:1]
    return once(first + _VOWELS.sub("", _SILENT.sub("", bare))[1:])


def alike(one: str, other: str) -> Nearness:
    """How near two plain words are that are given names, or may be.

    >>> [alike(*pair).name for pair in (("bob", "robert"), ("a", "ada"), ("anton", "antonia"))]
    ['PET', 'INITIAL', 'APART']
    """
    # Jaro's similarity may depend on the order, so there is only one.
    return _alike(one, other) if one < other else _alike(other, one)


@lru_cache(maxsize=262144)
def _alike(one: str, other: str) -> Nearness:
    if one == other:
        return Nearness.SAME
    if 1 in (len(one), len(other)):
        return Nearness.INITIAL if one[:1] == other[:1] else Nearness.APART
    if folded(one) == folded(other):
        return Nearness.SPELLED
    if groups(one) & groups(other):
        return Nearness.PET
    if _of_two_genders(one, other) or (groups(one) and groups(other)):
        return Nearness.APART  # two known names that nobody bears for one another
    found = _sounding(one, other)
    return Nearness.BEGINNING if found is Nearness.APART and one[:2] == other[:2] else found


def akin(one: str, other: str) -> Nearness:
    """How near two plain words are that are surnames; Ivanov and Ivanova are one.

    >>> [akin(*pair).name for pair in (("mueller", "muller"), ("ivanov", "ivanova"))]
    ['SPELLED', 'SPELLED']
    >>> [akin(*pair).name for pair in (("hansen", "jansen"), ("petersen", "peterson"))]
    ['SLIP', 'SLIP']
    """
    return _akin(one, other) if one < other else _akin(other, one)


@lru_cache(maxsize=262144)
def _akin(one: str, other: str) -> Nearness:
    if one == other:
        return Nearness.SAME
    if 1 in (len(one), len(other)):
        return Nearness.INITIAL if one[:1] == other[:1] else Nearness.APART
    if folded(one) == folded(other) or _masculine(one) & _masculine(other):
        return Nearness.SPELLED
    return _sounding(one, other)


def _masculine(surname: str) -> set[str]:
    """What the men of a family may be called: of Novakova Novakov, or Novak."""
    return {_FEMALE.sub(r"\1", surname), surname.removesuffix("ova")}


def _sounding(one: str, other: str) -> Nearness:
    bones = skeleton(one)
    if bones == skeleton(other) and len(bones) >= SHORTEST_SKELETON:
        unvoiced = _is_unvoiced(one) or _is_unvoiced(other)
        likely = JaroWinkler.similarity(one, other) >= ROUGHLY
        if unvoiced or (likely and not _differ_in_a_vowel(one, other)):
            return Nearness.SPELLED
    shorter = min(len(one), len(other))
    slips = 0 if shorter < SHORTEST_TYPO else 1 if shorter < 2 * SHORTEST_TYPO else 2
    if slips and OSA.distance(one, other, score_cutoff=slips) <= slips:
        return Nearness.SLIP
    return Nearness.APART


def _differ_in_a_vowel(one: str, other: str) -> bool:
    """Whether two words are told apart by one vowel, as Hansen and Hanson are."""
    differing = [pair for pair in zip(one, other, strict=False) if pair[0] != pair[1]]
    return len(one) == len(other) and len(differing) == 1


def _is_unvoiced(word: str) -> bool:
    """Whether a word has no vowels, as one from Arabic or Hebrew script."""
    return not any(letter in "aeiouy" for letter in word[1:])


def _of_two_genders(one: str, other: str) -> bool:
    """Whether two words differ in nothing but the ending by which names tell men from women.

    >>> _of_two_genders("daniel", "daniela"), _of_two_genders("francesco", "francesca")
    (True, True)
    """
    shorter, longer = sorted((one, other), key=len)
    if longer.startswith(shorter) and longer[len(shorter) :] in ("a", "e", "ina", "ine", "ia"):
        return True
    ends = {one[-1], other[-1]}
    stems = _ENDINGS.sub("", one) == _ENDINGS.sub("", other)
    return stems and "a" in ends and bool(ends & {"o", "s", "i", "e"})
