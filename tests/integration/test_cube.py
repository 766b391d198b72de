"""The whole cube state × action × role, over both tables, by the operations.

Every cell is tried as a person would do it.  Where the tables list it, it succeeds (and is then
taken back); everywhere else it is refused with a sentence, and no row of any table is written.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from tests.office import PEOPLE, SOURCE, Office, pdf
from workflow.errors import Conflict, NotAllowed, Refusal
from workflow.means import Means
from workflow.models import Delivery, Note
from workflow.operations import (
    addressing,
    approval,
    completion,
    composition,
    deliveries,
    dispatch,
    drafting,
    enclosing,
    halting,
    handing,
    intake,
    ladder,
    objections,
    outcomes,
    receipt,
    silence,
    suggesting,
    texts,
    translation,
)
from workflow.operations.context import Work
from workflow.states import DUTIES, TRANSITIONS, DeliveryQueue, NoteState, Role

ROWS = (*TRANSITIONS, *DUTIES)
# Nobody does complete_translation: it happens, and has its own test.
ACTIONS = tuple(dict.fromkeys(row.name for row in ROWS if row.name != "complete_translation"))


class TakenBack(Exception):
    """The cell was tried and worked; its transaction is rolled back."""


def _upload(work: Work) -> int:
    return intake.upload(work, "second.pdf", pdf(1)).id


def _delivery(work: Work, note: Note, queue: DeliveryQueue) -> Delivery:
    """A delivery of the note, put into the queue state that the action starts from."""
    found = work.session.query(Delivery).filter_by(note_id=note.id).first() or Delivery(id=0)
    if found.id:
        found.queue, found.held_reason = queue, "Stopped." if queue is DeliveryQueue.HELD else None
        work.session.flush()
    return found


def _reschedule(work: Work, note: Note) -> None:
    if note.release_at is not None:
        note.release_at = work.now() + timedelta(days=1)
    halting.reschedule(work, note, None, work.now() + timedelta(days=2), "The meeting is later.")


def _approve(work: Work, note: Note) -> None:
    seen = approval.preview(work, note)
    approval.approve(work, note, None, digest=seen.digest, number=seen.number, day=seen.day)


def _on_behalf(work: Work, note: Note) -> None:
    said = receipt.Acknowledgement("Registrar", "Registry")
    file = work.store.put(b"stamped copy")
    delivery = _delivery(work, note, DeliveryQueue.DONE)
    receipt.record_on_behalf(
        work, note, delivery, said, reason="By hand.", file_sha256=file, filename="copy.pdf"
    )


def _save(work: Work, note: Note) -> None:
    paragraph = next(iter(texts.live_paragraphs(note)), None)
    standing = texts.text_in(paragraph, "ru") if paragraph else None
    revision = standing.revision if standing else 0
    translation.save_paragraph(work, note, "ru", paragraph.id if paragraph else 0, "Текст", revision)


def _first(note: Note) -> int:
    return next((paragraph.id for paragraph in texts.live_paragraphs(note)), 0)


def _version(work: Work, note: Note, state: str) -> None:
    """Brings the Russian version to where an act of its translator or reviewer begins."""
    if note.state is NoteState.DRAFT:
        texts.version_of(note, "ru").state = translation.VersionState(state)
        work.session.flush()


def _accept(work: Work, note: Note) -> None:
    _version(work, note, "submitted")
    translation.accept_version(work, note, "ru")


def _return(work: Work, note: Note) -> None:
    _version(work, note, "submitted")
    translation.return_version(work, note, "ru", "Look at the second paragraph.")


def _waive(work: Work, note: Note) -> None:
    composition.concordance_of(work, note)
    completion.waive_finding(work, note, "0" * 64, "It is right so.")


def _start_silence(work: Work, note: Note) -> None:
    silence.start(work, note, work.now() + timedelta(days=14))


def _objection(work: Work) -> objections.Objection:
    file = work.store.put(b"their note")
    return objections.Objection("No. 12", work.today(), work.now(), file, "note.pdf")


TRY: dict[str, Callable[[Work, Note, Office], Any]] = {
    "submit": lambda w, n, o: drafting.submit(w, drafting.Submission({"en": "Another"}, kind="note_verbale")),
    "send_back": lambda w, n, o: approval.send_back(w, n, None, "The title is not right."),
    "approve": lambda w, n, o: _approve(w, n),
    "dispatch": lambda w, n, o: dispatch.dispatch(w, n, None),
    "withdraw": lambda w, n, o: approval.withdraw(w, n, None, "The meeting was put off."),
    "edit_source": lambda w, n, o: drafting.edit_source(w, n, None, titles={"en": "Another subject"}),
    "release_source": lambda w, n, o: (
        drafting.edit_source(w, n, None, paragraphs=[(None, SOURCE[1])])
        if w.actor.has(Role.REGISTRY) and n.state is NoteState.DRAFT
        else None,
        drafting.release_source(w, n, None),
    ),
    "add_enclosure": lambda w, n, o: enclosing.add_enclosure(
        w, n, None, enclosing.Enclosed(_upload(w), {"en": "B"}, "en")
    ),
    "remove_enclosure": lambda w, n, o: enclosing.remove_enclosure(w, n, None, 1),
    "set_recipients": lambda w, n, o: addressing.set_recipients(w, n, None, ["CN"]),
    "assign": lambda w, n, o: translation.assign(
        w, n, None, "ru", translators=[o.ids["translator"]], reviewer=o.ids["reviewer"]
    ),
    "save_paragraph": lambda w, n, o: _save(w, n),
    "ask_machine": lambda w, n, o: suggesting.ask(w, n, "ru", _first(n)),
    "confirm_suggestion": lambda w, n, o: suggesting.confirm(w, n, "ru", _first(n)),
    "submit_version": lambda w, n, o: translation.submit_version(w, n, "ru"),
    "accept_version": lambda w, n, o: _accept(w, n),
    "return_version": lambda w, n, o: _return(w, n),
    "waive_finding": lambda w, n, o: _waive(w, n),
    "take_back_waiver": lambda w, n, o: completion.take_back_waiver(w, n, "0" * 64, "It was not right."),
    "waive_addressee": lambda w, n, o: addressing.waive_addressee(w, n, None, "CN", "No mission there."),
    "hold_delivery": lambda w, n, o: deliveries.hold(w, n, _delivery(w, n, DeliveryQueue.QUEUED), "Wait."),
    "resume_delivery": lambda w, n, o: deliveries.resume(w, n, _delivery(w, n, DeliveryQueue.HELD), "Go on."),
    "cancel_delivery": lambda w, n, o: deliveries.cancel(
        w, n, _delivery(w, n, DeliveryQueue.HELD), "Not needed."
    ),
    "reschedule": lambda w, n, o: _reschedule(w, n),
    "resend": lambda w, n, o: deliveries.resend(w, n, _delivery(w, n, DeliveryQueue.DONE), "Address mended."),
    "record_on_behalf": lambda w, n, o: _on_behalf(w, n),
    "set_reminders": lambda w, n, o: ladder.set_reminders(w, n, [{"to": ["to"], "after": 7}]),
    "pause_reminders": lambda w, n, o: ladder.pause(w, n, "The ministers are meeting."),
    "resume_reminders": lambda w, n, o: ladder.resume(w, n),
    "start_silence": lambda w, n, o: _start_silence(w, n),
    "extend_silence": lambda w, n, o: silence.extend(w, n, w.now() + timedelta(days=30), "They asked."),
    "register_objection": lambda w, n, o: objections.register_objection(w, n, "KZ", _objection(w)),
    "withdraw_objection": lambda w, n, o: objections.withdraw_objection(w, n, 1, "Their note of today."),
    "end_silence": lambda w, n, o: outcomes.end(w, n, "cancelled", "Begun by mistake."),
    "settle_silent": lambda w, n, o: ladder.settle(w, n, 1, "The embassy was telephoned."),
    "record_handover": lambda w, n, o: handing.record_handover(
        w, n, _delivery(w, n, DeliveryQueue.DONE), handing.Handover("telephone", "told", w.now(), "Registrar")
    ),
}
# A cell that its table allows may still be refused for what the note lacks; these are such refusals.
FACTS = {
    "no-silence",
    "no-silence-open",
    "not-on-desk",
    "reminders-not-paused",
    "no-such-finding",
    "no-such-waiver",
    "not-complete",
    "stale-paragraphs",
    "submitted",
    "no-machine",
    "no-suggestion",
}


def listed(name: str, state: NoteState, role: Role) -> bool:
    """Whether the tables list a cell."""
    return any(row.name == name and state in row.sources and role in row.roles for row in ROWS)


def test_every_action_of_the_tables_is_tried() -> None:
    assert set(TRY) == set(ACTIONS)


@pytest.mark.parametrize("state", list(NoteState))
def test_each_cell_is_what_the_tables_say(office: Office, means: Means, state: NoteState) -> None:
    note_id = office.note(state)
    if state is NoteState.DRAFT:
        office.released(note_id)
        office.written(note_id, "ru")
    people = {Role(roles[0]): name for name, roles in reversed(PEOPLE.items())}
    before = office.counts()
    wrong = []
    for name in ACTIONS:
        if name == "submit":
            continue
        for role, person in people.items():
            outcome = _try(office, means, note_id, name, person)
            if listed(name, state, role):
                good = outcome is None or outcome.code in FACTS
            else:
                good = isinstance(outcome, NotAllowed | Conflict) and outcome.sentence.endswith(".")
            if not good:
                wrong.append(f"{name} by {person} in {state}: {outcome.sentence if outcome else 'done'}")
    assert wrong == []
    assert office.counts() == before
    assert office.state(note_id) is state


def test_completion_comes_with_the_last_acceptance_or_the_release(office: Office, means: Means) -> None:
    note_id = office.note(NoteState.TRANSLATED)
    office.do("registry", approval.send_back, note_id, None, "Look at the title.")
    assert office.state(note_id) is NoteState.DRAFT
    office.do("registry", drafting.release_source, note_id, None)
    assert office.state(note_id) is NoteState.TRANSLATED


def test_submit_is_for_the_chair_institute_and_the_registry(office: Office, means: Means) -> None:
    before = office.counts()
    for name in PEOPLE:
        person = office.actor(name)
        try:
            with means.work(person) as work:
                TRY["submit"](work, Note(), office)
                raise TakenBack
        except TakenBack:
            assert person.has(Role.CHAIR_INSTITUTE, Role.REGISTRY)
        except NotAllowed as refusal:
            assert not person.has(Role.CHAIR_INSTITUTE, Role.REGISTRY)
            assert refusal.sentence == "Only the chair institute or the registry may submit a note."
    assert office.counts() == before


def _try(office: Office, means: Means, note_id: int, name: str, person: str) -> Refusal | None:
    try:
        with means.work(office.actor(person)) as work:
            TRY[name](work, work.session.get_one(Note, note_id), office)
            raise TakenBack
    except TakenBack:
        return None
    except Refusal as refusal:
        return refusal
