"""Mail to people of the house: claims what is due of a person, hands it to the relay, keeps its answer.

One message is one claim, one commit before it is sent and one after: a crash in between leaves it
`unknown`.  Then it is sent once more, under the same Message-ID and with a mark, unless a report of its
failure came or nobody waits for it any more; after that it stays `unknown`, and the desk says the same.  A
relay that is away leaves the notices queued.  What has been done meanwhile, or is not the person's any more, is dropped unsent.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, func, select, update

from workflow.errors import Refusal
from workflow.means import Means
from workflow.models import Account, MailChoice, Notice, NoticeState
from workflow.operations import notice_items
from workflow.operations.context import Work
from workflow.operations.notice_use import still_waits
from workflow.post import notice_wording, wording
from workflow.post.address import return_path
from workflow.post.answers import Answer, RelayDown
from workflow.post.compose import Head, Party, message
from workflow.post.envelope import Envelope
from workflow.post.smtp import Relay
from workflow.states import Transport

# A digest of more than these would not be read; the desk has them all.
MOST = 50


@dataclass
class Told:
    """What one run did: messages taken by the relay, refused or left unanswered, and notices dropped."""

    sent: int = 0
    refused: int = 0
    unknown: int = 0
    dropped: int = 0
    trouble: str = ""


@dataclass(frozen=True)
class _Parcel:
    ids: tuple[int, ...]
    envelope: Envelope
    message: bytes


def due_accounts(work: Work) -> list[int]:
    """The ids of the accounts that have something to be told at this moment."""
    return list(
        work.session.scalars(
            select(Notice.account_id).where(*_due(work)).distinct().order_by(Notice.account_id)
        )
    )


def _due(work: Work) -> tuple[ColumnElement[bool], ...]:
    """What may leave now: what waits, and what may have left and was not sent once more."""
    unsure = (Notice.state == NoticeState.UNKNOWN) & ~Notice.repeated
    return (Notice.state == NoticeState.QUEUED) | unsure, Notice.due_at <= work.now()


def _batch(row: Notice) -> str | None:
    """The message to which a notice belongs once and for all, since it may have left; None for a fresh one."""
    return row.token if row.repeated or row.state is NoticeState.UNKNOWN else None


def send_due(means: Means, account_id: int, relay: Relay) -> Told:
    """Sends a person what is due: a mail for each thing, or one with all of it, as they chose."""
    told = Told()
    while not told.trouble:
        try:
            # Asked before anything is claimed: a relay that is away leaves the rows as they are.
            relay.open()
        except RelayDown as down:
            told.trouble = down.answer.line
            return told
        parcel = _claim(means, account_id, told)
        if parcel is None:
            return told
        offered = relay.offer(parcel.envelope, parcel.message)
        answer = offered.refusal or relay.transmit(offered)
        _record(means, parcel.ids, answer, told)
    return told


def _claim(means: Means, account_id: int, told: Told) -> _Parcel | None:
    """The next message for a person, its notices marked as being sent; None when nothing is left."""
    with means.work() as work:
        account = work.session.get(Account, account_id)
        due = work.session.scalars(
            select(Notice)
            .where(Notice.account_id == account_id, *_due(work))
            .order_by(Notice.id)
            .limit(MOST)
            .with_for_update(skip_locked=True)
        ).all()
        wanted = []
        for row in due:
            if account is not None and still_waits(work, account, row):
                wanted.append(row)
            elif row.state is NoticeState.UNKNOWN:
                row.repeated = True
            else:
                row.state = NoticeState.DROPPED
                told.dropped += 1
        if account is None or not wanted:
            return None
        digest = account.mail is MailChoice.DIGEST
        batch = _batch(wanted[0])
        chosen = [row for row in wanted if _batch(row) == batch]
        if batch is None and not digest:
            del chosen[1:]
        # Several things in one message were a daily mail, whatever the person has chosen since.
        digest = digest or len(chosen) > 1
        token = batch or secrets.token_hex(16)
        try:
            parcel = _parcel(work, account, chosen, token, digest)
        except Refusal as refusal:
            # What cannot be worded or addressed must not stand before the rest, which the next sweep takes.
            for row in chosen:
                row.state, row.answer = NoticeState.FAILED, refusal.sentence
            told.refused += 1
            return None
        # Compare-and-set: of two workers with the same rows before them, one gets none of them.
        claimed = work.session.scalars(
            update(Notice)
            .where(Notice.id.in_([row.id for row in chosen]), *_due(work))
            .values(
                state=NoticeState.SENDING,
                claimed_at=work.now(),
                token=token,
                tries=Notice.tries + 1,
                repeated=batch is not None,
            )
            .returning(Notice.id)
            .execution_options(synchronize_session=False)
        ).all()
        rows = [row for row in chosen if row.id in set(claimed)]
        if len(rows) < len(chosen):
            return _parcel(work, account, rows, token, digest) if rows else None
        return parcel


def _parcel(work: Work, account: Account, rows: Sequence[Notice], token: str, digest: bool) -> _Parcel:
    """The message with these notices, in the person's language."""
    profile, settings = work.profile, work.settings
    words = notice_wording.load(account.locale)
    shown = words.language if words.language in profile.languages else profile.source_language
    organisation = profile.languages[shown].wording.title
    subject, text = words.write(
        [notice_items.item_of(work, row, words.language) for row in rows],
        organisation=organisation,
        settings=f"{settings.base_url}/settings",
        digest=digest,
    )
    again = _batch(rows[0]) is not None
    if again:
        text = f"{wording.load(words.language).possible_duplicate.strip()}\n\n{text}"
    head = Head(
        sender=Party(settings.sender, profile.mail.from_name.get(shown, organisation)),
        to=Party(account.email),
        subject=subject,
        text=text,
        date=work.now().astimezone(ZoneInfo(work.zone)),
        message_id=f"<notice-{token}@{settings.sender.rpartition('@')[2]}>",
        language=words.language,
        duplicate_of_attempt=rows[0].tries + 1 if again else None,
        automatic=True,
    )
    # Only a failure is of interest: who reads their mail about their own desk need not be proved.
    envelope = Envelope(return_path(settings.return_path, token), account.email, token, ("FAILURE",))
    return _Parcel(tuple(row.id for row in rows), envelope, message(head))


def _record(means: Means, ids: Sequence[int], answer: Answer, told: Told) -> None:
    """Commits what the relay said to one message."""
    with means.work() as work:
        outcome, waits = answer.transport, work.settings.backoff_seconds
        for row in work.session.scalars(select(Notice).where(Notice.id.in_(ids)).order_by(Notice.id)):
            late = row.state is NoticeState.UNKNOWN and outcome is Transport.ACCEPTED
            if row.state is not NoticeState.SENDING and not late:
                continue  # It took too long, and the sweep has written it off.
            row.claimed_at, row.answer = None, answer.line
            if outcome is Transport.ACCEPTED:
                row.state, row.sent_at = NoticeState.SENT, work.now()
            elif outcome is Transport.UNKNOWN:
                row.state = NoticeState.UNKNOWN
                row.due_at = work.now() + timedelta(seconds=work.settings.report_wait_seconds)
            elif outcome is Transport.REFUSED_PERM or row.tries > len(waits):
                row.state = NoticeState.FAILED
            else:
                row.state = NoticeState.QUEUED
                row.due_at = work.now() + timedelta(seconds=waits[row.tries - 1])
        told.sent += outcome is Transport.ACCEPTED
        told.unknown += outcome is Transport.UNKNOWN
        told.refused += outcome in (Transport.REFUSED_PERM, Transport.REFUSED_TEMP)
        if answer.ends_session and outcome is Transport.REFUSED_TEMP:
            told.trouble = answer.line


def release_stale(work: Work) -> int:
    """Takes what a worker that died had in hand out of it: it may have gone out, so what follows has a mark."""
    limit = work.now() - timedelta(seconds=work.settings.stale_claim_seconds)
    done = work.session.execute(
        update(Notice)
        .where(Notice.state == NoticeState.SENDING, Notice.claimed_at < limit)
        .values(state=NoticeState.UNKNOWN, claimed_at=None, due_at=work.now())
        .execution_options(synchronize_session=False)
    )
    return int(done.rowcount)  # type: ignore[attr-defined]


def returned(work: Work, token: str, failed: bool) -> bool:
    """A report came back to a notice's own token; gives whether the token is one of ours."""
    rows = work.session.scalars(select(Notice).where(Notice.token == token)).all()
    for row in rows:
        if failed and row.state in (NoticeState.SENT, NoticeState.UNKNOWN):
            row.state = NoticeState.FAILED
    work.session.flush()
    return bool(rows)


def status(work: Work) -> dict[str, int]:
    """How many notices stand where, how many have waited for an hour, and how many broke off twice."""
    counted = work.session.execute(select(Notice.state, func.count()).group_by(Notice.state)).all()
    late = work.session.scalar(
        select(func.count())
        .select_from(Notice)
        .where(Notice.state == NoticeState.QUEUED, Notice.due_at < work.now() - timedelta(hours=1))
    )
    unsure = work.session.scalar(
        select(func.count())
        .select_from(Notice)
        .where(Notice.state == NoticeState.UNKNOWN, Notice.repeated, Notice.tries > 1)
    )
    found = {state.value: 0 for state in NoticeState} | {state.value: count for state, count in counted}
    return {**found, "overdue": late or 0, "unsure": unsure or 0}
