"""How the members of many notes stand: what the database groups is what the fold says of each delivery."""

from __future__ import annotations

import random
from collections import Counter

import pytest
from sqlalchemy import select, update

from tests.desk import Desk
from tests.prepared import Prepared
from tests.prepared import dispatched as dispatched
from tests.relay import World
from workflow.models import Delivery, Note
from workflow.models.directory import Channel
from workflow.operations import plain, standing
from workflow.operations.evidence import contact_receipt
from workflow.post.receipts import member_receipt
from workflow.states import DeliveryQueue, Handing, Hold, Human, MemberStatus, Transport


@pytest.fixture
def desk(dispatched: Prepared) -> Desk:
    """A dispatched note."""
    return Desk(dispatched, World())


def stir(desk: Desk, seed: int) -> None:
    """Puts every delivery into some condition that the tables allow."""
    chance = random.Random(seed)
    with desk.means.work() as work:
        for identity in work.session.scalars(select(Delivery.id)).all():
            queue = chance.choice([DeliveryQueue.QUEUED, DeliveryQueue.HELD, DeliveryQueue.DONE])
            held = queue is DeliveryQueue.HELD
            work.session.execute(
                update(Delivery)
                .where(Delivery.id == identity)
                .values(
                    role=chance.choice(["to", "to", "cc", "escalation"]),
                    transport=chance.choice([None, *Transport]),
                    human=chance.choice(list(Human)),
                    queue=queue,
                    held_reason="A person held it." if held else None,
                    held_as=Hold.PERSON if held else None,
                    handed=chance.choice([None, Handing.SENT, Handing.DELIVERED, Handing.RETURNED]),
                    cancelled_at=desk.clock() if chance.random() < 0.2 else None,
                    on_behalf=chance.random() < 0.3,
                    channel=chance.choice([Channel.MAIL.value, Channel.COURIER.value]),
                )
            )


@pytest.mark.parametrize("seed", range(12))
def test_groups_are_what_each_delivery_says(desk: Desk, seed: int) -> None:
    stir(desk, seed)
    note = desk.prepared.note_id
    with desk.means.look() as work:
        each: dict[int, list[Delivery]] = {}
        for row in plain.of_note(work, note):
            each.setdefault(row.member_id, []).append(row)
        receipts = {
            member: member_receipt(contact_receipt(work, one) for one in rows)
            for member, rows in each.items()
        }
        groups = standing.of_notes(work, [note])[note]
        counted: Counter[object] = Counter()
        for group in groups:
            counted[group.receipt] += group.members
        assert counted == Counter(receipts.values())
        waiting = sum(row.queue is not DeliveryQueue.DONE for rows in each.values() for row in rows)
        assert sum(group.waiting for group in groups) == waiting
        lost = {(note, one) for one, found in receipts.items() if found.status is MemberStatus.UNDELIVERABLE}
        assert set(standing.undeliverable(work, select(Note.id))) == lost


def test_plain_rows_of_a_note_are_those_of_the_mapper(desk: Desk) -> None:
    desk.run()
    with desk.means.look() as work:
        mapped = work.session.scalars(select(Delivery).order_by(Delivery.id)).all()
        rows = plain.of_note(work, desk.prepared.note_id)
        shown = ("id", "member_id", "contact_id", "address", "role", "transport", "human", "queue", "due_at")
        assert [[getattr(one, name) for name in shown] for one in rows] == [
            [getattr(one, name) for name in shown] for one in mapped
        ]
        assert [[each.token for each in one.attempts] for one in rows] == [
            [each.token for each in one.attempts] for one in mapped
        ]
        assert plain.following(work, desk.prepared.note_id) == []
