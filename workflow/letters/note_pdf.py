"""The PDF of a letter: Typst draws the letter model, as PDF/A-2a and PDF/UA-1.

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
from dataclasses import dataclass
from datetime import UTC, datetime, time
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal, cast

import pikepdf
import typst

from workflow.errors import Invalid, Unavailable
from workflow.letters.blocks import Letter
from workflow.letters.layout import PAPERS
from workflow.letters.profile import ROOT

VERSION = "1"
TEMPLATE = ROOT / "letter.typ"
STANDARDS: list[Literal["a-2a", "ua-1"]] = ["a-2a", "ua-1"]
# A draft has no date of its own; a PDF of the standards has to have one.
DRAFT_MOMENT = datetime(2000, 1, 1, tzinfo=UTC)
_ESCAPED = re.compile(r"\\(?:u\{([0-9a-fA-F]+)\}|(.))", re.DOTALL)
_MISSING = re.compile(r"the text `\"(.+?)\"` could not be displayed", re.DOTALL)
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
    packages = packages_of(letter.fonts)
    for pack in packages:
        if not Path(pack.folder).is_dir():
            raise Unavailable(
                "font-missing",
                "The fonts for %(language)s are not installed; install the package %(package)s.",
                language=letter.language,
                package=pack.name,
            )
    moment = datetime.combine(letter.day, time(), UTC) if letter.day else DRAFT_MOMENT
    try:
        with LOCK:
            found = _compiler(tuple(pack.folder for pack in packages)).compile(
                format="pdf",
                sys_inputs={"letter": json.dumps(_data(letter), ensure_ascii=False)},
                pdf_standards=[*STANDARDS],
                timestamp=moment,
            )
    except typst.TypstError as error:
        raise _refusal(letter, error) from None
    return cast(bytes, found)


def page_count(pdf: bytes) -> int:
    """The number of pages of a PDF of our own making."""
    with pikepdf.open(io.BytesIO(pdf)) as document:
        return len(document.pages)


@lru_cache(maxsize=8)
def _compiler(folders: tuple[str, ...]) -> typst.Compiler:
    return typst.Compiler(
        input=str(TEMPLATE), root=str(ROOT), font_paths=list(folders), ignore_system_fonts=True
    )


def _data(letter: Letter) -> dict[str, Any]:
    data = letter.to_json()
    data["layout"]["paper_size"] = PAPERS[letter.layout.paper]
    for figure in data["figures"]:
        if figure["media"] == "png":
            figure["data"] = list(base64.b64decode(figure["data"]))
    # A bookmark leads to the subject, or where there is none to the number.
    data["heading"] = "subject" if letter.of_role("subject") else "number"
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
