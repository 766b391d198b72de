"""Mail to people of the house: rows with their cause, sent once, in their language, as they chose."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from email.header import decode_header, make_header

import pytest
from sqlalchemy import select

import tasks.app
import tasks.offer
import web.views.endpoints as endpoints
from tasks import notices as notice_tasks
from tasks import sweeps
from tests.conftest import SetClock
from tests.integration.pages import Pages
from tests.office import Office
from tests.relay import BROKEN_TAKEN, LATER, NEVER, ScriptedRelay, Taken, World
from workflow import schema
from workflow.errors import Refusal
from workflow.means import Means
from workflow.models import (
    Account,
    Delivery,
    MailChoice,
    Member,
    Note,
    Notice,
    NoticeKind,
    NoticeState,
    Remark,
)
from workflow.operations import (
    accounts,
    approval,
    deliveries,
    drafting,
    ladder,
    notice_items,
    notice_mail,
    notices,
    remarks,
    reminding,
    returned_mail,
    sending,
    texts,
    translation,
)
from workflow.states import NoteState


@pytest.fixture
def world() -> World:
    return World()


def told(office: Office, kind: NoticeKind | None = None) -> list[tuple[str, str]]:
    """Who was told what, oldest first."""
    names = {identity: name for name, identity in office.ids.items()}
    with office.means.look() as work:
        rows = work.session.scalars(select(Notice).order_by(Notice.id)).all()
        return [(names[row.account_id], row.kind.value) for row in rows if kind is None or row.kind is kind]


def send(office: Office, world: World) -> None:
    """What the worker does with whatever is due."""
    with office.means.look() as work:
        due = notice_mail.due_accounts(work)
    for account in due:
        notice_mail.send_due(office.means, account, ScriptedRelay(world))


def states(office: Office) -> list[NoticeState]:
    with office.means.look() as work:
        return list(work.session.scalars(select(Notice.state).order_by(Notice.id)))


def choose(office: Office, person: str, choice: str) -> None:
    with office.means.work(office.actor(person)) as work:
        accounts.choose_mail(work, choice)


def subject(one: Taken) -> str:
    return str(make_header(decode_header(one.mail["Subject"])))


def body(one: Taken) -> str:
    payload = one.mail.get_payload(decode=True)
    assert isinstance(payload, bytes)
    return payload.decode()


def change_source(office: Office, note_id: int, words: str, ordinal: int = 2) -> None:
    """The registry edits one paragraph and releases the source again."""
    with office.means.work(office.registry) as work:
        note = work.session.get_one(Note, note_id)
        source = [(one.id, texts.text_in(one, "en").text) for one in texts.live_paragraphs(note)]  # type: ignore[union-attr]
        source[ordinal - 1] = (source[ordinal - 1][0], words)
        drafting.edit_source(work, note, None, paragraphs=source)
        drafting.release_source(work, note, None)


def test_whoever_must_act_next_is_told_at_each_step(office: Office) -> None:
    note_id = office.submitted()
    assert told(office) == [("registry", "submission"), ("second_registry", "submission")]
    office.released(note_id)
    assert told(office)[2:] == [("translator", "assigned"), ("kazakh_translator", "assigned")]
    office.written(note_id, "ru")
    office.do("reviewer", translation.return_version, note_id, "ru", "Please mend ¶2.")
    office.written(note_id, "ru")
    office.written(note_id, "kk")
    assert told(office)[4:] == [
        ("reviewer", "submitted"),
        ("translator", "returned"),
        ("reviewer", "submitted"),
        ("reviewer", "submitted"),
    ]
    office.do("reviewer", translation.accept_version, note_id, "ru")
    office.do("reviewer", translation.accept_version, note_id, "kk")
    assert told(office)[8:] == [("director", "to_approve"), ("second_director", "to_approve")]
    office.approved(note_id)
    assert told(office)[10:] == [("director", "to_dispatch"), ("second_director", "to_dispatch")]
    office.do("director", approval.send_back, note_id, None, "The date is wrong.")
    assert told(office)[12:] == [("registry", "sent_back"), ("second_registry", "sent_back")]


def test_a_changed_source_is_told_to_just_the_versions_concerned(office: Office) -> None:
    note_id = office.submitted()
    office.released(note_id)
    office.written(note_id, "ru")
    office.do("reviewer", translation.accept_version, note_id, "ru")
    change_source(office, note_id, "The documents of the Meeting are on the website.")
    assert told(office, NoticeKind.SOURCE_CHANGED) == [("translator", "source_changed")]
    # Releasing what did not change tells nobody anything.
    before = len(told(office))
    with office.means.work(office.registry) as work:
        note = work.session.get_one(Note, note_id)
        drafting.edit_source(work, note, None, marking=note.marking, paragraphs=None)
    assert len(told(office)) == before


def test_a_mail_is_in_the_persons_language_with_links_only(office: Office, world: World) -> None:
    with office.means.work() as work:
        work.session.get_one(Account, office.ids["translator"]).locale = "ru"
        work.session.get_one(Account, office.ids["kazakh_translator"]).locale = "kk"
    note_id = office.submitted()
    office.released(note_id)
    send(office, world)
    by = {one.address.partition("@")[0]: one for one in world.taken}
    assert "вам поручен перевод" in subject(by["translator"]) and "Версия" in body(by["translator"])
    assert "сізге аударма тапсырылды" in subject(by["kazakh_translator"])
    with office.means.look() as work:
        reference = work.session.get_one(Note, note_id).reference
    assert f"/notes/{reference}/versions/ru" in body(by["translator"])
    for one in world.taken:
        assert one.mail["Auto-Submitted"] == "auto-generated"
        assert "website of the Secretariat" not in body(one) and "honour" not in body(one)
        assert one.mail["Content-Language"] in ("en", "ru", "kk")
    assert "summary of the fourth meeting" in body(by["translator"]).lower()


def test_a_note_that_may_not_go_by_mail_gives_not_even_its_subject(office: Office, world: World) -> None:
    note_id = office.submitted()
    with office.means.look() as work:
        closed = next(name for name, one in work.profile.markings.items() if not one.mail)
    with office.means.work(office.registry) as work:
        drafting.edit_source(work, work.session.get_one(Note, note_id), None, marking=closed)
    office.released(note_id)
    send(office, world)
    assert world.taken
    assert not any("Fourth Meeting" in body(one) + subject(one) for one in world.taken)


def test_nothing_is_sent_twice_and_a_relay_that_is_away_loses_nothing(office: Office, world: World) -> None:
    office.submitted()
    world.down = True
    send(office, world)
    assert world.taken == [] and set(states(office)) == {NoticeState.QUEUED}
    world.down = False
    send(office, world)
    send(office, world)
    assert sorted(one.address for one in world.taken) == [
        "registry@secretariat.example",
        "second_registry@secretariat.example",
    ]
    assert set(states(office)) == {NoticeState.SENT}


def test_refused_put_off_and_unknown(office: Office, world: World, clock: SetClock) -> None:
    world.script = {
        "registry@secretariat.example": [NEVER],
        "second_registry@secretariat.example": [LATER, "accept"],
    }
    office.submitted()
    send(office, world)
    assert states(office) == [NoticeState.FAILED, NoticeState.QUEUED]
    send(office, world)
    assert world.taken == []
    clock.pass_(minutes=2)
    send(office, world)
    assert states(office) == [NoticeState.FAILED, NoticeState.SENT]
    world.script = {"registry@secretariat.example": [BROKEN_TAKEN]}
    office.submitted()
    send(office, world)
    clock.pass_(hours=3)
    send(office, world)
    clock.pass_(hours=3)
    send(office, world)
    # It may have arrived: it is sent once more, with a mark, and then no more.
    copies = [one for one in world.taken if one.address == "registry@secretariat.example"]
    assert [one.mail["X-Chancery-Attempt"] for one in copies] == [None, "2; possible-duplicate"]
    assert len({one.mail["Message-ID"] for one in copies}) == 1 and "disregard this copy" in body(copies[1])
    assert NoticeState.UNKNOWN in states(office)


def test_a_mail_of_unknown_outcome_whose_failure_is_reported_is_not_sent_once_more(
    office: Office, world: World, clock: SetClock
) -> None:
    world.script = {"registry@secretariat.example": [BROKEN_TAKEN, "accept"]}
    office.submitted()
    send(office, world)
    (one,) = [one for one in world.taken if one.address == "registry@secretariat.example"]
    with office.means.work() as work:
        assert notice_mail.returned(work, one.token, failed=True)
    clock.pass_(hours=3)
    send(office, world)
    assert [one.address for one in world.taken].count("registry@secretariat.example") == 1
    assert states(office)[0] is NoticeState.FAILED


def test_of_a_mail_of_unknown_outcome_only_what_still_waits_is_said_once_more(
    office: Office, world: World, clock: SetClock
) -> None:
    choose(office, "registry", "digest")
    choose(office, "second_registry", "none")
    world.script = {"registry@secretariat.example": [BROKEN_TAKEN, "accept"]}
    first, second = office.submitted(), office.submitted()
    clock.pass_(days=1)
    send(office, world)
    choose(office, "registry", "at_once")
    office.released(first)
    third = office.submitted()
    clock.pass_(hours=3)
    send(office, world)
    copies = [one for one in world.taken if one.address == "registry@secretariat.example"]
    with office.means.look() as work:
        names = {one: work.session.get_one(Note, one).reference for one in (first, second, third)}
    told = [{one for one, name in names.items() if name in body(copy)} for copy in copies]
    assert told == [{first, second}, {second}, {third}]
    assert [one.mail["X-Chancery-Attempt"] for one in copies] == [None, "2; possible-duplicate", None]
    send(office, world)
    assert len(copies) == len([one for one in world.taken if one.address == "registry@secretariat.example"])


def test_what_a_dead_worker_had_in_hand_is_sent_with_a_mark(
    office: Office, world: World, clock: SetClock
) -> None:
    office.submitted()
    assert notice_mail._claim(office.means, office.ids["registry"], notice_mail.Told()) is not None
    assert states(office)[0] is NoticeState.SENDING
    clock.pass_(seconds=office.means.settings.stale_claim_seconds + 1)
    with office.means.work() as work:
        assert notice_mail.release_stale(work) == 1
    send(office, world)
    assert states(office)[0] is NoticeState.SENT
    (one,) = [one for one in world.taken if one.address == "registry@secretariat.example"]
    assert one.mail["X-Chancery-Attempt"] == "2; possible-duplicate"


def test_a_digest_comes_once_a_day_with_all_of_it(office: Office, world: World, clock: SetClock) -> None:
    choose(office, "registry", "digest")
    office.submitted()
    office.submitted()
    send(office, world)
    assert [one.address for one in world.taken] == ["second_registry@secretariat.example"] * 2
    # Eight o'clock of the organisation's zone, five hours before UTC.
    clock.now = datetime(2026, 5, 13, 2, 59, tzinfo=UTC)
    send(office, world)
    assert len(world.taken) == 2
    clock.pass_(minutes=2)
    send(office, world)
    send(office, world)
    (one,) = world.taken[2:]
    assert one.address == "registry@secretariat.example"
    assert "2" in subject(one) and body(one).count("/notes/D-2026-") == 2


def test_a_changed_wish_holds_for_what_waits(office: Office, world: World) -> None:
    choose(office, "registry", "digest")
    office.submitted()
    choose(office, "registry", "at_once")
    send(office, world)
    assert "registry@secretariat.example" in [one.address for one in world.taken]
    office.submitted()
    choose(office, "registry", "none")
    send(office, world)
    office.submitted()
    assert [one.address for one in world.taken].count("registry@secretariat.example") == 1
    assert NoticeState.DROPPED in states(office)
    with pytest.raises(Refusal, match="at_once, digest, none"):
        choose(office, "registry", "sometimes")


def test_who_left_gets_none_and_neither_does_work_that_is_done(office: Office, world: World) -> None:
    note_id = office.submitted()
    with office.means.work(office.administrator) as work:
        accounts.change(work, work.session.get_one(Account, office.ids["second_registry"]), active=False)
    office.released(note_id)
    send(office, world)
    # The submission was taken up before its mail went out; the translators still have to act.
    assert sorted(one.address.partition("@")[0] for one in world.taken) == ["kazakh_translator", "translator"]
    office.submitted()
    assert ("second_registry", "submission") not in told(office)[4:]


def test_who_has_another_duty_now_is_not_told_of_the_old_one(office: Office, world: World) -> None:
    office.note(NoteState.TRANSLATED)
    with office.means.work(office.administrator) as work:
        account = work.session.get_one(Account, office.ids["second_director"])
        accounts.change(work, account, roles=["registry"])
        account = work.session.get_one(Account, office.ids["second_registry"])
        accounts.change(work, account, roles=["director"])
    office.submitted()
    send(office, world)
    told_of = [(one.address.partition("@")[0], subject(one)) for one in world.taken]
    assert [who for who, words in told_of if "to be approved" in words] == ["director"]
    assert sorted(who for who, words in told_of if "to be drafted" in words) == [
        "registry",
        "second_director",
    ]


def test_an_address_that_is_none_does_not_stand_before_the_rest(office: Office, world: World) -> None:
    with office.means.work() as work:
        work.session.get_one(Account, office.ids["registry"]).email = "no address"
    office.submitted()
    send(office, world)
    send(office, world)
    assert [one.address for one in world.taken] == ["second_registry@secretariat.example"]
    assert states(office) == [NoticeState.FAILED, NoticeState.SENT]


def test_reassigned_work_is_told_to_its_new_person_only(office: Office, world: World) -> None:
    note_id = office.submitted()
    office.released(note_id)
    with office.means.work(office.administrator) as work:
        other = work.session.get_one(Account, office.ids["kazakh_translator"])
        accounts.change(work, other, languages=["ru", "kk"])
    assign = {"translators": [office.ids["kazakh_translator"]], "reviewer": office.ids["reviewer"]}
    office.do("registry", translation.assign, note_id, None, "ru", **assign)
    send(office, world)
    people = [one.address.partition("@")[0] for one in world.taken]
    assert people.count("kazakh_translator") == 2 and "translator" not in people


def test_late_work_is_told_once_in_the_morning(office: Office, world: World, clock: SetClock) -> None:
    note_id = office.submitted()
    with office.means.work(office.registry) as work:
        drafting.edit_source(work, work.session.get_one(Note, note_id), None, due=date(2026, 5, 13))
    office.released(note_id)
    send(office, world)
    clock.now = datetime(2026, 5, 13, 20, 0, tzinfo=UTC)  # One o'clock in the night of the 14th.
    for _ in range(3):
        with office.means.work() as work:
            notices.tell_late(work)
    late = told(office, NoticeKind.LATE)
    assert sorted({person for person, _ in late}) == [
        "kazakh_translator",
        "registry",
        "second_registry",
        "translator",
    ]
    assert len(late) == 6  # The registry of both versions, each translator of their own.
    before = len(world.taken)
    send(office, world)
    assert len(world.taken) == before
    clock.now = datetime(2026, 5, 14, 3, 1, tzinfo=UTC)
    send(office, world)
    assert len(world.taken) == before + 6
    assert all("late" in subject(one) for one in world.taken[before:])


def test_a_state_that_cannot_be_reached_is_told_to_the_registry(office: Office, world: World) -> None:
    note_id = office.note(NoteState.DISPATCHED)
    world.script = {"notes@mfa.tj.example": [NEVER]}
    sending.send_note(office.means, note_id, ScriptedRelay(world), "worker")
    assert told(office, NoticeKind.UNDELIVERABLE) == [
        ("registry", "undeliverable"),
        ("second_registry", "undeliverable"),
    ]
    world.taken.clear()
    send(office, world)
    mails = [one for one in world.taken if "cannot be reached" in subject(one)]
    assert len(mails) == 2 and "Tajikistan" in body(mails[0]) and "circulation?open=TJ" in body(mails[0])


def test_a_mail_that_comes_back_troubles_nobody_but_is_known(office: Office, world: World) -> None:
    office.submitted()
    send(office, world)
    one = world.taken[0]
    report = (
        f"To: {one.sender}\r\nDelivered-To: {one.sender}\r\nFrom: MAILER-DAEMON@relay.example\r\n"
        "Subject: Undelivered\r\nMIME-Version: 1.0\r\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\r\n\r\n'
        "--b\r\nContent-Type: text/plain\r\n\r\nNo such user.\r\n"
        "--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; relay.example\r\n\r\n"
        f"Final-Recipient: rfc822; {one.address}\r\nAction: failed\r\nStatus: 5.1.1\r\n\r\n--b--\r\n"
    ).encode()
    with office.means.work() as work:
        row = returned_mail.process(work, report)
        assert row.state == "aside" and row.delivery_id is None
    assert states(office).count(NoticeState.FAILED) == 1


def test_links_lead_to_pages(office: Office, world: World) -> None:
    note_id = office.note(NoteState.TRANSLATED)
    office.approved(note_id)
    office.do("director", approval.send_back, note_id, None, "Look again.")
    pages = Pages(office)
    adapter = pages.app.url_map.bind("localhost")
    with office.means.look() as work:
        rows = work.session.scalars(select(Notice)).all()
        links = {notice_items.item_of(work, row, "en").link for row in rows}
    assert len(links) >= 6
    for link in links:
        path = link.removeprefix(office.means.settings.base_url).partition("?")[0]
        assert adapter.match(path, method="GET")[0] in endpoints.BY_NAME


def test_the_choice_is_made_on_the_page_and_by_the_api(office: Office, means: Means) -> None:
    pages = Pages(office)
    form = pages.form(pages.page("translator", "/settings"), "/settings")
    assert form["mail"] == "at_once"
    pages.refused(pages.post("translator", "/settings", form | {"mail": "never"}), 422)
    pages.done(pages.post("translator", "/settings", form | {"mail": "digest"}))
    with means.look() as work:
        account = work.session.get_one(Account, office.ids["translator"])
        assert account.mail is MailChoice.DIGEST


def test_two_workers_at_once_send_each_mail_once(office: Office) -> None:
    world = World()
    for _ in range(6):
        office.submitted()
    person = office.ids["registry"]
    with ThreadPoolExecutor(4) as pool:
        done = list(
            pool.map(lambda _: notice_mail.send_due(office.means, person, ScriptedRelay(world)), range(4))
        )
    assert sum(one.sent for one in done) == 6
    assert [one.address for one in world.taken].count("registry@secretariat.example") == 6


def test_the_tasks_send_what_is_due_and_tell_of_what_is_late(
    office: Office, clock: SetClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = World()
    tasks.app.configure(office.means.settings)
    monkeypatch.setattr(tasks.app, "_means", office.means)
    monkeypatch.setattr(tasks.app, "_relay", ScriptedRelay(world))
    offered: list[list[int]] = []
    monkeypatch.setattr(tasks.offer, "notices", lambda accounts: offered.append(sorted(accounts)))
    note_id = office.submitted()
    sweeps.sweep()
    assert offered == [sorted([office.ids["registry"], office.ids["second_registry"]])]
    for account in offered[0]:
        notice_tasks.send(account)
    assert len(world.taken) == 2
    with office.means.work(office.registry) as work:
        drafting.edit_source(work, work.session.get_one(Note, note_id), None, due=date(2026, 5, 12))
    clock.pass_(days=1)
    notice_tasks.late()
    notice_tasks.late()
    assert told(office, NoticeKind.LATE) == [("registry", "late"), ("second_registry", "late")]


def test_an_installation_goes_back_and_forth_with_notices_and_remarks_in_it(office: Office) -> None:
    note_id = office.submitted()
    choose(office, "registry", "digest")
    made = office.do("registry", remarks.remark, note_id, "Which meeting?").id
    office.do("chair", remarks.reply, note_id, made, "The fourth.")
    database = office.means.database
    schema.downgrade(database, "0001")
    schema.upgrade(database)
    assert schema.differences(database) == []
    with office.means.look() as work:
        assert work.session.get_one(Account, office.ids["registry"]).mail is MailChoice.AT_ONCE
        assert work.session.get_one(Remark, made).turns == []
    office.do("chair", remarks.reply, note_id, made, "The fourth.")


def test_a_remark_and_a_reply_are_told_to_whom_they_concern(office: Office, world: World) -> None:
    note_id = office.submitted()
    office.released(note_id)
    office.written(note_id, "ru")
    send(office, world)
    before = len(told(office))

    made = office.do("reviewer", remarks.remark, note_id, "Which website?", language="ru", ordinal=2)
    assert told(office)[before:] == [("translator", "remark")], "not to its writer, nor to other versions"
    office.do("translator", remarks.reply, note_id, made.id, "That of the Secretariat.")
    office.do("registry", remarks.reply, note_id, made.id, "Indeed.")
    assert sorted(told(office)[before + 1 :]) == [
        ("reviewer", "reply"),
        ("reviewer", "reply"),
        ("translator", "reply"),
    ]
    choose(office, "reviewer", "digest")
    choose(office, "translator", "none")
    world.taken.clear()
    send(office, world)
    assert world.taken == [], "one chose a mail a day, the other none"
    # Of the source and of the whole note the registry is told, too.
    office.do("kazakh_translator", remarks.remark, note_id, "What is an outcome?", language="en", ordinal=2)
    office.do("kazakh_translator", remarks.remark, note_id, "When is it due?")
    people = [person for person, kind in told(office)[before + 4 :] if kind == "remark"]
    assert sorted(people) == ["registry", "registry", "reviewer", "second_registry", "second_registry"]
    world.taken.clear()
    send(office, world)
    link = f"/versions/en#remark-{made.id + 1}"
    assert any(link in body(one) for one in world.taken)
    assert all("outcome?" not in body(one) for one in world.taken), "the words stay in the house"


def test_what_is_settled_before_the_daily_mail_is_not_told(office: Office, world: World) -> None:
    note_id = office.submitted()
    office.released(note_id)
    office.written(note_id, "ru")
    choose(office, "translator", "digest")
    made = office.do("reviewer", remarks.remark, note_id, "Which website?", language="ru", ordinal=2)
    office.do("reviewer", remarks.settle, note_id, made.id)
    office.means.clock.pass_(days=2)  # type: ignore[attr-defined]
    world.taken.clear()
    send(office, world)
    assert all("remark" not in subject(one) for one in world.taken)
    with office.means.look() as work:
        [row] = work.session.scalars(select(Notice).where(Notice.kind == NoticeKind.REMARK))
        assert row.state is NoticeState.DROPPED and row.remark_id == made.id


def test_a_state_that_stays_silent_to_the_end_is_told_once(
    office: Office, world: World, clock: SetClock
) -> None:
    note_id = office.note(NoteState.DISPATCHED)
    office.do("registry", ladder.set_reminders, note_id, [{"to": ["registry"], "after": 1}])
    sending.send_note(office.means, note_id, ScriptedRelay(world), "worker")
    choose(office, "second_registry", "digest")
    clock.pass_(days=1)
    for _ in range(2):
        with office.means.work() as work:
            reminding.sweep(work)
    assert told(office, NoticeKind.SILENT) == [("registry", "silent"), ("second_registry", "silent")] * 4
    with office.means.work(office.registry) as work:
        found = work.session.scalars(select(Member.id).where(Member.code == "KZ")).one()
        ladder.settle(work, work.session.get_one(Note, note_id), found, "The embassy was telephoned.")
    world.taken.clear()
    send(office, world)
    # To one at once, each by itself; what is settled meanwhile is not told.
    mails = [one for one in world.taken if "stays silent" in subject(one)]
    assert len(mails) == 3 and {one.address for one in mails} == {"registry@secretariat.example"}
    assert "/reminders" in body(mails[0])
    clock.pass_(days=1)
    world.taken.clear()
    send(office, world)
    (digest,) = [one for one in world.taken if one.address == "second_registry@secretariat.example"]
    assert body(digest).count("has not answered") == 3 and "Kazakhstan" not in body(digest)


def test_a_message_that_waits_for_a_person_is_told_once_for_each_cause(
    office: Office, world: World, clock: SetClock
) -> None:
    note_id = office.note(NoteState.DISPATCHED)
    address = "notes@mfa.tj.example"
    world.script = {address: [BROKEN_TAKEN]}

    def run() -> None:
        clock.pass_(minutes=20)
        sending.send_note(office.means, note_id, ScriptedRelay(world), "worker")
        for _ in range(2):
            with office.means.work() as work:
                notices.tell_held(work)

    run()
    run()
    assert told(office, NoticeKind.HELD) == []  # Its outcome is unknown once: the program goes on by itself.
    run()
    both = [("registry", "held"), ("second_registry", "held")]
    assert told(office, NoticeKind.HELD) == both
    choose(office, "second_registry", "none")
    world.taken.clear()
    send(office, world)
    (mail,) = [one for one in world.taken if "waits for you" in subject(one)]
    assert "Tajikistan" in body(mail) and "circulation?open=TJ" in body(mail)
    with office.means.work(office.registry) as work:
        row = work.session.scalars(select(Delivery).where(Delivery.address == address)).one()
        deliveries.resume(work, work.session.get_one(Note, note_id), row, "It did not arrive.")
    run()
    run()
    # A person let it go on, and it came to the same once more: another cause.
    assert told(office, NoticeKind.HELD) == [*both, ("registry", "held")]


def test_notices_of_states_go_back_and_forth(office: Office, world: World, clock: SetClock) -> None:
    note_id = office.note(NoteState.DISPATCHED)
    office.do("registry", ladder.set_reminders, note_id, [{"to": ["registry"], "after": 1}])
    sending.send_note(office.means, note_id, ScriptedRelay(world), "worker")
    clock.pass_(days=1)
    with office.means.work() as work:
        reminding.sweep(work)
    assert told(office, NoticeKind.SILENT)
    database = office.means.database
    schema.downgrade(database, "0014")
    schema.upgrade(database)
    assert schema.differences(database) == [] and told(office, NoticeKind.SILENT) == []
