"""The embedded post office for tests: a process of its own on a free port."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.conftest import REPOSITORY


@contextmanager
def post_office(folder: Path, weather: str = "") -> Iterator[int]:
    """A post office whose mailboxes are in `folder`; gives its port on loopback."""
    folder.mkdir(parents=True, exist_ok=True)
    rules = folder / "weather.toml"
    rules.write_text(weather)
    command = [sys.executable, "-m", "workflow.post.office", "--smtp-port", "0", "--folder", str(folder)]
    process = subprocess.Popen(
        [*command, "--weather", str(rules)], cwd=REPOSITORY, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    line = process.stdout.readline()
    try:
        yield int("".join(sign for sign in line.split(":")[-1] if sign.isdigit()))
    finally:
        process.terminate()
        process.wait(10)
        process.stdout.close()
