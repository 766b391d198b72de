"""A person's deadlines as iCalendar (RFC 5545)."""

from __future__ import annotations

import hashlib
import hmac
from datetime import UTC, timedelta
from urllib.parse import urlsplit

from flask import Response, url_for
from flask_babel import gettext

from web.pages import _incoming_tasks, _lines, _waiting
from web.pages._ical import escaped, folded
from workflow.config import Settings
from workflow.errors import NotFound
from workflow.models import Account, Note, SilenceProcedure
from workflow.operations import outcomes, silence
from workflow.operations.context import Work
from workflow.states import Role


def answer(work: Work) -> Response:
    """The feed of whoever looks."""
    response = Response(feed(work, _waiting.open_notes(work), _lines.names(work)), mimetype="text/calendar")
    response.headers.set("Content-Disposition", "attachment", filename="deadlines.ics")
    return response


def address_token(settings: Settings, account: Account) -> str:
    """The secret of a person's own calendar address; a new password makes a new one."""
    said = f"calendar:{account.id}:{account.fs_uniquifier}".encode()
    proof = hmac.new(settings.keys.session.encode(), said, hashlib.sha256).hexdigest()
    return f"{account.id}-{proof[:40]}"


def account_of(work: Work, token: str) -> Account:
    """The active person whose address this is; raises NotFound for any other text."""
    number, _, _ = token.partition("-")
    account = work.session.get(Account, int(number)) if number.isdecimal() and len(number) < 10 else None
    good = account is not None and hmac.compare_digest(
        address_token(work.settings, account).encode(), token.encode()
    )
    if account is None or not good or not account.active:
        raise NotFound(
            "no-such-calendar", "There is no calendar at this address. Take yours from your settings."
        )
    return account


def feed(work: Work, notes: list[Note], people: dict[int, str]) -> str:
    """One event of a whole day for each thing that the person has to do by a day."""
    host = urlsplit(work.settings.base_url).hostname or "localhost"
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Chancery//Deadlines//EN", "CALSCALE:GREGORIAN"]
    for note in notes:
        for one in _waiting.waiting(note, people):
            if one.due is None or not one.is_for(work):
                continue
            subject = _lines.line(work, note)
            mark = "-".join(part for part in (note.reference, one.act, one.language) if part)
            lines += [
                "BEGIN:VEVENT",
                f"UID:{mark}@{host}",
                f"DTSTAMP:{note.changed_at:%Y%m%dT%H%M%SZ}",
                f"DTSTART;VALUE=DATE:{one.due:%Y%m%d}",
                f"DTEND;VALUE=DATE:{one.due + timedelta(days=1):%Y%m%d}",
                f"SUMMARY:{escaped(f'{subject.name}: {one.words}')}",
                f"DESCRIPTION:{escaped(_subject(work, note))}",
                f"URL:{work.settings.base_url}{url_for('notes.show', note=note.reference)}",
                "TRANSP:TRANSPARENT",
                "END:VEVENT",
            ]
    if work.actor.has(Role.REGISTRY, Role.DIRECTOR):
        for note, procedure in outcomes.waiting(work):
            lines += _deadline(work, note, procedure, host)
    lines += _incoming_tasks.events(work)
    lines.append("END:VCALENDAR")
    return "".join(f"{folded(line)}\r\n" for line in lines)


def _deadline(work: Work, note: Note, procedure: SilenceProcedure, host: str) -> list[str]:
    """The deadline of a silence procedure: a moment in UTC, so that every calendar shows its own hour."""
    subject = _lines.line(work, note)
    end = procedure.deadline_at.astimezone(UTC)
    words = gettext("silence procedure ends")
    return [
        "BEGIN:VEVENT",
        f"UID:{note.reference}-silence-{procedure.number}@{host}",
        # A moved deadline is a later sequence of the same event (RFC 5545, 3.8.7.4).
        f"SEQUENCE:{len(silence.extensions_of(work, procedure))}",
        f"DTSTAMP:{procedure.started_at.astimezone(UTC):%Y%m%dT%H%M%SZ}",
        f"DTSTART:{end:%Y%m%dT%H%M%SZ}",
        f"SUMMARY:{escaped(f'{subject.name}: {words}')}",
        f"DESCRIPTION:{escaped(_subject(work, note))}",
        f"URL:{work.settings.base_url}{url_for('silence.show', note=note.reference)}",
        "TRANSP:TRANSPARENT",
        "END:VEVENT",
    ]


def _subject(work: Work, note: Note) -> str:
    """The note's subject, where its marking may leave the house: a calendar lies with others."""
    marking = work.profile.markings.get(note.marking)
    return _lines.line(work, note).subject if marking is not None and marking.mail else ""
