"""XML parts, parsed so that nothing but the part itself is ever read.

A document type declaration is refused before the parser sees it: entities can
name files and addresses, or multiply themselves into a bomb.
"""

from __future__ import annotations

import codecs
import re
from urllib.parse import urlsplit

from lxml import etree

from workflow.errors import InputRefused
from workflow.letters.intake.report import Limits

SAFE_LINKS = frozenset({"http", "https", "mailto"})
DECLARATION = re.compile(rb"^\s*<\?xml\s[^>]*?\?>")
ENCODING = re.compile(rb"""encoding\s*=\s*["']([^"']*)["']""")
XINCLUDE = "{http://www.w3.org/2001/XInclude}include"


def looks_like_xml(data: bytes) -> bool:
    """Whether a part begins as XML, in any encoding that the standards allow."""
    head = data[:64]
    for mark, encoding in ((codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be")):
        if head.startswith(mark):
            return head[2:].decode(encoding, "replace").lstrip().startswith("<")
    return head.removeprefix(codecs.BOM_UTF8).lstrip().startswith(b"<")


def scheme_of(address: str) -> str | None:
    """The scheme of an address in lower case; "" for none, None when it cannot be read.

    Signs that some readers skip (blanks, control signs) are skipped here too, so
    that no reader sees a scheme that this one does not.
    """
    text = re.sub(r"[\x00-\x20\x7f\u200b\ufeff]", "", address)
    if text.startswith(("\\\\", "//", "\\")):
        return "file"
    try:
        return urlsplit(text).scheme.lower()
    except ValueError:
        return None


class XmlReader:
    """Parses the parts of one file and counts their elements over all of them."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._elements = 0
        self._attributes = 0

    def parse(self, place: str, data: bytes, *, lenient: bool = False) -> etree._Element:
        """The root of a part; `lenient` bears the unclosed tags of old drawing parts.

        Raises InputRefused naming the part (and the line, where there is one).
        """
        text = _as_utf8(place, data)
        if b"<!DOCTYPE" in text or b"<!ENTITY" in text:
            raise InputRefused(
                "dtd",
                "The part %(place)s declares a document type or entities, which can read other files. "
                "No word processor writes this; ask for a fresh copy.",
                place=place,
            )
        self._check_counts(place, text)
        # One parser per part: a parser keeps the errors of the last one.
        parser = etree.XMLParser(
            resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, recover=lenient
        )
        try:
            root = etree.fromstring(text, parser)
        except etree.XMLSyntaxError as fault:
            if "xcessive depth" in str(fault):
                raise too_deep(place) from fault
            raise _malformed(place, fault.lineno or 0) from fault
        if root is None:
            raise _malformed(place, 0)
        _refuse_inclusions(place, root)
        return root

    def _check_counts(self, place: str, text: bytes) -> None:
        """Count what will become elements and attributes before the parser makes them.

        A part of many empty elements takes thirty times its size in memory.
        """
        self._elements += text.count(b"<") - text.count(b"</")
        self._attributes += text.count(b"=")
        if self._elements > self._limits.elements or self._attributes > 3 * self._limits.elements:
            raise InputRefused(
                "too_many_elements",
                "The document has more than %(limit)s elements; the limit was passed in %(place)s. "
                "Divide it, or submit a PDF.",
                place=place,
                limit=self._limits.elements,
            )


def table_depth(table: etree._Element) -> int:
    """How many tables a table stands in, itself included."""
    return 1 + sum(1 for _ in table.iterancestors(table.tag))


def too_deep(place: str) -> InputRefused:
    """The refusal of a part whose elements or tables are nested too deeply."""
    return InputRefused(
        "nested_too_deeply",
        "The part %(place)s nests its tables or elements so deeply that programs hang on it. "
        "Take the inner tables out, or submit a PDF.",
        place=place,
    )


def _malformed(place: str, line: int) -> InputRefused:
    return InputRefused(
        "malformed",
        "The part %(place)s is not well-formed (line %(line)s). Open the document in the program that made "
        "it, "
        "save it again and submit it again.",
        place=place,
        line=line,
    )


def _as_utf8(place: str, data: bytes) -> bytes:
    """The part in UTF-8 without declaration: one encoding, so that one search finds everything."""
    try:
        if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            data = data.decode("utf-16").encode("utf-8")
        elif data.startswith((b"<\0", b"\0<")):
            data = data.decode("utf-16-le" if data.startswith(b"<\0") else "utf-16-be").encode("utf-8")
        else:
            data = data.removeprefix(codecs.BOM_UTF8)
            declaration = DECLARATION.match(data)
            named = ENCODING.search(declaration[0]) if declaration else None
            if named and named[1].lower() not in (b"utf-8", b"utf8", b"us-ascii", b"ascii"):
                raise UnicodeError(named[1].decode("ascii", "replace"))
            data.decode("utf-8")
    except UnicodeError as fault:
        raise InputRefused(
            "encoding",
            "The part %(place)s is written in an encoding other than UTF-8 or UTF-16. "
            "Save the document again in the program that made it.",
            place=place,
        ) from fault
    return DECLARATION.sub(b"", data, count=1).lstrip()


def _refuse_inclusions(place: str, root: etree._Element) -> None:
    nodes = [
        *root.itersiblings(preceding=True),
        *root.itersiblings(),
        *root.iter(etree.ProcessingInstruction),
    ]
    instructions = [node for node in nodes if isinstance(node, etree._ProcessingInstruction)]
    if any(node.target.lower() == "xml-stylesheet" for node in instructions):
        raise InputRefused(
            "external_stylesheet",
            "The part %(place)s asks for a style sheet from elsewhere. Save the document again as an "
            "ordinary document.",
            place=place,
        )
    if next(root.iter(XINCLUDE), None) is not None:
        raise InputRefused(
            "external_link",
            "The part %(place)s includes another file. Insert its content into the document and submit it "
            "again.",
            place=place,
        )
