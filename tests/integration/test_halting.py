"""A dispatch as a whole: stopped, resumed, ended, tried again, released at another time; and the desk of trouble."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from tests.desk import Desk
from tests.prepared import DATABASES, Prepared, prepare
from tests.prepared import dispatched as dispatched
from tests.relay import ACCEPT, BROKEN_LOST, BROKEN_TAKEN, LATER, NEVER, ScriptedRelay, World
from workflow import audit
from workflow.clock import local_moment
from workflow.errors import Conflict, Invalid, NotAllowed
from workflow.models import AuditEntry, Delivery, Note
from workflow.operations import claims, deliveries, dispatch, evidence, halting, sending, trouble
from workflow.states import DeliveryQueue, Hold, NoteState, Transport

CN, KZ, MN, TJ = (f"notes@mfa.{code}.example" for code in ("cn", "kz", "mn", "tj"))
ALL = (CN, KZ, MN, TJ)


@pytest.fixture
def desk(dispatched: Prepared) -> Desk:
    """A dispatched note, and a relay that takes everything unless its script says otherwise."""
    return Desk(dispatched, World())


def act(desk: Desk, verb: Any, person: str = "registry") -> halting.Halted:
    return desk.office.do(person, verb, desk.prepared.note_id, "A person decided so.")  # type: ignore[no-any-return]


def kinds(desk: Desk) -> list[tuple[str, str]]:
    with desk.means.look() as work:
        return [(one.kind, one.member) for one in trouble.of(work)]


def test_a_stopped_dispatch_sends_nothing_and_goes_on_where_it_was(desk: Desk) -> None:
    assert act(desk, halting.hold_all) == halting.Halted(4, 0)
    assert {desk.delivery(one).held_as for one in ALL} == {Hold.NOTE}
    desk.clock.pass_(days=3)
    assert desk.sweep() == 0 and desk.run() == sending.Sent() and desk.world.taken == []
    assert kinds(desk) == [("stopped", "")]
    with pytest.raises(Conflict, match="nothing to stop"):
        act(desk, halting.hold_all)
    assert act(desk, halting.resume_all).moved == 4
    assert desk.run().accepted == 4
    with pytest.raises(Conflict, match="is not stopped"):
        act(desk, halting.resume_all)
    with desk.means.look() as work:
        said = list(
            work.session.scalars(select(AuditEntry.action).order_by(AuditEntry.number.desc()).limit(2))
        )
        assert said == ["resume_deliveries", "hold_deliveries"]
        assert audit.verify(work.session, work.settings.keys.audit).good


def test_what_a_person_held_by_itself_stays_held_when_the_dispatch_goes_on(desk: Desk) -> None:
    desk.act(deliveries.hold, KZ)
    act(desk, halting.hold_all)
    assert act(desk, halting.resume_all).moved == 3
    assert desk.delivery(KZ).held_as is Hold.PERSON
    assert desk.run().accepted == 3 and desk.world.to(KZ) == []
    assert kinds(desk) == [("held", "KZ")]
    desk.act(deliveries.resume, KZ)
    assert desk.delivery(KZ).held_as is None and desk.run().accepted == 1


def test_a_dispatch_is_stopped_in_the_middle_and_only_what_is_on_the_wire_goes(desk: Desk) -> None:
    """The worker has all four in its hand; two are committed as `sending` when the registry stops them."""
    seen: list[halting.Halted] = []

    class Narrow(ScriptedRelay):
        pass

    real = sending.DEPTH
    sending.DEPTH = 2
    try:
        desk.world.at_dot = lambda address: seen or seen.append(act(desk, halting.hold_all))
        sent = sending.send_note(desk.means, desk.prepared.note_id, Narrow(desk.world), "worker")
    finally:
        sending.DEPTH = real
    assert seen == [halting.Halted(2, 2)]
    assert sent.accepted == 2 and "a person stopped it" in sent.trouble
    rows = [desk.delivery(one) for one in ALL]
    assert [row.queue for row in rows] == [DeliveryQueue.DONE] * 2 + [DeliveryQueue.HELD] * 2
    assert all(row.attempts[-1].transport is Transport.PREPARED for row in rows[2:])
    act(desk, halting.resume_all)
    assert desk.run().accepted == 2
    assert [len(desk.world.to(one)) for one in ALL] == [1, 1, 1, 1]
    assert all("X-Chancery-Attempt" not in one.mail for one in desk.world.taken)


def test_a_dispatch_that_is_ended_reaches_nobody_more(desk: Desk) -> None:
    desk.world.script = {KZ: [LATER], MN: [BROKEN_TAKEN, LATER]}
    desk.run()
    assert act(desk, halting.cancel_all).moved == 2
    desk.clock.pass_(days=3)
    assert desk.run() == sending.Sent()
    row = desk.delivery(KZ)
    assert (row.queue, row.held_as, row.cancelled_at is not None) == (DeliveryQueue.DONE, None, True)
    with pytest.raises(Conflict, match="waits to be sent or is held"):
        act(desk, halting.cancel_all)
    # A person may still send it to one of them.
    desk.world.script = {}
    desk.act(deliveries.resend, KZ)
    assert desk.run().accepted == 1


def test_a_report_that_comes_while_the_dispatch_is_stopped_still_ends_its_delivery(desk: Desk) -> None:
    desk.world.script = {TJ: [BROKEN_TAKEN]}
    desk.run()
    assert act(desk, halting.hold_all).moved == 1
    assert desk.report(desk.delivery(TJ).attempts[0], "delivered") == "moved"
    row = desk.delivery(TJ)
    assert (row.queue, row.held_as, row.held_reason) == (DeliveryQueue.DONE, None, None)


def test_trying_again_takes_up_what_was_put_off_and_never_what_may_be_there(desk: Desk) -> None:
    desk.world.script = {KZ: [LATER, ACCEPT], TJ: [BROKEN_TAKEN]}
    desk.run()
    assert act(desk, halting.retry_all).moved == 1
    assert desk.run().accepted == 1 and len(desk.world.to(TJ)) == 1
    with pytest.raises(Conflict, match="was put off"):
        act(desk, halting.retry_all)


def test_trying_again_takes_up_what_the_relay_put_off_too_often(desk: Desk) -> None:
    desk.world.script = {KZ: [LATER] * 9 + [ACCEPT]}
    for seconds in (*desk.means.settings.backoff_seconds, 0):
        desk.run()
        desk.clock.pass_(seconds=seconds)
    assert desk.delivery(KZ).held_as is Hold.PATIENCE and kinds(desk)[0] == ("gave_up", "KZ")
    assert act(desk, halting.retry_all).moved == 1
    assert desk.run().accepted == 1 and not desk.delivery(KZ).possible_duplicate


@pytest.mark.parametrize(
    "verb", [halting.hold_all, halting.resume_all, halting.cancel_all, halting.retry_all]
)
def test_only_the_registry_does_these_and_always_with_a_reason(desk: Desk, verb: Any) -> None:
    before = desk.office.counts()
    with pytest.raises(NotAllowed):
        act(desk, verb, "director")
    with pytest.raises(Invalid, match="reason"):
        desk.office.do("registry", verb, desk.prepared.note_id, " ")
    assert desk.office.counts() == before


# Release at another time.


@pytest.fixture(params=DATABASES)
def scheduled(request: pytest.FixtureRequest, tmp_path: Any) -> Iterator[Desk]:
    """A note that will be released two days from now."""
    for made in prepare(request, request.param, tmp_path, NoteState.APPROVED):
        release = made.clock() + timedelta(days=2)
        made.office.do("director", dispatch.dispatch, made.note_id, None, release)
        yield Desk(made, World())


def revision(desk: Desk) -> int:
    with desk.means.look() as work:
        return work.session.get_one(Note, desk.prepared.note_id).revision


def test_the_time_of_release_is_changed_before_it_and_not_after(scheduled: Desk) -> None:
    desk, later = scheduled, scheduled.clock() + timedelta(days=5)
    change = halting.reschedule
    desk.office.do("director", change, desk.prepared.note_id, revision(desk), later, "The meeting is later.")
    desk.clock.pass_(days=4)
    assert desk.run() == sending.Sent()
    with pytest.raises(Invalid, match="has passed"):
        desk.office.do(
            "registry", change, desk.prepared.note_id, None, desk.clock() - timedelta(seconds=1), "Earlier."
        )
    # Stopped and resumed, it still waits for its time.
    act(desk, halting.hold_all)
    desk.act(deliveries.resume, CN)
    act(desk, halting.resume_all)
    assert desk.run() == sending.Sent()
    desk.clock.pass_(days=1)
    assert desk.run().accepted == 4
    with pytest.raises(Conflict, match="released already"):
        desk.office.do("registry", change, desk.prepared.note_id, None, later + timedelta(days=9), "Later.")


def test_a_release_is_brought_forward_to_now_or_called_off(scheduled: Desk) -> None:
    desk = scheduled
    desk.act(deliveries.hold, KZ)
    desk.act(deliveries.cancel, KZ)
    desk.office.do("registry", halting.reschedule, desk.prepared.note_id, None, None, "It is urgent.")
    assert desk.run().accepted == 3
    with pytest.raises(Conflict):
        act(desk, halting.cancel_all)


def test_a_release_that_is_called_off_sends_nothing(scheduled: Desk) -> None:
    assert act(scheduled, halting.cancel_all).moved == 4
    scheduled.clock.pass_(days=9)
    assert scheduled.run() == sending.Sent() and scheduled.world.taken == []


def test_a_local_time_that_a_change_of_clocks_leaves_out_or_repeats_is_refused() -> None:
    assert local_moment("2026-03-28T18:00", "Asia/Almaty") == datetime(2026, 3, 28, 13, tzinfo=UTC)
    assert local_moment("2026-03-28T18:00+02:00", "Asia/Almaty") == datetime(2026, 3, 28, 16, tzinfo=UTC)
    assert local_moment("2026-03-29T01:59", "Europe/Vienna") == datetime(2026, 3, 29, 0, 59, tzinfo=UTC)
    assert local_moment("2026-03-29T03:00", "Europe/Vienna") == datetime(2026, 3, 29, 1, 0, tzinfo=UTC)
    with pytest.raises(Invalid, match="there is no 2026-03-29 02:30"):
        local_moment("2026-03-29T02:30", "Europe/Vienna")
    with pytest.raises(Invalid, match="2026-10-25 02:30 comes twice"):
        local_moment("2026-10-25T02:30", "Europe/Vienna")
    with pytest.raises(Invalid, match="is not a time"):
        local_moment("tomorrow", "Europe/Vienna")


# The desk of trouble.


def test_every_trouble_has_its_line_with_one_next_act(desk: Desk) -> None:
    desk.world.script = {CN: [NEVER], KZ: [BROKEN_TAKEN], MN: [BROKEN_LOST, BROKEN_LOST]}
    desk.run()
    assert kinds(desk) == [("undeliverable", "CN"), ("waiting", "KZ"), ("waiting", "MN")]
    with desk.means.look() as work:
        line = trouble.of(work)[0]
        assert (line.act, str(line.sentence)) == ("correct", f"{CN} cannot be reached.")
    desk.clock.pass_(minutes=2)
    assert desk.run().accepted == 1  # The line broke twice, so that TJ had to wait a minute.
    desk.clock.pass_(hours=25)
    # Nobody has tried for a day: the worker stands still. TJ was taken a day ago without a report.
    assert ("overdue", "") in kinds(desk) and ("no_report", "TJ") in kinds(desk)
    for _ in range(3):
        desk.run()
        desk.clock.pass_(minutes=16)
    assert ("unknown", "MN") in kinds(desk) and ("overdue", "") not in kinds(desk)
    desk.report(desk.delivery(TJ).attempts[-1], "delayed")
    assert ("late", "TJ") in kinds(desk)
    desk.receive(
        b"From: someone@mfa.example\r\nSubject: a letter\r\n\r\nGood day.\r\n", "bounces@secretariat.example"
    )
    assert kinds(desk)[-1] == ("returned", "")
    order = [list(trouble.KINDS).index(kind) for kind, _ in kinds(desk)]
    assert order == sorted(order)


def test_a_file_that_cannot_be_read_holds_its_deliveries_with_a_sentence_until_it_is_back(desk: Desk) -> None:
    digest = desk.delivery(CN).documents[0]["sha256"]
    place = desk.means.store.path(digest)
    kept = place.read_bytes()
    place.unlink()
    assert desk.run() == sending.Sent() and desk.world.taken == []
    rows = [desk.delivery(one) for one in ALL]
    assert {row.held_as for row in rows} == {Hold.FAULT}
    assert all(
        "cannot be made" in (row.held_reason or "") and "not in the store" in (row.held_reason or "")
        for row in rows
    )
    assert {kind for kind, _ in kinds(desk)} == {"fault"}
    place.write_bytes(kept[:-1] + b"!")  # Back, but not the same.
    act(desk, halting.retry_all)
    assert desk.run() == sending.Sent() and desk.delivery(CN).held_as is Hold.FAULT
    place.write_bytes(kept)
    act(desk, halting.retry_all)
    assert desk.run().accepted == 4
    assert all(len(desk.delivery(one).attempts) == 1 for one in ALL)


def test_a_run_whose_time_is_up_begins_no_further_message_and_gives_the_rest_back(desk: Desk) -> None:
    """A relay that tarpits: after the first answer there is no time left for another message."""
    late: list[str] = []
    desk.world.at_dot = late.append
    sent = sending.send_note(desk.means, desk.prepared.note_id, desk.relay, "worker", lambda: bool(late))
    assert (sent.accepted, sent.more, sent.trouble) == (1, True, "")
    rows = [desk.delivery(one) for one in ALL]
    assert [row.queue for row in rows] == [DeliveryQueue.DONE] + [DeliveryQueue.QUEUED] * 3
    assert all(row.attempts[-1].transport is Transport.PREPARED for row in rows[1:])
    assert all(row.attempts[-1].sending_at is None and row.due_at <= desk.clock() for row in rows[1:])
    assert desk.run().accepted == 3
    assert all(len(desk.delivery(one).attempts) == 1 for one in ALL)
    with desk.means.work() as work:
        assert evidence.rebuild(work) == (4, 0)


def test_an_error_in_the_middle_gives_back_what_was_not_sent(desk: Desk) -> None:
    class Limit(Exception):
        """As the broker's soft limit of time raises it, anywhere."""

    def strike(address: str) -> None:
        raise Limit

    desk.world.at_dot = strike
    with pytest.raises(Limit):
        desk.run()
    rows = [desk.delivery(one) for one in ALL]
    assert {row.queue for row in rows} == {DeliveryQueue.QUEUED}
    assert {row.transport for row in rows} == {Transport.UNKNOWN}  # All four were committed as being sent.
    desk.world.at_dot = lambda address: None
    desk.relay = ScriptedRelay(desk.world)
    desk.clock.pass_(minutes=15)
    assert desk.run().accepted == 4


def test_a_clock_that_had_jumped_ahead_holds_nothing_up_for_ever(desk: Desk) -> None:
    desk.world.script = {KZ: [LATER, ACCEPT], TJ: [BROKEN_LOST, ACCEPT]}
    desk.clock.pass_(days=400)
    claims.claim(desk.means, desk.prepared.note_id, "a worker that dies", 1)
    desk.run()
    desk.clock.pass_(days=-400)
    assert desk.run() == sending.Sent()
    with desk.means.work() as work:
        assert claims.mend_times(work) == 3
        assert claims.mend_times(work) == 0
    desk.clock.pass_(days=1)
    desk.sweep()
    desk.run()
    assert {row.queue for row in map(desk.delivery, ALL)} == {DeliveryQueue.DONE}
    assert [len(desk.world.to(one)) for one in ALL] == [1, 1, 1, 1]


def test_a_release_set_for_later_is_no_clock_that_jumped(scheduled: Desk) -> None:
    with scheduled.means.work() as work:
        assert claims.mend_times(work) == 0
        assert {row.due_at for row in work.session.scalars(select(Delivery))} == {
            scheduled.clock() + timedelta(days=2)
        }
