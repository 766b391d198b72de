"""Certificates that mail is encrypted for (RFC 5280, RFC 8550): read from the files that offices send, and told.

A file is one certificate in PEM or DER, several in PEM, or a PKCS#7 bundle (`.p7b`, `.p7c`) of
either form.  The one for encrypting is found in it; those that lead to its root are kept behind it.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, pkcs7
from cryptography.x509.oid import ExtendedKeyUsageOID

from workflow.errors import InputRefused

# How long before its end a certificate is spoken of.
WARNING = timedelta(days=30)
SMALLEST_RSA = 2048
# What a file may hold: certificates are small, and chains short.
MOST_BYTES = 100_000
MOST = 10
# The purposes of RFC 5280, section 4.2.1.12, that mail may be encrypted with.
MAIL = frozenset({ExtendedKeyUsageOID.EMAIL_PROTECTION, ExtendedKeyUsageOID.ANY_EXTENDED_KEY_USAGE})
# The attributes of a key's usage as `cryptography` names them (RFC 5280, section 4.2.1.3).
USAGES = (
    "digital_signature",
    "content_commitment",
    "key_encipherment",
    "data_encipherment",
    "key_agreement",
    "key_cert_sign",
    "crl_sign",
)


@dataclass(frozen=True)
class Offered:
    """A certificate that mail can be encrypted for, and those that lead to its root, its issuer first."""

    certificate: x509.Certificate
    chain: tuple[x509.Certificate, ...] = ()


def recipient(data: bytes) -> Offered:
    """The certificate in a file that mail can be encrypted for; raises InputRefused with a sentence."""
    found = _read(data)
    issuers = {one.issuer.public_bytes() for one in found if one.issuer != one.subject}
    # Whoever issued another one of the file is of its chain; a certificate alone is meant in any case.
    meant = [one for one in found if one.subject.public_bytes() not in issuers] or found
    refusals: list[InputRefused] = []
    fit = []
    for one in meant:
        try:
            _require_fit(one)
            fit.append(one)
        except InputRefused as refusal:
            refusals.append(refusal)
    if not fit:
        raise refusals[0]
    if len(fit) > 1:
        raise InputRefused(
            "certificate-several",
            "The file has %(count)s certificates that mail could be encrypted for. Send the right one alone.",
            count=len(fit),
        )
    return Offered(fit[0], _chain(fit[0], found))


def load(pem: str) -> x509.Certificate:
    """A certificate as we keep it."""
    return x509.load_pem_x509_certificate(pem.encode())


def load_chain(pem: str) -> list[x509.Certificate]:
    """The certificates of a chain as we keep it."""
    return x509.load_pem_x509_certificates(pem.encode()) if pem else []


def as_pem(*certificates: x509.Certificate) -> str:
    """The certificates as we keep them."""
    return "".join(one.public_bytes(Encoding.PEM).decode() for one in certificates)


def addresses(certificate: x509.Certificate) -> frozenset[str]:
    """The mail addresses that a certificate names, in lower case."""
    try:
        names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
        found = set(names.get_values_for_type(x509.RFC822Name))
    except x509.ExtensionNotFound:
        found = set()
    found |= {
        str(one.value) for one in certificate.subject.get_attributes_for_oid(x509.NameOID.EMAIL_ADDRESS)
    }
    return frozenset(one.lower() for one in found)


def ends(certificate: x509.Certificate) -> datetime:
    """The last moment at which a certificate is valid, aware, in UTC."""
    return certificate.not_valid_after_utc


def fingerprint(certificate: x509.Certificate) -> str:
    """The SHA-256 of a certificate in lower-case hexadecimal."""
    return certificate.fingerprint(SHA256()).hex()


def serial(certificate: x509.Certificate) -> str:
    """The serial number in lower-case hexadecimal, as mail programs show it."""
    return f"{certificate.serial_number:x}"


def name(certificate: x509.Certificate) -> str:
    """Whom a certificate is for (RFC 4514)."""
    return certificate.subject.rfc4514_string()[:1000]


def issuer(certificate: x509.Certificate) -> str:
    """Who issued a certificate (RFC 4514)."""
    return certificate.issuer.rfc4514_string()[:1000]


def usages(certificate: x509.Certificate) -> tuple[str, ...]:
    """What its key may be used for, of USAGES; nothing where the certificate does not limit it."""
    usage = _key_usage(certificate)
    return tuple(one for one in USAGES if usage is not None and getattr(usage, one))


def _read(data: bytes) -> list[x509.Certificate]:
    """All certificates of a file; raises InputRefused."""
    text = data.strip()
    if not text or len(data) > MOST_BYTES:
        raise _unreadable()
    if text.startswith(b"-----BEGIN CERTIFICATE"):
        readers: tuple[Callable[[bytes], list[x509.Certificate]], ...] = (x509.load_pem_x509_certificates,)
    elif text.startswith(b"-----BEGIN PKCS7"):
        readers = (pkcs7.load_pem_pkcs7_certificates,)
    else:
        readers = (lambda one: [x509.load_der_x509_certificate(one)], pkcs7.load_der_pkcs7_certificates)
    for read in readers:
        try:
            with warnings.catch_warnings():
                # What is odd in a foreign certificate, such as a serial number of 0, is no fault of ours.
                warnings.simplefilter("ignore")
                found = list(read(data))
                for one in found:
                    # Names, extensions and the key are read lazily; a damaged one shall show itself here.
                    addresses(one), _key_usage(one), _purposes(one), one.public_key(), name(one), issuer(one)
        except (ValueError, TypeError, UnsupportedAlgorithm, x509.DuplicateExtension):
            continue
        if 0 < len(found) <= MOST:
            return found
    raise _unreadable()


def _unreadable() -> InputRefused:
    return InputRefused(
        "certificate-unreadable",
        "The file is no certificate. Ask for one in PEM, DER or PKCS#7 form (.pem, .cer, .p7b).",
    )


def _require_fit(certificate: x509.Certificate) -> None:
    key, usage = certificate.public_key(), _key_usage(certificate)
    if not isinstance(key, rsa.RSAPublicKey) or key.key_size < SMALLEST_RSA:
        raise InputRefused(
            "certificate-key",
            "Mail cannot be encrypted for this certificate: it needs an RSA key of at least %(bits)s bits.",
            bits=SMALLEST_RSA,
        )
    purposes = _purposes(certificate)
    if (usage is not None and not usage.key_encipherment) or (purposes and not MAIL & purposes):
        raise InputRefused(
            "certificate-usage",
            "This certificate is not for encrypting mail, but for signing or another use alone. "
            "Ask for the one that mail is encrypted with.",
        )


def _chain(certificate: x509.Certificate, found: list[x509.Certificate]) -> tuple[x509.Certificate, ...]:
    """Those of the file that issued one another, up from the certificate's own issuer."""
    chain: list[x509.Certificate] = []
    now = certificate
    while True:
        above = [one for one in found if one not in (certificate, *chain) and _issued(now, one)]
        if not above:
            return tuple(chain)
        now = above[0]
        chain.append(now)


def _issued(below: x509.Certificate, above: x509.Certificate) -> bool:
    try:
        below.verify_directly_issued_by(above)
    except (ValueError, TypeError, InvalidSignature, UnsupportedAlgorithm):
        return False
    return True


def _key_usage(certificate: x509.Certificate) -> x509.KeyUsage | None:
    try:
        return certificate.extensions.get_extension_for_class(x509.KeyUsage).value
    except x509.ExtensionNotFound:
        return None


def _purposes(certificate: x509.Certificate) -> frozenset[x509.ObjectIdentifier]:
    """The extended usages of its key; nothing where the certificate does not limit them."""
    try:
        return frozenset(certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value)
    except x509.ExtensionNotFound:
        return frozenset()
