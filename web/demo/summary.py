"""The sample enclosure: the summary of a meeting, as DOCX or, for machines without LibreOffice, as PDF.

The text is a small Markdown file of our own: `#` is the title, the lines before the first `##` stand
below it, each `##` begins a part on a page of its own, `- ` begins an item, `| a | b |` is a row of
a table, everything else is a paragraph.  Both makers set a page per part, so that the count of pages
does not depend on a font; the same text gives the same bytes.
"""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby
from pathlib import Path
from typing import Any

import docx
import typst
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor

from workflow.config import ROOT
from workflow.letters.docx_base import pack

# The face that LibreOffice and its fonts on Debian bring along: nothing has to stand in for it.
FONT = "Liberation Serif"
SIZE = 12
LINE = 18
MARGIN = 25
# A file has to have a date; no clock gives it, so that the same text gives the same bytes.
MOMENT = datetime(2000, 1, 1, tzinfo=UTC)
FOLDER = ROOT / "templates" / "demo"
# The columns of a table in millimetres: a narrow one, and the rest of the line.
COLUMNS = (45, 115)


@dataclass(frozen=True)
class Block:
    """`kind` is title, line, heading, paragraph, item or row; a row has a cell per text, others one text."""

    kind: str
    texts: tuple[str, ...]


def read(path: Path) -> tuple[Block, ...]:
    """The blocks of a text file, in order."""
    blocks: list[Block] = []
    headed = False
    for raw in path.read_text(encoding="utf-8").splitlines():
        line = raw.strip()
        if not line:
            continue
        if line.startswith("# "):
            blocks.append(Block("title", (line[2:],)))
        elif line.startswith("## "):
            headed = True
            blocks.append(Block("heading", (line[3:],)))
        elif line.startswith("- "):
            blocks.append(Block("item", (line[2:],)))
        elif line.startswith("|"):
            blocks.append(Block("row", tuple(cell.strip() for cell in line.strip("|").split("|"))))
        else:
            blocks.append(Block("paragraph" if headed else "line", (line,)))
    return tuple(blocks)


def as_docx(blocks: tuple[Block, ...]) -> bytes:
    """The text as DOCX on A4; the same bytes for the same blocks."""
    document = docx.Document()
    _page(document)
    for kind, group in groupby(blocks, key=lambda block: block.kind):
        if kind == "row":
            _table(document, [block.texts for block in group])
        else:
            for block in group:
                _paragraph(document, block)
    # The first part stands under the title; each other one begins a page.
    for heading in [one for one in document.paragraphs if one.style and one.style.name == "Heading 1"][1:]:
        heading.paragraph_format.page_break_before = True
    written = io.BytesIO()
    document.save(written)
    with zipfile.ZipFile(written) as archive:
        return pack({name: archive.read(name) for name in archive.namelist()})


def as_pdf(blocks: tuple[Block, ...]) -> bytes:
    """The text as PDF, drawn by Typst; the same bytes for the same blocks."""
    return _drawn("summary.typ", [{"kind": block.kind, "texts": block.texts} for block in blocks])


def sheet(lines: Sequence[str]) -> bytes:
    """A sheet with a title and lines below it, as PDF: the stamped copy that proves a delivery by hand."""
    return _drawn("sheet.typ", lines)


def _page(document: Any) -> None:
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.left_margin = section.right_margin = section.top_margin = section.bottom_margin = Mm(MARGIN)
    normal = document.styles["Normal"]
    normal.font.name, normal.font.size = FONT, Pt(SIZE)
    normal.element.rPr.rFonts.set(qn("w:cs"), FONT)
    normal.paragraph_format.line_spacing = Pt(LINE)
    normal.paragraph_format.space_after = Pt(6)
    heading = document.styles["Heading 1"]
    heading.font.name, heading.font.size, heading.font.color.rgb = FONT, Pt(14), RGBColor(0, 0, 0)
    fonts = heading.element.rPr.rFonts
    for attribute in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
        fonts.attrib.pop(qn(f"w:{attribute}"), None)
    # The library's own base shows a picture of an empty page, which is none of this text.
    relations = document.part.package.rels
    for key in [key for key, one in relations.items() if one.reltype.endswith("/thumbnail")]:
        relations.pop(key)
    core = document.core_properties
    core.author = core.last_modified_by = core.comments = core.title = core.keywords = ""
    core.created = core.modified = MOMENT.replace(tzinfo=None)
    core.revision = 1


def _paragraph(document: Any, block: Block) -> None:
    style = {"heading": "Heading 1", "item": "List Bullet"}.get(block.kind, "Normal")
    paragraph = document.add_paragraph(style=style)
    run = paragraph.add_run(block.texts[0])
    if block.kind == "title":
        run.bold, run.font.size = True, Pt(17)
        paragraph.paragraph_format.line_spacing = Pt(24)
    elif block.kind == "heading":
        paragraph.paragraph_format.space_before, paragraph.paragraph_format.space_after = Pt(6), Pt(8)
    if block.kind in ("title", "line"):
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    elif block.kind != "heading":
        paragraph.alignment = WD_ALIGN_PARAGRAPH.JUSTIFY


def _table(document: Any, rows: list[tuple[str, ...]]) -> None:
    table = document.add_table(rows=0, cols=len(COLUMNS), style="Table Grid")
    table.autofit = False
    for column, width in zip(table.columns, COLUMNS, strict=True):
        column.width = Mm(width)
    for number, texts in enumerate(rows):
        for cell, text, width in zip(table.add_row().cells, texts, COLUMNS, strict=True):
            cell.width = Mm(width)
            cell.paragraphs[0].paragraph_format.space_after = Pt(0)
            cell.paragraphs[0].add_run(text).bold = number == 0
    document.add_paragraph().paragraph_format.space_after = Pt(0)


def _drawn(template: str, data: Any) -> bytes:
    found: Any = typst.Compiler(
        input=str(FOLDER / template), root=str(FOLDER), ignore_system_fonts=True
    ).compile(
        format="pdf",
        sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
        pdf_standards=["a-2b"],
        timestamp=MOMENT,
    )
    return bytes(found)
