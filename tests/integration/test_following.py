"""Notes that follow a dispatched one: child numbers, and addressees as the relation wants them."""

from __future__ import annotations

import pytest

from tests.office import SLOTS, SOURCE, Office
from workflow.errors import Conflict
from workflow.means import Means
from workflow.models import Delivery, Note
from workflow.operations import drafting, receipt
from workflow.operations.drafting import Submission
from workflow.states import NoteState


def following(office: Office, means: Means, parent: str, relation: str) -> int:
    """A draft that follows a note."""
    with means.work(office.registry) as work:
        submission = Submission(
            {"en": "Correction"},
            kind="note_verbale",
            slots=SLOTS,
            paragraphs=SOURCE,
            parent=parent,
            relation=relation,
        )
        return drafting.submit(work, submission).id


def test_a_corrigendum_gets_a_child_number_and_everyone_who_got_the_first(
    office: Office, means: Means
) -> None:
    office.note(NoteState.DISPATCHED)
    for expected in ("TTF/1/Corr.1", "TTF/1/Corr.2"):
        note_id = following(office, means, "TTF/1", "corrigendum")
        with means.look(office.registry) as work:
            assert len(work.session.get_one(Note, note_id).addressees) == 4
        office.translated(note_id)
        office.approved(note_id)
        with means.look() as work:
            assert work.session.get_one(Note, note_id).symbol == expected
    other = office.note(NoteState.APPROVED)
    with means.look() as work:
        assert work.session.get_one(Note, other).symbol == "TTF/2"


def test_a_reminder_is_addressed_to_the_silent_only(office: Office, means: Means) -> None:
    note_id = office.note(NoteState.DISPATCHED)
    with means.work() as work:
        note = work.session.get_one(Note, note_id)
        assert note.approval is not None
        first = work.session.query(Delivery).filter_by(note_id=note_id).first()
        assert first is not None
        said = receipt.Acknowledgement("Registrar", "Registry")
        assert receipt.acknowledge(work, first, said, note.approval.code, "nonce") is None
        spoke = first.member_id
    reminder = following(office, means, "TTF/1", "reminder")
    with means.look() as work:
        members = {one.member_id for one in work.session.get_one(Note, reminder).addressees}
        assert len(members) == 3 and spoke not in members


def test_nothing_follows_a_note_that_was_not_dispatched(office: Office, means: Means) -> None:
    note_id = office.note(NoteState.DRAFT)
    with means.look() as work:
        reference = work.session.get_one(Note, note_id).reference
    with pytest.raises(Conflict, match="not dispatched"):
        following(office, means, reference, "addendum")
