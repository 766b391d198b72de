"""Notices: mail to people of the house about what waits for them, and questions to changed addresses."""

from __future__ import annotations

import structlog

from tasks.app import means, relay, task
from workflow.operations import address_mail, notice_mail, notices

log = structlog.get_logger("chancery.notices")


@task("notices.send", "dispatch")
def send(account_id: int) -> None:
    """Sends one person what is due; harmless when it is sent already."""
    told = notice_mail.send_due(means(), account_id, relay())
    if told.trouble:
        log.warning("relay-away", account=account_id, trouble=told.trouble)
    log.info("told", account=account_id, sent=told.sent, refused=told.refused, dropped=told.dropped)


@task("notices.ask", "dispatch")
def ask() -> None:
    """Asks the addresses of changed contacts; harmless when they are asked already."""
    asked = address_mail.send_due(means(), relay())
    if asked.trouble:
        log.warning("relay-away", trouble=asked.trouble)
    log.info("asked", sent=asked.sent, refused=asked.refused)


@task("notices.late", "sweeps")
def late() -> None:
    """Writes the notices of work whose day has passed; they go out with the next daily mails."""
    with means().work() as work:
        log.info("late", told=notices.tell_late(work))
