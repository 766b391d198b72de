"""Drafting: submit a note, write and release its source, its enclosures and addressees."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from workflow.errors import Conflict, Invalid
from workflow.models import (
    LanguageVersion,
    Note,
    Paragraph,
)
from workflow.operations import (
    addressing,
    choices,
    completion,
    composition,
    enclosing,
    following,
    intake,
    notices,
    numbering,
    succession,
    texts,
)
from workflow.operations.context import Work, begin, note_subject, touch
from workflow.operations.submission import Submission
from workflow.permissions import why_not
from workflow.register import allot_reference
from workflow.states import NoteState, VersionState

MAX_PARAGRAPHS = 200
# What all language versions share: a change of it concerns every one of them.
SHARED = ("titles", "slots", "particulars")


def submit(work: Work, submission: Submission) -> Note:
    """Makes a draft from a submission, with a version row per language of the profile."""
    refusal = why_not(work.actor, "submit", None)
    if refusal is not None:
        raise refusal
    original = following.original_of(work, submission)
    if original is not None:
        submission = following.like(submission, original)
    parent = following.parent_of(work, submission)
    if parent is not None and original is None:
        submission = following.begun_like(work.profile, submission, parent)
    kind = choices.kind_of(work.profile, submission.kind)
    if kind.enclosure_required and not (submission.enclosures or (original and original.enclosures)):
        raise Invalid(
            "enclosure-missing", "This kind of note forwards a document: add the file that it forwards."
        )
    note = draft(work, submission, parent, original=original)
    work.log("submit", note_subject(note), reference=note.reference, enclosures=len(submission.enclosures))
    notices.submitted_note(work, note)
    return note


def draft(
    work: Work,
    submission: Submission,
    parent: Note | None,
    *,
    original: Note | None = None,
    members: Sequence[int] = (),
) -> Note:
    """Writes the rows of a draft, by a person or by rule; the caller has asked, and logs and tells.

    `parent` is the note that it follows, or with `original` is a sibling of; `members` are the ids of its
    addressees where it does not go to all that its parent went to.
    """
    profile = work.profile
    if parent is not None and original is None:
        parent = succession.version_to_follow(work, parent, submission.relation)
        succession.require_parent(work, parent, submission.relation, submission.concerns)
        submission = following.begun_like(profile, submission, parent)
    kind = choices.kind_of(profile, submission.kind)
    series = choices.series_of(profile, submission.series or kind.series)
    source = submission.concerns or submission.source_language or profile.source_language
    if source not in profile.languages:
        raise Invalid(
            "no-such-language",
            "The profile has no language “%(language)s”. Choose one of %(languages)s.",
            language=source,
            languages=", ".join(profile.languages),
        )
    marking = choices.marking_of(profile, submission.marking)
    titles = _titles(work, submission.titles, source)
    choices.check_slots(profile, submission.slots)
    accepted = [(item, intake.accepted(work, item.upload_id)) for item in submission.enclosures]
    particulars = choices.check_particulars(submission.particulars)
    if parent is not None and original is None:
        particulars = succession.with_reference(work, parent, submission.relation, particulars)
    note = Note(
        reference=allot_reference(work.session, work.today().year),
        kind=kind.name,
        series=series.code,
        number_parts=numbering.parts_of_new(
            series, submission.number_parts, parent, sibling=original is not None
        ),
        source_language=source,
        titles=titles,
        slots=dict(submission.slots),
        particulars=particulars,
        marking=marking,
        state=NoteState.DRAFT,
        due=submission.due,
        parent_id=parent.id if parent else None,
        relation=submission.relation if parent else None,
        concerns=(submission.concerns or None) if parent else None,
        submitted_by=work.actor.id,
        submitted_at=work.now(),
        changed_at=work.now(),
    )
    work.session.add(note)
    work.session.flush()
    # A corrigendum of one language exists in that language only.
    others = () if note.concerns else (code for code in profile.languages if code != source)
    ordered = [source, *others]
    note.versions.extend(
        LanguageVersion(
            note_id=note.id,
            language=code,
            ordinal=ordinal,
            standing=profile.languages[code].standing,
            required=profile.languages[code].required or code == source,
            is_source=code == source,
        )
        for ordinal, code in enumerate(ordered, 1)
    )
    if original is not None:
        following.copy_enclosures(work, note, original)
    elif parent is not None:
        addressing.address_like(work, note, members)
    for item, row in accepted:
        enclosing.enclose(work, note, item, row)
    if submission.paragraphs:
        _write_source(work, note, [(None, text) for text in submission.paragraphs], note.slots)
    if original is not None:
        following.copy_translations(work, note, original)
    work.session.flush()
    return note


def edit_source(
    work: Work,
    note: Note,
    revision: int | None,
    *,
    paragraphs: Sequence[tuple[int | None, str]] | None = None,
    titles: Mapping[str, str] | None = None,
    slots: Mapping[str, Any] | None = None,
    particulars: Mapping[str, Any] | None = None,
    marking: str | None = None,
    series: str | None = None,
    number_parts: Mapping[str, str] | None = None,
    due: date | None = None,
) -> Note:
    """Changes the source text, subject or shared values; what is not given stays.

    `paragraphs` is the whole body in order: (id of a paragraph that is there, or None for a new
    one, text).  Translations are marked stale when the source is released, paragraph by paragraph.
    """
    begin(work, note, "edit_source", revision=revision)
    profile = work.profile
    changes: dict[str, Any] = {}
    if titles is not None:
        changes["titles"] = _titles(work, {**note.titles, **titles}, note.source_language)
    if slots is not None:
        choices.check_slots(profile, slots)
        changes["slots"] = dict(slots)
    if particulars is not None:
        changes["particulars"] = choices.check_particulars(particulars)
    if marking is not None:
        changes["marking"] = choices.marking_of(profile, marking)
    if series is not None:
        if note.entry is not None and series != note.series:
            raise Conflict(
                "numbered",
                "The note already has the number %(symbol)s, so its series stays.",
                symbol=note.entry.symbol,
            )
        changes["series"] = choices.series_of(profile, series).code
    if series is not None or number_parts is not None:
        changes["number_parts"] = numbering.parts_after(
            note, choices.series_of(profile, changes.get("series", note.series)), number_parts
        )
    if due is not None:
        changes["due"] = due
    values = changes.get("slots", note.slots)
    written = _write_source(work, note, paragraphs, values) if paragraphs is not None else False
    shared = any(changes.get(name, getattr(note, name)) != getattr(note, name) for name in SHARED)
    if written or shared:
        texts.reopen_source(note)
    touch(work, note, **changes)
    work.log("edit_source", note_subject(note), revision=note.revision, paragraphs=written, shared=shared)
    return note


def release_source(work: Work, note: Note, revision: int | None) -> Note:
    """Agrees the source text; the translators begin, or are shown what changed.

    Releasing an unchanged source reopens nothing.  A changed paragraph makes its translations
    stale and gives just the versions that have one back to their translators; changed shared values
    or a new enclosure count send accepted versions back to their reviewers only.
    """
    begin(work, note, "release_source", revision=revision)
    source = texts.version_of(note, note.source_language)
    if source.state is VersionState.ACCEPTED:
        raise Conflict("released", "The source is already released and has not changed since.")
    if not texts.live_paragraphs(note):
        raise Invalid("no-text", "The note has no text yet. Write at least one paragraph, then release it.")
    if choices.kind_of(work.profile, note.kind).enclosure_required and not note.enclosures:
        raise Invalid(
            "enclosure-missing", "This kind of note forwards a document: add the file that it forwards."
        )
    # Rendering the text proves that every slot has a value in the source language.
    composition.text_of(work, note, note.source_language)
    now = work.now()
    released = composition.source_digest(note)
    changed = released != note.released_digest
    number = note.source_revision + changed
    source.state = VersionState.ACCEPTED
    source.accepted_by, source.accepted_at, source.accepted_revision = work.actor.id, now, number
    source.revision += 1
    before = {version.id: version.state for version in note.versions}
    for version in note.versions if changed else ():
        if not version.is_source:
            stale = texts.stale_paragraphs(note, version.language)
            texts.drop(version, VersionState.IN_PROGRESS if stale else VersionState.SUBMITTED)
    touch(work, note, source_revision=number, released_digest=released)
    work.log("release_source", note_subject(note), source_revision=number, changed=changed)
    for version in note.versions if changed else ():
        if not version.is_source:
            notices.source_released(work, note, version, before[version.id])
    completion.complete_if_ready(work, note)
    return note


def _titles(work: Work, titles: Mapping[str, str], source: str) -> dict[str, str]:
    unknown = [code for code in titles if code not in work.profile.languages]
    if unknown:
        raise Invalid(
            "no-such-language", "The profile has no language “%(language)s”.", language=", ".join(unknown)
        )
    cleaned = {
        code: texts.clean_text(" ".join(text.split())) for code, text in titles.items() if text.strip()
    }
    if not cleaned.get(source):
        raise Invalid(
            "title-missing", "Give the subject in the source language (%(language)s).", language=source
        )
    if any(len(text) > 300 for text in cleaned.values()):
        raise Invalid("title-long", "A subject has more than 300 characters. Shorten it.")
    return cleaned


def _write_source(
    work: Work, note: Note, paragraphs: Sequence[tuple[int | None, str]], values: Mapping[str, Any]
) -> bool:
    """Makes the body what `paragraphs` says, with slots for `values`; gives whether anything changed."""
    if len(paragraphs) > MAX_PARAGRAPHS:
        raise Invalid(
            "too-long", "A note has at most %(most)s paragraphs. Enclose a longer text.", most=MAX_PARAGRAPHS
        )
    now = work.now()
    by_id = {paragraph.id: paragraph for paragraph in texts.live_paragraphs(note)}
    changed = False
    used: set[int] = set()
    for ordinal, (identity, raw) in enumerate(paragraphs, 1):
        text = texts.clean_text(raw)
        if not text:
            raise Invalid(
                "empty-paragraph", "Paragraph %(ordinal)s is empty. Write it or take it out.", ordinal=ordinal
            )
        composition.check_text(work, text, values, note.source_language)
        if identity is None:
            paragraph = Paragraph(note_id=note.id, ordinal=ordinal)
            work.session.add(paragraph)
            work.session.flush()
            changed = True
        elif identity in by_id and identity not in used:
            paragraph = by_id[identity]
            changed = changed or paragraph.ordinal != ordinal
            paragraph.ordinal = ordinal
        else:
            raise Invalid("no-such-paragraph", "Paragraph %(id)s is not part of this note.", id=identity)
        used.add(paragraph.id)
        changed = texts.write(work, paragraph, note.source_language, text, None, now) or changed
    for identity, paragraph in by_id.items():
        if identity not in used:
            paragraph.removed_at = now
            changed = True
    work.session.flush()
    work.session.expire(note, ["paragraphs"])
    return changed
