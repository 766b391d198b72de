"""The DOCX of a letter: python-docx on a slim base of our own, with the geometry of the PDF.

Real styles, the language on each run, frames for what stands beside or below
the body, no author and no thumbnail; the same letter gives the same bytes.
"""

from __future__ import annotations

import io
import re
from datetime import UTC, datetime, time
from xml.sax.saxutils import escape, quoteattr

import docx
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls

from workflow.letters.blocks import Block, Letter
from workflow.letters.docx_base import base, pitch, points, style_id, twips, without_times
from workflow.letters.note_pdf import DRAFT_MOMENT

VERSION = "1"
# Room between the letterhead and what follows, as in the PDF (points).
BELOW_HEAD = 14
# Words in Latin letters inside right-to-left text stand in runs of their own.
_LATIN = re.compile(r"([A-Za-zÀ-ɏ][A-Za-zÀ-ɏ0-9@./:_’'\-]*(?: +[A-Za-zÀ-ɏ][A-Za-zÀ-ɏ0-9@./:_’'\-]*)*)")
# Characters that XML cannot hold; a letter has no use for them.
_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_EAST_ASIAN = ("zh", "ja", "ko")


def render(letter: Letter) -> bytes:
    """The letter as DOCX."""
    document = docx.Document(io.BytesIO(base(letter)))
    body = document.element.body
    section = body.sectPr
    for element in _content(letter):
        section.addprevious(element)
    _page(letter, document)
    _properties(letter, document)
    saved = io.BytesIO()
    document.save(saved)
    return without_times(saved.getvalue())


def _content(letter: Letter) -> list[object]:
    """The elements of the body: the letterhead, then the frames of the first page, then the flow.

    A frame belongs to the paragraph after it, so the foot of the first page
    comes before the first paragraph and the foot zone before the last.
    """
    parts: list[str] = []
    head = letter.in_zone("head")
    if head:
        parts.append(_letterhead(letter, head))
    first_page = [_paragraph(letter, block, _foot_frame(letter)) for block in letter.in_zone("page_foot")]
    parts += first_page
    above = BELOW_HEAD if head else points(letter.layout.bare_top * 72 / 25.4) / 20
    flow: list[str] = []
    waiting: list[str] = []
    for block in letter.blocks:
        if block.zone == "margin":
            waiting.append(_paragraph(letter, block, _margin_frame(letter), above=above if not flow else 0))
        elif block.zone == "flow":
            flow.append("".join(waiting) + _paragraph(letter, block, above=above if not flow else 0))
            waiting = []
    last = "".join(
        _paragraph(letter, block, _last_frame(letter, block)) for block in letter.in_zone("last_foot")
    )
    flow = flow or [_empty()]
    parts += [*flow[:-1], last + flow[-1], *waiting]
    wrapped = parse_xml(f"<w:body {nsdecls('w')}>{''.join(parts)}</w:body>")
    return list(wrapped)


def _empty() -> str:
    return "<w:p/>"


def _paragraph(letter: Letter, block: Block, frame: str = "", above: float = 0) -> str:
    layout = letter.layout
    style = layout.style(block.role)
    direct = f'<w:pStyle w:val="{style_id(block.role)}"/>{frame}'
    labelled = bool(block.label)
    if labelled:
        stop = block.level * 10 + 8 if block.level else 10
        direct += f'<w:tabs><w:tab w:val="left" w:pos="{twips(stop)}"/></w:tabs>'
    if block.direction == "rtl":
        direct += "<w:bidi/>"
    before = style.before + above + block.space * 72 / 25.4
    if before != style.before and not (frame and not above):
        direct += f'<w:spacing w:before="{points(before)}"/>'
    if block.level:
        direct += f'<w:ind w:left="{twips(block.level * 10 + 8)}" w:hanging="{twips(8)}"/>'
    elif labelled:
        direct += '<w:ind w:firstLine="0"/>'
    elif frame and style.wide:
        # A frame stands where it is put; only in the flow does a wide part reach into the margin.
        direct += '<w:ind w:left="0"/>'
    if block.role == "number" and not letter.of_role("subject"):
        direct += '<w:outlineLvl w:val="0"/>'
    label = _run(letter, block, block.label) + "<w:r><w:tab/></w:r>" if labelled else ""
    return f"<w:p><w:pPr>{direct}</w:pPr>{label}{_runs(letter, block, block.text)}</w:p>"


def _runs(letter: Letter, block: Block, text: str) -> str:
    if block.direction != "rtl":
        return _run(letter, block, text)
    pieces = _LATIN.split(text)
    return "".join(_run(letter, block, piece, latin=at % 2 == 1) for at, piece in enumerate(pieces) if piece)


def _run(letter: Letter, block: Block, text: str, latin: bool = False) -> str:
    tag = quoteattr(letter.tags.get(block.language, block.language))
    properties = ""
    if block.direction == "rtl" and not latin:
        properties = f"<w:rtl/><w:lang w:bidi={tag}/>"
    elif latin:
        properties = '<w:lang w:val="en-GB"/>'
    elif block.language in _EAST_ASIAN:
        properties = f'<w:rFonts w:hint="eastAsia"/><w:lang w:val={tag} w:eastAsia={tag}/>'
    else:
        properties = f"<w:lang w:val={tag}/>"
    lines = _CONTROLS.sub("", text).replace("\r", "").split("\n")
    said = "<w:br/>".join(f'<w:t xml:space="preserve">{escape(line)}</w:t>' for line in lines)
    return f"<w:r><w:rPr>{properties}</w:rPr>{said}</w:r>"


def _frame(letter: Letter, width: float, from_start: float, more: str) -> str:
    """A frame `width` mm wide, its start edge `from_start` mm from the paper's start edge."""
    left = letter.layout.width - from_start - width if letter.direction == "rtl" else from_start
    return f'<w:framePr w:w="{twips(width)}" w:hAnchor="page" w:x="{twips(left)}" {more}/>'


def _margin_frame(letter: Letter) -> str:
    layout = letter.layout
    return _frame(letter, layout.note_width, layout.head_start, 'w:wrap="around" w:vAnchor="text" w:y="1"')


def _foot_frame(letter: Letter) -> str:
    layout = letter.layout
    width = layout.width - layout.head_start - layout.end
    more = 'w:vSpace="240" w:wrap="notBeside" w:vAnchor="margin" w:yAlign="bottom"'
    return _frame(letter, width, layout.head_start, more)


def _last_frame(letter: Letter, block: Block) -> str:
    layout = letter.layout
    height = pitch(layout, layout.style(block.role)) * 25.4 / 72
    down = twips(layout.height - layout.foot - height)
    more = f'w:wrap="around" w:vAnchor="page" w:y="{down}"'
    return _frame(letter, layout.width - layout.start - layout.end, layout.start, more)


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
    runs = _runs(letter, block, block.detail)
    return f'<w:p><w:pPr><w:pStyle w:val="LetterDetails"/>{bidi}</w:pPr>{runs}</w:p>'


def _page(letter: Letter, document: docx.document.Document) -> None:
    """Size, margins, and the header of the continuation pages."""
    layout = letter.layout
    mirrored = letter.direction == "rtl"
    left, right = (layout.end, layout.start) if mirrored else (layout.start, layout.end)
    section = document.sections[0]
    sect = section._sectPr
    for name, values in (
        ("pgSz", {"w": twips(layout.width), "h": twips(layout.height)}),
        (
            "pgMar",
            {
                "top": twips(layout.top),
                "bottom": twips(layout.bottom),
                "left": twips(left),
                "right": twips(right),
                "header": twips(layout.top * 0.55),
                "footer": twips(layout.foot),
                "gutter": 0,
            },
        ),
    ):
        attributes = " ".join(f'w:{key}="{value}"' for key, value in values.items())
        sect.insert(0 if name == "pgSz" else 1, parse_xml(f"<w:{name} {nsdecls('w')} {attributes}/>"))
    if layout.page_numbers == "none" and not letter.draft_mark:
        return
    section.different_first_page_header_footer = True
    headers = [(section.header, False)]
    # Without a header of its own the first page has none.
    if letter.draft_mark or layout.page_numbers == "all":
        headers.append((section.first_page_header, True))
    for header, first in headers:
        header.is_linked_to_previous = False
        element = header._element
        for child in list(element):
            element.remove(child)
        element.append(parse_xml(_header(letter, first)))


def _header(letter: Letter, first: bool) -> str:
    shown = letter.layout.page_numbers == "all" or (
        letter.layout.page_numbers == "continuation" and not first
    )
    line = Block("number", "", letter.language, letter.direction)
    said = ""
    if shown:
        running = "" if first else letter.running
        said = _run(letter, line, running) + "<w:r><w:tab/></w:r>"
        for piece in re.split(r"(\{pages?\})", letter.page):
            field = {"{page}": "PAGE", "{pages}": "NUMPAGES"}.get(piece)
            said += f'<w:fldSimple w:instr="{field}"><w:r><w:t>1</w:t></w:r></w:fldSimple>' if field else ""
            said += _run(letter, line, piece) if piece and not field else ""
    bidi = "<w:bidi/>" if letter.direction == "rtl" else ""
    mark = _watermark(letter) if letter.draft_mark else ""
    return (
        f'<w:p {nsdecls("w")} xmlns:v="urn:schemas-microsoft-com:vml" '
        'xmlns:o="urn:schemas-microsoft-com:office:office">'
        f'<w:pPr><w:pStyle w:val="Header"/>{bidi}</w:pPr>{mark}{said}</w:p>'
    )


def _watermark(letter: Letter) -> str:
    """The draft mark across the page, as word processors draw a watermark."""
    style = (
        "position:absolute;margin-left:0;margin-top:0;width:430pt;height:120pt;rotation:308;z-index:-251658752;"
        "mso-position-horizontal:center;mso-position-horizontal-relative:margin;"
        "mso-position-vertical:center;mso-position-vertical-relative:margin"
    )
    text = quoteattr(letter.draft_mark)
    font = escape(letter.layout.docx_font)
    return (
        '<w:r><w:pict><v:shapetype id="t136" coordsize="21600,21600" o:spt="136" adj="10800" '
        'path="m@7,l@8,m@5,21600l@6,21600e"><v:path textpathok="t" o:connecttype="rect"/>'
        '<v:textpath on="t" fitshape="t"/></v:shapetype>'
        f'<v:shape id="DraftMark" o:spid="_x0000_s2049" type="#t136" style="{style}" '
        f'o:allowincell="f" alt={text} '
        'fillcolor="#d9d9d9" stroked="f">'
        f'<v:textpath style="font-family:&quot;{font}&quot;;font-size:1pt" string={text}/>'
        "</v:shape></w:pict></w:r>"
    )


def _properties(letter: Letter, document: docx.document.Document) -> None:
    core = document.core_properties
    core.title = _CONTROLS.sub("", letter.title)[:255]
    core.language = letter.tags[letter.language]
    if letter.subject:
        core.subject = _CONTROLS.sub("", letter.subject)[:255]
    moment = datetime.combine(letter.day, time(), UTC) if letter.day else DRAFT_MOMENT
    core.created = moment
    core.modified = moment
