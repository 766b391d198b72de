"""Enclosures of a draft: add, remove, and the row that an accepted upload becomes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from workflow.errors import Conflict, Invalid
from workflow.letters.kinds import STANDINGS
from workflow.models import Enclosure, EnclosureVersion, Note, Upload
from workflow.operations import intake, texts
from workflow.operations.context import Work, begin, note_subject, touch


@dataclass(frozen=True)
class Enclosed:
    """One enclosure version as submitted: an accepted upload, its titles, language and origin.

    `origin` is "" for the original, "copy", or "translated:" with the code of the language that it was
    translated from.
    """

    upload_id: int
    titles: Mapping[str, str]
    language: str
    origin: str = ""
    standing: str = "authentic"


def add_enclosure(
    work: Work, note: Note, revision: int | None, item: Enclosed, ordinal: int | None = None
) -> Enclosure:
    """Encloses an accepted upload; with `ordinal`, as another language of that enclosure."""
    begin(work, note, "add_enclosure", revision=revision)
    row = intake.accepted(work, item.upload_id)
    enclosure = enclose(work, note, item, row, ordinal)
    texts.reopen_source(note)
    touch(work, note)
    work.log("add_enclosure", note_subject(note), ordinal=enclosure.ordinal, frozen=row.frozen_sha256)
    return enclosure


def remove_enclosure(work: Work, note: Note, revision: int | None, ordinal: int) -> None:
    """Takes an enclosure away; the ones after it move up."""
    begin(work, note, "remove_enclosure", revision=revision)
    found = next((item for item in note.enclosures if item.ordinal == ordinal), None)
    if found is None:
        raise Invalid("no-such-enclosure", "The note has no enclosure %(ordinal)s.", ordinal=ordinal)
    work.session.delete(found)
    work.session.flush()
    for later in note.enclosures:
        if later.ordinal > ordinal:
            later.ordinal -= 1
            work.session.flush()
    work.session.expire(note, ["enclosures"])
    texts.reopen_source(note)
    touch(work, note)
    work.log("remove_enclosure", note_subject(note), ordinal=ordinal)


def origin_of(work: Work, text: str) -> str:
    """An origin as it is kept; raises Invalid for words that no letter has for it."""
    plain = text.strip().lower()
    if plain in ("", "copy"):
        return plain
    kind, _, code = plain.partition(":")
    if kind.strip() != "translated" or not _is_named(work, code.strip()):
        raise Invalid(
            "enclosure-origin",
            "An enclosure is the original, a “copy”, or “translated:” with the language that it was translated "
            "from, such as translated:%(language)s; not “%(origin)s”.",
            language=work.profile.source_language,
            origin=text,
        )
    return f"translated:{code.strip()}"


def _is_named(work: Work, code: str) -> bool:
    """Whether every version can say what a language is called."""
    return all(code in one.wording.language_names for one in work.profile.languages.values())


def enclose(work: Work, note: Note, item: Enclosed, row: Upload, ordinal: int | None = None) -> Enclosure:
    language = (item.language or note.source_language).strip().lower()
    if language not in work.profile.languages and not _is_named(work, language):
        raise Invalid(
            "enclosure-language-unknown",
            "The profile does not say what the language “%(language)s” is called. Choose another, or have it added.",
            language=language,
        )
    if item.standing not in STANDINGS:
        raise Invalid(
            "enclosure-standing",
            "A language of an enclosure is “authentic” or “courtesy”, not “%(standing)s”.",
            standing=item.standing,
        )
    origin = origin_of(work, item.origin)
    titles = {code: " ".join(text.split()) for code, text in item.titles.items() if text.strip()}
    if ordinal is None:
        if not titles:
            titles = {note.source_language: note.titles[note.source_language]}
        enclosure = Enclosure(
            note_id=note.id,
            ordinal=len(note.enclosures) + 1,
            titles=titles,
            origin=origin,
            added_by=work.actor.id,
            added_at=work.now(),
        )
        note.enclosures.append(enclosure)
    else:
        found = next((one for one in note.enclosures if one.ordinal == ordinal), None)
        if found is None:
            raise Invalid("no-such-enclosure", "The note has no enclosure %(ordinal)s.", ordinal=ordinal)
        enclosure = found
        enclosure.titles = {**enclosure.titles, **titles}
        enclosure.origin = enclosure.origin or origin
        if any(version.language == language for version in enclosure.versions):
            raise Conflict(
                "enclosure-language",
                "Enclosure %(ordinal)s is already there in %(language)s. Remove it first.",
                ordinal=ordinal,
                language=language,
            )
    enclosure.versions.append(
        EnclosureVersion(
            upload_id=row.id,
            language=language,
            standing=item.standing,
            original_name=row.filename,
            original_sha256=row.sha256,
            frozen_sha256=row.frozen_sha256,
            pages=row.pages,
        )
    )
    work.session.flush()
    return enclosure
