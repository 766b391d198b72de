"""The words: the translation engine that may be asked."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from web.doctor.found import Found
from workflow.config import Settings
from workflow.errors import Refusal
from workflow.letters import profile as profiles
from workflow.memory.machine import LibreTranslate
from workflow.memory.words import base

WHAT = "translation engine"
# The doctor asks for a list, which needs no thought: an engine that is well answers at once.
SECONDS = 5.0


def engine(settings: Settings) -> Iterator[Found]:
    """Whether an engine is configured, answers, and knows the profile's languages; no text is sent to it."""
    if not settings.suggest_url:
        yield Found(WHAT, "good", "off, as it is by default; the memory suggests alone")
        return
    asked = replace(
        LibreTranslate(settings.suggest_url, settings.suggest_key.get_secret_value()), seconds=SECONDS
    )
    try:
        known = {base(one) for one in asked.languages()}
    except Refusal as refusal:
        yield Found(WHAT, "fault", refusal.sentence + " Check CHANCERY_SUGGEST_URL.")
        return
    yield Found(WHAT, "good", f"{asked.name} answers and knows {len(known)} languages; no text was sent")
    lacking = [code for code in profiles.load(settings.profile).languages if base(code) not in known]
    if lacking:
        yield Found(WHAT, "note", f"it does not know {', '.join(lacking)}, so it suggests nothing in these")
