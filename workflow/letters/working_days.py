"""The days on which an organisation works: its weekly days off and its holidays, as its profile says."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from workflow.letters.schema import Section

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_YEARLY = re.compile(r"(\d{2})-(\d{2})")
# A list of holidays can at most say that nobody works for so long.
LONGEST_PAUSE = 120


@dataclass(frozen=True)
class WorkingDays:
    """`weekly` holds weekdays off (0 is Monday), `yearly` (month, day) of each year, `dates` single days."""

    weekly: frozenset[int] = frozenset()
    yearly: frozenset[tuple[int, int]] = frozenset()
    dates: frozenset[date] = frozenset()

    def is_off(self, day: date) -> bool:
        """Whether nobody works on `day`."""
        return day.weekday() in self.weekly or day in self.dates or (day.month, day.day) in self.yearly

    def next(self, day: date) -> date:
        """`day`, or the first day after it on which people work."""
        for ahead in range(LONGEST_PAUSE):
            if not self.is_off(day + timedelta(days=ahead)):
                return day + timedelta(days=ahead)
        return day

    def moment(self, day: date, hour: time, zone: str) -> datetime:
        """`hour` of the first working day from `day` on, by the clocks of `zone`, in UTC.

        An hour that the clocks skip in spring is the one after; of an hour that comes twice in autumn
        it is the first (PEP 495, fold 0).
        """
        return datetime.combine(self.next(day), hour, ZoneInfo(zone)).astimezone(UTC)


def read_working_days(section: Section) -> WorkingDays:
    """The table [working_days]: `off` names weekdays, `holidays` dates as YYYY-MM-DD or, each year, MM-DD."""
    weekly = set()
    for name in section.lines("off"):
        if name not in WEEKDAYS:
            section.fault(f"“{name}” in “off” is no weekday; write {', '.join(WEEKDAYS)}.")
        else:
            weekly.add(WEEKDAYS.index(name))
    if len(weekly) == len(WEEKDAYS):
        section.fault("“off” names all seven days; leave out those on which people work.")
    yearly, dates = set(), set()
    for entry in section.items("holidays", (str, date)):
        if isinstance(entry, datetime):
            section.fault("“holidays” has a time of day; write dates only.")
            continue
        if isinstance(entry, date):
            dates.add(entry)
            continue
        found = _YEARLY.fullmatch(entry)
        try:
            if found:
                # 2000 was a leap year: 29 February is a day.
                day = date(2000, int(found[1]), int(found[2]))
                yearly.add((day.month, day.day))
            else:
                dates.add(date.fromisoformat(entry))
        except ValueError:
            section.fault(f"“{entry}” in “holidays” is no date; write YYYY-MM-DD, or MM-DD for each year.")
    section.finish()
    return WorkingDays(frozenset(weekly), frozenset(yearly), frozenset(dates))
