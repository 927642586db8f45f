"""How likely two contacts are one person, as a score with its reasons in words.

The points of all signs are added (`twinbook.reconcile.signs`). The method is that of record
linkage: Fellegi and Sunter, "A Theory for Record Linkage", Journal of the American
Statistical Association 64, 1969.

A score only puts pairs in order for a person who decides. Nobody is merged by it.
"""

from collections.abc import Container, Iterator, Mapping

from rapidfuzz.distance import OSA, JaroWinkler

from twinbook.model.contact import Contact, Day
from twinbook.reconcile.letters import folded, words
from twinbook.reconcile.naming import Agreement, Naming, agreement, middles_differ
from twinbook.reconcile.signs import SIGNS, WITHOUT_TIE, Likeness, Sign
from twinbook.reconcile.traits import Block, BlockKind, Traits, employer, sounds, traits_of

RULES = 1  #: raised with every change here or in what is compared, so that all is scored anew
LEAST = 50  #: a lower score is not worth a person's time
SURE = 90
SEVERAL = 4  #: so many different people, and what they share tells nothing about one

_BEFORE = -8.0  #: points of two contacts of which nothing is known but that they share a block
_NAMES_OF_A_FIRM = 0.92  #: Jaro-Winkler similarity of two spellings of a company's name
_LONG_FIRM = 5  #: shorter names of companies have to be equal
_DECADE = 10
_LONG_MAILBOX = 10  #: in a longer mailbox one wrong letter is a slip

_OF_NAMES: Mapping[Agreement, Sign] = {
    Agreement.SAME: Sign.SAME_NAME,
    Agreement.SPELLED: Sign.SPELLED_NAME,
    Agreement.PET: Sign.PET_NAME,
    Agreement.SLIP: Sign.SLIP_IN_NAME,
    Agreement.PART: Sign.PART_OF_NAME,
    Agreement.BEGINNING: Sign.BEGINNING,
    Agreement.MARRIED: Sign.GIVEN_NAME,
    Agreement.RELATIVE: Sign.RELATIVE,
    Agreement.UNKNOWN: Sign.NO_NAME,
    Agreement.DIFFERENT: Sign.OTHER_NAME,
}
_WHOLE = frozenset({Agreement.SAME, Agreement.SPELLED, Agreement.PET})


def likeness(one: Contact, other: Contact, shared: Container[Block] = frozenset()) -> Likeness:
    """How likely two contacts are one person; the order of the two does not count.

    `shared` are blocks that several people have, and that therefore tell nothing.

    >>> ada = Contact(given="Ada", surname="King", company="Acme")
    >>> likeness(ada, ada.but(given="A.")).score < LEAST
    True
    """
    return compare(traits_of(one), traits_of(other), shared)


def compare(
    one: Traits, other: Traits, shared: Container[Block] = frozenset(), least: int = 0
) -> Likeness:
    """`likeness` of two contacts whose traits are known.

    Once it is sure that the score is below `least`, nothing more is looked at.
    """
    signs: dict[Sign, float] = {}
    most, ties = 99, False
    for sign in _signs(one, other, shared):
        meaning = SIGNS[sign]
        signs[sign], ties = meaning.points, ties or meaning.ties
        most = min(most, meaning.most)
        if most < least:
            return Likeness(0, tuple(signs))
    if not ties:
        most = min(most, WITHOUT_TIE)
    points = _BEFORE + sum(signs.values())
    return Likeness(min(most, round(100 / (1 + 2.0**-points))), tuple(signs))


def _signs(one: Traits, other: Traits, shared: Container[Block]) -> Iterator[Sign]:
    if one.is_firm or other.is_firm:
        yield from _of_firms(one, other)
    else:
        yield from _of_names(one, other, shared)
    yield from _of_mailboxes(one, other, shared)
    yield from _of_numbers(one, other, shared)
    yield from _of_birthdays(one, other)
    if one.messengers & other.messengers:
        yield Sign.MESSENGER
    if one.staff and one.staff == other.staff:
        yield Sign.STAFF
    if not (one.is_firm and other.is_firm):
        yield from _of_companies(one, other)
    if _telling(BlockKind.HOME, one.homes & other.homes, shared):
        yield Sign.HOME


def _telling(kind: BlockKind, values: frozenset[str], shared: Container[Block]) -> bool:
    """Whether one of the values both have is not everybody's."""
    return any(Block(kind, value) not in shared for value in values)


def _of_firms(one: Traits, other: Traits) -> Iterator[Sign]:
    if not (one.is_firm and other.is_firm):
        yield Sign.PERSON_AND_FIRM
    elif _is_one_firm(one.company, other.company):
        yield Sign.SAME_FIRM_NAME
    else:
        yield Sign.OTHER_NAME


def _of_names(one: Traits, other: Traits, shared: Container[Block]) -> Iterator[Sign]:
    found = agreement(one.name, other.name)
    if found not in _WHOLE and (one.sound or other.sound):
        ways = (agreement(mine, theirs) for mine in one.names for theirs in other.names)
        found = min(ways, key=_ORDER.index, default=found)
    yield _OF_NAMES[found]
    if found in _WHOLE and _is_common(one.name, other.name, shared):
        yield Sign.COMMON_NAME
    generations = one.name.generation, other.name.generation
    if all(generations) and generations[0] != generations[1]:
        yield Sign.GENERATION
    elif any(generations) and not all(generations):
        yield Sign.GENERATION_UNSAID
    if one.name.sex and other.name.sex and one.name.sex != other.name.sex:
        yield Sign.SEX
    if middles_differ(one.name, other.name):
        yield Sign.MIDDLE


_ORDER = tuple(Agreement)


def _is_common(one: Naming, other: Naming, shared: Container[Block]) -> bool:
    """Whether many people have this name; judged by blocks of both, so that order is no matter."""
    if one.letters == other.letters:
        return Block(BlockKind.NAME, one.letters) in shared
    both = set(sounds(one)).intersection(sounds(other))
    return bool(both) and all(block in shared for block in both)


def _of_mailboxes(one: Traits, other: Traits, shared: Container[Block]) -> Iterator[Sign]:
    if not one.mailboxes or not other.mailboxes:
        return
    if both := one.mailboxes & other.mailboxes:
        if _telling(BlockKind.MAILBOX, both, shared):
            yield Sign.MAILBOX
        return
    slips = (_is_slip(mine, theirs) for mine in one.mailboxes for theirs in other.mailboxes)
    if any(slips) and not _are_their_own(one, other):
        yield Sign.NEAR_MAILBOX
        return
    if _employers(one) & _employers(other):
        yield Sign.OTHER_MAILBOX
    names = frozenset(it for it in one.locals & other.locals if it)
    if _telling(BlockKind.LOCAL, names, shared):
        usual = all(_says_the_name(it, one.name) for it in names)
        yield Sign.USUAL_LOCAL if usual else Sign.LOCAL


def _employers(it: Traits) -> set[str]:
    return {employer(one) for one in it.mailboxes} - {""}


def _is_slip(one: str, other: str) -> bool:
    """Whether two mailboxes differ in one letter that is no number: ada1 and ada2 are two."""
    if min(len(one), len(other)) < _LONG_MAILBOX or OSA.distance(one, other, score_cutoff=1) > 1:
        return False
    digits = ("".join(it for it in text if it.isdigit()) for text in (one, other))
    return len(set(digits)) == 1 and one.partition("@")[0][:1] == other.partition("@")[0][:1]


def _are_their_own(one: Traits, other: Traits) -> bool:
    """Whether each mailbox says its owner's name, and the names are not the same.

    Then anna.berg@ and anne.berg@ are sisters, and nobody's slip.
    """
    own = all(_says_the_name(name, it.name) for it in (one, other) for name in it.locals)
    return own and one.name.letters != other.name.letters


def _says_the_name(local: str, name: Naming) -> bool:
    """Whether a mailbox is called as anybody of that name would call it."""
    rest = folded("".join(words(local.replace(".", " ").replace("_", " "))))
    for word in sorted(map(folded, name.words), key=len, reverse=True):
        rest = rest.replace(word, "", 1)
    return len(rest) <= 2 or not name.words  # noqa: PLR2004 - what is left may be initials


def _of_numbers(one: Traits, other: Traits, shared: Container[Block]) -> Iterator[Sign]:
    both = one.numbers & other.numbers
    if not _telling(BlockKind.NUMBER, both, shared):
        if one.mobiles and other.mobiles and not both:
            yield Sign.OTHER_MOBILE
        return
    mobile = both & (one.mobiles | other.mobiles)
    yield Sign.MOBILE if _telling(BlockKind.NUMBER, mobile, shared) else Sign.NUMBER


def _of_birthdays(one: Traits, other: Traits) -> Iterator[Sign]:
    mine, theirs = one.birthday, other.birthday
    if mine is None or theirs is None:
        return
    if mine == theirs and mine.year is not None:
        yield Sign.BIRTHDAY_OF_TWINS if _may_be_twins(one.name, other.name) else Sign.BIRTHDAY
    elif (mine.month, mine.day) == (theirs.month, theirs.day) and not (mine.year and theirs.year):
        yield Sign.BIRTHDAY_NO_YEAR
    else:
        yield Sign.NEAR_BIRTHDAY if _is_misread(mine, theirs) else Sign.OTHER_BIRTHDAY


def _may_be_twins(one: Naming, other: Naming) -> bool:
    """Whether it is the given names that are only nearly the same."""
    if agreement(one, other) not in (Agreement.PET, Agreement.SLIP):
        return False
    crosses = ((one.given, other.words), (other.given, one.words))
    return all(frozenset(given).isdisjoint(its) for given, its in crosses)


def _is_misread(one: Day, other: Day) -> bool:
    """Whether two full dates differ by a wrong digit, or have day and month changed places.

    Another decade is no slip: it may be another generation.
    """
    if one.year is None or other.year is None:
        return False
    if one.year == other.year:
        swapped = (one.month, one.day) == (other.day, other.month)
        return swapped or OSA.distance(str(one), str(other), score_cutoff=1) <= 1
    return (one.month, one.day) == (other.month, other.day) and abs(one.year - other.year) < _DECADE


def _of_companies(one: Traits, other: Traits) -> Iterator[Sign]:
    if one.company and other.company and _is_one_firm(one.company, other.company):
        yield Sign.COMPANY
    elif (one.firms & other.firms) - {employer(it) for it in one.mailboxes & other.mailboxes}:
        yield Sign.EMPLOYER  # a shared mailbox counts once
    elif one.company and other.company:
        yield Sign.OTHER_COMPANY


def _is_one_firm(one: str, other: str) -> bool:
    """Whether two names of companies are one's: equal, misspelled, or with a part behind."""
    if one == other:
        return True
    shorter, longer = sorted((one, other), key=lambda it: (len(it), it))
    if len(shorter) < _LONG_FIRM:
        return False
    return longer.startswith(shorter) or JaroWinkler.similarity(one, other) >= _NAMES_OF_A_FIRM
