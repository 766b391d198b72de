"""The form of a new note: from a chair institute (a submission) or the registry."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from web.views.particulars import ParticularGroup
from web.views.parts import UNTYPED, NoteLine, Option, Typed


@dataclass(frozen=True)
class SlotField:
    """A shared value of the chosen kind.

    `name` is the slot's; its field is `slot-<name>`.  `kind` is one of term, ordinal, date, number, text, url,
    quantity; a term offers `options`.  `value` is the present one.
    """

    name: str
    label: str
    kind: str
    value: str = ""
    options: tuple[Option, ...] = ()
    required: bool = True
    hint: str = ""


@dataclass(frozen=True)
class Submission:
    """A new note.

    `languages` are the profile's, source first: option value is the code.  `kinds` and `series` come from the
    profile.  `slots` belong to the chosen kind.  `enclosure_required` by kind is in `kind_demands`.
    `number_parts` are what the chosen series leaves of its numbers to the note; their fields are `number-<name>`.
    `particulars` are what the chosen kind has besides; a chair institute is not asked for them.
    `parent` and `relation` (corrigendum, addendum, reminder, withdrawal notice, sibling) are set for a
    note that belongs to another; `concerns` are the languages that a corrigendum may be about alone.
    `formats` are the endings that may be sent, `max_bytes` the limit of one file.  `kept_upload` is the
    key of a file that was accepted before the form came back, so that it need not be chosen again.
    """

    kinds: tuple[Option, ...]
    series: tuple[Option, ...]
    languages: tuple[Option, ...]
    markings: tuple[Option, ...]
    slots: tuple[SlotField, ...] = ()
    typed: Typed = UNTYPED
    kind_demands: Mapping[str, bool] | None = None
    parent: NoteLine | None = None
    relation: str = ""
    concerns: tuple[Option, ...] = ()
    formats: tuple[str, ...] = (".docx", ".odt", ".xlsx", ".pdf", ".png", ".jpg")
    max_bytes: int = 20_000_000
    from_institute: bool = False
    kept_upload: str = ""
    number_parts: tuple[SlotField, ...] = ()
    particulars: tuple[ParticularGroup, ...] = ()
