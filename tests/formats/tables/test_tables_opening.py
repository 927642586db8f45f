"""Files of every kind, well made and not: what is read of them, and in which words they fail."""

import csv
import io

import pytest

from twinbook.formats.tables import Problem, Row, open_table
from twinbook.formats.tables.limits import LARGEST_CELL, LARGEST_ROW, MOST_COLUMNS
from twinbook.model.errors import Invalid

PEOPLE = "Vorname;Nachname;Ort\nJürgen;Müller;Köln\nZoë;Núñez;Besançon\n"
CZECH = "Jméno;Příjmení;Město\nJiří;Dvořák;Plzeň\nŁukasz;Wiśniewski;Łódź\n"
RUSSIAN = "Имя;Фамилия;Город\nИван;Петров;Москва\nОльга;Сидорова;Казань\n"
JAPANESE = "名;姓;会社\n太郎;山田;株式会社ヒガシ\n花子;佐藤;日本電気\n"
CHINESE = "名字;姓氏;公司\n伟;张;中国银行\n芳;李;华为技术有限公司\n"
KOREAN = "이름;성;회사\n철수;김;삼성전자\n영희;이;현대자동차\n"


def opened(data, **more):
    return open_table(io.BytesIO(data), **more)


@pytest.mark.parametrize(
    ("text", "codec", "words"),
    [
        (PEOPLE, "utf-8", "UTF-8"),
        (PEOPLE, "utf-8-sig", "UTF-8"),
        (PEOPLE, "utf-16", "UTF-16"),
        (PEOPLE, "utf-16-le", "UTF-16"),
        (PEOPLE, "utf-16-be", "UTF-16"),
        (PEOPLE, "cp1252", "Windows-1252 (Western Europe), as its letters suggest"),
        (CZECH, "cp1250", "Windows-1250 (Central Europe), as its letters suggest"),
        (RUSSIAN, "cp1251", "Windows-1251 (Cyrillic), as its letters suggest"),
        (JAPANESE, "cp932", "Shift-JIS (Japanese), as its letters suggest"),
        (CHINESE, "gb18030", "GB 18030 (Chinese), as its letters suggest"),
        (KOREAN, "cp949", "EUC-KR (Korean), as its letters suggest"),
    ],
)
def test_a_file_is_read_in_the_character_set_that_it_is_said_to_have(text, codec, words):
    table = opened(text.encode(codec))

    header, *rows = csv.reader(text.splitlines(), delimiter=";")
    assert table.header == tuple(header)
    assert table.said == f"Semicolon-separated, {words}"
    assert [list(row.cells) for row in table.rows()] == rows


def test_a_person_may_say_which_character_set_it_is():
    table = opened(PEOPLE.encode("cp1252"), encoding="latin2")

    assert table.said == "Semicolon-separated, Windows-1250 (Central Europe)"


def test_a_character_set_that_is_none_is_refused():
    with pytest.raises(Invalid, match="Name one of: utf-8"):
        opened(b"a,b\n1,2\n", encoding="rot13")


def test_one_damaged_letter_costs_its_row_and_no_other():
    data = (PEOPLE + "Ada;Ü;Ö\n" * 20).encode() + b"B\xfc;Bad;Row\nC;Good;Row\n"

    table = opened(data)
    *_, bad, good = table.rows()

    assert table.said == "Semicolon-separated, UTF-8 with damaged letters"
    assert bad == Problem(24, "It has bytes that are no letters of the file's character set.")
    assert good == Row(25, ("C", "Good", "Row"))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("a,b\n1,2\n", "Comma"),
        ("a;b\n1,5;2,5\n", "Semicolon"),
        ("a\tb\n1\t2\n", "Tab"),
        ("a|b\n1|2\n", "Pipe"),
        ('"a, b";"c, d"\n"1, 2";"3, 4"\n', "Semicolon"),
        ("sep=|\na,x|b,y\n1|2\n", "Pipe"),
    ],
)
def test_the_separator_is_the_one_that_makes_rows_alike(text, words):
    table = opened(text.encode())

    assert table.said == f"{words}-separated, UTF-8"
    assert len(table.header) == 2


def test_rows_are_counted_by_the_lines_of_the_file():
    table = opened(b'sep=,\r\na,b\r\n1,"two\r\nlines"\r\n\r\n3,4\r\n')

    assert list(table.rows()) == [Row(3, ("1", "two\r\nlines")), Row(6, ("3", "4"))]


def test_an_old_mac_s_lines_end_with_cr():
    assert list(opened(b"a,b\r1,2\r3,4").rows()) == [Row(2, ("1", "2")), Row(3, ("3", "4"))]


UNCLOSED = "A quotation mark in it is not closed, or stands inside a value without being doubled"


def test_a_quotation_mark_that_is_not_closed_costs_its_row_and_no_other():
    data = b'a,b\n1,2\n3,"4\n' + b"5,6\n" * 3

    assert list(opened(data).rows()) == [
        Row(2, ("1", "2")), Problem(3, f"{UNCLOSED}."),
        Row(4, ("5", "6")), Row(5, ("5", "6")), Row(6, ("5", "6")),
    ]  # fmt: skip


def test_lines_that_are_left_out_with_a_bad_row_are_told():
    data = b'a,b\n1,"x\nnot a row\n"y"z,2\n5,6\n'

    assert list(opened(data).rows()) == [
        Problem(2, f"{UNCLOSED}, so the lines up to 4 are left out."), Row(5, ("5", "6")),
    ]  # fmt: skip


def test_a_row_with_more_values_than_columns_is_not_guessed_at():
    (problem,) = opened(b"a,b\n1,2,3\n").rows()

    assert problem.reason.startswith("It has 3 cells and the header 2, so values stand in wrong")


def test_a_cell_that_is_too_long_costs_its_row():
    data = b"a,b\n1," + b"y" * (LARGEST_CELL + 1) + b"\n3,4\n"

    assert list(opened(data).rows()) == [
        Problem(2, f"A cell is longer than {LARGEST_CELL} characters."), Row(3, ("3", "4")),
    ]  # fmt: skip


def test_a_line_that_is_too_long_costs_itself():
    data = b"a,b\n1,2\n" + b"," * (3 * LARGEST_ROW) + b"\n3,4\n"

    first, problem, last = opened(data).rows()

    assert (first, last) == (Row(2, ("1", "2")), Row(4, ("3", "4")))
    assert problem.reason.startswith(f"It is longer than {LARGEST_ROW} characters")


class Endless(io.RawIOBase):
    """A file of a gigabyte that nobody has to hold."""

    def __init__(self, begin, byte, size=1 << 30):
        self.begin, self.byte, self.size, self.at = begin, byte, size, 0

    def seek(self, at, whence=0):
        self.at = at
        return at

    def read(self, count=-1):
        count = min(count, self.size - self.at)
        piece = self.begin[self.at : self.at + count]
        self.at += count
        return piece + self.byte * (count - len(piece))


@pytest.mark.slow
@pytest.mark.parametrize("begin", [b"", b"a,b\n", b'a,b\n1,"'])
def test_a_gigabyte_of_commas_in_one_line_is_refused_in_bounded_memory(begin):
    import tracemalloc  # noqa: PLC0415 - only here

    tracemalloc.start()
    try:
        table = open_table(Endless(begin, b",", 64 << 20))
        found = list(table.rows())
    except Invalid as error:
        found = str(error)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert "longer than" in str(found)
    assert peak < 64 << 20


def test_a_header_with_too_many_columns_is_refused():
    with pytest.raises(Invalid, match=f"{MOST_COLUMNS} is the most"):
        opened(b"a," * (MOST_COLUMNS + 1) + b"a\n")


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "has no rows"),
        (b"\n\n ,\n", "has no rows"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1", "Save it as .xlsx"),
        (b"%PDF-1.7", "This is a PDF"),
        (b"BEGIN:VCARD\r\n", "This is a file of cards"),
        (b"<!doctype html>", "This is a web page"),
        (b"PK\x03\x04not a zip", "is damaged"),
    ],
)
def test_what_is_no_table_is_said_to_be_what_it_is(data, words):
    with pytest.raises(Invalid, match=words) as caught:
        opened(data, name="people.csv")

    assert str(caught.value).startswith("people.csv: ")
