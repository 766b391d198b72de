"""Rates: how fast messages may leave, in all and to each domain, shared by all workers.

A token bucket is a row.  A claim takes a token for each delivery from the bucket of all and from
that of its domain, in its own transaction; a delivery without a token stays queued and due, and is
offered again some seconds later.  Nobody waits inside a worker, and a slow domain holds nobody up.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, select
from sqlalchemy.dialects import postgresql, sqlite

from workflow.config import Settings
from workflow.models import Outgoing, RateBucket
from workflow.operations.context import Work

# The bucket that every message passes, whatever its domain.
ALL = ""


class Flow:
    """What may pass at this moment; without limits everything does, and no row is touched."""

    def __init__(self, work: Work, buckets: dict[str, RateBucket]) -> None:
        self._work, self._buckets = work, buckets

    def open_domains(self) -> list[ColumnElement[bool]]:
        """Conditions on a SELECT of deliveries that leave out the domains whose bucket is empty."""
        return [
            ~Outgoing.address.iendswith(f"@{name}", autoescape=True)
            for name, bucket in self._buckets.items()
            if name != ALL and bucket.tokens < 1 and self._work.settings.rate(name)
        ]

    def take(self, address: str) -> bool:
        """Takes a token of each bucket that a message to this address passes, or none at all."""
        names = (ALL, domain_of(address))
        passed = [self._bucket(name) for name in names if self._work.settings.rate(name)]
        if any(bucket.tokens < 1 for bucket in passed):
            return False
        for bucket in passed:
            bucket.tokens -= 1
        return True

    def _bucket(self, name: str) -> RateBucket:
        if name not in self._buckets:
            settings = self._work.settings
            fresh = RateBucket(name=name, tokens=settings.burst(name), filled_at=self._work.now())
            self._work.session.add(fresh)
            self._buckets[name] = fresh
        return self._buckets[name]


def domain_of(address: str) -> str:
    """The domain of an address in lower case."""
    return address.rpartition("@")[2].lower()


def flow(work: Work) -> Flow:
    """The buckets, filled up to this moment and locked until the commit."""
    if not work.settings.limited:
        return Flow(work, {})
    session, now = work.session, work.now()
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    # The first row is always there: whoever holds it may touch the others.
    first = {"name": ALL, "tokens": float(work.settings.burst(ALL)), "filled_at": now}
    session.execute(insert(RateBucket).values(first).on_conflict_do_nothing(index_elements=["name"]))
    session.execute(select(RateBucket.name).where(RateBucket.name == ALL).with_for_update())
    buckets = {row.name: row for row in session.scalars(select(RateBucket))}
    for bucket in buckets.values():
        bucket.tokens, bucket.filled_at = tokens_at(work.settings, bucket, now), now
    return Flow(work, buckets)


def tokens_at(settings: Settings, bucket: RateBucket, now: datetime) -> float:
    """What a bucket holds at a moment, with what has flowed in since it was looked at."""
    # A clock that jumped back gives nothing, and is believed from now on.
    passed = max(0.0, (now - bucket.filled_at).total_seconds())
    gained = passed * settings.rate(bucket.name) / 60
    return min(float(settings.burst(bucket.name)), bucket.tokens + gained)
