"""The two tables of states: complete, consistent, and the only source of what may happen."""

from __future__ import annotations

from itertools import product

import pytest

from workflow.errors import Conflict, NotAllowed
from workflow.permissions import (
    ACTION_WORDS,
    ROLE_WORDS,
    STATE_WORDS,
    Actor,
    may,
    row,
    why_not,
    why_not_office,
)
from workflow.states import DUTIES, OFFICE, TRANSITIONS, NoteState, Role

ROWS = (*TRANSITIONS, *DUTIES)
NAMES = sorted({action.name for action in ROWS})


def person(role: Role, **given: object) -> Actor:
    return Actor(id=1, name="A", roles=frozenset({role}), **given)  # type: ignore[arg-type]


def test_each_action_has_one_row_for_a_state() -> None:
    for name, state in product(NAMES, (None, *NoteState)):
        assert sum(action.name == name and state in action.sources for action in ROWS) <= 1


def test_transitions_lead_somewhere_else_and_duties_nowhere() -> None:
    assert all(action.target is not None and action.target not in action.sources for action in TRANSITIONS)
    assert all(action.target is None for action in DUTIES)


def test_every_state_is_reached_and_the_last_two_are_never_left() -> None:
    reached = {action.target for action in TRANSITIONS}
    assert reached == set(NoteState)
    left = {source for action in TRANSITIONS for source in action.sources}
    assert set(NoteState) - left == {NoteState.DISPATCHED, NoteState.WITHDRAWN}


def test_the_design_has_no_way_around_approval() -> None:
    assert [action.name for action in TRANSITIONS if action.target is NoteState.DISPATCHED] == ["dispatch"]
    (dispatch,) = (action for action in TRANSITIONS if action.name == "dispatch")
    assert dispatch.sources == {NoteState.APPROVED}
    assert dispatch.roles == {Role.DIRECTOR} and dispatch.deputies


def test_texts_enclosures_and_recipients_are_edited_in_draft_only() -> None:
    edits = {"edit_source", "add_enclosure", "remove_enclosure", "set_recipients", "save_paragraph", "assign"}
    assert {action.name for action in DUTIES if action.sources == {NoteState.DRAFT}} >= edits
    after = {action.name for action in ROWS if NoteState.DISPATCHED in action.sources}
    assert after == {
        "hold_delivery", "resume_delivery", "cancel_delivery", "resend", "record_on_behalf", "set_reminders",
        "record_handover", "pause_reminders", "resume_reminders", "settle_silent", "start_silence", "extend_silence",
        "register_objection", "withdraw_objection", "end_silence", "reschedule",
    }  # fmt: skip
    assert not any(NoteState.WITHDRAWN in action.sources for action in ROWS)


def test_the_administrator_has_no_part_in_any_note() -> None:
    assert not any(Role.ADMINISTRATOR in action.roles for action in ROWS)


def test_what_ends_or_undoes_wants_a_reason() -> None:
    assert {action.name for action in ROWS if action.reason} >= {
        "send_back", "withdraw", "return_version", "waive_finding", "waive_addressee", "hold_delivery",
        "resume_delivery", "cancel_delivery", "resend", "record_on_behalf", "pause_reminders", "settle_silent",
    }  # fmt: skip


def test_everything_has_words() -> None:
    assert set(ROLE_WORDS) == set(Role) and set(STATE_WORDS) == set(NoteState)
    assert set(ACTION_WORDS) >= {*NAMES, *OFFICE}


@pytest.mark.parametrize("name", NAMES)
def test_every_cell_is_allowed_exactly_where_it_is_listed(name: str) -> None:
    for state, role in product((None, *NoteState), Role):
        listed = any(one.name == name and state in one.sources and role in one.roles for one in ROWS)
        refusal = why_not(person(role), name, state)
        assert may(person(role), name, state) == listed == (refusal is None)
        if refusal is not None:
            assert isinstance(refusal, NotAllowed | Conflict)
            assert refusal.sentence.endswith(".") and "%(" not in refusal.sentence


def test_a_deputy_may_what_was_delegated_and_no_more() -> None:
    deputy = person(Role.REGISTRY, deputy_for={"approve": 7})
    assert may(deputy, "approve", NoteState.TRANSLATED)
    assert not may(deputy, "approve", NoteState.DRAFT)
    assert not may(deputy, "dispatch", NoteState.APPROVED)
    (approve,) = (action for action in TRANSITIONS if action.name == "approve")
    assert deputy.acting_for(approve) == 7
    assert person(Role.DIRECTOR, deputy_for={"approve": 7}).acting_for(approve) is None
    back = row("send_back", NoteState.APPROVED)
    assert back is not None and person(Role.REGISTRY, deputy_for={"send_back": 7}).acting_for(back) is None


def test_an_unknown_action_is_refused() -> None:
    refusal = why_not(person(Role.DIRECTOR), "shred", NoteState.DRAFT)
    assert refusal is not None and refusal.code == "unknown-action"


@pytest.mark.parametrize("name", sorted(OFFICE))
def test_the_duties_of_the_office(name: str) -> None:
    for role in Role:
        refusal = why_not_office(person(role), name)
        assert (refusal is None) == (role in OFFICE[name])
        assert refusal is None or refusal.sentence.endswith(".")
