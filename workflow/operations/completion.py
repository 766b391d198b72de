"""The step to `translated`: it happens by itself when nothing is missing and no difference is open."""

from __future__ import annotations

from workflow.errors import NotAllowed, NotFound, Phrase
from workflow.models import Note, Waiver
from workflow.operations import composition, four_eyes, notices
from workflow.operations.context import Work, begin, note_subject, require_reason, touch
from workflow.operations.texts import is_current, source_released, version_of
from workflow.states import NoteState, Role

MAY_NOT_WAIVE = Phrase(
    "You translated the %(language)s version, so somebody else has to waive a finding of it."
)


def waive_finding(work: Work, note: Note, finding: str, reason: str) -> Waiver:
    """Lets one open finding pass, with a reason, by somebody other than the translators concerned."""
    begin(work, note, "waive_finding", reason=reason)
    report = composition.concordance_of(work, note)
    found = next((item for item in report if item.digest == finding), None)
    if found is None:
        raise NotFound(
            "no-such-finding", "There is no such finding any more: a text changed. Open the note again."
        )
    if found.waiver is not None:
        return found.waiver
    for language in found.finding.languages:
        four_eyes.require_not_translator(work, note, version_of(note, language), MAY_NOT_WAIVE)
    waiver = Waiver(
        note_id=note.id,
        finding=finding,
        kind=found.finding.type,
        quotes=dict(found.finding.quotes),
        reason=require_reason(reason),
        waived_by=work.actor.id,
        waived_at=work.now(),
    )
    work.session.add(waiver)
    touch(work, note)
    work.log("waive_finding", note_subject(note), finding=finding, kind=found.finding.type, reason=reason)
    complete_if_ready(work, note)
    return waiver


def take_back_waiver(work: Work, note: Note, finding: str, reason: str) -> None:
    """Opens a waived finding again, with a reason: by whoever waived it, or by a reviewer.

    The log keeps both the waiver and its end.  A note that is translated stays so; it cannot be
    approved while the finding is open.
    """
    begin(work, note, "take_back_waiver", reason=reason)
    waiver = next((one for one in composition.waivers_of(work, note) if one.finding == finding), None)
    if waiver is None:
        raise NotFound("no-such-waiver", "There is no such waiver any more. Open the note again.")
    if not may_take_back(work, waiver):
        raise NotAllowed(
            "not-your-waiver", "Only who waived the finding, or a reviewer, may take the waiver back."
        )
    kind, waived_by = waiver.kind, waiver.waived_by
    work.session.delete(waiver)
    touch(work, note)
    work.log(
        "take_back_waiver",
        note_subject(note),
        finding=finding,
        kind=kind,
        waived_by=waived_by,
        reason=require_reason(reason),
    )


def may_take_back(work: Work, waiver: Waiver) -> bool:
    """Whether the person may open the finding again that this waiver lets pass, whatever the note's state."""
    return waiver.waived_by == work.actor.id or work.actor.has(Role.REVIEWER)


def complete_if_ready(work: Work, note: Note) -> bool:
    """The transition `complete_translation`: happens by itself when nothing is missing any more.

    Every required version is accepted at the current source, and no concordance error is open.
    """
    if note.state is not NoteState.DRAFT or not source_released(note):
        return False
    if any(version.required and not is_current(note, version) for version in note.versions):
        return False
    if any(
        item.finding.severity == "error" and item.waiver is None
        for item in composition.concordance_of(work, note)
    ):
        notices.findings_open(work, note)
        return False
    touch(work, note, state=NoteState.TRANSLATED, translated_at=work.now())
    work.log("complete_translation", note_subject(note), source_revision=note.source_revision)
    notices.to_approve(work, note)
    return True
