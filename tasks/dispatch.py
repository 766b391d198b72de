"""Dispatch: hand to the relay what is due of a note."""

from __future__ import annotations

import structlog

from tasks.app import means, relay, task, worker_name
from workflow import audit
from workflow.operations import sending

log = structlog.get_logger("chancery.dispatch")


@task("dispatch.send_note", "dispatch")
def send_note(note_id: int) -> None:
    """Sends what is due of one note; several workers may run it at once."""
    sent = sending.send_note(means(), note_id, relay(), worker_name())
    if sent.trouble:
        log.warning("relay-away", note=note_id, trouble=sent.trouble)
    with means().work() as work:
        audit.seal_evidence(work.session, work.settings.keys.audit, work.now())
    log.info("sent", note=note_id, accepted=sent.accepted, refused=sent.refused, unknown=sent.unknown)
