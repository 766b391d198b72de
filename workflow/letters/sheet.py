"""Sheets of the office: slips, delivery lists and packs of evidence, drawn by the letters' renderer.

A sheet is plain data, and the same sheet gives the same bytes.  What it shows may come from outside
(the words of a foreign mail server), so a sign that no font can draw is written as its number
instead of being refused, and nothing in it is ever taken for mark-up.
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any, cast

import typst

from workflow.errors import Invalid, Unavailable
from workflow.letters.note_pdf import LOCK, STANDARDS, font_packages, missing_glyph
from workflow.letters.profile import ROOT

VERSION = "1"
TEMPLATE = ROOT / "sheet.typ"
# How many different signs are replaced one by one before everything unusual is.
PATIENCE = 24
# No page of the office shows more of one text than this, whoever wrote it.
LONGEST = 4000
EARLIEST = datetime(1980, 1, 1, tzinfo=UTC)

Part = dict[str, Any]


@dataclass(frozen=True)
class Sheet:
    """A sheet: `head` are the lines above the title, `running` the words on top of every page.

    `page` has the places {page} and {pages}.  `moment` is the time that the file carries.  `fonts` are
    tried in their order; `wide` lays the paper on its side.
    """

    title: str
    language: str
    moment: datetime
    head: tuple[str, ...] = ()
    running: str = ""
    page: str = "{page}/{pages}"
    direction: str = "ltr"
    wide: bool = False
    fonts: tuple[str, ...] = ("Noto Sans",)
    parts: tuple[Part, ...] = field(default=())


def heading(text: str, level: int = 2) -> Part:
    """A heading below the title, of level 2 or 3."""
    return {"kind": "heading", "text": text, "level": level}


def words(text: str, *, code: bool = False) -> Part:
    """A paragraph; with `code` in signs of one width."""
    return {"kind": "words", "text": text, "code": code}


def facts(rows: Sequence[tuple[str, str] | tuple[str, str, bool]]) -> Part:
    """Names and values side by side; a third element says that the value is set in signs of one width."""
    kept = [[row[0], row[1], len(row) > 2 and bool(row[2])] for row in rows if row[1]]
    return {"kind": "facts", "rows": kept}


def table(
    columns: Sequence[str], rows: Sequence[Sequence[str]], *, widths: Sequence[int], codes: Sequence[int] = ()
) -> Part:
    """A table: a width is a share of the line, 0 as wide as its words; `codes` are columns of one-width signs."""
    if any(len(row) != len(columns) for row in rows) or len(widths) != len(columns):
        raise ValueError("every row of a table has as many cells as the table has columns")
    return {
        "kind": "table",
        "columns": list(columns),
        "rows": [list(row) for row in rows],
        "widths": list(widths),
        "codes": list(codes),
    }


def lines(*labels: str) -> Part:
    """Places to sign, side by side, with what is written there."""
    return {"kind": "lines", "labels": list(labels)}


def new_page() -> Part:
    """What follows begins on a page of its own."""
    return {"kind": "break"}


def render(sheet: Sheet) -> bytes:
    """The sheet as PDF/A-2a and PDF/UA-1; raises Unavailable where no font of it is installed."""
    families = tuple(
        dict.fromkeys((*sheet.fonts, *(family for pack in font_packages() for family in pack.families)))
    )
    folders = tuple(pack.folder for pack in font_packages() if Path(pack.folder).is_dir())
    if not folders:
        raise Unavailable("font-missing", "No fonts are installed; install the package %(package)s.",
                          package=font_packages()[-1].name)  # fmt: skip
    data = _shown(
        {
            "title": sheet.title,
            "language": sheet.language,
            "direction": sheet.direction,
            "wide": sheet.wide,
            "head": list(sheet.head),
            "running": sheet.running,
            "page": sheet.page,
            "fonts": list(families),
            "parts": list(sheet.parts),
        }
    )
    moment = max(sheet.moment.astimezone(UTC).replace(microsecond=0), EARLIEST)
    text = json.dumps(data, ensure_ascii=False)
    for _ in range(PATIENCE):
        try:
            return _compiled(folders, text, moment)
        except typst.TypstError as error:
            sign = missing_glyph(error)
            if sign is None:
                raise _refusal(error) from None
            text = text.replace(sign, number_of(sign))
    plain = "".join(sign if sign.isascii() or _usual(sign) else number_of(sign) for sign in text)
    try:
        return _compiled(folders, plain, moment)
    except typst.TypstError as error:
        raise _refusal(error) from None


def number_of(sign: str) -> str:
    """A sign by its number in Unicode (and those of its marks), as a sheet writes what cannot be drawn."""
    return "(" + " ".join(f"U+{ord(one):04X}" for one in sign) + ")"


def _compiled(folders: tuple[str, ...], text: str, moment: datetime) -> bytes:
    with LOCK:
        found = _compiler(folders).compile(
            format="pdf", sys_inputs={"sheet": text}, pdf_standards=[*STANDARDS], timestamp=moment
        )
    return cast(bytes, found)


@lru_cache(maxsize=2)
def _compiler(folders: tuple[str, ...]) -> typst.Compiler:
    return typst.Compiler(
        input=str(TEMPLATE), root=str(ROOT), font_paths=list(folders), ignore_system_fonts=True
    )


def _refusal(error: typst.TypstError) -> Invalid:
    return Invalid(
        "sheet-not-drawn", "The sheet could not be drawn (%(reason)s).", reason=str(error).splitlines()[0]
    )


def _usual(sign: str) -> bool:
    return unicodedata.name(sign, "").startswith(("LATIN", "CYRILLIC", "GREEK"))


def _shown(value: Any) -> Any:
    """The same data with every text fit to be drawn: no control signs, none that turn the line around."""
    if isinstance(value, str):
        cut = value if len(value) <= LONGEST else value[:LONGEST] + "…"
        tidy = unicodedata.normalize("NFC", cut.replace("\r\n", "\n").replace("\t", " "))
        return "".join(
            number_of(sign) if unicodedata.category(sign)[0] == "C" and sign != "\n" else sign
            for sign in tidy
        )
    if isinstance(value, dict):
        return {name: _shown(item) for name, item in value.items()}
    if isinstance(value, list):
        return [_shown(item) for item in value]
    return value
