"""Returned mail: read the mailbox of the return path, one transaction a message."""

from __future__ import annotations

import structlog

from tasks.app import means, settings, task
from workflow.errors import Refusal
from workflow.operations import returned_mail
from workflow.post.mailbox import open_mailbox

log = structlog.get_logger("chancery.mailbox")


@task("mailbox.read", "mailbox")
def read() -> None:
    """Processes what waits in the mailbox; a message is marked only after its commit."""
    read_mailbox()


def read_mailbox() -> int:
    """Processes what waits in the mailbox and gives how many messages that were."""
    count = 0
    try:
        with open_mailbox(settings().mailbox) as box:
            for key, raw in box.messages():
                with means().work() as work:
                    returned_mail.process(work, raw)
                box.done(key)
                count += 1
    except Refusal as refusal:
        log.warning("mailbox-away", why=refusal.sentence)
    return count
