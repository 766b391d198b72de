"""Workers killed with kill -9 at each step of the protocol, against a real SMTP server.

Afterwards the clock goes on, sweeps run and the returned mail is read, as in life.  In the end every
contact has the note, no copy beyond the first is without its mark, all copies of a contact have one
Message-ID, and the log verifies.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from email import message_from_bytes
from email.message import Message
from pathlib import Path
from select import select as select_ready

import pytest
from sqlalchemy import select

from tests.crashing import STEPS, Workers, workers
from tests.known import known_by
from tests.office import MEMBERS
from tests.post import post_office
from tests.prepared import DATABASES, Prepared, prepare
from workflow import audit
from workflow.models import Delivery
from workflow.operations import claims, evidence, returned_mail, sending
from workflow.post import office as posts
from workflow.post.smtp import Relay
from workflow.states import DeliveryQueue, NoteState

# How often a worker is killed at each step, on each database: 20 times where every test is asked for.
KILLS = int(
    os.environ.get("CHANCERY_TEST_KILLS") or (20 if os.environ.get("CHANCERY_TEST_ALL") == "1" else 4)
)
CONTACTS = -(-KILLS // len(MEMBERS))  # Of each member, so that there is a contact for every kill.
RETURNED = "bounces@secretariat.example"
# Half of the world sends no delivery reports, so both ends of the wait are walked.
WEATHER = """
[[rule]]
match = "*@mfa.kz.example"
report = "none"

[[rule]]
match = "*@mfa.tj.example"
report = "none"
"""


@pytest.fixture(params=DATABASES)
def prepared(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Prepared]:
    """A dispatched note with a contact for each kill; nothing is sent yet."""
    yield from prepare(request, request.param, tmp_path, NoteState.DISPATCHED, CONTACTS)


@pytest.fixture(scope="module")
def killed() -> Iterator[Workers]:
    """Workers to kill."""
    with workers() as made:
        yield made


def mails(folder: Path, address: str) -> list[Message]:
    """What lies in a mailbox."""
    return [message_from_bytes(raw) for raw in raws(folder, address)]


def raws(folder: Path, address: str) -> list[bytes]:
    """What lies in a mailbox, byte for byte."""
    return [posts.raw(folder, address, one.key) for one in posts.messages(folder, address)]


class Life:
    """The installation, the post office, and time."""

    def __init__(self, prepared: Prepared, post: Path, port: int) -> None:
        self.means, self.clock, self.note_id = prepared.means, prepared.clock, prepared.note_id
        self.post, self.port = post, port
        self.read: set[str] = set()

    def job(self, step: str) -> dict[str, object]:
        settings = self.means.settings
        given = {
            "data_dir": str(settings.data_dir),
            "database_url": settings.database_url,
            "secret_key": settings.secret_key.get_secret_value(),
            "audit_key": settings.audit_key.get_secret_value(),
        }
        return {
            "settings": given,
            "now": self.clock().isoformat(),
            "note": self.note_id,
            "port": self.port,
            "step": step,
            "most": 1,
        }

    def read_mailbox(self) -> None:
        """The mailbox task."""
        for one in posts.messages(self.post, RETURNED):
            if one.key not in self.read:
                with self.means.work() as work:
                    returned_mail.process(work, posts.raw(self.post, RETURNED, one.key))
                self.read.add(one.key)

    def sweep(self) -> None:
        """The sweep's part."""
        with self.means.work() as work:
            claims.release_stale_claims(work)
            audit.seal_evidence(work.session, work.settings.keys.audit, work.now())

    def deliveries(self) -> list[Delivery]:
        with self.means.look() as work:
            return list(work.session.scalars(select(Delivery).order_by(Delivery.id)))

    def go_on(self) -> None:
        """What happens after all crashes, until nothing is due any more."""
        with Relay(f"smtp://127.0.0.1:{self.port}?starttls=off") as relay:
            for _ in range(6):
                self.clock.pass_(seconds=self.means.settings.stale_claim_seconds + 1)
                self.sweep()
                self.read_mailbox()
                sent = sending.send_note(self.means, self.note_id, relay, "worker that lives")
                assert sent.trouble == ""
                if all(one.queue is DeliveryQueue.DONE for one in self.deliveries()):
                    break
        self.sweep()


@pytest.mark.parametrize("step", STEPS)
def test_killed_at(step: str, prepared: Prepared, killed: Workers, tmp_path: Path) -> None:
    post = tmp_path / "post"
    with post_office(post, WEATHER) as port:
        life = Life(prepared, post, port)
        for _ in range(KILLS):
            assert killed.run(**life.job(step)) == step
            life.clock.pass_(seconds=life.means.settings.stale_claim_seconds + 1)
            life.sweep()
        life.go_on()
        rows = life.deliveries()
        assert {row.queue for row in rows} == {DeliveryQueue.DONE}
        end = time.monotonic() + 20
        for row in rows:
            accepted = sum(one.answered_at is not None for one in row.attempts)
            while len(mails(post, row.address)) < accepted and time.monotonic() < end:
                select_ready([], [], [], 0.01)
            copies = mails(post, row.address)
            assert copies, f"{row.address} has no note"
            assert {one["Message-ID"] for one in copies} == {row.message_id}
            unmarked = [one for one in copies if one["X-Chancery-Attempt"] is None]
            assert len(unmarked) <= 1, f"{row.address} has two copies without a mark"
            assert len(copies) <= 2
            recorded = [one.message for one in row.attempts if one.message]
            for raw in raws(post, row.address):
                # Each copy is, byte for byte, what an attempt recorded before it left.
                assert known_by(raw) in [(one["size"], one["head"], one["tail"]) for one in recorded]
    with life.means.work() as work:
        assert evidence.rebuild(work)[1] == 0
        assert audit.verify(work.session, work.settings.keys.audit).good
