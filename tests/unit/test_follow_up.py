"""The tables of a profile on what follows a dispatch: working days, the ladder, silence, corrections."""

from __future__ import annotations

from datetime import date, time
from typing import Any

import pytest

from workflow.letters import notices
from workflow.letters import profile as profiles
from workflow.letters.follow_up import FollowUp, read_follow_up
from workflow.letters.schema import Faults, Section
from workflow.letters.working_days import WorkingDays, read_working_days


def follow_up(**values: Any) -> tuple[FollowUp, Faults]:
    faults = Faults()
    return read_follow_up(Section(values, "profile.toml", faults)), faults


def days(**values: Any) -> tuple[WorkingDays, Faults]:
    faults = Faults()
    return read_working_days(Section(values, "profile.toml [working_days]", faults)), faults


def test_nothing_said_means_no_reminders_and_no_days_off() -> None:
    found, faults = follow_up()
    assert faults == [] and found.ladder.steps == () and found.silence.level == "reached"
    assert days()[0] == WorkingDays() and not days()[0].is_off(date(2026, 1, 1))


def test_a_whole_ladder_is_read() -> None:
    steps = [{"to": "to", "after": 14, "times": 2}, {"to": ["escalation"], "after": 7, "form": "note"}]
    found, faults = follow_up(reminders={"hour": "10:30", "steps": steps}, silence={"days": 10})
    assert faults == [] and found.ladder.hour == time(10, 30) and found.silence.days == 10
    assert [one.plain() for one in found.ladder.steps] == [
        {"to": ["to"], "after": 14, "times": 2, "form": "mail"},
        {"to": ["escalation"], "after": 7, "times": 1, "form": "note"},
    ]


@pytest.mark.parametrize(
    ("tables", "sentence"),
    [
        ({"reminders": {"hour": "noon"}}, "no time of day"),
        ({"reminders": {"steps": [{"to": ["to"]}]}}, "Step 1: “after” has to be a whole number"),
        ({"reminders": {"steps": [{"to": ["to"], "after": 1.5}]}}, "whole number"),
        ({"reminders": {"steps": [{"to": [], "after": 1}]}}, "has to name one or more"),
        ({"reminders": {"steps": [{"to": ["to"], "after": 1, "form": "fax"}]}}, "“form”"),
        ({"reminders": {"steps": [{"to": ["to"], "after": 1}] * 11}}, "at most 10 steps"),
        ({"reminders": {"steps": ["soon"]}}, "entry of the wrong kind"),
        ({"reminders": {"every": 3}}, "“every” is not a key"),
        ({"silence": {"level": "read"}}, "in_transit, reached"),
        ({"silence": {"days": 0}}, "from 1 to 366"),
        ({"corrections": {"one_language": "nobody"}}, "contacts, everyone"),
    ],
)
def test_each_fault_has_its_sentence(tables: dict[str, Any], sentence: str) -> None:
    _, faults = follow_up(**tables)
    assert any(sentence in one for one in faults), faults


def test_days_off_weekly_yearly_and_once() -> None:
    found, faults = days(off=["friday", "saturday"], holidays=["12-31", "2026-05-11", date(2026, 5, 12)])
    assert faults == []
    off = [date(2026, 5, 8), date(2026, 5, 9), date(2026, 5, 11), date(2026, 5, 12), date(2031, 12, 31)]
    assert all(found.is_off(one) for one in off) and not found.is_off(date(2027, 5, 11))
    assert found.next(date(2026, 5, 8)) == date(2026, 5, 10) and found.next(date(2026, 5, 11)) == date(
        2026, 5, 13
    )


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"off": ["caturday"]}, "is no weekday"),
        (
            {"off": ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]},
            "all seven",
        ),
        ({"holidays": ["02-30"]}, "is no date"),
        ({"holidays": ["1 May"]}, "is no date"),
        ({"holidays": [7]}, "wrong kind"),
        ({"of": ["sunday"]}, "did you mean"),
    ],
)
def test_each_fault_of_the_days_has_its_sentence(values: dict[str, Any], sentence: str) -> None:
    _, faults = days(**values)
    assert any(sentence in one for one in faults), faults


def test_the_notices_are_there_in_every_language_of_every_profile() -> None:
    languages = {code for name in profiles.names() for code in profiles.load(name).languages}
    for code in languages:
        words = notices.load(code)
        assert words is not None and set(words.notices) == set(notices.KINDS), code
    assert notices.load("../mail/en") is None


@pytest.mark.parametrize("name", profiles.names())
def test_a_notice_fits_the_formulas_of_every_kind(name: str) -> None:
    profile = profiles.load(name)
    for kind in profile.kinds.values():
        for code in profile.languages:
            words = notices.load(code)
            assert words is not None
            for notice in notices.KINDS:
                first, *_ = words.paragraphs(notice, profile, kind, code)
                assert first.endswith((".", "。"))
                openings = [
                    one.opening for one in profile.languages[code].wording.formulas[kind.level].values()
                ]
                for opening in openings:
                    # “de de” and the like: the formula and the notice must not both bring the particle.
                    whole = opening.replace("{body}", first)
                    assert "de de " not in whole and " to to " not in whole
