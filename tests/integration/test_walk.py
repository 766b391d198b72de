"""The walk of one note, by the operations, on both databases."""

from __future__ import annotations

from tests.office import Office
from workflow import audit
from workflow.means import Means
from workflow.models import Delivery, Note
from workflow.operations import documents
from workflow.states import NoteState


def test_a_note_goes_from_draft_to_dispatched(office: Office, means: Means) -> None:
    note_id = office.note(NoteState.DISPATCHED)
    with means.look() as work:
        note = work.session.get_one(Note, note_id)
        assert note.symbol == "TTF/1"
        assert all(item.good for item in documents.verify(work, note))
        assert work.session.query(Delivery).count() == 4
        assert audit.verify(work.session, means.settings.keys.audit).good
