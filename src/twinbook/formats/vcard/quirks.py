"""How each program spells what a contact holds, as tables.

Where several spellings mean one thing, the one that Twinbook writes is named in
`mapping`; all of them are read. Sources and dates: docs/replicas/vcard.md.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache
from typing import Generic, TypeVar

from twinbook.model.contact import Kind, PhoneKind, WebKind

K = TypeVar("K", bound=Enum)


@dataclass(frozen=True, slots=True, eq=False)
class Kinds(Generic[K]):
    """How a kind is said by TYPE tokens and by Apple's coded labels.

    The first row of `rules` whose tokens are all there wins. `writes` names the tokens
    of a kind; `shows` the coded labels that phones need to display it.
    """

    rules: tuple[tuple[frozenset[str], K], ...]
    other: K
    writes: Mapping[K, tuple[str, ...]]
    labels: Mapping[str, K]
    shows: Mapping[K, str]

    @property
    def tokens(self) -> frozenset[str]:
        """Every token that says something about a kind."""
        read = [token for tokens, _ in self.rules for token in tokens]
        return frozenset(read) | {token for tokens in self.writes.values() for token in tokens}

    def of(self, types: frozenset[str]) -> K:
        """The kind that these tokens say."""
        return _kind(self, types) if types else self.other


@lru_cache(maxsize=1024)
def _kind(kinds: Kinds[K], types: frozenset[str]) -> K:
    return next((kind for tokens, kind in kinds.rules if tokens <= types), kinds.other)


def _rules(*rows: tuple[str, K]) -> tuple[tuple[frozenset[str], K], ...]:
    return tuple((frozenset(tokens.split()), kind) for tokens, kind in rows)


PHONES = Kinds(
    rules=_rules(
        ("FAX WORK", PhoneKind.WORK_FAX),
        ("FAX HOME", PhoneKind.HOME_FAX),
        ("FAX", PhoneKind.OTHER_FAX),
        ("PAGER", PhoneKind.PAGER),
        ("BEEPER", PhoneKind.PAGER),
        # Evolution, DAVx5 and Outlook (X-MS-TEL) each have tokens of their own.
        ("X-ASSISTANT", PhoneKind.ASSISTANT),
        ("X-EVOLUTION-ASSISTANT", PhoneKind.ASSISTANT),
        ("ASSISTANT", PhoneKind.ASSISTANT),
        ("X-MANAGER", PhoneKind.MANAGER),
        ("X-CALLBACK", PhoneKind.CALLBACK),
        ("X-EVOLUTION-CALLBACK", PhoneKind.CALLBACK),
        ("CALLBACK", PhoneKind.CALLBACK),
        ("X-RADIO", PhoneKind.RADIO),
        ("X-EVOLUTION-RADIO", PhoneKind.RADIO),
        ("RADIO", PhoneKind.RADIO),
        ("X-TELEX", PhoneKind.TELEX),
        ("X-EVOLUTION-TELEX", PhoneKind.TELEX),
        ("TLX", PhoneKind.TELEX),
        ("TELEX", PhoneKind.TELEX),
        ("TEXTPHONE", PhoneKind.TTY),
        ("X-EVOLUTION-TTYTDD", PhoneKind.TTY),
        ("TTY/TDD", PhoneKind.TTY),
        ("TTY-TDD", PhoneKind.TTY),
        ("X-PRIMARY", PhoneKind.PRIMARY),
        ("MAIN", PhoneKind.MAIN),
        ("MAIN-NUMBER", PhoneKind.MAIN),
        ("X-COMPANY_MAIN", PhoneKind.MAIN),
        ("COMPANY-MAIN", PhoneKind.MAIN),
        ("X-EVOLUTION-COMPANY", PhoneKind.MAIN),
        ("COMPANY", PhoneKind.MAIN),
        ("CAR", PhoneKind.CAR),
        ("ISDN", PhoneKind.ISDN),
        ("CELL", PhoneKind.MOBILE),
        ("MOBILE", PhoneKind.MOBILE),
        ("IPHONE", PhoneKind.MOBILE),
        ("WORK", PhoneKind.WORK),
        ("HOME", PhoneKind.HOME),
    ),
    other=PhoneKind.OTHER,
    writes={
        PhoneKind.WORK: ("WORK", "VOICE"),
        PhoneKind.HOME: ("HOME", "VOICE"),
        PhoneKind.MOBILE: ("CELL",),
        PhoneKind.OTHER: ("VOICE",),
        PhoneKind.MAIN: ("MAIN",),
        PhoneKind.ASSISTANT: ("X-ASSISTANT",),
        PhoneKind.MANAGER: ("X-MANAGER",),
        PhoneKind.CALLBACK: ("X-CALLBACK",),
        PhoneKind.WORK_FAX: ("WORK", "FAX"),
        PhoneKind.HOME_FAX: ("HOME", "FAX"),
        PhoneKind.OTHER_FAX: ("FAX",),
        PhoneKind.PAGER: ("PAGER",),
        PhoneKind.CAR: ("CAR",),
        PhoneKind.RADIO: ("X-RADIO",),
        PhoneKind.ISDN: ("ISDN",),
        PhoneKind.TELEX: ("X-TELEX",),
        PhoneKind.TTY: ("TEXTPHONE",),
        PhoneKind.PRIMARY: ("X-PRIMARY",),
    },
    labels={
        "mobile": PhoneKind.MOBILE,
        "iphone": PhoneKind.MOBILE,
        "home": PhoneKind.HOME,
        "work": PhoneKind.WORK,
        "other": PhoneKind.OTHER,
        "main": PhoneKind.MAIN,
        "homefax": PhoneKind.HOME_FAX,
        "workfax": PhoneKind.WORK_FAX,
        "otherfax": PhoneKind.OTHER_FAX,
        "pager": PhoneKind.PAGER,
        "assistant": PhoneKind.ASSISTANT,
        "manager": PhoneKind.MANAGER,
        "callback": PhoneKind.CALLBACK,
        "car": PhoneKind.CAR,
        "radio": PhoneKind.RADIO,
        "isdn": PhoneKind.ISDN,
        "telex": PhoneKind.TELEX,
        "tty": PhoneKind.TTY,
        "primary": PhoneKind.PRIMARY,
    },
    shows={
        PhoneKind.ASSISTANT: "Assistant",
        PhoneKind.MANAGER: "Manager",
        PhoneKind.CALLBACK: "Callback",
        PhoneKind.CAR: "Car",
        PhoneKind.RADIO: "Radio",
        PhoneKind.ISDN: "ISDN",
        PhoneKind.TELEX: "Telex",
        PhoneKind.TTY: "TTY",
        PhoneKind.PRIMARY: "Primary",
    },
)

PLACES = Kinds(
    rules=_rules(("WORK", Kind.WORK), ("HOME", Kind.HOME)),
    other=Kind.OTHER,
    writes={Kind.WORK: ("WORK",), Kind.HOME: ("HOME",), Kind.OTHER: ()},
    labels={"work": Kind.WORK, "home": Kind.HOME, "other": Kind.OTHER},
    shows={},
)

PAGES = Kinds(
    rules=_rules(
        ("FTP", WebKind.FTP),
        ("X-FTP", WebKind.FTP),
        ("WORK", WebKind.WORK),
        ("HOME", WebKind.HOME),
    ),
    other=WebKind.OTHER,
    writes={
        WebKind.WORK: ("WORK",),
        WebKind.HOME: ("HOME",),
        WebKind.FTP: ("X-FTP",),
        WebKind.OTHER: (),
    },
    # Apple's and Google's "home page" is the page of a person, wherever it belongs.
    labels={
        "work": WebKind.WORK,
        "home": WebKind.HOME,
        "other": WebKind.OTHER,
        "homepage": WebKind.OTHER,
        "ftp": WebKind.FTP,
    },
    shows={},
)

#: Properties that hold an address of one messenger, from before there was IMPP.
MESSENGERS: Mapping[str, str] = {
    "X-AIM": "aim",
    "X-GADUGADU": "gadugadu",
    "X-GOOGLE-TALK": "gtalk",
    "X-GROUPWISE": "groupwise",
    "X-GTALK": "gtalk",
    "X-ICQ": "icq",
    "X-JABBER": "jabber",
    "X-MATRIX": "matrix",
    "X-MS-IMADDRESS": "",
    "X-MSN": "msn",
    "X-QQ": "qq",
    "X-SIP": "sip",
    "X-SKYPE": "skype",
    "X-SKYPE-USERNAME": "skype",
    "X-TELEGRAM": "telegram",
    "X-YAHOO": "yahoo",
}

#: Names of one service, in lower case, by those it has in IMPP; "im" names none.
SERVICES: Mapping[str, str] = {
    "google talk": "gtalk",
    "google_talk": "gtalk",
    "googletalk": "gtalk",
    "im": "",
    "msnim": "msn",
    "xmpp": "jabber",
    "ymsgr": "yahoo",
}

#: URI schemes of services whose name is none.
SCHEMES: Mapping[str, str] = {
    "": "im",
    "gtalk": "xmpp",
    "jabber": "xmpp",
    "msn": "msnim",
    "yahoo": "ymsgr",
}

#: Words for a gender, by the code of RFC 6350, section 6.2.7, and as people type them.
GENDERS: Mapping[str, str] = {
    "f": "female",
    "female": "female",
    "m": "male",
    "male": "male",
    "n": "none",
    "none": "none",
    "o": "other",
    "other": "other",
    "u": "unknown",
    "unknown": "unknown",
}
GENDER_CODES: Mapping[str, str] = {
    "female": "F", "male": "M", "none": "N", "other": "O", "unknown": "U",
}  # fmt: skip

#: Parameters that describe a value and are false as soon as it changes.
STALE: Mapping[str, frozenset[str]] = {
    "TEL": frozenset({"X-EVOLUTION-E164"}),
    "ADR": frozenset({"CC", "GEO", "LABEL", "TZ"}),
    "PHOTO": frozenset({"ENCODING", "MEDIATYPE", "TYPE", "VALUE", "X-ABCROP-RECTANGLE"}),
}

#: Components of Android's X-ANDROID-CUSTOM: what it is about, and the type's number.
ANDROID_NICKNAME = "vnd.android.cursor.item/nickname"
ANDROID_EVENT = "vnd.android.cursor.item/contact_event"
ANDROID_RELATION = "vnd.android.cursor.item/relation"


def coded_label(label: str) -> str:
    """What Apple's code for a label means, "" if the label is free text.

    >>> coded_label("_$!<Mobile>!$_"), coded_label("Boat")
    ('Mobile', '')
    """
    if label.startswith("_$!<") and label.endswith(">!$_"):
        return label[4:-4].strip()
    return ""
