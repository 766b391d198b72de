"""Silence procedures at their edges: races, receipts by hand, times that move, papers that withdraw."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from threading import Barrier, Thread
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from tests.integration.test_silence import END, ZONE, Desk
from tests.integration.test_silence import desk as desk
from tests.office import MEMBERS
from tests.prepared import dispatched as dispatched
from workflow import schema
from workflow.errors import Conflict, Invalid, NotFound
from workflow.models import (
    AuditEntry,
    Delivery,
    IncomingEntry,
    Member,
    Note,
    SilenceObjection,
    SilenceOutcome,
)
from workflow.operations import (
    deliveries,
    evidence,
    handing,
    incoming,
    objections,
    outcomes,
    receipt,
    silence,
)
from workflow.operations.incoming_files import File
from workflow.operations.incoming_papers import Paper
from workflow.states import Handing, Transport


def found(desk: Desk) -> list[SilenceObjection]:
    with desk.means.look() as work:
        return list(silence.objections_of(work, desk.procedure()))


def entries(desk: Desk) -> list[IncomingEntry]:
    with desk.means.look() as work:
        rows = work.session.scalars(select(IncomingEntry).order_by(IncomingEntry.id)).all()
        for row in rows:
            assert row.files and row.links
        return list(rows)


def test_an_hour_given_to_the_minute_counts_in_the_minute_of_the_start(desk: Desk) -> None:
    desk.reached(*MEMBERS)
    desk.clock.now = desk.clock.now.replace(second=42)
    desk.start()
    desk.clock.pass_(minutes=1)
    minute = desk.procedure().begins_at.replace(second=0, microsecond=0)
    assert desk.object("MN", minute)
    with pytest.raises(Invalid, match="before the procedure began"):
        desk.object("TJ", minute - timedelta(minutes=1))


def test_a_report_that_comes_late_may_make_an_objection_one_in_time(desk: Desk) -> None:
    desk.reached(*MEMBERS)
    desk.start()
    desk.at(27)
    desk.object("MN")
    assert found(desk)[0].late
    # The report was wrong: the mail never came there.
    with desk.means.work() as work:
        row = work.session.scalars(select(Delivery).where(Delivery.address == "notes@mfa.mn.example")).one()
        evidence.record(
            work, row, "transport", Transport.FAILED.value,
            key=evidence.key_of("late", row.id), at=work.now(), attempt=row.attempts[-1],
        )  # fmt: skip
    assert desk.sweep() == []
    desk.do(outcomes.end, "concluded", "Mongolia objected on paper.")
    assert desk.procedure().outcome is SilenceOutcome.OBJECTED and not found(desk)[0].late


def test_the_time_of_a_state_that_was_served_by_courier_runs_from_the_handover(desk: Desk) -> None:
    desk.reached("CN", "KZ", "MN")
    desk.start()
    desk.at(16)
    with desk.means.look() as work:
        identity = work.session.scalars(
            select(Delivery.id).where(Delivery.address == "notes@mfa.tj.example")
        ).one()

    def hand(step: Handing, **given: str) -> None:
        with desk.means.work(desk.office.registry) as work:
            note = work.session.get_one(Note, desk.note_id)
            row = deliveries.find_delivery(work, note, identity)
            file = desk.means.store.put(b"the delivery list") if step is Handing.DELIVERED else ""
            handing.record_handover(
                work, note, row, handing.Handover("courier", step.value, work.now(), **given),
                file_sha256=file, filename="list.pdf" if file else "",
            )  # fmt: skip

    hand(Handing.SENT, waybill="7-441")
    # On its way is not enough for this procedure; brought back it is nothing at all.
    assert desk.running()["TJ"].ends_at is None
    hand(Handing.RETURNED)
    desk.at(18)
    hand(Handing.DELIVERED, person="A. Rahmon")
    ends = desk.running()["TJ"].ends_at
    assert ends is not None and ends.astimezone(ZoneInfo(ZONE)).date().isoformat() == "2026-06-01"


def test_a_receipt_recorded_on_behalf_counts_from_the_day_of_the_stamp(desk: Desk) -> None:
    desk.reached("CN", "KZ", "MN")
    desk.start(level="acknowledged")
    stamped = desk.clock() + timedelta(days=1)
    desk.at(20)
    with desk.means.work(desk.office.registry) as work:
        note = work.session.get_one(Note, desk.note_id)
        row = work.session.scalars(select(Delivery).where(Delivery.address == "notes@mfa.tj.example")).one()
        receipt.record_on_behalf(
            work, note, row, receipt.Acknowledgement("A. Rahmon", "Registry"), reason="A stamped copy came.",
            file_sha256=desk.means.store.put(b"the stamp"), filename="stamp.pdf", at=stamped,
        )  # fmt: skip
    assert desk.running()["TJ"].reached_at == stamped


@pytest.mark.parametrize("first", ["sweep", "extend"])
def test_the_sweep_and_an_extension_at_once_do_not_both_happen(desk: Desk, first: str) -> None:
    desk.reached(*MEMBERS)
    desk.start()
    desk.at(26, 18)
    start, faults = Barrier(2), []

    def run(verb: str) -> None:
        start.wait(10)
        try:
            if verb == "sweep":
                desk.sweep()
            else:
                desk.do(silence.extend, END + timedelta(days=7), "Two delegations asked for it.")
        except Conflict as refusal:
            faults.append(refusal.code)

    threads = [Thread(target=run, args=(verb,)) for verb in sorted(("sweep", "extend"), key=first.__ne__)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    procedure = desk.procedure()
    if procedure.outcome is None:
        assert faults == [] and procedure.deadline_at == END + timedelta(days=7) and desk.notices() == []
    else:
        assert faults == ["no-silence-open"] and procedure.deadline_at == END and len(desk.notices()) == 1


def test_what_was_extended_between_two_looks_is_not_concluded(desk: Desk) -> None:
    desk.reached(*MEMBERS)
    desk.start()
    desk.at(26, 18)
    with desk.means.look() as work:
        (procedure,) = outcomes.due(work)
    desk.do(silence.extend, END + timedelta(days=7), "Two delegations asked for it.")
    with desk.means.work() as work:
        assert outcomes.conclude_if_over(work, procedure) is None
        assert outcomes.conclude_if_over(work, procedure + 1000) is None
    assert desk.procedure().outcome is None


def test_an_outcome_that_nobody_is_left_to_be_told_of_is_an_outcome(desk: Desk) -> None:
    desk.reached(*MEMBERS)
    desk.start()
    with desk.means.work() as work:
        for row in work.session.scalars(select(Member)):
            for one in row.memberships:
                one.valid_until = work.today()
    desk.at(26, 18)
    assert desk.sweep() == [desk.note_id]
    procedure = desk.procedure()
    assert procedure.outcome is SilenceOutcome.ADOPTED and procedure.notice_id is None


def test_the_proposal_passes_over_days_off(desk: Desk) -> None:
    # A fortnight from a Saturday is a Saturday: the proposal is for the Monday after it.
    desk.clock.now = datetime(2026, 5, 16, 6, tzinfo=UTC)
    with desk.means.look() as work:
        proposed = silence.proposed_deadline(work, "America/New_York")
        assert proposed.isoformat() == "2026-06-01T18:00:00-04:00"


@pytest.mark.parametrize(
    ("zone", "local", "utc"),
    [
        # The hour comes twice: the later one, so that nobody loses time.
        ("Europe/Vienna", "2026-10-25T02:30", "2026-10-25T01:30"),
        ("America/St_Johns", "2026-11-01T01:30", "2026-11-01T05:00"),
        ("Pacific/Chatham", "2026-06-01T18:00", "2026-06-01T05:15"),
    ],
)
def test_deadlines_by_the_clocks_of_other_zones(zone: str, local: str, utc: str) -> None:
    moment = silence.moment_in(datetime.fromisoformat(local), zone)
    assert moment.astimezone(UTC).replace(tzinfo=None) == datetime.fromisoformat(utc)


@pytest.mark.parametrize(
    ("zone", "local"), [("Europe/Vienna", "2026-03-29T02:30"), ("Africa/Cairo", "2026-04-24T00:15")]
)
def test_an_hour_that_the_clocks_skip_is_no_deadline(zone: str, local: str) -> None:
    with pytest.raises(Invalid, match="skip") as refused:
        silence.moment_in(datetime.fromisoformat(local), zone)
    assert refused.value.code == "no-such-hour"


def test_the_paper_that_withdraws_an_objection_stands_in_the_incoming_register(desk: Desk) -> None:
    desk.reached(*MEMBERS)
    desk.start()
    desk.at(20)
    identity = desk.object("MN")
    desk.at(21)
    file = desk.means.store.put(b"they withdraw it")
    said = objections.Withdrawal(file, "withdrawal.pdf", "12/400", desk.clock().date(), channel="post")
    for wrong, sentence in (
        (replace(said, sha256="0" * 64), "Add the file"),
        (replace(said, dated=(desk.clock() + timedelta(days=2)).date()), "cannot lie in the future"),
        (replace(said, received_on=(desk.clock() - timedelta(days=3)).date()), "before the objection"),
        (replace(said, reference="9" * 201), "more than 200"),
        (replace(said, channel="pigeon"), "how the paper came"),
    ):
        with pytest.raises(Invalid, match=sentence):
            desk.do(objections.withdraw_objection, identity, "Their note says so.", wrong)
    # Nothing was half written.
    assert found(desk)[0].withdrawn_at is None and len(entries(desk)) == 1
    desk.do(objections.withdraw_objection, identity, "Their note says so.", said)
    row, (first, second) = found(desk)[0], entries(desk)
    assert row.withdrawn_sha256 == file
    assert (first.objection_id, first.withdraws_id) == (identity, None)
    assert (second.objection_id, second.withdraws_id) == (None, identity)
    assert (second.member_id, second.reference, second.status) == (row.member_id, "12/400", "settled")
    assert [one.sha256 for one in second.files] == [file]
    assert [link.note_id for link in second.links] == [desk.note_id]
    with desk.means.look() as work:
        logged = work.session.scalars(
            select(AuditEntry).where(AuditEntry.action == "withdraw_objection")
        ).one()
        assert file in str(logged.data)


def test_a_registered_paper_may_withdraw_the_objection_of_its_own_state_only(desk: Desk) -> None:
    desk.reached(*MEMBERS)
    desk.start()
    desk.at(20)
    objection = desk.object("MN")
    with desk.means.look() as work:
        reference = work.session.get_one(Note, desk.note_id).reference

    def paper(code: str, **given: str) -> str:
        with desk.means.work(desk.office.registry) as work:
            said = Paper(
                kind="reply",
                subject="On silence",
                member=code,
                notes=(reference,),
                **given,  # type: ignore[arg-type]
            )
            return incoming.register(work, said, (File("a.pdf", b"%PDF-1.7 of " + code.encode()),)).symbol

    own, other = paper("MN", reference="12/400"), paper("TJ", reference="7")
    with desk.means.look() as work:
        objected = work.session.scalars(select(IncomingEntry.symbol).order_by(IncomingEntry.id)).first()
    for number in (other, objected):
        with pytest.raises(Invalid, match="cannot withdraw the objection of MN"):
            desk.do(objections.withdraw_objection, objection, "So they say.", incoming=number)
    with pytest.raises(NotFound):
        desk.do(objections.withdraw_objection, objection, "So they say.", incoming="IN-999/2026")
    desk.do(objections.withdraw_objection, objection, "So they say.", incoming=own)
    (entry,) = [one for one in entries(desk) if one.symbol == own]
    assert entry.withdraws_id == objection and len(entries(desk)) == 3
    # It is no objection itself, whatever anybody chooses.
    with pytest.raises(Invalid, match="cannot be taken as an objection"):
        desk.do(objections.take_objection, own)


def test_the_migration_of_withdrawals_goes_both_ways(desk: Desk) -> None:
    desk.reached(*MEMBERS)
    desk.start()
    identity = desk.object("MN")
    file = desk.means.store.put(b"they withdraw it")
    desk.do(objections.withdraw_objection, identity, "So they say.", objections.Withdrawal(file, "a.pdf"))
    database = desk.means.database
    schema.downgrade(database, "0018")
    schema.upgrade(database)
    assert schema.differences(database) == [] and len(entries(desk)) == 2
    # The table was made anew, and still lets nothing be removed.
    for statement in (
        "DELETE FROM incoming_entries",
        "UPDATE incoming_entries SET objection_id = 1, withdraws_id = 1",
    ):
        with pytest.raises(DBAPIError), desk.means.work() as work:
            work.session.execute(text(statement))


def test_the_same_paper_cannot_be_taken_back_twice(desk: Desk) -> None:
    desk.reached(*MEMBERS)
    desk.start()
    identity = desk.object("MN")
    file = desk.means.store.put(b"they withdraw it")
    said = objections.Withdrawal(file, "a.pdf")
    desk.do(objections.withdraw_objection, identity, "So they say.", said)
    with pytest.raises(Conflict, match="withdrawn already"):
        desk.do(objections.withdraw_objection, identity, "Again.", said)
    assert len(entries(desk)) == 2
