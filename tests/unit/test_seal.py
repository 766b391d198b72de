"""The seal of a PDF: what it keeps, what it finds, and what it never lets pass."""

from __future__ import annotations

import io
import os
import re
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pikepdf
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.serialization import pkcs12
from hypothesis import given, settings
from hypothesis import strategies as st

from tests import sealing as made
from tests.sealing import NAME, NOW
from workflow.errors import Conflict, Invalid, Unavailable
from workflow.letters import conformance, note_docx, note_pdf
from workflow.letters.seal import certificates, drawing, keys, opening, sealing, verdict
from workflow.letters.seal.keys import KeyPlace, Unusable
from workflow.letters.seal.verdict import SealState, Trust
from workflow.letters.stamp import Stamp


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> KeyPlace:
    """The organisation's certificate, issued by an authority, and its key."""
    return made.organisation().write(tmp_path_factory.mktemp("seal"))


@pytest.fixture(scope="module")
def trust(place: KeyPlace) -> Trust:
    """What an installation with that certificate trusts."""
    return verdict.trust(place.certificate, None, None, ())


@pytest.fixture(scope="module")
def file(place: KeyPlace) -> bytes:
    """A sealed PDF."""
    return made.sealed(place)


def state(pdf: bytes, trust: Trust, moment=NOW) -> SealState:
    return verdict.examine(pdf, trust, moment).state


def test_a_sealed_file_is_the_unsealed_one_with_one_update_behind_it(file: bytes, trust: Trust) -> None:
    assert file.startswith(made.unsealed()) and len(file) > len(made.unsealed())
    assert file.count(b"%%EOF") == made.unsealed().count(b"%%EOF") + 1
    found = verdict.examine(file, trust, NOW)
    assert (found.state, found.holder, found.claimed_at) == (SealState.INTACT, NAME, NOW)
    assert found.certificate == keys.fingerprint(made.organisation().certificate)
    assert found.covered == len(file) and found.stamped_at is None


def test_the_seal_is_pades_and_allows_no_change(file: bytes) -> None:
    with pikepdf.open(io.BytesIO(file)) as pdf:
        (field,) = pdf.Root.AcroForm.Fields
        assert field.V.SubFilter == "/ETSI.CAdES.detached" and field.V.ByteRange[0] == 0
        assert pdf.Root.Perms.DocMDP.objgen == field.V.objgen
        assert field.V.Reference[0].TransformParams.P == 1


@pytest.mark.parametrize(
    ("name", "language"), [("riverclaims", "en"), ("cica", "ru"), ("greffes", "ar"), ("cica", "kk")]
)
def test_a_sealed_file_keeps_to_the_standards(name: str, language: str, place: KeyPlace) -> None:
    letter = made.letter(name, language)
    mark = drawing.mark(letter, dict.fromkeys(drawing_words(), "x"))
    assert (mark is not None) == (name == "riverclaims"), "only a letter with a seal shows one"
    pdf = made.sealed(place, pdf=note_pdf.render(letter), mark=mark)
    assert conformance.faults(pdf) == []


def drawing_words() -> tuple[str, ...]:
    from workflow.letters.stamp import WORDS

    return WORDS


def test_an_unsealed_file_has_no_seal(trust: Trust) -> None:
    assert verdict.examine(made.unsealed(), trust, NOW) == verdict.NO_SEAL
    assert verdict.examine(b"", trust, NOW) == verdict.NO_SEAL


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_no_changed_byte_leaves_the_seal_whole(data: st.DataObject) -> None:
    # Made here, since hypothesis keeps nothing of a fixture's scope.
    pdf, own = _sealed_once()
    gap = re.search(rb"/ByteRange \[ ?0 (\d+) (\d+)", pdf)
    assert gap is not None
    first, second = int(gap[1]), int(gap[2])
    at = data.draw(st.integers(0, first - 1) | st.integers(second, len(pdf) - 1))
    other = data.draw(st.integers(1, 255))
    changed = bytearray(pdf)
    changed[at] ^= other
    assert state(bytes(changed), own) in (SealState.ALTERED, SealState.UNREADABLE, SealState.NONE)


_kept: list[tuple[bytes, Trust]] = []


def _sealed_once() -> tuple[bytes, Trust]:
    if not _kept:
        import tempfile

        with tempfile.TemporaryDirectory() as folder:
            place = made.organisation().write(Path(folder))
            _kept.append((made.sealed(place), verdict.trust(place.certificate, None, None, ())))
    return _kept[0]


def test_nothing_hides_in_the_room_behind_the_signature(file: bytes, trust: Trust) -> None:
    room = re.search(rb"0{200}>", file)
    assert room is not None
    changed = file[: room.start() + 40] + b"abcdef" + file[room.start() + 46 :]
    assert len(changed) == len(file)
    assert state(changed, trust) is SealState.ALTERED


def test_a_byte_range_that_leaves_something_out_is_no_seal(file: bytes, trust: Trust) -> None:
    whole = re.search(rb"/ByteRange \[ ?0 (\d+) (\d+) (\d+)", file)
    assert whole is not None
    shorter = str(int(whole[3]) - 9).encode().rjust(len(whole[3]))
    changed = file[: whole.start(3)] + shorter + file[whole.end(3) :]
    assert state(changed, trust) in (SealState.ALTERED, SealState.UNREADABLE)


@pytest.mark.parametrize("more", [b"\n% said later\n", b"\0", b"\r\n"])
def test_what_is_added_behind_the_seal_is_found(file: bytes, trust: Trust, more: bytes) -> None:
    found = verdict.examine(file + more, trust, NOW)
    assert (found.state, found.covered) == (SealState.EXTENDED, len(file))


def test_a_further_revision_and_a_further_signature_are_found(
    file: bytes, trust: Trust, tmp_path: Path
) -> None:
    later = made.extended(file)
    found = verdict.examine(later, trust, NOW)
    assert (found.state, later[: found.covered]) == (SealState.EXTENDED, file)
    # Somebody signs first, and the organisation's own key afterwards: the first seal is judged.
    stranger = made.issue("A stranger").write(tmp_path, "stranger")
    foreign = made.sealed(stranger)
    assert state(foreign, trust) is SealState.OTHER


def test_whose_seal_it_is(file: bytes, trust: Trust, tmp_path: Path) -> None:
    def judged(issued: made.Issued) -> SealState:
        return state(made.sealed(issued.write(tmp_path, "any")), trust)

    assert judged(made.issue("A stranger")) is SealState.OTHER
    # The same authority, another subject: a public authority issues to everybody.
    assert judged(made.issue("A neighbour", made.authority())) is SealState.OTHER
    # The same name, by nobody's authority.
    assert judged(made.issue(NAME)) is SealState.UNTRUSTED
    false = made.issue("Authority of the Tests", authority=True)
    assert judged(made.issue(NAME, false)) is SealState.UNTRUSTED
    # Renewed by the same authority.
    assert judged(made.issue(NAME, made.authority())) is SealState.INTACT
    # Without any certificate configured, nobody's seal is the organisation's, but one that was recorded is.
    assert state(file, Trust()) is SealState.OTHER
    recorded = keys.fingerprint(made.organisation().certificate)
    assert state(file, Trust(own=(recorded,))) is SealState.INTACT


def test_a_certificate_has_to_have_held_at_the_time(file: bytes, trust: Trust) -> None:
    assert state(file, trust, NOW + timedelta(days=364)) is SealState.INTACT
    assert state(file, trust, NOW + timedelta(days=366)) is SealState.EXPIRED
    assert state(file, trust, NOW - timedelta(days=2)) is SealState.EXPIRED


def test_a_time_stamp_proves_the_time_when_its_server_is_trusted(place: KeyPlace, tmp_path: Path) -> None:
    later = NOW + timedelta(days=3000)
    with made.time_stamps() as server:
        pdf = made.sealed(place, timestamper=sealing.timestamps(server.url))
        assert server.asked == 2  # The size is found out first, once.
        made.sealed(place, timestamper=sealing.timestamps(server.url))
        assert server.asked == 3
    own = verdict.trust(place.certificate, None, None, ())
    found = verdict.examine(pdf, own, later)
    assert (found.state, found.stamped_at) == (SealState.INTACT, NOW)
    stranger = made.issue("Another clock", stamps=True, key=made.rsa_key())
    with made.time_stamps(issued=stranger) as server:
        pdf = made.sealed(place, timestamper=sealing.timestamps(server.url))
    assert verdict.examine(pdf, own, NOW).stamped_at is None
    assert verdict.examine(pdf, own, later).state is SealState.EXPIRED
    roots = tmp_path / "clocks.pem"
    roots.write_bytes(stranger.certificate.public_bytes(serialization.Encoding.PEM))
    known = verdict.trust(place.certificate, None, roots, ())
    assert verdict.examine(pdf, known, later).stamped_at == NOW


def test_a_time_stamp_server_that_is_away_leaves_nothing_sealed(place: KeyPlace) -> None:
    with made.time_stamps() as server:
        server.broken = True
        with pytest.raises(Unavailable) as caught:
            made.sealed(place, timestamper=sealing.timestamps(server.url))
    assert caught.value.code == "timestamp-away" and "CHANCERY_SEAL_TIMESTAMP_URL" in caught.value.sentence
    with pytest.raises(Unavailable):
        made.sealed(place, timestamper=sealing.timestamps(server.url))


def test_the_password_of_a_time_stamp_server_goes_into_a_header_only() -> None:
    client = sealing.timestamps("https://secretariat:pass%40word@stamps.example.org:8443/tsa")
    assert client.url == "https://stamps.example.org:8443/tsa"  # type: ignore[union-attr]
    assert client.auth == ("secretariat", "pass@word")  # type: ignore[union-attr]
    assert sealing.timestamps("") is None


def test_a_foreign_file_is_judged_the_same_by_a_child_process(file: bytes, trust: Trust) -> None:
    assert verdict.examine_foreign(file, trust, NOW) == verdict.examine(file, trust, NOW)
    assert verdict.examine_foreign(made.unsealed(), trust, NOW) == verdict.NO_SEAL
    assert verdict.examine_foreign(file[:-200], trust, NOW).state is SealState.UNREADABLE
    assert verdict.examine_foreign(b"/ByteRange" * 9, trust, NOW).state is SealState.UNREADABLE


def test_a_foreign_file_that_takes_too_long_is_given_up(
    file: bytes, trust: Trust, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(verdict, "SECONDS", 0.01)
    assert verdict.examine_foreign(file, trust, NOW).state is SealState.UNREADABLE


# Keys and certificates.


@pytest.mark.parametrize("passphrase", [None, "слово-пароль".encode()])
def test_a_key_in_a_file_seals(tmp_path: Path, passphrase: bytes | None) -> None:
    place = made.organisation().write(tmp_path, passphrase=passphrase)
    assert state(made.sealed(place), verdict.trust(place.certificate, None, None, ())) is SealState.INTACT


def test_an_rsa_key_and_a_pkcs12_file_seal(tmp_path: Path) -> None:
    issued = made.issue(key=made.rsa_key())
    place = issued.write(tmp_path)
    packed = tmp_path / "own.p12"
    shield = serialization.BestAvailableEncryption(b"secret")
    packed.write_bytes(pkcs12.serialize_key_and_certificates(b"", issued.key, None, None, shield))
    place = replace(place, key=packed, passphrase="secret")
    assert state(made.sealed(place), verdict.trust(place.certificate, None, None, ())) is SealState.INTACT


def test_a_key_that_does_not_open_or_does_not_belong_says_so(tmp_path: Path) -> None:
    place = made.organisation().write(tmp_path, passphrase=b"right")
    other = made.issue().write(tmp_path, "other")
    for wrong, words in (
        (replace(place, passphrase="wrong"), "passphrase"),
        (replace(place, passphrase=""), "passphrase"),
        (replace(place, key=other.key, passphrase=""), "not the key of the certificate"),
        (replace(place, key=tmp_path / "none"), "cannot be read"),
        (replace(place, key=None), "CHANCERY_SEAL_KEY"),
    ):
        with pytest.raises(Unavailable) as caught, opening.signer(wrong, NOW):
            pass
        assert words in caught.value.sentence and "wrong" not in caught.value.sentence


def test_an_ended_certificate_seals_nothing(place: KeyPlace) -> None:
    with pytest.raises(Unavailable, match="2027-05-12"), opening.signer(place, NOW + timedelta(days=400)):
        pass


def test_secrets_are_not_shown() -> None:
    place = KeyPlace(Path("c.pem"), Path("k.pem"), "hidden-word", pin="hidden-pin")
    assert "hidden" not in repr(place)


def test_what_is_no_certificate_is_refused(tmp_path: Path) -> None:
    (tmp_path / "text.pem").write_text("no certificate")
    for name in ("text.pem", "none.pem"):
        with pytest.raises(Unusable):
            keys.read_certificates(tmp_path / name)


def test_a_certificate_of_ones_own_is_made_once_and_kept_private(tmp_path: Path) -> None:
    folder = tmp_path / "seal"
    made_here = certificates.make(folder, "  Secretariat of\n a River  ", NOW)
    assert made_here.key.stat().st_mode & 0o777 == 0o600
    own, root = keys.read_certificates(made_here.certificate)
    assert keys.holder(own) == "Secretariat of a River" and own.issuer == root.subject
    own.verify_directly_issued_by(root)
    assert root.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    place = KeyPlace(made_here.certificate, made_here.key)
    trust = verdict.trust(made_here.certificate, None, None, ())
    assert state(made.sealed(place), trust) is SealState.INTACT
    # A receiver knows the authority and the name only.
    receiver = replace(trust, own=())
    assert state(made.sealed(place), receiver) is SealState.INTACT
    before = made_here.key.read_bytes()
    with pytest.raises(Conflict):
        certificates.make(folder, "Another", NOW)
    assert made_here.key.read_bytes() == before
    with pytest.raises(Invalid):
        certificates.make(tmp_path / "other", "   ", NOW)


# Tokens.


@pytest.fixture
def token(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> KeyPlace:
    """A SoftHSM token with the organisation's key; its module reads its configuration once a process."""
    folder = Path(os.environ.get("CHANCERY_TEST_TOKENS") or _token_folder())
    os.environ["CHANCERY_TEST_TOKENS"] = str(folder)
    monkeypatch.setattr(opening, "_refused", set())
    own = made.organisation().write(tmp_path)
    return KeyPlace(
        own.certificate, module=made.MODULE, token="secretariat", label="the seal", pin="7391-quay"
    )


def _token_folder() -> Path:
    import tempfile

    folder = Path(tempfile.mkdtemp(prefix="chy-token-"))
    os.environ["SOFTHSM2_CONF"] = str(folder / "softhsm2.conf")
    issued = {"the seal": made.organisation(), "an older seal": made.by_rsa()}
    made.soft_token(folder, issued, token="secretariat", pin="7391-quay")
    return folder


@pytest.mark.softhsm
def test_a_key_on_a_token_seals(token: KeyPlace, tmp_path: Path) -> None:
    older = replace(
        token, certificate=made.by_rsa().write(tmp_path, "older").certificate, label="an older seal"
    )
    for place in (token, older):
        pdf = made.sealed(place)
        assert state(pdf, verdict.trust(place.certificate, None, None, ())) is SealState.INTACT


@pytest.mark.softhsm
def test_a_token_that_is_away_or_has_another_key_says_so(token: KeyPlace) -> None:
    for wrong, words in (
        (replace(token, token="not plugged in"), "not plugged in"),
        (replace(token, label="another key"), "another key"),
    ):
        with pytest.raises(Unavailable) as caught, opening.signer(wrong, NOW):
            pass
        assert words in caught.value.sentence and "7391" not in caught.value.sentence


@pytest.mark.softhsm
def test_a_refused_pin_is_not_tried_again(token: KeyPlace, monkeypatch: pytest.MonkeyPatch) -> None:
    wrong = replace(token, pin="0000")
    with pytest.raises(Unavailable, match="refused the PIN"), opening.signer(wrong, NOW):
        pass
    monkeypatch.setattr(opening, "open_pkcs11_session", lambda *_, **__: pytest.fail("tried again"))
    with pytest.raises(Unavailable, match="not tried again"), opening.signer(wrong, NOW):
        pass


# The stamp.


def test_the_stamp_stands_in_the_room_that_the_letter_keeps() -> None:
    letter = made.letter()
    mark = drawing.mark(letter, dict.fromkeys(drawing_words(), "word"))
    assert mark is not None and letter.stamp is not None
    left, bottom, right, top = mark.spot.box
    assert round((right - left) / drawing.POINTS_PER_MM) == letter.stamp.width
    assert round((top - bottom) / drawing.POINTS_PER_MM) == letter.stamp.height
    pdf = made.unsealed()
    import pypdfium2

    page = pypdfium2.PdfDocument(pdf)[mark.spot.page].get_textpage()
    assert page.get_text_bounded(left, bottom + 3, right, top).strip() == ""


def test_a_letter_from_right_to_left_has_its_stamp_mirrored() -> None:
    letter = replace(
        made.letter("greffes", "ar"), stamp=Stamp("foot", 60, 12, "start", "ختم {holder}\n{moment}")
    )
    ltr = replace(letter, direction="ltr")
    words = dict.fromkeys(drawing_words(), "x")
    foot, other = drawing.mark(letter, words), drawing.mark(ltr, words)
    assert foot is not None and other is not None
    assert foot.spot == other.spot, "the middle is the middle"
    noted = replace(letter, stamp=replace(letter.stamp, place="authentication"))  # type: ignore[type-var]
    here, there = (drawing.mark(one, words) for one in (noted, replace(noted, direction="ltr")))
    assert here is not None and there is not None
    width = letter.layout.width * drawing.POINTS_PER_MM
    assert here.spot.box[0] == pytest.approx(width - there.spot.box[2], abs=0.1)


def test_words_that_do_not_go_into_the_stamp_are_refused() -> None:
    words = dict.fromkeys(drawing_words(), "a very long word " * 20)
    with pytest.raises(Invalid, match="do not go into"):
        drawing.mark(made.letter(), words)


# PDF/A-3 with the letter's own DOCX.


def test_a_pdf_with_its_docx_is_pdf_a_3_and_the_same_each_time() -> None:
    letter = replace(made.letter("cica", "ru"), attach_docx=True)
    pdf = note_pdf.render(letter)
    assert pdf == note_pdf.render(letter) and pdf != note_pdf.render(made.letter("cica", "ru"))
    assert conformance.faults(pdf) == []
    with pikepdf.open(io.BytesIO(pdf)) as document:
        with document.open_metadata() as metadata:
            assert (metadata["pdfaid:part"], metadata["pdfaid:conformance"]) == ("3", "A")
        ((name, attached),) = document.attachments.items()
        assert name == "TTF-412.ru.docx"
        assert attached.get_file().read_bytes() == note_docx.render(letter)
        assert attached.obj.AFRelationship == "/Alternative"
        assert [one.objgen for one in document.Root.AF] == [attached.obj.objgen]
        assert str(attached.obj.EF.F.Subtype).lstrip("/") == note_pdf.DOCX


def test_a_pdf_with_its_docx_can_be_sealed(place: KeyPlace, trust: Trust) -> None:
    letter = replace(made.letter("cica", "en"), attach_docx=True)
    pdf = made.sealed(place, pdf=note_pdf.render(letter))
    assert conformance.faults(pdf) == [] and state(pdf, trust) is SealState.INTACT
