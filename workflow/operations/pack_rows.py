"""Rows as a pack of evidence holds them: plain data, to the microsecond, without the secrets of links."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from workflow import audit
from workflow.errors import packed
from workflow.models import Attempt, AuditEntry, Event, IncomingEntry, Outgoing, ReturnedMessage


def delivery_record(row: Outgoing, office: str) -> dict[str, Any]:
    """One contact's delivery, or a reminder of it, with its attempts."""
    return {
        "id": row.id,
        "kind": row.kind,
        "reminder": row.step or None,
        "follows": row.reminds_id,
        "contact": row.contact_id,
        "role": row.role,
        "office": office,
        "address": row.address,
        "language": row.language,
        "channel": row.channel,
        "message_id": row.message_id,
        "documents": [one["sha256"] for one in row.documents],
        "transport": row.transport.value if row.transport else None,
        "human": row.human.value,
        "handed": row.handed.value if row.handed else None,
        "on_behalf": row.on_behalf,
        "late_bounce": row.late_bounce,
        "possible_duplicate": row.possible_duplicate,
        "queue": row.queue.value,
        "held_reason": packed(row.held_reason) if row.held_reason else None,
        "cancelled_at": moment_words(row.cancelled_at),
        "link_revoked_at": moment_words(row.link_revoked_at),
        "attempts": [attempt_record(one) for one in row.attempts],
    }


def attempt_record(row: Attempt) -> dict[str, Any]:
    """One attempt; its token is a secret and is not told."""
    return {
        "id": row.id,
        "number": row.number,
        "address": row.address,
        "transport": row.transport.value,
        "prepared_at": moment_words(row.prepared_at),
        "sending_at": moment_words(row.sending_at),
        "unknown_at": moment_words(row.unknown_at),
        "answered_at": moment_words(row.answered_at),
        "answer": row.answer,
        "queue_id": row.queue_id,
        "linked": row.linked,
        "possible_duplicate": row.possible_duplicate,
        "message": row.message,
    }


def event_record(row: Event, seal: Mapping[str, Any] | None) -> dict[str, Any]:
    """A piece of evidence as it is sealed, what it says of people, and its proof."""
    kept = row.kept
    erasure = row.erased
    return {
        "sealed": audit.leaf_record(row),
        "personal": {"salt": kept.salt, "data": kept.data} if kept and kept.data is not None else None,
        "erased": {"at": moment_words(erasure.made_at), "decision": erasure.decision} if erasure else None,
        "seal": dict(seal) if seal else None,
    }


def message_record(row: ReturnedMessage) -> dict[str, Any]:
    """A message that came back."""
    return {
        "id": row.id,
        "delivery": row.delivery_id,
        "sha256": row.sha256,
        "category": row.category,
        "state": row.state,
        "verified": row.verified,
        "received_at": moment_words(row.received_at),
    }


def incoming_record(row: IncomingEntry, member: str | None) -> dict[str, Any]:
    """An incoming paper about the note: what the register says of it, and its files; never who wrote it."""
    return {
        "id": row.id,
        "number": row.symbol,
        "kind": row.kind.value,
        "channel": row.channel.value if row.channel else None,
        "received_on": row.received_on.isoformat(),
        "member": member,
        "reference": row.reference,
        "dated": row.dated.isoformat() if row.dated else None,
        "subject": row.subject,
        "status": row.status,
        "registered_at": moment_words(row.registered_at),
        "registered_by": row.registered_by,
        "cancelled_at": moment_words(row.cancelled_at),
        "files": [
            {"sha256": one.sha256, "size": one.size, "ending": ending_of(one.filename)} for one in row.files
        ],
    }


def ending_of(filename: str) -> str:
    """How the name of a file ends, where that is a plain ending; else `bin`."""
    ending = filename.rpartition(".")[2].lower()
    return ending if ending.isalnum() and ending.isascii() and len(ending) <= 5 else "bin"


def entry_record(row: AuditEntry) -> dict[str, Any]:
    """An entry of the audit log, whole."""
    return {
        "number": row.number,
        "at": row.at,
        "actor": row.actor_id,
        "acting_for": row.acting_for_id,
        "action": row.action,
        "subject": row.subject,
        "data": row.data,
        "mac": row.mac,
    }


def moment_words(value: datetime | None) -> str | None:
    """A moment as the log writes it."""
    return value.isoformat(timespec="microseconds") if value else None
