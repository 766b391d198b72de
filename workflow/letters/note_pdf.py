"""The PDF of a letter: Typst draws the letter model, as PDF/A-2a and PDF/UA-1.

Where the profile says so it is PDF/A-3a, with the letter's own DOCX attached.

The same letter gives the same bytes: fonts are the bundled ones and those of
named Debian packages, never whatever else a machine has, and the time in the
file is the letter's day.
"""

from __future__ import annotations

import base64
import io
import json
import re
import threading
import tomllib
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, time
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal, cast

import pikepdf
import typst

from workflow.errors import Invalid, Unavailable
from workflow.letters import note_docx
from workflow.letters.blocks import DRAFT_MOMENT, Letter
from workflow.letters.layout import PAPERS
from workflow.letters.profile import ROOT

VERSION = "2"
TEMPLATE = ROOT / "letter.typ"
Standard = Literal["a-2a", "a-2b", "a-3a", "ua-1"]
STANDARDS: tuple[Standard, ...] = ("a-2a", "ua-1")
# Only the third part of ISO 19005 takes files of any kind along.
STANDARDS_WITH_DOCX: tuple[Standard, ...] = ("a-3a", "ua-1")
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_ESCAPED = re.compile(r"\\(?:u\{([0-9a-fA-F]+)\}|(.))", re.DOTALL)
_MISSING = re.compile(r"the text `\"(.+?)\"` could not be displayed", re.DOTALL)
_FILE_NAME = re.compile(r"[^A-Za-z0-9.-]+")
# Letters of one page are drawn in half the time; one with more signs than this is not tried as such.
MOST_ON_A_PAGE = 4_000
_ONE_PAGE = b"<</Type/Pages/Count 1/"
# The styles that the template asks for whether or not a block has their role.
_STYLES_BY_NAME = {"letterhead", "paragraph"}
# One compiler is not made for two threads at once.
LOCK = threading.Lock()


@dataclass(frozen=True)
class FontPackage:
    """A Debian package of fonts: its families, where they lie, and which scripts they draw."""

    name: str
    families: tuple[str, ...]
    folder: str
    scripts: tuple[str, ...]


@lru_cache(maxsize=1)
def font_packages() -> tuple[FontPackage, ...]:
    """The packages that the letters' fonts come from, as `fonts.toml` lists them."""
    listed = tomllib.loads((ROOT / "fonts.toml").read_text(encoding="utf-8"))
    return tuple(
        FontPackage(name, tuple(row["families"]), row["folder"], tuple(row["scripts"]))
        for name, row in listed.items()
    )


def packages_of(families: tuple[str, ...]) -> list[FontPackage]:
    """The packages that bring any of these families."""
    return [pack for pack in font_packages() if set(pack.families) & set(families)]


def render(letter: Letter) -> bytes:
    """The letter as PDF.

    Raises Invalid for a character that no font of the letter's languages can
    draw, and Unavailable where a font package is not installed.
    """
    standards = STANDARDS_WITH_DOCX if letter.attach_docx else STANDARDS
    inputs = {"letter": json.dumps(_data(letter), ensure_ascii=False)}
    if sum(len(block.text) for block in letter.blocks) <= MOST_ON_A_PAGE:
        found = compiled(letter, TEMPLATE, {**inputs, "single": "yes"}, standards)
        if _ONE_PAGE in found[:400]:
            return found
    return compiled(letter, TEMPLATE, inputs, standards)


def compiled(
    letter: Letter,
    template: Path,
    inputs: dict[str, str],
    standards: tuple[Standard, ...],
    *,
    tags: bool = True,
) -> bytes:
    """What `template` draws of `inputs` in the fonts of `letter`, as PDF of its day; raises as `render` does."""
    moment = datetime.combine(letter.day, time(), UTC) if letter.day else DRAFT_MOMENT
    with _compiler(letter, template) as compiler:
        found = compiler.compile(
            format="pdf",
            sys_inputs=inputs,
            pdf_standards=[*standards],
            timestamp=moment,
            pdf_tags=tags,
        )
    return cast(bytes, found)


def marked(letter: Letter, label: str) -> Any:
    """What the template noted under a label while it laid `letter` out; None where it noted nothing."""
    inputs = {"letter": json.dumps(_data(letter), ensure_ascii=False)}
    with _compiler(letter, TEMPLATE) as compiler:
        compiler.compile(format="pdf", sys_inputs=inputs, pdf_standards=[], timestamp=DRAFT_MOMENT)
        found = json.loads(compiler.query(f"<{label}>", field="value"))
    return found[0] if found else None


def page_count(pdf: bytes) -> int:
    """The number of pages of a PDF of our own making."""
    with pikepdf.open(io.BytesIO(pdf)) as document:
        return len(document.pages)


@contextmanager
def _compiler(letter: Letter, template: Path) -> Iterator[typst.Compiler]:
    """The compiler of a template with the letter's fonts, held alone."""
    packages = packages_of(letter.fonts)
    for pack in packages:
        if not Path(pack.folder).is_dir():
            raise Unavailable(
                "font-missing",
                "The fonts for %(language)s are not installed; install the package %(package)s.",
                language=letter.language,
                package=pack.name,
            )
    try:
        with LOCK:
            yield _made(template, tuple(pack.folder for pack in packages))
    except typst.TypstError as error:
        raise _refusal(letter, error) from None


@lru_cache(maxsize=8)
def _made(template: Path, folders: tuple[str, ...]) -> typst.Compiler:
    return typst.Compiler(
        input=str(template), root=str(ROOT), font_paths=list(folders), ignore_system_fonts=True
    )


def _data(letter: Letter) -> dict[str, Any]:
    data = letter.to_json()
    data["layout"]["paper_size"] = PAPERS[letter.layout.paper]
    # Typst hashes what it is given with each call of the template: it gets the styles in use alone.
    used = {block.role for block in letter.blocks} | _STYLES_BY_NAME
    data["layout"]["styles"] = {
        role: style for role, style in data["layout"]["styles"].items() if role in used
    }
    for figure in data["figures"]:
        if figure["media"] == "png":
            figure["data"] = list(base64.b64decode(figure["data"]))
    # A bookmark leads to the subject, or where there is none to the number.
    data["heading"] = "subject" if letter.of_role("subject") else "number"
    if letter.attach_docx:
        data["docx"] = {
            "name": f"{_FILE_NAME.sub('-', letter.number or 'draft')}.{letter.language}.docx",
            "media": DOCX,
            "data": list(note_docx.render(letter)),
        }
    return data


def missing_glyph(error: typst.TypstError) -> str | None:
    """The sign that no font can draw (with the marks that it carries), where that is what the error says."""
    missing = _MISSING.search(str(error))
    return _ESCAPED.sub(_unescaped, missing[1]) if missing else None


def _unescaped(match: re.Match[str]) -> str:
    """A character of Typst's message as it was before Typst wrote it with a backslash."""
    if match[1]:
        return chr(int(match[1], 16))
    return {"n": "\n", "t": "\t", "r": "\r"}.get(match[2], match[2])


def _refusal(letter: Letter, error: typst.TypstError) -> Exception:
    signs = missing_glyph(error)
    if signs is None:
        return Invalid(
            "letter-not-drawn",
            "The letter could not be drawn (%(reason)s); correct the profile.",
            reason=str(error).splitlines()[0],
        )
    return Invalid(
        "glyph-missing",
        "The character “%(sign)s” (%(name)s) in the %(language)s version has no glyph in %(fonts)s; "
        "replace it, or name in the profile a font that has it (package %(package)s).",
        sign=signs,
        name=", ".join(f"U+{ord(sign):04X} {unicodedata.name(sign, 'unnamed')}" for sign in signs),
        language=letter.language,
        fonts=", ".join(letter.fonts),
        # Of a letter with marks, it is usually the mark that is not there.
        package=_package_for(next((sign for sign in reversed(signs) if not sign.isascii()), signs[0])),
    )


def _package_for(sign: str) -> str:
    """The Debian package whose fonts draw the script of `sign`."""
    name = unicodedata.name(sign, "")
    for pack in font_packages():
        if any(name.startswith(script) for script in pack.scripts):
            return pack.name
    return next(pack.name for pack in font_packages() if "" in pack.scripts)
