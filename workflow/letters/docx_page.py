"""The page of a DOCX: its size and margins, the header of its pages, the mark across a draft."""

from __future__ import annotations

import re
from xml.sax.saxutils import escape, quoteattr

import docx
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls

from workflow.letters.blocks import Block, Letter
from workflow.letters.docx_base import twips
from workflow.letters.docx_text import run


def page(letter: Letter, document: docx.document.Document) -> None:
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
        element.append(parse_xml(header_line(letter, first)))


def shows_number(letter: Letter, first: bool) -> bool:
    """Whether the first page, or the others, carry the page number."""
    return letter.layout.page_numbers == "all" or (letter.layout.page_numbers == "continuation" and not first)


def header_line(letter: Letter, first: bool, *, counted: bool = False) -> str:
    """The paragraph of a header: running words and page number (unless `counted` elsewhere), the draft mark behind."""
    shown = shows_number(letter, first) and not counted
    line = Block("number", "", letter.language, letter.direction)
    said = ""
    if shown:
        running = "" if first else letter.running
        said = run(letter, line, running) + "<w:r><w:tab/></w:r>"
        for piece in re.split(r"(\{pages?\})", letter.page):
            field = {"{page}": "PAGE", "{pages}": "NUMPAGES"}.get(piece)
            said += f'<w:fldSimple w:instr="{field}"><w:r><w:t>1</w:t></w:r></w:fldSimple>' if field else ""
            said += run(letter, line, piece) if piece and not field else ""
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
