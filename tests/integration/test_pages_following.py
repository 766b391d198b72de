"""The pages and the API of what follows a dispatch: reminders, silence procedures, corrections."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from tests.integration.api import Api
from tests.integration.browser import Browser, plain
from tests.prepared import Prepared, prepare
from tests.relay import ScriptedRelay, World
from workflow.models import AuditEntry, Delivery, Note, ReminderPlan, SilenceProcedure
from workflow.operations import dispatch, outcomes, reminding, sending, silence
from workflow.states import NoteState

PDF = b"%PDF-1.7 their note"


@pytest.fixture
def sent(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Prepared]:
    """A note dispatched to four members, and taken by the relay."""
    for one in prepare(request, "sqlite", tmp_path, NoteState.DISPATCHED):
        sending.send_note(one.means, one.note_id, ScriptedRelay(World()), "worker")
        yield one


@pytest.fixture
def pages(sent: Prepared) -> Browser:
    return Browser(sent.office)


@pytest.fixture
def note(sent: Prepared) -> str:
    """The address of the note."""
    with sent.means.look() as work:
        return f"/notes/{work.session.get_one(Note, sent.note_id).reference}"


def test_only_registry_and_director_see_them(pages: Browser, note: str) -> None:
    for path in ("reminders", "silence", "family"):
        for person in ("registry", "director"):
            pages.get(person, f"{note}/{path}")
        for person in ("translator", "chair", "administrator"):
            pages.get(person, f"{note}/{path}", 403)


def test_the_ladder_is_set_shown_paused_and_let_go_on(sent: Prepared, pages: Browser, note: str) -> None:
    here = f"{note}/reminders"
    fields = {
        "to-1": "to",
        "after-1": "7",
        "times-1": "2",
        "form-1": "mail",
        "to-2": "registry",
        "after-2": "3",
    }
    answer = pages.post("registry", here, here, **fields)
    assert "The reminders are set." in pages.told("registry", answer)
    text = plain(pages.get("director", here))
    assert "Mongolia" in text and "notes@mfa.mn.example" in text and "10:00" in text
    with sent.means.look() as work:
        assert work.session.get_one(ReminderPlan, sent.note_id).steps[0]["times"] == 2
    # What is wrong comes back as typed.
    answer = pages.post("registry", here, here, 422, **{**fields, "after-1": "soon"})
    assert "whole numbers" in plain(answer) and 'value="soon"' in answer.text
    answer = pages.post("registry", here, here, 422, **{**fields, "after-1": "0"})
    assert "whole number from 1" in plain(answer)
    answer = pages.post("registry", f"{here}/pause", here, reason="The ministers are meeting.")
    assert "The ministers are meeting." in pages.told("registry", answer)
    pages.post("registry", f"{here}/pause", here, 409, reason="Again.")
    answer = pages.post("registry", f"{here}/resume", here)
    assert "The reminders go on." in pages.told("registry", answer)


def test_a_silent_state_stands_on_the_desk_until_it_is_settled(
    sent: Prepared, pages: Browser, note: str
) -> None:
    here = f"{note}/reminders"
    pages.post("registry", here, here, **{"to-1": "to", "after-1": "1", "to-2": "registry", "after-2": "1"})
    for _ in range(2):
        # The same day of the week, since reminders wait for working days.
        sent.clock.pass_(days=7)
        with sent.means.work() as work:
            reminding.sweep(work)
        sending.send_note(sent.means, sent.note_id, ScriptedRelay(World()), "worker")
    assert "Ask 4 silent states" in plain(pages.get("registry", "/"))
    assert "silent state" not in plain(pages.get("director", "/"))
    text = plain(pages.get("registry", here))
    assert "Silent to the end" in text and "In transit" in text
    for code in ("CN", "KZ", "MN"):
        pages.post("registry", f"{here}/{code}/settle", here, reason="The embassy was telephoned.")
    assert "Ask 1 silent state" in plain(pages.get("registry", "/"))
    pages.post("registry", f"{here}/CN/settle", here, 404, reason="Again.")


def test_a_silence_procedure_on_its_pages(sent: Prepared, pages: Browser, note: str) -> None:
    here = f"{note}/silence"
    assert "no silence procedure" in plain(pages.get("registry", here))
    fields = {"deadline": "2026-05-26T18:00", "zone": "Asia/Almaty", "level": "in_transit"}
    for wrong, sentence in (
        ({"zone": "Mars/Olympus"}, "is no time zone"),
        ({"deadline": "tomorrow"}, "Give a date and an hour"),
        ({"deadline": "2026-05-01T18:00"}, "after the beginning"),
        ({"level": "rumour"}, "The clock may run"),
    ):
        assert sentence in plain(pages.post("registry", here, here, 422, **{**fields, **wrong}))
    answer = pages.post("registry", here, here, **fields)
    text = pages.told("registry", answer)
    assert "26 May 2026, 18:00 (UTC+5)" in text and "Under way" in text
    pages.post("registry", here, here, 409, **fields)
    # The deadline stands in the calendar, as a moment.
    feed = pages.get("registry", "/deadlines.ics").text
    assert "DTSTART:20260526T130000Z" in feed and "silence procedure ends" in feed
    assert "silence" not in pages.get("translator", "/deadlines.ics").text
    sent.clock.pass_(days=10)
    assert "A silence procedure ends" in plain(pages.get("registry", "/"))
    objection = {"member": "MN", "reference": "12/345", "date": "2026-05-20", "received": "2026-05-20T10:00"}
    path = f"{here}/objections"
    assert "Add the file" in plain(pages.post("registry", path, here, 422, **objection))
    answer = pages.post("registry", path, here, 422, **objection, file=(BytesIO(b"MZ"), "note.exe"))
    assert "not a PDF, PNG or JPEG" in plain(answer)
    answer = pages.post("registry", path, here, **objection, file=(BytesIO(PDF), "note.pdf"))
    assert "No. 12/345" in pages.told("registry", answer)
    identity = pages.page("director", here).xpath("//a[contains(@href, '/objections/')]/@href")[0]
    found = pages.get("director", identity)
    assert found.data == PDF and "attachment" in found.headers["Content-Disposition"]
    pages.post("registry", identity.replace("/file", "/withdraw"), here, reason="Their note of the 21st.")
    assert "Withdrawn" in plain(pages.get("registry", here))
    answer = pages.post(
        "registry", f"{here}/extend", here, deadline="2026-06-02T18:00", reason="Two delegations asked."
    )
    assert "2 June 2026, 18:00" in pages.told("registry", answer)
    feed = pages.get("registry", "/deadlines.ics").text
    assert "SEQUENCE:1" in feed and "DTSTART:20260602T130000Z" in feed
    sent.clock.now = datetime(2026, 6, 2, 18, tzinfo=ZoneInfo("Asia/Almaty")).astimezone(UTC)
    with sent.means.work() as work:
        assert outcomes.sweep(work) == [sent.note_id]
    text = plain(pages.get("registry", here))
    assert "Adopted" in text and "D-2026-" in text and "Start again" in text
    log = plain(pages.get("registry", f"{note}/log"))
    assert "Silence procedure 1 ended: adopted" in log and "Objection of MN withdrawn" in log


def test_ends_by_the_registry(sent: Prepared, pages: Browser, note: str) -> None:
    here = f"{note}/silence"
    pages.post(
        "registry", here, here, deadline="2026-05-26T18:00", zone="Europe/Vienna", level="acknowledged"
    )
    text = plain(pages.get("registry", here))
    assert "4 states are not yet reached." in text and "(UTC+2)" in text
    pages.post("registry", f"{here}/end", here, 409, how="broken", reason="Nobody objected.")
    sent.clock.pass_(days=20)
    text = plain(pages.get("registry", here))
    assert "The deadline has passed, and there is no outcome yet." in text
    assert "Decide on a silence procedure" in plain(pages.get("registry", "/"))
    answer = pages.post(
        "registry", f"{here}/end", here, how="concluded", reason="All were asked by telephone."
    )
    assert "CN, KZ, MN, TJ: All were asked by telephone." in pages.told("registry", answer)


def following(sent: Prepared, relation: str) -> int:
    from tests.integration.test_family import Desk

    return Desk(sent).dispatched(relation)


def test_a_corrigendum_of_one_language_from_its_page(sent: Prepared, pages: Browser, note: str) -> None:
    with sent.means.work() as work:
        for row in work.session.scalars(select(Delivery).where(Delivery.address == "notes@mfa.kz.example")):
            row.language = "ru"
    reference = note.removeprefix("/notes/")
    here = f"/notes/new?parent={reference}&relation=corrigendum"
    assert "all languages" in plain(pages.get("registry", here))
    fields = {
        "parent": reference, "relation": "corrigendum", "kind": "note_verbale", "series": "TTF",
        "source_language": "en", "marking": "unclassified", "title-en": "Correction",
    }  # fmt: skip
    answer = pages.post(
        "registry", "/notes/new", here, 422, **fields, concerns="kk", **{"title-kk": "Түзету"}
    )
    assert "Nobody would get this note" in plain(answer)
    answer = pages.post("registry", "/notes/new", here, 422, **fields, concerns="ru")
    assert "Give the subject in the source language" in plain(answer)
    pages.post("registry", "/notes/new", here, **fields, concerns="ru", **{"title-ru": "Исправление"})
    with sent.means.look() as work:
        made = work.session.scalars(select(Note).where(Note.relation == "corrigendum")).one()
        assert made.concerns == "ru" and [one.language for one in made.versions] == ["ru"]


def test_old_links_and_the_public_page_say_what_changed(sent: Prepared, pages: Browser, note: str) -> None:
    following(sent, "corrigendum")
    following(sent, "revision")
    with sent.means.look() as work:
        rows = work.session.scalars(select(Delivery).where(Delivery.address == "notes@mfa.kz.example")).all()
        first = next(row for row in rows if row.note_id == sent.note_id)
        token = dispatch.link_token(work, first.message_id, first.link_serial)
        pdf = next(item["sha256"] for item in first.documents if item["format"] == "pdf")
        data = work.store.get(pdf)
    page = pages.page(None, f"/r/{token}")
    text = " ".join(page.text_content().split())
    assert "Corrected by note TTF/1/Corr.1" in text and "Replaced by note TTF/1/Rev.1" in text
    # Each leads to the same office's own page of it.
    (link, _) = page.xpath("//main//a[contains(@href, '/r/')]/@href")
    assert "TTF/1/Corr.1" in " ".join(pages.page(None, link).text_content().split())
    answer = pages.client(None).post(
        "/verify", data={"csrf_token": pages.token(None, "/verify"), "file": (BytesIO(data), "note.pdf")}
    )
    assert "Replaced by note TTF/1/Rev.1" in plain(answer)
    text = plain(pages.get("registry", f"{note}/family"))
    assert "0 of 4" in text and "TTF/1/Rev.1" in text and "In force" in text
    assert "Corrected by" not in plain(pages.get("registry", note))
    withdrawn = following(sent, "withdrawal_notice")
    assert withdrawn
    answer = pages.get(None, f"/r/{token}", 410)
    assert "Withdrawn by note TTF/2" in answer.text and "TTF/1" not in plain(answer).replace("TTF/2", "")


def test_the_api_of_reminders_silence_and_family(sent: Prepared) -> None:
    api = Api(sent.office)
    name = api.reference(sent.note_id)
    steps = [{"to": ["to"], "after": 7, "times": 2, "form": "mail"}, {"to": ["registry"], "after": 3}]
    shown = api.good("registry", "PUT", f"/notes/{name}/reminders", json={"steps": steps})
    assert [one["step"] for one in shown["planned"] if one["member"] == "KZ"] == [1, 2, 3]
    assert shown["planned"][0]["addresses"] and shown["steps"][1]["times"] == 1
    answer = api.call("registry", "PUT", f"/notes/{name}/reminders", json={"steps": [{"to": [], "after": 1}]})
    assert answer.status_code == 422
    sent.clock.pass_(days=10)
    with sent.means.work() as work:
        reminding.sweep(work)
    shown = api.good("director", "GET", f"/notes/{name}/reminders")
    assert len(shown["sent"]) == 4 and {one["outcome"] for one in shown["taken"]} == {"mail"}
    # A reminder is no delivery of the note.
    assert len(api.good("registry", "GET", f"/notes/{name}/deliveries")["items"]) == 4
    shown = api.good("registry", "POST", f"/notes/{name}/reminders/pause", json={"reason": "A meeting."})
    assert shown["paused_reason"] == "A meeting." and {one["queue"] for one in shown["sent"]} == {"held"}
    assert api.good("registry", "POST", f"/notes/{name}/reminders/resume", json={})["paused_at"] is None

    begun = api.good(
        "registry",
        "POST",
        f"/notes/{name}/silence",
        json={"deadline": "2026-06-26T18:00", "zone": "Asia/Almaty", "level": "in_transit"},
    )
    (one,) = begun["items"]
    assert one["deadline_at"].startswith("2026-06-26T13:00:00") and one["waits_for"] == []
    for deadline, status in (("2026-03-29T02:30", 422), ("whenever", 422), ("9999-01-01T00:00", 422)):
        body = {"deadline": deadline, "reason": "More time."}
        answer = api.call("registry", "POST", f"/notes/{name}/silence/extend", json=body)
        assert answer.status_code == status, answer.text
    moved = {"deadline": "2026-07-03T18:00:00+05:00", "reason": "More time."}
    api.good("registry", "POST", f"/notes/{name}/silence/extend", json=moved)
    data = {"member": "MN", "reference": "7", "dated": "2026-05-20", "file": (BytesIO(PDF), "a.pdf")}
    answer = api.call(
        "registry", "POST", f"/notes/{name}/silence/objections", data=data, content_type="multipart/form-data"
    )
    assert answer.status_code == 201, answer.text
    (objection,) = answer.get_json()["items"][0]["objections"]
    assert objection["counts"] and objection["member"] == "MN"
    ended = {"how": "broken", "reason": "Negotiated anew."}
    (one,) = api.good("registry", "POST", f"/notes/{name}/silence/end", json=ended)["items"]
    assert one["outcome"] == "broken" and one["notice"].startswith("D-2026-")
    family = api.good("director", "GET", f"/notes/{name}/family")
    assert family["root"] == "TTF/1" and {one["current"] for one in family["states"]} == {"on_its_way"}
    given = {
        "titles": {"en": "Correction"}, "kind": "note_verbale", "parent": name, "relation": "corrigendum",
        "concerns": "kk",
    }  # fmt: skip
    assert api.call("registry", "POST", "/notes", json=given).status_code == 422


def test_the_proposal_of_a_deadline_is_the_profile_s(sent: Prepared) -> None:
    with sent.means.look() as work:
        proposed = silence.proposed_deadline(work)
        assert proposed.date() - work.today() == timedelta(days=14) and proposed.hour == 18
        assert work.session.scalars(select(SilenceProcedure)).all() == []
        assert (
            work.session.scalars(select(AuditEntry).where(AuditEntry.action == "start_silence")).all() == []
        )
