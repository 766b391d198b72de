"""The page of the organisation's electronic seal."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class CertificateLine:
    """A certificate: whom it names, until when it holds; `status` "in_force", "due" (ends soon) or "late" (ended)."""

    holder: str
    until: date
    status: str


@dataclass(frozen=True)
class SealPage:
    """What is configured: `holder` and `certificate` (SHA-256), empty where nothing is sealed.

    `key` is "file", "token" or "" (this process has none, the workers may); `timestamps` the host of
    the time-stamp server, or "".  `waiting` are documents without their seal, `faults` why, as sentences.
    """

    holder: str = ""
    certificate: str = ""
    certificates: tuple[CertificateLine, ...] = ()
    key: str = ""
    timestamps: str = ""
    waiting: int = 0
    faults: tuple[str, ...] = ()
