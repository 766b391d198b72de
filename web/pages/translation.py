"""The desk of one language version: write, keep, submit."""

from __future__ import annotations

import json

from flask import Blueprint, Response, jsonify, redirect, render_template, request, url_for
from flask_babel import gettext

from web.access import allowed, allowed_signed_in
from web.formats import write_moment
from web.pages import _events, _findings, _lines, _memory, _note_page, _runs, _segments
from web.pages._answers import Answer, act
from web.pages._forms import sentence, typed, whole
from web.pages._routes import at
from web.session import looking, writing
from web.views.parts import UNTYPED, Typed
from web.views.translation import TranslationPage
from workflow.counting import by_characters
from workflow.errors import Invalid, NotAllowed, NotFound, Refusal, Stale
from workflow.models import LanguageVersion, Note, Paragraph, ParagraphText
from workflow.operations import as_typed, composition, measuring, remarks, texts, translation
from workflow.operations.composition import Judged
from workflow.operations.context import Work, find_note
from workflow.permissions import may
from workflow.states import VersionState

blueprint = Blueprint("translation", __name__)

DECISIONS = ("save", "done", "still_right")


@at(blueprint, "show")
@allowed_signed_in
def show(note: str, language: str) -> str:
    """Source and translation side by side; whoever translates writes here, others read."""
    with looking() as work:
        row = find_note(work, note)
        open_at = whole(request.args.get("paragraph"))
        return render_template("translation.html", page=page(work, row, language, open_at=open_at))


@at(blueprint, "save")
@allowed(actions="save_paragraph")
def save(note: str, language: str, paragraph: int) -> Answer | Response:
    """Keeps one paragraph, by form or by fetch; a text that changed meanwhile is not overwritten."""
    form = request.form
    fetched = request.accept_mimetypes.best_match(["text/html", "application/json"]) == "application/json"
    try:
        with writing() as work:
            row = find_note(work, note)
            key = row.reference
            saved = _save(work, row, language, paragraph)
            said = {"revision": saved.revision, "saved": write_moment(saved.changed_at, work.zone, "time")}
        if fetched:
            with looking() as work:
                shown = page(work, find_note(work, note), language, open_at=paragraph)
                return jsonify(said | {"html": render_template("_desk_live.html", page=shown)})
    except (NotFound, NotAllowed):
        raise
    except Refusal as refusal:
        if fetched:
            return _fetched(refusal, note, language, paragraph)
        with looking() as work:
            row = find_note(work, note)
            back = Typed({f"text-{paragraph}": form.get("text", "")}, {}, _said(refusal))
            return render_template(
                "translation.html", page=page(work, row, language, back, open_at=paragraph)
            ), refusal.status
    with looking() as work:
        following = _next(find_note(work, note), language, paragraph)
    target = url_for(
        "translation.show", note=key, language=language, paragraph=following, _anchor=f"p{following}"
    )
    return redirect(target, 303)  # type: ignore[return-value]


def _fetched(refusal: Refusal, name: str, language: str, ordinal: int) -> Response:
    """A refusal as the desk's script reads it; for a text that changed elsewhere, with what stands there now."""
    said: dict[str, object] = {"detail": _said(refusal), "code": refusal.code}
    if refusal.code == "paragraph-changed":
        with looking() as work:
            note = find_note(work, name)
            row = texts.text_in(paragraph_of(note, ordinal), language)
            said["stands"] = _standing(work, note, row, request.form.get("text", "")) if row else None
    response = jsonify(said)
    response.status_code = refusal.status
    return response


def _standing(work: Work, note: Note, row: ParagraphText, mine: str) -> dict[str, object]:
    """What somebody else wrote meanwhile, and how it differs from what was typed here."""
    return {
        "text": row.text,
        "revision": row.revision,
        "html": render_template(
            "_desk_conflict.html",
            language=row.language,
            by=_lines.names(work).get(row.changed_by, ""),
            at=row.changed_at,
            runs=_runs.difference(mine, row.text),
        ),
    }


def _said(refusal: Refusal) -> str:
    """The refusal, and the text that stands there where that is why."""
    words = sentence(refusal)
    if not refusal.details:
        return words
    return gettext("%(sentence)s It reads now: “%(text)s”", sentence=words, text=refusal.details[0])


def _save(work: Work, note: Note, language: str, ordinal: int) -> translation.ParagraphText:
    form = request.form
    decision, seen = form.get("decision", "save"), whole(form.get("revision"))
    if decision not in DECISIONS or seen is None:
        raise Invalid("form-incomplete", "The form is not complete. Open the page again, then send it.")
    paragraph = paragraph_of(note, ordinal)
    source = texts.text_in(paragraph, note.source_language)
    shown = form.get("source_revision", "")
    if decision != "save" and source is not None and shown != str(source.revision):
        raise Stale(
            "source-changed",
            "Not saved: the source of this paragraph changed since you opened it. Look at what changed, then decide.",
        )
    text = form.get("text", "")
    if decision == "still_right":
        standing = texts.text_in(paragraph, language)
        text = standing.text if standing else text
    return translation.save_paragraph(
        work, note, language, paragraph.id, text, seen, settles=decision != "save"
    )


def paragraph_of(note: Note, ordinal: int) -> Paragraph:
    """The paragraph in this place of a note; raises NotFound."""
    for one in texts.live_paragraphs(note):
        if one.ordinal == ordinal:
            return one
    raise NotFound("no-such-paragraph", "The note has no paragraph %(ordinal)s.", ordinal=ordinal)


def _next(note: Note, language: str, ordinal: int) -> int:
    """The next paragraph that is not done, going round; the same one when all are done."""
    undone = [one.ordinal for one in texts.stale_paragraphs(note, language)]
    later = [one for one in undone if one > ordinal]
    return (later or undone or [ordinal])[0]


@at(blueprint, "submit")
@allowed(actions="submit_version")
def submit(note: str, language: str) -> Answer:
    """Hands the complete version to its reviewer."""

    def refused(work: Work, row: Note, refusal: Refusal) -> Answer:
        shown = page(work, row, language, typed(refusal))
        return render_template("translation.html", page=shown), refusal.status

    return act(
        note,
        "submit_version",
        lambda work, row: translation.submit_version(work, row, language),
        lambda: gettext("The version is submitted to its reviewer."),
        refused=refused,
    )


def page(
    work: Work, note: Note, language: str, back: Typed = UNTYPED, *, open_at: int | None = None
) -> TranslationPage:
    """The page of one version, for its translator, its reviewer, or whoever may see the note."""
    version = texts.version_of(note, language)
    people = _lines.names(work)
    complete = version.is_source or not texts.stale_paragraphs(note, language)
    judged: list[Judged] = []
    if texts.live_paragraphs(note):
        judged = (
            composition.concordance_of(work, note)
            if complete
            else as_typed.concordance_of(work, note, language)
        )
    findings = _findings.shown(work, note, judged, people, language, complete=complete)
    said = _note_page.remark_lines(work, note, people, language)
    rows = _segments.segments(work, note, language, findings, people, said)
    duties = {
        duty: ", ".join(people.get(one.account_id, "") for one in version.assignments if one.duty == duty)
        for duty in ("translate", "review")
    }
    free = [one for one in rows if not one.locked]
    first = next((one.ordinal for one in free if one.open), 0)
    opened = (
        open_at
        if any(one.ordinal == open_at for one in free)
        else (first or (free[0].ordinal if free else 0))
    )
    returned, by = _returned(work, note, version, people)
    may_do = acts(work, note, version)
    return TranslationPage(
        note=_lines.line(work, note),
        language=language,
        source_language=note.source_language,
        status=version.state.value,
        standing=version.standing,
        revision=note.revision,
        segments=rows,
        source_revision=note.source_revision,
        may=may_do,
        due=version.due,
        translator=duties["translate"],
        reviewer=duties["review"],
        key=f"{work.actor.id}:{note.reference}:{language}",
        words=measuring.length_of(work, note, note.source_language),
        target_words=measuring.length_of(work, note, language),
        source_signs=by_characters(note.source_language),
        target_signs=by_characters(language),
        complete=complete,
        saved=_saved(note, language),
        open_at=opened or 0,
        findings=findings,
        agree=_findings.agreement(judged)
        if complete and len({code for one in judged for code in one.finding.quotes} or free)
        else "",
        beside=_memory.beside(work, note, language, _of(note, opened), "save_paragraph" in may_do),
        remarks=said,
        blocked=_blocked(note, version),
        returned=returned,
        returned_by=by,
        typed=back,
    )


def _of(note: Note, ordinal: int | None) -> Paragraph | None:
    return next((one for one in texts.live_paragraphs(note) if one.ordinal == ordinal), None)


def acts(work: Work, note: Note, version: LanguageVersion) -> frozenset[str]:
    """What the person may do with the version as it stands."""
    duty = texts.duty_of(version, work.actor.id)
    open_ = version.state in (VersionState.WAITING, VersionState.IN_PROGRESS)
    if duty == "translate" and open_:
        names = {"save_paragraph", "submit_version"}
    elif (
        duty == "review" and version.state is VersionState.SUBMITTED and version.submitted_by != work.actor.id
    ):
        names = {"accept_version", "return_version"}
    else:
        names = set()
    found = {name for name in names if may(work.actor, name, note.state)}
    return frozenset(found | ({"remark"} if remarks.may_remark(work, note) else set()))


def _saved(note: Note, language: str):  # type: ignore[no-untyped-def]
    written = [text for one in texts.live_paragraphs(note) if (text := texts.text_in(one, language))]
    return max((text.changed_at for text in written), default=None)


def _blocked(note: Note, version: LanguageVersion) -> tuple[str, ...]:
    source = texts.version_of(note, note.source_language)
    if version.is_source or source.state is VersionState.ACCEPTED:
        return ()
    return (gettext("The source is not released, so nothing can be submitted or accepted yet."),)


def _returned(work: Work, note: Note, version: LanguageVersion, people: dict[int, str]) -> tuple[str, str]:
    """Why the version came back, and from whom, while it has not been submitted again."""
    if version.state is not VersionState.IN_PROGRESS:
        return "", ""
    for entry in _events.entries(work, note):
        data = json.loads(entry.data)
        if entry.action in ("submit_version", "return_version") and data.get("language") == version.language:
            if entry.action == "return_version":
                return str(data.get("reason", "")), people.get(entry.actor_id or 0, "")
            break
    return "", ""
