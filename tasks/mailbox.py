"""Returned mail: read the mailbox of the return path, one transaction a message."""

from __future__ import annotations

import math
import threading
import time
from contextlib import suppress

import structlog
from celery.exceptions import SoftTimeLimitExceeded
from sqlalchemy.exc import IntegrityError, InterfaceError, OperationalError

from tasks.app import means, settings, task
from workflow.errors import Refusal
from workflow.means import Means
from workflow.operations import figures, mailbox_faults, returned_mail
from workflow.post.mailbox import Mailbox, open_mailbox
from workflow.post.maildir import BATCH

# How long one IDLE rests: below the half hour after which servers hang up, and the few minutes of some firewalls.
REST_SECONDS = 280.0
# How often a mailbox that cannot tell of its messages is looked at.
LOOK_SECONDS = 30.0
# How much of the time that a task may take is for reading; the last message may need some, too.
READING_SHARE = 0.5

log = structlog.get_logger("chancery.mailbox")


@task("mailbox.read", "mailbox")
def read() -> None:
    """Processes what waits in the mailbox; a message is marked only after its commit."""
    read_mailbox()


def read_mailbox() -> int:
    """Processes what waits in the mailbox and gives how many messages that were."""
    seconds = settings().soft_limit_seconds * READING_SHARE
    try:
        with open_mailbox(settings().mailbox) as box:
            return drain(means(), box, seconds)
    except Refusal as refusal:
        log.warning("mailbox-away", why=refusal.sentence)
        _met(means(), refusal)
    return 0


def drain(means: Means, box: Mailbox, seconds: float = math.inf, stop: threading.Event | None = None) -> int:
    """Processes each message of an open mailbox, one transaction a message; gives how many there were.

    A full mailbox is read look after look, until nothing waits, `seconds` have passed or `stop` is set;
    whoever looks next goes on from there.
    """
    count, end = 0, time.monotonic() + seconds
    while True:
        before = count
        for key, raw in box.messages():
            _take(means, raw)
            box.done(key)
            count += 1
            if time.monotonic() >= end or (stop is not None and stop.is_set()):
                break
        # What cannot be moved away would only be met again.
        whole = count - before < BATCH or box.fault is not None
        if whole or time.monotonic() >= end or (stop is not None and stop.is_set()):
            break
    with means.work() as work:
        figures.ran(work, "mailbox")
    if box.fault is not None:
        log.warning("mailbox-fault", why=box.fault.sentence)
    _met(means, box.fault)
    return count


def _met(means: Means, refusal: Refusal | None) -> None:
    """Keeps what was met for the desk; a database that is away is said by others."""
    with suppress(OperationalError, InterfaceError, IntegrityError), means.work() as work:
        mailbox_faults.met(work, refusal)


def _take(means: Means, raw: bytes) -> None:
    """Takes one message in; one that makes the reading fail is kept for a person, and lets the next pass."""
    try:
        try:
            _process(means, raw)
        except IntegrityError:
            # Another reader has taken the same message in at this very moment, so that it is known now.
            _process(means, raw)
    except (Refusal, OSError, OperationalError, InterfaceError, IntegrityError, SoftTimeLimitExceeded):
        raise  # The database or the store is away, or the time is up: it stays in the mailbox.
    except Exception as error:
        # The fault's own words may quote the message, which is personal.
        log.error("message-unread", fault=type(error).__name__, bytes=len(raw))
        with means.work() as work:
            returned_mail.keep_unread(work, raw)


def _process(means: Means, raw: bytes) -> None:
    with means.work() as work:
        returned_mail.process(work, raw)


def watch(means: Means, stop: threading.Event, *, url: str = "", rest: float = REST_SECONDS) -> int:
    """Reads the mailbox whenever it tells of something new, until `stop` is set; gives how many messages.

    A mailbox that cannot tell is looked at every half minute, and one that is away is tried again, at
    first soon and then every minute.  A message that another reader takes at the same moment is left to it.
    """
    count, faults = 0, 0
    while not stop.is_set():
        try:
            with open_mailbox(url or settings().mailbox) as box:
                while not stop.is_set():
                    count += drain(means, box, stop=stop)
                    faults = 0
                    if not box.wait(rest):
                        stop.wait(LOOK_SECONDS)
        except (Refusal, OSError, IntegrityError, InterfaceError, OperationalError) as error:
            # The mailbox, the database or the store is away for a while; the message stays in the mailbox.
            why = error.sentence if isinstance(error, Refusal) else type(error).__name__
            log.warning("mailbox-away", why=why)
            if isinstance(error, Refusal):
                _met(means, error)
            faults += 1
            stop.wait(min(60.0, 2.0**faults) if faults > 1 else 0.1)
    return count
