"""A silence procedure as it reads: times by its own zone, the time of every state, what happened."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from flask_babel import gettext

from web.formats import quoted, write_moment
from web.pages._lines import line, note_day, reader
from web.problems import said
from web.views.following import ClockRow, ObjectionRow, ProcedureView
from web.views.parts import Event
from web.views.words import STATUSES
from workflow.errors import Phrase
from workflow.models import Note, SilenceProcedure
from workflow.operations import by_rule, clocks, directory, incoming_objections, lineage, silence
from workflow.operations.context import Work
from workflow.permissions import may

# How many states a sentence names; the table below has all of them.
MOST_NAMED = 12


def level_words(level: str) -> str:
    """From which receipt the time of a state runs."""
    return {
        "in_transit": gettext("when our relay has taken the note"),
        "reached": gettext("when a report says that it arrived"),
        "downloaded": gettext("when it was downloaded"),
        "acknowledged": gettext("when receipt was acknowledged"),
    }.get(level, level)


def moment_words(moment: datetime, zone: str) -> str:
    """A moment by the clocks of a procedure's zone, with the offset that holds there and then."""
    local = moment.astimezone(ZoneInfo(zone))
    return f"{write_moment(moment, zone)} ({by_rule.offset(local)})"


def view(work: Work, note: Note, row: SilenceProcedure, people: dict[int, str]) -> ProcedureView:
    """One procedure with the time of every state, its objections, and what happened."""
    language, day, now = reader(work.profile), note_day(work, note), work.now()
    running = clocks.running(work, note, row)
    shown = {one.member.id: directory.name_of(one.member, language, day) for one in running}
    codes = {one.member.id: one.member.code for one in running}
    key = work.profile.sort_key(language)
    # Whoever is not reached stands first: that is what somebody has to do something about.
    running.sort(key=lambda one: (one.reached_at is not None or one.waived, key(shown[one.member.id])))
    objections = silence.objections_of(work, row)
    entries = incoming_objections.entries_of(work, objections)
    waits = [] if row.outcome else silence.waits_for(running, max(now, row.deadline_at))
    status = row.outcome.value if row.outcome else "waiting" if row.deadline_at <= now else "running"
    notice = work.session.get(Note, row.notice_id) if row.notice_id else None
    return ProcedureView(
        number=row.number,
        status=status,
        begins=moment_words(row.begins_at, row.zone),
        deadline=moment_words(row.deadline_at, row.zone),
        zone=row.zone,
        level=level_words(row.level.value),
        clocks=tuple(
            ClockRow(
                one.member.code,
                shown[one.member.id],
                "waived" if one.waived else one.status.value,
                _time(one, row, now),
                one.reached_at,
                moment_words(one.ends_at, row.zone) if one.ends_at else "",
            )
            for one in running
        ),
        objections=tuple(
            ObjectionRow(
                key=str(one.id),
                code=codes.get(one.member_id, "?"),
                name=shown.get(one.member_id, ""),
                reference=one.reference,
                dated=one.dated,
                received=moment_words(one.received_at, row.zone),
                status="withdrawn" if one.withdrawn_at else "late" if one.late else "counts",
                remark=one.remark,
                withdrawn=Event(
                    one.withdrawn_reason or "", one.withdrawn_at, people.get(one.withdrawn_by or 0, "")
                )
                if one.withdrawn_at
                else None,
                may_withdraw=one.withdrawn_at is None
                and row.outcome is None
                and may(work.actor, "withdraw_objection", note.state),
                incoming=entries.get(("objection", one.id)),
                withdrawal=entries.get(("withdrawal", one.id)),
            )
            for one in objections
        ),
        events=tuple(_events(work, row, people)),
        waits=tuple(shown[one.member.id] for one in waits[:MOST_NAMED]),
        waits_more=max(0, len(waits) - MOST_NAMED),
        unreached=sum(one.reached_at is None and not one.waived for one in running),
        day_off=row.outcome is None
        and work.profile.working_days.is_off(row.deadline_at.astimezone(ZoneInfo(row.zone)).date()),
        corrected=tuple(
            line(work, one)
            for one in lineage.successors_of(work, note)
            if one.relation in lineage.AMENDMENTS
            and one.release_at is not None
            and one.release_at >= row.begins_at
            and (row.ended_at is None or one.release_at <= row.ended_at)
        ),
        notice=line(work, notice) if notice else None,
        waived=row.waived_reason or "",
        doubt=row.outcome is not None
        and row.outcome.value == "adopted"
        and any(silence.stands(one) for one in objections),
    )


def _time(one: clocks.Running, row: SilenceProcedure, now: datetime) -> str:
    if one.waived:
        return "waived"
    if one.ends_at is None:
        return "unreached"
    return "time_over" if one.ends_at <= now or row.outcome else "time_runs"


def _events(work: Work, row: SilenceProcedure, people: dict[int, str]) -> list[Event]:
    """What happened to the procedure, in order."""
    found = [
        Event(
            gettext("to end %(when)s", when=moment_words(_first_deadline(work, row), row.zone)),
            row.started_at,
            people.get(row.started_by, ""),
            head=gettext("Begun,"),
        )
    ]
    for one in silence.extensions_of(work, row):
        found.append(
            Event(
                f"{moment_words(one.deadline_at, row.zone)}. {quoted(one.reason)}",
                one.made_at,
                people.get(one.made_by, ""),
                head=gettext("Extended to"),
            )
        )
    if row.outcome is not None:
        found.append(
            Event(
                _reason(row.ended_reason),
                row.ended_at,
                people.get(row.ended_by or 0, ""),
                tone="done" if row.outcome.value == "adopted" else "stop",
                head=gettext(STATUSES[row.outcome.value].word) + ".",
            )
        )
    return found


def _reason(reason: str | None) -> str:
    """Why a procedure ended: a person's own words stand in quotation marks."""
    return str(said(reason)) if isinstance(reason, Phrase) else quoted(reason or "")


def _first_deadline(work: Work, row: SilenceProcedure) -> datetime:
    moved = silence.extensions_of(work, row)
    return moved[0].before_at if moved else row.deadline_at
