"""Two people at one returned message: it stands in the register once, and is settled by one of them."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import func, select, text

from tests.integration.returning import answered
from tests.prepared import Prepared
from tests.prepared import dispatched as dispatched
from workflow import audit
from workflow.errors import Refusal
from workflow.models import AuditEntry, Delivery, IncomingEntry, ReturnedMessage
from workflow.operations import incoming_sources, returned_mail
from workflow.operations.context import Work


def taken(ready: Prepared, words: str) -> int:
    """An answer of a person that waits on the desk; gives its id."""
    with ready.means.work() as work:
        delivery = work.session.scalars(select(Delivery).order_by(Delivery.id)).first()
        return answered(work, delivery, words).id  # type: ignore[arg-type]


def registering(work: Work, identity: int) -> str:
    row = work.session.get_one(ReturnedMessage, identity)
    return incoming_sources.register_returned(work, row).symbol


def settling(work: Work, identity: int) -> str:
    returned_mail.settle(work, identity, "Read.")
    return "settled"


class Side(threading.Thread):
    """One of the two people, in a transaction of their own."""

    def __init__(self, ready: Prepared, person: str, verb: Callable[[Work, int], str], identity: int) -> None:
        super().__init__()
        self.ready, self.actor, self.verb, self.identity = ready, ready.office.actor(person), verb, identity
        self.said = ""

    def run(self) -> None:
        try:
            with self.ready.means.work(self.actor) as work:
                self.said = self.verb(work, self.identity)
        except Refusal as refusal:
            self.said = refusal.code


def wait_for_the_lock(ready: Prepared) -> None:
    """Comes back when somebody waits for a row of PostgreSQL; with SQLite the second waits before it begins."""
    if ready.means.database.is_sqlite:
        return
    waiting = text(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    )
    pause = threading.Event()
    for _ in range(4000):
        with ready.means.look() as work:
            if work.session.scalar(waiting):
                return
        pause.wait(0.005)
    raise AssertionError("nobody waits")


@pytest.mark.parametrize(
    ("first", "second", "said"),
    [
        (registering, registering, "incoming-known"),
        (registering, settling, "settled"),
        (settling, settling, "settled"),
        (settling, registering, "IN-1/2026"),
    ],
    ids=["both register", "register, then settle", "both settle", "settle, then register"],
)
def test_whoever_comes_second_sees_what_the_first_did(
    dispatched: Prepared, first: Callable[..., str], second: Callable[..., str], said: str
) -> None:
    identity = taken(dispatched, "We agree.")
    with dispatched.means.look() as work:
        row = work.session.get_one(ReturnedMessage, identity)
        row_was = row.state
    other = Side(dispatched, "second_registry", second, identity)
    with dispatched.means.work(dispatched.office.registry) as work:
        if row_was == "aside":
            # A verified answer needs nobody; here it waits, as one without a token does.
            work.session.get_one(ReturnedMessage, identity).state = "waiting"
            work.session.flush()
            work.session.commit()
    with dispatched.means.work(dispatched.office.registry) as work:
        first(work, identity)
        other.start()
        wait_for_the_lock(dispatched)
    other.join(60)
    assert other.said == said
    with dispatched.means.look() as work:
        row = work.session.get_one(ReturnedMessage, identity)
        assert row.state == "settled" and row.settled_by == dispatched.office.ids["registry"]
        count: Any = select(func.count())
        settled = count.select_from(AuditEntry).where(AuditEntry.action == "settle_returned")
        assert work.session.scalar(settled) == 1
        expected = 1 if registering in (first, second) else 0
        assert work.session.scalar(count.select_from(IncomingEntry)) == expected
        assert audit.verify(work.session, work.settings.keys.audit).good


def test_six_at_once_register_three_messages_without_a_gap(dispatched: Prepared) -> None:
    messages = [taken(dispatched, f"Answer {number}.") for number in range(3)]
    sides = [
        Side(dispatched, person, registering, identity)
        for identity in messages
        for person in ("registry", "second_registry")
    ]
    for side in sides:
        side.start()
    for side in sides:
        side.join(60)
    numbers = sorted(side.said for side in sides if side.said.startswith("IN-"))
    assert numbers == ["IN-1/2026", "IN-2/2026", "IN-3/2026"]
    assert [side.said for side in sides].count("incoming-known") == 3
