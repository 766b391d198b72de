"""Opening the key of the seal for one piece of work: a file, or an object of a PKCS#11 token."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import lru_cache
from pathlib import Path

import pkcs11
from asn1crypto import keys as asn1_keys
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from pyhanko.config.pkcs11 import TokenCriteria
from pyhanko.sign.pkcs11 import PKCS11Signer, open_pkcs11_session
from pyhanko.sign.signers import Signer, SimpleSigner
from pyhanko_certvalidator.registry import SimpleCertificateStore

from workflow.errors import Phrase, Unavailable
from workflow.letters.seal.keys import KeyPlace, Unusable, as_asn1, belongs, read_certificates, read_key

# PINs that a token refused: a token locks itself after a few wrong ones, so none is tried twice.
_refused: set[str] = set()


@contextmanager
def signer(place: KeyPlace, moment: datetime) -> Iterator[Signer]:
    """What signs, opened for one piece of work; raises Unavailable with the cause and what to do."""
    certificate = _certificates(place.certificate)[0]
    if not certificate.not_valid_before_utc <= moment <= certificate.not_valid_after_utc:
        raise Unavailable(
            "seal-expired",
            "The certificate of the seal is valid from %(since)s to %(until)s only. The administrator renews it "
            "and names the new one in CHANCERY_SEAL_CERTIFICATE.",
            since=certificate.not_valid_before_utc.date().isoformat(),
            until=certificate.not_valid_after_utc.date().isoformat(),
        )
    if place.module is not None:
        with _token(place) as opened:
            yield opened
        return
    if place.key is None:
        raise Unavailable(
            "seal-key-missing",
            "This worker has no key of the seal. Name it in CHANCERY_SEAL_KEY or CHANCERY_SEAL_PKCS11_MODULE.",
        )
    yield _from_file(place)


def _from_file(place: KeyPlace) -> Signer:
    assert place.key is not None
    try:
        # A key or a certificate that is changed in its place is read anew.
        files = (place.key, place.certificate)
        return _loaded(place, tuple(one.stat().st_mtime_ns if one.exists() else 0 for one in files))
    except Unusable as error:
        raise _away(Phrase("%(file)s %(fault)s", file=place.key.name, fault=_words(error))) from None


@lru_cache(maxsize=4)
def _loaded(place: KeyPlace, _changed: tuple[int, ...]) -> Signer:
    assert place.key is not None
    own, *chain = _certificates(place.certificate)
    key = read_key(place.key, place.passphrase)
    if not belongs(key, own):
        raise Unusable(Phrase("is not the key of the certificate"))
    plain = key.private_bytes(
        serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return SimpleSigner(
        signing_cert=as_asn1(own),
        signing_key=asn1_keys.PrivateKeyInfo.load(plain),
        cert_registry=_store(own, chain),
    )


@contextmanager
def _token(place: KeyPlace) -> Iterator[Signer]:
    """A signer on a PKCS#11 token; the session is closed afterwards, whatever happens."""
    mark = hashlib.sha256(f"{place.module}\0{place.token}\0{place.pin}".encode()).hexdigest()
    if mark in _refused:
        raise _away(
            Phrase("the token refused the PIN, which is not tried again until the worker is restarted")
        )
    own, *chain = _certificates(place.certificate)
    try:
        session = open_pkcs11_session(
            str(place.module), token_criteria=TokenCriteria(label=place.token), user_pin=place.pin or None
        )
    except (pkcs11.PinIncorrect, pkcs11.PinLocked, pkcs11.PinInvalid, pkcs11.PinLenRange):
        _refused.add(mark)
        raise _away(Phrase("the token refused the PIN")) from None
    except Exception as error:  # Each module fails in its own way; none may end the worker.
        raise _away(
            Phrase("the token “%(token)s” is not there (%(error)s)", token=place.token, error=_words(error))
        ) from None
    try:
        opened = PKCS11Signer(
            session,
            signing_cert=as_asn1(own),
            ca_chain=[as_asn1(one) for one in chain],
            key_label=place.label,
            # The digest is made here: every token signs one, and not every token digests for ECDSA.
            use_raw_mechanism=True,
        )
        try:
            opened._load_objects()
        except Exception as error:
            raise _away(
                Phrase("the token has no key “%(label)s” (%(error)s)", label=place.label, error=_words(error))
            ) from None
        yield opened
    finally:
        session.close()


def _store(own: x509.Certificate, chain: list[x509.Certificate]) -> SimpleCertificateStore:
    store = SimpleCertificateStore()
    store.register_multiple([as_asn1(one) for one in (own, *chain)])
    return store


def _certificates(path: Path) -> tuple[x509.Certificate, ...]:
    try:
        return read_certificates(path)
    except Unusable as error:
        raise _away(Phrase("%(file)s %(fault)s", file=path.name, fault=_words(error))) from None


def _words(error: Exception) -> str:
    """What an error says, without anything that was given to it."""
    return error.phrase if isinstance(error, Unusable) else type(error).__name__


def _away(why: Phrase) -> Unavailable:
    return Unavailable("seal-away", "The seal cannot be set now: %(why)s.", why=why)
