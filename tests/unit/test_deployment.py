"""The files of production: what compose hands to each service is what Chancery takes."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from workflow import config

ROOT = Path(__file__).resolve().parent.parent.parent
COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))
EXAMPLE = ROOT / "docs" / "compose.env.example"
OURS = [name for name, service in COMPOSE["services"].items() if service.get("image") == "chancery:latest"]
# A variable ends at the first closing brace, as the oldest compose reads it.
VARIABLE = re.compile(r"\$\{(\w+)(?:(:-|:\?)([^}]*))?\}")


def example() -> dict[str, str]:
    """The variables of the example, the empty ones filled in as it asks for."""
    lines = EXAMPLE.read_text(encoding="utf-8").splitlines()
    pairs = [line.partition("=")[::2] for line in lines if line and not line.startswith("#")]
    return {name: value or f"filled{number}" * 8 for number, (name, value) in enumerate(pairs)}


def environment(service: str, given: dict[str, str]) -> dict[str, str]:
    """What the containers of a service find, with `given` as the file .env."""

    def fill(match: re.Match[str]) -> str:
        name, kind, rest = match.groups()
        if name in given:
            return given[name]
        assert kind == ":-", f"{name} is asked for and the example does not name it: {rest}"
        return str(rest)

    told: dict[str, Any] = COMPOSE["services"][service]["environment"]
    return {**given, **{name: VARIABLE.sub(fill, str(value)) for name, value in told.items()}}


def test_each_part_of_production_is_a_service() -> None:
    assert {"web", "worker", "beat", "conversion", "init"} <= set(OURS)
    assert {"postgres", "redis", "catcher"} <= set(COMPOSE["services"]) - set(OURS)


@pytest.mark.parametrize("service", OURS)
def test_the_variables_of_a_service_are_taken(service: str, monkeypatch: pytest.MonkeyPatch) -> None:
    given = environment(service, example())
    for name, value in given.items():
        assert "${" not in value and value.count("{") == value.count("}"), (name, value)
        monkeypatch.setenv(name, value)
    settings = config.load()
    assert settings.mode == "production"
    assert settings.return_path == "bounces+{token}@secretariat.example"
    assert settings.database.startswith("postgresql") and settings.broker.startswith("redis://")
    assert settings.keys.audit and settings.keys.session


def test_the_key_of_the_seal_is_handed_to_the_worker_only() -> None:
    secret = ("KEY", "PASSPHRASE", "PASSPHRASE_FILE", "PKCS11_MODULE", "PIN", "PIN_FILE")
    given = {**example(), **{f"CHANCERY_SEAL_{name}": f"the {name}" for name in (*secret, "CERTIFICATE")}}
    for service in OURS:
        found = environment(service, given)
        assert found["CHANCERY_SEAL_CERTIFICATE"] == "the CERTIFICATE"
        told = [found[f"CHANCERY_SEAL_{name}"] for name in secret]
        assert told == ([f"the {name}" for name in secret] if service == "worker" else [""] * len(secret))


def test_the_conversion_of_uploads_has_no_way_out() -> None:
    (network,) = COMPOSE["services"]["conversion"]["networks"]
    assert COMPOSE["networks"][network] == {"internal": True}


def test_the_container_is_built_as_the_checker_wants_it_and_runs_as_nobody_in_particular() -> None:
    checker = Path(sys.executable).with_name("hadolint")
    found = subprocess.run([checker, ROOT / "Dockerfile"], capture_output=True, text=True, check=False)
    assert found.returncode == 0, found.stdout
    text = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    assert re.search(r"^USER 10001$", text, re.M) and "HEALTHCHECK" in text
