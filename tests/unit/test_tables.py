"""Tables read from CSV and XLSX as programs save them, and written so that they are read as they were."""

from __future__ import annotations

import csv
import io
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflow.errors import Invalid
from workflow.tables import reading, workbook, writing

COLUMNS = ("member", "address", "source")
TEXT = 'member,address,source\nKZ,a@b.example,"Нота № 12 «О контактах», 5"\n'
ROW = {"member": "KZ", "address": "a@b.example", "source": "Нота № 12 «О контактах», 5"}
CELLS = st.lists(
    st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"])), min_size=3, max_size=3
)


def the_line(data: bytes) -> dict[str, str]:
    ((_, line),) = reading.read(data, COLUMNS, 10).lines
    return line


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1251"])
@pytest.mark.parametrize("sign", [",", ";", "\t"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_every_way_in_which_programs_save_a_table(encoding: str, sign: str, end: str) -> None:
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=sign, lineterminator=end)
    writer.writerows([COLUMNS, [], list(ROW.values()), ["", "", ""]])
    assert the_line(text.getvalue().encode(encoding)) == ROW


def test_excels_own_first_line_and_the_number_of_a_line() -> None:
    data = b'sep=;\r\nsource;Member ;"ADDRESS"\r\n"two\r\nlines";KZ;a@b.example\r\n'
    assert reading.read(data, COLUMNS, 10).lines == (
        (4, {"source": "two\r\nlines", "member": "KZ", "address": "a@b.example"}),
    )


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "file-empty"),
        (b"\n \n", "file-empty"),
        (b"member,address\nKZ,a\n", "columns-missing"),
        (b"member,address,source,Member\n", "column-twice"),
        (b"member,address,source\nKZ,a@b.example,Note 1, of May\n", "cells-too-many"),
        (b'member,address,source\nKZ,"a@b.example,Note 1\n', "csv"),
        ("member,address,source\nKZ,a,Note de Genève\n".encode("cp1252"), "not-utf-8"),
        ("member,address,source\nKZ,a,Нота Министерства\n".encode("koi8-r"), "not-utf-8"),
        (b"member,address,source\nKZ,a\0,b\n", "not-a-table"),
        (b"%PDF-1.7 \xff\xfe\x98", "not-utf-8"),
        (b"PK\x03\x04 cut off", "workbook-unreadable"),
        (b"member,address,source\n" + b"KZ,a,b\n" * 11, "too-many-lines"),
    ],
)
def test_what_is_no_such_table_is_refused_with_a_sentence(data: bytes, code: str) -> None:
    with pytest.raises(Invalid) as refused:
        reading.read(data, COLUMNS, 10)
    assert refused.value.code == code and refused.value.sentence.endswith(".")


@given(CELLS)
def test_what_is_written_is_read_as_it_was(cells: list[str]) -> None:
    cells = ["x" + cells[0], *(cell.strip() for cell in cells[1:])]
    for data in (writing.csv_file(COLUMNS, [cells]), workbook.written("a & b", COLUMNS, [cells])):
        line = the_line(data)
        # What XML has no place for is left out of a workbook.
        plain = [workbook._plain(cell) for cell in cells] if data[:2] == b"PK" else cells
        assert list(line.values()) == [cell.strip() for cell in plain]


@pytest.mark.parametrize("text", ["=HYPERLINK(1)", "+7 701", "-", "@sum", "'=x", "''=x", "'quoted'", "'tis"])
def test_nothing_that_is_written_is_a_formula_to_anybody(text: str) -> None:
    raw = writing.csv_file(COLUMNS, [["KZ", text, ""]]).decode("utf-8-sig").splitlines()[1].split(",")[1]
    assert not raw.lstrip('"').startswith(writing.FORMULA)
    assert writing.unguarded(writing.guarded(text)) == text
    sheet = zipfile.ZipFile(io.BytesIO(workbook.written("t", COLUMNS, [["KZ", text, ""]]))).read(
        "xl/worksheets/sheet1.xml"
    )
    assert b"<f>" not in sheet and b't="inlineStr"' in sheet


MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'


def book(rows: str, *, shared: str = "", styles: str = "", sheets: str = "") -> bytes:
    """A workbook as other programs write it: shared strings, styles, several sheets."""
    relation = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    parts = {
        "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        '<Default Extension="xml" ContentType="application/xml"/><Default Extension="rels" '
        'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{kind}.sheet.main+xml"/></Types>',
        "_rels/.rels": '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        f'<Relationship Id="a" Type="{relation}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook {MAIN} xmlns:r="{relation}"><sheets>{sheets}'
        '<sheet name="s" sheetId="2" r:id="b"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": "<Relationships "
        'xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        f'<Relationship Id="b" Type="{relation}/worksheet" Target="/xl/worksheets/s.xml"/>'
        f'<Relationship Id="h" Type="{relation}/worksheet" Target="worksheets/hidden.xml"/></Relationships>',
        "xl/worksheets/s.xml": f"<worksheet {MAIN}><sheetData>{rows}</sheetData></worksheet>",
        "xl/worksheets/hidden.xml": f"<worksheet {MAIN}><sheetData/></worksheet>",
        "xl/sharedStrings.xml": f"<sst {MAIN}>{shared}</sst>",
        "xl/styles.xml": f"<styleSheet {MAIN}>{styles}</styleSheet>",
    }
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            archive.writestr(name, text)
    return written.getvalue()


def test_a_workbook_of_another_program_is_read_cell_by_cell() -> None:
    shared = "<si><t>member</t></si><si><r><t>val</t></r><r><t>id</t></r><rPh><t>kana</t></rPh></si>"
    styles = (
        '<numFmts><numFmt numFmtId="164" formatCode="dd/mm/yyyy"/><numFmt numFmtId="165" formatCode="0 &quot;d&quot;"/>'
        '</numFmts><cellXfs><xf numFmtId="0"/><xf numFmtId="164"/><xf numFmtId="165"/><xf numFmtId="14"/></cellXfs>'
    )
    rows = (
        '<row r="1"><c r="A1" t="s"><v>0</v></c><c r="C1" t="s"><v>1</v></c></row><row r="2"/>'
        '<row r="5"><c r="A5" t="str"><v>KZ</v></c><c r="B5" s="1"><v>46000</v></c><c s="3"><v>46001.75</v></c>'
        '<c r="D5" s="2"><v>7.0</v></c><c r="XFD5"><v>1</v></c></row>'
    )
    hidden = '<sheet name="h" sheetId="1" state="hidden" r:id="h"/>'
    found = list(workbook.lines(book(rows, shared=shared, styles=styles, sheets=hidden)))
    assert found == [(1, ["member", "", "valid"]), (5, ["KZ", "2025-12-09", "2025-12-10", "7"])]


@pytest.mark.parametrize(
    ("rows", "code"),
    [
        ('<row r="1"><c r="B1"><f>WEBSERVICE("http://x")</f><v>1</v></c></row>', "cell-formula"),
        ('<row r="1"><c r="B1" t="s"><v>9</v></c></row>', "workbook-unreadable"),
        ("<row", "workbook-unreadable"),
    ],
)
def test_a_workbook_that_cannot_be_trusted_is_refused(rows: str, code: str) -> None:
    with pytest.raises(Invalid) as refused:
        reading.read(book(rows), COLUMNS, 10)
    assert refused.value.code == code


def test_entities_and_bombs_are_refused() -> None:
    mean = book("")
    with pytest.raises(Invalid, match="columns"):
        reading.read(book('<row r="1"><c r="A1" t="str"><v>member</v></c></row>'), COLUMNS, 10)
    parts = {name: zipfile.ZipFile(io.BytesIO(mean)).read(name) for name in zipfile.ZipFile(io.BytesIO(mean)).namelist()}  # fmt: skip
    for name, content in (
        ("xl/worksheets/s.xml", b'<!DOCTYPE a [<!ENTITY b "c">]><worksheet/>'),
        ("xl/sharedStrings.xml", b"<sst>" + b" " * 30_000_000 + b"</sst>"),
    ):
        written = io.BytesIO()
        with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
            for one, data in {**parts, name: content}.items():
                archive.writestr(one, data)
        with pytest.raises(Invalid, match="damaged"):
            list(workbook.lines(written.getvalue()))
