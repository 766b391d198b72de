"""What a contact truly has, and what is believed of it: cases that a mail network of chance and harm brought up."""

from __future__ import annotations

import threading

import pytest
from sqlalchemy import func, select

from tasks import mailbox
from tests.desk import Desk
from tests.integration.browser import Browser, plain
from tests.integration.test_halting import KZ, desk
from tests.prepared import Prepared
from tests.prepared import dispatched as dispatched
from tests.relay import ACCEPT, BROKEN_LOST, BROKEN_TAKEN, LATER, NEVER
from tests.strange import Letter, fields, gave_up
from workflow.models import Delivery, ReturnedMessage
from workflow.operations import deliveries, evidence, returned_mail, trouble
from workflow.states import DeliveryQueue, Hold, Transport

assert desk  # A fixture.


def lines(desk: Desk) -> dict[str, tuple[str, str]]:
    """The desk of trouble: kind and sentence by the member's code."""
    with desk.means.look() as work:
        return {one.member: (one.kind, str(one.sentence)) for one in trouble.of(work)}


def wait(desk: Desk) -> None:
    """Time enough for whatever is waited for."""
    desk.clock.pass_(seconds=desk.means.settings.stale_claim_seconds + 1)
    desk.sweep()


@pytest.mark.parametrize("then", ["failed", "refused"])
def test_what_was_put_off_and_failed_later_has_failed_and_is_on_the_desk(desk: Desk, then: str) -> None:
    desk.world.script[KZ] = [LATER, NEVER if then == "refused" else ACCEPT]
    desk.run()
    wait(desk)
    desk.run()
    if then == "failed":
        assert desk.report(desk.delivery(KZ).attempts[-1], "failed") == "moved"
    row = desk.delivery(KZ)
    assert row.attempts[0].transport is Transport.REFUSED_TEMP
    assert row.transport is {"failed": Transport.FAILED, "refused": Transport.REFUSED_PERM}[then]
    assert lines(desk)["KZ"] == ("undeliverable", f"{KZ} cannot be reached.")
    with desk.means.work() as work:
        assert evidence.rebuild(work)[1] == 0


@pytest.mark.parametrize("then", ["failed", "refused"])
def test_a_second_copy_that_fails_leaves_the_first_in_doubt_and_a_person_is_asked(
    desk: Desk, then: str
) -> None:
    """The first message may be there, and nothing more will be heard of it: waiting for a report is no advice."""
    desk.world.script[KZ] = [BROKEN_TAKEN, NEVER if then == "refused" else ACCEPT]
    desk.run()
    assert lines(desk)["KZ"][0] == "waiting"
    wait(desk)
    desk.run()
    if then == "failed":
        desk.report(desk.delivery(KZ).attempts[-1], "failed")
    row = desk.delivery(KZ)
    assert (row.transport, row.queue) == (Transport.UNKNOWN, DeliveryQueue.DONE)
    kind, sentence = lines(desk)["KZ"]
    assert kind == "unknown" and sentence.startswith(f"A second copy to {KZ}")
    # The report of the first copy comes after all.
    desk.report(row.attempts[0], "delivered")
    assert desk.delivery(KZ).transport is Transport.DELIVERED and "KZ" not in lines(desk)


def test_a_delivery_that_a_person_called_off_is_waited_for_no_more(desk: Desk) -> None:
    desk.world.script[KZ] = [BROKEN_LOST]
    for _ in range(3):
        desk.run()
        wait(desk)
    assert desk.delivery(KZ).held_as is Hold.UNKNOWN
    desk.act(deliveries.cancel, KZ)
    assert desk.delivery(KZ).transport is Transport.UNKNOWN and "KZ" not in lines(desk)


def test_who_gave_up_in_prose_is_believed_by_a_person_only(desk: Desk) -> None:
    """A bounce for want of time has no Action; after “relayed” it moves nothing, and must not be filed away for that."""
    desk.run()
    (taken,) = desk.world.to(KZ)
    desk.report(desk.delivery(KZ).attempts[0], "relayed")
    ((_, _, raw),) = gave_up(Letter(taken.sender, KZ, taken.data))
    assert desk.receive(raw, taken.sender) == "waiting"
    assert desk.delivery(KZ).transport is Transport.RELAYED
    with desk.means.look() as work:
        (row,) = returned_mail.waiting(work)
        assert row.verified and row.category == "delay" and row.delivery_id == desk.delivery(KZ).id
    shown = plain(Browser(desk.office).get("registry", f"/returned/{row.id}"))
    assert "has stopped trying" in shown


@pytest.mark.parametrize(
    ("reports", "marked"),
    [
        ([("delivered", KZ), ("failed", KZ)], True),
        ([("relayed", KZ), ("failed", "desk@elsewhere.example")], True),
        ([("relayed", KZ), ("failed", KZ)], False),
        ([("failed", KZ.upper())], False),
    ],
)
def test_a_copy_behind_one_that_may_be_there_says_so(
    desk: Desk, reports: list[tuple[str, str]], marked: bool
) -> None:
    """It was delivered and failed later, or came back from where the mailbox passes its mail on."""
    desk.run()
    first = desk.delivery(KZ).attempts[0]
    for action, whom in reports:
        desk.report(first, action, recipient=whom)
    assert desk.delivery(KZ).transport is Transport.FAILED
    desk.act(deliveries.resend, KZ)
    desk.run()
    first_copy, second = (one.mail for one in desk.world.to(KZ))
    assert first_copy["Message-ID"] == second["Message-ID"] and first_copy["X-Chancery-Attempt"] is None
    assert (second["X-Chancery-Attempt"] is not None) is marked
    assert desk.delivery(KZ).possible_duplicate is marked


def test_two_readers_of_one_mailbox_take_a_message_once_and_neither_stumbles(dispatched: Prepared) -> None:
    """Where both look at once (PostgreSQL), both find it new and go on to keep it."""
    with dispatched.means.look() as work:
        row = work.session.scalars(select(Delivery)).first()
        assert row is not None
        raw = fields(Letter("bounces+unknown@secretariat.example", row.address, b"x"), "failed")
        at_once = work.session.get_bind().dialect.name == "postgresql"
    gate, asked = threading.Barrier(2 if at_once else 1), threading.local()
    faults: list[BaseException] = []
    real = dispatched.means.store.put

    def put(data: bytes) -> str:
        if not getattr(asked, "once", False):
            asked.once = True
            gate.wait(10)
        return real(data)

    def read() -> None:
        try:
            mailbox._take(dispatched.means, raw)
        except BaseException as fault:
            faults.append(fault)

    object.__setattr__(dispatched.means.store, "put", put)
    threads = [threading.Thread(target=read) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert faults == []
    with dispatched.means.look() as work:
        assert work.session.scalar(select(func.count()).select_from(ReturnedMessage)) == 1
