"""The source text and the addressees of a draft."""

from __future__ import annotations

from web.access import allowed
from web.api import present
from web.api.door import endpoint
from web.api.schemas import addressees
from web.api.schemas import notes as schemas
from web.api.schemas.common import Seen
from web.session import looking, writing
from workflow.operations import addressing, drafting, recipients
from workflow.operations.context import find_note
from workflow.states import Role

NOTE = "/notes/<note:note>"


@endpoint(
    "PATCH",
    f"{NOTE}/source",
    allowed(actions="edit_source"),
    tag="Source",
    body=schemas.EditSource,
    gives=schemas.Note,
    example={
        "revision": 2,
        "titles": {"en": "Summary of the ninth meeting"},
        "paragraphs": [{"id": 5, "text": "…"}],
    },
)
def edit_source(note: str, body: schemas.EditSource) -> schemas.Note:
    """Change the source text, the subject or the shared values."""
    with writing() as work:
        row = find_note(work, note)
        drafting.edit_source(
            work,
            row,
            body.revision,
            paragraphs=None if body.paragraphs is None else [(one.id, one.text) for one in body.paragraphs],
            titles=body.titles,
            slots=body.slots,
            particulars=body.particulars,
            marking=body.marking,
            series=body.series,
            number_parts=None if body.number_parts is None else dict(body.number_parts),
            due=body.due,
        )
        return present.note(work, row)


@endpoint(
    "POST",
    f"{NOTE}/source/release",
    allowed(actions="release_source"),
    tag="Source",
    body=Seen,
    gives=schemas.Note,
)
def release_source(note: str, body: Seen) -> schemas.Note:
    """Release the source text to the translators.

    Releasing it again after a change reopens just what the change touches.
    """
    with writing() as work:
        row = find_note(work, note)
        drafting.release_source(work, row, body.revision)
        return present.note(work, row)


@endpoint(
    "GET",
    f"{NOTE}/recipients",
    allowed(Role.REGISTRY, actions=("approve", "dispatch")),
    tag="Addressees",
    gives=addressees.Recipients,
)
def list_recipients(note: str) -> addressees.Recipients:
    """List the contacts that would get the note, as the directory has them now."""
    with looking() as work:
        row = find_note(work, note)
        day = row.approval.dated if row.approval else work.today()
        return addressees.Recipients(items=[present.recipient(one) for one in recipients.of(work, row, day)])


@endpoint(
    "PUT",
    f"{NOTE}/recipients",
    allowed(actions="set_recipients"),
    tag="Addressees",
    body=addressees.SetRecipients,
    gives=schemas.Note,
    example={"revision": 4, "members": ["KZ", "TR"]},
)
def set_recipients(note: str, body: addressees.SetRecipients) -> schemas.Note:
    """Address the note to these members, or to all members of today."""
    with writing() as work:
        row = find_note(work, note)
        addressing.set_recipients(work, row, body.revision, body.members)
        return present.note(work, row)


@endpoint(
    "POST",
    f"{NOTE}/recipients/<member>/waiver",
    allowed(actions="waive_addressee"),
    tag="Addressees",
    body=addressees.WaiveAddressee,
    gives=schemas.Note,
)
def waive_addressee(note: str, member: str, body: addressees.WaiveAddressee) -> schemas.Note:
    """Let an addressee without a usable contact go without a message."""
    with writing() as work:
        row = find_note(work, note)
        addressing.waive_addressee(work, row, body.revision, member, body.reason)
        return present.note(work, row)
