"""Receipts: the contact's personal page, and what the registry records on behalf of a state."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import func, select

from workflow.errors import Conflict, Gone, Invalid, NotFound, Phrase, Refusal
from workflow.models import Delivery, Event, Member, Note
from workflow.operations import evidence, lineage
from workflow.operations.context import Work, begin, note_subject, require_reason
from workflow.operations.dispatch import link_digest, link_token
from workflow.post.compose import COVER
from workflow.states import Human

TRIES_AN_HOUR = 5


@dataclass(frozen=True)
class Acknowledgement:
    """What a state's office says when it acknowledges: who, of which office, their number and date."""

    name: str
    office: str
    reference: str = ""
    dated: date | None = None


def open_link(work: Work, token: str) -> Delivery:
    """The delivery of a personal link; raises NotFound for a foreign, revoked or expired one, by its code.

    Looking changes nothing: mail gateways open links by themselves.
    """
    row = work.session.scalar(select(Delivery).where(Delivery.link_digest == link_digest(token)))
    revoked = row is not None and row.link_revoked_at is not None and row.link_revoked_at <= work.now()
    if row is not None and row.link_revoked_at is not None and revoked:
        # Whoever has the link may know what became of the note that it led to, unless it was taken from them.
        notice = lineage.withdrawal_of(work, work.session.get_one(Note, row.note_id))
        at = notice.release_at if notice is not None else None
        if (
            notice is not None
            and notice.approval is not None
            and at is not None
            and row.link_revoked_at >= at
        ):
            raise Gone(
                "note-withdrawn",
                "The note that this link led to was withdrawn by note %(number)s of %(date)s, so it can no longer "
                "be opened here.",
                number=notice.symbol,
                date=notice.approval.dated.isoformat(),
                notice=notice.id,
                delivery=row.id,
            )
    if row is None:
        raise NotFound(
            "no-such-link",
            "This link is not valid, or no longer so. Open the link of the secretariat's message again, "
            "or write to the secretariat's registry.",
        )
    # Whoever has the secret of a link that was valid once may know why it is not so any more.
    if revoked:
        raise NotFound("link-revoked", "This link was withdrawn. Write to the secretariat's registry.")
    if work.now() > _expiry(work, row):
        raise NotFound("link-expired", "This link has expired. Write to the secretariat's registry.")
    return row


def tries_left(work: Work, delivery: Delivery) -> int:
    """How many wrong codes may still be typed within this hour."""
    return max(0, TRIES_AN_HOUR - _wrong_codes(work, delivery))


def _wrong_codes(work: Work, delivery: Delivery) -> int:
    since = work.now() - timedelta(hours=1)
    counted = work.session.scalar(
        select(func.count())
        .select_from(Event)
        .where(Event.delivery_id == delivery.id, Event.kind == "wrong_code", Event.at > since)
    )
    return counted or 0


def _expiry(work: Work, delivery: Delivery) -> datetime:
    note = work.session.get_one(Note, delivery.note_id)
    assert note.release_at is not None
    return note.release_at + timedelta(days=work.settings.link_days)


def download(work: Work, delivery: Delivery, sha256: str, nonce: str) -> Mapping[str, Any]:
    """Notes that a document was downloaded, and gives its description; `nonce` is the form's own.

    Raises NotFound for a file that is not part of this delivery.
    """
    item = next((one for one in delivery.documents if one["sha256"] == sha256), None)
    if item is None:
        raise NotFound("no-such-file", "This file is not part of the note that was sent to you.")
    evidence.record(
        work,
        delivery,
        "human",
        Human.DOWNLOADED.value,
        key=evidence.key_of("page", delivery.id, "download", nonce, sha256),
        at=work.now(),
        sha256=sha256,
        name=item["name"],
    )
    return dict(item)


def acknowledge(
    work: Work, delivery: Delivery, said: Acknowledgement, code: str, nonce: str
) -> Refusal | None:
    """Acknowledges receipt for a state by the person at the link.

    The code printed in the document proves that it was opened: five tries an hour a link.  A wrong
    code is given back as a refusal, not raised, so that the try is counted in this transaction.
    Posting the same form twice is harmless.
    """
    key = evidence.key_of("page", delivery.id, "acknowledge", nonce)
    if work.session.scalar(select(Event.id).where(Event.key == key)):
        return None
    _check(said)
    # Locked before the tries are counted: many at once would otherwise all be the first one.
    work.session.refresh(delivery, with_for_update=True)
    if _wrong_codes(work, delivery) >= TRIES_AN_HOUR:
        refusal = Conflict(
            "too-many-tries",
            "The code was wrong five times within an hour. Wait an hour, or write to the secretariat's registry.",
        )
        refusal.status = 429
        return refusal
    note = work.session.get_one(Note, delivery.note_id)
    assert note.approval is not None
    if normal_code(code) != note.approval.code:
        evidence.record(
            work,
            delivery,
            "side",
            "wrong_code",
            key=evidence.key_of("page", delivery.id, "wrong_code", nonce, work.now().isoformat()),
            at=work.now(),
        )
        return Invalid(
            "wrong-code",
            "The code is not that of this note. It stands at the foot of the last page of the PDF, in every language.",
        )
    evidence.record(
        work,
        delivery,
        "human",
        Human.ACKNOWLEDGED.value,
        key=key,
        at=work.now(),
        **_said(said),
    )
    return None


def record_on_behalf(
    work: Work,
    note: Note,
    delivery: Delivery,
    said: Acknowledgement,
    *,
    reason: str,
    file_sha256: str,
    filename: str,
    channel: str = "",
    at: datetime | None = None,
    nonce: str = "",
) -> None:
    """Records a receipt on behalf of a state, with the reason and the file that is the evidence.

    Such as a stamped copy, or the report of a delivery by hand (`channel` says how the receipt was
    confirmed); it stays marked as on behalf.
    """
    begin(work, note, "record_on_behalf", reason=reason)
    _check(said)
    if not work.store.has(file_sha256):
        raise Invalid("evidence-missing", "Add the file that proves the receipt, such as the stamped copy.")
    when = at or work.now()
    if when > work.now():
        raise Invalid("future", "The receipt cannot lie in the future.")
    by_channel: dict[str, Any] = {"channel": channel} if channel else {}
    evidence.record(
        work,
        delivery,
        "human",
        Human.ACKNOWLEDGED.value,
        key=evidence.key_of("on_behalf", delivery.id, file_sha256, nonce),
        at=when,
        on_behalf=True,
        reason=require_reason(reason),
        file=file_sha256,
        filename=filename,
        **by_channel,
        **_said(said),
    )
    work.log(
        "record_on_behalf",
        note_subject(note),
        delivery=delivery.id,
        file=file_sha256,
        reason=require_reason(reason),
    )


def revoke_link(work: Work, note: Note, delivery: Delivery, reason: str) -> None:
    """Ends a personal link at once, for instance after it went to a wrong address."""
    begin(work, note, "resend", reason=reason)
    delivery.link_revoked_at = delivery.link_revoked_at or work.now()
    work.log("revoke_link", note_subject(note), delivery=delivery.id, reason=reason)


# What a contact may report at its link with one choice, and what that means.
REPORTS = {
    "not_for_us": Phrase("The note is not for us."),
    "address_changed": Phrase("Our address has changed."),
}


def tell_wrong_recipient(work: Work, delivery: Delivery, text: str, nonce: str, report: str = "") -> None:
    """Keeps what a contact says at its link for the registry: one of REPORTS, and words of its own."""
    # Whoever writes about the link may write the link itself; what is said here is shown to others.
    secret = link_token(work, delivery.message_id, delivery.link_serial)
    words = text.strip().replace(secret, COVER * len(secret))
    if not words and not report:
        raise Invalid("message-missing", "Write what the secretariat should know.")
    told: dict[str, Any] = {"text": words[:2000]} if words else {}
    if report in REPORTS:
        told["report"] = report
    evidence.record(
        work,
        delivery,
        "side",
        "contact_says",
        key=evidence.key_of("page", delivery.id, "says", nonce),
        at=work.now(),
        **told,
    )


def normal_code(code: str) -> str:
    """The code as it is compared: capitals, without spaces and hyphens."""
    return "".join(sign for sign in code.upper() if sign.isalnum())


def _check(said: Acknowledgement) -> None:
    for value, sentence in (
        (said.name, Phrase("Give your name.")),
        (said.office, Phrase("Give your office.")),
    ):
        if not value.strip():
            raise Invalid("incomplete", sentence)
    if max(len(said.name), len(said.office), len(said.reference)) > 200:
        raise Invalid("too-long", "A field has more than 200 characters. Shorten it.")


def _said(said: Acknowledgement) -> dict[str, Any]:
    return {
        "name": said.name.strip(),
        "office": said.office.strip(),
        "reference": said.reference.strip(),
        "dated": said.dated.isoformat() if said.dated else None,
    }


def member_of(work: Work, delivery: Delivery) -> Member:
    """The member that a delivery goes to."""
    return work.session.get_one(Member, delivery.member_id)
