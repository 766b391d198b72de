"""How pages name things: notes, people, kinds, series and markings, in the reader's language."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from flask_babel import get_locale, gettext
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from web.formats import language_name
from web.views.parts import NoteLine, Option
from web.views.words import MARKINGS
from workflow import models
from workflow.letters.profile import Profile
from workflow.models import Account, Note
from workflow.operations.context import Work, visible

# What a list of notes loads with them, so that it asks nothing more for each line.
NAMED = (joinedload(Note.entry), joinedload(Note.approval))


def reader(profile: Profile) -> str:
    """The reader's language where the profile has it, else the profile's source language."""
    language = str(get_locale() or "")
    return language if language in profile.languages else profile.source_language


def line(work: Work, note: Note) -> NoteLine:
    """A note as pages name it, with its subject in the reader's language where it has one."""
    titles = note.titles
    subject = titles.get(reader(work.profile)) or titles[note.source_language]
    return NoteLine(note.reference, note.symbol or "", subject, note.series, visible(work.actor, note))


def loaded(work: Work, ids: Iterable[int]) -> list[Note]:
    """The notes of these ids, with what `line` and `note_day` want of them."""
    wanted = select(Note).where(Note.id.in_(ids)).options(*NAMED)
    return list(work.session.scalars(wanted))


def names(work: Work) -> dict[int, str]:
    """The name of every account by its id."""
    return {row.id: row.name for row in work.session.execute(select(Account.id, Account.name))}


def marking_words(profile: Profile, name: str) -> str:
    """A handling marking in words; the catalogue's where it has the marking, else the profile's."""
    if name in MARKINGS:
        return gettext(MARKINGS[name])
    marking = profile.markings.get(name)
    return (marking.labels[reader(profile)] if marking else "") or name


def kind_words(profile: Profile, name: str) -> str:
    """A kind of letter in words."""
    return profile.kinds[name].titles[reader(profile)] if name in profile.kinds else name


def series_words(profile: Profile, code: str) -> str:
    """A series in words, with its code."""
    return f"{profile.series[code].titles[reader(profile)]} ({code})" if code in profile.series else code


def kinds(profile: Profile, chosen: str) -> tuple[Option, ...]:
    """The kinds of letter to choose from."""
    return tuple(Option(name, kind_words(profile, name), name == chosen) for name in profile.kinds)


def series(profile: Profile, chosen: str) -> tuple[Option, ...]:
    """The number series to choose from."""
    return tuple(Option(code, series_words(profile, code), code == chosen) for code in profile.series)


def markings(profile: Profile, chosen: str) -> tuple[Option, ...]:
    """The markings to choose from."""
    return tuple(Option(name, marking_words(profile, name), name == chosen) for name in profile.markings)


def languages(profile: Profile, source: str) -> tuple[Option, ...]:
    """The profile's languages, the source first."""
    codes = [source, *(code for code in profile.languages if code != source)]
    return tuple(
        Option(code, profile.languages[code].own_name, code == source, language=code) for code in codes
    )


def codes_of(note: Note) -> tuple[str, ...]:
    """The languages of a note, the source first."""
    return tuple(version.language for version in sorted(note.versions, key=lambda one: one.ordinal))


def language_words(codes: Iterable[str]) -> str:
    """Languages by their own names, for a sentence."""
    return ", ".join(language_name(code) for code in codes)


def note_day(work: Work, note: Note) -> date:
    """The day whose names and places hold for a note: that of its approval, else today."""
    return note.approval.dated if note.approval else work.today()


def remarks_of(work: Work, note: Note) -> list[models.Remark]:
    """The remarks on a note, oldest first."""
    found = work.session.scalars(
        select(models.Remark).where(models.Remark.note_id == note.id).order_by(models.Remark.id)
    )
    return list(found)
