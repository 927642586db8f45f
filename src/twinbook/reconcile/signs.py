"""What two contacts may share, or what may speak against their being one person.

Each sign counts so many points; a point more doubles the odds. The points are set by hand
and held to the labelled people in tests/crm/people.toml.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

WITHOUT_TIE = 84  #: the most where nothing ties two that father and son don't share
AGAINST = 45
NOBODY = 30


class Sign(Enum):
    """One thing that two contacts share, or that speaks against their being one person."""

    SAME_NAME = "same-name"
    SPELLED_NAME = "spelled-name"
    PET_NAME = "pet-name"
    SLIP_IN_NAME = "slip-in-name"
    PART_OF_NAME = "part-of-name"
    BEGINNING = "beginning"
    GIVEN_NAME = "given-name"
    NO_NAME = "no-name"
    COMMON_NAME = "common-name"
    SAME_FIRM_NAME = "same-firm-name"
    MAILBOX = "mailbox"
    NEAR_MAILBOX = "near-mailbox"
    LOCAL = "local"
    USUAL_LOCAL = "usual-local"
    MOBILE = "mobile"
    NUMBER = "number"
    BIRTHDAY = "birthday"
    BIRTHDAY_OF_TWINS = "birthday-of-twins"
    BIRTHDAY_NO_YEAR = "birthday-no-year"
    NEAR_BIRTHDAY = "near-birthday"
    MESSENGER = "messenger"
    STAFF = "staff"
    COMPANY = "company"
    EMPLOYER = "employer"
    HOME = "home"
    RELATIVE = "relative"
    OTHER_NAME = "other-name"
    PERSON_AND_FIRM = "person-and-firm"
    GENERATION = "generation"
    GENERATION_UNSAID = "generation-unsaid"
    SEX = "sex"
    MIDDLE = "middle"
    OTHER_BIRTHDAY = "other-birthday"
    OTHER_COMPANY = "other-company"
    OTHER_MAILBOX = "other-mailbox"
    OTHER_MOBILE = "other-mobile"


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a sign counts, how it is told, and the most a pair with it can reach."""

    points: float
    clause: str
    most: int = 99
    ties: bool = False  #: whether only one person has it, not a household or a company


SIGNS: Mapping[Sign, Meaning] = {
    Sign.SAME_NAME: Meaning(8.5, "the same name"),
    Sign.SPELLED_NAME: Meaning(7.5, "the same name, spelled differently"),
    Sign.PET_NAME: Meaning(6, "names that are short for one another"),
    Sign.SLIP_IN_NAME: Meaning(5, "nearly the same name"),
    Sign.PART_OF_NAME: Meaning(2.5, "names that fit, one of them shortened"),
    Sign.BEGINNING: Meaning(2, "the same surname and given names that begin alike"),
    Sign.GIVEN_NAME: Meaning(2, "the same given name"),
    Sign.NO_NAME: Meaning(2, "one of them without a name"),
    Sign.COMMON_NAME: Meaning(-4, "the name is a common one"),
    Sign.SAME_FIRM_NAME: Meaning(7.5, "the same company"),
    Sign.MAILBOX: Meaning(9, "the same mailbox", ties=True),
    Sign.NEAR_MAILBOX: Meaning(5, "nearly the same mailbox", ties=True),
    Sign.LOCAL: Meaning(4, "mailboxes of the same unusual name", ties=True),
    Sign.USUAL_LOCAL: Meaning(0.5, "mailboxes of the same name"),
    Sign.MOBILE: Meaning(7, "the same mobile number", ties=True),
    Sign.NUMBER: Meaning(4, "the same phone number"),
    Sign.BIRTHDAY: Meaning(5, "the same birthday", ties=True),
    Sign.BIRTHDAY_OF_TWINS: Meaning(1, "the same birthday, as twins have"),
    Sign.BIRTHDAY_NO_YEAR: Meaning(3, "the same birthday, one without a year", ties=True),
    Sign.NEAR_BIRTHDAY: Meaning(3, "nearly the same birthday", ties=True),
    Sign.MESSENGER: Meaning(6, "the same messenger address", ties=True),
    Sign.STAFF: Meaning(6, "the same employee number", ties=True),
    Sign.COMPANY: Meaning(3, "the same company"),
    Sign.EMPLOYER: Meaning(2, "a mailbox at the same company"),
    Sign.HOME: Meaning(2, "the same address"),
    Sign.RELATIVE: Meaning(-6, "different given names", NOBODY),
    Sign.OTHER_NAME: Meaning(-10, "different names", NOBODY),
    Sign.PERSON_AND_FIRM: Meaning(0, "one is a company", NOBODY),
    Sign.GENERATION: Meaning(-10, "one is senior, one junior", NOBODY),
    Sign.GENERATION_UNSAID: Meaning(-2, "only one is called senior or junior", WITHOUT_TIE),
    Sign.SEX: Meaning(-5, "one is a man, one a woman", AGAINST),
    Sign.MIDDLE: Meaning(-4, "different middle names", WITHOUT_TIE),
    Sign.OTHER_BIRTHDAY: Meaning(-6, "different birthdays", AGAINST),
    Sign.OTHER_COMPANY: Meaning(-2, "different companies"),
    Sign.OTHER_MAILBOX: Meaning(-3, "different mailboxes at one company"),
    Sign.OTHER_MOBILE: Meaning(-1.5, "different mobile numbers"),
}


@dataclass(frozen=True, slots=True)
class Likeness:
    """How likely two contacts are one person: `score` from 0 to 99, and what made it."""

    score: int
    signs: tuple[Sign, ...]

    @property
    def reasons(self) -> str:
        """What speaks for it and what against, as a clause without any value.

        >>> Likeness(97, (Sign.SAME_NAME, Sign.MOBILE, Sign.OTHER_COMPANY)).reasons
        'the same name and the same mobile number, but different companies'
        """
        told = [(SIGNS[sign].points > 0, SIGNS[sign].clause) for sign in self.signs]
        for_it = _listed([clause for speaks, clause in told if speaks])
        against = _listed([clause for speaks, clause in told if not speaks])
        return ", but ".join(part for part in (for_it, against) if part)

    @property
    def is_contradicted(self) -> bool:
        """Whether something says that these are two people, whatever they share."""
        return any(SIGNS[sign].most <= AGAINST for sign in self.signs)


def _listed(clauses: list[str]) -> str:
    """
    Clauses as one.

    >>> _listed(["a", "b", "c"])
    'a, b and c'
    """
    *others, last = clauses or [""]
    return f"{', '.join(others)} and {last}" if others else last
