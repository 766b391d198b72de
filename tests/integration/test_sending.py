"""The protocol of sending, step by step: a scripted relay, a clock that is set, both databases."""

from __future__ import annotations

from threading import Barrier, Thread

import pytest

from tests.desk import Desk
from tests.prepared import Prepared
from tests.prepared import dispatched as dispatched
from tests.relay import (
    ACCEPT,
    BROKEN_BEFORE,
    BROKEN_LOST,
    BROKEN_TAKEN,
    LARGE,
    LATER,
    NEVER,
    ScriptedRelay,
    World,
)
from workflow import audit
from workflow.errors import Conflict
from workflow.models import Contact
from workflow.operations import claims, deliveries, directory, evidence, returned_mail, sending
from workflow.post.office import reports
from workflow.states import DeliveryQueue, Transport

CN, KZ, MN, TJ = (f"notes@mfa.{code}.example" for code in ("cn", "kz", "mn", "tj"))
ALL = (CN, KZ, MN, TJ)
HELD, DONE, QUEUED, CLAIMED = (
    DeliveryQueue.HELD,
    DeliveryQueue.DONE,
    DeliveryQueue.QUEUED,
    DeliveryQueue.CLAIMED,
)


@pytest.fixture
def desk(dispatched: Prepared) -> Desk:
    """A dispatched note, and a relay that takes everything unless its script says otherwise."""
    return Desk(dispatched, World())


def test_what_is_due_is_prepared_sent_and_accepted(desk: Desk) -> None:
    seen: list[tuple[Transport, DeliveryQueue]] = []

    def look(address: str) -> None:
        row = desk.delivery(address)
        seen.append((row.attempts[-1].transport, row.queue))

    desk.world.at_dot = look
    sent = desk.run()
    assert (sent.accepted, sent.refused, sent.unknown, sent.trouble) == (4, 0, 0, "")
    # While the dot goes out, the attempt stands committed as `sending` in the worker's hand.
    assert seen == [(Transport.SENDING, CLAIMED)] * 4
    for address in ALL:
        row = desk.delivery(address)
        (attempt,) = row.attempts
        (taken,) = desk.world.to(address)
        assert (row.queue, row.transport) == (DONE, Transport.ACCEPTED)
        assert attempt.queue_id == "4BzQ9x1LmZ" and taken.token == attempt.token
        assert taken.mail["Message-ID"] == row.message_id and taken.mail["X-Chancery-Attempt"] is None
    assert len({one.token for one in desk.world.taken}) == 4
    assert desk.run() == sending.Sent() and len(desk.world.taken) == 4


def test_a_scheduled_release_waits_for_its_time(desk: Desk) -> None:
    desk.clock.pass_(minutes=-10)
    assert desk.run() == sending.Sent()
    desk.clock.pass_(minutes=10)
    assert desk.run().accepted == 4


def test_a_temporary_refusal_waits_longer_each_time_and_then_for_a_person(desk: Desk) -> None:
    desk.world.script[KZ] = [LATER]
    waits = desk.means.settings.backoff_seconds
    for number, seconds in enumerate(waits, 1):
        assert desk.run().refused == 1
        row = desk.delivery(KZ)
        assert (row.queue, row.transport, len(row.attempts)) == (QUEUED, Transport.REFUSED_TEMP, number)
        assert desk.due_in(KZ) == seconds
        assert desk.run() == sending.Sent()  # Not before its time.
        desk.clock.pass_(seconds=seconds)
    desk.run()
    row = desk.delivery(KZ)
    assert row.queue is HELD and row.held_reason and "put it off" in row.held_reason
    assert len({one.token for one in row.attempts}) == len(row.attempts) == len(waits) + 1
    desk.world.script[KZ] = [ACCEPT]
    desk.act(deliveries.resume, KZ)
    assert desk.run().accepted == 1
    assert not desk.delivery(KZ).possible_duplicate


def test_greylisting_ends_with_one_message(desk: Desk) -> None:
    desk.world.script[CN] = [LATER, ACCEPT]
    desk.run()
    desk.clock.pass_(minutes=1)
    assert desk.run().accepted == 1
    (taken,) = desk.world.to(CN)
    assert taken.mail["X-Chancery-Attempt"] is None
    assert desk.delivery(CN).transport is Transport.ACCEPTED


def test_a_permanent_refusal_ends_a_delivery(desk: Desk) -> None:
    desk.world.script[MN] = [NEVER]
    assert desk.run().refused == 1
    row = desk.delivery(MN)
    assert (row.queue, row.transport) == (DONE, Transport.REFUSED_PERM)
    assert row.attempts[0].answer == "rcpt: 550 5.1.1 No such user"
    desk.clock.pass_(days=2)
    assert desk.run() == sending.Sent()


def test_a_message_that_is_too_large_goes_again_with_links_only(desk: Desk) -> None:
    desk.world.script[TJ] = [LARGE]
    desk.run()
    row = desk.delivery(TJ)
    assert [one.linked for one in row.attempts] == [False, True]
    assert (row.queue, row.transport, row.channel) == (DONE, Transport.ACCEPTED, "link_only")
    (taken,) = desk.world.to(TJ)
    assert not any(part.get_filename() for part in taken.mail.walk())
    assert taken.mail["X-Chancery-Attempt"] is None  # The large one was refused: this is no duplicate.


def test_a_line_that_breaks_before_the_dot_is_tried_again_without_a_mark(desk: Desk) -> None:
    desk.world.script[KZ] = [BROKEN_BEFORE, ACCEPT]
    desk.run()
    desk.clock.pass_(minutes=1)
    desk.run()
    assert all(desk.delivery(one).queue is DONE for one in ALL)
    (taken,) = desk.world.to(KZ)
    assert taken.mail["X-Chancery-Attempt"] is None


def test_an_unknown_outcome_waits_for_its_report_and_sends_no_second_message(desk: Desk) -> None:
    desk.world.script[TJ] = [BROKEN_TAKEN]
    assert desk.run().unknown == 1
    row = desk.delivery(TJ)
    assert (row.queue, row.transport) == (QUEUED, Transport.UNKNOWN)
    assert desk.due_in(TJ) == desk.means.settings.report_wait_seconds
    desk.clock.pass_(minutes=5)
    assert desk.report(row.attempts[0], "delivered") == "moved"
    row = desk.delivery(TJ)
    assert (row.queue, row.transport) == (DONE, Transport.DELIVERED)
    desk.clock.pass_(hours=1)
    assert desk.run() == sending.Sent()
    assert len(desk.world.to(TJ)) == 1 and not desk.delivery(TJ).possible_duplicate


def test_without_a_report_there_is_one_new_attempt_marked_as_a_possible_duplicate(desk: Desk) -> None:
    desk.world.script[TJ] = [BROKEN_TAKEN, ACCEPT]
    desk.run()
    desk.clock.pass_(minutes=14)
    desk.run()
    assert len(desk.world.to(TJ)) == 1
    desk.clock.pass_(minutes=1)
    assert desk.run().accepted == 1
    first, second = desk.world.to(TJ)
    assert first.mail["Message-ID"] == second.mail["Message-ID"] and first.token != second.token
    assert first.mail["Subject"] == second.mail["Subject"]
    assert second.mail["X-Chancery-Attempt"] == "2; possible-duplicate"
    texts = [
        next(part for part in one.mail.walk() if part.get_content_type() == "text/plain").get_payload(
            decode=True
        )
        for one in (first, second)
    ]
    assert isinstance(texts[1], bytes) and isinstance(texts[0], bytes)
    assert texts[1].count(b"\n") > texts[0].count(b"\n")  # The sentence on top.
    row = desk.delivery(TJ)
    assert (row.queue, row.transport, row.possible_duplicate) == (DONE, Transport.ACCEPTED, True)
    assert [one.superseded for one in row.attempts] == [True, False]


def test_a_second_unknown_outcome_waits_for_a_person_and_a_person_can_decide(desk: Desk) -> None:
    desk.world.script[TJ] = [BROKEN_LOST, BROKEN_LOST, ACCEPT]
    for _ in range(2):
        desk.run()
        desk.clock.pass_(minutes=15)
    desk.run()
    row = desk.delivery(TJ)
    assert row.queue is HELD and row.held_reason and "second time" in row.held_reason
    desk.clock.pass_(days=1)
    assert desk.run() == sending.Sent() and desk.world.to(TJ) == []
    desk.act(deliveries.resume, TJ)
    assert desk.run().accepted == 1
    (taken,) = desk.world.to(TJ)
    assert taken.mail["X-Chancery-Attempt"] == "3; possible-duplicate"
    assert desk.delivery(TJ).queue is DONE


def test_a_report_that_comes_after_a_hold_for_a_second_unknown_ends_it(desk: Desk) -> None:
    desk.world.script[TJ] = [BROKEN_TAKEN, BROKEN_LOST]
    for _ in range(2):
        desk.run()
        desk.clock.pass_(minutes=15)
    desk.run()
    assert desk.delivery(TJ).queue is HELD
    desk.report(desk.delivery(TJ).attempts[0], "relayed")
    row = desk.delivery(TJ)
    assert (row.queue, row.transport) == (DONE, Transport.RELAYED)
    with pytest.raises(Conflict):
        desk.act(deliveries.resume, TJ)


def test_a_report_on_the_first_attempt_stops_the_second_that_was_put_off(desk: Desk) -> None:
    """Unknown, then refused for now, then the report of the first comes: a third message would be a copy."""
    desk.world.script[TJ] = [BROKEN_TAKEN, LATER, ACCEPT]
    desk.run()
    desk.clock.pass_(minutes=15)
    assert desk.run().refused == 1
    desk.report(desk.delivery(TJ).attempts[0], "delivered")
    desk.clock.pass_(days=1)
    assert desk.run() == sending.Sent()
    assert len(desk.world.to(TJ)) == 1
    assert desk.delivery(TJ).queue is DONE


def test_a_duplicate_stays_marked_when_the_attempt_between_was_refused(desk: Desk) -> None:
    desk.world.script[TJ] = [BROKEN_TAKEN, LATER, ACCEPT]
    desk.run()
    desk.clock.pass_(minutes=15)
    desk.run()
    desk.clock.pass_(days=1)
    desk.run()
    first, third = desk.world.to(TJ)
    assert third.mail["X-Chancery-Attempt"] == "3; possible-duplicate"
    assert first.mail["Message-ID"] == third.mail["Message-ID"]


def test_a_relay_that_is_down_leaves_everything_queued(desk: Desk) -> None:
    desk.world.down = True
    for _ in range(60):  # An hour, a task a minute.
        sent = desk.run()
        assert "Connection refused" in sent.trouble
        desk.clock.pass_(minutes=1)
    rows = [desk.delivery(one) for one in ALL]
    assert {row.queue for row in rows} == {QUEUED}
    assert {len(row.attempts) for row in rows} == {1}  # Nothing was sent, so nothing was used up.
    desk.world.down = False
    assert desk.run().accepted == 4
    assert all("X-Chancery-Attempt" not in one.mail for one in desk.world.taken)


@pytest.mark.parametrize("round_", range(3))
def test_workers_that_race_never_send_a_delivery_twice(desk: Desk, round_: int) -> None:
    barrier, troubles = Barrier(4), []

    def work(name: str) -> None:
        barrier.wait()
        try:
            sending.send_note(desk.means, desk.prepared.note_id, ScriptedRelay(desk.world), name)
            with desk.means.work() as sweep:
                claims.release_stale_claims(sweep)
        except Exception as error:
            troubles.append(error)

    threads = [Thread(target=work, args=(f"worker-{number}",)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert troubles == []
    assert sorted(one.address for one in desk.world.taken) == sorted(ALL)
    assert all(len(desk.delivery(one).attempts) == 1 for one in ALL)


def test_the_sweep_frees_claims_only_when_they_are_stale(desk: Desk) -> None:
    assert claims.claim(desk.means, desk.prepared.note_id, "worker that dies")
    desk.clock.pass_(seconds=desk.means.settings.stale_claim_seconds)
    assert desk.sweep() == 0 and desk.run() == sending.Sent()
    desk.clock.pass_(seconds=1)
    assert desk.sweep() == 4
    assert desk.run().accepted == 4
    assert all(len(desk.delivery(one).attempts) == 1 for one in ALL)  # The prepared ones were simply sent.


def test_a_worker_whose_claim_was_taken_over_sends_nothing_more(desk: Desk) -> None:
    """The clock jumps while a worker stands still between its claim and DATA: another one takes over."""

    class Slow(ScriptedRelay):
        def open(self) -> None:
            if not self.sessions:
                desk.clock.pass_(hours=2)
                assert desk.sweep() == 4
                assert desk.run("quick").accepted == 4
            super().open()

    sent = sending.send_note(desk.means, desk.prepared.note_id, Slow(desk.world), "slow")
    assert (sent.accepted, sent.trouble) == (
        0,
        "the claim was taken away: another worker has it, or a person stopped it",
    )
    assert sorted(one.address for one in desk.world.taken) == sorted(ALL)
    assert all(desk.delivery(one).queue is DONE and len(desk.delivery(one).attempts) == 1 for one in ALL)


def test_a_clock_that_jumps_back_only_delays(desk: Desk) -> None:
    desk.world.script[KZ] = [LATER, ACCEPT]
    desk.run()
    desk.clock.pass_(days=-1)
    assert desk.run() == sending.Sent()
    desk.clock.pass_(days=1, minutes=1)
    assert desk.run().accepted == 1


def test_hold_resume_and_cancel(desk: Desk) -> None:
    for address in (CN, KZ):
        desk.act(deliveries.hold, address)
    assert desk.run().accepted == 2 and desk.world.to(CN) == []
    desk.act(deliveries.resume, CN)
    desk.act(deliveries.cancel, KZ)
    assert desk.run().accepted == 1
    assert desk.delivery(KZ).queue is DONE and desk.delivery(KZ).transport is None
    for verb, address in ((deliveries.hold, CN), (deliveries.resume, KZ), (deliveries.cancel, KZ)):
        before = desk.office.counts()
        with pytest.raises(Conflict):
            desk.act(verb, address)
        assert desk.office.counts() == before
    assert desk.world.to(KZ) == []


def test_a_delivery_in_a_workers_hand_cannot_be_held(desk: Desk) -> None:
    claims.claim(desk.means, desk.prepared.note_id, "worker")
    with pytest.raises(Conflict, match="claimed"):
        desk.act(deliveries.hold, CN)


def test_resend_goes_to_the_corrected_address_with_the_same_message_id(desk: Desk) -> None:
    desk.world.script[MN] = [NEVER]
    desk.run()
    before = desk.delivery(MN)
    means, office = desk.means, desk.office
    with means.work(office.actor("registry")) as work:
        mended = directory.propose_contact(
            work,
            directory.find_member(work, "MN"),
            "chancery@mfa.mn.example",
            language="en",
            source="note verbale of the mission",
            replaces=before.contact_id,
        ).id
    desk.act(deliveries.resend, MN)  # Still in quarantine: the old address stands.
    assert desk.delivery(MN).address == MN
    desk.run()
    with means.work(office.actor("second_registry")) as work:
        directory.confirm_contact(work, work.session.get_one(Contact, mended))
    desk.act(deliveries.resend, MN)
    assert desk.delivery(MN).transport is None  # Nothing is known of the new address yet.
    assert desk.run().accepted == 1
    (taken,) = desk.world.to("chancery@mfa.mn.example")
    assert taken.mail["Message-ID"] == before.message_id
    assert taken.mail["X-Chancery-Attempt"] is None
    assert desk.delivery(MN).transport is Transport.ACCEPTED
    # A late failure of the old address does not touch what holds for the new one.
    desk.report(before.attempts[0], "failed")
    assert desk.delivery(MN).transport is Transport.ACCEPTED


def test_what_the_relay_took_is_not_sent_again_to_the_same_address(desk: Desk) -> None:
    desk.run()
    with pytest.raises(Conflict, match="second copy"):
        desk.act(deliveries.resend, CN)
    desk.report(desk.delivery(CN).attempts[0], "failed")
    desk.act(deliveries.resend, CN)
    assert desk.run().accepted == 1


def test_reports_out_of_order_and_twice_end_the_same(desk: Desk) -> None:
    desk.run()
    for address, order in ((CN, ("relayed", "delayed", "delayed")), (KZ, ("delayed", "relayed", "relayed"))):
        for action in order:
            assert desk.report(desk.delivery(address).attempts[0], action) == "moved"
        assert desk.delivery(address).transport is Transport.RELAYED


def test_a_bounce_after_delivery_is_shown_beside_it(desk: Desk) -> None:
    desk.run()
    desk.report(desk.delivery(CN).attempts[0], "delivered")
    assert not desk.delivery(CN).late_bounce
    desk.report(desk.delivery(CN).attempts[0], "failed")
    row = desk.delivery(CN)
    assert (row.transport, row.late_bounce) == (Transport.FAILED, True)


def test_forged_and_disagreeing_tokens_change_nothing(desk: Desk) -> None:
    desk.run()
    one, other = (desk.delivery(address).attempts[0] for address in (CN, KZ))
    path = desk.means.settings.return_path
    forged = "0123456789abcdef" * 2
    assert desk.report(one, "failed", sender=path.replace("{token}", forged), envid=forged) == "waiting"
    assert desk.report(one, "failed", sender=path.replace("{token}", other.token)) == "waiting"
    assert {desk.delivery(address).transport for address in ALL} == {Transport.ACCEPTED}
    with desk.means.look() as work:
        rows = returned_mail.waiting(work)
        assert len(rows) == 2 and not any(row.verified for row in rows)
        assert audit.verify(work.session, work.settings.keys.audit).good


def test_a_report_that_names_another_address_of_ours_moves_only_its_own_attempt(desk: Desk) -> None:
    desk.run()
    desk.report(desk.delivery(CN).attempts[0], "failed", recipient=KZ)
    assert desk.delivery(KZ).transport is Transport.ACCEPTED


def test_an_automatic_reply_stands_at_the_side_and_moves_nothing(desk: Desk) -> None:
    desk.run()
    attempt = desk.delivery(CN).attempts[0]
    sender = desk.means.settings.return_path.replace("{token}", attempt.token)
    origin = reports.Origin(
        identifier="v",
        sender=sender,
        recipient=CN,
        original_recipient="",
        envid=attempt.token,
        full=False,
        arrived=desk.clock(),
        content=b"Subject: a note\r\n\r\ntext\r\n",
    )
    raw = reports.vacation(origin, desk.clock())
    for _ in range(2):
        assert desk.receive(raw, sender) == "aside"
    with desk.means.look() as work:
        kinds = [event.kind for event in evidence.events_of(work, desk.delivery(CN)) if event.axis == "side"]
    assert len(kinds) == 1
    assert desk.delivery(CN).transport is Transport.ACCEPTED


def test_rebuilding_the_receipts_gives_what_stands(desk: Desk) -> None:
    desk.world.script.update({KZ: [BROKEN_TAKEN], MN: [NEVER], TJ: [LATER]})
    desk.run()
    desk.report(desk.delivery(CN).attempts[0], "delivered")
    desk.report(desk.delivery(CN).attempts[0], "failed")
    with desk.means.work() as work:
        assert evidence.rebuild(work) == (4, 0)
