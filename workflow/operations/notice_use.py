"""Whether a notice is still of use to its person when it is due: what was done meanwhile is not told."""

from __future__ import annotations

from sqlalchemy import select

from workflow.models import Account, IncomingEntry, MailChoice, Member, Note, Notice, NoticeKind, Remark
from workflow.operations import accounts, ladder, notice_rows, notices, texts
from workflow.operations.context import Work, visible
from workflow.states import NoteState, Role, VersionState

# Who is told of these has the role at the moment of sending, too.
OF_THE_REGISTRY = (
    NoticeKind.SUBMISSION,
    NoticeKind.SENT_BACK,
    NoticeKind.FINDINGS,
    NoticeKind.UNDELIVERABLE,
    NoticeKind.SILENT,
    NoticeKind.HELD,
)
DECISIONS = {NoticeKind.TO_APPROVE: "approve", NoticeKind.TO_DISPATCH: "dispatch"}
TRANSLATING = (NoticeKind.ASSIGNED, NoticeKind.RELEASED, NoticeKind.SOURCE_CHANGED, NoticeKind.RETURNED)


def still_waits(work: Work, account: Account, row: Notice) -> bool:
    """Whether what the notice says still waits for this person."""
    if row.incoming_id is not None:
        return _incoming_waits(work, account, row)
    note = work.session.get_one(Note, row.note_id)
    actor = accounts.actor_of(work.session, account, work.clock)
    if not account.active or account.mail is MailChoice.NONE or not visible(actor, note):
        return False
    if row.kind in OF_THE_REGISTRY and not actor.has(Role.REGISTRY):
        return False
    if row.kind in DECISIONS and account.id not in notice_rows.deciders(work, DECISIONS[row.kind]):
        return False
    version = texts.version_of(note, row.language) if row.language else None
    draft = note.state is NoteState.DRAFT
    if row.kind in TRANSLATING and version is not None:
        mine = texts.duty_of(version, account.id) == "translate"
        return draft and mine and version.state in (VersionState.WAITING, VersionState.IN_PROGRESS)
    if row.kind is NoticeKind.SUBMITTED and version is not None:
        mine = texts.duty_of(version, account.id) == "review" or actor.has(Role.REGISTRY)
        return draft and mine and version.state is VersionState.SUBMITTED
    if row.kind in (NoticeKind.SUBMISSION, NoticeKind.SENT_BACK):
        return draft and not texts.source_released(note)
    if row.remark_id is not None:
        # What is settled waits for nobody.
        remark = work.session.get_one(Remark, row.remark_id)
        return note.state in notices.OPEN and remark.settled_at is None
    if row.kind is NoticeKind.FINDINGS:
        return draft and all(not one.required or texts.is_current(note, one) for one in note.versions)
    if row.kind is NoticeKind.TO_APPROVE:
        return note.state is NoteState.TRANSLATED
    if row.kind is NoticeKind.TO_DISPATCH:
        return note.state is NoteState.APPROVED
    if row.member is not None:
        member = work.session.scalar(select(Member.id).where(Member.code == row.member))
        waits = {
            NoticeKind.UNDELIVERABLE: notices.is_undeliverable,
            NoticeKind.HELD: notices.is_held,
            NoticeKind.SILENT: ladder.is_on_desk,
        }[row.kind]
        return member is not None and waits(work, note, member)
    # Late: a version that was due, or the note.
    return note.state in notices.OPEN and (version is None or not texts.is_current(note, version))


def _incoming_waits(work: Work, account: Account, row: Notice) -> bool:
    """Whether an incoming paper still waits for this person, or is late and their concern."""
    entry = work.session.get_one(IncomingEntry, row.incoming_id)
    if not account.active or account.mail is MailChoice.NONE or entry.status != "open":
        return False
    if entry.assigned_to == account.id:
        return True
    actor = accounts.actor_of(work.session, account, work.clock)
    return row.kind is NoticeKind.INCOMING_LATE and actor.has(Role.REGISTRY)
