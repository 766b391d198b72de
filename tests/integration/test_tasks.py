"""Tasks: thin, harmless when repeated, and never the only place where something is known."""

from __future__ import annotations

import inspect
from collections.abc import Iterator

import pytest
from sqlalchemy import select

import tasks.app
from tasks import dispatch as dispatch_tasks
from tasks import documents as document_tasks
from tasks import mailbox as mailbox_tasks
from tasks import offer, sweeps
from tests.hostile import clean
from tests.prepared import Prepared
from tests.prepared import dispatched as dispatched
from tests.prepared import translated as translated
from tests.relay import ScriptedRelay, World
from workflow import audit
from workflow.errors import InputRefused
from workflow.letters import enclosure
from workflow.means import Means
from workflow.models import Delivery, Document, Note
from workflow.operations import approval, claims, documents, intake
from workflow.states import DeliveryQueue, NoteState
from workflow.store import sha256

tasks.app.app.loader.import_default_modules()
TASKS = [task for name, task in sorted(tasks.app.app.tasks.items()) if not name.startswith("celery.")]


@pytest.fixture
def worker(monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    """A worker process's means: the test's own, and a scripted relay; what is offered is refused."""
    world = World()
    monkeypatch.setattr(tasks.app, "_relay", ScriptedRelay(world))
    yield world
    monkeypatch.undo()


def be_worker(monkeypatch: pytest.MonkeyPatch, means: Means, broker: str = "") -> None:
    """Makes this process a worker of the test's installation."""
    settings = means.settings.model_copy(update={"broker_url": broker or means.settings.broker_url})
    relay = tasks.app._relay
    tasks.app.configure(settings)
    monkeypatch.setattr(tasks.app, "_relay", relay)
    monkeypatch.setattr(tasks.app, "_means", means)
    monkeypatch.setattr(tasks.app, "_settings", settings)


def test_every_task_is_routed_declares_who_and_takes_at_most_an_id() -> None:
    assert len(TASKS) >= 6
    routes, queues = tasks.app.app.conf.task_routes, {queue.name for queue in tasks.app.app.conf.task_queues}
    assert queues == set(tasks.app.QUEUES)
    for task in TASKS:
        assert task.allowed == "system", task.name
        assert routes[task.name]["queue"] == task.declared_queue in queues
        parameters = list(inspect.signature(task.run).parameters.values())
        assert len(parameters) <= 1 and all(one.annotation in (int, "int") for one in parameters), task.name
        assert task.ignore_result and not task.acks_late
    for entry in tasks.app._configuration(tasks.app.config.load())["beat_schedule"].values():
        assert entry["task"] in tasks.app.app.tasks
        assert entry["options"]["queue"] == routes[entry["task"]]["queue"]


def test_the_limits_stand_in_their_order(dispatched: Prepared) -> None:
    settings = dispatched.means.settings
    made = tasks.app._configuration(settings)
    assert made["task_soft_time_limit"] < made["task_time_limit"] == settings.task_limit_seconds
    assert settings.task_limit_seconds < settings.visibility_timeout_seconds < settings.stale_claim_seconds


def test_a_task_that_runs_twice_is_harmless(
    dispatched: Prepared, worker: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    be_worker(monkeypatch, dispatched.means, "memory://")
    with dispatched.means.look() as work:
        made = list(work.session.scalars(select(Document.id)))
        stamps = {row.id: row.made_at for row in work.session.scalars(select(Document))}
    for _ in range(2):
        dispatch_tasks.send_note(dispatched.note_id)
    assert len(worker.taken) == 4
    sweeps.sweep()  # From now on there is a row that says when it ended last.
    after = dispatched.office.counts()
    dispatch_tasks.send_note(dispatched.note_id)
    for identity in made:
        document_tasks.make(identity)
    sweeps.sweep()
    sweeps.sweep()
    assert dispatched.office.counts() == after and len(worker.taken) == 4
    with dispatched.means.look() as work:
        assert {row.id: row.made_at for row in work.session.scalars(select(Document))} == stamps
    sweeps.anchor()
    size = dispatched.means.settings.anchor_file.stat().st_size
    sweeps.anchor()
    assert dispatched.means.settings.anchor_file.stat().st_size == size


@pytest.mark.parametrize("broker", ["redis://127.0.0.1:1/0", "filesystem://"])
def test_without_a_broker_the_operation_stands_and_the_sweep_offers_again(
    translated: Prepared, worker: World, monkeypatch: pytest.MonkeyPatch, broker: str
) -> None:
    means, office, note_id = translated.means, translated.office, translated.note_id
    be_worker(monkeypatch, means, broker)
    if broker == "filesystem://":
        folder = means.settings.data_dir / "broker" / "messages"
        folder.rmdir()
        folder.write_text("a file where the folder should be")
    with means.look(office.actor("director")) as work:
        seen = approval.preview(work, work.session.get_one(Note, note_id))
    office.do(
        "director", approval.approve, note_id, None, digest=seen.digest, number=seen.number, day=seen.day
    )
    with means.look() as work:
        pending = documents.pending(work)
    assert pending
    offer.documents(pending)  # Logged and swallowed: the person's work is done.
    offer.sending(note_id)
    assert not offer.offer(sweeps.sweep)
    assert office.state(note_id) is NoteState.APPROVED
    sweeps.sweep()
    offered: list[int] = []
    monkeypatch.setattr(offer, "documents", offered.extend)
    sweeps.sweep()
    assert offered == pending


def test_a_rolled_back_operation_leaves_nothing_to_send(translated: Prepared) -> None:
    means, office, note_id = translated.means, translated.office, translated.note_id
    before = office.counts()
    with means.look(office.actor("director")) as work:
        seen = approval.preview(work, work.session.get_one(Note, note_id))

    class Crash(Exception):
        pass

    with pytest.raises(Crash), means.work(office.actor("director")) as work:
        note = work.session.get_one(Note, note_id)
        approval.approve(work, note, None, digest=seen.digest, number=seen.number, day=seen.day)
        raise Crash
    assert office.counts() == before
    with means.work(office.actor("director")) as work:
        savepoint = work.session.begin_nested()
        note = work.session.get_one(Note, note_id)
        approval.approve(work, note, None, digest=seen.digest, number=seen.number, day=seen.day)
        savepoint.rollback()
    assert office.counts() == before and office.state(note_id) is NoteState.TRANSLATED
    with means.look() as work:
        assert documents.pending(work) == []
    office.approved(note_id)  # The number that was rolled back twice is still the next one.
    with means.look() as work:
        assert work.session.get_one(Note, note_id).symbol == "TTF/1"
        assert audit.verify(work.session, means.settings.keys.audit).good


def test_the_sweep_takes_up_what_a_worker_dropped(
    dispatched: Prepared, worker: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    means, note_id = dispatched.means, dispatched.note_id
    be_worker(monkeypatch, means, "memory://")
    claims.claim(means, note_id, "a worker that dies")
    offered: list[int] = []
    monkeypatch.setattr(offer, "sending", offered.append)
    sweeps.sweep()
    assert offered == []
    dispatched.clock.pass_(seconds=means.settings.stale_claim_seconds + 1)
    sweeps.sweep()
    assert offered == [note_id]
    dispatch_tasks.send_note(note_id)
    with means.look() as work:
        assert {row.queue for row in work.session.scalars(select(Delivery))} == {DeliveryQueue.DONE}


def test_a_mailbox_that_is_away_is_logged_and_tried_again(
    dispatched: Prepared, worker: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    be_worker(monkeypatch, dispatched.means, "memory://")
    away = dispatched.means.settings.model_copy(
        update={"imap_url": type(dispatched.means.settings.imap_url)("imap://127.0.0.1:1/INBOX")}
    )
    monkeypatch.setattr(tasks.app, "_settings", away)
    assert mailbox_tasks.read_mailbox() == 0


def test_a_document_that_cannot_be_kept_is_made_once_there_is_room(
    translated: Prepared, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The disk is full while documents are made: nothing half written, and the sweep offers them again."""
    import errno
    import os

    from workflow.errors import Unavailable

    means, office, note_id = translated.means, translated.office, translated.note_id
    with means.look(office.actor("director")) as work:
        seen = approval.preview(work, work.session.get_one(Note, note_id))
    office.do(
        "director", approval.approve, note_id, None, digest=seen.digest, number=seen.number, day=seen.day
    )

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", full)
        with pytest.raises(Unavailable, match="disk is full"):
            office.make_documents()
    with means.look() as work:
        waiting = documents.pending(work)
        assert len(waiting) == len(work.session.get_one(Note, note_id).approval.documents)  # type: ignore[union-attr]
    office.make_documents()
    with means.look() as work:
        assert documents.pending(work) == []
        assert all(item.good for item in documents.verify(work, work.session.get_one(Note, note_id)))


def test_a_file_that_does_not_convert_is_let_go_unless_another_row_has_it(
    translated: Prepared, monkeypatch: pytest.MonkeyPatch
) -> None:
    means, office = translated.means, translated.office

    def refuse(*_: object, **__: object) -> None:
        raise InputRefused("no-pages", "The file has no page.")

    monkeypatch.setattr(enclosure, "freeze", refuse)
    data = clean.word()
    ids = []
    for _ in range(2):
        with means.work(office.actor("chair")) as work:
            ids.append(intake.upload(work, "summary.docx", data).id)
    digest = sha256(data)
    with means.work() as work:
        assert intake.freeze(work, ids[0]).state == "refused"
        assert work.store.has(digest)  # Nothing is removed before the refusal is committed.
    assert means.store.has(digest)  # The second upload still waits for it.
    with means.work() as work:
        intake.freeze(work, ids[1])
    assert not means.store.has(digest)
    with means.look() as work:
        assert intake.pending(work) == []


def test_an_upload_whose_bytes_are_gone_is_refused_with_a_sentence(translated: Prepared) -> None:
    means = translated.means
    with means.work(translated.office.actor("chair")) as work:
        row = intake.upload(work, "summary.docx", clean.word())
        identity, digest = row.id, row.sha256
    means.store.let_go(digest)
    with means.work() as work:
        row = intake.freeze(work, identity)
        assert row.state == "refused" and "is not in the store" in str(row.refusal)
