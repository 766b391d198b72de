"""Canonical JSON: the one form over which digests and chains are computed."""

from __future__ import annotations

import hashlib
import json
import unicodedata
from typing import Any


def _normal(value: Any) -> Any:
    """Strings in NFC, tuples as lists, mappings with NFC keys."""
    if isinstance(value, str):
        return unicodedata.normalize("NFC", value)
    if isinstance(value, dict):
        return {unicodedata.normalize("NFC", str(key)): _normal(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_normal(item) for item in value]
    return value


def canonical(value: Any) -> str:
    """`value` as JSON with sorted keys, no spaces, in NFC; the same value gives the same text.

    Takes strings, integers, booleans, None, lists, tuples and mappings; raises TypeError for
    anything else and ValueError for NaN, since a digest over an inexact value proves nothing.
    """
    return json.dumps(
        _normal(value), ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False
    )


def digest(value: Any) -> str:
    """SHA-256, in lower-case hexadecimal, over the canonical JSON of `value` in UTF-8."""
    return hashlib.sha256(canonical(value).encode()).hexdigest()
