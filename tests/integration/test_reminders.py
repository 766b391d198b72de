"""Reminders and escalation: only to the silent, on working days, once a rung, stopped by an acknowledgement."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from email.header import decode_header, make_header
from threading import Barrier, Thread
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import func, select

from tests.office import MEMBERS
from tests.prepared import Prepared
from tests.prepared import dispatched as dispatched
from tests.relay import ACCEPT, BROKEN_LOST, LATER, ScriptedRelay, World
from workflow.errors import Conflict, Invalid, NotFound
from workflow.letters import profile as profiles
from workflow.letters.follow_up import FollowUp, Ladder, step_of
from workflow.letters.working_days import WorkingDays
from workflow.models import (
    Attempt,
    AuditEntry,
    Delivery,
    Member,
    Note,
    Outgoing,
    Reminder,
    ReminderPlan,
    ReminderRung,
)
from workflow.operations import claims, evidence, hands, ladder, prospects, receipt, reminding, sending
from workflow.states import DeliveryQueue, Handing, NoteState, Transport

CN, KZ, MN, TJ = (f"notes@mfa.{code.lower()}.example" for code in MEMBERS)
# A week without an answer, once more after three days, then the alternative contact, then the registry.
STEPS = [
    {"to": ["to"], "after": 7},
    {"to": ["to"], "after": 3},
    {"to": ["escalation"], "after": 3},
    {"to": ["registry"], "after": 3},
]
ZONE = ZoneInfo("Asia/Almaty")


def decoded(value: str) -> str:
    """A header as people read it."""
    return str(make_header(decode_header(value)))


class Desk:
    """An installation with one dispatched note whose mail is sent; its ladder is STEPS."""

    def __init__(self, prepared: Prepared, steps: list[dict[str, Any]] = STEPS) -> None:
        self.prepared, self.means, self.clock = prepared, prepared.means, prepared.clock
        self.office, self.note_id = prepared.office, prepared.note_id
        self.world = World()
        self.relay = ScriptedRelay(self.world)
        self.office.do("registry", ladder.set_reminders, self.note_id, steps)
        self.send()

    def send(self) -> sending.Sent:
        return sending.send_note(self.means, self.note_id, self.relay, "worker")

    def sweep(self) -> list[int]:
        with self.means.work() as work:
            return reminding.sweep(work)

    def until(self, day: int, hour: int = 10, month: int = 5) -> None:
        """Sets the clock to an hour in the organisation's zone, May 2026."""
        self.clock.now = datetime(2026, month, day, hour, tzinfo=ZONE).astimezone(UTC)

    def rows(self) -> list[Reminder]:
        with self.means.look() as work:
            return list(work.session.scalars(select(Reminder).order_by(Reminder.id)))

    def outcomes(self, code: str) -> list[str]:
        with self.means.look() as work:
            rungs = (
                select(ReminderRung.outcome)
                .join(Member, Member.id == ReminderRung.member_id)
                .where(Member.code == code)
            )
            return list(work.session.scalars(rungs.order_by(ReminderRung.step)))

    def acknowledge(self, address: str) -> None:
        with self.means.work() as work:
            note = work.session.get_one(Note, self.note_id)
            assert note.approval is not None
            row = work.session.scalars(select(Delivery).where(Delivery.address == address)).one()
            said = receipt.Acknowledgement("Registrar", "Registry")
            nonce = f"nonce of {address}"
            assert receipt.acknowledge(work, row, said, note.approval.code, nonce) is None

    def outlook(self, **given: Any) -> list[prospects.Planned]:
        with self.means.look() as work:
            return prospects.outlook(work, work.session.get_one(Note, self.note_id), **given)

    def plan(self) -> ReminderPlan:
        with self.means.look() as work:
            return work.session.get_one(ReminderPlan, self.note_id)


@pytest.fixture
def desk(dispatched: Prepared, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    """The dispatched note; the organisation rests on Saturday and Sunday, and on 20 May each year."""
    profile = profiles.load(dispatched.means.settings.profile)
    days = WorkingDays(frozenset({5, 6}), frozenset({(5, 20)}), frozenset({date(2026, 5, 25)}))
    changed = replace(profile, working_days=days, follow_up=FollowUp(Ladder()))
    monkeypatch.setattr(profiles, "load", lambda name: changed)
    yield Desk(dispatched)


def test_the_ladder_is_climbed_by_the_silent_only_and_ends_on_the_registrys_desk(desk: Desk) -> None:
    desk.office.contact("KZ", "minister@mfa.kz.example", role="escalation")
    desk.acknowledge(CN)
    # Dispatched on Tuesday the 12th; the 19th is a Tuesday.
    desk.until(19, 8)
    assert desk.sweep() == [] and desk.rows() == []
    desk.until(19, 9)
    assert desk.sweep() == [desk.note_id]
    assert [(one.address, one.step) for one in desk.rows()] == [(KZ, 1), (MN, 1), (TJ, 1)]
    assert desk.sweep() == [] and len(desk.rows()) == 3
    assert desk.send().accepted == 3
    desk.acknowledge(MN)
    # Three days later is Friday the 22nd.
    desk.until(22)
    assert desk.sweep() == [desk.note_id]
    assert [(one.address, one.step) for one in desk.rows()][3:] == [(KZ, 2), (TJ, 2)]
    desk.send()
    # Monday the 25th is a holiday: the next working day is Tuesday.
    desk.until(25, 23)
    assert desk.sweep() == []
    desk.until(26)
    assert desk.sweep() == [desk.note_id]
    with desk.means.look() as work:
        raised = work.session.scalars(
            select(Delivery).where(Delivery.address == "minister@mfa.kz.example")
        ).one()
        first = work.session.scalars(select(Delivery).where(Delivery.address == KZ)).one()
        assert raised.role == "escalation" and raised.reminds_id == first.id and raised.documents
    assert desk.outcomes("KZ") == ["mail", "mail", "mail"]
    assert desk.outcomes("TJ") == ["mail", "mail", "nobody"]
    desk.send()
    desk.until(29)
    assert desk.sweep() == []
    assert desk.outcomes("KZ")[-1] == desk.outcomes("TJ")[-1] == "desk"
    with desk.means.look() as work:
        lines = ladder.on_desk(work)
        assert [member.code for _, member, _ in lines] == ["KZ", "TJ"]
        kz, tj = (member.id for _, member, _ in lines)
    assert desk.plan().next_at is None
    # What an alternative contact acknowledges counts for its state, and takes the line off the desk.
    desk.acknowledge("minister@mfa.kz.example")
    desk.office.do("registry", ladder.settle, desk.note_id, tj, "The embassy was telephoned.")
    with desk.means.look() as work:
        assert ladder.on_desk(work) == []
    with pytest.raises(NotFound, match="does not wait"):
        desk.office.do("registry", ladder.settle, desk.note_id, kz, "Again.")


def test_the_preview_says_what_the_sweep_then_does(desk: Desk) -> None:
    desk.office.contact("TJ", "second@mfa.tj.example", role="escalation")
    seen = [
        (one.member.code, one.rung.step, one.due_at, one.addresses)
        for one in desk.outlook(all_rungs=True)
        if one.member.code in ("MN", "TJ")
    ]
    assert len(seen) == 8
    assert [due.astimezone(ZONE).strftime("%d %H:%M") for code, _, due, _ in seen if code == "TJ"] == [
        "19 09:00",
        "22 09:00",
        "26 09:00",
        "29 09:00",
    ]
    done = []
    while (moment := desk.plan().next_at) is not None:
        desk.clock.now = moment
        desk.sweep()
        desk.send()
        with desk.means.look() as work:
            taken = (
                select(Member.code, ReminderRung.step)
                .join(Member, Member.id == ReminderRung.member_id)
                .where(ReminderRung.taken_at == moment, Member.code.in_(["MN", "TJ"]))
                .order_by(Member.code)
            )
            written = (
                select(Outgoing.address)
                .join(Member, Member.id == Outgoing.member_id)
                .where(Outgoing.due_at == moment, Outgoing.reminds_id.is_not(None))
            )
            for code, step in work.session.execute(taken):
                mine = work.session.scalars(written.where(Member.code == code)).all()
                done.append((code, step, moment, tuple(mine)))
    assert done == seen


def test_a_reminder_refers_to_the_first_message_and_carries_its_link(desk: Desk) -> None:
    desk.until(19)
    desk.sweep()
    desk.send()
    with desk.means.look() as work:
        row = work.session.scalars(select(Reminder).where(Reminder.address == KZ)).one()
        first = work.session.get_one(Delivery, row.reminds_id)
        assert row.message_id != first.message_id
    before, made = (taken.mail for taken in desk.world.to(KZ))
    assert before["Message-ID"] == first.message_id
    assert made["Message-ID"] == row.message_id and made["References"] == first.message_id
    assert made["In-Reply-To"] == first.message_id and made["Auto-Submitted"] == "auto-generated"
    text = made.get_payload(decode=True).decode()
    link = next(
        line for line in before.get_payload(0).get_payload(decode=True).decode().split() if "/r/" in line
    )
    assert link in text and made.get_content_type() == "text/plain"
    assert "receipt of Note No. TTF/1" in decoded(str(made["Subject"]))


def test_an_acknowledgement_between_the_row_and_the_message_stops_it(desk: Desk) -> None:
    desk.until(19)
    desk.sweep()
    desk.acknowledge(KZ)
    row = next(one for one in desk.rows() if one.address == KZ)
    assert row.queue is DeliveryQueue.DONE and row.cancelled_at is not None and row.attempts == []
    assert desk.send().accepted == 3
    assert KZ not in [taken.address for taken in desk.world.taken[4:]]


def test_an_acknowledgement_after_the_claim_stops_it_before_data(desk: Desk) -> None:
    """The worker has prepared its attempts; one state answers; the others get theirs all the same."""
    desk.until(19)
    desk.sweep()
    attempts = claims.claim(desk.means, desk.note_id, "worker")
    assert attempts is not None and len(attempts) == 4
    desk.acknowledge(TJ)
    with desk.means.work() as work:
        work.session.execute(
            Outgoing.__table__.update()
            .where(Outgoing.queue == "claimed")
            .values(queue="queued", claimed_at=None, claimed_by=None)
        )
    assert desk.send().accepted == 3
    row = next(one for one in desk.rows() if one.address == TJ)
    assert row.cancelled_at is not None and [one.transport for one in row.attempts] == [Transport.PREPARED]


def test_an_acknowledgement_at_the_very_moment_of_sending(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It commits after the message was built, before the commit that lets it enter DATA."""
    desk.until(19)
    desk.sweep()
    from workflow.operations import mailing

    made, answered = mailing.letter, []

    def build(*given: Any) -> Any:
        if not answered:
            answered.append(True)
            desk.acknowledge(MN)
        return made(*given)

    monkeypatch.setattr(mailing, "letter", build)
    assert desk.send().accepted == 3
    assert [taken.address for taken in desk.world.taken].count(MN) == 1
    assert [taken.address for taken in desk.world.taken].count(CN) == 2


def test_acknowledging_while_a_reminder_is_sent_never_blocks_either(desk: Desk) -> None:
    desk.until(19)
    desk.sweep()
    start = Barrier(2)
    faults: list[Exception] = []

    def run(verb: Any) -> None:
        try:
            start.wait(10)
            verb()
        except Exception as error:  # The test has to see whatever it was.
            faults.append(error)

    threads = [
        Thread(target=run, args=(desk.send,)),
        Thread(target=run, args=(lambda: [desk.acknowledge(one) for one in (CN, KZ, MN, TJ)],)),
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert faults == []
    with desk.means.look() as work:
        for row in work.session.scalars(select(Reminder)):
            # Either it went out, or it was called off: never both, never neither.
            assert row.queue is DeliveryQueue.DONE
            assert (row.cancelled_at is not None) != (row.transport is Transport.ACCEPTED)


def test_two_sweeps_at_once_write_each_reminder_once(desk: Desk) -> None:
    desk.until(19)
    start = Barrier(3)

    def run() -> None:
        start.wait(10)
        desk.sweep()

    threads = [Thread(target=run) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert len(desk.rows()) == 4
    with desk.means.look() as work:
        logged = select(func.count()).select_from(AuditEntry).where(AuditEntry.action == "remind")
        assert work.session.scalar(logged) == 1


def test_a_crash_between_row_and_message_loses_nothing_and_doubles_nothing(desk: Desk) -> None:
    desk.until(19)
    desk.sweep()
    # The worker dies with four prepared attempts in its hand.
    assert len(claims.claim(desk.means, desk.note_id, "dead") or ()) == 4
    desk.clock.pass_(seconds=desk.means.settings.stale_claim_seconds + 1)
    with desk.means.work() as work:
        assert claims.release_stale_claims(work) == 4
    assert desk.sweep() == [] and desk.send().accepted == 4
    assert all(len(one.attempts) == 1 for one in desk.rows())


def test_a_reminder_of_unknown_outcome_is_tried_once_more_with_the_same_message_id(desk: Desk) -> None:
    desk.until(19)
    desk.sweep()
    desk.world.script[KZ] = [ACCEPT, BROKEN_LOST, ACCEPT]
    desk.send()
    desk.clock.pass_(seconds=desk.means.settings.report_wait_seconds + 1)
    desk.send()
    row = next(one for one in desk.rows() if one.address == KZ)
    assert [one.transport for one in row.attempts] == [Transport.UNKNOWN, Transport.ACCEPTED]
    assert row.possible_duplicate
    with desk.means.look() as work:
        first = work.session.get_one(Delivery, row.reminds_id)
        assert first.transport is Transport.ACCEPTED and len(first.attempts) == 1


def test_a_retry_waits_on_a_day_off(desk: Desk) -> None:
    desk.until(19)
    desk.world.script[KZ] = [ACCEPT, LATER, ACCEPT]
    desk.sweep()
    desk.send()
    # Wednesday the 20th is a holiday of every year.
    desk.until(20)
    desk.send()
    row = next(one for one in desk.rows() if one.address == KZ)
    assert len(row.attempts) == 1 and row.due_at.astimezone(ZONE).strftime("%d %H:%M") == "21 09:00"
    desk.until(21)
    desk.send()
    row = next(one for one in desk.rows() if one.address == KZ)
    assert row.transport is Transport.ACCEPTED


def test_pause_holds_what_is_written_and_resume_sends_it(desk: Desk) -> None:
    desk.until(19)
    desk.sweep()
    desk.office.do("registry", ladder.pause, desk.note_id, "The ministers are meeting.")
    assert desk.send().accepted == 0
    assert {one.queue for one in desk.rows()} == {DeliveryQueue.HELD}
    desk.until(22)
    assert desk.sweep() == []
    with pytest.raises(Conflict, match="paused already"):
        desk.office.do("registry", ladder.pause, desk.note_id, "Again.")
    desk.office.do("registry", ladder.resume, desk.note_id)
    assert desk.send().accepted == 4
    # The second rung counts from the first, which was taken on the 19th.
    assert desk.sweep() == [desk.note_id]
    with pytest.raises(Conflict, match="not paused"):
        desk.office.do("registry", ladder.resume, desk.note_id)


def test_a_failed_address_is_not_reminded(desk: Desk) -> None:
    with desk.means.work() as work:
        row = work.session.scalars(select(Delivery).where(Delivery.address == KZ)).one()
        row.transport = Transport.FAILED
        other = work.session.scalars(select(Delivery).where(Delivery.address == TJ)).one()
        other.link_revoked_at = work.now()
    desk.until(19)
    desk.sweep()
    assert [one.address for one in desk.rows()] == [CN, MN]
    # Nothing reached Kazakhstan, so it is not silent; Tajikistan is, and there is nobody to write to.
    assert desk.outcomes("KZ") == [] and desk.outcomes("TJ") == ["nobody"]


def test_an_old_note_is_not_flooded_after_a_standstill(desk: Desk) -> None:
    """A month without a sweep gives one rung, and the next one counts from then."""
    desk.until(22, month=6)
    desk.sweep()
    assert {one.step for one in desk.rows()} == {1}
    assert desk.sweep() == []
    assert {one.due_at.astimezone(ZONE).day for one in desk.outlook()} == {25}


@pytest.mark.parametrize(
    ("day", "hour", "expected"), [(23, 10, "26 09:00"), (22, 3, "22 09:00"), (22, 23, "22 23:00")]
)
def test_what_is_late_waits_for_a_working_hour_and_the_preview_says_so(
    desk: Desk, day: int, hour: int, expected: str
) -> None:
    """Nobody swept when the first rung was due, and now it is a Saturday, or night."""
    desk.until(day, hour)
    waits = not expected.endswith(f"{hour}:00")
    planned = desk.outlook()
    assert {one.due_at.astimezone(ZONE).strftime("%d %H:%M") for one in planned} == {expected}
    assert desk.sweep() == ([] if waits else [desk.note_id])
    assert bool(desk.rows()) is not waits
    if waits:
        desk.clock.now = planned[0].due_at
        assert desk.sweep() == [desk.note_id]
    assert len(desk.rows()) == len(planned)


def test_a_note_may_have_a_ladder_of_its_own_or_none(desk: Desk) -> None:
    desk.office.do("registry", ladder.set_reminders, desk.note_id, [])
    desk.until(30)
    assert desk.sweep() == [] and desk.plan().next_at is None
    for steps, sentence in (
        ([{"to": ["cook"], "after": 3}], "has to name one or more"),
        ([{"to": ["to"], "after": 0}], "whole number from 1"),
        ([{"to": ["registry", "to"], "after": 3}], "goes to nobody else"),
        ([{"to": ["to"], "after": 3, "often": 2}], "not known"),
        ([{"to": ["to"], "after": True}], "whole number"),
        (["soon"], "has to be a table"),
    ):
        with pytest.raises(Invalid, match=sentence):
            desk.office.do("registry", ladder.set_reminders, desk.note_id, steps)


def test_the_profile_may_want_a_numbered_reminder_note(desk: Desk) -> None:
    desk.office.do(
        "registry", ladder.set_reminders, desk.note_id, [{"to": ["to"], "after": 7, "form": "note"}]
    )
    desk.acknowledge(CN)
    desk.until(19)
    assert desk.sweep() == [] and desk.rows() == []
    with desk.means.look() as work:
        made = work.session.scalars(select(Note).where(Note.relation == "reminder")).one()
        assert made.state is NoteState.DRAFT and len(made.addressees) == 3
        assert made.parent_id == desk.note_id and made.symbol is None
        assert "TTF/1" in made.titles["ru"] and "TTF/1" in made.titles["kk"]
        assert {one.outcome for one in work.session.scalars(select(ReminderRung))} == {"note"}
        assert {one.language for one in made.paragraphs[0].texts} == {"en", "ru", "kk"}
    # It takes the way of every note: released, translated, approved, with a number of its own.
    from workflow.operations import composition

    with desk.means.look(desk.office.registry) as work:
        note = work.session.get_one(Note, made.id)
        assert "TTF/1 of 12 May 2026" in composition.text_of(work, note, "en").replace("\u00a0", " ")
        errors = [
            one.finding for one in composition.concordance_of(work, note) if one.finding.severity == "error"
        ]
        assert errors == []
    assert desk.sweep() == []


def test_a_crash_in_the_sweep_writes_nothing(desk: Desk) -> None:
    desk.until(19)
    with pytest.raises(RuntimeError), desk.means.work() as work:
        reminding.sweep(work)
        raise RuntimeError("the power went")
    assert desk.rows() == [] and desk.outcomes("KZ") == []
    assert desk.sweep() == [desk.note_id]


def test_the_database_itself_refuses_a_second_reminder_of_a_step(desk: Desk) -> None:
    from sqlalchemy.exc import IntegrityError

    desk.until(19)
    desk.sweep()
    row = desk.rows()[0]
    with pytest.raises(IntegrityError), desk.means.work() as work:
        work.session.add(
            Reminder(
                note_id=row.note_id, member_id=row.member_id, contact_id=row.contact_id, step=1,
                reminds_id=row.reminds_id, role="to", address=row.address, language="en", channel="link_only",
                documents=[], message_id="<another@secretariat.example>", due_at=work.now(),
            )
        )  # fmt: skip


def test_a_ladder_of_steps_becomes_rungs() -> None:
    rungs = prospects.rungs_of(
        [step_of({"to": "to", "after": 7, "times": 2}), step_of({"to": "registry", "after": 3})]
    )
    assert [(one.step, one.to, one.after, one.is_desk) for one in rungs] == [
        (1, ("to",), 7, False),
        (2, ("to",), 7, False),
        (3, ("registry",), 3, True),
    ]


@pytest.mark.parametrize(
    ("zone", "day", "hour", "expected"),
    [
        # The clocks of Vienna skip 02:30 on 29 March 2026, and have it twice on 25 October.
        ("Europe/Vienna", date(2026, 3, 29), "02:30", datetime(2026, 3, 29, 1, 30, tzinfo=UTC)),
        ("Europe/Vienna", date(2026, 10, 25), "02:30", datetime(2026, 10, 25, 0, 30, tzinfo=UTC)),
        ("Asia/Almaty", date(2026, 5, 16), "09:00", datetime(2026, 5, 18, 4, tzinfo=UTC)),
        ("America/St_Johns", date(2026, 7, 1), "09:00", datetime(2026, 7, 1, 11, 30, tzinfo=UTC)),
    ],
)
def test_working_moments_by_the_clocks_of_a_zone(zone: str, day: date, hour: str, expected: datetime) -> None:
    days = WorkingDays() if "Vienna" in zone else WorkingDays(frozenset({5, 6}))
    from datetime import time

    assert days.moment(day, time.fromisoformat(hour), zone) == expected


def test_every_attempt_of_a_reminder_has_its_own_token(desk: Desk) -> None:
    desk.until(19)
    desk.sweep()
    desk.send()
    with desk.means.look() as work:
        tokens = work.session.scalars(select(Attempt.token)).all()
    assert len(tokens) == len(set(tokens)) == 8


def test_the_migration_goes_down_and_up_again_with_reminders_in_the_tables(desk: Desk) -> None:
    from workflow import schema

    desk.office.contact("KZ", "minister@mfa.kz.example", role="escalation")
    desk.office.do("registry", ladder.set_reminders, desk.note_id, [{"to": ["to", "escalation"], "after": 7}])
    desk.until(19)
    desk.sweep()
    desk.send()
    database = desk.means.database
    schema.downgrade(database, "0004")
    with database.engine.connect() as connection:
        rows = connection.exec_driver_sql("SELECT count(*) FROM deliveries").scalar()
        events = connection.exec_driver_sql("SELECT count(*) FROM events").scalar()
    # Four deliveries of the note, and that to the alternative contact; the reminders are not known any more.
    assert rows == 5 and events == 5
    schema.upgrade(database)
    assert schema.differences(database) == []
    assert desk.rows() == []
    with desk.means.look() as work:
        assert {one.step for one in work.session.scalars(select(Delivery))} == {0}


def test_a_state_that_gets_its_notes_by_hand_ends_on_the_desk_or_with_its_other_contact(desk: Desk) -> None:
    """Nothing was mailed to it: it is silent since the note was brought, and there is nobody to write to."""
    desk.office.contact("KZ", "minister@mfa.kz.example", role="escalation")
    with desk.means.work() as work:
        for code in ("KZ", "MN"):
            address = f"notes@mfa.{code.lower()}.example"
            row = work.session.scalars(select(Delivery).where(Delivery.address == address)).one()
            row.channel = "hand"
            for attempt in row.attempts:
                hands.unsend(attempt)
            row.transport = None
            evidence.record(
                work, row, "hand", Handing.DELIVERED.value, key=f"hand {code}", at=work.now(), channel="hand"
            )
            row.transport = None
    for day in (19, 22, 26, 29):
        desk.until(day)
        desk.sweep()
        desk.send()
    assert desk.outcomes("KZ") == ["nobody", "nobody", "mail", "desk"]
    assert desk.outcomes("MN") == ["nobody", "nobody", "nobody", "desk"]


def test_one_faulty_note_does_not_stop_the_reminders_of_others(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tasks import app, sweeps

    other = desk.office.note(NoteState.DISPATCHED)
    sending.send_note(desk.means, other, desk.relay, "worker")
    desk.office.do("registry", ladder.set_reminders, other, STEPS)
    desk.until(19)
    app.configure(desk.means.settings)
    monkeypatch.setattr(sweeps, "means", lambda: desk.means)
    monkeypatch.setattr(sweeps, "offer", _Quiet())
    written = reminding.sweep_note

    def faulty(work: Any, note_id: int) -> int:
        if note_id == desk.note_id:
            raise RuntimeError("a row that nobody expected")
        return written(work, note_id)

    monkeypatch.setattr(reminding, "sweep_note", faulty)
    sweeps.sweep()
    assert {one.note_id for one in desk.rows()} == {other}


class _Quiet:
    """Offers nothing: the rows are looked at."""

    def __getattr__(self, name: str) -> Any:
        return lambda *given: None
