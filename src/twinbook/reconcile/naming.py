"""A person's name taken apart, and whether two names can be one person's.

Names come in every order and in parts that somebody guessed: "Lovelace, Ada", "Wang
Xiaoming" and "王小明", a double surname in the given names. So order counts little.
"""

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from enum import Enum
from itertools import permutations

from twinbook.model.contact import Contact
from twinbook.reconcile.letters import words
from twinbook.reconcile.match import is_personal
from twinbook.reconcile.normal import email_key
from twinbook.reconcile.spelling import Nearness, akin, alike, skeleton

MOST = 6  #: so many words of a name are compared
JOINED = 4  #: so many words are tried in every order, written as one

_TITLES = frozenset(
    "dr prof professor ing dipl mag med phd mba msc bsc md esq rev hon sir dame lord lady "  # noqa: SIM905 - read as words
    "mr mrs ms miss mx herr frau hr fr mme mlle monsieur madame mademoiselle senor senora "
    "signor signora sig dott dottssa pan pani dhr mevr".split()
)
_PARTICLES = frozenset(
    "von van vom zu zum zur der den de het te ter ten di da do dos das del della delle dalla "  # noqa: SIM905 - read as words
    "degli du des la le les el al bin ibn bint abu af av of y e".split()
)
_MEN = frozenset("mr herr hr monsieur senor signor sig pan dhr sir lord".split())  # noqa: SIM905
_WOMEN = frozenset(
    "mrs ms miss frau mme mlle madame mademoiselle senora sra signora pani mevr dame lady".split()  # noqa: SIM905
)
_GENERATIONS = {
    "jr": "son", "jun": "son", "jnr": "son", "junior": "son", "fils": "son", "filho": "son",
    "hijo": "son", "ii": "son", "sr": "father", "sen": "father", "snr": "father",
    "senior": "father", "pere": "father", "pai": "father", "padre": "father",
    "iii": "grandson", "neto": "grandson", "iv": "great-grandson",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Naming:
    """A name in plain words. `loose` says that which words are the surname was guessed."""

    given: tuple[str, ...] = ()
    surname: tuple[str, ...] = ()
    called: tuple[str, ...] = ()  #: nicknames
    generation: str = ""  #: "father", "son", …, where the name says it
    sex: str = ""  #: "man" or "woman", where the title says it
    loose: bool = False

    @property
    def words(self) -> tuple[str, ...]:
        """All words of the name proper."""
        return self.given + self.surname

    @property
    def letters(self) -> str:
        """The letters of the name in order, the same however it is arranged or spaced."""
        return "".join(sorted("".join(self.words)))

    @property
    def face(self) -> str:
        """What this person and a namesake's record share: the skeleton that says most."""
        return max(
            (skeleton(word) for word in self.words), key=lambda it: (len(it), it), default=""
        )


class Agreement(Enum):
    """What two names have in common."""

    SAME = "same"
    SPELLED = "spelled"  #: the same in another spelling, script or completeness
    PET = "pet"  #: a given name and its short form
    PART = "part"  #: initials, or a part that one of them lacks
    SLIP = "slip"  #: but for a slip of the keyboard
    BEGINNING = "beginning"  #: the surname, and given names that begin alike
    MARRIED = "married"  #: the given name, but another surname
    RELATIVE = "relative"  #: the surname, but another given name
    UNKNOWN = "unknown"  #: one of them has no name
    DIFFERENT = "different"


def named(contact: Contact) -> Naming:
    """The name of a contact, taken apart; of one without a name what its mailbox says."""
    titles = frozenset(words(contact.prefix))
    generation = _generation((*words(contact.suffix), *words(contact.surname)[1:]))
    given = _without_titles(words(f"{contact.given} {contact.middle}"))
    surname = _surname(words(contact.surname))
    loose = not (given and surname)
    if loose:
        given, surname, told = _guessed(contact)
        generation = generation or told
        titles |= frozenset(words(contact.display_name)[:1])
    return Naming(
        given=given[:MOST],
        surname=surname[:MOST],
        called=words(contact.nickname)[:MOST],
        generation=generation,
        sex="man" if titles & _MEN else "woman" if titles & _WOMEN else "",
        loose=loose,
    )


def spoken(contact: Contact) -> Naming | None:
    """The name as its phonetic parts spell it, None without them."""
    given, surname = words(contact.phonetic_given), words(contact.phonetic_surname)
    return Naming(given=given, surname=surname) if given and surname else None


def _guessed(contact: Contact) -> tuple[tuple[str, ...], tuple[str, ...], str]:
    """Given names, surname and generation of a name that came in one piece or in one part."""
    text = contact.derived_name if contact.given or contact.surname else contact.display_name
    before, comma, behind = text.partition(",")
    if comma and words(behind) and not frozenset(words(behind)) <= {*_GENERATIONS, *_TITLES}:
        return _without_titles(words(behind)), _surname(words(before)), _generation(words(behind))
    found = _without_titles(words(text)) or _of_mailbox(contact)
    told = _generation(found[1:])
    kept = tuple(word for word in found if word not in _GENERATIONS) or found
    first = next((n for n, word in enumerate(kept) if n and word in _PARTICLES), len(kept) - 1)
    return kept[:first], _surname(kept[first:]), told


def _of_mailbox(contact: Contact) -> tuple[str, ...]:
    """The words of a mailbox such as ada.lovelace@example.org."""
    if contact.display_name or contact.company or not contact.emails:
        return ()
    mailbox = email_key(contact.emails[0].value)
    found = words(mailbox.partition("@")[0].replace(".", " ").replace("_", " "))
    return found if is_personal(mailbox) and len(found) > 1 else ()


def _generation(found: Collection[str]) -> str:
    return next((_GENERATIONS[word] for word in found if word in _GENERATIONS), "")


def _without_titles(found: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(word for word in found if word not in _TITLES) or found


def _surname(found: tuple[str, ...]) -> tuple[str, ...]:
    bare = _without_titles(found)
    kept = tuple(one for one in bare if one not in _PARTICLES and one not in _GENERATIONS)
    return kept or bare


def agreement(one: Naming, other: Naming) -> Agreement:
    """What two names have in common, whatever their order.

    >>> from twinbook.model.contact import Contact
    >>> bob = named(Contact(given="Bob", surname="Miller"))
    >>> agreement(bob, named(Contact(display_name="Miller, Robert"))).name
    'PET'
    >>> agreement(bob, named(Contact(given="Miller", surname="Bob"))).name
    'SAME'
    """
    if not one.words or not other.words:
        return Agreement.UNKNOWN
    if _is_joined(one.words, other.words):
        return Agreement.SAME
    found = [_in_places(one, other)]
    if one.loose or other.loose:
        found.append(_as_words(one.words, other.words))
    if found[0] in _WEAK and _may_be_turned(one, other):
        turns = ((one, _turned(other)), (other, _turned(one)))
        found += [_if_turned(_in_places(*turn)) for turn in turns]
    return min(found, key=_BEST.index)


_BEST = tuple(Agreement)
_WEAK = (
    Agreement.BEGINNING,
    Agreement.RELATIVE,
    Agreement.MARRIED,
    Agreement.DIFFERENT,
)


def _may_be_turned(one: Naming, other: Naming) -> bool:
    """Whether a given name of one begins as a surname of the other does: most pairs end here."""
    crosses = ((one.given, other.surname), (other.given, one.surname))
    return any(mine[0] == its[0] for given, surname in crosses for mine in given for its in surname)


def _turned(it: Naming) -> Naming:
    return Naming(given=it.surname, surname=it.given, called=it.called)


def _if_turned(found: Agreement) -> Agreement:
    """What holds if given name and surname changed places: half of it is worth nothing."""
    return Agreement.DIFFERENT if found in (*_WEAK, Agreement.PART) else found


def _is_joined(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    """Whether two names are the same but for order, blanks and hyphens."""
    if sorted(one) == sorted(other):
        return True
    fewer, more = sorted(("".join(one), "".join(other)), key=len)
    if len(fewer) != len(more) or sorted(fewer) != sorted(more):
        return False
    orders = [{"".join(turn) for turn in permutations(it[:JOINED])} for it in (one, other)]
    return not orders[0].isdisjoint(orders[1])


def _in_places(one: Naming, other: Naming) -> Agreement:
    """What two names have in common, given name by given name, surname by surname."""
    given = _called_alike(one, other)
    surname = _nearest(one.surname, other.surname, akin)
    if given is Nearness.APART or surname is Nearness.APART:
        return _halves(given, surname)
    if given is None or surname is None or Nearness.INITIAL in (given, surname):
        whole = Nearness.SPELLED in (given, surname) or Nearness.SAME in (given, surname)
        return Agreement.PART if whole else Agreement.UNKNOWN
    if given >= Nearness.SLIP <= surname:
        return Agreement.DIFFERENT
    worst = max(given, surname)
    same_words = set(one.words) == set(other.words)
    return _SPELLED[worst] if worst or same_words else Agreement.SPELLED


_SPELLED = {
    Nearness.SAME: Agreement.SAME,
    Nearness.SPELLED: Agreement.SPELLED,
    Nearness.PET: Agreement.PET,
    Nearness.SLIP: Agreement.SLIP,
    Nearness.BEGINNING: Agreement.BEGINNING,
}


def _halves(given: Nearness | None, surname: Nearness | None) -> Agreement:
    """What is left where one half of the name contradicts."""
    good = (Nearness.SAME, Nearness.SPELLED, Nearness.PET)
    if surname is Nearness.APART and given in good:
        return Agreement.MARRIED
    if given is Nearness.APART and surname in good:
        return Agreement.RELATIVE
    return Agreement.DIFFERENT


def _called_alike(one: Naming, other: Naming) -> Nearness | None:
    """How near the given names are: one of one in several, or the first of several.

    Hans Peter is Peter to some, but Dong Hyun is not Hyun Woo.
    """
    several = len(one.given) > 1 and len(other.given) > 1
    mine, theirs = (it.given[: 1 if several else None] + it.called for it in (one, other))
    found = _nearest(mine, theirs, alike)
    if several and found is not None and found >= Nearness.BEGINNING:
        fewer, more = _by_length(one.given, other.given)
        return min(found, max(_paired(fewer, more)))
    return found


def _nearest(
    one: tuple[str, ...], other: tuple[str, ...], how: Callable[[str, str], Nearness]
) -> Nearness | None:
    """How near the two nearest words are, None if one side has none."""
    if not one or not other:
        return None
    return min(how(mine, theirs) for mine in one for theirs in other)


def _as_words(one: tuple[str, ...], other: tuple[str, ...]) -> Agreement:
    """What two names have in common as heaps of words: each of the fewer in the more."""
    fewer, more = _by_length(one[:MOST], other[:MOST])
    pairs = list(_paired(fewer, more))
    worst = max(pairs)
    if worst >= Nearness.BEGINNING or pairs.count(Nearness.SLIP) > 1:
        return Agreement.DIFFERENT
    if len(fewer) == 1 or worst is Nearness.INITIAL:
        return Agreement.PART if min(pairs) < Nearness.INITIAL else Agreement.UNKNOWN
    return _SPELLED[worst] if worst or len(fewer) == len(more) else Agreement.SPELLED


def _by_length(*names: tuple[str, ...]) -> list[tuple[str, ...]]:
    return sorted(names, key=lambda it: (len(it), it))


def _paired(fewer: tuple[str, ...], more: tuple[str, ...]) -> Iterator[Nearness]:
    left = list(more)
    for word in sorted(fewer, key=lambda it: (-len(it), it)):
        near, found = min((min(alike(word, it), akin(word, it)), it) for it in left)
        left.remove(found)
        yield near


def middles_differ(one: Naming, other: Naming) -> bool:
    """Whether two given names go on differently: John A. and John B.

    >>> middles_differ(Naming(given=("john", "a")), Naming(given=("john", "bernard")))
    True
    """
    mine, theirs = one.given[1:2], other.given[1:2]
    if not mine or not theirs or one.loose or other.loose:
        return False
    return alike(one.given[0], other.given[0]) < Nearness.SLIP and (
        alike(mine[0], theirs[0]) is Nearness.APART
    )
