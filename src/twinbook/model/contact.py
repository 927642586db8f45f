"""What Twinbook knows about one person, whatever system the facts came from.

A `Contact` is a value: equal details are the same contact. Everything in it is
frozen; to change a contact is to make another one. Which fields exist, and how
each of them behaves, is said once, in `twinbook.model.fields`.
"""

from dataclasses import dataclass, replace
from enum import Enum
from typing import Any


class Kind(Enum):
    """Where a number, a mailbox, a page or an address belongs."""

    WORK = "work"
    HOME = "home"
    OTHER = "other"


class PhoneKind(Enum):
    """The telephone kinds of Outlook, which contain those of everybody else.

    Source: docs/replicas/fields.md, section on telephone numbers.
    """

    WORK = "work"
    HOME = "home"
    MOBILE = "mobile"
    OTHER = "other"
    MAIN = "main"
    ASSISTANT = "assistant"
    MANAGER = "manager"
    CALLBACK = "callback"
    WORK_FAX = "work fax"
    HOME_FAX = "home fax"
    OTHER_FAX = "other fax"
    PAGER = "pager"
    CAR = "car"
    RADIO = "radio"
    ISDN = "isdn"
    TELEX = "telex"
    TTY = "tty"
    PRIMARY = "primary"


class WebKind(Enum):
    """What a web address leads to."""

    WORK = "work"
    HOME = "home"
    FTP = "ftp"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Email:
    """A mailbox. `label` is a person's own word for it where no kind fits."""

    value: str
    kind: Kind = Kind.OTHER
    preferred: bool = False
    label: str = ""


@dataclass(frozen=True, slots=True)
class Phone:
    """A telephone number as somebody typed it; it is never re-formatted."""

    value: str
    kind: PhoneKind = PhoneKind.OTHER
    preferred: bool = False
    label: str = ""


@dataclass(frozen=True, slots=True)
class WebPage:
    """A web address."""

    value: str
    kind: WebKind = WebKind.OTHER
    preferred: bool = False
    label: str = ""


@dataclass(frozen=True, slots=True)
class Messenger:
    """An instant messaging address; `service` is lower case, for example "skype"."""

    value: str
    service: str = ""
    kind: Kind = Kind.OTHER
    preferred: bool = False
    label: str = ""


@dataclass(frozen=True, slots=True)
class Address:
    """A postal address. It changes as one unit; several lines of a street are joined by LF."""

    kind: Kind = Kind.OTHER
    street: str = ""
    extended: str = ""
    po_box: str = ""
    city: str = ""
    region: str = ""
    postal_code: str = ""
    country: str = ""
    preferred: bool = False
    label: str = ""

    @property
    def value(self) -> str:
        """The address on one line, for people and for comparison."""
        parts = (
            self.po_box,
            self.extended,
            self.street.replace("\n", ", "),
            self.city,
            self.region,
            self.postal_code,
            self.country,
        )
        return "; ".join(part for part in parts if part)


#: In the order of vCard's ADR, RFC 6350, section 6.3.1.
ADDRESS_PARTS = ("po_box", "extended", "street", "city", "region", "postal_code", "country")


@dataclass(frozen=True, slots=True)
class Day:
    """A calendar date, never an instant. `year` is None where nobody told it."""

    month: int
    day: int
    year: int | None = None

    def __str__(self) -> str:
        """ISO 8601, or RFC 6350's truncated form without the year.

        >>> str(Day(7, 22, 1969)), str(Day(7, 22))
        ('1969-07-22', '--07-22')
        """
        year = "-" if self.year is None else f"{self.year:04d}"
        return f"{year}-{self.month:02d}-{self.day:02d}"

    @classmethod
    def parse(cls, text: str) -> "Day":
        """The day that `str` wrote. Raises ValueError for anything else.

        >>> Day.parse("--02-29")
        Day(month=2, day=29, year=None)
        """
        year, month, day = text.rsplit("-", 2)
        return cls(int(month), int(day), None if year == "-" else int(year))


@dataclass(frozen=True, slots=True)
class Photo:
    """A picture by its content. The bytes travel apart from the contact."""

    digest: str  #: SHA-256 of the bytes, in hex
    media_type: str = "image/jpeg"


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """One person's details. Empty text, an empty tuple and None all mean "nothing known"."""

    prefix: str = ""
    given: str = ""
    middle: str = ""
    surname: str = ""
    suffix: str = ""
    display_name: str = ""  #: only where it can't be derived from the parts
    file_as: str = ""  #: the sort key, only where somebody chose one
    nickname: str = ""
    initials: str = ""
    phonetic_given: str = ""
    phonetic_middle: str = ""
    phonetic_surname: str = ""

    company: str = ""
    phonetic_company: str = ""
    department: str = ""
    job_title: str = ""
    profession: str = ""
    office: str = ""
    manager: str = ""
    assistant: str = ""
    employee_id: str = ""
    customer_id: str = ""
    government_id: str = ""

    emails: tuple[Email, ...] = ()
    phones: tuple[Phone, ...] = ()
    addresses: tuple[Address, ...] = ()
    web_pages: tuple[WebPage, ...] = ()
    messengers: tuple[Messenger, ...] = ()

    birthday: Day | None = None
    anniversary: Day | None = None
    gender: str = ""
    spouse: str = ""
    children: tuple[str, ...] = ()
    hobbies: tuple[str, ...] = ()
    language: str = ""
    categories: tuple[str, ...] = ()
    note: str = ""
    photo: Photo | None = None

    def but(self, **changes: Any) -> "Contact":  # noqa: ANN401 - of the fields' own types
        """This contact with some fields replaced."""
        return replace(self, **changes)

    @property
    def derived_name(self) -> str:
        """The full name that follows from the parts, "" if there are none.

        >>> Contact(prefix="Dr.", given="Ada", surname="Lovelace").derived_name
        'Dr. Ada Lovelace'
        """
        parts = (self.prefix, self.given, self.middle, self.surname, self.suffix)
        return " ".join(part for part in parts if part)

    @property
    def name(self) -> str:
        """What to call this person, company or mailbox; "" only for an empty contact."""
        first_mail = self.emails[0].value if self.emails else ""
        first_phone = self.phones[0].value if self.phones else ""
        return (
            self.display_name
            or self.derived_name
            or self.nickname
            or self.company
            or first_mail
            or first_phone
        )


EMPTY = Contact()
