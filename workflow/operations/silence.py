"""A silence procedure on a note: its clock, extensions, objections, and the outcome at its end.

The common deadline is a moment that was given by the clocks of a zone.  For a state the time counts only
from the receipt that the procedure asks for: a state that came to it on the day of the start has the
common deadline; one that came to it days later has as many days, to the same hour of the same clocks.
The day of receipt is not counted, so that minutes in the mail make no difference.

The sweep computes the outcome once, when the time of every state has ended.  While a state was never
reached there is none: the registry extends, or ends the procedure with a reason.  Nothing is sent: the
outcome makes a draft for the registry.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select

from workflow.errors import Conflict, Invalid
from workflow.letters.follow_up import LEVELS
from workflow.models import (
    Note,
    SilenceExtension,
    SilenceObjection,
    SilenceProcedure,
)
from workflow.operations import clocks, lineage, succession
from workflow.operations.clocks import Running
from workflow.operations.context import Work, begin, note_subject, require_reason
from workflow.states import MemberStatus

LONGEST = timedelta(days=400)


def zone_of(name: str) -> ZoneInfo:
    """The IANA time zone of this name; raises Invalid."""
    try:
        return ZoneInfo(name)
    except (OSError, ValueError, KeyError):
        raise Invalid(
            "no-such-zone", "“%(name)s” is no time zone. Write one such as Asia/Almaty.", name=name
        ) from None


def moment_in(local: datetime, zone: str) -> datetime:
    """The moment at which the clocks of `zone` show `local`.

    Of an hour that comes twice it is the second, so that nobody loses time; an hour that the clocks
    skip is refused (Invalid), since nobody could say when it was.
    """
    place = zone_of(zone)
    moment = local.replace(tzinfo=place, fold=1)
    back = moment.astimezone(ZoneInfo("UTC")).astimezone(place)
    if back.replace(tzinfo=None) != local.replace(tzinfo=None):
        raise Invalid(
            "no-such-hour",
            "The clocks of %(zone)s skip %(time)s on that day. Choose another hour.",
            zone=zone,
            time=f"{local:%H:%M}",
        )
    return moment


def procedures_of(work: Work, note: Note) -> Sequence[SilenceProcedure]:
    """The silence procedures of a note, the latest first."""
    return work.session.scalars(
        select(SilenceProcedure)
        .where(SilenceProcedure.note_id == note.id)
        .order_by(SilenceProcedure.number.desc())
    ).all()


def objections_of(work: Work, procedure: SilenceProcedure) -> Sequence[SilenceObjection]:
    """The objections to a procedure, in the order in which they came."""
    return work.session.scalars(
        select(SilenceObjection)
        .where(SilenceObjection.procedure_id == procedure.id)
        .order_by(SilenceObjection.received_at, SilenceObjection.id)
    ).all()


def extensions_of(work: Work, procedure: SilenceProcedure) -> Sequence[SilenceExtension]:
    """The extensions of a procedure, oldest first."""
    return work.session.scalars(
        select(SilenceExtension)
        .where(SilenceExtension.procedure_id == procedure.id)
        .order_by(SilenceExtension.id)
    ).all()


def stands(objection: SilenceObjection) -> bool:
    """Whether an objection counts: it came in time and was not withdrawn."""
    return not objection.late and objection.withdrawn_at is None


def proposed_deadline(work: Work, zone: str = "") -> datetime:
    """The deadline that the profile's ordinary length gives from now, by the clocks of `zone`.

    Where that day is one of the organisation's days off, it is the next working day.
    """
    place = zone_of(zone or work.zone)
    day = work.now().astimezone(place).date() + timedelta(days=work.profile.follow_up.silence.days)
    return moment_in(datetime.combine(work.profile.working_days.next(day), time(18)), zone or work.zone)


def start(
    work: Work,
    note: Note,
    deadline: datetime,
    zone: str = "",
    *,
    begins_at: datetime | None = None,
    level: str = "",
) -> SilenceProcedure:
    """Starts a silence procedure; a note on which one has ended may have another one.

    `deadline` is an aware moment, shown by the clocks of `zone` (else the organisation's).
    """
    begin(work, note, "start_silence")
    zone = zone or work.zone
    zone_of(zone)
    level = level or work.profile.follow_up.silence.level
    if level not in LEVELS:
        raise Invalid(
            "silence-level",
            "The clock may run from one of %(known)s, not from “%(level)s”.",
            known=", ".join(LEVELS),
            level=level,
        )
    begins = begins_at or max(work.now(), note.release_at or work.now())
    if note.release_at is not None and begins < note.release_at:
        raise Invalid("silence-early", "The procedure cannot begin before the note goes out.")
    _check_deadline(work, begins, deadline)
    _require_current(work, note)
    earlier = procedures_of(work, note)
    if earlier and earlier[0].outcome is None:
        raise Conflict("silence-open", "A silence procedure on this note is under way. End it first.")
    procedure = SilenceProcedure(
        note_id=note.id,
        number=len(earlier) + 1,
        level=MemberStatus(level),
        zone=zone,
        begins_at=begins,
        deadline_at=deadline,
        started_by=work.actor.id,
        started_at=work.now(),
    )
    work.session.add(procedure)
    work.session.flush()
    work.log(
        "start_silence",
        note_subject(note),
        procedure=procedure.number,
        deadline=deadline.isoformat(),
        zone=zone,
        level=level,
    )
    return procedure


def _require_current(work: Work, note: Note) -> None:
    """Raises Conflict where the text was withdrawn or replaced: nobody is asked about that any more."""
    succession.require_standing(work, note)
    ended = lineage.ending_of(work, note)
    if ended is not None:
        raise Conflict(
            "silence-replaced",
            "%(note)s was replaced by %(by)s. Start the procedure on %(last)s.",
            note=note.name,
            by=ended.name,
            last=lineage.last_of(work, ended).name,
        )


def extend(work: Work, note: Note, deadline: datetime, reason: str) -> SilenceProcedure:
    """Moves the deadline of the open procedure to a later moment; an objection that was late may be in time."""
    begin(work, note, "extend_silence", reason=reason)
    procedure = open_procedure(work, note)
    if deadline <= procedure.deadline_at:
        raise Invalid("silence-not-later", "The new deadline is not later than the one of now.")
    _check_deadline(work, procedure.begins_at, deadline)
    work.session.add(
        SilenceExtension(
            procedure_id=procedure.id,
            before_at=procedure.deadline_at,
            deadline_at=deadline,
            reason=require_reason(reason),
            made_by=work.actor.id,
            made_at=work.now(),
        )
    )
    procedure.deadline_at = deadline
    work.session.flush()
    judge(work, procedure, clocks.running(work, note, procedure))
    work.log(
        "extend_silence",
        note_subject(note),
        procedure=procedure.number,
        deadline=deadline.isoformat(),
        reason=reason,
    )
    return procedure


def judge(work: Work, procedure: SilenceProcedure, running: Sequence[Running]) -> None:
    """Says anew which objections to an open procedure came in time.

    The time of a state may have moved since its objection was registered: by an extension, or because
    a report that came late says when the note reached it, or that it never did.
    """
    ends = {one.member.id: one.ends_at for one in running}
    for objection in objections_of(work, procedure):
        objection.late = is_late(objection.received_at, ends.get(objection.member_id))
    work.session.flush()


def is_late(received_at: datetime, ends_at: datetime | None) -> bool:
    """Whether something came after a state's time; a state that was never reached is never late."""
    return ends_at is not None and received_at > ends_at


def _check_deadline(work: Work, begins: datetime, deadline: datetime) -> None:
    if deadline <= max(begins, work.now()):
        raise Invalid("silence-deadline", "The deadline has to lie after the beginning, and in the future.")
    if deadline - begins > LONGEST:
        raise Invalid("silence-long", "A silence procedure lasts at most 400 days.")


def open_procedure(work: Work, note: Note) -> SilenceProcedure:
    """The open procedure, locked; raises Conflict where there is none."""
    procedure = work.session.scalar(
        select(SilenceProcedure)
        .where(SilenceProcedure.note_id == note.id, SilenceProcedure.outcome.is_(None))
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if procedure is None:
        raise Conflict("no-silence-open", "No silence procedure on this note is under way.")
    return procedure


def waits_for(clocks_: Sequence[Running], now: datetime) -> list[Running]:
    """The states whose time has not ended: never reached, or reached late."""
    return [one for one in clocks_ if not one.waived and (one.ends_at is None or one.ends_at > now)]
