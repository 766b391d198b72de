"""Translations handed out to other programs and taken back: plain data in, bytes out, and the way back.

A version leaves as XLIFF 2.1 or 1.2 for a translation program, or as a table in DOCX for Word.  The
shared values of the note (slots) are protected codes in it, the formulas of the profile locked
units.  What comes back is held against the note as it stands, paragraph by paragraph; the package
knows no database and changes nothing.

`model`     what is handed out, and what came back
`pieces`    a text as pieces: words, and codes for its slots
`matching`  what came back against what stands there: changes, conflicts, faults
`xliff2`, `xliff1`   XLIFF 2.1 (reads 2.0 to 2.2) and 1.2
`xliff`     which XLIFF a file is, read under limits
`table`, `table_reading`   the table in DOCX
"""

from workflow.exchange.formats import FORMATS, Format, read, write
from workflow.exchange.matching import match
from workflow.exchange.model import Change, Difference, Handover, Matched, Returned, Standing, Unit

__all__ = [
    "FORMATS",
    "Change",
    "Difference",
    "Format",
    "Handover",
    "Matched",
    "Returned",
    "Standing",
    "Unit",
    "match",
    "read",
    "write",
]
