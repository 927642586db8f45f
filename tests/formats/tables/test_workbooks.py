"""Workbooks: what their cells show, and what those that mean harm come to."""

import io
from zipfile import ZIP_DEFLATED, ZipFile

import pytest

from twinbook.formats.tables import Problem, Row, open_table
from twinbook.formats.tables.limits import LARGEST_CELL, MOST_COLUMNS
from twinbook.model.errors import Invalid

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
SHEETS = (
    '<sheet name="Notes" sheetId="2" state="hidden" r:id="r2"/>'
    '<sheet name="People" sheetId="1" r:id="r1"/>'
)
STYLES = f"""<styleSheet xmlns="{MAIN}"><numFmts><numFmt numFmtId="170" formatCode="dd/mm/yyyy"/>
<numFmt numFmtId="171" formatCode="00000"/><numFmt numFmtId="172" formatCode='0 "days"'/></numFmts>
<cellStyleXfs><xf numFmtId="14"/></cellStyleXfs><cellXfs><xf numFmtId="0"/><xf numFmtId="14"/>
<xf numFmtId="170"/><xf numFmtId="171"/><xf numFmtId="172"/></cellXfs></styleSheet>"""


def workbook(sheet, *, strings="", before="", properties="", sheets=SHEETS):
    """The bytes of a workbook with these rows."""
    parts = {
        "xl/workbook.xml": f'{before}<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}">{properties}'
        f"<sheets>{sheets}</sheets></workbook>",
        "xl/_rels/workbook.xml.rels": '<Relationships xmlns="x">'
        f'<Relationship Id="r1" Type="{OFFICE}/worksheet" Target="worksheets/sheet1.xml"/>'
        f'<Relationship Id="r2" Type="{OFFICE}/worksheet" Target="/xl/worksheets/sheet2.xml"/>'
        "</Relationships>",
        "xl/worksheets/sheet1.xml": f'{before}<worksheet xmlns="{MAIN}"><sheetData>{sheet}'
        "</sheetData></worksheet>",
        "xl/worksheets/sheet2.xml": "<worksheet/>",
        "xl/styles.xml": STYLES,
    } | ({"xl/sharedStrings.xml": f"<sst>{strings}</sst>"} if strings else {})
    packed = io.BytesIO()
    with ZipFile(packed, "w", ZIP_DEFLATED) as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    return packed.getvalue()


def text(value):
    return f'<c t="inlineStr"><is><t>{value}</t></is></c>'


HEADER = f"<row>{text('Name')}{text('Value')}</row>"


def rows(sheet, **more):
    return list(open_table(io.BytesIO(workbook(HEADER + sheet, **more))).rows())


def value(cell, **more):
    (row,) = rows(f"<row>{text('Ada')}{cell}</row>", **more)
    return row.cells[1]


@pytest.mark.parametrize(
    ("cell", "shown"),
    [
        ("<c><v>4930123456.0</v></c>", "4930123456"),
        ("<c><v>4.930123456E9</v></c>", "4930123456"),
        ("<c><v>1.5</v></c>", "1.5"),
        ("<c><v>1.234567890123456E+20</v></c>", "1.234567890123456E+20"),
        ('<c s="1"><v>29566</v></c>', "1980-12-11"),
        ('<c s="2"><v>29566.75</v></c>', "1980-12-11"),
        ('<c s="3"><v>1067</v></c>', "01067"),
        ('<c s="4"><v>3</v></c>', "3"),
        ('<c s="99"><v>3</v></c>', "3"),
        ('<c t="b"><v>1</v></c>', "TRUE"),
        ('<c t="e"><v>#REF!</v></c>', ""),
        ('<c t="str"><f>A1&amp;"x"</f><v>made</v></c>', "made"),
        (text("two_x000A_lines"), "two\nlines"),
    ],
)
def test_a_cell_is_read_as_a_person_sees_it(cell, shown):
    assert value(cell) == shown


def test_days_of_a_workbook_that_counts_from_1904():
    assert value('<c s="1"><v>0</v></c>', properties='<workbookPr date1904="1"/>') == "1904-01-01"


def test_a_shared_text_is_its_runs_without_how_they_are_read_aloud():
    strings = "<si><r><t>山</t></r><r><t>田</t></r><rPh><t>ヤマダ</t></rPh></si>"

    assert value('<c t="s"><v>0</v></c>', strings=strings) == "山田"


def test_rows_have_their_own_numbers_and_gaps():
    sheet = '<row r="5"><c r="B5"><v>1</v></c></row>'

    assert rows(sheet) == [Row(5, ("", "1"))]


def test_the_first_sheet_that_shows_is_taken_and_said():
    table = open_table(io.BytesIO(workbook(HEADER)), name="people.csv")

    assert table.said == "Excel workbook, sheet “People”"
    assert table.header == ("Name", "Value")


# ---------------------------------------------------------------- harm


def test_entities_are_refused_before_one_is_expanded():
    bomb = '<!DOCTYPE a [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]>'

    with pytest.raises(Invalid, match="declares a document type"):
        open_table(io.BytesIO(workbook(HEADER, before=bomb)))


def test_a_sheet_that_unpacks_to_a_thousand_times_its_size_is_refused():
    blank = " " * (40 << 20)

    with pytest.raises(Invalid, match="unpacks to more than"):
        rows(blank)


def test_a_cell_of_many_megabytes_costs_its_row():
    # Not squeezed so much that the whole sheet is refused.
    long = "".join(f"{number:x}" for number in range(LARGEST_CELL))

    assert rows(f"<row>{text('A')}{text(long)}</row><row>{text('B')}</row>") == [
        Problem(2, f"A cell is longer than {LARGEST_CELL} characters."), Row(3, ("B", "")),
    ]  # fmt: skip


def test_a_cell_in_the_last_column_that_there_is_costs_its_row():
    far = '<row r="2"><c r="XFD2"><v>1</v></c></row>'

    assert rows(f"{far}<row>{text('B')}</row>") == [
        Problem(2, f"It has a cell in column 16384; {MOST_COLUMNS} is the last."),
        Row(3, ("B", "")),
    ]


def test_elements_within_elements_are_refused_at_a_depth_that_no_spreadsheet_has():
    with pytest.raises(Invalid, match="The workbook is damaged"):
        rows("<a>" * 50 + "</a>" * 50)


@pytest.mark.parametrize("sheet", ["<row>", "<row></c></row>", "\x01", '<row r="1" r="2"/>'])
def test_xml_that_is_none_is_said_to_be_damaged(sheet):
    with pytest.raises(Invalid, match="The workbook is damaged"):
        rows(sheet)


@pytest.mark.parametrize("cut", [100, 500, 900])
def test_a_workbook_that_was_not_written_whole_is_refused(cut):
    with pytest.raises(Invalid, match="The workbook is damaged"):
        open_table(io.BytesIO(workbook(HEADER)[:cut]))


def test_an_archive_of_something_else_is_said_to_be_one():
    packed = io.BytesIO()
    with ZipFile(packed, "w") as archive:
        archive.writestr("people.csv", "a,b\n")

    with pytest.raises(Invalid, match="an archive without a workbook"):
        open_table(packed)
