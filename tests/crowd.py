"""An installation with very much in it: many states with contacts, many notes, many papers that came.

The first note comes its way by the operations, is sent, and is answered in every manner; the others are
copies of its rows, written in bulk, since the way of ten thousand notes would take hours.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Connection, func, insert, select, text

from tests.conftest import SetClock
from tests.office import Office
from tests.relay import ACCEPT, BROKEN_LOST, LATER, NEVER, ScriptedRelay, World
from workflow import register
from workflow.db import Base
from workflow.models import Contact, Delivery, IncomingEntry, Member, Note
from workflow.operations import evidence, ladder, reminding, sending
from workflow.states import Human, NoteState

TABLES = Base.metadata.tables
SINCE = date(1992, 1, 1)
# What one note in circulation is made of, each table with the column by which it hangs on one before it.
NUMBERED = (
    ("notes", "id", "notes"),
    ("register_entries", "note_id", "notes"),
    ("datings", "entry_id", "register_entries"),
    ("approvals", "note_id", "notes"),
    ("language_versions", "note_id", "notes"),
    ("assignments", "version_id", "language_versions"),
    ("paragraphs", "note_id", "notes"),
    ("paragraph_texts", "paragraph_id", "paragraphs"),
    ("documents", "approval_id", "approvals"),
)
CIRCULATED = (
    ("approved_recipients", "approval_id", "approvals"),
    ("deliveries", "note_id", "notes"),
    ("attempts", "delivery_id", "deliveries"),
    ("events", "delivery_id", "deliveries"),
    ("reminder_plans", "note_id", "notes"),
    ("reminder_rungs", "note_id", "notes"),
)
# Columns that name a row of another copied table, and are not the one by which it hangs there.
NAMED = {
    "notes": {"entry_id": "register_entries", "approval_id": "approvals"},
    "deliveries": {"reminds_id": "deliveries"},
    "events": {"attempt_id": "attempts"},
}
# Unguessable texts that are unique; the copy's number takes the place of the first signs.
UNIQUE = {
    "deliveries": ("message_id", "link_digest"),
    "attempts": ("token",),
    "events": ("key",),
}
SIGNS = 6
SYMBOL = "TTF/"


def states(office: Office, count: int, contacts: int = 3) -> list[str]:
    """The codes of so many states, each with so many contacts: the last one for copies, where there are several."""
    with office.means.work() as work:
        known = list(work.session.scalars(select(Member.code).order_by(Member.code)))[:count]
        codes = known + [f"S{number:03}" for number in range(count - len(known))]
        for code in codes[len(known) :]:
            row = work.session.execute(insert(Member).values(code=code).returning(Member.id)).scalar_one()
            for language, word in (("en", "State of"), ("ru", "Государство"), ("kk", "Мемлекет")):
                work.session.execute(
                    insert(TABLES["member_names"]).values(
                        member_id=row, language=language, name=f"{word} {code}", source=""
                    )
                )
            work.session.execute(
                insert(TABLES["memberships"]).values(member_id=row, valid_from=SINCE, certain=True, source="")
            )
        ids = dict(work.session.execute(select(Member.code, Member.id)).all())
        there: dict[int, int] = dict(
            work.session.execute(select(Contact.member_id, func.count()).group_by(Contact.member_id)).all()
        )
        rows = [
            {
                "member_id": ids[code],
                "address": f"office{number}@mfa.{code.lower()}.example",
                "office": f"Office {number}",
                "role": "cc" if number == contacts > 1 else "to",
                "language": ("en", "ru", "kk")[number % 3],
                "channel": "mail",
                "state": "confirmed",
                "source": "note verbale of the mission",
                "proposed_by": office.ids["registry"],
                "proposed_at": work.now(),
                "confirmed_by": office.ids["second_registry"],
                "confirmed_at": work.now(),
            }
            for code in codes
            for number in range(1 + there.get(ids[code], 0), contacts + 1)
        ]
        work.session.execute(insert(Contact), rows)
    return codes


def circulated(office: Office, clock: SetClock, members: Sequence[str]) -> int:
    """A note that went out to these states, with every kind of outcome and reminders to the silent; gives its id."""
    note_id = office.note(NoteState.DISPATCHED, members)
    office.do("registry", ladder.set_reminders, note_id, [{"to": ["to"], "after": 1, "times": 3}])
    with office.means.look() as work:
        rows = work.session.scalars(select(Delivery).where(Delivery.note_id == note_id)).all()
        world = World(script={one.address: [_fate(number)] for number, one in enumerate(rows)})
    sending.send_note(office.means, note_id, ScriptedRelay(world), "worker")
    clock.pass_(hours=1)
    with office.means.work() as work:
        found = work.session.scalars(
            select(Delivery).where(Delivery.note_id == note_id).order_by(Delivery.id)
        ).all()
        evidence.record_all(
            work, [piece for number, one in enumerate(found) for piece in _told(work, number, one)]
        )
    clock.pass_(days=1)
    with office.means.work() as work:
        reminding.sweep(work)
    sending.send_note(office.means, note_id, ScriptedRelay(World()), "worker")
    return note_id


def _fate(number: int) -> str:
    return {17: NEVER, 18: NEVER, 29: LATER, 41: BROKEN_LOST}.get(number % 97, ACCEPT)


def _told(work: Any, number: int, row: Delivery) -> list[evidence.Piece]:
    """What became known of a delivery within the hour: most arrived, some failed, a third was acknowledged."""
    if not row.attempts or row.attempts[-1].answered_at is None or number % 97 in (17, 18):
        return []
    attempt, now = row.attempts[-1], work.now()
    kinds = ["failed" if number % 53 == 7 else "delayed" if number % 61 == 3 else "relayed"]
    if number % 11 == 5:
        kinds = []
    pieces = [
        evidence.Piece(
            row,
            "transport",
            kind,
            evidence.key_of(attempt.token, kind),
            now,
            attempt,
            {"action": kind, "status": "2.0.0"},
        )
        for kind in kinds
    ]
    if row.role != "cc" and number % 5 < 2:
        pieces.append(evidence.Piece(row, "human", Human.DOWNLOADED, evidence.key_of("d", row.id), now))
    if row.role != "cc" and number % 9 < 2:
        said = {
            "name": "A. Reader",
            "office": "Protocol",
            "reference": f"No. {number}",
            "dated": "2026-05-12",
        }
        pieces.append(
            evidence.Piece(row, "human", Human.ACKNOWLEDGED, evidence.key_of("a", row.id), now, None, said)
        )
    return pieces


def copies(office: Office, note_id: int, times: int, *, deliveries: bool) -> None:
    """So many further notes with the rows of this one, with what went out of it or without.

    Each was dispatched a minute before the one before it; their numbers follow that of the first.
    """
    tables = NUMBERED + (CIRCULATED if deliveries else ())
    with office.means.database.engine.begin() as connection:
        postgresql = connection.dialect.name == "postgresql"
        span = {
            name: connection.scalar(select(func.max(table.c.id))) or 0
            for name, table in TABLES.items()
            if "id" in table.c
        }
        serial = connection.scalar(select(func.max(TABLES["register_entries"].c.serial))) or 0
        # Notes, entries and approvals name each other; all of it is whole at the end.
        connection.execute(
            text("SET session_replication_role = replica" if postgresql else "PRAGMA defer_foreign_keys = ON")
        )
        chosen = {"notes": f"SELECT id FROM notes WHERE id = {note_id}"}
        for name, column, of in tables:
            table = TABLES[name]
            where = f"{column} IN ({chosen[of]})" if name != "notes" else f"id = {note_id}"
            if "id" in table.c:
                chosen[name] = f"SELECT id FROM {name} WHERE {where} AND id <= {span[name]}"
                where += f" AND id <= {span[name]}"
            values = ", ".join(_value(name, one.key, column, of, span, serial, postgresql) for one in table.c)
            names = ", ".join(f'"{one.key}"' for one in table.c)
            connection.execute(
                text(
                    f"INSERT INTO {name} ({names}) WITH RECURSIVE copies(k) AS "
                    f"(SELECT 1 UNION ALL SELECT k + 1 FROM copies WHERE k < {times}) "
                    f"SELECT {values} FROM copies CROSS JOIN (SELECT * FROM {name} WHERE {where}) AS one"
                )
            )
        if postgresql:
            connection.execute(text("SET session_replication_role = DEFAULT"))
            for name, _, _ in tables:
                if "id" in TABLES[name].c:
                    _go_on(connection, name)
    _analyze(office)


def _value(
    name: str, key: str, hangs: str, of: str, span: Mapping[str, int], serial: int, postgresql: bool
) -> str:
    """The SQL of a column in the copy k."""
    if key == "id":
        return f"id + k * {span[name]}"
    if key == hangs:
        return f"{key} + k * {span[of]}"
    if key in NAMED.get(name, {}):
        return f"{key} + k * {span[NAMED[name][key]]}"
    if key in UNIQUE.get(name, ()):
        return f"CAST({10**SIGNS + span['notes']} + k AS TEXT) || substr({key}, {SIGNS + 2})"
    if name == "notes" and key == "reference":
        return f"'D-2025-' || CAST({100000 + span['notes']} + k AS TEXT)"
    if name == "register_entries" and key in ("serial", "symbol", "key"):
        number = f"{serial} + k"
        return {
            "serial": number,
            "symbol": f"'{SYMBOL}' || CAST({number} AS TEXT)",
            "key": f"'{register.fold(SYMBOL)}' || CAST({number} AS TEXT)",
        }[key]
    if name == "notes" and key in ("changed_at", "dispatched_at", "submitted_at"):
        if postgresql:
            return f"{key} - k * interval '1 minute'"
        return f"strftime('%Y-%m-%d %H:%M:%f000', {key}, '-' || k || ' minutes')"
    return f'"{key}"'


def _go_on(connection: Connection, name: str) -> None:
    """PostgreSQL counts on from the highest id."""
    connection.execute(
        text(f"SELECT setval(pg_get_serial_sequence('{name}', 'id'), (SELECT max(id) FROM {name}))")
    )


def _analyze(office: Office) -> None:
    with office.means.database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("ANALYZE"))


def incoming(office: Office, count: int) -> None:
    """So many papers that came, a hundred of them not settled yet."""
    with office.means.work() as work:
        members = list(work.session.scalars(select(Member.id).order_by(Member.id)))
        first = work.session.scalar(select(Note.id).order_by(Note.id).limit(1))
        day, now = work.today(), work.now()
        rows = []
        for number in range(1, count + 1):
            opened = number % max(count // 100, 1) == 0
            subject = f"Reply of the mission about matter {number}"
            rows.append(
                {
                    "id": number,
                    "year": 2026,
                    "serial": number,
                    "symbol": f"IN/{number}",
                    "key": register.fold(f"IN/{number}"),
                    "kind": ("reply", "request", "acknowledgement", "other")[number % 4],
                    "channel": "mail",
                    "received_on": day - timedelta(days=number % 700),
                    "reference": f"{number % 977}/MFA",
                    "reference_key": register.fold(f"{number % 977}/MFA"),
                    "member_id": members[number % len(members)],
                    "party": "",
                    "subject": subject,
                    "summary": "",
                    "marking": "unclassified",
                    "search": subject.casefold(),
                    "registered_by": office.ids["registry"],
                    "registered_at": now,
                    "due": day + timedelta(days=number % 20 - 10) if opened else None,
                    "settled_by": None if opened else office.ids["registry"],
                    "settled_at": None if opened else now,
                    "settled_remark": None if opened else "Filed.",
                }
            )
        work.session.execute(insert(IncomingEntry), rows)
        work.session.execute(
            insert(TABLES["incoming_links"]), [{"entry_id": row["id"], "note_id": first} for row in rows]
        )
        if work.session.get_bind().dialect.name == "postgresql":
            _go_on(work.session.connection(), "incoming_entries")
    _analyze(office)
