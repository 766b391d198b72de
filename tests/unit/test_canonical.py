"""Canonical JSON: one value, one text, one digest."""

from __future__ import annotations

import hashlib
import unicodedata
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflow.canonical import canonical, digest

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(st.characters(exclude_categories=("Cs",))),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.text(st.characters(exclude_categories=("Cs",)), max_size=5), inner, max_size=4)
    ),
    max_leaves=12,
)


def test_the_form_is_settled() -> None:
    value = {"b": [1, True, None], "a": "Ә «ё»", "c": {"z": 1, "y": ()}}
    assert canonical(value) == '{"a":"Ә «ё»","b":[1,true,null],"c":{"y":[],"z":1}}'
    assert digest(value) == hashlib.sha256(canonical(value).encode()).hexdigest()


@given(VALUES)
def test_the_order_of_keys_does_not_count(value: object) -> None:
    def turned(one: object) -> object:
        if isinstance(one, dict):
            return {key: turned(one[key]) for key in reversed(one)}
        return [turned(item) for item in one] if isinstance(one, list) else one

    assert canonical(turned(value)) == canonical(value)


@given(st.text(st.characters(exclude_categories=("Cs",))))
def test_composed_and_decomposed_text_is_one(text: str) -> None:
    assert digest(unicodedata.normalize("NFD", text)) == digest(unicodedata.normalize("NFC", text))
    assert digest({unicodedata.normalize("NFD", text): 1}) == digest({unicodedata.normalize("NFC", text): 1})


@given(VALUES, VALUES)
def test_different_values_have_different_texts(one: object, other: object) -> None:
    if canonical(one) == canonical(other):
        assert canonical([one]) == canonical([other])
    else:
        assert digest(one) != digest(other)


@pytest.mark.parametrize("value", [{1, 2}, b"bytes", date(2026, 5, 12), object()])
def test_what_has_no_one_form_is_refused(value: object) -> None:
    with pytest.raises(TypeError):
        digest({"value": value})


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_what_is_no_number_is_refused(value: float) -> None:
    with pytest.raises(ValueError, match="not JSON compliant"):
        digest([value])
