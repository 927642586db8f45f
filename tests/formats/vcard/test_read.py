"""Many cards in one input, good and broken ones."""

import time

import pytest

from twinbook.formats.vcard import Card, Problem, cards, contact, edit, uid
from twinbook.formats.vcard.read import DEEPEST_AGENT, LARGEST_CARD, LARGEST_INPUT, MOST_LINES
from twinbook.model.contact import Contact


def vcard(*lines: str, version: str = "3.0", newline: str = "\r\n") -> bytes:
    all_lines = ("BEGIN:VCARD", f"VERSION:{version}", *lines, "END:VCARD", "")
    return newline.join(all_lines).encode()


def names(data: bytes) -> list[str]:
    return [contact(one).name if isinstance(one, Card) else one.reason for one in cards(data)]


ADA, GRACE = vcard("FN:Ada"), vcard("FN:Grace")
CUT_OFF = "The card has no END:VCARD; it may have been cut off."


def test_cards_of_one_file_are_read_in_order():
    assert names(ADA + GRACE) == ["Ada", "Grace"]


def test_the_bytes_of_all_cards_are_the_file():
    data = b"\xef\xbb\xbf\r\n" + ADA + b"\r\n\n" + GRACE + b"\n \n"

    assert b"".join(bytes(one) for one in cards(data) if isinstance(one, Card)) == data


@pytest.mark.parametrize(
    ("data", "found"),
    [
        (b"", []),
        (b" \r\n", []),
        (b"nothing here", ["There is text that belongs to no card."]),
        (ADA[:-12] + GRACE, [CUT_OFF, "Grace"]),
        (ADA + GRACE[:-12], ["Ada", CUT_OFF]),
        (ADA + b"junk\r\n" + GRACE, ["Ada", "There is text that belongs to no card.", "Grace"]),
        (ADA + b"FN:x\r\nEND:VCARD\r\n" + GRACE, ["Ada", "The card has no BEGIN:VCARD.", "Grace"]),
        (vcard("TEL:1"), ["1"]),
        (vcard("no colon", "FN:Ada", ":", ";;:", "=:x"), ["Ada"]),
        (b"BEGIN:VCARD\r\nFN:Ada\r\nEND:VCARD", ["Ada"]),
        (b"begin:vcard\nfn:Ada\nend:vcard\n", ["Ada"]),
        (b"BEGIN: VCARD \rFN:Ada\rEND :VCARD\r", ["Ada"]),
        (b"item1.BEGIN:VCARD\r\nFN:Ada\r\nitem1.END:VCARD", ["Ada"]),
    ],
)
def test_a_broken_card_is_named_and_the_rest_is_read(data, found):
    assert names(data) == found


def test_a_problem_says_where_it_is_and_nothing_personal():
    [_, problem] = cards(ADA + vcard("FN:Secret", "TEL:555")[:-12])

    assert isinstance(problem, Problem)
    assert str(problem) == f"Card 2 (at byte {len(ADA)}): {CUT_OFF}"


def test_a_card_without_a_version_is_taken_for_what_it_looks_like():
    [modern] = cards(b"BEGIN:VCARD\nFN:Ada\nNOTE:a\\, b\nEND:VCARD\n")
    [old] = cards(b"BEGIN:VCARD\nFN:Ada\nTEL;WORK;VOICE:1\nEND:VCARD\n")

    assert (modern.version, old.version) == ("3.0", "2.1")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16", "utf-16-be"])
def test_every_encoding_of_a_file_is_understood_and_kept(encoding):
    data = vcard("FN:Zoë Müller", "X-KEPT:ß").decode().encode(encoding)

    [card] = cards(data)

    assert contact(card).name == "Zoë Müller"
    assert bytes(card) == data


def test_two_encodings_in_one_file_are_told_apart_line_by_line():
    data = vcard("FN:Zoë", "TITLE:Präsidentin")
    data = data.replace("Präsidentin".encode(), "Präsidentin".encode("cp1252"))

    [card] = cards(data)

    assert (contact(card).name, contact(card).job_title) == ("Zoë", "Präsidentin")


def test_decomposed_text_as_apple_writes_it_is_read_composed():
    [card] = cards(vcard("FN:Zoe\u0308"))

    assert contact(card).name == "Zo\u00eb"


def test_a_named_character_set_is_believed():
    data = b"BEGIN:VCARD\nVERSION:2.1\nFN;CHARSET=koi8-r:\xef\xcc\xd8\xc7\xc1\nEND:VCARD\n"

    assert names(data) == ["Ольга"]


def test_utf16_that_is_cut_inside_a_character_is_a_problem():
    assert names("\ufeffBEGIN:VCARD".encode("utf-16-le")[:-1]) == [
        "The input begins like UTF-16 and is cut inside a character."
    ]


def test_a_fold_inside_a_character_is_no_damage():
    data = b"BEGIN:VCARD\r\nVERSION:3.0\r\nFN:Zo\xc3\r\n \xab\r\nEND:VCARD\r\n"

    assert names(data) == ["Zoë"]


def test_other_line_breaks_of_unicode_are_text():
    assert contact(next(cards(vcard("NOTE:a\x0bb\u2028c\x85d")))).note == "ab\u2028cd"


def test_base64_without_indentation_is_one_line():
    data = vcard(
        "PHOTO;GIF;BASE64:R0lGODlhAQABAIAAAAAAAP///yH5", "BAEAAAAALAAAAAABAAEAAAICRAEAOw==",
        "", "FN:Ada", version="2.1",
    )  # fmt: skip

    [card] = cards(data)

    assert contact(card).photo is not None
    assert contact(card).name == "Ada"
    assert bytes(card) == data


@pytest.mark.parametrize("newline", ["\r\n", "\n", "\r", "\r\r\n"])
def test_every_line_end_is_kept_when_a_card_is_edited(newline):
    [card] = cards(vcard("FN:Ada", "", "NOTE:x", newline=newline))

    edited = bytes(edit(card, Contact(note="y" * 80), {"note"}))

    note = newline.join(["NOTE:" + "y" * 70, " " + "y" * 10])
    assert edited == vcard("FN:Ada", "", note, newline=newline)


def test_a_line_end_that_was_converted_twice_is_one_line_end():
    data = vcard("NOTE:long", " er", "FN:Ada").replace(b"\r\n", b"\r\r\n")

    [card] = cards(data)

    assert (contact(card).note, contact(card).name, bytes(card)) == ("longer", "Ada", data)


def test_a_card_inside_a_card_is_kept_and_not_read():
    agent = "AGENT:\r\n" + vcard("FN:Agent", "UID:inner", version="2.1").decode().rstrip()
    data = vcard("FN:Chief", agent, "UID:outer", version="2.1")

    [card] = cards(data)

    assert (contact(card).name, uid(card), bytes(card)) == ("Chief", "outer", data)


def test_cards_nested_without_end_are_a_problem():
    deep = b"BEGIN:VCARD\r\nAGENT:\r\n" * 1000 + b"END:VCARD\r\n" * 1000

    assert names(deep) == [f"Cards are nested more than {DEEPEST_AGENT} deep."]


# ---------------------------------------------------------------- limits


def test_a_card_of_fifty_megabytes_is_a_problem_and_the_next_is_read():
    data = vcard("FN:Big", "PHOTO;ENCODING=b:" + "A" * (50 << 20)) + ADA

    assert names(data) == [
        f"The card is larger than {LARGEST_CARD >> 20} MB; take its picture out.",
        "Ada",
    ]


def test_an_input_that_is_too_large_is_not_even_looked_at():
    assert names(bytes(LARGEST_INPUT + 1)) == ["The input is larger than 256 MB; split it."]


def test_a_card_of_endless_lines_is_a_problem():
    assert names(vcard(*["X:"] * MOST_LINES)) == [f"The card has more than {MOST_LINES} lines."]


LARGE = 1 << 20


@pytest.mark.parametrize(
    "line",
    [
        "X;" * (LARGE // 2) + ":x",
        'X;A="' + '"a' * (LARGE // 2) + ":x",
        "X:" + "\\" * LARGE,
        "N:" + ";" * LARGE,
        "CATEGORIES:" + "a," * (LARGE // 2),
        "NOTE;ENCODING=QUOTED-PRINTABLE:" + "=\r\n" * (LARGE // 3),
        "NOTE:" + "\r\n " * (LARGE // 3),
        "PHOTO;BASE64:" + "\r\nAAAA" * 15_000,
        "NOTE:" + "\r" * LARGE,
        "VCARD" * (LARGE // 5),
        "BEGIN:" + " " * LARGE,
    ],
    ids=lambda line: line[:12].strip(),
)
def test_reading_takes_time_in_proportion_to_the_size(line):
    def seconds(data: bytes) -> float:
        start = time.process_time()
        for one in cards(data):
            if isinstance(one, Card):
                contact(one)
        return time.process_time() - start

    data = vcard(line, version="2.1")
    assert seconds(data) < 8
    assert seconds(data.replace(b"VERSION:2.1\r\n", b"")) < 8
