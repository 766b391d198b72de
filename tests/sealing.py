"""Keys, certificates and a time-stamp server of the tests' own."""

from __future__ import annotations

import io
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from asn1crypto import keys as asn1_keys
from asn1crypto import tsp
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from pyhanko.pdf_utils.generic import pdf_string
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.timestamps import DummyTimeStamper
from pyhanko_certvalidator.registry import SimpleCertificateStore

from workflow.letters import data_example, data_file, note_pdf, profile
from workflow.letters.letter import Letter
from workflow.letters.seal import keys, opening, sealing
from workflow.letters.seal.keys import KeyPlace

NOW = datetime(2026, 5, 12, 6, 0, tzinfo=UTC)
NAME = "Secretariat of the Tests"


@dataclass(frozen=True)
class Issued:
    """A certificate with its key, and who issued it."""

    certificate: x509.Certificate
    key: Any
    issuer: Issued | None = None

    def write(self, folder: Path, name: str = "own", passphrase: bytes | None = None) -> KeyPlace:
        """The files of a chain and its key."""
        chain, one = b"", self
        while one is not None:
            chain += one.certificate.public_bytes(serialization.Encoding.PEM)
            one = one.issuer
        shield = (
            serialization.BestAvailableEncryption(passphrase) if passphrase else serialization.NoEncryption()
        )
        form = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, shield)
        place = KeyPlace(
            folder / f"{name}.pem", folder / f"{name}.key", passphrase.decode() if passphrase else ""
        )
        place.certificate.write_bytes(chain)
        place.key.write_bytes(self.key.private_bytes(*form))
        return place


def issue(
    name: str = NAME,
    issuer: Issued | None = None,
    *,
    days: tuple[int, int] = (-1, 365),
    authority: bool = False,
    stamps: bool = False,
    key: Any = None,
) -> Issued:
    """A certificate that holds from and until so many days from NOW; signed by itself without an issuer."""
    key = key or ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer.certificate.subject if issuer else subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(NOW + timedelta(days=days[0]))
        .not_valid_after(NOW + timedelta(days=days[1]))
        .add_extension(x509.BasicConstraints(authority, None), critical=True)
        .add_extension(
            x509.KeyUsage(
                not authority, not authority, False, False, False, authority, authority, False, False
            ),
            critical=True,
        )
    )
    if stamps:
        purpose = x509.ExtendedKeyUsage([x509.oid.ExtendedKeyUsageOID.TIME_STAMPING])
        made = made.add_extension(purpose, critical=True)
    return Issued(made.sign(issuer.key if issuer else key, hashes.SHA256()), key, issuer)


@cache
def authority() -> Issued:
    """The authority that issued the organisation's certificate."""
    return issue("Authority of the Tests", authority=True, days=(-30, 3650))


@cache
def organisation() -> Issued:
    """The organisation's own certificate."""
    return issue(issuer=authority())


@cache
def rsa_key() -> rsa.RSAPrivateKey:
    """An RSA key, slow to make."""
    return rsa.generate_private_key(65537, 2048)


@cache
def by_rsa() -> Issued:
    """The organisation's certificate of an RSA key."""
    return issue(issuer=authority(), key=rsa_key())


@cache
def letter(name: str = "riverclaims", language: str = "en") -> Letter:
    """The example of a profile, final, in one language."""
    import tempfile

    found = profile.load(name)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "note.toml"
        file.write_text(data_example.example(found), encoding="utf-8")
        return data_file.letters(found, data_file.load(file))[language]


@cache
def unsealed() -> bytes:
    """The PDF of that letter."""
    return note_pdf.render(letter())


def sealed(place: KeyPlace, *, moment: datetime = NOW, pdf: bytes | None = None, **more: Any) -> bytes:
    """A PDF sealed with the key of a place."""
    with opening.signer(place, moment) as signer:
        return sealing.seal(pdf or unsealed(), signer, moment, words=NAME, **more)


def extended(pdf: bytes) -> bytes:
    """The PDF with a further revision, as a program that fills or annotates it would save it."""
    writer = IncrementalPdfFileWriter(io.BytesIO(pdf))
    writer.root["/Note"] = pdf_string("an addition")
    writer.update_root()
    target = io.BytesIO()
    writer.write(target)
    return target.getvalue()


@dataclass
class Stamps:
    """A time-stamp server: its address, its certificate, and whether it answers well."""

    url: str
    issued: Issued
    broken: bool = False
    asked: int = 0


@contextmanager
def time_stamps(moment: datetime = NOW, issued: Issued | None = None) -> Iterator[Stamps]:
    """A small RFC 3161 server on loopback whose clock stands at `moment`."""
    tsa = issued or issue("Time stamps of the Tests", authority(), stamps=True, key=rsa_key())
    plain = tsa.key.private_bytes(
        serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    store = SimpleCertificateStore()
    store.register(keys.as_asn1(tsa.certificate))
    maker = DummyTimeStamper(
        keys.as_asn1(tsa.certificate),
        asn1_keys.PrivateKeyInfo.load(plain),
        certs_to_embed=store,
        fixed_dt=moment,
    )

    class Answer(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            given.asked += 1
            body = self.rfile.read(int(self.headers["Content-Length"]))
            if given.broken:
                self.send_error(503)
                return
            reply = maker.request_tsa_response(tsp.TimeStampReq.load(body)).dump()
            self.send_response(200)
            self.send_header("Content-Type", "application/timestamp-reply")
            self.send_header("Content-Length", str(len(reply)))
            self.end_headers()
            self.wfile.write(reply)

        def log_message(self, *_: Any) -> None:
            return None

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
    given = Stamps(f"http://127.0.0.1:{server.server_address[1]}/rfc3161", tsa)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield given
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


MODULE = Path("/usr/lib/softhsm/libsofthsm2.so")


def soft_token(folder: Path, issued: dict[str, Issued], *, token: str, pin: str) -> None:
    """Makes a SoftHSM token with keys by their labels; `SOFTHSM2_CONF` has to name `folder/softhsm2.conf` already."""
    (folder / "tokens").mkdir()
    (folder / "softhsm2.conf").write_text(f"directories.tokendir = {folder / 'tokens'}\n")

    def run(*words: str) -> None:
        subprocess.run(["softhsm2-util", *words], check=True, capture_output=True)

    run("--init-token", "--free", "--label", token, "--pin", pin, "--so-pin", "12345678")
    for number, (label, one) in enumerate(issued.items(), 1):
        one.write(folder, "token")
        run(
            *("--import", str(folder / "token.key"), "--token", token, "--label", label),
            *("--id", f"a{number}", "--pin", pin),
        )
