"""A file's bytes as the text of a note: plain text, or DOCX."""

from __future__ import annotations

import codecs
import re
import zipfile
from collections.abc import Iterator
from io import BytesIO

from lxml import etree

from workflow.concordance import language as languages
from workflow.errors import InputRefused

LARGEST_FILE_BYTES = 20_000_000
LARGEST_PART_BYTES = 30_000_000
_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
# Deleted and moved-away text, and codes of fields, are not what a reader sees.
_SKIPPED = frozenset({f"{_W}del", f"{_W}moveFrom", f"{_W}delText", f"{_W}instrText", _FALLBACK})
_DEEPEST = 200


def read_text(data: bytes, filename: str, language: str = "") -> str:
    """The text of a plain-text or DOCX file, a blank line between paragraphs of a DOCX.

    Plain text is read as Unicode, and where it is none, in the one of the older encodings of its
    `language` in which it has the language's common words; nothing is guessed without them.

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
    text = _docx(data, filename) if data[:4] == b"PK\x03\x04" else _plain(data, filename, language)
    if not any(sign.isalnum() for sign in text):
        raise InputRefused(
            "no-text",
            "%(file)s has no text in it. If it is a scan, give the document that it was made from.",
            file=filename,
        )
    return text


# Byte order marks, the longer before the shorter that begins alike.
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# What editors wrote before Unicode, by script.
_OLDER = {
    "Cyrillic": ("cp1251", "kz1048", "ptcp154", "koi8-r", "cp866", "mac_cyrillic"),
    "Latin": ("cp1252", "mac_roman"),
    "Arabic": ("cp1256", "iso8859-6"),
    "Han": ("gb18030",),
}
_COMMON_WORDS = 0.05
# A capital behind a small letter, and a sign that no note has: read in the wrong encoding.
_ODD = re.compile(
    r"(?<=[a-zà-öø-ÿа-яё])[A-ZÀ-ÖØ-ÞА-ЯЁ]|[^\w\s!-/:-@[-`{-~«»„“”‘’–—…№°§©€،؛؟٪]|[\u00c0-\u024f](?=[а-яё])|(?<=[а-яё])[\u00c0-\u024f]"
)
_ODD_SIGNS = 0.02


def _decoded(data: bytes, language: str) -> str:
    """The text of the bytes; a sign that no text has where they are none that is known."""
    encoding = next((name for mark, name in _MARKS if data.startswith(mark)), "")
    if not encoding and len(data) > 1:
        # Every other byte of a text in Latin or Cyrillic letters is small in UTF-16 without its mark.
        small = [sum(byte < 5 for byte in data[at:4000:2]) * 5 > len(data[at:4000:2]) * 4 for at in (0, 1)]
        encoding = "utf-16-be" if small == [True, False] else "utf-16-le" if small == [False, True] else ""
    try:
        return data.decode(encoding or "utf-8")
    except UnicodeDecodeError:
        return _of_older(data, language)


def _of_older(data: bytes, language: str) -> str:
    if not language:
        return "\0"
    known = languages.load(language)
    found: list[tuple[float, str]] = []
    for encoding in _OLDER.get(known.script, ()):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if known.spaced:
            words = re.findall(r"[^\W\d_]{2,}", text)
            common = sum(word.lower() in known.stopwords for word in words) / max(1, len(words))
            odd = len(_ODD.findall(text)) / len(text)
            share = common - odd if odd < _ODD_SIGNS else 0.0
        else:
            share = sum("\u4e00" <= sign <= "\u9fff" for sign in text) / max(1, len(text))
        found.append((share, text))
    best = max(found, default=(0.0, ""), key=lambda one: one[0])
    return best[1] if best[0] >= _COMMON_WORDS else "\0"


def _plain(data: bytes, filename: str, language: str) -> str:
    text = _decoded(data, language)
    if "\0" in text or data[:5] in (b"%PDF-", b"{\\rtf") or data[:4] == b"\xd0\xcf\x11\xe0":
        raise InputRefused(
            "neither-text-nor-docx",
            "%(file)s is neither plain text in UTF-8 nor a DOCX document; save it as one of these and try again.",
            file=filename,
        )
    if re.match(r"\ufeff?\s*<(?:!DOCTYPE\s+html|html|\?xml)[\s>]", text, re.IGNORECASE):
        raise InputRefused(
            "neither-text-nor-docx",
            "%(file)s is a page or data in XML, and no plain text; save it as plain text or DOCX and try again.",
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
