"""A dispatch as a whole, and what of the post needs a person."""

from __future__ import annotations

from collections.abc import Callable

import tasks.offer
from web.access import allowed
from web.api.door import endpoint
from web.api.schemas import post as schemas
from web.api.schemas.common import Why
from web.problems import said
from web.session import looking, writing
from workflow import models
from workflow.operations import halting, posting, trouble
from workflow.operations.context import Work, find_note
from workflow.states import Role

DELIVERIES = "/notes/<note:note>/deliveries"


def _act(
    note: str, verb: Callable[[Work, models.Note], halting.Halted], *, sends: bool = False
) -> schemas.Halted:
    with writing() as work:
        row = find_note(work, note)
        done = verb(work, row)
        identity, revision = row.id, row.revision
    if sends:
        tasks.offer.sending(identity)
    return schemas.Halted(moved=done.moved, on_the_wire=done.on_the_wire, revision=revision)


@endpoint(
    "POST",
    f"{DELIVERIES}/hold",
    allowed(actions="hold_delivery"),
    tag="Deliveries",
    body=Why,
    gives=schemas.Halted,
)
def hold_deliveries(note: str, body: Why) -> schemas.Halted:
    """Stop a running dispatch: nothing more is sent until it goes on."""
    return _act(note, lambda work, row: halting.hold_all(work, row, body.reason))


@endpoint(
    "POST",
    f"{DELIVERIES}/resume",
    allowed(actions="resume_delivery"),
    tag="Deliveries",
    body=Why,
    gives=schemas.Halted,
)
def resume_deliveries(note: str, body: Why) -> schemas.Halted:
    """Let a stopped dispatch go on; what was held by itself stays held."""
    return _act(note, lambda work, row: halting.resume_all(work, row, body.reason), sends=True)


@endpoint(
    "POST",
    f"{DELIVERIES}/cancel",
    allowed(actions="cancel_delivery"),
    tag="Deliveries",
    body=Why,
    gives=schemas.Halted,
)
def cancel_deliveries(note: str, body: Why) -> schemas.Halted:
    """End a dispatch for good: whoever has not got the note does not get it."""
    return _act(note, lambda work, row: halting.cancel_all(work, row, body.reason))


@endpoint(
    "POST",
    f"{DELIVERIES}/retry",
    allowed(actions="resume_delivery"),
    tag="Deliveries",
    body=Why,
    gives=schemas.Halted,
)
def retry_deliveries(note: str, body: Why) -> schemas.Halted:
    """Try at once what the relay put off, and what could not be made."""
    return _act(note, lambda work, row: halting.retry_all(work, row, body.reason), sends=True)


@endpoint(
    "POST",
    "/notes/<note:note>/release",
    allowed(actions="reschedule"),
    tag="Deliveries",
    body=schemas.Release,
    gives=schemas.Halted,
)
def change_release(note: str, body: schemas.Release) -> schemas.Halted:
    """Release a dispatched note at another time, or at once without one; only before it is released."""
    return _act(
        note,
        lambda work, row: halting.reschedule(work, row, body.revision, body.release_at, body.reason),
        sends=True,
    )


@endpoint(
    "GET", "/post/trouble", allowed(Role.REGISTRY, Role.DIRECTOR), tag="Deliveries", gives=schemas.Troubles
)
def list_trouble() -> schemas.Troubles:
    """Say what of the post needs a person, over all notes, the most urgent first, with the one next act of each."""
    with looking() as work:
        found = trouble.of(work)
        return schemas.Troubles(
            figures=posting.status(work),
            items=[
                schemas.Trouble(
                    kind=one.kind,
                    act=one.act,
                    sentence=str(said(one.sentence)),
                    since=one.since,
                    note=one.note.reference if one.note else None,
                    member=one.member or None,
                    delivery=one.delivery,
                    reminder=one.reminder,
                    returned=one.returned,
                    count=one.count,
                )
                for one in found
            ],
        )
