"""The page of a contact's certificates: which one mail is encrypted for, which waits, and what was before."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from web.views.parts import UNTYPED, Event, Typed


@dataclass(frozen=True)
class CertificateFacts:
    """One certificate.

    `status`: "in_force", "quarantine", "due" (in force, ends soon), "late" (in force, has ended), "ended" or
    "rejected".  `fingerprint` is its SHA-256 in groups of four, whole, since people compare it; `serial` is hexadecimal, `usages` words, `chain` whom the
    certificates above it are for.  `warnings` are sentences that a second person has to read;
    `why_not` says why this person may not confirm.  `document` says whether its source was handed in.
    `asked` is what the contact was told and said of it; `disputed` that it objects and nobody settled it.
    """

    key: str
    status: str
    subject: str
    issuer: str
    serial: str
    fingerprint: str
    begins: datetime
    ends: datetime
    usages: tuple[str, ...]
    addresses: tuple[str, ...]
    chain: tuple[str, ...]
    source: str
    document: bool
    by: str
    at: datetime
    confirmed_by: str = ""
    confirmed_at: datetime | None = None
    ended_by: str = ""
    ended_at: datetime | None = None
    reason: str = ""
    warnings: tuple[str, ...] = ()
    why_not: str = ""
    asked: tuple[Event, ...] = ()
    disputed: bool = False


@dataclass(frozen=True)
class CertificatePage:
    """A contact's certificates; `unnamed` asks whether a certificate that names another address is meant.

    `falls_back` says that mail leaves unencrypted once the certificate has ended, instead of waiting.
    """

    contact: str
    address: str
    member: str
    member_name: str
    current: CertificateFacts | None = None
    waiting: CertificateFacts | None = None
    past: tuple[CertificateFacts, ...] = ()
    may: frozenset[str] = frozenset()
    mailed: bool = True
    unnamed: bool = False
    falls_back: bool = False
    typed: Typed = UNTYPED
