"""The three axes: pure folds, so the order and the repetition of evidence do not matter."""

from __future__ import annotations

from itertools import permutations, product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflow.post.receipts import (
    BEST,
    RANK,
    ContactReceipt,
    attempt_transport,
    delivery_transport,
    human,
    is_late_bounce,
    member_receipt,
)
from workflow.states import Human, MemberStatus, Transport

TRANSPORTS = st.sampled_from(list(Transport))


def after(status: Transport, event: Transport) -> Transport:
    """What the design says of a status when a piece of evidence comes: the higher of the two stands."""
    order = [
        "prepared",
        "sending",
        "unknown",
        "refused_temp",
        "refused_perm",
        "accepted",
        "delayed",
        "relayed",
        "delivered",
        "failed",
    ]
    return max(status, event, key=lambda one: order.index(one.value))


@pytest.mark.parametrize(("status", "event"), list(product(Transport, Transport)))
def test_every_pair_of_status_and_event_twice_and_out_of_order(status: Transport, event: Transport) -> None:
    wanted = after(status, event)
    for evidence in (
        [status, event],
        [event, status],
        [status, event, event],
        [event, event, status, status],
    ):
        assert attempt_transport(evidence) is wanted
    assert attempt_transport([attempt_transport([status]), event]) is wanted


def test_all_orders_of_four_pieces_of_evidence_give_one_result() -> None:
    for chosen in product(list(Transport), repeat=4):
        if list(chosen) != sorted(chosen):
            continue
        assert len({(attempt_transport(order), is_late_bounce(order)) for order in permutations(chosen)}) == 1


@given(st.lists(TRANSPORTS), st.randoms(use_true_random=False))
def test_any_order_and_any_repetition_gives_the_same_fold(evidence: list[Transport], random: object) -> None:
    again = [*evidence, *random.choices(evidence, k=len(evidence))] if evidence else []  # type: ignore[attr-defined]
    random.shuffle(again)  # type: ignore[attr-defined]
    assert attempt_transport(again) is attempt_transport(evidence)
    assert is_late_bounce(again) == is_late_bounce(evidence)


@given(st.lists(TRANSPORTS), TRANSPORTS)
def test_more_evidence_never_lowers_an_attempt(evidence: list[Transport], one: Transport) -> None:
    assert RANK[attempt_transport([*evidence, one])] >= RANK[attempt_transport(evidence)]


def test_an_attempt_without_evidence_is_prepared() -> None:
    assert attempt_transport([]) is Transport.PREPARED
    assert delivery_transport([]) is None


def test_the_ranks_are_those_of_the_design() -> None:
    assert set(RANK) == set(BEST) == set(Transport)
    assert RANK[Transport.REFUSED_TEMP] == RANK[Transport.REFUSED_PERM]
    assert sorted(Transport, key=lambda one: RANK[one]) == list(Transport)


@pytest.mark.parametrize("better", range(len(BEST)))
def test_a_delivery_shows_the_best_of_its_attempts(better: int) -> None:
    for worse in range(better, len(BEST)):
        assert delivery_transport([BEST[worse], BEST[better]]) is BEST[better]


@pytest.mark.parametrize(
    "then", [Transport.REFUSED_PERM, Transport.FAILED, Transport.DELAYED, Transport.DELIVERED]
)
def test_a_delivery_that_was_put_off_shows_what_became_of_it_later(then: Transport) -> None:
    put_off = [Transport.REFUSED_TEMP, Transport.PREPARED]
    assert delivery_transport([*put_off, then]) is then
    assert delivery_transport([then, *put_off]) is min(then, Transport.PREPARED, key=BEST.index)
    assert delivery_transport([Transport.UNKNOWN, Transport.REFUSED_TEMP, then]) is min(
        then, Transport.UNKNOWN, key=BEST.index
    )


@given(st.lists(TRANSPORTS), TRANSPORTS, st.randoms(use_true_random=False))
def test_the_order_of_the_attempts_before_the_last_does_not_matter(
    earlier: list[Transport], last: Transport, random: object
) -> None:
    again = [*earlier, *earlier]
    random.shuffle(again)  # type: ignore[attr-defined]
    assert delivery_transport([*again, last]) is delivery_transport([*earlier, last])


@given(st.lists(st.sampled_from(list(Human))), st.sampled_from(list(Human)))
def test_the_human_axis_never_falls(acts: list[Human], one: Human) -> None:
    rank = list(Human).index
    assert rank(human([*acts, one])) >= rank(human(acts))
    assert human([*acts, one]) is human([one, *acts, *acts])


TO = {"role": "to", "human": Human.NONE}
# One row a status: the least that a contact has to show for it.
LEAST = {
    MemberStatus.ACKNOWLEDGED: ContactReceipt("to", Transport.FAILED, Human.ACKNOWLEDGED),
    MemberStatus.DOWNLOADED: ContactReceipt("to", Transport.FAILED, Human.DOWNLOADED),
    MemberStatus.REACHED: ContactReceipt("to", Transport.RELAYED, Human.NONE),
    MemberStatus.IN_TRANSIT: ContactReceipt("to", Transport.UNKNOWN, Human.NONE),
    MemberStatus.UNDELIVERABLE: ContactReceipt("to", Transport.FAILED, Human.NONE),
    MemberStatus.NOT_SENT: ContactReceipt("to", None, Human.NONE),
}
ORDER = list(LEAST)


@pytest.mark.parametrize(("first", "second"), list(product(ORDER[:4], ORDER)))
def test_of_a_members_contacts_the_highest_wins(first: MemberStatus, second: MemberStatus) -> None:
    found = member_receipt([LEAST[first], LEAST[second]])
    assert found.status is min(first, second, key=ORDER.index)
    assert member_receipt([LEAST[second], LEAST[first]]) == found


@pytest.mark.parametrize("status", ORDER)
def test_a_copy_never_counts(status: MemberStatus) -> None:
    one = LEAST[status]
    copy = ContactReceipt("cc", one.transport, one.human)
    assert member_receipt([copy]).status is MemberStatus.NOT_SENT
    assert member_receipt([LEAST[MemberStatus.IN_TRANSIT], copy]).status is MemberStatus.IN_TRANSIT
    escalated = ContactReceipt("escalation", one.transport, one.human)
    assert member_receipt([escalated]).status is status


@pytest.mark.parametrize("transport", list(Transport))
def test_each_transport_alone_gives_a_status(transport: Transport) -> None:
    wanted = {
        Transport.RELAYED: MemberStatus.REACHED,
        Transport.DELIVERED: MemberStatus.REACHED,
        Transport.ACCEPTED: MemberStatus.IN_TRANSIT,
        Transport.DELAYED: MemberStatus.IN_TRANSIT,
        Transport.UNKNOWN: MemberStatus.IN_TRANSIT,
        Transport.REFUSED_PERM: MemberStatus.UNDELIVERABLE,
        Transport.FAILED: MemberStatus.UNDELIVERABLE,
    }.get(transport, MemberStatus.NOT_SENT)
    assert member_receipt([ContactReceipt("to", transport, Human.NONE)]).status is wanted


def test_undeliverable_needs_every_contact_lost() -> None:
    lost = ContactReceipt("to", Transport.REFUSED_PERM, Human.NONE)
    waiting = ContactReceipt("to", Transport.REFUSED_TEMP, Human.NONE)
    assert member_receipt([lost, lost]).status is MemberStatus.UNDELIVERABLE
    assert member_receipt([lost, waiting]).status is MemberStatus.NOT_SENT
    over = ContactReceipt("to", Transport.REFUSED_TEMP, Human.NONE, final=True)
    assert member_receipt([lost, over]).status is MemberStatus.UNDELIVERABLE
    cancelled = ContactReceipt("to", None, Human.NONE, cancelled=True)
    assert member_receipt([lost, cancelled]).status is MemberStatus.UNDELIVERABLE
    assert member_receipt([cancelled]).status is MemberStatus.NOT_SENT


def test_the_flags_stand_beside_the_status() -> None:
    lost = LEAST[MemberStatus.UNDELIVERABLE]
    found = member_receipt([LEAST[MemberStatus.REACHED], lost])
    assert (found.status, found.contact_failed) == (MemberStatus.REACHED, True)
    assert not member_receipt([lost]).contact_failed
    delayed = ContactReceipt("to", Transport.DELAYED, Human.NONE, no_report=True)
    found = member_receipt([delayed, LEAST[MemberStatus.IN_TRANSIT]])
    assert (found.delayed, found.unknown, found.no_report) == (True, True, True)


def test_on_behalf_only_while_nobody_acknowledged_by_name() -> None:
    behalf = ContactReceipt("to", None, Human.ACKNOWLEDGED, on_behalf=True)
    named = ContactReceipt("to", None, Human.ACKNOWLEDGED)
    assert member_receipt([behalf]).on_behalf
    assert not member_receipt([behalf, named]).on_behalf
