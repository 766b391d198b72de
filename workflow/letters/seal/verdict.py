"""What holds of a file's seal: whole or altered, whose, valid when.

Only the mathematics and the certificates are judged here; whether the file is one that was recorded
is another question, answered from the register.  Nothing is fetched from anywhere.
"""

from __future__ import annotations

import asyncio
import base64
import io
import json
import logging
import sys
from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

from asn1crypto import cms
from asn1crypto import x509 as asn1
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import async_validate_pdf_signature
from pyhanko.sign.validation.settings import KeyUsageConstraints
from pyhanko.sign.validation.status import SignatureCoverageLevel
from pyhanko_certvalidator import ValidationContext

from workflow.errors import Unavailable
from workflow.letters.intake import sandbox
from workflow.letters.seal import keys

# The library tells its log of every certificate that it does not trust; our answer says the same.
for name in ("pyhanko", "pyhanko_certvalidator"):
    logging.getLogger(name).setLevel(logging.CRITICAL)

SECONDS = 20.0
MEMORY_BYTES = 1_000_000_000
# What every signed PDF has, and what makes it worth a look.
_MARK = b"/ByteRange"


class SealState(StrEnum):
    INTACT = "intact"  # The organisation's seal covers every byte of the file.
    NONE = "none"  # The file has no seal.
    ALTERED = "altered"  # Bytes under the seal were changed.
    EXTENDED = "extended"  # The sealed part is whole, and something was added behind it.
    OTHER = "other"  # Somebody else's seal, whole.
    UNTRUSTED = "untrusted"  # The certificate names the organisation, but was not issued as its own is.
    EXPIRED = "expired"  # Whole and the organisation's, but its certificate did not hold at that time.
    UNREADABLE = "unreadable"  # The file has a seal, and is too damaged to be judged.


@dataclass(frozen=True)
class Trust:
    """What a seal is judged by.

    `own` are SHA-256 fingerprints of the organisation's certificates, now and formerly; `roots` the
    certificates (DER) that its own have to lead to, `timestamp_roots` those of time-stamp servers;
    `subject` is the organisation's name in its present certificate (DER), `chain` its issuers (DER).
    """

    own: tuple[str, ...] = ()
    roots: tuple[bytes, ...] = ()
    timestamp_roots: tuple[bytes, ...] = ()
    subject: bytes = b""
    chain: tuple[bytes, ...] = ()


@dataclass(frozen=True)
class Verdict:
    """What was found.

    `holder` and `certificate` (SHA-256) are the signer's; `claimed_at` is the time that the signer
    says, `stamped_at` that of a trusted time-stamp server; `covered` is how many bytes from the
    file's beginning the seal stands for.
    """

    state: SealState
    holder: str = ""
    certificate: str = ""
    claimed_at: datetime | None = None
    stamped_at: datetime | None = None
    covered: int = 0


NO_SEAL = Verdict(SealState.NONE)


def trust(
    certificate: Path | None, roots: Path | None, timestamp_roots: Path | None, own: Iterable[str]
) -> Trust:
    """The trust that the settings' files say, with the fingerprints that were recorded; raises keys.Unusable.

    Without `roots`, the last certificate of the organisation's own file is the root.
    """
    mine = keys.read_certificates(certificate) if certificate else ()
    anchors = keys.read_certificates(roots) if roots else mine[-1:]
    stamps = keys.read_certificates(timestamp_roots) if timestamp_roots else anchors
    return Trust(
        own=tuple(dict.fromkeys([*(keys.fingerprint(one) for one in mine[:1]), *own])),
        roots=tuple(keys.as_asn1(one).dump() for one in anchors),
        timestamp_roots=tuple(keys.as_asn1(one).dump() for one in stamps),
        subject=keys.as_asn1(mine[0]).subject.dump() if mine else b"",
        chain=tuple(keys.as_asn1(one).dump() for one in mine[1:]),
    )


def examine(pdf: bytes, given: Trust, moment: datetime) -> Verdict:
    """The verdict on a file of our own; `moment` is when its certificate has to have held.

    A trusted time stamp within the seal counts instead of `moment`.
    """
    if _MARK not in pdf:
        return NO_SEAL
    try:
        return asyncio.run(_examine(pdf, given, moment))
    except Exception:  # Whatever a damaged file makes the library say, the answer is the same.
        return Verdict(SealState.UNREADABLE)


def examine_foreign(pdf: bytes, given: Trust, moment: datetime) -> Verdict:
    """As `examine`, for a file from outside: read by a child process with limits of time and memory.

    Raises Unavailable where no child process starts.
    """
    if _MARK not in pdf:
        return NO_SEAL
    asked = {
        "own": given.own,
        "roots": [base64.b64encode(one).decode() for one in given.roots],
        "timestamp_roots": [base64.b64encode(one).decode() for one in given.timestamp_roots],
        "subject": base64.b64encode(given.subject).decode(),
        "chain": [base64.b64encode(one).decode() for one in given.chain],
        "moment": moment.isoformat(),
    }
    try:
        ended = sandbox.run_python(
            "workflow.letters.seal.verdict:examine_standard_input",
            json.dumps(asked).encode() + b"\n" + pdf,
            seconds=SECONDS,
            memory_bytes=MEMORY_BYTES,
        )
    except sandbox.TookTooLong:
        return Verdict(SealState.UNREADABLE)
    except OSError as fault:
        raise Unavailable(
            "no-child",
            "The seal cannot be looked at, because this machine starts no further process. Try again later.",
        ) from fault
    if ended.code != 0:
        return Verdict(SealState.UNREADABLE)
    said = json.loads(ended.output)
    times = {name: datetime.fromisoformat(said[name]) if said[name] else None for name in _TIMES}
    return Verdict(**{**said, **times, "state": SealState(said["state"])})


_TIMES = ("claimed_at", "stamped_at")


def examine_standard_input() -> None:
    """The child's entry: the question in the first line, the file after it."""
    request, _, pdf = sys.stdin.buffer.read().partition(b"\n")
    asked = json.loads(request)
    given = Trust(
        own=tuple(asked["own"]),
        roots=tuple(base64.b64decode(one) for one in asked["roots"]),
        timestamp_roots=tuple(base64.b64decode(one) for one in asked["timestamp_roots"]),
        subject=base64.b64decode(asked["subject"]),
        chain=tuple(base64.b64decode(one) for one in asked["chain"]),
    )
    found = asdict(examine(pdf, given, datetime.fromisoformat(asked["moment"])))
    found.update({name: found[name].isoformat() if found[name] else None for name in _TIMES})
    sys.stdout.write(json.dumps(found))


async def _examine(pdf: bytes, given: Trust, moment: datetime) -> Verdict:
    # The first seal is the one that is judged: what is signed later is an addition to it.
    signatures = PdfFileReader(io.BytesIO(pdf)).embedded_signatures
    if not signatures:
        return NO_SEAL
    seal = signatures[0]
    signer: asn1.Certificate = seal.signer_cert
    since, until = (signer["tbs_certificate"]["validity"][end].native for end in ("not_before", "not_after"))
    # The path is judged at a time when the certificate held; whether it still holds is asked apart.
    within = min(max(moment, since), until)
    status = await async_validate_pdf_signature(
        seal,
        _context(given.roots, given.chain, within),
        _context(given.timestamp_roots, (), _stamped(seal) or within),
        key_usage_settings=KeyUsageConstraints(
            key_usage={"digital_signature", "non_repudiation"}, match_all_key_usages=False
        ),
        skip_diff=True,
    )
    stamp = status.timestamp_validity
    stamped = (
        stamp.timestamp if stamp is not None and stamp.valid and stamp.intact and stamp.trusted else None
    )
    first, gap_end, rest = int(seal.byte_range[1]), int(seal.byte_range[2]), int(seal.byte_range[3])
    found = Verdict(
        SealState.INTACT,
        holder=_holder(signer),
        certificate=signer.sha256.hex(),
        claimed_at=_utc(status.signer_reported_dt),
        stamped_at=_utc(stamped),
        covered=gap_end + rest,
    )
    # The room behind the signature is under no seal, so nothing may be hidden in it.
    room = seal.pkcs7_content[len(cms.ContentInfo.load(seal.pkcs7_content).dump()) :]
    whole = status.intact and status.valid and first < gap_end and not room.strip(b"\0")
    if not whole or status.coverage < SignatureCoverageLevel.ENTIRE_REVISION:
        return replace(found, state=SealState.ALTERED)
    state = _whose(given, found.certificate, signer, status.trusted)
    if state is not SealState.INTACT:
        return replace(found, state=state)
    if len(pdf) != found.covered or len(signatures) > 1:
        return replace(found, state=SealState.EXTENDED)
    if not since <= (stamped or moment) <= until:
        return replace(found, state=SealState.EXPIRED)
    return found


def _whose(given: Trust, fingerprint: str, signer: asn1.Certificate, trusted: bool) -> SealState:
    """Whose a whole seal is: a certificate that was recorded is the organisation's, whatever the roots say now."""
    if fingerprint in given.own:
        return SealState.INTACT
    if not given.subject or signer.subject.dump() != given.subject:
        return SealState.OTHER
    return SealState.INTACT if trusted else SealState.UNTRUSTED


def _context(roots: Iterable[bytes], others: Iterable[bytes], moment: datetime) -> ValidationContext:
    return ValidationContext(
        trust_roots=[asn1.Certificate.load(one) for one in roots],
        other_certs=[asn1.Certificate.load(one) for one in others],
        moment=moment,
        best_signature_time=moment,
        allow_fetching=False,
        revocation_mode="soft-fail",
    )


def _stamped(seal: Any) -> datetime | None:
    """The time in the seal's time stamp, whatever it is worth."""
    for attribute in seal.signer_info["unsigned_attrs"]:
        if attribute["type"].native == "signature_time_stamp_token":
            token = attribute["values"][0]["content"]["encap_content_info"]["content"].parsed
            return _utc(token["gen_time"].native)
    return None


def _holder(certificate: asn1.Certificate) -> str:
    named = certificate.subject.native
    return str(
        named.get("common_name") or named.get("organization_name") or certificate.subject.human_friendly
    )


def _utc(moment: datetime | None) -> datetime | None:
    return moment.astimezone(UTC) if moment else None
