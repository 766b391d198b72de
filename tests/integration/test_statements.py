"""How many statements the pages of a dispatched note ask: as many for few states and contacts as for many."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import event, func, select

from tests import crowd
from tests.conftest import SetClock
from tests.integration.browser import Browser
from tests.office import Office
from tests.relay import ScriptedRelay, World
from workflow.models import Member, Note
from workflow.operations import ladder, next_days, plain, prospects, reminding, sending
from workflow.states import NoteState

FEW, MANY = 2, 12
# What does not grow with the note: a page may ask for a thing or two of its own.
MORE = 2


def reminded(office: Office, clock: SetClock, members: Sequence[str]) -> str:
    """A note to these members that went out, with every contact reminded; gives the address of its pages."""
    note_id = office.note(NoteState.DISPATCHED, members)
    office.do("registry", ladder.set_reminders, note_id, [{"to": ["to"], "after": 1, "times": 3}])
    sending.send_note(office.means, note_id, ScriptedRelay(World()), "worker")
    clock.pass_(days=1)
    with office.means.work() as work:
        reminding.sweep(work)
    sending.send_note(office.means, note_id, ScriptedRelay(World()), "worker")
    with office.means.look() as work:
        return f"/notes/{work.session.get_one(Note, note_id).reference}"


def selects(office: Office, pages: Browser, path: str) -> int:
    """How many SELECTs one look at a page takes, once what is asked once and kept is known."""
    count = 0

    def note_it(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        nonlocal count
        count += statement.lstrip().upper().startswith("SELECT")

    pages.get("registry", path)
    event.listen(office.means.database.engine, "before_cursor_execute", note_it)
    try:
        pages.get("registry", path)
    finally:
        event.remove(office.means.database.engine, "before_cursor_execute", note_it)
    return count


def test_pages_ask_as_often_for_many_states_as_for_few(office: Office, clock: SetClock) -> None:
    with office.means.look() as work:
        codes = list(work.session.scalars(select(Member.code).order_by(Member.code)))[:MANY]
    for code in codes:
        for number in (2, 3):
            office.contact(code, f"office{number}@mfa.{code.lower()}.example")
    few, many = (reminded(office, clock, codes[:count]) for count in (FEW, MANY))
    pages = Browser(office)
    grown = {}
    for page in ("", "/circulation", "/reminders", "/family", "/silence"):
        counts = selects(office, pages, few + page), selects(office, pages, many + page)
        if counts[1] > counts[0] + MORE:
            grown[page or "/"] = counts
    assert not grown


def test_lists_of_notes_ask_as_often_for_many_as_for_few(office: Office, clock: SetClock) -> None:
    codes = crowd.states(office, 6)
    note_id = crowd.circulated(office, clock, codes)
    crowd.copies(office, note_id, 1, deliveries=True)
    crowd.incoming(office, 3)
    pages = Browser(office)
    lists = (
        "/",
        "/notes",
        "/register",
        "/circulation",
        "/trouble",
        "/incoming",
        "/register/journal",
        "/register.csv",
    )
    before = {page: selects(office, pages, page) for page in lists}
    with office.means.look() as work:
        newest = work.session.scalars(select(func.max(Note.id))).one()
    # Copies of a copy, so that their keys stay unique.
    crowd.copies(office, newest, 12, deliveries=True)
    after = {page: selects(office, pages, page) for page in lists}
    assert {page: counts for page, counts in after.items() if counts > before[page] + MORE} == {}


def test_reminders_of_many_notes_are_due_as_those_of_each(office: Office, clock: SetClock) -> None:
    for members in (4, 6):
        crowd.circulated(office, clock, crowd.states(office, members))
    with office.means.look() as work:
        notes = work.session.scalars(select(Note)).all()
        each = {note.id: prospects.next_due(work, note, plain.of_note(work, note.id)) for note in notes}
        assert next_days.next_due(work, notes) == {key: at for key, at in each.items() if at}
        assert any(each.values())


def test_the_directory_asks_as_often_for_many_contacts_as_for_few(office: Office) -> None:
    pages = Browser(office)
    before = selects(office, pages, "/directory")
    with office.means.look() as work:
        codes = list(work.session.scalars(select(Member.code).order_by(Member.code)))[:MANY]
    for code in codes:
        office.contact(code, f"office2@mfa.{code.lower()}.example")
    assert selects(office, pages, "/directory") <= before + MORE
