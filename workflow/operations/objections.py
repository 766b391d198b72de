"""Objections to a silence procedure: registered with the file, late or in time, and withdrawn."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from workflow.clock import day_in
from workflow.errors import Conflict, Invalid, NotFound
from workflow.models import (
    IncomingEntry,
    Member,
    Note,
    ReturnedMessage,
    SilenceObjection,
    SilenceOutcome,
    SilenceProcedure,
)
from workflow.operations import clocks, incoming_objections, silence
from workflow.operations.context import Work, begin, note_subject, require_reason

# What stands for the number of a state's note that has none.
NO_NUMBER = "–"


@dataclass(frozen=True)
class Withdrawal:
    """The paper by which a state withdraws its objection; `dated` and the rest are its own, as far as it has them."""

    sha256: str
    filename: str
    reference: str = ""
    dated: date | None = None
    received_on: date | None = None
    channel: str = ""


@dataclass(frozen=True)
class Objection:
    """What a state's objection says: the number and date of its note, when and how it came, and the file."""

    reference: str
    dated: date
    received_at: datetime
    sha256: str
    filename: str
    remark: str = ""
    channel: str = ""


def register_objection(
    work: Work, note: Note, code: str, said: Objection, entry: IncomingEntry | None = None
) -> SilenceObjection:
    """Registers the objection of a state; one that came after its time is kept as late.

    Its paper stands in the incoming register, too: as `entry`, or anew.
    It belongs to the latest procedure, even after its outcome: an objection that came in time and was
    registered too late is shown beside the outcome, which is written once.
    """
    begin(work, note, "register_objection")
    found = silence.procedures_of(work, note)
    if not found:
        raise Conflict("no-silence", "There is no silence procedure on this note.")
    procedure = found[0]
    _check(work, procedure, said)
    mine = [one for one in clocks.running(work, note, procedure) if one.member.code == code.strip().upper()]
    if not mine:
        raise Invalid("unknown-member", "%(code)s is not an addressee of this note.", code=code)
    member = mine[0].member
    if any(
        one.member_id == member.id and one.sha256 == said.sha256
        for one in silence.objections_of(work, procedure)
    ):
        raise Conflict("objection-known", "This objection is registered already.")
    late = silence.is_late(said.received_at, mine[0].ends_at)
    if procedure.outcome in (SilenceOutcome.BROKEN, SilenceOutcome.CANCELLED):
        assert procedure.ended_at is not None  # The CHECK of the table says so.
        late = late or said.received_at > procedure.ended_at
    row = SilenceObjection(
        procedure_id=procedure.id,
        member_id=member.id,
        reference=said.reference.strip(),
        dated=said.dated,
        received_at=said.received_at,
        late=late,
        sha256=said.sha256,
        filename=said.filename,
        remark=said.remark.strip(),
        registered_by=work.actor.id,
        registered_at=work.now(),
    )
    work.session.add(row)
    work.session.flush()
    work.log(
        "register_objection",
        note_subject(note),
        procedure=procedure.number,
        member=member.code,
        reference=row.reference,
        file=row.sha256,
        late=late,
    )
    if entry is not None:
        incoming_objections.link_objection(work, note, entry, row)
    else:
        data = work.store.get(row.sha256)
        incoming_objections.register_objection(work, note, row, member, data, said.channel)
    return row


def take_objection(
    work: Work, note: Note, number: str, received_at: datetime | None = None, remark: str = ""
) -> SilenceObjection:
    """Registers as an objection what stands in the incoming register under `number`.

    State, number, date and file are the entry's; the hour at which it came is that of the message that it
    was taken from, else `received_at`, else that of its registration on the same day.
    """
    begin(work, note, "register_objection")
    entry, member, file = incoming_objections.find_linkable(work, note, number)
    said = Objection(
        reference=entry.reference or NO_NUMBER,
        dated=entry.dated or entry.received_on,
        received_at=_hour(work, entry, received_at),
        sha256=file.sha256,
        filename=file.filename,
        remark=remark,
    )
    return register_objection(work, note, member.code, said, entry)


def _hour(work: Work, entry: IncomingEntry, given: datetime | None) -> datetime:
    if entry.returned_id is not None:
        return work.session.get_one(ReturnedMessage, entry.returned_id).received_at
    moment = given or entry.registered_at
    if day_in(moment, work.zone) != entry.received_on:
        raise Invalid(
            "objection-hour",
            "%(number)s came on %(day)s. Give the hour of that day at which it came.",
            number=entry.symbol,
            day=entry.received_on.isoformat(),
        )
    return moment


def withdraw_objection(
    work: Work,
    note: Note,
    objection_id: int,
    reason: str,
    said: Withdrawal | None = None,
    *,
    incoming: str = "",
) -> SilenceObjection:
    """Registers that a state has withdrawn its objection, and how it said so.

    Its paper, if there is one, stands in the incoming register, too: `said` is registered there, and
    `incoming` is the number of one that is there already.
    """
    begin(work, note, "withdraw_objection", reason=reason)
    procedure = silence.open_procedure(work, note)
    row = work.session.get(SilenceObjection, objection_id)
    if row is None or row.procedure_id != procedure.id:
        raise NotFound("no-such-objection", "The open procedure has no objection %(id)s.", id=objection_id)
    if row.withdrawn_at is not None:
        raise Conflict("objection-withdrawn", "This objection is withdrawn already.")
    member = work.session.get_one(Member, row.member_id)
    row.withdrawn_at, row.withdrawn_by = work.now(), work.actor.id
    row.withdrawn_reason = require_reason(reason)
    if incoming.strip():
        entry, file = incoming_objections.find_withdrawal(work, note, member, incoming)
        row.withdrawn_sha256 = file.sha256
        incoming_objections.link_withdrawal(work, note, entry, row)
    elif said is not None:
        _check_withdrawal(work, row, said)
        row.withdrawn_sha256 = said.sha256
        incoming_objections.register_withdrawal(work, note, row, member, said)
    work.log(
        "withdraw_objection",
        note_subject(note),
        procedure=procedure.number,
        member=member.code,
        objection=row.id,
        reason=reason,
        file=row.withdrawn_sha256,
    )
    return row


def _check_withdrawal(work: Work, row: SilenceObjection, said: Withdrawal) -> None:
    if max(len(said.reference), len(said.filename)) > 200:
        raise Invalid("too-long", "A field has more than 200 characters. Shorten it.")
    today = work.today()
    if (said.dated or today) > today or (said.received_on or today) > today:
        raise Invalid("withdrawal-future", "The withdrawal cannot lie in the future.")
    if said.received_on is not None and said.received_on < day_in(row.received_at, work.zone):
        raise Invalid("withdrawal-early", "It came before the objection, so it does not withdraw that.")
    if not work.store.has(said.sha256):
        raise Invalid("withdrawal-file", "Add the file of the state's note.")


def _check(work: Work, procedure: SilenceProcedure, said: Objection) -> None:
    if not said.reference.strip():
        raise Invalid("objection-reference", "Give the number of the state's note, or “none”.")
    if max(len(said.reference), len(said.filename)) > 200 or len(said.remark) > 2000:
        raise Invalid("too-long", "A field has more than 200 characters. Shorten it.")
    if said.received_at > work.now() or said.dated > work.today():
        raise Invalid("future", "The objection cannot lie in the future.")
    # Hours are given to the minute, and the procedure may have begun within it.
    if said.received_at < procedure.begins_at.replace(second=0, microsecond=0):
        raise Invalid("objection-early", "It came before the procedure began, so it is no objection to it.")
    if not work.store.has(said.sha256):
        raise Invalid("objection-file", "Add the file of the state's note.")
