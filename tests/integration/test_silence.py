"""Silence procedures: clocks by zone and receipt, objections in time and late, one outcome, and its draft."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from threading import Barrier, Thread
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from tests.office import MEMBERS, SOURCE
from tests.prepared import Prepared
from tests.prepared import dispatched as dispatched
from workflow.errors import Conflict, Invalid, NotAllowed, NotFound
from workflow.models import AuditEntry, Delivery, Note, SilenceOutcome, SilenceProcedure
from workflow.operations import by_rule, clocks, drafting, evidence, objections, outcomes, receipt, silence
from workflow.operations.submission import Submission
from workflow.states import MemberStatus, NoteState, Transport

ZONE = "Asia/Almaty"
YEAR = (datetime.fromisoformat("2026-01-01T00:00"), datetime.fromisoformat("2026-12-01T00:00"))
END = datetime(2026, 5, 26, 18, tzinfo=ZoneInfo(ZONE))


class Desk:
    """An installation with one dispatched note; the tests say who was reached when."""

    def __init__(self, prepared: Prepared) -> None:
        self.prepared, self.means, self.clock = prepared, prepared.means, prepared.clock
        self.office, self.note_id = prepared.office, prepared.note_id

    def do(self, verb: Any, *args: Any, **given: Any) -> Any:
        return self.office.do("registry", verb, self.note_id, *args, **given)

    def at(self, day: int, hour: int = 12, month: int = 5) -> None:
        self.clock.now = datetime(2026, month, day, hour, tzinfo=ZoneInfo(ZONE)).astimezone(UTC)

    def reached(self, *codes: str) -> None:
        """A report says that the note is in the mailbox of these states."""
        from tests.relay import ScriptedRelay, World
        from workflow.operations import sending

        sending.send_note(self.means, self.note_id, ScriptedRelay(World()), "worker")
        for code in codes:
            with self.means.work() as work:
                address = f"notes@mfa.{code.lower()}.example"
                row = work.session.scalars(select(Delivery).where(Delivery.address == address)).one()
                evidence.record(
                    work, row, "transport", Transport.DELIVERED.value,
                    key=evidence.key_of("test", row.id), at=work.now(), attempt=row.attempts[-1],
                )  # fmt: skip

    def start(self, deadline: datetime = END, **given: Any) -> None:
        self.do(silence.start, deadline, **given)

    def object(self, code: str, received: datetime | None = None, text: bytes = b"") -> int:
        file = self.means.store.put(text or f"The note of {code}".encode())
        now = received or self.clock()
        said = objections.Objection("12/345", now.date(), now, file, "note.pdf")
        return int(self.do(objections.register_objection, code, said).id)

    def sweep(self) -> list[int]:
        with self.means.work() as work:
            return outcomes.sweep(work)

    def procedure(self) -> SilenceProcedure:
        with self.means.look() as work:
            return silence.procedures_of(work, work.session.get_one(Note, self.note_id))[0]

    def running(self) -> dict[str, clocks.Running]:
        with self.means.look() as work:
            note = work.session.get_one(Note, self.note_id)
            found = clocks.running(work, note, silence.procedures_of(work, note)[0])
            return {one.member.code: one for one in found}

    def notices(self) -> list[Note]:
        with self.means.look() as work:
            found = work.session.scalars(
                select(Note).where(Note.relation == "outcome").order_by(Note.id)
            ).all()
            for note in found:
                [paragraph.texts for paragraph in note.paragraphs]
            return list(found)


@pytest.fixture
def desk(dispatched: Prepared) -> Desk:
    return Desk(dispatched)


def test_silence_to_the_end_is_adoption_once_and_drafts_a_notice(desk: Desk) -> None:
    desk.reached(*MEMBERS)
    desk.start()
    desk.at(26, 17)
    assert desk.sweep() == []
    desk.at(26, 18)
    assert desk.sweep() == [desk.note_id] and desk.sweep() == []
    procedure = desk.procedure()
    assert procedure.outcome is SilenceOutcome.ADOPTED and procedure.ended_by is None
    (notice,) = desk.notices()
    assert procedure.notice_id == notice.id and notice.state is NoteState.DRAFT
    with desk.means.look(desk.office.registry) as work:
        from workflow.operations import composition

        note = work.session.get_one(Note, notice.id)
        assert len(note.addressees) == 4
        text = composition.text_of(work, note, "en").replace("\u00a0", " ")
        assert "TTF/1 of 12 May 2026" in text and "18:00 (UTC+5) on 26 May 2026" in text
        assert "considered adopted" in text
        assert "26 мая 2026" in composition.text_of(work, note, "ru").replace("\u00a0", " ")
        assert "2026 жылғы 26 мамыр" in composition.text_of(work, note, "kk").replace("\u00a0", " ")
        found = composition.concordance_of(work, note)
        assert [one.finding.message for one in found if one.finding.severity == "error"] == []
        logged = work.session.scalars(select(AuditEntry).where(AuditEntry.action == "silence_outcome")).all()
        assert len(logged) == 1 and logged[0].actor_id is None


def test_an_objection_in_time_breaks_the_silence(desk: Desk) -> None:
    desk.reached(*MEMBERS)
    desk.start()
    desk.at(20)
    desk.object("MN")
    desk.at(26, 19)
    desk.object("TJ", received=END + timedelta(minutes=1))
    assert desk.sweep() == [desk.note_id]
    assert desk.procedure().outcome is SilenceOutcome.OBJECTED
    (notice,) = desk.notices()
    said = notice.slots["objections"]["value"]
    assert "Mongolia" in said["en"] and "12/345" in said["en"] and "Tajikistan" not in said["en"]
    assert "Монголия" in said["ru"]


def test_an_objection_after_the_end_is_late_and_does_not_count(desk: Desk) -> None:
    desk.reached(*MEMBERS)
    desk.start()
    desk.at(27)
    desk.object("MN")
    with desk.means.look() as work:
        (row,) = silence.objections_of(work, desk.procedure())
        assert row.late and not silence.stands(row)
    desk.sweep()
    assert desk.procedure().outcome is SilenceOutcome.ADOPTED
    # It came in time, and lay on a desk: it is kept as what it is; the outcome is written once.
    desk.object("KZ", received=END - timedelta(hours=1))
    assert desk.sweep() == [] and desk.procedure().outcome is SilenceOutcome.ADOPTED
    with desk.means.look() as work:
        assert [one.late for one in silence.objections_of(work, desk.procedure())] == [False, True]


def test_a_withdrawn_objection_restores_the_silence(desk: Desk) -> None:
    desk.reached(*MEMBERS)
    desk.start()
    desk.at(20)
    identity = desk.object("MN")
    with pytest.raises(Conflict, match="registered already"):
        desk.object("MN")
    desk.do(objections.withdraw_objection, identity, "Their note of the 21st.")
    with pytest.raises(Conflict, match="withdrawn already"):
        desk.do(objections.withdraw_objection, identity, "Again.")
    with pytest.raises(NotFound):
        desk.do(objections.withdraw_objection, identity + 7, "Nothing.")
    desk.at(26, 18)
    desk.sweep()
    assert desk.procedure().outcome is SilenceOutcome.ADOPTED


def test_the_time_of_a_state_runs_from_its_receipt(desk: Desk) -> None:
    desk.reached("CN", "KZ", "MN")
    desk.start()
    desk.at(15)
    assert desk.running()["TJ"].ends_at is None and desk.running()["CN"].ends_at == END
    desk.at(26, 18)
    # One state was never reached: nothing is concluded over its head.
    assert desk.sweep() == []
    desk.at(28)
    desk.reached("TJ")
    ends = desk.running()["TJ"].ends_at
    assert ends is not None and ends.astimezone(ZoneInfo(ZONE)) == datetime(
        2026, 6, 11, 18, tzinfo=ZoneInfo(ZONE)
    )
    desk.at(5, month=6)
    desk.object("TJ")
    assert desk.sweep() == []
    desk.at(11, 18, month=6)
    assert desk.sweep() == [desk.note_id]
    assert desk.procedure().outcome is SilenceOutcome.OBJECTED


def test_the_registry_may_conclude_without_a_state_that_cannot_be_reached(desk: Desk) -> None:
    desk.reached("CN", "KZ", "MN")
    desk.start()
    desk.at(20)
    with pytest.raises(Conflict, match="has not passed"):
        desk.do(outcomes.end, "concluded", "Too early.")
    with pytest.raises(Conflict, match="No objection stands"):
        desk.do(outcomes.end, "broken", "Nobody objected.")
    desk.at(28)
    desk.do(outcomes.end, "concluded", "The ministry is closed.")
    procedure = desk.procedure()
    assert (
        procedure.outcome is SilenceOutcome.ADOPTED
        and procedure.waived_reason == "TJ: The ministry is closed."
    )


def test_break_of_silence_and_restart(desk: Desk) -> None:
    desk.reached(*MEMBERS)
    desk.start()
    with pytest.raises(Conflict, match="is under way"):
        desk.start()
    desk.at(14)
    desk.object("CN")
    desk.do(outcomes.end, "broken", "The text is negotiated anew.")
    assert desk.procedure().outcome is SilenceOutcome.BROKEN
    assert desk.notices()[0].titles["en"].startswith("Break of silence")
    with pytest.raises(Conflict, match="No silence procedure"):
        desk.do(silence.extend, END + timedelta(days=3), "Too late.")
    desk.start(END + timedelta(days=10))
    assert desk.procedure().number == 2
    desk.do(outcomes.end, "cancelled", "Begun by mistake.")
    assert desk.procedure().notice_id is None and len(desk.notices()) == 1


def test_an_extension_moves_every_end_and_may_make_a_late_objection_one_in_time(desk: Desk) -> None:
    desk.reached("CN", "KZ", "MN")
    desk.start()
    desk.at(27)
    desk.object("CN")
    with pytest.raises(Invalid, match="not later"):
        desk.do(silence.extend, END, "The same.")
    desk.do(silence.extend, END + timedelta(days=7), "Two delegations asked for it.")
    assert desk.running()["CN"].ends_at == END + timedelta(days=7)
    with desk.means.look() as work:
        (row,) = silence.objections_of(work, desk.procedure())
        assert not row.late
        (moved,) = silence.extensions_of(work, desk.procedure())
        assert moved.before_at == END and moved.deadline_at == END + timedelta(days=7)


def test_the_profile_s_level_and_the_one_of_a_procedure(desk: Desk) -> None:
    desk.reached(*MEMBERS)
    desk.start(level="acknowledged")
    assert all(one.ends_at is None for one in desk.running().values())
    desk.at(13)
    with desk.means.work() as work:
        note = work.session.get_one(Note, desk.note_id)
        assert note.approval is not None
        row = work.session.scalars(select(Delivery).where(Delivery.address == "notes@mfa.kz.example")).one()
        said = receipt.Acknowledgement("Registrar", "Registry")
        assert receipt.acknowledge(work, row, said, note.approval.code, "nonce") is None
    assert (
        desk.running()["KZ"].ends_at is not None and desk.running()["KZ"].status is MemberStatus.ACKNOWLEDGED
    )
    for changed, sentence in (
        ({"level": "read"}, "The clock may run"),
        ({"zone": "Asia/Nowhere"}, "is no time zone"),
        ({"zone": "../../etc/passwd"}, "is no time zone"),
        ({"deadline": desk.clock() - timedelta(days=1)}, "after the beginning"),
        ({"deadline": desk.clock() + timedelta(days=500)}, "at most 400 days"),
        ({"begins_at": desk.clock() - timedelta(days=90)}, "before the note goes out"),
    ):
        with pytest.raises(Invalid, match=sentence):
            desk.start(**{"deadline": END, **changed})


def test_a_report_of_failure_takes_the_receipt_back(desk: Desk) -> None:
    desk.reached(*MEMBERS)
    desk.start()
    with desk.means.work() as work:
        row = work.session.scalars(select(Delivery).where(Delivery.address == "notes@mfa.kz.example")).one()
        evidence.record(
            work, row, "transport", Transport.FAILED.value,
            key=evidence.key_of("late", row.id), at=work.now(), attempt=row.attempts[-1],
        )  # fmt: skip
    assert desk.running()["KZ"].ends_at is None


def test_two_sweeps_at_once_conclude_once(desk: Desk) -> None:
    desk.reached(*MEMBERS)
    desk.start()
    desk.at(27)
    start, done, faults = Barrier(3), [], []

    def run() -> None:
        try:
            start.wait(10)
            done.extend(desk.sweep())
        except Exception as error:  # The test has to see whatever it was.
            faults.append(error)

    threads = [Thread(target=run) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert faults == [] and done == [desk.note_id] and len(desk.notices()) == 1


def test_a_crash_in_the_sweep_leaves_the_procedure_open(desk: Desk) -> None:
    desk.reached(*MEMBERS)
    desk.start()
    desk.at(27)
    with pytest.raises(RuntimeError), desk.means.work() as work:
        outcomes.sweep(work)
        raise RuntimeError("the power went")
    assert desk.procedure().outcome is None and desk.notices() == []
    assert desk.sweep() == [desk.note_id]


def test_the_database_keeps_one_open_procedure_and_one_outcome(desk: Desk) -> None:
    desk.start()
    with pytest.raises(IntegrityError), desk.means.work() as work:
        work.session.add(
            SilenceProcedure(
                note_id=desk.note_id, number=2, level=MemberStatus.REACHED, zone=ZONE, begins_at=work.now(),
                deadline_at=END, started_by=desk.office.ids["registry"], started_at=work.now(),
            )
        )  # fmt: skip
    with pytest.raises(IntegrityError), desk.means.work() as work:
        row = work.session.scalars(select(SilenceProcedure)).one()
        row.outcome = SilenceOutcome.ADOPTED


def test_only_the_registry_and_only_after_dispatch(desk: Desk) -> None:
    for person in ("director", "translator", "administrator", "chair"):
        with pytest.raises(NotAllowed):
            desk.office.do(person, silence.start, desk.note_id, END)
    with desk.means.work(desk.office.registry) as work:
        other = drafting.submit(
            work, Submission({"en": "Another"}, kind="note_verbale", paragraphs=[SOURCE[1]])
        ).id
    with pytest.raises(Conflict, match="needs a note that is dispatched"):
        desk.office.do("registry", silence.start, other, END)


@pytest.mark.parametrize("code", ["XX", "RU"])
def test_only_an_addressee_can_object(desk: Desk, code: str) -> None:
    desk.start()
    with pytest.raises(Invalid, match="not an addressee"):
        desk.object(code)


def test_what_is_missing_in_an_objection_is_said(desk: Desk) -> None:
    file = desk.means.store.put(b"their note")
    now = desk.clock()
    good = objections.Objection("12", now.date(), now, file, "note.pdf")
    with pytest.raises(Conflict, match="no silence procedure"):
        desk.do(objections.register_objection, "KZ", good)
    desk.start()
    for change, sentence in (
        ({"reference": " "}, "number of the state's note"),
        ({"received_at": now + timedelta(days=1)}, "cannot lie in the future"),
        ({"dated": date(2027, 1, 1)}, "cannot lie in the future"),
        ({"received_at": now - timedelta(days=1)}, "before the procedure began"),
        ({"sha256": "0" * 64}, "Add the file"),
        ({"remark": "x" * 2001}, "Shorten it"),
    ):
        with pytest.raises(Invalid, match=sentence):
            desk.do(objections.register_objection, "KZ", replace(good, **change))
    with desk.means.look() as work:
        logged = select(func.count()).where(AuditEntry.action == "register_objection")
        assert work.session.scalar(logged) == 0


def procedure_in(zone: str, begins: datetime, deadline: datetime) -> SilenceProcedure:
    return SilenceProcedure(zone=zone, begins_at=begins, deadline_at=deadline, level=MemberStatus.REACHED)


@pytest.mark.parametrize(
    ("zone", "begins", "deadline", "reached", "ends"),
    [
        # The clocks of Vienna go forward on 29 March 2026: five calendar days, to the same hour.
        (
            "Europe/Vienna",
            "2026-03-23T10:00",
            "2026-03-28T18:00",
            "2026-03-25T23:00",
            "2026-03-30T18:00+02:00",
        ),
        # The hour that they skip is the one after, so that nobody loses it.
        (
            "Europe/Vienna",
            "2026-03-23T10:00",
            "2026-03-28T02:30",
            "2026-03-24T10:00",
            "2026-03-29T03:30+02:00",
        ),
        # They go back on 25 October.
        (
            "Europe/Vienna",
            "2026-10-19T10:00",
            "2026-10-24T18:00",
            "2026-10-21T00:30",
            "2026-10-26T18:00+01:00",
        ),
        # Reached on the day of the start, in the zone of the procedure: the common deadline.
        (
            "Pacific/Auckland",
            "2026-05-12T01:00",
            "2026-05-26T18:00",
            "2026-05-12T23:59",
            "2026-05-26T18:00+12:00",
        ),
        (
            "America/St_Johns",
            "2026-05-12T10:00",
            "2026-05-26T18:00",
            "2026-05-13T00:00",
            "2026-05-27T18:00-02:30",
        ),
    ],
)
def test_days_are_counted_by_the_clocks_of_the_zone(
    zone: str, begins: str, deadline: str, reached: str, ends: str
) -> None:
    def moment(text: str) -> datetime:
        return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone))

    found = clocks.ends_at(procedure_in(zone, moment(begins), moment(deadline)), moment(reached))
    assert found == datetime.fromisoformat(ends)


def test_an_hour_that_the_clocks_skip_is_refused_and_one_that_comes_twice_is_the_second() -> None:
    with pytest.raises(Invalid, match="skip 02:30"):
        silence.moment_in(datetime.fromisoformat("2026-03-29T02:30"), "Europe/Vienna")
    twice = silence.moment_in(datetime.fromisoformat("2026-10-25T02:30"), "Europe/Vienna")
    assert twice.astimezone(UTC) == datetime(2026, 10, 25, 1, 30, tzinfo=UTC)
    assert by_rule.offset(twice) == "UTC+1"


@given(
    zone=st.sampled_from(["Asia/Almaty", "Europe/Vienna", "America/St_Johns", "Pacific/Chatham", "UTC"]),
    begins=st.datetimes(*YEAR, timezones=st.just(UTC)),
    days=st.integers(1, 60),
    late=st.integers(0, 40 * 24 * 60),
)
def test_nobody_has_less_time_than_all_and_the_end_never_falls(
    zone: str, begins: datetime, days: int, late: int
) -> None:
    place = ZoneInfo(zone)
    local = begins.astimezone(place)
    deadline = (local.replace(tzinfo=None, hour=18, minute=0) + timedelta(days=days)).replace(tzinfo=place)
    procedure = procedure_in(zone, begins, deadline.astimezone(UTC))
    reached = begins + timedelta(minutes=late)
    ends = clocks.ends_at(procedure, reached)
    after = clocks.ends_at(procedure, reached + timedelta(hours=1))
    assert ends is not None and after is not None
    assert deadline <= ends <= after
    assert ends.astimezone(place).date() - reached.astimezone(place).date() == timedelta(days=days)
