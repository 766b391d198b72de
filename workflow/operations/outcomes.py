"""The outcome of a silence procedure: once, by the sweep when all time has ended, or by the registry."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select

from workflow.errors import Conflict, Invalid
from workflow.models import Note, SilenceOutcome, SilenceProcedure
from workflow.operations import by_rule, clocks, directory, silence
from workflow.operations.context import Work, begin, note_subject, require_reason


def due(work: Work) -> list[int]:
    """The ids of the open procedures whose deadline has passed."""
    return list(
        work.session.scalars(
            select(SilenceProcedure.id)
            .where(SilenceProcedure.outcome.is_(None), SilenceProcedure.deadline_at <= work.now())
            .order_by(SilenceProcedure.id)
        )
    )


def conclude_if_over(work: Work, procedure_id: int) -> int | None:
    """Computes the outcome of a procedure whose time has ended for all; gives the id of its note.

    The note is locked before its procedure, as whoever extends, objects or ends it does: none of them
    waits for another crosswise, and each sees what the one before it wrote.
    """
    note_id = work.session.scalar(
        select(SilenceProcedure.note_id).where(
            SilenceProcedure.id == procedure_id, SilenceProcedure.outcome.is_(None)
        )
    )
    if note_id is None:
        return None
    note = work.session.get_one(Note, note_id)
    work.session.refresh(note, with_for_update=True)
    procedure = work.session.scalar(
        select(SilenceProcedure)
        .where(
            SilenceProcedure.id == procedure_id,
            SilenceProcedure.outcome.is_(None),
            SilenceProcedure.deadline_at <= work.now(),
        )
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if procedure is None:
        return None
    running = clocks.running(work, note, procedure)
    if silence.waits_for(running, work.now()):
        return None
    silence.judge(work, procedure, running)
    _conclude(work, note, procedure, computed(work, procedure))
    return note.id


def sweep(work: Work) -> list[int]:
    """Computes every outcome that is due in one transaction; gives the ids of the notes."""
    found = [conclude_if_over(work, procedure_id) for procedure_id in due(work)]
    return [note_id for note_id in found if note_id is not None]


def computed(work: Work, procedure: SilenceProcedure) -> SilenceOutcome:
    """What the objections that stand make of it."""
    standing = any(silence.stands(one) for one in silence.objections_of(work, procedure))
    return SilenceOutcome.OBJECTED if standing else SilenceOutcome.ADOPTED


def end(work: Work, note: Note, how: str, reason: str) -> SilenceProcedure:
    """Ends the open procedure by a person.

    `broken`: before the deadline, because of an objection that stands.  `cancelled`: called off, without
    a notice.  `concluded`: after the deadline, although some states were never reached or have time
    left; the reason says why, and the outcome follows from the objections.
    """
    begin(work, note, "end_silence", reason=reason)
    text = require_reason(reason)
    procedure = silence.open_procedure(work, note)
    now = work.now()
    running = clocks.running(work, note, procedure)
    silence.judge(work, procedure, running)
    if how == "broken":
        if computed(work, procedure) is not SilenceOutcome.OBJECTED:
            raise Conflict(
                "no-objection", "No objection stands, so silence is not broken. Register the objection first."
            )
        outcome = SilenceOutcome.BROKEN if now < procedure.deadline_at else SilenceOutcome.OBJECTED
    elif how == "cancelled":
        outcome = SilenceOutcome.CANCELLED
    elif how == "concluded":
        if now < procedure.deadline_at:
            raise Conflict(
                "silence-runs", "The deadline has not passed. Wait for it, or call the procedure off."
            )
        outcome = computed(work, procedure)
        procedure_waits = silence.waits_for(running, now)
        if procedure_waits:
            codes = ", ".join(one.member.code for one in procedure_waits)
            _conclude(work, note, procedure, outcome, text, waived=f"{codes}: {text}")
            return procedure
    else:
        raise Invalid(
            "silence-end",
            "A procedure ends as %(known)s, not as “%(how)s”.",
            known="broken, cancelled, concluded",
            how=how,
        )
    _conclude(work, note, procedure, outcome, text)
    return procedure


def _conclude(
    work: Work,
    note: Note,
    procedure: SilenceProcedure,
    outcome: SilenceOutcome,
    reason: str | None = None,
    waived: str | None = None,
) -> None:
    """Writes the outcome, and drafts the notice of it for the registry."""
    procedure.outcome, procedure.ended_at = outcome, work.now()
    procedure.ended_by, procedure.ended_reason = work.actor.id or None, reason
    procedure.waived_reason = waived
    work.session.flush()
    drafted = None
    if outcome is not SilenceOutcome.CANCELLED:
        drafted = _notice(work, note, procedure, outcome)
        procedure.notice_id = drafted.id if drafted else None
    work.log(
        "silence_outcome",
        note_subject(note),
        procedure=procedure.number,
        outcome=outcome.value,
        draft=drafted.reference if drafted else None,
        reason=reason or "",
    )


def _notice(work: Work, note: Note, procedure: SilenceProcedure, outcome: SilenceOutcome) -> Note | None:
    """The draft of the notice; None where nobody is left to be told, since the outcome stands all the same."""
    try:
        with work.session.begin_nested():
            return by_rule.draft_outcome(
                work,
                note,
                outcome.value,
                procedure.started_by,
                by_rule.deadline_words(work, procedure.deadline_at, procedure.zone),
                _objections(work, note, procedure),
            )
    except Invalid as refusal:
        if refusal.code != "no-addressee-left":
            raise
        return None


def _objections(work: Work, note: Note, procedure: SilenceProcedure) -> dict[str, str]:
    """The objections that stand, in each language of the organisation."""
    assert note.approval is not None  # It is dispatched.
    standing = [one for one in silence.objections_of(work, procedure) if silence.stands(one)]
    members = {one.member.id: one.member for one in clocks.running(work, note, procedure)}
    found = {}
    for code in work.profile.languages:
        found[code] = "; ".join(
            by_rule.objection_words(
                work,
                code,
                directory.name_of(members[one.member_id], code, note.approval.dated),
                one.reference,
                one.dated,
            )
            for one in standing
        )
    return found


def waiting(work: Work) -> list[tuple[Note, SilenceProcedure]]:
    """The open procedures, the next deadline first."""
    rows = work.session.execute(
        select(Note, SilenceProcedure)
        .join(SilenceProcedure, SilenceProcedure.note_id == Note.id)
        .where(SilenceProcedure.outcome.is_(None))
        .order_by(SilenceProcedure.deadline_at, SilenceProcedure.id)
    ).all()
    return [(note, procedure) for note, procedure in rows]


def is_near(procedure: SilenceProcedure, work: Work, within: timedelta) -> bool:
    """Whether the deadline is nearer than `within`, or has passed."""
    return procedure.deadline_at - work.now() <= within
