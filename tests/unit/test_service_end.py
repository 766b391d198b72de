"""The end of the embedded server: browsers that still listen make no noise, and nothing is left running."""

from __future__ import annotations

import logging
import socket
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from waitress.server import create_server

from web.service import close_server

BROWSERS = 3


@pytest.mark.parametrize("attempt", range(5))
def test_a_server_with_listening_browsers_ends_in_silence(
    attempt: int, caplog: pytest.LogCaptureFixture
) -> None:
    pause, begun = threading.Event(), threading.Semaphore(0)

    def stream() -> Iterator[bytes]:
        begun.release()
        for _ in range(200):
            pause.wait(0.002)
            yield b"data: still there\n\n"

    def app(_environ: Any, start_response: Any) -> Iterator[bytes]:
        start_response("200 OK", [("Content-Type", "text/event-stream")])
        return stream()

    server = create_server(app, host="127.0.0.1", port=0, threads=BROWSERS)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    browsers = []
    with caplog.at_level(logging.INFO, "waitress"):
        for _ in range(BROWSERS):
            browser = socket.create_connection(("127.0.0.1", server.effective_port))
            browser.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
            browsers.append(browser)
        for _ in browsers:
            assert begun.acquire(timeout=10)
        close_server(server, thread)
    for browser in browsers:
        browser.close()
    assert not thread.is_alive() and not server.task_dispatcher.threads
    assert [one.getMessage() for one in caplog.records if one.levelno >= logging.ERROR] == []
