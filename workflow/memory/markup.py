"""Exchange files as XML, read so that nothing but the file itself is ever read.

Many honest TMX and TBX files name the standard's DTD in a bare DOCTYPE, so that alone is let pass;
it is never fetched.  A DOCTYPE with declarations of its own is refused before the parser sees it.
"""

from __future__ import annotations

import codecs
import io
import re
from collections.abc import Iterator

from lxml import etree

from workflow.errors import InputRefused

MOST_BYTES = 400_000_000
MOST_UNITS = 500_000
XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_ROOT = re.compile(r"<(?![?!])")
_OWN = re.compile(r"<!(?:DOCTYPE[^>\[]*\[|ENTITY|ELEMENT|ATTLIST|NOTATION)", re.IGNORECASE)
_BAD_SIGNS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


def name_of(element: etree._Element) -> str:
    """The local name of an element; "" for a comment or an instruction."""
    return etree.QName(element).localname if isinstance(element.tag, str) else ""


def language_of(element: etree._Element) -> str:
    """The language that an element declares (xml:lang, or the older lang); "" where there is none."""
    return str(element.get(XML_LANG) or element.get("lang") or "").strip()


def text_of(element: etree._Element) -> str:
    """All text in an element, that of its parts too."""
    return str(element.xpath("string()"))


def plain(text: str) -> str:
    """A text with the signs that XML cannot hold as replacement characters."""
    return _BAD_SIGNS.sub("\ufffd", text)


def units(data: bytes, name: str, roots: frozenset[str], wanted: frozenset[str]) -> Iterator[etree._Element]:
    """Each element of `wanted` names, whole, one after another; the root has to be one of `roots`.

    Raises InputRefused, naming file and line, for what is no sound XML, has declarations of its own,
    is another kind of file, or is too large.
    """
    if len(data) > MOST_BYTES:
        raise InputRefused("too-large", "%(file)s is larger than %(most)s bytes.", file=name, most=MOST_BYTES)
    _refuse_declarations(data, name)
    count = 0
    try:
        reader = etree.iterparse(
            io.BytesIO(data),
            events=("start", "end"),
            resolve_entities=False,
            load_dtd=False,
            no_network=True,
            huge_tree=False,
            remove_comments=True,
            remove_pis=True,
        )
        root = None
        for event, element in reader:
            if root is None:
                root = element
                _require_root(root, name, roots)
            if event == "start" or name_of(element) not in wanted:
                continue
            count += 1
            if count > MOST_UNITS:
                raise InputRefused(
                    "too-many-units", "%(file)s has more than %(most)s units.", file=name, most=MOST_UNITS
                )
            yield element
            # What was read is let go, so that a large file is never held whole.
            element.clear()
            while element.getprevious() is not None:
                del element.getparent()[0]
    except etree.XMLSyntaxError as error:
        raise InputRefused(
            "xml-damaged",
            "%(file)s is damaged after unit %(unit)s, in line %(line)s: it is not well-formed XML. Export it again.",
            file=name,
            unit=count,
            line=error.lineno or 0,
        ) from None


def _require_root(root: etree._Element, name: str, roots: frozenset[str]) -> None:
    kind = name_of(root)
    tree = root.getroottree().docinfo
    own = tree.internalDTD
    if own is not None and (list(own.entities()) or list(own.elements())):  # type: ignore[attr-defined]
        raise _declared(name)
    if kind not in roots:
        raise InputRefused(
            "foreign-file",
            "%(file)s is a file of another kind: it begins with <%(kind)s>, and <%(wanted)s> is needed.",
            file=name,
            kind=kind[:60],
            wanted="> or <".join(sorted(roots)),
        )


def _refuse_declarations(data: bytes, name: str) -> None:
    encoding = next((known for mark, known in _MARKS if data.startswith(mark)), "")
    if not encoding:
        encoding = "utf-16-le" if data[1:2] == b"\0" else "utf-16-be" if data[:1] == b"\0" else "latin-1"
    head = data[:200_000].decode(encoding, "replace")
    root = _ROOT.search(head)
    if _OWN.search(head if root is None else head[: root.start()]):
        raise _declared(name)


def _declared(name: str) -> InputRefused:
    return InputRefused(
        "xml-declarations",
        "%(file)s declares entities or elements of its own, which such a file never needs. Export it anew.",
        file=name,
    )
