"""Translation: assign, write, submit, accept, return, waive; and the step to `translated`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from workflow.errors import Conflict, Invalid, NotFound, Phrase, Stale
from workflow.models import (
    Account,
    Assignment,
    LanguageVersion,
    Note,
    Paragraph,
    ParagraphText,
    Remark,
)
from workflow.operations import completion, composition, four_eyes, memory, notices, remarks, suggesting
from workflow.operations.context import Work, begin, note_subject, require_reason, touch
from workflow.operations.texts import (
    clean_text,
    drop,
    live_paragraphs,
    require_duty,
    require_open,
    source_released,
    stale_paragraphs,
    text_in,
    version_of,
    write,
)
from workflow.states import Role, VersionState

MAY_NOT_REVIEW = Phrase("You translated the %(language)s version, so somebody else has to review it.")


def assign(
    work: Work,
    note: Note,
    revision: int | None,
    language: str,
    *,
    translators: Sequence[int],
    reviewer: int | None,
    due: date | None = None,
) -> LanguageVersion:
    """Gives a version to its translators and its reviewer, who must be different people."""
    begin(work, note, "assign", revision=revision)
    version = version_of(note, language)
    if version.is_source:
        raise Invalid(
            "source-version", "The source is written and released by the registry; it has no translator."
        )
    people = [(account, "translate") for account in translators]
    people += [(reviewer, "review")] if reviewer is not None else []
    if len({account for account, _ in people}) != len(people):
        raise Invalid(
            "four-eyes", "The same person cannot translate and review one version. Choose another reviewer."
        )
    needed = {
        "translate": (Role.TRANSLATOR, Phrase("translator")),
        "review": (Role.REVIEWER, Phrase("reviewer")),
    }
    for account_id, duty in people:
        account = work.session.get(Account, account_id)
        roles = {row.role for row in account.role_rows} if account and account.active else set()
        if account is None or needed[duty][0] not in roles:
            raise Invalid(
                "not-a-" + duty,
                "Person %(id)s is not an active %(role)s.",
                id=account_id,
                role=needed[duty][1],
            )
        if language not in account.languages:
            raise Invalid(
                "not-their-language",
                "%(name)s does not work in %(language)s.",
                name=account.name,
                language=language,
            )
    if reviewer is not None and four_eyes.wrote_of(work, note, version, reviewer):
        raise Invalid(
            "four-eyes",
            "This person worked on the translation and cannot review it. Choose another reviewer.",
        )
    fresh = _give(work, version, people)
    version.due = due
    version.revision += 1
    touch(work, note)
    work.log(
        "assign",
        note_subject(note),
        language=language,
        translators=list(translators),
        reviewer=reviewer,
        due=due.isoformat() if due else None,
    )
    notices.assigned(work, note, version, fresh)
    return version


def _give(work: Work, version: LanguageVersion, people: Sequence[tuple[int, str]]) -> list[int]:
    """Makes these the people of a version; gives those whose duty is new to them."""
    standing = {one.account_id: one for one in version.assignments}
    fresh = [account for account, duty in people if account not in standing or standing[account].duty != duty]
    for account, duty in people:
        row = standing.get(account)
        if row is None:
            row = Assignment(account_id=account)
            version.assignments.append(row)
        if account in fresh:
            row.duty, row.assigned_by, row.assigned_at = duty, work.actor.id, work.now()
    given = {account for account, _ in people}
    for row in [one for one in version.assignments if one.account_id not in given]:
        version.assignments.remove(row)
    work.session.flush()
    return fresh


def save_paragraph(
    work: Work,
    note: Note,
    language: str,
    paragraph_id: int,
    text: str,
    revision: int,
    *,
    settles: bool = True,
) -> ParagraphText:
    """Keeps a translated paragraph; `revision` is the one of the text that the writer saw (0 for none).

    A text that is merely kept while it is typed (not `settles`) stays stale if it was: only its
    translator says that it renders the source as it stands now.

    A text that somebody else changed meanwhile is not overwritten: Stale carries what stands there.
    An empty text is kept as it is: work that has begun is never thrown away.
    """
    begin(work, note, "save_paragraph")
    version = version_of(note, language)
    require_open(work, version)
    paragraph = _paragraph(note, paragraph_id)
    source = text_in(paragraph, note.source_language)
    now = text_in(paragraph, language)
    standing = now.revision if now else 0
    if revision != standing:
        raise Stale(
            "paragraph-changed",
            "Not saved: this paragraph was changed elsewhere since you opened it. "
            "What stands there now is shown beside your text; nothing was overwritten.",
            details=(now.text,) if now else (),
        )
    cleaned = clean_text(text)
    if cleaned:
        composition.check_text(work, cleaned, note.slots, language)
    seen = source.text if source else None
    if not settles and now is not None and now.text:
        seen = now.source_seen
    changed = write(work, paragraph, language, cleaned, seen, work.now())
    if version.state is VersionState.WAITING:
        version.state = VersionState.IN_PROGRESS
    version.revision += 1
    if changed:
        row = text_in(paragraph, language)
        assert row is not None
        work.log(
            "save_paragraph",
            note_subject(note),
            language=language,
            paragraph=paragraph.id,
            revision=row.revision,
        )
    work.session.flush()
    result = text_in(paragraph, language)
    assert result is not None
    return result


def submit_version(work: Work, note: Note, language: str) -> LanguageVersion:
    """Hands a complete version to its reviewer; raises Invalid naming the paragraphs that are not done."""
    begin(work, note, "submit_version")
    version = version_of(note, language)
    require_duty(work, version, "translate")
    if version.state in (VersionState.SUBMITTED, VersionState.ACCEPTED):
        raise Conflict("submitted", "The version is already submitted.")
    if not source_released(note):
        raise Conflict("source-open", "The source is not released yet, so no translation can be submitted.")
    undone = stale_paragraphs(note, language)
    if undone:
        raise Invalid(
            "not-complete",
            "Not submitted: paragraph %(numbers)s is not translated from the source as it stands now.",
            numbers=", ".join(str(paragraph.ordinal) for paragraph in undone),
        )
    suggesting.require_read(work, note, language)
    composition.text_of(work, note, language)
    version.state = VersionState.SUBMITTED
    version.submitted_at, version.submitted_by = work.now(), work.actor.id
    version.revision += 1
    touch(work, note)
    work.log("submit_version", note_subject(note), language=language)
    notices.handed_on(work, note, version)
    return version


def accept_version(work: Work, note: Note, language: str, revision: int | None = None) -> LanguageVersion:
    """Accepts a submitted version; with the last required one, the note becomes `translated`."""
    begin(work, note, "accept_version", revision=revision)
    version = version_of(note, language)
    require_duty(work, version, "review")
    four_eyes.require_not_translator(work, note, version, MAY_NOT_REVIEW)
    if version.state is not VersionState.SUBMITTED:
        raise Conflict("not-submitted", "The version is not submitted, so there is nothing to accept.")
    if not source_released(note):
        raise Conflict(
            "source-open", "The source is being changed. Wait until the registry has released it again."
        )
    stale = stale_paragraphs(note, language)
    if stale:
        raise Conflict(
            "stale-paragraphs",
            "Not accepted: the source of paragraph %(numbers)s changed after it was translated. Return the version.",
            numbers=", ".join(str(paragraph.ordinal) for paragraph in stale),
        )
    suggesting.require_read(work, note, language)
    version.state = VersionState.ACCEPTED
    version.accepted_by, version.accepted_at = work.actor.id, work.now()
    version.accepted_revision = note.source_revision
    version.revision += 1
    touch(work, note)
    memory.remember(work, note, language)
    work.log("accept_version", note_subject(note), language=language, source_revision=note.source_revision)
    completion.complete_if_ready(work, note)
    return version


def return_version(work: Work, note: Note, language: str, reason: str) -> LanguageVersion:
    """Hands a submitted version back to its translator, with remarks."""
    begin(work, note, "return_version", reason=reason)
    version = version_of(note, language)
    require_duty(work, version, "review")
    four_eyes.require_not_translator(work, note, version, MAY_NOT_REVIEW)
    if version.state is not VersionState.SUBMITTED:
        raise Conflict("not-submitted", "The version is not submitted, so there is nothing to return.")
    drop(version, VersionState.IN_PROGRESS)
    work.session.add(
        Remark(
            note_id=note.id,
            language=language,
            text=require_reason(reason),
            made_by=work.actor.id,
            made_at=work.now(),
        )
    )
    touch(work, note)
    # What the translator finds to be done: the remarks that nobody has settled, the reason among them.
    work.session.flush()
    waiting = [one.id for one in remarks.still_open(work, note, language)]
    work.log("return_version", note_subject(note), language=language, reason=reason, remarks=waiting)
    notices.handed_back(work, note, version)
    return version


def _paragraph(note: Note, paragraph_id: int) -> Paragraph:
    for paragraph in live_paragraphs(note):
        if paragraph.id == paragraph_id:
            return paragraph
    raise NotFound("no-such-paragraph", "Paragraph %(id)s is not part of this note.", id=paragraph_id)
