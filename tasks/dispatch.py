"""Dispatch: hand to the relay what is due of a note."""

from __future__ import annotations

import time

import structlog

from tasks import offer
from tasks.app import means, relay, settings, task, worker_name
from workflow import audit
from workflow.operations import sending

log = structlog.get_logger("chancery.dispatch")


@task("dispatch.send_note", "dispatch")
def send_note(note_id: int) -> None:
    """Sends what is due of one note; several workers may run it at once."""
    line = relay()
    # A message that is begun may take as long as the relay's patience lasts; the task has to outlive it.
    end = time.monotonic() + settings().soft_limit_seconds - line.timeouts.longest
    sent = sending.send_note(means(), note_id, line, worker_name(), lambda: time.monotonic() > end)
    if sent.trouble:
        log.warning("relay-away", note=note_id, trouble=sent.trouble)
    with means().work() as work:
        audit.seal_evidence(work.session, work.settings.keys.audit, work.now())
    if sent.more:
        offer.sending(note_id)
    log.info("sent", note=note_id, accepted=sent.accepted, refused=sent.refused, unknown=sent.unknown)
