"""Text left in the language of another version, and words with letters of another script."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from workflow.concordance import wording
from workflow.concordance.context import Comparison, Version, place
from workflow.concordance.facts import Reading, excerpt
from workflow.concordance.language import Language
from workflow.concordance.roles import BODY, LETTERHEAD, NUMBER
from workflow.concordance.titles import find as find_titles
from workflow.errors import Phrase

_RUN = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
_LOOKALIKE_CYRILLIC = frozenset("АВЕЗКМНОРСТУХІЅЈҺаеорсухіѕјһ")
_LOOKALIKE_LATIN = frozenset("ABCEHIJKMOPSTXYaceiopsxyhj")
_FOREIGN_RUN = 4
_STOPWORD_SHARE = 0.16


@lru_cache(maxsize=4096)
def script(letter: str) -> str:
    """The script of a letter: Latin, Cyrillic, Greek, Arabic, Han or another by its Unicode name."""
    name = unicodedata.name(letter, "OTHER").split()[0]
    return {"CJK": "Han", "LATIN": "Latin", "CYRILLIC": "Cyrillic", "ARABIC": "Arabic", "GREEK": "Greek"}.get(
        name, name
    )


def check(comparison: Comparison, version: Version) -> None:
    """Finds both faults in one version."""
    for reading in version.readings:
        if reading.part.role == NUMBER:
            continue
        if reading.part.role != LETTERHEAD:
            left = _left_in_another_language(comparison, version, reading)
            if left:
                quote, other = left
                version.left.add(reading.number)
                comparison.add(
                    "untranslated",
                    [version.code],
                    {version.code: place(reading, quote)},
                    Phrase(
                        "“%(quote)s” in the %(language)s version is written in %(other)s. Translate it.",
                        quote=quote,
                        language=wording.name(version.language),
                        other=other,
                    ),
                )
        if reading.number in version.left:
            continue
        wrong = wrong_words(
            version.language, version.written[reading.number].replace("\n", " "), reading.part.role
        )
        if wrong:
            comparison.add(
                "wrong-script",
                [version.code],
                {version.code: place(reading, wrong[0])},
                Phrase(
                    "“%(quote)s” in %(language)s has letters of another script that look alike. Type the word anew.",
                    quote=wrong[0],
                    language=wording.name(version.language),
                ),
            )


def wrong_words(language: Language, text: str, role: str) -> list[str]:
    """The words of a text that have, or are all of, letters of another script that look alike."""
    home = language.script
    return [
        m[0]
        for m in _RUN.finditer(text)
        if not (m[0].isascii() and home == "Latin") and _is_wrong(language, text, m, role)
    ]


def _is_wrong(language: Language, text: str, match: re.Match[str], role: str) -> bool:
    word, home = match[0], language.script
    scripts = {script(c) for c in word if c.isalpha()}
    if len(scripts & {"Latin", "Cyrillic", "Greek"}) > 1:
        return True
    start, end = text.rfind(" ", 0, match.start()) + 1, text.find(" ", match.end())
    if re.search(r"@|://|www\.", text[start : end if end >= 0 else None]):
        return False
    if role == LETTERHEAD:
        return False
    if home == "Latin":
        return scripts == {"Cyrillic"} and all(c in _LOOKALIKE_CYRILLIC for c in word)
    if home == "Cyrillic" and scripts == {"Latin"} and all(c in _LOOKALIKE_LATIN for c in word):
        return _stands_for_cyrillic(language, text, match)
    return False


_MIXED_CYRILLIC = str.maketrans("ABCEHIKMOPTXYaceiopxyhj", "АВСЕНІКМОРТХУасеіорхуһј")
_MIXED_LATIN = str.maketrans("АВЕЗКМНОРСТУХІЅЈҺаеорсухіѕјһ", "ABE3KMHOPCTYXISJHaeopcyxisjh")


def mended(language: Language, text: str) -> str:
    """The text with the letters of mixed words in the script of the language, of the same length."""
    table = {"Cyrillic": _MIXED_CYRILLIC, "Latin": _MIXED_LATIN}.get(language.script)
    if table is None or (language.script == "Latin" and text.isascii()):
        return text

    def mend(match: re.Match[str]) -> str:
        word = match[0]
        # Acronyms may be of another script; their letters are the business of the number line.
        if (word.isascii() and language.script == "Latin") or word.isupper():
            return word
        return word.translate(table) if _is_wrong(language, text, match, BODY) else word

    return _RUN.sub(mend, text)


_TO_CYRILLIC = str.maketrans("ABCEHIJKMOPSTXYaceiopsxyhj", "АВСЕНІЈКМОРЅТХУасеіорѕхуһј")


def _stands_for_cyrillic(language: Language, text: str, match: re.Match[str]) -> bool:
    """Whether Latin letters that look Cyrillic stand where the language has its own word.

    A single small letter is a preposition; a word is believed where the text
    has it, or the language knows it, in its own letters.
    """
    word = match[0]
    if len(word) == 1 and text[match.end() : match.end() + 1] == ")":
        return False
    if len(word) == 1:
        around = _RUN.findall(
            text[max(0, match.start() - 25) : match.start()] + " " + text[match.end() : match.end() + 25]
        )
        return word in "acoyki" and all(script(other[0]) == "Cyrillic" for other in around)
    own = word.translate(_TO_CYRILLIC).replace("ѕ", "с").replace("Ѕ", "С")
    elsewhere = any(own == other[0] for other in _RUN.finditer(text))
    return elsewhere or own.lower() in language.stopwords


def _left_in_another_language(
    comparison: Comparison, version: Version, reading: Reading
) -> tuple[str, str] | None:
    home = version.language
    text = _without_titles_and_addresses(reading)
    foreign = _foreign_run(home.script, text)
    if foreign:
        other = next(
            (
                wording.name(v.language)
                for v in comparison.versions.values()
                if v.language.script == script(foreign[0]) and v is not version
            ),
            wording.script(script(foreign[0])),
        )
        at = text.find(foreign)
        return excerpt(reading.text[at : at + len(foreign)]), other
    for sentence in re.finditer(r"\S.*?(?:[.!?;:](?=\s)|$)", text):
        other_language = _other_of_same_script(comparison, version, sentence[0])
        if other_language:
            # The addresses and titles that were blanked belong to the quote.
            return excerpt(reading.text[sentence.start() : sentence.end()]), other_language
    return None


def _without_titles_and_addresses(reading: Reading) -> str:
    """The paragraph with addresses, symbols and short quoted titles blanked: these may stay as they are."""
    text = reading.text
    spans = [(f.start, f.end) for kind in ("url", "email", "reference") for f in reading.facts[kind]]
    spans += [(t.start, t.end) for t in find_titles(reading.language, text)]
    for start, end in spans:
        text = text[:start] + " " * (end - start) + text[end:]
    return text


def _foreign_run(home: str, text: str) -> str:
    """A run of words in another script that is longer than a name: four words, or three with small letters."""
    runs: list[list[re.Match[str]]] = [[]]
    for match in _RUN.finditer(text):
        of_word = script(match[0][0]) if len({script(c) for c in match[0] if c.isalpha()}) == 1 else home
        known = {"Latin", "Cyrillic", "Arabic", "Han"}
        near = not runs[-1] or match.start() - runs[-1][-1].end() <= 3
        if (
            of_word in known
            and of_word != home
            and (home != "Han" or of_word != "Latin" or len(match[0]) > 1)
        ):
            if near and (not runs[-1] or script(runs[-1][-1][0][0]) == of_word):
                runs[-1].append(match)
            else:
                runs.append([match])
        else:
            runs.append([])
    for run in runs:
        # Arabic has no capitals.
        small = sum(not word[0].istitle() and not word[0].isupper() for word in run)
        han = bool(run) and script(run[0][0][0]) == "Han" and len(text[run[0].start() : run[-1].end()]) >= 5
        if (
            (len(run) >= _FOREIGN_RUN and small)
            or (len(run) >= 3 and small >= 2)
            or (len(run) >= 2 and small == len(run) and home != "Latin")
            or han
        ):
            return text[run[0].start() : run[-1].end()]
        if run and script(run[0][0][0]) == "Cyrillic" and any(len(w[0]) > 3 and w[0].islower() for w in run):
            return text[run[0].start() : run[-1].end()]
        if (
            run
            and home in ("Cyrillic", "Arabic", "Han")
            and len(run) == 1
            and run[0][0].islower()
            and len(run[0][0]) > 4
        ):
            return run[0][0]
    return ""


def _other_of_same_script(comparison: Comparison, version: Version, sentence: str) -> str:
    """The language of another version that a sentence is written in, by its commonest words and letters."""
    words = [match[0].lower() for match in _RUN.finditer(sentence)]
    if len(words) < 4:
        return ""
    home = version.language
    mine = sum(word in home.stopwords for word in words) + _letters(home.data.get("letters", ""), words)
    for other in comparison.versions.values():
        if other is version or other.language.script != home.script:
            continue
        theirs = sum(word in other.language.stopwords for word in words) + _letters(
            other.language.data.get("letters", ""), words
        )
        common = {word for word in words if word in other.language.stopwords}
        if (
            theirs >= 2
            and len(common) >= 2
            and theirs >= 3 * max(mine, 1) - 1
            and theirs / len(words) >= _STOPWORD_SHARE
        ):
            return wording.name(other.language)
    return ""


def _letters(letters: str, words: list[str]) -> int:
    """How many words have letters that only one of two languages uses."""
    return sum(any(letter in word for letter in letters) for word in words) if letters else 0
