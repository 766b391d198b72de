"""Sweeps: whatever the broker lost, a worker dropped or time made due is taken up again."""

from __future__ import annotations

from collections.abc import Callable

import structlog

from tasks import offer
from tasks.app import means, task
from workflow import anchors, audit, leftovers
from workflow.operations import (
    address_mail,
    claims,
    documents,
    figures,
    intake,
    notice_mail,
    notices,
    outcomes,
    reminding,
    unsent,
)
from workflow.operations.context import Work

log = structlog.get_logger("chancery.sweeps")


@task("sweeps.sweep", "sweeps")
def sweep() -> None:
    """Frees stale claims, writes due reminders, offers what is due or pending, seals evidence."""
    with means().work() as work:
        claims.mend_times(work)
        claims.release_stale_claims(work)
        unsent.hold_over(work)
        audit.seal_evidence(work.session, work.settings.keys.audit, work.now())
        notice_mail.release_stale(work)
        told = notice_mail.due_accounts(work)
        questions = address_mail.due(work)
        pending = documents.pending(work)
        uploads = intake.pending(work)
        reminded, ended = reminding.due_notes(work), outcomes.due(work)
    _each("reminders", reminded, reminding.sweep_note)
    _each("silence", ended, outcomes.conclude_if_over)
    with means().work() as work:
        notices.tell_held(work)
    with means().work() as work:
        notes = claims.due_notes(work)
    for note_id in notes:
        offer.sending(note_id)
    if cleared := leftovers.clear(means().settings, means().clock()):
        log.info("cleared", count=cleared)
    offer.notices(told)
    if questions:
        offer.asking()
    offer.documents(pending)
    for upload_id in uploads:
        offer.freezing(upload_id)
    _ran("sweep")


def _ran(name: str) -> None:
    """Notes that a task came to its end; whoever watches the installation sees one that stands still."""
    with means().work() as work:
        figures.ran(work, name)


def _each(what: str, ids: list[int], verb: Callable[[Work, int], object]) -> None:
    """Does one thing at a time in a transaction of its own: whatever is wrong with one must not stop the rest."""
    for identity in ids:
        try:
            with means().work() as work:
                verb(work, identity)
        except Exception:
            log.exception("sweep-failed", what=what, id=identity)


@task("sweeps.offer_due", "sweeps")
def offer_due() -> None:
    """Offers the notes that have something to send at this moment, for instance after a rate held it up."""
    with means().look() as work:
        notes = claims.due_notes(work)
    for note_id in notes:
        offer.sending(note_id)


@task("sweeps.anchor", "sweeps")
def anchor() -> None:
    """Appends the head of the audit log to the anchor file outside the database."""
    with means().work() as work:
        anchors.anchor(work.session, work.now(), work.settings.anchor_file)
    _ran("anchor")
