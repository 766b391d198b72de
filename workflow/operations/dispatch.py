"""Dispatch: the act of releasing a note, and what can be done with its deliveries afterwards."""

from __future__ import annotations

import base64
import hashlib
import hmac
from datetime import datetime
from typing import Any

from sqlalchemy import select

from workflow import anchors
from workflow.clock import day_in
from workflow.errors import Conflict, Invalid, Phrase, one_after_another
from workflow.models import ApprovedRecipient, Delivery, Member, Note
from workflow.models.directory import HANDED
from workflow.operations import choices, documents, protection, recipients, silent, succession
from workflow.operations.context import Work, begin, note_subject, touch
from workflow.operations.recipients import Recipient
from workflow.states import DeliveryQueue, NoteState


def dispatch(work: Work, note: Note, revision: int | None, release_at: datetime | None = None) -> Note:
    """Releases an approved note: one delivery row per recipient, due at `release_at` or at once.

    Raises Conflict with every reason at once: documents that are not ready or not as recorded,
    recipients that are not those that were approved, an addressee without a contact, a marking that
    may not go by mail.
    """
    action = begin(work, note, "dispatch", revision=revision)
    now = work.now()
    release = release_at or now
    if release < now:
        raise Invalid("release-past", "The time of release has passed. Leave it out to dispatch at once.")
    approval = note.approval
    assert approval is not None  # The CHECK of the table says so.
    succession.hold(work, note)
    reasons = [
        *succession.objections(work, note, release),
        *_objections(work, note, release),
        *protection.objections(work, note, release),
    ]
    if reasons:
        raise Conflict(
            "not-dispatchable",
            "Not dispatched: %(why)s",
            why=one_after_another(reasons),
            details=tuple(reasons),
        )
    principal = work.actor.acting_for(action)
    touch(
        work,
        note,
        state=NoteState.DISPATCHED,
        dispatched_at=now,
        dispatched_by=work.actor.id,
        dispatched_for=principal,
        release_at=release,
    )
    sent = [one for one in approval.recipients if one.contact_id is not None]
    for one in sent:
        work.session.add(delivery_to(work, note, one, release))
    work.session.flush()
    silent.open_plan(work, note)
    succession.take_place(work, note, release)
    work.log(
        "dispatch",
        note_subject(note),
        acting_for=principal,
        symbol=note.symbol,
        deliveries=len(sent),
        digest=approval.digest,
        release_at=release.isoformat(),
    )
    anchors.anchor_after_commit(work.session, now, work.settings.anchor_file)
    return note


def _objections(work: Work, note: Note, release: datetime) -> list[str]:
    approval = note.approval
    assert approval is not None
    found: list[str] = []
    unready = [row for row in approval.documents if row.state != "ready" or documents.lacks_seal(work, row)]
    if unready:
        faults = " ".join(dict.fromkeys(row.fault for row in unready if row.fault))
        left = {"count": len(unready), "total": len(approval.documents)}
        if work.settings.seals:
            found.append(Phrase("%(count)s of %(total)s documents are not made and sealed yet.", **left))
        else:
            found.append(Phrase("%(count)s of %(total)s documents are not made yet.", **left))
        found += [faults] if faults else []
    else:
        found += [item.sentence for item in documents.verify(work, note) if not item.good]
    codes = {member.id: member.code for member in work.session.scalars(select(Member))}
    # As the directory will have them on the day on which the note leaves, not on that of the approval.
    leaves = day_in(release, work.zone)
    now = recipients.of(work, note, leaves)
    days = recipients.days_of(work, approval.recipients)
    differing = recipients.differences(now, approval.recipients, codes, days, leaves)
    if differing:
        found.append(
            Phrase(
                "The recipients are not those that were approved: %(differences)s "
                "Send the note back, or put the directory right.",
                differences=one_after_another(differing),
            )
        )
    for one in approval.recipients:
        if one.contact_id is None and not one.waived_reason:
            found.append(
                Phrase(
                    "%(code)s has no usable contact. Confirm one, or waive the addressee with a reason.",
                    code=codes.get(one.member_id),
                )
            )
    if not any(one.contact_id is not None for one in approval.recipients):
        found.append(Phrase("Nobody would get the note."))
    by_mail = any(one.channel is not None and one.channel not in HANDED for one in approval.recipients)
    if by_mail and not choices.may_be_mailed(work.profile, note.marking):
        found.append(
            Phrase("The marking “%(marking)s” does not allow dispatch by e-mail.", marking=note.marking)
        )
    return found


def delivery_to(work: Work, note: Note, one: ApprovedRecipient | Recipient, release: datetime) -> Delivery:
    """The delivery row of a recipient, with what goes to it copied in."""
    approval = note.approval
    assert approval is not None
    assert one.contact_id is not None
    language = one.language if one.language in approval.languages else note.source_language
    identifier = message_id(work, note, one.member_id, one.contact_id)
    return Delivery(
        note_id=note.id,
        member_id=one.member_id,
        contact_id=one.contact_id,
        role=one.role,
        address=one.address,
        language=language,
        channel=one.channel,
        documents=_documents(work, note, one),
        message_id=identifier,
        link_digest=link_digest(link_token(work, identifier)),
        due_at=release,
        # What a person brings is not sent by any worker.
        queue=DeliveryQueue.DONE if one.channel in HANDED else DeliveryQueue.QUEUED,
    )


def _documents(work: Work, note: Note, one: ApprovedRecipient | Recipient) -> list[dict[str, Any]]:
    """What goes with the message, copied in: the note in every language, then the enclosures."""
    approval = note.approval
    assert approval is not None
    member = work.session.get_one(Member, one.member_id)
    items: list[dict[str, Any]] = [
        {
            "kind": "note",
            "language": row.language,
            "standing": work.profile.languages[row.language].standing,
            "format": row.format,
            "sha256": row.final_sha256,
            "size": row.final_size,
            "pages": row.pages,
            "name": f"note.{row.language}.{row.format}",
        }
        for row in approval.documents
        if row.addressee in ("", member.code)
    ]
    for enclosure in note.enclosures:
        for version in enclosure.versions:
            items.append(
                {
                    "kind": "enclosure",
                    "ordinal": enclosure.ordinal,
                    "language": version.language,
                    "format": "pdf",
                    "sha256": version.frozen_sha256,
                    "size": work.store.size(version.frozen_sha256),
                    "pages": version.pages,
                    "name": f"enclosure-{enclosure.ordinal}.{version.language}.pdf",
                    "titles": dict(enclosure.titles),
                }
            )
    return items


def message_id(work: Work, note: Note, member_id: int, contact_id: int, step: int = 0) -> str:
    """One per note, member, contact and step, the same at every attempt, and not to be guessed."""
    domain = work.settings.return_path.partition("@")[2]
    place = f":{step}" if step else ""
    text = f"message:{note.reference}:{member_id}:{contact_id}{place}".encode()
    mark = hmac.new(work.settings.keys.session.encode(), text, hashlib.sha256).hexdigest()[:32]
    return f"<{note.reference.lower()}.{mark}@{domain}>"


def link_token(work: Work, message_id: str, serial: int = 0) -> str:
    """The secret part of a contact's personal link; it is made anew when needed and never kept.

    With another `serial` it is another link, so that one which went astray can be replaced.
    """
    named = f"link:{message_id}:{serial}" if serial else f"link:{message_id}"
    mark = hmac.new(work.settings.keys.session.encode(), named.encode(), hashlib.sha256)
    return base64.urlsafe_b64encode(mark.digest()).decode().rstrip("=")


def link_digest(token: str) -> str:
    """What the database knows of a link."""
    return hashlib.sha256(token.encode()).hexdigest()


# After dispatch: a delivery at a time; the note itself never changes.
