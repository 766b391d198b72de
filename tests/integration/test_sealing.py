"""Sealing in the walk of a note: what is sealed once, what goes out, and what a receiver is answered."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from click.testing import CliRunner
from sqlalchemy import select, update

import tasks.app
import tasks.documents
from tests import sealing as made
from tests.conftest import REPOSITORY, SetClock, make_settings
from tests.integration.api import Api
from tests.integration.browser import Browser, plain
from tests.integration.pages import Pages
from tests.office import Office
from tests.relay import ScriptedRelay, World
from web import cli, service
from web.commands import checking
from workflow import config, schema
from workflow.errors import Conflict, Unavailable
from workflow.letters import conformance, note_pdf
from workflow.letters.seal import keys, opening, verdict
from workflow.letters.seal.verdict import SealState
from workflow.means import Means
from workflow.models import AuditEntry, Delivery, Document, Note
from workflow.operations import approval, dispatch, documents, sealing, sending, verification
from workflow.states import NoteState
from workflow.store import sha256


@pytest.fixture
def seal(tmp_path: Path) -> dict[str, str]:
    """The variables of the organisation's certificate and key."""
    place = made.organisation().write(tmp_path)
    return {"seal_certificate": str(place.certificate), "seal_key": str(place.key)}


@pytest.fixture
def settings(database_url: str, tmp_path: Path, seal: dict[str, str]) -> config.Settings:
    """Settings of an installation that seals."""
    return make_settings(tmp_path, database_url=database_url, **seal)


@pytest.fixture
def unsealing(database_url: str, tmp_path: Path, clock: SetClock) -> Iterator[Means]:
    """An installation on the same database before it had a seal."""
    means = Means.of(make_settings(tmp_path, database_url=database_url), clock)
    yield means
    means.database.close()


def rows(means: Means, kind: str = "pdf") -> list[Document]:
    with means.look() as work:
        return list(
            work.session.scalars(select(Document).where(Document.format == kind).order_by(Document.id))
        )


def file(means: Means, language: str = "en") -> tuple[bytes, bytes]:
    """A sealed document, and the file before its seal."""
    row = next(one for one in rows(means) if one.language == language)
    assert row.sealed_sha256 and row.sha256
    return means.store.get(row.sealed_sha256), means.store.get(row.sha256)


def asked(means: Means, data: bytes) -> verification.Answer:
    with means.look() as work:
        return verification.whose(work, data)


def test_documents_are_sealed_before_they_can_leave(office: Office) -> None:
    office.note(NoteState.APPROVED)
    for row in rows(office.means):
        sealed, before = (office.means.store.get(one or "") for one in (row.sealed_sha256, row.sha256))
        assert sealed.startswith(before) and (row.size, row.sealed_size) == (len(before), len(sealed))
        assert row.sealed_at == office.means.clock() and row.seal_certificate
        assert (row.state, row.fault) == ("ready", None)
    assert all(row.sealed_sha256 is None for row in rows(office.means, "docx"))
    with office.means.look() as work:
        logged = work.session.scalars(select(AuditEntry.data).where(AuditEntry.action == "document")).all()
    assert sum('"sealed_sha256":"' in entry.replace(" ", "") for entry in logged) == 3


def test_what_goes_out_is_the_sealed_file(office: Office) -> None:
    note_id = office.note(NoteState.DISPATCHED)
    sealed = {row.sealed_sha256: row.sealed_size for row in rows(office.means)}
    with office.means.look() as work:
        for delivery in work.session.scalars(select(Delivery)):
            sent = {one["sha256"]: one["size"] for one in delivery.documents if one["format"] == "pdf"}
            assert sealed.items() <= sent.items()
    world = World()
    sending.send_note(office.means, note_id, ScriptedRelay(world), "worker")
    from email import message_from_bytes

    for one in world.taken:
        parts = message_from_bytes(one.data).walk()
        content = {
            part.get_filename(): part.get_payload(decode=True) for part in parts if part.get_filename()
        }
        assert sha256(content["note.en.pdf"]) in sealed  # type: ignore[arg-type]


def test_a_repeated_task_never_seals_again(office: Office) -> None:
    office.note(NoteState.APPROVED)
    before = [(row.sealed_sha256, row.sealed_at) for row in rows(office.means)]
    office.means.clock.pass_(hours=3)  # type: ignore[attr-defined]
    with office.means.work() as work:
        assert documents.pending(work) == []
        for row in rows(office.means):
            documents.make(work, row.id)
    assert [(row.sealed_sha256, row.sealed_at) for row in rows(office.means)] == before


def test_the_task_of_a_worker_seals_what_the_sweep_offers(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(office, "make_documents", lambda: None)
    office.approved(office.note(NoteState.TRANSLATED))
    monkeypatch.setattr(tasks.app, "_means", office.means)
    with office.means.look() as work:
        offered = documents.pending(work)
    for one in offered:
        tasks.documents.make.run(one)
        tasks.documents.make.run(one)
    assert len(offered) == 6 and all(row.sealed_sha256 for row in rows(office.means))
    with office.means.look() as work:
        assert documents.pending(work) == []


def test_two_workers_seal_at_once_and_one_is_recorded(office: Office) -> None:
    note_id = office.note(NoteState.TRANSLATED)
    with office.means.look(office.actor("director")) as work:
        seen = approval.preview(work, work.session.get_one(Note, note_id))
    office.do(
        "director", approval.approve, note_id, None, digest=seen.digest, number=seen.number, day=seen.day
    )
    with office.means.look() as work:
        first, second = (documents.prepare(work, documents.pending(work)[0]) for _ in range(2))
    assert first.sealed and second.sealed and first.sealed.data != second.sealed.data
    assert first.data == second.data
    with office.means.work() as work:
        documents.record(work, first)
    with office.means.work() as work:
        row = documents.record(work, second)
        assert row.sealed_sha256 == sha256(first.sealed.data)


def test_a_crash_between_seal_and_record_leaves_nothing_half_done(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    note_id = office.note(NoteState.TRANSLATED)
    monkeypatch.setattr(office, "make_documents", lambda: None)
    office.approved(note_id)
    with office.means.look() as work:
        waiting = documents.pending(work)
        lost = documents.prepare(work, waiting[0])
    assert lost.sealed is not None

    class Crash(BaseException):
        pass

    def crash(*_: Any, **__: Any) -> None:
        raise Crash

    # The worker ends after the files are stored and before the row is committed.
    with monkeypatch.context() as patch:
        patch.setattr("workflow.operations.context.Work.log", crash)
        with pytest.raises(Crash), office.means.work() as work:
            documents.record(work, lost)
    assert [row.state for row in rows(office.means)] == ["pending"] * 3
    with pytest.raises(Conflict, match="not made and sealed yet"):
        office.do("director", dispatch.dispatch, note_id, None)
    monkeypatch.undo()
    office.make_documents()
    row = rows(office.means)[0]
    assert row.sealed_sha256 not in (None, sha256(lost.sealed.data))
    office.do("director", dispatch.dispatch, note_id, None)
    with office.means.look() as work:
        note = work.session.get_one(Note, note_id)
        assert all(one.good for one in documents.verify(work, note))


# A worker that stands still after its files are stored and before its row is committed, until it is killed.
STANDING = """
import sys, time
from datetime import datetime
from workflow import config
from workflow.means import Means
from workflow.operations import context, documents

def stand(*_, **__):
    print("stored", flush=True)
    time.sleep(60)

means = Means.of(config.load(), lambda: datetime.fromisoformat(sys.argv[2]))
context.Work.log = stand
with means.look() as work:
    made = documents.prepare(work, int(sys.argv[1]))
with means.work() as work:
    documents.record(work, made)
"""


def test_a_worker_killed_between_seal_and_record_is_replaced_by_the_next(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(office, "make_documents", lambda: None)
        office.approved(office.note(NoteState.TRANSLATED))
    means = office.means
    with means.look() as work:
        waiting = documents.pending(work)[0]
    stored = sum(one.is_file() for one in means.settings.store_dir.rglob("*"))
    command = [sys.executable, "-c", STANDING, str(waiting), means.clock().isoformat()]
    given = {**os.environ, **service.environment(means.settings)}
    with subprocess.Popen(command, cwd=REPOSITORY, env=given, stdout=subprocess.PIPE, text=True) as worker:
        assert worker.stdout is not None and worker.stdout.readline() == "stored\n"
        worker.kill()
    # Two files that no row names: the render, which the next worker makes again, and a seal that is lost.
    assert sum(one.is_file() for one in means.settings.store_dir.rglob("*")) == stored + 2
    assert {row.state for row in rows(means)} == {"pending"}
    office.make_documents()
    assert all(row.sealed_sha256 and row.state == "ready" for row in rows(means))
    assert asked(means, file(means)[0]).result == "sealed", "nothing was dispatched yet"


def test_a_seal_that_fails_leaves_the_document_waiting_and_is_tried_again(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    with made.time_stamps() as server:
        server.broken = True
        monkeypatch.setattr(office.means.settings.seal_timestamp_url, "_secret_value", server.url)
        note_id = office.note(NoteState.APPROVED)
        for row in rows(office.means):
            assert (row.state, row.sha256, row.sealed_sha256) == ("pending", None, None)
            assert "time-stamp server" in (row.fault or "")
        assert all(row.state == "ready" for row in rows(office.means, "docx"))
        with pytest.raises(Conflict, match="3 of 6 documents are not made and sealed yet") as refused:
            office.do("director", dispatch.dispatch, note_id, None)
        assert "time-stamp server" in refused.value.sentence
        page = Pages(office).page("registry", "/notes/TTF/1")
        assert "time-stamp server" in page.text_content()
        # The server is back, the sweep offers the documents again.
        server.broken = False
        office.make_documents()
    assert {row.state for row in rows(office.means)} == {"ready"}
    assert {row.fault for row in rows(office.means)} == {None}
    office.do("director", dispatch.dispatch, note_id, None)
    answer = asked(office.means, file(office.means)[0])
    assert answer.genuine and answer.seal.stamped_at == made.NOW


def test_a_worker_without_the_key_leaves_the_documents_to_another(office: Office) -> None:
    office.means.settings.seal_key = ""
    office.note(NoteState.APPROVED)
    assert {row.state for row in rows(office.means)} == {"pending"}
    assert all("CHANCERY_SEAL_KEY" in (row.fault or "") for row in rows(office.means))


def test_documents_made_before_there_was_a_seal_are_sealed_before_they_leave(
    unsealing: Means, means: Means
) -> None:
    early = Office(unsealing)
    note_id, sent_id = early.note(NoteState.APPROVED), early.note(NoteState.DISPATCHED)
    before = {row.id: row.sha256 for row in rows(means)}
    with means.look() as work:
        waiting = documents.pending(work)
        assert len(waiting) == 3, "what has left is not sealed afterwards"
        note = work.session.get_one(Note, note_id)
        assert any("not made and sealed" in one for one in dispatch._objections(work, note, work.now()))
    with means.work() as work:
        for one in waiting:
            documents.make(work, one)
    assert {row.id: row.sha256 for row in rows(means)} == before
    assert sum(row.sealed_sha256 is not None for row in rows(means)) == 3
    with means.look() as work:
        assert documents.pending(work) == []
        assert all(one.good for one in documents.verify(work, work.session.get_one(Note, sent_id)))


def test_verify_tells_seal_digest_and_register_apart(office: Office) -> None:
    note_id = office.note(NoteState.DISPATCHED)

    def found() -> list[documents.Checked]:
        with office.means.look() as work:
            return documents.verify(work, work.session.get_one(Note, note_id))

    assert all(one.good for one in found())
    assert [one.seal for one in found() if one.sealed_sha256] == ["intact"] * 3
    assert all(one.standards == () for one in found())
    with office.means.look() as work:
        entry = verification.register_entry(work, work.session.get_one(Note, note_id))
        assert entry.good and "TTF/1" in entry.sentence
    # Years later, under another certificate, what was sealed then is as good as it was.
    office.means.clock.pass_(days=4000)  # type: ignore[attr-defined]
    assert all(one.good for one in found())
    # Another sealed file under the row: the digest of the store is right, the seal is a stranger's.
    row = rows(office.means)[0]
    _, before = file(office.means)
    stranger = made.issue("A stranger").write(office.means.settings.data_dir, "stranger")
    foreign = made.sealed(stranger, pdf=before)
    with office.means.work() as work:
        work.session.execute(
            update(Document)
            .where(Document.id == row.id)
            .values(sealed_sha256=work.store.put(foreign), sealed_size=len(foreign))
        )
    bad = [one for one in found() if not one.good]
    assert len(bad) == 1 and bad[0].seal == "other" and bad[0].rendered_again
    # And one that is ours, over another text.
    own = file(office.means, "ru")[0]
    with office.means.work() as work:
        work.session.execute(
            update(Document)
            .where(Document.id == row.id)
            .values(sealed_sha256=sha256(own), sealed_size=len(own))
        )
    bad = [one for one in found() if not one.good]
    assert len(bad) == 1 and "does not begin with" in bad[0].sentence


def test_a_receiver_is_answered_by_digest_and_by_seal(office: Office) -> None:
    office.note(NoteState.DISPATCHED)
    sealed, before = file(office.means)
    answer = asked(office.means, sealed)
    assert (answer.result, answer.seal.state) == ("genuine", SealState.INTACT)
    assert answer.part is not None
    assert (answer.part.symbol, answer.part.words) == ("TTF/1", "the note in en, as PDF")
    assert asked(office.means, before).result == "unsealed"
    docx = office.means.store.get(rows(office.means, "docx")[0].sha256 or "")
    assert asked(office.means, docx).result == "genuine"
    for more in (b"\n", b"% more"):
        answer = asked(office.means, sealed + more)
        assert (answer.result, answer.seal.state) == ("altered", SealState.EXTENDED)
        assert answer.part is not None and answer.part.symbol == "TTF/1"
    revised = made.extended(sealed)
    assert asked(office.means, revised).result == "altered"
    # A revision of the text whose seal was cut off.
    assert asked(office.means, made.extended(before)).result == "altered"
    flipped = bytearray(sealed)
    flipped[len(before) // 2] ^= 1
    answer = asked(office.means, bytes(flipped))
    assert (answer.result, answer.seal.state, answer.part) == ("altered", SealState.ALTERED, None)
    # A stranger seals the very text of the note.
    stranger = made.issue("A stranger").write(office.means.settings.data_dir, "stranger")
    answer = asked(office.means, made.sealed(stranger, pdf=before))
    assert (answer.seal.state, answer.genuine) == (SealState.OTHER, False)
    # The organisation's own seal on a file that this installation never dispatched.
    place = office.means.settings.seal_place
    assert place is not None
    assert asked(office.means, made.sealed(place)).result == "sealed"
    for data in (b"", b"%PDF-1.7", b"\0" * 5000):
        assert asked(office.means, data).result == "unknown"


def test_a_note_that_is_not_dispatched_is_not_told_of(office: Office) -> None:
    office.note(NoteState.APPROVED)
    sealed, before = file(office.means)
    assert asked(office.means, before) == verification.Answer("unknown", sha256(before))
    answer = asked(office.means, sealed)
    assert (answer.result, answer.part) == ("sealed", None)


def test_the_public_page_tells_number_and_seal_and_nothing_else(office: Office) -> None:
    office.note(NoteState.DISPATCHED)
    sealed, before = file(office.means)
    pages = Browser(office)
    counted = office.counts()

    def said(data: bytes, lang: str = "en") -> str:
        path = f"/verify?lang={lang}"
        answer = pages.post(None, path, path, 200, file=(BytesIO(data), "note.pdf"))
        return plain(answer)

    text = said(sealed)
    assert "dispatched exactly this file" in text and "TTF/1" in text and "it is the organisation" in text
    assert "without its seal" in said(before) and "TTF/1" in said(before)
    for data in (sealed + b"\n", made.extended(sealed)):
        altered = said(data)
        assert "it was changed afterwards" in altered and "added to the file after it was sealed" in altered
        assert "TTF/1" not in altered
    stranger = made.issue("A stranger").write(office.means.settings.data_dir, "stranger")
    text = said(made.sealed(stranger))
    assert "did not dispatch this file" in text and "somebody else, A stranger" in text
    for data in (sealed, before, sealed + b"\n"):
        for secret in ("Kazakhstan", "Tajikistan", "mfa.", "Summary of the Fourth Meeting"):
            assert secret not in said(data)
    assert office.counts() == counted


def test_the_command_line_answers_with_its_exit_codes(
    office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    office.note(NoteState.DISPATCHED)
    monkeypatch.setattr(checking, "means", lambda: office.means)
    sealed, before = file(office.means)

    def run(*words: str) -> tuple[int, str]:
        found = CliRunner().invoke(cli.main, ["verify", *words])
        return found.exit_code, found.output

    def kept(name: str, data: bytes) -> str:
        (tmp_path / name).write_bytes(data)
        return str(tmp_path / name)

    code, output = run(kept("note.pdf", sealed))
    assert code == 0 and "is recorded" in output and "TTF/1" in output and "seal is whole" in output
    code, output = run(kept("changed.pdf", sealed + b"\n"))
    assert code == 1 and "was changed afterwards" in output
    code, output = run(kept("unsealed.pdf", before))
    assert code == 1 and "without its seal" in output
    code, output = run("--json", kept("note.pdf", sealed))
    told = json.loads(output)
    assert told["good"] and told["seal"]["state"] == "intact" and told["note"]["symbol"] == "TTF/1"
    assert run("TTF/1")[0] == 0 and "register: TTF/1" in run("ТТФ/1")[1]
    told = json.loads(run("--json", "TTF/1")[1])
    assert told["register"]["good"] and {one["seal"] for one in told["files"]} == {"", "intact"}
    assert run()[0] == 2
    office.means.settings.upload_bytes = len(sealed) - 1
    assert run(kept("note.pdf", sealed))[0] == 3
    assert run("TTF/999")[0] == 1


def test_the_api_answers_the_same(office: Office) -> None:
    note_id = office.note(NoteState.DISPATCHED)
    api = Api(office)
    sealed, _ = file(office.means)

    def ask(data: bytes) -> Any:
        body = {"file": (BytesIO(data), "note.pdf")}
        kind = "multipart/form-data"
        return api.good("registry", "POST", "/verification", data=body, content_type=kind)

    told = ask(sealed)
    assert told["good"] and told["seal"]["state"] == "intact" and told["part"]["symbol"] == "TTF/1"
    assert ask(sealed + b"\n")["result"] == "altered"
    listed = api.good("registry", "GET", "/notes/TTF/1/documents")["items"]
    one = next(item for item in listed if item["format"] == "pdf" and item["language"] == "en")
    assert one["sealed_sha256"] == sha256(sealed) and one["sealed_size"] == len(sealed)
    loaded = api.get("registry", f"/notes/TTF/1/documents/{one['id']}")
    assert loaded.data == sealed
    checked = api.good("registry", "GET", "/notes/TTF/1/verification")
    assert checked["good"] and checked["register_entry"]["good"]
    empty = {"file": (BytesIO(b""), "note.pdf")}
    answer = api.post("registry", "/verification", data=empty, content_type="multipart/form-data")
    api.refused(answer, 422, "file-size")
    assert note_id


def test_the_administrator_is_warned_of_a_certificate_that_ends(office: Office) -> None:
    pages = Pages(office)
    assert "Renew the certificate" not in pages.page("administrator", "/").text_content()
    office.means.clock.pass_(days=330)  # type: ignore[attr-defined]
    desk = pages.page("administrator", "/")
    assert "Renew the certificate of the seal" in desk.text_content() and "in 35 days" in desk.text_content()
    assert "Renew the certificate" not in pages.page("registry", "/").text_content()
    page = pages.page("administrator", "/seal").text_content()
    assert made.NAME in page and "ends soon" in page and "in a file" in page
    pages.page("registry", "/seal", 403)
    office.means.clock.pass_(days=60)  # type: ignore[attr-defined]
    assert "has ended" in pages.page("administrator", "/").text_content()
    # And nothing is sealed with it any more.
    note_id = office.note(NoteState.APPROVED)
    assert all("valid from" in (row.fault or "") for row in rows(office.means))
    with pytest.raises(Conflict, match="valid from"):
        office.do("director", dispatch.dispatch, note_id, None)


def test_the_end_of_each_certificate_is_known(office: Office) -> None:
    now = office.means.clock()
    found = sealing.terms(office.means.settings, now)
    assert [one.holder for one in found] == [made.NAME, "Authority of the Tests"]
    assert sealing.ending(office.means.settings, now) == []
    assert [one.days for one in sealing.ending(office.means.settings, now + timedelta(days=364))] == [1]


def test_a_seal_by_another_key_than_the_certificate_says_is_thrown_away(
    office: Office, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """As a token would make it whose label names another key."""
    other = made.issue("Another").write(tmp_path, "other")
    monkeypatch.setattr(opening, "belongs", lambda *_: True)
    place = office.means.settings.seal_place
    assert place is not None
    office.means.settings.__dict__["seal_place"] = replace(place, key=other.key)
    office.note(NoteState.APPROVED)
    assert {row.state for row in rows(office.means)} == {"pending"}
    assert all("does not hold" in (row.fault or "") for row in rows(office.means))


def test_sealed_documents_survive_a_step_back_of_the_database(office: Office) -> None:
    note_id = office.note(NoteState.DISPATCHED)
    before = {row.id: row.sealed_sha256 for row in rows(office.means)}
    sealed, _ = file(office.means)
    office.means.database.engine.dispose()
    schema.downgrade(office.means.database, "0007")
    schema.upgrade(office.means.database)
    assert schema.differences(office.means.database) == []
    assert {row.id: row.sealed_sha256 for row in rows(office.means)} == before
    assert asked(office.means, sealed).genuine
    with office.means.look() as work:
        assert all(one.good for one in documents.verify(work, work.session.get_one(Note, note_id)))


def test_no_secret_of_the_seal_is_kept_or_logged(
    database_url: str, tmp_path: Path, clock: SetClock, caplog: pytest.LogCaptureFixture
) -> None:
    place = made.organisation().write(tmp_path, "locked", passphrase=b"hidden-word")
    settings = make_settings(
        tmp_path,
        database_url=database_url,
        seal_certificate=str(place.certificate),
        seal_key=str(place.key),
        seal_passphrase="hidden-word",
        seal_timestamp_url="http://name:hidden-word@127.0.0.1:9/tsa",
    )
    means = Means.of(settings, clock)
    with caplog.at_level("DEBUG"):
        office = Office(means)
        office.note(NoteState.APPROVED)
    kept = json.dumps([row.fault for row in rows(means)])
    assert "time-stamp server" in kept and "hidden" not in kept + caplog.text
    with means.look() as work:
        assert not any("hidden" in entry for entry in work.session.scalars(select(AuditEntry.data)))
    means.database.close()


def test_a_token_that_comes_back_seals_what_waited(
    office: Office, monkeypatch: pytest.MonkeyPatch, seal: dict[str, str]
) -> None:
    def away(*_: Any) -> Any:
        raise Unavailable("seal-away", "The seal cannot be set now: %(why)s.", why="no token")

    with monkeypatch.context() as patch:
        patch.setattr(opening, "signer", away)
        office.note(NoteState.APPROVED)
        assert {row.fault for row in rows(office.means)} == {"The seal cannot be set now: no token."}
    office.make_documents()
    assert {row.fault for row in rows(office.means)} == {None}
    trust = verdict.trust(Path(seal["seal_certificate"]), None, None, ())
    assert verdict.examine(file(office.means)[0], trust, made.NOW).state is SealState.INTACT


@pytest.mark.parametrize(
    ("language", "moment"),
    [("en", "12 May 2026, 08:00 (UTC+2)"), ("fr", "12 mai 2026, 08:00 (UTC+2)")],
)
def test_a_letter_that_is_sealed_shows_by_whom_and_when_in_its_language(
    database_url: str, tmp_path: Path, clock: SetClock, seal: dict[str, str], language: str, moment: str
) -> None:
    settings = make_settings(tmp_path, database_url=database_url, profile="riverclaims", **seal)
    means = Means.of(settings, clock)
    letter = made.letter("riverclaims", language)
    with means.look() as work:
        found = sealing.seal(work, letter, note_pdf.render(letter))
        place = settings.seal_place
        assert place is not None
        certificate = keys.read_certificates(place.certificate)[0]
        said = sealing._said(work, letter, clock(), certificate)
    means.database.close()
    assert said["moment"].replace("\N{NO-BREAK SPACE}", " ") == moment and said["holder"] == made.NAME
    assert conformance.faults(found.data) == []
    with pikepdf.open(BytesIO(found.data)) as pdf:
        (field,) = pdf.Root.AcroForm.Fields
        assert "/Font" in field.AP.N.Resources, "the stamp is drawn in its field"
        left, bottom, right, top = (float(one) for one in field.Rect)
        assert right - left > 100 and top - bottom > 30
