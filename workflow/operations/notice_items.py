"""What a notice says of its note or incoming paper, and where the person does what it asks for."""

from __future__ import annotations

from datetime import date

from babel.dates import format_date
from sqlalchemy import select

from workflow.models import IncomingEntry, Member, Note, Notice, NoticeKind
from workflow.operations import directory, texts
from workflow.operations.context import Work
from workflow.post.notice_wording import Item


def item_of(work: Work, row: Notice, language: str) -> Item:
    """What a notice says: names, a day and a link, and nothing of a note that may not go by mail."""
    if row.incoming_id is not None:
        return _item_of_incoming(work, row, language)
    note, profile = work.session.get_one(Note, row.note_id), work.profile
    marking = profile.markings.get(note.marking)
    facts = {"note": note.name}
    if marking is not None and marking.mail:
        facts["title"] = note.titles.get(language) or note.titles[note.source_language]
    if row.language:
        facts["language"] = profile.languages[row.language].own_name
    if row.member:
        member = work.session.scalars(select(Member).where(Member.code == row.member)).one()
        facts["member"] = _name(work, member, language)
    if row.by:
        facts["due"] = _day(work, row.by, language)
    return Item(row.kind.value, facts, work.settings.base_url + _path(work, note, row))


def _path(work: Work, note: Note, row: Notice) -> str:
    """Where the person does what the notice asks for."""
    here = f"/notes/{note.reference}"
    if row.language:
        version = texts.version_of(note, row.language)
        duty = texts.duty_of(version, row.account_id)
        at = f"{here}/versions/{row.language}"
        if row.remark_id is not None:
            return (
                f"{at}/review#remark-{row.remark_id}" if duty == "review" else f"{at}#remark-{row.remark_id}"
            )
        return f"{at}/review" if duty == "review" else at if duty == "translate" else here
    if row.remark_id is not None:
        return f"{here}#remark-{row.remark_id}"
    return here + {
        NoticeKind.SENT_BACK: "/source",
        NoticeKind.TO_APPROVE: "/approval",
        NoticeKind.UNDELIVERABLE: f"/circulation?open={row.member}",
        NoticeKind.HELD: f"/circulation?open={row.member}",
        NoticeKind.SILENT: "/reminders",
    }.get(row.kind, "")


def _item_of_incoming(work: Work, row: Notice, language: str) -> Item:
    """The same of an incoming paper: its number, what it is about where its marking may go by mail, and its sender."""
    entry = work.session.get_one(IncomingEntry, row.incoming_id)
    marking = work.profile.markings.get(entry.marking)
    facts = {"incoming": entry.symbol}
    if marking is not None and marking.mail:
        facts["title"] = entry.subject
    if entry.member_id is not None:
        facts["member"] = _name(work, work.session.get_one(Member, entry.member_id), language)
    if row.by:
        facts["due"] = _day(work, row.by, language)
    return Item(row.kind.value, facts, f"{work.settings.base_url}/incoming/{entry.id}")


def _name(work: Work, member: Member, language: str) -> str:
    known = language in work.profile.languages
    return directory.name_of(member, language if known else work.profile.source_language, work.today())


def _day(work: Work, day: date, language: str) -> str:
    if language in work.profile.languages:
        return work.profile.languages[language].dates.write(day)
    return format_date(day, "long", locale=language)
