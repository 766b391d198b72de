"""One letter in the making: what was given, and the small steps that all its parts share."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from workflow.errors import Invalid
from workflow.letters.blocks import Block
from workflow.letters.facts import Addressee, EnclosureFacts, LocalText, Particulars
from workflow.letters.kinds import Kind, Language
from workflow.letters.organisation import Profile
from workflow.letters.slots import Values, fill


@dataclass(frozen=True)
class Composition:
    """The arguments of `letter.compose`, looked up in the profile."""

    profile: Profile
    language: Language
    kind: Kind
    values: Values
    paragraphs: Sequence[str]
    enclosures: Sequence[EnclosureFacts]
    number: str | None
    day: date | None
    place_key: str | None
    code: str | None
    marking: str
    draft: bool
    addressee: Addressee
    more: Particulars
    verification: str | None = None

    def block(self, role: str, text: str, *, zone: str = "flow", space: float = 0) -> list[Block]:
        """One block in the letter's language, or none where there is neither text nor room to keep."""
        if not text and not space:
            return []
        return [Block(role, text, self.language.code, self.language.direction, zone=zone, space=space)]

    def local(self, text: LocalText | None) -> str:
        """A text in the letter's language; raises Invalid where it is given in others only."""
        if text is None or isinstance(text, str):
            return text or ""
        code = self.language.code
        if code not in text:
            raise Invalid(
                "text-missing",
                "A text is given in %(given)s but not in %(language)s; give it in each language.",
                given=", ".join(text),
                language=code,
            )
        return text[code]

    def fill(self, text: LocalText | None) -> str:
        """A text in the letter's language with its slots written."""
        return fill(self.local(text), self.language.code, self.values, self.profile, self.day)

    def date(self, day: date | None) -> str:
        """A day as the language writes it, or the draft words where there is none yet."""
        return self.language.dates.write(day) if day else self.language.wording.date_draft
