"""A certificate authority and a sealing certificate of one's own, to try sealing with or to seal among friends.

A receiver who trusts nobody's word asks for a certificate that a recognised provider issued; one of
these proves no more than that the same key sealed all.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from workflow.errors import Conflict, Invalid

DAYS = 730
# The authority outlives what it issues, and a clock that is a little slow finds both in force already.
AUTHORITY_DAYS = 3650
EARLY = timedelta(days=1)
LONGEST = 64


@dataclass(frozen=True)
class SelfMade:
    """The files of a certificate of one's own: the chain (own first), the key, and the authority for receivers."""

    certificate: Path
    key: Path
    authority: Path


def places(folder: Path) -> SelfMade:
    """Where the three files are in a folder."""
    return SelfMade(folder / "certificate.pem", folder / "key.pem", folder / "authority.pem")


def make(folder: Path, organisation: str, now: datetime, *, days: int = DAYS) -> SelfMade:
    """Makes authority, certificate and key (ECDSA P-256), the key readable by its owner only.

    The authority's own key is not kept: it can issue nothing more.  Raises Conflict where the folder
    has a key already, which is never written over, and Invalid for a name that no certificate takes.
    """
    made = places(folder)
    if made.key.exists() or made.certificate.exists():
        raise Conflict(
            "seal-there",
            "%(folder)s has a certificate or a key already. Choose another folder, or move them away first.",
            folder=str(folder),
        )
    name = " ".join(organisation.split())
    if not name or not 1 <= days <= AUTHORITY_DAYS:
        raise Invalid(
            "seal-name", "Give the organisation's name, and 1 to %(most)s days.", most=AUTHORITY_DAYS
        )
    root_key, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    root_name, own_name = _name(name, "certificate authority"), _name(name, "")
    root = (
        _unsigned(root_name, root_name, root_key.public_key(), now, AUTHORITY_DAYS)
        .add_extension(x509.BasicConstraints(True, 0), critical=True)
        .add_extension(_usage(certificates=True), critical=True)
        .sign(root_key, hashes.SHA256())
    )
    own = (
        _unsigned(own_name, root_name, key.public_key(), now, days)
        .add_extension(x509.BasicConstraints(False, None), critical=True)
        .add_extension(_usage(certificates=False), critical=True)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(root_key.public_key()), critical=False
        )
        .sign(root_key, hashes.SHA256())
    )
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    pem = serialization.Encoding.PEM
    secret = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    handle = os.open(made.key, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as stream:
        stream.write(secret)
    made.authority.write_bytes(root.public_bytes(pem))
    made.certificate.write_bytes(own.public_bytes(pem) + root.public_bytes(pem))
    return made


def _name(organisation: str, duty: str) -> x509.Name:
    """A subject; RFC 5280 allows 64 signs in each of its parts."""
    common = f"{organisation[: LONGEST - len(duty) - 2]}, {duty}" if duty else organisation[:LONGEST]
    kinds = ((x509.NameOID.ORGANIZATION_NAME, organisation[:LONGEST]), (x509.NameOID.COMMON_NAME, common))
    return x509.Name([x509.NameAttribute(kind, value) for kind, value in kinds])


def _unsigned(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePublicKey, now: datetime, days: int
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - EARLY)
        .not_valid_after(now + timedelta(days=days))
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
    )


def _usage(*, certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not certificates,
        content_commitment=not certificates,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=certificates,
        crl_sign=certificates,
        encipher_only=False,
        decipher_only=False,
    )
