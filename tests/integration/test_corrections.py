"""Corrections in odd orders: of corrections, of what was replaced or withdrawn, of what is still on its way."""

from __future__ import annotations

from datetime import timedelta
from threading import Barrier, Thread
from typing import Any

import pytest
from sqlalchemy import select

from tests.integration.test_family import FOUR, Desk
from tests.integration.test_family import desk as desk
from tests.office import SOURCE
from tests.prepared import dispatched as dispatched
from workflow.errors import Conflict, Gone, Invalid, NotFound
from workflow.models import Contact, Delivery, Note, ReminderPlan, SilenceOutcome, SilenceProcedure
from workflow.operations import (
    addressing,
    approval,
    claims,
    deliveries,
    directory,
    dispatch,
    drafting,
    evidence,
    family,
    halting,
    handing,
    lineage,
    outcomes,
    receipt,
    recipients,
    silence,
    texts,
)
from workflow.operations.submission import Submission
from workflow.states import DeliveryQueue, Handing, NoteState, Transport


def symbol(desk: Desk, note_id: int) -> str | None:
    with desk.means.look() as work:
        return work.session.get_one(Note, note_id).symbol


def holds(desk: Desk, note_id: int | None = None) -> list[str | None]:
    with desk.means.look() as work:
        found = family.family_of(work, work.session.get_one(Note, note_id or desk.note_id))
        return [one.symbol for one in found.holds]


def told(desk: Desk, note_id: int) -> list[str | None]:
    """What the receivers of a note are told of."""
    with desk.means.look() as work:
        return [one.symbol for one in lineage.successors_of(work, work.session.get_one(Note, note_id))]


def delivery(desk: Desk, address: str, note_id: int | None = None) -> int:
    with desk.means.look() as work:
        return work.session.scalars(
            select(Delivery.id).where(
                Delivery.address == address, Delivery.note_id == (note_id or desk.note_id)
            )
        ).one()


def test_a_correction_of_a_correction_does_not_burn_a_number_of_the_first(desk: Desk) -> None:
    desk.send()
    assert symbol(desk, desk.dispatched("corrigendum")) == "TTF/1/Corr.1"
    assert symbol(desk, desk.dispatched("corrigendum", "TTF/1/Corr.1")) == "TTF/1/Corr.1/Corr.1"
    assert symbol(desk, desk.dispatched("addendum", "TTF/1/Corr.1")) == "TTF/1/Corr.1/Add.1"
    assert symbol(desk, desk.dispatched("corrigendum")) == "TTF/1/Corr.2"
    assert symbol(desk, desk.dispatched("addendum")) == "TTF/1/Add.1"
    assert holds(desk) == [
        "TTF/1", "TTF/1/Corr.1", "TTF/1/Corr.1/Corr.1", "TTF/1/Corr.1/Add.1", "TTF/1/Corr.2", "TTF/1/Add.1",
    ]  # fmt: skip


def test_revisions_count_on_and_the_last_one_stands(desk: Desk) -> None:
    desk.send()
    corrigendum = desk.dispatched("corrigendum")
    first = desk.dispatched("revision")
    # Whichever version is named, the one that stands is the one that is replaced.
    second = desk.dispatched("revision")
    third = desk.dispatched("revision", "TTF/1/Rev.2")
    assert [symbol(desk, one) for one in (first, second, third)] == [
        "TTF/1/Rev.1",
        "TTF/1/Rev.2",
        "TTF/1/Rev.3",
    ]
    with desk.means.look() as work:
        made = work.session.get_one(Note, second)
        assert made.parent_id == first and made.particulars["related"][0]["number"] == "TTF/1/Rev.1"
    assert holds(desk, first) == ["TTF/1/Rev.3"]
    assert told(desk, first) == ["TTF/1/Rev.2", "TTF/1/Rev.3"]
    # A corrigendum ends with the text that it corrected, and its receivers are told.
    assert told(desk, corrigendum) == ["TTF/1/Rev.1", "TTF/1/Rev.2", "TTF/1/Rev.3"]
    with desk.means.look() as work:
        plans = {one.note_id: one.ended_by_id for one in work.session.scalars(select(ReminderPlan))}
        assert plans[corrigendum] == first and plans[second] == third and plans[third] is None
    for relation in ("corrigendum", "addendum", "reminder"):
        with pytest.raises(Conflict, match=r"replaced by TTF/1/Rev\.1.*Follow TTF/1/Rev\.3"):
            desk.draft(relation)
    with pytest.raises(Conflict, match="replaced by"):
        desk.draft("corrigendum", "TTF/1/Corr.1")


def test_two_revisions_drafted_at_once_leave_the_later_one(desk: Desk) -> None:
    desk.send()
    first, second = desk.approved("revision"), desk.approved("revision")
    assert (symbol(desk, first), symbol(desk, second)) == ("TTF/1/Rev.1", "TTF/1/Rev.2")
    for note_id in (first, second):
        desk.office.do("director", dispatch.dispatch, note_id, None)
        desk.clock.pass_(minutes=1)
    assert holds(desk) == ["TTF/1/Rev.2"] and told(desk, first) == ["TTF/1/Rev.2"]
    with desk.means.look() as work:
        assert work.session.get_one(ReminderPlan, first).ended_by_id == second


def test_two_corrigenda_approved_at_the_same_moment_get_two_numbers(desk: Desk) -> None:
    desk.send()
    notes = [desk.draft("corrigendum") for _ in range(2)]
    for note_id in notes:
        desk.translate(note_id)
    start, faults = Barrier(2), []

    def run(note_id: int) -> None:
        start.wait(10)
        for _ in range(5):
            try:
                with desk.means.work(desk.office.director) as work:
                    note = work.session.get_one(Note, note_id)
                    seen = approval.preview(work, note)
                    approval.approve(work, note, None, digest=seen.digest, number=seen.number, day=seen.day)
                return
            except Conflict as refusal:
                # The number on the screen went to the other one: it is refused, and looked at again.
                faults.append(refusal.code)

    threads = [Thread(target=run, args=(one,)) for one in notes]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert {symbol(desk, one) for one in notes} == {"TTF/1/Corr.1", "TTF/1/Corr.2"}
    assert set(faults) <= {"approval-outdated"}


def test_the_withdrawal_of_a_correction_leaves_the_note(desk: Desk) -> None:
    desk.send()
    corrigendum = desk.dispatched("corrigendum")
    desk.send(corrigendum)
    token, first = (desk.token("notes@mfa.kz.example", one) for one in (corrigendum, desk.note_id))
    desk.dispatched("withdrawal_notice", "TTF/1/Corr.1")
    assert holds(desk) == ["TTF/1"]
    with desk.means.look() as work:
        found = family.family_of(work, work.session.get_one(Note, corrigendum))
        assert found.withdrawn_by is None
        assert receipt.open_link(work, first)
        with pytest.raises(Gone, match="withdrawn by note TTF/2"):
            receipt.open_link(work, token)
    with pytest.raises(Conflict, match="was withdrawn by TTF/2"):
        desk.draft("corrigendum", "TTF/1/Corr.1")
    # The note itself can still be corrected.
    assert desk.draft("corrigendum")


def test_a_withdrawal_takes_all_that_amends_the_note_along(desk: Desk) -> None:
    desk.send()
    corrigendum = desk.dispatched("corrigendum")
    desk.send(corrigendum)
    token = desk.token("notes@mfa.kz.example", corrigendum)
    waiting = desk.dispatched("addendum", "TTF/1/Corr.1")
    desk.dispatched("withdrawal_notice")
    with desk.means.look() as work:
        with pytest.raises(Gone, match="withdrawn by note TTF/2"):
            receipt.open_link(work, token)
        rows = work.session.scalars(select(Delivery).where(Delivery.note_id == waiting)).all()
        assert {row.queue for row in rows} == {DeliveryQueue.DONE} and all(row.cancelled_at for row in rows)
        assert work.session.get_one(ReminderPlan, corrigendum).ended_by_id is not None
    assert holds(desk) == [] and told(desk, corrigendum) == ["TTF/2"]
    for parent in ("TTF/1", "TTF/1/Corr.1", "TTF/1/Corr.1/Add.1"):
        with pytest.raises(Conflict, match="was withdrawn by TTF/2"):
            desk.draft("corrigendum", parent)
    with pytest.raises(Conflict, match="stays so"):
        desk.draft("withdrawal_notice", "TTF/2")
    # Even a withdrawal notice may have a mistake in it.
    assert desk.draft("corrigendum", "TTF/2")


def test_what_was_drafted_before_the_withdrawal_is_stopped_at_approval_and_at_dispatch(desk: Desk) -> None:
    desk.send()
    approved, translated = desk.approved("corrigendum"), desk.draft("corrigendum")
    desk.translate(translated)
    desk.dispatched("withdrawal_notice")
    with desk.means.look(desk.office.director) as work:
        seen = approval.preview(work, work.session.get_one(Note, translated))
        assert any("was withdrawn by TTF/2" in one % one.values for one in seen.objections)  # type: ignore[attr-defined]
    with pytest.raises(Conflict, match="was withdrawn by TTF/2"):
        desk.office.approved(translated)
    with pytest.raises(Conflict, match="was withdrawn by TTF/2") as refused:
        desk.office.do("director", dispatch.dispatch, approved, None)
    assert refused.value.code == "not-dispatchable"
    assert desk.office.state(approved) is NoteState.APPROVED


def test_who_got_the_note_by_hand_is_told_of_its_withdrawal(desk: Desk) -> None:
    desk.send()
    courier = desk.office.contact("MN", "chancery@mfa.mn.example", channel="courier")
    with desk.means.work() as work:
        row = work.session.scalars(select(Delivery).where(Delivery.address == "notes@mfa.mn.example")).one()
        # It was refused by mail, and a courier brought it.
        for attempt in row.attempts:
            evidence.record(
                work, row, "transport", Transport.FAILED.value,
                key=evidence.key_of("test", row.id), at=work.now(), attempt=attempt,
            )  # fmt: skip
    assert courier
    with desk.means.look() as work:
        note = work.session.get_one(Note, desk.note_id)
        assert note.dispatched_at is not None
    # What never arrived is not withdrawn from anybody; a correction still goes there, should it arrive.
    assert desk.contacts(desk.draft("withdrawal_notice")) == FOUR - {"notes@mfa.mn.example"}
    assert desk.contacts(desk.draft("corrigendum")) == FOUR
    step = handing.Handover("courier", Handing.SENT.value, desk.clock(), waybill="7-441")
    with desk.means.work(desk.office.registry) as work:
        note = work.session.get_one(Note, desk.note_id)
        row = deliveries.find_delivery(work, note, delivery(desk, "notes@mfa.mn.example"))
        handing.record_handover(work, note, row, step)
    assert desk.contacts(desk.draft("withdrawal_notice")) == FOUR


def test_what_a_worker_has_in_hand_is_called_off_and_what_is_on_the_wire_is_told(desk: Desk) -> None:
    rows = claims.claim(desk.means, desk.note_id, "worker")
    assert rows is not None and len(rows) == 4
    wire = rows[0][1].address
    notice_before = desk.clock()
    with desk.means.work() as work:
        from workflow.models import Attempt

        attempt = work.session.get_one(Attempt, rows[0][0].id)
        attempt.transport, attempt.sending_at = Transport.SENDING, notice_before
    notice = desk.dispatched("withdrawal_notice")
    with desk.means.look() as work:
        found = {
            row.address: row
            for row in work.session.scalars(select(Delivery).where(Delivery.note_id == desk.note_id))
        }
        assert found.pop(wire).queue is DeliveryQueue.CLAIMED
        assert {row.queue for row in found.values()} == {DeliveryQueue.DONE}
        assert all(row.cancelled_at and row.claimed_by is None for row in found.values())
        got = work.session.scalars(select(Delivery.address).where(Delivery.note_id == notice)).all()
        assert got == [wire]


def test_who_gets_the_note_after_the_draft_is_not_forgotten(desk: Desk) -> None:
    held = delivery(desk, "notes@mfa.tj.example")
    with desk.means.work(desk.office.registry) as work:
        note = work.session.get_one(Note, desk.note_id)
        deliveries.hold(work, note, deliveries.find_delivery(work, note, held), "The mission is moving.")
    desk.send()
    notice = desk.approved("withdrawal_notice")
    assert desk.contacts(notice) == FOUR - {"notes@mfa.tj.example"}
    with desk.means.work(desk.office.registry) as work:
        note = work.session.get_one(Note, desk.note_id)
        deliveries.resume(work, note, deliveries.find_delivery(work, note, held), "It has moved.")
    desk.send()
    with pytest.raises(Conflict, match="TJ got TTF/1 by now"):
        desk.office.do("director", dispatch.dispatch, notice, None)
    desk.office.do("director", approval.send_back, notice, None, "TJ got it meanwhile.")
    desk.office.do("registry", addressing.set_recipients, notice, None)
    assert desk.contacts(notice) == FOUR


def test_the_addressees_of_a_correction_are_not_for_choice(desk: Desk) -> None:
    cancelled = delivery(desk, "notes@mfa.tj.example")
    with desk.means.work(desk.office.registry) as work:
        note = work.session.get_one(Note, desk.note_id)
        row = deliveries.find_delivery(work, note, cancelled)
        deliveries.hold(work, note, row, "Wrong list.")
        deliveries.cancel(work, note, row, "Wrong list.")
    desk.send()
    note_id = desk.draft("corrigendum")
    assert desk.contacts(note_id) == FOUR - {"notes@mfa.tj.example"}
    for codes, sentence, code in (
        (["CN", "KZ", "MN", "TJ"], "TJ did not get TTF/1", "follow-outside"),
        (["CN"], "KZ, MN got TTF/1", "follow-left-out"),
    ):
        with pytest.raises(Invalid, match=sentence) as refused:
            desk.office.do("registry", addressing.set_recipients, note_id, None, codes)
        assert refused.value.code == code
    desk.office.do("registry", addressing.set_recipients, note_id, None, ["MN", "kz", "CN"])
    desk.office.do("registry", addressing.set_recipients, note_id, None)
    assert desk.contacts(note_id) == FOUR - {"notes@mfa.tj.example"}
    # A reminder may go to some of the silent, and to nobody else.
    reminder = desk.draft("reminder")
    desk.office.do("registry", addressing.set_recipients, reminder, None, ["MN"])
    with pytest.raises(Invalid, match="TJ did not get"):
        desk.office.do("registry", addressing.set_recipients, reminder, None, ["TJ"])


def test_a_correction_waits_for_the_note_that_it_corrects(desk: Desk) -> None:
    at = desk.clock() + timedelta(hours=5)
    with desk.means.work() as work:
        note = work.session.get_one(Note, desk.note_id)
        note.release_at = at
        for row in work.session.scalars(select(Delivery).where(Delivery.note_id == note.id)):
            row.due_at = at
    with pytest.raises(Invalid, match="Nobody would get this note"):
        desk.draft("withdrawal_notice")
    note_id = desk.approved("corrigendum")
    with pytest.raises(Conflict, match="itself goes out only at 2026-05-12 16:00"):
        desk.office.do("director", dispatch.dispatch, note_id, None)
    desk.office.do("director", dispatch.dispatch, note_id, None, at)
    assert holds(desk) == ["TTF/1"]
    desk.clock.pass_(hours=5)
    assert holds(desk) == ["TTF/1", "TTF/1/Corr.1"]


def test_a_withdrawal_that_is_called_off_before_it_leaves_opens_the_links_again(desk: Desk) -> None:
    desk.send()
    token = desk.token("notes@mfa.cn.example")
    note_id = desk.approved("withdrawal_notice")
    desk.office.do("director", dispatch.dispatch, note_id, None, desk.clock() + timedelta(hours=2))
    desk.office.do("registry", halting.cancel_all, note_id, "The minister asks.")
    desk.clock.pass_(hours=3)
    with desk.means.look() as work:
        assert receipt.open_link(work, token)
        assert told(desk, desk.note_id) == [] and holds(desk) == ["TTF/1"]
    # It may be withdrawn in earnest, or corrected, later.
    assert desk.draft("corrigendum")


def test_where_only_copies_are_left_the_state_s_contacts_of_now_stand_in(desk: Desk) -> None:
    desk.office.contact("KZ", "copy@mfa.kz.example", role="cc")
    with desk.means.work() as work:
        note = work.session.get_one(Note, desk.note_id)
        known = recipients.of(work, note, work.today())
        (copy,) = [one for one in known if one.role == "cc"]
        work.session.add(dispatch.delivery_to(work, note, copy, work.now()))
    desk.send()
    assert desk.contacts(desk.draft("corrigendum")) == FOUR | {"copy@mfa.kz.example"}
    with desk.means.work(desk.office.registry) as work:
        gone = work.session.scalars(select(Contact).where(Contact.address == "notes@mfa.kz.example")).one()
        directory.retire_contact(work, gone, "The office was closed.")
    desk.office.contact("KZ", "protocol@mfa.kz.example")
    assert desk.contacts(desk.draft("corrigendum")) == FOUR - {"notes@mfa.kz.example"} | {
        "copy@mfa.kz.example",
        "protocol@mfa.kz.example",
    }


def test_a_contact_that_reads_another_language_now_still_gets_the_correction_of_its_copy(desk: Desk) -> None:
    with desk.means.work() as work:
        row = work.session.scalars(select(Delivery).where(Delivery.address == "notes@mfa.kz.example")).one()
        row.language = "ru"
    desk.send()
    note_id = desk.draft("corrigendum", concerns="ru", titles={"ru": "Исправление"})
    assert desk.contacts(note_id) == {"notes@mfa.kz.example"}


def test_a_revision_ends_the_silence_procedure_on_the_old_text(desk: Desk) -> None:
    desk.send()
    desk.office.do("registry", silence.start, desk.note_id, desk.clock() + timedelta(days=14))
    corrigendum = desk.dispatched("corrigendum")
    desk.dispatched("revision")
    with desk.means.look() as work:
        procedure = work.session.scalars(select(SilenceProcedure)).one()
        assert procedure.outcome is SilenceOutcome.CANCELLED and procedure.notice_id is None
    desk.clock.pass_(days=20)
    with desk.means.work() as work:
        assert outcomes.sweep(work) == []
    for note_id in (desk.note_id, corrigendum):
        with pytest.raises(Conflict, match=r"Start the procedure on TTF/1/Rev\.1"):
            desk.office.do("registry", silence.start, note_id, desk.clock() + timedelta(days=14))


def test_a_correction_begins_like_the_note_that_it_corrects(desk: Desk) -> None:
    with desk.means.work() as work:
        work.session.get_one(Note, desk.note_id).marking = "restricted"
    with desk.means.work(desk.office.registry) as work:
        made = drafting.submit(
            work,
            Submission({"en": "Correction"}, paragraphs=(SOURCE[1],), parent="TTF/1", relation="corrigendum"),
        )
        first = work.session.get_one(Note, desk.note_id)
        assert (made.marking, made.series, made.source_language) == ("restricted", first.series, "en")
        assert texts.live_paragraphs(made) and made.symbol is None
    for given in ({"relation": "corrigendum"}, {"concerns": "ru"}):
        with pytest.raises(Invalid, match="Name the note that this one follows"):
            submit(desk, **given)


def submit(desk: Desk, **given: Any) -> None:
    with desk.means.work(desk.office.registry) as work:
        drafting.submit(work, Submission({"en": "Nothing"}, kind="note_verbale", **given))


def test_a_link_that_was_taken_from_somebody_stays_closed_after_a_withdrawal_is_called_off(
    desk: Desk,
) -> None:
    desk.send()
    token = desk.token("notes@mfa.cn.example")
    with desk.means.work(desk.office.registry) as work:
        note = work.session.get_one(Note, desk.note_id)
        row = deliveries.find_delivery(work, note, delivery(desk, "notes@mfa.cn.example"))
        receipt.revoke_link(work, note, row, "It went astray.")
    note_id = desk.approved("withdrawal_notice")
    desk.office.do("director", dispatch.dispatch, note_id, None, desk.clock() + timedelta(hours=2))
    desk.office.do("registry", halting.cancel_all, note_id, "The minister asks.")
    with desk.means.look() as work, pytest.raises(NotFound, match="was withdrawn"):
        receipt.open_link(work, token)
