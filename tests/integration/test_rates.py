"""Rates: token buckets shared by all workers, on both databases, by a clock that is set."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from threading import Barrier, Thread
from typing import Any

import pytest

from tests.desk import Desk
from tests.prepared import DATABASES, prepare
from tests.relay import ScriptedRelay, World
from workflow import config
from workflow.errors import Misuse
from workflow.operations import claims, rates, sending, trouble
from workflow.states import DeliveryQueue, NoteState

CONTACTS = 6  # Of each of four members.


@pytest.fixture(params=DATABASES)
def desk(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Desk]:
    """A note dispatched to 24 contacts in four domains."""
    for made in prepare(request, request.param, tmp_path, NoteState.DISPATCHED, CONTACTS):
        yield Desk(made, World())


def limit(desk: Desk, **given: Any) -> None:
    """Sets the rates of the installation."""
    settings = config.load(**{**desk.means.settings.model_dump(exclude={"keys"}), **given})
    desk.means = replace(desk.means, settings=settings)


def domains(desk: Desk) -> Counter[str]:
    return Counter(rates.domain_of(one.address) for one in desk.world.taken)


def test_all_of_it_leaves_no_faster_than_the_rate(desk: Desk) -> None:
    limit(desk, rate_per_minute=60, rate_burst=5)
    assert desk.run().accepted == 5  # At once, what the bucket holds.
    assert desk.run().accepted == 0
    for _ in range(3):
        desk.clock.pass_(seconds=2)
        assert desk.run().accepted == 2
    desk.clock.pass_(hours=1)
    assert desk.run().accepted == 5  # An hour of rest fills the bucket, and no more.
    for _ in range(24 - 16):
        desk.clock.pass_(seconds=1)
        assert desk.run().accepted == 1
    assert desk.run() == sending.Sent() and len(desk.world.taken) == 24
    assert all("X-Chancery-Attempt" not in one.mail for one in desk.world.taken)


def test_a_slow_domain_holds_no_other_up(desk: Desk) -> None:
    limit(desk, rate_domains="mfa.kz.example=1", rate_burst=1)
    assert desk.run().accepted == 19
    assert domains(desk)["mfa.kz.example"] == 1
    for count in range(2, CONTACTS + 1):
        desk.clock.pass_(seconds=59)
        assert desk.run().accepted == 0
        desk.clock.pass_(seconds=1)
        assert desk.run().accepted == 1
        assert domains(desk)["mfa.kz.example"] == count


def test_each_domain_has_a_bucket_of_its_own_beside_that_of_all(desk: Desk) -> None:
    limit(desk, rate_domain_per_minute=2, rate_domains="mfa.cn.example=0", rate_per_minute=600, rate_burst=2)
    assert desk.run().accepted == 2  # The bucket of all holds two.
    desk.clock.pass_(minutes=1)
    sent = Counter[str]()
    for _ in range(40):
        desk.run()
        desk.clock.pass_(seconds=1)
        sent = domains(desk)
    assert sent["mfa.cn.example"] == CONTACTS  # It has no limit of its own.
    assert all(2 <= sent[name] <= 4 for name in ("mfa.kz.example", "mfa.mn.example", "mfa.tj.example"))


def test_workers_share_the_buckets(desk: Desk) -> None:
    limit(desk, rate_per_minute=60, rate_burst=7)
    barrier, troubles = Barrier(3), []

    def work(name: str) -> None:
        barrier.wait()
        try:
            sending.send_note(desk.means, desk.prepared.note_id, ScriptedRelay(desk.world), name)
        except Exception as error:
            troubles.append(error)

    threads = [Thread(target=work, args=(f"worker-{number}",)) for number in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert troubles == [] and len(desk.world.taken) == 7


def test_a_clock_that_jumps_either_way_neither_stops_the_flow_nor_opens_it(desk: Desk) -> None:
    limit(desk, rate_per_minute=60, rate_burst=3)
    assert desk.run().accepted == 3
    desk.clock.pass_(days=365)
    assert desk.run().accepted == 3
    desk.clock.pass_(days=-365)
    assert desk.run().accepted == 0
    desk.clock.pass_(seconds=2)
    assert desk.run().accepted == 2


def test_what_waits_for_its_rate_stays_queued_and_due(desk: Desk) -> None:
    limit(desk, rate_per_minute=1)
    desk.run()
    with desk.means.look() as work:
        assert claims.due_notes(work) == [desk.prepared.note_id]
        assert trouble.of(work) == []
    waiting = [desk.delivery(f"notes@mfa.{code}.example") for code in ("mn", "tj")]
    assert all(row.queue is DeliveryQueue.QUEUED and row.attempts == [] for row in waiting)


@pytest.mark.parametrize(
    "text", ["example.org", "example.org=fast", "=3", "example.org=-1", "a=nan", "a=inf"]
)
def test_faulty_rates_are_refused_at_start(text: str) -> None:
    with pytest.raises(Misuse, match="CHANCERY_RATE_DOMAINS"):
        config.load(rate_domains=text)


def test_rates_are_read_from_the_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHANCERY_RATE_DOMAINS", " Mfa.Example=12 , @other.example=0.5")
    monkeypatch.setenv("CHANCERY_RATE_DOMAIN_PER_MINUTE", "30")
    settings = config.load()
    assert settings.rate("mfa.example") == 12 and settings.rate("other.example") == 0.5
    assert settings.rate("third.example") == 30 and settings.rate("") == 0 and settings.limited
    assert settings.burst("mfa.example") == 2 and settings.burst("other.example") == 1
