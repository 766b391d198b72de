"""What an organisation does after dispatch: reminders, silence procedures, corrections of one language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import time
from typing import Any

from workflow.errors import Phrase
from workflow.letters.schema import Section

# Whom a step of the ladder turns to: contacts by their role, or the registry's own desk.
TARGETS = ("to", "cc", "escalation", "registry")
FORMS = ("mail", "note")
MOST_STEPS, MOST_TIMES, MOST_DAYS = 10, 12, 366
# From which receipt the clock of a silence procedure may run for a state.
LEVELS = ("in_transit", "reached", "downloaded", "acknowledged")
# Who gets a corrigendum that concerns one language only.
AUDIENCES = ("contacts", "everyone")


@dataclass(frozen=True)
class Step:
    """`times` reminders to the roles `to`, each `after` days after the one before (or the dispatch).

    `form` is "mail" for a message that refers to the first one, or "note" for a numbered reminder note.
    """

    to: tuple[str, ...]
    after: int
    times: int = 1
    form: str = "mail"

    def plain(self) -> dict[str, Any]:
        """The step as it is kept with a note."""
        return {"to": list(self.to), "after": self.after, "times": self.times, "form": self.form}


@dataclass(frozen=True)
class Ladder:
    """The reminders of an organisation, sent at `hour` by the clocks of its own zone."""

    hour: time = time(9)
    steps: tuple[Step, ...] = ()


@dataclass(frozen=True)
class SilenceRule:
    """A silence procedure's ordinary length in days, and the receipt from which its clock runs for a state."""

    days: int = 14
    level: str = "reached"


@dataclass(frozen=True)
class FollowUp:
    """All that an organisation's profile says about what follows a dispatch."""

    ladder: Ladder = Ladder()
    silence: SilenceRule = SilenceRule()
    one_language: str = "contacts"


def faults_of(steps: object) -> list[str]:
    """One sentence for each fault of the steps of a ladder, given as plain data."""
    if not isinstance(steps, list):
        return [Phrase("The steps of the reminders have to be a list.")]
    found: list[str] = []
    if len(steps) > MOST_STEPS:
        found.append(Phrase("A ladder has at most %(most)s steps.", most=MOST_STEPS))
    for at, step in enumerate(steps, 1):
        found += [Phrase("Step %(at)s: %(fault)s", at=at, fault=one) for one in _faults_of_step(step)]
    return found


def _faults_of_step(step: object) -> list[str]:
    if not isinstance(step, Mapping):
        return [Phrase("it has to be a table with “to” and “after”.")]
    known = ("to", "after", "times", "form")
    found: list[str] = [Phrase("“%(key)s” is not known.", key=key) for key in step if key not in known]
    to = [step["to"]] if isinstance(step.get("to"), str) else step.get("to")
    if not isinstance(to, list) or not to or any(one not in TARGETS for one in to):
        found.append(
            Phrase("“%(key)s” has to name one or more of %(known)s.", key="to", known=", ".join(TARGETS))
        )
    elif "registry" in to and len(to) > 1:
        found.append(Phrase("a step to the registry’s desk goes to nobody else; make two steps of it."))
    for name, low, most in (("after", 1, MOST_DAYS), ("times", 1, MOST_TIMES)):
        value = step.get(name, 1 if name == "times" else None)
        if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= most:
            found.append(
                Phrase(
                    "“%(key)s” has to be a whole number from %(low)s to %(most)s.",
                    key=name,
                    low=low,
                    most=most,
                )
            )
    if step.get("form", "mail") not in FORMS:
        found.append(
            Phrase("“%(key)s” has to name one or more of %(known)s.", key="form", known=", ".join(FORMS))
        )
    return found


def step_of(step: Mapping[str, Any]) -> Step:
    """A step from plain data that `faults_of` has nothing against."""
    to = (step["to"],) if isinstance(step["to"], str) else tuple(step["to"])
    return Step(to, int(step["after"]), int(step.get("times", 1)), str(step.get("form", "mail")))


def read_follow_up(profile: Section) -> FollowUp:
    """The tables [reminders], [silence] and [corrections] of a profile."""
    reminders = profile.section("reminders")
    written = reminders.text("hour", "09:00")
    try:
        hour = time.fromisoformat(written)
    except ValueError:
        hour = time(9)
        reminders.fault(f"“hour” is “{written}”, which is no time of day; write it as 09:00.")
    steps = list(reminders.items("steps", (dict,)))
    faults = faults_of(steps)
    for sentence in faults:
        reminders.fault(sentence)
    reminders.finish()
    silence = profile.section("silence")
    rule = SilenceRule(int(silence.number("days", 14, 1, 366)), silence.choice("level", LEVELS, "reached"))
    silence.finish()
    corrections = profile.section("corrections")
    audience = corrections.choice("one_language", AUDIENCES, "contacts")
    corrections.finish()
    return FollowUp(Ladder(hour, () if faults else tuple(step_of(one) for one in steps)), rule, audience)
