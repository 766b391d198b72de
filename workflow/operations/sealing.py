"""The seal of a document: set by a worker with the organisation's key, judged by whoever asks.

The seal is the last thing that happens to a document, and happens once: what is recorded is never
sealed anew.  Where sealing is configured and fails, the document stays pending with a sentence, and
the sweep tries again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from cryptography.x509 import Certificate
from sqlalchemy import select

from workflow.clock import day_in, offset
from workflow.config import Settings
from workflow.errors import Phrase, Unavailable
from workflow.letters.blocks import Letter
from workflow.letters.seal import drawing, keys, opening, sealing, verdict
from workflow.letters.seal.verdict import SealState, Trust, Verdict
from workflow.letters.slots import insert
from workflow.models import Document
from workflow.operations.context import Work

# How many days before its end the administrator is told of a certificate.
WARN_DAYS = 60
# What holds of a seal, in words; the log, the pages and the command line say the same.
SENTENCES: Mapping[SealState, Phrase] = {
    SealState.INTACT: Phrase("The seal is whole, and it is the organisation's."),
    SealState.NONE: Phrase("The file has no seal."),
    SealState.ALTERED: Phrase("The file was altered after it was sealed."),
    SealState.EXTENDED: Phrase(
        "Something was added to the file after it was sealed; the sealed part is whole."
    ),
    SealState.OTHER: Phrase("The file has a whole seal of somebody else, %(holder)s."),
    SealState.UNTRUSTED: Phrase(
        "The seal names the organisation, but its certificate is not the organisation's."
    ),
    SealState.EXPIRED: Phrase(
        "The seal is whole and the organisation's, but its certificate did not hold at that time."
    ),
    SealState.UNREADABLE: Phrase("The file has a seal, but it is too damaged to be judged."),
}


@dataclass(frozen=True)
class Sealed:
    """A sealed file: its bytes, when it was sealed, and the SHA-256 of the certificate that did."""

    data: bytes
    at: datetime
    certificate: str


def seal(work: Work, letter: Letter, pdf: bytes) -> Sealed:
    """The sealed form of a letter's PDF; raises Unavailable where token, key or time-stamp server fails.

    Nothing is written; the time-stamp server may be waited for, so this is no work for a transaction.
    """
    place = work.settings.seal_place
    if place is None:
        raise Unavailable(
            "seal-not-configured", "No seal is configured; name one in CHANCERY_SEAL_CERTIFICATE."
        )
    now = work.now()
    with opening.signer(place, now) as signer:
        certificate = keys.read_certificates(place.certificate)[0]
        mark = drawing.mark(letter, _said(work, letter, now, certificate))
        data = sealing.seal(
            pdf,
            signer,
            now,
            words=letter.organisation,
            mark=mark,
            timestamper=sealing.timestamps(work.settings.seal_timestamp_url.get_secret_value()),
        )
    mark_of = keys.fingerprint(certificate)
    # A token signs with whatever key has the label; only a seal that holds is recorded.
    found = verdict.examine(data, Trust(own=(mark_of,)), now)
    if found.state is not SealState.INTACT:
        raise Unavailable(
            "seal-not-good",
            "The seal that was set does not hold, so it was thrown away: the key is not that of the certificate. "
            "Put CHANCERY_SEAL_CERTIFICATE or CHANCERY_SEAL_PKCS11_LABEL right.",
        )
    return Sealed(data, now, mark_of)


def _said(work: Work, letter: Letter, now: datetime, certificate: Certificate) -> dict[str, str]:
    """What a stamp may say, as the letter's language writes it."""
    language = work.profile.language(letter.language)
    local = now.astimezone(ZoneInfo(work.zone))
    day = language.dates.write(day_in(now, work.zone))
    return {
        "holder": keys.holder(certificate),
        "organisation": letter.organisation,
        "number": letter.number or "",
        "date": day,
        "moment": insert(
            language.wording.moment, {"date": day, "time": f"{local:%H:%M}", "zone": offset(local)}
        ),
        "certificate": keys.fingerprint(certificate)[:8].upper(),
    }


def trust(work: Work) -> Trust:
    """What seals are judged by: the settings' certificates, and every certificate that was recorded."""
    recorded = work.session.scalars(
        select(Document.seal_certificate).where(Document.seal_certificate.is_not(None)).distinct()
    )
    settings = work.settings
    try:
        return verdict.trust(
            _path(settings.seal_certificate),
            _path(settings.seal_roots),
            _path(settings.seal_timestamp_roots),
            sorted(one for one in recorded if one),
        )
    except keys.Unusable as error:
        raise Unavailable(
            "seal-certificate",
            "A file of certificates %(fault)s. The administrator looks at the variables CHANCERY_SEAL_….",
            fault=error.phrase,
        ) from None


def sentence(found: Verdict) -> Phrase:
    """What holds of a seal, as a sentence."""
    return Phrase(SENTENCES[found.state].message, holder=found.holder)


def _path(value: str) -> Path | None:
    return Path(value) if value else None


@dataclass(frozen=True)
class Term:
    """A certificate of the seal that ends soon or has ended: whose, until when, how many days are left."""

    holder: str
    until: datetime
    days: int

    @property
    def ended(self) -> bool:
        """Whether it does not hold any more."""
        return self.days < 0


def terms(settings: Settings, now: datetime) -> list[Term]:
    """The certificates of the seal, its issuers and the roots that it leads to, the first to end first."""
    found: dict[str, Term] = {}
    for value in (settings.seal_certificate, settings.seal_roots, settings.seal_timestamp_roots):
        for one in keys.read_certificates(Path(value)) if value else ():
            until = one.not_valid_after_utc
            found[keys.fingerprint(one)] = Term(keys.holder(one), until, (until - now).days)
    return sorted(found.values(), key=lambda one: one.until)


def ending(settings: Settings, now: datetime) -> list[Term]:
    """Those of `terms` that end within WARN_DAYS, or have ended."""
    return [one for one in terms(settings, now) if one.days <= WARN_DAYS]
