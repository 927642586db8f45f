"""What a CardDAV server does, asked by plain HTTP: a table of questions and its answers."""

import re
import secrets
from base64 import b64encode
from collections.abc import Callable
from urllib.parse import urljoin

from asking import SPACES, VCARD, XML, Book, card, items, short, token_of

QUESTIONS: dict[str, Callable[[Book], str]] = {}


def question(text):
    def keep(ask):
        QUESTIONS[text] = ask
        return ask

    return keep


def new(book, *more, uid=None, **headers):
    """The name of a card that was just put, and the answer."""
    uid = uid or secrets.token_hex(8)
    return f"{uid}.vcf", book.put(f"{uid}.vcf", card(uid, *more), **headers)


@question("a new card")
def _(book):
    _name, answer = new(book, If_None_Match="*")
    kept = {name: answer.headers[name] for name in ("etag", "location") if name in answer.headers}
    return f"{short(answer)} {kept}"


@question("bytes kept")
def _(book):
    name, answer = new(book)
    sent, got = card(name[:-4]), book.get(name)
    etags = f"ETag put {answer.headers.get('etag')} get {got.headers.get('etag')}"
    if got.body == sent:
        return f"yes; {etags}"
    before, after = unfolded(sent), unfolded(got.body)
    if sorted(before) == sorted(after):
        return f"same lines, order or folding differ; {etags}"
    lost = [line for line in before if line not in after]
    added = [line for line in after if line not in before]
    return f"no: {lost} became {added}; {etags}"


def unfolded(body):
    return re.sub(r"\r?\n[ \t]", "", body.decode()).splitlines()


@question("listing's ETag equals GET's")
def _(book):
    name, _ = new(book)
    listed = items(book.propfind("<getetag/>", depth="1"))
    return f"{listed.get(name, (0, None))[1] == book.get(name).headers.get('etag')}"


@question("If-None-Match: * on an existing card")
def _(book):
    name, _ = new(book)
    return short(book.put(name, card(name[:-4], "TITLE:x"), If_None_Match="*"))


@question("If-Match: stale, fresh, on a missing card")
def _(book):
    name, _ = new(book)
    old = book.get(name).headers.get("etag", "")
    fresh = book.put(name, card(name[:-4], "TITLE:x"), If_Match=old)
    stale = book.put(name, card(name[:-4], "TITLE:y"), If_Match=old)
    kept = "kept" if b"TITLE:x" in book.get(name).body else "OVERWRITTEN"
    gone = book.put("gone.vcf", card("gone"), If_Match=old)
    return f"stale {short(stale)} ({kept}); fresh {short(fresh)}; missing {short(gone)}"


@question("DELETE: stale, fresh, again, GET afterwards")
def _(book):
    name, _ = new(book)
    stale = book.ask("DELETE", name, If_Match='"stale"')
    etag = book.get(name).headers.get("etag", "")
    fresh = book.ask("DELETE", name, If_Match=etag)
    again = book.ask("DELETE", name, If_Match=etag)
    bare = book.ask("DELETE", name)
    return (
        f"stale {short(stale)}; fresh {short(fresh)}; again with If-Match {short(again)}; "
        f"again without {short(bare)}; GET {short(book.get(name))}"
    )


@question("the same bytes again change the ETag")
def _(book):
    name, _ = new(book)
    before = book.get(name).headers.get("etag")
    answer = book.put(name, card(name[:-4]))
    return f"{before != book.get(name).headers.get('etag')}; put {short(answer)}"


@question("a UID that another card has")
def _(book):
    name, _ = new(book)
    answer = book.put("other-" + name, card(name[:-4]))
    return short(answer)


@question("a card whose UID changes")
def _(book):
    name, _ = new(book)
    return short(book.put(name, card("x" + name[:-4])))


@question("a name with a blank, an umlaut, a percent")
def _(book):
    uid = secrets.token_hex(6)
    name = f"{uid}%20%C3%BC%2525.vcf"
    answer = book.put(name, card(uid))
    listed = book.propfind("<getetag/>", depth="1").text
    href = re.search(rf">([^<]*{uid}[^<]*)<", listed)
    return f"{short(answer)}; GET {book.get(name).status}; listed as {href and href[1]}"


@question("a name without .vcf")
def _(book):
    uid = secrets.token_hex(6)
    return f"{short(book.put(uid, card(uid)))}; GET {book.get(uid).status}"


@question("vCard 4.0")
def _(book):
    uid = secrets.token_hex(6)
    answer = book.put(f"{uid}.vcf", card(uid, version="4.0"))
    got = book.get(f"{uid}.vcf").text
    return f"{short(answer)}; read as {re.findall('VERSION:(.*)', got)}"


@question("a card without UID; without FN; without N; no card at all; no UTF-8")
def _(book):
    answers = []
    for left_out in ("UID", "FN", "N"):
        uid = secrets.token_hex(6)
        lines = [
            line
            for line in card(uid).split(b"\r\n")
            if not line.startswith(left_out.encode() + b":")
        ]
        answers.append(short(book.put(f"{uid}.vcf", b"\r\n".join(lines))))
    answers.append(short(book.put("none.vcf", b"hello")))
    answers.append(short(book.put("latin.vcf", card("latin").replace("ë".encode(), b"\xeb"))))
    for name in ("none.vcf", "latin.vcf"):
        book.ask("DELETE", name)
    return "; ".join(answers)


@question("a photo of 30,000 bytes; of 1,500,000")
def _(book):
    answers = []
    for size in (30_000, 1_500_000):
        photo = b64encode(secrets.token_bytes(size)).decode()
        name, answer = new(book, "PHOTO;ENCODING=b;TYPE=JPEG:" + photo)
        got = re.sub(r"\r?\n[ \t]", "", book.get(name).text)
        answers.append(f"{short(answer)} {'kept' if photo in got else 'NOT KEPT'}")
        book.ask("DELETE", name)
    return "; ".join(answers)


@question("a note of 70,000 characters")
def _(book):
    note = ("line Zoë and 山田 " * 5000)[:70_000].strip()
    name, answer = new(book, "NOTE:" + note)
    got = re.sub(r"\r?\n[ \t]", "", book.get(name).text)
    return f"{short(answer)} {'kept' if note in got else 'NOT KEPT'}"


@question("properties of the book")
def _(book):
    answer = book.propfind(
        "<resourcetype/><displayname/><sync-token/><S:getctag/><current-user-privilege-set/>"
        "<supported-report-set/><C:supported-address-data/><C:max-resource-size/>"
        "<C:max-image-size/><quota-available-bytes/><owner/><current-user-principal/>"
    )
    return re.sub(r"\s+", " ", answer.text)


@question("discovery")
def _(book):
    root = urljoin(book.url, "/")
    known = book.ask("PROPFIND", root + ".well-known/carddav", Depth="0")
    principal = book.propfind("<current-user-principal/>", url=root)
    options = book.ask("OPTIONS")
    return (
        f"well-known {known.status} {known.headers.get('location')}; "
        f"principal at / {principal.status} {re.findall('href>([^<]+)<', principal.text)}; "
        f"DAV: {options.headers.get('dav')}; Server: {options.headers.get('server')}"
    )


@question("listing names the book itself")
def _(book):
    new(book)
    return (
        f"PROPFIND {'' in items(book.propfind('<getetag/>', '1'))}; sync {'' in items(book.sync())}"
    )


@question("hrefs")
def _(book):
    new(book)
    found = re.findall(r"href[^>]*>([^<]+)<", book.propfind("<getetag/>", depth="1").text)
    return str(found[:2])


@question("sync-collection: first, then put, then delete")
def _(book):
    first = book.sync()
    name, _ = new(book)
    then = book.sync(token_of(first))
    book.ask("DELETE", name)
    last = book.sync(token_of(then))
    both = book.sync(token_of(first))
    return (
        f"{short(first)} token {token_of(first)!r}, {len(items(first))} items; "
        f"put: {short(then)} {list(items(then).values())}; "
        f"delete: {short(last)} {list(items(last).values())}; "
        f"both at once: {list(items(both).values())}"
    )


@question("sync-collection: token nobody gave, token from elsewhere, token changed")
def _(book):
    token = token_of(book.sync())
    last = "0" if token[-1:] != "0" else "1"
    wrong = ("garbage", "data:,unknown", token[:-1] + last)
    return " | ".join(short(book.sync(one)) for one in wrong)


@question("sync-collection: at most 2")
def _(book):
    for _n in range(3):
        new(book)
    answer = book.sync(limit="2")
    then = book.sync(token_of(answer))
    statuses = sorted({status for status, _ in items(answer).values()})
    return f"{short(answer)}; {len(items(answer))} items, {statuses}; then {len(items(then))}"


@question("multiget: one there, one missing")
def _(book):
    name, _ = new(book)
    answer = book.multiget(book.path + name, book.path + "missing.vcf")
    whole = "with card" if "BEGIN:VCARD" in answer.text else "NO CARD"
    return f"{short(answer)} {[s for s, _ in items(answer).values()]} {whole}"


@question("query: UID equals; UID contains; EMAIL contains; FN contains; N contains; none")
def _(book):
    name, _ = new(book)
    new(book)
    uid = name[:-4]
    asked = (
        ("UID", uid, "equals", 1),
        ("UID", uid, "contains", 1),
        ("EMAIL", f"two.{uid.upper()}@", "contains", 1),
        ("FN", "lovelace", "contains", None),
        ("N", "LOVELACE", "contains", None),
        ("EMAIL", "nobody@", "contains", 0),
    )
    told = []
    whole = len([key for key in items(book.propfind("<getetag/>", "1")) if key])
    for prop, text, how, wanted in asked:
        answer = book.query(prop, text, how)
        found = {key: value for key, value in items(answer).items() if key}
        right = (len(found) == wanted) if wanted is not None else (0 < len(found) <= whole)
        told.append(f"{prop} {how}: {short(answer)} {len(found)} {'right' if right else 'WRONG'}")
    return "; ".join(told)


@question("HTTP, and connections used for 5 requests")
def _(book):
    book.get("")
    before = book.connections
    for _n in range(5):
        new(book)
    return f"HTTP/{book.version / 10}, {book.connections - before} new connections"


@question("made by MKCOL beside it, then removed")
def _(book):
    beside = urljoin(book.url, "../beside/")
    body = (
        f"<mkcol {SPACES}><set><prop><resourcetype><collection/><C:addressbook/></resourcetype>"
        "<displayname>Beside</displayname></prop></set></mkcol>"
    )
    made = book.ask("MKCOL", beside, body, Content_Type=XML["Content-Type"])
    again = book.ask("MKCOL", beside, body, Content_Type=XML["Content-Type"])
    gone = book.ask("DELETE", beside)
    put = book.ask("PUT", beside + "x.vcf", card("x"), Content_Type=VCARD["Content-Type"])
    listed = book.propfind("<getetag/>", "1", url=beside)
    return (
        f"{short(made)}; again {short(again)}; DELETE {short(gone)}; "
        f"PUT into what is gone {short(put)}; PROPFIND of it {listed.status} {listed.text[:300]!r}"
    )


def examine(book: Book) -> dict[str, str]:
    """Every question with its answer; an exception is an answer, too."""
    told = {}
    for text, ask in QUESTIONS.items():
        try:
            told[text] = ask(book)
        except Exception as error:  # noqa: BLE001 - a broken answer is what we want to know
            told[text] = f"{type(error).__name__}: {error}"
            book.close()
    return told
