"""Counting: words by spaces, characters where a script has none."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflow.counting import by_characters, length


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("", 0),
        (" \u00a0 – — … ", 0),
        ("The documents of the Meeting are available.", 7),
        ("Note No.\u00a0TTF/374 of 28\u00a0March 2022", 7),
        ("№ 374 от 28 марта 2022 г.", 6),
        ("Документы 9-го заседания — доступны на веб-сайте.", 6),
        ("before—after", 2),
        ("2022 жылғы 28 наурыз", 4),
        ("文件可在网站上查阅。", 9),
        ("第九次会议（TTF/374）的 3 份文件", 11),
        ("وثائق الاجتماع متاحة", 3),
    ],
)
def test_lengths(text: str, count: int) -> None:
    assert length(text) == count


def test_units() -> None:
    assert [code for code in ("en", "ru", "kk", "zh", "zh-Hant", "ja", "ar") if by_characters(code)] == [
        "zh",
        "zh-Hant",
        "ja",
    ]


@given(st.text(), st.text())
def test_a_space_between_two_texts_adds_their_lengths(first: str, second: str) -> None:
    assert length(f"{first} {second}") == length(first) + length(second)
