"""What the doctor and the command line say of the seal and of the standards of the documents."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from click.testing import CliRunner
from cryptography.hazmat.primitives import serialization

from tests import sealing as made
from tests.conftest import make_settings
from web import cli
from web.doctor import paper
from workflow.config import Settings
from workflow.letters import conformance
from workflow.letters.seal import keys


@pytest.fixture(autouse=True)
def _bare(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in os.environ:
        if name.startswith("CHANCERY_"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("CHANCERY_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setattr(paper, "system_clock", lambda: made.NOW)


def sealing(folder: Path, issued: made.Issued, **more: str) -> Settings:
    place = issued.write(folder)
    given = {"seal_certificate": str(place.certificate), "seal_key": str(place.key), **more}
    return make_settings(folder, **given)


def states(settings: Settings) -> list[tuple[str, str]]:
    return [(found.state, found.sentence) for found in paper.seal(settings)]


def test_the_doctor_says_that_nothing_is_sealed(tmp_path: Path) -> None:
    ((state, words),) = states(make_settings(tmp_path))
    assert state == "note" and "CHANCERY_SEAL_CERTIFICATE" in words


def test_the_doctor_opens_the_key_and_names_the_end(tmp_path: Path) -> None:
    first, second = states(sealing(tmp_path, made.organisation()))
    assert first == ("good", f"{made.NAME}, key in a file, until 2027-05-12")
    assert second[0] == "note" and "no time-stamp server" in second[1]
    url = "https://name:hidden@stamps.example.org/tsa"
    found = states(sealing(tmp_path, made.organisation(), seal_timestamp_url=url))
    assert found[-1] == ("good", "time stamps from stamps.example.org")


def test_the_doctor_warns_before_the_end_and_calls_the_end_a_fault(tmp_path: Path) -> None:
    found = states(sealing(tmp_path, made.issue(days=(-300, 40))))
    assert found[0][0] == "note" and "in 40 days" in found[0][1] and found[1][0] == "good"
    ended = sealing(tmp_path, made.issue(days=(-300, -1)))
    looked = paper.seal(ended)
    first = next(looked)
    assert first.state == "fault" and "ended on 2026-05-11" in first.sentence
    with pytest.raises(Exception, match="valid from"):
        list(looked)


def test_a_process_without_the_key_says_that_it_only_verifies(tmp_path: Path) -> None:
    settings = sealing(tmp_path, made.organisation()).model_copy(update={"seal_key": ""})
    settings.__dict__.pop("seal_place", None)
    ((state, words),) = states(settings)
    assert state == "note" and "has no key" in words


def test_the_doctor_holds_a_letter_of_each_language_against_the_standards(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (found,) = paper.standards(make_settings(tmp_path))
    assert (found.state, found.sentence) == ("good", "PDF/A-2a and PDF/UA-1 in en, ru, kk")
    monkeypatch.setattr(conformance, "faults", lambda _: ["The document is not tagged (19005-2, 6.7.2)."])
    (found,) = paper.standards(make_settings(tmp_path))
    assert found.state == "fault" and "6.7.2" in found.sentence


def test_a_certificate_is_made_and_shown_by_the_command_line(tmp_path: Path) -> None:
    def run(*words: str) -> tuple[int, str]:
        found = CliRunner().invoke(cli.main, ["seal", *words])
        return found.exit_code, found.output

    assert run("show")[0] == 0 and "not sealed" in run("show")[1]
    code, output = run("new", "--name", "Secretariat of the River")
    assert code == 0 and "CHANCERY_SEAL_KEY=" in output
    assert run("new", "--name", "Another")[0] == 1
    assert run("new")[0] == 2
    code, output = run("show")
    assert code == 0 and "Secretariat of the River, SHA-256" in output and "certificate authority" in output
    own, root = keys.read_certificates(tmp_path / "data" / "seal" / "certificate.pem")
    handed = (tmp_path / "data" / "seal" / "authority.pem").read_bytes()
    assert root.public_bytes(serialization.Encoding.PEM) == handed and own.issuer == root.subject
