"""What an open row of the board shows: what the mail did, what people did, what can be done."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from flask_babel import gettext

from web.board import Standing
from web.formats import fold_digest, quoted, write_bytes, write_day
from web.pages import _reminded
from web.pages._outcomes import TONES, outcome_words
from web.problems import said
from web.views.circulation import DeliveryEvidence, Evidence
from web.views.parts import Event as Line
from workflow.models import Attempt, Delivery, Event, Note
from workflow.models.directory import HANDED
from workflow.operations import contact_line
from workflow.operations.choices import require_day
from workflow.operations.context import Work
from workflow.operations.pack_sent import is_offered
from workflow.operations.receipt import REPORTS
from workflow.permissions import may, why_not_office
from workflow.states import DeliveryQueue, Handing, Human, Transport

DUTIES = ("hold_delivery", "resume_delivery", "cancel_delivery", "resend", "revoke_link")
TAKEN = (Transport.ACCEPTED, Transport.DELAYED, Transport.RELAYED, Transport.DELIVERED)
LOST = (Transport.REFUSED_PERM, Transport.FAILED)
LOST_KINDS = (*LOST, Transport.REFUSED_TEMP)


def failure_words(events: Iterable[Event]) -> str:
    """Why mail came to nothing, by the last status that says so (RFC 3463)."""
    lost = [one for one in events if one.kind in LOST_KINDS]
    if not lost:
        return ""
    data = lost[-1].data
    status = str(data.get("status") or "")
    known = {
        "5.1.1": gettext("No such mailbox"),
        "5.1.2": gettext("No such domain"),
        "5.1.10": gettext("No such mailbox"),
        "5.2.1": gettext("The mailbox is closed"),
        "5.2.2": gettext("The mailbox is full"),
        "4.2.2": gettext("The mailbox is full"),
        "5.3.4": gettext("The message is too large for them"),
        "5.4.4": gettext("No such server"),
        "4.4.7": gettext("Given up after many tries"),
        "5.4.7": gettext("Given up after many tries"),
        "5.7.1": gettext("Refused by their rules"),
    }
    return known.get(status) or gettext("Not delivered") + (f" ({status})" if status else "")


def of(
    work: Work,
    note: Note,
    standing: Standing,
    events: Mapping[int, Sequence[Event]],
    people: Mapping[int, str],
) -> Evidence:
    """The evidence of one member of a note."""
    mine = [event for one in standing.deliveries for event in events.get(one.id, ())]
    reads_directory = why_not_office(work.actor, "import_directory") is None
    sent = bool(standing.deliveries)
    duties = {
        name for name in ("record_on_behalf", "record_handover") if sent and may(work.actor, name, note.state)
    }
    files = [
        (str(event.id), str(event.data.get("filename") or gettext("Evidence")))
        for event in mine
        if event.axis in ("human", "hand") and event.data.get("file")
    ]
    reminders = _reminded.by_delivery(work, note, standing.member.id)
    return Evidence(
        deliveries=tuple(
            _delivery(work, note, one, events.get(one.id, ()), people, reminders.get(one.id, []))
            for one in standing.deliveries
        ),
        receipt=tuple(_act(event, people) for event in mine if event.axis == "human"),
        aside=tuple(_aside(event) for event in mine if event.axis == "side"),
        may=frozenset(duties),
        directory_member=standing.member.code if reads_directory else "",
        directory_contact=next(
            (
                str(one.contact_id)
                for one in standing.deliveries
                if one.transport in LOST and one.role != "cc"
            ),
            "",
        ),
        file=files[-1] if files else None,
    )


def hand_words(kind: str, channel: str) -> str:
    """What a step of handing over says."""
    step = Handing(kind)
    if step is Handing.SENT:
        return gettext("Given to the post.") if channel == "post" else gettext("Given to a courier.")
    return {
        Handing.DELIVERED: gettext("Handed over."),
        Handing.RETURNED: gettext("Brought back."),
        Handing.TOLD: gettext("Told by telephone."),
    }[step]


def _handed(event: Event, people: Mapping[int, str]) -> Line:
    data = event.data
    said = ", ".join(str(data[name]) for name in ("person", "office", "waybill", "text") if data.get(name))
    tone = {Handing.DELIVERED: "done", Handing.RETURNED: "stop"}.get(Handing(event.kind), "")
    head = hand_words(event.kind, str(data.get("channel", "")))
    return Line(said, event.at, people.get(event.actor_id or 0, ""), tone, head)


def _delivery(
    work: Work,
    note: Note,
    row: Delivery,
    events: Sequence[Event],
    people: Mapping[int, str],
    reminders: Sequence[Line],
) -> DeliveryEvidence:
    lines: list[Line] = []
    for attempt in row.attempts:
        lines += _attempt(attempt, row, [one for one in events if one.attempt_id == attempt.id])
    lines += [_handed(one, people) for one in events if one.axis == "hand"]
    lines += reminders
    if row.link_revoked_at is not None:
        lines.append(
            Line("", row.link_revoked_at, tone="care", head=gettext("The personal link was revoked."))
        )
    if row.queue is DeliveryQueue.HELD:
        lines.append(Line(str(said(row.held_reason or "")), tone="now", head=gettext("Held.")))
    if row.cancelled_at is not None:
        lines.append(
            Line(str(said(row.held_reason or "")), row.cancelled_at, tone="stop", head=gettext("Cancelled."))
        )
    messages = [
        (
            str(event.id),
            gettext("Report of %(what)s as it came", what=outcome_words(event.kind).rstrip(".").lower()),
        )
        if event.axis == "transport"
        else (str(event.id), gettext("Answer as it came"))
        for event in events
        if event.axis in ("transport", "side") and event.data.get("sha256")
    ]
    waits = row.queue is DeliveryQueue.QUEUED and row.due_at > work.now()
    return DeliveryEvidence(
        key=str(row.id),
        address=row.address,
        role=row.role,
        language=row.language,
        queue=row.queue.value,
        events=tuple(lines),
        may=frozenset(
            name
            for name in DUTIES
            if may(work.actor, "resend" if name == "revoke_link" else name, note.state)
            and _fits(work, name, row)
        ),
        messages=tuple(messages),
        next_try=row.due_at if waits else None,
        channel=row.channel,
    )


def _attempt(attempt: Attempt, row: Delivery, events: Sequence[Event]) -> list[Line]:
    where = f" ({attempt.address})" if attempt.address != row.address else ""
    second = gettext("may be a second copy") if attempt.possible_duplicate else ""
    begun = Line(
        gettext("Attempt %(n)s", n=attempt.number) + where,
        attempt.sending_at or attempt.prepared_at,
        detail=" · ".join(filter(None, (second, _known(attempt)))),
    )
    lines = [begun]
    for event in events:
        if event.axis != "transport":
            continue
        data = event.data
        said = " ".join(str(data[name]) for name in ("status", "text", "diagnostic") if data.get(name))
        queue = gettext("queue %(id)s", id=data["queue_id"]) if data.get("queue_id") else ""
        proof = gettext("matched by its return token") if data.get("sha256") else queue
        kind = Transport(event.kind)
        lines.append(
            Line(said[:300], event.at, tone=TONES.get(kind, ""), head=outcome_words(kind), detail=proof)
        )
    return lines


def _known(attempt: Attempt) -> str:
    """How large its message was, and the digest of its own bytes, folded."""
    message = attempt.message
    if message is None or not is_offered(attempt):
        return ""
    digest = fold_digest(str(message["head"]))
    return gettext("%(size)s, SHA-256 %(digest)s", size=write_bytes(message["size"]), digest=digest)


def _fits(work: Work, name: str, row: Delivery) -> bool:
    """Whether a delivery stands so that a duty would not be refused."""
    if name == "revoke_link":
        return row.link_revoked_at is None and row.transport is not None
    if row.channel in HANDED:
        return False
    if name == "hold_delivery":
        return row.queue is DeliveryQueue.QUEUED
    if name in ("resume_delivery", "cancel_delivery"):
        return row.queue is DeliveryQueue.HELD
    if row.queue not in (DeliveryQueue.DONE, DeliveryQueue.HELD) or row.human is Human.ACKNOWLEDGED:
        return False
    return row.transport not in TAKEN or _moved(work, row)


def _moved(work: Work, row: Delivery) -> bool:
    """Whether the contact has another confirmed address now."""
    contact = contact_line.standing(work, row.contact_id)
    return contact is not None and contact.address != row.address


def _act(event: Event, people: Mapping[int, str]) -> Line:
    data: Mapping[str, Any] = event.data
    if event.kind == Human.DOWNLOADED:
        return Line(str(data.get("name", "")), event.at, tone="", head=gettext("Downloaded."))
    who = ", ".join(str(data[name]) for name in ("name", "office") if data.get(name))
    if event.erased:
        who = gettext("erased by decision: %(decision)s", decision=event.erased.decision)
    more = [reference_words(data)] if data.get("reference") else []
    if data.get("dated"):
        more.append(write_day(require_day(str(data["dated"]))))
    if data.get("on_behalf"):
        if data.get("reason"):
            more.append(quoted(str(data["reason"])))
        by = people.get(event.actor_id or 0, "")
        return Line(who, event.at, by, "done", gettext("Recorded on behalf."), " · ".join(more))
    return Line(who, event.at, tone="done", head=gettext("Acknowledged."), detail=" · ".join(more))


def reference_words(data: Mapping[str, Any]) -> str:
    """Their number of the note."""
    return gettext("their No. %(number)s", number=data["reference"])


def aside_words(kind: str) -> str:
    """What a note at the side is."""
    heads = {
        "contact_says": gettext("Wrote at the personal page."),
        "wrong_code": gettext("A wrong code was typed."),
        "automatic_reply": gettext("Automatic reply."),
        "human_reply": gettext("A person replied."),
        "read_receipt_displayed": gettext("Read receipt: displayed."),
        "discarded_unread": gettext("Read receipt: deleted unread."),
        "complaint": gettext("Marked as unwanted mail."),
    }
    return heads.get(kind, gettext("A message came."))


def report_words(data: Mapping[str, Any]) -> str:
    """What a contact chose to report at its link, in the reader's language; empty where it chose nothing."""
    chosen = REPORTS.get(str(data.get("report", "")))
    return str(said(chosen)) if chosen else ""


def _aside(event: Event) -> Line:
    data = event.data
    text = " ".join(filter(None, (report_words(data), str(data.get("text") or data.get("subject") or ""))))
    tone = "care" if event.kind in ("contact_says", "complaint") else ""
    return Line(text, event.at, tone=tone, head=aside_words(event.kind))
