"""Language versions: assign, translate, submit, accept, return; findings and their waivers."""

from __future__ import annotations

from web.access import allowed, allowed_signed_in
from web.api import present
from web.api.door import endpoint
from web.api.schemas import notes, texts
from web.session import looking, writing
from workflow import models
from workflow.counting import by_characters
from workflow.operations import completion, composition, measuring, remarks, translation
from workflow.operations import texts as facts
from workflow.operations.context import Work, find_note

VERSION = "/notes/<note:note>/versions/<language>"


def _present(work: Work, note: models.Note, version: models.LanguageVersion) -> notes.Version:
    ids = [version.accepted_by, *(one.account_id for one in version.assignments)]
    return present.version(note, version, present.People(work, ids))


@endpoint("GET", VERSION, allowed_signed_in, tag="Versions", gives=texts.VersionText)
def show_version(note: str, language: str) -> texts.VersionText:
    """Show a language version with its whole text, as it would be printed now."""
    with looking() as work:
        row = find_note(work, note)
        version = facts.version_of(row, language)
        shown = _present(work, row, version)
        return texts.VersionText(
            **shown.model_dump(),
            text=composition.text_of(work, row, language),
            length=measuring.length_of(work, row, language),
            length_unit="characters" if by_characters(language) else "words",
        )


@endpoint(
    "PUT",
    f"{VERSION}/assignment",
    allowed(actions="assign"),
    tag="Versions",
    body=texts.Assign,
    gives=notes.Note,
    example={"revision": 5, "translators": [4], "reviewer": 6, "due": "2026-12-01"},
)
def assign_version(note: str, language: str, body: texts.Assign) -> notes.Note:
    """Give a version to its translators and its reviewer."""
    with writing() as work:
        row = find_note(work, note)
        translation.assign(
            work,
            row,
            body.revision,
            language,
            translators=body.translators,
            reviewer=body.reviewer,
            due=body.due,
        )
        return present.note(work, row)


@endpoint(
    "PUT",
    f"{VERSION}/paragraphs/<row:paragraph>",
    allowed(actions="save_paragraph"),
    tag="Versions",
    body=texts.SaveParagraph,
    gives=texts.SavedParagraph,
    example={"revision": 0, "text": "Секретариат имеет честь препроводить резюме."},
)
def save_paragraph(
    note: str, language: str, paragraph: int, body: texts.SaveParagraph
) -> texts.SavedParagraph:
    """Keep a translated paragraph.

    When somebody else changed it meanwhile, nothing is overwritten: 409, and `errors` has the text
    that stands there now.
    """
    with writing() as work:
        row = find_note(work, note)
        saved = translation.save_paragraph(work, row, language, paragraph, body.text, body.revision)
        return texts.SavedParagraph(
            id=paragraph,
            language=language,
            text=saved.text,
            revision=saved.revision,
            changed_at=saved.changed_at,
        )


@endpoint("POST", f"{VERSION}/submit", allowed(actions="submit_version"), tag="Versions", gives=notes.Version)
def submit_version(note: str, language: str) -> notes.Version:
    """Hand a complete version to its reviewer."""
    with writing() as work:
        row = find_note(work, note)
        return _present(work, row, translation.submit_version(work, row, language))


@endpoint(
    "POST",
    f"{VERSION}/accept",
    allowed(actions="accept_version"),
    tag="Versions",
    body=texts.AcceptVersion,
    gives=notes.Note,
    example={"revision": 9},
)
def accept_version(note: str, language: str, body: texts.AcceptVersion) -> notes.Note:
    """Accept a submitted version.

    With the last required one, and no difference between the versions open, the note becomes
    translated.
    """
    with writing() as work:
        row = find_note(work, note)
        translation.accept_version(work, row, language, body.revision)
        return present.note(work, row)


@endpoint(
    "POST",
    f"{VERSION}/return",
    allowed(actions="return_version"),
    tag="Versions",
    body=texts.ReturnVersion,
    gives=notes.Note,
)
def return_version(note: str, language: str, body: texts.ReturnVersion) -> notes.Note:
    """Hand a submitted version back to its translator, with remarks."""
    with writing() as work:
        row = find_note(work, note)
        translation.return_version(work, row, language, body.reason)
        return present.note(work, row)


@endpoint("GET", "/notes/<note:note>/findings", allowed_signed_in, tag="Findings", gives=texts.Findings)
def list_findings(note: str) -> texts.Findings:
    """List what the language versions say differently."""
    with looking() as work:
        row = find_note(work, note)
        items = present.findings(work, composition.concordance_of(work, row))
        open_ = [one.severity for one in items if one.waiver is None]
        return texts.Findings(items=items, errors=open_.count("error"), warnings=open_.count("warning"))


@endpoint(
    "POST",
    "/notes/<note:note>/waivers",
    allowed(actions="waive_finding"),
    tag="Findings",
    body=texts.Waive,
    gives=notes.Note,
)
def waive_finding(note: str, body: texts.Waive) -> notes.Note:
    """Let one finding pass, with a reason; not by whoever translated a version concerned."""
    with writing() as work:
        row = find_note(work, note)
        completion.waive_finding(work, row, body.finding, body.reason)
        return present.note(work, row)


@endpoint(
    "POST",
    "/notes/<note:note>/waivers/take-back",
    allowed(actions="take_back_waiver"),
    tag="Findings",
    body=texts.Waive,
    gives=notes.Note,
)
def take_back_waiver(note: str, body: texts.Waive) -> notes.Note:
    """Open a waived finding again, with a reason: by whoever waived it, or by a reviewer."""
    with writing() as work:
        row = find_note(work, note)
        completion.take_back_waiver(work, row, body.finding, body.reason)
        return present.note(work, row)


@endpoint(
    "POST",
    "/notes/<note:note>/remarks",
    allowed_signed_in,
    tag="Remarks",
    body=texts.NewRemark,
    gives=notes.Remark,
    status=201,
    example={"text": "Is this the name of the Forum?", "language": "ru", "ordinal": 1},
)
def make_remark(note: str, body: texts.NewRemark) -> notes.Remark:
    """Remark on the note, on a language or on a paragraph."""
    with writing() as work:
        row = find_note(work, note)
        made = remarks.remark(work, row, body.text, language=body.language, ordinal=body.ordinal)
        return present.remark(made, present.People(work, present.speakers(made)))


@endpoint(
    "POST",
    "/notes/<note:note>/remarks/<row:remark>/settle",
    allowed_signed_in,
    tag="Remarks",
    gives=notes.Remark,
)
def settle_remark(note: str, remark: int) -> notes.Remark:
    """Mark a remark as settled; harmless when it is settled already."""
    with writing() as work:
        settled = remarks.settle(work, find_note(work, note), remark)
        return present.remark(settled, present.People(work, present.speakers(settled)))


@endpoint(
    "POST",
    "/notes/<note:note>/remarks/<row:remark>/replies",
    allowed_signed_in,
    tag="Remarks",
    body=texts.Reply,
    gives=notes.Remark,
    status=201,
)
def reply_to_remark(note: str, remark: int, body: texts.Reply) -> notes.Remark:
    """Answer a remark that is not settled."""
    with writing() as work:
        answered = remarks.reply(work, find_note(work, note), remark, body.text)
        return present.remark(answered, present.People(work, present.speakers(answered)))


@endpoint(
    "POST",
    "/notes/<note:note>/remarks/<row:remark>/reopen",
    allowed_signed_in,
    tag="Remarks",
    gives=notes.Remark,
)
def reopen_remark(note: str, remark: int) -> notes.Remark:
    """Open a settled remark again; harmless when it is open."""
    with writing() as work:
        opened = remarks.reopen(work, find_note(work, note), remark)
        return present.remark(opened, present.People(work, present.speakers(opened)))
