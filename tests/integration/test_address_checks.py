"""Changed addresses: asked themselves, in force when they agree, and what came back sent again once."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from tests.conftest import SetClock, make_settings
from tests.integration.api import Api
from tests.integration.browser import Browser, plain
from tests.integration.returning import bounced
from tests.office import Office
from tests.post import post_office
from workflow.errors import Conflict, Invalid, NotAllowed, NotFound
from workflow.means import Means
from workflow.models import AddressCheck, CheckState, Contact, Delivery, Mending, Note
from workflow.models.directory import ContactState
from workflow.operations import (
    address_checks,
    address_mail,
    address_use,
    claims,
    deliveries,
    directory,
    dispatch,
    exporting,
    importing,
    mending,
    returned_mail,
    trouble,
)
from workflow.operations.context import Work
from workflow.post import office as posts
from workflow.post.office import reports
from workflow.post.smtp import Relay
from workflow.states import DeliveryQueue, NoteState, Transport

NEW = "protocol@mfa.kz.example"


@pytest.fixture
def means(database_url: str, tmp_path: Path, clock: SetClock) -> Iterator[Means]:
    """An installation that asks changed addresses."""
    made = Means.of(make_settings(tmp_path, database_url=database_url, address_check="changes"), clock)
    yield made
    made.database.close()


def old_of(work: Work, code: str = "KZ") -> Contact:
    member = directory.find_member(work, code)
    return work.session.scalars(select(Contact).where(Contact.member_id == member.id).order_by(Contact.id)).first()  # type: ignore[return-value]  # fmt: skip


def changed(office: Office, address: str = NEW, *, resend: bool = False) -> int:
    """A change that a second person has checked; gives the new contact's id."""
    with office.means.work(office.registry) as work:
        old = old_of(work)
        new = directory.propose_contact(
            work, old.member, address, language="ru", source="note verbale 12", replaces=old.id
        )
        if resend:
            mending.ask_to_resend(work, new)
        number = new.id
    with office.means.work(office.second_registry) as work:
        directory.confirm_contact(work, work.session.get_one(Contact, number))
    return number


def token(work: Work, side: str) -> str:
    row = work.session.scalars(select(AddressCheck).where(AddressCheck.side == side)).one()
    return address_checks.link_token(work, row.message_id)


def state(means: Means, number: int) -> ContactState:
    with means.look() as work:
        return work.session.get_one(Contact, number).state


def test_a_first_address_is_in_force_at_once_and_a_change_waits(office: Office, means: Means) -> None:
    number = changed(office)
    assert state(means, number) is ContactState.CHECKED
    with means.look() as work:
        assert old_of(work).state is ContactState.CONFIRMED
        asked = {one.side: one.address for one in work.session.scalars(select(AddressCheck))}
        assert asked == {"new": NEW, "old": "notes@mfa.kz.example"}
    note_id = office.note(NoteState.DISPATCHED)
    with means.look() as work:
        addresses = set(work.session.scalars(select(Delivery.address).where(Delivery.note_id == note_id)))
        assert NEW not in addresses and "notes@mfa.kz.example" in addresses


def test_both_addresses_are_written_to_and_the_new_one_agrees(
    office: Office, means: Means, tmp_path: Path
) -> None:
    number = changed(office)
    folder = tmp_path / "post"
    with post_office(folder, "") as port, Relay(f"smtp://127.0.0.1:{port}?starttls=off") as relay:
        assert address_mail.send_due(means, relay).sent == 2
        assert address_mail.send_due(means, relay).sent == 0
    for address in (NEW, "notes@mfa.kz.example"):
        (mail,) = posts.messages(folder, address)
        raw = posts.raw(folder, address, mail.key)
        with means.look() as work:
            link = token(work, "new" if address == NEW else "old")
        import email
        import email.policy

        text = email.message_from_bytes(raw, policy=email.policy.default).get_content()
        assert f"/a/{link}" in text and NEW in text
    with means.work() as work:
        address_checks.answer(work, token(work, "old"), agreed=True)
        assert work.session.get_one(Contact, number).state is ContactState.CHECKED
        address_checks.answer(work, token(work, "new"), agreed=True)
    assert state(means, number) is ContactState.CONFIRMED
    with means.look() as work:
        assert old_of(work).state is ContactState.RETIRED
    with means.work() as work, pytest.raises(Conflict, match="settled"):
        address_checks.answer(work, token(work, "old"), agreed=True)


def test_an_objection_keeps_the_old_address_until_a_person_decides(office: Office, means: Means) -> None:
    number = changed(office)
    with means.work() as work:
        address_checks.answer(work, token(work, "old"), agreed=False)
        address_checks.answer(work, token(work, "new"), agreed=True)
        assert [one.kind for one in trouble.of(work)] == ["address"]
    assert state(means, number) is ContactState.CHECKED
    with means.work() as work, pytest.raises(Conflict, match="objection"):
        address_checks.answer(work, token(work, "old"), agreed=True)
    with means.work(office.registry) as work, pytest.raises(NotAllowed, match="somebody else"):
        address_checks.release(work, work.session.get_one(Contact, number), "I am sure.")
    with means.work(office.second_registry) as work, pytest.raises(Invalid):
        address_checks.release(work, work.session.get_one(Contact, number), " ")
    with means.work(office.second_registry) as work:
        directory.reject_contact(work, work.session.get_one(Contact, number), "They object.")
    with means.look() as work:
        assert old_of(work).state is ContactState.CONFIRMED
        assert work.session.get_one(Contact, number).state is ContactState.RETIRED


def test_whoever_answers_first_has_not_the_last_word(office: Office, means: Means, clock: SetClock) -> None:
    note_id = office.note(NoteState.APPROVED)
    office.do("director", dispatch.dispatch, note_id, None, clock() + timedelta(days=2))
    number = changed(office)
    with means.work() as work:
        for one in work.session.scalars(select(AddressCheck)):
            one.state, one.sent_at = CheckState.SENT, work.now()
    with means.work() as work:
        address_checks.answer(work, token(work, "new"), agreed=True)
    assert state(means, number) is ContactState.CONFIRMED
    with means.work(office.registry) as work:
        row = work.session.scalars(select(Delivery).where(Delivery.address == "notes@mfa.kz.example")).one()
        deliveries.resend(work, work.session.get_one(Note, note_id), row, "To the new address.")
        row.due_at = clock() + timedelta(days=2)
    browser = Browser(office)
    with means.look() as work:
        link = f"/a/{token(work, 'old')}?lang=en"
    assert "The change is in force" in plain(browser.get(None, link))
    told = browser.client(None).post(
        link, data={"csrf_token": browser.token(None, link), "answer": "object", "lang": "en"}
    )
    assert told.status_code == 303
    assert "The registry is told at once" in plain(browser.get(None, link))
    with means.look() as work:
        # The address stays until a person has looked, and nothing leaves for it by itself.
        assert work.session.get_one(Contact, number).state is ContactState.CONFIRMED
        row = work.session.scalars(select(Delivery).where(Delivery.address == NEW)).one()
        assert row.queue is DeliveryQueue.HELD and "objects" in (row.held_reason or "")
        assert [one.kind for one in trouble.of(work) if one.kind == "address"] == ["address"]
    assert "Settle a change of address" in plain(browser.get("registry", "/"))
    assert "notes@mfa.kz.example objected" in plain(browser.get("second_registry", "/directory/KZ"))
    with means.work(office.registry) as work, pytest.raises(NotAllowed, match="somebody else"):
        address_checks.release(work, work.session.get_one(Contact, number), "I am sure.")
    path = f"/directory/contacts/{number}/release"
    browser.post("second_registry", path, "/directory/KZ", reason="The ambassador says so.")
    with means.look() as work:
        assert not address_checks.in_trouble(work)
        assert work.session.get_one(Contact, number).state is ContactState.CONFIRMED
    with means.work(office.second_registry) as work, pytest.raises(Conflict):
        address_checks.release(work, work.session.get_one(Contact, number), "Again.")


def test_the_old_address_is_told_even_when_the_new_one_agreed_before(
    office: Office, means: Means, tmp_path: Path
) -> None:
    number = changed(office)
    with means.work() as work:
        address_checks.answer(work, token(work, "new"), agreed=True)
    assert state(means, number) is ContactState.CONFIRMED
    folder = tmp_path / "post"
    with post_office(folder, "") as port, Relay(f"smtp://127.0.0.1:{port}?starttls=off") as relay:
        assert address_mail.send_due(means, relay).sent == 1
    assert len(posts.messages(folder, "notes@mfa.kz.example")) == 1


def test_a_question_without_an_answer_comes_to_a_person_and_ends(
    office: Office, means: Means, clock: SetClock
) -> None:
    number = changed(office)
    with means.work() as work:
        for one in work.session.scalars(select(AddressCheck)):
            one.state, one.sent_at = CheckState.SENT, work.now()
    with means.look() as work:
        assert not address_checks.in_trouble(work)
    clock.now += timedelta(days=8)
    with means.look() as work:
        ((row, _),) = address_checks.in_trouble(work)
        assert "has not answered" in address_checks.trouble_words(row)
    clock.now += timedelta(days=30)
    with means.work() as work, pytest.raises(Conflict, match="settled"):
        address_checks.answer(work, token(work, "new"), agreed=True)
    assert state(means, number) is ContactState.CHECKED
    with means.work(office.second_registry) as work:
        address_checks.release(work, work.session.get_one(Contact, number), "They called.")
    assert state(means, number) is ContactState.CONFIRMED


def test_a_returned_question_is_trouble_and_is_no_evidence_of_any_note(office: Office, means: Means) -> None:
    number = changed(office)
    with means.work() as work:
        row = work.session.scalars(select(AddressCheck).where(AddressCheck.side == "new")).one()
        row.state, row.sent_at = CheckState.SENT, work.now()
        sender = work.settings.return_path.replace("{token}", row.token)
        origin = reports.Origin("x", sender, NEW, "", row.token, False, work.now(), b"Subject: x\r\n\r\n")
        raw = reports.report(origin, "failed", "5.1.1", "550 no", work.now())
        taken = returned_mail.process(work, f"Delivered-To: {sender}\r\n".encode() + raw)
        assert taken.state == "aside" and taken.delivery_id is None
        assert row.state is CheckState.FAILED and [one.kind for one in trouble.of(work)] == ["address"]
    with means.work(office.second_registry) as work:
        address_checks.release(work, work.session.get_one(Contact, number), "The embassy was called.")
    assert state(means, number) is ContactState.CONFIRMED


def test_a_relay_that_is_away_or_puts_off_loses_no_question(
    office: Office, means: Means, tmp_path: Path, clock: SetClock
) -> None:
    changed(office)
    with Relay("smtp://127.0.0.1:9?starttls=off") as relay:
        assert address_mail.send_due(means, relay).trouble
    weather = '[[rule]]\nmatch = "*@mfa.kz.example"\nrefuse = "451 4.3.0 Later"\n'
    with (
        post_office(tmp_path / "post", weather) as port,
        Relay(f"smtp://127.0.0.1:{port}?starttls=off") as relay,
    ):
        assert address_mail.send_due(means, relay).refused == 2
        assert address_mail.send_due(means, relay).refused == 0
        clock.pass_(minutes=2)
        assert address_mail.send_due(means, relay).refused == 2
    with means.look() as work:
        rows = work.session.scalars(select(AddressCheck)).all()
        assert {one.state for one in rows} == {CheckState.QUEUED} and {one.tries for one in rows} == {2}


def test_what_came_back_is_sent_again_by_itself_once(office: Office, means: Means) -> None:
    note_id = office.note(NoteState.DISPATCHED)
    with means.work() as work:
        contact = old_of(work).id
        bounced(work, work.session.scalars(select(Delivery).where(Delivery.contact_id == contact)).one())
    number = changed(office, resend=True)
    with means.look() as work:
        row = work.session.scalars(select(Delivery).where(Delivery.contact_id == contact)).one()
        assert row.queue is DeliveryQueue.DONE and row.transport is Transport.FAILED
    with means.work() as work:
        address_checks.answer(work, token(work, "new"), agreed=True)
    with means.work() as work:
        row = work.session.scalars(select(Delivery).where(Delivery.contact_id == contact)).one()
        assert (row.queue, row.address, row.transport) == (DeliveryQueue.QUEUED, NEW, None)
        mending = work.session.scalars(select(Mending)).one()
        assert mending.done_at is not None and mending.outcome == ""
        # Nothing sends it a second time, whoever comes by.
        address_checks.put_in_force(work, work.session.get_one(Contact, number))
        assert len(work.session.scalars(select(Mending)).all()) == 1
    attempts = claims.claim(means, note_id, "worker", 20)
    assert attempts is not None and len(attempts) == 4


def test_what_was_acknowledged_meanwhile_is_not_sent_again_and_says_so(office: Office, means: Means) -> None:
    office.note(NoteState.DISPATCHED)
    with means.work() as work:
        contact = old_of(work).id
        bounced(work, work.session.scalars(select(Delivery).where(Delivery.contact_id == contact)).one())
    changed(office, resend=True)
    from workflow.models import Note
    from workflow.operations import receipt

    with means.work() as work:
        row = work.session.scalars(select(Delivery).where(Delivery.contact_id == contact)).one()
        code = work.session.get_one(Note, row.note_id).approval.code  # type: ignore[union-attr]
        receipt.acknowledge(work, row, receipt.Acknowledgement("A", "B"), code, "n")
    with means.work() as work:
        address_checks.answer(work, token(work, "new"), agreed=True)
        assert "acknowledged" in (work.session.scalars(select(Mending)).one().outcome or "")


def test_two_members_at_one_address_are_told_of_and_get_a_message_each(office: Office, means: Means) -> None:
    shared = "missions@hub.example"
    first = office.contact("BD", shared)
    second = office.contact("TR", shared.upper())
    with means.look() as work:
        assert address_use.sharers(work, work.session.get_one(Contact, first)) == ["TR"]
        assert address_use.sharers(work, work.session.get_one(Contact, second)) == ["BD"]
    note_id = office.note(NoteState.DISPATCHED, members=("BD", "TR"))
    from workflow.models import Attempt, Note
    from workflow.operations import mailing

    attempts = claims.claim(means, note_id, "worker")
    assert attempts is not None
    with means.look() as work:
        import email
        import email.policy

        names, identifiers = set(), set()
        for number in (attempt.id for attempt, _ in attempts):
            attempt = work.session.get_one(Attempt, number)
            row = work.session.get_one(Delivery, attempt.delivery_id)
            raw = mailing.message(work, mailing.Parcels(), work.session.get_one(Note, note_id), row, attempt)
            message = email.message_from_bytes(raw, policy=email.policy.default)
            text = message.get_body(("plain",)).get_content()  # type: ignore[union-attr]
            names.add(next(line for line in text.splitlines() if line.startswith("For:")))
            identifiers.add(message["Message-ID"])
        assert len(names) == 2 and len(identifiers) == 2
    browser = Browser(office)
    assert "The same address as of TR" in plain(browser.get("registry", "/directory/BD"))


def test_the_page_of_an_address_answers_and_a_look_changes_nothing(office: Office, means: Means) -> None:
    number = changed(office)
    browser = Browser(office)
    with means.look() as work:
        link, other = f"/a/{token(work, 'new')}", f"/a/{token(work, 'old')}"
    before = office.counts()
    assert "Казахстан" in plain(browser.get(None, link))
    assert "objects" not in plain(browser.get(None, f"{other}?lang=en"))
    assert office.counts() == before and state(means, number) is ContactState.CHECKED
    browser.get(None, "/a/never", 404)
    sent = {"csrf_token": browser.token(None, link), "answer": "agree", "lang": "en"}
    answer = browser.client(None).post(link, data=sent)
    assert answer.status_code == 303
    assert "the address is confirmed" in plain(browser.get(None, answer.headers["Location"]))
    assert state(means, number) is ContactState.CONFIRMED
    assert browser.client(None).post(link, data=sent).status_code == 409
    assert browser.client(None).post(link, data={**sent, "answer": "perhaps"}).status_code == 422


def test_one_form_mends_the_address_and_asks_for_the_note_again(office: Office, means: Means) -> None:
    office.note(NoteState.DISPATCHED)
    with means.work() as work:
        contact = old_of(work).id
        bounced(work, work.session.scalars(select(Delivery).where(Delivery.contact_id == contact)).one())
    browser = Browser(office)
    tree = browser.page("registry", "/notes/TTF/1/circulation?open=KZ")
    href = tree.xpath("//a[contains(text(), 'Correct the address')]/@href")[0]
    form = browser.page("registry", href.partition("#")[0])
    assert form.xpath("//input[@name='resend'][@checked]")
    fields = {one.get("name"): one.get("value") for one in form.xpath("//form[contains(@action, '/propose')]//input[@type='hidden']")}  # fmt: skip
    sent = {
        **fields, "address": NEW, "office": "Protocol", "language": "ru", "role": "to", "channel": "mail",
        "reason": "Their note 12", "resend": "1", "document": (BytesIO(b"%PDF-1.7 note"), "note.pdf"),
    }  # fmt: skip
    answer = browser.client("registry").post(
        "/directory/KZ/propose", data=sent, headers={"User-Agent": "tests"}
    )
    assert answer.status_code == 303
    assert "1 note that came back is sent there" in plain(browser.get("registry", "/directory/KZ"))
    with means.look() as work:
        number = work.session.scalars(select(Contact.id).where(Contact.address == NEW)).one()
    confirm = {"csrf_token": browser.token("second_registry", "/directory/KZ")}
    path = f"/directory/proposals/{number}/confirm"
    assert browser.client("second_registry").post(path, data=confirm, headers={"User-Agent": "tests"}).status_code == 303  # fmt: skip
    words = plain(browser.get("second_registry", "/directory/KZ"))
    assert "Waits for the address’s answer" in words and "is asked to confirm" in words
    release = {"csrf_token": browser.token("second_registry", "/directory/KZ"), "reason": "They called."}
    path = f"/directory/contacts/{number}/release"
    assert browser.client("second_registry").post(path, data=release, headers={"User-Agent": "tests"}).status_code == 303  # fmt: skip
    with means.look() as work:
        row = work.session.scalars(select(Delivery).where(Delivery.contact_id == contact)).one()
        assert (row.queue, row.address) == (DeliveryQueue.QUEUED, NEW)


def test_the_api_takes_the_document_and_tells_what_was_asked(office: Office, means: Means) -> None:
    api = Api(office)
    with means.look() as work:
        old = old_of(work).id

    def form() -> dict[str, Any]:
        return {
            "member": "KZ", "address": NEW, "language": "en", "source": "Note 12", "replaces": str(old),
            "file": (BytesIO(b"%PDF-1.7 note"), "note.pdf"), "resend": "true",
        }  # fmt: skip

    made = [
        api.post("registry", "/contacts/proposals", data=form(), content_type="multipart/form-data", headers={"Idempotency-Key": "k"})
        for _ in range(2)
    ]  # fmt: skip
    assert [one.status_code for one in made] == [201, 201], made[0].get_data(as_text=True)
    number = made[0].get_json()["id"]
    assert made[1].get_json()["id"] == number
    shown = api.good("second_registry", "POST", f"/contacts/{number}/confirm")
    assert shown["state"] == "checked"
    assert [(one["side"], one["answer"]) for one in shown["questions"]] == [("new", None), ("old", None)]
    shown = api.good("second_registry", "POST", f"/contacts/{number}/release", json={"reason": "Called."})
    assert shown["state"] == "confirmed"
    api.refused(api.post("director", "/contacts/proposals", data=form(), content_type="multipart/form-data"), 403, "wrong-role")  # fmt: skip


def test_what_is_exported_can_be_imported(office: Office, means: Means, clock: SetClock) -> None:
    office.contact("CN", "desk@mfa.cn.example", office="=Desk", valid_until=clock().date())
    with means.look() as work:
        text = io.StringIO()
        writer = csv.writer(text)
        writer.writerow(exporting.COLUMNS)
        writer.writerows(exporting.contacts(work))
    with means.work(office.registry) as work:
        found = importing.import_contacts(work, text.getvalue().encode())
        assert (found.new, found.known) == (0, 5)
    with means.work(office.registry) as work:
        other = text.getvalue().replace("desk@mfa.cn.example", "new@mfa.cn.example")
        assert importing.import_contacts(work, other.encode()).new == 1
        row = work.session.scalars(select(Contact).where(Contact.address == "new@mfa.cn.example")).one()
        assert row.valid_until == clock().date() and row.office == "=Desk"
    answer = Api(office).get("registry", "/contacts/export")
    assert answer.mimetype == "text/csv" and b"'=Desk" in answer.data


def test_a_foreign_link_says_nothing(office: Office, means: Means) -> None:
    changed(office)
    with means.look() as work, pytest.raises(NotFound):
        address_checks.open_link(work, "guessed")
    with means.look(office.registry) as work:
        assert deliveries._standing_contact(work, old_of(work).id).address == "notes@mfa.kz.example"
