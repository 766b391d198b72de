"""What every message can be known by is written before it leaves: its size, and digests of its very bytes."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import event, select, text, update
from sqlalchemy.exc import IntegrityError

from tests.desk import Desk
from tests.integration.test_smime import give, make, signing
from tests.known import parted
from tests.prepared import Prepared
from tests.prepared import dispatched as dispatched
from tests.relay import ACCEPT, BROKEN_LOST, BROKEN_TAKEN, LARGE, LATER, NEVER, World
from workflow import audit, config, schema
from workflow.models import Attempt, Delivery, Event, Note, Outgoing
from workflow.operations import evidence, ladder, mailing, receipt, reminding, sending
from workflow.operations.evidence import OPEN
from workflow.states import DeliveryQueue, Transport

CN, KZ, MN, TJ = ALL = tuple(f"notes@mfa.{code}.example" for code in ("cn", "kz", "mn", "tj"))


@pytest.fixture
def desk(dispatched: Prepared) -> Desk:
    """A dispatched note, and a relay that takes everything unless its script says otherwise."""
    return Desk(dispatched, World())


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def attempts(desk: Desk) -> list[tuple[Attempt, str]]:
    """Every attempt, with the secret of its contact's personal link."""
    with desk.means.look() as work:
        rows = work.session.scalars(select(Outgoing).order_by(Outgoing.id)).all()
        return [
            (attempt, mailing.link(work, row).rpartition("/")[2]) for row in rows for attempt in row.attempts
        ]


def hidden(own: bytes, secret: str) -> bytes:
    """The own bytes with the secret covered, whichever way the text is encoded."""
    cover = "X" * len(secret)
    if secret.encode() in own:
        return own.replace(secret.encode(), cover.encode())
    fields, blank, body = own.rpartition(b"\r\n\r\n")
    words = base64.b64decode(body)
    assert secret.encode() in words
    coded = base64.encodebytes(words.replace(secret.encode(), cover.encode()))
    return fields + blank + coded.replace(b"\n", b"\r\n")


def said(desk: Desk, attempt: Attempt) -> list[dict[str, Any]]:
    """What the evidence of an attempt names as its message."""
    with desk.means.look() as work:
        rows = work.session.scalars(select(Event).where(Event.attempt_id == attempt.id)).unique()
        return [row.facts["message"] for row in rows if "message" in row.facts]


def proved(desk: Desk) -> int:
    """Holds every message that was taken against its attempt and its evidence; gives how many."""
    taken = {one.token: one.data for one in desk.world.taken}
    for attempt, secret in attempts(desk):
        if attempt.token not in taken:
            continue
        data = taken.pop(attempt.token)
        own, tail = parted(data)
        assert attempt.message == {
            "size": len(data),
            "head": sha256(own),
            "covered": sha256(hidden(own, secret)),
            "tail": sha256(tail) if tail else None,
            "protection": "none",
        }
        assert secret not in str(attempt.message)
        assert said(desk, attempt) == [attempt.message]
    assert taken == {}
    return len(desk.world.taken)


def test_size_and_digests_are_those_of_the_bytes_on_the_line(desk: Desk) -> None:
    desk.run()
    assert proved(desk) == 4
    tails = {one.message["tail"] for one, _ in attempts(desk) if one.message}
    assert len(tails) < 4 and None not in tails


def test_what_was_refused_lost_and_sent_as_links_has_its_own(desk: Desk) -> None:
    desk.world.script = {CN: [LATER, ACCEPT], KZ: [NEVER], MN: [LARGE, ACCEPT], TJ: [BROKEN_TAKEN, ACCEPT]}
    desk.run()
    desk.clock.pass_(days=1)
    desk.run()
    assert proved(desk) == 4
    first, second = desk.delivery(MN).attempts
    assert first.message and second.message
    assert first.message["tail"] and second.message["tail"] is None
    assert first.message["size"] > second.message["size"]
    lost, again = desk.delivery(TJ).attempts
    assert lost.message and again.message and lost.message["head"] != again.message["head"]
    assert said(desk, lost) == [lost.message]
    # Whatever the relay said of each, the evidence says what it was said of.
    for attempt, _ in attempts(desk):
        assert attempt.message is None or said(desk, attempt) == [attempt.message]


def test_reminders_and_an_escalation_are_known_as_well(desk: Desk) -> None:
    desk.run()
    zone = ZoneInfo("Asia/Almaty")
    desk.office.contact("KZ", "minister@mfa.kz.example", role="escalation")
    steps = [{"to": ["to"], "after": 5}, {"to": ["escalation"], "after": 5}]
    desk.office.do("registry", ladder.set_reminders, desk.prepared.note_id, steps)
    for month, day in ((6, 2), (6, 16)):
        desk.clock.now = datetime(2026, month, day, 11, tzinfo=zone).astimezone(UTC)
        with desk.means.work() as work:
            reminding.sweep(work)
        desk.run()
    kinds = [one.mail["Auto-Submitted"] for one in desk.world.taken]
    assert kinds.count("auto-generated") > 4 and desk.world.to("minister@mfa.kz.example")
    assert proved(desk) == len(kinds)


@pytest.mark.parametrize(("signs", "encrypts"), [(True, False), (False, True), (True, True)])
def test_what_is_signed_or_encrypted_is_known_as_a_whole(
    desk: Desk, signs: bool, encrypts: bool, tmp_path: Path
) -> None:
    secret = next(secret for one, secret in _linked(desk) if one == KZ)
    if signs:
        signing(desk, *make(tmp_path, "Registry", "registry@secretariat.example"))
    if encrypts:
        give(desk, KZ, make(tmp_path, "KZ", KZ)[0].read_bytes())
    assert desk.run().accepted == 4
    (taken,) = desk.world.to(KZ)
    (attempt,) = desk.delivery(KZ).attempts
    assert attempt.message
    word = {(True, False): "signed", (False, True): "encrypted", (True, True): "signed_encrypted"}
    assert attempt.message["protection"] == word[signs, encrypts]
    assert attempt.message["tail"] is None
    assert (attempt.message["size"], attempt.message["head"]) == (len(taken.data), sha256(taken.data))
    # As it was before that, with the link covered, which is what may be shown of it.
    with desk.means.look() as work:
        row = work.session.get_one(Delivery, desk.delivery(KZ).id)
        note, link = work.session.get_one(Note, row.note_id), mailing.link(work, row)
        letter = mailing.unprotected(work, mailing.Parcels(), note, row, row.attempts[0], link)
        assert attempt.message["covered"] == sha256(hidden(letter.own(), secret))
    assert said(desk, attempt) == [attempt.message]
    other = desk.delivery(CN).attempts[0].message
    assert other and other["protection"] == ("signed" if signs else "none")


def _linked(desk: Desk) -> list[tuple[str, str]]:
    with desk.means.look() as work:
        rows = work.session.scalars(select(Delivery)).all()
        return [(row.address, mailing.link(work, row).rpartition("/")[2]) for row in rows]


def changed(desk: Desk, **given: Any) -> None:
    settings = config.load(**{**desk.means.settings.model_dump(exclude={"keys"}), **given})
    desk.means = replace(desk.means, settings=settings)


def test_what_did_not_enter_has_none_and_what_enters_again_is_written_anew(desk: Desk) -> None:
    late: list[str] = []
    desk.world.at_dot = late.append
    sent = sending.send_note(desk.means, desk.prepared.note_id, desk.relay, "worker", lambda: bool(late))
    assert sent.accepted == 1
    assert [one.message is None for one, _ in attempts(desk)] == [False, True, True, True]
    # The same attempts carry other bytes now.
    changed(desk, sender="other@secretariat.example")
    assert desk.run().accepted == 3
    assert [row.number for row, _ in attempts(desk)] == [1] * 4
    assert proved(desk) == 4
    assert b"other@secretariat.example" in desk.world.taken[-1].data


def test_a_crash_after_the_commit_and_before_data_leaves_what_was_about_to_be_sent(desk: Desk) -> None:
    """The worker dies where nobody can know whether DATA had begun: the attempt is unknown, with its digests."""

    class Killed(BaseException):
        pass

    def die(*_given: object, **_named: object) -> None:
        raise Killed

    desk.relay.hand_over = die  # type: ignore[method-assign]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sending.hands, "give_back", die)
        with pytest.raises(Killed):
            desk.run()
    entering = [one for one, _ in attempts(desk) if one.transport is Transport.SENDING]
    assert entering and all(one.message for one in entering)
    desk.clock.pass_(days=1)
    desk.sweep()
    for one in entering:
        assert said(desk, one) == [one.message]
    with desk.means.look() as work:
        rows = [work.session.get_one(Attempt, one.id) for one in entering]
        assert {row.transport for row in rows} == {Transport.UNKNOWN}


def test_the_digests_are_there_before_a_byte_of_the_content_is(desk: Desk) -> None:
    seen: list[bool] = []

    def look(address: str) -> None:
        seen.append(desk.delivery(address).attempts[-1].message is not None)

    desk.world.at_dot = look
    desk.run()
    assert seen == [True] * 4


def test_a_turn_is_written_in_one_statement_and_costs_no_other(desk: Desk) -> None:
    updates: list[int] = []

    def count(_c: object, _k: object, statement: str, given: Any, _x: object, many: bool) -> None:
        if "message_head" in statement and statement.startswith("UPDATE attempts"):
            updates.append(len(given) if many else 1)

    event.listen(desk.means.database.engine, "before_cursor_execute", count)
    desk.run()
    assert updates == [4]


def test_the_log_seals_what_the_evidence_says_of_the_message(desk: Desk) -> None:
    desk.world.script = {TJ: [BROKEN_LOST]}
    desk.run()
    desk.sweep()
    assert "message" in OPEN
    with desk.means.look() as work:
        rows = work.session.scalars(select(Event).where(Event.axis == "transport")).unique().all()
        known = {one.id: one.message for one, _ in attempts(desk)}
        assert len(rows) == 4
        for row in rows:
            assert audit.leaf_record(row)["data"]["message"] == known[row.attempt_id or 0]
        assert audit.verify(work.session, work.settings.keys.audit).good


WRONG = (
    "message_head = NULL",
    "message_covered = NULL",
    "message_protection = NULL",
    "message_size = 0",
    "message_head = 'abc'",
    "message_tail = 'abc'",
    "message_protection = 'hidden'",
    "message_protection = 'signed'",
    "sending_at = NULL",
    "message_size = NULL, message_head = NULL, message_covered = NULL, message_protection = NULL",
)


@pytest.mark.parametrize("change", WRONG)
def test_the_database_keeps_all_of_it_or_nothing(desk: Desk, change: str) -> None:
    desk.run()
    statement = f"UPDATE attempts SET {change} WHERE number = 1"
    with pytest.raises(IntegrityError), desk.means.work() as work:
        work.session.execute(text(statement))


def test_a_step_back_and_forward_again_keeps_what_the_evidence_says(desk: Desk) -> None:
    desk.world.script = {KZ: [NEVER], MN: [LARGE, ACCEPT], TJ: [BROKEN_TAKEN]}
    desk.run()
    before = [one.message for one, _ in attempts(desk)]
    assert [one is None for one in before].count(False) >= 4
    database = desk.means.database
    schema.downgrade(database, "0016")
    schema.upgrade(database)
    assert schema.differences(database) == []
    assert [one.message for one, _ in attempts(desk)] == before
    with pytest.raises(IntegrityError), desk.means.work() as work:
        work.session.execute(update(Attempt).values(message_size=None))
    with desk.means.work() as work:
        assert evidence.rebuild(work) == (4, 0)


def test_attempts_of_before_have_none_and_go_on(desk: Desk) -> None:
    desk.run()
    names = ("size", "head", "covered", "tail", "protection")
    with desk.means.work() as work:
        work.session.execute(update(Attempt).values({f"message_{name}": None for name in names}))
        row = work.session.get_one(Delivery, desk.delivery(CN).id)
        row.queue = DeliveryQueue.DONE
    assert desk.report(desk.delivery(CN).attempts[0], "delivered") == "moved"
    assert desk.delivery(CN).transport is Transport.DELIVERED


def test_a_revoked_link_changes_nothing_of_what_was_sent(desk: Desk) -> None:
    desk.run()
    desk.act(receipt.revoke_link, CN)
    assert proved(desk) == 4
