"""The clock: the only place that asks what time it is.

Times are aware and in UTC everywhere inside; a note's date is the day in the
organisation's own zone.  Code that needs the time takes a `Clock`, so a test
or a drill sets it; nothing else calls `datetime.now`.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

Clock = Callable[[], datetime]


def system_clock() -> datetime:
    """The present moment, aware, in UTC."""
    return datetime.now(UTC)


def day_in(moment: datetime, zone: str) -> date:
    """The calendar day of `moment` in the IANA time zone named `zone`."""
    return moment.astimezone(ZoneInfo(zone)).date()
