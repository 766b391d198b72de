"""Figures of a DOCX: drawings become pictures, since not every word processor shows a drawing."""

from __future__ import annotations

import base64
import io
from functools import lru_cache

import docx
import typst
from docx.shared import Mm
from lxml import etree

from workflow.letters.figures import Figure
from workflow.letters.profile import ROOT

TEMPLATE = ROOT / "figure.typ"
DOTS_PER_INCH = 300


def inline(document: docx.document.Document, figure: Figure, ordinal: int) -> str:
    """The drawing element of a figure in the line, its picture put into the document; `ordinal` counts from 1."""
    element = document.part.new_pic_inline(io.BytesIO(_picture(figure)), Mm(figure.width), Mm(figure.height))
    for side in "TBLR":
        # Where nothing is said, a word processor keeps room around the picture and cuts it to its frame.
        element.set(f"dist{side}", "0")
    element.docPr.set("id", str(ordinal))
    element.docPr.set("name", figure.role.title())
    element.docPr.set("descr", figure.alt)
    return f"<w:r><w:drawing>{etree.tostring(element, encoding='unicode')}</w:drawing></w:r>"


@lru_cache(maxsize=64)
def _picture(figure: Figure) -> bytes:
    """The figure as PNG."""
    if figure.media == "png":
        return base64.b64decode(figure.data)
    return typst.compile(
        str(TEMPLATE),
        root=str(ROOT),
        format="png",
        ppi=DOTS_PER_INCH,
        sys_inputs={"figure": figure.data, "width": str(figure.width)},
        ignore_system_fonts=True,
    )
