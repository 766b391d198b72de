"""Acts on an incoming paper: correct, add files, give to somebody, settle, open again, cancel, erase."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from web.access import allowed, allowed_signed_in
from web.api.door import endpoint
from web.api.incoming import ONE, TAG, changes, files_sent, present_entry
from web.api.schemas import incoming as schemas
from web.session import writing
from workflow.models import IncomingEntry
from workflow.operations import erasing, incoming, incoming_acts, incoming_papers
from workflow.operations.context import Work, begin_office


def _do(entry: int, verb: Callable[[Work, IncomingEntry], object]) -> schemas.Incoming:
    with writing() as work:
        row = incoming.find_entry(work, entry)
        verb(work, row)
        return present_entry(work, row)


@endpoint(
    "PATCH",
    ONE,
    allowed(actions="correct_incoming"),
    tag=TAG,
    body=schemas.CorrectIncoming,
    gives=schemas.Incoming,
    example={"revision": 1, "reference": "11-2/346", "reason": "Misread in the scan."},
)
def correct_incoming(entry: int, body: schemas.CorrectIncoming) -> schemas.Incoming:
    """Correct what is said of a paper; old and new values are kept with the reason."""

    def verb(work: Work, row: IncomingEntry) -> None:
        given = changes(body, exclude={"revision", "reason", "confirm"})
        paper = incoming_papers.paper_of(work, row)
        if "member" in given or "party" in given or "writer" in given:
            # Who wrote is found anew in what is said of the sender.
            paper = replace(paper, contact=None)
        paper = replace(paper, **given)
        incoming_acts.correct(work, row, paper, body.reason, revision=body.revision, confirmed=body.confirm)

    return _do(entry, verb)


@endpoint(
    "POST",
    f"{ONE}/files",
    allowed(actions="correct_incoming"),
    tag=TAG,
    body=schemas.AddFiles,
    gives=schemas.Incoming,
    status=201,
    form=True,
)
def add_incoming_files(entry: int, body: schemas.AddFiles) -> schemas.Incoming:
    """Add files to a paper, such as the scan of a letter that was registered before it."""

    def verb(work: Work, row: IncomingEntry) -> None:
        begin_office(work, "correct_incoming")
        incoming_acts.add_files(work, row, files_sent(work), revision=body.revision)

    return _do(entry, verb)


@endpoint(
    "POST",
    f"{ONE}/assign",
    allowed(actions="assign_incoming"),
    tag=TAG,
    body=schemas.AssignIncoming,
    gives=schemas.Incoming,
)
def assign_incoming(entry: int, body: schemas.AssignIncoming) -> schemas.Incoming:
    """Give a paper to a person of the house, with a day; they are told by mail."""
    return _do(
        entry,
        lambda work, row: incoming_acts.assign(work, row, body.assignee, body.due, revision=body.revision),
    )


@endpoint(
    "POST",
    f"{ONE}/settle",
    allowed_signed_in,
    tag=TAG,
    body=schemas.SettleIncoming,
    gives=schemas.Incoming,
)
def settle_incoming(entry: int, body: schemas.SettleIncoming) -> schemas.Incoming:
    """Say that a paper is dealt with: the registry, the director, or whoever it is given to."""
    return _do(
        entry,
        lambda work, row: incoming_acts.settle(work, row, body.remark, body.answer, revision=body.revision),
    )


@endpoint(
    "POST",
    f"{ONE}/reopen",
    allowed(actions="reopen_incoming"),
    tag=TAG,
    body=schemas.ReasonedIncoming,
    gives=schemas.Incoming,
)
def reopen_incoming(entry: int, body: schemas.ReasonedIncoming) -> schemas.Incoming:
    """Take back that a paper is dealt with."""
    return _do(entry, lambda work, row: incoming_acts.reopen(work, row, body.reason, revision=body.revision))


@endpoint(
    "POST",
    f"{ONE}/cancel",
    allowed(actions="cancel_incoming"),
    tag=TAG,
    body=schemas.ReasonedIncoming,
    gives=schemas.Incoming,
)
def cancel_incoming(entry: int, body: schemas.ReasonedIncoming) -> schemas.Incoming:
    """Cancel what was registered by mistake; it stays in the register with its number and the reason."""
    return _do(entry, lambda work, row: incoming_acts.cancel(work, row, body.reason, revision=body.revision))


@endpoint(
    "POST",
    f"{ONE}/erase",
    allowed(actions="erase_personal"),
    tag=TAG,
    body=schemas.EraseIncoming,
    gives=schemas.Incoming,
)
def erase_incoming(entry: int, body: schemas.EraseIncoming) -> schemas.Incoming:
    """Erase what is written of people in an entry that is settled or cancelled."""
    return _do(entry, lambda work, row: erasing.erase_incoming(work, row, body.decision, papers=body.papers))
