"""Every page with invented values, in an application that has no database.

`PAGES` maps a name to (template, view).  `make_app()` serves each at
`/sample/<name>`; all other addresses of the table answer with an empty page,
so that links and forms can be resolved.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any
from urllib.parse import quote

from flask import Flask, Response, g, render_template, request
from flask_babel import Babel
from flask_wtf import CSRFProtect

from web import samples, theme
from web.views import (
    accounts,
    approval,
    audit,
    certificate,
    circulation,
    desk,
    directory,
    errors,
    exchange,
    following,
    incoming,
    memory,
    note,
    notes,
    particulars,
    parts,
    post,
    receipt,
    register,
    seal,
    source,
    submission,
    translation,
    trouble,
)
from web.views.chrome import ENTRIES, Chrome, Entry
from web.views.endpoints import ENDPOINTS
from web.views.words import TROUBLES

ZONE = "Asia/Almaty"


def at(month: int, day: int, hour: int, minute: int = 0, second: int = 0) -> datetime:
    """A moment of 2022, given on the clock of Nur-Sultan."""
    return datetime(2022, month, day, hour - 6, minute, second, tzinfo=UTC)


def picture(seed: int = 0, enclosure: bool = False) -> str:
    """A page of grey lines, as a picture that needs no file."""
    rows = (
        range(10, 130, 5)
        if enclosure
        else (*range(10, 27, 5), *range(45, 66, 5), *range(74, 85, 5), 93, 98, 124, 129)
    )
    bars = "".join(
        f'<rect x="10" y="{y}" width="{85 - (y * 7 + seed * 13) % 31}" height="2.4" fill="#8a877f"/>'
        for y in rows
    )
    svg = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 105 148"><rect width="105" height="148" fill="#fff"/>{bars}</svg>'
    return "data:image/svg+xml," + quote(svg)


TTF = parts.NoteLine("D-2022-0031", "TTF/374", "Summary of the Ninth Meeting of the Think Tank Forum", "TTF")
NEW = parts.NoteLine("D-2022-0034", "", "Extension of the silence procedure", "SOC")
SOC = parts.NoteLine("D-2022-0021", "SOC/1120", "Agenda of the Senior Officials Committee", "SOC")
YC = parts.NoteLine("D-2022-0018", "YC/51", "Youth Council, roster of delegates", "YC")
BC = parts.NoteLine("D-2022-0029", "BC/88", "Business Council: call for proposals", "BC")
COUNT = parts.Count(
    27, undeliverable=1, in_transit=3, reached=5, downloaded=4, acknowledged=14, delayed=1, on_behalf=1
)
REGISTRY_MAY = frozenset(
    {
        "edit_source",
        "release_source",
        "add_enclosure",
        "remove_enclosure",
        "set_recipients",
        "assign",
        "send_back",
        "withdraw",
        "waive_addressee",
        "remark",
        "dispatch",
    }
)

R = parts.Run
TEXT = {
    "en": (
        (
            R(
                "The Secretariat of the Conference presents its compliments to the Member States and has the honour to forward herewith",
                "formula",
            ),
            R(" the "),
            R("Summary", "slot", "enclosed"),
            R(" of the "),
            R("Ninth", "slot", "meeting"),
            R(" Meeting of the "),
            R("Think Tank Forum (TTF)", "slot", "forum"),
            R(", prepared by its Chair – "),
            R("the institute that chairs it", "slot", "institution"),
            R("."),
        ),
        (
            R(
                "The outcome documents of the Meeting are available in the open part of the website, section “Think Tank Forum”."
            ),
        ),
    ),
    "ru": (
        (
            R(
                "Секретариат Совещания свидетельствует свое уважение государствам-членам и имеет честь направить",
                "formula",
            ),
            R(" "),
            R("резюме", "slot", "enclosed"),
            R(" "),
            R("девятого", "slot", "meeting"),
            R(" заседания "),
            R("Форума аналитических центров (ФАЦ)", "slot", "forum"),
            R(", подготовленное его председателем – "),
            R("институтом-председателем", "slot", "institution"),
            R("."),
        ),
        (
            R(
                "Итоговые документы заседания доступны в открытой части веб-сайта в разделе «Форум аналитических центров»."
            ),
        ),
    ),
    "kk": (
        (
            R("Кеңестің Хатшылығы мүше мемлекеттерге өзінің зор ілтипатын білдіре отырып,", "formula"),
            R(" "),
            R("Талдау орталықтары форумының (ТОФ)", "slot", "forum"),
            R(" төрағасы дайындаған "),
            R("тоғызыншы", "slot", "meeting"),
            R(" отырыстың "),
            R("түйіндемесін", "slot", "enclosed"),
            R(" жіберуді өзіне мәртебе санайды.", "formula"),
        ),
        (
            R(
                "Қорытынды құжаттар веб-сайттың ашық бөлімінде «Талдау орталықтары форумы» тарауында қолжетімді."
            ),
        ),
    ),
}


def paragraphs(language: str) -> tuple[parts.Paragraph, ...]:
    return tuple(parts.Paragraph(i, runs) for i, runs in enumerate(TEXT[language], 1))


STATES = (
    ("AF", "Afghanistan", "en"),
    ("AZ", "Azerbaijan", "ru"),
    ("BH", "Bahrain", "en"),
    ("BD", "Bangladesh", "en"),
    ("KH", "Cambodia", "en"),
    ("CN", "China", "en"),
    ("EG", "Egypt", "en"),
    ("IN", "India", "en"),
    ("IR", "Iran", "en"),
    ("IQ", "Iraq", "en"),
    ("IL", "Israel", "en"),
    ("JO", "Jordan", "en"),
    ("KZ", "Kazakhstan", "ru"),
    ("KG", "Kyrgyzstan", "ru"),
    ("MN", "Mongolia", "ru"),
    ("PK", "Pakistan", "en"),
    ("PS", "Palestine", "en"),
    ("QA", "Qatar", "en"),
    ("KR", "Republic of Korea", "en"),
    ("RU", "Russia", "ru"),
    ("LK", "Sri Lanka", "en"),
    ("TJ", "Tajikistan", "ru"),
    ("TH", "Thailand", "en"),
    ("TR", "Turkey", "en"),
    ("AE", "United Arab Emirates", "en"),
    ("UZ", "Uzbekistan", "ru"),
    ("VN", "Vietnam", "en"),
)


def groups() -> tuple[parts.RecipientGroup, ...]:
    made = []
    for index, (code, name, language) in enumerate(STATES):
        low = code.lower()
        contacts = [parts.Recipient(low, code, name, f"{low}-1", f"notes@mfa.{low}.example", language)]
        if index % 3 == 1:
            contacts.append(
                parts.Recipient(low, code, name, f"{low}-2", f"io@mfa.{low}.example", language, "cc")
            )
        if code == "MN":
            contacts.append(
                replace(
                    contacts[0],
                    contact="mn-9",
                    address="new@mfa.mn.example",
                    chosen=False,
                    problem="Waits for a second person",
                )
            )
        made.append(
            parts.RecipientGroup(
                low,
                code,
                name,
                () if code == "PS" else tuple(contacts),
                *(("Told by hand on 27 March", "Registry") if code == "PS" else ()),
            )
        )
    return tuple(made)


EVENTS = (
    parts.Event("7 documents made and checked. Waiting for dispatch", at(3, 28, 9, 33), "", "now"),
    parts.Event(
        "Number TTF/374 and today’s date allotted",
        at(3, 28, 9, 32),
        "Executive Director",
        "done",
        "Approved.",
    ),
    parts.Event("Kazakh accepted; the note is translated", at(3, 25, 14, 15), "Reviewer (kk)", "done"),
    parts.Event("Paragraph 2 edited: ru ¶2 and kk ¶2 went stale", at(3, 24, 11, 5), "Registry", "care"),
    parts.Event("Russian submitted", at(3, 17, 16, 20), "Translator (ru)"),
    parts.Event("Summary submitted, checked, frozen as PDF: 8 pages", at(3, 14, 10, 12), "Chair institute"),
)
PEOPLE = (
    parts.Person("7", "Translator (kk)"),
    parts.Person("8", "Reviewer (kk)"),
    parts.Person("3", "Registry", "drafted the note"),
)
SLOTS = (
    submission.SlotField("meeting", "Ordinal of the meeting", "ordinal", "9"),
    submission.SlotField(
        "enclosed",
        "What is enclosed",
        "term",
        "summary",
        (parts.Option("summary", "Summary", True), parts.Option("report", "Report")),
    ),
    submission.SlotField("deadline", "Reply by", "date", "", required=False),
)
LANGUAGES = tuple(
    parts.Option(code, name, code == "en", language=code)
    for code, name in (("en", "English"), ("ru", "Русский"), ("kk", "Қазақша"))
)
MARKINGS = (parts.Option("unclassified", "Unclassified", True), parts.Option("official", "Official use"))
FINDINGS = (
    parts.Finding(
        "f1",
        "error",
        "Availability differs",
        (("en", "are available", ""), ("ru", "доступны", ""), ("kk", "қолжетімді болады", "will be")),
        ("kk",),
        2,
        may_waive=True,
    ),
    parts.Finding(
        "f2",
        "error",
        "Noun of the enclosure differs",
        (("en", "Summary", ""), ("ru", "резюме", ""), ("kk", "қорытынды есеп", "final report")),
        ("kk",),
        1,
        undone="The document’s own title says Summary.",
        undone_by="Reviewer (kk)",
        undone_at=at(3, 25, 15, 2),
    ),
)
WAIVED = parts.Finding(
    "f3",
    "waived",
    "Kazakh has no number",
    reason="Courtesy version: the profile gives it neither letterhead nor number.",
    by="Reviewer (kk)",
    at=at(3, 25, 14, 11),
    may_take_back=True,
)
DOCUMENTS = (
    parts.DocumentLine(
        "Note, English",
        "note",
        "en",
        (("PDF", "d1", 92_000), ("DOCX", "d2", 41_000)),
        1,
        "authentic",
        picture(1),
    ),
    parts.DocumentLine(
        "Нота, русский",
        "note",
        "ru",
        (("PDF", "d3", 94_000), ("DOCX", "d4", 42_000)),
        1,
        "authentic",
        picture(2),
    ),
    parts.DocumentLine(
        "Нота, қазақша",
        "note",
        "kk",
        (("PDF", "d5", 93_000), ("DOCX", "d6", 41_500)),
        1,
        "courtesy",
        picture(3),
    ),
    parts.DocumentLine("Enclosure", "enclosure", "en", (("PDF", "d7", 340_000),), 8, "", picture(4, True)),
    parts.DocumentLine(
        "As submitted", "original", "en", (("DOCX", "d8", 81_000),), None, "", "", origin="14 March"
    ),
)
PEOPLE_IN = (parts.Person("7", "Registry"), parts.Person("8", "Ms Translator"))
PAPERS = (
    incoming.IncomingRow(
        "12", "IN-12/2022", date(2022, 4, 4), "Sri Lanka", "Reply to the summary of the Ninth Meeting", "reply", "late",
        "LK", "MFA/12-2", date(2022, 4, 1), date(2022, 4, 8), "3 days late", "Ms Translator", (TTF,), 2,
    ),
    incoming.IncomingRow(
        "11", "IN-11/2022", date(2022, 4, 2), "Institute of Asian Studies", "طلب نسخة من الوثائق", "request", "incoming_open",
        due=date(2022, 4, 12),
    ),
    incoming.IncomingRow(
        "10", "IN-10/2022", date(2022, 4, 1), "Mongolia", "Received by mistake", "other", "incoming_cancelled", "MN", "7",
        cancelled="Cancelled by Registry, 1 April 2022: “Not meant for us.” The number is not used again.",
    ),
    incoming.IncomingRow(
        "9", "IN-9/2022", date(2022, 3, 30), "China", "Receipt of the note", "acknowledgement", "incoming_settled", "CN",
        notes=(TTF, replace(SOC, open=False)), files=1,
    ),
)  # fmt: skip
NOTE_PAGE = note.NotePage(
    TTF,
    "approved",
    14,
    "Transmittal",
    "unclassified",
    steps=(
        note.Step("draft", "past", at=at(3, 15, 9, 40), by="Registry"),
        note.Step("translated", "past", "3 of 3 languages", at=at(3, 25, 14, 15)),
        note.Step("approved", "past", at=at(3, 28, 9, 32), by="Executive Director"),
        note.Step("dispatched", "now", "7 documents, 41 contacts ready", "Dispatch"),
    ),
    versions=(
        note.Version(
            "en", "authentic", "accepted", paragraphs("en"), source=True, accepted=at(3, 24, 11, 20)
        ),
        note.Version(
            "ru",
            "authentic",
            "accepted",
            paragraphs("ru"),
            translator="Translator (ru)",
            reviewer="Reviewer (ru)",
            accepted=at(3, 24, 15, 30),
        ),
        note.Version(
            "kk",
            "courtesy",
            "accepted",
            paragraphs("kk"),
            translator="Translator (kk)",
            reviewer="Reviewer (kk)",
            accepted=at(3, 25, 14, 15),
        ),
    ),
    may=frozenset({"dispatch", "send_back", "withdraw", "remark", "dossier"}),
    main="dispatch",
    act="Registry to act: dispatch by 18:00 today",
    place="Nur-Sultan",
    dated=date(2022, 3, 28),
    sender="Chair institute",
    aliases=("ТТФ/374",),
    documents=DOCUMENTS,
    enclosures=(
        note.EnclosureLine(
            1,
            "Summary of the Ninth Meeting",
            "en",
            8,
            8,
            "Copy",
            ("Hidden text was removed in the frozen copy.",),
        ),
    ),
    recipients=groups(),
    members=27,
    contacts=41,
    remarks=(
        note.Remark(
            "r1",
            2,
            "ru",
            "Reviewer (ru)",
            at(3, 24, 14, 2),
            "“Also available” is not in the source; please take it out.",
            settled=True,
        ),
    ),
    events=EVENTS,
    linked=((parts.NoteLine("D-2022-0003", "TTF/361", "Invitation", "TTF"), "invitation"),),
    approval_digest="7c1e40ab12d96e5f" * 3 + "88c09f02",
    digests_agree=True,
    languages=("en", "ru", "kk"),
    incoming=PAPERS,
    may_register=True,
)
DRAFT_PAGE = replace(
    NOTE_PAGE,
    note=NEW,
    state="draft",
    may=REGISTRY_MAY - {"dispatch"},
    main="release_source",
    place="",
    dated=None,
    aliases=(),
    act="Registry to act: release the source",
    documents=(),
    digests_agree=None,
    approval_digest="",
    blocked=("Kazakh has no translator.",),
    steps=(
        note.Step("draft", "now", at=at(3, 26, 9, 40), by="Registry"),
        note.Step("translated", "undone", at=at(3, 25, 14, 15), reason="The deadline is a holiday."),
        note.Step("approved", "next"),
        note.Step("dispatched", "next"),
    ),
    versions=(
        note.Version("en", "authentic", "in_progress", paragraphs("en"), source=True),
        note.Version(
            "ru",
            "authentic",
            "in_progress",
            paragraphs("ru"),
            translator="Translator (ru)",
            reviewer="Reviewer (ru)",
            stale=1,
            due=date(2022, 3, 31),
            translators=PEOPLE,
            reviewers=PEOPLE,
            work_url="/x",
            work_label="Translate",
        ),
        note.Version("kk", "courtesy", "waiting", (), translators=PEOPLE, reviewers=PEOPLE),
    ),
    remarks=(
        note.Remark("r2", 0, "", "Registry", at(3, 26, 9, 0), "Please check the deadline.", may_settle=True),
    ),
    typed=parts.Typed({"reason": ""}, {"reason": "Say why the note is withdrawn."}, "Not withdrawn."),
    typed_action="withdraw",
)


REMARKS = (
    note.Remark(
        "r5",
        0,
        "kk",
        "Reviewer (kk)",
        at(3, 23, 16),
        "Please take «болады» out.",
        may_reply=True,
        may_settle=True,
    ),
    note.Remark(
        "r6",
        2,
        "kk",
        "Reviewer (kk)",
        at(3, 23, 16, 5),
        "The documents are there now.",
        turns=(note.RemarkTurn("reply", "Translator (kk)", at(3, 24, 9), "Is that certain?"),),
        may_reply=True,
        may_settle=True,
    ),
    note.Remark(
        "r7",
        1,
        "kk",
        "Registry",
        at(3, 22, 11),
        "The title is agreed with the Chair.",
        settled=True,
        turns=(note.RemarkTurn("settled", "Translator (kk)", at(3, 22, 12)),),
        may_reopen=True,
    ),
)


def segment(ordinal: int, **more: Any) -> translation.Segment:
    return translation.Segment(
        ordinal,
        parts.Paragraph(ordinal, TEXT["en"][ordinal - 1]),
        parts.Paragraph(ordinal, TEXT["kk"][ordinal - 1]),
        **more,
    )


BESIDE = memory.Beside(
    2,
    4,
    3,
    may_write=True,
    terms=(
        memory.Term("outcome documents", "қорытынды құжаттар", used=True),
        memory.Term(
            "available",
            "қолжетімді",
            1,
            ("қолжетімділік",),
            avoid=("қолжетімді болады",),
            wrong=("қолжетімді болады",),
            note="Now, not in future.",
        ),
    ),
    suggested=(
        memory.Suggested(
            "fuzzy",
            96,
            (R("The documents "), R("will be", "del"), R("are", "ins"), R(" available.")),
            "Құжаттар қолжетімді.",
            "Құжаттар қолжетімді.",
            memory.Whence("TTF/352", date(2021, 4, 2), "D-2021-0009"),
        ),
        memory.Suggested(
            "slots",
            99,
            (R("On "), R("3", "del"), R("8", "ins"), R(" pages.")),
            "8 бет.",
            "8 бет.",
            memory.Whence("older.tmx", date(2019, 4, 2), file=True),
            rest=True,
            backwards=True,
        ),
    ),
    machine=(memory.Machine("translate.example.org", "Құжаттар қолжетімді.", at(3, 24, 15), unread=True),),
    may_ask=True,
    engine="translate.example.org",
)
LANGUAGES = tuple(
    parts.Option(code, name, language=code)
    for code, name in (("en", "English"), ("ru", "Русский"), ("kk", "Қазақ тілі"))
)
MEMORY = memory.MemoryPage(
    LANGUAGES,
    LANGUAGES,
    "outcome documents",
    True,
    (
        memory.Hit(
            "en",
            "ru",
            (R("The "), R("outcome documents", "mark"), R(" are available.")),
            "Итоговые документы доступны.",
            memory.Whence("TTF/352", date(2021, 4, 2), "D-2021-0009"),
        ),
        memory.Hit(
            "ru",
            "en",
            (R("Документы", "mark"), R(" встречи "), R("итоговые", "mark")),
            "The documents of the meeting are final.",
            memory.Whence("older.tmx: 17", date(2019, 4, 2), file=True),
            together=False,
        ),
    ),
    50,
    1240,
    310,
    may_exchange=True,
    trial=memory.Trial("older.tmx", "f" * 40, 12, 3, checked=True),
)
GLOSSARY = memory.GlossaryPage(
    (
        memory.Concept(
            "seat",
            (
                memory.GlossaryWord(
                    "en", "Nur-Sultan", since=date(2019, 3, 23), until=date(2022, 9, 18), valid=False
                ),
                memory.GlossaryWord("en", "Astana", since=date(2022, 9, 19), note="In force."),
                memory.GlossaryWord("ru", "Астана", ("Астаны",), ("Целиноград",)),
            ),
        ),
        memory.Concept("harbour", (memory.GlossaryWord("en", "harbour"),), "port.tbx"),
    ),
    LANGUAGES,
    total=5,
    left=3,
    may_exchange=True,
    trial=memory.Trial("port.tbx", "f" * 40, 1, 0, checked=True),
)
TRANSLATION = translation.TranslationPage(
    replace(TTF, symbol=""),
    "kk",
    "en",
    "in_progress",
    "courtesy",
    9,
    segments=(
        translation.Segment(
            0,
            parts.Paragraph(0, (R("Letterhead, number, opening formula", "formula"),)),
            None,
            locked="Locked: comes from the profile, in every language",
            locked_target="A courtesy version has neither letterhead nor number",
        ),
        segment(
            1,
            text="{forum.gen} төрағасы дайындаған {meeting} отырыстың қорытынды есебін",
            source_text="the {enclosed} of the {meeting} Meeting of the {forum}",
            source_revision=3,
            revision=4,
            slots=(
                translation.SlotChip("{enclosed.acc}", "түйіндемесін", True),
                translation.SlotChip("{meeting}", "тоғызыншы"),
                translation.SlotChip("{forum.gen}", "Талдау орталықтары форумының"),
            ),
            findings=(FINDINGS[1],),
            remarks=(REMARKS[2],),
        ),
        replace(
            segment(
                2,
                text="Қорытынды құжаттар веб-сайттың ашық бөлімінде қолжетімді болады.",
                source_text="The outcome documents are available.",
                source_revision=3,
                revision=2,
                stale=True,
                stale_note="Source changed 24 March 11:05 by Registry",
                history=(
                    translation.Earlier(
                        "Translator (kk)",
                        at(3, 17, 10),
                        (R("Қорытынды құжаттар "), R("веб-сайтта ", "ins"), R("қолжетімді болады.")),
                    ),
                ),
                remarks=(REMARKS[1],),
            ),
            source=parts.Paragraph(
                2,
                (
                    R("The outcome documents of the Meeting "),
                    R("will be", "del"),
                    R(" "),
                    R("are", "ins"),
                    R(" available in the open part of the website, section “Think Tank Forum”."),
                ),
            ),
        ),
        translation.Segment(
            3,
            parts.Paragraph(
                3,
                (
                    R(
                        "The Secretariat avails itself of this opportunity to renew the assurances of its highest consideration.",
                        "formula",
                    ),
                ),
            ),
            parts.Paragraph(
                3,
                (
                    R(
                        "Хатшылық осы мүмкіндікті пайдалана отырып, өзінің зор ілтипатын тағы да растайды.",
                        "formula",
                    ),
                ),
            ),
            locked="Closing formula",
        ),
    ),
    source_revision=3,
    may=frozenset({"save_paragraph", "submit_version", "remark"}),
    due=date(2022, 3, 25),
    translator="Translator (kk)",
    reviewer="Reviewer (kk)",
    key="2:D-2022-0007:kk",
    words=112,
    target_words=87,
    saved=at(3, 24, 14, 58),
    open_at=2,
    findings=FINDINGS,
    agree="Number, date, place, ordinal, page count, institutions, formulas and addressee agree.",
    beside=BESIDE,
    remarks=REMARKS,
    returned="Please take «болады» out.",
    returned_by="Reviewer (kk)",
)
APPROVAL = approval.ApprovalPage(
    replace(TTF, symbol=""),
    13,
    "translated",
    "unclassified",
    "TTF/374",
    date(2022, 3, 28),
    "7c1e40ab12d96e5f" * 3 + "88c09f02aa51b04d",
    pictures=(
        parts.PagePicture("en-1", "EN", picture(1), "en", "d1", seen=True),
        parts.PagePicture("ru-1", "RU", picture(2), "ru", "d3", seen=True),
        parts.PagePicture("kk-1", "KK", picture(3), "kk", "d5"),
        *(parts.PagePicture(f"e-{i}", f"Encl. {i}", picture(i + 3, True), "en", "d7") for i in range(1, 9)),
    ),
    documents=DOCUMENTS[:4],
    recipients=groups(),
    texts=3,
    enclosures=1,
    members=27,
    contacts=41,
    findings=(WAIVED,),
    agreeing=31,
    worked=(
        parts.Worked("Drafted", "Registry", on=date(2022, 3, 15)),
        parts.Worked("Russian", "Translator (ru) → Reviewer (ru)"),
        parts.Worked("Kazakh", "Translator (kk) → Reviewer (kk)"),
    ),
    may=frozenset({"approve", "send_back", "delegate"}),
    sender="Registry",
    since=date(2022, 3, 25),
    position=(1, 2),
    public_digest="b04d" + "0" * 56 + "51ce",
)


def board_rows() -> tuple[circulation.BoardRow, ...]:
    def rungs(n: int, i: int) -> dict[str, datetime]:
        times = (
            at(3, 28, 10, 20 + i % 2),
            at(3, 28, 10, 22 + i % 7),
            at(3, 28 + i % 2, 9 + i % 8, 14),
            at(3, 29 + i % 2, 9 + i % 7, 45),
        )
        return dict(zip(("in_transit", "reached", "downloaded", "acknowledged"), times[:n], strict=False))

    evidence = circulation.Evidence(
        (
            circulation.DeliveryEvidence(
                "77",
                "protocol@mfa.lk.example",
                "to",
                "en",
                "done",
                (
                    parts.Event(
                        "Attempt 1 sent to the relay", at(3, 28, 10, 20, 41), detail="250, queue 4F2A91C"
                    ),
                    parts.Event(
                        "(5.1.1)",
                        at(3, 28, 10, 20, 44),
                        tone="stop",
                        head="Failed: no such mailbox",
                        detail="matched by its return token",
                    ),
                    parts.Event("Alert to Registry", at(3, 28, 10, 20, 45), tone="now"),
                ),
                frozenset({"resend", "hold_delivery", "revoke_link"}),
                (("m1", "Delivery report as received"), ("m2", "Message sent")),
            ),
            circulation.DeliveryEvidence(
                "78",
                "io@mfa.lk.example",
                "cc",
                "en",
                "held",
                (),
                frozenset({"resume_delivery", "cancel_delivery"}),
                next_try=at(3, 30, 12, 10),
            ),
        ),
        may=frozenset({"record_on_behalf", "record_handover"}),
        directory_member="lk",
    )
    by_code = {
        "LK": circulation.BoardRow(
            "lk",
            "LK",
            "Sri Lanka",
            "en",
            "undeliverable",
            "person",
            rungs(1, 0),
            "in_transit",
            "No such mailbox",
            "stop",
            evidence,
        ),
        "KH": circulation.BoardRow(
            "kh",
            "KH",
            "Cambodia",
            "en",
            "delayed",
            "person",
            rungs(1, 1),
            "in_transit",
            "Server does not answer, next try 12:10",
        ),
    }
    rows = list(by_code.values())
    way = {
        "IQ": ("in_transit", 1),
        "PS": ("in_transit", 1),
        "AF": ("reached", 2),
        "BH": ("reached", 2),
        "BD": ("reached", 2),
        "TH": ("reached", 2),
        "AE": ("reached", 2),
        "JO": ("downloaded", 3),
        "QA": ("downloaded", 3),
        "KR": ("downloaded", 3),
        "VN": ("downloaded", 3),
    }
    names = {code: (name, language) for code, name, language in STATES}
    for i, (code, (status, n)) in enumerate(way.items()):
        rows.append(
            circulation.BoardRow(
                code.lower(),
                code,
                *names[code],
                status,
                "way",
                rungs(n, i),
                "",
                "No report yet" if n == 1 else "Reminder Mon 11 April",
            )
        )
    done = [code for code, _, _ in STATES if code not in way and code not in by_code]
    for i, code in enumerate(done):
        if code == "TJ":
            rows.append(
                circulation.BoardRow(
                    "tj",
                    code,
                    *names[code],
                    "on_behalf",
                    "done",
                    {**rungs(2, i), "acknowledged": at(3, 30, 11, 15)},
                    "",
                    "12-б/640, stamped copy, by hand",
                )
            )
        else:
            rows.append(
                circulation.BoardRow(
                    code.lower(),
                    code,
                    *names[code],
                    "acknowledged",
                    "done",
                    rungs(4, i),
                    "",
                    f"their No. {i + 3}/{1184 + i * 37}",
                )
            )
    return tuple(rows)


BOARD = circulation.BoardPage(
    TTF,
    15,
    COUNT,
    41,
    circulation.Progress((7, 7), (41, 41), (38, 41), date(2022, 4, 11)),
    board_rows(),
    at(3, 30, 11, 42),
    381,
    at(3, 28, 10, 20),
    "Registry",
    "2 days, 1 hour after dispatch",
    open_member="lk",
    needs_person=2,
    silent=9,
    may=frozenset({"remind"}),
)


def row(number: str, subject: str, day: date, **more: Any) -> register.RegisterRow:
    return register.RegisterRow(
        parts.NoteLine("D-" + number.replace("/", "-"), number, subject),
        day,
        **{
            "status": "dispatched",
            "languages": ("en", "ru", "kk"),
            "addressees": 27,
            "acknowledged": (27, 27),
            "pdf": "d1",
            **more,
        },
    )


REGISTER = register.RegisterPage(
    (
        row("TTF/374", TTF.subject, date(2022, 3, 28), enclosures=(1, 8), acknowledged=(14, 27)),
        row("TTF/373", "Nomination of focal points for the Forum", date(2022, 3, 14), acknowledged=(24, 27)),
        row(
            "TTF/372",
            "Change of the date of the steering group",
            date(2022, 3, 9),
            status="void",
            addressees=0,
            acknowledged=None,
            pdf="",
            languages=("en", "ru"),
            void_sentence="Withdrawn after approval by the Executive Director, 10 March: “The steering group was merged with the annual meeting.” The number is not used again.",
        ),
        row(
            "TTF/371",
            "Call for papers, digital security",
            date(2022, 3, 1),
            enclosures=(2, 11),
            earlier_dates=(date(2022, 2, 25),),
        ),
        row("TTF/371/Corr.1", "Corrigendum, Russian only", date(2022, 3, 4), child=True, languages=("ru",)),
        row(
            "TTF/370",
            "Financial rules of the Forum: silence procedure",
            date(2022, 2, 21),
            enclosures=(1, 22),
            acknowledged=(26, 27),
        ),
        row(
            "TTF/370/Add.1",
            "Extension of the deadline to 11 March, 18:00 UTC+6",
            date(2022, 2, 24),
            child=True,
        ),
        row("TTF/369", "Roster of partner institutes", date(2022, 2, 10), enclosures=(1, 5)),
    ),
    register.Continuity("TTF/365", "TTF/374", 10, 9, 1, children=2, voids=("TTF/372",)),
    "TTF",
    date(2021, 11, 29),
    date(2022, 3, 28),
    "ТТФ",
    "TTF",
    (parts.Option("TTF", "TTF", True), parts.Option("SOC", "SOC")),
    (parts.Option("dispatched", "Dispatched"), parts.Option("void", "Void")),
    MARKINGS,
    parts.Keyset({"before": "TTF/369"}, None, "TTF/368"),
    "TTF/374",
)
INCOMING = incoming.IncomingPage(
    PAPERS,
    incoming.IncomingContinuity("IN-1/2022", "IN-12/2022", 12, 1),
    years=(parts.Option("2022", "2022", True),),
    members=(parts.Option("LK", "Sri Lanka (LK)"),),
    kinds=(parts.Option("reply", "Reply"),),
    states=(parts.Option("open", "To deal with"),),
    sorts=(parts.Option("number", "By number", True),),
    paging=parts.Keyset({"before": "9"}, None),
    may_register=True,
    filtered=True,
)
PAPER_FORM = incoming.IncomingForm(
    parts.Typed({"received_on": "2022-04-04", "subject": "Reply", "assignee": "8"}),
    (parts.Option("reply", "Reply"),),
    (parts.Option("hand", "By hand"),),
    (parts.Option("LK", "Sri Lanka (LK)"),),
    (parts.Option("en", "English", language="en"),),
    (parts.Option("unclassified", "Unclassified", True),),
    PEOPLE_IN,
    "IN-13/2022",
    max_bytes=20_000_000,
)
PAPER = incoming.IncomingEntryPage(
    PAPERS[0],
    "By hand",
    "Unclassified",
    3,
    "Registry",
    at(4, 4, 10),
    papers=True,
    writer="Mr Attaché <attache@mfa.lk.example>",
    summary="They agree.\nتم الاستلام",
    language="English",
    files=(
        incoming.IncomingFileLine("1", "letter.pdf", 120_000, "ab" * 32),
        incoming.IncomingFileLine("2", "2", 1_000, "cd" * 32, False),
    ),
    assigned_by="Registry",
    assigned_at=at(4, 4, 11),
    returned="1",
    may_object=(SOC,),
    events=(
        parts.Event(
            "Subject: “Replay” became “Reply”", at(4, 5, 9), "Registry", "care", "Corrected.", "“Misread.”"
        ),
    ),
    people=PEOPLE_IN,
    may=frozenset({"correct", "assign", "settle", "cancel"}),
)
CONTACT = directory.ContactLine(
    "lk-1",
    "Protocol",
    "Ministry of Foreign Affairs",
    "protocol@mfa.lk.example",
    "en",
    "to",
    "mail",
    "undeliverable",
    date(2020, 1, 1),
    note="The last message failed: no such mailbox.",
    may_retire=True,
    lost=1,
    certificate=("late", "Its certificate ended on 2022-03-01."),
)
ASKED = directory.ContactLine(
    "lk-2",
    "Protocol",
    "Ministry of Foreign Affairs",
    "desk@mfa.lk.example",
    "en",
    "to",
    "mail",
    "asked",
    shared="The same address as of MV: each gets a message of its own.",
    questions=(parts.Event("desk@mfa.lk.example is asked to confirm.", at(3, 27, 9)),),
    may_release=True,
)
ENDED = directory.ContactLine(
    "lk-3",
    "",
    "Ministry of Foreign Affairs",
    "old@mfa.lk.example",
    "en",
    "to",
    "mail",
    "ended",
    may_erase=True,
)
SMIME = certificate.CertificateFacts(
    "1",
    "due",
    "E=protocol@mfa.lk.example,CN=Protocol,O=Ministry of Foreign Affairs,C=LK",
    "CN=Certification Authority of the Government,C=LK",
    "3f9a0c77d1e2b4a6",
    " ".join(["5b2c"] * 16),
    at(1, 5, 9),
    at(4, 12, 9),
    ("digital signature", "key encipherment"),
    ("protocol@mfa.lk.example",),
    ("CN=Certification Authority of the Government,C=LK",),
    "Note verbale 12-3/45",
    True,
    "A. Rao",
    at(1, 6, 10),
    "B. Lee",
    at(1, 6, 11),
)
CERTIFICATE = certificate.CertificatePage(
    "7",
    "protocol@mfa.lk.example",
    "LK",
    "Sri Lanka",
    current=SMIME,
    waiting=replace(
        SMIME,
        key="2",
        status="quarantine",
        confirmed_by="",
        confirmed_at=None,
        warnings=("The certificate does not name protocol@mfa.lk.example. Ask the contact, then decide.",),
    ),
    past=(replace(SMIME, key="3", status="ended", ended_by="A. Rao", ended_at=at(2, 1, 9), reason="Lost."),),
    may=frozenset({"propose_contact", "confirm_contact", "retire_contact"}),
)
ADDRESS = directory.AddressPage(
    "token",
    ("Conference on Interaction", "and Confidence Building Measures in Asia"),
    "Sri Lanka",
    "desk@mfa.lk.example",
    "protocol@mfa.lk.example",
    "new",
    "open",
    "en",
    ("en", "ru", "kk"),
    "registry@secretariat.example",
)
PROPOSAL = directory.Proposal(
    "p1",
    "mn",
    "Mongolia",
    "change",
    "old@mfa.mn.example",
    "new@mfa-mn.example",
    (("Office", "Records", "Protocol"), ("Role", "", "To"), ("Language", "English", "Русский")),
    "Their note 02-14/211",
    "Registry",
    at(3, 26, 10),
    ("f1", "note 02-14/211"),
    ("Another domain than before: mfa.mn.example, now mfa-mn.example. Make sure that it is theirs.",),
)
DIRECTORY = directory.DirectoryPage(
    tuple(
        directory.MemberLine(
            code.lower(),
            code,
            name,
            (replace(CONTACT, key=code, address=f"notes@mfa.{code.lower()}.example", status="in_force"),),
            problem="No usable contact" if code == "LK" else "",
        )
        for code, name, _ in STATES
    ),
    (
        PROPOSAL,
        replace(
            PROPOSAL, key="p2", kind="add", before="", why_not="You proposed it; another person checks it."
        ),
    ),
    date(2022, 3, 28),
    26,
    may=frozenset({"confirm_contact", "propose_contact", "import_directory"}),
)
MEMBER = directory.MemberPage(
    "lk",
    "LK",
    "Sri Lanka",
    (
        directory.NameLine("en", "Sri Lanka", date(2018, 9, 25)),
        directory.NameLine("ru", "Шри-Ланка"),
        directory.NameLine("kk", "Шри-Ланка"),
    ),
    (CONTACT, ASKED, ENDED),
    3,
    (replace(PROPOSAL, member="lk", member_name="Sri Lanka"),),
    EVENTS[:3],
    date(2018, 9, 25),
    may=frozenset({"confirm_contact", "propose_contact"}),
    changing=CONTACT,
    languages=LANGUAGES,
    roles=(parts.Option("to", "To"), parts.Option("cc", "Copy")),
    channels=(parts.Option("mail", "Mail"), parts.Option("link", "Link")),
    typed=parts.Typed(
        {"address": "protocol@mfa.lk"},
        {"address": "This is not an address: it has no final part."},
        "Not proposed.",
    ),
)
RECEIPT = receipt.ReceiptPage(
    "tok",
    "n0nce",
    TTF,
    ("Секретариат Совещания по взаимодействию", "и мерам доверия в Азии"),
    "Министерство иностранных дел",
    "Нур-Султан",
    date(2022, 3, 28),
    "Секретариат препровождает резюме девятого заседания Форума аналитических центров.",
    (
        receipt.ReceiptFile(
            "Нота на русском языке",
            "ru",
            (("PDF", "d3", 92_000), ("DOCX", "d4", 41_000)),
            1,
            "note",
            "authentic",
            picture(2),
            downloaded=at(3, 29, 9, 53),
        ),
        receipt.ReceiptFile(
            "Приложение: резюме девятого заседания",
            "en",
            (("PDF", "d7", 340_000),),
            8,
            "enclosure",
            "",
            picture(4, True),
        ),
        receipt.ReceiptFile(
            "Нота на казахском языке", "kk", (("PDF", "d5", 94_000),), 1, "note", "courtesy", picture(3)
        ),
    ),
    "ru",
    ("en", "ru"),
    "registry@secretariat.example",
    typed=parts.Typed(
        {
            "name": "Сотрудник канцелярии",
            "office": "Канцелярия",
            "reference": "06-3/782",
            "date": "2022-03-29",
            "code": "4R7-K3B",
        },
        {"code": "Код не совпал. Возможно, это «8», а не «B»."},
        "Получение ещё не подтверждено.",
    ),
    code_tries=3,
)
TASKS = (
    desk.Task(
        "Correct an address",
        "Sri Lanka: mailbox does not exist (5.1.1). The note has reached nobody there.",
        SOC,
        "undeliverable",
        "/x",
        "Correct it",
        "",
        "since Thu 24 March",
    ),
    desk.Task(
        "Assign a reviewer (ru)",
        "Translation submitted, nobody to review it",
        BC,
        "late",
        "/x",
        "Assign",
        "4 days late",
        "was due Thu 24 March",
    ),
)
DESK = desk.Desk(
    "Registry desk",
    date(2022, 3, 28),
    TASKS,
    (
        desk.Task(
            "Dispatch to 27 states",
            "Approved 09:32. 7 documents and 41 contacts are ready",
            TTF,
            "due_today",
            "/x",
            "Dispatch…",
            "",
            "by 18:00",
        ),
        desk.Task(
            "Check a new address",
            "Mongolia asks for a second mailbox. Source: note 02-14/211 attached",
            None,
            "due_today",
            "/x",
            "Check",
            "",
            "by 18:00",
            "Directory",
        ),
        desk.Task(
            "Accept a submission",
            "Enclosure is a DOCX of 14 pages; frozen copy ready",
            NEW,
            "due",
            "/x",
            "Review",
            "Wed 30 March",
            "3 days",
        ),
    ),
    (
        desk.Owed("Executive Director", NEW, "to_approve", "2 h"),
        desk.Owed("Translator (kk)", BC, "in_progress", "1 day"),
        desk.Owed("Translator (ru)", YC, "stale", "3 days", "1 stale ¶"),
        desk.Owed("Chair institute", NEW, "late", "9 days", "2 days late"),
    ),
    (
        desk.Filter("Waits for me", "w", "me", 5, True),
        desk.Filter("I wait for", "w", "others", 4),
        desk.Filter("Late", "w", "late", 3),
        desk.Filter("TTF only", "v", "1", None, saved=True),
    ),
    (
        desk.Circulating(
            SOC, replace(COUNT, acknowledged=18, in_transit=1, reached=3, downloaded=4, delayed=0)
        ),
        desk.Circulating(YC, parts.Count(27, reached=1, downloaded=1, acknowledged=25)),
    ),
    EVENTS,
    at(3, 25, 18),
    14,
    1,
    can_submit=True,
    deadlines_url="/deadlines.ics",
)
ACCOUNT = accounts.AccountLine(
    "4",
    "Translator (kk)",
    "kk@secretariat.example",
    ("translator",),
    ("kk",),
    "in_force",
    True,
    at(3, 28, 8),
    1,
)
MAILBOX = post.Mailbox("lk", "protocol@mfa.lk.example", "Sri Lanka", 3, at(3, 28, 10, 20), "refuses")
RETURNED = post.ReturnedLine(
    "m9",
    "mailer@relay.example",
    "Undelivered mail",
    at(3, 28, 11),
    "fail",
    "It carries no token of ours.",
    TTF,
    may_register=True,
)
NUMBER_PARTS = (
    submission.SlotField("topic", "Topic in the number", "text", "", required=False),
    submission.SlotField(
        "audience", "Audience in the number", "text", "PR", (parts.Option("PR", "PR", True),), hint="Else MS"
    ),
)
PARTICULARS = (
    particulars.ParticularGroup(
        "Action required by",
        (
            particulars.ParticularField("day", "Day", "date", "2026-06-01"),
            particulars.ParticularField("time", "Time of day", "time", "18:00"),
        ),
        "Action required by …",
    ),
    particulars.ParticularGroup(
        "Copies, one a line",
        (particulars.ParticularField("copies-en", "English", "textarea", "The depositary", language="en"),),
    ),
)
NEW_NOTE = submission.Submission(
    (parts.Option("transmittal", "Transmittal", True), parts.Option("invitation", "Invitation")),
    (parts.Option("TTF", "Think Tank Forum", True),),
    LANGUAGES,
    MARKINGS,
    SLOTS,
    parts.Typed(
        {"title-en": "Summary"},
        {"enclosure": "The file is encrypted; save it without a password and choose it again."},
        "Not submitted.",
    ),
    number_parts=NUMBER_PARTS,
    particulars=PARTICULARS,
)
CHECKED = directory.ImportPage(
    ("member", "name", "address"),
    True,
    "contacts.csv",
    "ab" * 32,
    41,
    38,
    2,
    1,
    shown=(
        directory.ImportLine(2, "KZ", "registry@mfa.kz.example", "New"),
        directory.ImportLine(3, "MN", "notes@mfa.mn.example", "Changed: Office, Language"),
    ),
    more=38,
    missing=("KZ notes@mfa.kz.example",),
    ignored=("telephone",),
)

EXCHANGE = exchange.ExchangePage(
    replace(TTF, symbol=""),
    "kk",
    "en",
    (
        exchange.Form("xliff-2.1", "XLIFF 2.1, for translation programs", "xlf"),
        exchange.Form("docx", "DOCX, a table for Word", "docx"),
    ),
    may_bring=True,
)
TRIED = replace(
    EXCHANGE,
    checked=True,
    filename="D-2022-0001.en-kk.xlf",
    digest="sealed",
    changes=(
        exchange.Changed(1, "new", TEXT["kk"][0], source=TEXT["en"][0]),
        exchange.Changed(2, "changed", (R("қолжетімді "), R("болады", "del"), R("."))),
        exchange.Changed(3, "confirmed", TEXT["kk"][0]),
    ),
    untranslated=(4, 5),
    unchanged=2,
)
CONFLICTED = replace(
    TRIED,
    conflicts=(
        exchange.Changed(2, "text", TEXT["kk"][0], "қолжетімді."),
        exchange.Changed(0, "removed", (R("Құжаттар."),)),
    ),
)

REMINDERS = following.RemindersPage(
    note=SOC,
    steps=tuple(
        following.StepFields(
            number,
            (parts.Option("to", "The contacts of the state", True), parts.Option("registry", "The desk")),
            "14",
            "2",
            (parts.Option("mail", "Message", True), parts.Option("note", "Reminder note with a number")),
        )
        for number in (1, 2, 3)
    ),
    planned=(
        following.PlannedRow(
            "MNG", "Mongolia", 1, at(4, 11, 10), "the contacts of the state", ("notes@mfa.mn.example",)
        ),
    ),
    later=(following.PlannedRow("MNG", "Mongolia", 2, at(4, 18, 10), "the registry’s desk"),),
    sent=(
        following.SentRow("TJK", "Tajikistan", "notes@mfa.tj.example", 1, "reached", at(4, 11, 10), key="40"),
        following.SentRow(
            "KGZ",
            "Kyrgyzstan",
            "notes@mfa.kg.example",
            1,
            "held",
            at(4, 11, 10),
            "The relay put it off too often.",
            "41",
            frozenset({"resume", "retry", "cancel"}),
        ),
        following.SentRow(
            "MNG",
            "Mongolia",
            "notes@mfa.mn.example",
            1,
            "not_sent",
            at(4, 11, 10),
            "",
            "42",
            frozenset({"hold"}),
        ),
        following.SentRow(
            "CHN", "China", "minister@mfa.cn.example", 0, "cancelled", at(4, 11, 10), "Answered.", "43"
        ),
    ),
    on_desk=(following.DeskRow("KAZ", "Kazakhstan", at(4, 25, 10)),),
    notes=(SOC,),
    hour="10:00",
    days_off="Saturday, Sunday",
    ladder=(("After 14 days:", "the contacts of the state"), ("After 7 days:", "the registry’s desk")),
    has_ladder=True,
    may=frozenset({"set_reminders", "pause_reminders", "settle_silent"}),
)
SILENCE = following.SilencePage(
    SOC,
    (
        following.ProcedureView(
            2,
            "running",
            "28 March 2022, 10:00 (UTC+6)",
            "11 April 2022, 18:00 (UTC+6)",
            "Asia/Almaty",
            "when a report says that it arrived",
            (
                following.ClockRow("KAZ", "Kazakhstan", "reached", "time_runs", at(3, 28, 11), "11 April 2022, 18:00"),
                following.ClockRow("MNG", "Mongolia", "in_transit", "unreached"),
            ),
            (
                following.ObjectionRow(
                    "1", "KAZ", "Kazakhstan", "12/345", date(2022, 4, 2), "2 April 2022, 12:00 (UTC+6)", "counts",
                    "Article 3", may_withdraw=True, incoming=("IN-3/2022", "3"),
                ),
                following.ObjectionRow(
                    "2", "MNG", "Mongolia", "7", date(2022, 4, 3), "3 April 2022, 12:00 (UTC+6)", "withdrawn",
                    withdrawn=parts.Event("Their note of the 5th.", at(4, 5, 10), "Registry"),
                ),
            ),
            (parts.Event("to end 11 April 2022", at(3, 28, 10), "Registry", head="Begun,"),),
            unreached=1,
        ),
        following.ProcedureView(
            1, "adopted", "1 March 2022", "10 March 2022", "Asia/Almaty", "when it was downloaded",
            (following.ClockRow("KAZ", "Kazakhstan", "downloaded", "time_over"),),
            notice=SOC, waived="MNG: closed", doubt=True,
        ),
        following.ProcedureView(
            3, "waiting", "1 March 2022", "10 March 2022", "Asia/Almaty", "when it was downloaded", (),
            waits=("Mongolia",),
        ),
    ),
    later="2022-04-18T18:00",
    zone="Asia/Almaty",
    now="2022-04-04T12:00",
    levels=(parts.Option("reached", "when a report says that it arrived", True),),
    members=(parts.Option("KZ", "Kazakhstan (KZ)"),),
    ends=(parts.Option("cancelled", "Call it off, without a notice"),),
    channels=(parts.Option("hand", "By hand"),),
    papers=(parts.Option("IN-12/2022", "IN-12/2022: Reply"),),
    may=frozenset({"extend_silence", "register_objection", "end_silence"}),
)  # fmt: skip

PAGES: dict[str, tuple[str, Any]] = {
    "exchange": ("exchange.html", EXCHANGE),
    "exchange-tried": ("exchange.html", TRIED),
    "exchange-conflict": ("exchange.html", CONFLICTED),
    "exchange-refused": (
        "exchange.html",
        replace(
            EXCHANGE,
            filename="a.xlf",
            faults=("Paragraph 1: the code {forum} is missing in the translation.",),
            typed=parts.Typed({}, {}, "The file was not taken, and nothing was changed."),
        ),
    ),
    "desk": ("desk.html", DESK),
    "desk-empty": (
        "desk.html",
        desk.Desk("Director’s desk", date(2022, 3, 28), last_done="TTF/374 was dispatched today at 10:20."),
    ),
    "notes": (
        "notes.html",
        notes.NotesList(
            (
                notes.NoteRow(
                    TTF,
                    "approved",
                    ("en", "ru", "kk"),
                    date(2022, 3, 28),
                    at(3, 28, 9, 33),
                    "Registry",
                    date(2022, 3, 28),
                ),
                notes.NoteRow(
                    NEW, "draft", ("en",), None, at(3, 27, 12), "Translator (ru)", date(2022, 3, 24), True
                ),
            ),
            states=(parts.Option("draft", "Draft"),),
            series=(parts.Option("TTF", "TTF"),),
            paging=parts.Keyset({"before": "x"}),
            can_submit=True,
            total=2,
        ),
    ),
    "notes-none": ("notes.html", notes.NotesList((), "ТТФ/999")),
    "notes-empty": ("notes.html", notes.NotesList(())),
    "submission": ("submission.html", NEW_NOTE),
    "submission-institute": (
        "submission.html",
        replace(
            NEW_NOTE,
            from_institute=True,
            typed=parts.Typed(),
            parent=TTF,
            concerns=(parts.Option("ru", "Русский"),),
            relation="corrigendum",
            kept_upload="7",
        ),
    ),
    "note": ("note.html", NOTE_PAGE),
    "note-draft": ("note.html", DRAFT_PAGE),
    "note-enclosing": (
        "note.html",
        replace(
            DRAFT_PAGE,
            enclosures=tuple(replace(one, missing=("kk",)) for one in NOTE_PAGE.enclosures),
            may=DRAFT_PAGE.may | {"add_enclosure", "remove_enclosure"},
            typed=parts.Typed(
                {"enclosure_language": "kk"}, {"enclosure_language": "Enclosure 1 is already there in kk."}
            ),
            typed_action="add_enclosure-1",
            kept_upload="7",
        ),
    ),
    "note-enclosing-new": (
        "note.html",
        replace(
            DRAFT_PAGE,
            may=DRAFT_PAGE.may | {"add_enclosure"},
            typed=parts.Typed({}, {}, "This page is older than the note."),
            typed_action="add_enclosure",
            kept_upload="7",
        ),
    ),
    "note-making": ("note.html", replace(NOTE_PAGE, making=(3, 7), main="", may=frozenset())),
    "note-dispatched": (
        "note.html",
        replace(
            NOTE_PAGE,
            state="dispatched",
            main="board",
            may=frozenset({"remark"}),
            follow_ups=("corrigendum", "addendum", "reminder", "withdrawal_notice"),
            superseded_by=SOC,
            digests_agree=False,
        ),
    ),
    "note-withdrawn": (
        "note.html",
        replace(
            NOTE_PAGE,
            state="withdrawn",
            main="",
            may=frozenset(),
            steps=(
                *NOTE_PAGE.steps[:3],
                note.Step("dispatched", "next"),
                note.Step(
                    "withdrawn",
                    "now",
                    at=at(3, 29, 9),
                    by="Executive Director",
                    reason="Merged with another meeting.",
                ),
            ),
        ),
    ),
    "source": (
        "source.html",
        source.SourcePage(
            NEW,
            6,
            "en",
            tuple(
                source.SourceParagraph(
                    i,
                    "The {enclosed} of the {meeting} Meeting.",
                    paragraphs("en")[i - 1],
                    ("ru", "kk") if i == 2 else (),
                )
                for i in (1, 2)
            ),
            LANGUAGES,
            SLOTS,
            MARKINGS,
            parts.Paragraph(0, (R("The Secretariat presents its compliments", "formula"),)),
            parts.Paragraph(3, (R("The Secretariat avails itself of this opportunity", "formula"),)),
            may=REGISTRY_MAY,
            languages=("en", "ru", "kk"),
            number_parts=NUMBER_PARTS,
            particulars=PARTICULARS,
        ),
    ),
    "recipients": (
        "recipients.html",
        source.RecipientsPage(
            NEW, 6, (*groups(), parts.RecipientGroup("lb", "LB", "Lebanon", ())), REGISTRY_MAY
        ),
    ),
    "translation": ("translation.html", TRANSLATION),
    "translation-read": (
        "translation.html",
        replace(
            TRANSLATION,
            segments=tuple(replace(one, findings=()) for one in TRANSLATION.segments),
            may=frozenset(),
            status="accepted",
            findings=(),
            beside=memory.NOTHING_BESIDE,
            returned="",
        ),
    ),
    "review": (
        "review.html",
        replace(
            TRANSLATION,
            status="submitted",
            may=frozenset({"accept_version", "return_version", "remark"}),
            returned="",
            blocked=("One error is open.",),
            remarks=DRAFT_PAGE.remarks,
        ),
    ),
    "approval": ("approval.html", APPROVAL),
    "approval-refused": (
        "approval.html",
        replace(
            APPROVAL,
            may=frozenset(),
            refusals=("You reviewed the Russian version, so another person approves.",),
            left_out=("Français",),
            making=(3, 7),
        ),
    ),
    "approval-stale": (
        "approval.html",
        replace(
            APPROVAL,
            chosen="kk-1",
            acting_for="Executive Director",
            typed=parts.Typed({}, {"otp": "The code does not match."}, "Not approved."),
            typed_action="approve",
        ),
    ),
    "circulation": (
        "circulation.html",
        circulation.CirculationPage(
            (
                circulation.CirculatingRow(TTF, at(3, 28, 10, 20), COUNT, 2),
                circulation.CirculatingRow(
                    YC,
                    at(3, 20, 10),
                    parts.Count(27, reached=1, downloaded=1, acknowledged=25),
                    0,
                    date(2022, 4, 4),
                ),
            ),
            12,
        ),
    ),
    "circulation-empty": ("circulation.html", circulation.CirculationPage(())),
    "board": ("board.html", BOARD),
    "board-silent": (
        "board.html",
        replace(
            BOARD, rows=(), filter="silent", count=parts.Count(27, not_sent=27, unknown=0), open_member=""
        ),
    ),
    "on-behalf": (
        "on_behalf.html",
        circulation.OnBehalfPage(
            TTF,
            15,
            "lk",
            "Sri Lanka",
            (parts.Option("hand", "By hand"), parts.Option("telephone", "Telephone")),
        ),
    ),
    "handover": (
        "handover.html",
        circulation.HandoverPage(
            TTF,
            "lk",
            "Sri Lanka",
            "Mission of Sri Lanka, 12 Harbour Road",
            (parts.Option("hand:handed_over", "By hand: Handed over."),),
            "0",
            "2022-03-30T12:00",
            "Asia/Almaty",
        ),
    ),
    "incoming": ("incoming.html", INCOMING),
    "incoming-journal": (
        "incoming.html",
        replace(INCOMING, journal=True, printed_by="Registry", printed_at=at(4, 6, 12)),
    ),
    "incoming-none": ("incoming.html", replace(INCOMING, rows=(), continuity=None)),
    "incoming-empty": ("incoming.html", incoming.IncomingPage(())),
    "incoming-form": ("incoming_form.html", PAPER_FORM),
    "incoming-form-twice": (
        "incoming_form.html",
        replace(
            PAPER_FORM,
            twice=("IN-12/2022", "/incoming/12"),
            kept=(("token", "letter.pdf"),),
            typed=parts.Typed({}, {"confirm": "IN-12/2022 has the same sender, number and date."}),
        ),
    ),
    "incoming-form-returned": ("incoming_form.html", replace(PAPER_FORM, returned="1", sure=False)),
    "incoming-correct": (
        "incoming_form.html",
        replace(
            PAPER_FORM,
            entry="12",
            symbol="IN-12/2022",
            revision=3,
            expected="",
            people=(),
            twice=("IN-11/2022", "/incoming/11"),
        ),
    ),
    "incoming-entry": ("incoming_entry.html", PAPER),
    "incoming-entry-settled": (
        "incoming_entry.html",
        replace(
            PAPER,
            row=replace(PAPERS[3], notes=(TTF,)),
            settled_by="Registry",
            settled_at=at(4, 6, 10),
            settled_remark="Answered.",
            answer=SOC,
            objection=SOC,
            erased="The personal data of this entry were erased on 1 May 2024 by decision: No. 7",
            may=frozenset({"reopen", "erase", "cancel"}),
        ),
    ),
    "register": ("register.html", REGISTER),
    "register-journal": (
        "register.html",
        replace(REGISTER, journal=True, printed_by="Registry", printed_at=at(3, 30, 12)),
    ),
    "register-none": (
        "register.html",
        replace(
            REGISTER,
            rows=(),
            query="ТТФ/999",
            continuity=register.Continuity("TTF/365", "TTF/374", 10, 8, 1, 1, 2, ("TTF/366",)),
        ),
    ),
    "register-empty": ("register.html", register.RegisterPage((), None)),
    "memory": ("memory.html", MEMORY),
    "memory-empty": (
        "memory.html",
        replace(MEMORY, query="", searched=False, hits=(), may_exchange=False, trial=memory.Trial()),
    ),
    "memory-none": ("memory.html", replace(MEMORY, hits=(), may_exchange=False, trial=memory.Trial())),
    "glossary": ("glossary.html", GLOSSARY),
    "glossary-empty": ("glossary.html", memory.GlossaryPage((), LANGUAGES)),
    "directory": ("directory.html", DIRECTORY),
    "directory-empty": ("directory.html", directory.DirectoryPage((), may=frozenset({"import_directory"}))),
    "member": ("member.html", MEMBER),
    "member-new": (
        "member.html",
        replace(MEMBER, changing=None, contacts=(), proposals=(), history=(), typed=parts.Typed()),
    ),
    "address": ("address.html", ADDRESS),
    "address-old": ("address.html", replace(ADDRESS, side="old")),
    "address-agreed": ("address.html", replace(ADDRESS, state="agreed")),
    "address-objected": ("address.html", replace(ADDRESS, state="objected")),
    "address-settled": ("address.html", replace(ADDRESS, state="settled")),
    "address-late": ("address.html", replace(ADDRESS, side="old", in_force=True)),
    "address-key": (
        "address.html",
        replace(ADDRESS, side="key", fingerprint="ab12 cd34\nef56 ab78", until=date(2027, 1, 1)),
    ),
    "certificate": ("certificate.html", CERTIFICATE),
    "certificate-disputed": (
        "certificate.html",
        replace(
            CERTIFICATE,
            current=replace(
                SMIME, asked=(parts.Event("protocol@mfa.lk.example objected.", at(3, 1, 9)),), disputed=True
            ),
        ),
    ),
    "certificate-own": (
        "certificate.html",
        replace(
            CERTIFICATE, waiting=replace(SMIME, key="2", status="quarantine", why_not="You proposed it.")
        ),
    ),
    "certificate-late": (
        "certificate.html",
        replace(
            CERTIFICATE,
            current=replace(SMIME, status="late"),
            waiting=None,
            unnamed=True,
            typed=parts.Typed(
                {"reason": "Note 12"}, {"certificate": "The certificate names another address."}
            ),
        ),
    ),
    "certificate-none": (
        "certificate.html",
        replace(CERTIFICATE, current=None, waiting=None, past=()),
    ),
    "import": ("import.html", directory.ImportPage(("member", "name", "address"))),
    "import-faults": (
        "import.html",
        replace(CHECKED, problems=(directory.ImportProblem(7, "There is no member “XX”."),), more_problems=3),
    ),
    "import-ready": ("import.html", CHECKED),
    "import-known": ("import.html", replace(CHECKED, additions=0, changes=0, shown=(), more=0)),
    "audit": (
        "audit.html",
        audit.AuditPage(
            (
                audit.AuditRow(
                    1204,
                    at(3, 28, 9, 32),
                    "Executive Director",
                    "approve",
                    "",
                    "9f" * 32,
                    "TTF/374, 28 March 2022",
                    note=TTF,
                ),
                audit.AuditRow(
                    1203,
                    at(3, 27, 9),
                    "Deputy",
                    "propose_contact",
                    "Mongolia",
                    "a1" * 32,
                    acting_for="Executive Director",
                ),
            ),
            1204,
            "9f" * 32,
            audit.Verification(True, 1204, "9f" * 32, at(3, 28, 10), anchors=(31, 31)),
            at(3, 28, 10),
            paging=parts.Keyset({"before": "1203"}),
        ),
    ),
    "audit-broken": (
        "audit.html",
        audit.AuditPage(
            (),
            1204,
            "9f" * 32,
            audit.Verification(
                False, 1204, "", at(3, 28, 10), 77, "Its contents do not agree with its digest."
            ),
        ),
    ),
    "log": ("log.html", audit.LogPage(TTF, EVENTS)),
    "differences": (
        "differences.html",
        audit.DifferencesPage(
            TTF, (audit.Difference("en", TRANSLATION.segments[2].source, "Registry", at(3, 24, 11, 5), 3),)
        ),
    ),
    "differences-none": ("differences.html", audit.DifferencesPage(TTF, ())),
    "accounts": (
        "accounts.html",
        accounts.AccountsPage(
            (
                ACCOUNT,
                replace(
                    ACCOUNT,
                    key="5",
                    name="Registry",
                    roles=("registry",),
                    second_factor=False,
                    last_seen=None,
                    status="ended",
                ),
            )
        ),
    ),
    "account": (
        "account.html",
        accounts.AccountPage(
            ACCOUNT,
            tuple(parts.Option(r, r, r == "translator") for r in ENTRIES),
            LANGUAGES,
            2,
            (accounts.TokenLine("1", "demo", at(3, 1, 9), date(2023, 1, 1), at(3, 2, 9)),),
            "chy_4R7K3B",
        ),
    ),
    "account-closed": (
        "account.html",
        accounts.AccountPage(replace(ACCOUNT, status="ended", second_factor=False), (), LANGUAGES),
    ),
    "account-new": (
        "account.html",
        accounts.AccountPage(
            None,
            tuple(parts.Option(r, r) for r in ENTRIES),
            LANGUAGES,
            asks_password=True,
            typed=parts.Typed({}, {"address": "This address has an account already."}),
        ),
    ),
    "delegations": (
        "delegations.html",
        accounts.DelegationsPage(
            (
                accounts.DelegationLine(
                    "1",
                    "Executive Director",
                    "Deputy",
                    ("approve", "dispatch"),
                    date(2022, 4, 1),
                    date(2022, 4, 9),
                    "due",
                    "Leave",
                    "Administrator",
                    True,
                ),
                accounts.DelegationLine(
                    "2",
                    "Executive Director",
                    "Deputy",
                    ("dispatch",),
                    date(2022, 1, 1),
                    date(2022, 1, 9),
                    "ended",
                ),
            ),
            (parts.Person("1", "Executive Director"),),
            (parts.Person("2", "Deputy"),),
            frozenset({"delegate"}),
        ),
    ),
    "delegations-none": ("delegations.html", accounts.DelegationsPage(())),
    "settings": (
        "settings.html",
        accounts.SettingsPage(
            "Registry",
            "registry@secretariat.example",
            ("registry",),
            LANGUAGES,
            (
                parts.Option("auto", "As the system"),
                parts.Option("light", "Light"),
                parts.Option("dark", "Dark"),
            ),
            (
                parts.Option("at_once", "At once, a mail for each thing", True),
                parts.Option("digest", "Once a day at 08:00, one mail with all of it"),
                parts.Option("none", "No mail; I look at my desk"),
            ),
            "https://notes.example.org/calendar/2-7c1e40ab12d96e5f.ics",
        ),
    ),
    "office": (
        "office.html",
        post.OfficePage(
            {
                "mfa.lk.example": (MAILBOX,),
                "mfa.kz.example": (
                    replace(
                        MAILBOX, key="kz", address="notes@mfa.kz.example", owner="Kazakhstan", weather=""
                    ),
                ),
            }
        ),
    ),
    "office-empty": ("office.html", post.OfficePage({})),
    "mailbox": (
        "mailbox.html",
        post.MailboxPage(
            MAILBOX,
            (
                post.MessageLine(
                    "m1", "secretariat@secretariat.example", "Note TTF/374", at(3, 28, 10, 20), 430_000
                ),
            ),
        ),
    ),
    "mailbox-empty": ("mailbox.html", post.MailboxPage(replace(MAILBOX, messages=0), ())),
    "message": (
        "message.html",
        post.MessagePage(
            "Note TTF/374 <b>not bold</b>",
            (("From", "secretariat@secretariat.example"), ("To", "protocol@mfa.lk.example")),
            "Dear colleagues,\n<script>alert(1)</script>",
            "From: x\r\n\r\n<script>alert(2)</script>",
            430_000,
            "ab" * 32,
            "/office/lk",
            "protocol@mfa.lk.example",
            at(3, 28, 10, 20),
            (post.Part("TTF-374.pdf", "application/pdf", 92_000, "/office/lk/m1/2"),),
            (("/r/tok", "Personal receipt page"),),
        ),
    ),
    "message-returned": (
        "message.html",
        post.MessagePage(
            "", (), "text", "raw", 3, "ab" * 32, "/returned", "Returned mail", returned=RETURNED
        ),
    ),
    "returned": (
        "returned.html",
        post.ReturnedPage((RETURNED, replace(RETURNED, key="m8", note=None, subject="")), 12),
    ),
    "trouble": (
        "trouble.html",
        trouble.TroublePage(
            tuple(
                trouble.TroubleLine(
                    kind,
                    "The reason in a sentence.",
                    at(3, 30, 8),
                    "Correct the address",
                    "/circulation",
                    None if kind == "returned" else SOC,
                    "KZ" if number % 2 else "",
                    number,
                    "41" if kind == "held" else "",
                    "/incoming/new?returned=8" if kind == "returned" else "",
                    frozenset({"resume", "retry", "cancel"}) if kind == "held" else frozenset(),
                )
                for number, kind in enumerate(TROUBLES)
            ),
            dict.fromkeys(TROUBLES, 1),
            total=len(TROUBLES),
        ),
    ),
    "trouble-none": ("trouble.html", trouble.TroublePage((), {})),
    "board-stopped": (
        "board.html",
        replace(
            BOARD,
            may=frozenset({"remind", "resume_all", "cancel_all", "retry_all"}),
            stopped=12,
        ),
    ),
    "board-scheduled": (
        "board.html",
        replace(
            BOARD,
            may=frozenset({"hold_all", "cancel_all", "reschedule"}),
            release=at(4, 2, 9),
        ),
    ),
    "returned-none": ("returned.html", post.ReturnedPage(())),
    "receipt": ("receipt.html", RECEIPT),
    "receipt-done": (
        "receipt.html",
        replace(
            RECEIPT,
            typed=parts.Typed(),
            acknowledged=receipt.Acknowledged(
                "Сотрудник канцелярии", "Канцелярия", at(3, 29, 10), "06-3/782", date(2022, 3, 29)
            ),
            successors=(
                following.Successor("corrigendum", "TTF/374/Corr.1", date(2022, 4, 4), "/x"),
                following.Successor("withdrawal_notice", "TTF/376", date(2022, 4, 5)),
            ),
            reported=True,
        ),
    ),
    **{
        f"receipt-{reason}": (
            "receipt_closed.html",
            receipt.ClosedPage(
                reason,
                ("The Secretariat",),
                "registry@secretariat.example",
                "en",
                until=at(3, 29, 11) if reason == "limited" else None,
                successor=following.Successor("withdrawal_notice", "TTF/376", date(2022, 4, 5))
                if reason == "revoked"
                else None,
            ),
        )
        for reason in ("unknown", "expired", "revoked", "limited")
    },
    "verification": (
        "verification.html",
        receipt.VerificationPage(("The Secretariat",), languages=("en", "ru")),
    ),
    **{
        f"verification-{result}": (
            "verification.html",
            receipt.VerificationPage(
                ("The Secretariat",),
                result,
                "ab" * 32,
                "TTF-374.pdf",
                "" if result == "unknown" else "TTF/374",
                None if result == "unknown" else date(2022, 3, 28),
                "Note, English",
                "Sealed by the Secretariat on 28 March 2022",
                successors=(following.Successor("revision", "TTF/374/Rev.1", date(2022, 4, 4)),)
                if result == "genuine"
                else (),
            ),
        )
        for result in ("genuine", "unsealed", "altered", "unknown", "sealed")
    },
    "seal-none": ("seal.html", seal.SealPage()),
    "seal": (
        "seal.html",
        seal.SealPage(
            "The Secretariat",
            "ab" * 32,
            (
                seal.CertificateLine("The Secretariat", date(2026, 7, 1), "due"),
                seal.CertificateLine("An authority", date(2026, 5, 1), "late"),
                seal.CertificateLine("A root", date(2036, 5, 1), "in_force"),
            ),
            "token",
            "stamps.example.org",
            2,
            ("The seal cannot be set now: the token refused the PIN.",),
        ),
    ),
    "reminders": ("reminders.html", REMINDERS),
    "reminders-paused": (
        "reminders.html",
        replace(
            REMINDERS,
            planned=(),
            later=(),
            sent=(),
            on_desk=(),
            paused=parts.Event("The ministers are meeting.", at(4, 11, 10), "Registry"),
        ),
    ),
    "reminders-none": (
        "reminders.html",
        following.RemindersPage(SOC, (), (), (), (), (), ended=SOC),
    ),
    "silence": ("silence.html", SILENCE),
    "silence-none": (
        "silence.html",
        replace(SILENCE, procedures=(), may=frozenset({"start_silence"}), proposal="2022-04-28T18:00"),
    ),
    "family": (
        "family.html",
        following.FamilyPage(
            SOC,
            (
                following.KinRow(SOC, "", date(2022, 3, 28), True),
                following.KinRow(
                    parts.NoteLine("D-2022-0020", "TTF/374/Corr.1", "Correction"),
                    "Corrigendum",
                    date(2022, 4, 4),
                    True,
                    "ru",
                ),
                following.KinRow(
                    parts.NoteLine("D-2022-0021", "TTF/375", "Reminder"), "Reminder", date(2022, 4, 11), False
                ),
            ),
            (
                following.HoldingRow("KAZ", "Kazakhstan", "holds_yes", {SOC.key: ("acknowledged", "EN, RU")}),
                following.HoldingRow("MNG", "Mongolia", "holds_on_its_way", {SOC.key: ("in_transit", "EN")}),
                following.HoldingRow("TJK", "Tajikistan", "holds_no", {}),
            ),
            1,
            relations=(("corrigendum", "Corrigendum"), ("withdrawal_notice", "Withdrawal notice")),
        ),
    ),
    "family-withdrawn": ("family.html", following.FamilyPage(SOC, (), (), 0, withdrawn=SOC)),
    "design": ("design.html", samples.design()),
    "keyboard": ("keyboard.html", None),
    "accessibility": ("accessibility.html", None),
    **{
        f"error-{status}": (
            "error.html",
            errors.ErrorPage(
                status,
                reference="01HX" if status == 500 else "",
                retry_after=30 if status in (429, 503) else None,
            ),
        )
        for status in (403, 404, 409, 413, 422, 429, 500, 503)
    },
    "error-kept": (
        "error.html",
        errors.ErrorPage(
            409,
            "The note changed since you opened it.",
            ("Registry edited ¶2 at 11:05.",),
            "/notes/D-2022-0031/differences",
            "Show what changed",
            "My remark",
        ),
    ),
}


def make_app(colours: str = "light") -> Flask:
    """A bare application with the theme, Flask-Babel, CSRF tokens and every endpoint of the table."""
    app = Flask("samples", template_folder=str(theme.PAGES))
    app.config.update(SECRET_KEY="for tests only", BABEL_DEFAULT_LOCALE="en", SERVER_NAME=None)
    app.jinja_env.undefined = __import__("jinja2").StrictUndefined
    Babel(app, locale_selector=lambda: request.args.get("lang", "en"))
    CSRFProtect(app)

    def chrome() -> Chrome:
        role = request.args.get("role", "registry")
        counts = {"desk": 6, "circulation": 2, "directory": 1}
        return Chrome(
            "The Secretariat",
            "Nur-Sultan",
            "UTC+6",
            "Registry",
            "RG",
            tuple(Entry(key, counts.get(key, 0)) for key in ENTRIES[role]),
            request.args.get("lang", "en"),
            colours=request.args.get("colours", colours),
        )

    theme.init_app(app, chrome=chrome, zone=lambda: ZONE)

    def stub(**_arguments: object) -> str:
        return ""

    for endpoint in ENDPOINTS:
        app.add_url_rule(endpoint.rule, endpoint.name, stub, methods=list(endpoint.methods))
    for name in ("login", "logout", "change_password", "two_factor_setup"):
        app.add_url_rule(f"/{name}", f"security.{name}", stub, methods=["GET", "POST"])

    @app.get("/sample/<name>")
    def sample(name: str) -> str | Response:
        template, page = PAGES[name]
        if name.startswith("error-403"):
            g.chrome = Chrome("The Secretariat")
        return render_template(template, page=page)

    return app
