"""The receipt slip: what a state's office confirmed, in its own language, to be kept in its file."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

from flask_babel import gettext

from web import sheets
from web.formats import language_name, write_day
from workflow.errors import Conflict
from workflow.letters import sheet as model
from workflow.letters.sheet import Sheet
from workflow.models import Delivery, Event, Note
from workflow.operations import directory, evidence
from workflow.operations.context import Work
from workflow.operations.receipt import member_of
from workflow.states import Human


def make(work: Work, delivery: Delivery, language: str) -> bytes:
    """The slip of an acknowledged delivery as PDF; the same receipt gives the same bytes.

    Raises Conflict before the receipt is confirmed.
    """
    said = [
        event
        for event in evidence.events_of(work, delivery)
        if event.axis == "human" and event.kind == Human.ACKNOWLEDGED
    ]
    if not said:
        raise Conflict("not-acknowledged", "Receipt is not confirmed yet, so there is no slip of it.")
    spoken = sheets.spoken(language)
    with sheets.speaking(spoken):
        return model.render(_sheet(work, delivery, said[0], spoken))


def _sheet(work: Work, delivery: Delivery, said: Event, language: str) -> Sheet:
    note = work.session.get_one(Note, delivery.note_id)
    approval = note.approval
    assert approval is not None and note.symbol is not None
    profile = work.profile
    shown = language if language in profile.languages else note.source_language
    wording = profile.languages[shown].wording
    at: datetime = said.at
    here = at.astimezone(ZoneInfo(work.zone))
    data = said.data
    dated = data.get("dated")
    by = ", ".join(str(data[name]) for name in ("name", "office") if data.get(name))
    if said.erased:
        by = gettext("erased by decision: %(decision)s", decision=said.erased.decision)
    # What the contact was sent in its own language stands first, as on its page.
    papers = sorted(
        delivery.documents, key=lambda one: (one["kind"] != "note", one["language"] != delivery.language)
    )
    rows = [
        [one["name"], language_name(one["language"]), str(one.get("pages") or ""), one["sha256"]]
        for one in papers
    ]
    title = gettext("Confirmation of receipt of note No. %(number)s", number=note.symbol)
    return Sheet(
        title=title,
        language=language,
        moment=at,
        head=tuple(wording.letterhead) or (wording.title,),
        running=note.symbol,
        page=gettext("Page {page} of {pages}"),
        parts=(
            model.facts(
                [
                    (gettext("Note"), f"{note.symbol}, {write_day(approval.dated)}"),
                    (gettext("Subject"), note.titles.get(shown) or note.titles[note.source_language]),
                    (
                        gettext("Addressed to"),
                        directory.name_of(member_of(work, delivery), shown, approval.dated),
                    ),
                    (gettext("Confirmed by"), by),
                    (
                        gettext("Recorded"),
                        gettext("by the Secretariat on your behalf") if data.get("on_behalf") else "",
                    ),
                    (gettext("Your number"), str(data.get("reference") or "")),
                    (gettext("Date of registration"), write_day(date.fromisoformat(dated)) if dated else ""),
                    (gettext("Time"), f"{sheets.exact_utc(at)} UTC"),
                    (
                        gettext("Time at the Secretariat"),
                        f"{here.strftime('%Y-%m-%d %H:%M:%S')} ({work.zone})",
                    ),
                    (gettext("Piece of evidence"), said.key, True),
                ]
            ),
            model.heading(gettext("Documents that were sent")),
            model.table(
                [gettext("File"), gettext("Language"), gettext("Pages"), "SHA-256"],
                rows,
                widths=[3, 0, 0, 4],
                codes=[3],
            ),
            model.words(
                gettext(
                    "The page %(address)s tells of any file whether it is one of these.",
                    address=f"{work.settings.base_url}/verify",
                )
            ),
            model.words(gettext("Registry of the Secretariat: %(address)s", address=work.settings.sender)),
        ),
    )
