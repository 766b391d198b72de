"""Silence procedures on a note: start, extend, objections, and the end."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from flask import request
from werkzeug.datastructures import FileStorage

from web import once
from web.access import allowed
from web.api.door import endpoint
from web.api.files import scan
from web.api.procedures import presented
from web.api.schemas import following as schemas
from web.session import looking, writing
from workflow import models
from workflow.errors import Invalid, Phrase
from workflow.operations import objections, outcomes, papers, silence
from workflow.operations.context import Work, find_note
from workflow.permissions import why_not
from workflow.states import Role

SILENCE = "/notes/<note:note>/silence"
READERS = allowed(Role.REGISTRY, Role.DIRECTOR, actions="dispatch")


def _deadline(text: str, zone: str) -> datetime:
    """The moment that `text` names: with its offset, or by the clocks of `zone`."""
    try:
        given = datetime.fromisoformat(text)
    except ValueError:
        raise Invalid(
            "silence-deadline-form",
            "“%(text)s” is no date and hour. Write it as 2026-06-26T18:00.",
            text=text,
        ) from None
    if not 2000 <= given.year <= 2100:
        raise Invalid("silence-deadline-form", "“%(text)s” lies outside the years 2000 to 2100.", text=text)
    return given if given.tzinfo is not None else silence.moment_in(given, zone)


def _once(
    work: Work, note: models.Note, said: Sequence[object], verb: Callable[[], object]
) -> schemas.Procedures:
    """Does an act once for a key of the request; a repeated one gives the procedures as they stand."""
    key = request.headers.get("Idempotency-Key")
    if once.done(work, key, ["silence", note.id, *said]) is None:
        verb()
        once.keep(work, key, f"note:{note.id}")
    return presented(work, note)


@endpoint("GET", SILENCE, READERS, tag="Silence procedures", gives=schemas.Procedures)
def list_silence(note: str) -> schemas.Procedures:
    """List the silence procedures on a note, the latest first, with the time of every state."""
    with looking() as work:
        return presented(work, find_note(work, note))


@endpoint(
    "POST",
    SILENCE,
    allowed(actions="start_silence"),
    tag="Silence procedures",
    body=schemas.StartSilence,
    gives=schemas.Procedures,
    example={"deadline": "2026-06-26T18:00", "zone": "Asia/Almaty", "level": "reached"},
    once=True,
)
def start_silence(note: str, body: schemas.StartSilence) -> schemas.Procedures:
    """Start a silence procedure; one that has ended may be followed by another."""
    with writing() as work:
        row = find_note(work, note)
        zone = body.zone or work.zone

        def verb() -> None:
            end = _deadline(body.deadline, zone) if body.deadline else silence.proposed_deadline(work, zone)
            silence.start(work, row, end, zone, begins_at=body.begins_at, level=body.level)

        return _once(work, row, ["start", body.model_dump(mode="json")], verb)


@endpoint(
    "POST",
    f"{SILENCE}/extend",
    allowed(actions="extend_silence"),
    tag="Silence procedures",
    body=schemas.ExtendSilence,
    gives=schemas.Procedures,
    once=True,
)
def extend_silence(note: str, body: schemas.ExtendSilence) -> schemas.Procedures:
    """Move the deadline of the open procedure to a later moment."""
    with writing() as work:
        row = find_note(work, note)
        refusal = why_not(work.actor, "extend_silence", row.state)
        if refusal is not None:
            raise refusal

        def verb() -> None:
            zone = silence.open_procedure(work, row).zone
            silence.extend(work, row, _deadline(body.deadline, zone), body.reason)

        return _once(work, row, ["extend", body.model_dump(mode="json")], verb)


@endpoint(
    "POST",
    f"{SILENCE}/objections",
    allowed(actions="register_objection"),
    tag="Silence procedures",
    body=schemas.NewObjection,
    gives=schemas.Procedures,
    status=201,
    form=True,
    once=True,
)
def register_objection(note: str, body: schemas.NewObjection) -> schemas.Procedures:
    """Register the objection of a state, with the file of its note; a late one is kept as late."""
    data = body.file.read()
    with writing() as work:
        row = find_note(work, note)
        sha256, name = _paper(work, row, "register_objection", body.file, data)
        said = body.model_dump(mode="json", exclude={"file"})

        def verb() -> None:
            objections.register_objection(
                work,
                row,
                body.member,
                objections.Objection(
                    body.reference,
                    body.dated,
                    body.received_at or work.now(),
                    sha256,
                    name,
                    body.remark,
                    body.channel,
                ),
            )

        return _once(work, row, ["object", said, sha256], verb)


@endpoint(
    "POST",
    f"{SILENCE}/objections/take",
    allowed(actions="register_objection"),
    tag="Silence procedures",
    body=schemas.TakenObjection,
    gives=schemas.Procedures,
    status=201,
    once=True,
)
def take_objection(note: str, body: schemas.TakenObjection) -> schemas.Procedures:
    """Register as an objection what stands in the register of incoming papers already."""
    with writing() as work:
        row = find_note(work, note)
        return _once(
            work,
            row,
            ["take", body.model_dump(mode="json")],
            lambda: objections.take_objection(work, row, body.incoming, body.received_at, body.remark),
        )


@endpoint(
    "POST",
    f"{SILENCE}/objections/<row:objection>/withdraw",
    allowed(actions="withdraw_objection"),
    tag="Silence procedures",
    body=schemas.WithdrawObjection,
    gives=schemas.Procedures,
    once=True,
)
def withdraw_objection(note: str, objection: int, body: schemas.WithdrawObjection) -> schemas.Procedures:
    """Register that a state has withdrawn its objection, by word of mouth or by a paper that is registered."""
    with writing() as work:
        row = find_note(work, note)
        return _once(
            work,
            row,
            ["withdraw", objection, body.model_dump(mode="json")],
            lambda: objections.withdraw_objection(work, row, objection, body.reason, incoming=body.incoming),
        )


@endpoint(
    "POST",
    f"{SILENCE}/objections/<row:objection>/withdrawal",
    allowed(actions="withdraw_objection"),
    tag="Silence procedures",
    body=schemas.NewWithdrawal,
    gives=schemas.Procedures,
    status=201,
    form=True,
    once=True,
)
def register_withdrawal(note: str, objection: int, body: schemas.NewWithdrawal) -> schemas.Procedures:
    """Register that a state has withdrawn its objection, with the file of its note."""
    data = body.file.read()
    with writing() as work:
        row = find_note(work, note)
        said = objections.Withdrawal(
            *_paper(work, row, "withdraw_objection", body.file, data),
            body.reference,
            body.dated,
            body.received_on,
            body.channel,
        )
        return _once(
            work,
            row,
            ["withdrawal", objection, body.model_dump(mode="json", exclude={"file"}), said.sha256],
            lambda: objections.withdraw_objection(work, row, objection, body.reason, said),
        )


def _paper(work: Work, note: models.Note, act: str, file: FileStorage, data: bytes) -> tuple[str, str]:
    """The digest and name of a state's paper, once it may be kept; nothing is kept of one that may not."""
    refusal = why_not(work.actor, act, note.state)
    if refusal is not None:
        raise refusal
    name = scan(work, file, data, "objection-file", Phrase("Add the file of the state's note."), mail=True)
    papers.require(work, name, data)
    return work.store.put(data), name


@endpoint(
    "POST",
    f"{SILENCE}/end",
    allowed(actions="end_silence"),
    tag="Silence procedures",
    body=schemas.EndSilence,
    gives=schemas.Procedures,
    once=True,
)
def end_silence(note: str, body: schemas.EndSilence) -> schemas.Procedures:
    """End the open procedure: broken by an objection, cancelled, or concluded without some states."""
    with writing() as work:
        row = find_note(work, note)
        return _once(
            work,
            row,
            ["end", body.model_dump(mode="json")],
            lambda: outcomes.end(work, row, body.how, body.reason),
        )
