"""Words of a text and their stems, and what counts as the same text.

Russian, English, French, Spanish and Arabic are stemmed by Snowball's algorithms; Kazakh, for
which there is none, and any other language by the table of endings in the concordance's data and
what `endings.toml` has beside it.
A script without spaces is cut into pairs of signs.
"""

from __future__ import annotations

import re
import threading
import tomllib
import unicodedata
from dataclasses import dataclass, replace
from functools import lru_cache
from hashlib import blake2b
from pathlib import Path
from typing import Any

import snowballstemmer

from workflow.concordance import language as languages
from workflow.concordance.words import Stemmer, Word

SNOWBALL = {"ar": "arabic", "en": "english", "es": "spanish", "fr": "french", "ru": "russian"}
# Signs that differ between keyboards and never in meaning.
_SAME = str.maketrans({"’": "'", "‘": "'", "ʼ": "'", "ё": "е"})
_SPACES = re.compile(r"\s+")


@dataclass(frozen=True)
class Snowball(Stemmer):
    """One of Snowball's algorithms in the place of a table of endings."""

    algorithm: str = ""

    def __hash__(self) -> int:
        return hash(self.algorithm)

    def stem(self, word: str) -> str:
        """The part of `word` that stays in all its forms."""
        return _snowball_stem(self.algorithm, word)


@lru_cache(maxsize=100_000)
def _snowball_stem(algorithm: str, word: str) -> str:
    return str(_algorithm(algorithm).stemWord(word.casefold().translate(_SAME)))


_own = threading.local()


def _algorithm(name: str) -> Any:
    """The algorithm of this thread: one that is used by two at once mixes their words up."""
    if not hasattr(_own, name):
        setattr(_own, name, snowballstemmer.stemmer(name))
    return getattr(_own, name)


def same_text(text: str) -> str:
    """A text as a memory compares it: NFC, every run of white space one plain space, no space at the ends."""
    return _SPACES.sub(" ", unicodedata.normalize("NFC", text)).strip()


def key(*parts: str) -> int:
    """A number of 64 bits (signed) that stands for these texts in an index."""
    digest = blake2b("\0".join(parts).encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big", signed=True)


def base(language: str) -> str:
    """The language of a code without its country or script: `en` of `en-GB`."""
    return language.partition("-")[0].lower()


@lru_cache(maxsize=1)
def _endings() -> dict[str, Any]:
    return tomllib.loads((Path(__file__).parent / "endings.toml").read_text("utf-8"))


@lru_cache(maxsize=32)
def stemmer(language: str) -> Stemmer:
    """What cuts a word of a language down to the part that stays in all its forms."""
    code = base(language)
    if code in SNOWBALL:
        return Snowball(algorithm=SNOWBALL[code])
    table = languages.load(code).stemmer
    more = _endings().get(code, {}).get("endings", ())
    return replace(table, suffixes=tuple(sorted({*table.suffixes, *more}, key=lambda one: (-len(one), one))))


def spaced(language: str) -> bool:
    """Whether the language writes its words apart."""
    return languages.load(base(language)).spaced


def words(language: str, text: str) -> list[Word]:
    """The words of a text, or pairs of its signs where words are not written apart."""
    found = stemmer(language).words(text)
    if spaced(language):
        return found
    return [
        Word(word.text[at : at + 2], word.start + at, word.start + at + 2, word.text[at : at + 2])
        for word in found
        for at in range(max(1, len(word.text) - 1))
    ]


def stems(language: str, text: str) -> frozenset[str]:
    """The different stems of a text."""
    return frozenset(word.stem for word in words(language, text))
