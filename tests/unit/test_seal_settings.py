"""The variables of the seal: a sentence for each fault, at start, and no secret in any of them."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from tests import sealing as made
from workflow import config
from workflow.errors import Misuse
from workflow.letters.seal import certificates


@pytest.fixture(autouse=True)
def _bare(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in os.environ:
        if name.startswith("CHANCERY_"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("CHANCERY_DATA_DIR", str(tmp_path / "data"))


@pytest.fixture
def files(tmp_path: Path) -> dict[str, Any]:
    """A certificate with its key under a passphrase, another key, and a text that is neither."""
    place = made.organisation().write(tmp_path, passphrase=b"hidden-word")
    made.issue("Another").write(tmp_path, "other")
    (tmp_path / "text").write_text("neither key nor certificate")
    (tmp_path / "word").write_text("hidden-word\n")
    return {
        "CERTIFICATE": str(place.certificate),
        "KEY": str(place.key),
        "PASSPHRASE_FILE": str(tmp_path / "word"),
    }


def load(monkeypatch: pytest.MonkeyPatch, given: dict[str, Any]) -> config.Settings:
    for name, value in given.items():
        monkeypatch.setenv(f"CHANCERY_SEAL_{name}", value)
    return config.load()


def test_without_a_certificate_nothing_is_sealed() -> None:
    assert not config.load().seals and config.load().seal_place is None


def test_key_and_passphrase_come_from_files(
    monkeypatch: pytest.MonkeyPatch, files: dict[str, Any], tmp_path: Path
) -> None:
    settings = load(monkeypatch, files)
    assert settings.seals and settings.seal_place is not None
    assert settings.seal_place.passphrase == "hidden-word" and settings.seal_place.has_key
    assert "hidden" not in repr(settings) + repr(settings.seal_place)
    # Whoever only verifies has the certificate and no key.
    for name in ("KEY", "PASSPHRASE_FILE"):
        monkeypatch.delenv(f"CHANCERY_SEAL_{name}")
    place = config.load().seal_place
    assert place is not None and not place.has_key


def test_a_path_is_meant_from_where_the_program_was_started(
    monkeypatch: pytest.MonkeyPatch, files: dict[str, Any], tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    settings = load(monkeypatch, {**files, "KEY": "own.key"})
    monkeypatch.chdir("/")
    assert settings.seal_key == str(tmp_path / "own.key")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"CERTIFICATE": "text"}, "CHANCERY_SEAL_CERTIFICATE has to be a file of certificates"),
        ({"CERTIFICATE": "none"}, "CHANCERY_SEAL_CERTIFICATE cannot be read"),
        ({"CERTIFICATE": None}, "CHANCERY_SEAL_CERTIFICATE has to name the certificate"),
        ({"KEY": "text"}, "CHANCERY_SEAL_KEY has to be a private key"),
        ({"KEY": "none"}, "CHANCERY_SEAL_KEY cannot be read"),
        ({"KEY": "other.key", "PASSPHRASE_FILE": None}, "CHANCERY_SEAL_KEY is not the key of the first"),
        ({"PASSPHRASE_FILE": None}, "CHANCERY_SEAL_KEY needs its passphrase"),
        ({"PASSPHRASE_FILE": "text"}, "CHANCERY_SEAL_KEY has to be a private key"),
        ({"PASSPHRASE_FILE": "none"}, "CHANCERY_SEAL_PASSPHRASE_FILE cannot be read"),
        ({"PASSPHRASE": "hidden-word"}, "CHANCERY_SEAL_PASSPHRASE and CHANCERY_SEAL_PASSPHRASE_FILE"),
        ({"PIN": "hidden-pin", "PIN_FILE": "word"}, "CHANCERY_SEAL_PIN and CHANCERY_SEAL_PIN_FILE"),
        ({"PKCS11_MODULE": "text"}, "CHANCERY_SEAL_KEY and CHANCERY_SEAL_PKCS11_MODULE name two keys"),
        (
            {"KEY": None, "PASSPHRASE_FILE": None, "PKCS11_MODULE": "none"},
            "CHANCERY_SEAL_PKCS11_MODULE names a file that is not there",
        ),
        (
            {"KEY": None, "PASSPHRASE_FILE": None, "PKCS11_MODULE": "text", "PKCS11_TOKEN": "t"},
            "CHANCERY_SEAL_PKCS11_TOKEN and CHANCERY_SEAL_PKCS11_LABEL",
        ),
        ({"TIMESTAMP_URL": "stamps.example.org"}, "CHANCERY_SEAL_TIMESTAMP_URL is the address"),
        (
            {"TIMESTAMP_URL": "ftp://u:hidden@stamps.example.org"},
            "CHANCERY_SEAL_TIMESTAMP_URL is the address",
        ),
        ({"ROOTS": "text"}, "CHANCERY_SEAL_ROOTS has to be a file of certificates"),
        ({"TIMESTAMP_ROOTS": "none"}, "CHANCERY_SEAL_TIMESTAMP_ROOTS cannot be read"),
    ],
)
def test_a_faulty_variable_stops_the_start_with_a_sentence(
    monkeypatch: pytest.MonkeyPatch,
    files: dict[str, Any],
    tmp_path: Path,
    change: dict[str, str | None],
    words: str,
) -> None:
    plain = ("PIN", "PASSPHRASE", "PKCS11_TOKEN", "TIMESTAMP_URL")
    given = dict(files)
    for name, value in change.items():
        if value is None:
            given.pop(name)
        else:
            given[name] = value if name in plain else str(tmp_path / value)
    with pytest.raises(Misuse) as caught:
        load(monkeypatch, given)
    assert words in caught.value.sentence
    assert "hidden" not in caught.value.sentence


def test_an_embedded_service_takes_the_certificate_that_was_made_for_it(tmp_path: Path) -> None:
    certificates.make(tmp_path / "data" / "seal", "Secretariat", made.NOW)
    settings = config.load()
    assert settings.seals and settings.seal_place is not None and settings.seal_place.has_key


def test_a_production_takes_only_what_it_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    certificates.make(tmp_path / "data" / "seal", "Secretariat", made.NOW)
    given = {
        "MODE": "production",
        "DATABASE_URL": "postgresql://u@db/c",
        "BROKER_URL": "redis://r/0",
        "SECRET_KEY": "s",
        "AUDIT_KEY": "a",
        "IMAP_URL": "imaps://u@m/INBOX",
    }
    for name, value in given.items():
        monkeypatch.setenv(f"CHANCERY_{name}", value)
    assert not config.load().seals
