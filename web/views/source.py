"""Editing the source text, its shared values, enclosures and recipients while the note is a draft."""

from __future__ import annotations

from dataclasses import dataclass

from web.views.note import EnclosureLine
from web.views.particulars import ParticularGroup
from web.views.parts import UNTYPED, NoteLine, Option, Paragraph, RecipientGroup, Typed
from web.views.submission import SlotField


@dataclass(frozen=True)
class SourceParagraph:
    """A free paragraph: the text with its slots (`{meeting}`, `{{` for a brace) and how it reads.

    `stale_languages` are the versions whose translation an edit would make stale, or made stale.
    `identity` is the id of the paragraph, 0 for one that is not kept yet; it goes back with the form,
    since places move when a paragraph is added or taken out.
    """

    ordinal: int
    text: str
    reads: Paragraph
    stale_languages: tuple[str, ...] = ()
    identity: int = 0


@dataclass(frozen=True)
class SourcePage:
    """The source of a note.  `opening` and `closing` are the locked formulas as they read.

    `number_parts` are empty where the series leaves nothing to the note, or the number is allotted;
    `particulars` hold only what the kind of note has.
    """

    note: NoteLine
    revision: int
    language: str
    paragraphs: tuple[SourceParagraph, ...]
    titles: tuple[Option, ...]
    slots: tuple[SlotField, ...]
    markings: tuple[Option, ...] = ()
    opening: Paragraph | None = None
    closing: Paragraph | None = None
    released: bool = False
    may: frozenset[str] = frozenset()
    enclosures: tuple[EnclosureLine, ...] = ()
    languages: tuple[str, ...] = ()
    formats: tuple[str, ...] = (".docx", ".odt", ".xlsx", ".pdf", ".png", ".jpg")
    max_bytes: int = 20_000_000
    typed: Typed = UNTYPED
    number_parts: tuple[SlotField, ...] = ()
    particulars: tuple[ParticularGroup, ...] = ()


@dataclass(frozen=True)
class RecipientsPage:
    """Choosing who gets the note: every state with its contacts.

    A note is addressed to states; all confirmed contacts of a chosen state get it.  The field
    `member` holds the code of each chosen state.
    """

    note: NoteLine
    revision: int
    groups: tuple[RecipientGroup, ...]
    may: frozenset[str] = frozenset()
    typed: Typed = UNTYPED
