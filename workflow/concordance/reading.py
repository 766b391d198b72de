"""A file's bytes as the text of a note: plain text, or DOCX."""

from __future__ import annotations

import codecs
import zipfile
from collections.abc import Iterator
from io import BytesIO

from lxml import etree

from workflow.errors import InputRefused

LARGEST_FILE_BYTES = 20_000_000
LARGEST_PART_BYTES = 30_000_000
_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
# Deleted and moved-away text, and codes of fields, are not what a reader sees.
_SKIPPED = frozenset({f"{_W}del", f"{_W}moveFrom", f"{_W}delText", f"{_W}instrText", _FALLBACK})
_DEEPEST = 200


def read_text(data: bytes, filename: str) -> str:
    """The text of a plain-text or DOCX file, a blank line between paragraphs of a DOCX.

    Headers come first, footnotes after the body, and footers last; frames,
    tables and text boxes stand where the document has them; deleted tracked
    text is left out.  Raises InputRefused for anything else, and for a file
    without any text, with what is wrong with it.
    """
    if len(data) > LARGEST_FILE_BYTES:
        raise InputRefused(
            "file-too-large",
            "%(file)s is larger than %(limit)s MB; give the note without its enclosures.",
            file=filename,
            limit=LARGEST_FILE_BYTES // 1_000_000,
        )
    text = _docx(data, filename) if data[:4] == b"PK\x03\x04" else _plain(data, filename)
    if not any(sign.isalnum() for sign in text):
        raise InputRefused(
            "no-text",
            "%(file)s has no text in it. If it is a scan, give the document that it was made from.",
            file=filename,
        )
    return text


def _plain(data: bytes, filename: str) -> str:
    marks = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
    encoding = next((name for mark, name in marks if data.startswith(mark)), "utf-8")
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError:
        text = "\0"
    if "\0" in text or data[:5] in (b"%PDF-", b"{\\rtf") or data[:4] == b"\xd0\xcf\x11\xe0":
        raise InputRefused(
            "neither-text-nor-docx",
            "%(file)s is neither plain text in UTF-8 nor a DOCX document; save it as one of these and try again.",
            file=filename,
        )
    return text


def _docx(data: bytes, filename: str) -> str:
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            names = archive.namelist()
            if "word/document.xml" not in names:
                raise InputRefused(
                    "neither-text-nor-docx",
                    "%(file)s is an archive but no DOCX document; save the note as DOCX or plain text and try again.",
                    file=filename,
                )
            headers = sorted(n for n in names if n.startswith("word/header") and n.endswith(".xml"))
            footers = sorted(n for n in names if n.startswith("word/footer") and n.endswith(".xml"))
            budget = LARGEST_PART_BYTES
            found: list[str] = []
            notes = [n for n in ("word/footnotes.xml", "word/endnotes.xml") if n in names]
            for name in [*headers, "word/document.xml", *notes, *footers]:
                part = _part(archive, name, budget, filename)
                budget -= len(part)
                found += _paragraphs_of(part, filename)
    except (
        zipfile.BadZipFile,
        EOFError,
        NotImplementedError,
        RuntimeError,
        OSError,
        ValueError,
        etree.XMLSyntaxError,
    ) as fault:
        raise InputRefused(
            "docx-damaged",
            "%(file)s is damaged or encrypted and cannot be read as DOCX; save it again and try once more.",
            file=filename,
        ) from fault
    return "\n\n".join(found)


def _part(archive: zipfile.ZipFile, name: str, budget: int, filename: str) -> bytes:
    """One file of the archive; what is read is counted, whatever the archive says of its size."""
    with archive.open(name) as stream:
        content = stream.read(budget + 1)
    if len(content) > budget:
        raise InputRefused(
            "docx-too-large",
            "%(file)s unpacks to more than %(limit)s MB of text; no note is that long.",
            file=filename,
            limit=LARGEST_PART_BYTES // 1_000_000,
        )
    return content


def _paragraphs_of(content: bytes, filename: str) -> list[str]:
    if b"<!DOCTYPE" in content[:2000] or b"<!ENTITY" in content[:2000]:
        raise InputRefused(
            "docx-doctype",
            "%(file)s declares entities of its own, which no word processor writes; save it again and try once more.",
            file=filename,
        )
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    root = etree.fromstring(content, parser)
    found = []
    for paragraph in root.iter(f"{_W}p"):
        if any(parent.tag in _SKIPPED or _is_rule(parent) for parent in paragraph.iterancestors()):
            continue
        text = "".join(_text_of(paragraph)).strip()
        if text:
            found.append(text)
    return found


def _is_rule(element: etree._Element) -> bool:
    """Whether it is the line above the footnotes, which is kept as a footnote of a type of its own."""
    return element.tag in (f"{_W}footnote", f"{_W}endnote") and element.get(f"{_W}type") not in (
        None,
        "normal",
    )


def _text_of(element: etree._Element, depth: int = 0) -> Iterator[str]:
    """The text of one paragraph, without that of paragraphs within it (text boxes), which are read apart."""
    for child in element:
        if child.tag in _SKIPPED or child.tag == f"{_W}p" or depth > _DEEPEST:
            continue
        if child.tag == f"{_W}t":
            yield child.text or ""
        elif child.tag == f"{_W}tab":
            yield " " if depth else ""
        elif child.tag in (f"{_W}br", f"{_W}cr"):
            yield "\n"
        elif child.tag == f"{_W}noBreakHyphen":
            yield "-"
        else:
            yield from _text_of(child, depth + 1)
