"""The approval: the pages as the recipients will get them, and the decision."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from web.views.parts import (
    UNTYPED,
    DocumentLine,
    Finding,
    NoteLine,
    PagePicture,
    RecipientGroup,
    Typed,
    Worked,
)


@dataclass(frozen=True)
class ApprovalPage:
    """What the director decides upon.

    `digest`, `number` and `day` are those of now; the form posts them back, and approve refuses when they
    changed.  `pictures` are all pages in order; `chosen` is the name of the shown one.  `texts`, `enclosures`
    and `members` are counts for the sentence of the decision.  `left_out` names optional versions that are not
    accepted.  `refusals` say why this person may not approve; then there is no form.  `second_factor` asks for a
    code.  `position` is (this, of how many) in the row of approvals.  `public_digest` is that of the enclosure on
    the public page, or "".
    """

    note: NoteLine
    revision: int
    state: str
    marking: str
    number: str
    day: date
    digest: str
    pictures: tuple[PagePicture, ...]
    documents: tuple[DocumentLine, ...]
    recipients: tuple[RecipientGroup, ...]
    texts: int
    enclosures: int
    members: int
    contacts: int
    findings: tuple[Finding, ...] = ()
    agreeing: int = 0
    worked: tuple[Worked, ...] = ()
    may: frozenset[str] = frozenset()
    refusals: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()
    chosen: str = ""
    second_factor: bool = True
    sender: str = ""
    since: date | None = None
    position: tuple[int, int] | None = None
    public_digest: str = ""
    acting_for: str = ""
    making: tuple[int, int] | None = None
    typed: Typed = UNTYPED
    typed_action: str = ""

    @property
    def shown(self) -> PagePicture | None:
        """The picture in the middle: the chosen one, else the first."""
        for picture in self.pictures:
            if picture.name == self.chosen:
                return picture
        return self.pictures[0] if self.pictures else None
