"""Offering: a committed row becomes a message, best effort.

Call these after the commit.  A broker that is away is logged and swallowed: the row stands, the
person's work is done, and the sweep offers it again.
"""

from __future__ import annotations

from collections.abc import Iterable

import structlog
from celery import Task
from kombu.exceptions import OperationalError

log = structlog.get_logger("chancery.offer")


def offer(task: Task, identity: int | None = None) -> bool:
    """Puts a task with its one id on its queue; gives whether the broker took it."""
    try:
        # A broker that was started anew has cut the line that is kept to it: once more, over a new one.
        once_more = {"max_retries": 1, "interval_start": 0, "interval_step": 0}
        task.apply_async(args=[] if identity is None else [identity], retry=True, retry_policy=once_more)
    except (OperationalError, OSError) as error:
        log.warning("broker-away", task=task.name, id=identity, error=type(error).__name__)
        return False
    return True


def documents(ids: list[int]) -> None:
    """Offers the making of these documents."""
    from tasks.documents import make

    for identity in ids:
        if not offer(make, identity):
            return


def freezing(upload_id: int) -> None:
    """Offers the freezing of an upload."""
    from tasks.documents import freeze

    offer(freeze, upload_id)


def notices(accounts: Iterable[int]) -> None:
    """Offers the mail of these accounts; the sweep takes up what is not due yet."""
    from tasks.notices import send

    for identity in sorted(accounts):
        if not offer(send, identity):
            return


def asking() -> None:
    """Offers the questions to the addresses of changed contacts."""
    from tasks.notices import ask

    offer(ask)


def sending(note_id: int) -> None:
    """Offers the sending of what is due of a note."""
    from tasks.dispatch import send_note

    offer(send_note, note_id)
