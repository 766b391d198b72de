"""How long a text is, by the rules of its language: words, or characters where words have no spaces.

A word is what stands between spaces or dashes and has a letter or a digit, as word processors count:
“TTF/374”, “9-го” and “28.03.2022” are one each, a lone “№” or dash is none.  Chinese and Japanese are
counted by their characters, without punctuation; a Latin word or a number among them counts as one.
"""

from __future__ import annotations

import re

# Languages whose texts are measured in characters (ISO 639-1).
BY_CHARACTERS = frozenset({"zh", "ja"})
# Han, kana and their extensions: every sign is counted by itself.
_SIGNS = re.compile(
    "[\u3005\u3007\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003347f]"
)
_GAPS = re.compile(r"[\s\u200b\u2013\u2014\u2015]+")


def by_characters(language: str) -> bool:
    """Whether a text in `language` (a BCP 47 code) is measured in characters."""
    return language.partition("-")[0] in BY_CHARACTERS


def length(text: str) -> int:
    """How many words (or characters, where the script has no spaces) a text has."""
    signs = len(_SIGNS.findall(text))
    rest = _SIGNS.sub(" ", text)
    return signs + sum(any(sign.isalnum() for sign in word) for word in _GAPS.split(rest))
