"""Reminders by a real Postfix, their workers killed with kill -9 between the steps of the protocol.

Afterwards the clock goes on, sweeps run and Postfix's reports are read, as in life.  In the end every
silent contact has its reminder, no copy beyond the first is without its mark, and the note came once.
"""

from __future__ import annotations

import os
from itertools import cycle, islice

import pytest
from sqlalchemy import select

import tests.postfix as post
from tests.crashing import STEPS, workers
from tests.integration.test_postfix import CN, KZ, MN, OURS, TJ, Room, addresses, token
from tests.integration.test_postfix import prepared as prepared
from tests.prepared import Prepared
from workflow.models import Reminder
from workflow.operations import claims, deliveries, ladder, reminding
from workflow.states import DeliveryQueue, Hold, Transport

pytestmark = [pytest.mark.postfix]

KILLS = 20 if os.environ.get("CHANCERY_TEST_ALL") == "1" else 1
# A reminder carries a link and no document, so it goes over the line in one piece.
WHERE = [
    "after the final dot",
    *(one for one in STEPS if one not in ("inside the content", "after the final dot")),
]


class Silent(Room):
    """An installation whose states have the note and have not answered."""

    def reminders(self) -> list[Reminder]:
        """The reminders with their attempts."""
        with self.means.look() as work:
            return list(work.session.scalars(select(Reminder).order_by(Reminder.id)))

    def job(self, step: str) -> dict[str, object]:
        """What a worker is told that is to stop, and be killed, at a step."""
        settings = self.means.settings
        given = {
            "data_dir": str(settings.data_dir),
            "database_url": settings.database_url,
            "secret_key": settings.secret_key.get_secret_value(),
            "audit_key": settings.audit_key.get_secret_value(),
        }
        now = self.clock().isoformat()
        return {
            "settings": given, "now": now, "note": self.note_id, "port": self.postfix.port, "step": step, "most": 1,
        }  # fmt: skip

    def sweep(self) -> None:
        """The sweep's part, and a person's where an outcome is unknown a second time."""
        with self.means.work() as work:
            claims.release_stale_claims(work)
        for row in self.reminders():
            if row.held_as is Hold.UNKNOWN:
                self.prepared.office.do(
                    "registry",
                    lambda work, note, number: deliveries.resume(
                        work, note, deliveries.find_reminder(work, note, number), "They say it did not come."
                    ),
                    self.note_id,
                    row.id,
                )


def test_reminders_survive_the_death_of_their_workers(prepared: Prepared) -> None:
    boxes = [one for domain in (CN, KZ, MN, TJ) for one in addresses(domain)]
    with post.postfix({}, [*boxes, OURS]) as relay:
        room = Silent(prepared, relay, relay.box(OURS))
        steps = [{"to": ["to"], "after": 1}]
        prepared.office.do("registry", ladder.set_reminders, room.note_id, steps)
        assert room.send().accepted == len(boxes)
        room.until(lambda: room.stands("", Transport.DELIVERED), "every contact has the note")
        room.clock.pass_(days=1)
        with room.means.work() as work:
            assert reminding.sweep(work) == [room.note_id]
        assert len(room.reminders()) == len(boxes)
        with workers() as killed:
            for step in islice(cycle(WHERE), KILLS):
                assert killed.run(**room.job(step)) == step
        for _ in range(8):
            room.send()
            room.clock.pass_(seconds=int(room.means.settings.stale_claim_seconds) + 1)
            room.read()
            room.sweep()
            if all(row.queue is DeliveryQueue.DONE for row in room.reminders()):
                break
        assert {row.queue for row in room.reminders()} == {DeliveryQueue.DONE}
        delivered = {Transport.DELIVERED}
        room.until(lambda: {row.transport for row in room.reminders()} == delivered, "all are reminded")
        for row in room.reminders():
            mails = relay.mails(row.address)
            copies = [one for one in mails if one["Message-ID"] == row.message_id]
            assert copies and len(mails) - len(copies) == 1  # The note itself came once.
            marks = {token(one): one["X-Chancery-Attempt"] for one in copies}
            assert len(marks) == len(copies), f"an attempt to {row.address} was sent twice"
            assert list(marks.values()).count(None) <= 1, f"{row.address} has two copies without a mark"
            assert set(marks) <= {one.token for one in row.attempts}
        assert room.send().accepted == 0
        room.check()
