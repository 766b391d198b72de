"""Makers of faults: each breaks one thing in one version of a correct note.

They work on the text alone and import nothing from the concordance, so that
what it cannot find it cannot hide either.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from tests.concordance import wording
from tests.concordance.corpus import Note

Maker = Callable[[Note, str, random.Random], str | None]
PER_MAKER = 2


@dataclass(frozen=True)
class Case:
    """A note with one fault: what types a right finding may have, the version at fault, and the texts."""

    note: Note
    maker: str
    types: frozenset[str]
    language: str
    texts: dict[str, str]


def _exchange(table: dict[str, list[tuple[str, str]]]) -> Maker:
    """A maker that puts one phrase of a table in the place of another, everywhere in its paragraph."""

    def make(note: Note, language: str, chance: random.Random) -> str | None:
        text = note.texts[language]
        pairs = [pair for pair in table.get(language, ()) if pair[0] in text]
        if not pairs:
            return None
        old, new = chance.choice(pairs)
        return text.replace(old, new, 1)

    return make


def other_availability(note: Note, language: str, chance: random.Random) -> str | None:
    """Another tense; "will be" is not said twice."""
    text = note.texts[language]
    pairs = [
        (old, new)
        for old, new in wording.AVAILABILITY.get(language, ())
        if old in text and not (new.endswith(old) and new in text)
    ]
    if not pairs:
        return None
    return text.replace(*chance.choice(pairs), 1)


def _dates(text: str, language: str) -> list[re.Match[str]]:
    months = "|".join(re.escape(m) for m in sorted(wording.MONTHS[language], key=len, reverse=True))
    return list(re.finditer(rf"(?:{months})", text))


def other_month(note: Note, language: str, chance: random.Random) -> str | None:
    text = note.texts[language]
    found = _dates(text, language)
    if not found:
        return None
    match = chance.choice(found)
    names = wording.MONTHS[language]
    return text[: match.start()] + names[(names.index(match[0]) + 5) % 12] + text[match.end() :]


def other_day(note: Note, language: str, chance: random.Random) -> str | None:
    text = note.texts[language]
    spots = []
    for match in _dates(text, language):
        if language == "zh":
            day = re.compile(r"\d{1,2}(?=日)").match(text, match.end())
        else:
            day = re.search(r"(?<!\d)\d{1,2}(?=(?:er)?\s+(?:de\s+)?$)", text[: match.start()])
        if day:
            spots.append((day.start(), day.end(), int(day[0])))
    if not spots:
        return None
    start, end, value = chance.choice(spots)
    return text[:start] + str(value + 2 if value < 27 else value - 3) + text[end:]


def other_year(note: Note, language: str, chance: random.Random) -> str | None:
    text = note.texts[language]
    pattern = {"kk": r"20\d\d(?= жылғы)", "zh": r"20\d\d(?=年)"}.get(language, r"(?<=\w )20\d\d(?=[\s.,]|$)")
    found = [
        m
        for m in re.finditer(pattern, text)
        if any(abs(d.start() - m.start()) < 18 for d in _dates(text, language))
    ]
    if not found:
        return None
    match = chance.choice(found)
    return text[: match.start()] + str(int(match[0]) + 1) + text[match.end() :]


def _number(text: str) -> re.Match[str] | None:
    return re.search(
        r"(?:TTF/|SOC/|SCMG/20\d\d/|UIH-20\d\d-|SBN/|CFR/20\d\d-|SHF-20\d\d-|RC/20\d\d/|EDS/20\d\d/|CFC/NV/|CIF/20\d\d/|ACDS-|C\.N\.|(?<=№ )|(?<=No\. ))(\d+)",
        text,
    )


def other_number(note: Note, language: str, chance: random.Random) -> str | None:
    text = note.texts[language]
    match = _number(text)
    return text[: match.start(1)] + str(int(match[1]) + 1) + text[match.end(1) :] if match else None


def number_in_other_letters(note: Note, language: str, chance: random.Random) -> str | None:
    text = note.texts[language]
    match = _number(text)
    if not match or not re.search(r"[TSCEB]", match[0]):
        return None
    changed = match[0].translate(str.maketrans("TSCMHEB", "ТЅСМНЕВ"))
    return text[: match.start()] + changed + text[match.end() :]


def other_quantity(note: Note, language: str, chance: random.Random) -> str | None:
    """A figure that is no date, time, address, number of paragraph or of document, and no count of pages."""
    text = note.texts[language]
    letters = r"A-Za-zА-Яа-яӘәҒғҚқҢңӨөҰұҮүҺһІіÀ-ÿ"
    months = "|".join(re.escape(month) for month in wording.MONTHS[language])
    spots = []
    for match in re.finditer(
        rf"(?<![\d{letters}/:.,+-])(?<!\d )(\d{{1,3}})(?![\d{letters}:/.,-]| \d)(?!(?:er)?\s+(?:de )?(?:{months}))",
        text,
    ):
        line = text[text.rfind("\n", 0, match.start()) + 1 : text.find("\n", match.end())]
        before, after = text[match.start() - 12 : match.start()], text[match.end() : match.end() + 12]
        if (
            len(line) < 60
            or re.search(r"[–(]$|пункт |paragraph |жылғы $", before)
            or re.match(r"\s?(?:and \d|и \d|және \d|و\d|–|\(|h |по \d|to \d|日|月|年)", after)
        ):
            continue
        if re.search(r"(?:from|с) $", before) or re.search(r"(?:to|по) $", before):
            continue
        spots.append(match)
    if not spots:
        return None
    match = chance.choice(spots)
    return text[: match.start()] + str(int(match[1]) + 3) + text[match.end() :]


def other_pages(note: Note, language: str, chance: random.Random) -> str | None:
    text = note.texts[language]
    found = re.search(r"(?<!\d)(\d{1,2})(?=\s?(?:p\.|pages?|л\.|стр\.|бет|páginas|صفحات|页))", text)
    return text[: found.start()] + str(int(found[1]) + 1) + text[found.end() :] if found else None


def unclear_unit(note: Note, language: str, chance: random.Random) -> str | None:
    """In an enclosure line; elsewhere the words around a letter say what it stands for."""
    if not re.search(r"^(?:Приложени|Қосымша)", note.texts[language], re.MULTILINE):
        return None
    return _exchange(wording.UNCLEAR)(note, language, chance)


def other_url(note: Note, language: str, chance: random.Random) -> str | None:
    text = note.texts[language]
    found = re.search(r"(?:https://|www\.)([a-z]+)\.", text)
    return text[: found.start(1)] + found[1][:-1] + text[found.end(1) :] if found else None


def other_path(note: Note, language: str, chance: random.Random) -> str | None:
    text = note.texts[language]
    found = re.search(r"\.(?:org|example)/[a-z0-9/]*?([a-z]{4,})", text)
    return text[: found.start(1)] + found[1][:-1] + "x" + text[found.end(1) :] if found else None


def other_email(note: Note, language: str, chance: random.Random) -> str | None:
    text = note.texts[language]
    found = re.search(r"([a-z]+)@", text)
    return text[: found.start(1)] + found[1] + "s" + text[found.end(1) :] if found else None


def other_hour(note: Note, language: str, chance: random.Random) -> str | None:
    text = note.texts[language]
    found = re.search(r"(?<![\d+])([01]\d)(?=:\d\d| h \d\d)", text)
    return text[: found.start(1)] + f"{int(found[1]) - 2:02}" + text[found.end(1) :] if found else None


def other_zone(note: Note, language: str, chance: random.Random) -> str | None:
    text = note.texts[language]
    pairs = [pair for pair in wording.ZONES if pair[0] in text]
    return text.replace(*pairs[0]) if pairs else None


_QUOTED = re.compile(r'[«“"《]\s?([^«»“”"《》\n]+?)\s?[»”"》]')


def title_without_marks(note: Note, language: str, chance: random.Random) -> str | None:
    text = note.texts[language]
    match = _QUOTED.search(text)
    return text[: match.start()] + match[1] + text[match.end() :] if match else None


def foreign_marks(note: Note, language: str, chance: random.Random) -> str | None:
    text = note.texts[language]
    match = _QUOTED.search(text)
    marks = wording.FOREIGN_QUOTES[language]
    return text[: match.start()] + marks[0] + match[1] + marks[1] + text[match.end() :] if match else None


def open_marks(note: Note, language: str, chance: random.Random) -> str | None:
    text = note.texts[language]
    match = _QUOTED.search(text)
    return text[: match.end() - 1].rstrip() + text[match.end() :] if match else None


def wrong_abbreviation(note: Note, language: str, chance: random.Random) -> str | None:
    """An abbreviation that is defined and used again is written with two letters exchanged."""
    text = note.texts[language]
    for match in re.finditer(r"\(([^\W\d_]{3,6})\)", text):
        later = re.compile(rf"(?<!\w){match[1]}(?!\w)").search(text, match.end())
        if match[1].isupper() and later and "/" not in text[later.end() : later.end() + 1]:
            short = match[1]
            return text[: later.start()] + short[0] + short[2] + short[1] + short[3:] + text[later.end() :]
    return None


def undefined_abbreviation(note: Note, language: str, chance: random.Random) -> str | None:
    text = note.texts[language]
    match = re.search(r" \(([^\W\d_]{3,6})\)", text)
    if not match or not match[1].isupper() or all(f"({match[1]})" in other for other in note.texts.values()):
        return None
    return text[: match.start()] + text[match.end() :]


def _blocks(text: str) -> list[str]:
    return re.split(r"\n\s*\n", text.strip())


def _body(blocks: list[str]) -> list[int]:
    """The paragraphs between the opening formula and the closing one."""
    long = [
        at
        for at, block in enumerate(blocks)
        if len(block) >= (18 if re.search("[一-鿿]", block) else 60)
        and not block.isupper()
        and not re.match(r"[^\n]{0,30}\(\d\)\n", block)
    ]
    return long[1:-1]


def missing_paragraph(note: Note, language: str, chance: random.Random) -> str | None:
    blocks = _blocks(note.texts[language])
    del blocks[chance.choice(_body(blocks))]
    return "\n\n".join(blocks)


def added_paragraph(note: Note, language: str, chance: random.Random) -> str | None:
    blocks = _blocks(note.texts[language])
    blocks.insert(_body(blocks)[-1] + 1, wording.SENTENCES[language])
    return "\n\n".join(blocks)


def exchanged_paragraphs(note: Note, language: str, chance: random.Random) -> str | None:
    blocks = _blocks(note.texts[language])
    body = _body(blocks)
    if len(body) < 2 or re.match(r"\d\.", blocks[body[0]]):
        return None
    first = chance.randrange(len(body) - 1)
    one, other = body[first], body[first + 1]
    blocks[one], blocks[other] = blocks[other], blocks[one]
    return "\n\n".join(blocks)


def paragraph_not_translated(note: Note, language: str, chance: random.Random) -> str | None:
    other = next(code for code in note.texts if code != language)
    mine, theirs = _blocks(note.texts[language]), _blocks(note.texts[other])
    at, source = _body(mine), _body(theirs)
    chosen = chance.randrange(len(at))
    mine[at[chosen]] = theirs[source[chosen]]
    return "\n\n".join(mine)


def sentence_not_translated(note: Note, language: str, chance: random.Random) -> str | None:
    other = next(code for code in note.texts if code != language)
    blocks = _blocks(note.texts[language])
    blocks[_body(blocks)[0]] += " " + wording.SENTENCES[other]
    return "\n\n".join(blocks)


def letter_of_other_script(note: Note, language: str, chance: random.Random) -> str | None:
    if language in ("ar", "zh"):
        return None
    own, foreign = wording.LOOKALIKES["Cyrillic" if language in ("ru", "kk") else "Latin"]
    text = note.texts[language]
    letters = r"[^\W\d_]"
    words = [
        m
        for m in re.finditer(rf"(?<![\w./@-]){letters}{{5,}}(?![\w./@-])", text)
        if any(c in m[0] for c in own) and m[0][0].islower()
    ]
    match = chance.choice(words)
    at = next(i for i, c in enumerate(match[0]) if c in own)
    spot = match.start() + at
    return text[:spot] + foreign[own.index(text[spot])] + text[spot + 1 :]


def left_placeholder(note: Note, language: str, chance: random.Random) -> str | None:
    blocks = _blocks(note.texts[language])
    at = _body(blocks)[0]
    mark = chance.choice(["{date}", "[TBC]", "XX", "[…]", "____", "lorem ipsum", "{{ place }}"])
    words = blocks[at].split(" ")
    words.insert(min(3, len(words)), mark)
    blocks[at] = " ".join(words)
    return "\n\n".join(blocks)


def draft_mark(note: Note, language: str, chance: random.Random) -> str | None:
    return wording.DRAFTS[language] + "\n\n" + note.texts[language].lstrip()


def double_space(note: Note, language: str, chance: random.Random) -> str | None:
    blocks = _blocks(note.texts[language])
    at = _body(blocks)[0]
    blocks[at] = re.sub(r"(?<=\w) (?=\w)", "  ", blocks[at], count=1)
    return "\n\n".join(blocks) if "  " in blocks[at] else None


MAKERS: dict[str, tuple[Maker, frozenset[str]]] = {
    name: (maker, frozenset(types.split()))
    for name, maker, types in (
        ("number", other_number, "number"),
        ("number-script", number_in_other_letters, "number-script"),
        ("date: month", other_month, "date deadline"),
        ("date: day", other_day, "date deadline"),
        ("date: year", other_year, "date deadline"),
        ("deadline: hour", other_hour, "deadline"),
        ("deadline: zone", other_zone, "deadline"),
        ("place", _exchange(wording.PLACES), "place"),
        ("ordinal", _exchange(wording.ORDINALS), "ordinal"),
        ("quantity", other_quantity, "quantity"),
        ("pages", other_pages, "pages"),
        ("page-unit", unclear_unit, "page-unit"),
        ("url: host", other_url, "url"),
        ("url: path", other_path, "url"),
        ("email", other_email, "email"),
        ("quoted-title", title_without_marks, "quoted-title"),
        ("institution", _exchange(wording.INSTITUTIONS), "institution"),
        ("state", _exchange(wording.STATES), "state"),
        ("name-form", _exchange(wording.FORMS), "name-form"),
        ("abbreviation: letters", wrong_abbreviation, "abbreviation"),
        ("abbreviation: definition", undefined_abbreviation, "abbreviation"),
        ("enclosed-noun", _exchange(wording.NOUNS), "enclosed-noun"),
        ("act", _exchange(wording.ACTS), "act"),
        ("forbidden-term", _exchange(wording.FORBIDDEN), "forbidden-term"),
        ("availability", other_availability, "availability"),
        ("opening", _exchange(wording.OPENINGS), "opening"),
        ("closing", _exchange(wording.CLOSINGS), "closing"),
        ("addressee: case", _exchange(wording.CASES), "addressee"),
        ("addressee: other", _exchange(wording.ADDRESSEES), "addressee"),
        ("paragraph-missing", missing_paragraph, "paragraph-missing"),
        ("paragraph-added", added_paragraph, "paragraph-added"),
        ("paragraph-order", exchanged_paragraphs, "paragraph-order"),
        ("untranslated: paragraph", paragraph_not_translated, "untranslated"),
        ("untranslated: sentence", sentence_not_translated, "untranslated"),
        ("wrong-script", letter_of_other_script, "wrong-script"),
        ("placeholder", left_placeholder, "placeholder"),
        ("placeholder: draft", draft_mark, "placeholder"),
        ("spacing", double_space, "spacing"),
        ("quotation-marks", foreign_marks, "quotation-marks"),
        ("quotation-marks: open", open_marks, "quotation-marks"),
    )
}


def cases(note: Note) -> Iterator[Case]:
    """The faulty versions of a note: each maker, in each language, up to PER_MAKER times; always the same."""
    for name, (maker, types) in MAKERS.items():
        for language in note.texts:
            made: set[str] = set()
            for turn in range(PER_MAKER):
                text = maker(note, language, random.Random(f"{note.name}/{name}/{language}/{turn}"))
                if text is not None and text != note.texts[language] and text not in made:
                    made.add(text)
                    yield Case(note, name, types, language, {**note.texts, language: text})
