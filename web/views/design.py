"""The page of parts and states: made from the same macros as all pages."""

from __future__ import annotations

from dataclasses import dataclass

from web.views.note import Step
from web.views.parts import Count, Event, Finding, Run, Typed


@dataclass(frozen=True)
class DesignPage:
    """Examples of the parts; `web.samples.design()` makes them."""

    steps: tuple[Step, ...]
    steps_back: tuple[Step, ...]
    runs: tuple[Run, ...]
    count: Count
    finding: Finding
    events: tuple[Event, ...]
    typed: Typed
