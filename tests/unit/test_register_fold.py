"""Folding: one number is found in whatever script, case and spacing it is typed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflow.register import fold


@pytest.mark.parametrize(
    "typed",
    [
        "TTF/374", "ttf/374", "ТТФ/374", "ттф/374", "№ТТФ/374", "№ ТТФ / 374", "No TTF/374", "No. TTF/374", "no: TTF/374",
        "Nr. TTF/374", "Ref: TTF/374", "Ref. TTF/374", " TTF / 374 ", "ＴＴＦ/374", "TТF/374", "ΤΤF/374", "TTF/\u200b374",
        "TTF\u00a0/\u202f374",
    ],
)  # fmt: skip
def test_all_ways_of_writing_one_number_find_it(typed: str) -> None:
    assert fold(typed) == "ttf/374"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("TTF/374", "TTF/375"),
        ("TTF/374", "SOC/374"),
        ("TTF/374", "TTF/37"),
        ("TTF/374", "TTF-374"),
        ("TTF/374/Corr.1", "TTF/374/Add.1"),
        ("ODA/16-2017/NDV", "ODA/16-2018/NDV"),
        ("TTF/11", "TTF/1/1"),
    ],
)
def test_different_numbers_stay_different(one: str, other: str) -> None:
    assert fold(one) != fold(other)


@pytest.mark.parametrize("dash", "‐‑‒–—−﹘﹣－")
def test_the_kind_of_dash_does_not_count(dash: str) -> None:
    assert fold(f"2008{dash}156") == fold("2008-156")


@pytest.mark.parametrize(
    ("latin", "cyrillic"),
    [
        ("CL 2020/06(REV2)-PR", "СL 2020/06(RЕV2)-РR"),
        ("AHK/1", "АНК/1"),
        ("ODA/16-2017/NDV", "ОDА/16-2017/NDV"),
    ],
)
def test_look_alikes_of_other_series(latin: str, cyrillic: str) -> None:
    assert latin != cyrillic and fold(latin) == fold(cyrillic)


@given(
    st.text(st.characters(categories=("Lu", "Ll", "Nd"), max_codepoint=0x4FF), min_size=1),
    st.text(" \t\u00a0\u2009\u202f", max_size=4),
)
def test_case_and_spaces_never_count(text: str, spaces: str) -> None:
    assert fold(spaces.join(("x", text))) == fold("x" + text)
    assert fold("x" + text.upper().lower()) == fold("x" + text.upper())


@given(st.integers(1, 10**6), st.sampled_from(["TTF", "SOC", "ADM"]))
def test_a_symbol_finds_itself(serial: int, prefix: str) -> None:
    assert fold(f"№ {prefix}/{serial}") == fold(f"{prefix}/{serial}") == f"{prefix.lower()}/{serial}"
