"""The register of incoming papers: the list, one entry, its files, and registering."""

from __future__ import annotations

import re
from typing import Any

from flask import request
from werkzeug.wrappers import Response

from web import once
from web.access import allowed, allowed_signed_in
from web.api import paging, present
from web.api.door import endpoint
from web.api.schemas import incoming as schemas
from web.pages import _files, _incoming
from web.pages._incoming_query import Query, statement
from web.session import looking, writing
from workflow import models
from workflow.errors import NotFound
from workflow.operations import incoming, incoming_acts, incoming_sources
from workflow.operations.context import Work, begin_office
from workflow.operations.incoming import Duty
from workflow.operations.incoming_files import File
from workflow.operations.incoming_papers import Paper
from workflow.store import sha256

ONE = "/incoming/<row:entry>"
TAG = "Incoming papers"


def present_entry(work: Work, entry: models.IncomingEntry) -> schemas.Incoming:
    """An entry whole, as the person who asks may see it."""
    papers = incoming.reads_papers(work.actor, entry)
    corrections = incoming_acts.corrections_of(work, entry) if papers else []
    people = present.People(
        work,
        [
            entry.registered_by, entry.assigned_to, entry.settled_by, entry.cancelled_by,
            *(row.made_by for row, _ in corrections),
        ],
    )  # fmt: skip
    answer = work.session.get(models.Note, entry.answer_id) if entry.answer_id and papers else None
    return schemas.Incoming(
        **_line(work, entry, people).model_dump(),
        registered_by=people.get(entry.registered_by),
        papers=papers,
        writer=incoming_acts.contact_words(work, entry) if papers else None,
        contact=entry.contact_id if papers else None,
        summary=entry.summary if papers else None,
        files=[
            schemas.IncomingFile(
                id=one.id,
                filename=one.filename,
                size=one.size,
                sha256=one.sha256,
                there=work.store.has(one.sha256),
                added_at=one.added_at,
            )
            for one in (entry.files if papers else ())
        ],
        corrections=[
            schemas.IncomingCorrection(
                reason=row.reason,
                by=people.get(row.made_by),
                at=row.made_at,
                changes=[schemas.IncomingChange.model_validate(one) for one in changes],
            )
            for row, changes in corrections
        ],
        assigned_at=entry.assigned_at,
        settled_at=entry.settled_at,
        settled_by=people.get(entry.settled_by),
        settled_remark=entry.settled_remark if papers else None,
        answer=answer.reference if answer else None,
        cancelled_at=entry.cancelled_at,
        cancelled_by=people.get(entry.cancelled_by),
        returned=entry.returned_id,
        objection=entry.objection_id,
        withdraws=entry.withdraws_id,
        erased=entry.erasure_id is not None,
    )


def _line(
    work: Work, entry: models.IncomingEntry, people: present.People | None = None
) -> schemas.IncomingLine:
    member = work.session.get(models.Member, entry.member_id) if entry.member_id else None
    people = people or present.People(work, [entry.assigned_to])
    return schemas.IncomingLine(
        id=entry.id,
        number=entry.symbol,
        year=entry.year,
        serial=entry.serial,
        kind=entry.kind.value,
        channel=entry.channel.value if entry.channel else None,
        received_on=entry.received_on,
        member=member.code if member else None,
        party=entry.party,
        reference=entry.reference,
        dated=entry.dated,
        language=entry.language,
        subject=entry.subject,
        marking=entry.marking,
        notes=[note.reference for note in _incoming.linked_to(work, entry)],
        status=entry.status,  # type: ignore[arg-type]
        assigned_to=people.get(entry.assigned_to),
        due=entry.due,
        revision=entry.revision,
        registered_at=entry.registered_at,
        cancelled_reason=entry.cancelled_reason,
    )


@endpoint(
    "GET", "/incoming", allowed_signed_in, tag=TAG, query=schemas.IncomingQuery, gives=schemas.IncomingLines
)
def list_incoming(query: schemas.IncomingQuery) -> dict[str, Any]:
    """List the incoming papers that you may see, the newest first, cancelled ones too."""
    with looking() as work:
        asked = Query(query.q.strip(), query.year, query.member.strip().upper(), query.kind, query.status)
        return paging.page(
            work,
            statement(work, asked),
            models.IncomingEntry.id,
            query,
            lambda one: _line(work, one),
            newest_first=True,
        )


@endpoint(
    "GET",
    "/incoming/continuity",
    allowed(actions="read_register"),
    tag=TAG,
    query=schemas.YearQuery,
    gives=schemas.IncomingContinuity,
)
def show_incoming_continuity(query: schemas.YearQuery) -> schemas.IncomingContinuity:
    """Show whether a year has a gap: its first and last number, how many there are, how many are cancelled."""
    with looking() as work:
        found = _incoming.continuity(work, query.year)
        return schemas.IncomingContinuity(
            year=query.year,
            first=found.first if found else None,
            last=found.last if found else None,
            numbers=found.numbers if found else 0,
            cancelled=found.cancelled if found else 0,
            gaps=list(found.gaps) if found else [],
        )


@endpoint(
    "POST",
    "/incoming",
    allowed(actions="register_incoming"),
    tag=TAG,
    body=schemas.NewIncoming,
    gives=schemas.Incoming,
    status=201,
    form=True,
    once=True,
)
def register_incoming(body: schemas.NewIncoming) -> schemas.Incoming:
    """Register a paper under the next number of the incoming register.

    409 `incoming-twice` names the entry that it is likely the same as; `confirm` registers it all the same.
    """
    key = request.headers.get("Idempotency-Key")
    with writing() as work:
        begin_office(work, "register_incoming")
        files = files_sent(work)
        said = body.model_dump(mode="json", exclude={"file"})
        known = once.done(work, key, ["incoming", said, *(sha256(one.data) for one in files)])
        if known:
            return present_entry(work, incoming.find_entry(work, int(known.partition(":")[2])))
        paper = Paper(
            **body.model_dump(exclude={"file", "notes", "assignee", "due", "filed", "confirm"}),
            notes=tuple(one for one in re.split(r"[;\n]", body.notes) if one.strip()),
        )
        duty = Duty(body.assignee, body.due, body.filed)
        entry = incoming.register(work, paper, files, duty=duty, confirmed=body.confirm)
        once.keep(work, key, f"incoming:{entry.id}")
        return present_entry(work, entry)


def files_sent(work: Work) -> list[File]:
    """The files of the request's field `file`, which may come several times."""
    return [File(one.name, one.data) for one in _files.several("file", work.settings.upload_bytes)]


@endpoint("GET", ONE, allowed_signed_in, tag=TAG, gives=schemas.Incoming)
def show_incoming(entry: int) -> schemas.Incoming:
    """Show an incoming paper."""
    with looking() as work:
        return present_entry(work, incoming.find_entry(work, entry))


@endpoint("GET", f"{ONE}/files/<row:file>", allowed_signed_in, tag=TAG, media="application/octet-stream")
def download_incoming(entry: int, file: int) -> Response:
    """Download a file of an incoming paper as it came."""
    with looking() as work:
        row = incoming.find_file(work, incoming.find_entry(work, entry), file)
        return _files.download(work.store.get(row.sha256), row.filename)


@endpoint(
    "POST",
    "/returned/<row:message>/register",
    allowed(actions="register_incoming"),
    tag=TAG,
    body=schemas.RegisterReturned,
    gives=schemas.Incoming,
    status=201,
    example={"reference": "11-2/345"},
)
def register_returned(message: int, body: schemas.RegisterReturned) -> schemas.Incoming:
    """Register a returned message as an incoming paper, with the message itself as its file.

    Sender, date, subject, note and contact are the message's where they are not given. What waited
    for a person is settled. 409 `incoming-known` where it is registered already.
    """
    with writing() as work:
        begin_office(work, "register_incoming")
        row = work.session.get(models.ReturnedMessage, message)
        if row is None:
            raise NotFound("no-such-message", "There is no returned message %(id)s.", id=message)
        duty = Duty(body.assignee, body.due, body.filed)
        given = changes(body, exclude={"assignee", "due", "filed", "confirm"})
        entry = incoming_sources.register_returned(work, row, given, duty=duty, confirmed=body.confirm)
        return present_entry(work, entry)


def changes(body: schemas.PaperChange, exclude: set[str]) -> dict[str, Any]:
    """The fields of a paper that a body says anew."""
    given = body.model_dump(exclude_unset=True, exclude=exclude)
    empty = {"dated", "contact"}
    found = {name: value for name, value in given.items() if value is not None or name in empty}
    return {**found, "notes": tuple(found["notes"])} if "notes" in found else found
