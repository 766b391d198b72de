"""Deliveries through a real SMTP server that bounces, delays and reports; evidence back from its mail."""

from __future__ import annotations

import time
from pathlib import Path
from select import select as select_ready

from sqlalchemy import select

from tests.office import Office
from tests.post import post_office
from workflow.means import Means
from workflow.models import Delivery, Event, ReturnedMessage
from workflow.operations import returned_mail, sending
from workflow.post import office as posts
from workflow.post.smtp import Relay
from workflow.states import DeliveryQueue, NoteState, Transport

WEATHER = """
[[rule]]
match = "*@mfa.kz.example"
bounce = "5.1.1"

[[rule]]
match = "*@mfa.mn.example"
refuse = "550 5.7.1 Not here"

[[rule]]
match = "*@mfa.tj.example"
report = "none"
"""


RETURNED = "bounces@secretariat.example"


def settle(means: Means, folder: Path, expected: int) -> None:
    """Reads returned mail until so many messages came: the office works in a process of its own."""
    end = time.monotonic() + 30
    while len(found := posts.messages(folder, RETURNED)) < expected and time.monotonic() < end:
        select_ready([], [], [], 0.02)
    raws = [posts.raw(folder, RETURNED, one.key) for one in found]
    assert len(raws) == expected
    with means.work() as work:
        for raw in raws:
            returned_mail.process(work, raw)


def test_every_delivery_gets_what_became_of_it(office: Office, means: Means, tmp_path: Path) -> None:
    note_id = office.note(NoteState.DISPATCHED)
    folder = tmp_path / "post"
    with post_office(folder, WEATHER) as port, Relay(f"smtp://127.0.0.1:{port}?starttls=off") as relay:
        sent = sending.send_note(means, note_id, relay, "worker")
        assert (sent.accepted, sent.refused, sent.unknown) == (3, 1, 0)
        settle(means, folder, 2)
    with means.look() as work:
        found = {d.address.split(".")[1]: d for d in work.session.scalars(select(Delivery))}
        assert found["cn"].transport is Transport.DELIVERED
        assert found["kz"].transport is Transport.FAILED
        assert found["mn"].transport is Transport.REFUSED_PERM
        assert found["tj"].transport is Transport.ACCEPTED
        assert all(d.queue is DeliveryQueue.DONE for d in found.values())


def test_a_report_that_comes_twice_or_is_forged_changes_nothing(
    office: Office, means: Means, tmp_path: Path
) -> None:
    note_id = office.note(NoteState.DISPATCHED)
    folder = tmp_path / "post"
    with post_office(folder, WEATHER) as port, Relay(f"smtp://127.0.0.1:{port}?starttls=off") as relay:
        sending.send_note(means, note_id, relay, "worker")
        settle(means, folder, 2)
    with means.work() as work:
        before = work.session.query(Event).count()
        raw = posts.raw(folder, RETURNED, posts.messages(folder, RETURNED)[0].key)
        returned_mail.process(work, raw)
        token = work.session.scalars(select(Delivery)).all()[0].attempts[0].token
        forged = raw.replace(token.encode(), b"0" * len(token)).replace(b"Subject:", b"Subject: again")
        for other in work.session.scalars(select(Delivery)):
            for attempt in other.attempts:
                forged = forged.replace(attempt.token.encode(), b"0" * 32)
        row = returned_mail.process(work, forged)
        assert row.state == "waiting" and not row.verified
        assert work.session.query(Event).count() == before
        assert work.session.query(ReturnedMessage).count() == 3
