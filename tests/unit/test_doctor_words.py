"""What the doctor says of the translation engine: off, away, there; and what it sends to it."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import make_settings
from web.doctor import words

LISTS: dict[str, Any] = {"body": b"", "status": 200, "asked": []}


class Engine(BaseHTTPRequestHandler):
    """An engine that answers what the test says, and remembers what it was asked."""

    def do_GET(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        LISTS["asked"].append((self.path, self.rfile.read(length)))
        self.send_response(LISTS["status"])
        self.end_headers()
        self.wfile.write(LISTS["body"])

    def log_message(self, *_: object) -> None:
        """Says nothing."""


@pytest.fixture
def address() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Engine)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    LISTS.update(status=200, asked=[], body=b"[]")
    yield f"http://127.0.0.1:{server.server_address[1]}/engine"
    server.shutdown()
    thread.join()
    server.server_close()


def said(tmp_path: Path, url: str) -> list[tuple[str, str]]:
    return [(one.state, one.sentence) for one in words.engine(make_settings(tmp_path, suggest_url=url))]


def test_without_an_engine_it_is_off(tmp_path: Path) -> None:
    assert said(tmp_path, "") == [("good", "off, as it is by default; the memory suggests alone")]


def test_an_engine_that_answers_is_asked_for_its_languages_alone(tmp_path: Path, address: str) -> None:
    LISTS["body"] = json.dumps([{"code": code, "name": code} for code in ("en", "ru", "kk", "fr")]).encode()
    [(state, sentence)] = said(tmp_path, address)
    assert state == "good" and "127.0.0.1 answers and knows 4 languages" in sentence
    assert LISTS["asked"] == [("/engine/languages", b"")], "nothing of a note is sent"
    LISTS["body"] = b'[{"code": "en"}, {"code": "ru"}]'
    assert said(tmp_path, address)[1] == ("note", "it does not know kk, so it suggests nothing in these")


@pytest.mark.parametrize(
    ("status", "body", "why"),
    [
        (500, b"[]", "status 500"),
        (200, b"<html>", "no languages"),
        (200, b"[]", "no languages"),
        (200, b"{}", "no languages"),
    ],
)
def test_an_engine_that_is_not_well_is_a_fault(
    tmp_path: Path, address: str, status: int, body: bytes, why: str
) -> None:
    LISTS.update(status=status, body=body)
    [(state, sentence)] = said(tmp_path, address)
    assert state == "fault" and why in sentence and sentence.endswith("Check CHANCERY_SUGGEST_URL.")


def test_an_engine_that_is_away_is_a_fault(tmp_path: Path) -> None:
    [(state, sentence)] = said(tmp_path, "http://127.0.0.1:9/")
    assert state == "fault" and "ConnectError" in sentence
