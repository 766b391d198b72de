"""A pack tells nobody a personal link, though a report or an answer in it quotes our message."""

from __future__ import annotations

import base64
import hashlib
import json
from typing import Any

import pytest

from tests.desk import Desk
from tests.integration.test_packs_sent import CN, KZ, asked, made, record_of, repacked, token_of
from tests.prepared import Prepared
from tests.prepared import dispatched as dispatched
from tests.relay import World
from web import packs
from web.sheets import evidence as drawing
from workflow.models import AddressCheck, Delivery, Note, ReturnedMessage
from workflow.operations import address_checks, incoming_sources, links, pack_files, receipt, returned_mail
from workflow.operations.dispatch import link_digest, link_token
from workflow.post.office import reports
from workflow.proof import check, pack
from workflow.proof.covering import covered
from workflow.store import sha256


@pytest.fixture
def desk(dispatched: Prepared) -> Desk:
    """A note that was sent, of which one message came back whole."""
    desk = Desk(dispatched, World())
    desk.run()
    come_back(desk, CN, desk.world.to(CN)[0].data)
    desk.sweep()
    return desk


def come_back(desk: Desk, address: str, content: bytes) -> bytes:
    """A report with the whole message in it; gives its bytes as they are kept."""
    attempt = desk.delivery(address).attempts[0]
    sender = desk.means.settings.return_path.replace("{token}", attempt.token)
    origin = reports.Origin(
        identifier=f"{attempt.id}.back", sender=sender, recipient=attempt.address, original_recipient="",
        envid=attempt.token, full=True, arrived=desk.clock(), content=content,
    )  # fmt: skip
    raw = reports.report(origin, "failed", "5.1.1", "550 no such mailbox", desk.clock())
    assert desk.receive(raw, sender) == "moved"
    return f"Delivered-To: {sender}\r\n".encode() + raw


def answered(desk: Desk, address: str, text: str) -> int:
    """A person's answer that quotes; gives the id of the returned message."""
    attempt = desk.delivery(address).attempts[0]
    sender = desk.means.settings.return_path.replace("{token}", attempt.token)
    words = base64.encodebytes(text.encode()).decode()
    raw = (
        f"Delivered-To: {sender}\r\nFrom: A. Secretary <{address}>\r\nTo: {sender}\r\nSubject: Re: note\r\n"
        f"MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n{words}"
    )
    with desk.means.work() as work:
        return returned_mail.process(work, raw.encode()).id


def told(files: dict[str, bytes], token: str) -> list[str]:
    """The files in which the token can be read, as it is or in base64."""
    found = []
    for name, content in files.items():
        asked: set[str] = set()
        covered(content, lambda some, asked=asked: asked.update(some) or ())  # type: ignore[misc]
        if token.encode() in content or token in asked:
            found.append(name)
    return found


def files_of(record: dict[str, Any]) -> list[dict[str, Any]]:
    return [one for one in record["files"] if one["sha256_covered"]]


def test_a_report_that_quotes_the_message_is_covered_and_explained(desk: Desk) -> None:
    data = made(desk)
    files, token = pack.read(data), token_of(desk, CN)
    assert told(files, token) == []
    record = json.loads(files["evidence.json"])
    (one,) = files_of(record)
    raw = desk.means.store.get(one["sha256"])
    assert told({"raw": raw}, token) == ["raw"]
    here = files[one["file"]]
    assert here == covered(raw, lambda found: {token}) and len(here) == len(raw)
    # The text is in base64 there, so that its signs differ in the few places of the link alone.
    assert sum(before != now for before, now in zip(raw, here, strict=True)) <= len(token) * 4 // 3 + 4
    assert one["sha256_covered"] == hashlib.sha256(files[one["file"]]).hexdigest()
    # The sealed evidence names it as it came, and as it is here.
    named = [event["sealed"]["data"] for event in check.pieces(record) if event["seal"]]
    assert [each.get("sha256_covered") for each in named if each.get("sha256") == one["sha256"]] == [
        one["sha256_covered"]
    ]
    assert one["covered_anew"] is False
    verdict = asked(desk, data)
    assert verdict.faults == [] and verdict.notes == [] and data == made(desk)


def test_the_pdf_names_both_digests(desk: Desk) -> None:
    record = record_of(desk)
    (one,) = files_of(record)
    sheet = json.dumps(drawing._sheet(record, "en").parts, ensure_ascii=False)
    assert "a personal link is covered" in sheet and one["sha256"] in sheet and one["sha256_covered"] in sheet


def test_a_file_that_quotes_nothing_is_as_it_came(dispatched: Prepared) -> None:
    desk = Desk(dispatched, World())
    desk.run()
    raw = come_back(desk, CN, b"Subject: a note\r\n\r\nhttps://elsewhere.example/r/" + b"a" * 43 + b"\r\n")
    record = record_of(desk)
    assert files_of(record) == [] and raw in pack.read(made(desk)).values()
    sheet = json.dumps(drawing._sheet(record, "en").parts, ensure_ascii=False)
    assert "a personal link is covered" not in sheet


def test_an_answer_and_the_paper_that_was_registered_from_it_are_covered(desk: Desk) -> None:
    token = token_of(desk, KZ)
    identity = answered(desk, KZ, f"Благодарим.\r\n> {desk.means.settings.base_url}/r/{token}\r\n")
    with desk.means.work(desk.office.registry) as work:
        incoming_sources.register_returned(work, work.session.get_one(ReturnedMessage, identity))
    data = made(desk)
    assert told(pack.read(data), token) == []
    assert len(files_of(record_of(desk))) == 2 and asked(desk, data).faults == []


def test_a_link_of_another_contact_is_covered_in_the_pack_of_one_state(desk: Desk) -> None:
    token = token_of(desk, KZ)
    come_back(desk, CN, f"Subject: two\r\n\r\n{desk.means.settings.base_url}/r/{token}\r\n".encode())
    files = pack.read(made(desk, code="CN"))
    assert told(files, token) == told(files, token_of(desk, CN)) == []
    assert len(files_of(json.loads(files["evidence.json"]))) == 2


def test_the_link_of_a_changed_address_is_covered_as_well(desk: Desk) -> None:
    message_id = "<address-1-new.1@secretariat.example>"
    with desk.means.work() as work:
        token = address_checks.link_token(work, message_id)
        work.session.add(
            AddressCheck(
                contact_id=desk.delivery(KZ).contact_id, side="new", address=KZ, language="en", token="1" * 32,
                link_digest=link_digest(token), message_id=message_id, due_at=work.now(),
            )
        )  # fmt: skip
    come_back(desk, KZ, f"Subject: both\r\n\r\n{desk.means.settings.base_url}/a/{token}, please\r\n".encode())
    assert told(pack.read(made(desk)), token) == [] and len(files_of(record_of(desk))) == 2


def test_a_link_that_was_replaced_since_stays_covered(desk: Desk) -> None:
    before, data = files_of(record_of(desk)), made(desk)
    with desk.means.work() as work:
        row = work.session.get_one(Delivery, desk.delivery(CN).id)
        row.link_serial, row.link_digest = 1, link_digest(link_token(work, row.message_id, 1))
    assert files_of(record_of(desk)) == before and asked(desk, data).faults == []


def test_a_contact_that_writes_its_link_at_its_page_does_not_hand_it_on(desk: Desk) -> None:
    link, token = f"{desk.means.settings.base_url}/r/{token_of(desk, KZ)}", token_of(desk, KZ)
    with desk.means.work() as work:
        row = work.session.get_one(Delivery, desk.delivery(KZ).id)
        receipt.tell_wrong_recipient(work, row, f"Who sent us {link}?", "nonce")
    data = made(desk)
    assert told(pack.read(data), token) == [] and b"Who sent us" in pack.read(data)["evidence.json"]
    assert asked(desk, data).faults == []


def _uncovered(record: dict[str, Any], files: dict[str, bytes], raw: bytes) -> None:
    files[files_of(record)[0]["file"]] = raw


def _other_words(record: dict[str, Any], files: dict[str, bytes], raw: bytes) -> None:
    one = files_of(record)[0]
    files[one["file"]] = files[one["file"]].replace(b"5.1.1", b"2.0.0")
    one["sha256_covered"] = sha256(files[one["file"]])


def test_a_covered_file_that_was_altered_is_found(desk: Desk) -> None:
    (one,) = files_of(record_of(desk))
    raw = desk.means.store.get(one["sha256"])
    other = repacked(made(desk), lambda record, files: _uncovered(record, files, raw))
    assert not check.check(other, drawing.draw).good
    # Its digest may be made to fit, but not that of the evidence, which the log sealed.
    forged = repacked(made(desk), lambda record, files: _other_words(record, files, raw))
    assert any("covered as the evidence says" in fault for fault in check.check(forged, drawing.draw).faults)

    def anew(record: dict[str, Any], files: dict[str, bytes]) -> None:
        _other_words(record, files, raw)
        files_of(record)[0]["covered_anew"] = True

    excused = repacked(made(desk), anew)
    verdict = check.check(excused, drawing.draw)
    assert verdict.good and any("covered as the evidence says" in note for note in verdict.notes)
    # What came is still here.
    assert any(one["file"] in fault for fault in asked(desk, excused).faults)


def test_evidence_of_before_named_no_covered_file(
    dispatched: Prepared, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(returned_mail, "_named", lambda work, raw, digest, delivery: {"sha256": digest})
    desk = Desk(dispatched, World())
    desk.run()
    raw = come_back(desk, CN, desk.world.to(CN)[0].data)
    data = made(desk)
    (one,) = files_of(record_of(desk))
    assert one["covered_anew"] is False and told(pack.read(data), token_of(desk, CN)) == []
    assert asked(desk, data).faults == []
    # Where no evidence names the covered file the rows find what was altered.
    forged = repacked(data, lambda record, files: _other_words(record, files, raw))
    assert check.check(forged, drawing.draw).good
    assert any(one["file"] in fault for fault in asked(desk, forged).faults)

    def older(record: dict[str, Any], files: dict[str, bytes]) -> None:
        """A pack that was made when nothing was covered yet."""
        del record["covering"]
        for each in record["files"]:
            del each["sha256_covered"], each["covered_anew"]
        files[one["file"]] = raw

    assert asked(desk, repacked(data, older)).faults == []


def test_a_program_that_covers_otherwise_says_so(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def other(raw: bytes, in_use: Any) -> bytes:
        return covered(raw, in_use).replace(b"550 no such mailbox", b"550 XX XXXX XXXXXXX")

    monkeypatch.setattr(pack_files, "covered", other)
    data = made(desk)
    assert [one["covered_anew"] for one in files_of(record_of(desk))] == [True]
    verdict = asked(desk, data)
    assert verdict.faults == [] and len(verdict.notes) == 1


def test_a_file_said_to_be_covered_that_quotes_nothing_is_found(dispatched: Prepared) -> None:
    desk = Desk(dispatched, World())
    desk.run()
    come_back(desk, CN, b"Subject: a note\r\n\r\ntext\r\n")

    def change(record: dict[str, Any], files: dict[str, bytes]) -> None:
        (one,) = record["files"]
        files[one["file"]] = files[one["file"]].replace(b"5.1.1", b"2.0.0")
        one["sha256_covered"] = sha256(files[one["file"]])
        record["covering"] = "0" * 64

    forged = repacked(made(desk), change)
    assert check.check(forged, drawing.draw).good and asked(desk, forged).faults


def test_another_version_of_the_program_is_no_fault(desk: Desk) -> None:
    def newer(record: dict[str, Any], files: dict[str, bytes]) -> None:
        record["covering"] = "0" * 64

    verdict = asked(desk, repacked(made(desk), newer))
    assert verdict.faults == [] and any("another version of the program" in one for one in verdict.notes)


def test_a_file_that_is_gone_is_named_and_not_covered(desk: Desk) -> None:
    (one,) = files_of(record_of(desk))
    desk.means.store.erase(one["sha256"])
    record = record_of(desk)
    assert [(each["kept"], each["sha256_covered"]) for each in record["files"]] == [(False, None)]
    assert asked(desk, made(desk)).faults == []


def test_many_candidates_are_asked_about_in_few_statements(desk: Desk) -> None:
    many = "\r\n".join(f"{number:043d}" for number in range(links.MOST * 2 + 7))
    token = token_of(desk, KZ)
    come_back(desk, KZ, f"Subject: many\r\n\r\n{many}\r\n/r/{token}\r\n".encode())
    with desk.means.look() as work:
        record = packs.record_of(work, work.session.get_one(Note, desk.prepared.note_id))
        files = packs.files_of(work, record)
    assert len(files_of(record)) == 2 and told(files, token) == []
