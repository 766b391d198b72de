"""A pack of evidence held against the log of this installation: does it still say what the pack holds?"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from workflow import audit
from workflow.errors import Phrase, Refusal
from workflow.models import AuditEntry, Event, Note, Outgoing
from workflow.operations import pack_anew
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
            Phrase(
                "The log here has no entry %(number)s as the pack knows it: it is not of this log.",
                number=count,
            )
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
            verdict.faults.append(
                Phrase("Entry %(number)s of the pack is not that of the log.", number=entry["number"])
            )
    note = work.session.scalar(select(Note).where(Note.reference == record["note"]["reference"]))
    if note is None:
        verdict.faults.append(Phrase("There is no such note here."))
        return verdict
    _compare_events(work, record, verdict)
    _compare_deliveries(work, record, verdict)
    if verdict.good:
        # Whatever could be left out or told otherwise without breaking a proof.
        _compare_anew(work, note, record, verdict)
    return verdict


def _compare_anew(work: Work, note: Note, record: Mapping[str, Any], verdict: Verdict) -> None:
    try:
        fresh = pack_anew.made(work, note, record)
        verdict.faults += pack_anew.faults(work, record, fresh)
        verdict.notes += pack_anew.renamed(record, fresh)
        verdict.notes += pack_anew.made_otherwise(record, fresh)
    except Refusal as refusal:
        verdict.faults.append(Phrase(refusal.message, **refusal.values))
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        # An altered record may be of any shape; that it cannot be compared is the finding.
        verdict.faults.append(
            Phrase(
                "The evidence is not of the form that was written (%(error)s).", error=type(error).__name__
            )
        )


def _compare_events(work: Work, record: Mapping[str, Any], verdict: Verdict) -> None:
    ids = [one["sealed"]["id"] for one in pieces(record)]
    known = {one.id: one for one in work.session.scalars(select(Event).where(Event.id.in_(ids))).unique()}
    for event in pieces(record):
        number = event["sealed"]["id"]
        row = known.get(number)
        if row is None or audit.leaf_record(row) != event["sealed"]:
            verdict.faults.append(
                Phrase("Piece of evidence %(id)s of the pack is not that of the log.", id=number)
            )
        elif row.erased and event["personal"] is not None:
            verdict.notes.append(
                Phrase(
                    "Piece of evidence %(id)s: its personal data were erased here on %(day)s by decision: %(decision)s",
                    id=number,
                    day=row.erased.made_at.date().isoformat(),
                    decision=row.erased.decision,
                )
            )


def _compare_deliveries(work: Work, record: Mapping[str, Any], verdict: Verdict) -> None:
    """What a pack says of attempts is held against the rows; later attempts are no fault of the pack."""
    for member in record["members"]:
        for one in member["deliveries"]:
            row = work.session.get(Outgoing, one["id"])
            if row is None or row.message_id != one["message_id"]:
                verdict.faults.append(
                    Phrase("The message %(message)s is not one of this log.", message=one["message_id"])
                )
                continue
            rows = {attempt.number: attempt for attempt in row.attempts}
            for attempt in one["attempts"]:
                now = rows.get(attempt["number"])
                if now is None or any(
                    moment_words(getattr(now, name)) != attempt[name]
                    for name in ("prepared_at", "sending_at")
                ):
                    verdict.faults.append(
                        Phrase(
                            "Attempt %(number)s of %(message)s is not that of the log.",
                            number=attempt["number"],
                            message=one["message_id"],
                        )
                    )
            if [item["sha256"] for item in row.documents] != one["documents"]:
                verdict.faults.append(
                    Phrase(
                        "The documents of %(message)s are not those of the log.", message=one["message_id"]
                    )
                )
