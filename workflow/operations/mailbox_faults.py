"""What keeps returned mail from being read or moved away, kept for the desk and the doctor until it is mended."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import delete, select

from workflow.errors import Refusal
from workflow.models import MailboxFault
from workflow.operations.context import Work

# What goes by itself as a rule, and is worth a person's look only when it lasts.
PASSING = frozenset({"mailbox-away"})
PATIENCE = timedelta(minutes=15)


def met(work: Work, refusal: Refusal | None) -> None:
    """Notes what a look at the mailbox met; None when all was well, which ends what was wrong before."""
    rows = {one.code: one for one in work.session.scalars(select(MailboxFault).with_for_update())}
    now = work.now()
    if refusal is not None:
        began = rows[refusal.code].began_at if refusal.code in rows else now
        work.session.merge(
            MailboxFault(code=refusal.code, sentence=refusal.phrase, began_at=began, met_at=now)
        )
    over = [code for code in rows if refusal is None or code != refusal.code]
    work.session.execute(delete(MailboxFault).where(MailboxFault.code.in_(over)))
    work.session.flush()


def standing(work: Work) -> list[MailboxFault]:
    """What a person has to mend; what passes by itself only when it has lasted."""
    rows = work.session.scalars(select(MailboxFault).order_by(MailboxFault.began_at))
    return [one for one in rows if one.code not in PASSING or one.began_at <= work.now() - PATIENCE]
