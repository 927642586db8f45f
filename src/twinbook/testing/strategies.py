"""Hypothesis strategies for contacts and vCards, as awkward as people's address books are.

`contacts()` makes any contact, also one that no system can hold as it is; `cards()` makes
the bytes of a vCard in many dialects.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from hypothesis import strategies as st

from twinbook.model.contact import (
    Address,
    Contact,
    Day,
    Email,
    Kind,
    Messenger,
    Phone,
    PhoneKind,
    Photo,
    WebKind,
    WebPage,
)
from twinbook.model.fields import FIELDS, Nature

AWKWARD = (
    "",
    " ",
    "Ada",
    "O'Neill, Jr.",
    "a;b",
    "back\\slash",
    "ends in \\",
    "\\n is no line break",
    "\\;",
    "\\,x",
    "two\nlines",
    "old\r\nlines\r",
    "Zoe\u0308",
    "Müller-Lüdenscheidt",
    "山田 太郎",
    "\u0634\u0645\u0633\u200f",
    "👩‍👩‍👧 family",
    'in "quotes"',
    "caret ^n ^' ^^",
    "x" * 100,
    "ü" * 80,
    "=3D=",
    "=",
    ",",
    ";;;",
    "a,b , c",
    "tab\there",
    "nul\x00bell\x07",
    "\u2028line\x85next",
    "\ufeffbom",
    "_$!<Home>!$_",
    "http://example.org/?a=1;b=2,3",
    "tel:+15550100",
    "BEGIN:VCARD",
    "END:VCARD\r\n",
    "urn:uuid:0",
    "im",
    "1604-02-29",
    "É",
    "Ã©",
    "trailing ",
)


def texts() -> st.SearchStrategy[str]:
    """Text of one field: names and words, and all that has ever broken a parser."""
    return st.one_of(
        st.sampled_from(AWKWARD),
        st.text(max_size=12),
        st.text(alphabet="aB1 ,;:\\\n\"'^=.é", max_size=8),
    )


def days() -> st.SearchStrategy[Day]:
    """Calendar dates, with and without a year; now and then one that no calendar has."""
    real = st.dates().map(lambda date: Day(date.month, date.day, date.year))
    yearless = st.builds(Day, st.integers(1, 12), st.integers(1, 31))
    return st.one_of(real, yearless, st.sampled_from((Day(2, 29), Day(2, 29, 1604))))


def _elements(kind: type[Any], kinds: type[Any], **more: Any) -> st.SearchStrategy[Any]:  # noqa: ANN401
    return st.builds(
        kind,
        kind=st.sampled_from(kinds),
        preferred=st.booleans(),
        label=st.one_of(st.just(""), texts()),
        **more,
    )


def emails() -> st.SearchStrategy[Email]:
    """Mailboxes of every kind."""
    usual = st.sampled_from(("ada@example.org", "ADA@example.org", "b@example.net"))
    return _elements(Email, Kind, value=st.one_of(usual, texts()))


def phones() -> st.SearchStrategy[Phone]:
    """Numbers of every kind, typed in every way."""
    usual = st.sampled_from(("+1 (555) 010-0100", "+15550100;ext=12", "0170/123", "*31#"))
    return _elements(Phone, PhoneKind, value=st.one_of(usual, texts()))


def web_pages() -> st.SearchStrategy[WebPage]:
    """Web addresses of every kind."""
    return _elements(WebPage, WebKind, value=texts())


def messengers() -> st.SearchStrategy[Messenger]:
    """Accounts of known and unknown messengers."""
    services = st.sampled_from(("", "skype", "jabber", "XMPP", "gtalk", "icq", "my own"))
    return _elements(Messenger, Kind, value=texts(), service=st.one_of(services, texts()))


def addresses() -> st.SearchStrategy[Address]:
    """Postal addresses; any part may be missing."""
    parts = ("street", "extended", "po_box", "city", "region", "postal_code", "country")
    return _elements(Address, Kind, **{part: st.one_of(st.just(""), texts()) for part in parts})


#: A picture of one pixel.
PIXEL = bytes.fromhex(
    "47494638396101000100800000000000ffffff21f90401000000002c00000000010001000002024401003b"
)


def photos() -> st.SearchStrategy[Photo]:
    """Photos whose bytes nobody has."""
    digests = st.text(alphabet="0123456789abcdef", min_size=64, max_size=64)
    return st.builds(Photo, digests, st.sampled_from(("image/jpeg", "image/png")))


_ELEMENTS = {
    "emails": emails,
    "phones": phones,
    "web_pages": web_pages,
    "messengers": messengers,
    "addresses": addresses,
}


def _values(name: str, nature: Nature) -> st.SearchStrategy[Any]:
    match nature:
        case Nature.TEXT | Nature.PROSE:
            return texts()
        case Nature.DAY:
            return days()
        case Nature.WORDS:
            return st.lists(texts(), max_size=3).map(tuple)
        case Nature.VALUES:
            return st.lists(_ELEMENTS[name](), max_size=3).map(tuple)
        case Nature.PHOTO:
            return photos()


def contacts(*, without: Sequence[str] = ()) -> st.SearchStrategy[Contact]:
    """Contacts; each has some fields filled. `without` names fields that stay empty."""
    optional = {
        row.name: _values(row.name, row.nature) for row in FIELDS if row.name not in without
    }
    return st.fixed_dictionaries({}, optional=optional).map(lambda values: Contact(**values))


# ---------------------------------------------------------------- cards

_GROUPS = ("", "", "", "item1.", "item2.", "ITEM1.", "home.")
_NAMES = (
    "N", "FN", "NICKNAME", "ORG", "TITLE", "ROLE", "NOTE", "BDAY", "ANNIVERSARY", "X-ANNIVERSARY",
    "X-ABDATE", "X-ABRELATEDNAMES", "X-ABLabel", "X-ABADR", "X-ABShowAs", "TEL", "tel", "EMAIL",
    "ADR", "URL", "IMPP", "X-JABBER", "X-SKYPE", "X-MS-TEL", "LABEL", "CATEGORIES", "GENDER",
    "X-GENDER", "LANG", "HOBBY", "RELATED", "SORT-STRING", "X-EVOLUTION-FILE-AS", "SOUND",
    "X-ANDROID-CUSTOM", "X-PHONETIC-FIRST-NAME", "X-PHONETIC-LAST-NAME", "X-SPOUSE",
    "X-EVOLUTION-SPOUSE", "UID", "REV", "PRODID", "PHOTO", "KEY", "X-UNKNOWN",
    "X-EVOLUTION-MANAGER",
)  # fmt: skip
_PARAMS = (
    "TYPE=HOME", "TYPE=WORK,VOICE", "type=pref", 'TYPE="work,fax"', "TYPE=CELL", "TYPE=X-ASSISTANT",
    "PREF=1", "VALUE=uri", "VALUE=text", "VALUE=date", 'LABEL="a;b:c"', "X-SERVICE-TYPE=Skype",
    "X-APPLE-OMIT-YEAR=1604", 'SORT-AS="Lovelace,Ada"', "ALTID=1", "LANGUAGE=de", "TYPE=child",
    "TYPE=spouse", "PHONETIC=ipa", "X-FOO=^n^'bar", "CHARSET=UTF-8", "X-EVOLUTION-E164=1",
    "TYPE=X-IRMC-N", "MEDIATYPE=image/png",
)  # fmt: skip
_BARE = ("WORK", "HOME", "VOICE", "FAX", "CELL", "PREF", "X-CUSTOM", "JPEG", "X-IRMC-N")
_VALUES = (
    "", "Lovelace;Ada;King;Lady;", "Lovelace;Ada;;;", "Ada Lovelace", "Lovelace, Ada", "Acme;Sales",
    "a,b,c", "A\\, Inc.", "1815-12-10", "18151210", "--1210", "1604-12-10", "1815-12-10T00:00:00Z",
    "+1 555 0100", "tel:+15550100", "ada@example.org", ";;Main St.,Suite 5;London;;W1;UK", ";;;;;;",
    "http\\://example.org", "skype:ada", "xmpp:ada@example.org", "_$!<Mobile>!$_", "_$!<Home>!$_",
    "_$!<Anniversary>!$_", "_$!<Spouse>!$_", "_$!<Child>!$_", "Boat", "M", "F;she", "de",
    "vnd.android.cursor.item/nickname;Countess;1;;;",

    "urn:uuid:03a0e51f-d1aa-4385-8a53-e29025acd8af",
    "vnd.android.cursor.item/relation;Byron;3;;;", "data:image/gif;base64,R0lGODlhAQABAAAAADs=",
    "vnd.android.cursor.item/contact_event;2010-05-01;1;;;", "R0lGODlhAQABAAAAADs=", "two\\nlines",
    "Müller", "Zoe\u0308", "x" * 90, "ü" * 60, "a\\\\b", "\\", "=41=",
)  # fmt: skip


@st.composite
def _lines(draw: st.DrawFn, version: str) -> bytes:
    params = list(draw(st.lists(st.sampled_from(_PARAMS), max_size=2)))
    if version == "2.1":
        params += draw(st.lists(st.sampled_from(_BARE), max_size=2))
    value = draw(st.one_of(st.sampled_from(_VALUES), texts().map(_one_line)))
    name = draw(st.sampled_from(_NAMES))
    head = ";".join([draw(st.sampled_from(_GROUPS)) + name, *params])
    if draw(st.integers(0, 7)) == 0:
        how = draw(st.sampled_from(("QUOTED-PRINTABLE", "ENCODING=QUOTED-PRINTABLE")))
        quoted = "".join(f"={octet:02X}" for octet in value.encode()[:60])
        return f"{head};{how}:{quoted[:21]}=\r\n{quoted[21:]}".encode()
    if name == "PHOTO" and draw(st.booleans()):
        head += ";BASE64" if version == "2.1" else ";ENCODING=b"
    encoding = draw(st.sampled_from(("utf-8", "utf-8", "utf-8", "cp1252")))
    return f"{head}:{value}".encode(encoding, "replace")


def _one_line(text: str) -> str:
    return text.replace("\r", "\\n").replace("\n", "\\n").encode("utf-8", "replace").decode()


@st.composite
def _folded(draw: st.DrawFn, version: str) -> bytes:
    whole = draw(_lines(version))
    if b"=\r\n" in whole or draw(st.integers(0, 3)):
        return whole
    cuts = sorted(draw(st.lists(st.integers(1, max(1, len(whole))), max_size=3)))
    for cut in reversed(cuts):
        whole = whole[:cut] + b"\r\n" + draw(st.sampled_from((b" ", b"\t"))) + whole[cut:]
    return whole


@st.composite
def cards(draw: st.DrawFn, versions: Sequence[str] = ("2.1", "3.0", "4.0")) -> bytes:
    """One vCard of any version, written by any program, careful or not."""
    version = draw(st.sampled_from(versions))
    begin = [b"BEGIN:VCARD", b"VERSION:" + version.encode()]
    lines = draw(st.lists(_folded(version), max_size=8))
    newline = draw(st.sampled_from((b"\r\n", b"\r\n", b"\n", b"\r", b"\r\r\n")))
    ended = draw(st.sampled_from((newline, newline, b"")))
    body = newline.join([*begin, *lines, b"END:VCARD"]).replace(b"\r\n", newline) + ended
    return draw(st.sampled_from((b"", b"", b"\xef\xbb\xbf", newline))) + body


def filled(contact: Contact) -> Mapping[str, Any]:
    """The fields of a contact that say something."""
    empty = Contact()
    return {
        row.name: value
        for row in FIELDS
        if (value := getattr(contact, row.name)) != getattr(empty, row.name)
    }
