"""An organisation as its letter profile describes it, and what can be asked of it by date."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TypeVar

from workflow.errors import NotFound
from workflow.letters.calendar import holds, valid
from workflow.letters.docx_letterhead import Stationery
from workflow.letters.figures import Emblem
from workflow.letters.follow_up import FollowUp
from workflow.letters.incoming import IncomingRule
from workflow.letters.kinds import (
    GlossaryWord,
    Head,
    Kind,
    Language,
    MailSettings,
    Marking,
    Place,
    Term,
    Unit,
)
from workflow.letters.layout import Layout
from workflow.letters.members import Member
from workflow.letters.numbers import Series
from workflow.letters.sorting import SortKey
from workflow.letters.stamp import StampPlan
from workflow.letters.working_days import WorkingDays

Thing = TypeVar("Thing")


@dataclass(frozen=True)
class Profile:
    """One organisation's letters; `digest` is the SHA-256 (hex) over all files that it is read from.

    `verification_size` is the width of the QR code of the register's entry in
    millimetres; 0 where the organisation prints none.  `stamp` plans the visible mark of the seal,
    None where the seal is not to be seen; `attach_docx` puts each letter's DOCX into its PDF.
    `stationery` is its own Word letterhead, where the DOCX is to be made on it.
    """

    name: str
    folder: Path
    digest: str
    zone: str
    seat: str
    source_language: str
    interface_languages: tuple[str, ...]
    letterhead: tuple[str, ...]
    default_kind: str
    title: Mapping[str, str]
    short_title: Mapping[str, str]
    languages: Mapping[str, Language]
    kinds: Mapping[str, Kind]
    series: Mapping[str, Series]
    markings: Mapping[str, Marking]
    terms: Mapping[str, Term]
    glossary: Mapping[str, Mapping[str, tuple[GlossaryWord, ...]]]
    members: tuple[Member, ...]
    places: tuple[Place, ...]
    heads: tuple[Head, ...]
    unit: Unit
    mail: MailSettings
    layout: Layout
    emblem: Emblem | None
    verification_size: float
    stationery: Stationery | None
    working_days: WorkingDays
    follow_up: FollowUp
    incoming: IncomingRule
    stamp: StampPlan | None
    attach_docx: bool

    def day(self, day: date | None) -> date:
        """`day`, or for a note without a date the last day there is: the latest names hold."""
        return day or date.max

    def language(self, code: str) -> Language:
        """The language `code`; raises NotFound where the organisation does not use it."""
        return self._known(self.languages, code, "language")

    def kind(self, name: str) -> Kind:
        """The kind of letter `name`; raises NotFound where the organisation has none."""
        return self._known(self.kinds, name, "kind of letter")

    def series_of(self, code: str) -> Series:
        """The number series `code`; raises NotFound where the organisation has none."""
        return self._known(self.series, code, "number series")

    def members_on(self, day: date) -> tuple[Member, ...]:
        """The members on `day`, in the order of the profile."""
        return tuple(member for member in self.members if holds(member, day))

    def member(self, code: str) -> Member:
        """The member `code`, of whatever day; raises NotFound where there never was one."""
        return self._known({member.code: member for member in self.members}, code, "member")

    def place(self, language: str, day: date, form: str = "nominative", key: str | None = None) -> str:
        """The name of a place (the seat where `key` is None) on `day`; raises NotFound without one."""
        wanted = key or self.seat
        place = valid([place for place in self.places if place.key == wanted], day)
        words = place.names.get(language, {}).get(form) if place else None
        if words is None:
            raise NotFound(
                "place-missing",
                "The profile has no name of the place “%(key)s” in language %(language)s, form %(form)s, "
                "valid on %(day)s; add it under [[places]].",
                key=wanted,
                language=language,
                form=form,
                day=day.isoformat(),
            )
        return words

    def head_title(self, language: str, day: date) -> str:
        """The title of the organisation's head on `day`; raises NotFound without one."""
        head = valid(self.heads, day)
        if head is None:
            raise NotFound(
                "head-missing",
                "The profile has no title of the head valid on %(day)s; add it under [[heads]].",
                day=day.isoformat(),
            )
        return self.language(language).wording.heads[head.key]

    def sort_key(self, language: str) -> Callable[[str], SortKey]:
        """What to sort texts by (`key=`) for a list in the alphabet of `language`."""
        return self.language(language).facts.sorting.key

    def sorted_members(
        self, language: str, day: date, members: Iterable[Member] | None = None
    ) -> tuple[Member, ...]:
        """Members (all of `day` where None), sorted by their names in `language`."""
        key = self.sort_key(language)
        found = self.members_on(day) if members is None else members
        return tuple(sorted(found, key=lambda member: key(member.sort_text(language, day))))

    def _known(self, things: Mapping[str, Thing], name: str, noun: str) -> Thing:
        if name not in things:
            raise NotFound(
                "profile-part-unknown",
                "The profile %(profile)s has no %(noun)s “%(name)s”; it has %(known)s.",
                profile=self.name,
                noun=noun,
                name=name,
                known=", ".join(sorted(things)) or "none",
            )
        return things[name]
