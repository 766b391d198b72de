"""Pages of the incoming register: registering by hand and from a message, correcting, settling, who sees what."""

from __future__ import annotations

from datetime import date, timedelta
from io import BytesIO
from typing import Any

from sqlalchemy import select

from tests.integration import returning
from tests.integration.pages import Pages, words
from tests.integration.pages import database_url as database_url
from tests.integration.pages import pages as pages
from tests.integration.pages import settings as settings
from tests.office import Office, pdf
from web.pages import _tables
from workflow.models import Delivery, IncomingEntry, Member, Note, ReturnedMessage
from workflow.operations import objections, returned_mail, silence
from workflow.states import NoteState
from workflow.tables import workbook

LETTER = b"%PDF-1.7 their letter"


def fill(pages: Pages, person: str = "registry", path: str = "/incoming/new", **given: Any) -> dict[str, Any]:
    """The form of a new paper as a browser has it, filled in."""
    form = pages.form(pages.page(person, path), path.partition("?")[0])
    return form | {
        "kind": "reply", "channel": "hand", "member": "KZ", "subject": "Reply to the summary", "reference": "11-2/345",
        "dated": "2026-05-11", **given,
    }  # fmt: skip


def register(pages: Pages, **given: Any) -> str:
    """Registers a paper by its form; gives the path of its page."""
    answer = pages.done(pages.post("registry", "/incoming/new", fill(pages, **given)))
    return str(answer.headers["Location"])


def entry(office: Office, symbol: str = "IN-1/2026") -> IncomingEntry:
    with office.means.look() as work:
        return work.session.scalars(select(IncomingEntry).where(IncomingEntry.symbol == symbol)).one()


def test_a_paper_is_registered_read_corrected_and_dealt_with(pages: Pages, office: Office) -> None:
    note_id = office.note(NoteState.DISPATCHED)
    with office.means.look() as work:
        number = work.session.get_one(Note, note_id).symbol or ""
    assert "IN-1/2026" in words(pages.get("registry", "/incoming/new"))
    files = [(BytesIO(LETTER), "Письмо.pdf"), (BytesIO(pdf()), "annex.pdf")]
    path = register(
        pages, notes=number, summary="They agree.", writer="Mr Attaché", language="ru", file=files,
        assignee=str(office.ids["translator"]), due="2026-05-20",
    )  # fmt: skip
    page = words(pages.get("registry", path))
    for said in (
        "IN-1/2026",
        "Kazakhstan",
        "Mr Attaché",
        "They agree.",
        "Письмо.pdf",
        "annex.pdf",
        number,
        "11-2/345",
    ):
        assert said in page
    download = pages.get(
        "registry", pages.page("registry", path).xpath("//a[contains(@href,'/files/')]/@href")[0]
    )
    assert download.data == LETTER and download.headers["X-Content-Type-Options"] == "nosniff"
    assert "attachment" in download.headers["Content-Disposition"]
    assert "IN-1/2026" in words(pages.get("registry", f"/notes/{pages.reference(note_id)}"))
    # A correction, with its old and its new value on the page.
    form = pages.form(pages.page("registry", f"{path}/correct"), f"{path}/correct")
    assert form["subject"] == "Reply to the summary" and form["notes"] == number
    pages.done(
        pages.post("registry", f"{path}/correct", form | {"subject": "Their reply", "reason": "Misread."})
    )
    page = words(pages.get("registry", path))
    assert "“Reply to the summary” became “Their reply”" in page and "Misread." in page
    stale = pages.post("registry", f"{path}/correct", form | {"subject": "Else", "reason": "Late."})
    assert "changed since you opened it" in words(pages_refused(stale, 409))
    # The one to whom it is given sees it and deals with it.
    form = pages.form(pages.page("translator", path), f"{path}/settle")
    back = pages.post("translator", f"{path}/settle", form | {"remark": "Done.", "answer": "TTF/999"})
    assert "There is no note “TTF/999”" in words(pages_refused(back, 404))
    pages.done(pages.post("translator", f"{path}/settle", form | {"remark": "Filed.", "answer": number}))
    page = pages.page("registry", path)
    assert "“Filed.”" in page.text_content() and "Answered by" in page.text_content()
    form = pages.form(page, f"{path}/reopen")
    pages.done(pages.post("registry", f"{path}/reopen", form | {"reason": "They wrote again."}))
    form = pages.form(pages.page("registry", path), f"{path}/assign")
    pages.done(pages.post("registry", f"{path}/assign", form | {"assignee": "", "due": "2026-06-01"}))
    form = pages.form(pages.page("registry", path), f"{path}/add_files".replace("add_files", "files"))
    pages.done(
        pages.post("registry", f"{path}/files", form | {"file": (BytesIO(b"%PDF-1.7 third"), "3.pdf")})
    )
    form = pages.form(pages.page("registry", path), f"{path}/cancel")
    pages.done(pages.post("registry", f"{path}/cancel", form | {"reason": "Not for us."}))
    assert "The number is not used again." in words(pages.get("registry", path))
    assert "IN-1/2026" in words(pages.get("director", "/incoming"))


def pages_refused(answer: Any, status: int) -> Any:
    assert answer.status_code == status, words(answer)
    return answer


def test_a_paper_that_is_likely_there_already_is_confirmed_without_choosing_its_file_again(
    pages: Pages, office: Office
) -> None:
    register(pages)
    sent = fill(pages, file=(BytesIO(LETTER), "letter.pdf"), subject="Again")
    page = pages.refused(pages.post("registry", "/incoming/new", sent), 409)
    assert page.xpath("//*[@id='twice']//a/text()") == ["IN-1/2026"]
    form = pages.form(page, "/incoming/new")
    assert form["subject"] == "Again" and form["kept"]
    # A file that another person's form kept, or that nobody kept, is not taken.
    forged = pages.post(
        "second_registry",
        "/incoming/new",
        form | {"confirm": "1", "csrf_token": pages.token("second_registry")},
    )
    pages.done(forged)
    assert entry(office, "IN-2/2026").files == []
    pages.done(pages.post("registry", "/incoming/new", form | {"confirm": "1"}))
    assert [one.filename for one in entry(office, "IN-3/2026").files] == ["letter.pdf"]


def test_a_refused_form_says_so_at_its_field_and_keeps_what_was_typed(pages: Pages, office: Office) -> None:
    cases: list[tuple[dict[str, Any], str, int]] = [
        ({"kind": ""}, "kind", 422),
        ({"member": ""}, "member", 422),
        ({"party": "An institute"}, "party", 422),
        ({"received_on": "2026-05-13"}, "received_on", 422),
        ({"received_on": "yesterday"}, "received_on", 422),
        ({"dated": "31.12."}, "dated", 422),
        ({"subject": " "}, "subject", 422),
        ({"notes": "TTF/999"}, "notes", 404),
        ({"due": "2026-01-01"}, "due", 422),
        ({"assignee": "1", "filed": "1"}, "filed", 422),
        ({"file": (BytesIO(b"MZ"), "virus.exe")}, "file", 422),
    ]
    sent = fill(pages)
    before = office.counts()
    for given, field, status in cases:
        page = pages.refused(pages.post("registry", "/incoming/new", sent | given), status)
        assert page.xpath("//*[@role='alert']//a/@href") == [f"#{field}"], given
        assert page.xpath(f"//*[@id='{field}']")
        assert page.xpath("//*[@id='reference']/@value") == ["11-2/345"]
    assert office.counts() == before


def test_the_register_is_searched_filtered_and_ordered(pages: Pages, office: Office) -> None:
    register(pages, subject="Ответ на ноту", due="2026-05-12")
    register(pages, member="CN", reference="Z-9", subject="Request for a copy", kind="request", filed="1")
    register(pages, member="", party="Институт Азии", reference="", subject="Straße", due="2026-05-30")
    form = pages.form(pages.page("registry", "/incoming/2"), "/incoming/2/cancel")
    pages.done(pages.post("registry", "/incoming/2/cancel", form | {"reason": "Not for us."}))

    def shown(query: str, person: str = "registry") -> list[str]:
        rows = pages.page(person, f"/incoming?{query}").xpath("//tbody//td[1]//a/text()")
        return [one.removesuffix("/2026") for one in rows]

    assert shown("") == ["IN-3", "IN-2", "IN-1"]
    for query, found in (
        ("q=ОТВЕТ", ["IN-1"]), ("q=институт", ["IN-3"]), ("q=STRASSE", ["IN-3"]), ("q=z-9", ["IN-2"]), ("q=№ in-2", ["IN-2"]),
        ("q=11–2/345", ["IN-1"]), ("q=nothing", []), ("member=KZ", ["IN-1"]), ("kind=request", ["IN-2"]), ("status=open", ["IN-3", "IN-1"]),
        ("status=cancelled", ["IN-2"]), ("status=settled", []), ("year=2025", []), ("year=2026&kind=reply", ["IN-3", "IN-1"]),
        ("kind=gossip&year=x&status=y&sort=z", ["IN-3", "IN-2", "IN-1"]), ("sort=due", ["IN-1", "IN-3", "IN-2"]),
        ("sort=sender", ["IN-2", "IN-1", "IN-3"]), ("sort=received", ["IN-3", "IN-2", "IN-1"]), ("sort=due&page=2", []),
        ("q=%", []), ("q=_", []),
    ):  # fmt: skip
        assert shown(query) == found, query
    office.means.clock.pass_(days=2)  # type: ignore[attr-defined]
    assert shown("status=late") == ["IN-1"]
    assert "IN-1/2026 to IN-3/2026: 3 numbers, 1 cancelled, no gap." in words(
        pages.get("registry", "/incoming")
    )
    table = pages.get("registry", "/incoming.csv?kind=reply").get_data(as_text=True)
    assert table.count("\n") == 3 and "Институт Азии" in table and "Z-9" not in table
    assert "Not for us." in words(pages.get("director", "/incoming/journal"))


def test_both_registers_are_given_as_workbooks_too(pages: Pages, office: Office) -> None:
    register(pages, subject="=HYPERLINK(1)", member="", party="Институт Азии")
    register(pages, reference="2", subject="Another matter", kind="request")
    office.note(NoteState.APPROVED)
    for path, wanted in (
        ("/incoming.xlsx?kind=reply", ("IN-1/2026", "=HYPERLINK(1)", "Институт Азии")),
        ("/register.xlsx", ("Summary of the Fourth Meeting",)),
    ):
        answer = pages.get("registry", path)
        assert answer.status_code == 200 and answer.mimetype == _tables.XLSX
        found = [cells for _, cells in workbook.lines(answer.data)]
        assert len(found) == 2 and {*wanted} <= {*found[1]}
        book = path.partition("?")[0]
        assert pages.page("registry", book.removesuffix(".xlsx")).xpath(f"//a[starts-with(@href, '{book}')]")


def test_a_table_runs_nothing(pages: Pages) -> None:
    register(pages, subject="=HYPERLINK(1)", member="", party="+party")
    table = pages.get("registry", "/incoming.csv").get_data(as_text=True)
    assert "'=HYPERLINK(1)" in table and "'+party" in table


def test_who_may_see_a_paper_and_what_of_it(pages: Pages, office: Office) -> None:
    note_id = office.note(NoteState.DISPATCHED)
    about = register(
        pages, notes=pages.reference(note_id), writer="Mr Attaché", summary="Said in confidence.",
        file=(BytesIO(LETTER), "letter.pdf"),
    )  # fmt: skip
    other = register(pages, reference="2", subject="Another matter")
    for person in ("chair", "reviewer", "administrator"):
        page = pages.page(person, about)
        text = page.text_content()
        assert "Reply to the summary" in text and "Mr Attaché" not in text and "in confidence" not in text
        assert page.xpath("//a[contains(@href,'/files/')]") == []
        assert pages.get(person, f"{about}/files/1").status_code == 404
        assert page.xpath("//main//form[@method='post']") == []
    assert pages.get("chair", other).status_code == 404
    assert pages.get("administrator", other).status_code == 200
    assert "Another matter" not in words(pages.get("chair", "/incoming"))
    assert "Said in confidence" not in words(pages.get("chair", "/incoming?q=confidence"))
    assert "IN-1/2026" not in words(pages.get("chair", "/incoming?q=confidence"))
    assert pages.get("chair", "/incoming/new").status_code == 403
    assert pages.get(None, "/incoming").status_code == 302
    assert pages.get("registry", "/incoming/99999999999").status_code == 404
    section = pages.page("chair", f"/notes/{pages.reference(note_id)}").xpath(
        "//section[@aria-labelledby='incoming']"
    )
    assert "IN-1/2026" in section[0].text_content() and not section[0].xpath(".//a[contains(@href,'/new')]")


def answered(office: Office, text: str = "We agree to the date.") -> int:
    """A person's answer to a dispatched note; gives the id of the message."""
    note_id = office.note(NoteState.DISPATCHED)
    with office.means.work() as work:
        kz = select(Member.id).where(Member.code == "KZ").scalar_subquery()
        delivery = work.session.scalars(
            select(Delivery).where(Delivery.note_id == note_id, Delivery.member_id == kz)
        ).one()
        return returning.answered(work, delivery, text).id


def test_a_returned_answer_is_registered_once_and_waits_for_nobody_then(pages: Pages, office: Office) -> None:
    message = answered(office)
    page = pages.page("registry", f"/returned/{message}")
    assert page.xpath("//a[contains(@class,'btn-go')]/@href") == [f"/incoming/new?returned={message}"]
    path = f"/incoming/new?returned={message}"
    offered = f"//a[@href='{path}']"
    assert pages.page("registry", "/trouble").xpath(offered)
    assert not pages.page("director", "/trouble").xpath(offered)
    form = pages.form(pages.page("registry", path), "/incoming/new")
    assert (form["kind"], form["channel"], form["member"], form["received_on"], form["dated"]) == (
        "reply", "mail", "KZ", "2026-05-12", "2026-05-12",
    )  # fmt: skip
    assert (
        form["subject"].startswith("Re: ")
        and form["notes"].startswith("D-")
        and "notes@mfa.kz" in form["writer"]
    )
    answer = pages.done(pages.post("registry", "/incoming/new", form | {"reference": "K-1"}))
    row = entry(office)
    with office.means.look() as work:
        kept = work.session.get_one(ReturnedMessage, message)
        assert (kept.state, str(kept.reason)) == ("settled", "Registered as IN-1/2026.")
        assert [one.sha256 for one in row.files] == [kept.sha256] and row.contact_id is not None
        assert returned_mail.waiting(work) == []
    assert "IN-1/2026" in words(pages.get("registry", f"/returned/{message}"))
    assert not pages.page("registry", f"/returned/{message}").xpath("//a[contains(@href,'/incoming/new')]")
    assert not pages.page("registry", "/trouble").xpath(offered)
    again = pages.refused(pages.post("registry", "/incoming/new", form), 409)
    assert "registered already, as IN-1/2026" in again.text_content()
    # Once its entry was cancelled, the message can be registered anew.
    shown = str(answer.headers["Location"])
    cancel = pages.form(pages.page("registry", shown), f"{shown}/cancel")
    pages.done(pages.post("registry", f"{shown}/cancel", cancel | {"reason": "The wrong state."}))
    pages.done(pages.post("registry", "/incoming/new", form | {"member": "CN"}))
    assert entry(office, "IN-2/2026").contact_id is None


ODD = {
    "nothing": b"",
    "no date, no subject, no sender": b"To: notes@example.org\r\n\r\ntext",
    "control characters": b"From: \x00\x07evil\x1b[31m <a@b.example>\r\nSubject: one\x00two\x85\r\nDate: never\r\n\r\n\x00",
    "a huge subject": b"From: a@b.example\r\nSubject: " + b"x" * 100_000 + b"\r\n\r\ntext",
    "right to left": (
        "From: \u202eexe.fdp <a@b.example>\r\nSubject: \u202e\u0631\u062f \u0639\u0644\u0649 \u2066x\r\n\r\ntext"
    ).encode(),
    "a date of another age": b"From: a@b.example\r\nDate: Mon, 1 Jan 9999 00:00:00 +0000\r\n\r\nx",
    "half an encoded word": b"From: a@b.example\r\nSubject: =?utf-8?b?4pyT\r\n\r\nx",
    "no mail at all": bytes(range(256)) * 20,
}


def test_odd_mail_is_registered_as_a_person_says(pages: Pages, office: Office) -> None:
    for count, (name, raw) in enumerate(ODD.items(), 1):
        with office.means.work() as work:
            row = returned_mail.process(work, raw)
            assert row.state == "waiting"
            message = row.id
        page = pages.page("registry", f"/incoming/new?returned={message}")
        assert "No token of ours came with this message." in page.text_content()
        form = pages.form(page, "/incoming/new")
        assert form["member"] == "" and form["dated"] == "", name
        assert 0 < len(form["subject"]) <= 500 and form["party"], name
        assert all(sign.isprintable() for sign in form["subject"] + form["party"] + form["writer"]), name
        pages.done(pages.post("registry", "/incoming/new", form))
        kept = entry(office, f"IN-{count}/2026")
        with office.means.look() as work:
            assert work.store.get(kept.files[0].sha256) == raw
    assert f"IN-{len(ODD)}/2026" in words(pages.get("registry", "/incoming"))


def test_a_report_of_a_server_is_no_letter(pages: Pages, office: Office) -> None:
    note_id = office.note(NoteState.DISPATCHED)
    with office.means.work() as work:
        delivery = work.session.scalars(select(Delivery).where(Delivery.note_id == note_id).limit(1)).one()
        message = returning.bounced(work, delivery).id
    answer = pages.post("registry", "/incoming/new", fill(pages, returned=str(message)))
    assert "no letter to us" in words(pages_refused(answer, 409))


def test_an_objection_gets_a_number_and_a_paper_becomes_an_objection(pages: Pages, office: Office) -> None:
    note_id = office.note(NoteState.DISPATCHED)
    reference = pages.reference(note_id)
    with office.means.work(office.registry) as work:
        silence.start(work, work.session.get_one(Note, note_id), work.now() + timedelta(days=14))
    office.means.clock.pass_(hours=1)  # type: ignore[attr-defined]
    path = f"/notes/{reference}/silence"
    sent = {
        "member": "KZ", "reference": "7/7", "date": "2026-05-12", "channel": "courier", "remark": "Article 3",
        "file": (BytesIO(LETTER), "objection.pdf"),
    }  # fmt: skip
    pages.done(pages.post("registry", f"{path}/objections", sent))
    row = entry(office)
    assert (row.kind, row.channel, row.reference, row.dated, row.summary) == (
        "objection", "courier", "7/7", date(2026, 5, 12), "Article 3",
    )  # fmt: skip
    assert [one.filename for one in row.files] == ["objection.pdf"] and row.objection_id is not None
    assert pages.page("registry", path).xpath("//a[@href='/incoming/1']/text()") == ["IN-1/2026"]
    # A letter that was registered first is taken, with its state, number, date and file.
    register(
        pages,
        member="CN",
        notes=reference,
        reference="C-5",
        dated="2026-05-12",
        file=(BytesIO(pdf()), "c.pdf"),
    )
    assert pages.page("registry", "/incoming/2").xpath(f"//a[@href='{path}#take']")
    form = pages.form(pages.page("registry", path), f"{path}/objections")
    pages.done(
        pages.post("registry", f"{path}/objections", {"incoming": "IN-2/2026", "received": "", "remark": ""})
    )
    assert form is not None and entry(office, "IN-2/2026").kind == "objection"
    with office.means.look() as work:
        note = work.session.get_one(Note, note_id)
        found = silence.objections_of(work, silence.procedures_of(work, note)[0])
        assert [(one.reference, one.filename, one.late) for one in found] == [
            ("7/7", "objection.pdf", False),
            ("C-5", "c.pdf", False),
        ]
    again = pages.post("registry", f"{path}/objections", {"incoming": "IN-2/2026"})
    assert "cannot be taken as an objection" in words(pages_refused(again, 422))
    unknown = pages.post("registry", f"{path}/objections", {"incoming": "IN-9/2026"})
    assert "There is no incoming paper" in words(pages_refused(unknown, 404))


def test_an_objection_finds_the_entry_that_its_paper_has(office: Office) -> None:
    from tests.integration.test_incoming import paper, registered

    note_id = office.note(NoteState.DISPATCHED)
    first = registered(office, paper(reference="№ 7 / 7", dated=date(2026, 5, 12)))
    with office.means.work(office.registry) as work:
        note = work.session.get_one(Note, note_id)
        silence.start(work, note, work.now() + timedelta(days=14))
        file = work.store.put(b"their note as a scan")
        said = objections.Objection("7/7", work.today(), work.now(), file, "scan.pdf")
        row = objections.register_objection(work, note, "KZ", said)
        entries = work.session.scalars(select(IncomingEntry)).all()
        assert [(one.id, one.objection_id) for one in entries] == [(first, row.id)]
        assert [one.filename for one in entries[0].files] == ["letter.pdf", "scan.pdf"]
        assert [one.note_id for one in entries[0].links] == [note_id]


def test_a_paper_stands_on_the_desk_and_in_the_calendar_of_who_deals_with_it(
    pages: Pages, office: Office
) -> None:
    register(pages, due="2026-05-20", subject="For nobody yet")
    register(
        pages,
        reference="2",
        subject="For, a; translator",
        due="2026-05-14",
        assignee=str(office.ids["translator"]),
    )
    register(pages, reference="3", subject="For the file", filed="1")

    def desk(person: str) -> str:
        return words(pages.get(person, "/"))

    def calendar(person: str) -> str:
        return pages.get(person, "/deadlines.ics").get_data(as_text=True).replace("\r\n ", "")

    assert "For nobody yet" in desk("registry") and "IN-1/2026" in desk("second_registry")
    assert "a; translator" not in desk("registry") and "For the file" not in desk("registry")
    assert "IN-2/2026" in desk("translator") and "For nobody yet" not in desk("translator")
    assert "IN-2/2026" not in desk("reviewer")
    assert "UID:incoming-2@" in calendar("translator") and "DTSTART;VALUE=DATE:20260514" in calendar(
        "translator"
    )
    assert r"Kazakhstan: For\, a\; translator" in calendar("translator")
    assert "incoming-1@" in calendar("registry") and "incoming-2@" not in calendar("registry")
    assert "incoming-" not in calendar("reviewer")
    office.means.clock.pass_(days=4)  # type: ignore[attr-defined]
    assert "Translator has it." in desk("registry") and "2 days late" in desk("translator")
    form = pages.form(pages.page("translator", "/incoming/2"), "/incoming/2/settle")
    pages.done(pages.post("translator", "/incoming/2/settle", form | {"remark": "Answered."}))
    assert "IN-2/2026" not in desk("translator") and "incoming-2@" not in calendar("translator")
