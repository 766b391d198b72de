"""What only some kinds of note have, as groups of fields."""

from __future__ import annotations

from dataclasses import dataclass

from web.views.parts import Option


@dataclass(frozen=True)
class ParticularField:
    """One field; its name in the form is `particular-<name>`.

    `kind` is text, textarea, date, time or select; `language` is set where the text is in that language.
    """

    name: str
    label: str
    kind: str = "text"
    value: str = ""
    hint: str = ""
    options: tuple[Option, ...] = ()
    language: str = ""
    empty: str = ""


@dataclass(frozen=True)
class ParticularGroup:
    """The fields of one particular; `hint` is how the letter words it, in the profile's own words."""

    legend: str
    fields: tuple[ParticularField, ...]
    hint: str = ""
