"""The steps of a note: what is past, where it stands, what was undone."""

from __future__ import annotations

import json
from datetime import datetime

from flask_babel import gettext, ngettext

from web.views.note import Step
from workflow.models import AuditEntry, Note
from workflow.operations import texts
from workflow.states import NoteState

ORDER = (NoteState.DRAFT, NoteState.TRANSLATED, NoteState.APPROVED, NoteState.DISPATCHED)


def steps(note: Note, log: list[AuditEntry], people: dict[int, str], contacts: int) -> tuple[Step, ...]:
    """The four steps, or those that were done and the end where the note was withdrawn; `log` is newest first."""
    withdrawn = note.state is NoteState.WITHDRAWN
    reached = _reached(note)
    found = []
    for state in ORDER[: ORDER.index(reached) + 1] if withdrawn else ORDER:
        at, by = _when(note, state, people)
        if withdrawn or ORDER.index(state) < ORDER.index(reached):
            found.append(Step(state.value, "past", _detail(note, state, contacts), at=at, by=by))
        elif state is reached:
            when = "past" if state is NoteState.DISPATCHED else "now"
            found.append(Step(state.value, when, _detail(note, state, contacts), at=at, by=by))
        else:
            found.append(_coming(note, state, log, people))
    if withdrawn:
        person = people.get(note.withdrawn_by or 0, "")
        reason = note.withdrawn_reason or ""
        found.append(Step("withdrawn", "now", reason=reason, at=note.withdrawn_at, by=person))
    elif reached in (NoteState.TRANSLATED, NoteState.APPROVED):
        _name_next(note, found, contacts)
    return tuple(found)


def _reached(note: Note) -> NoteState:
    if note.state is not NoteState.WITHDRAWN:
        return note.state
    if note.approval is not None or note.entry is not None:
        return NoteState.APPROVED
    return NoteState.TRANSLATED if note.translated_at else NoteState.DRAFT


def _name_next(note: Note, found: list[Step], contacts: int) -> None:
    """What is reached is done; the step to take now is named by what is to be done."""
    at = ORDER.index(note.state)
    present = found[at]
    found[at] = Step(present.state, "past", present.detail, at=present.at, by=present.by)
    approve = note.state is NoteState.TRANSLATED
    label = gettext("Approve") if approve else gettext("Dispatch")
    detail = "" if approve else ngettext("%(num)s contact", "%(num)s contacts", contacts)
    found[at + 1] = Step(ORDER[at + 1].value, "now", detail, label)


def _coming(note: Note, state: NoteState, log: list[AuditEntry], people: dict[int, str]) -> Step:
    """A step that is still to come; one that was undone keeps its date and the reason."""
    undone = next((entry for entry in log if entry.action == "send_back"), None)
    if undone is None or note.state is not NoteState.DRAFT:
        return Step(state.value, "next")
    was = str(json.loads(undone.data).get("was"))
    action = {NoteState.TRANSLATED: "complete_translation", NoteState.APPROVED: "approve"}.get(state)
    before = next((entry for entry in log if entry.action == action and entry.number < undone.number), None)
    if before is None or state not in ORDER or ORDER.index(state) > ORDER.index(NoteState(was)):
        return Step(state.value, "next")
    reason = str(json.loads(undone.data).get("reason", "")) if state.value == was else ""
    at, by = (
        datetime.fromisoformat(before.at),
        people.get(before.actor_id or 0, "") if action == "approve" else "",
    )
    return Step(state.value, "undone", reason=reason, at=at, by=by)


def _when(note: Note, state: NoteState, people: dict[int, str]) -> tuple[datetime | None, str]:
    if state is NoteState.DRAFT:
        return note.submitted_at, people.get(note.submitted_by, "")
    if state is NoteState.TRANSLATED:
        return note.translated_at, ""
    if state is NoteState.APPROVED and note.approval is not None:
        return note.approval.approved_at, people.get(note.approval.approved_by, "")
    if state is NoteState.DISPATCHED:
        return note.dispatched_at, people.get(note.dispatched_by or 0, "")
    return None, ""


def _detail(note: Note, state: NoteState, contacts: int) -> str:
    if state is NoteState.TRANSLATED:
        current = sum(texts.is_current(note, version) for version in note.versions)
        return gettext("%(n)s of %(total)s languages", n=current, total=len(note.versions))
    if state is NoteState.DISPATCHED and note.state is NoteState.DISPATCHED:
        return ngettext("%(num)s contact", "%(num)s contacts", contacts)
    return ""
