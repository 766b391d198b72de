"""XLSX: the texts of the first sheet that is shown, and a sheet of texts written.

Read as any package of ours is, entry by entry under limits of bytes really read, without document
types.  Only values are read, never formulas; a cell that holds one is refused, since what it shows is
not what stands in the file.  Source: ECMA-376 part 1, 18.3 and 18.4.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from xml.sax.saxutils import escape, quoteattr

from lxml import etree

from workflow.errors import InputRefused, Invalid, Refusal
from workflow.letters.intake import archive, opc
from workflow.letters.intake.cleaning import zipped
from workflow.letters.intake.report import Limits
from workflow.tables.writing import words

LIMITS = Limits(
    file_bytes=10_000_000, parts=200, part_bytes=24_000_000, unpacked_bytes=48_000_000, elements=800_000
)
# Day 60 of Excel's calendar is one that never was, so later days count from here.
EPOCH = date(1899, 12, 30)
EPOCH_1904 = date(1904, 1, 1)
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_STRICT = "http://purl.oclc.org/ooxml/spreadsheetml/main"
_REFERENCE = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")
MOST_COLUMNS = 200
# Formats of numbers that show a date: those that are built in, and what one's own has in it.
_DATES = frozenset({*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)})
_DATE_SIGNS = re.compile(r"[ymdhs]", re.IGNORECASE)
_NOT_SIGNS = re.compile(r'"[^"]*"|\[[^\]]*\]|\\.')

_TYPES = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/>'
    '<Override PartName="/xl/workbook.xml" ContentType='
    '"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>'
    '<Override PartName="/xl/worksheets/sheet1.xml" ContentType='
    '"application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/></Types>'
)
_RELATIONS = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    '<Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/{kind}" '
    'Target="{target}"/></Relationships>'
)


def is_workbook(data: bytes) -> bool:
    """Whether the bytes are a ZIP file, as an XLSX is."""
    return data[:4] == b"PK\x03\x04"


def lines(data: bytes) -> Iterator[tuple[int, list[str]]]:
    """The lines of the first sheet that is shown, each with its number from 1; empty ones are left out.

    A date is given in ISO form.  Raises InputRefused for a file that is no sound workbook, Invalid for
    a cell with a formula, naming it.
    """
    try:
        package = opc.read(archive.unpack(data, LIMITS), LIMITS)
    except InputRefused as refusal:
        raise _unreadable() from refusal
    if package.kind != "xlsx":
        raise _unreadable()
    books = [root for name, root in package.roots.items() if etree.QName(root).localname == "workbook"]
    if len(books) != 1:
        raise _unreadable()
    shared, dates = _shared(package), _date_styles(package)
    first = EPOCH_1904 if any(one.get("date1904") in ("1", "true") for one in _all(books[0], "workbookPr")) else EPOCH  # fmt: skip
    sheet = _first_sheet(package, books[0])
    for count, row in enumerate(_all(sheet, "row"), 1):
        cells: list[str] = []
        number = row.get("r", "")
        for cell in _children(row, "c"):
            at = _column(cell.get("r", ""), len(cells))
            if at >= MOST_COLUMNS:
                continue
            cells += [""] * (at + 1 - len(cells))
            cells[at] = _text(cell, shared, dates, first)
        if any(cells):
            yield int(number) if number.isdigit() else count, cells


def _first_sheet(package: opc.Package, book: etree._Element) -> etree._Element:
    name = next((one for one, root in package.roots.items() if root is book), "")
    targets = {
        one.identifier: one.part for one in package.relations if one.source == name and not one.external
    }
    for sheet in _all(book, "sheet"):
        if sheet.get("state", "visible") != "visible":
            continue
        wanted = next((value for key, value in sheet.attrib.items() if str(key).endswith("}id")), "")
        root = package.roots.get(targets.get(str(wanted), ""))
        if root is not None and etree.QName(root).localname == "worksheet":
            return root
    raise _unreadable()


def _shared(package: opc.Package) -> list[str]:
    tables = [root for root in package.roots.values() if etree.QName(root).localname == "sst"]
    return ["".join(_written(item)) for table in tables[:1] for item in _children(table, "si")]


def _written(item: etree._Element) -> Iterator[str]:
    """The text of a string, without how it is read aloud (furigana)."""
    for text in _all(item, "t"):
        if not any(etree.QName(above).localname == "rPh" for above in text.iterancestors()):
            yield text.text or ""


def _date_styles(package: opc.Package) -> frozenset[int]:
    """The styles whose number is shown as a date."""
    found: set[int] = set()
    for root in package.roots.values():
        if etree.QName(root).localname != "styleSheet":
            continue
        own = {
            one.get("numFmtId"): one.get("formatCode", "")
            for one in _all(root, "numFmt")
            if _DATE_SIGNS.search(_NOT_SIGNS.sub("", one.get("formatCode", "")))
        }
        for formats in _all(root, "cellXfs"):
            for index, one in enumerate(_children(formats, "xf")):
                key = one.get("numFmtId", "0")
                if key in own or (key.isdigit() and int(key) in _DATES):
                    found.add(index)
    return frozenset(found)


def _text(cell: etree._Element, shared: Sequence[str], dates: frozenset[int], first: date) -> str:
    place = cell.get("r", "?")
    if next(_children(cell, "f"), None) is not None:
        raise Invalid(
            "cell-formula",
            "The cell %(cell)s holds a formula. Paste its value in its place, then try again.",
            cell=place,
        )
    kind = cell.get("t", "n")
    if kind == "inlineStr":
        return "".join(_written(cell))
    value = next((one.text or "" for one in _children(cell, "v")), "")
    if kind == "s":
        if not value.isdigit() or int(value) >= len(shared):
            raise _unreadable()
        return shared[int(value)]
    if kind == "n" and value and cell.get("s", "").isdigit() and int(cell.get("s", "0")) in dates:
        try:
            return (first + timedelta(days=int(float(value)))).isoformat()
        except (ValueError, OverflowError):
            return value
    # A whole number is written as one, whatever the program keeps it as.
    return value.removesuffix(".0") if kind == "n" else value


def _column(reference: str, following: int) -> int:
    """The column of a cell such as C7, from 0; a cell without a reference stands behind the last."""
    found = _REFERENCE.fullmatch(reference)
    if found is None:
        return following
    number = 0
    for sign in found[1]:
        number = number * 26 + ord(sign) - 64
    return number - 1


def _all(root: etree._Element, name: str) -> Iterator[etree._Element]:
    return root.iter(f"{{{_MAIN}}}{name}", f"{{{_STRICT}}}{name}")


def _children(root: etree._Element, name: str) -> Iterator[etree._Element]:
    return root.iterchildren(f"{{{_MAIN}}}{name}", f"{{{_STRICT}}}{name}")


def _unreadable() -> Refusal:
    return Invalid(
        "workbook-unreadable",
        "The file is damaged, protected, or no workbook in the form XLSX. Save it again as XLSX or “CSV UTF-8”.",
    )


def written(name: str, header: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    """A workbook of one sheet with texts only, so that nothing in it is ever a formula; same bytes for the same lines."""
    body = "".join(
        _row(number, [words(value) for value in row]) for number, row in enumerate([header, *rows], 1)
    )
    sheet = (
        f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?><worksheet xmlns="{_MAIN}"><sheetViews>'
        '<sheetView workbookViewId="0"><pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/>'
        f"</sheetView></sheetViews><sheetData>{body}</sheetData></worksheet>"
    )
    book = (
        f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?><workbook xmlns="{_MAIN}" xmlns:r='
        '"http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets>'
        f'<sheet name={quoteattr(name)} sheetId="1" r:id="r1"/></sheets></workbook>'
    )
    parts = {
        "[Content_Types].xml": _TYPES,
        "_rels/.rels": _RELATIONS.format(kind="officeDocument", target="xl/workbook.xml"),
        "xl/workbook.xml": book,
        "xl/_rels/workbook.xml.rels": _RELATIONS.format(kind="worksheet", target="worksheets/sheet1.xml"),
        "xl/worksheets/sheet1.xml": sheet,
    }
    return zipped({part: text.encode() for part, text in parts.items()})


def _row(number: int, cells: Sequence[str]) -> str:
    """One line; a sign that XML has no place for is left out."""
    made = "".join(
        f'<c r="{_letters(at)}{number}" t="inlineStr"><is><t xml:space="preserve">{escape(_plain(text))}</t></is></c>'
        for at, text in enumerate(cells)
        if text
    )
    return f'<row r="{number}">{made}</row>'


def _plain(text: str) -> str:
    return "".join(sign for sign in text if sign in "\t\n\r" or " " <= sign < "\ud800" or "\ue000" <= sign <= "\ufffd" or sign > "\uffff")  # fmt: skip


def _letters(at: int) -> str:
    found, left = "", at + 1
    while left:
        left, rest = divmod(left - 1, 26)
        found = chr(65 + rest) + found
    return found
