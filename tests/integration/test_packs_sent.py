"""The messages that were sent, in packs of evidence: the very bytes that went over the line, the link covered."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from sqlalchemy import update

from tests.desk import Desk
from tests.integration.api import Api
from tests.integration.test_smime import give, signing
from tests.integration.test_smime import make as certificate
from tests.prepared import Prepared
from tests.prepared import dispatched as dispatched
from tests.relay import ACCEPT, BROKEN_TAKEN, LARGE, NEVER, World
from web import packs, sheets
from web.cli import main
from web.commands import posting as commands
from web.sheets import evidence as drawing
from workflow import audit, config
from workflow.errors import unpacked
from workflow.models import Attempt, ContactCertificate, Delivery, Note
from workflow.operations import evidence, mailing, pack_sent
from workflow.operations import pack_log as log
from workflow.operations.context import Work
from workflow.proof import check, pack

CN, KZ, MN, TJ = (f"notes@mfa.{code}.example" for code in ("cn", "kz", "mn", "tj"))


AS_SENT = {"en": "As sent: the length", "ru": "Как отправлено: длина"}


@pytest.fixture
def desk(dispatched: Prepared) -> Desk:
    """A note of which one message was taken, one refused before its content, one too large, one is unknown."""
    desk = Desk(dispatched, World(script={KZ: [NEVER], MN: [LARGE, ACCEPT], TJ: [BROKEN_TAKEN]}))
    desk.run()
    return desk


@pytest.fixture
def before(dispatched: Prepared, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """The same as an earlier program left it, which recorded nothing of the messages."""
    monkeypatch.setattr(evidence, "message_of", lambda attempt: {})
    desk = Desk(dispatched, World(script={KZ: [NEVER], MN: [LARGE, ACCEPT], TJ: [BROKEN_TAKEN]}))
    desk.run()
    with desk.means.work() as work:
        names = ("size", "head", "covered", "tail", "protection")
        work.session.execute(update(Attempt).values({f"message_{name}": None for name in names}))
    return desk


def made(desk: Desk, kind: str = "zip", code: str = "") -> bytes:
    with desk.means.look() as work:
        return packs.make(work, work.session.get_one(Note, desk.prepared.note_id), kind, code)


def record_of(desk: Desk) -> dict[str, Any]:
    return json.loads(made(desk, "json"))  # type: ignore[no-any-return]


def row_of(desk: Desk, address: str) -> dict[str, Any]:
    """What the pack says of the last message to a contact."""
    number = desk.delivery(address).id
    return [one for one in record_of(desk)["sent"]["messages"] if one["delivery"] == number][-1]


def asked(desk: Desk, data: bytes) -> check.Verdict:
    with desk.means.look() as work:
        return log.compare(work, check.check(data, drawing.draw))


def changed(desk: Desk, **given: Any) -> None:
    settings = config.load(**{**desk.means.settings.model_dump(exclude={"keys"}), **given})
    desk.means = replace(desk.means, settings=settings)


def token_of(desk: Desk, address: str) -> str:
    with desk.means.look() as work:
        row = work.session.get_one(Delivery, desk.delivery(address).id)
        return mailing.link(work, row).rpartition("/")[2]


def test_file_and_documents_joined_are_the_bytes_that_went_over_the_line(desk: Desk) -> None:
    files = pack.read(made(desk))
    found = json.loads(files["evidence.json"])["sent"]
    tails = {one["file"]: one for one in found["tails"]}
    addresses = {desk.delivery(one).id: one for one in (CN, KZ, MN, TJ)}
    names = [one["file"] for one in found["messages"]]
    assert names == sorted(names) and len(names) == 4 and all(name.endswith(".eml") for name in names)
    # Nothing was offered to the server that refused the address; the large message went twice.
    assert [addresses[one["delivery"]] for one in found["messages"]].count(MN) == 2
    assert KZ not in {addresses[one["delivery"]] for one in found["messages"]}
    for one in found["messages"]:
        address = addresses[one["delivery"]]
        whole = files[one["file"]] + (files[one["tail"]] if one["tail"] else b"")
        assert (one["size"], one["sha256"]) == (len(whole), hashlib.sha256(whole).hexdigest())
        token = token_of(desk, address)
        assert token.encode() not in whole
        assert one["reasons"] == [] and one["as_sent"] == "same"
        mail = message_from_bytes(whole, policy=policy.default)
        assert mail["Message-ID"] == desk.delivery(address).message_id and not mail.defects
        attached = [part.get_content() for part in mail.iter_attachments()]
        wanted = tails[one["tail"]]["documents"] if one["tail"] else []
        assert [hashlib.sha256(content).hexdigest() for content in attached] == wanted
        if address in (CN, TJ) or not one["tail"]:
            (taken,) = desk.world.to(address)
            assert len(taken.data) == one["size"]
            assert hashlib.sha256(taken.data).hexdigest() == one["sha256_with_link"]
            covered = taken.data.replace(token.encode(), b"X" * len(token))
            assert covered == whole or b"base64" in files[one["file"]]
    # The documents stand once, however many messages carry them.
    assert len([name for name in files if name.endswith(".mime")]) == len(tails) < len(names)


def test_no_file_of_a_pack_tells_a_personal_link(desk: Desk) -> None:
    tokens = [token_of(desk, one).encode() for one in (CN, KZ, MN, TJ)]
    for content in pack.read(made(desk)).values():
        for part in (content, *_texts(content)):
            assert not any(token in part for token in tokens)


def _texts(content: bytes) -> list[bytes]:
    parts = message_from_bytes(content).walk()
    return [part.get_payload(decode=True) or b"" for part in parts if not part.is_multipart()]  # type: ignore[misc]


def test_a_prepared_attempt_is_not_in_the_pack_and_one_state_has_its_own(dispatched: Prepared) -> None:
    desk = Desk(dispatched, World())
    assert json.loads(made(desk, "json"))["sent"]["messages"] == []
    desk.run()
    files = pack.read(made(desk, code="CN"))
    (one,) = json.loads(files["evidence.json"])["sent"]["messages"]
    assert one["delivery"] == desk.delivery(CN).id and {one["file"], one["tail"]} <= set(files)
    assert asked(desk, made(desk, code="CN")).faults == []


def test_a_pack_is_whole_and_the_same_twice(desk: Desk) -> None:
    data = made(desk)
    assert data == made(desk)
    verdict = asked(desk, data)
    assert verdict.faults == [] and not [one for one in verdict.notes if "Sent messages" in one]
    assert unpacked(record_of(desk)["sent"]["about"]) == pack_sent.ABOUT


def test_what_was_recorded_stands_in_the_sealed_evidence_of_the_pack(desk: Desk) -> None:
    desk.sweep()
    record = record_of(desk)
    rows = {
        attempt["id"]: (attempt, delivery)
        for member in record["members"]
        for delivery in member["deliveries"]
        for attempt in delivery["attempts"]
    }
    tails = {one["file"]: one["sha256"] for one in record["sent"]["tails"]}
    for one in record["sent"]["messages"]:
        attempt, delivery = rows[one["attempt"]]
        assert attempt["message"]["covered"] == one["head"]["sha256"] != attempt["message"]["head"]
        assert attempt["message"]["tail"] == tails.get(one["tail"])
        (event,) = [each for each in delivery["events"] if each["sealed"]["attempt"] == attempt["id"]]
        assert event["sealed"]["data"]["message"] == attempt["message"] and event["seal"]


def repacked(
    data: bytes, change: Callable[[dict[str, Any], dict[str, bytes]], None], *, drawn: bool = True
) -> bytes:
    """A pack altered by somebody who has the program: a fitting manifest, and the PDF drawn anew."""
    files = pack.read(data)
    files.pop(pack.MANIFEST)
    record = json.loads(files["evidence.json"])
    change(record, files)
    files["evidence.json"] = pack.as_json(record)
    if drawn:
        files["evidence.pdf"] = drawing.draw(record)[1]
    return pack.write(files, datetime(2026, 1, 1, tzinfo=UTC))


def _first(record: dict[str, Any]) -> dict[str, Any]:
    return next(one for one in record["sent"]["messages"] if one["tail"])


def _flip(name: str) -> Callable[[dict[str, Any], dict[str, bytes]], None]:
    def change(record: dict[str, Any], files: dict[str, bytes]) -> None:
        file = _first(record)[name]
        files[file] = files[file][:-9] + bytes([files[file][-9] ^ 1]) + files[file][-8:]

    return change


def _gone(record: dict[str, Any], files: dict[str, bytes]) -> None:
    del files[_first(record)["file"]]


def _length(record: dict[str, Any], files: dict[str, bytes]) -> None:
    _first(record)["size"] += 1


def _forged(record: dict[str, Any], files: dict[str, bytes]) -> None:
    """Another text under digests that fit."""
    one = _first(record)
    own = files[one["file"]].replace(b"Subject: ", b"Subject: Not ", 1)
    files[one["file"]] = own
    one["head"] = {"size": len(own), "sha256": hashlib.sha256(own).hexdigest()}
    whole = own + files[one["tail"]]
    one.update(size=len(whole), sha256=hashlib.sha256(whole).hexdigest())


def _attempt_of(record: dict[str, Any]) -> dict[str, Any]:
    number = _first(record)["attempt"]
    return next(
        attempt
        for member in record["members"]
        for delivery in member["deliveries"]
        for attempt in delivery["attempts"]
        if attempt["id"] == number
    )


def _forged_with_its_record(record: dict[str, Any], files: dict[str, bytes]) -> None:
    """The attempt says the same as the forged file; the evidence, which the log sealed, does not."""
    _forged(record, files)
    one = _first(record)
    _attempt_of(record)["message"].update(size=one["size"], covered=one["head"]["sha256"])


def _recorded_taken_out(record: dict[str, Any], files: dict[str, bytes]) -> None:
    _forged(record, files)
    _attempt_of(record)["message"] = None
    _first(record)["as_sent"] = "no_digest"


def _said_otherwise(record: dict[str, Any], files: dict[str, bytes]) -> None:
    _first(record)["as_sent"] = "differs"


def _not_said(record: dict[str, Any], files: dict[str, bytes]) -> None:
    del _first(record)["as_sent"]


OFFLINE = [
    _flip("file"),
    _flip("tail"),
    _gone,
    _length,
    _forged,
    _forged_with_its_record,
    _recorded_taken_out,
    _said_otherwise,
    _not_said,
]


@pytest.mark.parametrize("change", OFFLINE)
def test_a_changed_byte_is_found_without_the_log_though_the_manifest_fits(
    desk: Desk, change: Callable[[dict[str, Any], dict[str, bytes]], None]
) -> None:
    assert check.check(made(desk), drawing.draw).good
    assert not check.check(repacked(made(desk), change), drawing.draw).good


def _left_out(record: dict[str, Any], files: dict[str, bytes]) -> None:
    one = record["sent"]["messages"].pop()
    files.pop(one["file"])


def _said_lost(record: dict[str, Any], files: dict[str, bytes]) -> None:
    one = record["sent"]["messages"][-1]
    files.pop(one["file"])
    one.update(file=None, reasons=["It was lost."])


def _other_link(record: dict[str, Any], files: dict[str, bytes]) -> None:
    _first(record)["sha256_with_link"] = "0" * 64


def _evidence_too(record: dict[str, Any], files: dict[str, bytes]) -> None:
    """Nothing sealed the evidence yet, so it can be altered with the rest; the rows know better."""
    _forged_with_its_record(record, files)
    message = _attempt_of(record)["message"]
    for member in record["members"]:
        for delivery in member["deliveries"]:
            for event in delivery["events"]:
                if event["sealed"]["attempt"] == _first(record)["attempt"]:
                    event["sealed"]["data"]["message"] = message


def _earlier(record: dict[str, Any], files: dict[str, bytes]) -> None:
    """An attempt that was still on its way when the pack was made, so that no evidence names its message."""
    attempt = _attempt_of(record)
    attempt["message"] = {**attempt["message"], "head": "0" * 64}
    for member in record["members"]:
        for delivery in member["deliveries"]:
            for event in delivery["events"]:
                if event["sealed"]["attempt"] == attempt["id"]:
                    event["sealed"]["data"]["message"] = attempt["message"]


@pytest.mark.parametrize("change", [_evidence_too, _earlier, _left_out, _said_lost, _other_link])
def test_what_fits_its_own_digests_is_found_by_the_rows(
    desk: Desk, change: Callable[[dict[str, Any], dict[str, bytes]], None]
) -> None:
    altered = repacked(made(desk), change)
    assert check.check(altered, drawing.draw).good
    assert any("pack" in fault for fault in asked(desk, altered).faults)


@pytest.mark.parametrize("change", [_forged, _left_out, _said_lost, _other_link])
def test_where_nothing_was_recorded_the_rows_find_it_as_before(
    before: Desk, change: Callable[[dict[str, Any], dict[str, bytes]], None]
) -> None:
    altered = repacked(made(before), change)
    assert check.check(altered, drawing.draw).good
    assert any("pack" in fault for fault in asked(before, altered).faults)


def _column(name: str, value: object) -> Callable[[Work], None]:
    def change(work: Work) -> None:
        work.session.execute(update(Attempt).where(Attempt.message_tail.is_not(None)).values({name: value}))

    return change


@pytest.mark.parametrize(
    "change",
    [
        _column("message_head", "0" * 64),
        _column("message_covered", "0" * 64),
        _column("message_tail", None),
        _column("message_size", 1),
    ],
)
def test_a_row_that_was_tampered_with_is_found_by_log_and_pack(
    desk: Desk, change: Callable[[Work], None]
) -> None:
    data = made(desk)
    desk.sweep()
    with desk.means.work() as work:
        change(work)
    with desk.means.look() as work:
        faults = audit.verify(work.session, work.settings.keys.audit).faults
    assert len(faults) == 4 and all("what is recorded of its message is not" in one for one in faults)
    # The pack of before says what was, and is held against the log; one that is made now cannot be whole.
    assert asked(desk, data).faults and not check.check(made(desk), drawing.draw).good


def test_digests_that_are_put_to_an_attempt_of_before_are_found(before: Desk) -> None:
    before.sweep()
    values = {"size": 9, "head": "0" * 64, "covered": "0" * 64, "protection": "none"}
    with before.means.work() as work:
        chosen = update(Attempt).where(Attempt.delivery_id == before.delivery(CN).id)
        work.session.execute(chosen.values({f"message_{name}": value for name, value in values.items()}))
    with before.means.look() as work:
        (fault,) = audit.verify(work.session, work.settings.keys.audit).faults
    assert "what is recorded of its message is not" in fault
    assert not check.check(made(before), drawing.draw).good


def test_what_differs_is_said_and_a_pack_of_before_the_change_stays_proved(desk: Desk) -> None:
    data = made(desk)
    changed(desk, sender="notes@secretariat.example", base_url="https://elsewhere.example")
    verdict = asked(desk, data)
    assert verdict.faults == [] and not [note for note in verdict.notes if "would make otherwise" in note]
    now = made(desk)
    assert asked(desk, now).faults == []
    for one in json.loads(pack.read(now)["evidence.json"])["sent"]["messages"]:
        assert one["as_sent"] == "differs" and one["sha256_with_link"] is None
        first, *more = [unpacked(why) for why in one["reasons"]]
        assert "differs from what was sent" in first
        assert [("byte for byte" in why) for why in more] == ([True] if one["tail"] else [])


def test_other_settings_are_said_and_are_no_fault(before: Desk) -> None:
    desk = before
    data = made(desk)
    changed(desk, sender="notes@secretariat.example", base_url="https://elsewhere.example")
    verdict = asked(desk, data)
    assert verdict.faults == []
    assert any("would make otherwise" in note and note.endswith("rows: 4.") for note in verdict.notes)
    settings = record_of(desk)["sent"]["settings"]
    assert (settings["sender"], settings["base_url"]) == (
        "notes@secretariat.example",
        "https://elsewhere.example",
    )


def test_a_change_of_domain_since_is_seen_at_the_message(desk: Desk) -> None:
    assert row_of(desk, CN)["reasons"] == []
    changed(desk, return_path="returned+{token}@elsewhere.example")
    one = row_of(desk, CN)
    *_, why = (unpacked(each) for each in one["reasons"])
    assert one["as_sent"] == "differs" and len(one["reasons"]) == 3
    assert "secretariat.example then" in why and "elsewhere.example now" in why
    assert one["file"] and one["sha256_with_link"] is None and asked(desk, made(desk)).faults == []


def test_a_pack_of_before_holds_no_sent_messages_and_stays_whole(before: Desk) -> None:
    desk = before

    def older(record: dict[str, Any], files: dict[str, bytes]) -> None:
        del record["sent"]
        for member in record["members"]:
            for delivery in member["deliveries"]:
                for attempt in delivery["attempts"]:
                    del attempt["message"]
        for name in [name for name in files if name.startswith("sent/")]:
            del files[name]

    assert asked(desk, repacked(made(desk), older)).faults == []


def test_a_pack_of_before_that_knew_no_digests_stays_whole(before: Desk) -> None:
    def older(record: dict[str, Any], files: dict[str, bytes]) -> None:
        for one in record["sent"]["messages"]:
            del one["as_sent"]

    assert asked(before, repacked(made(before), older)).faults == []


def test_what_was_signed_and_encrypted_is_proved_as_it_was_before_that(
    dispatched: Prepared, tmp_path: Path
) -> None:
    desk = Desk(dispatched, World())
    signing(desk, *certificate(tmp_path, "Registry", "registry@secretariat.example"))
    give(desk, KZ, certificate(tmp_path, "KZ", KZ)[0].read_bytes())
    desk.run()
    desk.sweep()
    data = made(desk)
    assert asked(desk, data).faults == []
    for address, word in ((CN, "signed"), (KZ, "encrypted")):
        one = row_of(desk, address)
        (why,) = (unpacked(each) for each in one["reasons"])
        assert one["as_sent"] == "protected" and word in why and one["sha256_with_link"] is None
        (taken,) = desk.world.to(address)
        recorded = desk.delivery(address).attempts[0].message
        assert recorded and recorded["head"] == hashlib.sha256(taken.data).hexdigest()
        assert recorded["covered"] == one["head"]["sha256"]
    # Whether messages are signed now does not matter to what was sent then.
    changed(desk, smime_certificate=None, smime_key=None)
    assert row_of(desk, CN)["as_sent"] == "protected" and asked(desk, data).faults == []


def test_a_link_that_was_replaced_is_found_by_what_was_recorded(desk: Desk) -> None:
    before = row_of(desk, CN)
    with desk.means.work() as work:
        work.session.get_one(Delivery, desk.delivery(CN).id).link_serial = 2
    assert row_of(desk, CN) == before and before["sha256_with_link"]


def test_another_key_of_links_leaves_the_file_proved(desk: Desk) -> None:
    settings = desk.means.settings.model_copy()
    settings.__dict__["keys"] = config.Keys("another key of links", desk.means.settings.keys.audit)
    desk.means = replace(desk.means, settings=settings)
    one = row_of(desk, CN)
    (why,) = (unpacked(each) for each in one["reasons"])
    assert one["as_sent"] == "same" and one["sha256_with_link"] is None and "cannot be made again" in why


def test_a_signature_an_encryption_and_a_new_link_are_said_with_their_reason(before: Desk) -> None:
    desk = before
    with desk.means.work() as work:
        begun = desk.delivery(CN).attempts[0].prepared_at
        work.session.add(
            ContactCertificate(
                contact_id=desk.delivery(CN).contact_id, digest="a" * 64, pem="", subject="CN=notes",
                not_before=begun.replace(year=2025), not_after=begun.replace(year=2027), source="a note",
                added_by=desk.office.ids["registry"], added_at=begun, confirmed_at=begun,
            )
        )  # fmt: skip
    one = row_of(desk, CN)
    assert one["file"] and one["sha256"] and one["sha256_with_link"] is None
    assert ["encrypted" in unpacked(why) for why in one["reasons"]] == [True]
    assert row_of(desk, TJ)["reasons"] == []
    with desk.means.work() as work:
        work.session.get_one(Delivery, desk.delivery(TJ).id).link_serial = 1
    (why,) = row_of(desk, TJ)["reasons"]
    assert "link was replaced" in unpacked(why)
    changed(desk, smime_certificate=Path("/nowhere.pem"), smime_key=Path("/nowhere.key"))
    assert any("signature" in unpacked(why) for why in row_of(desk, MN)["reasons"])
    assert asked(desk, made(desk)).faults == []


def test_an_erased_address_and_a_lost_document_are_said_with_their_reason(desk: Desk) -> None:
    old = made(desk)
    with desk.means.work() as work:
        row = work.session.get_one(Delivery, desk.delivery(CN).id)
        row.address = row.attempts[0].address = f"erased-{row.contact_id}@erased.invalid"
    one = row_of(desk, CN)
    assert one["file"] is None and "erased by decision" in unpacked(one["reasons"][0])
    assert asked(desk, old).faults == [] and asked(desk, made(desk)).faults == []
    lost = desk.delivery(TJ).documents[0]["sha256"]
    desk.means.store.erase(lost)
    (why,) = row_of(desk, TJ)["reasons"]
    assert lost[:12] in unpacked(why) and "cannot be made again" in unpacked(why)
    verdict = asked(desk, made(desk))
    assert verdict.faults == [] and any("but not in the pack" in note for note in verdict.notes)


def test_a_message_sent_twice_stands_twice(desk: Desk) -> None:
    desk.clock.pass_(days=2)
    desk.world.script[TJ] = [ACCEPT]
    desk.run()
    number = desk.delivery(TJ).id
    files = pack.read(made(desk))
    first, second = [
        one for one in json.loads(files["evidence.json"])["sent"]["messages"] if one["delivery"] == number
    ]
    assert (first["number"], second["number"]) == (1, 2) and first["sha256"] != second["sha256"]
    assert b"X-Chancery-Attempt: 2; possible-duplicate" in files[second["file"]]


def test_the_pdf_lists_the_messages_in_each_language(desk: Desk) -> None:
    with desk.means.look() as work:
        note = work.session.get_one(Note, desk.prepared.note_id)
        for language in ("en", "ru"):
            record = packs.record_of(work, note, language=language)
            with sheets.speaking(language):
                sheet = json.dumps(drawing._sheet(record, language).parts, ensure_ascii=False)
            for one in record["sent"]["messages"]:
                assert one["sha256"] in sheet and one["file"].partition("/")[2] in sheet
                assert str(one["size"]) in sheet
            assert sheet.count(AS_SENT[language]) == len(record["sent"]["messages"])


def test_the_pdf_says_what_was_recorded_where_the_message_differs(desk: Desk) -> None:
    changed(desk, sender="notes@secretariat.example")
    recorded = desk.delivery(CN).attempts[0].message
    with desk.means.look() as work:
        record = packs.record_of(work, work.session.get_one(Note, desk.prepared.note_id))
    sheet = json.dumps(drawing._sheet(record, "en").parts, ensure_ascii=False)
    assert recorded and f"SHA-256 {recorded['head']} + {recorded['tail']}" in sheet
    assert AS_SENT["en"] not in sheet and "differs from what was sent" in sheet


def test_the_pdf_of_attempts_of_before_says_that_nothing_was_kept(before: Desk) -> None:
    with before.means.look() as work:
        record = packs.record_of(work, work.session.get_one(Note, before.prepared.note_id))
    sheet = json.dumps(drawing._sheet(record, "en").parts, ensure_ascii=False)
    assert sheet.count("No digest of it was kept") == len(record["sent"]["messages"])


def test_the_list_of_messages_names_size_and_digests(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(commands, "means", lambda: desk.means)
    with desk.means.look() as work:
        name = work.session.get_one(Note, desk.prepared.note_id).reference
    done = CliRunner().invoke(main, ["post", "messages", name])
    assert done.exit_code == 0
    rows = json.loads(CliRunner().invoke(main, ["post", "messages", name, "--json"]).output)
    told = [one["message"] for row in rows for one in row["attempts"]]
    assert [one["head"] for one in told if one] and len(told) == 5
    for one in filter(None, told):
        parts = " + ".join(filter(None, (one["head"], one["tail"])))
        assert f"{one['size']} bytes, SHA-256 {parts}" in done.output


def test_the_figures_of_the_post_read_as_english(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(commands, "means", lambda: desk.means)
    done = CliRunner().invoke(main, ["post", "status"])
    assert done.exit_code == 0 and "in a worker's hand" in done.output
    figures = json.loads(CliRunner().invoke(main, ["post", "status", "--json"]).output)
    assert figures["in_a_workers_hand"] == 0


def test_the_api_names_size_and_digests_of_each_attempt(desk: Desk) -> None:
    with desk.means.look() as work:
        name = work.session.get_one(Note, desk.prepared.note_id).reference
    rows = Api(desk.office).good("registry", "GET", f"/notes/{name}/deliveries")["items"]
    told = {one["id"]: [attempt["message"] for attempt in one["attempts"]] for one in rows}
    for address in (CN, KZ, MN, TJ):
        delivery = desk.delivery(address)
        assert told[delivery.id] == [one.message for one in delivery.attempts] != []
