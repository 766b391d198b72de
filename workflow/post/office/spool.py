"""What the office has taken and not finished: on disk before the sender hears 250, and taken up at a restart.

An entry is one file: a line of JSON with the envelope, then the message.  What changes while it
waits (tries, the next time) is a small file beside it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from workflow.post.office.mailboxes import write_safely
from workflow.post.office.reports import Origin
from workflow.whole_files import sync_folder


@dataclass(frozen=True)
class Entry:
    """One message for one recipient, and how far its delivery got; times in seconds since 1970."""

    identifier: str
    sender: str
    recipient: str
    arrived: float
    envid: str = ""
    original_recipient: str = ""
    notify: tuple[str, ...] = ("FAILURE", "DELAY")
    full: bool = False
    content: bytes = field(default=b"", repr=False)
    due: float = 0.0
    tries: int = 0
    delay_told: bool = False

    def wants(self, condition: str) -> bool:
        """Whether the sender asked for a report in this case; reports about reports are never sent."""
        return bool(self.sender) and condition in self.notify

    def origin(self, zone: Any) -> Origin:
        """The entry as its reports need it."""
        return Origin(
            self.identifier,
            self.sender,
            self.recipient,
            self.envid,
            self.original_recipient,
            self.full,
            datetime.fromtimestamp(self.arrived, zone),
            self.content,
        )


_CHANGING = ("due", "tries", "delay_told")


class Spool:
    """The folder of entries, and the counters that a restart must not forget."""

    def __init__(self, folder: Path) -> None:
        self._queue = folder / ".spool"
        self._queue.mkdir(parents=True, exist_ok=True)
        self._counters = folder / ".counters.json"
        self.counters: dict[str, int] = {}
        if self._counters.exists():
            self.counters = json.loads(self._counters.read_text(encoding="utf-8"))

    def add(self, entry: Entry) -> None:
        """Keep `entry`; it is on disk when this returns."""
        envelope = {name: value for name, value in asdict(entry).items() if name != "content"}
        data = json.dumps(envelope).encode() + b"\n" + entry.content
        draft = self._queue / f"{entry.identifier}.draft"
        write_safely(draft, data)
        draft.replace(self._path(entry))
        sync_folder(self._queue)

    def postpone(self, entry: Entry, due: float, **changes: Any) -> Entry:
        """Note that `entry` is to be tried at `due`, with `changes` of tries and reports."""
        later = replace(entry, due=due, **changes)
        state = json.dumps({name: getattr(later, name) for name in _CHANGING}).encode()
        draft = self._queue / f"{entry.identifier}.later.draft"
        write_safely(draft, state)
        draft.replace(self._path(entry).with_suffix(".later"))
        return later

    def remove(self, entry: Entry) -> None:
        """Forget a finished entry."""
        self._path(entry).unlink(missing_ok=True)
        self._path(entry).with_suffix(".later").unlink(missing_ok=True)

    def entries(self) -> Iterator[Entry]:
        """Every entry that a former run left, in the order of arrival."""
        for path in sorted(self._queue.glob("*.mail")):
            envelope, _, content = path.read_bytes().partition(b"\n")
            values = json.loads(envelope)
            later = path.with_suffix(".later")
            if later.exists():
                values |= json.loads(later.read_text(encoding="utf-8"))
            yield Entry(**{**values, "notify": tuple(values["notify"]), "content": content})

    def count(self, name: str) -> int:
        """How often `name` was counted before; counts it once more, on disk."""
        before = self.counters.get(name, 0)
        self.counters[name] = before + 1
        draft = self._counters.with_suffix(".draft")
        write_safely(draft, json.dumps(self.counters, sort_keys=True).encode())
        draft.replace(self._counters)
        return before

    def _path(self, entry: Entry) -> Path:
        return self._queue / f"{entry.identifier}.mail"
