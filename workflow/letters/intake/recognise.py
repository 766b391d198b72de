"""What a file is by its content, and whether its name says the same.

Sniffers of file types were wrong on real files; an enclosure has six kinds, so
each is recognised by what its own standard requires.
"""

from __future__ import annotations

from pathlib import PurePath

from workflow.errors import InputRefused
from workflow.letters.intake.report import message

SUFFIXES = {
    ".pdf": "pdf",
    ".docx": "docx",
    ".odt": "odt",
    ".xlsx": "xlsx",
    ".png": "png",
    ".jpg": "jpeg",
    ".jpeg": "jpeg",
}

NAMES = {
    "pdf": message("a PDF document"),
    "docx": message("a Word document (.docx)"),
    "odt": message("an OpenDocument text (.odt)"),
    "xlsx": message("an Excel workbook (.xlsx)"),
    "png": message("a PNG picture"),
    "jpeg": message("a JPEG picture"),
    "zip": message("a ZIP archive"),
    "docm": message("a Word document with macros (.docm)"),
    "dotx": message("a Word template (.dotx)"),
    "xlsm": message("an Excel workbook with macros (.xlsm)"),
    "pptx": message("a PowerPoint presentation"),
    "ods": message("an OpenDocument spreadsheet"),
    "odf": message("an OpenDocument file of another kind"),
    "epub": message("an electronic book (EPUB)"),
    "ole": message("a document of Office 97–2003 or a protected file"),
    "rtf": message("a Rich Text file"),
    "html": message("a web page"),
    "xml": message("an XML file"),
    "script": message("a script"),
    "program": message("a program"),
    "gif": message("a GIF picture"),
    "tiff": message("a TIFF picture"),
    "webp": message("a WebP picture"),
    "heic": message("a HEIC picture"),
    "svg": message("an SVG drawing"),
    "postscript": message("a PostScript file"),
    "archive": message("a compressed archive"),
    "text": message("plain text"),
    "unknown": message("of no kind that can be recognised"),
}

SIGNATURES = (
    (b"%PDF-", "pdf"),
    (b"PK\x03\x04", "zip"),
    (b"PK\x05\x06", "zip"),
    (b"\x89PNG\r\n\x1a\n", "png"),
    (b"\xff\xd8\xff", "jpeg"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "ole"),
    (b"{\\rt", "rtf"),
    (b"GIF8", "gif"),
    (b"II*\0", "tiff"),
    (b"MM\0*", "tiff"),
    (b"%!PS", "postscript"),
    (b"\xc5\xd0\xd3\xc6", "postscript"),
    (b"MZ", "program"),
    (b"\x7fELF", "program"),
    (b"#!", "script"),
    (b"7z\xbc\xaf\x27\x1c", "archive"),
    (b"Rar!", "archive"),
    (b"\x1f\x8b", "archive"),
    (b"BZh", "archive"),
    (b"\xfd7zXZ", "archive"),
)

# An encrypted Office document is an OLE container whose directory names this stream.
ENCRYPTED_PACKAGE = "EncryptedPackage".encode("utf-16-le")


def kind_of(data: bytes) -> str:
    """The kind of a file by its first bytes: a key of `NAMES`; packages are still `zip`."""
    for signature, kind in SIGNATURES:
        if data.startswith(signature):
            return kind
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "webp"
    if data[4:8] == b"ftyp":
        return "heic"
    head = data[:1024].removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    if head.startswith(b"<"):
        if b"<html" in head or b"<!doctype html" in head or b"<script" in head or b"<body" in head:
            return "html"
        return "svg" if b"<svg" in head else "xml"
    try:
        text = data[:4096].decode("utf-8", "strict" if len(data) <= 4096 else "ignore")
    except UnicodeDecodeError:
        return "unknown"
    printable = all(sign.isprintable() or sign in "\r\n\t\f" for sign in text)
    return "text" if printable else "unknown"


def check_name(filename: str, kind: str) -> None:
    """Refuse a file of an accepted kind whose name says something else.

    Raises InputRefused `renamed`, saying what it really is.
    """
    suffix = PurePath(filename).suffix.lower()
    if SUFFIXES.get(suffix) != kind:
        raise InputRefused(
            "renamed",
            "The file %(place)s is really %(really)s, but its name ends in “%(suffix)s”. "
            "Give it its right name, or submit the file that you meant.",
            place=filename,
            really=NAMES[kind],
            suffix=suffix,
        )


def refusal(data: bytes, filename: str, kind: str) -> InputRefused:
    """Why a file of a kind that is not accepted is refused, saying what it really is.

    The codes are `encrypted` and `legacy_format` for containers of Office 97–2003, `leading_data` where an
    accepted format begins only after other bytes, `renamed` where the name claims an accepted kind,
    `unsupported` otherwise.
    """
    if kind == "ole":
        return _refused_container(data, filename)
    for signature, hidden in ((b"%PDF-", "pdf"), (b"PK\x03\x04", "zip"), (b"\x89PNG\r\n\x1a\n", "png")):
        offset = data.find(signature, 1, 4096)
        if offset > 0 and not data.startswith(b"PK"):
            return InputRefused(
                "leading_data",
                "The file %(place)s begins with %(count)s bytes of something else before it becomes "
                "%(really)s, "
                "so that two programs may show two different files. Save it again and submit that.",
                place=filename,
                count=offset,
                really=NAMES[hidden],
            )
    suffix = PurePath(filename).suffix.lower()
    if suffix in SUFFIXES:
        return InputRefused(
            "renamed",
            "The name of %(place)s promises %(promised)s, but the file is really %(really)s. "
            "Submit the file that you meant, in its own format.",
            place=filename,
            promised=NAMES[SUFFIXES[suffix]],
            really=NAMES[kind],
        )
    return InputRefused(
        "unsupported",
        "The file %(place)s is %(really)s; that kind is not accepted. Submit it as PDF, DOCX, ODT, XLSX, "
        "PNG or JPEG.",
        place=filename,
        really=NAMES[kind],
    )


def _refused_container(data: bytes, filename: str) -> InputRefused:
    """An OLE container is a protected document, or one of Office 97–2003."""
    if ENCRYPTED_PACKAGE in data:
        return InputRefused(
            "encrypted",
            "The file %(place)s is protected by a password. Remove the password, save it and submit it "
            "again.",
            place=filename,
        )
    return InputRefused(
        "legacy_format",
        "The file %(place)s is a document of Office 97–2003 (or a mail or installer of that time), which "
        "can hide "
        "macros. Save it as .docx or .pdf and submit that.",
        place=filename,
    )
