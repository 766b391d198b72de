"""The logical structure of a PDF: its tags, what they hold, and whether anything is left outside them.

The part of PDF/UA-1 (ISO 14289-1) and of PDF/A's level A (ISO 19005-2, 6.7) that objects can tell.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pikepdf
from pikepdf import Array, Dictionary

_EMPTY: Any = Dictionary()
_SHOWN = {"Tj", "TJ", "'", '"', "f", "F", "f*", "S", "s", "B", "B*", "b", "b*", "Do", "sh", "INLINE IMAGE"}

# The standard structure types of ISO 32000-1, 14.8.4, by which every tag has to be understood.
_TYPES = frozenset(
    f"/{word}"
    for word in re.findall(
        r"\w+",
        "Document Part Art Sect Div BlockQuote Caption TOC TOCI Index NonStruct Private P H H1 H2 H3 H4 "
        "H5 H6 L LI Lbl LBody Table TR TH TD THead TBody TFoot Span Quote Note Reference BibEntry Code "
        "Link Annot Ruby RB RT RP Warichu WT WP Figure Formula Form ",
    )
)


def is_tagged(document: pikepdf.Pdf, note: Any) -> bool:
    """Whether an annotation's number leads to an element that leads back to it; a widget's is a Form."""
    element: Any = parents(document).get(int(note.get("/StructParent", -1)))
    if not isinstance(element, Dictionary):
        return False
    kids: Any = element.get("/K")
    objects: list[Any] = [
        one.get("/Obj") for one in (kids if isinstance(kids, Array) else [kids]) if _is_reference(one)
    ]
    back = any(one is not None and one.objgen == note.objgen for one in objects)
    return back and (note.get("/Subtype") != "/Widget" or element.get("/S") == "/Form")


def _is_reference(kid: Any) -> bool:
    return isinstance(kid, Dictionary) and kid.get("/Type") == "/OBJR"


def parents(document: pikepdf.Pdf) -> dict[int, Any]:
    """The parent tree: the number of a page's content or of an annotation → its element or elements."""
    found: dict[int, Any] = {}
    root: Any = document.Root
    waiting: list[Any] = [root.get("/StructTreeRoot", _EMPTY).get("/ParentTree")]
    while waiting:
        node = waiting.pop()
        if node is None:
            continue
        pairs = list(node.get("/Nums", []))
        found.update(zip((int(one) for one in pairs[::2]), pairs[1::2], strict=False))
        waiting += list(node.get("/Kids", []))
    return found


def tags(document: pikepdf.Pdf) -> Iterator[str]:
    root: Any = document.Root
    if not root.get("/MarkInfo", _EMPTY).get("/Marked", False) or "/StructTreeRoot" not in root:
        yield "The document is not tagged (19005-2, 6.7.2)."
        return
    roles: Any = root.StructTreeRoot.get("/RoleMap", _EMPTY)
    level = 0
    for element in _elements(root.StructTreeRoot):
        kind, steps = str(element.get("/S", "")), 0
        while kind not in _TYPES and kind in roles and steps < 20:
            kind, steps = str(roles[kind]), steps + 1
        if kind not in _TYPES:
            yield f"The tag {element.get('/S')} stands for no standard one (19005-2, 6.7.3.4)."
        if (
            kind in ("/Figure", "/Formula")
            and not str(element.get("/Alt", element.get("/ActualText", ""))).strip()
        ):
            yield "A figure has no words for those who do not see it (14289-1, 7.3)."
        if re.fullmatch(r"/H[1-6]", kind):
            if int(kind[2]) > level + 1:
                yield f"A heading of level {kind[2]} follows one of level {level} (14289-1, 7.4.2)."
            level = int(kind[2])


def _elements(node: Any) -> Iterator[Any]:
    kids = node.get("/K", [])
    for kid in kids if isinstance(kids, Array) else [kids]:
        if isinstance(kid, Dictionary) and "/S" in kid:
            yield kid
            yield from _elements(kid)


def content(document: pikepdf.Pdf) -> Iterator[str]:
    numbered = parents(document)
    for number, page in enumerate(document.pages, 1):
        known = numbered.get(int(page.get("/StructParents", -1)))
        count = len(known) if isinstance(known, Array) else 0
        inside: list[bool] = []
        bare = strayed = False
        for instruction in pikepdf.parse_content_stream(page):
            operands: Any = instruction.operands
            word = str(instruction.operator)
            if word in ("BDC", "BMC"):
                marked: Any = _EMPTY
                if word == "BDC" and isinstance(operands[1], Dictionary):
                    marked = operands[1]
                if "/MCID" in marked:
                    strayed = strayed or int(marked["/MCID"]) >= count
                inside.append("/MCID" in marked or str(operands[0]) == "/Artifact")
            elif word == "EMC":
                inside[-1:] = []
            elif word in _SHOWN and not any(inside):
                bare = True
        if bare:
            yield f"Page {number} shows something that is neither tagged nor an artifact (14289-1, 7.1)."
        if strayed:
            yield f"Page {number} has marked content that no tag holds (19005-2, 6.7.3)."
