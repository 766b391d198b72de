"""S/MIME (RFC 8551): a message's content signed by the organisation, and encrypted for a contact that gave a certificate.

Both turn a MIME entity, which is the content fields and the body, into another one; the message's
own fields stay before it.  Signed is in the clear (`multipart/signed`, RFC 1847), so that whoever
knows nothing of S/MIME reads the note all the same.  Encrypted hides text, links and documents, and
never the subject.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.ciphers import algorithms
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, load_pem_private_key, pkcs7

from workflow.errors import Unavailable
from workflow.post.certificate import ends
from workflow.post.mime import CRLF, base64_lines

MICALG = "sha-256"


@dataclass(frozen=True)
class Signer:
    """The organisation's certificate with its key, and the certificates that lead to its root."""

    certificate: x509.Certificate
    key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey = field(repr=False)
    chain: tuple[x509.Certificate, ...] = ()

    @classmethod
    def load(cls, certificate: Path, key: Path, passphrase: str = "") -> Signer:
        """Reads PEM files: the certificate first, its chain behind it; raises Unavailable with a sentence."""
        try:
            found = x509.load_pem_x509_certificates(certificate.read_bytes())
        except (OSError, ValueError):
            raise _unusable("the certificate cannot be read. See CHANCERY_SMIME_CERTIFICATE") from None
        try:
            secret = load_pem_private_key(key.read_bytes(), passphrase.encode() or None)
        except (OSError, ValueError, TypeError):
            raise _unusable(
                "the key cannot be read. See CHANCERY_SMIME_KEY and CHANCERY_SMIME_PASSPHRASE"
            ) from None
        if not isinstance(secret, rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey):
            raise _unusable("the key is neither RSA nor of an elliptic curve")
        if secret.public_key() != found[0].public_key():
            raise _unusable("certificate and key do not belong together")
        return cls(found[0], secret, tuple(found[1:]))

    def check(self, now: datetime) -> None:
        """Raises Unavailable where the certificate is not valid at this moment."""
        if not self.certificate.not_valid_before_utc <= now <= self.certificate.not_valid_after_utc:
            raise _unusable(f"the certificate is valid only until {ends(self.certificate):%Y-%m-%d}")

    def sign(self, entity: bytes) -> bytes:
        """The entity as `multipart/signed`, its bytes unchanged inside."""
        builder = pkcs7.PKCS7SignatureBuilder().set_data(entity)
        builder = builder.add_signer(self.certificate, self.key, SHA256())
        for one in self.chain:
            builder = builder.add_certificate(one)
        options = [pkcs7.PKCS7Options.DetachedSignature, pkcs7.PKCS7Options.Binary]
        signature = builder.sign(Encoding.DER, options)
        # The sign "_" occurs in no base64, and the digest makes it another than the boundary inside.
        boundary = f"=_s{hashlib.sha256(signature).hexdigest()[:40]}"
        before = (
            f'Content-Type: multipart/signed; protocol="application/pkcs7-signature"; micalg={MICALG};{CRLF}'
            f' boundary="{boundary}"{CRLF}{CRLF}--{boundary}{CRLF}'
        )
        # The line end before a boundary belongs to it, so that the entity keeps its own.
        after = (
            f"{CRLF}--{boundary}{CRLF}"
            f'Content-Type: application/pkcs7-signature; name="smime.p7s"{CRLF}'
            f"Content-Transfer-Encoding: base64{CRLF}"
            f'Content-Disposition: attachment; filename="smime.p7s"{CRLF}{CRLF}'
        )
        end = f"--{boundary}--{CRLF}"
        return b"".join((before.encode(), entity, after.encode(), base64_lines(signature), end.encode()))


def encrypt(entity: bytes, certificates: Sequence[x509.Certificate]) -> bytes:
    """The entity for the holders of these certificates alone (enveloped data, AES-256)."""
    builder = pkcs7.PKCS7EnvelopeBuilder().set_data(entity)
    builder = builder.set_content_encryption_algorithm(algorithms.AES256)
    for one in certificates:
        builder = builder.add_recipient(one)
    sealed = builder.encrypt(Encoding.DER, [pkcs7.PKCS7Options.Binary])
    head = (
        f'Content-Type: application/pkcs7-mime; smime-type=enveloped-data; name="smime.p7m"{CRLF}'
        f"Content-Transfer-Encoding: base64{CRLF}"
        f'Content-Disposition: attachment; filename="smime.p7m"{CRLF}{CRLF}'
    )
    return head.encode() + base64_lines(sealed)


def _unusable(why: str) -> Unavailable:
    return Unavailable(
        "smime-unusable",
        "Nothing is sent, since messages have to be signed and cannot be: %(why)s.",
        why=why,
    )
