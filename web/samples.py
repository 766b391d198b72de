"""The examples on the page of parts and states: invented, and shown nowhere else."""

from __future__ import annotations

from datetime import UTC, datetime

from web.views.design import DesignPage
from web.views.note import Step
from web.views.parts import Count, Event, Finding, Run, Typed


def _at(day: int, hour: int, minute: int) -> datetime:
    return datetime(2022, 3, day, hour, minute, tzinfo=UTC)


def design() -> DesignPage:
    """One example of each part."""
    return DesignPage(
        steps=(
            Step("draft", "past", at=_at(15, 3, 40)),
            Step("translated", "past", at=_at(25, 8, 15)),
            Step("approved", "now"),
            Step("dispatched", "next"),
        ),
        steps_back=(
            Step("draft", "now", at=_at(26, 4, 0)),
            Step("translated", "undone", at=_at(25, 8, 15), reason="The meeting’s ordinal differs."),
            Step("approved", "next"),
            Step("dispatched", "next"),
        ),
        runs=(
            Run("The Secretariat has the honour to forward ", "formula"),
            Run("the "),
            Run("Summary", "slot", "enclosed"),
            Run(" of the Meeting; its documents "),
            Run("will be", "del"),
            Run(" "),
            Run("are", "ins"),
            Run(" "),
            Run("available", "mark", "availability"),
            Run("."),
        ),
        count=Count(
            27,
            undeliverable=1,
            in_transit=3,
            reached=5,
            downloaded=4,
            acknowledged=14,
            delayed=1,
            on_behalf=1,
        ),
        finding=Finding(
            "1",
            "error",
            "Availability differs",
            (("en", "are available", ""), ("ru", "доступны", ""), ("kk", "қолжетімді болады", "will be")),
            ("kk",),
        ),
        events=(
            Event("Number and date allotted", _at(28, 3, 32), "Director", "done", "Approved."),
            Event("Paragraph 2 edited; one translation is stale", _at(24, 5, 5), "Registry", "care"),
            Event("No such mailbox (5.1.1)", _at(28, 4, 20), "", "stop", "Failed."),
        ),
        typed=Typed({"code": "4R7-K3B"}, {"code": "The code does not match. Perhaps it is 8, not B."}),
    )
