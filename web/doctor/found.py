"""What the doctor found of one part."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Found:
    """One look: `state` is good, note (works with less) or fault; the sentence says what to do."""

    what: str
    state: str
    sentence: str
