"""What every operation is given: the session, the person, the clock and the means."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.orm import Session

from workflow import audit, register
from workflow.clock import Clock, day_in, system_clock
from workflow.config import Settings
from workflow.errors import Invalid, NotAllowed, NotFound, Stale
from workflow.letters import profile as profiles
from workflow.letters.profile import Profile
from workflow.models import Assignment, LanguageVersion, Note
from workflow.permissions import Actor, row, why_not, why_not_office
from workflow.states import Action, Role
from workflow.store import Store

SYSTEM = Actor(id=0, name="Chancery", roles=frozenset())


@dataclass(frozen=True)
class Work:
    """One piece of work: who does it, in which session, by which clock, with which means.

    `actor` is `SYSTEM` where a worker acts by itself; the log then names nobody.
    """

    session: Session
    actor: Actor
    settings: Settings
    store: Store
    clock: Clock = system_clock

    @property
    def profile(self) -> Profile:
        """The organisation's profile."""
        return profiles.load(self.settings.profile)

    @property
    def zone(self) -> str:
        """The organisation's IANA time zone."""
        return self.settings.zone or self.profile.zone

    def now(self) -> datetime:
        """The present moment, aware, in UTC."""
        return self.clock()

    def today(self) -> date:
        """The clock's day in the organisation's zone."""
        return day_in(self.now(), self.zone)

    def log(self, action: str, subject: str, *, acting_for: int | None = None, **data: Any) -> None:
        """Adds an entry to the audit log; the last step before the rows for effects."""
        audit.append(
            self.session,
            self.settings.keys.audit,
            self.now(),
            action,
            subject,
            data,
            actor_id=self.actor.id or None,
            acting_for_id=acting_for,
        )


def note_subject(note: Note) -> str:
    """What the log calls a note."""
    return f"note:{note.id}"


def visible(actor: Actor, note: Note) -> bool:
    """Whether a person may see a note at all.

    The registry, the director and their deputies see every note; a chair institute sees its own,
    translators and reviewers those on which they have a duty; the administrator sees none.
    """
    if actor.has(Role.REGISTRY, Role.DIRECTOR) or actor.deputy_for:
        return True
    if actor.has(Role.CHAIR_INSTITUTE) and note.submitted_by == actor.id:
        return True
    return any(
        assignment.account_id == actor.id for version in note.versions for assignment in version.assignments
    )


def find_note(work: Work, name: str | int) -> Note:
    """The note by its id, draft's reference, or number in any script; only if its asker may see it.

    Raises NotFound, which reads the same whether there is no such note or it is not the asker's.
    """
    note = work.session.get(Note, name) if isinstance(name, int) else register.find(work.session, name)
    if note is None or (work.actor is not SYSTEM and not visible(work.actor, note)):
        raise NotFound("no-such-note", "There is no note “%(name)s” that you may see.", name=name)
    return note


def visible_notes(actor: Actor) -> ColumnElement[bool]:
    """The condition, for a SELECT of notes, that `visible` checks for one."""
    if actor is SYSTEM or actor.has(Role.REGISTRY, Role.DIRECTOR) or actor.deputy_for:
        return Note.id.is_not(None)
    mine = (
        select(LanguageVersion.note_id)
        .join(Assignment, Assignment.version_id == LanguageVersion.id)
        .where(Assignment.account_id == actor.id)
    )
    condition: ColumnElement[bool] = Note.id.in_(mine)
    if actor.has(Role.CHAIR_INSTITUTE):
        condition = condition | (Note.submitted_by == actor.id)
    return condition


def begin(
    work: Work, note: Note, name: str, *, revision: int | None = None, reason: str | None = None
) -> Action:
    """The guard that all operations on a note share; locks the note until the commit.

    Raises Stale when the note changed since `revision` was shown, NotAllowed or Conflict by the
    tables, and Invalid when the action wants a reason and none was given.
    """
    work.session.flush()
    # The lock comes before the question: two people acting at once are asked one after the other.
    work.session.refresh(note, with_for_update=True)
    refusal = why_not(work.actor, name, note.state)
    if isinstance(refusal, NotAllowed):
        raise refusal
    if revision is not None and revision != note.revision:
        raise Stale(
            "stale",
            "Not done: the note changed since you opened it (you saw revision %(seen)s, it is now %(now)s). "
            "Open it again, look at what changed, then decide.",
            seen=revision,
            now=note.revision,
        )
    if refusal is not None:
        raise refusal
    action = row(name, note.state)
    assert action is not None  # why_not has just found it.
    if action.reason:
        require_reason(reason)
    return action


def require_reason(reason: str | None) -> str:
    """The reason without spaces around it; raises Invalid when there is none."""
    text = (reason or "").strip()
    if not text:
        raise Invalid("reason-missing", "Give the reason: it is kept in the log.")
    if len(text) > 2000:
        raise Invalid("reason-long", "The reason has more than 2,000 characters. Shorten it.")
    return text


def touch(work: Work, note: Note, **changes: Any) -> None:
    """Writes `changes` and the next revision, if nobody else was faster (compare-and-set)."""
    before = note.revision
    done = work.session.execute(
        update(Note)
        .where(Note.id == note.id, Note.revision == before, Note.state == note.state)
        .values(revision=before + 1, changed_at=work.now(), **changes)
        .execution_options(synchronize_session=False)
    )
    if done.rowcount != 1:  # type: ignore[attr-defined]
        raise Stale("stale", "Not done: somebody else changed the note at the same moment. Open it again.")
    work.session.refresh(note)


def begin_office(work: Work, name: str) -> None:
    """The guard of the duties that concern no note; raises NotAllowed."""
    refusal = why_not_office(work.actor, name)
    if refusal is not None:
        raise refusal
