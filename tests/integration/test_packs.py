"""Packs of evidence: whole by themselves and by the log, and altered in any place found out."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from tests.integration.api import Api
from tests.integration.returning import bounced
from tests.office import Office
from tests.prepared import Prepared
from tests.prepared import dispatched as dispatched
from web import packs
from web.cli import main
from web.commands import proof as commands
from web.sheets import evidence as drawing
from workflow import audit
from workflow.errors import Conflict, NotFound
from workflow.means import Means
from workflow.models import Delivery, Note, Reminder
from workflow.operations import pack_log as log
from workflow.operations import receipt
from workflow.proof import check, pack
from workflow.states import MemberStatus, NoteState

STAMP = b"%PDF-1.7 a stamped copy"


def lived(ready: Prepared) -> None:
    """A note with a failure, an acknowledgement, a receipt on behalf and a word of a contact."""
    with ready.means.work(ready.office.registry) as work:
        note = work.session.get_one(Note, ready.note_id)
        assert note.approval is not None
        first, second, third, last = work.session.scalars(select(Delivery).order_by(Delivery.id)).all()
        said = receipt.Acknowledgement("Айгүл Сейітова", "Registry", "12-3/4", work.today())
        assert receipt.acknowledge(work, first, said, note.approval.code, "nonce") is None
        bounced(work, second)
        receipt.tell_wrong_recipient(work, third, "Our address has changed \u202e 😀", "nonce")
        receipt.record_on_behalf(
            work, note, last, receipt.Acknowledgement("A. Courier", "Desk"), reason="stamped copy",
            file_sha256=work.store.put(STAMP), filename="stamp.pdf", channel="hand",
        )  # fmt: skip
        audit.seal_evidence(work.session, work.settings.keys.audit, work.now())


def made(ready: Prepared, kind: str = "zip", code: str = "") -> bytes:
    with ready.means.look() as work:
        return packs.make(work, work.session.get_one(Note, ready.note_id), kind, code)


def asked(ready: Prepared, data: bytes) -> check.Verdict:
    verdict = check.check(data, drawing.draw)
    with ready.means.look() as work:
        return log.compare(work, verdict)


def test_a_pack_is_whole_the_same_bytes_twice_and_what_the_log_says(dispatched: Prepared) -> None:
    lived(dispatched)
    data = made(dispatched)
    assert data == made(dispatched)
    verdict = asked(dispatched, data)
    assert verdict.faults == [] and verdict.notes == []
    assert verdict.sealed == 4 and verdict.unsealed == 0
    files = pack.read(data)
    record = json.loads(files["evidence.json"])
    assert [one["code"] for one in record["members"]] == ["CN", "KZ", "MN", "TJ"]
    assert STAMP in files.values() and files["evidence.pdf"].startswith(b"%PDF-")
    assert any(name.startswith("messages/") for name in files)
    assert {name for name in files if name.startswith("documents/")} == {
        one["file"] for one in record["documents"]
    }
    # The personal link opens a contact's page, so it is told to nobody.
    with dispatched.means.look() as work:
        for delivery in work.session.scalars(select(Delivery)):
            assert all(delivery.link_digest.encode() not in one for one in files.values())


def test_the_pack_of_one_state_holds_no_other(dispatched: Prepared) -> None:
    lived(dispatched)
    record = json.loads(made(dispatched, "json", "kz"))
    assert [one["code"] for one in record["members"]] == ["KZ"] and record["member"] == "KZ"
    assert "mfa.cn.example" not in json.dumps(record["members"])
    assert asked(dispatched, made(dispatched, code="KZ")).good
    with pytest.raises(NotFound, match="not an addressee"):
        made(dispatched, "json", "ZZ")


def repacked(data: bytes, change: Callable[[dict[str, Any]], None]) -> bytes:
    """A pack whose record was changed by somebody who writes a fitting manifest, too."""
    files = pack.read(data)
    files.pop(pack.MANIFEST)
    record = json.loads(files["evidence.json"])
    change(record)
    files["evidence.json"] = pack.as_json(record)
    return pack.write(files, datetime(2026, 1, 1, tzinfo=UTC))


def leaf(record: dict[str, Any], kind: str) -> dict[str, Any]:
    return next(one for one in check.pieces(record) if one["sealed"]["kind"] == kind)


def _bounce(record: dict[str, Any]) -> None:
    leaf(record, "failed")["sealed"]["kind"] = "delivered"


def _name(record: dict[str, Any]) -> None:
    leaf(record, "acknowledged")["personal"]["data"]["name"] = "Somebody Else"


def _day(record: dict[str, Any]) -> None:
    leaf(record, "acknowledged")["sealed"]["at"] = "2020-01-01T00:00:00.000000+00:00"


def _silence(record: dict[str, Any]) -> None:
    leaf(record, "contact_says")["personal"] = None


def _seal(record: dict[str, Any]) -> None:
    record["log"]["entries"] = [one for one in record["log"]["entries"] if one["action"] != "evidence"]


def _drawn(record: dict[str, Any]) -> None:
    record["members"][0]["name"] = "Atlantis"


def test_an_altered_record_is_found_out_without_the_log(dispatched: Prepared) -> None:
    lived(dispatched)
    data = made(dispatched)
    for change in (_bounce, _name, _day, _silence, _seal, _drawn):
        assert not check.check(repacked(data, change), drawing.draw).good, change.__name__


def test_an_altered_file_is_found_out(dispatched: Prepared) -> None:
    lived(dispatched)
    files = pack.read(made(dispatched))
    for name in files:
        if name == pack.MANIFEST:
            continue
        packed = {**files, name: files[name] + b" "}
        assert not check.check(_zipped(packed)).good, name
        assert not check.check(_zipped({other: data for other, data in files.items() if other != name})).good
    assert not check.check(_zipped({**files, "more.txt": b""})).good


def _zipped(files: dict[str, bytes]) -> bytes:
    import io
    import zipfile

    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return packed.getvalue()


def test_a_forged_log_is_found_out_by_the_log(dispatched: Prepared) -> None:
    lived(dispatched)

    def forge(record: dict[str, Any]) -> None:
        """Somebody makes a whole new proof for a changed piece of evidence, and draws it anew."""
        from workflow.canonical import canonical
        from workflow.proof.merkle import merkle_root, proofs

        failed = leaf(record, "failed")["sealed"]["delivery"]
        _bounce(record)
        for member in record["members"]:
            for one in member["deliveries"]:
                if one["id"] == failed:
                    one["transport"] = one["attempts"][-1]["transport"] = "delivered"
        events = [one for one in check.pieces(record) if one["seal"]]
        leaves = [canonical(one["sealed"]).encode() for one in events]
        for position, (one, path) in enumerate(zip(events, proofs(leaves), strict=True)):
            one["seal"].update(position=position, proof=path)
        for entry in record["log"]["entries"]:
            if entry["action"] == "evidence":
                entry["data"] = canonical({"count": len(leaves), "root": merkle_root(leaves)})

    forged = repacked(made(dispatched), forge)
    files = pack.read(forged)
    record = json.loads(files["evidence.json"])
    files["evidence.pdf"] = drawing.draw(record)[1]
    files.pop(pack.MANIFEST)
    whole = pack.write(files, datetime(2026, 1, 1, tzinfo=UTC))
    assert check.check(whole, drawing.draw).good
    faults = asked(dispatched, whole).faults
    assert any("not that of the log" in one for one in faults)


def _first(record: dict[str, Any]) -> dict[str, Any]:
    return next(
        one
        for member in record["members"]
        for one in member["deliveries"]
        if one["attempts"] and one["events"]
    )


def _attempt(name: str, value: object) -> Callable[[dict[str, Any]], None]:
    return lambda record: _first(record)["attempts"][0].update({name: value})


# Changes after which every proof still holds, each with words of the fault that tells of it.
LIES: dict[str, tuple[Callable[[dict[str, Any]], None], str]] = {
    "a piece of evidence left out": (lambda record: _first(record)["events"].clear(), "by its evidence"),
    "a side note left out": (
        lambda record: [
            one["events"].remove(event)
            for member in record["members"]
            for one in member["deliveries"]
            for event in list(one["events"])
            if event["sealed"]["axis"] == "side"
        ],
        "is missing in the pack",
    ),
    "a state left out": (lambda record: record["members"].pop(), "does not hold the members"),
    "a message left out": (lambda record: record["messages"].clear(), "is missing in the pack"),
    "an entry left out": (
        lambda record: record["log"].update(
            entries=[one for one in record["log"]["entries"] if one["action"] == "evidence"]
        ),
        "of the log is missing",
    ),
    "a failure called a delivery": (_attempt("transport", "delivered"), "by its evidence"),
    "a receipt that nobody gave": (lambda record: _first(record).update(human="acknowledged"), "by its evidence"),
    "another address": (
        lambda record: [
            one.update(address="x@y.example") for one in (_first(record), *_first(record)["attempts"])
        ],
        "the pack does not say what stands here",
    ),
    "an answer of the relay": (_attempt("answer", "250 taken"), "the pack does not say what stands here"),
    "another date": (lambda record: record["note"].update(dated="2020-01-01"), "the note itself"),
    "another contact": (lambda record: _first(record).update(contact=999), "the pack does not say what stands here"),
    "another document's title": (
        lambda record: record["documents"][0].update(titles={"en": "x"}),
        "the pack does not say what stands here",
    ),
    "a member that was none": (lambda record: record.update(member="ZZ"), "is not an addressee"),
    "a shape of its own": (
        lambda record: record["documents"].append({}),
        "not of the form that was written",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", LIES)
def test_what_breaks_no_proof_is_found_out_by_the_rows(dispatched: Prepared, name: str) -> None:
    """Somebody who has the program writes a fitting manifest and draws the PDF anew."""
    lived(dispatched)
    data = made(dispatched)
    assert asked(dispatched, data).faults == []
    change, words = LIES[name]
    lied = repacked(data, change)
    files = pack.read(lied)
    record = json.loads(files["evidence.json"])
    with suppress(KeyError, StopIteration):
        files["evidence.pdf"] = drawing.draw(record)[1]
    files.pop(pack.MANIFEST)
    found = asked(dispatched, pack.write(files, datetime(2026, 1, 1, tzinfo=UTC)))
    assert any(words in fault for fault in found.faults), found.faults


def test_what_came_later_is_no_fault_of_a_pack(dispatched: Prepared) -> None:
    lived(dispatched)
    data = made(dispatched)
    with dispatched.means.work(dispatched.office.registry) as work:
        first, second = work.session.scalars(select(Delivery).order_by(Delivery.id)).all()[:2]
        bounced(work, first)
        receipt.tell_wrong_recipient(work, second, "Our address has changed", "later")
        audit.seal_evidence(work.session, work.settings.keys.audit, work.now())
    assert asked(dispatched, data).faults == []


def test_a_pack_with_any_bit_turned_is_read_or_refused_and_never_fails(dispatched: Prepared) -> None:
    lived(dispatched)
    data = made(dispatched)
    for at in range(0, len(data), max(1, len(data) // 400)):
        check.check(data[:at] + bytes([data[at] ^ 0x10]) + data[at + 1 :])


def test_evidence_that_no_entry_sealed_yet_is_said_to_be_so(dispatched: Prepared) -> None:
    with dispatched.means.work() as work:
        receipt.tell_wrong_recipient(work, work.session.scalars(select(Delivery)).first(), "Not us", "n")  # type: ignore[arg-type]
    verdict = asked(dispatched, made(dispatched))
    assert (
        verdict.good and verdict.unsealed == 1 and "no entry of the log sealed them yet" in verdict.notes[0]
    )


def test_a_note_that_was_not_dispatched_has_no_evidence(office: Office, means: Means) -> None:
    note_id = office.note(NoteState.APPROVED)
    with means.look() as work, pytest.raises(Conflict, match="not dispatched"):
        packs.make(work, work.session.get_one(Note, note_id), "zip")


def test_reminders_stand_beside_the_note_and_count_for_nothing(dispatched: Prepared) -> None:
    with dispatched.means.work() as work:
        first = work.session.scalars(select(Delivery).order_by(Delivery.id)).first()
        assert first is not None
        reminder = Reminder(
            note_id=first.note_id, member_id=first.member_id, contact_id=first.contact_id, step=1,
            reminds_id=first.id, role=first.role, address=first.address, language="en", channel="link_only",
            documents=[], message_id="<reminder@secretariat.example>", due_at=work.now(),
        )  # fmt: skip
        work.session.add(reminder)
        work.session.flush()
        bounced(work, reminder)  # type: ignore[arg-type]
        audit.seal_evidence(work.session, work.settings.keys.audit, work.now())
    data = made(dispatched)
    record = json.loads(pack.read(data)["evidence.json"])
    (found,) = [one for each in record["members"] for one in each["deliveries"] if one["kind"] == "reminder"]
    assert found["message_id"] == "<reminder@secretariat.example>" and found["events"]
    member = next(one for one in record["members"] if found in one["deliveries"])
    assert drawing.status_of(member).status is MemberStatus.NOT_SENT
    assert asked(dispatched, data).faults == []


def test_the_page_the_api_and_the_command_line_give_it(
    dispatched: Prepared, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lived(dispatched)
    api = Api(dispatched.office)
    answer = api.get("registry", "/notes/TTF/1/evidence?member=KZ")
    assert answer.status_code == 200 and answer.mimetype == "application/zip"
    assert answer.data == made(dispatched, code="KZ")
    assert "TTF-1.evidence.KZ.zip" in answer.headers["Content-Disposition"]
    assert api.get("registry", "/notes/TTF/1/evidence?format=json").get_json()["format"] == check.FORMAT
    assert api.get("translator", "/notes/TTF/1/evidence").status_code == 403
    monkeypatch.setattr(commands, "means", lambda: dispatched.means)
    monkeypatch.setattr(commands, "_log_here", lambda: dispatched.means)
    run = CliRunner().invoke
    done = run(main, ["evidence", "TTF/1", "--state", "KZ", "--out", str(tmp_path)])
    path = tmp_path / "TTF-1.evidence.KZ.zip"
    assert done.exit_code == 0 and done.output.strip() == str(path)
    assert path.read_bytes() == made(dispatched, code="KZ")
    done = run(main, ["verify", str(path)])
    assert done.exit_code == 0 and "The log says the same" in done.output
    done = run(main, ["dossier", "TTF/1", "--out", str(tmp_path)])
    assert done.exit_code == 0
    done = run(main, ["verify", "--offline", str(tmp_path / "TTF-1.dossier.zip"), "--json"])
    assert done.exit_code == 0 and json.loads(done.output)["good"]
    path.write_bytes(repacked(path.read_bytes(), _bounce))
    done = run(main, ["verify", str(path)])
    assert done.exit_code == 1 and "ALTERED" in done.output
