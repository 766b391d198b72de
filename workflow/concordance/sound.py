"""Names that no data know, compared by their sound across Latin and Cyrillic."""

from __future__ import annotations

import re
import unicodedata
from difflib import SequenceMatcher

from workflow.concordance import dates
from workflow.concordance.facts import Reading

_CYRILLIC = dict(
    zip(
        "абвгдежзийклмнопрстуфхцчшщъыьэюяәғқңөұүһі",
        [
            "a",
            "b",
            "v",
            "g",
            "d",
            "e",
            "zh",
            "z",
            "i",
            "i",
            "k",
            "l",
            "m",
            "n",
            "o",
            "p",
            "r",
            "s",
            "t",
            "u",
            "f",
            "h",
            "ts",
            "ch",
            "sh",
            "sh",
            ".",
            "y",
            ".",
            "e",
            "u",
            "a",
            "a",
            "g",
            "k",
            "n",
            "o",
            "u",
            "u",
            "h",
            "i",
        ],
        strict=True,
    )
)
_SAME_SOUND = (
    ("ph", "f"),
    ("kh", "h"),
    ("ck", "k"),
    ("q", "k"),
    ("c", "k"),
    ("w", "v"),
    ("x", "ks"),
    ("y", "i"),
    ("j", "i"),
    ("zh", "i"),
)
_LIKENESS = 0.6
_GENERIC = re.compile(
    r"(?<!\w)(?:city of|the city of|город|г\.|қаласы|қ\.|ville de|ciudad de)(?!\w)", re.IGNORECASE
)


def sound(text: str) -> str:
    """A name by its sound, in plain Latin letters; empty where the script cannot be read so."""
    text = unicodedata.normalize("NFD", "".join(_CYRILLIC.get(c, c) for c in text.lower()))
    text = "".join(c for c in text if "a" <= c <= "z")
    for written, heard in _SAME_SOUND:
        text = text.replace(written, heard)
    return re.sub(r"(.)\1", r"\1", text)


def alike(one: str, other: str) -> bool:
    """Whether two sounds may be one name."""
    return SequenceMatcher(None, one, other, autojunk=False).ratio() >= _LIKENESS


def place_words(reading: Reading) -> str:
    """The sound of a place line without its date and its word for a city."""
    text = reading.text
    for found in reversed(dates.find(reading.language, text)):
        text = text[: found.start] + " , " + text[found.end :]
    text = _GENERIC.sub(" ", text).strip(" ,.")
    parts = [part for part in re.split(r"[,.]", text) if re.search(r"[^\W\d]{3}", part)]
    return sound(parts[0]) if parts else ""
