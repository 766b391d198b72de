"""Contacts through the time between approval and sending: changed in detail, ended, out of their days."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from tests.conftest import SetClock, make_settings
from tests.integration.api import Api
from tests.integration.browser import Browser, plain
from tests.integration.returning import bounced
from tests.office import Office
from workflow.errors import Conflict, Invalid
from workflow.means import Means
from workflow.models import AddressCheck, Addressee, Contact, Delivery, Note
from workflow.models.directory import ContactState
from workflow.operations import (
    address_checks,
    addressing,
    approval,
    claims,
    contact_line,
    deliveries,
    directory,
    dispatch,
    halting,
    mending,
    unsent,
)
from workflow.operations.context import Work
from workflow.states import DeliveryQueue, NoteState

DAY = timedelta(days=1)


@pytest.fixture
def means(database_url: str, tmp_path: Path, clock: SetClock) -> Iterator[Means]:
    """An installation that asks changed addresses."""
    made = Means.of(make_settings(tmp_path, database_url=database_url, address_check="changes"), clock)
    yield made
    made.database.close()


def contact_of(work: Work, code: str) -> Contact:
    member = directory.find_member(work, code)
    return work.session.scalars(
        select(Contact).where(Contact.member_id == member.id, Contact.state == ContactState.CONFIRMED)
    ).one()


def delivery_of(work: Work, code: str) -> Delivery:
    member = directory.find_member(work, code)
    return work.session.scalars(select(Delivery).where(Delivery.member_id == member.id)).one()


def propose(people: Office, code: str, address: str, person: str = "registry", **given: Any) -> int:
    """A change of a member's contact; gives the proposal's id."""
    with people.means.work(people.actor(person)) as work:
        old = contact_of(work, code)
        said = {"language": "en", "source": "Note 12", "replaces": old.id, **given}
        return directory.propose_contact(work, old.member, address, **said).id


def confirm(office: Office, number: int, person: str = "second_registry") -> int:
    with office.means.work(office.actor(person)) as work:
        return directory.confirm_contact(work, work.session.get_one(Contact, number)).id


def ended(office: Office, code: str, **given: Any) -> None:
    with office.means.work(office.registry) as work:
        contact = contact_of(work, code)
        if given:
            for name, value in given.items():
                setattr(contact, name, value)
        else:
            directory.retire_contact(work, contact, "The office was closed.")


def test_a_contact_gets_another_language_role_and_days_and_stays_itself(office: Office, means: Means) -> None:
    with means.look() as work:
        before = contact_of(work, "KZ").id
    day = means.clock().date()
    number = propose(
        office, "KZ", "notes@mfa.kz.example", language="ru", office="Protocol", channel="link_only",
        valid_until=day + DAY,
    )  # fmt: skip
    with means.look() as work:
        assert contact_of(work, "KZ").language == "en"
    # Nobody is asked about an address that stays, and the row keeps its deliveries and its certificates.
    assert confirm(office, number) == before
    with means.look() as work:
        now, past = contact_of(work, "KZ"), work.session.get_one(Contact, number)
        assert (now.id, now.language, now.office, now.channel.value) == (
            before,
            "ru",
            "Protocol",
            "link_only",
        )
        assert (now.valid_until, now.source) == (day + DAY, "Note 12")
        assert (past.state, past.language, past.office) == (ContactState.RETIRED, "en", "")
        assert past.replaces_id is None and past.source == "note verbale of the mission"
        assert not work.session.scalars(select(AddressCheck)).all()
    with means.work(office.registry) as work, pytest.raises(Invalid, match="Nothing of"):
        one = contact_of(work, "KZ")
        directory.propose_contact(
            work, one.member, one.address, language="ru", source="again", replaces=one.id, office="Protocol",
            channel="link_only", valid_until=day + DAY,
        )  # fmt: skip
    words = plain(Browser(office).get("director", "/directory/KZ"))
    assert "Protocol · To · Русский · Mail with a link only" in words


def test_one_change_of_a_contact_at_a_time_and_no_second_row_by_the_case_of_letters(
    office: Office, means: Means
) -> None:
    number = propose(office, "KZ", "new@mfa.kz.example")
    with pytest.raises(Conflict, match="proposed already"):
        propose(office, "KZ", "other@mfa.kz.example", "second_registry")
    with means.work(office.registry) as work, pytest.raises(Conflict, match="is already a contact"):
        directory.propose_contact(
            work, directory.find_member(work, "KZ"), "Notes@MFA.kz.example", language="en", source="Note 1"
        )
    with means.work(office.registry) as work, pytest.raises(Conflict, match="never in force"):
        directory.propose_contact(
            work, directory.find_member(work, "KZ"), "x@mfa.kz.example", language="en", source="N", replaces=number
        )  # fmt: skip
    with means.work(office.second_registry) as work:
        directory.reject_contact(work, work.session.get_one(Contact, number), "Not on their paper.")
    assert propose(office, "KZ", "other@mfa.kz.example", "second_registry")


@pytest.mark.parametrize(
    "address",
    ["registry@secretariat.example", "Bounces@secretariat.example", "bounces+a1b2@secretariat.example"],
)
def test_our_own_addresses_are_nobodys_contact(office: Office, means: Means, address: str) -> None:
    with means.work(office.registry) as work, pytest.raises(Invalid, match="secretariat itself"):
        directory.propose_contact(
            work, directory.find_member(work, "KZ"), address, language="en", source="Note 1"
        )


def test_a_contact_that_ends_between_approval_and_release_stops_the_dispatch_with_its_day(
    office: Office, means: Means, clock: SetClock
) -> None:
    note_id = office.note(NoteState.APPROVED)
    last = clock().date() + DAY
    ended(office, "KZ", valid_until=last)
    late = clock() + 3 * DAY
    with means.work(office.director) as work, pytest.raises(Conflict) as refused:
        dispatch.dispatch(work, work.session.get_one(Note, note_id), None, late)
    assert f"KZ: notes@mfa.kz.example is valid only until {last}" in refused.value.sentence
    with means.work(office.director) as work:
        dispatch.dispatch(work, work.session.get_one(Note, note_id), None, clock() + DAY / 2)
    # Its release cannot be moved beyond the last day, and what is late all the same does not leave by itself.
    with means.work(office.registry) as work, pytest.raises(Conflict, match="is not valid on"):
        halting.reschedule(work, work.session.get_one(Note, note_id), None, late, "They asked.")
    clock.now += 2 * DAY
    with means.work() as work:
        assert (unsent.hold_over(work), unsent.hold_over(work)) == (1, 0)
        row = delivery_of(work, "KZ")
        assert row.queue is DeliveryQueue.HELD and "last day" in (row.held_reason or "")
    found = claims.claim(means, note_id, "worker")
    assert found is not None and {one.address for _, one in found} == {
        "notes@mfa.cn.example", "notes@mfa.mn.example", "notes@mfa.tj.example",
    }  # fmt: skip
    with means.work(office.registry) as work, pytest.raises(Conflict, match="is not valid on"):
        deliveries.resume(work, work.session.get_one(Note, note_id), delivery_of(work, "KZ"), "Go.")
    ended(office, "KZ", valid_until=None)
    with means.work(office.registry) as work:
        deliveries.resume(work, work.session.get_one(Note, note_id), delivery_of(work, "KZ"), "Go.")
        assert delivery_of(work, "KZ").queue is DeliveryQueue.QUEUED


def test_what_waits_for_a_contact_that_ends_or_moves_waits_for_a_person(
    office: Office, means: Means, clock: SetClock
) -> None:
    note_id = office.note(NoteState.APPROVED)
    office.do("director", dispatch.dispatch, note_id, None, clock() + DAY)
    ended(office, "CN")
    number = confirm(office, propose(office, "KZ", "new@mfa.kz.example"))
    with means.work(office.second_registry) as work:
        address_checks.release(work, work.session.get_one(Contact, number), "They called.")
    with means.look() as work:
        assert {delivery_of(work, code).queue for code in ("CN", "KZ")} == {DeliveryQueue.HELD}
        assert delivery_of(work, "MN").queue is DeliveryQueue.QUEUED
    with means.work(office.registry) as work:
        note = work.session.get_one(Note, note_id)
        with pytest.raises(Conflict, match="out of use"):
            deliveries.resume(work, note, delivery_of(work, "KZ"), "Go on.")
        deliveries.resend(work, note, delivery_of(work, "KZ"), "To the new address.")
        assert delivery_of(work, "KZ").address == "new@mfa.kz.example"
        with pytest.raises(Conflict, match="nothing confirmed takes its place"):
            deliveries.resend(work, note, delivery_of(work, "CN"), "Again.")


def test_what_came_back_twice_is_mended_twice(office: Office, means: Means) -> None:
    note_id = office.note(NoteState.DISPATCHED)
    for address in ("second@mfa.kz.example", "third@mfa.kz.example"):
        with means.work() as work:
            bounced(work, delivery_of(work, "KZ"))
        browser = Browser(office)
        tree = browser.page("registry", "/notes/TTF/1/circulation?open=KZ")
        href = tree.xpath("//a[contains(text(), 'Correct the address')]/@href")[0]
        form = browser.page("registry", href.partition("#")[0])
        assert form.xpath("//input[@name='resend'][@checked]"), address
        with means.work(office.registry) as work:
            old = contact_of(work, "KZ")
            new = directory.propose_contact(
                work, old.member, address, language="en", source="Note 12", replaces=old.id
            )
            assert mending.ask_to_resend(work, new) == 1
            number = new.id
        confirm(office, number)
        with means.work(office.second_registry) as work:
            address_checks.release(work, work.session.get_one(Contact, number), "They called.")
        with means.work() as work:
            row = delivery_of(work, "KZ")
            assert (row.queue, row.address, row.transport) == (DeliveryQueue.QUEUED, address, None)
            standing = contact_line.standing(work, row.contact_id)
            assert standing is not None and standing.id == number
    taken = claims.claim(means, note_id, "worker") or []
    (attempt,) = [one for one, delivery in taken if delivery.id == row.id]
    assert (attempt.address, attempt.possible_duplicate) == ("third@mfa.kz.example", False)


def test_a_state_that_nobody_would_answer_for_is_not_approved(office: Office, means: Means) -> None:
    note_id = office.note(NoteState.TRANSLATED)
    office.contact("KZ", "copy@mfa.kz.example", role="cc")
    with means.work(office.registry) as work:
        contact = work.session.scalars(select(Contact).where(Contact.address == "notes@mfa.kz.example")).one()
        directory.retire_contact(work, contact, "Closed.")
    ended(office, "CN")
    words = plain(Browser(office).get("director", "/notes/D-2026-0001/approval"))
    assert "KZ has only contacts that get a copy" in words and "CN has no usable contact" in words
    assert "copy@mfa.kz.example · Copy" in words
    with means.look(office.director) as work:
        seen = approval.preview(work, work.session.get_one(Note, note_id))
    with means.work(office.director) as work, pytest.raises(Conflict, match="has no usable contact"):
        approval.approve(
            work, work.session.get_one(Note, note_id), None, digest=seen.digest, number=seen.number, day=seen.day
        )  # fmt: skip
    office.do("registry", approval.send_back, note_id, None, "Two have no contact.")
    for code in ("KZ", "CN"):
        office.do("registry", addressing.waive_addressee, note_id, None, code, "It is told by hand.")
    with means.look(office.director) as work:
        assert work.session.scalars(select(Addressee).where(Addressee.waived_by.is_not(None))).all()
        words = " ".join(approval.preview(work, work.session.get_one(Note, note_id)).objections)
        assert "contact" not in words


def test_the_recipients_of_a_draft_tell_of_every_kind_of_contact(office: Office, means: Means) -> None:
    office.contact("BD", "4 Harbour Road", channel="courier")
    office.contact("BD", "front desk", channel="hand", role="cc")
    office.contact("MN", "link@mfa.mn.example", channel="link_only", role="escalation")
    confirm(office, propose(office, "TJ", "new@mfa.tj.example"))
    ended(office, "KZ", valid_until=means.clock().date() - DAY)
    office.note(NoteState.DRAFT)
    words = plain(Browser(office).get("registry", "/notes/D-2026-0001/recipients"))
    assert "4 Harbour Road To, en, Courier" in words and "front desk Copy, en, By hand" in words
    assert "new@mfa.tj.example To, en, Mail with attachments Waits for the address’s answer" in words
    assert "No longer valid No usable contact" in words
    listed = Api(office).good("registry", "GET", "/contacts?member=BD")["items"]
    assert {one["channel"] for one in listed} == {"courier", "hand"}
