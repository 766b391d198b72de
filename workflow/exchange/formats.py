"""The forms in which a version is handed out, and which one a returned file has."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from workflow.errors import InputRefused, NotFound, Phrase
from workflow.exchange import table, table_reading, xliff, xliff1, xliff2
from workflow.exchange.model import Handover, Returned

# A version is some ten pages of text at most; whatever is larger is no translation of a note.
LARGEST_FILE_BYTES = 4_000_000

Say = Callable[[str], str]


@dataclass(frozen=True)
class Format:
    """One form: its name in addresses, what people call it, the ending and media type of its files."""

    name: str
    words: str
    suffix: str
    media: str
    write: Callable[[Handover, Say], bytes]


FORMATS: Mapping[str, Format] = MappingProxyType(
    {
        one.name: one
        for one in (
            Format(
                "xliff-2.1",
                Phrase("XLIFF 2.1, for translation programs"),
                "xlf",
                "application/xliff+xml",
                xliff2.write,
            ),
            Format(
                "xliff-1.2",
                Phrase("XLIFF 1.2, for older translation programs"),
                "xlf",
                "application/xliff+xml",
                xliff1.write,
            ),
            Format(
                "docx",
                Phrase("DOCX, a table for Word"),
                "docx",
                "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
                table.write,
            ),
        )
    }
)


def write(handover: Handover, name: str, say: Say = str) -> bytes:
    """The file of a version in a form; `say` puts its sentences into the reader's language.

    Raises NotFound for a form that there is not.
    """
    if name not in FORMATS:
        raise NotFound(
            "exchange-format",
            "There is no form “%(name)s”; there are: %(known)s.",
            name=name,
            known=", ".join(FORMATS),
        )
    return FORMATS[name].write(handover, say)


def read(data: bytes, filename: str) -> Returned:
    """A file that came back, known by its content; raises InputRefused with what is wrong with it."""
    if not data.strip():
        raise InputRefused(
            "exchange-empty", "The file %(file)s is empty. Choose the translated file.", file=filename
        )
    if len(data) > LARGEST_FILE_BYTES:
        raise InputRefused(
            "exchange-too-large",
            "The file %(file)s has more than %(most)s bytes; no note is that long. Choose the translated file.",
            file=filename,
            most=LARGEST_FILE_BYTES,
        )
    if data.startswith(b"PK\x03\x04"):
        return table_reading.read(data, filename)
    return xliff.read(data, filename)
