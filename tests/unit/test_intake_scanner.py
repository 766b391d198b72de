"""The virus scanner's client against a small stand-in that speaks clamd's protocol."""

from __future__ import annotations

import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.hostile import clean
from workflow.errors import InputRefused, Unavailable
from workflow.letters.enclosure import inspect, layers


@contextmanager
def scanner(answer: bytes, family: int = socket.AF_INET, path: str = "") -> Iterator[tuple[str, list[bytes]]]:
    """A clamd that gives one answer; yields its address and what it was sent."""
    server = socket.socket(family, socket.SOCK_STREAM)
    server.bind(path or ("127.0.0.1", 0))
    server.listen()
    got: list[bytes] = []

    def serve() -> None:
        connection, _ = server.accept()
        with connection, connection.makefile("rb") as stream:
            assert stream.read(10) == b"zINSTREAM\0"
            content = b""
            while length := struct.unpack(">I", stream.read(4))[0]:
                content += stream.read(length)
            got.append(content)
            connection.sendall(answer)

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        yield path or f"tcp://127.0.0.1:{server.getsockname()[1]}", got
    finally:
        thread.join()
        server.close()


def test_clean_answer_passes_and_all_bytes_were_sent() -> None:
    data = clean.python_docx_default_template()
    with scanner(b"stream: OK\0") as (address, got):
        assert inspect(data, "summary.docx", environ={"CHANCERY_CLAMD": address}).kind == "docx"
    assert got == [data]


def test_signature_is_named(tmp_path: Path) -> None:
    path = str(tmp_path / "clamd.sock")
    with (
        scanner(b"stream: Win.Test.EICAR_HDB-1 FOUND\0", socket.AF_UNIX, path) as (address, _),
        pytest.raises(InputRefused, match=r"Win\.Test\.EICAR_HDB-1") as caught,
    ):
        inspect(clean.word(), "summary.docx", environ={"CHANCERY_CLAMD": address})
    assert caught.value.code == "virus"


@pytest.mark.parametrize("answer", [b"INSTREAM size limit exceeded. ERROR\0", b""])
def test_no_proper_answer_means_not_accepted(answer: bytes) -> None:
    with scanner(answer) as (address, _), pytest.raises(Unavailable, match="not accepted"):
        inspect(clean.word(), "summary.docx", environ={"CHANCERY_CLAMD": address})


@pytest.mark.parametrize("address", ["tcp://127.0.0.1:1", "/nonexistent/clamd.sock", "tcp://nowhere"])
def test_scanner_away_means_not_accepted(address: str) -> None:
    with pytest.raises(Unavailable) as caught:
        inspect(clean.word(), "summary.docx", environ={"CHANCERY_CLAMD": address})
    assert address in caught.value.sentence
    assert layers({"CHANCERY_CLAMD": address})["scanner"] == address
