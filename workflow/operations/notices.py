"""Notices: what happened, and who is told what they are to do next.

Each function is called in the transaction that brought it about, and writes a row for each person
concerned; `notice_mail` sends what is due.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import select

from workflow.models import (
    Delivery,
    IncomingEntry,
    LanguageVersion,
    Member,
    Note,
    Notice,
    NoticeKind,
    Outgoing,
    Remark,
    ReminderRung,
)
from workflow.operations import evidence, four_eyes, texts
from workflow.operations.context import Work
from workflow.operations.notice_rows import deciders, digest_time, duties, tell, with_role
from workflow.post.receipts import member_receipt
from workflow.states import DeliveryQueue, Hold, MemberStatus, NoteState, Role, VersionState

# What the program holds until a person decides.
STUCK = (Hold.UNKNOWN, Hold.PATIENCE, Hold.FAULT)
OPEN = (NoteState.DRAFT, NoteState.TRANSLATED, NoteState.APPROVED)


def submitted_note(work: Work, note: Note) -> None:
    """A summary came in."""
    tell(work, note, NoticeKind.SUBMISSION, with_role(work, Role.REGISTRY), "")


def assigned(work: Work, note: Note, version: LanguageVersion, fresh: Sequence[int]) -> None:
    """These people were given a duty on a version; its reviewer is told when there is something to review."""
    for duty, kind in (("translate", NoticeKind.ASSIGNED), ("review", NoticeKind.SUBMITTED)):
        if duty == "review" and version.state is not VersionState.SUBMITTED:
            continue
        if duty == "translate" and version.state not in (VersionState.WAITING, VersionState.IN_PROGRESS):
            continue
        people = [one for one in duties(version, duty) if one in fresh]
        occasion = f"given-{version.revision}"
        tell(work, note, kind, people, occasion, language=version.language, by=version.due or note.due)


def handed_on(work: Work, note: Note, version: LanguageVersion) -> None:
    """A version waits for its reviewer, or for the registry to name one."""
    people = duties(version, "review") or with_role(work, Role.REGISTRY)
    tell(
        work,
        note,
        NoticeKind.SUBMITTED,
        people,
        version.revision,
        language=version.language,
        by=version.due or note.due,
    )


def handed_back(work: Work, note: Note, version: LanguageVersion) -> None:
    """A version came back to its translators."""
    people = duties(version, "translate")
    tell(
        work,
        note,
        NoticeKind.RETURNED,
        people,
        version.revision,
        language=version.language,
        by=version.due or note.due,
    )


def source_released(work: Work, note: Note, version: LanguageVersion, was: VersionState) -> None:
    """The source was released in a new revision: what each version's people have to do about it.

    `was` is the version's state before the release.
    """
    stale = texts.stale_paragraphs(note, version.language)
    written = [one for one in stale if (row := texts.text_in(one, version.language)) and row.text]
    language, by = version.language, version.due or note.due
    if version.state is VersionState.SUBMITTED:
        # Only shared values changed: its reviewer looks at it once more.
        if was is VersionState.ACCEPTED:
            handed_on(work, note, version)
        return
    kind = NoticeKind.SOURCE_CHANGED if written else NoticeKind.RELEASED
    if written or note.source_revision == 1:
        tell(work, note, kind, duties(version, "translate"), note.source_revision, language=language, by=by)


def findings_open(work: Work, note: Note) -> None:
    """Every version is accepted, but they do not say the same."""
    occasion = "-".join(str(version.revision) for version in note.versions)
    tell(work, note, NoticeKind.FINDINGS, with_role(work, Role.REGISTRY), occasion, by=note.due)


def to_approve(work: Work, note: Note) -> None:
    """The note waits for the director; who worked on it could not approve it and is not asked."""
    people = [one for one in deciders(work, "approve") if not four_eyes.worked_on(work, note, one)]
    tell(work, note, NoticeKind.TO_APPROVE, people, note.revision, by=note.due)


def to_dispatch(work: Work, note: Note) -> None:
    """The last final document is made."""
    tell(work, note, NoticeKind.TO_DISPATCH, deciders(work, "dispatch"), note.approval_id, by=note.due)


def sent_back(work: Work, note: Note) -> None:
    """The note came back to draft."""
    tell(work, note, NoticeKind.SENT_BACK, with_role(work, Role.REGISTRY), note.revision, by=note.due)


def not_reached(work: Work, delivery: Outgoing) -> None:
    """A contact was refused for good: the registry is told when no other one of its state is left."""
    note = work.session.get_one(Note, delivery.note_id)
    if not is_undeliverable(work, note, delivery.member_id):
        return
    member = work.session.get_one(Member, delivery.member_id)
    attempt = delivery.attempts[-1].id if delivery.attempts else 0
    people = with_role(work, Role.REGISTRY)
    tell(work, note, NoticeKind.UNDELIVERABLE, people, attempt, member=member.code)


def silent_to_the_end(work: Work, note: Note, rung: ReminderRung) -> None:
    """A state came to the end of the ladder and is on the registry's desk now."""
    member = work.session.get_one(Member, rung.member_id)
    tell(work, note, NoticeKind.SILENT, with_role(work, Role.REGISTRY), rung.step, member=member.code)


def tell_held(work: Work) -> int:
    """Tells the registry of messages that wait for a person, once for each attempt that led to it.

    It is asked of the rows by the sweep, since a message is held where nobody has time to write mails.
    """
    found = work.session.execute(
        select(Outgoing, Member.code)
        .join(Member, Member.id == Outgoing.member_id)
        .where(Outgoing.queue == DeliveryQueue.HELD, Outgoing.held_as.in_(STUCK))
        .order_by(Outgoing.id)
    ).all()
    if not found:
        return 0
    keys = work.session.scalars(select(Notice.key).where(Notice.kind == NoticeKind.HELD))
    # Whoever joins the registry later finds what is old on the desk.
    known = {key.rpartition(":")[0].rpartition(":")[2] for key in keys}
    people, told = with_role(work, Role.REGISTRY), 0
    for row, code in found:
        occasion = f"{row.id}.{row.attempts[-1].number if row.attempts else 0}.{row.held_as}"
        if occasion not in known:
            note = work.session.get_one(Note, row.note_id)
            told += len(tell(work, note, NoticeKind.HELD, people, occasion, member=code))
    return told


def is_held(work: Work, note: Note, member_id: int) -> bool:
    """Whether a message to a state waits for a person."""
    rows = select(Outgoing.id).where(
        Outgoing.note_id == note.id,
        Outgoing.member_id == member_id,
        Outgoing.queue == DeliveryQueue.HELD,
        Outgoing.held_as.in_(STUCK),
    )
    return work.session.scalar(rows.limit(1)) is not None


def remarked(work: Work, note: Note, remark: Remark) -> None:
    """Somebody remarked on a text: who works on it is told."""
    people = _concerned(work, note, remark.language)
    tell(work, note, NoticeKind.REMARK, people, remark.id, language=remark.language, remark=remark.id)


def replied(work: Work, note: Note, remark: Remark, turn: int) -> None:
    """Somebody replied to a remark: its writer, whoever replied before, and who works on the text are told."""
    said = [remark.made_by, *(one.made_by for one in remark.turns)]
    people = [*said, *_concerned(work, note, remark.language)]
    tell(work, note, NoticeKind.REPLY, people, turn, language=remark.language, remark=remark.id)


def _concerned(work: Work, note: Note, language: str | None) -> list[int]:
    """Who works on a version, or on any of them; the registry, where the remark is on its text or nobody else is there."""
    versions = [version for version in note.versions if language in (None, version.language)]
    people = [one.account_id for version in versions for one in version.assignments]
    others = [one for one in people if one != work.actor.id]
    if language in (None, note.source_language) or not others:
        return [*others, *with_role(work, Role.REGISTRY)]
    return others


def is_undeliverable(work: Work, note: Note, member_id: int) -> bool:
    """Whether nothing will reach a state unless a person acts."""
    rows = work.session.scalars(
        select(Delivery).where(Delivery.note_id == note.id, Delivery.member_id == member_id)
    )
    receipt = member_receipt(evidence.contact_receipt(work, one) for one in rows)
    return receipt.status is MemberStatus.UNDELIVERABLE


def incoming_given(work: Work, entry: IncomingEntry) -> None:
    """An incoming paper is given to somebody to deal with, anew, or by another day."""
    if entry.assigned_to is None or entry.status != "open":
        return
    occasion = f"{entry.revision}-{entry.due or ''}"
    tell(work, entry, NoticeKind.INCOMING, [entry.assigned_to], occasion, by=entry.due)


def tell_late(work: Work) -> int:
    """Tells of work whose day has passed, once for each day set; gives how many were told.

    It goes to the person who is late and to the registry, with the next daily mails.
    """
    today, told = work.today(), 0
    notes = work.session.scalars(
        select(Note)
        .where(
            Note.state.in_(OPEN),
            (Note.due < today)
            | Note.id.in_(select(LanguageVersion.note_id).where(LanguageVersion.due < today)),
        )
        .order_by(Note.id)
    )
    for note in notes:
        for language, due, people in _late_of(work, note):
            if due < today:
                told += len(
                    tell(
                        work,
                        note,
                        NoticeKind.LATE,
                        people,
                        due.isoformat(),
                        language=language,
                        by=due,
                        not_before=digest_time(work),
                    )
                )
    return told + _tell_late_papers(work)


def _tell_late_papers(work: Work) -> int:
    """Tells of incoming papers whose day has passed: whoever has them to deal with, and the registry."""
    late = select(IncomingEntry).where(
        IncomingEntry.due < work.today(),
        IncomingEntry.settled_at.is_(None),
        IncomingEntry.cancelled_at.is_(None),
    )
    registry, told = with_role(work, Role.REGISTRY), 0
    for entry in work.session.scalars(late.order_by(IncomingEntry.id)):
        people = [*([entry.assigned_to] if entry.assigned_to else []), *registry]
        told += len(
            tell(
                work,
                entry,
                NoticeKind.INCOMING_LATE,
                people,
                entry.due,
                by=entry.due,
                not_before=digest_time(work),
            )
        )
    return told


def _late_of(work: Work, note: Note) -> list[tuple[str | None, date, list[int]]]:
    """What is open of a note with a day: (language or None, day, whom it concerns)."""
    registry = with_role(work, Role.REGISTRY)
    if note.state is not NoteState.DRAFT:
        action = "approve" if note.state is NoteState.TRANSLATED else "dispatch"
        return [(None, note.due, [*deciders(work, action), *registry])] if note.due else []
    found: list[tuple[str | None, date, list[int]]] = []
    if not texts.source_released(note):
        return [(None, note.due, registry)] if note.due else []
    for version in note.versions:
        due = version.due or note.due
        if due is None or version.is_source or texts.is_current(note, version):
            continue
        if not version.required and not version.assignments:
            continue
        duty = "review" if version.state is VersionState.SUBMITTED else "translate"
        found.append((version.language, due, [*duties(version, duty), *registry]))
    return found
