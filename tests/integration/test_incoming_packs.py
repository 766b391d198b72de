"""Incoming papers in packs of evidence, and on the command line."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from tests.integration.test_incoming import PDF, do, paper, registered
from tests.office import Office
from web import packs
from web.cli import main
from web.commands import incoming as commands
from web.sheets import evidence as drawing
from workflow.means import Means
from workflow.models import Note
from workflow.operations import erasing, incoming, incoming_acts, pack_log
from workflow.operations.incoming_files import File
from workflow.proof import check, pack
from workflow.states import NoteState


def made(means: Means, note_id: int, code: str = "") -> bytes:
    with means.look() as work:
        return packs.make(work, work.session.get_one(Note, note_id), "zip", code)


def record(data: bytes) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(pack.read(data)["evidence.json"])
    return found


def asked(means: Means, data: bytes) -> list[str]:
    verdict = check.check(data, drawing.draw)
    assert verdict.faults == []
    with means.look() as work:
        return [str(one) for one in pack_log.compare(work, verdict).faults]


def test_a_pack_lists_the_papers_of_a_note_and_of_a_state(office: Office, means: Means) -> None:
    note_id = office.note(NoteState.DISPATCHED)
    with means.look() as work:
        reference = work.session.get_one(Note, note_id).reference
    # One was registered before it was known which note it is about, one is about none.
    later = registered(office, paper(reference="0"), files=(File("scan.png", b"\x89PNG\r\n\x1a\n picture"),))
    registered(office, paper(reference="9", subject="Another matter"), files=())
    registered(office, paper(notes=(reference,), writer="Mr Attaché", summary="In confidence."))
    registered(office, paper(reference="2", member="CN", notes=(reference,)), files=())
    data = made(means, note_id)
    assert [one["number"] for one in record(data)["incoming"]] == ["IN-3/2026", "IN-4/2026"]
    files = pack.read(data)
    assert PDF in files.values() and any(
        name.startswith("incoming/") and name.endswith(".pdf") for name in files
    )
    assert b"Attach" not in files["evidence.json"] and b"confidence" not in files["evidence.json"]
    assert [one["number"] for one in record(made(means, note_id, "KZ"))["incoming"]] == ["IN-3/2026"]
    assert record(made(means, note_id, "TJ"))["incoming"] == []
    assert asked(means, data) == []
    # Life goes on: a paper is related to the note, one is taken from it, one is erased; the old pack stays true.
    said = paper(reference="0", notes=(reference,))
    do(office, "registry", incoming_acts.correct, later, said, "It is about this note.")
    do(office, "registry", incoming_acts.correct, 4, paper(reference="2", member="MN"), "Misread.")
    do(office, "registry", incoming_acts.settle, 3, "Filed.")
    with means.work(office.administrator) as work:
        erasing.erase_incoming(work, incoming.find_entry(work, 3), "No. 7", papers=True)
    assert asked(means, data) == []
    fresh = made(means, note_id)
    assert [one["number"] for one in record(fresh)["incoming"]] == ["IN-1/2026", "IN-3/2026", "IN-4/2026"]
    assert asked(means, fresh) == []
    kept = {one["what"]: one["kept"] for one in record(fresh)["files"]}
    assert kept == {"incoming paper IN-1/2026": True, "incoming paper IN-3/2026": False}


def test_a_paper_that_was_taken_out_of_a_pack_or_altered_is_found(office: Office, means: Means) -> None:
    note_id = office.note(NoteState.DISPATCHED)
    with means.look() as work:
        reference = work.session.get_one(Note, note_id).reference
    registered(office, paper(notes=(reference,)))
    data = made(means, note_id)

    def repacked(**changes: Any) -> bytes:
        files = dict(pack.read(data))
        told = {**record(data), **changes}
        files["evidence.json"] = pack.as_json(told)
        files["evidence.pdf"] = drawing.draw(told)[1]
        files.pop("manifest.json", None)
        with means.look() as work:
            moment = work.now()
        return pack.write(files, moment, format=told["format"], note=reference, member="")

    (one,) = record(data)["incoming"]
    assert asked(means, repacked(incoming=[])) == ["IN-1/2026 is missing in the pack."]
    assert asked(means, repacked(incoming=[{**one, "number": "IN-7/2026"}])) != []
    assert (
        asked(means, repacked(incoming=[{**one, "files": [{**one["files"][0], "sha256": "0" * 64}]}])) != []
    )


def test_papers_are_listed_and_registered_by_command(
    office: Office, means: Means, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(commands, "means", lambda: means)
    monkeypatch.setattr(commands, "actor", lambda email: office.actor(email.partition("@")[0]))
    run = CliRunner().invoke
    scan = tmp_path / "letter.pdf"
    scan.write_bytes(PDF)
    given = [
        "incoming", "register", str(scan), "--as", "registry@secretariat.example", "--kind", "reply", "--channel", "post",
        "--member", "KZ", "--subject", "Reply", "--reference", "1/2", "--dated", "2026-05-11", "--due", "2026-05-20",
        "--to", "director@secretariat.example",
    ]  # fmt: skip
    done = run(main, given)
    assert (done.exit_code, done.output) == (0, "IN-1/2026\n")
    again = run(main, given)
    assert again.exit_code == 1 and "IN-1/2026 has the same sender" in again.stderr
    assert run(main, [*given, "--confirm"]).output == "IN-2/2026\n"
    filed = [
        "--as",
        "registry@secretariat.example",
        "--kind",
        "other",
        "--channel",
        "mail",
        "--party",
        "An institute",
    ]
    assert (
        run(main, ["incoming", "register", *filed, "--subject", "Thanks", "--file-away"]).output
        == "IN-3/2026\n"
    )
    listed = run(main, ["incoming", "list"]).output
    assert listed.splitlines()[0].startswith("IN-3/2026") and "An institute: Thanks" in listed
    found = json.loads(run(main, ["incoming", "list", "--open", "--member", "kz", "--json"]).output)
    assert [(one["number"], one["files"], one["due"]) for one in found] == [
        ("IN-2/2026", 1, "2026-05-20"),
        ("IN-1/2026", 1, "2026-05-20"),
    ]
    assert run(main, ["incoming", "list", "--year", "1999"]).output == "Nothing stands in the register.\n"


def test_what_is_written_of_people_in_a_paper_is_erased_by_command(
    office: Office, means: Means, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(commands, "means", lambda: means)
    monkeypatch.setattr(commands, "actor", lambda email: office.actor(email.partition("@")[0]))
    run = CliRunner().invoke
    by = ["--as", "registry@secretariat.example"]
    paper = ["--kind", "other", "--channel", "mail", "--party", "Mr Attaché", "--subject", "Said of him"]
    assert run(main, ["incoming", "register", *by, *paper]).exit_code == 0
    erase = ["incoming", "erase", "in-1/2026", "--decision", "Decision 7", "--as"]
    assert "Only" in run(main, [*erase, "registry@x"]).stderr
    unsettled = run(main, [*erase, "administrator@x"])
    assert unsettled.exit_code == 1 and "Settle it first" in unsettled.stderr
    with means.work(office.registry) as work:
        entry = incoming.find_entry(work, "IN-1/2026")
        incoming_acts.settle(work, entry, "Filed.")
    done = run(main, [*erase, "administrator@x"])
    assert done.exit_code == 0 and done.output.startswith("Erased: ")
    listed = run(main, ["incoming", "list"]).output
    assert "IN-1/2026" in listed and "Attaché" not in listed and "of him" not in listed
    assert (
        run(main, ["incoming", "erase", "IN-9/2026", "--decision", "x", "--as", "administrator@x"]).exit_code
        == 1
    )
    assert run(main, ["incoming", "erase", "IN-1/2026", "--as", "administrator@x"]).exit_code == 2
