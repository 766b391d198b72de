"""Settings: a sentence for each faulty variable, and no secret in anything that is printed."""

from __future__ import annotations

import stat
from pathlib import Path
from typing import Any

import pytest

from workflow import config
from workflow.errors import Misuse

GIVEN = {
    "mode": "production",
    "database_url": "postgresql://chancery:dbpass@db/chancery",
    "broker_url": "redis://:brokerpass@redis/0",
    "secret_key": "sessionsecret",
    "audit_key": "auditsecret",
    "imap_url": "imaps://user:imappass@mail/INBOX",
    "smtp_url": "smtps://user:smtppass@mail",
    "metrics_token": "metricssecret",
}
SECRETS = ("dbpass", "brokerpass", "sessionsecret", "auditsecret", "imappass", "smtppass", "metricssecret")


@pytest.fixture(autouse=True)
def _bare(monkeypatch: pytest.MonkeyPatch) -> None:
    import os

    for name in os.environ:
        if name.startswith("CHANCERY_"):
            monkeypatch.delenv(name)


@pytest.mark.parametrize(
    ("variable", "value", "words"),
    [
        ("MODE", "staging", "CHANCERY_MODE"),
        ("PROFILE", "../etc", "CHANCERY_PROFILE names a folder under templates/letters, such as cica."),
        ("BASE_URL", "notes.example.org", "CHANCERY_BASE_URL is the address people open"),
        ("BASE_URL", "ftp://notes.example.org", "CHANCERY_BASE_URL is the address people open"),
        ("DATABASE_URL", "mysql://db/chancery", "CHANCERY_DATABASE_URL is"),
        ("DATABASE_URL", "chancery.sqlite", "CHANCERY_DATABASE_URL is"),
        ("BROKER_URL", "nonsense", "CHANCERY_BROKER_URL is"),
        ("SMTP_URL", "mail.example.org", "CHANCERY_SMTP_URL is smtp://host:port"),
        ("IMAP_URL", "https://mail.example.org", "CHANCERY_IMAP_URL is imaps://"),
        ("RETURN_PATH", "bounces@example.org", "CHANCERY_RETURN_PATH has {token} once"),
        ("RETURN_PATH", "bounces+{token}{token}@example.org", "CHANCERY_RETURN_PATH has {token} once"),
        ("RETURN_PATH", "bounces@{token}.example.org", "CHANCERY_RETURN_PATH has {token} once"),
        ("ZONE", "Asia/Nowhere", "CHANCERY_ZONE is an IANA time zone"),
        ("SWEEP_SECONDS", "0", "CHANCERY_SWEEP_SECONDS"),
        ("SWEEP_SECONDS", "often", "CHANCERY_SWEEP_SECONDS"),
        ("PROXIES", "-1", "CHANCERY_PROXIES"),
        ("BACKOFF_SECONDS", "[]", "CHANCERY_BACKOFF_SECONDS is a list of waiting times"),
        ("BACKOFF_SECONDS", "[60, 0]", "CHANCERY_BACKOFF_SECONDS is a list of waiting times"),
        ("BACKOFF_SECONDS", "soon, later", "CHANCERY_BACKOFF_SECONDS is a list of waiting times"),
        (
            "TASK_LIMIT_SECONDS",
            "700",
            "CHANCERY_TASK_LIMIT_SECONDS must be below CHANCERY_VISIBILITY_TIMEOUT_SECONDS",
        ),
        ("STALE_CLAIM_SECONDS", "600", "that below CHANCERY_STALE_CLAIM_SECONDS"),
        ("MODE", "production", "has to be set in production"),
    ],
)
def test_a_faulty_variable_gets_a_sentence(
    monkeypatch: pytest.MonkeyPatch, variable: str, value: str, words: str
) -> None:
    monkeypatch.setenv(f"CHANCERY_{variable}", value)
    with pytest.raises(Misuse) as refused:
        config.load()
    assert words in refused.value.sentence
    assert refused.value.exit_code == 2 and refused.value.sentence.endswith(".")
    assert len(refused.value.details) == 1


def test_several_faults_are_told_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHANCERY_ZONE", "Nowhere")
    monkeypatch.setenv("CHANCERY_BASE_URL", "nowhere")
    with pytest.raises(Misuse) as refused:
        config.load()
    assert len(refused.value.details) == 2


@pytest.mark.parametrize("missing", ["database_url", "broker_url", "secret_key", "audit_key", "imap_url"])
def test_production_names_what_is_missing(missing: str) -> None:
    given: dict[str, Any] = {**GIVEN, missing: ""}
    with pytest.raises(Misuse, match=f"CHANCERY_{missing.upper()} has to be set in production"):
        config.load(**given)


def test_no_secret_is_ever_shown() -> None:
    settings = config.load(**GIVEN)  # type: ignore[arg-type]
    shown = f"{settings!r} {settings!s} {settings.keys!r} {settings.keys}"
    assert not [secret for secret in SECRETS if secret in shown]


def test_no_secret_is_shown_in_a_fault() -> None:
    with pytest.raises(Misuse) as refused:
        config.load(
            **{**GIVEN, "smtp_url": "http://user:smtppass@mail", "database_url": "mysql://chancery:dbpass@db"}
        )  # type: ignore[arg-type]
    shown = f"{refused.value.sentence} {refused.value!r} {refused.value.details}"
    assert not [secret for secret in SECRETS if secret in shown]


def test_waiting_times_are_read_with_and_without_brackets(monkeypatch: pytest.MonkeyPatch) -> None:
    for words in ("60, 300", "[60,300]"):
        monkeypatch.setenv("CHANCERY_BACKOFF_SECONDS", words)
        assert config.load().backoff_seconds == (60, 300)


def test_embedded_keys_are_made_once_and_for_the_owner_only(tmp_path: Path) -> None:
    first = config.load(data_dir=tmp_path).keys
    second = config.load(data_dir=tmp_path).keys
    assert (first.session, first.audit) == (second.session, second.audit)
    assert first.session != first.audit.decode() and len(first.session) >= 40
    for path in (tmp_path / "keys").iterdir():
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_what_follows_from_the_variables(tmp_path: Path) -> None:
    settings = config.load(
        data_dir=tmp_path, database_url="postgresql://db/x", return_path="b+{token}@s.example"
    )
    assert settings.database == "postgresql+psycopg://db/x"
    assert settings.broker == "filesystem://"
    assert settings.reply_address == "b@s.example"
    assert settings.mailbox == f"maildir://{tmp_path}/post-office/s.example/b"
    assert config.load(data_dir=tmp_path).database == f"sqlite:///{tmp_path}/chancery.sqlite"


def test_a_child_process_finds_the_same_settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The worker of the embedded service is handed every variable as text."""
    from web.service import environment

    given = {**GIVEN, "data_dir": tmp_path, "backoff_seconds": (1.5, 60.0)}
    for more in ({}, {"rate_domains": {"example.org": 10.0, "example.net": 0.0}}):
        before = config.load(**given, **more)
        with monkeypatch.context() as patch:
            for name, value in environment(before).items():
                patch.setenv(name, value)
            assert config.load() == before
