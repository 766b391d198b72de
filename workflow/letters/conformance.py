"""Whether a PDF keeps to PDF/A-2a or PDF/A-3a and to PDF/UA-1, as far as it can be told from its objects.

The rules are those of ISO 19005-2 and -3 and of ISO 14289-1, named by their clauses.  What only a
person can judge (whether a tag is the right one) and what needs a font's or a profile's own tables
is left out.  The check is ours, not that of a validator's house; it finds what a renderer, a font
or a sealing that changed would break.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from typing import Any

import pikepdf
from pikepdf import Array, Dictionary, Name, Stream

from workflow.letters import structure

_HEADER = re.compile(rb"%PDF-1\.[0-7]\r?\n%[\x80-\xff]{4,}")
_LANGUAGE = re.compile(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*")
# Flags of an annotation (ISO 32000-1, table 165) that have to be clear: Invisible, Hidden, NoView, ToggleNoView.
_UNSEEN = 1 | 2 | 32 | 256
_PRINT = 4
_ACTIVE = ("/JavaScript", "/Launch", "/Sound", "/Movie", "/ResetForm", "/ImportData", "/Hide", "/Rendition")
_EMPTY: Any = Dictionary()
_FONT_FILES = ("/FontFile", "/FontFile2", "/FontFile3")


def faults(pdf: bytes) -> list[str]:
    """One sentence for each rule that the file breaks, with its clause; an empty list where none was found."""
    found: list[str] = []
    if not _HEADER.match(pdf):
        found.append(
            "The header is not that of a PDF 1.0 to 1.7 with a line of binary signs (19005-2, 6.1.2)."
        )
    if not pdf.rstrip(b"\r\n").endswith(b"%%EOF"):
        found.append("Something follows the end of the file (19005-2, 6.1.3).")
    try:
        with pikepdf.open(io.BytesIO(pdf)) as document:
            for rule in (
                _file,
                _identified,
                _colour,
                _objects,
                _annotations,
                _form,
                structure.tags,
                structure.content,
                _files,
            ):
                found += rule(document)
    except pikepdf.PdfError as error:
        found.append(f"The file cannot be read ({error}).")
    return found


def _list(thing: Any, key: str) -> list[Any]:
    return list(thing.get(key, Array()))


def _file(document: pikepdf.Pdf) -> Iterator[str]:
    if document.is_encrypted:
        yield "The file is encrypted (19005-2, 6.1.3)."
    if "/ID" not in document.trailer:
        yield "The file has no identifier (19005-2, 6.1.3)."
    root: Any = document.Root
    if set(root.get("/Perms", _EMPTY).keys()) - {"/DocMDP", "/UR3"}:
        yield "The catalog grants rights that are not known (19005-2, 6.1.12)."
    for key, clause in (("/AA", "6.5.2"), ("/OpenAction", "6.5.1"), ("/Requirements", "6.11")):
        if key in root and (key != "/OpenAction" or not isinstance(root[key], Array)):
            yield f"The catalog has {key} (19005-2, {clause})."
    if not root.get("/ViewerPreferences", _EMPTY).get("/DisplayDocTitle", False):
        yield "A reader is not told to show the title (14289-1, 7.1)."
    if not _LANGUAGE.fullmatch(str(root.get("/Lang", ""))):
        yield "The document names no language (19005-2, 6.7.4; 14289-1, 7.2)."


def _identified(document: pikepdf.Pdf) -> Iterator[str]:
    if "/Metadata" not in document.Root:
        yield "The document has no XMP metadata (19005-2, 6.6.2.1)."
        return
    with document.open_metadata() as metadata:
        part, level = metadata.get("pdfaid:part"), metadata.get("pdfaid:conformance")
        if (part, level) not in (("2", "A"), ("3", "A")):
            yield f"The metadata claim PDF/A-{part}{level}, not PDF/A-2A or PDF/A-3A (19005-2, 6.6.4)."
        if metadata.get("pdfuaid:part") != "1":
            yield "The metadata do not claim PDF/UA-1 (14289-1, 5)."
        if not str(metadata.get("dc:title") or "").strip():
            yield "The metadata have no title (14289-1, 7.1)."


def _colour(document: pikepdf.Pdf) -> Iterator[str]:
    intents = [one for one in _list(document.Root, "/OutputIntents") if one.get("/S") == "/GTS_PDFA1"]
    profiles = {one.DestOutputProfile.objgen for one in intents if "/DestOutputProfile" in one}
    if len(profiles) != 1:
        yield "The document has not one output intent with one profile of colours (19005-2, 6.2.3)."
    for one in intents:
        if one.get("/DestOutputProfile", _EMPTY).get("/N") not in (1, 3, 4):
            yield "The output intent's profile is not of grey, RGB or CMYK (19005-2, 6.2.3)."


def _objects(document: pikepdf.Pdf) -> Iterator[str]:
    for thing in document.objects:
        if not isinstance(thing, Dictionary | Stream):
            continue
        kind, subtype = thing.get("/Type"), thing.get("/Subtype")
        if isinstance(thing, Stream):
            filters = thing.get("/Filter", Array())
            if (
                Name.LZWDecode in (filters if isinstance(filters, Array) else [filters])
                or "/FFilter" in thing
            ):
                yield "A stream uses a filter or an outside file that is not allowed (19005-2, 6.1.7)."
            if subtype == "/PS" or "/OPI" in thing or "/Ref" in thing:
                yield "A form draws PostScript or another file (19005-2, 6.2.9)."
            if subtype == "/Image" and (thing.get("/Interpolate", False) or "/Alternates" in thing):
                yield "A picture is interpolated or has alternates (19005-2, 6.2.8)."
        if kind == "/FontDescriptor" and not any(key in thing for key in _FONT_FILES):
            yield f"The font {thing.get('/FontName')} is not embedded (19005-2, 6.2.11.4)."
        if kind == "/Font" and subtype not in ("/CIDFontType0", "/CIDFontType2"):
            if subtype != "/Type3" and subtype != "/Type0" and "/FontDescriptor" not in thing:
                yield f"The font {thing.get('/BaseFont')} is not embedded (19005-2, 6.2.11.4)."
            if "/ToUnicode" not in thing:
                yield f"The signs of the font {thing.get('/BaseFont')} have no Unicode values (19005-2, 6.2.11.7)."
        if subtype == "/CIDFontType2" and "/CIDToGIDMap" not in thing:
            yield f"The font {thing.get('/BaseFont')} does not map its signs (19005-2, 6.2.11.3)."
        if thing.get("/S") in _ACTIVE and (kind in (None, "/Action")):
            yield f"The document has an action {thing.S} (19005-2, 6.5.1)."


def _annotations(document: pikepdf.Pdf) -> Iterator[str]:
    for number, page in enumerate(document.pages, 1):
        notes = list(page.get("/Annots", []))
        if notes and page.get("/Tabs") != "/S":
            yield f"Page {number} has annotations out of the order of its structure (14289-1, 7.18.3)."
        for note in notes:
            flags = int(note.get("/F", 0))
            box = [float(one) for one in note.get("/Rect", [0, 0, 0, 0])]
            empty = box[0] == box[2] or box[1] == box[3]
            if not flags & _PRINT or flags & _UNSEEN:
                yield f"An annotation on page {number} is hidden or not printed (19005-2, 6.3.2)."
            shown: Any = note.get("/AP", _EMPTY)
            if not empty and note.get("/Subtype") not in ("/Popup", "/Link") and set(shown.keys()) != {"/N"}:
                yield f"An annotation on page {number} has not one normal appearance (19005-2, 6.3.3)."
            if ("/A" in note and note.get("/Subtype") == "/Widget") or "/AA" in note:
                yield f"An annotation on page {number} has an action of its own (19005-2, 6.4.1)."
            if not str(note.get("/Contents", note.get("/TU", ""))).strip():
                yield f"An annotation on page {number} has no words for those who do not see it (14289-1, 7.18.1)."
            if not structure.is_tagged(document, note):
                yield f"An annotation on page {number} has no place in the structure (14289-1, 7.18.1)."


def _form(document: pikepdf.Pdf) -> Iterator[str]:
    form: Any = document.Root.get("/AcroForm", _EMPTY)
    if form.get("/NeedAppearances", False) or "/XFA" in form:
        yield "The form leaves its look to the reader (19005-2, 6.4.1 and 6.4.2)."
    for field in form.get("/Fields", []):
        if not str(field.get("/TU", "")).strip():
            yield "A field has no name for a person (14289-1, 7.18.1)."
        if field.get("/FT") == "/Sig" and "/V" in field and "/ByteRange" not in field.V:
            yield "A signature does not say what it covers (19005-2, 6.4.3)."


def _files(document: pikepdf.Pdf) -> Iterator[str]:
    with document.open_metadata() as metadata:
        part = metadata.get("pdfaid:part")
    associated = [one.objgen for one in _list(document.Root, "/AF")]
    for name, attached in document.attachments.items():
        spec = attached.obj
        if part != "3":
            yield f"The file {name} is attached, which PDF/A-2 does not allow for it (19005-2, 6.8)."
        if "/F" not in spec or "/UF" not in spec:
            yield f"The attached file {name} has not both of its names (19005-3, 6.8)."
        if str(spec.get("/AFRelationship", "")) not in (
            "/Source",
            "/Data",
            "/Alternative",
            "/Supplement",
            "/Unspecified",
        ):
            yield f"The attached file {name} does not say how it relates to the document (19005-3, 6.8)."
        if spec.objgen not in associated:
            yield f"The attached file {name} belongs to no part of the document (19005-3, 6.8)."
        if "/" not in str(spec.EF.F.get("/Subtype", "")).lstrip("/"):
            yield f"The attached file {name} names no media type (19005-3, 6.8)."
