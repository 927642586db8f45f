"""Everything that reads foreign bytes, as a table: how it is read, and what holds afterwards.

`read` is what the program does with the bytes. `check` does that too, and raises for anything
that must not be: an error that no docstring names, or a law that does not hold.
"""

import json
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from zlib import crc32

import dns.exception
import dns.message
import dns.resolver
import httpx2

from twinbook.cards.items import card_in
from twinbook.formats import filters, jscontact, stored, tables, typed, vcard, webdav
from twinbook.formats.jscontact.mapping import TABLE
from twinbook.formats.vcard import Card
from twinbook.formats.vcard.mapping import LENSES, VERSIONS
from twinbook.model.contact import Contact, Day, Email, Kind, Phone, PhoneKind, Photo
from twinbook.model.errors import Emptied, Invalid
from twinbook.model.fields import BY_NAME, Nature
from twinbook.model.shape import ALL_FIELDS
from twinbook.net.addresses import origin, redirected
from twinbook.net.web import Login, retry_after
from twinbook.reconcile.match import keys_of
from twinbook.replicas.carddav import discovery, mapping, profile, records
from twinbook.testing.strategies import PIXEL

HERE = Path(__file__).parent
CORPUS = HERE / "corpus"
RECORDED = HERE.parent / "formats"  #: as real programs and real servers wrote it
BOOK = "/ada/book/"
URL = f"https://dav.example.com{BOOK}"


@dataclass(frozen=True, slots=True)
class Reader:
    """One reader. `samples` are files of valid input, `words` what its language is made of."""

    read: Callable[[bytes], object]
    check: Callable[[bytes], None]
    samples: tuple[Path, ...] = ()
    words: tuple[str, ...] = ()


def text_of(data: bytes) -> str:
    """Bytes as HTTP, XML and JSON give them to a program: no half characters."""
    return data.decode("utf-8", "replace")


def header_of(data: bytes) -> str:
    """Bytes as the value of a header, which ends at the line's end."""
    return text_of(data.translate(None, b"\r\n\0"))


# ---------------------------------------------------------------- vCard

ADA = Contact(
    given="Ada", surname="Lovelace", company="Analytical Engines, Ltd;", department="Numbers",
    emails=(Email("ada@example.org", Kind.WORK), Email("a@example.org", label="Boat")),
    phones=(Phone("+44 1", PhoneKind.ASSISTANT), Phone("2", preferred=True)),
    birthday=Day(12, 10, 1815), categories=("key, large", "é"), note="Two\nlines \\ of ü",
    photo=Photo(sha256(PIXEL).hexdigest(), "image/gif"),
)  # fmt: skip


def read_cards(data: bytes) -> list[Contact]:
    """The people in a file, with all that is asked of each before it is stored."""
    found = [one for one in vcard.cards(data) if isinstance(one, Card)]
    people = []
    for card in found:
        people.append(vcard.contact(card))
        vcard.uid(card), vcard.photo(card), vcard.refused_photos(card)
        keys_of(people[-1])
    return people


def written_cards(data: bytes) -> None:
    """All that can be made of the cards of a file: others in their place, and new ones."""
    for card in vcard.cards(data):
        if isinstance(card, Card):
            person = vcard.contact(card)
            for wanted in (ADA, Contact(), turned(person)):
                vcard.edit(card, wanted, ALL_FIELDS)
            vcard.new(person, "urn:uuid:1")


def turned(person: Contact) -> Contact:
    """The person with the last of several values first."""
    several = ("emails", "phones", "addresses", "messengers", "children", "categories")
    return person.but(**{name: getattr(person, name)[::-1] for name in several})


def check_cards(data: bytes) -> None:
    found = list(vcard.cards(data))
    cards = [one for one in found if isinstance(one, Card)]
    at = 0
    for card in cards:
        begins = data.find(bytes(card), at)
        assert begins >= 0, "a card is not what stands in the file"
        at = begins + len(bytes(card))
    if len(cards) == len(found):
        assert b"".join(map(bytes, cards)) == data or not cards, "bytes are lost between cards"
    assert isinstance(card_in(data), str) == (len(found) != 1 or not cards)
    for card in cards:
        check_card(card)


def check_card(card: Card) -> None:
    person = vcard.contact(card)
    assert vcard.normal(person) == person, "what was read is not as Twinbook keeps it"
    assert stored.load(stored.dump(person)) == person, "what was read can't be stored"
    vcard.uid(card), vcard.photo(card), vcard.refused_photos(card), keys_of(person)
    if card.encoding == "utf-8":
        assert reread(card) == card, "a card reads as another one alone"
    assert vcard.edit(card, person, ALL_FIELDS) is card, "an edit of nothing changes something"
    # One trial for each card, always the same one: so that many cards can be tried.
    several = trials(card, person)
    several[crc32(bytes(card)) % len(several)]()


def trials(card: Card, person: Contact) -> list[Callable[[], None]]:
    """What is made of a card that shows this person, each with a check of what came out."""
    changes = (
        (ADA, ALL_FIELDS),
        (Contact(), ALL_FIELDS),
        (turned(person), ALL_FIELDS),
        *((ADA, frozenset({name})) for name in ("note", "emails", "given", "photo")),
    )
    return [
        *(partial(check_edit, card, person, *change) for change in changes),
        *(partial(check_new, person, version) for version in VERSIONS),
        partial(check_uid, card),
    ]


def reread(card: Card) -> Card:
    (again,) = vcard.cards(bytes(card))
    assert isinstance(again, Card), again
    return again


def check_edit(card: Card, person: Contact, wanted: Contact, fields: frozenset[str]) -> None:
    edited = vcard.edit(card, wanted, fields, PIXEL)
    shown, normal = vcard.contact(edited), vcard.normal(wanted)
    for name in ALL_FIELDS - {"display_name"}:
        expected = getattr(normal if name in fields else person, name)
        assert alike(name, getattr(shown, name), expected), f"{name} is not what was written"
    if card.encoding == "utf-8":
        assert reread(edited) == edited, "an edited card reads as another one"
    concerned = {"VERSION", "FN", "X-ABLABEL", "X-ABADR", "LABEL", "PHOTO", ""}
    concerned |= {each for name in fields & LENSES.keys() for each in LENSES[name].names}
    others, after = (
        # What keeps a line apart from the one that stands behind it now is a line end.
        [one.raw.rstrip(b"\r\n") for one in each.lines if one.name not in concerned]
        for each in (card, edited)
    )
    assert others == after, "a line about something else is another one"


def check_new(person: Contact, version: str) -> None:
    """What a card holds, a new card of any version holds as well."""
    card = vcard.new(person, "urn:uuid:1", version=version)
    assert reread(card) == card, "a new card reads as another one"
    shown = vcard.contact(card)
    for name in ALL_FIELDS - {"display_name", "photo"}:
        assert alike(name, getattr(shown, name), getattr(person, name)), f"{name} is lost"


def check_uid(card: Card) -> None:
    named = vcard.with_uid(card, "urn:uuid:1")
    assert vcard.uid(named) == "urn:uuid:1", "a UID is not what was written"
    if card.encoding == "utf-8":
        assert reread(named) == named, "a card with another UID reads as another one"


def alike(name: str, one: object, other: object) -> bool:
    if isinstance(one, Photo) and isinstance(other, Photo):
        return one.digest == other.digest  # the same bytes stay, whatever their type is called
    return set(one) == set(other) if BY_NAME[name].nature is Nature.WORDS else one == other


# ---------------------------------------------------------------- JSContact


def read_jscontact(data: bytes) -> list[Contact]:
    """The people in a file of JSON, with all that is asked of each before it is stored."""
    found = [one for one in jscontact.read(data) if isinstance(one, jscontact.Found)]
    for one in found:
        keys_of(one.contact)
    return [one.contact for one in found]


def check_jscontact(data: bytes) -> None:
    for one in jscontact.read(data):
        if isinstance(one, jscontact.Found):
            check_found(one)
        else:
            assert 0 <= one.offset <= len(data)
            assert len(str(one)) < 300, "a reason holds what the file says"


def check_found(one: jscontact.Found) -> None:
    person = one.contact
    assert jscontact.normal(person) == person, "what was read is not as Twinbook keeps it"
    assert stored.load(stored.dump(person)) == person, "what was read can't be stored"
    assert (one.photo is None) == (person.photo is None)
    json.dumps(one.rest), keys_of(person)
    (again,) = jscontact.read(jscontact.write(person, one.uid, one.photo))
    assert isinstance(again, jscontact.Found), again
    assert (again.uid, again.photo, again.rest) == (one.uid, one.photo, {})
    for name in ALL_FIELDS:
        shown, wanted = getattr(again.contact, name), getattr(person, name)
        assert alike(name, shown, wanted), f"{name} does not come back"


# ---------------------------------------------------------------- WebDAV


def read_answer(data: bytes) -> object:
    """An answer, or None where it is none."""
    with suppress(webdav.BadAnswer):
        return webdav.multistatus(data), webdav.complaints(data)
    return None


def check_answer(data: bytes) -> None:
    for hrefs in webdav.complaints(data).values():
        webdav.multiget(hrefs)
    try:
        answer = webdav.multistatus(data)
    except webdav.BadAnswer:
        return
    hrefs = [one.href for one in answer.entries]
    well_formed(webdav.sync_collection(answer.token))
    well_formed(webdav.multiget(hrefs))
    for entry in answer.entries:
        assert 0 <= entry.status < 1000, entry.status
        check_address(entry.href)
        mapping.version_of(entry[webdav.GETETAG].text)
        for href in entry[webdav.HOME].hrefs:
            with suppress(Emptied):
                discovery._whole(URL, href)


def well_formed(body: bytes) -> None:
    assert webdav.complaints(b'<error xmlns="DAV:">' + body.partition(b"\n")[2] + b"</error>")


def check_address(href: str) -> None:
    id = mapping.id_of(BOOK, href)
    if id is not None:
        assert "/" not in id, "an item outside of its book"
        assert id not in (".", ".."), "an item above its book"
        assert mapping.id_of(BOOK, mapping.href_of(BOOK, id)) == id, "an item under another name"
    assert mapping.path_of(href)[-1:] == "/"


def read_address(data: bytes) -> object:
    return mapping.id_of(BOOK, text_of(data)), mapping.path_of(text_of(data))


def check_addresses(data: bytes) -> None:
    text = text_of(data)
    check_address(text)
    check_address(BOOK + text)
    written = mapping.href_of(BOOK, text)
    assert written == "" or mapping.id_of(BOOK, written) is not None
    assert '"' not in mapping.version_of(text)[:1]


# ---------------------------------------------------------------- HTTP and DNS


def read_pause(data: bytes) -> float | None:
    header, _, date = header_of(data.replace(b"\n", b"|")).partition("|")
    return retry_after(header, date or None)


def check_pause(data: bytes) -> None:
    pause = read_pause(data)
    assert pause is None or 0 <= pause < float("inf"), pause


def read_redirect(data: bytes) -> str | None:
    with suppress(Emptied):
        return redirected(URL, header_of(data))
    return None


def check_redirect(data: bytes) -> None:
    target = read_redirect(data)
    assert target is None or origin(target) == origin(URL), target
    with suppress(Emptied):
        assert origin(discovery._whole(URL, header_of(data))) == origin(URL)
    with suppress(Invalid):
        origin(header_of(data))


def read_challenge(data: bytes) -> bool:
    """Whether a sign-in follows this challenge."""
    request = httpx2.Request("PROPFIND", URL)
    flow = Login("ada", "secret", digest=True).auth().sync_auth_flow(request)
    next(flow)
    headers = [(b"WWW-Authenticate", b"Digest " + data.translate(None, b"\r\n\0"))]
    try:
        flow.send(httpx2.Response(401, headers=headers, request=request))
    except (StopIteration, httpx2.HTTPError):
        return False
    return True


def check_challenge(data: bytes) -> None:
    read_challenge(data)


class Told(dns.resolver.Resolver):
    """A resolver to which one answer is given, whatever is asked; it errs as a real one does."""

    def __init__(self, wire: bytes) -> None:
        super().__init__(configure=False)
        self.wire = wire

    def resolve(self, name: str, kind: str, **_: object) -> dns.resolver.Answer:
        try:
            message = dns.message.from_wire(self.wire)
            question = dns.name.from_text(name), dns.rdatatype.from_text(kind)
            answer = dns.resolver.Answer(*question, dns.rdataclass.IN, message)
        except Exception as error:
            raise dns.resolver.NoNameservers from error
        if answer.rrset is None:
            raise dns.resolver.NoAnswer(response=message)
        return answer


def read_records(data: bytes) -> list[str]:
    return records.published("example.com", Told(data))


def check_records(data: bytes) -> None:
    with suppress(Emptied):
        found = discovery.addresses("ada@example.com", published=lambda _: read_records(data))
        assert found[-1] == "https://example.com/"
        for one in found:
            scheme, host, _ = origin(one)
            assert scheme == "https"
            assert f".{host}".endswith(".example.com"), host


# ---------------------------------------------------------------- what was kept, and typed


def check_profile(data: bytes) -> None:
    found = profile.load(text_of(data))
    assert profile.load(profile.dump(found)) == found
    assert found.settles_after == found.settles_after, "no number"


def read_stored(data: bytes) -> Contact | None:
    with suppress(ValueError):
        return stored.load(data)
    return None


def check_stored(data: bytes) -> None:
    found = read_stored(data)
    if found is not None:
        with suppress(UnicodeEncodeError):
            again = stored.load(stored.dump(found))
            assert stored.dump(again) == stored.dump(found)


def read_filter(data: bytes) -> filters.Filter | None:
    with suppress(Invalid):
        return filters.parse(text_of(data))
    return None


def check_filter(data: bytes) -> None:
    found = read_filter(data)
    assert found is None or filters.parse(filters.write(found)) == found


def read_typed(data: bytes) -> object:
    with suppress(Invalid):
        name, sign, text = typed.assignment(text_of(data))
        if name in BY_NAME:
            return name, typed.changed(name, sign, text, getattr(ADA, name))
    return None


def check_typed(data: bytes) -> None:
    found = read_typed(data)
    if isinstance(found, tuple):
        typed.write(*found)


# ---------------------------------------------------------------- tables


def read_table(data: bytes) -> list[tables.Entry | tables.Problem]:
    """The people of a file, and what was left out; nothing where it is no table."""
    with suppress(Invalid):
        table = tables.open_table(BytesIO(data))
        found = tables.known(table.header)
        mapping = found[1] if found else tables.propose(table.header, table.rows())
        return list(tables.entries(table, mapping))
    return []


def check_table(data: bytes) -> None:
    found = read_table(data)
    lines = [one.line for one in found]
    assert lines == sorted(lines), "a line is told before an earlier one"
    people = [one.contact for one in found if isinstance(one, tables.Entry)]
    for person in people:
        assert stored.load(stored.dump(person)) == person, "what was read can't be stored"
    for dialect in tables.WRITTEN:
        written = b"".join(tables.write_table(people, dialect))
        again = [one.contact for one in read_table(written) if isinstance(one, tables.Entry)]
        if dialect == "csv":
            assert again == people, "our own file lost something"
    with suppress(Invalid):
        header = tables.open_table(BytesIO(data)).header
        mapping = tables.propose(header, ())
        assert tables.read_mapping(tables.mapping_text(mapping)) == mapping


# ---------------------------------------------------------------- the table

_VCARD_WORDS = (
    "BEGIN:VCARD\r\n", "END:VCARD\r\n", "VERSION:2.1\r\n", "VERSION:3.0\r\n", "VERSION:4.0\r\n",
    "\r\n ", "=\r\n", ";ENCODING=QUOTED-PRINTABLE:", ";ENCODING=b:", ";BASE64:", ";CHARSET=utf-16",
    ";CHARSET=iso-8859-1", "AGENT:\r\n", "item1.", "X-ABLabel:_$!<", ">!$_", ";TYPE=", ";VALUE=uri",
    ";PREF=1", "data:image/png;base64,", "\\;", "\\,", "\\n", "^n", '"', "1604-02-29", "--0229",
    "\ufeff", "X-SERVICE-TYPE=", "vnd.android.cursor.item/relation;", "SORT-AS=",
    *sorted({name for lens in LENSES.values() for name in lens.names}),
)  # fmt: skip
_JSCONTACT_WORDS = (
    '{"@type":"Card",', '"version":"1.0",', '"uid":"1",', '"@type":"', '"vCardParams":{"type":"',
    '"contexts":{"work":true}', '"features":{"fax":true}', '"pref":1', '"label":"',
    '"kind":"photo"',
    "data:image/gif;base64,", '"PartialDate"', '"Timestamp"', '"utc":"', '"list":[', "\\ud800",
    "\\u0000", "1e999", "NaN", "null", "true", "[", "]", "{", "}", '"', "\\", ",", "\ufeff",
    *sorted({f'"{row.property}":' for row in TABLE}),
)  # fmt: skip
_WEBDAV_WORDS = (
    '<multistatus xmlns="DAV:">', "</multistatus>", "<response>", "</response>", "<href>",
    "</href>", "<propstat>", "</propstat>", "<prop>", "</prop>", "<getetag>", "</getetag>",
    "<status>HTTP/1.1 404 Not Found</status>", "<sync-token>", "</sync-token>", "<resourcetype>",
    '<error xmlns="DAV:">', "</error>", "<!DOCTYPE a [", '<!ENTITY a "b">', "&a;", "&#65;",
    "<![CDATA[", "]]>", "<!--", "-->", '<?xml version="1.0" encoding="utf-16"?>', "xmlns:D=",
    '<C:addressbook-home-set xmlns:C="urn:ietf:params:xml:ns:carddav">',
)  # fmt: skip
_WORDS_OF_CHALLENGES = (
    "realm=", "nonce=", "opaque=", 'qop="auth"', "auth-int", "algorithm=", "MD5-sess", "SHA-256",
)  # fmt: skip
_FILTER_WORDS = (" and ", " or ", "not ", *(f"{one.value} = " for one in filters.Attribute))

_TABLE_WORDS = (
    "First Name", "Last Name", "E-mail Address", "E-mail 1 - Value", "Birthday", "Categories",
    "Vorname;Nachname", "Kontaktperson", "Phone 1 - Label", "display_name,phonetic_given,file_as,",
    "web_pages,emails,", "sep=;", '"', '""', ";", ",", "\t", "|", "\r\n", "\n", "\r", " ::: ", "* ",
    "EX", "/o=", "4,93E+11", "12/10/1980", "0/0/00", "29566", "'=", "@", "\ufeff",
    "[", '["a"]', "é",
)  # fmt: skip

READERS = {
    "vcard": Reader(
        read_cards, check_cards, tuple(sorted(RECORDED.glob("vcard/dialects/*.vcf"))), _VCARD_WORDS
    ),
    "jscontact": Reader(
        read_jscontact,
        check_jscontact,
        tuple(sorted(RECORDED.glob("jscontact/examples/*.json"))),
        _JSCONTACT_WORDS,
    ),
    "webdav": Reader(
        read_answer, check_answer, tuple(sorted(RECORDED.glob("answers/*.xml"))), _WEBDAV_WORDS
    ),
    "addresses": Reader(read_address, check_addresses, words=(BOOK, "%2F", "..", "https://", "//")),
    "redirects": Reader(read_redirect, check_redirect, words=(URL, "https://", "[::1]", ":443")),
    "pauses": Reader(read_pause, check_pause, words=("Wed, 21 Oct 2026 07:28:00 GMT", "+0000")),
    "challenges": Reader(read_challenge, check_challenge, words=_WORDS_OF_CHALLENGES),
    "records": Reader(read_records, check_records, words=("path=/", "\x07example\x03com\0")),
    "profiles": Reader(lambda data: profile.load(text_of(data)), check_profile),
    "stored": Reader(read_stored, check_stored, words=tuple(f'"{name}":' for name in BY_NAME)),
    "filters": Reader(read_filter, check_filter, words=_FILTER_WORDS),
    "tables": Reader(
        read_table, check_table, tuple(sorted(RECORDED.glob("tables/files/*"))), _TABLE_WORDS
    ),
    "typed": Reader(read_typed, check_typed, words=tuple(f"{name}=" for name in BY_NAME)),
}


def kept(reader: str) -> Iterator[Path]:
    """The files of the corpus of one reader."""
    return iter(sorted((CORPUS / reader).iterdir()))
