"""Notes that a person brings: on the board, on paper, in the evidence; slips of receipts; links made anew."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from sqlalchemy import select

from tests.integration.api import Api
from tests.integration.browser import Browser, plain
from tests.office import Office
from tests.prepared import Prepared
from tests.prepared import dispatched as dispatched
from web import board, packs
from web.sheets import evidence as drawing
from workflow import audit
from workflow.errors import Conflict, Invalid, NotFound
from workflow.means import Means
from workflow.models import Contact, Delivery, Event, Member, Note
from workflow.operations import claims, deliveries, directory, evidence, handing, pack_log, receipt
from workflow.operations.context import Work
from workflow.operations.dispatch import link_token
from workflow.operations.handing import Handover
from workflow.post.receipts import MemberReceipt
from workflow.proof import check
from workflow.states import DeliveryQueue, Handing, MemberStatus, NoteState

PLACE = "Mission of Bhutan, 4 Harbour Road"


@pytest.fixture
def by_hand(office: Office) -> int:
    """A note dispatched to two states by mail and to one that has a place and no mail."""
    office.contact("BD", PLACE, channel="courier", office="Chancery")
    return office.note(NoteState.DISPATCHED, members=("CN", "KZ", "BD"))


def of(work: Work, code: str) -> Delivery:
    member = directory.find_member(work, code)
    return work.session.scalars(select(Delivery).where(Delivery.member_id == member.id)).one()


def standing(work: Work, note_id: int, code: str) -> MemberReceipt:
    found = board.standings(work, work.session.get_one(Note, note_id), "en")
    return next(one.receipt for one in found if one.member.code == code)


def told(
    people: Office, note_id: int, code: str, *what: Any, file: bytes = b"%PDF-1.7 signed", **more: str
) -> None:
    with people.means.work(people.registry) as work:
        step = Handover(*what[:2], at=what[2] if len(what) > 2 else work.now(), **more)
        handing.record_handover(
            work, work.session.get_one(Note, note_id), of(work, code), step,
            file_sha256=work.store.put(file) if file else "", filename="list.pdf",
        )  # fmt: skip


def test_what_a_person_brings_is_never_mailed_and_waits_to_be_handed_over(
    office: Office, means: Means, by_hand: int
) -> None:
    with means.look() as work:
        row = of(work, "BD")
        assert (row.queue, row.channel, row.address) == (DeliveryQueue.DONE, "courier", PLACE)
        assert handing.waits_for_a_person(row) and not handing.waits_for_a_person(of(work, "KZ"))
        note = work.session.get_one(Note, by_hand)
        assert [one.id for one in handing.waiting(work, note)] == [row.id]
        assert handing.waiting(work, note, "KZ") == []
        assert standing(work, by_hand, "BD").status is MemberStatus.NOT_SENT
    # A worker finds the two others and nothing to bring.
    attempts = claims.claim(means, by_hand, "worker")
    assert attempts is not None and len(attempts) == 2
    with means.work(office.registry) as work, pytest.raises(Conflict, match="by hand or courier"):
        deliveries.resend(work, work.session.get_one(Note, by_hand), of(work, "BD"), "Again.")


def test_each_step_counts_on_the_ladder_as_what_it_is(
    office: Office, means: Means, by_hand: int, clock: Any
) -> None:
    clock.pass_(hours=1)
    told(office, by_hand, "BD", "courier", "sent", waybill="WB-1", file=b"")
    with means.look() as work:
        assert standing(work, by_hand, "BD").status is MemberStatus.IN_TRANSIT
        assert not handing.waits_for_a_person(of(work, "BD"))
    clock.pass_(hours=1)
    told(office, by_hand, "BD", "courier", "brought_back", file=b"")
    with means.look() as work:
        assert standing(work, by_hand, "BD").status is MemberStatus.UNDELIVERABLE
        assert handing.waits_for_a_person(of(work, "BD"))
    clock.pass_(hours=1)
    told(office, by_hand, "BD", "telephone", "told", person="Registrar", file=b"")
    with means.look() as work:
        assert standing(work, by_hand, "BD").status is MemberStatus.UNDELIVERABLE
    told(office, by_hand, "BD", "hand", "handed_over", person="A. Secretary", office="Desk")
    with means.work() as work:
        assert standing(work, by_hand, "BD").status is MemberStatus.REACHED
        assert evidence.rebuild(work)[1] == 0
        # A later word that it came back does not take the paper out of their hands.
        assert of(work, "BD").handed is Handing.DELIVERED
    with means.work() as work:
        while audit.seal_evidence(work.session, work.settings.keys.audit, work.now()):
            pass
    with means.look() as work:
        verdict = check.check(packs.make(work, work.session.get_one(Note, by_hand), "zip"), drawing.draw)
        assert pack_log.compare(work, verdict).faults == [] and verdict.sealed == 4


def test_a_note_that_bounced_reaches_the_state_by_courier(dispatched: Prepared) -> None:
    from tests.integration.returning import bounced

    with dispatched.means.work() as work:
        bounced(work, of(work, "KZ"))
        assert standing(work, dispatched.note_id, "KZ").status is MemberStatus.UNDELIVERABLE
    told(dispatched.office, dispatched.note_id, "KZ", "courier", "sent", waybill="7", file=b"")
    with dispatched.means.look() as work:
        found = standing(work, dispatched.note_id, "KZ")
        assert found.status is MemberStatus.IN_TRANSIT and not found.contact_failed


REFUSED: dict[str, tuple[Callable[[Work], Handover], str]] = {
    "channel": (lambda w: Handover("pigeon", "sent", w.now()), "handover-channel"),
    "step": (lambda w: Handover("telephone", "handed_over", w.now(), "A"), "handover-step"),
    "word": (lambda w: Handover("hand", "eaten", w.now(), "A"), "handover-step"),
    "future": (lambda w: Handover("hand", "handed_over", w.now() + timedelta(minutes=1), "A"), "future"),
    "past": (lambda w: Handover("hand", "handed_over", w.now() - timedelta(days=1), "A"), "before-dispatch"),
    "nobody": (lambda w: Handover("hand", "handed_over", w.now(), " "), "person-missing"),
    "no number": (lambda w: Handover("post", "sent", w.now()), "waybill-missing"),
    "no paper": (lambda w: Handover("hand", "handed_over", w.now(), "A"), "evidence-missing"),
    "long": (lambda w: Handover("telephone", "told", w.now(), "A" * 201), "too-long"),
}


@pytest.mark.parametrize("what", REFUSED)
def test_a_step_that_cannot_be_is_refused_and_nothing_is_written(dispatched: Prepared, what: str) -> None:
    make, code = REFUSED[what]
    before = dispatched.office.counts()
    with pytest.raises(Invalid) as refused, dispatched.means.work(dispatched.office.registry) as work:
        note = work.session.get_one(Note, dispatched.note_id)
        handing.record_handover(work, note, of(work, "KZ"), make(work))
    assert refused.value.code == code and dispatched.office.counts() == before


def test_the_same_form_twice_is_one_piece_of_evidence(dispatched: Prepared) -> None:
    for _ in range(2):
        told(dispatched.office, dispatched.note_id, "KZ", "telephone", "told", person="A", file=b"")
    with dispatched.means.look() as work:
        assert work.session.query(Event).filter_by(axis="hand").count() == 1


def test_the_board_lists_it_and_the_paper_is_printed(office: Office, means: Means, by_hand: int) -> None:
    browser = Browser(office)
    path = "/notes/TTF/1/circulation"
    tree = browser.page("registry", f"{path}?show=hand&open=BD")
    words = " ".join(tree.text_content().split())
    assert "To be handed over" in words and "Courier to Mission of Bhutan" in words
    for link in ("delivery-list.pdf", "covering-slips.pdf"):
        href = tree.xpath(f"//a[contains(@href, '{link}')]/@href")[0]
        assert browser.get("registry", href).data.startswith(b"%PDF-")
    form = f"{path}/BD/handover"
    assert browser.get("translator", form, 403)
    token = browser.token("registry", form)
    sent = {
        "csrf_token": token, "nonce": "1", "way": "hand:handed_over", "at": "2026-05-12T11:00", "name": "A. Secretary",
        "office": "Chancery", "evidence": (BytesIO(b"%PDF-1.7 signed"), "list.pdf"),
    }  # fmt: skip
    lacking = {**sent, "name": "", "evidence": (BytesIO(b""), "")}
    answer = browser.client("registry").post(form, data=lacking, headers={"User-Agent": "tests"})
    assert answer.status_code == 422 and "Give the name of the person who took it." in plain(answer)
    answer = browser.client("registry").post(form, data=sent, headers={"User-Agent": "tests"})
    assert answer.status_code == 303
    words = " ".join(browser.page("registry", f"{path}?open=BD").text_content().split())
    assert "Handed over." in words and "A. Secretary" in words and "To be handed over" not in words
    answer = browser.get("registry", "/notes/TTF/1/delivery-list.pdf", 409)
    assert "nothing to be handed over" in plain(answer)


def test_the_api_records_and_prints(office: Office, means: Means, by_hand: int) -> None:
    api = Api(office)
    with means.look() as work:
        number = of(work, "BD").id
    path = f"/notes/TTF/1/deliveries/{number}/handover"
    assert api.get("registry", "/notes/TTF/1/delivery-list?language=ru").data.startswith(b"%PDF-")
    form = {"channel": "courier", "step": "sent", "waybill": "WB-9"}
    for _ in range(2):
        made = api.post(
            "registry", path, data=form, content_type="multipart/form-data", headers={"Idempotency-Key": "k"}
        )
        assert made.status_code == 201, made.get_data(as_text=True)
    listed = api.good("registry", "GET", f"/notes/TTF/1/deliveries/{number}/events")["items"]
    assert [one["kind"] for one in listed] == ["sent"] and listed[0]["data"]["waybill"] == "WB-9"
    api.refused(
        api.get("registry", f"/notes/TTF/1/deliveries/{number}/receipt-slip"), 409, "not-acknowledged"
    )


def test_the_slip_of_a_receipt_is_there_once_it_is_confirmed(dispatched: Prepared) -> None:
    browser = Browser(dispatched.office)
    with dispatched.means.look() as work:
        row = of(work, "KZ")
        link = f"/r/{link_token(work, row.message_id)}"
        code = work.session.get_one(Note, dispatched.note_id).approval.code  # type: ignore[union-attr]
    assert "slip.pdf" not in browser.get(None, link).text
    assert browser.get(None, f"{link}/slip.pdf", 409)
    with dispatched.means.work() as work:
        said = receipt.Acknowledgement("Айгүл Сейітова", "Протокол", "12-3/4", work.today())
        assert receipt.acknowledge(work, of(work, "KZ"), said, code, "n") is None
    before = dispatched.office.counts()
    tree = browser.page(None, f"{link}?lang=kk")
    href = tree.xpath("//a[contains(@href, 'slip.pdf')]/@href")[0]
    first = browser.get(None, href)
    assert first.mimetype == "application/pdf" and first.data == browser.get(None, href).data
    assert dispatched.office.counts() == before
    assert browser.get(None, "/r/nobody/slip.pdf", 404)


def test_a_revoked_and_an_expired_link_say_so_and_a_new_address_gets_a_new_link(
    dispatched: Prepared,
) -> None:
    browser = Browser(dispatched.office)
    people = dispatched.office
    with dispatched.means.look() as work:
        row = of(work, "KZ")
        token, number, contact = link_token(work, row.message_id), row.id, row.contact_id
    board_path = "/notes/TTF/1/circulation?open=KZ"
    with dispatched.means.work() as work:
        from tests.integration.returning import bounced

        bounced(work, work.session.get_one(Delivery, number))
    action = f"/deliveries/{number}/revoke-link"
    sent = {"csrf_token": browser.token("registry", board_path), "reason": "Wrong office."}
    answer = browser.client("registry").post(action, data=sent, headers={"User-Agent": "tests"})
    assert answer.status_code == 303
    assert "withdrawn" in plain(browser.get(None, f"/r/{token}", 404))
    with dispatched.means.work(people.registry) as work:
        old = work.session.get_one(Contact, contact)
        new = directory.propose_contact(
            work, work.session.get_one(Member, old.member_id), "desk@mfa.kz.example",
            language="en", source="note verbale", replaces=old.id,
        ).id  # fmt: skip
    with dispatched.means.work(people.second_registry) as work:
        directory.confirm_contact(work, work.session.get_one(Contact, new))
    with dispatched.means.work(people.registry) as work:
        row = work.session.get_one(Delivery, number)
        deliveries.resend(work, work.session.get_one(Note, dispatched.note_id), row, "New address.")
        fresh = link_token(work, row.message_id, row.link_serial)
        assert row.address == "desk@mfa.kz.example" and row.link_revoked_at is None and fresh != token
    assert browser.get(None, f"/r/{fresh}")
    assert browser.get(None, f"/r/{token}", 404)
    dispatched.clock.pass_(days=400)
    with dispatched.means.look() as work, pytest.raises(NotFound) as closed:
        receipt.open_link(work, fresh)
    assert closed.value.code == "link-expired"
    assert "expired" in plain(browser.get(None, f"/r/{fresh}", 404))


def test_a_contact_is_written_to_within_its_days_only(office: Office, means: Means, clock: Any) -> None:
    today = clock().date()
    office.contact("CN", "later@mfa.cn.example", valid_from=today + timedelta(days=9))
    office.contact("CN", "past@mfa.cn.example", valid_until=today - timedelta(days=1))
    office.contact("CN", "now@mfa.cn.example", valid_from=today, valid_until=today)
    note_id = office.note(NoteState.DISPATCHED, members=("CN",))
    with means.look() as work:
        addresses = set(work.session.scalars(select(Delivery.address).where(Delivery.note_id == note_id)))
        assert addresses == {"notes@mfa.cn.example", "now@mfa.cn.example"}
    with means.work(office.registry) as work, pytest.raises(Invalid, match="before its first"):
        directory.propose_contact(
            work, directory.find_member(work, "CN"), "x@mfa.cn.example", language="en", source="x",
            valid_from=today, valid_until=today - timedelta(days=1),
        )  # fmt: skip
