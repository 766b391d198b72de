"""What the intake gives back: limits, findings, an inspection, a frozen file.

Plain frozen data, so that a page, the API, a log entry and the command line
say the same thing about the same file.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from workflow.errors import Phrase, Refusal

MEDIA_TYPES = {
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "odt": "application/vnd.oasis.opendocument.text",
    "png": "image/png",
    "jpeg": "image/jpeg",
}


@dataclass(frozen=True)
class Limits:
    """How much of anything an enclosure may have.

    `file_bytes` is the file as submitted, `part_bytes` and `unpacked_bytes` are
    bytes really decompressed (never the sizes that the file declares), `ratio`
    is unpacked to packed and counts above 1 MB only, `elements` are XML elements
    in all parts, `tables_deep` is the nesting of tables, `pages` counts a PDF's
    pages, `page_side` is in points (1/72 inch), `pixels` belong to one picture,
    `objects` are PDF objects.  `inspection_seconds` and `conversion_seconds` are
    wall time of a child process, `memory_bytes` its address space.
    """

    file_bytes: int = 40_000_000
    parts: int = 2_000
    part_bytes: int = 48_000_000
    unpacked_bytes: int = 160_000_000
    ratio: int = 150
    elements: int = 800_000
    tables_deep: int = 12
    pages: int = 1_000
    page_side: float = 5_000.0
    pixels: int = 80_000_000
    objects: int = 400_000
    inspection_seconds: float = 20.0
    conversion_seconds: float = 90.0
    memory_bytes: int = 1_000_000_000


@dataclass(frozen=True)
class Finding:
    """Something that the submitter should know, and that does not refuse the file.

    `code` is stable, `place` names the part or object, `message` is a sentence
    (a catalogue key; `%(place)s` and the further `values` are its named places).  `consent` is
    true where the frozen copy is made without it only if the submitter agrees,
    and the file is refused otherwise (tracked changes, comments).
    """

    code: str
    place: str
    message: str
    values: tuple[tuple[str, Any], ...] = ()
    consent: bool = False

    @property
    def phrase(self) -> Phrase:
        """The message with its places filled: English to whoever prints it, translated at an edge."""
        return Phrase(self.message, **{"place": self.place, **dict(self.values)})

    @property
    def sentence(self) -> str:
        """The message in English, with its places filled."""
        return str(self.phrase)

    def to_json(self) -> dict[str, Any]:
        """Code, place, sentence and consent, ready for `json.dumps`."""
        return {"code": self.code, "place": self.place, "message": self.sentence, "consent": self.consent}


@dataclass(frozen=True)
class Inspection:
    """A file that may be frozen.

    `kind` is one of `MEDIA_TYPES`, `pages` is None where only conversion can
    tell, `sha256` is the lower-case hexadecimal digest of the bytes, `size`
    counts them.
    """

    filename: str
    kind: str
    size: int
    sha256: str
    pages: int | None = None
    findings: tuple[Finding, ...] = ()

    @property
    def media_type(self) -> str:
        """The Internet media type of the kind."""
        return MEDIA_TYPES[self.kind]

    @property
    def needs_consent(self) -> tuple[Finding, ...]:
        """The findings that are removed only if the submitter agrees."""
        return tuple(finding for finding in self.findings if finding.consent)

    def to_json(self) -> dict[str, Any]:
        """The whole inspection as plain data, as `chancery inspect` prints it."""
        return {
            "file": self.filename,
            "accepted": True,
            "kind": self.kind,
            "media_type": self.media_type,
            "size": self.size,
            "sha256": self.sha256,
            "pages": self.pages,
            "needs_consent": bool(self.needs_consent),
            "findings": [finding.to_json() for finding in self.findings],
        }


@dataclass(frozen=True)
class Frozen:
    """The PDF that is sent.

    `pages` are counted on exactly these bytes and `sha256` is theirs; `by` names
    what made it (`"as submitted"`, a LibreOffice version, our own renderer).
    """

    pdf: bytes
    pages: int
    sha256: str
    warnings: tuple[Finding, ...]
    by: str


def refused_json(filename: str, refusal: Refusal) -> dict[str, Any]:
    """A refused file as plain data, in the shape of `Inspection.to_json`."""
    return {
        "file": filename,
        "accepted": False,
        "code": refusal.code,
        "message": refusal.sentence,
        "place": str(refusal.values.get("place", filename)),
        "details": list(refusal.details),
    }


def message(text: str) -> str:
    """Mark a sentence that stands in a table as an entry of the catalogues."""
    return text
