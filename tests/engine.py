"""A small translation engine for tests: LibreTranslate's protocol on loopback, with faults on demand."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar


class Engine(BaseHTTPRequestHandler):
    """Answers POST /translate with the text's letters turned round, elements left in their places."""

    asked: ClassVar[list[dict[str, Any]]]
    answer: ClassVar[tuple[int, bytes] | None]

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        type(self).asked.append({"path": self.path, **body})
        if self.answer is not None:
            status, data = self.answer
        else:
            pieces = re.split(r"(<[^>]+>|&\w+;)", body["q"])
            words = "".join(one if at % 2 else one.upper() for at, one in enumerate(pieces))
            status, data = 200, json.dumps({"translatedText": f"[{body['target']}] {words}"}).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, format: str, *args: Any) -> None:
        """Says nothing."""


@contextmanager
def engine(answer: tuple[int, bytes] | None = None) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """An engine's address, and what it was asked, in order."""
    asked: list[dict[str, Any]] = []
    handler = type("OneEngine", (Engine,), {"asked": asked, "answer": answer})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", asked
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
