"""A pack of evidence held against the log of this installation: does it still say what the pack holds?"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from workflow import audit
from workflow.models import AuditEntry, Event, Note, Outgoing
from workflow.operations.context import Work
from workflow.operations.pack_rows import entry_record, moment_words
from workflow.proof.check import Verdict, pieces


def compare(work: Work, verdict: Verdict) -> Verdict:
    """Asks the log of this installation whether it still says what a pack holds; adds to the verdict.

    The whole chain is walked, then each entry and piece of evidence of the pack is held against its row.
    """
    record = verdict.record
    chain = audit.verify(work.session, work.settings.keys.audit)
    verdict.faults += chain.faults
    count, head = record["log"]["count"], record["log"]["head"]
    last = work.session.get(AuditEntry, count)
    if last is None or last.mac != head:
        verdict.faults.append(
            f"The log here has no entry {count} as the pack knows it: it is not of this log."
        )
    rows = {
        row.number: entry_record(row)
        for row in work.session.scalars(
            select(AuditEntry).where(
                AuditEntry.number.in_([one["number"] for one in record["log"]["entries"]])
            )
        )
    }
    for entry in record["log"]["entries"]:
        if rows.get(entry["number"]) != entry:
            verdict.faults.append(f"Entry {entry['number']} of the pack is not that of the log.")
    note = work.session.scalar(select(Note).where(Note.reference == record["note"]["reference"]))
    if note is None:
        verdict.faults.append("There is no such note here.")
        return verdict
    _compare_events(work, record, verdict)
    _compare_deliveries(work, record, verdict)
    return verdict


def _compare_events(work: Work, record: Mapping[str, Any], verdict: Verdict) -> None:
    ids = [one["sealed"]["id"] for one in pieces(record)]
    known = {one.id: one for one in work.session.scalars(select(Event).where(Event.id.in_(ids))).unique()}
    for event in pieces(record):
        number = event["sealed"]["id"]
        row = known.get(number)
        if row is None or audit.leaf_record(row) != event["sealed"]:
            verdict.faults.append(f"Piece of evidence {number} of the pack is not that of the log.")
        elif row.erased and event["personal"] is not None:
            verdict.notes.append(
                f"Piece of evidence {number}: its personal data were erased here on "
                f"{row.erased.made_at.date().isoformat()} by decision: {row.erased.decision}"
            )


def _compare_deliveries(work: Work, record: Mapping[str, Any], verdict: Verdict) -> None:
    """What a pack says of attempts is held against the rows; later attempts are no fault of the pack."""
    for member in record["members"]:
        for one in member["deliveries"]:
            row = work.session.get(Outgoing, one["id"])
            if row is None or row.message_id != one["message_id"]:
                verdict.faults.append(f"The message {one['message_id']} is not one of this log.")
                continue
            rows = {attempt.number: attempt for attempt in row.attempts}
            for attempt in one["attempts"]:
                now = rows.get(attempt["number"])
                if now is None or any(
                    moment_words(getattr(now, name)) != attempt[name]
                    for name in ("prepared_at", "sending_at")
                ):
                    verdict.faults.append(
                        f"Attempt {attempt['number']} of {one['message_id']} is not that of the log."
                    )
            if [item["sha256"] for item in row.documents] != one["documents"]:
                verdict.faults.append(f"The documents of {one['message_id']} are not those of the log.")
