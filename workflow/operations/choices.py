"""What a profile lets one choose, and what is given for it: each raises Invalid with the choices there are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from datetime import date
from typing import Any, TypeVar

from workflow.errors import Invalid, Phrase
from workflow.letters import slots
from workflow.letters.kinds import Kind
from workflow.letters.letter import Particulars
from workflow.letters.numbers import Series
from workflow.letters.organisation import Profile
from workflow.letters.particulars import read_mapping
from workflow.letters.wording import LINKS

Thing = TypeVar("Thing")

# What a person may give as particulars; the subject is the note's title.
PARTICULARS = tuple(one.name for one in fields(Particulars) if one.name != "subject")


def kind_of(profile: Profile, name: str) -> Kind:
    """The kind of note by its name; the profile's first kind where none is named."""
    return _choice(profile.kinds, name or profile.default_kind, Phrase("kind of note"))


def kind_like(profile: Profile, name: str, enclosed: bool = False) -> str:
    """The name of the kind of a note that follows one of the kind `name`: the same, or, unless
    something is `enclosed`, one like it that demands no enclosure."""
    kinds = profile.kinds
    own = kinds.get(name) or kinds[profile.default_kind]
    alike = [
        one for one in kinds.values() if one.level == own.level and one.addressee_class == own.addressee_class
    ]
    free = (one for one in (own, *alike, *kinds.values()) if enclosed or not one.enclosure_required)
    return next(free, own).name


def series_of(profile: Profile, code: str) -> Series:
    """The number series by its code."""
    return _choice(profile.series, code, Phrase("number series"))


def marking_of(profile: Profile, name: str) -> str:
    """The handling marking by its name; the profile's first where none is named."""
    return _choice(profile.markings, name or next(iter(profile.markings)), Phrase("marking")).name


def may_be_mailed(profile: Profile, marking: str) -> bool:
    """Whether a marking allows dispatch by e-mail."""
    return profile.markings[marking].mail


def one_language(profile: Profile, concerns: str | None) -> str | None:
    """The language whose contacts alone get a corrigendum of that language; None where everybody does."""
    return concerns if profile.follow_up.one_language == "contacts" else None


def _choice(known: Mapping[str, Thing], name: str, noun: str) -> Thing:
    if name not in known:
        raise Invalid(
            "no-such-choice",
            "There is no %(noun)s “%(name)s”. Choose one of: %(known)s.",
            noun=noun,
            name=name,
            known=", ".join(known),
        )
    return known[name]


def check_slots(profile: Profile, values: Mapping[str, Any]) -> None:
    """Raises Invalid for a shared value that is not {"kind": …, "value": …} of a known kind."""
    for name, value in values.items():
        if not name.isidentifier() or not name.islower():
            raise Invalid(
                "slot-name", "“%(name)s” is not a name for a shared value; use small letters.", name=name
            )
        if not isinstance(value, Mapping) or value.get("kind") not in slots.KINDS or "value" not in value:
            raise Invalid(
                "slot-value",
                "The shared value “%(name)s” needs a kind (one of %(kinds)s) and a value.",
                name=name,
                kinds=", ".join(slots.KINDS),
            )
        if value["kind"] == "term" and value["value"] not in profile.terms:
            raise Invalid(
                "slot-term",
                "The profile has no term “%(term)s”, which the shared value “%(name)s” names.",
                term=value["value"],
                name=name,
            )


def check_particulars(given: Mapping[str, Any]) -> dict[str, Any]:
    """The particulars as they are kept; raises Invalid for one that no letter has."""
    unknown = [name for name in given if name not in PARTICULARS]
    if unknown:
        raise Invalid(
            "particulars",
            "A note has no “%(name)s”. It may have: %(known)s.",
            name=unknown[0],
            known=", ".join(PARTICULARS),
        )
    _, faults = read_mapping(given)
    if faults:
        raise Invalid(
            "particulars-faulty",
            "The particulars cannot be kept: %(faults)s",
            faults=" ".join(faults),
            details=tuple(faults),
        )
    return dict(given)


def particulars_of(profile: Profile, kind: Kind) -> tuple[str, ...]:
    """The particulars that a letter of this kind prints, in the order of `PARTICULARS`.

    A part that the kind does not have, or that the profile has no words for, is none of them.
    """
    words = profile.language(profile.source_language).wording
    parts = kind.order
    had = {
        "action_by": "action" in parts and words.action,
        "file_reference": "references" in parts and words.file_reference,
        "related": "references" in parts and links_of(profile),
        "distribution": "distribution" in parts and words.distribution,
        "channel": "channel" in parts,
        "copies": "copies" in parts and words.copies,
        "signatory": "authentication" in parts and kind.authentication == "signature",
        "level": len(levels_of(profile, kind)) > 1,
    }
    return tuple(name for name in PARTICULARS if had.get(name))


def links_of(profile: Profile) -> tuple[str, ...]:
    """The relations to earlier documents that every language of the profile has words for."""
    known = [one.wording.links for one in profile.languages.values()]
    return tuple(link for link in LINKS if all(link in links for links in known))


def levels_of(profile: Profile, kind: Kind) -> tuple[str, ...]:
    """The levels that have formulas in every language for the addressee of a kind."""
    words = [one.wording for one in profile.languages.values()]
    to = kind.addressee_as if kind.addressee == "individual" else kind.addressee
    return tuple(level for level in words[0].formulas if all(one.formula(level, to) for one in words))


def require_day(text: str) -> date:
    """The date in ISO form; raises Invalid."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Invalid("bad-date", "“%(text)s” is not a date; write it as 2026-03-28.", text=text) from None
