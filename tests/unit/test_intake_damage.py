"""Damage of any kind ends in a refusal, never in another exception."""

from __future__ import annotations

import functools
from contextlib import suppress

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.hostile import CLEAN
from workflow.errors import Refusal
from workflow.letters.enclosure import inspect

# The PDF is walked in a child process, which is slow to start; its own test makes fewer examples.
QUICK = [name for name in CLEAN if not CLEAN[name][0].endswith(".pdf")]
PDFS = [name for name in CLEAN if CLEAN[name][0].endswith(".pdf")]
RELAXED = settings(deadline=None, max_examples=80, suppress_health_check=[HealthCheck.too_slow])
NAMES = st.sampled_from(
    ["a.docx", "a.pdf", "a.odt", "a.xlsx", "a.png", "a.jpeg", "a.exe", "a", "", "%s%(x)s.docx"]
)
HEADS = st.sampled_from(
    [b"", b"PK\x03\x04", b"%PDF-1.7\n", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"<", b"PK\x05\x06"]
)


@functools.cache
def made(name: str) -> bytes:
    return CLEAN[name][1]()


def only_refuses(data: bytes, filename: str) -> None:
    # A refusal fills its sentence when it is made, so a missing place would show as another exception.
    with suppress(Refusal):
        inspect(data, filename)


@RELAXED
@given(HEADS, st.binary(max_size=600), NAMES)
def test_random_bytes(head: bytes, tail: bytes, filename: str) -> None:
    if not (head.startswith(b"%PDF") and b"%%EOF" in tail):
        only_refuses(head + tail, filename)


@RELAXED
@given(st.sampled_from(QUICK), st.floats(0, 1, exclude_max=True))
def test_truncation(name: str, part: float) -> None:
    data = made(name)
    only_refuses(data[: int(len(data) * part)], CLEAN[name][0])


@RELAXED
@given(
    st.sampled_from(QUICK),
    st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.integers(0, 7)), max_size=6),
)
def test_flipped_bits(name: str, flips: list[tuple[float, int]]) -> None:
    data = bytearray(made(name))
    for part, bit in flips:
        data[int(len(data) * part)] ^= 1 << bit
    only_refuses(bytes(data), CLEAN[name][0])


@settings(RELAXED, max_examples=12)
@given(
    st.sampled_from(PDFS),
    st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.integers(0, 7)), min_size=1, max_size=9),
)
def test_flipped_bits_of_a_pdf(name: str, flips: list[tuple[float, int]]) -> None:
    data = bytearray(made(name))
    for part, bit in flips:
        data[int(len(data) * part)] ^= 1 << bit
    only_refuses(bytes(data), CLEAN[name][0])
