"""Who is to act on a note, what they are to do, and since when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from flask_babel import gettext, ngettext
from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from web.formats import language_name
from workflow.models import LanguageVersion, Note
from workflow.operations import texts
from workflow.operations.context import Work, visible_notes
from workflow.states import NoteState, Role, VersionState

HOUR = timedelta(hours=1)


OPEN = (NoteState.DRAFT, NoteState.TRANSLATED, NoteState.APPROVED)


@dataclass(frozen=True)
class Waiting:
    """One thing that a note waits for.

    `role` is whose duty it is and `accounts` who in particular (empty: anybody of the role).
    `act` names what is to be done for the code; `words` say it; `status` is a key of STATUSES.
    """

    act: str
    role: Role
    who: str
    words: str
    status: str
    since: datetime
    due: date | None = None
    accounts: frozenset[int] = frozenset()
    language: str = ""
    stale: int = 0

    def is_for(self, work: Work) -> bool:
        """Whether the person who asks is the one to act."""
        if self.accounts:
            return work.actor.id in self.accounts
        if self.role is Role.DIRECTOR and self.act in work.actor.deputy_for:
            return True
        return work.actor.has(self.role)

    def late(self, today: date) -> bool:
        """Whether its day has passed."""
        return self.due is not None and self.due < today


def role_words(role: Role) -> str:
    """A role as somebody to wait for."""
    return {
        Role.REGISTRY: gettext("Registry"),
        Role.DIRECTOR: gettext("Director"),
        Role.TRANSLATOR: gettext("Translator"),
        Role.REVIEWER: gettext("Reviewer"),
    }.get(role, role.value)


def open_notes(work: Work) -> list[Note]:
    """The notes that the person sees and that are not out yet, by the day on which they are due."""
    wanted = (
        select(Note)
        .where(visible_notes(work.actor), Note.state.in_(OPEN))
        .options(joinedload(Note.entry), selectinload(Note.versions), selectinload(Note.paragraphs))
        .order_by(Note.due, Note.id)
    )
    return list(work.session.scalars(wanted))


def waiting(note: Note, people: dict[int, str]) -> tuple[Waiting, ...]:
    """What a note waits for, in the order of its steps; nothing once it has ended."""
    if note.state is NoteState.DRAFT:
        return _of_draft(note, people)
    if note.state is NoteState.TRANSLATED:
        since = note.translated_at or note.changed_at
        words = gettext("read and approve")
        return (
            Waiting(
                "approve", Role.DIRECTOR, role_words(Role.DIRECTOR), words, "to_approve", since, note.due
            ),
        )
    if note.state is NoteState.APPROVED and note.approval is not None:
        since, words = note.approval.approved_at, gettext("dispatch")
        return (
            Waiting("dispatch", Role.DIRECTOR, role_words(Role.DIRECTOR), words, "approved", since, note.due),
        )
    return ()


def _of_draft(note: Note, people: dict[int, str]) -> tuple[Waiting, ...]:
    source = texts.version_of(note, note.source_language)
    registry = role_words(Role.REGISTRY)
    if source.state is not VersionState.ACCEPTED:
        words = gettext("write and release the source")
        return (
            Waiting("release_source", Role.REGISTRY, registry, words, "draft", note.changed_at, note.due),
        )
    found = [one for version in note.versions if (one := _of_version(note, version, people)) is not None]
    if not found:
        words = gettext("mend or waive the findings")
        return (Waiting("waive_finding", Role.REGISTRY, registry, words, "error", note.changed_at, note.due),)
    return tuple(found)


def _of_version(note: Note, version: LanguageVersion, people: dict[int, str]) -> Waiting | None:
    if version.is_source or texts.is_current(note, version):
        return None
    language = language_name(version.language)
    duty = "review" if version.state is VersionState.SUBMITTED else "translate"
    accounts = [one.account_id for one in version.assignments if one.duty == duty]
    due = version.due or note.due
    if not accounts and (version.required or version.assignments):
        words = {
            "review": gettext("assign a reviewer of the %(language)s version", language=language),
            "translate": gettext("assign a translator of the %(language)s version", language=language),
        }[duty]
        who = role_words(Role.REGISTRY)
        return Waiting(
            "assign", Role.REGISTRY, who, words, "waiting", note.changed_at, due, language=version.language
        )
    if not accounts:
        return None
    who = ", ".join(people.get(one, "") for one in accounts)
    assigned = max(one.assigned_at for one in version.assignments if one.duty == duty)
    if duty == "review":
        words, since = gettext("review %(language)s", language=language), version.submitted_at or assigned
        return Waiting(
            "accept_version",
            Role.REVIEWER,
            who,
            words,
            "to_review",
            since,
            due,
            frozenset(accounts),
            version.language,
        )
    stale = len([one for one in texts.stale_paragraphs(note, version.language) if _written(one, version)])
    words = gettext("translate into %(language)s", language=language)
    status = "stale" if stale else version.state.value
    return Waiting(
        "save_paragraph",
        Role.TRANSLATOR,
        who,
        words,
        status,
        assigned,
        due,
        frozenset(accounts),
        version.language,
        stale,
    )


def _written(paragraph: object, version: LanguageVersion) -> bool:
    row = texts.text_in(paragraph, version.language)  # type: ignore[arg-type]
    return row is not None and bool(row.text)


def waited(duration: timedelta) -> str:
    """Since when something waits, in words that stand alone: “for 2 h”, “just now”."""
    return gettext("for %(span)s", span=span(duration)) if duration >= HOUR else span(duration)


def span(duration: timedelta) -> str:
    """How long something has waited: “2 h”, “3 days”."""
    days, hours = duration.days, duration.seconds // 3600
    if days > 0:
        return ngettext("%(num)s day", "%(num)s days", days)
    if hours > 0:
        return gettext("%(n)s h", n=hours)
    return gettext("just now")
