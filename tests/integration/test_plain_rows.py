"""Plain rows do what the mapped ones do: the same changes, by the same operations, end in the same columns."""

from __future__ import annotations

import random
from typing import Any

import pytest

from tests.desk import Desk
from tests.prepared import Prepared
from tests.prepared import dispatched as dispatched
from tests.relay import ACCEPT, BROKEN_LOST, LATER, NEVER, World
from workflow.errors import Phrase
from workflow.models import Attempt, Outgoing
from workflow.operations import claims, evidence, plain
from workflow.states import DeliveryQueue, Hold, Human

ALL = tuple(f"notes@mfa.{code}.example" for code in ("cn", "kz", "mn", "tj"))
KINDS = ("accepted", "delayed", "relayed", "delivered", "failed", "unknown")


@pytest.fixture
def desk(dispatched: Prepared) -> Desk:
    """A dispatched note, and a relay that takes everything unless its script says otherwise."""
    return Desk(dispatched, World())


def columns(row: Any, model: type[Outgoing] | type[Attempt]) -> dict[str, Any]:
    """A row's values by column, whatever it is."""
    left_out = {"documents", "message_id", "link_digest"}
    return {one.key: getattr(row, one.key) for one in model.__table__.columns if one.key not in left_out}


def values(delivery: Any) -> list[dict[str, Any]]:
    return [columns(delivery, Outgoing), *(columns(one, Attempt) for one in delivery.attempts)]


@pytest.mark.parametrize("seed", range(8))
def test_the_same_fold_of_either_ends_in_the_same_columns(desk: Desk, seed: int) -> None:
    chance = random.Random(seed)
    for address in ALL:
        desk.world.script[address] = [chance.choice([ACCEPT, LATER, NEVER, BROKEN_LOST])]
    desk.run()
    for identity in [desk.delivery(one).id for one in ALL]:
        with desk.means.look() as work:
            mapped = work.session.get_one(Outgoing, identity)
            [row] = plain.read(work, [identity])
            assert values(row) == values(mapped)
            last, now = mapped.attempts[-1].id, desk.clock()
            told = [
                evidence.Told(last, "transport", chance.choice(KINDS), now, {})
                for _ in range(chance.randrange(4))
            ]
            told += [
                evidence.Told(None, "human", chance.choice(list(Human)).value, now, {"on_behalf": True})
                for _ in range(chance.randrange(3))
            ]
            for either in (mapped, row):
                evidence._fold(either, told, either.attempts)
            assert values(row) == values(mapped)
            work.session.rollback()


def test_what_was_changed_is_written_and_nothing_else(desk: Desk) -> None:
    desk.run()
    with desk.means.look() as work:
        before = {one: values(desk.delivery(one)) for one in ALL}
        first, second = (desk.delivery(one).id for one in ALL[:2])
    with desk.means.work() as work:
        rows = plain.read(work, [first, second])
        claims.release(rows[0], DeliveryQueue.HELD, Hold.FAULT, Phrase("Look at %(what)s.", what="it"))
        rows[0].attempts[0].answer = "250 taken"
        rows[1].due_at = desk.clock()
        plain.write(work, rows)
    held, moved = desk.delivery(ALL[0]), desk.delivery(ALL[1])
    assert (held.queue, held.held_as, str(held.held_reason)) == (
        DeliveryQueue.HELD,
        Hold.FAULT,
        "Look at it.",
    )
    assert held.attempts[0].answer == "250 taken"
    assert moved.due_at == desk.clock()
    assert [values(desk.delivery(one)) for one in ALL[2:]] == [before[one] for one in ALL[2:]]
    assert values(moved)[1:] == before[ALL[1]][1:]
