"""Silence procedures on a note: start, extend, objections, and the end."""

from __future__ import annotations

from datetime import datetime

from werkzeug.datastructures import FileStorage

from web.access import allowed
from web.api import present
from web.api.door import endpoint
from web.api.files import scan
from web.api.schemas import following as schemas
from web.session import looking, writing
from workflow import models
from workflow.errors import Invalid, Phrase
from workflow.operations import clocks, incoming_objections, objections, outcomes, papers, silence
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


def presented(work: Work, note: models.Note) -> schemas.Procedures:
    """All silence procedures on a note."""
    return schemas.Procedures(items=[_one(work, note, one) for one in silence.procedures_of(work, note)])


def _one(work: Work, note: models.Note, row: models.SilenceProcedure) -> schemas.Procedure:
    running = clocks.running(work, note, row)
    codes = {one.member.id: one.member.code for one in running}
    known = silence.objections_of(work, row)
    extensions = silence.extensions_of(work, row)
    people = present.People(
        work,
        [row.ended_by, *(one.registered_by for one in known), *(one.made_by for one in extensions)],
    )
    notice = work.session.get(models.Note, row.notice_id) if row.notice_id else None
    symbols = {key: one[0] for key, one in incoming_objections.entries_of(work, known).items()}
    waits = [] if row.outcome else silence.waits_for(running, max(work.now(), row.deadline_at))
    return present.plain(  # type: ignore[no-any-return]
        schemas.Procedure,
        row,
        level=row.level.value,
        outcome=row.outcome.value if row.outcome else None,
        ended_by=people.get(row.ended_by),
        notice=notice.name if notice else None,
        waits_for=[one.member.code for one in waits],
        clocks=[
            schemas.StateClock(
                member=one.member.code,
                status=one.status.value,
                reached_at=one.reached_at,
                ends_at=one.ends_at,
                waived=one.waived,
            )
            for one in running
        ],
        extensions=[
            present.plain(schemas.Extension, one, made_by=people.get(one.made_by)) for one in extensions
        ],
        objections=[
            present.plain(
                schemas.Objection,
                one,
                member=codes.get(one.member_id, "?"),
                counts=silence.stands(one),
                incoming=symbols.get(("objection", one.id)),
                withdrawn_incoming=symbols.get(("withdrawal", one.id)),
                registered_by=people.get(one.registered_by),
            )
            for one in known
        ],
    )


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
)
def start_silence(note: str, body: schemas.StartSilence) -> schemas.Procedures:
    """Start a silence procedure; one that has ended may be followed by another."""
    with writing() as work:
        row = find_note(work, note)
        zone = body.zone or work.zone
        deadline = _deadline(body.deadline, zone) if body.deadline else silence.proposed_deadline(work, zone)
        silence.start(work, row, deadline, zone, begins_at=body.begins_at, level=body.level)
        return presented(work, row)


@endpoint(
    "POST",
    f"{SILENCE}/extend",
    allowed(actions="extend_silence"),
    tag="Silence procedures",
    body=schemas.ExtendSilence,
    gives=schemas.Procedures,
)
def extend_silence(note: str, body: schemas.ExtendSilence) -> schemas.Procedures:
    """Move the deadline of the open procedure to a later moment."""
    with writing() as work:
        row = find_note(work, note)
        refusal = why_not(work.actor, "extend_silence", row.state)
        if refusal is not None:
            raise refusal
        zone = silence.open_procedure(work, row).zone
        silence.extend(work, row, _deadline(body.deadline, zone), body.reason)
        return presented(work, row)


@endpoint(
    "POST",
    f"{SILENCE}/objections",
    allowed(actions="register_objection"),
    tag="Silence procedures",
    body=schemas.NewObjection,
    gives=schemas.Procedures,
    status=201,
    form=True,
)
def register_objection(note: str, body: schemas.NewObjection) -> schemas.Procedures:
    """Register the objection of a state, with the file of its note; a late one is kept as late."""
    data = body.file.read()
    with writing() as work:
        row = find_note(work, note)
        sha256, name = _paper(work, row, "register_objection", body.file, data)
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
        return presented(work, row)


@endpoint(
    "POST",
    f"{SILENCE}/objections/take",
    allowed(actions="register_objection"),
    tag="Silence procedures",
    body=schemas.TakenObjection,
    gives=schemas.Procedures,
    status=201,
)
def take_objection(note: str, body: schemas.TakenObjection) -> schemas.Procedures:
    """Register as an objection what stands in the register of incoming papers already."""
    with writing() as work:
        row = find_note(work, note)
        objections.take_objection(work, row, body.incoming, body.received_at, body.remark)
        return presented(work, row)


@endpoint(
    "POST",
    f"{SILENCE}/objections/<row:objection>/withdraw",
    allowed(actions="withdraw_objection"),
    tag="Silence procedures",
    body=schemas.WithdrawObjection,
    gives=schemas.Procedures,
)
def withdraw_objection(note: str, objection: int, body: schemas.WithdrawObjection) -> schemas.Procedures:
    """Register that a state has withdrawn its objection, by word of mouth or by a paper that is registered."""
    with writing() as work:
        row = find_note(work, note)
        objections.withdraw_objection(work, row, objection, body.reason, incoming=body.incoming)
        return presented(work, row)


@endpoint(
    "POST",
    f"{SILENCE}/objections/<row:objection>/withdrawal",
    allowed(actions="withdraw_objection"),
    tag="Silence procedures",
    body=schemas.NewWithdrawal,
    gives=schemas.Procedures,
    status=201,
    form=True,
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
        objections.withdraw_objection(work, row, objection, body.reason, said)
        return presented(work, row)


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
)
def end_silence(note: str, body: schemas.EndSilence) -> schemas.Procedures:
    """End the open procedure: broken by an objection, cancelled, or concluded without some states."""
    with writing() as work:
        row = find_note(work, note)
        outcomes.end(work, row, body.how, body.reason)
        return presented(work, row)
