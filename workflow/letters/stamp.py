"""The visible stamp of the seal as a profile plans it: its place, its size and its words.

The stamp says who sealed and when, so it is drawn only when the seal is set, into room that the
letter keeps.  It is no part of the letter that can be rendered again.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from workflow.errors import Invalid
from workflow.letters.kinds import Kind
from workflow.letters.layout import Layout
from workflow.letters.schema import Section
from workflow.letters.slots import Slot, parse
from workflow.letters.wording import Wording

PLACES = (
    "authentication",  # In the room that the letter keeps above the words of its seal.
    "foot",  # In the middle of the last page's bottom margin.
)
# What the words of a stamp may name: whose certificate, when (as the language writes it), and its number.
WORDS = ("holder", "organisation", "number", "date", "moment", "certificate")


@dataclass(frozen=True)
class Stamp:
    """The stamp of a letter: one of PLACES, width and height in millimetres, words with slots of WORDS.

    `align` is the side of the body to which a stamp in the letter keeps: start, center or end.
    """

    place: str
    width: float
    height: float
    align: str
    words: str


@dataclass(frozen=True)
class StampPlan:
    """The table [seal] of a profile."""

    place: str
    width: float
    height: float

    def stamp(self, words: str, layout: Layout) -> Stamp:
        """The stamp with its words in one language."""
        align = layout.style("authentication").align
        return Stamp(self.place, self.width, self.height, "start" if align == "justify" else align, words)


def read_stamp(
    section: Section, wordings: Mapping[str, Wording], kinds: Iterable[Kind], layout: Layout
) -> StampPlan | None:
    """The table [seal] of a profile; None where the seal of its letters is not to be seen."""
    if not section.values:
        return None
    plan = StampPlan(
        place=section.choice("place", PLACES, "authentication"),
        width=section.number("width", 64, 30, 120),
        height=section.number("height", 14, 8, 40),
    )
    if plan.place == "foot" and plan.height > layout.bottom - 4:
        section.fault(
            "“height” has to be 4 mm smaller than the layout's “bottom”: the stamp is in that margin."
        )
    if plan.width > layout.width - layout.start - layout.end:
        section.fault("“width” is more than the body's; make the stamp narrower.")
    for kind in kinds:
        room = kind.authentication_space if "authentication" in kind.order else 0
        if kind.authentication == "seal" and plan.place == "authentication" and room < plan.height:
            section.fault(
                f"“height” is more than the authentication_space of kind “{kind.name}”; the stamp stands there."
            )
    for code, words in wordings.items():
        if not words.stamp:
            section.fault(f"languages/{code}.toml has no words.stamp; say what the stamp of the seal says.")
        for name in _unknown(words.stamp):
            section.fault(
                f"languages/{code}.toml words.stamp has the place {name}; known are "
                + ", ".join(f"{{{one}}}" for one in WORDS)
                + "."
            )
    section.finish()
    return plan


def _unknown(words: str) -> list[str]:
    try:
        return [str(part) for part in parse(words) if isinstance(part, Slot) and part.name not in WORDS]
    except Invalid as refusal:
        return [refusal.sentence]
