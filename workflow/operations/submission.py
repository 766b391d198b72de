"""What is handed in to make a note of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from workflow.operations.enclosing import Enclosed


@dataclass(frozen=True)
class Submission:
    """What a chair institute or the registry hands in.

    `titles` is the subject per language (the source language's at least); `paragraphs` the free
    text of the covering note in the source language, which the registry may write later; `slots`
    the shared values (see `workflow.letters.slots`); `number_parts` what the series leaves of its
    numbers to the note (topic, audience, revision mark); `due` the day by which it should go out.
    A note that follows a dispatched one names it as `parent`, and how as `relation`; so does a sibling
    to another audience, which has whatever is left out here from the note that it names.  A corrigendum may concern one
    language only, named in `concerns`.
    """

    titles: Mapping[str, str]
    kind: str = ""
    series: str = ""
    number_parts: Mapping[str, str] = field(default_factory=dict)
    source_language: str = ""
    marking: str = ""
    slots: Mapping[str, Any] = field(default_factory=dict)
    particulars: Mapping[str, Any] = field(default_factory=dict)
    paragraphs: Sequence[str] = ()
    enclosures: Sequence[Enclosed] = ()
    due: date | None = None
    parent: str = ""
    relation: str = ""
    concerns: str = ""
