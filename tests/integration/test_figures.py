"""The figures that an operator watches: counted from the rows, of nobody by name."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event

from tests.desk import Desk
from tests.integration.test_certificates import BEGIN, give, make
from tests.prepared import Prepared
from tests.prepared import dispatched as dispatched
from tests.relay import NEVER, World
from web.app import create_app
from web.doctor import ground
from workflow import anchors, config
from workflow.models import Note, Outgoing
from workflow.operations import claims, deliveries, figures, ladder, reminding, returned_mail, silence
from workflow.states import DeliveryQueue, MemberStatus

KZ, MN = "notes@mfa.kz.example", "notes@mfa.mn.example"


@pytest.fixture
def desk(dispatched: Prepared) -> Desk:
    return Desk(dispatched, World())


def given(desk: Desk) -> dict[str, dict[str, float]]:
    with desk.means.look() as work:
        return {one.name: one.values for one in figures.all_of(work)}


def limit(desk: Desk, **words: Any) -> None:
    settings = config.load(**{**desk.means.settings.model_dump(exclude={"keys"}), **words})
    desk.means = replace(desk.means, settings=settings)


def test_rates_name_only_the_domains_that_the_operator_named(desk: Desk) -> None:
    assert "chancery_rate_tokens" not in given(desk)
    limit(desk, rate_per_minute=60, rate_domain_per_minute=60, rate_domains="mfa.kz.example=1", rate_burst=2)
    assert desk.run().accepted == 2
    found = given(desk)
    assert found["chancery_rate_waiting"]["all"] == 2
    assert set(found["chancery_rate_waiting"]) == {"all", "other", "mfa.kz.example"}
    assert found["chancery_rate_waiting"]["other"] + found["chancery_rate_waiting"]["mfa.kz.example"] == 2
    tokens = found["chancery_rate_tokens"]
    assert tokens["all"] == 0 and set(tokens) <= {"all", "other", "mfa.kz.example"}
    desk.clock.pass_(seconds=1)
    assert given(desk)["chancery_rate_tokens"]["all"] == 1
    desk.clock.pass_(hours=1)
    assert given(desk)["chancery_rate_tokens"]["all"] == 2


def test_reminders_by_what_became_of_them(desk: Desk) -> None:
    desk.world.script[KZ] = ["accept", NEVER]
    desk.office.do("registry", ladder.set_reminders, desk.prepared.note_id, [{"to": ["to"], "after": 1}])
    desk.run()
    assert given(desk)["chancery_reminders"] == {}
    desk.clock.pass_(days=1)
    assert given(desk)["chancery_reminder_notes_due"] == {"": 1}
    with desk.means.work() as work:
        reminding.sweep(work)
    assert given(desk)["chancery_reminder_notes_due"] == {"": 0}
    assert given(desk)["chancery_reminders"] == {"due": 4}
    desk.clock.pass_(minutes=5)
    assert given(desk)["chancery_reminder_oldest_due_seconds"] == {"": 300}
    with desk.means.work(desk.office.registry) as work:
        row = work.session.query(Outgoing).filter_by(kind="reminder", address=MN).one()
        deliveries.hold(work, _note(work, desk), row, "They asked.")
    desk.run()
    assert given(desk)["chancery_reminders"] == {"held": 1, "failed": 1, "sent": 2}


def _note(work: Any, desk: Desk) -> Note:
    return work.session.get_one(Note, desk.prepared.note_id)


def test_stale_claims_and_the_age_of_the_oldest_due(desk: Desk) -> None:
    desk.clock.pass_(minutes=1)
    assert given(desk)["chancery_delivery_oldest_due_seconds"] == {"": 60}
    claims.claim(desk.means, desk.prepared.note_id, "a worker that dies")
    assert given(desk)["chancery_stale_claims"] == {"": 0}
    desk.clock.pass_(seconds=int(desk.means.settings.stale_claim_seconds) + 1)
    assert given(desk)["chancery_stale_claims"] == {"": 4}
    assert given(desk)["chancery_deliveries"] == {DeliveryQueue.CLAIMED.value: 4}


def test_returned_mail_by_class_silence_and_certificates(desk: Desk, tmp_path: Path) -> None:
    desk.run()
    desk.report(desk.delivery(KZ).attempts[0], "failed")
    with desk.means.work() as work:
        returned_mail.process(
            work, b"From: somebody@example.org\r\nSubject: Question\r\n\r\nWhere is it?\r\n"
        )
    assert given(desk)["chancery_returned_by_class"] == {"fail": 1, "unknown": 1}
    with desk.means.work(desk.office.registry) as work:
        deadline = work.now() + timedelta(days=10)
        silence.start(work, _note(work, desk), deadline, level=MemberStatus.IN_TRANSIT.value)
    give(desk, MN, make(tmp_path, "MN", MN, days=(desk.clock() - BEGIN).days + 15)[0].read_bytes())
    found = given(desk)
    assert found["chancery_silence_procedures_open"] == {"running": 1, "deadline_passed": 0}
    assert found["chancery_contact_certificates"] == {"in_force": 1, "ending": 1, "ended": 0}
    desk.clock.pass_(days=30)
    found = given(desk)
    assert found["chancery_silence_procedures_open"] == {"running": 0, "deadline_passed": 1}
    assert found["chancery_contact_certificates"] == {"in_force": 1, "ending": 0, "ended": 1}


def test_the_age_of_the_last_sweep_and_anchor(desk: Desk, tmp_path: Path) -> None:
    assert given(desk)["chancery_last_run_seconds"] == {}
    for name in ("sweep", "anchor", "sweep"):
        with desk.means.work() as work:
            figures.ran(work, name)
        desk.clock.pass_(minutes=1)
    with desk.means.work() as work:
        anchors.anchor(work.session, work.now(), tmp_path / "anchors")
    desk.clock.pass_(minutes=1)
    found = given(desk)
    assert found["chancery_last_run_seconds"] == {"sweep": 120, "anchor": 180}
    assert found["chancery_audit_anchor_age_seconds"] == {"": 60} and found["chancery_audit_unanchored"] == {
        "": 0
    }


def test_the_page_of_figures_names_nobody_and_asks_as_often_whatever_there_is(desk: Desk) -> None:
    limit(desk, rate_per_minute=600)
    client = create_app(desk.means, testing=True).test_client()
    asked: list[str] = []

    def note(_c: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        asked.append(statement)

    event.listen(desk.means.database.engine, "before_cursor_execute", note)
    before = client.get("/metrics").data.decode()
    first = sum(one.lstrip().upper().startswith("SELECT") for one in asked)
    asked.clear()
    desk.run()
    asked.clear()
    after = client.get("/metrics").data.decode()
    event.remove(desk.means.database.engine, "before_cursor_execute", note)
    assert sum(one.lstrip().upper().startswith("SELECT") for one in asked) == first <= 30
    assert 'chancery_delivery_transport{state="none"} 4.0' in before
    assert 'chancery_delivery_transport{state="accepted"} 4.0' in after
    assert 'chancery_rate_waiting{domain="all"} 0.0' in after
    assert not re.search(r"mfa\.|@", after)


def test_the_doctor_sees_that_the_timer_stands(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ground.Means, "of", lambda settings: desk.means)
    monkeypatch.setattr(desk.means.database, "close", lambda: None)

    def told() -> tuple[str, str]:
        ((state, words),) = [(one.state, one.sentence) for one in ground.timer(desk.means.settings)]
        return state, words

    assert told()[0] == "note" and "no sweep has run yet" in told()[1]
    with desk.means.work() as work:
        figures.ran(work, "sweep")
    desk.clock.pass_(seconds=20)
    assert told() == ("good", "the last sweep ended 20 seconds ago")
    desk.clock.pass_(hours=1)
    assert told()[0] == "note" and "60 minutes ago" in told()[1]
