"""Every state × action × role over HTTP: what the table does not list is refused and writes nothing."""

from __future__ import annotations

from typing import Any

import pytest

from tests.integration.api import Api
from tests.office import Office
from workflow.permissions import why_not
from workflow.states import DUTIES, NoteState

PEOPLE = ("chair", "registry", "translator", "reviewer", "director", "administrator")
STEPS = ("complete_translation", "send_back", "approve", "dispatch", "withdraw")
UPLOAD = {"titles": {}, "language": "en"}


def body(action: str) -> dict[str, Any]:
    """A transition that wants nothing more, so that only state and role can stand in its way."""
    given: dict[str, Any] = {"action": action, "revision": 0}
    if action == "approve":
        given |= {"digest": "0" * 64, "number": "TTF/1", "date": "2026-05-12"}
    if action in ("send_back", "withdraw"):
        given["reason"] = "The meeting was put off."
    return given


def duties(name: str, paragraph: int, delivery: int) -> dict[str, tuple[str, str, dict[str, Any]]]:
    """Each duty of the second table as its request: method, path, and what goes with it."""
    note, version = f"/notes/{name}", f"/notes/{name}/versions/ru"
    one, why = f"{note}/deliveries/{delivery}", {"json": {"reason": "For a good reason."}}
    seen = {"revision": 0}
    return {
        "edit_source": ("PATCH", f"{note}/source", {"json": {**seen, "titles": {"en": "Other"}}}),
        "release_source": ("POST", f"{note}/source/release", {"json": seen}),
        "add_enclosure": ("POST", f"{note}/enclosures", {"json": {**seen, **UPLOAD, "upload": 1}}),
        "remove_enclosure": ("DELETE", f"{note}/enclosures/1?revision=0", {}),
        "set_recipients": ("PUT", f"{note}/recipients", {"json": {**seen, "members": ["KZ"]}}),
        "assign": ("PUT", f"{version}/assignment", {"json": {**seen, "translators": []}}),
        "save_paragraph": (
            "PUT",
            f"{version}/paragraphs/{paragraph}",
            {"json": {"revision": 99, "text": "Слово."}},
        ),
        "ask_machine": ("POST", f"{version}/paragraphs/{paragraph}/suggestions", {}),
        "confirm_suggestion": ("POST", f"{version}/paragraphs/{paragraph}/suggestions/confirm", {}),
        "submit_version": ("POST", f"{version}/submit", {}),
        "accept_version": ("POST", f"{version}/accept", {"json": seen}),
        "return_version": ("POST", f"{version}/return", why),
        "waive_finding": ("POST", f"{note}/waivers", {"json": {"finding": "0" * 64, "reason": "Agreed."}}),
        "take_back_waiver": (
            "POST",
            f"{note}/waivers/take-back",
            {"json": {"finding": "0" * 64, "reason": "Not agreed."}},
        ),
        "waive_addressee": ("POST", f"{note}/recipients/KZ/waiver", {"json": {**seen, "reason": "Agreed."}}),
        "hold_delivery": ("POST", f"{one}/hold", why),
        "resume_delivery": ("POST", f"{one}/resume", why),
        "cancel_delivery": ("POST", f"{one}/cancel", why),
        "resend": ("POST", f"{one}/resend", why),
        "record_handover": ("POST", f"{one}/handover", {"data": {}, "content_type": "multipart/form-data"}),
        "reschedule": ("POST", f"{note}/release", {"json": {**seen, "reason": "Agreed."}}),
        "record_on_behalf": ("POST", f"{one}/on-behalf", {"data": {}, "content_type": "multipart/form-data"}),
        "set_reminders": ("PUT", f"{note}/reminders", {"json": {"steps": []}}),
        "pause_reminders": ("POST", f"{note}/reminders/pause", why),
        "resume_reminders": ("POST", f"{note}/reminders/resume", {"json": {}}),
        "start_silence": ("POST", f"{note}/silence", {"json": {}}),
        "extend_silence": (
            "POST",
            f"{note}/silence/extend",
            {"json": {"deadline": "2030-01-01T18:00", **why["json"]}},
        ),
        "register_objection": (
            "POST",
            f"{note}/silence/objections",
            {"data": {}, "content_type": "multipart/form-data"},
        ),
        "withdraw_objection": ("POST", f"{note}/silence/objections/1/withdraw", why),
        "end_silence": ("POST", f"{note}/silence/end", {"json": {"how": "cancelled", **why["json"]}}),
        "settle_silent": ("POST", f"{note}/reminders/KZ/settle", why),
    }


@pytest.mark.parametrize("state", list(NoteState))
def test_no_cell_but_the_table_s_moves_a_note(office: Office, state: NoteState) -> None:
    api = Api(office)
    note_id = office.note(state)
    name = api.reference(note_id)
    for person in PEOPLE:
        api.token(person)
    before = office.counts()
    for person in PEOPLE:
        actor = office.actor(person)
        for action in STEPS:
            response = api.post(person, f"/notes/{name}/transitions", json=body(action))
            problem = response.get_json()
            refusal = why_not(actor, action, state)
            if person == "administrator":
                assert response.status_code == 403, (person, action)
            elif api.get(person, f"/notes/{name}").status_code == 404:
                assert response.status_code in (403, 404), (person, action)
            elif refusal is None:
                # The cell is listed: the revision, which is never 0, is what stands in the way.
                assert response.status_code == 409 and problem["type"] in (
                    "/problems/stale",
                    "/problems/by-itself",
                )
            else:
                assert response.status_code in (403, 409), (person, action, problem)
                if response.status_code == 409:
                    assert problem["type"] in (
                        "/problems/stale",
                        "/problems/wrong-state",
                        "/problems/by-itself",
                    )
            assert problem["detail"].endswith((".", "!")), problem
    assert office.counts() == before
    assert office.state(note_id) is state


@pytest.mark.parametrize("state", list(NoteState))
def test_no_cell_but_the_table_s_does_a_duty(office: Office, state: NoteState) -> None:
    api = Api(office)
    name = api.reference(office.note(state))
    shown = api.good("registry", "GET", f"/notes/{name}")
    paragraph = shown["paragraphs"][0]["id"] if shown["paragraphs"] else 1
    dispatched = api.good("registry", "GET", f"/notes/{name}/deliveries")["items"]
    requests = duties(name, paragraph, dispatched[0]["id"] if dispatched else 1)
    assert set(requests) == {row.name for row in DUTIES}
    for person in PEOPLE:
        api.token(person)
    before = office.counts()
    for action, (method, path, given) in requests.items():
        for person in PEOPLE:
            if why_not(office.actor(person), action, state) is None:
                continue
            response = api.call(person, method, path, **given)
            assert response.status_code in (403, 404, 409, 422), (
                action,
                person,
                response.get_data(as_text=True),
            )
            assert response.mimetype == "application/problem+json"
    assert office.counts() == before
