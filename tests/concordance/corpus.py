"""The correct notes: one file each, three languages, of several invented organisations."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

HERE = Path(__file__).parent


@dataclass(frozen=True)
class Note:
    """A correct note: its name, the profile that it is compared with, and its text per language."""

    name: str
    profile: str
    texts: dict[str, str]

    @property
    def held_out(self) -> bool:
        """Whether the note belongs to the third that is scored apart; fixed by its name."""
        return self.name in HELD_OUT


@lru_cache(maxsize=1)
def notes() -> tuple[Note, ...]:
    """All notes that faults are made of, by name."""
    return _read("notes")


@lru_cache(maxsize=1)
def others() -> tuple[Note, ...]:
    """Correct notes in the manner of other organisations, in two to six languages."""
    return _read("others")


def _read(folder: str) -> tuple[Note, ...]:
    found = []
    for file in sorted((HERE / folder).glob("*.txt")):
        head, *parts = re.split(r"^=== (\w+)\n", file.read_text("utf-8"), flags=re.MULTILINE)
        profile = head.partition("profile:")[2].strip()
        known = HERE / "profiles" / profile
        texts = dict(zip(parts[::2], parts[1::2], strict=True))
        found.append(Note(file.stem, str(known) if known.is_dir() else profile, texts))
    return tuple(found)


def _split() -> frozenset[str]:
    names = sorted(file.stem for file in (HERE / "notes").glob("*.txt"))
    ranked = sorted(names, key=lambda name: hashlib.sha256(name.encode()).hexdigest())
    return frozenset(ranked[: len(names) // 3])


HELD_OUT = _split()
"""A third of the notes, chosen by the SHA-256 of their names."""
