"""Packs of evidence: everything that is known of a note's way to one state, or to all, with its proofs.

A pack is made from rows alone and changes nothing; the same state of the log gives the same record.
It can be checked without us (`workflow.proof.check`), and against the log (`workflow.operations.pack_log`).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import select

from workflow import audit
from workflow.errors import Conflict, NotFound
from workflow.models import (
    Account,
    AuditEntry,
    Contact,
    Event,
    EvidenceSeal,
    IncomingEntry,
    Member,
    Note,
    Outgoing,
    ReturnedMessage,
)
from workflow.operations import directory
from workflow.operations.context import Work, note_subject
from workflow.operations.pack_files import kept, kept_files
from workflow.operations.pack_rows import (
    delivery_record,
    entry_record,
    event_record,
    incoming_record,
    message_record,
    moment_words,
)
from workflow.operations.pack_sent import sent_files, sent_record
from workflow.proof import covering
from workflow.proof.check import FORMAT, pieces
from workflow.proof.merkle import proofs
from workflow.states import NoteState


def collect(
    work: Work, note: Note, code: str = "", *, language: str = "", renderer: str = ""
) -> dict[str, Any]:
    """The evidence of a dispatched note as plain data, of the member `code` alone or of all.

    `language` is that of the words around it, `renderer` names what will draw it.  Raises Conflict
    for a note that was not dispatched and NotFound for a member that it was not addressed to.
    """
    approval = note.approval
    if note.state is not NoteState.DISPATCHED or approval is None:
        raise Conflict(
            "not-dispatched",
            "%(note)s was not dispatched yet, so there is no evidence of it.",
            note=note.name,
        )
    chosen = {one.member_id for one in approval.recipients}
    members = {
        one.id: one
        for one in work.session.scalars(select(Member).where(Member.id.in_(chosen)).order_by(Member.code))
        if not code or one.code == code.strip().upper()
    }
    if not members:
        raise NotFound(
            "no-such-addressee", "%(code)s is not an addressee of %(note)s.", code=code, note=note.name
        )
    deliveries = list(
        work.session.scalars(
            # Reminders are messages with attempts and evidence of their own.
            select(Outgoing)
            .where(Outgoing.note_id == note.id, Outgoing.member_id.in_(members))
            .order_by(Outgoing.member_id, Outgoing.id)
        )
    )
    events = _events(work, deliveries)
    seals = _seals(work, [one.id for each in events.values() for one in each])
    messages = _messages(work, deliveries)
    subjects = [
        note_subject(note),
        *(f"contact:{one.contact_id}" for one in deliveries),
        *(f"returned:{one.id}" for one in messages),
    ]
    entries = _entries(work, subjects, {seal["entry"] for seal in seals.values()})
    offices = {
        one.id: one.office
        for one in work.session.scalars(
            select(Contact).where(Contact.id.in_({each.contact_id for each in deliveries}))
        )
    }
    waived = {one.member_id: one.waived_reason for one in approval.recipients if one.contact_id is None}
    count, mac = audit.head(work.session)
    record: dict[str, Any] = {
        "format": FORMAT,
        "language": language or note.source_language,
        "renderer": renderer,
        "organisation": dict(work.profile.title),
        "zone": work.zone,
        "member": code.strip().upper(),
        "note": {
            "reference": note.reference,
            "number": note.symbol,
            "titles": dict(note.titles),
            "series": note.series,
            "dated": approval.dated.isoformat(),
            "approval_digest": approval.digest,
            "approved_at": moment_words(approval.approved_at),
            "approved_by": approval.approved_by,
            "dispatched_at": moment_words(note.dispatched_at),
            "dispatched_by": note.dispatched_by,
            "release_at": moment_words(note.release_at),
        },
        "documents": _documents(deliveries),
        "members": [
            {
                "code": member.code,
                "name": directory.name_of(member, language or note.source_language, approval.dated),
                "waived_reason": waived.get(member.id),
                "deliveries": [
                    {
                        **delivery_record(one, offices.get(one.contact_id, "")),
                        "events": [
                            event_record(event, seals.get(event.id)) for event in events.get(one.id, ())
                        ],
                    }
                    for one in deliveries
                    if one.member_id == member.id
                ],
            }
            for member in members.values()
        ],
        "sent": sent_record(work, note, deliveries),
        "messages": [message_record(one) for one in messages],
        "incoming": _incoming(work, entries, members if code else None),
        "files": [],
        "covering": covering.program(),
        "log": {"entries": [entry_record(one) for one in entries], "count": count, "head": mac},
        "people": {},
    }
    record["files"] = kept(work, record)
    record["people"] = _people(work, record)
    return record


def files(work: Work, record: Mapping[str, Any]) -> dict[str, bytes]:
    """The files of a record by their names in the pack: documents, messages both ways, incoming papers, proofs of receipts."""
    found = {
        one["file"]: work.store.get(one["sha256"])
        for one in record["documents"]
        if work.store.has(one["sha256"])
    }
    found.update(sent_files(work, record["sent"]))
    found.update(kept_files(work, record))
    return found


def _events(work: Work, deliveries: Iterable[Outgoing]) -> dict[int, list[Event]]:
    found: dict[int, list[Event]] = {}
    wanted = [one.id for one in deliveries]
    for event in work.session.scalars(
        select(Event).where(Event.delivery_id.in_(wanted)).order_by(Event.id)
    ).unique():
        found.setdefault(event.delivery_id, []).append(event)
    return found


def _seals(work: Work, ids: Sequence[int]) -> dict[int, dict[str, Any]]:
    """Where each event is sealed: the entry, its place in it, and the proof."""
    numbers = set(
        work.session.scalars(
            select(EvidenceSeal.entry_number).where(EvidenceSeal.event_id.in_(ids)).distinct()
        )
    )
    wanted = set(ids)
    found: dict[int, dict[str, Any]] = {}
    for number in sorted(numbers):
        sealed = list(
            work.session.scalars(
                select(Event)
                .join(EvidenceSeal, EvidenceSeal.event_id == Event.id)
                .where(EvidenceSeal.entry_number == number)
                .order_by(EvidenceSeal.position)
            ).unique()
        )
        for position, (event, path) in enumerate(
            zip(sealed, proofs([audit.leaf(one) for one in sealed]), strict=True)
        ):
            if event.id in wanted:
                found[event.id] = {"entry": number, "position": position, "proof": path}
    return found


def _messages(work: Work, deliveries: Sequence[Outgoing]) -> list[ReturnedMessage]:
    """What came back and belongs, or may belong, to these deliveries."""
    return list(
        work.session.scalars(
            select(ReturnedMessage)
            .where(ReturnedMessage.delivery_id.in_([one.id for one in deliveries]))
            .order_by(ReturnedMessage.id)
        )
    )


def _entries(work: Work, subjects: Sequence[str], sealing: set[int]) -> list[AuditEntry]:
    condition = AuditEntry.subject.in_(set(subjects)) | AuditEntry.number.in_(sealing)
    return list(work.session.scalars(select(AuditEntry).where(condition).order_by(AuditEntry.number)))


def _documents(deliveries: Sequence[Outgoing]) -> list[dict[str, Any]]:
    """The documents that went out, each once; in individual notes each addressee has its own."""
    found: dict[str, dict[str, Any]] = {}
    names: set[str] = set()
    for delivery in deliveries:
        for item in delivery.documents:
            if item["sha256"] in found:
                continue
            name = str(item["name"])
            if name in names:
                name = f"{item['sha256'][:12]}-{name}"
            names.add(name)
            found[item["sha256"]] = {**item, "file": f"documents/{name}"}
    return sorted(found.values(), key=lambda one: str(one["file"]))


def _incoming(
    work: Work, entries: Iterable[AuditEntry], members: Mapping[int, Member] | None
) -> list[dict[str, Any]]:
    """The incoming papers about the note, of these members alone where given.

    They are those that the note's log names: one that was taken from the note later, or turned out to be of
    another state, stays in what was said of it.
    """
    codes = {one.code for one in members.values()} if members is not None else None
    said = [json.loads(one.data) for one in entries if one.action == "link_incoming"]
    wanted = {one["incoming"] for one in said if codes is None or one["member"] in codes}
    chosen = select(IncomingEntry).where(IncomingEntry.id.in_({one["incoming"] for one in said}))
    if members is not None:
        chosen = chosen.where(IncomingEntry.id.in_(wanted) | IncomingEntry.member_id.in_(members))
    known = {one.id: one.code for one in work.session.scalars(select(Member))}
    rows = work.session.scalars(chosen.order_by(IncomingEntry.id)).unique()
    return [incoming_record(one, known.get(one.member_id or 0)) for one in rows]


def _people(work: Work, record: Mapping[str, Any]) -> dict[str, str]:
    ids = {one["actor"] for one in record["log"]["entries"]}
    ids |= {one["acting_for"] for one in record["log"]["entries"]}
    ids |= {one["sealed"]["actor"] for one in pieces(record)}
    ids |= {one["registered_by"] for one in record["incoming"]}
    ids |= {record["note"]["approved_by"], record["note"]["dispatched_by"]}
    rows = work.session.scalars(select(Account).where(Account.id.in_(ids - {None})).order_by(Account.id))
    return {str(one.id): one.name for one in rows}
