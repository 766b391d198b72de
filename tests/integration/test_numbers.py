"""Numbers: gapless under any number of approvals at once, void but never reused, dated anew when kept."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from threading import Barrier, Semaphore
from typing import Any

import pytest
from sqlalchemy import select

from tests.office import Office
from tests.prepared import Prepared
from tests.prepared import translated as translated
from workflow import audit, register
from workflow.errors import Conflict, Invalid, Stale
from workflow.letters import profile as profiles
from workflow.means import Means
from workflow.models import Note, RegisterEntry, Series
from workflow.operations import approval, drafting
from workflow.operations.choices import series_of
from workflow.states import NoteState

APPROVALS = 50


def plain_note(office: Office) -> int:
    """A translated note without enclosure."""
    with office.means.work(office.actor("chair")) as work:
        note_id = drafting.submit(work, drafting.Submission({"en": "Summary"}, kind="note_verbale")).id
    office.translated(note_id, ["CN"])
    return note_id


def seen(office: Office, note_id: int) -> approval.Preview:
    """What the director's screen shows."""
    with office.means.look(office.actor("director")) as work:
        return approval.preview(work, work.session.get_one(Note, note_id))


def approve(office: Office, note_id: int, screen: approval.Preview | None = None, **other: Any) -> None:
    """The director approves what the screen shows."""
    screen = screen or seen(office, note_id)
    given = {"digest": screen.digest, "number": screen.number, "day": screen.day, **other}
    office.do("director", approval.approve, note_id, None, **given)


def register_of(means: Means) -> list[RegisterEntry]:
    """The register, by serial."""
    with means.look() as work:
        return list(
            work.session.scalars(select(RegisterEntry).order_by(RegisterEntry.year, RegisterEntry.serial))
        )


def test_fifty_numbers_taken_at_once_have_no_gap(translated: Prepared) -> None:
    """The counter itself: fifty transactions at the same moment, each with a note of its own."""
    means = translated.means
    notes = [_bare_note(translated) for _ in range(APPROVALS)]
    barrier = Barrier(APPROVALS)

    def take(note_id: int) -> None:
        barrier.wait()
        with means.work() as work:
            note = work.session.get_one(Note, note_id)
            register.allot(work.session, series_of(work.profile, "TTF"), note, work.today(), work.now())
            work.log("approve", f"note:{note_id}")

    with ThreadPoolExecutor(APPROVALS) as pool:
        list(pool.map(take, notes))
    entries = register_of(means)
    assert [entry.symbol for entry in entries] == [f"TTF/{serial}" for serial in range(1, APPROVALS + 1)]
    assert {entry.note_id for entry in entries} == set(notes)
    with means.look() as work:
        found = register.continuity(work.session, "TTF")
        assert found is not None and (found.numbers, found.void, found.gaps) == (APPROVALS, 0, ())
        assert audit.verify(work.session, means.settings.keys.audit).good


def test_fifty_approvals_at_once_get_the_numbers_that_their_screens_showed(translated: Prepared) -> None:
    """Fifty people look and approve; whoever is late is refused as outdated, looks again and approves."""
    means, office = translated.means, translated.office
    notes = [translated.note_id, *(plain_note(office) for _ in range(APPROVALS - 1))]
    director = office.actor("director")
    barrier = Barrier(len(notes))
    # As many as a web server lets work at the same time; the others wait for their turn, as a browser does.
    turns = Semaphore(16)

    def decide(note_id: int) -> int:
        barrier.wait()
        for tries in range(1, 10 * APPROVALS):
            with turns, means.look(director) as work:
                screen = approval.preview(work, work.session.get_one(Note, note_id))
            try:
                with turns, means.work(director) as work:
                    note = work.session.get_one(Note, note_id)
                    approval.approve(
                        work, note, None, digest=screen.digest, number=screen.number, day=screen.day
                    )
                    assert note.symbol == screen.number
                return tries
            except Stale as refusal:
                assert refusal.code == "approval-outdated" and "the expected number" in refusal.sentence
        raise AssertionError("never approved")

    with ThreadPoolExecutor(len(notes)) as pool:
        assert sum(pool.map(decide, notes)) > len(notes)  # They did get in each other's way.
    assert [entry.symbol for entry in register_of(means)] == [
        f"TTF/{serial}" for serial in range(1, APPROVALS + 1)
    ]
    assert {office.state(note_id) for note_id in notes} == {NoteState.APPROVED}
    with means.look() as work:
        assert audit.verify(work.session, means.settings.keys.audit).good


def test_a_withdrawn_notes_number_stays_void_and_the_next_one_follows(translated: Prepared) -> None:
    office, note_id = translated.office, translated.note_id
    other = plain_note(office)
    approve(office, note_id)
    office.do("director", approval.withdraw, note_id, None, "The meeting was put off.")
    approve(office, other)
    first, second = register_of(translated.means)
    assert (first.symbol, first.void_reason, first.void_by) == (
        "TTF/1",
        "The meeting was put off.",
        office.ids["director"],
    )
    assert (second.symbol, second.void_at) == ("TTF/2", None)
    with translated.means.look() as work:
        found = register.continuity(work.session, "TTF")
        assert found is not None and (found.first, found.last, found.void, found.gaps) == (
            "TTF/1",
            "TTF/2",
            1,
            (),
        )
        withdrawn = register.find(work.session, "№ ТТФ/1")
        assert withdrawn is not None and withdrawn.state is NoteState.WITHDRAWN


def test_a_note_that_was_sent_back_keeps_its_number_and_gets_a_new_date(translated: Prepared) -> None:
    office, note_id, clock = translated.office, translated.note_id, translated.clock
    approve(office, note_id)
    code = _approval(translated).code
    office.do("director", approval.send_back, note_id, None, "Look at the title.")
    clock.pass_(days=3)
    office.do("registry", drafting.release_source, note_id, None)
    screen = seen(office, note_id)
    assert (screen.number, screen.day) == ("TTF/1", date(2026, 5, 15))
    approve(office, note_id, screen)
    (entry,) = register_of(translated.means)
    assert [dating.dated for dating in entry.datings] == [date(2026, 5, 12), date(2026, 5, 15)]
    assert _approval(translated).dated == date(2026, 5, 15) and _approval(translated).code != code
    with translated.means.look() as work:
        assert register.expected(work.session, series_of(work.profile, "TTF"), screen.day).symbol == "TTF/2"


def _approval(prepared: Prepared) -> Any:
    with prepared.means.look() as work:
        return work.session.get_one(Note, prepared.note_id).approval


def test_a_stale_digest_number_or_date_is_refused_and_nothing_is_allotted(translated: Prepared) -> None:
    office, note_id = translated.office, translated.note_id
    before = office.counts()
    for wrong, words in (
        ({"digest": "0" * 64}, "the texts, enclosures or recipients changed"),
        ({"number": "TTF/2"}, r"the expected number \(now TTF/1\) changed"),
        ({"day": date(2026, 5, 11)}, r"the date \(now 2026-05-12\) changed"),
    ):
        with pytest.raises(Stale, match=words):
            approve(office, note_id, **wrong)  # type: ignore[arg-type]
    old = seen(office, note_id)
    office.contact("CN", "second@mfa.cn.example")
    after = office.counts()
    with pytest.raises(Stale, match="recipients changed"):
        approve(office, note_id, old)
    assert office.counts() == after and before["register_entries"] == after["register_entries"] == 0
    assert office.state(note_id) is NoteState.TRANSLATED
    with translated.means.look() as work:
        assert register.expected(work.session, series_of(work.profile, "TTF"), old.day).serial == 1


def test_two_directors_who_approve_the_same_note_at_once_give_one_approval(translated: Prepared) -> None:
    means, office, note_id = translated.means, translated.office, translated.note_id
    screen = seen(office, note_id)
    barrier = Barrier(2)

    def decide(person: str) -> str:
        actor = office.actor(person)
        barrier.wait()
        try:
            with means.work(actor) as work:
                note = work.session.get_one(Note, note_id)
                approval.approve(
                    work, note, note.revision, digest=screen.digest, number=screen.number, day=screen.day
                )
        except Conflict as refusal:
            return refusal.code
        return "approved"

    with ThreadPoolExecutor(2) as pool:
        outcomes = sorted(pool.map(decide, ("director", "second_director")))
    assert outcomes[0] == "approved" and outcomes[1] in ("stale", "wrong-state")
    assert [entry.symbol for entry in register_of(means)] == ["TTF/1"]
    assert office.counts()["approvals"] == 1


def test_a_yearly_series_begins_anew_each_year(translated: Prepared) -> None:
    means = translated.means
    notes = [_bare_note(translated) for _ in range(3)]

    def take(note_id: int, day: date) -> str:
        with means.work() as work:
            series = series_of(work.profile, "ADM")
            expected = register.expected(work.session, series, day).symbol
            entry = register.allot(work.session, series, work.session.get_one(Note, note_id), day, work.now())
            assert entry.symbol == expected
            return entry.symbol

    assert take(notes[0], date(2026, 12, 30)).endswith("/1-2026")
    assert take(notes[1], date(2026, 12, 31)).endswith("/2-2026")
    assert take(notes[2], date(2027, 1, 1)).endswith("/1-2027")
    # A note of last year that is dated again this year keeps last year's number.
    assert take_again(means, notes[0], date(2027, 1, 4)).endswith("/1-2026")


def take_again(means: Means, note_id: int, day: date) -> str:
    """Dates a note's number again."""
    with means.work() as work:
        series = series_of(work.profile, "ADM")
        return register.allot(
            work.session, series, work.session.get_one(Note, note_id), day, work.now()
        ).symbol


def _bare_note(prepared: Prepared) -> int:
    with prepared.means.work(prepared.office.actor("chair")) as work:
        return int(drafting.submit(work, drafting.Submission({"en": "A"}, kind="note_verbale")).id)


def test_a_series_is_opened_at_a_number_and_cannot_go_back(translated: Prepared) -> None:
    means, office = translated.means, translated.office
    with means.work() as work:
        series = series_of(work.profile, "TTF")
        register.open_series(work.session, series, 373)
        register.open_series(work.session, series, 374)  # Nothing was taken yet, so it may be put right.
    approve(office, translated.note_id)
    assert [entry.symbol for entry in register_of(means)] == ["TTF/374"]

    def open_at(number: int) -> Callable[[], None]:
        def act() -> None:
            with means.work() as work:
                register.open_series(work.session, series_of(work.profile, "TTF"), number)

        return act

    for number in (1, 373, 374):
        with pytest.raises(
            Conflict, match=f"TTF/374 is already in the register, so series TTF cannot go back to {number}"
        ):
            open_at(number)()
    with pytest.raises(Invalid):
        open_at(0)()
    open_at(400)()
    with means.look() as work:
        row = work.session.get(Series, ("TTF", 0))
        assert row is not None and row.next_serial == 400


def look_alike(monkeypatch: pytest.MonkeyPatch, means: Means) -> None:
    """The profile's series ADM writes its numbers with Cyrillic letters that look like those of TTF."""
    profile = profiles.load(means.settings.profile)
    series = dict(profile.series)
    series["ADM"] = replace(series["TTF"], code="ADM", prefix="ТТФ")
    changed = replace(profile, series=series)
    monkeypatch.setattr(profiles, "load", lambda name: changed)


def test_two_series_whose_numbers_read_the_same_are_refused_by_name(
    translated: Prepared, monkeypatch: pytest.MonkeyPatch
) -> None:
    office, means = translated.office, translated.means
    look_alike(monkeypatch, means)
    approve(office, translated.note_id)  # TTF/1.
    other = plain_note(office)
    with means.work() as work:
        work.session.get_one(Note, other).series = "ADM"
    screen = seen(office, other)
    (sentence,) = screen.objections
    for words in ("ТТФ/1 of series ADM", "TTF/1 of series TTF", "chancery init --next"):
        assert words in sentence
    before = office.counts()
    with pytest.raises(Conflict, match="reads the same as TTF/1 of series TTF"):
        approve(office, other, screen)
    assert office.counts() == before
    with means.work() as work:
        register.open_series(work.session, series_of(work.profile, "ADM"), 2)
    approve(office, other)
    assert [one.symbol for one in register_of(means)] == ["TTF/1", "ТТФ/2"]
    # A note that has its number keeps it, and is its own.
    office.do("director", approval.send_back, other, None, "Once more.")
    assert register_of(means)[1].key == register.fold("TTF/2")


def test_a_number_that_is_taken_at_the_same_moment_is_refused_by_name_too(
    translated: Prepared, monkeypatch: pytest.MonkeyPatch
) -> None:
    office, means = translated.office, translated.means
    look_alike(monkeypatch, means)
    other = plain_note(office)
    with means.work() as work:
        work.session.get_one(Note, other).series = "ADM"
    screens = {one: seen(office, one) for one in (translated.note_id, other)}
    approve(office, translated.note_id, screens[translated.note_id])
    # What the second approval saw was true; only the register knows better now.
    monkeypatch.setattr(approval, "_objections", lambda *given: [])
    before = office.counts()
    with pytest.raises(Conflict, match="reads the same as TTF/1 of series TTF"):
        approve(office, other, screens[other])
    assert office.counts() == before and office.state(other) is NoteState.TRANSLATED
