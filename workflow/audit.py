"""The audit log: append-only, chained by HMAC, anchored outside the database.

Entry n carries HMAC-SHA256(key, mac of n-1 ‖ canonical JSON of entry n); the chain begins with 64
zeros.  Whoever lacks the key can neither change nor add an entry unseen.  Operations are chained
one by one; delivery evidence comes in batches, one entry with the Merkle root (RFC 6962, section
2.1) of its rows.  The head is kept outside the database too (`workflow.anchors`); with such anchors
`verify` also finds a tail that was cut off.

Entries hold ids of people, not names, so that personal data can be corrected or erased.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from workflow.canonical import canonical
from workflow.errors import Phrase
from workflow.models import Attempt, AuditEntry, AuditHead, Event, EvidenceSeal
from workflow.proof.merkle import merkle_root
from workflow.proof.sent import names_message

GENESIS = "0" * 64
PAGE = 1000


@dataclass
class Verification:
    """What `verify` found: `faults` are sentences; no fault means that the log is whole."""

    entries: int
    head: str
    sealed: int = 0
    unsealed: int = 0
    faults: list[str] = field(default_factory=list)

    @property
    def good(self) -> bool:
        """Whether no fault was found."""
        return not self.faults


def _mac(key: bytes, previous: str, entry: AuditEntry) -> str:
    body = canonical(
        {
            "number": entry.number,
            "at": entry.at,
            "actor": entry.actor_id,
            "acting_for": entry.acting_for_id,
            "action": entry.action,
            "subject": entry.subject,
            "data": entry.data,
        }
    )
    return hmac.new(key, f"{previous}\n{body}".encode(), hashlib.sha256).hexdigest()


def append(
    session: Session,
    key: bytes,
    at: datetime,
    action: str,
    subject: str,
    data: dict[str, Any],
    *,
    actor_id: int | None,
    acting_for_id: int | None = None,
) -> AuditEntry:
    """Adds one entry within the caller's transaction.

    The head row is locked until that transaction ends, so entries are numbered in the order of
    their commits; call it last, after every other lock is held.
    """
    session.flush()
    head = session.execute(select(AuditHead).with_for_update()).scalar_one_or_none()
    if head is None:
        head = AuditHead(id=1, count=0, mac=GENESIS, anchored_count=0)
        session.add(head)
        session.flush()
    entry = AuditEntry(
        number=head.count + 1,
        at=at.isoformat(timespec="microseconds"),
        actor_id=actor_id,
        acting_for_id=acting_for_id,
        action=action,
        subject=subject,
        data=canonical(data),
    )
    entry.mac = _mac(key, head.mac, entry)
    head.count, head.mac = entry.number, entry.mac
    session.add(entry)
    session.flush()
    return entry


def leaf_record(event: Event) -> dict[str, Any]:
    """What the log seals of an event: its facts, and the commitment to its personal data where it has any."""
    record: dict[str, Any] = {
        "id": event.id,
        "key": event.key,
        "delivery": event.delivery_id,
        "attempt": event.attempt_id,
        "axis": event.axis,
        "kind": event.kind,
        "at": event.at.isoformat(timespec="microseconds"),
        "recorded": event.recorded_at.isoformat(timespec="microseconds"),
        "actor": event.actor_id,
        "data": event.facts,
    }
    return {**record, "personal": event.personal} if event.personal else record


def leaf(event: Event) -> bytes:
    """The bytes of an event that the Merkle root covers."""
    return canonical(leaf_record(event)).encode()


def seal_evidence(session: Session, key: bytes, at: datetime, limit: int = 1000) -> int:
    """Chains the events that no entry covers yet, `limit` of them in one entry; gives their number."""
    # The head is locked first: two sealers would otherwise pick the same events.
    session.execute(select(AuditHead).with_for_update()).scalar_one_or_none()
    events = session.scalars(
        select(Event)
        .outerjoin(EvidenceSeal, EvidenceSeal.event_id == Event.id)
        .where(EvidenceSeal.event_id.is_(None))
        .order_by(Event.id)
        .limit(limit)
    ).all()
    if not events:
        return 0
    entry = append(
        session,
        key,
        at,
        "evidence",
        "events",
        {"count": len(events), "root": merkle_root([leaf(event) for event in events])},
        actor_id=None,
    )
    session.add_all(
        EvidenceSeal(event_id=event.id, entry_number=entry.number, position=position)
        for position, event in enumerate(events)
    )
    session.flush()
    return len(events)


def head(session: Session) -> tuple[int, str]:
    """The number of entries and the mac of the last."""
    row = session.get(AuditHead, 1)
    return (row.count, row.mac) if row else (0, GENESIS)


def verify(session: Session, key: bytes, anchors: Iterable[tuple[int, str]] = ()) -> Verification:
    """Walks the whole log and says what is wrong with it.

    Finds entries that were changed, removed, added or put in another order; with `anchors` (the
    count and mac of earlier heads) also a tail that was cut off; and events that were changed or
    removed after an entry sealed them.
    """
    # All anchors of a number are kept: after a cut, the log that grew again would hide the older one.
    known: dict[int, set[str]] = {}
    for anchored, anchored_mac in anchors:
        known.setdefault(anchored, set()).add(anchored_mac)
    result = Verification(0, GENESIS)
    previous = GENESIS
    expected = 1
    roots: dict[int, dict[str, Any]] = {}
    last = 0
    while page := session.scalars(
        select(AuditEntry).where(AuditEntry.number > last).order_by(AuditEntry.number).limit(PAGE)
    ).all():
        for entry in page:
            last = entry.number
            if entry.number != expected:
                result.faults.append(
                    Phrase("Entry %(number)s of the audit log is missing.", number=expected)
                    if entry.number == expected + 1
                    else Phrase(
                        "Entry %(first)s to %(last)s of the audit log is missing.",
                        first=expected,
                        last=entry.number - 1,
                    )
                )
                expected = entry.number
            elif not hmac.compare_digest(_mac(key, previous, entry), entry.mac):
                result.faults.append(
                    Phrase(
                        "Entry %(number)s of the audit log was changed, or put in another's place.",
                        number=entry.number,
                    )
                )
            if entry.number in known and known[entry.number] != {entry.mac}:
                result.faults.append(
                    Phrase("Entry %(number)s is not the one that was anchored.", number=entry.number)
                )
            if entry.action == "evidence":
                try:
                    roots[entry.number] = json.loads(entry.data)
                except ValueError:
                    result.faults.append(
                        Phrase(
                            "Entry %(number)s no longer names the evidence that it sealed.",
                            number=entry.number,
                        )
                    )
            previous = entry.mac
            expected += 1
            result.entries += 1
    result.head = previous
    count, mac = head(session)
    if count != last or mac != previous:
        result.faults.append(
            Phrase(
                "The head names %(count)s entries, but the log ends with entry %(last)s: the end was cut off or changed.",
                count=count,
                last=last,
            )
        )
    for anchored, macs in known.items():
        if anchored > last:
            result.faults.append(
                Phrase(
                    "The log had %(count)s entries when it was anchored (%(mac)s…), "
                    "but ends with entry %(last)s: its end was cut off.",
                    count=anchored,
                    mac=min(macs)[:12],
                    last=last,
                )
            )
    _verify_evidence(session, roots, result)
    _verify_messages(session, result)
    return result


def _verify_messages(session: Session, result: Verification) -> None:
    """What is recorded of the message of an attempt has to be what its evidence, which is sealed, says of it."""
    told = select(Event.id, Event.axis, Event.kind, Event.facts, Attempt).join(
        Attempt, Attempt.id == Event.attempt_id
    )
    rows = session.execute(
        told.where(Event.axis == "transport").order_by(Event.id).execution_options(yield_per=PAGE)
    )
    for event, axis, kind, facts, attempt in rows:
        if names_message(axis, kind, facts) and facts.get("message") != attempt.message:
            result.faults.append(
                Phrase(
                    "Attempt %(id)s: what is recorded of its message is not what piece of evidence %(event)s says.",
                    id=attempt.id,
                    event=event,
                )
            )


def _verify_evidence(session: Session, roots: dict[int, dict[str, Any]], result: Verification) -> None:
    for number, sealed in roots.items():
        rows = session.execute(
            select(Event, EvidenceSeal.position)
            .join(EvidenceSeal, EvidenceSeal.event_id == Event.id)
            .where(EvidenceSeal.entry_number == number)
            .order_by(EvidenceSeal.position)
        ).all()
        result.sealed += len(rows)
        root = merkle_root([leaf(event) for event, _ in rows])
        if len(rows) != sealed.get("count") or root != sealed.get("root"):
            result.faults.append(
                Phrase("Evidence that entry %(number)s sealed was changed or removed.", number=number)
            )
    covered = session.scalar(select(func.count()).select_from(EvidenceSeal)) or 0
    if covered != result.sealed:
        result.faults.append(Phrase("Some evidence claims to be sealed by an entry that is not there."))
    result.unsealed = (session.scalar(select(func.count()).select_from(Event)) or 0) - covered
