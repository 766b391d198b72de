"""Notes in the manner of other organisations: nothing is found in them, and what is broken in one is."""

from __future__ import annotations

import pytest

from tests.concordance.corpus import Note, others
from workflow.concordance import compare

KNOWN = {note.name: note for note in others()}


@pytest.mark.parametrize("note", others(), ids=lambda note: note.name)
def test_a_correct_note_has_no_finding(note: Note) -> None:
    assert compare(note.profile, note.texts) == []
    # Whichever version is the reference, and each pair by itself.
    backwards = dict(reversed(note.texts.items()))
    assert compare(note.profile, backwards) == []


@pytest.mark.parametrize(
    ("name", "language", "right", "wrong", "kind"),
    [
        ("un-secretary-general", "ru", "17 ч. 00 м.", "16 ч. 00 м.", "deadline"),
        ("un-secretary-general", "ru", "по нью-йоркскому времени", "по женевскому времени", "deadline"),
        ("un-secretary-general", "zh", "下午5时", "下午6时", "deadline"),
        ("un-secretary-general", "zh", "第79/123号", "第79/132号", "number"),
        ("un-secretary-general", "ar", "الثانية والثلاثين", "الثالثة والثلاثين", "ordinal"),
        ("un-secretary-general", "ar", "500 2", "500 3", "quantity"),
        ("un-secretary-general", "fr", "17 heures", "18 heures", "deadline"),
        ("un-secretary-general", "es", "9 de enero de 2026", "9 de enero de 2025", "date"),
        ("osce-vienna", "ru", "18 час. 00 мин.", "19 час. 00 мин.", "deadline"),
        ("osce-vienna", "ru", "по венскому времени", "по московскому времени", "deadline"),
        ("osce-vienna", "fr", "12 000,50", "12 000,05", "quantity"),
        ("wto-geneva", "fr", "quatre-vingt-unième", "quatre-vingt-onzième", "ordinal"),
        ("wto-geneva", "es", "octogésima primera", "septuagésima primera", "ordinal"),
        ("unesco-letter", "ru", "в 10.30", "в 11.30", "deadline"),
        ("river-ar", "ar", "الخامس والخمسين", "الخامس والأربعين", "ordinal"),
        ("river-ar", "ar", "٣٫٥", "٥٫٣", "quantity"),
        ("sco", "ru", "12 часов дня", "2 часа дня", "deadline"),
        ("sco", "zh", "37页", "73页", "pages"),
        ("who-letter", "fr", "eb156/", "eb165/", "url"),
        ("oic", "ar", "سبعة عشر", "ستة عشر", "quantity"),
        ("oic", "ar", "خمسة وعشرين", "خمسة وثلاثين", "quantity"),
        ("icao", "es", "el 7 y el 14 de octubre", "el 7 y el 15 de octubre", "date"),
        ("imo-es", "es", "9 h 30", "9 h 15", "deadline"),
        ("imo-es", "fr", "du mercredi 13 au", "du mardi 12 au", "date"),
        ("turkic", "kk", "21:30-ға", "20:30-ға", "deadline"),
        ("turkic", "kk", "қырық бірінші", "отыз бірінші", "ordinal"),
        ("depositary", "fr", "C.N.417.2024", "C.N.471.2024", "number"),
        ("turkic", "kk", "елшіліктеріне өзінің", "елшіліктерінің өзінің", "addressee"),
        ("wipo", "zh", "7月7日至15日", "7月7日至16日", "deadline"),
        ("eaeu-kk", "ru", "121-е", "112-е", "ordinal"),
        ("kz-mfa-visa", "kk", "1980 жылғы 5 мамырда", "1980 жылғы 15 мамырда", "date"),
    ],
)  # fmt: skip
def test_one_thing_broken_is_found(name: str, language: str, right: str, wrong: str, kind: str) -> None:
    note = KNOWN[name]
    text = note.texts[language]
    assert right in text
    broken = compare(note.profile, {**note.texts, language: text.replace(right, wrong, 1)})
    assert any(one.type == kind and language in one.languages for one in broken), broken
