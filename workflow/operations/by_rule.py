"""Notes that are drafted by rule, for the registry to look at: nothing is ever sent on its own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from workflow.clock import offset
from workflow.letters import notices as wording
from workflow.letters import slots
from workflow.models import Account, Note, ReminderPlan
from workflow.operations import choices, drafting, notices, texts
from workflow.operations.context import Work, note_subject
from workflow.operations.submission import Submission
from workflow.permissions import Actor
from workflow.states import Role, VersionState


def draft_reminder(work: Work, note: Note, plan: ReminderPlan, members: Sequence[int]) -> Note:
    """Drafts the numbered reminder note to the members, by their ids, that keep silent."""
    by = plan.set_by or note.submitted_by
    return _draft(work, note, "reminder", "reminder", by, {}, members)


def draft_outcome(
    work: Work, note: Note, name: str, by: int, deadline: Mapping[str, str], objections: Mapping[str, str]
) -> Note:
    """Drafts the notice of a silence procedure's outcome (`adopted`, `objected` or `broken`) to all addressees."""
    values: dict[str, Any] = {"deadline": {"kind": "text", "value": dict(deadline)}}
    if any(objections.values()):
        values["objections"] = {"kind": "text", "value": dict(objections)}
    return _draft(work, note, "outcome", name, by, values)


def deadline_words(work: Work, moment: datetime, zone: str) -> dict[str, str]:
    """A deadline in each language of the organisation, by the clocks of `zone`."""
    local = moment.astimezone(ZoneInfo(zone))
    found = {}
    for code, language in work.profile.languages.items():
        words = wording.load(code) or wording.load("en")
        assert words is not None  # English is always there.
        found[code] = words.deadline.format(
            time=f"{local:%H:%M}", zone=offset(local), date=language.dates.write(local.date())
        )
    return found


def objection_words(work: Work, language: str, member: str, reference: str, dated: date) -> str:
    """A state's objection with its note's number and date, as the language writes it."""
    words = wording.load(language) or wording.load("en")
    assert words is not None  # English is always there.
    return words.objection.format(
        member=member, reference=reference, date=work.profile.languages[language].dates.write(dated)
    )


def _draft(
    work: Work,
    note: Note,
    relation: str,
    name: str,
    by: int,
    values: Mapping[str, Any],
    members: Sequence[int] = (),
) -> Note:
    """A draft in the name of a person: the source and every language that the notices are written in.

    The other languages are handed to their translators as begun, never as accepted.
    """
    approval = note.approval
    assert approval is not None and note.symbol is not None  # It is dispatched.
    account = work.session.get_one(Account, by)
    named = replace(work, actor=Actor(account.id, account.name, frozenset({Role.REGISTRY})))
    kind = work.profile.kinds[choices.kind_like(work.profile, note.kind)]
    shared = {
        "parent_number": {"kind": "text", "value": note.symbol},
        "parent_date": {"kind": "date", "value": approval.dated.isoformat()},
        **values,
    }
    source = note.source_language if wording.load(note.source_language) else work.profile.source_language
    found = {code: words for code in work.profile.languages if (words := wording.load(code))}
    titles = {code: words.notices[name].title.format(number=note.symbol) for code, words in found.items()}
    words = found.get(source) or wording.load("en")
    assert words is not None
    if source not in titles:
        titles[source] = words.notices[name].title.format(number=note.symbol)
    written = {
        code: _used(each.paragraphs(name, work.profile, kind, code), shared) for code, each in found.items()
    }
    written.setdefault(source, _used(words.paragraphs(name, work.profile, kind, source), shared))
    submission = Submission(
        titles=titles,
        kind=kind.name,
        series=note.series,
        source_language=source,
        marking=note.marking,
        slots=shared,
        paragraphs=written[source],
        relation=relation,
    )
    made = drafting.draft(named, submission, note, members=members)
    now = work.now()
    for ordinal, paragraph in enumerate(texts.live_paragraphs(made)):
        original = texts.text_in(paragraph, source)
        assert original is not None  # It was written just now.
        for code, lines in written.items():
            if code != source and len(lines) == len(written[source]):
                texts.write(named, paragraph, code, texts.clean_text(lines[ordinal]), original.text, now)
    for version in made.versions:
        if not version.is_source and version.language in written:
            version.state = VersionState.IN_PROGRESS
    work.session.flush()
    work.log("submit", note_subject(made), reference=made.reference, enclosures=0, by_rule=name)
    notices.submitted_note(work, made)
    work.log("drafted_by_rule", note_subject(note), rule=name, draft=made.reference)
    return made


def _used(paragraphs: Sequence[str], values: Mapping[str, Any]) -> tuple[str, ...]:
    """The paragraphs whose slots all have a value."""
    return tuple(text for text in paragraphs if set(slots.names(text)) <= set(values))
