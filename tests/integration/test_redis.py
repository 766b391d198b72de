"""A real Redis and a real worker: what production runs, and what is left of it after kill -9.

The broker is the only part that may forget.  It is emptied, killed and started again here, and so is
the worker; the rows are the outbox, so that the sweep finds whatever was lost with them.
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from email import message_from_bytes
from email.message import Message
from pathlib import Path

import pytest
import redis
from pydantic import SecretStr
from sqlalchemy import func, select

import tasks.app
from tasks import offer
from tests.conftest import REPOSITORY
from tests.office import MEMBERS, Office
from tests.post import post_office
from tests.prepared import prepare
from web.service import environment
from workflow import anchors, audit
from workflow.config import Settings
from workflow.means import Means
from workflow.models import Attempt, AuditEntry, Delivery, Document, Note
from workflow.operations import approval, dispatch, documents, evidence
from workflow.post import office as posts
from workflow.states import DeliveryQueue, NoteState, Transport

pytestmark = [pytest.mark.redis, pytest.mark.xdist_group("redis")]

CONTACTS = 2  # Of each member.
# A relay that takes its time, so that a kill comes in the middle of a note.
WEATHER = '[[rule]]\nmatch = "*"\nslow = 0.1\n'


class Killable:
    """A process with a group of its own, which a test starts, kills and starts again."""

    def __init__(self, command: list[str], log: Path, variables: dict[str, str]) -> None:
        self.command, self.log, self.variables = command, log, variables
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Starts it."""
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                self.command,
                cwd=REPOSITORY,
                env={**os.environ, **self.variables},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def kill(self) -> None:
        """Kills it with all its children, as kill -9 does: nothing is finished, nothing is written."""
        assert self.process is not None
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(10)

    def lives(self) -> bool:
        """Whether it has not ended by itself."""
        return self.process is not None and self.process.poll() is None

    def stop(self) -> None:
        """Asks it to end, and kills what is left of its group."""
        if self.process is None:
            return
        self.process.terminate()
        with suppress(subprocess.TimeoutExpired):
            self.process.wait(10)
        self.kill()


class Service:
    """An installation with its broker, its worker and its post office."""

    def __init__(self, means: Means, office: Office, note_id: int, port: int) -> None:
        self.means, self.office, self.note_id = means, office, note_id
        data = means.settings.data_dir
        folder = data / "redis"
        folder.mkdir()
        self.client = redis.Redis(port=port, socket_timeout=5)
        given = ["--port", str(port), "--bind", "127.0.0.1", "--dir", str(folder)]
        self.redis = Killable(
            ["redis-server", *given, "--save", "", "--appendonly", "no"], data / "redis.log", {}
        )
        begin = [
            sys.executable,
            "-m",
            "celery",
            "-A",
            "tasks.app",
            "worker",
            "-B",
            "-P",
            "prefork",
            "-c",
            "2",
        ]
        queues = ["-Q", ",".join(tasks.app.QUEUES), "-s", str(data / "beat-schedule")]
        self.worker = Killable(
            [*begin, *queues, "--loglevel", "INFO"],
            data / "worker.log",
            environment(means.settings),
        )

    def until(self, condition: Callable[[], bool], what: str, seconds: float = 60) -> None:
        """Waits for a condition; fails with the worker's last words when it does not come about."""
        end, pause = time.monotonic() + seconds, threading.Event()
        while not condition():
            if time.monotonic() > end:
                log = self.worker.log.read_text(errors="replace") if self.worker.log.exists() else ""
                pytest.fail(f"in {seconds} seconds, not: {what}\n{log[-4000:]}", pytrace=False)
            pause.wait(0.05)

    def start_redis(self) -> None:
        """Starts the broker and waits until it answers."""
        self.redis.start()

        def answers() -> bool:
            with suppress(redis.ConnectionError):
                return bool(self.client.ping())
            return False

        self.until(answers, "Redis answers")

    def waiting(self, queue: str) -> int:
        """How many messages wait in a queue of the broker."""
        return int(self.client.llen(queue))  # type: ignore[arg-type]

    def flush(self) -> None:
        """Has the broker forget everything."""
        assert self.client.flushall()

    def approve(self) -> list[int]:
        """The director approves, and the page offers the documents; gives their ids."""
        director = self.office.director
        with self.means.look(director) as work:
            seen = approval.preview(work, work.session.get_one(Note, self.note_id))
        self.office.do(
            "director",
            approval.approve,
            self.note_id,
            None,
            digest=seen.digest,
            number=seen.number,
            day=seen.day,
        )
        with self.means.look() as work:
            ids = documents.pending(work)
        offer.documents(ids)
        return ids

    def dispatch(self) -> None:
        """The director dispatches, and the page offers the sending."""
        self.office.do("director", dispatch.dispatch, self.note_id, None)
        offer.sending(self.note_id)

    def let_claims_grow_old(self) -> None:
        """Has as much time gone by since each claim as makes it stale; whoever held it has to be dead."""
        age = timedelta(seconds=self.means.settings.stale_claim_seconds + 1)
        with self.means.work() as work:
            held = work.session.scalars(select(Delivery).where(Delivery.queue == DeliveryQueue.CLAIMED)).all()
            assert held, "the dead worker held no claim"
            for row in held:
                assert row.claimed_at is not None
                row.claimed_at -= age

    def ready(self) -> int:
        """How many documents are made."""
        with self.means.look() as work:
            return work.session.scalar(select(func.count(Document.id)).where(Document.state == "ready")) or 0

    def deliveries(self) -> list[Delivery]:
        with self.means.look() as work:
            return list(work.session.scalars(select(Delivery).order_by(Delivery.id)))

    def accepted(self) -> int:
        """How many attempts the relay has said its 250 to, as far as that is committed."""
        with self.means.look() as work:
            return (
                work.session.scalar(select(func.count(Attempt.id)).where(Attempt.answered_at.is_not(None)))
                or 0
            )

    def delivered(self) -> bool:
        """Whether everything is sent and every report has been read."""
        return all(
            (row.queue, row.transport) == (DeliveryQueue.DONE, Transport.DELIVERED)
            for row in self.deliveries()
        )

    def sealed(self) -> bool:
        """Whether the log covers all evidence."""
        with self.means.look() as work:
            return audit.verify(work.session, self.means.settings.keys.audit).unsealed == 0

    def copies(self, address: str) -> list[Message]:
        """What lies in a contact's mailbox."""
        folder = self.means.settings.office_dir
        return [
            message_from_bytes(posts.raw(folder, address, one.key)) for one in posts.messages(folder, address)
        ]

    def check(self) -> None:
        """What has to hold in the end, whatever happened on the way."""
        self.until(self.sealed, "all evidence is sealed")
        rows = self.deliveries()
        assert len(rows) == len(MEMBERS) * CONTACTS
        for row in rows:
            found = self.copies(row.address)
            assert [one["Message-ID"] for one in found] == [row.message_id], row.address
            # A kill inside the content leaves a doubt that stands on the next try, though it is the only copy.
            assert (found[0]["X-Chancery-Attempt"] is not None) == row.possible_duplicate
        with self.means.work() as work:
            note = work.session.get_one(Note, self.note_id)
            assert documents.pending(work) == []
            assert all(one.good for one in documents.verify(work, note))
            assert evidence.rebuild(work)[1] == 0
            log = audit.verify(
                work.session, work.settings.keys.audit, anchors.read(work.settings.anchor_file)
            )
            assert log.good, log.faults
            assert log.sealed >= 2 * len(rows)  # The relay's answer and the report of each.
            made = work.session.scalar(select(func.count()).where(AuditEntry.action == "document"))
            assert made == self.ready(), "a document was made twice"


def free_port() -> int:
    """A port of loopback that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def offering_to(settings: Settings, patch: pytest.MonkeyPatch) -> Iterator[None]:
    """Has this process offer to the broker of `settings`, as the web's process does."""
    app = tasks.app.app
    before = {name: app.conf[name] for name in tasks.app._configuration(settings)}
    for name in ("_settings", "_means", "_relay"):
        patch.setattr(tasks.app, name, None)
    # Celery keeps its connections for the broker that it offered to first.
    patch.setattr(app, "_pool", None)
    patch.setattr(app.amqp, "_producer_pool", None)
    tasks.app.configure(settings)
    try:
        yield
    finally:
        app.pool.force_close_all()
        app.conf.update(before)


@pytest.fixture
def service(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Service]:
    """A translated note, an empty Redis and a post office; the worker is not started yet."""
    for made in prepare(request, "sqlite", tmp_path, NoteState.TRANSLATED, CONTACTS):
        settings = made.means.settings
        port = free_port()
        with post_office(settings.office_dir, WEATHER) as smtp:
            settings = settings.model_copy(
                update={
                    "broker_url": f"redis://127.0.0.1:{port}/0",
                    "smtp_url": SecretStr(f"smtp://127.0.0.1:{smtp}?starttls=off"),
                    "sweep_seconds": 0.5,
                    "report_wait_seconds": 5,
                }
            )
            # The worker has the time of the machine, so everybody here has.
            means = Means.of(settings)
            made.office.means = means
            running = Service(means, made.office, made.note_id, port)
            try:
                running.start_redis()
                with offering_to(settings, monkeypatch):
                    yield running
            finally:
                running.worker.stop()
                running.client.close()
                running.redis.stop()
                means.database.close()


def test_a_worker_makes_the_documents_sends_and_reads_the_reports(service: Service) -> None:
    service.worker.start()
    ids = service.approve()
    assert ids
    service.until(lambda: service.ready() == len(ids), "all documents are made")
    service.dispatch()
    service.until(service.delivered, "all reports are read")
    assert service.accepted() == len(service.deliveries())
    service.check()


def test_whatever_the_broker_forgets_and_whoever_is_killed_the_sweep_takes_it_up(service: Service) -> None:
    # The documents: offered, forgotten before anybody took them, and the broker killed half-way.
    ids = service.approve()
    assert service.waiting("documents") == len(ids)
    service.flush()
    assert service.waiting("documents") == 0
    service.worker.start()
    service.until(lambda: service.ready() > 0, "the first document is made")
    service.redis.kill()
    offer.documents(ids)  # With no broker this is logged, and nothing else happens.
    service.start_redis()
    service.until(lambda: service.ready() == len(ids), "the worker found the broker again")

    # The sending: forgotten before a worker took it, then broker and worker killed in the middle of it.
    assert service.worker.lives(), "the worker ended when its broker did"
    service.worker.kill()
    # A new broker: the old one could still hand a message to the line of a process that is dead.
    service.redis.kill()
    service.start_redis()
    service.dispatch()
    assert service.waiting("dispatch") == 1, "the dispatch was not offered"
    service.flush()
    assert service.waiting("dispatch") == 0 and service.accepted() == 0
    service.worker.start()
    service.until(lambda: service.accepted() > 0, "the relay took the first message")
    service.worker.kill()
    service.redis.kill()
    assert 0 < service.accepted() < len(service.deliveries())
    offer.sending(service.note_id)
    service.start_redis()
    service.let_claims_grow_old()
    service.worker.start()
    service.until(lambda: service.accepted() > len(MEMBERS), "the sweep took up what was left")
    service.flush()
    service.until(service.delivered, "everything is sent and all reports are read")
    service.check()
