"""S/MIME, checked by OpenSSL: signed by the organisation, encrypted for whoever gave a certificate."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
)
from sqlalchemy import select

from tests.desk import Desk
from tests.prepared import Prepared, prepare
from tests.prepared import dispatched as dispatched
from tests.relay import World
from workflow import config
from workflow.errors import Conflict, InputRefused, Invalid, Misuse, NotAllowed, NotFound, Unavailable
from workflow.models import Contact, ContactCertificate
from workflow.operations import certificates, dispatch, halting, trouble
from workflow.post import smime
from workflow.states import DeliveryQueue, Hold, NoteState

CN, KZ, MN, TJ = (f"notes@mfa.{code}.example" for code in ("cn", "kz", "mn", "tj"))
BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
KEYS: dict[str, Callable[[], Any]] = {
    "rsa": lambda: rsa.generate_private_key(65537, 2048),
    "ec": lambda: ec.generate_private_key(ec.SECP256R1()),
}


def make(
    folder: Path,
    name: str,
    address: str,
    key: Any = None,
    *,
    days: int = 365,
    usage: bool = True,
    phrase: bytes = b"",
) -> tuple[Path, Path]:
    """A self-signed certificate and its key, as two PEM files."""
    key = key or KEYS["rsa"]()
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(BEGIN)
        .not_valid_after(BEGIN + timedelta(days=days))
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(x509.SubjectAlternativeName([x509.RFC822Name(address)]), critical=False)
        .add_extension(
            x509.KeyUsage(True, True, usage, False, False, True, False, False, False), critical=True
        )
    )
    certificate = builder.sign(key, SHA256())
    places = folder / f"{name}.pem", folder / f"{name}.key"
    places[0].write_bytes(certificate.public_bytes(Encoding.PEM))
    encryption = BestAvailableEncryption(phrase) if phrase else NoEncryption()
    places[1].write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, encryption))
    return places


def openssl(*words: object, given: bytes) -> bytes:
    """What OpenSSL says; fails with its words where it refuses."""
    # The clock of the tests stands in 2026; OpenSSL has the machine's unless it is told.
    done = subprocess.run(["openssl", *map(str, words)], input=given, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout


def verified(mail: bytes, certificate: Path) -> bytes:
    return openssl(
        "cms",
        "-verify",
        "-in",
        "/dev/stdin",
        "-CAfile",
        certificate,
        "-purpose",
        "any",
        "-no_check_time",
        given=mail,
    )


@pytest.fixture
def desk(dispatched: Prepared) -> Desk:
    return Desk(dispatched, World())


def signing(desk: Desk, certificate: Path, key: Path, **given: Any) -> None:
    settings = config.load(
        **{
            **desk.means.settings.model_dump(exclude={"keys"}),
            "smime_certificate": certificate,
            "smime_key": key,
            **given,
        }
    )
    desk.means = replace(desk.means, settings=settings)


def contact(desk: Desk, address: str) -> int:
    with desk.means.look() as work:
        return work.session.scalars(select(Contact.id).where(Contact.address == address)).one()


def offer(desk: Desk, address: str, data: bytes, person: str = "registry", **given: Any) -> int:
    """A proposed certificate; gives its id."""
    with desk.means.work(desk.office.actor(person)) as work:
        found = work.session.get_one(Contact, contact(desk, address))
        return certificates.propose(work, found, data, "Note verbale 12 of the mission", **given).id


def give(desk: Desk, address: str, data: bytes) -> None:
    """A certificate in force."""
    identity = offer(desk, address, data)
    with desk.means.work(desk.office.actor("second_registry")) as work:
        certificates.confirm(work, work.session.get_one(ContactCertificate, identity))


@pytest.mark.parametrize("kind", KEYS)
def test_every_message_is_signed_and_openssl_finds_it_whole(desk: Desk, kind: str, tmp_path: Path) -> None:
    certificate, key = make(
        tmp_path, "Registry", "registry@secretariat.example", KEYS[kind](), phrase=b"a phrase"
    )
    signing(desk, certificate, key, smime_passphrase="a phrase")
    assert desk.run().accepted == 4
    for taken in desk.world.taken:
        mail = taken.mail
        assert mail.get_content_type() == "multipart/signed"
        assert mail.get_param("micalg") == "sha-256"
        assert mail.get_param("protocol") == "application/pkcs7-signature"
        # The order of the attachments and their bytes are those of an unsigned message.
        inside = message_from_bytes(verified(taken.data, certificate))
        assert inside.get_content_type() == "multipart/mixed"
        names = [part.get_filename() for part in inside.walk() if part.get_filename()]
        assert names == [item["name"] for item in desk.delivery(taken.address).documents]
        changed = taken.data.replace(b"application/pdf", b"application/pdg", 1)
        with pytest.raises(AssertionError):
            verified(changed, certificate)


def test_nothing_leaves_unsigned(desk: Desk, tmp_path: Path) -> None:
    certificate, key = make(tmp_path, "Registry", "registry@secretariat.example")
    signing(desk, certificate, key)
    kept = key.read_bytes()
    key.unlink()
    for _ in range(3):
        sent = desk.run()
        assert sent.accepted == 0 and "have to be signed" in sent.trouble and desk.world.taken == []
        desk.clock.pass_(minutes=1)
    rows = [desk.delivery(one) for one in (CN, KZ, MN, TJ)]
    assert {row.queue for row in rows} == {DeliveryQueue.QUEUED} and {len(row.attempts) for row in rows} == {
        1
    }
    key.write_bytes(kept)
    assert desk.run().accepted == 4
    assert all(one.mail.get_content_type() == "multipart/signed" for one in desk.world.taken)


def test_a_signing_certificate_that_ended_stops_everything_with_its_day(desk: Desk, tmp_path: Path) -> None:
    certificate, key = make(tmp_path, "Registry", "registry@secretariat.example", days=100)
    signing(desk, certificate, key)
    assert "valid only until 2026-04-11" in desk.run().trouble and desk.world.taken == []


@pytest.mark.parametrize("fault", ["certificate", "key", "pair", "phrase"])
def test_faults_of_the_organisations_files_are_sentences(fault: str, tmp_path: Path) -> None:
    certificate, key = make(tmp_path, "One", "a@b.example", phrase=b"a phrase" if fault == "phrase" else b"")
    if fault == "certificate":
        certificate.write_text("no certificate")
    if fault == "key":
        key.write_text("no key")
    if fault == "pair":
        key = make(tmp_path, "Two", "a@b.example")[1]
    with pytest.raises(Unavailable, match="have to be signed") as refused:
        smime.Signer.load(certificate, key, "another" if fault == "phrase" else "")
    assert "another" not in refused.value.sentence


def test_certificate_and_key_are_given_together(tmp_path: Path) -> None:
    with pytest.raises(Misuse, match="CHANCERY_SMIME_KEY"):
        config.load(smime_certificate=tmp_path / "a.pem")


def test_a_contact_that_gave_a_certificate_gets_the_note_encrypted_and_signed(
    desk: Desk, tmp_path: Path
) -> None:
    ours, our_key = make(tmp_path, "Registry", "registry@secretariat.example")
    theirs, their_key = make(tmp_path, "KZ", KZ.upper())
    signing(desk, ours, our_key)
    give(desk, KZ, theirs.read_bytes())
    assert desk.run().accepted == 4
    (taken,) = desk.world.to(KZ)
    assert taken.mail.get_content_type() == "application/pkcs7-mime"
    assert taken.mail.get_param("smime-type") == "enveloped-data"
    assert taken.mail["Message-ID"] == desk.delivery(KZ).message_id
    assert b"http://" not in taken.data and b"note.en.pdf" not in taken.data
    opened = openssl(
        "cms", "-decrypt", "-in", "/dev/stdin", "-inkey", their_key, "-recip", theirs, given=taken.data
    )
    inside = message_from_bytes(verified(opened, ours))
    names = [part.get_filename() for part in inside.walk() if part.get_filename()]
    assert names == [item["name"] for item in desk.delivery(KZ).documents]
    (other,) = desk.world.to(CN)
    assert other.mail.get_content_type() == "multipart/signed"


def test_a_certificate_encrypts_without_a_signature_too_until_it_is_ended(desk: Desk, tmp_path: Path) -> None:
    theirs, their_key = make(tmp_path, "KZ", KZ)
    give(desk, KZ, theirs.read_bytes())
    desk.run()
    (taken,) = desk.world.to(KZ)
    opened = openssl(
        "cms", "-decrypt", "-in", "/dev/stdin", "-inkey", their_key, "-recip", theirs, given=taken.data
    )
    assert message_from_bytes(opened).get_content_type() == "multipart/mixed"
    with desk.means.work(desk.office.actor("registry")) as work:
        found = work.session.get_one(Contact, contact(desk, KZ))
        certificates.withdraw(work, found, "The key was lost.")
        assert certificates.standing(work, found.id) == []
        with pytest.raises(NotFound):
            certificates.withdraw(work, found, "Again.")


def test_a_certificate_that_ends_before_the_message_leaves_holds_it_with_a_sentence(
    desk: Desk, tmp_path: Path
) -> None:
    theirs, _ = make(tmp_path, "KZ", KZ, days=132)  # It ends the day after the test's morning.
    give(desk, KZ, theirs.read_bytes())
    with desk.means.look() as work:
        (line,) = [one for one in trouble.of(work) if one.kind == "expiring"]
        assert line.member == "KZ" and "2026-05-13" in line.sentence
    desk.clock.pass_(days=2)
    assert desk.run().accepted == 3
    row = desk.delivery(KZ)
    assert (row.queue, row.held_as) == (DeliveryQueue.HELD, Hold.FAULT) and "2026-05-13" in (
        row.held_reason or ""
    )
    new, _ = make(tmp_path, "KZ2", KZ, days=400)
    give(desk, KZ, new.read_bytes())
    desk.office.do("registry", halting.retry_all, desk.prepared.note_id, "A new certificate came.")
    assert desk.run().accepted == 1


def test_a_note_is_not_dispatched_to_a_contact_whose_certificate_has_ended(
    request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    for made in prepare(request, "sqlite", tmp_path / "made", NoteState.APPROVED):
        desk = Desk(made, World())
        theirs, _ = make(tmp_path, "KZ", KZ, days=140)
        give(desk, KZ, theirs.read_bytes())
        later = desk.clock() + timedelta(days=30)
        with pytest.raises(Conflict, match=r"2026-05-21.*Ask the contact for a new one"):
            desk.office.do("director", dispatch.dispatch, made.note_id, None, later)
        assert desk.office.state(made.note_id) is NoteState.APPROVED
        desk.office.do("director", dispatch.dispatch, made.note_id, None)
        assert desk.run().accepted == 4


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (lambda folder: b"", "no certificate"),
        (lambda folder: b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", "no certificate"),
        (lambda folder: make(folder, "other", TJ)[0].read_bytes(), "does not name notes@mfa.kz.example"),
        (lambda folder: make(folder, "old", KZ, days=30)[0].read_bytes(), "not now"),
        (lambda folder: make(folder, "curve", KZ, KEYS["ec"]())[0].read_bytes(), "RSA key"),
        (lambda folder: make(folder, "signs", KZ, usage=False)[0].read_bytes(), "not for encrypting"),
        (lambda folder: make(folder, "key", KZ)[1].read_bytes(), "no certificate"),
    ],
)
def test_what_cannot_be_encrypted_for_is_refused(
    desk: Desk, given: Callable[[Path], bytes], said: str, tmp_path: Path
) -> None:
    before = desk.office.counts()
    with pytest.raises((Invalid, InputRefused), match=said):
        offer(desk, KZ, given(tmp_path))
    assert desk.office.counts() == before


def test_only_the_registry_takes_certificates(desk: Desk, tmp_path: Path) -> None:
    data = make(tmp_path, "KZ", KZ)[0].read_bytes()
    for person in ("director", "administrator", "translator"):
        with pytest.raises(NotAllowed):
            offer(desk, KZ, data, person)
