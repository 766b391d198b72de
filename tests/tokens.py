"""A token endpoint for tests: it gives access tokens by OAuth 2.0, counts what it is asked, and refuses on demand."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs


class TokenEndpoint:
    """`tokens` are given in turn, the last one over and over; `error` refuses with that code of RFC 6749."""

    def __init__(self, *tokens: str) -> None:
        self.tokens = list(tokens)
        self.error, self.body, self.lasts = "", b"", 3600
        self.renews = ""
        self.asked: list[dict[str, str]] = []
        self.port = 0

    def answer(self, form: dict[str, str]) -> tuple[int, bytes]:
        """Status and body for one request."""
        self.asked.append(form)
        if self.body:
            return 200, self.body
        if self.error:
            return 400, json.dumps({"error": self.error, "error_description": "s3cret words"}).encode()
        token = self.tokens.pop(0) if len(self.tokens) > 1 else self.tokens[0]
        given: dict[str, Any] = {"access_token": token, "token_type": "Bearer", "expires_in": self.lasts}
        if self.renews:
            given["refresh_token"] = self.renews
        return 200, json.dumps(given).encode()

    def describe(self, folder: Path, **given: str) -> Path:
        """The file that describes it to us."""
        file = folder / "oauth.json"
        wanted = {
            "token_url": f"http://127.0.0.1:{self.port}/token",
            "client_id": "chancery",
            "client_secret": "s3cret-of-the-client",
            "refresh_token": "s3cret-to-refresh",
            **given,
        }
        file.write_text(json.dumps({name: value for name, value in wanted.items() if value}))
        return file


@contextmanager
def serving(*tokens: str) -> Iterator[TokenEndpoint]:
    """The endpoint in a thread of its own, on a port of this machine."""
    endpoint = TokenEndpoint(*tokens)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            form = {name: one[-1] for name, one in parse_qs(self.rfile.read(length).decode()).items()}
            status, body = endpoint.answer(form)
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    endpoint.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield endpoint
    finally:
        server.shutdown()
        thread.join(10)
        server.server_close()
