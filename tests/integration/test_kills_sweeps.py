"""The timer's work, documents, packs and exports, killed with kill -9 wherever they commit or write, then run again.

What comes of it is what an installation has that nobody killed: nothing twice, nothing missing, no number
used a second time, no half file under a name that somebody reads, and the log verifies.
"""

from __future__ import annotations

import io
import os
import zipfile
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from sqlalchemy import func, select, text

from tests.integration.test_silence import END, Desk
from tests.killing import Killer, killer
from tests.office import MEMBERS
from tests.prepared import Prepared, copied
from tests.prepared import dispatched as dispatched
from tests.prepared import translated as translated
from workflow import anchors, audit, leftovers
from workflow.db import Base
from workflow.means import Means
from workflow.models import (
    AuditEntry,
    Document,
    Note,
    Notice,
    Reminder,
    ReminderRung,
    SilenceProcedure,
)
from workflow.operations import approval, documents, evidence, ladder
from workflow.whole_files import DRAFT

NEVER = 10**6  # A place that nothing comes to.
ONLY = ["commit", "leave"]  # Between two commits everything is undone by the database.


@pytest.fixture(scope="module")
def kills() -> Iterator[Killer]:
    """Processes to kill."""
    with killer() as made:
        yield made


def outcome(means: Means) -> dict[str, Any]:
    """What an installation has come to, without what is random; its log and its receipts are looked at, too."""
    with means.work() as work:
        assert evidence.rebuild(work)[1] == 0
        assert audit.verify(work.session, work.settings.keys.audit).good
    with means.look() as work:

        def rows(*columns: Any) -> list[tuple[Any, ...]]:
            return sorted(map(tuple, work.session.execute(select(*columns))), key=repr)

        return {
            "tables": {
                table.name: work.session.scalar(select(func.count()).select_from(table))
                for table in Base.metadata.sorted_tables
            },
            "notes": rows(Note.reference, Note.relation, Note.state),
            "reminders": rows(Reminder.member_id, Reminder.step, Reminder.address, Reminder.queue),
            "rungs": rows(ReminderRung.member_id, ReminderRung.step, ReminderRung.outcome),
            # PostgreSQL leaves out the ids of what was undone, so that they say nothing here.
            "notices": rows(Notice.kind, Notice.account_id, Notice.member, Notice.state),
            "silence": rows(
                SilenceProcedure.number, SilenceProcedure.outcome, SilenceProcedure.notice_id.is_(None)
            ),
            "documents": rows(Document.language, Document.format, Document.state, Document.sha256),
            "log": rows(AuditEntry.number, AuditEntry.action),
        }


def wait_until_forgotten(means: Means) -> None:
    """PostgreSQL notices in a moment that a client is dead; till then a sweep passes over what that one had locked."""
    if means.database.is_sqlite:
        return
    others = text(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )
    pause = Event()
    for _ in range(2000):
        with means.look() as work:
            if not work.session.scalar(others):
                return
        pause.wait(0.005)
    raise AssertionError("the dead client is still there")


@pytest.mark.parametrize("form", ["mail", "note"])
def test_a_sweep_with_reminders_and_a_silence_procedure_that_ended(
    form: str, dispatched: Prepared, kills: Killer, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    desk = Desk(dispatched)
    desk.reached(*MEMBERS)
    desk.do(ladder.set_reminders, [{"to": ["to"], "after": 7, "form": form}])
    desk.start()
    dispatched.clock.now = END + timedelta(hours=1)

    def run(place: int, name: str) -> tuple[dict[str, Any], dict[str, Any]]:
        with copied(request, dispatched, tmp_path / name) as means:
            said = kills.run(means, "task", place, task="sweeps.sweep", only=ONLY)
            wait_until_forgotten(means)
            assert kills.run(means, "task", NEVER, task="sweeps.sweep")["at"] == "end"
            return said, outcome(means)

    _, whole = run(NEVER, "whole")
    assert len(whole["notes"]) == (2 if form == "mail" else 3) and len(whole["rungs"]) == len(MEMBERS)
    assert len(whole["reminders"]) == (len(MEMBERS) if form == "mail" else 0)

    def killed(place: int) -> dict[str, Any]:
        said, found = run(place, str(place))
        assert found == whole, said
        return said

    assert kills.every_place(killed).count("commit") >= 5


def test_the_making_of_a_document(
    translated: Prepared, kills: Killer, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    means, office, note_id = translated.means, translated.office, translated.note_id
    with means.look(office.director) as work:
        seen = approval.preview(work, work.session.get_one(Note, note_id))
    given = {"digest": seen.digest, "number": seen.number, "day": seen.day}
    office.do("director", approval.approve, note_id, None, **given)
    with means.work() as work:
        *others, last = documents.pending(work)
        for identity in others:
            documents.make(work, identity)

    def run(place: int, name: str) -> tuple[dict[str, Any], dict[str, Any]]:
        with copied(request, translated, tmp_path / name) as means:
            said = kills.run(means, "task", place, task="documents.make", arguments=[last])
            for path in means.store.folder.glob("??/*"):
                if not path.name.startswith(DRAFT):
                    means.store.get(path.name)  # Whole, or not there.
            kills.run(means, "task", NEVER, task="documents.make", arguments=[last])
            with means.look() as work:
                note = work.session.get_one(Note, note_id)
                assert [one.sentence for one in documents.verify(work, note) if not one.good] == []
            leftovers.clear(means.settings, means.clock() + timedelta(days=10_000))
            assert not list(means.store.folder.glob(f"??/{DRAFT}*"))
            return said, outcome(means)

    _, whole = run(NEVER, "whole")
    assert "to_dispatch" in str(whole["notices"])

    def killed(place: int) -> dict[str, Any]:
        said, found = run(place, str(place))
        assert found == whole, said
        return said

    assert {"open", "sync", "rename", "commit", "leave"} <= {*kills.every_place(killed)}


def test_the_anchor_of_the_log(dispatched: Prepared, kills: Killer) -> None:
    means = dispatched.means
    file = means.settings.anchor_file

    def run(place: int) -> dict[str, Any]:
        with means.work() as work:
            work.log("returned_waiting", f"returned:{place}", category="unknown", sha256="0" * 64)
        said = kills.run(means, "task", place, task="sweeps.anchor")
        kills.run(means, "task", NEVER, task="sweeps.anchor")
        with means.look() as work:
            key = work.settings.keys.audit
            assert audit.verify(work.session, key, anchors.read(file)).good
            assert anchors.read(file)[-1][0] == audit.head(work.session)[0]
        return said

    assert {"open", "sync", "commit"} <= {*kills.every_place(run)}


def test_a_pack_of_evidence(
    dispatched: Prepared, kills: Killer, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    Desk(dispatched).reached(*MEMBERS)
    with dispatched.means.look() as work:
        reference = work.session.get_one(Note, dispatched.note_id).reference

    def run(place: int, name: str) -> tuple[dict[str, Any], bytes]:
        out = tmp_path / name / "out"
        with copied(request, dispatched, tmp_path / name) as means:
            words = ["evidence", reference, "--out", str(out)]
            said = kills.run(means, "command", place, words=words)
            for path in out.glob("[!.]*"):
                assert zipfile.ZipFile(io.BytesIO(path.read_bytes())).testzip() is None
            assert kills.run(means, "command", NEVER, words=words)["given"] in (0, None)
            (path,) = out.glob("[!.]*")
            return said, path.read_bytes()

    _, whole = run(NEVER, "whole")

    def killed(place: int) -> dict[str, Any]:
        said, found = run(place, str(place))
        assert found == whole, said
        return said

    assert {"open", "sync", "rename", "commit"} <= {*kills.every_place(killed)}


def test_a_file_that_is_written_out_over_another_is_the_old_or_the_new_one(
    dispatched: Prepared, kills: Killer, tmp_path: Path
) -> None:
    file = tmp_path / "contacts.csv"
    words = ["export", "contacts", "--out", str(file)]
    kills.run(dispatched.means, "command", NEVER, words=words)
    new = file.read_bytes()
    assert new.count(b"\n") > len(MEMBERS)

    def run(place: int) -> dict[str, Any]:
        file.write_bytes(b"old")
        said = kills.run(dispatched.means, "command", place, words=words)
        assert file.read_bytes() in (b"old", new)
        return said

    places = kills.every_place(run)
    assert "rename" in places and file.read_bytes() == new


def test_what_killed_processes_left_is_cleared_when_it_is_old(
    dispatched: Prepared, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    means = dispatched.means
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "temporary"))
    box = tmp_path / "data" / "box"
    settings = means.settings.model_copy(
        update={"imap_url": type(means.settings.imap_url)(f"maildir://{box}")}
    )
    left = [
        means.settings.store_dir / "ab" / f"{DRAFT}x",
        box / "tmp" / "0.1.chancery",
        means.settings.data_dir / "broker" / "messages" / "1.msg.draft",
        tmp_path / "temporary" / "chancery-intake-x" / "document.docx",
    ]
    kept = [
        box / "tmp" / "another program's",
        box / "new" / "1",
        means.settings.store_dir / "ab" / ("ab" * 32),
        tmp_path / "temporary" / "somebody's",
    ]
    for path in [*left, *kept]:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"x")
    now = means.clock()
    for path in tmp_path.rglob("*"):
        os.utime(path, (now.timestamp(), now.timestamp()))
    assert leftovers.clear(settings, now + timedelta(minutes=59)) == 0
    assert leftovers.clear(settings, now + timedelta(minutes=61)) == len(left)
    assert not any(path.exists() for path in left) and all(path.exists() for path in kept)
    assert leftovers.clear(settings, now + timedelta(hours=37)) == 1 and all(one.exists() for one in kept[1:])
