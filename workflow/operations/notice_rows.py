"""The rows of notices: how one is written, when it is due, and who holds which duty.

The person who acted is not told of their own act; who left or wants no mail gets no row.  A
notice's key says what it is about, so that a repeated task or sweep tells nothing twice.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite

from workflow.models import (
    Account,
    AccountRole,
    Delegation,
    IncomingEntry,
    LanguageVersion,
    MailChoice,
    Note,
    Notice,
    NoticeKind,
    NoticeState,
)
from workflow.operations.context import Work
from workflow.states import Role

# Where a transaction keeps whom it wrote notices for, so that they are offered after its commit.
TOLD = "notices"


def tell(
    work: Work,
    about: Note | IncomingEntry,
    kind: NoticeKind,
    accounts: Iterable[int],
    occasion: object,
    *,
    language: str | None = None,
    member: str | None = None,
    remark: int | None = None,
    by: date | None = None,
    not_before: datetime | None = None,
) -> list[int]:
    """Writes a notice for each of these accounts; gives the ids of those for whom it is new.

    It is about a note or an incoming paper; `occasion` tells one happening from the next of its kind
    on the same one.
    """
    note_id = about.id if isinstance(about, Note) else None
    wanted = dict.fromkeys(one for one in accounts if one != work.actor.id)
    if not wanted:
        return []
    people = work.session.scalars(
        select(Account).where(Account.id.in_(wanted), Account.active, Account.mail != MailChoice.NONE)
    ).all()
    keys = {
        person.id: f"{kind.value}:{about.id}:{language or ''}:{member or ''}:{occasion}:{person.id}"
        for person in people
    }
    # Asked first, since most repeats are sweeps; two at once are told apart by the unique key.
    known = set(work.session.scalars(select(Notice.key).where(Notice.key.in_(keys.values()))))
    insert = postgresql.insert if work.session.get_bind().dialect.name == "postgresql" else sqlite.insert
    now, told = work.now(), []
    for person in sorted((one for one in people if keys[one.id] not in known), key=lambda one: one.id):
        due = due_for(work, person.mail)
        added = work.session.execute(
            insert(Notice)
            .values(
                account_id=person.id,
                kind=kind,
                note_id=note_id,
                incoming_id=about.id if note_id is None else None,
                language=language,
                member=member,
                remark_id=remark,
                by=by,
                key=keys[person.id],
                state=NoticeState.QUEUED,
                made_at=now,
                due_at=max(due, not_before) if not_before else due,
                tries=0,
            )
            .on_conflict_do_nothing(index_elements=["key"])
            .returning(Notice.id)
        ).scalar_one_or_none()
        if added is not None:
            told.append(person.id)
    work.session.info.setdefault(TOLD, set()).update(told)
    return told


def due_for(work: Work, choice: MailChoice) -> datetime:
    """When somebody with this choice is told of what happens now."""
    return digest_time(work) if choice is MailChoice.DIGEST else work.now()


def digest_time(work: Work) -> datetime:
    """The next hour at which daily mails go out, by the organisation's clock; in UTC."""
    zone = ZoneInfo(work.zone)
    here = work.now().astimezone(zone)
    day = here.date()
    at = datetime.combine(day, time(work.settings.digest_hour), zone)
    if at <= here:
        at = datetime.combine(day + timedelta(days=1), time(work.settings.digest_hour), zone)
    return at.astimezone(ZoneInfo("UTC"))


def with_role(work: Work, role: Role) -> list[int]:
    """The ids of the active accounts that have a role."""
    return list(
        work.session.scalars(
            select(Account.id)
            .join(AccountRole, AccountRole.account_id == Account.id)
            .where(AccountRole.role == role, Account.active)
            .order_by(Account.id)
        )
    )


def deciders(work: Work, action: str) -> list[int]:
    """The directors, and their deputies for `action` at this moment."""
    directors, now = with_role(work, Role.DIRECTOR), work.now()
    rows = work.session.scalars(
        select(Delegation).where(
            Delegation.valid_from <= now, Delegation.valid_until > now, Delegation.ended_at.is_(None)
        )
    )
    return directors + [
        row.deputy_id for row in rows if action in row.actions and row.principal_id in directors
    ]


def duties(version: LanguageVersion, duty: str) -> list[int]:
    """Who has a duty on a version."""
    return [one.account_id for one in version.assignments if one.duty == duty]


def reschedule(work: Work, account: Account) -> None:
    """A person chose anew how to be told: what waits for them goes out by the new choice."""
    waiting = work.session.scalars(
        select(Notice).where(Notice.account_id == account.id, Notice.state == NoticeState.QUEUED)
    )
    for row in waiting:
        if account.mail is MailChoice.NONE:
            row.state = NoticeState.DROPPED
        else:
            row.due_at = due_for(work, account.mail)
    work.session.flush()
