"""The desk, the list and the page of a note, its acts, documents, dossier and submission."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile

import pytest
from docx import Document
from lxml import html

from tests.integration.pages import Pages, words
from tests.integration.pages import database_url as database_url
from tests.integration.pages import pages as pages
from tests.integration.pages import settings as settings
from tests.office import MEMBERS, pdf
from web.accounts import hash_password
from web.pages import _uploads, desk
from workflow.letters.enclosure import layers
from workflow.models import Account, Note, Remark
from workflow.operations import accounts, drafting, intake, translation
from workflow.states import NoteState

PASSWORD = "a sentence that only they know"
ALL = ("chair", "registry", "translator", "reviewer", "director", "administrator")


@pytest.mark.parametrize("state", list(NoteState))
def test_every_page_of_a_note_is_shown_to_who_may_see_it(pages: Pages, state: NoteState) -> None:
    key = pages.reference(pages.office.note(state))
    for person in ("registry", "director"):
        pages.page(person, "/")
        assert key in pages.get(person, "/notes").get_data(as_text=True)
        pages.page(person, f"/notes/{key}")
        pages.page(person, f"/notes/{key}/log")
        pages.page(person, f"/notes/{key}/differences")
        pages.page(person, f"/notes/{key}/approval")
        for language in ("ru", "kk"):
            pages.page(person, f"/notes/{key}/versions/{language}")
    for person in (
        "chair",
        *(("translator", "reviewer") if state not in (NoteState.DRAFT, NoteState.WITHDRAWN) else ()),
    ):
        pages.page(person, f"/notes/{key}")
        pages.page(person, "/")
    pages.page("administrator", f"/notes/{key}", 404)
    assert pages.get(None, f"/notes/{key}").status_code == 302


def test_each_role_has_its_desk(pages: Pages) -> None:
    note_id = pages.office.submitted()
    assert "Release the source" in words(pages.get("registry", "/"))
    pages.office.released(note_id)
    assert "Translate into" in words(pages.get("translator", "/"))
    assert "Nothing waits for you" in words(pages.get("reviewer", "/"))
    owed = words(pages.get("registry", "/?w=others"))
    assert "Translator" in owed and "I wait for" in owed
    pages.office.written(note_id, "ru")
    assert "Review" in words(pages.get("reviewer", "/"))
    pages.office.do("reviewer", translation.accept_version, note_id, "ru")
    pages.office.written(note_id, "kk")
    pages.office.do("reviewer", translation.accept_version, note_id, "kk")
    assert "Read and approve" in words(pages.get("director", "/"))
    pages.office.approved(note_id)
    assert "Dispatch to 4 states" in words(pages.get("director", "/"))
    assert "Accounts and their roles" in words(pages.get("administrator", "/"))
    for person in ALL:
        for view in ("me", "others", "late", "changed", "nonsense"):
            pages.page(person, f"/?w={view}")


def test_what_is_late_comes_first_and_deadlines_are_a_calendar(pages: Pages, clock) -> None:  # type: ignore[no-untyped-def]
    note_id = pages.office.submitted()
    pages.office.released(note_id)
    with pages.office.means.work(pages.office.registry) as work:
        note = work.session.get_one(Note, note_id)
        translation.assign(
            work,
            note,
            None,
            "ru",
            translators=[pages.office.ids["translator"]],
            reviewer=None,
            due=work.today(),
        )
    assert "Due today" in words(pages.get("translator", "/"))
    clock.pass_(days=3)
    pages = Pages(pages.office)
    late = words(pages.get("translator", "/"))
    assert "Late for me" in late and "3 days late" in late
    answer = pages.get("translator", "/deadlines.ics")
    assert answer.mimetype == "text/calendar"
    lines = answer.get_data(as_text=True).split("\r\n")
    assert "DTSTART;VALUE=DATE:20260512" in lines and lines.count("BEGIN:VEVENT") == 1
    assert all(len(line.encode()) <= 75 for line in lines)
    # The same for a calendar program, which cannot log in, by an address of one's own.
    mine = pages.page("translator", "/settings").get_element_by_id("calendar").value
    path = mine.removeprefix(pages.office.means.settings.base_url)
    with pages.office.means.work() as work:
        work.session.get_one(Account, pages.office.ids["translator"]).locale = "ru"
    feed = pages.get(None, path)
    assert feed.status_code == 200
    assert "translate into" in answer.text and "translate into" not in feed.text
    assert feed.get_data(as_text=True).count("BEGIN:VEVENT") == 1
    other = pages.office.ids["registry"]
    for wrong in (
        path.replace("-", "-0", 1),
        f"/calendar/{other}-{path.partition('-')[2]}",
        "/calendar/x.ics",
    ):
        assert pages.get(None, wrong).status_code == 404
    with pages.office.means.work(pages.office.administrator) as work:
        accounts.change(work, work.session.get_one(Account, pages.office.ids["translator"]), active=False)
    assert pages.get(None, path).status_code == 404


def test_the_list_finds_numbers_in_any_script_and_obeys_its_filters(pages: Pages) -> None:
    key = pages.reference(pages.office.note(NoteState.APPROVED))
    assert key in pages.get("registry", "/notes?q=ттф/1").get_data(as_text=True)
    assert "TTF/1" in words(pages.get("registry", "/notes?q=fourth+meeting"))
    assert "No note matches" in words(pages.get("registry", "/notes?q=nowhere"))
    assert "TTF/1" not in words(pages.get("registry", "/notes?state=draft")).replace("TTF/1 ", "", 0)
    assert "TTF/1" in words(pages.get("registry", "/notes?state=approved&series=TTF"))
    assert pages.get("registry", "/notes?before=%00&after=x&state=%ff").status_code == 200


def test_the_registry_leads_a_draft_to_its_release(pages: Pages) -> None:
    key = pages.reference(pages.office.submitted())
    path = f"/notes/{key}/source"
    form = pages.form(pages.page("registry", path), path)
    form |= {
        "paragraph-1": "forward herewith the {enclosed} of the {meeting} Meeting.",
        "slot-meeting": "4",
        "slot-enclosed": "summary",
    }
    pages.done(pages.post("registry", path, form | {"change": "save"}))
    shown = pages.page("registry", path)
    assert "fourth" in shown.text_content()
    # A new paragraph in front of another keeps both where they belong.
    form = pages.form(shown, path)
    wider = pages.refused(pages.post("registry", path, form | {"change": "add-1"}), 200)
    form = pages.form(wider, path) | {"paragraph-2": "The documents are available.", "change": "save"}
    pages.done(pages.post("registry", path, form))
    shown = pages.page("registry", f"/notes/{key}")
    assert "The documents are available." in shown.text_content()
    release = pages.form(shown, f"/notes/{key}/release")
    pages.done(pages.post("registry", f"/notes/{key}/release", release))
    # Pressed twice, it is one release: the second finds the note changed and says so.
    before = pages.office.counts()
    pages.refused(pages.post("registry", f"/notes/{key}/release", release), 409)
    assert pages.office.counts() == before


def test_a_refused_source_keeps_what_was_typed(pages: Pages) -> None:
    key = pages.reference(pages.office.submitted())
    path = f"/notes/{key}/source"
    form = pages.form(pages.page("registry", path), path)
    page = pages.refused(
        pages.post("registry", path, form | {"paragraph-1": "about the {nothing}.", "change": "save"}), 422
    )
    assert page.get_element_by_id("paragraph-1").value == "about the {nothing}."
    assert "{nothing}" in page.xpath("//*[@role='alert']")[0].text_content()
    page = pages.refused(
        pages.post("registry", path, form | {"paragraph-1": "x", "title-en": " ", "change": "save"}), 422
    )
    assert page.get_element_by_id("title-en").get("aria-invalid") == "true"
    stale = form | {"paragraph-1": "typed in vain", "revision": "99", "change": "save"}
    page = pages.refused(pages.post("registry", path, stale), 409)
    assert page.get_element_by_id("paragraph-1").value == "typed in vain"


def test_a_paragraph_is_taken_out_and_the_others_stay_what_they_are(pages: Pages) -> None:
    note_id = pages.office.submitted()
    pages.office.released(note_id)
    path = f"/notes/{pages.reference(note_id)}/source"
    form = pages.form(pages.page("registry", path), path)
    second = form["paragraph-2"]
    pages.done(pages.post("registry", path, form | {"change": "drop-1"}))
    after = pages.form(pages.page("registry", path), path)
    assert after["paragraph-1"] == second and "paragraph-2" not in after
    assert after["paragraph-id-1"] == form["paragraph-id-2"]


def test_recipients_are_chosen_by_state(pages: Pages) -> None:
    key = pages.reference(pages.office.submitted())
    path = f"/notes/{key}/recipients"
    page = pages.page("registry", path)
    form = pages.form(page, path)
    assert len(form["member"]) > len(MEMBERS)
    pages.done(pages.post("registry", path, form | {"member": ["KZ", "MN"]}))
    assert pages.form(pages.page("registry", path), path)["member"] == ["KZ", "MN"]
    form = pages.form(pages.page("registry", path), path)
    pages.done(pages.post("registry", path, form | {"member": ["KZ", "TR"]}))
    # Türkiye has no contact here, so it can be waived, with a reason only.
    waive = f"{path}/TR/waive"
    form = pages.form(pages.page("registry", path), waive)
    page = pages.refused(pages.post("registry", waive, form | {"reason": " "}), 422)
    assert "reason" in page.xpath("//*[@role='alert']")[0].text_content().lower()
    pages.done(pages.post("registry", waive, form | {"reason": "Handed over in person."}))
    assert "Handed over in person." in words(pages.get("registry", path))
    pages.refused(pages.post("registry", path, form | {"member": ["XX"], "revision": "4"}), 422)


def test_versions_are_assigned_on_the_note(pages: Pages) -> None:
    note_id = pages.office.submitted()
    key = pages.reference(note_id)
    path = f"/notes/{key}/versions/ru/assign"
    form = pages.form(pages.page("registry", f"/notes/{key}"), path)
    ids = pages.office.ids
    form |= {"translator": str(ids["translator"]), "reviewer": str(ids["reviewer"]), "due": "2026-05-20"}
    pages.done(pages.post("registry", path, form))
    assert "Translator → Reviewer" in words(pages.get("registry", f"/notes/{key}"))
    assert pages.post("chair", path, form | {"csrf_token": pages.token("chair")}).status_code == 403
    same = form | {"reviewer": str(ids["translator"]), "revision": str(int(form["revision"]) + 1)}
    pages.refused(pages.post("registry", path, same), 422)


def test_acts_that_want_a_reason_say_so_and_keep_what_was_typed(pages: Pages) -> None:
    key = pages.reference(pages.office.note(NoteState.TRANSLATED))
    path = f"/notes/{key}/send-back"
    form = pages.form(pages.page("director", f"/notes/{key}/approval"), path)
    page = pages.refused(pages.post("director", path, form | {"reason": ""}), 422)
    assert page.xpath("//*[@id='send_back-reason']")[0].get("aria-invalid") == "true"
    pages.done(
        pages.post(
            "director", path, form | {"reason": "The ordinal differs.", "paragraph": "1", "language": "ru"}
        )
    )
    shown = words(pages.get("registry", f"/notes/{key}"))
    assert "Sent back to draft" in shown and "The ordinal differs." in shown
    with pages.office.means.look() as work:
        remark = work.session.query(Remark).one()
        assert (remark.language, remark.text) == ("ru", "The ordinal differs.")
    form = pages.form(pages.page("registry", f"/notes/{key}"), f"/notes/{key}/withdraw")
    pages.done(pages.post("registry", f"/notes/{key}/withdraw", form | {"reason": "Put off."}))
    assert "Withdrawn" in words(pages.get("registry", f"/notes/{key}"))


def test_a_send_back_that_names_no_paragraph_of_the_note_does_nothing(pages: Pages) -> None:
    note_id = pages.office.note(NoteState.TRANSLATED)
    key = pages.reference(note_id)
    before = pages.office.counts()
    form = {"revision": "", "reason": "It is wrong.", "paragraph": "77"}
    form["revision"] = pages.form(
        pages.page("director", f"/notes/{key}/approval"), f"/notes/{key}/send-back"
    )["revision"]
    page = pages.refused(pages.post("director", f"/notes/{key}/send-back", form), 422)
    assert "It is wrong." in page.text_content()
    assert pages.office.counts() == before and pages.office.state(note_id) is NoteState.TRANSLATED


def test_remarks_are_written_and_settled(pages: Pages) -> None:
    note_id = pages.office.submitted()
    pages.office.released(note_id)
    key = pages.reference(note_id)
    path = f"/notes/{key}/remarks"
    form = pages.form(pages.page("translator", f"/notes/{key}"), path)
    pages.refused(pages.post("translator", path, form | {"text": " "}), 422)
    pages.done(
        pages.post(
            "translator", path, form | {"text": "Is it <b>also</b>?", "paragraph": "2", "language": "ru"}
        )
    )
    page = pages.page("registry", f"/notes/{key}")
    assert "Is it <b>also</b>?" in page.text_content() and not page.xpath("//b[text()='also']")
    settle = page.xpath("//form[contains(@action, '/settle')]/@action")[0]
    pages.done(pages.post("registry", settle))
    pages.done(pages.post("registry", settle))
    assert "Settled" in words(pages.get("registry", f"/notes/{key}"))
    assert pages.post("administrator", path, {"text": "x"}).status_code == 404


def test_dispatch_happens_once(pages: Pages) -> None:
    note_id = pages.office.note(NoteState.APPROVED)
    key = pages.reference(note_id)
    path = f"/notes/{key}/dispatch"
    form = pages.form(pages.page("director", f"/notes/{key}"), path)
    form.pop("release_at", None)
    assert pages.post("registry", path, form | {"csrf_token": pages.token("registry")}).status_code == 403
    pages.done(pages.post("director", path, form))
    before = pages.office.counts()
    pages.refused(pages.post("director", path, form), 409)
    assert pages.office.counts() == before and pages.office.state(note_id) is NoteState.DISPATCHED
    assert "See the circulation" in words(pages.get("registry", f"/notes/{key}"))


def test_a_later_release_is_on_the_organisations_clock(pages: Pages) -> None:
    note_id = pages.office.note(NoteState.APPROVED)
    key = pages.reference(note_id)
    form = {
        "revision": pages.form(pages.page("director", f"/notes/{key}"), f"/notes/{key}/dispatch")["revision"]
    }
    path = f"/notes/{key}/dispatch"
    pages.refused(pages.post("director", path, form | {"release_at": "soon"}), 422)
    pages.refused(pages.post("director", path, form | {"release_at": "2020-01-01T00:00"}), 422)
    pages.done(pages.post("director", path, form | {"release_at": "2026-05-12T18:00"}))
    with pages.office.means.look() as work:
        release = work.session.get_one(Note, note_id).release_at
        assert release is not None and release.isoformat() == "2026-05-12T13:00:00+00:00"


def test_documents_open_for_who_sees_the_note_and_for_nobody_else(pages: Pages) -> None:
    key = pages.reference(pages.office.note(NoteState.APPROVED))
    page = pages.page("registry", f"/notes/{key}")
    links = sorted({url for url in page.xpath("//a/@href") if url.startswith("/documents/")})
    assert len(links) == 6 + 2
    for url in links:
        answer = pages.get("registry", url)
        assert answer.status_code == 200 and len(answer.data) > 500
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert pages.get("administrator", url).status_code == 404
        assert (
            pages.get("registry", url, headers={"If-None-Match": answer.headers["ETag"]}).status_code == 304
        )
    pictures = page.xpath("//img[@class='thumb']/@src")
    assert len(pictures) == 4
    answer = pages.get("registry", pictures[0])
    assert answer.mimetype == "image/png" and answer.data.startswith(b"\x89PNG")
    assert "private" in answer.headers["Cache-Control"]
    assert pages.get("administrator", pictures[0]).status_code == 404
    first = pictures[0].partition("?")[0]
    assert pages.get("registry", first.replace("/1.png", "/9.png")).status_code == 404
    for key in ("x1", "d0", "d99", "e99", "p1-zz", "p99-en", "d1x"):
        assert pages.get("registry", f"/documents/{key}").status_code == 404
    original = next(url for url in links if "/o" in url)
    assert pages.get("registry", original).headers["Content-Disposition"].startswith("attachment")
    assert pages.get("registry", f"{original}/pages/1.png").status_code == 404


def test_every_file_is_verified_again(pages: Pages) -> None:
    key = pages.reference(pages.office.note(NoteState.APPROVED))
    form = pages.form(pages.page("registry", f"/notes/{key}"), f"/notes/{key}/verify")
    before = pages.office.counts()
    answer = pages.done(pages.post("registry", f"/notes/{key}/verify", form))
    assert pages.office.counts() == before
    said = words(pages.get("registry", answer.headers["Location"].partition("#")[0]))
    assert "7 files are as recorded; 6 of them were made again with the same bytes." in said


def test_a_damaged_file_is_told_in_so_many_words(pages: Pages) -> None:
    note_id = pages.office.note(NoteState.APPROVED)
    key = pages.reference(note_id)
    assert "All digests agree" in words(pages.get("registry", f"/notes/{key}"))
    with pages.office.means.look() as work:
        approval = work.session.get_one(Note, note_id).approval
        assert approval is not None
        path = work.store.path(approval.documents[0].sha256 or "")
    path.chmod(0o644)
    path.write_bytes(b"something else")
    assert "A digest differs from the approval" in words(pages.get("registry", f"/notes/{key}"))


def test_the_dossier_has_everything_with_its_digest(pages: Pages) -> None:
    key = pages.reference(pages.office.note(NoteState.DISPATCHED))
    answer = pages.get("registry", f"/notes/{key}/dossier.zip")
    assert answer.mimetype == "application/zip"
    with zipfile.ZipFile(io.BytesIO(answer.data)) as archive:
        names = set(archive.namelist())
        manifest = json.loads(archive.read("manifest.json"))
        for file in manifest["files"]:
            data = archive.read(file["name"])
            assert (len(data), hashlib.sha256(data).hexdigest()) == (file["size"], file["sha256"])
        assert names == {file["name"] for file in manifest["files"]} | {"manifest.json"}
        receipts = json.loads(archive.read("receipts.json"))
        audit = json.loads(archive.read("audit.json"))
        approval = json.loads(archive.read("approval.json"))
        assert archive.read("enclosures/TTF-1.enclosure-1.en.pdf") == pdf()
    assert {"documents/TTF-1.ru.pdf", "documents/TTF-1.kk.docx", "letters/TTF-1.en.pdf.json"} <= names
    assert {one["member"] for one in receipts} == set(MEMBERS)
    assert audit[0]["action"] == "submit" and audit[-1]["action"] == "dispatch"
    assert approval["number"] == "TTF/1"
    assert "link" not in json.dumps(receipts)
    assert pages.get("registry", f"/notes/{key}/dossier.zip").data == answer.data
    assert pages.get("translator", f"/notes/{key}/dossier.zip").status_code == 403


def test_the_note_shows_formulas_around_the_text_and_marks_shared_values(pages: Pages) -> None:
    note_id = pages.office.note(NoteState.TRANSLATED)
    page = pages.page("registry", f"/notes/{pages.reference(note_id)}")
    kazakh = page.xpath("//div[@class='prose' and @lang='kk']/p")[0]
    # The verb of the Kazakh formula stands at the end, after what was typed.
    assert [span.get("class") for span in kazakh.xpath("./span")][-1] == "lock"
    assert "төртінші" in [span.text for span in kazakh.xpath("./span[@class='slot']")]
    english = page.xpath("//div[@class='prose' and @lang='en']/p")[0]
    assert english.xpath("./span")[0].get("class") == "lock"
    assert ".." not in english.text_content()


def test_a_chair_institute_submits_a_pdf(pages: Pages) -> None:
    form = pages.form(pages.page("chair", "/notes/new"), "/notes/new")
    form |= {
        "title-en": "Summary of the Ninth Meeting",
        "slot-meeting": "9",
        "enclosure_title-en": "Summary",
        "due": "2026-06-01",
    }
    file = {"enclosure": (io.BytesIO(pdf(3)), "summary.pdf")}
    answer = pages.done(pages.post("chair", "/notes/new", form | file))
    page = words(pages.get("chair", answer.headers["Location"]))
    assert "Summary of the Ninth Meeting" in page and "on 3 p." in page
    with pages.office.means.look() as work:
        note = work.session.query(Note).one()
        assert note.slots["meeting"] == {"kind": "ordinal", "value": 9} and note.due is not None


def test_a_refused_file_leaves_a_sentence_and_what_was_typed(pages: Pages) -> None:
    form = pages.form(pages.page("chair", "/notes/new"), "/notes/new") | {
        "title-en": "Kept title",
        "due": "2026-06-01",
    }
    file = {"enclosure": (io.BytesIO(b"MZ this is no document"), "summary.pdf")}
    page = pages.refused(pages.post("chair", "/notes/new", form | file), 422)
    assert page.get_element_by_id("title-en").value == "Kept title"
    assert page.get_element_by_id("enclosure").get("aria-invalid") == "true"
    assert pages.office.counts()["notes"] == 0 and pages.office.counts()["uploads"] == 0


def test_an_accepted_file_is_kept_when_something_else_is_missing(pages: Pages) -> None:
    form = pages.form(pages.page("chair", "/notes/new"), "/notes/new") | {"title-en": ""}
    page = pages.refused(
        pages.post("chair", "/notes/new", form | {"enclosure": (io.BytesIO(pdf()), "summary.pdf")}), 422
    )
    form = pages.form(page, "/notes/new")
    assert form["kept_upload"] and page.get_element_by_id("title-en").get("aria-invalid") == "true"
    # Somebody else cannot take it by its number.
    stolen = pages.form(pages.page("registry", "/notes/new"), "/notes/new") | {"title-en": "Mine"}
    pages.done(pages.post("chair", "/notes/new", form | {"title-en": "With its file"}))
    with pages.office.means.look() as work:
        assert len(work.session.query(Note).one().enclosures) == 1
    assert "kept_upload" not in stolen


@pytest.mark.libreoffice
def test_a_document_that_is_still_being_frozen_need_not_be_chosen_again(
    pages: Pages, monkeypatch: pytest.MonkeyPatch
) -> None:
    if "docx" not in layers()["converts"]:
        pytest.skip("conversion cannot be isolated here")
    monkeypatch.setattr(_uploads, "PATIENCE", 0.0)
    packed = io.BytesIO()
    document = Document()
    document.add_paragraph("Summary of the meeting.")
    document.save(packed)
    form = pages.form(pages.page("chair", "/notes/new"), "/notes/new") | {"title-en": "As a DOCX"}
    file = {"enclosure": (io.BytesIO(packed.getvalue()), "summary.docx")}
    page = pages.refused(pages.post("chair", "/notes/new", form | file), 409)
    form = pages.form(page, "/notes/new")
    assert form["title-en"] == "As a DOCX" and pages.office.counts()["notes"] == 0
    with pages.office.means.work() as work:
        assert intake.freeze(work, int(form["kept_upload"])).state == "ready"
    answer = pages.done(pages.post("chair", "/notes/new", form))
    assert "on 1 p." in words(pages.get("chair", answer.headers["Location"]))


def test_the_registry_begins_a_draft_with_its_text(pages: Pages) -> None:
    form = pages.form(pages.page("registry", "/notes/new"), "/notes/new")
    form |= {
        "title-en": "Invitation",
        "text": "invite the members to the {meeting} Meeting.\n\nThe programme follows.",
        "slot-meeting": "5",
    }
    kind = pages.refused(pages.post("registry", "/notes/new", form | {"step": "kind", "kind": "letter"}), 200)
    assert kind.get_element_by_id("title-en").value == "Invitation"
    answer = pages.done(pages.post("registry", "/notes/new", form))
    assert "invite the members to the fifth Meeting" in words(
        pages.get("registry", answer.headers["Location"])
    )
    page = pages.refused(pages.post("registry", "/notes/new", form | {"slot-meeting": "many"}), 422)
    assert page.get_element_by_id("slot-meeting").value == "many"
    assert (
        pages.post("director", "/notes/new", form | {"csrf_token": pages.token("director")}).status_code
        == 403
    )


def test_enclosures_are_added_and_taken_out(pages: Pages) -> None:
    key = pages.reference(pages.office.submitted())
    path = f"/notes/{key}/enclosures"
    form = pages.form(pages.page("registry", f"/notes/{key}"), path)
    pages.refused(pages.post("registry", path, form), 422)
    file = {
        "enclosure": (io.BytesIO(pdf(4)), "programme.pdf"),
        "enclosure_title-en": "Programme",
        "enclosure_origin": "copy",
    }
    pages.done(pages.post("registry", path, form | file))
    page = pages.page("registry", f"/notes/{key}")
    assert "2. Programme" in " ".join(page.text_content().split())
    remove = f"{path}/1/remove"
    pages.done(pages.post("registry", remove, pages.form(page, remove)))
    assert "1. Programme" in " ".join(pages.page("registry", f"/notes/{key}").text_content().split())


def test_settings_and_language(pages: Pages) -> None:
    form = pages.form(pages.page("registry", "/settings"), "/settings")
    pages.refused(pages.post("registry", "/settings", form | {"language": "xx"}), 422)
    pages.done(pages.post("registry", "/settings", {**form, "language": "ru", "colours": "dark", "keys": []}))
    page = pages.page("registry", "/settings")
    assert page.get("lang") == "ru" and page.get("data-bs-theme") == "dark"
    with pages.office.means.look() as work:
        assert work.session.get_one(Account, pages.office.ids["registry"]).locale == "ru"
    before = pages.office.counts()
    answer = pages.get("registry", "/language/kk?next=/notes")
    assert answer.headers["Location"] == "/notes" and pages.office.counts() == before
    assert pages.page("registry", "/notes").get("lang") == "kk"
    for foreign in (
        "https://elsewhere.example/",
        "//elsewhere.example",
        "/\\elsewhere.example",
        "javascript:alert(1)",
    ):
        assert (
            pages.get("registry", "/language/en", query_string={"next": foreign}).headers["Location"] == "/"
        )


def test_who_logs_in_by_the_form_comes_to_the_desk(pages: Pages) -> None:
    with pages.office.means.work() as work:
        account = work.session.get_one(Account, pages.office.ids["registry"])
        account.password, email = hash_password(PASSWORD), account.email
    client = pages.app.test_client()
    page = html.fromstring(client.get("/login").get_data(as_text=True))
    token = page.xpath("//input[@name='csrf_token']/@value")[0]
    answer = client.post("/login", data={"email": email, "password": PASSWORD, "csrf_token": token})
    assert answer.status_code == 302
    assert "Registry desk" in words(client.get("/"))


def test_the_pages_about_pages(pages: Pages) -> None:
    pages.page("administrator", "/about/design")
    assert pages.get("registry", "/about/design").status_code == 403
    assert pages.get(None, "/about/keyboard").status_code == 200
    assert pages.get(None, "/about/accessibility").status_code == 200


@pytest.mark.parametrize("path", ["/login", "/reset", "/verify", "/healthz", "/nothing-here"])
def test_no_cache_and_no_search_engine_keeps_a_page_of_ours(pages: Pages, path: str) -> None:
    headers = pages.get(None, path).headers
    assert headers.getlist("Cache-Control") == ["no-store"]
    assert headers["X-Robots-Tag"] == "noindex, nofollow"


def test_a_desk_with_very_much_to_do_shows_the_first_and_counts_the_rest(pages: Pages) -> None:
    for number in range(desk.MOST + 3):
        with pages.office.means.work(pages.office.actor("chair")) as work:
            drafting.submit(work, drafting.Submission({"en": f"Note {number}"}, kind="note_verbale"))
    page = pages.page("registry", "/")
    assert len(page.xpath("//section[@aria-labelledby='due']//tbody/tr")) == desk.MOST
    said = " ".join(page.xpath("//section[@aria-labelledby='due']")[0].text_content().split())
    assert page.xpath("//section[@aria-labelledby='due']//*[@class='tally']/text()") == [str(desk.MOST + 4)]
    # The fourth is the line about the states that have no contact.
    assert "4 more come after these. See all notes" in said
