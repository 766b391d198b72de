"""What goes along with a note that a person brings: a covering slip for one state, and the list of all."""

from __future__ import annotations

from collections.abc import Sequence

from flask_babel import gettext, ngettext

from web import sheets
from web.formats import language_name, write_day
from web.views.words import CHANNELS
from workflow.errors import Conflict
from workflow.letters import sheet as model
from workflow.letters.sheet import Part, Sheet
from workflow.models import Contact, Delivery, Member, Note
from workflow.operations import directory
from workflow.operations.context import Work


def slips(work: Work, note: Note, deliveries: Sequence[Delivery], language: str) -> bytes:
    """A covering slip for each of the deliveries, on a page of its own, to be signed and brought back.

    Raises Conflict when there is nothing to hand over.
    """
    _require(deliveries)
    spoken = sheets.spoken(language)
    with sheets.speaking(spoken):
        parts: list[Part] = []
        for number, delivery in enumerate(deliveries):
            parts += [model.new_page()] if number else []
            parts += _slip(work, note, delivery, spoken)
        title = gettext("Covering slip of note No. %(number)s", number=note.symbol)
        return model.render(_sheet(work, note, title, spoken, parts, wide=False))


def delivery_list(work: Work, note: Note, deliveries: Sequence[Delivery], language: str) -> bytes:
    """One line for each place that the note is brought to, with room for the name, the day and the signature."""
    _require(deliveries)
    spoken = sheets.spoken(language)
    with sheets.speaking(spoken):
        rows = [
            [
                str(number),
                _state(work, note, delivery, spoken),
                _place(work, delivery),
                gettext(CHANNELS[delivery.channel]),
                "",
                "",
            ]
            for number, delivery in enumerate(deliveries, 1)
        ]
        parts = [
            model.facts(_about(work, note, spoken)),
            model.table(
                [
                    gettext("No."),
                    gettext("State"),
                    gettext("Where to"),
                    gettext("How"),
                    gettext("Taken by (name, office)"),
                    gettext("Day, hour, signature"),
                ],
                rows,
                widths=[0, 3, 5, 0, 4, 4],
            ),
            model.words(ngettext("%(num)s place in all.", "%(num)s places in all.", len(deliveries))),
            model.lines(
                gettext("Given out by (name, day, signature)"), gettext("Brought back (name, day, signature)")
            ),
        ]
        title = gettext("Delivery list of note No. %(number)s", number=note.symbol)
        return model.render(_sheet(work, note, title, spoken, parts, wide=True))


def _require(deliveries: Sequence[Delivery]) -> None:
    if not deliveries:
        raise Conflict("nothing-to-hand", "There is nothing to be handed over of this note.")


def _sheet(work: Work, note: Note, title: str, language: str, parts: Sequence[Part], *, wide: bool) -> Sheet:
    shown = _shown(work, note, language)
    wording = work.profile.languages[shown].wording
    assert note.dispatched_at is not None
    return Sheet(
        title=title,
        language=language,
        moment=note.dispatched_at,
        head=tuple(wording.letterhead) or (wording.title,),
        running=note.symbol or note.reference,
        page=gettext("Page {page} of {pages}"),
        wide=wide,
        parts=tuple(parts),
    )


def _shown(work: Work, note: Note, language: str) -> str:
    return language if language in work.profile.languages else note.source_language


def _about(work: Work, note: Note, language: str) -> list[tuple[str, str]]:
    approval = note.approval
    assert approval is not None
    shown = _shown(work, note, language)
    return [
        (gettext("Note"), f"{note.symbol}, {write_day(approval.dated)}"),
        (gettext("Subject"), note.titles.get(shown) or note.titles[note.source_language]),
    ]


def _state(work: Work, note: Note, delivery: Delivery, language: str) -> str:
    assert note.approval is not None
    member = work.session.get_one(Member, delivery.member_id)
    return directory.name_of(member, _shown(work, note, language), note.approval.dated)


def _place(work: Work, delivery: Delivery) -> str:
    office = work.session.get_one(Contact, delivery.contact_id).office
    return "\n".join(line for line in (office, delivery.address) if line)


def _slip(work: Work, note: Note, delivery: Delivery, language: str) -> list[Part]:
    rows = [
        [one["name"], language_name(one["language"]), str(one.get("pages") or ""), one["sha256"]]
        for one in delivery.documents
        if one["format"] == "pdf"
    ]
    return [
        model.heading(_state(work, note, delivery, language)),
        model.facts(
            [
                *_about(work, note, language),
                (gettext("Where to"), _place(work, delivery)),
                (gettext("How"), gettext(CHANNELS[delivery.channel])),
            ]
        ),
        model.table(
            [gettext("File"), gettext("Language"), gettext("Pages"), "SHA-256"],
            rows,
            widths=[3, 0, 0, 4],
            codes=[3],
        ),
        model.words(gettext("Please sign for it and give this slip back to the bearer.")),
        model.lines(gettext("Name and office"), gettext("Day and hour"), gettext("Signature and stamp")),
    ]
