"""The last touch on a PDF before it is frozen; runs in a child process.

What a converter made is examined as strictly as what was submitted; people's
names leave its properties, review marks leave its pages, and its letters are
looked at.
"""

from __future__ import annotations

import base64
import io
from typing import Any

import pikepdf

from workflow.letters.intake import glyphs, pdf_objects, worker
from workflow.letters.intake.report import Limits

NAMED = ("/Author", "/Company", "/Manager")
NAMED_METADATA = ("dc:creator", "pdf:Author")


def finish_standard_input() -> None:
    """The child's entry: finish the PDF on standard input."""
    worker.serve(finish)


def finish(data: bytes, limits: Limits) -> dict[str, Any]:
    """The PDF without names and review marks, examined again, and what its fonts say.

    Raises InputRefused naming the object or page.
    """
    with pikepdf.open(io.BytesIO(data), attempt_recovery=False, suppress_warnings=True) as document:
        _remove_names(document)
        for page in document.pages:
            _remove_review_marks(page)
            _unlink_own_files(page)
        document.remove_unreferenced_resources()
        families, missing = glyphs.families(document), glyphs.missing(document)
        written = io.BytesIO()
        document.save(written, deterministic_id=True)
    finished = written.getvalue()
    answer = pdf_objects.examine(finished, limits)
    answer |= {
        "pdf": base64.b64encode(finished).decode(),
        "families": sorted(families),
        "missing": sorted(missing),
    }
    return answer


def _remove_names(document: pikepdf.Pdf) -> None:
    with document.open_metadata(set_pikepdf_as_editor=False, update_docinfo=False) as metadata:
        for key in NAMED_METADATA:
            if key in metadata:
                del metadata[key]
    for key in NAMED:
        if key in document.docinfo:
            del document.docinfo[key]


def _remove_review_marks(page: pikepdf.Page) -> None:
    annotations = page.obj.get("/Annots")
    if not isinstance(annotations, pikepdf.Array):
        return
    gone = pdf_objects.REVIEW_MARKS | {"/Popup"}
    kept = [one for one in annotations if str(one.get("/Subtype", "")) not in gone]
    if len(kept) != len(annotations):
        page.obj.Annots = pikepdf.Array(kept)


def _unlink_own_files(page: pikepdf.Page) -> None:
    """Takes the address off links to files: a converter makes such of links whose address is computed or empty.

    They lead into the folder of the conversion, which is gone.  What a submitter wrote was refused before.
    """
    annotations = page.obj.get("/Annots")
    for one in annotations if isinstance(annotations, pikepdf.Array) else ():
        action = one.get("/A")
        address = str(action.get("/URI", "")) if isinstance(action, pikepdf.Dictionary) else ""
        if address.strip().lower().startswith("file:"):
            del one["/A"]
