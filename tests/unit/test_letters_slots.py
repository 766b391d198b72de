"""Slots: parsing both ways, every kind in every language, and what is refused."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflow.errors import Refusal
from workflow.letters import profile
from workflow.letters.slots import Slot, fill, literal, names, parse, resolve

DAY = date(2022, 3, 28)
VALUES: dict[str, dict[str, Any]] = {
    "meeting": {"kind": "ordinal", "value": 9},
    "enclosed": {"kind": "term", "value": "summary"},
    "held": {"kind": "date", "value": "2021-12-29"},
    "count": {"kind": "number", "value": 14},
    "link": {"kind": "url", "value": "https://example.org/{x}"},
    "people": {"kind": "quantity", "value": {"number": 33, "unit": "participant"}},
    "host": {"kind": "member", "value": "TR"},
    "town": {"kind": "place", "value": "almaty"},
    "theme": {
        "kind": "text",
        "value": {"en": "Trust", "ru": {"nominative": "Доверие", "genitive": "Доверия"}},
    },
}


def said(text: str, language: str, day: date | None = DAY) -> str:
    return fill(text, language, VALUES, profile.load("cica"), day)


@pytest.mark.parametrize(
    ("text", "language", "words"),
    [
        ("{meeting} {meeting.title} {meeting.digits}", "en", "ninth Ninth 9th"),
        ("{meeting.genitive} {meeting.digits_genitive}", "ru", "девятого 9-го"),
        ("{meeting} {meeting.digits}отырыс", "kk", "тоғызыншы 9-отырыс"),
        ("{enclosed.accusative}", "kk", "түйіндемесін"),
        ("{held}", "en", "29\u00a0December 2021"),
        ("{held.genitive}", "ru", "29\u00a0декабря 2021\u00a0года"),
        ("{held.locative}", "kk", "2021\u00a0жылғы 29\u00a0желтоқсанда"),
        ("{count} {link}", "en", "14 https://example.org/{x}"),
        ("{people}", "en", "33\u00a0participants"),
        ("{people}", "ru", "33\u00a0участника"),
        ("{people}", "kk", "33\u00a0қатысушы"),
        ("{host}", "en", "Turkey"),
        ("{town.prepositional}", "ru", "Алматы"),
        ("{theme}", "en", "Trust"),
        ("{theme.genitive}", "ru", "Доверия"),
        ("{{braces}}", "en", "{braces}"),
    ],
)
def test_a_slot_is_written_by_the_rules_of_its_language(text: str, language: str, words: str) -> None:
    assert said(text, language) == words


def test_without_a_day_the_latest_names_hold() -> None:
    assert said("{host}", "en", None) == "Türkiye"


@pytest.mark.parametrize(
    ("text", "language", "code", "words"),
    [
        ("{nothing}", "en", "slot-unknown", "{nothing}"),
        ("{meeting.ablative}", "ru", "slot-form", "“ablative” in language ru"),
        ("{enclosed.digits}", "kk", "slot-form", "{enclosed.digits}"),
        ("{count.genitive}", "en", "slot-form", "genitive"),
        ("{theme}", "kk", "slot-form", "language kk"),
        ("{held.locative}", "en", "date-form-missing", "locative"),
        ("{host.genitive}", "ru", "member-name-missing", "member_names.csv"),
        ("{a", "en", "slot-malformed", "near"),
        ("{A}", "en", "slot-malformed", "small Latin letters"),
    ],
)
def test_what_cannot_be_written_is_refused_with_slot_form_and_language(
    text: str, language: str, code: str, words: str
) -> None:
    with pytest.raises(Refusal) as caught:
        said(text, language)
    assert caught.value.code == code
    assert words in caught.value.sentence


@pytest.mark.parametrize(
    "value",
    [
        {"kind": "ordinal", "value": "many"},
        {"kind": "date", "value": "soon"},
        {"kind": "quantity", "value": 3},
        {"kind": "ordinal", "value": 31},
        {"kind": "term", "value": "unheard"},
        {"kind": "riddle", "value": 1},
        {},
    ],
)
def test_a_value_of_the_wrong_shape_is_refused(value: dict[str, Any]) -> None:
    with pytest.raises(Refusal) as caught:
        resolve(Slot("x"), "en", {"x": value}, profile.load("cica"), DAY)
    assert "{x}" in caught.value.sentence


SLOT_NAMES = st.from_regex(r"[a-z][a-z0-9_]{0,8}", fullmatch=True)
SLOTS = st.builds(Slot, SLOT_NAMES, st.none() | st.from_regex(r"[a-z0-9_]{1,8}", fullmatch=True))


@given(st.lists(SLOTS | st.text(max_size=12)))
def test_what_is_written_is_parsed_back(parts: list[str | Slot]) -> None:
    text = "".join(str(part) if isinstance(part, Slot) else literal(part) for part in parts)
    found = parse(text)
    assert [part for part in found if isinstance(part, Slot)] == [
        part for part in parts if isinstance(part, Slot)
    ]
    words = "".join("\0" if isinstance(part, Slot) else part for part in parts)
    assert "".join("\0" if isinstance(part, Slot) else part for part in found) == words
    assert names(text) == tuple(dict.fromkeys(part.name for part in parts if isinstance(part, Slot)))
