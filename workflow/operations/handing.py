"""What a person brings: a note handed over by hand, by courier or by post, and a state told by telephone.

Each step is a piece of evidence with its time, the person, and the paper that proves it.  It counts
on the ladder as what it is: given to a courier it is in transit, given over to the office it has
reached the state.  A receipt that the office signed is recorded on the state's behalf.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from workflow.errors import Invalid, Phrase
from workflow.models import Delivery, Member, Note
from workflow.models.directory import HANDED
from workflow.operations import evidence
from workflow.operations.context import Work, begin, note_subject
from workflow.states import Handing, Human

CHANNELS = ("hand", "courier", "post", "telephone")
# Which steps a channel knows: nobody is told by courier, and a telephone brings no paper.
STEPS = {
    "hand": (Handing.DELIVERED, Handing.RETURNED),
    "courier": (Handing.SENT, Handing.DELIVERED, Handing.RETURNED),
    "post": (Handing.SENT, Handing.DELIVERED, Handing.RETURNED),
    "telephone": (Handing.TOLD,),
}


@dataclass(frozen=True)
class Handover:
    """One step: how, what, when, and whom; `waybill` is the number of the courier or the post.

    `person` and `office` are those who took the note, or were told.
    """

    channel: str
    step: str
    at: datetime
    person: str = ""
    office: str = ""
    waybill: str = ""
    words: str = ""


def waits_for_a_person(delivery: Delivery) -> bool:
    """Whether somebody has still to bring the note to this contact."""
    return (
        delivery.channel in HANDED
        and delivery.cancelled_at is None
        and delivery.handed in (None, Handing.RETURNED)
        and delivery.human is not Human.ACKNOWLEDGED
    )


def waiting(work: Work, note: Note, code: str = "") -> list[Delivery]:
    """What is still to be brought of a note, by the member's code; of the member `code` alone where given."""
    rows = work.session.scalars(
        select(Delivery)
        .join(Member, Member.id == Delivery.member_id)
        .where(Delivery.note_id == note.id, *([Member.code == code.strip().upper()] if code else []))
        .order_by(Member.code, Delivery.id)
    )
    return [row for row in rows if waits_for_a_person(row)]


def record_handover(
    work: Work,
    note: Note,
    delivery: Delivery,
    what: Handover,
    *,
    file_sha256: str = "",
    filename: str = "",
    nonce: str = "",
) -> None:
    """Records one step; the same form a second time changes nothing.

    Raises Invalid for a step that the channel does not know, for a time before the dispatch or in the
    future, without the person who took it, and, given over, without the paper that shows it.
    """
    begin(work, note, "record_handover")
    step = _check(work, note, what)
    if step is Handing.DELIVERED and not file_sha256:
        raise Invalid(
            "evidence-missing",
            "Add the file that shows that it was handed over, such as the signed delivery list.",
        )
    if file_sha256 and not work.store.has(file_sha256):
        raise Invalid("evidence-missing", "The file that proves it is not in the store. Add it again.")
    paper: dict[str, Any] = {"file": file_sha256, "filename": filename} if file_sha256 else {}
    said = {"person": what.person, "office": what.office, "waybill": what.waybill, "text": what.words}
    told: dict[str, Any] = {name: words.strip() for name, words in said.items() if words.strip()}
    recorded = evidence.record(
        work,
        delivery,
        "hand",
        step.value,
        key=evidence.key_of("hand", delivery.id, what.channel, step.value, what.at.isoformat(), nonce),
        at=what.at,
        channel=what.channel,
        **paper,
        **told,
    )
    if recorded:
        work.log(
            "record_handover",
            note_subject(note),
            delivery=delivery.id,
            channel=what.channel,
            step=step.value,
            file=file_sha256 or None,
        )


def _check(work: Work, note: Note, what: Handover) -> Handing:
    if what.channel not in STEPS:
        raise Invalid(
            "handover-channel", "Choose how it was brought: by hand, courier or post, or told by telephone."
        )
    if what.step not in [one.value for one in STEPS[what.channel]]:
        raise Invalid("handover-step", "Choose what happened; this does not go with the way that it went.")
    step = Handing(what.step)
    if what.at > work.now():
        raise Invalid("future", "The time cannot lie in the future.")
    # People give the minute, so the one of the dispatch itself is not before it.
    if note.dispatched_at is not None and what.at < note.dispatched_at.replace(second=0, microsecond=0):
        raise Invalid("before-dispatch", "The time lies before the note was dispatched.")
    if step in (Handing.DELIVERED, Handing.TOLD) and not what.person.strip():
        sentence = Phrase("Give the name of the person who took it.")
        if step is Handing.TOLD:
            sentence = Phrase("Give the name of the person who was told.")
        raise Invalid("person-missing", sentence)
    if step is Handing.SENT and not what.waybill.strip():
        raise Invalid("waybill-missing", "Give the number under which the courier or the post carries it.")
    if max(len(what.person), len(what.office), len(what.waybill)) > 200 or len(what.words) > 2000:
        raise Invalid("too-long", "A field has more than 200 characters. Shorten it.")
    return step
