"""The embedded broker: Celery's messages as files in a folder, each whole before anybody sees it.

kombu's own transport opens a message's file under its final name and writes it afterwards; a
worker that looks in between takes an empty file, and ends with an error that it cannot recover
from.  Here a message is written beside its name and renamed, and the small table of an exchange's
queues is read and written by one process at a time.
"""

from __future__ import annotations

import fcntl
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic
from typing import Any

from kombu.exceptions import ChannelError
from kombu.transport import TRANSPORT_ALIASES, filesystem
from kombu.utils.json import dumps


class Channel(filesystem.Channel):
    """A channel that never shows half a file."""

    def _put(self, queue: str, payload: Any, **kwargs: Any) -> None:
        folder = Path(self.data_folder_out)
        name = f"{round(monotonic() * 1000)}_{uuid.uuid4()}.{queue}.msg"
        # Readers take names that end in .msg, so nobody takes the draft.
        draft = folder / f"{name}.draft"
        try:
            draft.write_bytes(dumps(payload).encode())
            draft.rename(folder / name)
        except OSError as error:
            raise ChannelError(f"Cannot add the message {name} to the folder") from error

    def _queue_bind(self, exchange: str, routing_key: str, pattern: str, queue: str) -> None:
        with self._alone():
            super()._queue_bind(exchange, routing_key, pattern, queue)

    def _delete(
        self, queue: str, exchange: str, routing_key: str, pattern: str, *args: Any, **kwargs: Any
    ) -> None:
        with self._alone():
            super()._delete(queue, exchange, routing_key, pattern, *args, **kwargs)

    def get_table(self, exchange: str) -> Any:
        """The queues of an exchange."""
        with self._alone():
            return super().get_table(exchange)

    @contextmanager
    def _alone(self) -> Iterator[None]:
        folder = Path(self.control_folder)
        folder.mkdir(parents=True, exist_ok=True)
        with (folder / ".lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield


class Transport(filesystem.Transport):
    """kombu's transport with this channel."""

    Channel = Channel


def install() -> None:
    """Makes `filesystem://` mean this transport, in this process."""
    TRANSPORT_ALIASES["filesystem"] = "tasks.folder:Transport"
