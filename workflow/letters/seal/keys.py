"""Where the organisation's sealing key and certificate are, and what can be read of them.

The certificate is public: whoever has it knows that this installation seals, and by whom.  The key
is a file or an object of a PKCS#11 token, and is needed only where documents are made.  Nothing of
a key, a passphrase or a PIN is ever written or shown.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from asn1crypto import x509 as asn1
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.serialization import pkcs12

from workflow.errors import Phrase

_PEM = b"-----BEGIN"
_VARIABLES = "CHANCERY_SEAL_PASSPHRASE, CHANCERY_SEAL_PASSPHRASE_FILE"


@dataclass(frozen=True)
class KeyPlace:
    """Where the key is: a file (`key`), or an object `label` of the token `token` that `module` opens.

    `certificate` is a file of PEM certificates, the organisation's own first and its issuers after it.
    """

    certificate: Path
    key: Path | None = None
    passphrase: str = field(default="", repr=False)
    module: Path | None = None
    token: str = ""
    label: str = ""
    pin: str = field(default="", repr=False)

    @property
    def has_key(self) -> bool:
        """Whether this process was told of a key; a web server need not be."""
        return self.key is not None or self.module is not None


class Unusable(Exception):
    """A file is not what it should be; `phrase` goes on after the name of the file or of the variable."""

    def __init__(self, phrase: Phrase) -> None:
        super().__init__(phrase)
        self.phrase = phrase


def read_certificates(path: Path) -> tuple[x509.Certificate, ...]:
    """The certificates of a PEM file, or the one of a DER file; raises Unusable."""
    content = _content(path)
    try:
        if _PEM in content:
            return tuple(x509.load_pem_x509_certificates(content))
        return (x509.load_der_x509_certificate(content),)
    except ValueError:
        raise Unusable(
            Phrase("has to be a file of certificates in PEM, the organisation’s own first")
        ) from None


def read_key(path: Path, passphrase: str) -> Any:
    """The private key of a PEM file or of a PKCS#12 file (.p12, .pfx); raises Unusable."""
    content = _content(path)
    secret = passphrase.encode() or None
    try:
        if _PEM in content:
            return serialization.load_pem_private_key(content, secret)
        key = pkcs12.load_key_and_certificates(content, secret)[0]
    except TypeError:
        raise Unusable(
            Phrase("has no passphrase, but one is given (%(variables)s)", variables=_VARIABLES)
            if secret
            else Phrase("needs its passphrase (%(variables)s)", variables=_VARIABLES)
        ) from None
    except (ValueError, NotImplementedError):
        raise Unusable(
            Phrase(
                "has to be a private key in PEM or PKCS#12 that its passphrase opens (%(variables)s)",
                variables=_VARIABLES,
            )
        ) from None
    if key is None:
        raise Unusable(Phrase("holds no private key"))
    return key


def belongs(key: Any, certificate: x509.Certificate) -> bool:
    """Whether a private key is the one of a certificate."""
    return bool(key.public_key() == certificate.public_key())


def fingerprint(certificate: x509.Certificate) -> str:
    """The SHA-256 of a certificate in hexadecimal, by which it is recorded and recognised."""
    return hashlib.sha256(certificate.public_bytes(serialization.Encoding.DER)).hexdigest()


def holder(certificate: x509.Certificate) -> str:
    """Whom a certificate names: the common name, else the organisation, else the whole subject."""
    for kind in (x509.NameOID.COMMON_NAME, x509.NameOID.ORGANIZATION_NAME):
        found = certificate.subject.get_attributes_for_oid(kind)
        if found:
            return str(found[0].value)
    return certificate.subject.rfc4514_string()


def as_asn1(certificate: x509.Certificate) -> asn1.Certificate:
    """The certificate as the signing library wants it."""
    return asn1.Certificate.load(certificate.public_bytes(serialization.Encoding.DER))


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise Unusable(
            Phrase("cannot be read (%(error)s); check its path and who may read it", error=error.strerror)
        ) from None
