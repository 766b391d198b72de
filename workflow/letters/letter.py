"""Composing a letter: profile + shared values + paragraphs → the letter model.

Everything fixed (letterhead, formulas, labels, order) comes from the profile;
everything that must agree between the languages comes from the values; the
rest is the paragraphs.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from workflow.errors import Invalid
from workflow.letters.blocks import Block, Letter
from workflow.letters.composition import Composition
from workflow.letters.enclosing import after_the_text
from workflow.letters.facts import (
    Addressee,
    EnclosureFacts,
    Particulars,
    Related,
    Signatory,
    format_code,
)
from workflow.letters.figures import Figure, qr_code
from workflow.letters.organisation import Profile
from workflow.letters.parts import PARTS
from workflow.letters.slots import Values, insert
from workflow.letters.stamp import Stamp

__all__ = [
    "Addressee",
    "Block",
    "EnclosureFacts",
    "Letter",
    "Particulars",
    "Related",
    "Signatory",
    "compose",
    "format_code",
]


def compose(
    profile: Profile,
    language: str,
    *,
    kind: str,
    values: Values,
    paragraphs: Sequence[str],
    enclosures: Sequence[EnclosureFacts] = (),
    number: str | None = None,
    day: date | None = None,
    place_key: str | None = None,
    acknowledgement_code: str | None = None,
    marking: str,
    draft: bool,
    addressee: Addressee | None = None,
    particulars: Particulars | None = None,
    verification: str | None = None,
) -> Letter:
    """The letter in `language`.

    `paragraphs` are the free texts in that language, with slots for `values`;
    the first goes into the opening formula, without its full stop; one that
    begins with "- " or "-- " is a sub-item.  `number` and `day` are None
    before approval: the draft words of the profile stand in their places.
    `verification` is the address of the register's entry, printed as a QR code
    where the profile says so.
    Raises a Refusal that names what is missing, unknown or malformed.
    """
    note = Composition(
        profile=profile,
        language=profile.language(language),
        kind=profile.kind(kind),
        values=values,
        paragraphs=paragraphs,
        enclosures=enclosures,
        number=number,
        day=day,
        place_key=place_key,
        code=format_code(acknowledgement_code),
        marking=marking,
        draft=draft,
        addressee=addressee or Addressee(),
        more=particulars or Particulars(),
        verification=verification,
    )
    return _letter(note)


def _letter(note: Composition) -> Letter:
    blocks = after_the_text(note, [block for part in note.kind.order for block in PARTS[part](note)])
    words = note.language.wording
    number = note.number or words.number_draft
    subject = note.fill(note.more.subject)
    if note.marking not in note.profile.markings:
        raise Invalid(
            "marking-unknown",
            "The profile has no marking “%(marking)s”; use one of %(known)s.",
            marking=note.marking,
            known=", ".join(note.profile.markings),
        )
    languages = dict.fromkeys([note.language.code, *(block.language for block in blocks)])
    facts = [note.profile.language(code).facts for code in languages]
    families = [*note.profile.layout.pdf_fonts, *(name for fact in facts for name in fact.fonts)]
    return Letter(
        profile=note.profile.name,
        profile_digest=note.profile.digest,
        organisation=words.title,
        language=note.language.code,
        direction=note.language.direction,
        kind=note.kind.name,
        title=f"{note.kind.titles[note.language.code]} {number}",
        subject=subject,
        marking=note.marking,
        number=note.number,
        day=note.day,
        acknowledgement_code=note.code,
        draft=note.draft,
        draft_mark=words.draft_mark if note.draft else "",
        page=words.page,
        running=insert(words.running, {"number": number}) if note.language.numbered else "",
        blocks=tuple(blocks),
        layout=note.profile.layout,
        fonts=tuple(dict.fromkeys(families)),
        docx_fonts={fact.code: fact.docx_font for fact in facts if fact.docx_font},
        tags={fact.code: fact.tag for fact in facts},
        figures=tuple(_figures(note)),
        stamp=_stamp(note),
        attach_docx=note.profile.attach_docx,
        stationery=note.profile.stationery.digest
        if note.profile.stationery and note.language.letterhead
        else "",
    )


def _stamp(note: Composition) -> Stamp | None:
    """The visible mark of the seal, where the organisation has one and the letter is sealed, not signed."""
    plan = note.profile.stamp
    if plan is None or note.kind.authentication != "seal":
        return None
    return plan.stamp(note.language.wording.stamp, note.profile.layout)


def _figures(note: Composition) -> Iterator[Figure]:
    words = note.language.wording
    if note.profile.emblem and note.language.letterhead:
        yield note.profile.emblem.figure(words.emblem)
    if note.profile.verification_size and note.verification:
        alt = insert(words.verification, {"address": note.verification})
        yield qr_code(note.verification, alt, note.profile.verification_size)
