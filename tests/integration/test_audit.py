"""The audit log: nobody can change, remove, reorder or add an entry, or cut the end, unseen."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from tests.prepared import Prepared
from tests.prepared import dispatched as dispatched
from tests.relay import ScriptedRelay, World
from workflow import anchors, audit
from workflow.errors import Invalid
from workflow.models import AuditEntry, Event
from workflow.operations import evidence, sending

APPEND_ONLY = ("audit_entries", "events", "evidence_seals", "revisions")


def _unguard(connection: Connection) -> None:
    """What somebody would do who has the database but not the key: drop the triggers first."""
    for table in APPEND_ONLY:
        if connection.dialect.name == "sqlite":
            connection.execute(text(f"DROP TRIGGER IF EXISTS {table}_no_update"))
            connection.execute(text(f"DROP TRIGGER IF EXISTS {table}_no_delete"))
            # Foreign keys would stop some of it; whoever tampers lets them wait.
            connection.exec_driver_sql("PRAGMA defer_foreign_keys=ON")
        else:
            connection.execute(text(f"DROP TRIGGER IF EXISTS {table}_append_only ON {table}"))


def run(prepared: Prepared, *statements: str, **values: Any) -> None:
    """Tampers with the database."""
    with prepared.means.database.engine.begin() as connection:
        _unguard(connection)
        for statement in statements:
            connection.execute(text(statement), values)


def tampered(prepared: Prepared, *statements: str, **values: Any) -> list[str]:
    """Tampers, gives what `verify` finds, and takes it back."""
    with prepared.means.database.engine.connect() as connection:
        _unguard(connection)
        for statement in statements:
            connection.execute(text(statement), values)
        faults = audit.verify(Session(connection), prepared.means.settings.keys.audit).faults
        connection.rollback()
        return faults


def verify(prepared: Prepared, anchored: bool = False) -> audit.Verification:
    """What `chancery audit verify` finds."""
    settings = prepared.means.settings
    known = anchors.read(settings.anchor_file) if anchored else []
    with prepared.means.look() as work:
        return audit.verify(work.session, settings.keys.audit, known)


def last(prepared: Prepared) -> int:
    """The number of the last entry."""
    with prepared.means.look() as work:
        return audit.head(work.session)[0]


def cut(prepared: Prepared, count: int) -> None:
    """Cuts the last `count` entries off, and makes the head fit."""
    to = last(prepared) - count
    run(
        prepared,
        "DELETE FROM audit_entries WHERE number > :to",
        "UPDATE audit_head SET count = :to, mac = (SELECT mac FROM audit_entries WHERE number = :to), anchored_count = 0",
        to=to,
    )


@pytest.fixture
def sent(dispatched: Prepared) -> Prepared:
    """A note that was sent, its evidence sealed."""
    sending.send_note(dispatched.means, dispatched.note_id, ScriptedRelay(World()), "worker")
    with dispatched.means.work() as work:
        assert audit.seal_evidence(work.session, work.settings.keys.audit, work.now()) == 4
    found = verify(dispatched, anchored=True)
    assert (found.good, found.sealed, found.unsealed) == (True, 4, 0)
    return dispatched


def test_a_changed_entry_is_named(sent: Prepared) -> None:
    with sent.means.look() as work:
        number = work.session.query(AuditEntry).filter(AuditEntry.action == "approve").one().number
    for change in (
        "action = 'submit'",
        "subject = 'note:77'",
        "at = '2026-05-12T06:00:01.000000+00:00'",
        "actor_id = NULL",
        "data = '{}'",
        "mac = replace(mac, 'a', 'b')",
    ):
        faults = tampered(sent, f"UPDATE audit_entries SET {change} WHERE number = :number", number=number)
        assert f"Entry {number} of the audit log was changed, or put in another's place." in faults, change
    assert verify(sent).good


def test_a_removed_entry_is_named(sent: Prepared) -> None:
    run(sent, "DELETE FROM audit_entries WHERE number = 5")
    assert verify(sent).faults == ["Entry 5 of the audit log is missing."]


def test_removed_and_reordered_entries_are_found(sent: Prepared) -> None:
    several = tampered(sent, "DELETE FROM audit_entries WHERE number BETWEEN 5 AND 8")
    assert several == ["Entry 5 to 8 of the audit log is missing."]
    closed_up = tampered(
        sent,
        "DELETE FROM audit_entries WHERE number = 5",
        *(
            f"UPDATE audit_entries SET number = {one - 1} WHERE number = {one}"
            for one in range(6, last(sent) - 4)
        ),
    )
    assert any("Entry 5 of the audit log was changed" in fault for fault in closed_up)
    swapped = tampered(
        sent,
        "UPDATE audit_entries SET number = 9999 WHERE number = 5",
        "UPDATE audit_entries SET number = 5 WHERE number = 6",
        "UPDATE audit_entries SET number = 6 WHERE number = 9999",
    )
    assert len(swapped) >= 2


def test_an_added_entry_is_found(sent: Prepared) -> None:
    number = last(sent) + 1
    run(
        sent,
        "INSERT INTO audit_entries (number, at, action, subject, data, mac) "
        "SELECT :number, at, action, subject, data, mac FROM audit_entries WHERE number = 5",
        "UPDATE audit_head SET count = :number, mac = (SELECT mac FROM audit_entries WHERE number = :number)",
        number=number,
    )
    assert verify(sent).faults == [f"Entry {number} of the audit log was changed, or put in another's place."]


def test_a_cut_tail_is_found_by_the_head_and_with_it_by_the_anchor(sent: Prepared) -> None:
    with sent.means.work() as work:
        assert anchors.anchor(work.session, work.now(), work.settings.anchor_file)
        assert not anchors.anchor(work.session, work.now(), work.settings.anchor_file)  # Nothing new.
    with sent.means.work() as work:
        work.log("settle_returned", "returned:1")
    run(sent, "DELETE FROM audit_entries WHERE number = :number", number=last(sent))
    assert any("the end was cut off or changed" in fault for fault in verify(sent).faults)
    count = last(sent) - 1
    run(
        sent,
        "UPDATE audit_head SET count = :to, mac = (SELECT mac FROM audit_entries WHERE number = :to)",
        to=count,
    )
    assert verify(sent, anchored=True).good  # What was cut came after the anchor.
    run(sent, "DELETE FROM evidence_seals")
    cut(sent, 1)
    assert any("its end was cut off" in fault for fault in verify(sent, anchored=True).faults)


def test_a_log_that_was_cut_and_grew_again_is_found_by_the_older_anchor(dispatched: Prepared) -> None:
    anchored = last(dispatched)
    cut(dispatched, 1)
    with dispatched.means.work() as work:
        work.log("withdraw", "note:1")
        assert audit.head(work.session)[0] == anchored
        anchors.anchor(work.session, work.now(), work.settings.anchor_file)
    assert verify(dispatched).good  # Without anchors nothing is to be seen: the log was written with the key.
    assert verify(dispatched, anchored=True).faults == [f"Entry {anchored} is not the one that was anchored."]


def test_an_emptied_log_is_found(sent: Prepared) -> None:
    run(sent, "DELETE FROM evidence_seals", "DELETE FROM audit_entries")
    assert not verify(sent).good
    run(sent, "DELETE FROM audit_head")
    assert not verify(sent, anchored=True).good


def test_evidence_that_was_changed_after_sealing_is_found(sent: Prepared) -> None:
    with sent.means.look() as work:
        event = work.session.query(Event).order_by(Event.id).first()
        assert event is not None
    for statement in (
        "UPDATE events SET kind = 'delivered' WHERE id = :id",
        "UPDATE events SET at = '2026-05-12 07:00:00' WHERE id = :id",
        "UPDATE events SET recorded_at = '2026-05-12 07:00:00' WHERE id = :id",
        "UPDATE events SET data = '{}' WHERE id = :id",
        "DELETE FROM evidence_seals WHERE event_id = :id",
        "UPDATE evidence_seals SET position = position + 10 WHERE event_id = :id",
        "UPDATE events SET delivery_id = (SELECT max(id) FROM deliveries) WHERE id = :id",
    ):
        assert any(
            "sealed was changed or removed" in one for one in tampered(sent, statement, id=event.id)
        ), statement
    assert verify(sent).good


def test_evidence_is_sealed_in_batches_once(dispatched: Prepared) -> None:
    sending.send_note(dispatched.means, dispatched.note_id, ScriptedRelay(World()), "worker")
    seal: Callable[[], int]
    with dispatched.means.work() as work:
        key = work.settings.keys.audit

        def seal() -> int:
            return audit.seal_evidence(work.session, key, work.now(), limit=3)

        assert [seal(), seal(), seal()] == [3, 1, 0]
    assert verify(dispatched).sealed == 4


def test_the_wrong_key_verifies_nothing(sent: Prepared) -> None:
    with sent.means.look() as work:
        found = audit.verify(work.session, b"another key")
    assert len(found.faults) == found.entries


def test_the_database_refuses_to_change_what_is_only_appended(sent: Prepared) -> None:
    before = sent.office.counts()
    columns = {"audit_entries": "data", "events": "kind", "evidence_seals": "position", "revisions": "id"}
    for table in APPEND_ONLY:
        assert before[table]
        for statement in (f"UPDATE {table} SET {columns[table]} = {columns[table]}", f"DELETE FROM {table}"):
            with (
                pytest.raises(DBAPIError, match=f"{table} is append-only"),
                sent.means.database.engine.begin() as connection,
            ):
                connection.execute(text(statement))
    assert sent.office.counts() == before


def test_a_rolled_back_operation_leaves_no_entry_and_no_gap(sent: Prepared) -> None:
    before = last(sent)
    with pytest.raises(ZeroDivisionError), sent.means.work() as work:
        work.log("withdraw", "note:1")
        raise ZeroDivisionError
    with sent.means.work() as work:
        savepoint = work.session.begin_nested()
        work.log("withdraw", "note:1")
        savepoint.rollback()
        work.log("settle_returned", "returned:1")
    assert last(sent) == before + 1
    assert verify(sent).good


def test_rebuilding_the_receipts_writes_no_evidence(sent: Prepared) -> None:
    with sent.means.work() as work:
        evidence.rebuild(work)
    assert verify(sent).unsealed == 0


def test_the_log_names_people_by_id_only(sent: Prepared) -> None:
    with sent.means.look() as work:
        entries = work.session.query(AuditEntry).all()
    words = " ".join(entry.data for entry in entries)
    assert "@" not in words and "Director" not in words
    assert {entry.action for entry in entries} >= {"submit", "approve", "dispatch", "evidence"}


def test_an_anchor_file_with_a_faulty_line_is_refused_by_its_number(sent: Prepared) -> None:
    file = sent.means.settings.anchor_file
    with file.open("a") as stream:
        stream.write("\nnot an anchor\n")
    with pytest.raises(Invalid, match=r"Line 3 of the anchor file"):
        anchors.read(file)
    first = json.loads(file.read_text().splitlines()[0])
    assert set(first) == {"count", "mac", "at"}
