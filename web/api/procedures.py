"""Silence procedures as the API gives them: the time of every state, extensions, objections, the outcome."""

from __future__ import annotations

from web.api import present
from web.api.schemas import following as schemas
from workflow import models
from workflow.operations import clocks, incoming_objections, silence
from workflow.operations.context import Work


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
