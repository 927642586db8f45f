"""Inputs of any size that a careless reader takes too long for, or too much memory.

Each family is a function of a size in bytes; what it gives is about that long, never longer.
"""

from collections.abc import Callable
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile

Family = Callable[[int], bytes]


def repeated(begin: str, one: str, end: str = "") -> Family:
    """As many of one piece as fit; {} in it is its number."""

    def grown(size: int) -> bytes:
        room = size - len(begin) - len(end)
        count = max(1, room // len(one.replace("{}", "12345").encode()))
        pieces = (one.replace("{}", f"{number:05d}") for number in range(count))
        return (begin + "".join(pieces) + end).encode()

    return grown


def nested(begin: str, inside: str, outside: str, end: str) -> Family:
    """A piece within itself, as deep as it goes."""

    def grown(size: int) -> bytes:
        depth = max(1, (size - len(begin) - len(end)) // (len(inside) + len(outside)))
        return (begin + inside * depth + outside * depth + end).encode()

    return grown


def card(line: str, version: str = "3.0", before: str = "") -> Family:
    """A card with as many of one line as fit."""
    begin = f"{before}BEGIN:VCARD\r\nVERSION:{version}\r\n"
    return repeated(begin, f"{line}\r\n", "END:VCARD\r\n")


def one_line(begin: str, piece: str, end: str = "", version: str = "3.0") -> Family:
    """A card with a line that repeats a piece as often as it fits."""
    head = f"BEGIN:VCARD\r\nVERSION:{version}\r\nFN:Ada\r\n"
    return repeated(f"{head}{begin}", piece, f"{end}\r\nEND:VCARD\r\n")


def quoted_then(first: str, following: str) -> Family:
    """A line with a long head, and many that it may go on with."""

    def grown(size: int) -> bytes:
        head = f"BEGIN:VCARD\r\nVERSION:2.1\r\nNOTE;X={'y' * min(size // 2, 60_000)};{first}\r\n"
        return repeated(head, f"{following}\r\n", "END:VCARD\r\n")(size)

    return grown


def long_heads(piece: str) -> Family:
    """Lines with heads that are nearly as long as a head may be."""

    def grown(size: int) -> bytes:
        head = f"TEL;X={piece * (min(size // 2, 60_000) // len(piece))}"
        return card(f"{head}:1")(size)

    return grown


def long_label(label: str) -> Family:
    """Many lines that share one long label."""

    def grown(size: int) -> bytes:
        said = f"BEGIN:VCARD\r\na.X-ABLabel:{label.replace('yy', 'y' * (size // 2))}\r\n"
        lines = f"a.TEL:{{}}{LINE}\r\na.X-ABRELATEDNAMES:{{}}{LINE}\r\n"
        return repeated(said, lines, "END:VCARD\r\n")(size)

    return grown


def many_phones_of_a_long_name(size: int) -> bytes:
    begin = f"BEGIN:VCARD\r\nVERSION:3.0\r\nN:{'y' * (size // 2)};Ada;;;\r\n"
    return repeated(begin, "TEL;TYPE=CELL:+4930{}\r\n", "END:VCARD\r\n")(size)


LINE = "y" * 40  #: so that a card of 1 MB has no more lines than a card may have

CARDS: dict[str, Family] = {
    "many cards": repeated("", "BEGIN:VCARD\r\nVERSION:3.0\r\nFN:{}\r\nEND:VCARD\r\n"),
    "cards that do not end": repeated("", "BEGIN:VCARD\r\nFN:{}\r\n"),
    "ends without a beginning": repeated("", "END:VCARD\r\n"),
    "cards within cards": nested(
        "BEGIN:VCARD\r\nVERSION:2.1\r\n", "AGENT:\r\nBEGIN:VCARD\r\n", "END:VCARD\r\n", "END:VCARD"
    ),
    "no card at all": repeated("", "VCARD:"),
    "blank lines": card(f"FN:{LINE}", before="\r\n" * 1000),
    "short lines": card("a"),
    "folds": one_line("NOTE:a", "\r\n y"),
    "folds in a head": one_line("NOTE;X=a", "\r\n y", ":z"),
    "one long line": one_line("NOTE:", "y"),
    "escapes": one_line("NOTE:", "\\,\\\\"),
    "backslashes": one_line("ORG:", "\\", version="2.1"),
    "components": one_line("ORG:", "y;"),
    "words of a name": one_line("N:", "y,"),
    "a long full name": one_line("N:a;b;c;d;e\r\nFN:", "y "),
    "blanks": one_line("BDAY:19690722", " "),
    "letters that are composed": one_line("NOTE:", "e\u0308"),
    "letters of no character set": lambda size: one_line("NOTE:", "y")(size).replace(b"y", b"\xff"),
    "two bytes a letter": lambda size: (
        "\ufeff" + one_line("NOTE:", "ÿ")(size // 2).decode()
    ).encode("utf-16-le"),
    "soft breaks": one_line("NOTE;ENCODING=QUOTED-PRINTABLE:", "=C3=BC=\r\n", version="2.1"),
    "signs of equality": one_line("NOTE;ENCODING=QUOTED-PRINTABLE:", "= ", version="2.1"),
    "soft breaks behind a long head": quoted_then("QUOTED-PRINTABLE:=", LINE + "="),
    "base64 behind a long head": quoted_then("BASE64:", "yyyy"),
    "base64 with blanks": one_line("PHOTO;ENCODING=b:", "y  \t"),
    "base64 that is damaged": one_line("PHOTO;ENCODING=b:", "y=="),
    "many photos": card("PHOTO;ENCODING=b:R0lGODlhAQABAAAAADs={}"),
    "parameters": one_line("TEL", ";TYPE=x{}", ":1"),
    "values of a parameter": one_line("TEL;TYPE=a", ",x{}", ":1"),
    "quotes in long heads": long_heads('"a"b'),
    "quoted values in long heads": long_heads('"a",'),
    "a long label for many": long_label("yy"),
    "a long code for many": long_label("_$!<yy>!$_"),
    "quotes in a head": card('TEL;X="' + 'y"a"' * 300 + ":1"),
    "quotes in a value": one_line('NOTE;X="y:', '"y:'),
    "carets": one_line('NOTE;X="', "^n^^", '":y'),
    "groups": card(f"item{{}}.EMAIL:{LINE}@example.org\r\nitem{{}}.X-ABLabel:Boat{{}}"),
    "one group": card(f"a.EMAIL:{{}}{LINE}@example.org\r\na.X-ABLabel:Boat{{}}"),
    "labels within labels": nested(
        "BEGIN:VCARD\r\na.TEL:1\r\na.X-ABLabel:", "_$!<", ">!$_", "\r\nEND:VCARD\r\n"
    ),
    "mails": card(f"EMAIL:{{}}{LINE}@example.org"),
    "one mail again and again": card(f"EMAIL:{LINE}@example.org"),
    "mails with letters": card(f"EMAIL;TYPE=WORK:{{}}ü{LINE}@bücher.example"),
    "a mail with a long domain": one_line("EMAIL:ada@", "ü."),
    "phones": card(f"TEL;TYPE=CELL:+49{{}}{'5' * 40}"),
    "phones of a long name": many_phones_of_a_long_name,
    "a number with extensions": one_line("N:a;b\r\nTEL;TYPE=CELL:1", "x1 "),
    "one messenger again and again": card(f"IMPP:skype:{LINE}"),
    "postal addresses": card(f"ADR:;;{{}}{LINE};Berlin;;;"),
    "an address of many lines": one_line("ADR:;;", "y\\n"),
    "children": card(f"X-ABRELATEDNAMES;X=1:{LINE}\r\nRELATED;TYPE=child;VALUE=text:{{}}{LINE}"),
    "categories": one_line("CATEGORIES:a", ",y{}"),
    "lines that nobody knows": card(f"X-{{}}:{LINE}"),
}  # fmt: skip

ROOT = '<multistatus xmlns="DAV:">'
CLOSED = "</propstat></response></multistatus>"
ANSWERS: dict[str, Family] = {
    "many items": repeated(
        ROOT,
        "<response><href>/b/{}</href><propstat><prop><getetag>{}</getetag></prop></propstat></response>",
        "</multistatus>",
    ),
    "items without anything": repeated(ROOT, "<response/>", "</multistatus>"),
    "elements that nobody knows": repeated(ROOT, "<a/>", "</multistatus>"),
    "elements in an item": repeated(f"{ROOT}<response>", "<a/>", "</response></multistatus>"),
    "elements in a property": repeated(
        f"{ROOT}<response><propstat><prop><acl>", "<a/>", f"</acl></prop>{CLOSED}"
    ),
    "properties": repeated(f"{ROOT}<response><propstat><prop>", "<a{}>b</a{}>", f"</prop>{CLOSED}"),
    "propstats": repeated(f"{ROOT}<response>", "<propstat/>", "</response></multistatus>"),
    "addresses of one item": repeated(
        f"{ROOT}<response>", "<href>/{}</href>", "</response></multistatus>"
    ),
    "depth": nested(ROOT, "<a>", "</a>", "</multistatus>"),
    "attributes": repeated("<multistatus xmlns='DAV:'", " a{}='b'", "/>"),
    "name spaces": repeated("<multistatus xmlns='DAV:'", " xmlns:a{}='b'", "/>"),
    "name spaces within name spaces": repeated(
        ROOT, "<a:b xmlns:a='c{}'><a:d/></a:b>", "</multistatus>"
    ),
    "attributes of name spaces": repeated(
        f"{ROOT}<response>", "<x xmlns:a='{}' a:b='c'/>", "</response></multistatus>"
    ),
    "one long attribute": repeated("<multistatus xmlns='DAV:' a='", "y", "'/>"),
    "one long text": repeated(
        f"{ROOT}<response><propstat><prop><getetag>", "y", f"</getetag></prop>{CLOSED}"
    ),
    "one long name": lambda size: f"{ROOT}<{'y' * (size - 50)}/></multistatus>".encode(),
    "signs by their number": repeated(
        f"{ROOT}<response><propstat><prop><getetag>", "&#65;", f"</getetag></prop>{CLOSED}"
    ),
    "comments": repeated(ROOT, "<!---->", "</multistatus>"),
    "one long comment": repeated(f"{ROOT}<!--", "y", "--></multistatus>"),
    "instructions": repeated(ROOT, "<?a?>", "</multistatus>"),
    "stretches of characters": repeated(
        f"{ROOT}<response><href>", "<![CDATA[a]]>", "</href></response></multistatus>"
    ),
    "entities": repeated('<!DOCTYPE a [<!ENTITY a "', "y", f'">]>{ROOT}</multistatus>'),
    "entities within entities": repeated(
        "<!DOCTYPE a [<!ENTITY a0 'a'>", "<!ENTITY a{} '&a0;&a0;'>", f"]>{ROOT}</multistatus>"
    ),
    "preconditions": repeated('<error xmlns="DAV:">', "<a{}/>", "</error>"),
    "addresses in a precondition": repeated(
        '<error xmlns="DAV:"><a>', "<href>/{}</href>", "</a></error>"
    ),
}

NAMED = '[{"@type":"Card","uid":"1",'
JSCONTACT: dict[str, Family] = {
    "many cards": repeated(
        "[", '{"@type":"Card","uid":"{}","name":{"full":"Ada"}},', "]"
    ),
    "cards that are none": repeated("[", "{}," * 20, "]"),
    "cards of an answer": repeated('{"list":[', '{"@type":"Card","uid":"{}"},', "{}]}"),
    "cards that do not end": repeated("", '{"@type":"Card",'),
    "numbers between cards": repeated("[", "1,{},", "]"),
    "brackets that close": repeated("", "}"),
    "depth": repeated(f'{NAMED}"x":', "["),
    "depth that ends": nested(f'{NAMED}"x":', "[", "]", "}]"),
    "a text that does not end": repeated(f'{NAMED}"x":"', "y\\\\"),
    "one long text": repeated(f'{NAMED}"name":{{"full":"', "y ", '"}}]'),
    "escapes": repeated(f'{NAMED}"notes":{{"a":{{"note":"', "\\u00fc\\n", '"}}}]'),
    "letters that are composed": repeated(f'{NAMED}"notes":{{"a":{{"note":"', "e\u0308", '"}}}]'),
    "long numbers": repeated(f'{NAMED}"x":', "9", "}]"),
    "many numbers": repeated(f'{NAMED}"x":[1', ",1", "]}]"),
    "names": repeated(f"{NAMED}", '"a{}":1,', '"z":1}]'),
    "components": repeated(
        f'{NAMED}"name":{{"components":[', '{"kind":"given","value":"a"},', '{"kind":""}]}}]'
    ),
    "separators": repeated(
        f'{NAMED}"name":{{"components":[', '{"kind":"separator","value":"-"},', '{"kind":""}]}}]'
    ),
    "mails": repeated(f'{NAMED}"emails":{{', '"{}":{"address":"a{}@b.c"},', '"z":{}}}]'),
    "one mail again and again": repeated(
        f'{NAMED}"emails":{{', '"{}":{"address":"a@b.c"},', '"z":{}}}]'
    ),
    "contexts": repeated(
        f'{NAMED}"emails":{{"a":{{"address":"a","contexts":{{', '"w{}":true,', '"z":true}}}}]'
    ),
    "types": repeated(
        f'{NAMED}"phones":{{"a":{{"number":"1","vCardParams":{{"type":["', 'x{}","', 'z"]}}}}]'
    ),
    "phones of a long name": lambda size: repeated(
        f'{NAMED}"name":{{"components":[{{"kind":"surname","value":"{"y" * (size // 2)}"}}]}},'
        '"phones":{', '"{}":{"number":"+49{}","features":{"mobile":true}},', '"z":{}}}]',
    )(size),
    "one messenger again and again": repeated(
        f'{NAMED}"onlineServices":{{', '"{}":{"user":"a"},', '"z":{}}}]'
    ),
    "languages": repeated(
        f'{NAMED}"preferredLanguages":{{', '"{}":{"language":" "},', '"z":{}}}]'
    ),
    "keywords": repeated(f'{NAMED}"keywords":{{', '"{}":true,', '"z":true}}]'),
    "children": repeated(
        f'{NAMED}"relatedTo":{{', '"{}":{"relation":{"child":true}},', '"z":{}}}]'
    ),
    "days": repeated(
        f'{NAMED}"anniversaries":{{', '"{}":{"kind":"birth","date":{"year":1}},', '"z":{}}}]'
    ),
    "titles": repeated(f'{NAMED}"titles":{{', '"{}":{"name":"a"},', '"z":{}}}]'),
    "photos": repeated(
        f'{NAMED}"media":{{',
        '"{}":{"kind":"photo","uri":"data:;base64,////"},', '"z":{}}}]',
    ),
    "a photo of parameters": repeated(
        f'{NAMED}"media":{{"a":{{"kind":"photo","uri":"data:', ";a=b", ';base64,R0lG"}}}]'
    ),
    "base64 that is damaged": repeated(
        f'{NAMED}"media":{{"a":{{"kind":"photo","uri":"data:;base64,', "y==", '"}}}]'
    ),
    "properties of a vCard": repeated(
        f'{NAMED}"vCardProps":[', '["x-office",{},"unknown","{}"],', '["x",{},"",""]]}]'
    ),
}  # fmt: skip

OTHERS: dict[str, dict[str, Family]] = {
    "addresses": {
        "parts": repeated("", "a/"),
        "escapes": repeated("", "%41"),
        "broken escapes": repeated("", "%4"),
        "slashes": repeated("", "/"),
        "marks": repeated("", "?"),
    },
    "redirects": {
        "steps upwards": repeated("", "../"),
        "a long name": repeated("https://", "ü", "/"),
        "labels": repeated("https://", "ü.", "/"),
        "numbers": repeated("https://[", ":1", "]/"),
        "a long port": repeated("https://dav.example.com:", "9", "/"),
    },
    "pauses": {
        "digits": repeated("", "9"),
        "blanks": repeated("Wed,", " "),
        "brackets": repeated("Wed, 21 ", "("),
        "words": repeated("", "Wed "),
        "numbers": repeated("Wed, 21 Oct 2026 07:28:00 +", "9", "\nWed, 21 Oct 2026 07:28:00 +1"),
    },
    "challenges": {
        "words": repeated('realm="a", nonce="b"', ",a{}=b"),
        "one long word": repeated('realm="', "y", '", nonce="b"'),
        "quotes": repeated('realm="a", nonce="b"', ',"'),
        "backslashes": repeated('realm="', "\\", '", nonce="b"'),
        "qualities": repeated('realm="a", nonce="b", qop="auth', ",a", '"'),
    },
    "profiles": {
        "depth": repeated('{"x":', "["),
        "banners": repeated('{"banners":["', '","{}', '"]}'),
        "lengths": repeated('{"lengths":{"":1', ',"{}":1', "}}"),
    },
    "stored": {
        "depth": repeated('{"x":', "["),
        "mails": repeated('{"emails":[{"value":""}', ',{"value":"{}"}', "]}"),
        "one long text": repeated('{"note":"', "y", '"}'),
    },
    "filters": {
        "questions": repeated("mine", " and city=a{}"),
        "nots": repeated("", "not "),
        "brackets": repeated("", "("),
        "blanks": repeated("mine", " "),
        "one long text": repeated('city = "', "y", '"'),
        "a text without an end": repeated('city = "', "\\y"),
    },
    "typed": {
        "blanks inside a value": repeated("phones=a", " ", "b"),
        "commas": repeated("phones=a", ",b{}"),
        "brackets": repeated("phones=a", "("),
        "closed brackets": repeated("phones=a", "(b)"),
        "stars": repeated("phones=a", "*"),
        "words": repeated("hobbies=a", ",b{}"),
        "addresses": repeated("addresses=city: a", "|city: b{}"),
        "parts of an address": repeated("addresses=city: a", "; city: b"),
    },
}


def sheet(begin: str, one: str, end: str = "", *, is_squeezed: bool = False) -> Family:
    """A workbook with as many of one piece in its sheet as fit; squeezed, as many more."""

    def grown(size: int) -> bytes:
        room = (size - 1200) * (150 if is_squeezed else 1)
        begun = f'<worksheet xmlns="{SPREADSHEET}main"><sheetData>{begin}'
        body = repeated(begun, one, f"{end}</sheetData></worksheet>")(max(1000, room))
        method = ZIP_DEFLATED if is_squeezed else ZIP_STORED
        packed = workbook(body, method=method)
        while len(packed) > size:
            body = body[: len(body) * 9 // 10]
            packed = workbook(body, method=method)
        return packed

    return grown


SPREADSHEET = "http://schemas.openxmlformats.org/spreadsheetml/2006/"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def workbook(body: bytes, strings: bytes = b"", method: int = ZIP_DEFLATED) -> bytes:
    """A workbook with this sheet, and these shared strings if there are any."""
    parts = {
        "xl/workbook.xml": f'<workbook xmlns="{SPREADSHEET}main" xmlns:r="{OFFICE}"><sheets>'
        '<sheet name="A" sheetId="1" r:id="r1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships><Relationship Id="r1" Target='
        f'"worksheets/sheet1.xml" Type="{OFFICE}/worksheet"/></Relationships>',
        "xl/worksheets/sheet1.xml": body,
    } | ({"xl/sharedStrings.xml": strings} if strings else {})
    packed = BytesIO()
    with ZipFile(packed, "w", method) as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    return packed.getvalue()


def many_shared_strings(size: int) -> bytes:
    texts = repeated("<sst>", "<si><t>a{}</t></si>", "</sst>")(size * 2)
    return workbook(b'<worksheet><sheetData><row><c t="s"><v>0</v></c></row></sheetData>', texts)


NAMES = "First Name,Last Name,E-mail Address,Birthday,Categories\n"
TABLES: dict[str, Family] = {
    "many rows": repeated(NAMES, "Ada,B{},ada@example.org,1/2/2000,a;b\n"),
    "short rows": repeated(NAMES, "a,b\n"),
    "empty lines": repeated(NAMES, "\n"),
    "commas in one line": repeated(NAMES, ","),
    "a header without an end": repeated("a", ",a"),
    "one long cell": repeated(NAMES + "Ada,", "y"),
    "one long quoted cell": repeated(NAMES + 'Ada,"', "y", '"'),
    "a quotation mark that is not closed": repeated(NAMES + 'Ada,"', "a,b\n"),
    "rows that open what the next one closes": repeated(NAMES, 'x",x,"\n'),
    "such rows, and good ones between": repeated(NAMES, 'x",x,"\nx,x,x,x,x\n'),
    "quotation marks": repeated(NAMES, '"'),
    "doubled quotation marks": repeated(NAMES + '"', '""', '"\n'),
    "carriage returns": repeated("Name,Phone", "\ra,1"),
    "letters of no character set": lambda size: repeated(NAMES, "y")(size).replace(b"y", b"\xff"),
    "letters of Windows": lambda size: repeated(NAMES, "~{},\n")(size).replace(b"~", b"\xfc"),
    "two bytes a letter": lambda size: (
        repeated(NAMES, "ü{},\n")(size // 3).decode().encode("utf-16")
    ),
    "categories": repeated(NAMES + 'Ada,,,,"', ";a{}", '"'),
    "groups": repeated("First Name,Labels,E-mail 1 - Value\nAda,", "* a{} ::: "),
    "mailboxes": repeated(NAMES + "Ada,,", "a{}@example.org;"),
    "brackets of mailboxes": repeated(NAMES + "Ada,,", "<"),
    "blanks of a name": repeated("Kontaktperson,Telefon\nAda", " ", "B,1\n"),
    "words of a name": repeated("Kontaktperson,Telefon\nAda", " b", ",1\n"),
    "blanks of a day": repeated("Kontaktperson,Geburtstag\nAda B,1/2/2000", " ", "\n"),
    "apostrophes": repeated(NAMES, "'", "=,\n"),
    "columns": repeated("Name", ",b{}", "\nAda B\n"),
    "words of a header": repeated("Name,", "b ", "\nAda B,1\n"),
    "lists": repeated("web_pages,display_name,phonetic_given,file_as\n", '"["\n'),
    "rows of a sheet": sheet("", '<row><c t="inlineStr"><is><t>a{}</t></is></c></row>'),
    "cells of a row": sheet("<row>", "<c><v>1</v></c>", "</row>", is_squeezed=True),
    "one long cell of a sheet": sheet("<row><c><v>", "y", "</v></c></row>", is_squeezed=True),
    "elements in a cell": sheet("<row><c>", "<v/>", "</c></row>", is_squeezed=True),
    "elements within elements": sheet("<row>", "<a>", is_squeezed=True),
    "one long attribute of a cell": sheet('<row><c r="', "y", '"/></row>', is_squeezed=True),
    "empty rows of a sheet": sheet("", "<row/>", is_squeezed=True),
    "columns far away": sheet("", '<row><c r="XFD1"><v>1</v></c></row>'),
    "shared strings": many_shared_strings,
}

GROWING: dict[str, dict[str, Family]] = {
    "vcard": CARDS,
    "jscontact": JSCONTACT,
    "webdav": ANSWERS,
    "tables": TABLES,
    **OTHERS,
}
