"""The dossier of a note: everything that is kept of it, with a manifest of digests."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from web import board, packs
from web.api import present
from web.pages import _events, _papers
from workflow.models import Event, Note
from workflow.operations import directory
from workflow.operations.context import Work
from workflow.operations.evidence import events_of
from workflow.operations.receipt import member_of
from workflow.proof import pack
from workflow.states import NoteState


def make(work: Work, note: Note) -> bytes:
    """The dossier as ZIP: the same bytes for the same note.

    It holds the final documents, the frozen enclosures and the files as they were submitted, the
    letters as JSON, the texts with their history of acts, the approval, each contact's receipt and
    the log's entries, and once it is dispatched the evidence with its proofs, the raw messages among
    it; `manifest.json` has the size and SHA-256 of every other file.
    """
    files = dict(_files(work, note))
    return pack.write(files, note.changed_at, note=note.name, reference=note.reference)


def _files(work: Work, note: Note) -> Iterator[tuple[str, bytes]]:
    yield "note.json", pack.as_json(present.note(work, note).model_dump(mode="json", exclude={"actions"}))
    yield "audit.json", pack.as_json(_log(work, note))
    for row in note.approval.documents if note.approval else ():
        name = _papers.document_name(note, row)
        yield (
            f"letters/{name}.json",
            pack.as_json(
                {
                    "letter": row.letter,
                    "fingerprint": row.fingerprint,
                    "sha256": row.sha256,
                    "sealed_sha256": row.sealed_sha256,
                    "sealed_at": row.sealed_at.isoformat() if row.sealed_at else None,
                    "seal_certificate": row.seal_certificate,
                }
            ),
        )
        digest = row.final_sha256
        if digest is not None:
            yield f"documents/{name}", work.store.get(digest)
    for enclosure in note.enclosures:
        for version in enclosure.versions:
            frozen = _papers.enclosure_name(note, enclosure, version, False)
            yield f"enclosures/{frozen}", work.store.get(version.frozen_sha256)
            original = _papers.enclosure_name(note, enclosure, version, True)
            yield f"originals/{original}", work.store.get(version.original_sha256)
    if note.approval is not None:
        yield "approval.json", pack.as_json(_approval(work, note))
        yield "receipts.json", pack.as_json(_receipts(work, note))
    if note.state is NoteState.DISPATCHED:
        record = packs.record_of(work, note)
        for name, data in packs.files_of(work, record).items():
            # The documents stand in the dossier once, under their own names.
            if not name.startswith("documents/"):
                yield f"evidence/{name}", data


def _log(work: Work, note: Note) -> list[dict[str, Any]]:
    return [
        {
            "number": entry.number,
            "at": entry.at,
            "actor": entry.actor_id,
            "acting_for": entry.acting_for_id,
            "action": entry.action,
            "data": json.loads(entry.data),
            "mac": entry.mac,
        }
        for entry in reversed(_events.entries(work, note))
    ]


def _approval(work: Work, note: Note) -> dict[str, Any]:
    approval = note.approval
    assert approval is not None
    people = present.People(work, [approval.approved_by, approval.approved_for])
    by, principal = people.get(approval.approved_by), people.get(approval.approved_for)
    return {
        "number": note.symbol,
        "dated": approval.dated.isoformat(),
        "digest": approval.digest,
        "languages": approval.languages,
        "approved_at": _moment(approval.approved_at),
        "approved_by": by.name if by else None,
        "acting_for": principal.name if principal else None,
        "recipients": [
            {
                "member": one.member_id,
                "contact": one.contact_id,
                "role": one.role,
                "address": one.address,
                "language": one.language,
                "channel": one.channel,
                "waived_reason": one.waived_reason,
            }
            for one in approval.recipients
        ],
    }


def _receipts(work: Work, note: Note) -> list[dict[str, Any]]:
    """Each delivery with all evidence of it; never the secret of a personal link."""
    found = []
    for delivery in board.deliveries_of(work, note):
        member = member_of(work, delivery)
        found.append(
            {
                "member": member.code,
                "name": directory.name_of(member, note.source_language, work.today()),
                "address": delivery.address,
                "role": delivery.role,
                "language": delivery.language,
                "message_id": delivery.message_id,
                "transport": delivery.transport.value if delivery.transport else None,
                "human": delivery.human.value,
                "on_behalf": delivery.on_behalf,
                "events": [_evidence(event) for event in events_of(work, delivery)],
            }
        )
    return found


def _evidence(event: Event) -> dict[str, Any]:
    return {"axis": event.axis, "kind": event.kind, "at": _moment(event.at), "data": event.data}


def _moment(value: datetime | None) -> str | None:
    return value.isoformat() if value else None
