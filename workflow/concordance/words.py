"""Words: how a text falls into them, their stems, and a lexicon that finds phrases by stem.

Russian and Kazakh inflect, so that no phrase is looked for as a string.  Each
language gives a table of endings; a word and a phrase of the lexicon are cut
by the same table and meet in the stem.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Generic, TypeVar

Value = TypeVar("Value")
SHORTEST_STEM = 3
# Longer names have endings of two letters (Соединенные, Соединенных), shorter ones of one (Дания, Дании).
SHORT_NAME = 6
_WORD = re.compile(r"[^\W_]+(?:['’](?=[^\W\d_])[^\W\d_]+)?")
_WITHIN_PHRASE = re.compile(r"[\s\-‐‑.’']{1,3}")
_ARABIC_MARKS = re.compile("[\u064b-\u0652\u0670\u0640]")
_SAME_LETTER = str.maketrans({"ё": "е", "’": "'", "أ": "ا", "إ": "ا", "آ": "ا", "ى": "ي", "ة": "ه"})


@dataclass(frozen=True)
class Word:
    """A word of a text: as written, where it stands, and its stem."""

    text: str
    start: int
    end: int
    stem: str

    @property
    def capital(self) -> bool:
        """Whether it begins with a capital, or with a letter of a script that has none."""
        return not self.text.islower()


@dataclass(frozen=True)
class Stemmer:
    """A language's table of endings and beginnings that do not belong to the stem.

    `repeat` takes endings off as long as there are any (Kazakh stacks them);
    `last` writes a stem's last letter as it stands at the end of a word
    (бөлігі, бөлік); `final` shortens a doubled end.
    """

    suffixes: tuple[str, ...] = ()
    prefixes: tuple[str, ...] = ()
    repeat: bool = False
    last: Mapping[str, str] = field(default_factory=dict)
    final: Mapping[str, str] = field(default_factory=dict)

    def __hash__(self) -> int:
        return hash((self.suffixes, self.prefixes))

    def stem(self, word: str) -> str:
        """The part of `word` that stays in all its forms."""
        return _stem(self, word)

    def words(self, text: str) -> list[Word]:
        """The words of `text` in order."""
        stem = self.stem
        return [Word(m[0], m.start(), m.end(), stem(m[0])) for m in _WORD.finditer(text)]


def _ending(word: str) -> Callable[[str], int]:
    """How many letters an ending takes off `word`, 0 if it is not there; "а+ны" is "ны" behind an "а"."""

    def cut(suffix: str) -> int:
        _, plus, ending = suffix.partition("+")
        length = len(ending) if plus else len(suffix)
        here = word.endswith(suffix.replace("+", "", 1)) and len(word) - length >= SHORTEST_STEM
        return length if here else 0

    return cut


@lru_cache(maxsize=65536)
def _stem(stemmer: Stemmer, word: str) -> str:
    word = _ARABIC_MARKS.sub("", word.lower()).translate(_SAME_LETTER)
    for prefix in stemmer.prefixes:
        if word.startswith(prefix) and len(word) - len(prefix) >= SHORTEST_STEM:
            word = word[len(prefix) :]
            break
    while True:
        cut = next((n for n in map(_ending(word), stemmer.suffixes) if n), 0)
        if not cut:
            break
        word = word[:-cut]
        if not stemmer.repeat:
            break
    for doubled, single in stemmer.final.items():
        if word.endswith(doubled):
            word = word[: -len(doubled)] + single
    return word[:-1] + stemmer.last.get(word[-1:], word[-1:])


@dataclass(frozen=True)
class Mention(Generic[Value]):
    """Where a text names something that a lexicon knows."""

    value: Value
    start: int
    end: int
    phrase: str


class Lexicon(Generic[Value]):
    """Phrases and what they mean; finds them in a text by stem, the longest first.

    `proper` phrases are names: their first word has a capital in the text.
    """

    def __init__(self, stemmer: Stemmer, spaced: bool = True) -> None:
        self._stemmer = stemmer
        self._spaced = spaced
        self._by_first: dict[str, list[tuple[tuple[str, ...], Value, str, bool]]] = {}
        self.phrases: dict[Value, list[str]] = {}

    def add(self, phrase: str, value: Value, *, proper: bool = False) -> None:
        """`phrase` from now on means `value`; a phrase that is known keeps its first meaning."""
        phrase = unicodedata.normalize("NFC", phrase)
        stems = tuple(word.stem for word in self._stemmer.words(phrase)) if self._spaced else (phrase,)
        if not stems or not stems[0]:
            return
        group = self._by_first.setdefault(stems[0] if self._spaced else phrase[0], [])
        if all(known[0] != stems for known in group):
            group.append((stems, value, phrase, proper))
            group.sort(key=lambda known: -sum(map(len, known[0])))
        self.phrases.setdefault(value, []).append(phrase)

    def add_all(self, table: Mapping[Value, Iterable[str]], *, proper: bool = False) -> None:
        """Every phrase of a table value → phrases."""
        for value, phrases in table.items():
            for phrase in phrases:
                self.add(phrase, value, proper=proper)

    def find(self, text: str, words: Sequence[Word]) -> list[Mention[Value]]:
        """The mentions in `text`, in order and without overlap; `words` are its words."""
        return self._find_spaced(text, words) if self._spaced else self._find_unspaced(text)

    def _find_spaced(self, text: str, words: Sequence[Word]) -> list[Mention[Value]]:
        found = []
        at, count = 0, len(words)
        while at < count:
            for stems, value, phrase, proper in self._by_first.get(words[at].stem, ()):
                last = at + len(stems)
                if last > count or (proper and not self._is_name(words[at], phrase)):
                    continue
                if all(words[at + i].stem == stem for i, stem in enumerate(stems)) and all(
                    _WITHIN_PHRASE.fullmatch(text, words[i].end, words[i + 1].start)
                    for i in range(at, last - 1)
                ):
                    found.append(Mention(value, words[at].start, words[last - 1].end, phrase))
                    at = last - 1
                    break
            at += 1
        return found

    def _is_name(self, word: Word, phrase: str) -> bool:
        """Whether a word can begin a name: a capital, and the letters of the name but for its ending.

        A stem alone would take "Данные" (data) for "Дания".
        """
        if not word.capital or self._stemmer.prefixes:
            return word.capital
        name = _WORD.match(phrase)
        letters = len(name[0]) if name else 0
        if letters < SHORTEST_STEM:
            return True
        mine, theirs = (one.lower().translate(_SAME_LETTER) for one in (word.text, phrase))
        shared = next(
            (at for at, (a, b) in enumerate(zip(mine, theirs, strict=False)) if a != b),
            min(len(mine), letters),
        )
        return shared >= letters - (1 if letters <= SHORT_NAME else 2)

    def _find_unspaced(self, text: str) -> list[Mention[Value]]:
        found = []
        at = 0
        while at < len(text):
            for (phrase,), value, shown, _ in self._by_first.get(text[at], ()):
                if text.startswith(phrase, at):
                    found.append(Mention(value, at, at + len(phrase), shown))
                    at += len(phrase) - 1
                    break
            at += 1
        return found
