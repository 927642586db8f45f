"""What a careless program might send: almost a card, almost an answer, or a valid one damaged."""

import json

from hypothesis import strategies as st

from twinbook.formats import jscontact
from twinbook.formats.webdav import escape
from twinbook.testing import strategies

NEWLINES = st.sampled_from(["\r\n", "\r\n", "\n", "\r", "\r\r\n", "\n\n"])
WORDS = st.text(max_size=6) | st.sampled_from(["", "a", "y" * 200, "é", "\0", "\u2028", '"', "\\"])


@st.composite
def damaged(draw, whole, words):
    """An input of which some bytes are others, are missing, or stand there twice."""
    data = draw(whole)
    put = st.binary(max_size=6) | st.sampled_from([one.encode() for one in words] or [b""])
    for _ in range(draw(st.integers(1, 3))):
        at, length = draw(st.integers(0, len(data))), draw(st.integers(0, 30))
        piece = draw(st.one_of(put, st.just(data[at : at + length] * 2)))
        data = data[:at] + piece + data[at + length :]
    return data


# ---------------------------------------------------------------- vCard

NAMES = st.sampled_from((
    "N", "FN", "ORG", "TEL", "EMAIL", "ADR", "URL", "NOTE", "PHOTO", "BDAY", "IMPP", "X-ABLABEL",
    "RELATED", "CATEGORIES", "AGENT", "LABEL", "GENDER", "X-ANDROID-CUSTOM", "UID", "VERSION",
    "BEGIN", "END", "X-",
))  # fmt: skip
GROUPS = st.sampled_from(["", "", "item1.", "ITEM1.", "a.b.", ".", "é."])
CHARSETS = st.sampled_from(["utf-8", "utf-16", "cp1252", "iso-2022-jp", "idna", "rot13", "hex", ""])
ODD_PARAMS = (
    "WORK", "TYPE=HOME", 'TYPE="a,b"', "PREF=1", "PREF", "VALUE=uri", "VALUE=text", "TYPE=child",
    "QUOTED-PRINTABLE", "ENCODING=QUOTED-PRINTABLE", "ENCODING=b", "BASE64", "ENCODING=", "=", "",
    '"', "X=^n^'", "SORT-AS=a", "X-SERVICE-TYPE=", "PHONETIC=", "X=" + "y" * 99,
)  # fmt: skip
PARAMS = st.one_of(
    st.sampled_from(ODD_PARAMS),
    CHARSETS.map("CHARSET={}".format),
    st.builds("{}={}".format, WORDS, WORDS),
)
ODD_VALUES = (
    "=C3=BC=", "=", "=\r\n=41", "_$!<_$!<Home>!$_>!$_", "--0229", "99999999", "0000-00-00",
    "data:;base64,", "data:image/png;base64,R0lGODlhAQABAAAAADs=", "R0lG\r\n\tODlh", "tel:",
    "skype:", ":a", "VCARD", "a\r\n ", "a\r\nb", "\ufeff", "\\;\\,\\n\\", "M;", ";;;;;;;;",
    "vnd.android.cursor.item/relation;Ada;3", "F;she", "1604-02-29", "urn:uuid:a",
)  # fmt: skip
VALUES = st.one_of(
    strategies.texts(),
    WORDS,
    st.lists(WORDS, max_size=8).map(";".join),
    st.sampled_from(ODD_VALUES),
)


@st.composite
def card_lines(draw, depth):
    """Some lines, among them now and then a whole card."""
    if depth and draw(st.integers(0, 9)) == 0:
        inside = draw(almost_cards(depth - 1))
        return f"AGENT:\r\n{inside}"
    head = ";".join([draw(GROUPS) + draw(NAMES), *draw(st.lists(PARAMS, max_size=3))])
    line = f"{head}{draw(st.sampled_from([':', ':', ':', ' :', '', '::']))}{draw(VALUES)}"
    if draw(st.integers(0, 5)) == 0:
        at = draw(st.integers(0, len(line)))
        line = f"{line[:at]}\r\n {line[at:]}"
    return line


@st.composite
def almost_cards(draw, depth=2):
    """A card that may lack its end, its version, or every sense."""
    version = draw(st.sampled_from(["2.1", "3.0", "4.0", "4.0", "", "5", "3.0 ", "2.1;a"]))
    begin = draw(st.sampled_from(["BEGIN:VCARD"] * 6 + ["begin:vcard", "a.BEGIN : VCARD", ""]))
    said = [f"VERSION:{version}"] if version else []
    lines = draw(st.lists(card_lines(depth), max_size=6))
    end = draw(st.sampled_from(["END:VCARD"] * 6 + ["end:vcard ", "END:VCARD:", ""]))
    return "\r\n".join([begin, *said, *lines, end])


@st.composite
def files(draw):
    """A file with some cards, in one character set and with one line end, or with none."""
    whole = "\r\n".join(draw(st.lists(almost_cards(), min_size=1, max_size=2)))
    text = whole.replace("\r\n", draw(NEWLINES)) + draw(NEWLINES)
    coding = st.sampled_from(["utf-8", "utf-8", "utf-8", "utf-8-sig", "cp1252", "utf-16"])
    return text.encode(draw(coding), "replace")


CARDS = st.one_of(files(), strategies.cards())

# ---------------------------------------------------------------- JSContact

ODD_JSON = (
    None, True, False, 0, 1, -1, 101, 10**30, 1.5, "", " ", "Card", "\x00\ufffe", "urn:uuid:1",
    "2019-10-15T23:10:00Z", "data:image/gif;base64,R0lG", "data:;base64,=", [], {}, [{}], [[]],
    {"": {}}, {"kind": "separator", "value": "-"}, ["gender", {}, "text", ["", "she"]],
    ["x-office", {"type": "a"}, "unknown", "b"], {"type": ["X-CAR", "fax"]}, {"work": False},
)  # fmt: skip
JSON = st.one_of(
    st.sampled_from(ODD_JSON),
    strategies.texts(),
    st.dictionaries(WORDS, st.sampled_from(ODD_JSON), max_size=3),
)


def places_in(whole):
    """Every object and list of a tree, the outermost first."""
    found = [whole]
    for one in found:
        inside = one.values() if isinstance(one, dict) else one
        found += [each for each in inside if isinstance(each, (dict, list))]
    return found


@st.composite
def almost_jscontact(draw):
    """A card some of whose values are others, alone, in a list or in an answer."""
    person = draw(strategies.contacts(without=["photo"]))
    card = json.loads(jscontact.write(person, draw(WORDS), draw(st.none() | st.just(b""))))
    for _ in range(draw(st.integers(0, 3))):
        place = draw(st.sampled_from(places_in(card)))
        if isinstance(place, list):
            place.insert(draw(st.integers(0, len(place))), draw(JSON))
        else:
            keys = [*place, "@type", "label", "pref", "kind", "vCardParams", "media", "uri"]
            place[draw(st.sampled_from(keys))] = draw(JSON)
    whole = draw(st.sampled_from([card, [card], [card, card], {"list": [card, 1]}, [[card]]]))
    text = json.dumps(whole, ensure_ascii=draw(st.booleans()))
    return text.encode(draw(st.sampled_from(["utf-8"] * 5 + ["utf-8-sig", "utf-16"])), "replace")


# ---------------------------------------------------------------- WebDAV

TAGS = st.sampled_from((
    "response", "href", "propstat", "prop", "status", "getetag", "sync-token", "resourcetype",
    "collection", "error", "C:address-data", "C:addressbook", "C:addressbook-home-set", "x:y",
    "D:href",
))  # fmt: skip
SPACES = ' xmlns="DAV:" xmlns:D="DAV:" xmlns:C="urn:ietf:params:xml:ns:carddav"'
ODD_TEXTS = (
    "HTTP/1.1 200 OK", "HTTP/1.1 404 Not Found", "/ada/book/a.vcf", "//[", "%", '"1"', "&a;",
    "&#0;", "&#x110000;", "]]>", "<![CDATA[<]]>", "<!-- -- -->", "<?xml?>", "<", "&", "y" * 500,
    "\x01", "BEGIN:VCARD",
)  # fmt: skip
INSIDE = st.one_of(strategies.texts().map(escape), st.sampled_from(ODD_TEXTS))
ATTRIBUTES = st.sampled_from(["", "", "", ' a="b"', ' a="b" a="c"', ' xmlns:x=""', ' xmlns="z"'])
DOCTYPES = st.sampled_from((
    "", "", "", "", "<!DOCTYPE a>", '<!DOCTYPE a [<!ENTITY a "b">]>',
    '<!DOCTYPE a [<!ENTITY a "&b;&b;"><!ENTITY b "&a;">]>', "<!DOCTYPE a [<!ATTLIST href a CDATA>",
    '<!DOCTYPE a [<!ENTITY a SYSTEM "file:///">]>', '<!DOCTYPE a SYSTEM "http://127.0.0.1:1/">',
))  # fmt: skip


def element(tag, attributes, inside, end):
    return f"<{tag}{attributes}>{''.join(inside)}</{end or tag}>"


ELEMENTS = st.recursive(
    INSIDE,
    lambda inside: st.builds(
        element,
        TAGS,
        ATTRIBUTES,
        st.lists(inside, max_size=4),
        st.sampled_from(["", "", "", "", "", "", "a"]),
    ),
    max_leaves=12,
)


@st.composite
def almost_answers(draw):
    """An answer that may be of another kind, declare entities, or end too early."""
    said = draw(st.sampled_from(["", "", '<?xml version="1.0" encoding="{}"?>', "<?xml?>"]))
    coding = draw(st.sampled_from(["utf-8", "utf-8", "utf-8", "utf-16", "latin-1"]))
    root = draw(st.sampled_from(["multistatus"] * 4 + ["error", "D:multistatus", "html"]))
    inside = "".join(draw(st.lists(ELEMENTS, max_size=5)))
    text = f"{said.format(coding)}{draw(DOCTYPES)}<{root}{SPACES}>{inside}</{root}>"
    return text.encode(coding, "replace")


# ---------------------------------------------------------------- all others


def lines_of(words):
    """Texts made of the words of a language, and of others."""
    pieces = st.sampled_from(list(words)) if words else st.nothing()
    signs = st.text(alphabet=' ()[]{}=,;:~^?"\\/@%.#0123456789-+*|\n', max_size=4)
    return st.lists(st.one_of(pieces, WORDS, signs), max_size=8).map(
        lambda said: "".join(said).encode("utf-8", "replace")
    )


def inputs_of(name, reader, files):
    """What a reader is tried with: its own language, what was kept, and both damaged."""
    grown = {"vcard": CARDS, "jscontact": almost_jscontact(), "webdav": almost_answers()}
    own = grown.get(name, lines_of(reader.words))
    known = st.sampled_from(files) if files else st.nothing()
    valid = st.one_of(own, known)
    return st.one_of(own, damaged(valid, reader.words))
