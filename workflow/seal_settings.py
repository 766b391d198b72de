"""The settings of the seal: the `CHANCERY_SEAL_*` variables, checked at start with a sentence for each fault.

Without `CHANCERY_SEAL_CERTIFICATE` nothing is sealed.  With it, nothing leaves unsealed; the key may
be left out where no documents are made (a web server verifies, and needs none).
"""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import BeforeValidator, SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings

from workflow.letters.seal import keys
from workflow.letters.seal.keys import KeyPlace

# A path in a variable is meant from where the program was started, which its children do not know.
Place = Annotated[
    str, BeforeValidator(lambda value: str(Path(value).expanduser().absolute()) if value else "")
]


class SealSettings(BaseSettings):
    """One value per variable `CHANCERY_SEAL_<NAME>`."""

    seal_certificate: Place = ""
    seal_key: Place = ""
    seal_passphrase: SecretStr = SecretStr("")
    seal_passphrase_file: Place = ""
    seal_pkcs11_module: Place = ""
    seal_pkcs11_token: str = ""
    seal_pkcs11_label: str = ""
    seal_pin: SecretStr = SecretStr("")
    seal_pin_file: Place = ""
    # It may hold a name and a password, so it is not shown where settings are printed.
    seal_timestamp_url: SecretStr = SecretStr("")
    seal_roots: Place = ""
    seal_timestamp_roots: Place = ""

    @field_validator("seal_timestamp_url")
    @classmethod
    def _timestamp_url(cls, value: SecretStr) -> SecretStr:
        parts = urlsplit(value.get_secret_value())
        if value.get_secret_value() and (parts.scheme not in {"http", "https"} or not parts.hostname):
            raise ValueError(
                "is the address of a time-stamp server, such as https://stamps.example.org/rfc3161"
            )
        return value

    @field_validator("seal_certificate", "seal_roots", "seal_timestamp_roots")
    @classmethod
    def _certificates(cls, value: str) -> str:
        try:
            if value:
                keys.read_certificates(Path(value))
        except keys.Unusable as error:
            raise ValueError(str(error)) from None
        return value

    @model_validator(mode="after")
    def _seal_together(self) -> SealSettings:
        if (self.seal_key or self.seal_pkcs11_module) and not self.seal_certificate:
            raise ValueError("CHANCERY_SEAL_CERTIFICATE has to name the certificate of the seal's key")
        if self.seal_key and self.seal_pkcs11_module:
            raise ValueError("CHANCERY_SEAL_KEY and CHANCERY_SEAL_PKCS11_MODULE name two keys: leave one out")
        if self.seal_pkcs11_module:
            if not Path(self.seal_pkcs11_module).is_file():
                raise ValueError("CHANCERY_SEAL_PKCS11_MODULE names a file that is not there")
            if not self.seal_pkcs11_token or not self.seal_pkcs11_label:
                raise ValueError(
                    "CHANCERY_SEAL_PKCS11_TOKEN and CHANCERY_SEAL_PKCS11_LABEL have to name the token and its key"
                )
        for name in ("seal_passphrase", "seal_pin"):
            if getattr(self, name).get_secret_value() and getattr(self, f"{name}_file"):
                variable = f"CHANCERY_{name.upper()}"
                raise ValueError(f"{variable} and {variable}_FILE are both given: leave one out")
        if self.seal_key:
            self._check_key()
        return self

    def _check_key(self) -> None:
        try:
            key = keys.read_key(Path(self.seal_key), self._secret_or_file("seal_passphrase"))
        except keys.Unusable as error:
            raise ValueError(f"CHANCERY_SEAL_KEY {error}") from None
        if not keys.belongs(key, keys.read_certificates(Path(self.seal_certificate))[0]):
            raise ValueError(
                "CHANCERY_SEAL_KEY is not the key of the first certificate in CHANCERY_SEAL_CERTIFICATE"
            )

    def _secret_or_file(self, name: str) -> str:
        file = getattr(self, f"{name}_file")
        if not file:
            return str(getattr(self, name).get_secret_value())
        try:
            return Path(file).read_text(encoding="utf-8").rstrip("\r\n")
        except (OSError, UnicodeDecodeError):
            raise ValueError(
                f"CHANCERY_{name.upper()}_FILE cannot be read: check its path and its owner"
            ) from None

    @property
    def seals(self) -> bool:
        """Whether the documents of this installation are sealed."""
        return bool(self.seal_certificate)

    @cached_property
    def seal_place(self) -> KeyPlace | None:
        """Where the key of the seal is; None where nothing is sealed."""
        if not self.seals:
            return None
        return KeyPlace(
            certificate=Path(self.seal_certificate),
            key=Path(self.seal_key) if self.seal_key else None,
            passphrase=self._secret_or_file("seal_passphrase"),
            module=Path(self.seal_pkcs11_module) if self.seal_pkcs11_module else None,
            token=self.seal_pkcs11_token,
            label=self.seal_pkcs11_label,
            pin=self._secret_or_file("seal_pin"),
        )
