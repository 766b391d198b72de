"""Settings of sending: how fast messages may leave, and what signs them.  They are part of `workflow.config.Settings`."""

from __future__ import annotations

from math import ceil
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode

# While rates are limited, what became due is offered so often, or with the sweep if that is more often.
OFFER_SECONDS = 5.0


class SendingSettings(BaseSettings):
    """Rates are messages a minute; 0 stands for no limit."""

    # What was not taken is offered again so often; a task that runs longer than its limit is ended.
    sweep_seconds: float = Field(60, gt=0)
    task_limit_seconds: int = Field(600, gt=0)
    rate_per_minute: float = Field(0, ge=0, allow_inf_nan=False)
    rate_domain_per_minute: float = Field(0, ge=0, allow_inf_nan=False)
    rate_domains: Annotated[dict[str, float], NoDecode] = Field(default_factory=dict)
    rate_burst: int = Field(0, ge=0)
    # PEM files.  With a certificate every message is signed, and nothing leaves unsigned.
    smime_certificate: Path | None = None
    smime_key: Path | None = None
    smime_passphrase: SecretStr = SecretStr("")
    # What becomes of a message for whose contact the certificate has ended: it is held, or leaves unencrypted.
    smime_unusable: Literal["hold", "plain"] = "hold"

    @field_validator("rate_domains", mode="before")
    @classmethod
    def _rate_words(cls, value: Any) -> Any:
        if not isinstance(value, str):
            return value
        rates: dict[str, float] = {}
        for word in filter(None, (one.strip() for one in value.split(","))):
            domain, _, rate = word.partition("=")
            try:
                rates[domain.strip().lower().lstrip("@")] = float(rate)
            except ValueError:
                raise ValueError(
                    "is a list of domains with their messages a minute, such as example.org=10,example.net=0"
                ) from None
        return rates

    @field_validator("rate_domains")
    @classmethod
    def _rates(cls, value: dict[str, float]) -> dict[str, float]:
        if any(not domain or not 0 <= rate < float("inf") for domain, rate in value.items()):
            raise ValueError("names domains, each with its messages a minute, 0 for no limit")
        return value

    @model_validator(mode="after")
    def _signing(self) -> SendingSettings:
        if (self.smime_certificate is None) != (self.smime_key is None):
            raise ValueError(
                "CHANCERY_SMIME_CERTIFICATE and CHANCERY_SMIME_KEY are given together, or not at all"
            )
        return self

    @property
    def soft_limit_seconds(self) -> float:
        """When a task is told to end, before it is ended: a tenth of its time, at most ten seconds."""
        return self.task_limit_seconds - min(10.0, self.task_limit_seconds / 10)

    @property
    def offer_seconds(self) -> float:
        """How often what became due is offered while rates are limited."""
        return min(self.sweep_seconds, OFFER_SECONDS)

    @property
    def limited(self) -> bool:
        """Whether any rate is limited."""
        return bool(self.rate_per_minute or self.rate_domain_per_minute or any(self.rate_domains.values()))

    def rate(self, domain: str) -> float:
        """The messages a minute to a domain, or in all for the empty name; 0 stands for no limit."""
        if not domain:
            return self.rate_per_minute
        return self.rate_domains.get(domain, self.rate_domain_per_minute)

    def burst(self, domain: str) -> int:
        """How many messages may leave at once; by default what two offers' time lets through."""
        return self.rate_burst or max(1, ceil(self.rate(domain) / 60 * 2 * OFFER_SECONDS))
