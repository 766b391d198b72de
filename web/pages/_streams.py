"""Event streams: a server says that something moved, and the page fetches it anew.

A stream holds one of the web server's few threads, so it ends after a minute (the browser comes
back by itself), an account has at most two at a time, and a process at most a third of its threads.
Whoever is refused one asks every half minute instead.
"""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator

from flask import Response, request
from sqlalchemy.exc import SQLAlchemyError

from workflow.errors import Refusal

AN_ACCOUNT, A_PROCESS = 2, 4
ROUNDS = 60
BEAT = 2
_open: Counter[int] = Counter()
_lock = threading.Lock()


def pause() -> None:
    """One second between two looks."""
    time.sleep(1)


def stream(account: int, look: Callable[[], int]) -> Response:
    """A stream that sends the event `board` whenever `look()` gives another number than before.

    Answers 204, which ends a browser's tries, when too many streams are open.
    """
    if not _enter(account):
        return Response(status=204)
    # The looks outlive the request, so `look` may ask nothing of it.
    seen = request.headers.get("Last-Event-ID", "")
    response = Response(_events(look, seen), mimetype="text/event-stream")
    response.headers["Cache-Control"] = "no-store"
    # A proxy in front must not keep the events back.
    response.headers["X-Accel-Buffering"] = "no"
    response.call_on_close(lambda: _leave(account))
    return response


def _events(look: Callable[[], int], seen: str) -> Iterator[str]:
    yield "retry: 2000\n\n"
    for turn in range(ROUNDS):
        try:
            now = str(look())
        except (SQLAlchemyError, Refusal):
            return  # What is wrong is said where the page asks next.
        if now != seen:
            seen = now
            yield f"id: {now}\nevent: board\ndata: {now}\n\n"
        elif turn % BEAT == 0:
            # Writing is also how the server notices that nobody listens any more.
            yield ": still here\n\n"
        pause()


def _enter(account: int) -> bool:
    with _lock:
        if _open[account] >= AN_ACCOUNT or _open.total() >= A_PROCESS:
            return False
        _open[account] += 1
        return True


def _leave(account: int) -> None:
    with _lock:
        _open[account] -= 1
        if _open[account] <= 0:
            del _open[account]


def opened() -> int:
    """How many streams are open in this process."""
    with _lock:
        return _open.total()
