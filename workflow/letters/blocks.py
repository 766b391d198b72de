"""The letter model: plain data that says everything the renderers need.

A letter is a row of blocks in reading order.  Text, order, geometry and type
are settled here; a renderer only draws, so that PDF, DOCX and plain text
cannot say different things, and a stored letter can be drawn again after its
profile has changed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from workflow.errors import Invalid
from workflow.letters.figures import Figure
from workflow.letters.layout import Layout
from workflow.letters.stamp import Stamp

# A draft has no date of its own; a file of the standards has to have one.
DRAFT_MOMENT = datetime(2000, 1, 1, tzinfo=UTC)
ZONES = (
    "flow",  # In the body, one below the other.
    "head",  # Across the top of the first page, beside the others of this zone.
    "margin",  # In the start margin, beside the block that follows.
    "page_foot",  # At the foot of the first page, however long the body is.
    "last_foot",  # In the foot zone of the last page.
)


@dataclass(frozen=True)
class Block:
    """One part of a letter.

    `role` names its style; `text` has line breaks where lines have to end;
    `language` and `direction` are those of the text; `label` is the number of
    a numbered paragraph and `level` its depth; `detail` is smaller print
    below (how to reach the office); `space` is room kept free above (mm).
    """

    role: str
    text: str
    language: str
    direction: str = "ltr"
    zone: str = "flow"
    label: str = ""
    level: int = 0
    detail: str = ""
    space: float = 0


@dataclass(frozen=True)
class Letter:
    """A letter in one language.

    `number`, `day` and `acknowledgement_code` are None until approval;
    `draft_mark` is the word printed across a draft, and only a draft has one.
    `fonts` are the families for its scripts, `docx_fonts` language → family, `tags` language → BCP 47 tag.
    `stamp` is the visible mark of the seal, None where the seal is not to be seen; `attach_docx` puts
    the letter's DOCX into its PDF.
    `stationery` is the digest of the Word letterhead that the DOCX is made on, "" for none.
    """

    profile: str
    profile_digest: str
    organisation: str
    language: str
    direction: str
    kind: str
    title: str
    subject: str
    marking: str
    number: str | None
    day: date | None
    acknowledgement_code: str | None
    draft: bool
    draft_mark: str
    page: str
    running: str
    blocks: tuple[Block, ...]
    layout: Layout
    fonts: tuple[str, ...]
    docx_fonts: Mapping[str, str]
    tags: Mapping[str, str]
    figures: tuple[Figure, ...] = ()
    stamp: Stamp | None = None
    attach_docx: bool = False
    stationery: str = ""

    def __post_init__(self) -> None:
        if self.draft != bool(self.draft_mark):
            raise Invalid(
                "draft-mark",
                "A draft carries a draft mark and a final letter has none; compose the letter again.",
            )
        if not self.draft and (self.number is None or self.day is None):
            raise Invalid(
                "letter-unnumbered",
                "A final letter needs its number and its date; approve the note, or compose a draft.",
            )

    def of_role(self, *roles: str) -> tuple[Block, ...]:
        """The blocks with these roles, in reading order."""
        return tuple(block for block in self.blocks if block.role in roles)

    def figure(self, role: str) -> Figure | None:
        """The figure with this role, if the letter has it."""
        return next((figure for figure in self.figures if figure.role == role), None)

    def in_zone(self, zone: str) -> tuple[Block, ...]:
        """The blocks of a zone, in reading order."""
        return tuple(block for block in self.blocks if block.zone == zone)

    def to_json(self) -> dict[str, Any]:
        """The letter as data that JSON can hold; `from_json` gives an equal letter."""
        return {
            **vars(self),
            "day": self.day.isoformat() if self.day else None,
            "blocks": [dict(vars(block)) for block in self.blocks],
            "figures": [dict(vars(figure)) for figure in self.figures],
            "fonts": list(self.fonts),
            "docx_fonts": dict(self.docx_fonts),
            "tags": dict(self.tags),
            "layout": self.layout.to_json(),
            "stamp": dict(vars(self.stamp)) if self.stamp else None,
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Letter:
        """The letter that `to_json` made `data` of; raises Invalid where it is not such data."""
        try:
            values = dict(data)
            values["day"] = date.fromisoformat(data["day"]) if data["day"] else None
            values["blocks"] = tuple(Block(**block) for block in data["blocks"])
            values["layout"] = Layout.from_json(data["layout"])
            values["fonts"] = tuple(data["fonts"])
            values["figures"] = tuple(Figure(**figure) for figure in data.get("figures", ()))
            values["stamp"] = Stamp(**data["stamp"]) if data.get("stamp") else None
            return cls(**values)
        except (KeyError, TypeError, ValueError) as error:
            raise Invalid(
                "letter-data",
                "The stored letter cannot be read (%(error)s); it was made by another release.",
                error=str(error),
            ) from None
