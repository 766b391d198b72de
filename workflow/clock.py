"""The clock: the only place that asks what time it is.

Times are aware and in UTC everywhere inside; a note's date is the day in the
organisation's own zone.  Code that needs the time takes a `Clock`, so a test
or a drill sets it; nothing else calls `datetime.now`.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from workflow.errors import Invalid

Clock = Callable[[], datetime]


def system_clock() -> datetime:
    """The present moment, aware, in UTC."""
    return datetime.now(UTC)


def day_in(moment: datetime, zone: str) -> date:
    """The calendar day of `moment` in the IANA time zone named `zone`."""
    return moment.astimezone(ZoneInfo(zone)).date()


def local_moment(text: str, zone: str) -> datetime:
    """The moment that a local time such as 2026-03-28T18:00 means in the IANA time zone named `zone`.

    A time with an offset of its own keeps it.  Raises Invalid for what is no time, and for one that the
    zone's clocks leave out or show twice when they are changed.
    """
    try:
        given = datetime.fromisoformat(text.strip())
    except ValueError:
        raise Invalid(
            "bad-time", "“%(text)s” is not a time; write it as 2026-03-28T18:00.", text=text
        ) from None
    if given.tzinfo is not None:
        return given.astimezone(UTC)
    first, second = (given.replace(tzinfo=ZoneInfo(zone), fold=fold) for fold in (0, 1))
    if first.utcoffset() != second.utcoffset():
        shown = text.strip().replace("T", " ")
        # Only where the clocks are put back does the later reading lie behind the earlier one.
        if first.astimezone(UTC) < second.astimezone(UTC):
            raise Invalid(
                "time-twice",
                "Clocks are put back at this hour, so %(text)s comes twice. Choose a time before or after.",
                text=shown,
            )
        raise Invalid(
            "time-missing",
            "Clocks are put forward at this hour, so there is no %(text)s. Choose a time before or after.",
            text=shown,
        )
    return first.astimezone(UTC)


def offset(local: datetime) -> str:
    """The offset from UTC as it is written in every language, such as UTC+5 or UTC-3:30."""
    minutes = int((local.utcoffset() or timedelta()).total_seconds() // 60)
    if not minutes:
        return "UTC"
    hours, rest = divmod(abs(minutes), 60)
    return f"UTC{'+' if minutes > 0 else '-'}{hours}" + (f":{rest:02}" if rest else "")
