"""Settings: the `CHANCERY_*` variables, checked at start with a sentence for each fault.

Everything has a default that runs embedded on one machine, bound to loopback.  Secrets that the
embedded default needs are made once and kept in the data folder, readable by its owner only; with
`CHANCERY_MODE=production` they have to be given.
"""

from __future__ import annotations

import os
import secrets
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit
from zoneinfo import available_timezones

from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import NoDecode, SettingsConfigDict

from workflow.errors import Misuse
from workflow.letters.seal import certificates
from workflow.seal_settings import SealSettings
from workflow.sending_settings import SendingSettings

ROOT = Path(__file__).resolve().parent.parent


class Settings(SendingSettings, SealSettings):
    """One value per variable `CHANCERY_<NAME>`; times are in seconds, sizes in bytes."""

    model_config = SettingsConfigDict(env_prefix="CHANCERY_", extra="ignore", validate_default=True)

    mode: Literal["embedded", "production"] = "embedded"
    profile: str = "cica"
    data_dir: Path = ROOT / "var"
    # Both may hold a password, so neither is shown where settings are printed.
    database_url: str = Field("", repr=False)
    broker_url: str = Field("", repr=False)
    base_url: str = "http://127.0.0.1:8000"
    secret_key: SecretStr = SecretStr("")
    audit_key: SecretStr = SecretStr("")
    smtp_url: SecretStr = SecretStr("smtp://127.0.0.1:2525?starttls=off")
    imap_url: SecretStr = SecretStr("")
    return_path: str = "bounces+{token}@secretariat.example"
    sender: str = "registry@secretariat.example"
    zone: str = ""
    metrics_token: SecretStr = SecretStr("")
    # A translation engine that speaks LibreTranslate's protocol; none by default, and then none is asked.
    suggest_url: str = ""
    suggest_key: SecretStr = SecretStr("")
    # How many proxies of our own stand in front; their X-Forwarded-* headers are believed, no others.
    proxies: int = Field(0, ge=0, le=5)

    # The protocol's times.  task_limit < visibility_timeout < stale_claim is checked below: else a
    # slow worker's delivery would be claimed a second time while its message is still on the wire.
    report_wait_seconds: float = Field(900, gt=0)
    no_report_hours: float = Field(24, gt=0)
    visibility_timeout_seconds: int = Field(700, gt=0)
    stale_claim_seconds: int = Field(900, gt=0)
    backoff_seconds: Annotated[tuple[float, ...], NoDecode] = (60, 300, 900, 3600, 3600, 10800, 21600, 43200)
    link_days: int = Field(365, gt=0)
    # Whether an address itself is asked before it is in force: of a change only, of every new one, or never.
    address_check: Literal["changes", "always", "never"] = "changes"
    # The hour of the organisation's day at which the daily mail of what waits goes out.
    digest_hour: int = Field(8, ge=0, le=23)
    upload_bytes: int = Field(25_000_000, gt=0)
    mail_bytes: int = Field(7_000_000, gt=0)

    @field_validator("profile")
    @classmethod
    def _profile_name(cls, value: str) -> str:
        if not value.replace("-", "").replace("_", "").isalnum():
            raise ValueError("names a folder under templates/letters, such as cica")
        return value

    @field_validator("base_url")
    @classmethod
    def _base_url(cls, value: str) -> str:
        parts = urlsplit(value)
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise ValueError("is the address people open, such as https://notes.example.org")
        return value.rstrip("/")

    @field_validator("database_url")
    @classmethod
    def _database_url(cls, value: str) -> str:
        if value and value.partition("://")[0] not in {"sqlite", "postgresql", "postgresql+psycopg"}:
            raise ValueError("is sqlite:////folder/file.sqlite or postgresql://user:password@host/name")
        return value

    @field_validator("broker_url")
    @classmethod
    def _broker_url(cls, value: str) -> str:
        if value and value.partition("://")[0] not in {"redis", "rediss", "filesystem", "memory"}:
            raise ValueError("is redis://:password@host:6379/0; leave it out to use the data folder")
        return value

    @field_validator("smtp_url")
    @classmethod
    def _smtp_url(cls, value: SecretStr) -> SecretStr:
        parts = urlsplit(value.get_secret_value())
        if parts.scheme not in {"smtp", "smtps"} or not parts.hostname:
            raise ValueError("is smtp://host:port or smtps://host:port, with ?starttls=required|optional|off")
        return value

    @field_validator("imap_url")
    @classmethod
    def _imap_url(cls, value: SecretStr) -> SecretStr:
        text = value.get_secret_value()
        if text and urlsplit(text).scheme not in {"imap", "imaps", "maildir"}:
            raise ValueError("is imaps://user:password@host/INBOX or maildir:///folder")
        return value

    @field_validator("suggest_url")
    @classmethod
    def _suggest_url(cls, value: str) -> str:
        parts = urlsplit(value)
        if value and (parts.scheme not in {"http", "https"} or not parts.hostname or parts.username):
            raise ValueError(
                "is the address of a translation engine, such as http://translate.example.org:5000"
            )
        return value.rstrip("/")

    @field_validator("return_path")
    @classmethod
    def _return_path(cls, value: str) -> str:
        local, at, domain = value.partition("@")
        if local.count("{token}") != 1 or not at or "{" in domain or not domain:
            raise ValueError("has {token} once before the @, such as bounces+{token}@example.org")
        return value

    @field_validator("zone")
    @classmethod
    def _zone(cls, value: str) -> str:
        if value and value not in available_timezones():
            raise ValueError("is an IANA time zone, such as Asia/Almaty; leave it out to take the profile's")
        return value

    @field_validator("backoff_seconds", mode="before")
    @classmethod
    def _backoff_words(cls, value: Any) -> Any:
        if not isinstance(value, str):
            return value
        try:
            return tuple(float(word) for word in value.strip(" []").split(",") if word.strip())
        except ValueError:
            raise ValueError("is a list of waiting times in seconds, such as 60,300,900") from None

    @field_validator("backoff_seconds")
    @classmethod
    def _backoff(cls, value: tuple[float, ...]) -> tuple[float, ...]:
        if not value or min(value) <= 0:
            raise ValueError("is a list of waiting times in seconds, each above zero, such as [60, 300]")
        return value

    @model_validator(mode="after")
    def _together(self) -> Settings:
        if not self.task_limit_seconds < self.visibility_timeout_seconds < self.stale_claim_seconds:
            raise ValueError(
                "CHANCERY_TASK_LIMIT_SECONDS must be below CHANCERY_VISIBILITY_TIMEOUT_SECONDS, and that "
                "below CHANCERY_STALE_CLAIM_SECONDS: else one delivery could be sent by two workers"
            )
        if self.mode == "production":
            for name in ("database_url", "broker_url", "secret_key", "audit_key", "imap_url"):
                if not self._plain(name):
                    raise ValueError(f"CHANCERY_{name.upper()} has to be set in production")
        return self

    @model_validator(mode="after")
    def _own_seal(self) -> Settings:
        # Made by “chancery seal new” or by the demonstration, as the other keys of an embedded service are.
        own = certificates.places(self.seal_dir)
        if self.mode == "embedded" and not self.seals and own.certificate.is_file():
            self.seal_certificate = str(own.certificate.absolute())
            self.seal_key = str(own.key.absolute()) if own.key.is_file() else ""
        return self

    def _plain(self, name: str) -> str:
        value = getattr(self, name)
        return str(value.get_secret_value() if isinstance(value, SecretStr) else value)

    @property
    def store_dir(self) -> Path:
        """The folder of the content-addressed store."""
        return self.data_dir / "store"

    @property
    def seal_dir(self) -> Path:
        """The folder of a sealing certificate that this installation made for itself."""
        return self.data_dir / "seal"

    @property
    def anchor_file(self) -> Path:
        """The file outside the database that the head of the audit log is appended to."""
        return self.data_dir / "audit-anchors.jsonl"

    @property
    def office_dir(self) -> Path:
        """The mailboxes of the embedded post office."""
        return self.data_dir / "post-office"

    @property
    def database(self) -> str:
        """The database URL, by default SQLite in the data folder."""
        url = self.database_url or f"sqlite:///{self.data_dir / 'chancery.sqlite'}"
        # A bare postgresql:// means psycopg 3, the only driver that is installed.
        return url.replace("postgresql://", "postgresql+psycopg://", 1)

    @property
    def broker(self) -> str:
        """The broker URL, by default a folder in the data folder."""
        return self.broker_url or "filesystem://"

    @property
    def embedded_post(self) -> bool:
        """Whether the embedded post office plays the mail world: the relay is on loopback, and no IMAP is named."""
        relay = urlsplit(self.smtp_url.get_secret_value()).hostname
        return (
            self.mode == "embedded"
            and relay in ("127.0.0.1", "localhost")
            and not self.imap_url.get_secret_value()
        )

    @property
    def reply_address(self) -> str:
        """Where people's answers go: the return path's own mailbox, without a token."""
        local, _, domain = self.return_path.partition("@")
        return f"{local.replace('{token}', '').rstrip('+-=.')}@{domain}"

    @property
    def mailbox(self) -> str:
        """Where returned mail is read: IMAP, or the embedded post office's Maildir."""
        given = self.imap_url.get_secret_value()
        if given:
            return given
        local, _, domain = self.return_path.partition("@")
        return f"maildir://{self.office_dir / domain / local.partition('+')[0]}"

    @cached_property
    def keys(self) -> Keys:
        """The secrets of this installation; made on first use when embedded."""
        return Keys(
            session=self._secret("secret_key", "session.key"),
            audit=self._secret("audit_key", "audit.key").encode(),
        )

    def _secret(self, name: str, file: str) -> str:
        given = self._plain(name)
        if given:
            return given
        path = self.data_dir / "keys" / file
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        if not path.exists():
            # Written aside and linked into place, so that two processes starting at once agree on one key.
            draft = path.with_suffix(f".{os.getpid()}")
            handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(handle, "w") as stream:
                stream.write(secrets.token_urlsafe(48))
            try:
                os.link(draft, path)
            except FileExistsError:
                pass
            finally:
                draft.unlink()
        return path.read_text()


class Keys:
    """Secrets in use; never shown."""

    def __init__(self, session: str, audit: bytes) -> None:
        self.session = session
        self.audit = audit

    def __repr__(self) -> str:
        return "Keys(…)"


def load(**given: Any) -> Settings:
    """The settings of this process; raises Misuse with one sentence per faulty variable."""
    try:
        return Settings(**given)
    except ValidationError as error:
        faults = []
        for fault in error.errors(include_input=False, include_url=False):
            name = "".join(f"CHANCERY_{part}".upper() for part in fault["loc"][:1])
            faults.append(f"{name} {fault['msg'].removeprefix('Value error, ')}".strip() + ".")
        raise Misuse(
            "settings",
            "The settings are not usable: %(faults)s",
            faults=" ".join(faults),
            details=tuple(faults),
        ) from None
