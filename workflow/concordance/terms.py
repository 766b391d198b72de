"""Words whose change changes the meaning: what is enclosed, what was done to it, what is available."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache

from workflow.concordance import wording
from workflow.concordance.context import Comparison, deviating, place
from workflow.concordance.differences import Row
from workflow.concordance.facts import Fact, Reading, passage
from workflow.concordance.language import Language
from workflow.concordance.types import WARNING
from workflow.concordance.words import Lexicon, Mention
from workflow.errors import Phrase

QUOTED_REACH = 40
TENSES = {
    "now": Phrase("now"),
    "now and also": Phrase("now and also"),
    "future": Phrase("future"),
    "future and also": Phrase("future and also"),
    "past": Phrase("past"),
    "past and also": Phrase("past and also"),
}


@lru_cache(maxsize=64)
def _forward(language: Language) -> Lexicon[str]:
    lexicon: Lexicon[str] = Lexicon(language.stemmer, language.spaced)
    for phrase in language.table("enclosed").get("forward", ()):
        lexicon.add(phrase, "forward")
    return lexicon


def enclosed(reading: Reading) -> Mention[str] | None:
    """The noun of what is forwarded: after the verb, or before it where the verb stands last."""
    language = reading.language
    verbs = _forward(language).find(reading.text, reading.words)
    if not verbs:
        return None
    nouns = language.enclosed.find(reading.text, reading.words)
    titles = reading.facts["title"]
    nouns = [n for n in nouns if not any(t.start <= n.start < t.end for t in titles)] or nouns
    if language.table("enclosed").get("order") == "before":
        earlier = [noun for noun in nouns if noun.end <= verbs[-1].start]
        return earlier[-1] if earlier else None
    return next((noun for noun in nouns if noun.start >= verbs[0].end), None)


def compare_row(comparison: Comparison, row: Row) -> None:
    """Compares the terms of paragraphs that say the same."""
    if len(row) < 2:
        return
    _compare_enclosed(comparison, row)
    _compare_availability(comparison, row)


def _compare_enclosed(comparison: Comparison, row: Row) -> None:
    found = {code: enclosed(reading) for code, reading in row.items()}
    nouns = {code: mention for code, mention in found.items() if mention}
    if len(nouns) < 2:
        _compare_other_acts(comparison, row)
        return
    quotes = {
        code: place(reading, reading.text[nouns[code].start : nouns[code].end] if code in nouns else None)
        for code, reading in row.items()
    }
    wrong = deviating({code: mention.value for code, mention in nouns.items()})
    if wrong and len({_all_nouns(reading) for reading in row.values()}) > 1:
        shown = comparison.beside({c: wording.quoted(quotes[c][0]) for c in nouns})
        comparison.add(
            "enclosed-noun",
            wrong,
            quotes,
            Phrase(
                "What is enclosed is not called the same: %(shown)s. Use the noun of the document's own title.",
                shown=shown,
            ),
        )
    acts = {code: _act(row[code], mention) for code, mention in nouns.items()}
    _compare_acts(comparison, row, {code: fact for code, fact in acts.items() if fact})


def _all_nouns(reading: Reading) -> frozenset[str]:
    """Everything that a paragraph may enclose: of several things, each language may name another one first."""
    found = reading.language.enclosed.find(reading.text, reading.words)
    return frozenset(mention.value for mention in found)


def _act(reading: Reading, noun: Mention[str]) -> Fact | None:
    """What was done to the enclosed document: the one participle that stands with it."""
    facts = [fact for fact in reading.facts["act"] if not noun.start <= fact.start < noun.end]
    return facts[0] if len({fact.key for fact in facts}) == 1 else None


def _compare_acts(comparison: Comparison, row: Row, acts: Mapping[str, Fact]) -> None:
    wrong = deviating({code: str(fact.key) for code, fact in acts.items()})
    if not wrong:
        return
    quotes = {code: place(row[code], row[code].text[fact.start : fact.end]) for code, fact in acts.items()}
    shown = comparison.beside({code: wording.quoted(quotes[code][0]) for code in acts})
    comparison.add(
        "act",
        wrong,
        quotes,
        Phrase(
            "What was done to the document is not the same: %(shown)s. Write the act of the source.",
            shown=shown,
        ),
    )


def _compare_other_acts(comparison: Comparison, row: Row) -> None:
    """An act in a paragraph that forwards nothing: where each version names one, and one names another."""
    acts = {code: r.facts["act"][0] for code, r in row.items() if len(r.keys("act")) == 1}
    wrong = deviating({code: str(fact.key) for code, fact in acts.items()})
    if len(acts) == len(row) == len(comparison.versions) and 2 * len(wrong) < len(row):
        _compare_acts(comparison, row, acts)


def _compare_availability(comparison: Comparison, row: Row) -> None:
    said = {code: availability(reading) for code, reading in row.items()}
    known = {code: item for code, item in said.items() if item}
    if len(known) < 2:
        return
    meanings = {code: meaning for code, (meaning, _) in known.items()}
    wrong = deviating(meanings)
    if wrong:
        shown = comparison.beside(
            {code: wording.explained(quote, TENSES[meaning]) for code, (meaning, quote) in known.items()}
        )
        comparison.add(
            "availability",
            wrong,
            {code: place(row[code], quote) for code, (_, quote) in known.items()},
            Phrase(
                "It is not the same whether and when something is available: %(shown)s. "
                "Say in each version whether it is available now or will be, and say “also” in all or in none.",
                shown=shown,
            ),
        )


def availability(reading: Reading) -> tuple[str, str] | None:
    """When something is available ("now", "future", "past", with "also"), and the words; None if nothing is."""
    language = reading.language
    anchors = language.pattern("availability", "anchor")
    anchor = anchors.search(reading.text)
    if not anchor:
        return None
    start, end = _sentence(reading.text, anchor.start(), anchor.end())
    sentence = reading.text[start:end]
    spans = [(match.start(), match.end()) for match in anchors.finditer(sentence)]
    tense, when, (first, last) = "now", None, spans[0]
    for name in ("future", "past"):
        verbs = ((_verb(language.pattern("availability", name), sentence, *span), span) for span in spans)
        found = next(((verb, span) for verb, span in verbs if verb), None)
        if found:
            tense, (when, (first, last)) = name, found
            break
    also = language.pattern("availability", "also").search(sentence)
    near = first
    for match in (also, when):
        # Words far off are meant, and are not quoted.
        if match and abs(match.start() - near) <= QUOTED_REACH:
            first, last = min(first, match.start()), max(last, match.end())
    return (tense + (" and also" if also else ""), sentence[first:last])


# "is available on the website and will be presented": the second verb is of something else.
_OTHER_CLAUSE = re.compile(r"[,;:]|(?<!\w)(?:and|et|y|и|және)(?!\w)|\sو")


def _verb(tense: re.Pattern[str], sentence: str, first: int, last: int) -> re.Match[str] | None:
    """The verb of a tense that goes with the words at a place: before them, or behind them in the same clause."""
    return next(
        (
            match
            for match in tense.finditer(sentence)
            if match.start() < last or not _OTHER_CLAUSE.search(sentence, last, match.start())
        ),
        None,
    )


def _sentence(text: str, start: int, end: int) -> tuple[int, int]:
    """The bounds of the sentence around a place."""
    before = [m.end() for m in re.finditer(r"[.!?。！？]\s+|[。！？]", text[:start])]
    after = re.compile(r"[.!?](?=\s|$)|[。！？]").search(text, end)
    return (before[-1] if before else 0, after.end() if after else len(text))


def compare_meeting(comparison: Comparison, row: Row) -> None:
    """Says where the meeting's ordinal stands without the body that other versions tie it to."""
    tied: dict[str, set[object]] = {}
    for code, reading in row.items():
        tied[code] = {ordinal.key for ordinal in reading.facts["ordinal"] if _has_body(reading, ordinal)}
    for key in set().union(*tied.values()):
        said = [code for code, reading in row.items() if key in reading.keys("ordinal")]
        loose = [code for code in said if key not in tied[code]]
        if loose and len(loose) < len(said):
            quotes = {code: place(row[code], _around(row[code], key)) for code in said}
            comparison.add(
                "meeting",
                loose,
                quotes,
                Phrase(
                    "In %(language)s the ordinal %(ordinal)s is not tied to the body that meets. "
                    "Name the body next to it, as the other versions do.",
                    language=comparison.names(loose),
                    ordinal=key,
                ),
                WARNING,
            )


_DIVIDERS = re.compile(r"[,;:.–—]|\ufffc")


def _has_body(reading: Reading, ordinal: Fact) -> bool:
    """Whether a body is named in the phrase of the ordinal, with no other phrase between them."""
    for body in reading.facts["institution"]:
        start, end = min(body.end, ordinal.end), max(body.start, ordinal.start)
        between = reading.text[start:end]
        if body.start <= ordinal.start < body.end or (len(between) <= 45 and not _DIVIDERS.search(between)):
            words = [w for w in reading.words if start <= w.start < end]
            acts = [fact for fact in reading.facts["act"] if start <= fact.start < end]
            if len(words) <= 5 and not acts:
                return True
    return False


def _around(reading: Reading, key: object) -> str:
    fact = next(fact for fact in reading.facts["ordinal"] if fact.key == key)
    return passage(reading.text, fact.start, fact.end, after=40)
