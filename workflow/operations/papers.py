"""Papers that people hand in as they came: what kind of file each is, and whether it may be kept.

A file is known by what it begins with, never by its name.  Papers are kept as they came and given
back as downloads; nothing of ours opens them.
"""

from __future__ import annotations

from workflow.errors import Invalid, Phrase
from workflow.letters import enclosure
from workflow.letters.intake import scanner
from workflow.operations.context import Work

# kind → (first bytes, media type).
KINDS = {
    "pdf": (b"%PDF-", "application/pdf"),
    "png": (b"\x89PNG\r\n\x1a\n", "image/png"),
    "jpg": (b"\xff\xd8\xff", "image/jpeg"),
}
UNKNOWN = "application/octet-stream"
# Documents that are packed; the intake says whether they are what they seem.
PACKED = b"PK\x03\x04"
LONGEST_NAME = 200


def media_type(data: bytes) -> str:
    """The media type of a PDF, PNG or JPEG by its first bytes; else that of any bytes."""
    return next((media for first, media in KINDS.values() if data.startswith(first)), UNKNOWN)


def is_mail(name: str, data: bytes) -> bool:
    """Whether a file is a message as text."""
    return name.lower().endswith(".eml") and b"\0" not in data


def plain_name(name: str) -> str:
    """The last part of a file's name, of signs that can be seen, at most LONGEST_NAME of them."""
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    shown = "".join(sign for sign in last if sign.isprintable()).strip()
    if len(shown) > LONGEST_NAME:
        stem, dot, ending = shown.rpartition(".")
        ending = f"{dot}{ending}" if dot and len(ending) < 10 else ""
        shown = (stem or shown)[: LONGEST_NAME - len(ending)] + ending
    return shown or "file"


def require_scan(name: str, data: bytes, code: str, *, mail: bool = False) -> None:
    """Raises Invalid (`code`) unless a file is a PDF, PNG or JPEG, or, with `mail`, a message as text."""
    if media_type(data) == UNKNOWN and not (mail and is_mail(name, data)):
        raise Invalid(
            code,
            "The file is not a PDF, PNG or JPEG%(more)s. Scan or save it anew.",
            more=Phrase(", nor a message (.eml)") if mail else "",
        )


def require(work: Work, name: str, data: bytes) -> None:
    """Raises Invalid or InputRefused for a paper that cannot be kept, with what to do.

    Kept are PDF, PNG, JPEG, messages (.eml), and documents that pass the intake (DOCX, ODT, XLSX).
    Where a virus scanner is set, it is asked.
    """
    if not data:
        raise Invalid("paper-empty", "The file %(file)s is empty. Send it again.", file=name)
    if len(data) > work.settings.upload_bytes:
        raise Invalid(
            "too-large",
            "The file has more than %(most)s bytes. Send a smaller one.",
            most=work.settings.upload_bytes,
        )
    if data.startswith(PACKED):
        enclosure.inspect(data, name, enclosure.Limits(file_bytes=work.settings.upload_bytes))
        return
    if media_type(data) == UNKNOWN and not is_mail(name, data):
        raise Invalid(
            "paper-kind",
            "The file is not a PDF, PNG or JPEG%(more)s. Scan or save it anew.",
            more=Phrase(", nor a document (.docx) or a message (.eml)"),
        )
    scanner.scan(data, name, None)
