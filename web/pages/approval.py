"""The approval: the pages as the recipients will get them, and the decision."""

from __future__ import annotations

from collections.abc import Iterator

from flask import Blueprint, render_template, request
from flask_babel import gettext
from sqlalchemy import select

import tasks.offer
from web.access import allowed
from web.accounts import require_second_factor, second_factor
from web.formats import language_name
from web.pages import _documents, _findings, _lines, _note_page, _papers, _recipients
from web.pages._answers import Answer
from web.pages._forms import done, seen_revision, sentence, typed
from web.pages._routes import at
from web.problems import said
from web.session import looking, writing
from web.views.approval import ApprovalPage
from web.views.parts import UNTYPED, DocumentLine, PagePicture, Typed, Worked
from workflow.errors import NotFound, Refusal, both
from workflow.letters import note_pdf
from workflow.models import Account, Note
from workflow.operations import approval, choices, documents, four_eyes, texts
from workflow.operations.context import Work, find_note, visible_notes
from workflow.permissions import row as table_row
from workflow.permissions import why_not, why_not_office
from workflow.states import NoteState, Role
from workflow.store import sha256

blueprint = Blueprint("approval", __name__)

FIELDS = {"otp-missing": "otp", "otp-wrong": "otp", "too-many-tries": "otp"}


@at(blueprint, "show")
@allowed(Role.REGISTRY, actions=("approve", "dispatch"))
def show(note: str) -> str:
    """Every page of the note and its enclosures, and what would be allotted now."""
    with looking() as work:
        return render_template("approval.html", page=_page(work, find_note(work, note)))


@at(blueprint, "approve")
@allowed(actions="approve")
def approve(note: str) -> Answer:
    """Approves exactly what stood on the screen; number and date are allotted."""
    form = request.form
    try:
        # Asked for before the transaction: a code is used once, and a wrong one is counted.
        require_second_factor(form.get("otp"))
        with writing() as work:
            row = find_note(work, note)
            approval.approve(
                work,
                row,
                seen_revision(),
                digest=form.get("digest", ""),
                number=form.get("number", ""),
                day=choices.require_day(form.get("date", "")),
            )
            key, symbol = row.reference, row.symbol
            made = documents.pending(work)
    except NotFound:
        raise
    except Refusal as refusal:
        with looking() as work:
            page = _page(work, find_note(work, note), typed(refusal, FIELDS), "approve")
            return render_template("approval.html", page=page), refusal.status
    tasks.offer.documents(made)
    return done(
        gettext("Approved as %(number)s. The documents are being made.", number=symbol),
        "notes.show",
        note=key,
    )


def _page(work: Work, note: Note, back: Typed = UNTYPED, action: str = "") -> ApprovalPage:
    people = _lines.names(work)
    seen = approval.preview(work, note)
    refusals = list(_refusals(work, note, seen.objections))
    try:
        files = list(_previews(work, note, seen.languages))
    except Refusal as refusal:
        files = []
        refusals.append(sentence(refusal))
    groups = _recipients.of_note(work, note, people)
    members, contacts = _recipients.counts(groups)
    account = work.session.get_one(Account, work.actor.id)
    acts = _note_page.allowed_acts(work, note)
    return ApprovalPage(
        note=_lines.line(work, note),
        revision=note.revision,
        state=note.state.value,
        marking=_lines.marking_words(work.profile, note.marking),
        number=seen.number,
        day=note.approval.dated if note.approval else seen.day,
        digest=seen.digest,
        pictures=tuple(picture for _, pictures in files for picture in pictures),
        documents=tuple(document for document, _ in files),
        recipients=groups,
        texts=len(seen.languages),
        enclosures=len(note.enclosures),
        members=members,
        contacts=contacts,
        findings=_findings.shown(work, note, seen.findings, people),
        agreeing=_findings.agreeing(seen.findings),
        worked=tuple(_worked(note, people)),
        may=acts | ({"delegate"} if why_not_office(work.actor, "delegate") is None else frozenset()),
        refusals=tuple(refusals),
        left_out=tuple(language_name(code) for code in seen.left_out if not _required(note, code)),
        chosen=request.args.get("page", ""),
        second_factor=second_factor(account),
        sender=people.get(note.submitted_by, ""),
        since=None,
        position=_position(work, note),
        acting_for=_principal(work, note, people),
        making=_documents.making(work, note),
        typed=back,
        typed_action=action,
    )


def _required(note: Note, language: str) -> bool:
    return texts.version_of(note, language).required


def _refusals(work: Work, note: Note, objections: tuple[str, ...]) -> Iterator[str]:
    """Why the person may not approve: the role or the state, own work on it, what is missing."""
    refusal = why_not(work.actor, "approve", note.state)
    if refusal is not None:
        yield sentence(refusal)
        return
    worked = four_eyes.worked_on(work, note)
    if worked:
        yield gettext(
            "You may not approve this note, because you %(done)s. Somebody who worked on nothing of it has to.",
            done=said(both(worked)),
        )
    yield from (str(said(one)) for one in objections)


def _previews(
    work: Work, note: Note, languages: tuple[str, ...]
) -> Iterator[tuple[DocumentLine, tuple[PagePicture, ...]]]:
    """Each text as it would be printed now, or as it was printed once it is approved, then the enclosures."""
    made = {
        row.language: row for row in (note.approval.documents if note.approval else []) if row.format == "pdf"
    }
    kind = work.profile.kinds[note.kind]
    for language in languages:
        row = made.get(language)
        if row is not None and row.final_sha256:
            key, data = f"d{row.id}", work.store.get(row.final_sha256)
        else:
            key, data = f"p{note.id}-{language}", _papers.draft(work, note, language)
        title = f"{kind.titles[language]}, {work.profile.languages[language].own_name}"
        yield _shown(key, data, language, title, language, language.upper(), "note")
    for enclosure in note.enclosures:
        for version in enclosure.versions:
            data = work.store.get(version.frozen_sha256)
            name = f"e{enclosure.ordinal}-{version.language}"
            many = len(note.enclosures) > 1
            label = gettext("Encl. %(n)s", n=enclosure.ordinal) if many else gettext("Encl.")
            title = gettext(
                "Enclosure %(n)s: %(title)s", n=enclosure.ordinal, title=_documents.title_of(work, enclosure)
            )
            yield _shown(f"e{version.id}", data, version.language, title, name, label, "enclosure")


def _shown(
    key: str, data: bytes, language: str, title: str, name: str, label: str, kind: str
) -> tuple[DocumentLine, tuple[PagePicture, ...]]:
    digest, count = sha256(data), note_pdf.page_count(data)
    pictures = tuple(
        PagePicture(
            f"{name}-{page}",
            label if count == 1 else f"{label} {page}",
            _documents.picture_url(key, page, digest),
            language,
            key,
        )
        for page in range(1, count + 1)
    )
    line = DocumentLine(title, kind, language, (("PDF", key, len(data)),), count, digest=digest)
    return line, pictures


def _worked(note: Note, people: dict[int, str]) -> Iterator[Worked]:
    """Who did what: whose four eyes have seen it."""
    yield Worked(gettext("Submitted"), people.get(note.submitted_by, ""))
    for version in sorted(note.versions, key=lambda one: one.ordinal):
        accepted = people.get(version.accepted_by or 0, "")
        if version.is_source:
            yield Worked(
                language_name(version.language),
                gettext("released by %(name)s", name=accepted),
                version.language,
            )
            continue
        writers = ", ".join(
            people.get(one.account_id, "") for one in version.assignments if one.duty == "translate"
        )
        yield Worked(
            language_name(version.language),
            f"{writers} → {accepted}" if accepted else writers,
            version.language,
        )


def _position(work: Work, note: Note) -> tuple[int, int] | None:
    """Which of the notes that wait for an approval it is."""
    waiting = list(
        work.session.scalars(
            select(Note.id)
            .where(Note.state == NoteState.TRANSLATED, visible_notes(work.actor))
            .order_by(Note.translated_at, Note.id)
        )
    )
    return (waiting.index(note.id) + 1, len(waiting)) if note.id in waiting else None


def _principal(work: Work, note: Note, people: dict[int, str]) -> str:
    action = table_row("approve", note.state)
    principal = work.actor.acting_for(action) if action else None
    return people.get(principal or 0, "")
