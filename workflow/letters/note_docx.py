"""The DOCX of a letter: python-docx on a slim base of our own, with the geometry of the PDF.

Real styles, the language on each run, frames for what stands beside or below
the body, no author and no thumbnail; the same letter gives the same bytes.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from datetime import UTC, datetime, time

import docx
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls

from workflow.letters import docx_letterhead
from workflow.letters.blocks import DRAFT_MOMENT, Block, Letter
from workflow.letters.docx_base import JUSTIFICATIONS, base, points, style_id, twips, without_times
from workflow.letters.docx_figures import inline
from workflow.letters.docx_page import page
from workflow.letters.docx_text import CONTROLS, run, runs
from workflow.letters.figures import Figure

VERSION = "1"
# Room between the letterhead and what follows, as in the PDF (points).
BELOW_HEAD = 14
# A block with more lines than this may go on on the next page, as in the PDF.
MOST_KEPT_LINES = 8


def render(letter: Letter) -> bytes:
    """The letter as DOCX."""
    stationery = docx_letterhead.stationery_of(letter) if letter.stationery else None
    document = docx.Document(io.BytesIO(docx_letterhead.base(letter) if stationery else base(letter)))
    body = document.element.body
    after = list(body)[stationery.before if stationery else 0]
    for element in _content(letter, document):
        after.addprevious(element)
    (docx_letterhead.page if stationery else page)(letter, document)
    _properties(letter, document)
    saved = io.BytesIO()
    document.save(saved)
    return without_times(saved.getvalue())


def _content(letter: Letter, document: docx.document.Document) -> list[object]:
    """The elements of the body: the letterhead, then the frames of the first page, then the flow.

    A frame belongs to the paragraph after it, so the foot of the first page
    comes before the first paragraph and the foot zone before the last.
    """
    parts: list[str] = []
    # A letterhead of Word's own brings names and emblem with it.
    head = () if letter.stationery else letter.in_zone("head")
    if head:
        if emblem := letter.figure("emblem"):
            parts.append(_emblem(letter, head, inline(document, emblem, 1)))
        parts.append(_letterhead(letter, head))
    first_page = [_framed(letter, block, _foot_frame(letter)) for block in letter.in_zone("page_foot")]
    parts += first_page
    above = BELOW_HEAD if head else points(letter.layout.bare_top * 72 / 25.4) / 20
    if letter.stationery:
        above = 0
    flow: list[str] = []
    waiting: list[str] = []
    for block in letter.blocks:
        if block.zone == "margin":
            waiting.append(_framed(letter, block, _margin_frame(letter), above if not flow else 0))
        elif block.zone == "flow":
            flow.append("".join(waiting) + _paragraph(letter, block, above=above if not flow else 0))
            waiting = []
    last = "".join(
        _framed(letter, block, _last_frame(letter, block)) for block in letter.in_zone("last_foot")
    )
    if code := letter.figure("verification"):
        last += _code(letter, code, inline(document, code, 2))
    flow = flow or [_empty()]
    parts += [*flow[:-1], last + flow[-1], *waiting]
    wrapped = parse_xml(f"<w:body {nsdecls('w')}>{''.join(parts)}</w:body>")
    return list(wrapped)


def _empty() -> str:
    return "<w:p/>"


def _paragraph(
    letter: Letter, block: Block, frame: str = "", above: float = 0, inset: tuple[float, float] = (0, 0)
) -> str:
    """A block as a paragraph; in a frame, `inset` (mm) is the room kept free at its start and its end."""
    layout = letter.layout
    style = layout.style(block.role)
    direct = f'<w:pStyle w:val="{style_id(block.role)}"/>'
    if block.zone == "flow" and block.text.count("\n") >= MOST_KEPT_LINES:
        direct += '<w:keepLines w:val="0"/>'
    direct += frame
    labelled = bool(block.label)
    if labelled:
        stop = block.level * 10 + 8 if block.level else 10
        direct += f'<w:tabs><w:tab w:val="left" w:pos="{twips(stop)}"/></w:tabs>'
    if block.direction == "rtl":
        direct += "<w:bidi/>"
    before = style.before + above + block.space * 72 / 25.4
    if frame:
        # What stands in a frame keeps no distance of its own; the frame has its place.
        direct += f'<w:spacing w:before="{points(above)}" w:after="0"/>'
    elif before != style.before:
        direct += f'<w:spacing w:before="{points(before)}"/>'
    if block.level:
        direct += f'<w:ind w:left="{twips(block.level * 10 + 8)}" w:hanging="{twips(8)}"/>'
    elif labelled:
        direct += '<w:ind w:firstLine="0"/>'
    elif any(inset):
        direct += f'<w:ind w:left="{twips(inset[0])}" w:right="{twips(inset[1])}"/>'
    elif frame and style.wide:
        # A frame stands where it is put; only in the flow does a wide part reach into the margin.
        direct += '<w:ind w:left="0"/>'
    if block.role == "number" and not letter.of_role("subject"):
        direct += '<w:outlineLvl w:val="0"/>'
    label = run(letter, block, block.label) + "<w:r><w:tab/></w:r>" if labelled else ""
    return f"<w:p><w:pPr>{direct}</w:pPr>{label}{runs(letter, block, block.text)}</w:p>"


@dataclass(frozen=True)
class Frame:
    """A frame from `start` to `end`, both measured in mm from the paper's start edge, and its other settings."""

    start: float
    end: float
    more: str


def _framed(letter: Letter, block: Block, frame: Frame, above: float = 0) -> str:
    """A block in a frame."""
    place, inset = _placed(letter, frame)
    return _paragraph(letter, block, place, above, inset)


def _placed(letter: Letter, frame: Frame) -> tuple[str, tuple[float, float]]:
    """The frame's settings, and the room (mm) that its paragraph keeps free at its start and its end.

    Word processors disagree on whether `w:x` of a frame in right-to-left text
    counts from the left or is mirrored.  There the frame reaches to the edge of
    the paper instead, and its paragraph keeps free what lies outside: from the
    right edge what stands at the start, from the left edge what stands at the
    end, anything else over the whole width.
    """
    width = letter.layout.width
    if letter.direction == "ltr":
        place = f'w:w="{twips(frame.end - frame.start)}" w:hAnchor="page" w:x="{twips(frame.start)}"'
        return f"<w:framePr {place} {frame.more}/>", (0, 0)
    first, last, align = 0.0, width, "center"
    if frame.end < width / 2:
        last, align = frame.end, "right"
    elif frame.start >= width / 2:
        first, align = frame.start, "left"
    place = f'w:w="{twips(last - first)}" w:hAnchor="page" w:xAlign="{align}"'
    return f"<w:framePr {place} {frame.more}/>", (frame.start - first, last - frame.end)


def _margin_frame(letter: Letter) -> Frame:
    layout = letter.layout
    end = layout.head_start + layout.note_width
    return Frame(layout.head_start, end, 'w:wrap="around" w:vAnchor="text" w:y="1"')


def _foot_frame(letter: Letter) -> Frame:
    layout = letter.layout
    more = 'w:vSpace="240" w:wrap="notBeside" w:vAnchor="margin" w:yAlign="bottom"'
    return Frame(layout.head_start, layout.width - layout.end, more)


def _last_frame(letter: Letter, block: Block) -> Frame:
    layout = letter.layout
    height = layout.pitch(layout.style(block.role)) * 25.4 / 72
    down = twips(layout.height - layout.foot - height)
    more = f'w:wrap="around" w:vAnchor="page" w:y="{down}"'
    # Beside a QR code there is the half of the page that it does not stand in.
    start = layout.width / 2 if letter.figure("verification") else layout.start
    return Frame(start, layout.width - layout.end, more)


def _emblem(letter: Letter, head: tuple[Block, ...], drawing: str) -> str:
    """The emblem in a line of its own, which is as high as it needs to be."""
    style = letter.layout.style("letterhead")
    align = "center" if len(head) > 1 else JUSTIFICATIONS[style.align]
    indent = twips(letter.layout.head_start - letter.layout.start)
    bidi = "<w:bidi/>" if letter.direction == "rtl" else ""
    direct = f'<w:pStyle w:val="{style_id("letterhead")}"/><w:keepNext/>{bidi}<w:spacing w:after="120" '
    direct += f'w:line="240" w:lineRule="auto"/><w:ind w:left="{indent}"/><w:jc w:val="{align}"/>'
    return f"<w:p><w:pPr>{direct}</w:pPr>{drawing}</w:p>"


def _code(letter: Letter, figure: Figure, drawing: str) -> str:
    """The QR code in the middle of the bottom margin, at the start of the body."""
    layout = letter.layout
    down = twips(layout.height - (layout.bottom + figure.height) / 2)
    frame = Frame(layout.start, layout.start + figure.width, f'w:wrap="around" w:vAnchor="page" w:y="{down}"')
    place, inset = _placed(letter, frame)
    bidi = "<w:bidi/>" if letter.direction == "rtl" else ""
    indent = f'<w:ind w:left="{twips(inset[0])}" w:right="{twips(inset[1])}"/>'
    direct = f'<w:pStyle w:val="{style_id("acknowledgement")}"/>{place}{bidi}'
    direct += f'<w:spacing w:line="240" w:lineRule="auto"/>{indent}<w:jc w:val="left"/>'
    return f"<w:p><w:pPr>{direct}</w:pPr>{drawing}</w:p>"


def _letterhead(letter: Letter, head: tuple[Block, ...]) -> str:
    layout = letter.layout
    width = twips(layout.width - layout.head_start - layout.end)
    column = width // len(head)
    # Word processors disagree on the indent of a right-to-left table: the row is written in reverse instead.
    mirrored = letter.direction == "rtl"
    indent = 0 if mirrored else twips(layout.head_start - layout.start)
    rule = '<w:tblBorders><w:bottom w:val="single" w:sz="6" w:space="0" w:color="auto"/></w:tblBorders>'
    grid = f'<w:gridCol w:w="{column}"/>'
    cells = "".join(
        f'<w:tc><w:tcPr><w:tcW w:w="{column}" w:type="dxa"/></w:tcPr>{_paragraph(letter, block)}'
        + (_details(letter, block) if block.detail else "")
        + "</w:tc>"
        for block in (reversed(head) if mirrored else head)
    )
    return (
        "<w:tbl><w:tblPr>"
        f'<w:tblW w:w="{width}" w:type="dxa"/>'
        f'<w:tblInd w:w="{indent}" w:type="dxa"/>{rule if layout.rule else ""}'
        '<w:tblLayout w:type="fixed"/><w:tblCellMar><w:left w:w="0" w:type="dxa"/>'
        '<w:bottom w:w="140" w:type="dxa"/><w:right w:w="0" w:type="dxa"/></w:tblCellMar>'
        "</w:tblPr>"
        f"<w:tblGrid>{grid * len(head)}</w:tblGrid><w:tr>{cells}</w:tr></w:tbl>"
    )


def _details(letter: Letter, block: Block) -> str:
    bidi = "<w:bidi/>" if block.direction == "rtl" else ""
    said = runs(letter, block, block.detail)
    return f'<w:p><w:pPr><w:pStyle w:val="LetterDetails"/>{bidi}</w:pPr>{said}</w:p>'


def _properties(letter: Letter, document: docx.document.Document) -> None:
    core = document.core_properties
    core.title = CONTROLS.sub("", letter.title)[:255]
    core.language = letter.tags[letter.language]
    if letter.subject:
        core.subject = CONTROLS.sub("", letter.subject)[:255]
    moment = datetime.combine(letter.day, time(), UTC) if letter.day else DRAFT_MOMENT
    core.created = moment
    core.modified = moment
