"""Hostile containers: what the ZIP around a document can do."""

from __future__ import annotations

import io
import random
import struct
import warnings
import zipfile
from collections.abc import Callable

from tests.hostile import clean
from tests.hostile.registry import hostile


def altered(change: Callable[[zipfile.ZipFile], None]) -> bytes:
    """A clean DOCX into which further entries are written."""
    written = io.BytesIO(clean.word())
    with zipfile.ZipFile(written, "a") as archive, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        change(archive)
    return written.getvalue()


def with_entry(name: str) -> bytes:
    return altered(lambda archive: archive.writestr(name, b"<x/>"))


@hostile("empty", "summary.docx")
def empty() -> bytes:
    return b""


@hostile("truncated", "end of central directory")
def truncated_docx() -> bytes:
    return clean.word()[:-60]


@hostile("renamed", "summary.docx")
def pdf_named_docx() -> bytes:
    return clean.typst_pdf()


@hostile("renamed", "summary.pdf", "summary.pdf")
def docx_named_pdf() -> bytes:
    return clean.word()


@hostile("renamed", "summary.docx")
def web_page_named_docx() -> bytes:
    return b"<html><body><script>alert(1)</script></body></html>"


@hostile("renamed", "summary.docx")
def rich_text_named_docx() -> bytes:
    return b"{\\rtf1{\\object\\objautlink}}"


@hostile("renamed", "summary.pdf", "summary.pdf")
def program_named_pdf() -> bytes:
    return b"MZ\x90\0" + b"\0" * 200


@hostile("unsupported", "notes.rtf", "notes.rtf")
def rich_text() -> bytes:
    return b"{\\rtf1 text}"


@hostile("renamed", "summary.docx")
def plain_zip_named_docx() -> bytes:
    return clean.zipped({"readme.txt": "text"})


@hostile("legacy_format", "summary.doc", "summary.doc")
def office_97_document() -> bytes:
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "WordDocument".encode("utf-16-le") + b"\0" * 600


@hostile("encrypted", "summary.docx")
def encrypted_office_document() -> bytes:
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le") + b"\0" * 600


@hostile("encrypted", "[Content_Types].xml")
def encrypted_zip_entry() -> bytes:
    data = bytearray(clean.word())
    data[6] |= 1
    data[data.find(b"PK\x01\x02") + 8] |= 1
    return bytes(data)


@hostile("zip_bomb", "word/media/zeros.bmp")
def zip_bomb_by_ratio() -> bytes:
    return clean.word(parts={"word/media/zeros.bmp": b"BM" + b"\0" * 30_000_000}, bmp="image/bmp")


@hostile("zip_bomb", "word/bomb.xml")
def zip_bomb_that_declares_little() -> bytes:
    data = clean.word(parts={"word/bomb.xml": b"<x>" + b" " * 9_000_000 + b"</x>"})
    return data.replace(struct.pack("<I", 9_000_007), struct.pack("<I", 100))


@hostile("zip_bomb", "word/media/noise5.png")
def zip_bomb_in_many_parts() -> bytes:
    # A little noise in each block keeps the ratio of every part inconspicuous.
    noise = random.Random(1)
    picture = b"".join(noise.randbytes(300) + b"\0" * 9_700 for _ in range(3_000))
    return clean.word(parts={f"word/media/noise{n}.png": picture for n in range(7)}, png="image/png")


@hostile("too_many_parts", "central directory")
def thousands_of_entries() -> bytes:
    return altered(
        lambda archive: [archive.writestr(f"word/p{number}.xml", "") for number in range(2_100)] and None
    )


@hostile("unsafe_name", "../../etc/cron.d/job")
def traversal_name() -> bytes:
    return with_entry("../../etc/cron.d/job")


@hostile("unsafe_name", "/etc/passwd")
def absolute_name() -> bytes:
    return with_entry("/etc/passwd")


@hostile("unsafe_name", "word")
def backslash_name() -> bytes:
    return with_entry("word\\..\\..\\x.xml")


@hostile("unsafe_name", "C:/windows/x.xml")
def drive_name() -> bytes:
    return with_entry("C:/windows/x.xml")


@hostile("unsafe_name", "evil.xml")
def name_with_nul_byte() -> bytes:
    return with_entry("word/evil.xml#x").replace(b"evil.xml#x", b"evil.xml\0x")


@hostile("duplicate_name", "word/document.xml")
def duplicate_main_part() -> bytes:
    return with_entry("word/document.xml")


@hostile("duplicate_name", "WORD/Document.xml")
def duplicate_by_case() -> bytes:
    return with_entry("WORD/Document.xml")


@hostile("link", "word/secret.xml")
def symbolic_link() -> bytes:
    entry = zipfile.ZipInfo("word/secret.xml")
    entry.create_system, entry.external_attr = 3, 0o120777 << 16
    return altered(lambda archive: archive.writestr(entry, "/etc/passwd"))


@hostile("overlap", "word/document.xml")
def overlapping_entries() -> bytes:
    data = bytearray(clean.word())
    directory = struct.unpack_from("<I", data, len(data) - 6)[0]
    entries = [place for place in range(directory, len(data)) if data.startswith(b"PK\x01\x02", place)]
    # The last entry points into the one before it.
    struct.pack_into("<I", data, entries[-1] + 42, struct.unpack_from("<I", data, entries[1] + 42)[0] + 1)
    return bytes(data)


@hostile("leading_data", "a ZIP archive")
def script_before_zip() -> bytes:
    return b"#!/bin/sh\necho\n" + clean.word()


@hostile("trailing_data", "after the central directory")
def data_after_zip() -> bytes:
    return clean.word() + b"%PDF-1.7"


@hostile("trailing_data", "after the central directory")
def zip_comment() -> bytes:
    def comment(archive: zipfile.ZipFile) -> None:
        archive.comment = b"hidden"

    return altered(comment)


@hostile("hidden_data", "central directory")
def data_between_entries() -> bytes:
    data = clean.word()
    directory = struct.unpack_from("<I", data, len(data) - 6)[0]
    hidden = b"hidden payload"
    moved = data[:directory] + hidden + data[directory:-6]
    return moved + struct.pack("<I", directory + len(hidden)) + b"\0\0"


@hostile("damaged", "word/document.xml")
def names_that_disagree() -> bytes:
    return clean.word().replace(b"word/document.xml", b"word/dokument.xml", 1)


@hostile("damaged", "word/document.xml")
def wrong_checksum() -> bytes:
    data = bytearray(clean.word())
    place = data.rfind(b"word/document.xml") - 46
    data[place + 16] ^= 0xFF
    return bytes(data)


@hostile("damaged", "word/odd.xml")
def rare_compression() -> bytes:
    return altered(lambda archive: archive.writestr("word/odd.xml", "<x/>", zipfile.ZIP_BZIP2))
