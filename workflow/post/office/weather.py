"""The weather: how the hosts behind the embedded post office behave, as data.

A TOML file of rules; the first rule whose `match` fits the address holds, others are fair weather:

    [[rule]]
    match = "*@mfa.kz"            # an address, or a pattern with * and ?
    refuse = "550 5.1.1 No such mailbox"    # the answer to RCPT
    greylist = 1                  # so many times 451 to RCPT first
    slow = 0.5                    # seconds before each answer
    drop = "lost"                 # close the line after the final dot, once: "lost" or "delivered"
    bounce = "5.1.1"              # taken, then reported as failed with this status
    delay = 5                     # seconds until delivery, reported as delayed before
    down = 2                      # so many tries of delivery fail before one works
    report = "relayed"            # "delivered" (usual), "relayed" or "none"
    reply = "vacation"            # an answer by itself, "vacation" or "human"
    text = "..."                  # what a human reply says
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from fnmatch import fnmatchcase
from pathlib import Path

from workflow.errors import Invalid

_REFUSAL = re.compile(r"[45]\d\d(?: [45]\.\d{1,3}\.\d{1,3})? [\x20-\x7e]+")
_STATUS = re.compile(r"5\.\d{1,3}\.\d{1,3}")
_CHOICES = {
    "drop": ("", "lost", "delivered"),
    "report": ("delivered", "relayed", "none"),
    "reply": ("", "vacation", "human"),
}


@dataclass(frozen=True)
class Rule:
    """How the addresses that `match` fits behave; times in seconds."""

    match: str = "*"
    refuse: str = ""
    greylist: int = 0
    slow: float = 0.0
    drop: str = ""
    bounce: str = ""
    delay: float = 0.0
    down: int = 0
    report: str = "delivered"
    reply: str = ""
    text: str = ""

    def __post_init__(self) -> None:
        if not self.match.strip():
            raise ValueError("match is an address or a pattern")
        if self.refuse and not _REFUSAL.fullmatch(self.refuse):
            raise ValueError("refuse is an SMTP answer such as “550 5.1.1 No such mailbox”")
        if self.bounce and not _STATUS.fullmatch(self.bounce):
            raise ValueError("bounce is a status such as 5.1.1")
        if min(self.greylist, self.slow, self.delay, self.down) < 0:
            raise ValueError("greylist, slow, delay and down are not below zero")
        for name, choices in _CHOICES.items():
            if getattr(self, name) not in choices:
                raise ValueError(f"{name} is one of {', '.join(filter(None, choices))}")


FAIR = Rule()


@dataclass(frozen=True)
class Weather:
    """The rules in their order."""

    rules: tuple[Rule, ...] = ()

    def rule(self, address: str) -> Rule:
        """The first rule that fits `address`, compared without case; fair weather otherwise."""
        folded = address.lower()
        return next((rule for rule in self.rules if fnmatchcase(folded, rule.match.lower())), FAIR)


def load(path: Path | None) -> Weather:
    """The weather in the file `path`, fair without one; raises Invalid with a sentence per fault."""
    if path is None:
        return Weather()
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError:
        raise _refused("the file cannot be read", path) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise _refused(f"it is not TOML: {error}", path) from None
    tables = data.get("rule", [])
    if set(data) - {"rule"} or not isinstance(tables, list):
        raise _refused("it holds [[rule]] tables and nothing else", path)
    rules = []
    for number, table in enumerate(tables, 1):
        try:
            rules.append(_rule(table))
        except ValueError as error:
            raise _refused(f"rule {number}: {error}", path) from None
    return Weather(tuple(rules))


def _rule(table: Mapping[str, object]) -> Rule:
    values: dict[str, object] = {}
    kinds = {field.name: type(getattr(FAIR, field.name)) for field in fields(Rule)}
    if unknown := sorted(set(table) - set(kinds)):
        raise ValueError(f"{', '.join(unknown)} is not known")
    for name, value in table.items():
        kind = kinds[name]
        if kind is float and type(value) is int:
            value = float(value)
        # A truth value is an int to Python, and a mistake in a weather file.
        if type(value) is not kind:
            raise ValueError(f"{name} is not of the right kind")
        values[name] = value
    if "match" not in values:
        raise ValueError("match is missing")
    return Rule(**values)  # type: ignore[arg-type]


def _refused(reason: str, path: Path) -> Invalid:
    return Invalid(
        "weather", "The weather file %(name)s is not usable: %(reason)s.", name=path.name, reason=reason
    )
