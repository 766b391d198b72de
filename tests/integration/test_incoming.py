"""The register of incoming papers: numbers without a gap, corrections that are kept, sources, and who sees what."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError, IntegrityError

from tests.conftest import SetClock
from tests.office import Office, pdf
from tests.relay import ScriptedRelay, World
from workflow import audit, schema
from workflow.errors import Conflict, InputRefused, Invalid, NotAllowed, NotFound, Stale
from workflow.means import Means
from workflow.models import AuditEntry, Contact, IncomingEntry, IncomingKind, Note, Notice, PersonalData
from workflow.operations import (
    directory,
    erasing,
    incoming,
    incoming_acts,
    notice_items,
    notice_mail,
    notices,
)
from workflow.operations.context import Work
from workflow.operations.incoming import Duty
from workflow.operations.incoming_files import File
from workflow.operations.incoming_papers import Paper
from workflow.states import NoteState

PDF = b"%PDF-1.7 their letter"


def paper(**given: Any) -> Paper:
    """A reply of Kazakhstan, brought by hand."""
    return Paper(
        **{
            "kind": "reply", "subject": "Reply to the summary", "channel": "hand", "member": "KZ",
            "reference": "11-2/345", "dated": date(2026, 5, 11), **given,
        }
    )  # fmt: skip


def registered(office: Office, said: Paper | None = None, **given: Any) -> int:
    """An entry that the registry made; gives its id."""
    files = given.pop("files", (File("letter.pdf", PDF),))
    with office.means.work(office.registry) as work:
        return incoming.register(work, said or paper(), files, **given).id


def do(office: Office, person: str, verb: Callable[..., Any], entry_id: int, *args: Any, **given: Any) -> Any:
    """One act of a person on an entry."""
    with office.means.work(office.actor(person)) as work:
        return verb(work, incoming.find_entry(work, entry_id), *args, **given)


def entry_of(work: Work, entry_id: int) -> IncomingEntry:
    return work.session.get_one(IncomingEntry, entry_id)


def test_a_paper_gets_the_next_number_of_the_year_with_everything_that_is_said_of_it(
    office: Office, means: Means, clock: SetClock
) -> None:
    note_id = office.note(NoteState.DISPATCHED)
    with means.work(office.registry) as work:
        note = work.session.get_one(Note, note_id)
        said = paper(
            summary="They agree.\nA date follows.", language="ru", writer="Mission <NOTES@mfa.kz.example>",
            notes=(note.symbol or "", note.reference),
        )  # fmt: skip
        assert incoming.expected(work) == "IN-1/2026"
        duty = Duty(office.ids["translator"], date(2026, 5, 20))
        entry = incoming.register(work, said, (File("C:\\scan\u202e.pdf", PDF),), duty=duty)
        assert (entry.symbol, entry.year, entry.serial, entry.status) == ("IN-1/2026", 2026, 1, "open")
        assert entry.received_on == date(2026, 5, 12) and entry.registered_by == office.ids["registry"]
        assert [one.note_id for one in entry.links] == [note_id]
        assert work.session.get_one(Contact, entry.contact_id).address == "notes@mfa.kz.example"
        assert [(one.filename, one.size) for one in entry.files] == [("scan.pdf", len(PDF))]
        assert work.store.get(entry.files[0].sha256) == PDF
        logged = work.session.scalars(select(AuditEntry).order_by(AuditEntry.number.desc()).limit(2)).all()
        assert [(one.action, one.subject) for one in logged] == [
            ("link_incoming", f"note:{note_id}"),
            ("register_incoming", f"incoming:{entry.id}"),
        ]
        # The log names ids and digests, and nobody.
        assert not any(word in one.data for one in logged for word in ("Mission", "mfa.kz", "agree", "scan"))
        assert [one.id for one in incoming.of_note(work, note)] == [entry.id]
    clock.now = clock.now.replace(year=2027, month=1, day=2)
    with means.look() as work:
        assert entry_of(work, registered(office, paper(reference="2"))).symbol == "IN-1/2027"
        assert incoming.find_entry(work, "№ in-1/2027").symbol == "IN-1/2027"
        assert audit.verify(work.session, work.settings.keys.audit).faults == []


def test_registrations_at_once_have_neither_gap_nor_number_twice(office: Office, means: Means) -> None:
    faults: list[BaseException] = []
    actor = office.registry
    begin = threading.Barrier(6)

    def register(worker: int) -> None:
        begin.wait()
        for turn in range(4):
            try:
                with means.work(actor) as work:
                    incoming.register(work, paper(reference=f"{worker}/{turn}"))
                    if turn == 2:
                        raise InterruptedError  # A registration that comes to nothing leaves no gap.
            except InterruptedError:
                continue
            except BaseException as fault:
                faults.append(fault)

    workers = [threading.Thread(target=register, args=(number,)) for number in range(6)]
    for one in workers:
        one.start()
    for one in workers:
        one.join()
    assert faults == []
    with means.look() as work:
        serials = sorted(work.session.scalars(select(IncomingEntry.serial)))
        assert serials == list(range(1, 19))


def test_one_paper_at_once_from_two_desks_is_warned_about(office: Office, means: Means) -> None:
    outcomes: list[str] = []
    actors = [office.registry, office.second_registry]
    begin = threading.Barrier(2)

    def register(actor: Any) -> None:
        begin.wait()
        try:
            with means.work(actor) as work:
                outcomes.append(incoming.register(work, paper()).symbol)
        except Conflict as refusal:
            outcomes.append(refusal.code)

    workers = [threading.Thread(target=register, args=(actor,)) for actor in actors]
    for one in workers:
        one.start()
    for one in workers:
        one.join()
    assert sorted(outcomes) == ["IN-1/2026", "incoming-twice"]


def test_what_is_likely_registered_twice_is_said_and_may_be_confirmed(office: Office, means: Means) -> None:
    first = registered(office)
    before = office.counts()
    # The number of the sender is found in any script and with any label.
    for reference in ("11-2/345", "№ 11–2 / 345"):
        with means.work(office.registry) as work, pytest.raises(Conflict, match=r"IN-1/2026") as refusal:
            incoming.register(work, paper(reference=reference, subject="Again"))
        assert refusal.value.code == "incoming-twice"
    assert office.counts() == before
    second = registered(office, paper(reference="11-2/345"), confirmed=True)
    with means.look() as work:
        assert entry_of(work, second).symbol == "IN-2/2026"
    # Another state, another date, or no number at all is another paper.
    for given in ({"member": "CN"}, {"dated": None}, {"reference": "б/н"}, {"reference": ""}):
        registered(office, paper(**given))
    # One that was cancelled no longer counts.
    do(office, "registry", incoming_acts.cancel, first, "Registered twice.")
    do(office, "registry", incoming_acts.cancel, second, "Registered twice.")
    registered(office)


REFUSED: tuple[tuple[dict[str, Any], str], ...] = (
    ({"kind": "gossip"}, "incoming-kind"),
    ({"channel": "pigeon"}, "incoming-channel"),
    ({"subject": " \u202e\u0007 "}, "incoming-subject"),
    ({"subject": "x" * 501}, "incoming-long"),
    ({"summary": "x" * 20_001}, "incoming-long"),
    ({"member": ""}, "incoming-sender"),
    ({"party": "An institute"}, "incoming-two-senders"),
    ({"member": "XX"}, "unknown-member"),
    ({"contact": 999}, "no-such-contact"),
    ({"received_on": date(2026, 5, 13)}, "incoming-future"),
    ({"received_on": date(1204, 5, 13)}, "incoming-early"),
    ({"dated": date(2026, 5, 14)}, "incoming-dated"),
    ({"dated": date(1204, 5, 13)}, "incoming-early"),
    ({"language": "Russian, please"}, "incoming-language"),
    ({"marking": "secret"}, "no-such-choice"),
    ({"notes": ("TTF/999",)}, "no-such-note"),
)


def test_what_cannot_be_is_refused_and_takes_no_number(office: Office, means: Means) -> None:
    before = office.counts()
    for given, code in REFUSED:
        with means.work(office.registry) as work, pytest.raises((Invalid, NotFound)) as refusal:
            incoming.register(work, paper(**given))
        assert refusal.value.code == code, given
        assert refusal.value.sentence.endswith(".")
    assert office.counts() == before
    with means.look() as work:
        assert incoming.expected(work) == "IN-1/2026"


def test_a_draft_is_no_note_that_a_paper_can_be_about(office: Office, means: Means) -> None:
    note_id = office.note(NoteState.DRAFT)
    with means.work(office.registry) as work, pytest.raises(Conflict, match="was not dispatched"):
        incoming.register(work, paper(notes=(work.session.get_one(Note, note_id).reference,)))


def test_a_file_is_known_by_its_content(office: Office, means: Means) -> None:
    before = office.counts()
    for name, data in (
        ("letter.pdf", b""),
        ("letter.exe", b"MZ\x90"),
        ("letter.eml", b"Subject: x\r\n\r\n\0"),
        ("letter.html", b"<script>alert(1)</script>"),
        ("letter.docx", b"PK\x03\x04 no document"),
    ):
        with means.work(office.registry) as work, pytest.raises((Invalid, InputRefused)):
            incoming.register(work, paper(), (File(name, data),))
    assert office.counts() == before


def test_the_kinds_of_file_that_are_kept(office: Office, means: Means) -> None:
    files = [
        File("letter.pdf", pdf()),
        File("scan.png", b"\x89PNG\r\n\x1a\n picture"),
        File("scan.jpg", b"\xff\xd8\xff picture"),
        File("mail.eml", "Subject: ответ\r\n\r\nДа.".encode()),
    ]
    number = registered(office, files=files)
    with means.look() as work:
        assert [one.ordinal for one in entry_of(work, number).files] == [1, 2, 3, 4]
    with means.work(office.registry) as work, pytest.raises(Invalid, match="twice"):
        incoming_acts.add_files(work, entry_of(work, number), [File("again.pdf", pdf())])
    do(office, "registry", incoming_acts.add_files, number, [File("page 2.pdf", PDF)])
    with means.look() as work:
        assert entry_of(work, number).files[-1].ordinal == 5


def test_a_correction_keeps_old_and_new_and_names_nobody_in_the_log(office: Office, means: Means) -> None:
    note_id = office.note(NoteState.DISPATCHED)
    number = registered(office, paper(writer="A. Writer"))
    with means.look() as work:
        reference = work.session.get_one(Note, note_id).reference
    said = paper(
        subject="Reply to our note",
        writer="B. Author",
        reference="11-2/346",
        kind="request",
        notes=(reference,),
    )
    do(office, "registry", incoming_acts.correct, number, said, "Misread.", revision=1)
    with means.look() as work:
        entry = entry_of(work, number)
        assert (entry.subject, entry.writer, entry.kind) == (
            "Reply to our note", "B. Author", IncomingKind.REQUEST,
        )  # fmt: skip
        assert entry.symbol == "IN-1/2026" and entry.revision == 2
        assert "reply to our note" in entry.search and "a. writer" not in entry.search
        ((row, changes),) = incoming_acts.corrections_of(work, entry)
        assert row.reason == "Misread."
        assert {(one.field, one.old, one.new) for one in changes} == {
            ("kind", "reply", "request"),
            ("reference", "11-2/345", "11-2/346"),
            ("notes", "", reference),
            ("subject", "Reply to the summary", "Reply to our note"),
            ("writer", "A. Writer", "B. Author"),
        }
        logged = work.session.scalars(select(AuditEntry).where(AuditEntry.action == "correct_incoming")).one()
        assert "Writer" not in logged.data and "11-2/346" in logged.data
    with pytest.raises(Stale):
        do(office, "registry", incoming_acts.correct, number, paper(), "Late.", revision=1)
    with pytest.raises(Invalid, match="Nothing is different"):
        do(office, "registry", incoming_acts.correct, number, said, "Again.", revision=2)
    other = registered(office, paper(reference="77"))
    with pytest.raises(Conflict, match="IN-1/2026"):
        do(office, "registry", incoming_acts.correct, other, paper(reference="11-2/346"), "Same.")
    do(
        office,
        "registry",
        incoming_acts.correct,
        other,
        paper(reference="11-2/346"),
        "So it is.",
        confirmed=True,
    )


def test_what_was_registered_by_mistake_is_cancelled_and_keeps_its_number(
    office: Office, means: Means
) -> None:
    number = registered(office)
    with pytest.raises(Invalid, match="Give the reason"):
        do(office, "registry", incoming_acts.cancel, number, " ")
    do(office, "registry", incoming_acts.cancel, number, "Not meant for us.")
    with means.look() as work:
        entry = entry_of(work, number)
        assert (entry.status, entry.cancelled_reason, entry.symbol) == (
            "cancelled", "Not meant for us.", "IN-1/2026",
        )  # fmt: skip
    for verb, args in (
        (incoming_acts.cancel, ("Again.",)),
        (incoming_acts.correct, (paper(subject="Else"), "Why.")),
        (incoming_acts.assign, (office.ids["director"], None)),
        (incoming_acts.settle, ("Done.",)),
        (incoming_acts.add_files, ([File("more.pdf", pdf())],)),
    ):
        with pytest.raises(Conflict, match="was cancelled"):
            do(office, "registry", verb, number, *args)
    assert entry_of_number(office, registered(office, paper(reference="2"))) == "IN-2/2026"


def entry_of_number(office: Office, entry_id: int) -> str:
    with office.means.look() as work:
        return entry_of(work, entry_id).symbol


def test_the_database_tells_the_same_story(office: Office, means: Means) -> None:
    number = registered(office)
    do(office, "registry", incoming_acts.correct, number, paper(subject="Else"), "Why.")
    for statement in (
        "DELETE FROM incoming_entries",
        "UPDATE incoming_entries SET serial = 7",
        "DELETE FROM incoming_corrections",
        "UPDATE incoming_corrections SET reason = 'x'",
        "DELETE FROM incoming_files",
        "UPDATE incoming_entries SET kind = 'gossip'",
        "UPDATE incoming_entries SET party = 'both'",
        "UPDATE incoming_entries SET subject = ''",
        "UPDATE incoming_entries SET settled_at = registered_at",
        "UPDATE incoming_entries SET cancelled_at = registered_at",
        "UPDATE incoming_entries SET assigned_to = registered_by",
        "UPDATE incoming_entries SET answer_id = 1",
    ):
        with pytest.raises((IntegrityError, DBAPIError)), means.work() as work:
            work.session.execute(text(statement))
    with means.look() as work:
        assert entry_of(work, number).subject == "Else"


def test_a_paper_is_given_to_somebody_who_is_told_and_settles_it(
    office: Office, means: Means, clock: SetClock
) -> None:
    note_id = office.note(NoteState.DISPATCHED)
    number = registered(office)

    def told() -> list[tuple[int, str, Any]]:
        with means.look() as work:
            rows = work.session.scalars(
                select(Notice).where(Notice.incoming_id == number).order_by(Notice.id)
            )
            return [(one.account_id, one.kind.value, one.by) for one in rows]

    assert told() == []
    translator, due = office.ids["translator"], date(2026, 5, 15)
    with pytest.raises(Invalid, match="lies before"):
        do(office, "registry", incoming_acts.assign, number, translator, date(2026, 5, 11))
    for stranger in (office.ids["chair"], 999):
        with pytest.raises(Invalid, match="person of the house"):
            do(office, "registry", incoming_acts.assign, number, stranger, due)
    do(office, "registry", incoming_acts.assign, number, translator, due)
    assert told() == [(translator, "incoming", due)]
    clock.pass_(days=5)
    with means.work() as work:
        assert notices.tell_late(work) == 3 and notices.tell_late(work) == 0
    assert {one[0] for one in told()[1:]} == {
        translator,
        office.ids["registry"],
        office.ids["second_registry"],
    }
    for person in ("reviewer", "chair", "administrator"):
        with pytest.raises((NotAllowed, NotFound)):
            do(office, person, incoming_acts.settle, number, "Not mine.")
    with pytest.raises(Invalid, match="Say what was done"):
        do(office, "translator", incoming_acts.settle, number, " ")
    with means.look() as work:
        reference = work.session.get_one(Note, note_id).reference
    with pytest.raises(NotFound):
        do(office, "translator", incoming_acts.settle, number, "Answered.", "TTF/999")
    do(office, "registry", incoming_acts.settle, number, "Answered.", reference)
    with means.look() as work:
        entry = entry_of(work, number)
        assert (entry.status, entry.settled_remark, entry.answer_id) == ("settled", "Answered.", note_id)
    for verb, args in ((incoming_acts.settle, ("Again.",)), (incoming_acts.assign, (None, None))):
        with pytest.raises(Conflict, match="settled already"):
            do(office, "registry", verb, number, *args)
    do(office, "registry", incoming_acts.reopen, number, "They wrote again.")
    with means.look() as work:
        entry = entry_of(work, number)
        assert entry.status == "open" and entry.answer_id is None
    do(office, "registry", incoming_acts.assign, number, None, None)
    with means.look() as work:
        assert entry_of(work, number).assigned_to is None


def test_what_needs_nothing_is_put_to_the_file_at_once(office: Office, means: Means) -> None:
    number = registered(office, duty=Duty(filed=True))
    with means.look() as work:
        assert entry_of(work, number).status == "settled"
        assert work.session.scalars(select(Notice)).all() == []
    with means.work(office.registry) as work, pytest.raises(Invalid):
        incoming.register(work, paper(reference="2"), duty=Duty(office.ids["director"], filed=True))


def test_who_sees_what(office: Office, means: Means) -> None:
    mine, other = office.note(NoteState.DISPATCHED), registered(office, paper(reference="1"))
    with means.look() as work:
        reference = work.session.get_one(Note, mine).reference
    about = registered(office, paper(reference="2", notes=(reference,)))
    given = registered(office, paper(reference="3"), duty=Duty(office.ids["translator"]))

    def seen(person: str) -> set[int]:
        with means.look(office.actor(person)) as work:
            return set(
                work.session.scalars(select(IncomingEntry.id).where(incoming.visible_entries(work.actor)))
            )

    assert seen("registry") == seen("director") == seen("administrator") == {other, about, given}
    assert seen("chair") == seen("reviewer") == {about}
    assert seen("translator") == {about, given}
    for person, readable in (
        ("registry", True),
        ("director", True),
        ("administrator", False),
        ("chair", False),
    ):
        with means.look(office.actor(person)) as work:
            entry = incoming.find_entry(work, about)
            assert incoming.reads_papers(work.actor, entry) is readable
            if not readable:
                with pytest.raises(NotFound):
                    incoming.find_file(work, entry, entry.files[0].id)
    with means.look(office.translator) as work:
        assert incoming.reads_papers(work.actor, incoming.find_entry(work, given))
        with pytest.raises(NotFound):
            incoming.find_entry(work, other)


def test_only_the_registry_keeps_the_register(office: Office, means: Means) -> None:
    number = registered(office)
    before = office.counts()
    for person in ("chair", "translator", "reviewer", "director", "administrator"):
        with means.work(office.actor(person)) as work:
            with pytest.raises(NotAllowed, match="Only the registry may"):
                incoming.register(work, paper(reference="2"))
            for verb, args in (
                (incoming_acts.correct, (paper(subject="Else"), "Why.")),
                (incoming_acts.assign, (None, None)),
                (incoming_acts.reopen, ("Why.",)),
                (incoming_acts.cancel, ("Why.",)),
                (incoming_acts.add_files, ([File("more.pdf", pdf())],)),
            ):
                with pytest.raises(NotAllowed, match="Only the registry may"):
                    verb(work, entry_of(work, number), *args)
    assert office.counts() == before


def test_an_outside_party_is_written_in_words(office: Office, means: Means) -> None:
    number = registered(office, paper(member="", party="Institute of  Asian\nStudies", writer="Dr. Who"))
    with means.look() as work:
        entry = entry_of(work, number)
        assert (entry.member_id, entry.party) == (None, "Institute of Asian Studies")


def test_a_second_organisation_numbers_as_its_profile_says(tmp_path: Any, sqlite_template: Any) -> None:
    import shutil

    from tests.conftest import make_settings
    from tests.secretariat import Secretariat

    path = tmp_path / "chancery.sqlite"
    shutil.copy(sqlite_template, path)
    clock = SetClock(datetime(2026, 12, 31, 6, tzinfo=UTC))
    settings = make_settings(tmp_path, database_url=f"sqlite:///{path}", profile="veldana")
    means = Means.of(settings, clock)
    people = Secretariat(means)
    said = paper(member=people.codes[0], dated=None)
    with means.work(people.registry) as work:
        assert incoming.register(work, said, confirmed=True).symbol == "E/26/0001"
        assert incoming.proposed_due(work, work.today()) == work.today() + timedelta(days=14)
    means.database.close()


def test_personal_data_of_corrections_lie_apart(office: Office, means: Means) -> None:
    number = registered(office, paper(writer="A. Writer"))
    do(office, "registry", incoming_acts.correct, number, paper(writer="B. Author"), "Misread.")
    with means.look() as work:
        ((row, _),) = incoming_acts.corrections_of(work, entry_of(work, number))
        assert row.facts == {}
        assert work.session.get_one(PersonalData, row.personal).data == {"writer": ["A. Writer", "B. Author"]}


def test_the_register_goes_and_comes_back_with_the_rows_around_it(office: Office, means: Means) -> None:
    """An older program has no register: what hangs on it goes with it, and nothing else does."""
    number = registered(office, duty=Duty(office.ids["translator"]))
    do(office, "registry", incoming_acts.correct, number, paper(subject="Else"), "Why.")
    do(office, "registry", incoming_acts.cancel, number, "Not for us.")
    with means.work(office.administrator) as work:
        erasing.erase_incoming(work, entry_of(work, number), "Decision 7")
    before = office.counts()
    means.database.close()
    schema.downgrade(means.database, "0015")
    schema.upgrade(means.database)
    after = office.counts()
    gone = {name for name in before if before[name] != after[name]}
    assert gone == {
        "incoming_entries", "incoming_files", "incoming_corrections", "erasures", "notices", "personal_data", "series",
    }  # fmt: skip
    assert entry_of_number(office, registered(office)) == "IN-1/2026"


def test_what_is_erased_leaves_the_number_and_what_was_done(office: Office, means: Means) -> None:
    number = registered(office, paper(writer="A. Writer", summary="Their son is ill."))
    do(office, "registry", incoming_acts.correct, number, paper(writer="B. Author"), "Misread.")
    with means.work(office.administrator) as work, pytest.raises(Conflict, match="not settled yet"):
        erasing.erase_incoming(work, entry_of(work, number), "Decision 7")
    do(office, "registry", incoming_acts.settle, number, "Filed.")
    with means.work(office.registry) as work, pytest.raises(NotAllowed):
        erasing.erase_incoming(work, entry_of(work, number), "Decision 7")
    with means.work(office.administrator) as work:
        with pytest.raises(Invalid, match="Name the decision"):
            erasing.erase_incoming(work, entry_of(work, number), " ")
        done = erasing.erase_incoming(work, entry_of(work, number), "Decision 7", papers=True)
        assert (done.pieces, done.files) == (2, 1)
    with means.look() as work:
        entry = entry_of(work, number)
        assert (entry.symbol, entry.reference, entry.settled_remark) == ("IN-1/2026", "11-2/345", "Filed.")
        assert entry.subject == entry.summary == entry.writer == entry.search == ""
        assert entry.files[0].filename == "1.pdf" and not work.store.has(entry.files[0].sha256)
        ((_, changes),) = incoming_acts.corrections_of(work, entry)
        assert [(one.field, one.erased) for one in changes] == [("texts", True)]
        assert audit.verify(work.session, work.settings.keys.audit).faults == []
        said = [one.data for one in work.session.scalars(select(AuditEntry))]
        assert not any("Writer" in one or "Author" in one for one in said)
    with means.work(office.administrator) as work, pytest.raises(Conflict, match="erased already"):
        erasing.erase_incoming(work, entry_of(work, number), "Decision 8")
    with pytest.raises(Conflict, match="erased"):
        do(office, "registry", incoming_acts.correct, number, paper(subject="Else"), "Why.")


def test_a_file_that_another_entry_needs_stays(office: Office, means: Means) -> None:
    first, second = registered(office), registered(office, paper(reference="2"))
    do(office, "registry", incoming_acts.settle, first, "Filed.")
    with means.work(office.administrator) as work:
        assert erasing.erase_incoming(work, entry_of(work, first), "Decision 7", papers=True).files == 0
    with means.look() as work:
        assert work.store.has(entry_of(work, second).files[0].sha256)


def test_a_contact_that_is_erased_is_named_in_no_paper(office: Office, means: Means) -> None:
    number = registered(office, paper(writer="A. Writer <notes@mfa.kz.example>"))
    with means.work(office.registry) as work:
        contact = work.session.get_one(Contact, entry_of(work, number).contact_id)
        directory.retire_contact(work, contact, "They moved.")
    with means.work(office.administrator) as work:
        erasing.erase_contact(work, work.session.get_one(Contact, contact.id), "Decision 7")
    with means.look() as work:
        entry = entry_of(work, number)
        assert entry.writer == "" and "writer" not in entry.search and entry.subject == "Reply to the summary"
        assert "erased.invalid" in incoming_acts.contact_words(work, entry)
        assert work.store.has(entry.files[0].sha256)


def test_the_mail_says_what_waits_and_is_dropped_once_it_is_done(office: Office, means: Means) -> None:
    world = World()

    def send() -> list[str]:
        with means.look() as work:
            due = notice_mail.due_accounts(work)
        for account in due:
            notice_mail.send_due(means, account, ScriptedRelay(world))
        with means.look() as work:
            rows = work.session.scalars(select(Notice).order_by(Notice.id))
            return [one.state.value for one in rows if one.incoming_id is not None]

    open_one = registered(office, duty=Duty(office.ids["director"], date(2026, 5, 20)))
    done = registered(office, paper(reference="2"), duty=Duty(office.ids["director"]))
    secret = paper(reference="3", marking="restricted", subject="Not for the mail")
    registered(office, secret, duty=Duty(office.ids["director"]))
    do(office, "director", incoming_acts.settle, done, "Answered.")
    assert send() == ["sent", "dropped", "sent"]
    said = "\n".join(str(taken.mail.get_payload(decode=True), "utf-8") for taken in world.taken)
    assert "IN-1/2026" in said and f"/incoming/{open_one}" in said and "Kazakhstan" in said
    assert "IN-3/2026" in said and "IN-2/2026" not in said and "Not for the mail" not in said
    with means.look() as work:
        rows = work.session.scalars(select(Notice).order_by(Notice.id)).all()
        items = [notice_items.item_of(work, one, language) for one in rows for language in ("en", "ru", "kk")]
    assert items[0].facts == {
        "incoming": "IN-1/2026", "title": "Reply to the summary", "member": "Kazakhstan", "due": "20\u00a0May 2026",
    }  # fmt: skip
    assert items[1].facts["member"] == "Казахстан" and items[2].facts["member"] == "Қазақстан"
