"""Makers of hostile and of clean files: each a named function, each file made afresh.

`CASES` are the hostile ones with the code and the place that their refusal must
give; `CLEAN` are files of ordinary programs that must pass.
"""

from tests.hostile import archives, images, markup, opendocuments, pdfs, spreadsheets, words
from tests.hostile.clean import CLEAN
from tests.hostile.registry import CASES, Hostile

__all__ = [
    "CASES",
    "CLEAN",
    "Hostile",
    "archives",
    "images",
    "markup",
    "opendocuments",
    "pdfs",
    "spreadsheets",
    "words",
]
