"""The data of the demonstration, read from `templates/demo/`."""

from __future__ import annotations

import csv
import io
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from workflow.config import ROOT

FOLDER = ROOT / "templates" / "demo"
Table = Mapping[str, Any]


@dataclass(frozen=True)
class Person:
    """An account of the demonstration, by its `key` in the data, with a token for the API."""

    key: str
    id: int
    name: str
    address: str
    roles: tuple[str, ...]
    token: str


@dataclass(frozen=True)
class Demonstration:
    """What is in the folder: each member is the file of its name, as it stands.

    `contacts` is the CSV file for the directory's import; `weather` the file for the post office.
    """

    folder: Path
    accounts: Table
    note: Table
    receipts: Table
    expected: Table
    contacts: bytes

    @property
    def weather(self) -> Path:
        """The file that says how the hosts behind the embedded post office behave."""
        return self.folder / "weather.toml"

    @property
    def lines(self) -> list[dict[str, str]]:
        """The contacts as rows of the CSV file."""
        return list(csv.DictReader(io.StringIO(self.contacts.decode("utf-8"))))

    @property
    def addresses(self) -> set[str]:
        """The addresses of the contacts."""
        return {line["address"] for line in self.lines}


def load(folder: Path = FOLDER) -> Demonstration:
    """The demonstration in `folder`."""
    tables = {
        name: tomllib.loads((folder / f"{name}.toml").read_text(encoding="utf-8"))
        for name in ("accounts", "note", "receipts", "expected")
    }
    return Demonstration(folder=folder, contacts=(folder / "contacts.csv").read_bytes(), **tables)
