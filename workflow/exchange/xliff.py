"""Which XLIFF a file is, read so that nothing but the file itself is ever opened."""

from __future__ import annotations

from lxml import etree

from workflow.errors import InputRefused
from workflow.exchange import xliff1, xliff2
from workflow.exchange.model import Returned
from workflow.letters.intake.markup import XmlReader, looks_like_xml
from workflow.letters.intake.report import Limits

# A note has some tens of paragraphs; a program adds matches and notes to each.
MOST_ELEMENTS = 100_000
READERS = {
    (xliff1.SPACE, "1.2"): xliff1.read,
    (xliff2.SPACE, "2.0"): xliff2.read,
    (xliff2.SPACE, "2.1"): xliff2.read,
    # Version 2.2 has a namespace of its own, and its core reads like that of 2.1.
    (xliff2.SPACE_22, "2.2"): xliff2.read,
}


def read(data: bytes, filename: str) -> Returned:
    """An XLIFF file of version 1.2, or 2.0 to 2.2; raises InputRefused for anything else."""
    if not looks_like_xml(data):
        raise InputRefused(
            "exchange-not-xliff",
            "The file %(file)s is neither XLIFF nor a table in DOCX. Bring back the file that was handed out.",
            file=filename,
        )
    root = XmlReader(Limits(elements=MOST_ELEMENTS)).parse(filename, data)
    name = etree.QName(root)
    if name.localname != "xliff":
        raise InputRefused(
            "exchange-not-xliff",
            "The file %(file)s is neither XLIFF nor a table in DOCX. Bring back the file that was handed out.",
            file=filename,
        )
    version = root.get("version", "")
    reader = READERS.get((name.namespace or "", version))
    if reader is None:
        raise InputRefused(
            "exchange-version",
            "The file %(file)s is XLIFF of version “%(version)s”, which is not read here. "
            "Save it as XLIFF 2.1, 2.0 or 1.2.",
            file=filename,
            version=version[:20],
        )
    return reader(root)
