"""Drawing the stamp of a seal, and finding the room that its letter keeps for it."""

from __future__ import annotations

import json
from collections.abc import Mapping

from workflow.errors import Invalid
from workflow.letters import note_pdf
from workflow.letters.blocks import Letter
from workflow.letters.profile import ROOT
from workflow.letters.seal.field import Spot
from workflow.letters.seal.sealing import Mark
from workflow.letters.slots import insert
from workflow.letters.stamp import Stamp

TEMPLATE = ROOT / "stamp.typ"
POINTS_PER_MM = 72 / 25.4
# Above the words of the authentication, so that the frame does not touch them.
GAP_MM = 0.8


def mark(letter: Letter, said: Mapping[str, str]) -> Mark | None:
    """The visible mark of a letter's seal with the words in `said`; None where the seal is not to be seen.

    Raises Invalid where the words do not go into the stamp, or the letter keeps no room for it.
    """
    if letter.stamp is None:
        return None
    lines = insert(letter.stamp.words, said).split("\n")
    data = {
        "lines": lines,
        "width": letter.stamp.width,
        "height": letter.stamp.height,
        "language": letter.language,
        "direction": letter.direction,
        "fonts": list(letter.fonts),
    }
    inputs = {"stamp": json.dumps(data, ensure_ascii=False)}
    drawing = note_pdf.compiled(letter, TEMPLATE, inputs, ("a-2b",), tags=False)
    return Mark(drawing, _spot(letter, letter.stamp))


def _spot(letter: Letter, stamp: Stamp) -> Spot:
    layout = letter.layout
    if stamp.place == "foot":
        page, bottom = -1, (layout.bottom - stamp.height) / 2
        start = (layout.width - stamp.width) / 2
    else:
        noted = note_pdf.marked(letter, "authentication")
        if noted is None:
            raise Invalid(
                "stamp-without-room", "The letter has no place for its seal; add it to the kind's order."
            )
        page = int(noted["page"]) - 1
        bottom = layout.height - float(noted["top"]) + GAP_MM
        width = layout.width - layout.start - layout.end - stamp.width
        start = layout.start + {"start": 0.0, "center": width / 2, "end": width}[stamp.align]
    left = layout.width - start - stamp.width if letter.direction == "rtl" else start
    corners = (left, bottom, left + stamp.width, bottom + stamp.height)
    return Spot(page, tuple(round(one * POINTS_PER_MM, 2) for one in corners))  # type: ignore[arg-type]
