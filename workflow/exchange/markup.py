"""What the readers and writers of XLIFF share: text with codes in it, built and walked."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from lxml import etree

from workflow.errors import Invalid, Phrase
from workflow.exchange.model import Handover, Unit
from workflow.exchange.pieces import Code, Pieces

INSTRUCTION = Phrase(
    "Translate the open units. A code stands for a value that all languages share: place each code once. "
    "To bend it, type one of the forms that the unit’s note lists in place of the code. Locked units are "
    "formulas and stay as they are."
)
# Blanks within these are text.
TEXTUAL = frozenset({"source", "target", "data", "note"})
XML_SPACE = "{http://www.w3.org/XML/1998/namespace}space"


def local(element: etree._Element) -> str:
    """The name of an element without its namespace; empty for comments and instructions."""
    return etree.QName(element).localname if isinstance(element.tag, str) else ""


def first(element: etree._Element, name: str) -> etree._Element | None:
    """The first child of this name in the element's own namespace."""
    return element.find(f"{{{etree.QName(element).namespace}}}{name}")


def walk(
    element: etree._Element, inline: Callable[[etree._Element], Iterator[str | Code]]
) -> Iterator[str | Code]:
    """The words of an element, and what `inline` makes of each element in it; comments say nothing."""
    if element.text:
        yield element.text
    for child in element:
        if isinstance(child.tag, str):
            yield from inline(child)
        if child.tail:
            yield child.tail


def put(element: etree._Element, pieces: Pieces, code: Callable[[Code], etree._Element]) -> None:
    """Writes words and codes into an element; raises ValueError for a sign that XML cannot hold."""
    last: etree._Element | None = None
    for piece in pieces:
        if isinstance(piece, Code):
            last = code(piece)
            element.append(last)
        elif last is None:
            element.text = (element.text or "") + piece
        else:
            last.tail = (last.tail or "") + piece


def written(handover: Handover, build: Callable[[], etree._Element]) -> bytes:
    """The document that `build` makes, in UTF-8; raises Invalid where a text has a sign that XML cannot hold."""
    try:
        root = build()
    except ValueError as fault:
        raise Invalid(
            "exchange-sign",
            "A text of %(note)s has a sign in it that no file can hold. Find it and take it out.",
            note=handover.reference,
        ) from fault
    _indent(root, 0)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8")


def reading(unit: Unit, side: str, code: Code) -> str:
    """What a code comes out as in a language; the slot as typed where that is not known."""
    return unit.reads.get((side, code.token or ""), code.token or "")


def _indent(element: etree._Element, depth: int) -> None:
    """Puts each element that holds others on lines of their own, and leaves every text as it is."""
    if not len(element) or local(element) in TEXTUAL:
        return
    element.text = "\n" + " " * (depth + 1)
    for child in element:
        _indent(child, depth + 1)
        child.tail = "\n" + " " * (depth + 1)
    element[-1].tail = "\n" + " " * depth
