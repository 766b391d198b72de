"""Doing a thing once: an `Idempotency-Key` that was seen gives what it brought about the first time.

The key is kept in the transaction of the work itself, so it is there exactly when its work is.  Of
two requests with one key at the same moment the second waits for the first, on both databases.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.dialects import postgresql, sqlite

from workflow.canonical import digest
from workflow.errors import Invalid
from workflow.models import OnceKey
from workflow.operations.context import Work

KEPT = timedelta(days=7)
LONGEST = 200


def done(work: Work, key: str | None, request: Any) -> str | None:
    """What the key brought about before, such as `note:12`; None the first time, or without a key.

    Raises Invalid when the key came before with another request.  Keys are an account's own, and
    are forgotten after seven days.
    """
    if not key:
        return None
    if len(key) > LONGEST or not key.isascii() or not key.isprintable():
        raise Invalid("idempotency-key", "An Idempotency-Key has at most 200 printable ASCII signs.")
    now, mark = work.now(), digest(request)
    work.session.execute(
        delete(OnceKey).where(OnceKey.account_id == work.actor.id, OnceKey.created_at < now - KEPT)
    )
    insert = postgresql.insert if work.session.get_bind().dialect.name == "postgresql" else sqlite.insert
    work.session.execute(
        insert(OnceKey)
        .values(account_id=work.actor.id, key=key, digest=mark, created_at=now)
        .on_conflict_do_nothing(index_elements=["account_id", "key"])
    )
    row = _row(work, key)
    if row.digest != mark:
        raise Invalid(
            "idempotency-key-used", "This Idempotency-Key came before with another request. Make a new one."
        )
    return row.subject


def keep(work: Work, key: str | None, subject: str) -> None:
    """Notes what the key has brought about."""
    if key:
        _row(work, key).subject = subject
        work.session.flush()


def _row(work: Work, key: str) -> OnceKey:
    return work.session.scalars(
        select(OnceKey).where(OnceKey.account_id == work.actor.id, OnceKey.key == key)
    ).one()
