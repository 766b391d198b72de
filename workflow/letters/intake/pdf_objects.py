"""The walk over a PDF's objects, direct and indirect; runs in a child process.

Source: ISO 32000-2, 12.6 (actions), 7.11 (file specifications), 12.5
(annotations).  A dictionary is judged wherever it stands, reachable or not:
what one reader overlooks, another one repairs.
"""

from __future__ import annotations

import io
from collections import Counter
from typing import Any
from urllib.parse import urlsplit

import pikepdf

from workflow.errors import InputRefused
from workflow.letters.intake import pdf_pages, worker
from workflow.letters.intake.pdf_pages import DAMAGED
from workflow.letters.intake.report import Finding, Limits, message

ACTIVE = message("The PDF contains an action “%(what)s” (%(place)s). Print it to PDF again and submit that.")
SCRIPT = message("The PDF contains JavaScript (%(place)s). Print it to PDF again and submit that.")
ATTACHED = message("The PDF has a file attached (%(place)s). Submit that file as an enclosure of its own.")
FORM = message(
    "The PDF is a form made of XFA (%(place)s), which runs programs. Print it to PDF and submit that."
)
MEDIA = message(
    "The PDF contains sound, film or a 3D model (%(place)s). Print it to PDF again and submit that."
)
OUTSIDE = message("The PDF takes something from outside itself (%(place)s: %(what)s). Print it to PDF again.")
BAD_LINK = message(
    "A link in the PDF leads to “%(what)s” (%(place)s); only web and mail addresses may leave in a note. "
    "Remove the link, or print the document to PDF again."
)
ENCRYPTED = message(
    "The PDF is protected (%(place)s). Remove its password and its restrictions, or print it to PDF again."
)

KEYS = {
    "/JS": ("javascript", SCRIPT),
    "/JavaScript": ("javascript", SCRIPT),
    "/AA": ("action", ACTIVE),
    "/XFA": ("xfa", FORM),
    "/EmbeddedFiles": ("embedded_file", ATTACHED),
    "/EF": ("embedded_file", ATTACHED),
    "/Collection": ("embedded_file", ATTACHED),
    "/RichMediaContent": ("media", MEDIA),
    "/RichMediaSettings": ("media", MEDIA),
}
ACTIONS = {
    "/JavaScript": ("javascript", SCRIPT),
    "/Launch": ("action", ACTIVE),
    "/SubmitForm": ("action", ACTIVE),
    "/ImportData": ("action", ACTIVE),
    "/GoToR": ("action", ACTIVE),
    "/GoToE": ("action", ACTIVE),
    "/GoTo3DView": ("media", MEDIA),
    "/Rendition": ("media", MEDIA),
    "/RichMediaExecute": ("media", MEDIA),
}
SUBTYPES = {
    "/FileAttachment": ("embedded_file", ATTACHED),
    "/RichMedia": ("media", MEDIA),
    "/Movie": ("media", MEDIA),
    "/Sound": ("media", MEDIA),
    "/Screen": ("media", MEDIA),
    "/3D": ("media", MEDIA),
}
REVIEW_MARKS = frozenset(["/Text", "/Highlight", "/Underline", "/Squiggly", "/StrikeOut", "/Caret", "/Ink"])
DEEPEST = 200

COMMENTS = message(
    "The PDF has %(count)s comments or review marks, the first at %(place)s. "
    "Delete them; or agree that the frozen copy is made without them."
)
FIELDS = message("The PDF is a form that can be filled in (%(place)s); the frozen copy stays fillable.")
LAYERS = message("The PDF has layers that can be hidden (%(place)s); see that the right ones are shown.")
FONTS = message("Fonts are not embedded (%(place)s: %(names)s); the text may look different elsewhere.")
SIGNED = message(
    "The PDF carries a signature (%(place)s); it stays valid only as long as the file is not changed."
)


def walk_standard_input() -> None:
    """The child's entry: examine the PDF on standard input."""
    worker.serve(examine)


def examine(data: bytes, limits: Limits) -> dict[str, Any]:
    """Pages and findings of a PDF.

    Raises InputRefused naming the object or page.
    """
    try:
        document = pikepdf.open(io.BytesIO(data), attempt_recovery=False, suppress_warnings=True)
    except pikepdf.PasswordError as fault:
        raise InputRefused("encrypted", ENCRYPTED, place="/Encrypt") from fault
    except (pikepdf.PdfError, ValueError, RuntimeError) as fault:
        raise InputRefused("damaged", DAMAGED, place=_first_line(fault)) from fault
    try:
        return _examine(document, data, limits)
    except InputRefused:
        raise
    except Exception as fault:  # Damage shows anywhere in the walk, as any of the library's exceptions.
        raise InputRefused("damaged", DAMAGED, place=_first_line(fault)) from fault


def _first_line(fault: Exception) -> str:
    text = " ".join(str(fault).split()) or type(fault).__name__
    return text.replace("<_io.BytesIO object", "PDF")[:120]


def _examine(document: pikepdf.Pdf, data: bytes, limits: Limits) -> dict[str, Any]:
    if document.is_encrypted:
        raise InputRefused("encrypted", ENCRYPTED, place="/Encrypt")
    walk = Walk(limits)
    walk.value(document.trailer, "trailer")
    for number, thing in enumerate(document.objects):
        if number > limits.objects:
            raise InputRefused(
                "too_many_elements",
                "The PDF has more than %(limit)s objects (%(place)s). Divide it, or print it to PDF again.",
                place=f"object {number}",
                limit=limits.objects,
            )
        if isinstance(thing, pikepdf.Object):
            walk.value(thing, f"object {thing.objgen[0]} {thing.objgen[1]}")
    pages = pdf_pages.count(document, data, limits)
    findings = walk.findings() + pdf_pages.properties(document)
    warnings = [text for text in document.get_warnings() if "damaged" in str(text).lower()]
    if warnings:
        raise InputRefused("damaged", DAMAGED, place=str(warnings[0])[:120])
    return {
        "pages": pages,
        "findings": [
            {
                "code": one.code,
                "place": one.place,
                "message": one.message,
                "values": dict(one.values),
                "consent": one.consent,
            }
            for one in findings
        ],
    }


class Walk:
    """Every dictionary of the file once, however deep it stands in another object."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._counts: Counter[str] = Counter()
        self._first: dict[str, str] = {}
        self._fonts: set[str] = set()

    def value(self, top: pikepdf.Object, place: str) -> None:
        """Walk one object and all direct objects in it, without recursion."""
        waiting = [(top, 0, True)]
        while waiting:
            thing, depth, first = waiting.pop()
            if not first and getattr(thing, "is_indirect", False):
                continue
            if depth > DEEPEST:
                raise InputRefused(
                    "nested_too_deeply",
                    "An object of the PDF is nested too deeply (%(place)s). Print it to PDF again.",
                    place=place,
                )
            if isinstance(thing, (pikepdf.Dictionary, pikepdf.Stream)):
                self._dictionary(thing, place)
                waiting += [
                    (one, depth + 1, False) for _, one in thing.items() if isinstance(one, pikepdf.Object)
                ]
            elif isinstance(thing, pikepdf.Array):
                waiting += [(one, depth + 1, False) for one in thing if isinstance(one, pikepdf.Object)]

    def _dictionary(self, thing: pikepdf.Object, place: str) -> None:
        keys = set(thing.keys())
        for key in keys & KEYS.keys():
            code, sentence = KEYS[key]
            # An empty list of attachments is what some writers put into every file; and a font or
            # picture may bear any name in its page's list.  Actions in disguise are found by their /S.
            if _is_resource(thing[key]) or (key == "/EmbeddedFiles" and _empty_tree(thing[key])):
                continue
            raise InputRefused(code, sentence, place=f"{place}, {key}", what=key)
        if isinstance(thing, pikepdf.Stream) and "/F" in keys:
            raise InputRefused("external_link", OUTSIDE, place=place, what="/F")
        kind, subtype, action = (_name(thing, key, keys) for key in ("/Type", "/Subtype", "/S"))
        if action in ACTIONS:
            code, sentence = ACTIONS[action]
            raise InputRefused(code, sentence, place=place, what=action)
        if subtype in SUBTYPES and (kind in ("", "/Annot")) and "/Rect" in keys:
            code, sentence = SUBTYPES[subtype]
            raise InputRefused(code, sentence, place=place, what=subtype)
        if kind == "/EmbeddedFile":
            raise InputRefused("embedded_file", ATTACHED, place=place)
        if "/Ref" in keys and subtype == "/Form":
            raise InputRefused("external_link", OUTSIDE, place=place, what="/Ref")
        if kind == "/Filespec" or "/OPI" in keys:
            raise InputRefused("external_link", OUTSIDE, place=place, what=kind or "/OPI")
        if action == "/URI" or ("/URI" in keys and kind != "/Catalog"):
            _check_link(thing.get("/URI"), place)
        if subtype in REVIEW_MARKS and "/Rect" in keys:
            self._count("comments", place)
        if "/FT" in keys:
            self._count("signed" if _name(thing, "/FT", keys) == "/Sig" else "form", place)
        if kind == "/OCG":
            self._count("layers", place)
        if kind == "/FontDescriptor" and not keys & {"/FontFile", "/FontFile2", "/FontFile3"}:
            self._fonts.add(str(thing.get("/FontName", "?")).lstrip("/"))

    def _count(self, code: str, place: str) -> None:
        self._counts[code] += 1
        self._first.setdefault(code, place)

    def findings(self) -> list[Finding]:
        """What was counted, as findings."""
        found = []
        for code, sentence in (
            ("comments", COMMENTS),
            ("form", FIELDS),
            ("layers", LAYERS),
            ("signed", SIGNED),
        ):
            if self._counts[code]:
                values = (("count", self._counts[code]),)
                found.append(Finding(code, self._first[code], sentence, values, consent=code == "comments"))
        if self._fonts:
            found.append(
                Finding("font_not_embedded", "fonts", FONTS, (("names", ", ".join(sorted(self._fonts))),))
            )
        return found


def _name(thing: pikepdf.Object, key: str, keys: set[str]) -> str:
    value = thing.get(key) if key in keys else None
    return str(value) if isinstance(value, pikepdf.Name) else ""


def _is_resource(value: Any) -> bool:
    if not isinstance(value, (pikepdf.Dictionary, pikepdf.Stream)):
        return False
    return value.get("/Type") in ("/Font", "/XObject", "/ExtGState", "/Pattern") or "/BBox" in value


def _empty_tree(tree: pikepdf.Object) -> bool:
    if not isinstance(tree, pikepdf.Dictionary) or "/Kids" in tree:
        return False
    return len(tree.get("/Names", pikepdf.Array())) == 0


def _check_link(value: pikepdf.Object | None, place: str) -> None:
    address = "".join(sign for sign in str(value or "") if ord(sign) > 32)
    try:
        scheme = urlsplit(address).scheme.lower()
    except ValueError:
        scheme = "?"
    # A link without scheme reaches no further than the page that shows it.
    if scheme not in ("", "http", "https", "mailto", "tel") or address.startswith(("\\", "//")):
        raise InputRefused("unsafe_hyperlink", BAD_LINK, place=place, what=address[:120])
