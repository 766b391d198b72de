"""Notes: submit, list, show; and the steps from state to state."""

from __future__ import annotations

import json
from typing import Any

from flask import request
from sqlalchemy import String, cast, or_, select

import tasks.offer
from web import once
from web.access import allowed, allowed_signed_in
from web.accounts import require_second_factor
from web.api import paging, present
from web.api.door import endpoint
from web.api.schemas import notes as schemas
from web.session import looking, writing
from workflow import models, register
from workflow.errors import Conflict, Invalid
from workflow.operations import approval, dispatch, documents, drafting
from workflow.operations.context import Work, find_note, visible_notes
from workflow.operations.drafting import Submission
from workflow.operations.enclosing import Enclosed
from workflow.permissions import why_not

STEPS = ("complete_translation", "send_back", "approve", "dispatch", "withdraw")
EXAMPLE = {
    "titles": {"en": "Summary of the ninth meeting"},
    "slots": {"meeting": {"kind": "ordinal", "value": 9}},
    "paragraphs": [
        "The Secretariat has the honour to forward herewith the summary of the {meeting} meeting."
    ],
    "enclosures": [{"upload": 7, "titles": {"en": "Summary"}, "language": "en"}],
    "due": "2026-12-04",
}


@endpoint(
    "POST",
    "/notes",
    allowed(actions="submit"),
    tag="Notes",
    body=schemas.NewNote,
    gives=schemas.Note,
    status=201,
    once=True,
    example=EXAMPLE,
)
def submit_note(body: schemas.NewNote) -> schemas.Note:
    """Submit a note: a draft with its enclosures and a version per language of the profile."""
    key = request.headers.get("Idempotency-Key")
    with writing() as work:
        known = once.done(work, key, ["note", body.model_dump(mode="json")])
        if known:
            return present.note(work, find_note(work, int(known.removeprefix("note:"))))
        note = drafting.submit(
            work,
            Submission(
                titles=body.titles,
                kind=body.kind,
                series=body.series,
                number_parts=dict(body.number_parts),
                source_language=body.source_language,
                marking=body.marking,
                slots=body.slots,
                particulars=body.particulars,
                paragraphs=body.paragraphs,
                enclosures=[enclosed(one) for one in body.enclosures],
                due=body.due,
                parent=body.parent,
                concerns=body.concerns,
                relation=body.relation,
            ),
        )
        once.keep(work, key, f"note:{note.id}")
        return present.note(work, note)


def enclosed(one: schemas.Enclose) -> Enclosed:
    """An enclosure as the operation takes it."""
    return Enclosed(
        upload_id=one.upload,
        titles=one.titles,
        language=one.language,
        origin=one.origin,
        standing=one.standing,
    )


@endpoint("GET", "/notes", allowed_signed_in, tag="Notes", query=schemas.Notes, gives=schemas.NoteLines)
def list_notes(query: schemas.Notes) -> dict[str, Any]:
    """List the notes that you may see, the newest first."""
    with looking() as work:
        statement = select(models.Note).where(visible_notes(work.actor))
        if query.state:
            statement = statement.where(models.Note.state == query.state)
        if query.series:
            statement = statement.where(models.Note.series == query.series)
        if query.q and query.q.strip():
            statement = statement.where(_found(query.q.strip()))
        return paging.page(work, statement, models.Note.id, query, present.line, newest_first=True)


def _found(words: str) -> Any:
    """The condition that a note has `words` in its number, reference, subject or a text."""
    # Databases fold the case of Latin letters only; the usual spellings are asked for one by one.
    spellings = {words, words.lower(), words.capitalize(), words.upper()}
    conditions = [models.Note.reference.icontains(words, autoescape=True)]
    entries = select(models.RegisterEntry.note_id).where(
        models.RegisterEntry.key.contains(register.fold(words), autoescape=True)
    )
    conditions.append(models.Note.id.in_(entries))
    for spelling in spellings:
        # Subjects are kept as JSON, with other scripts escaped.
        inside = json.dumps(spelling)[1:-1]
        conditions.append(cast(models.Note.titles, String).icontains(inside, autoescape=True))
        paragraphs = (
            select(models.Paragraph.note_id)
            .join(models.ParagraphText, models.ParagraphText.paragraph_id == models.Paragraph.id)
            .where(models.Paragraph.removed_at.is_(None))
            .where(models.ParagraphText.text.icontains(spelling, autoescape=True))
        )
        conditions.append(models.Note.id.in_(paragraphs))
    return or_(*conditions)


@endpoint("GET", "/notes/<note:note>", allowed_signed_in, tag="Notes", gives=schemas.Note)
def show_note(note: str) -> schemas.Note:
    """Show a note: state, texts, enclosures, addressees, and what you may do with it."""
    with looking() as work:
        return present.note(work, find_note(work, note))


@endpoint(
    "POST",
    "/notes/<note:note>/transitions",
    allowed(actions=STEPS),
    tag="Notes",
    body=schemas.Transition,
    gives=schemas.Note,
    example={
        "action": "approve",
        "revision": 7,
        "digest": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        "number": "TTF/374",
        "date": "2026-11-24",
    },
)
def move_note(note: str, body: schemas.Transition) -> schemas.Note:
    """Move a note to its next state.

    A repeated or stale request is refused with 409 and changes nothing.
    """
    if body.action == "approve":
        require_second_factor(body.otp)
    with writing() as work:
        row = find_note(work, note)
        _step(work, row, body)
        answer = present.note(work, row)
        made = documents.pending(work) if body.action == "approve" else []
    if made:
        tasks.offer.documents(made)
    if body.action == "dispatch":
        tasks.offer.sending(row.id)
    return answer


def _step(work: Work, row: models.Note, body: schemas.Transition) -> None:
    if body.action == "complete_translation":
        refusal = why_not(work.actor, body.action, row.state)
        raise refusal or Conflict(
            "by-itself",
            "Nobody does this: the note becomes translated by itself when its last required version is accepted "
            "and no difference between the versions is open.",
        )
    refusal = why_not(work.actor, body.action, row.state)
    if refusal is not None and refusal.status == 403:
        raise refusal  # Who may not do it at all is not asked for what is missing.
    if body.action == "approve":
        if body.digest is None or body.number is None or body.date is None:
            raise Invalid(
                "approval-incomplete",
                "Send digest, number and date as the preview of the approval showed them.",
            )
        approval.approve(work, row, body.revision, digest=body.digest, number=body.number, day=body.date)
    elif body.action == "dispatch":
        dispatch.dispatch(work, row, body.revision, body.release_at)
    elif body.action == "send_back":
        approval.send_back(work, row, body.revision, body.reason or "")
    else:
        approval.withdraw(work, row, body.revision, body.reason or "")
