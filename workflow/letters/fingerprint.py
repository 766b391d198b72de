"""The fingerprint of everything beside the letter model that decides the bytes of its documents.

A stored letter can be rendered again and compared byte by byte only by the
renderer that made it: where the fingerprint differs, the stored file is
checked as it is.
"""

from __future__ import annotations

import hashlib
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path

from workflow.letters import docx_figures, note_docx, note_pdf, sheet
from workflow.letters.blocks import Letter

# Enough of a font to tell its releases apart: its tables of names and versions stand near the beginning.
FONT_HEAD_BYTES = 65_536


def fingerprint(letter: Letter) -> str:
    """SHA-256 (hex) over the renderers' versions, the template, the fonts and the profile's digest."""
    digest = hashlib.sha256()
    for part in (_renderers(), _fonts(letter.fonts), letter.profile_digest):
        digest.update(part.encode() + b"\0")
    return digest.hexdigest()


@lru_cache(maxsize=1)
def sheet_fingerprint() -> str:
    """SHA-256 (hex) over what decides the bytes of a sheet beside its data: renderer, template, fonts."""
    families = tuple(family for pack in note_pdf.font_packages() for family in pack.families)
    template = hashlib.sha256(sheet.TEMPLATE.read_bytes()).hexdigest()
    parts = (sheet.VERSION, template, version("typst"), _fonts(families))
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


@lru_cache(maxsize=1)
def _renderers() -> str:
    drawn = note_pdf.TEMPLATE.read_bytes() + docx_figures.TEMPLATE.read_bytes()
    template = hashlib.sha256(drawn).hexdigest()
    libraries = [f"{name} {version(name)}" for name in ("typst", "python-docx", "lxml")]
    return "\n".join([note_pdf.VERSION, note_docx.VERSION, template, *libraries])


@lru_cache(maxsize=32)
def _fonts(families: tuple[str, ...]) -> str:
    digest = hashlib.sha256("\0".join(families).encode())
    for pack in note_pdf.packages_of(families):
        for file in sorted(Path(pack.folder).glob("*")):
            digest.update(f"{file.name} {file.stat().st_size}".encode())
            with file.open("rb") as font:
                digest.update(font.read(FONT_HEAD_BYTES))
    return digest.hexdigest()
