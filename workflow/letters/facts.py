"""The facts of one letter: its enclosures, its addressee, who signs, and what only some letters have."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from workflow.errors import Invalid

CODE_SIGNS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
LocalText = str | Mapping[str, str]


@dataclass(frozen=True)
class EnclosureFacts:
    """What a letter says of one enclosure, for the version that it cites.

    `ordinal` counts from 1; `titles` are per language; `language` is that of
    the version cited (None: not stated); `pages` those of its frozen PDF;
    `origin` is "copy", "translated" (from `translated_from`), or None.
    """

    ordinal: int
    titles: Mapping[str, str]
    language: str | None
    pages: int
    origin: str | None = None
    translated_from: str | None = None


@dataclass(frozen=True)
class Addressee:
    """To whom one letter goes.

    `kind` is collective, state, mission or person; `group` names the class of
    the profile that words it (None: that of the kind of letter); `member` is
    the state, `members` are the states of a collective letter (None: all of
    the day); `name` and `lines` are given where the profile's words have
    {name}, or are to be replaced.
    """

    kind: str = "collective"
    group: str | None = None
    member: str | None = None
    name: LocalText | None = None
    lines: Mapping[str, Sequence[str]] | None = None
    members: Sequence[str] | None = None


@dataclass(frozen=True)
class Related:
    """An earlier document that the letter refers to: `link` is one of wording.LINKS."""

    link: str
    number: str
    day: date


@dataclass(frozen=True)
class Signatory:
    """Who signs; without `title` it is the head's title on the letter's day."""

    name: LocalText
    title: LocalText | None = None


@dataclass(frozen=True)
class Particulars:
    """What only some letters have; a text is one for all languages, or language → text.

    `action_by` is a day, or a moment with its time zone; `level` overrides the
    level of formulas that the kind of letter has; `addressee_names` are member →
    name of the person addressed there, where each addressee has a letter of its own.
    """

    subject: LocalText | None = None
    action_by: date | datetime | None = None
    file_reference: str | None = None
    related: Sequence[Related] = ()
    distribution: LocalText | None = None
    channel: LocalText | None = None
    copies: Sequence[LocalText] = ()
    signatory: Signatory | None = None
    level: str | None = None
    addressee_names: Mapping[str, LocalText] = field(default_factory=dict)


def format_code(code: str | None) -> str | None:
    """An acknowledgement code as printed, `4R7-K3B`; raises Invalid for what is none."""
    if code is None:
        return None
    plain = code.replace("-", "").upper()
    if len(plain) != 6 or not set(plain) <= set(CODE_SIGNS):
        raise Invalid(
            "code-malformed",
            "“%(given)s” is no acknowledgement code; it has six signs of %(signs)s.",
            given=code,
            signs=CODE_SIGNS,
        )
    return f"{plain[:3]}-{plain[3:]}"
