"""Notes walked by random people and actions: whatever is tried, the promises hold after every step."""

from __future__ import annotations

from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from sqlalchemy import select

from tests.office import PEOPLE
from tests.prepared import Prepared
from tests.prepared import translated as translated
from workflow import audit, register
from workflow.errors import Refusal
from workflow.models import Delivery, Note
from workflow.operations import addressing, approval, dispatch, drafting, texts
from workflow.states import NoteState

WHO = st.sampled_from(sorted(PEOPLE))


def machine(prepared: Prepared) -> type[RuleBasedStateMachine]:
    """A machine over this installation; its notes outlive an example, which only lengthens the walk."""
    office, means = prepared.office, prepared.means
    sealed: dict[int, Any] = {}

    class Walk(RuleBasedStateMachine):
        def act(self, person: str, verb: Any, *args: Any, **kwargs: Any) -> None:
            try:
                office.do(person, verb, prepared.note_id, *args, **kwargs)
            except Refusal as refusal:
                assert refusal.sentence.endswith(".")

        @rule(person=WHO)
        def release(self, person: str) -> None:
            self.act(person, drafting.release_source, None)

        @rule(person=WHO)
        def send_back(self, person: str) -> None:
            self.act(person, approval.send_back, None, "Look again.")

        @rule(person=WHO, day=st.integers(0, 2))
        def approve(self, person: str, day: int) -> None:
            with means.look(office.actor(person)) as work:
                seen = approval.preview(work, work.session.get_one(Note, prepared.note_id))
            prepared.clock.pass_(days=day)
            self.act(person, approval.approve, None, digest=seen.digest, number=seen.number, day=seen.day)

        @rule()
        def make(self) -> None:
            office.make_documents()

        @rule(person=WHO)
        def dispatch(self, person: str) -> None:
            self.act(person, dispatch.dispatch, None)

        @rule(person=WHO)
        def recipients(self, person: str) -> None:
            self.act(person, addressing.set_recipients, None, ["CN", "KZ"])

        @invariant()
        def promises(self) -> None:
            with means.look() as work:
                assert audit.verify(work.session, means.settings.keys.audit).good
                found = register.continuity(work.session, "TTF")
                assert found is None or found.gaps == ()
                for note in work.session.scalars(select(Note)):
                    sent = work.session.scalars(select(Delivery).where(Delivery.note_id == note.id)).all()
                    assert not sent or note.state is NoteState.DISPATCHED
                    if note.state in (NoteState.TRANSLATED, NoteState.APPROVED):
                        assert all(texts.is_current(note, one) for one in note.versions if one.required)
                    if note.state is NoteState.DISPATCHED:
                        now = (note.revision, note.symbol, note.approval_id, note.released_digest)
                        assert sealed.setdefault(note.id, now) == now

    return Walk


def test_random_walks(translated: Prepared) -> None:
    checks = [HealthCheck.too_slow, HealthCheck.function_scoped_fixture]
    given = settings(
        max_examples=4, stateful_step_count=20, deadline=None, database=None, suppress_health_check=checks
    )
    run_state_machine_as_test(machine(translated), settings=given)
