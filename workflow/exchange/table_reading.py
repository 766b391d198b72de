"""The table in DOCX as it comes back from Word or LibreOffice.

The file is checked like any upload before it is opened.  Whatever stands around the table, and
whatever the program made of runs and controls, is no matter; tracked changes are refused, since
nobody could say which of the two texts is meant.
"""

from __future__ import annotations

from collections.abc import Iterator

from lxml import etree

from workflow.errors import InputRefused, Invalid, Phrase
from workflow.exchange.model import GivenUnit, Returned
from workflow.exchange.pieces import Code, Pieces, cut, tidy
from workflow.exchange.table import MARK
from workflow.letters import enclosure
from workflow.letters.docx_base import W
from workflow.letters.intake.archive import unpack
from workflow.letters.intake.markup import XmlReader
from workflow.letters.intake.report import Limits

LIMITS = Limits(file_bytes=4_000_000, unpacked_bytes=40_000_000, part_bytes=20_000_000, elements=200_000)
_W = f"{{{W}}}"
COLUMNS = 3
DEEPEST = 100
CHANGES = frozenset(
    f"{_W}{name}" for name in ("ins", "del", "moveFrom", "moveTo", "cellIns", "cellDel", "cellMerge")
)
SILENT = frozenset(f"{_W}{name}" for name in ("delText", "instrText", "rPr", "pPr", "sdtPr", "sdtEndPr"))


def read(data: bytes, filename: str) -> Returned:
    """The rows of the table that was handed out; raises InputRefused for any other file."""
    inspection = enclosure.inspect(data, filename, LIMITS)
    if inspection.kind != "docx":
        raise _foreign(filename)
    part = unpack(data, LIMITS).get("word/document.xml")
    if part is None:
        raise _foreign(filename)
    root = XmlReader(LIMITS).parse("word/document.xml", part)
    for table in root.iter(f"{_W}tbl"):
        rows = [row for row in table.iter(f"{_W}tr") if next(row.iterancestors(f"{_W}tbl")) is table]
        heading = _words(_cells(rows[0])[0], DEEPEST).split() if rows and _cells(rows[0]) else []
        if heading[:1] == [MARK] and len(heading) >= 4:
            if any(element.tag in CHANGES for element in table.iter(*CHANGES)):
                raise InputRefused(
                    "exchange-tracked",
                    "The table in %(file)s has tracked changes, so it is open which text is meant. "
                    "Accept or reject them all (Review, Accept), save the file and bring it in again.",
                    file=filename,
                )
            return _returned(heading, rows[1:])
    raise _foreign(filename)


def _foreign(filename: str) -> InputRefused:
    return InputRefused(
        "exchange-not-ours",
        "%(file)s does not have the table that was handed out here, with its hidden marks. "
        "Hand the version out, translate in that file, and bring it back.",
        file=filename,
    )


def _returned(heading: list[str], rows: list[etree._Element]) -> Returned:
    faults: list[str] = []
    units = []
    for number, row in enumerate(rows, 1):
        cells = _cells(row)
        identity = _words(cells[0], DEEPEST).split()[:1] if cells else []
        if not identity and not any(_words(cell, DEEPEST).strip() for cell in cells):
            continue
        if len(cells) != COLUMNS or not identity or not identity[0][0].isalpha():
            faults.append(
                Phrase(
                    "Row %(row)s of the table lost its hidden mark or one of its cells.",
                    row=number,
                )
            )
            continue
        locked = not identity[0].startswith("p")
        source = _text(cells[1], locked, faults, number, only_first=True)
        target = _text(cells[2], locked, faults, number)
        units.append(GivenUnit(identity[0], source, target or None))
    return Returned(heading[1], heading[2], heading[3], tuple(units), tuple(faults))


def _cells(row: etree._Element) -> list[etree._Element]:
    return [cell for cell in row.iter(f"{_W}tc") if next(cell.iterancestors(f"{_W}tr")) is row]


def _text(
    cell: etree._Element, locked: bool, faults: list[str], number: int, *, only_first: bool = False
) -> Pieces:
    """What a cell says; of a source cell the first paragraph, since remarks for the translator follow it."""
    paragraphs = [_words(one, DEEPEST) for one in cell.iter(f"{_W}p")]
    words = (paragraphs[0] if paragraphs else "") if only_first else " ".join(paragraphs)
    said = " ".join(words.split("\n")).strip()
    if locked:
        return tidy((said,))
    try:
        # The codes of a translation have no ids of the source to go by: what is typed says which they are.
        return tidy(cut(said) if only_first else cut(said, ()))
    except Invalid:
        faults.append(
            Phrase(
                "Row %(row)s of the table has a brace that belongs to no value. Write {name} or {name.form}.",
                row=number,
            )
        )
        return tidy((Code("", said),))


def _words(element: etree._Element, depth: int) -> str:
    return "".join(_said(element, depth))


def _said(element: etree._Element, depth: int) -> Iterator[str]:
    if depth == 0:
        return
    for child in element:
        if child.tag == f"{_W}t":
            yield child.text or ""
        elif child.tag in (f"{_W}tab", f"{_W}br", f"{_W}cr"):
            yield " "
        elif child.tag == f"{_W}noBreakHyphen":
            yield "\N{NON-BREAKING HYPHEN}"
        elif child.tag == f"{_W}sym" or child.tag in SILENT or not isinstance(child.tag, str):
            continue
        else:
            yield from _said(child, depth - 1)
            if child.tag == f"{_W}p":
                yield " "
