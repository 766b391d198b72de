"""How findings are worded: phrases of the catalogues, so that each reader gets them in their language."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import reduce

from workflow.concordance.language import Language
from workflow.errors import Phrase

LANGUAGES = {
    "ar": Phrase("Arabic"),
    "en": Phrase("English"),
    "es": Phrase("Spanish"),
    "fr": Phrase("French"),
    "kk": Phrase("Kazakh"),
    "ru": Phrase("Russian"),
    "zh": Phrase("Chinese"),
}
SCRIPTS = {
    "Latin": Phrase("Latin letters"),
    "Cyrillic": Phrase("Cyrillic letters"),
    "Greek": Phrase("Greek letters"),
    "Arabic": Phrase("Arabic letters"),
    "Han": Phrase("Chinese signs"),
}
OTHER_SCRIPT = Phrase("letters of another script")
NONE = Phrase("none")
# The levels of formulas that the languages' own data know; an organisation may have others.
LEVELS = {
    "highest": Phrase("highest"),
    "high": Phrase("high"),
    "plain": Phrase("plain"),
    "profound": Phrase("profound"),
    "sincerely": Phrase("of a letter"),
    "compliments": Phrase("compliments"),
}
UNKNOWN_LEVEL = Phrase("not known")


def name(language: Language) -> str:
    """What a language is called in a message."""
    return LANGUAGES.get(language.code, language.name)


def level(key: str) -> str:
    """What a level of a formula is called; a level of the organisation's own by its name there."""
    return LEVELS.get(key, key) if key else UNKNOWN_LEVEL


def script(key: str) -> str:
    """What the letters of a script are called."""
    return SCRIPTS.get(key, OTHER_SCRIPT)


def listed(words: Iterable[str]) -> str:
    """Words with commas between them; "none" where there are none."""
    found = list(words)
    return (
        reduce(lambda one, other: Phrase("%(one)s, %(other)s", one=one, other=other), found)
        if found
        else NONE
    )


def beside(said: Mapping[str, tuple[str, str]]) -> str:
    """What each version has, side by side: code → the language and what it has, quoted where it is a quote."""
    found = [Phrase("%(language)s has %(value)s", language=who, value=what) for who, what in said.values()]
    return reduce(lambda one, other: Phrase("%(one)s; %(other)s", one=one, other=other), found)


def quoted(text: str) -> str:
    """A passage in quotation marks."""
    return Phrase("“%(text)s”", text=text)


def explained(text: str, meaning: str) -> str:
    """A passage in quotation marks, and what it means."""
    return Phrase("“%(text)s” (%(meaning)s)", text=text, meaning=meaning)
