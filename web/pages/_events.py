"""The audit log of a note in words."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any

from flask_babel import gettext, ngettext
from sqlalchemy import select

from web.formats import language_name, quoted
from web.views.acts import act_words, sentence_case
from web.views.parts import Event
from web.views.words import STATUSES
from workflow.models import AuditEntry, Note
from workflow.operations.context import Work, note_subject

Data = Mapping[str, Any]
# Entries of one kind that follow one another are one line: a worker makes many documents, a
# translator saves many times.
FOLDED = frozenset({"document", "save_paragraph"})
TONES = {
    "approve": "done",
    "accept_version": "done",
    "complete_translation": "done",
    "dispatch": "done",
    "send_back": "care",
    "return_version": "care",
    "withdraw": "stop",
    "cancel_delivery": "care",
    "hold_delivery": "care",
    "hold_deliveries": "care",
    "cancel_deliveries": "stop",
}


def entries(work: Work, note: Note) -> list[AuditEntry]:
    """The log's entries on a note, newest first."""
    chosen = (
        select(AuditEntry).where(AuditEntry.subject == note_subject(note)).order_by(AuditEntry.number.desc())
    )
    return list(work.session.scalars(chosen))


def told(
    found: Iterable[AuditEntry],
    people: Mapping[int, str],
    *,
    now: bool = False,
    heads: Mapping[str, str] | None = None,
) -> tuple[Event, ...]:
    """Entries in words, one line for several of the same that follow one another.

    With `now` the first line, the latest, is marked as where the note stands; `heads` names the
    notes by subject where entries of several are told.
    """
    groups: list[list[AuditEntry]] = []
    for entry in found:
        last = groups[-1][0] if groups else None
        same = last and last.action == entry.action and last.actor_id == entry.actor_id and _same(last, entry)
        if same and entry.action in FOLDED:
            groups[-1].append(entry)
        else:
            groups.append([entry])
    events = []
    for at, group in enumerate(groups):
        tone = TONES.get(group[0].action, "")
        head = (heads or {}).get(group[0].subject, "")
        events.append(_event(group, people, "now" if now and at == 0 and not tone else tone, head))
    return tuple(events)


def _same(one: AuditEntry, other: AuditEntry) -> bool:
    if one.subject != other.subject:
        return False
    return one.action == "document" or json.loads(one.data).get("language") == json.loads(other.data).get(
        "language"
    )


def _event(group: list[AuditEntry], people: Mapping[int, str], tone: str, head: str) -> Event:
    entry = group[0]
    data = json.loads(entry.data)
    write = WORDS.get(entry.action)
    text = (
        write(data, len(group))
        if write
        else gettext("%(action)s.", action=sentence_case(act_words(entry.action)))
    )
    by = people.get(entry.actor_id or 0, "")
    if by and entry.acting_for_id:
        by = gettext("%(deputy)s for %(principal)s", deputy=by, principal=people.get(entry.acting_for_id, ""))
    reason = str(data.get("reason") or "")
    return Event(text, datetime.fromisoformat(entry.at), by, tone, head, quoted(reason))


def _language(data: Data) -> str:
    return language_name(str(data.get("language", "")))


def _edited(data: Data, _: int) -> str:
    if data.get("paragraphs") and data.get("shared"):
        return gettext("Source text and shared values edited")
    if data.get("paragraphs"):
        return gettext("Source text edited")
    return gettext("Shared values edited") if data.get("shared") else gettext("Marking or day edited")


def _released(data: Data, _: int) -> str:
    if data.get("changed"):
        return gettext("Source released, revision %(n)s", n=data.get("source_revision"))
    return gettext("Source released unchanged")


def _submitted(data: Data, _: int) -> str:
    count = int(data.get("enclosures", 0))
    return ngettext("Submitted with %(num)s enclosure", "Submitted with %(num)s enclosures", count)


def _recipients(data: Data, _: int) -> str:
    count = len(data.get("members", ()))
    return ngettext("Addressed to %(num)s state", "Addressed to %(num)s states", count)


def _dispatched(data: Data, _: int) -> str:
    count = int(data.get("deliveries", 0))
    return ngettext("Dispatched to %(num)s contact", "Dispatched to %(num)s contacts", count)


def _documents(_: Data, count: int) -> str:
    return ngettext("%(num)s document made and checked", "%(num)s documents made and checked", count)


def _reminded(data: Data, _: int) -> str:
    count = len(data.get("members", ()))
    return ngettext(
        "%(num)s silent state came to the next reminder",
        "%(num)s silent states came to the next reminder",
        count,
    )


def _outcome(data: Data, _: int) -> str:
    words = gettext(STATUSES[str(data.get("outcome"))].word)
    return gettext(
        "Silence procedure %(n)s ended: %(outcome)s", n=data.get("procedure"), outcome=words.lower()
    )


def _saved(data: Data, _: int) -> str:
    return gettext("%(language)s written", language=_language(data))


WORDS: dict[str, Callable[[Data, int], str]] = {
    "submit": _submitted,
    "edit_source": _edited,
    "release_source": _released,
    "add_enclosure": lambda data, _: gettext("Enclosure %(n)s added", n=data.get("ordinal")),
    "remove_enclosure": lambda data, _: gettext("Enclosure %(n)s taken out", n=data.get("ordinal")),
    "set_recipients": _recipients,
    "waive_addressee": lambda data, _: gettext("%(state)s goes without a message", state=data.get("member")),
    "assign": lambda data, _: gettext("%(language)s assigned", language=_language(data)),
    "save_paragraph": _saved,
    "import_translation": lambda data, _: gettext("%(language)s taken from a file", language=_language(data)),
    "ask_machine": lambda data, _: gettext(
        "A machine (%(engine)s) was asked for %(language)s",
        engine=data.get("engine", ""),
        language=_language(data),
    ),
    "confirm_suggestion": lambda data, _: gettext(
        "A machine's text in %(language)s was read and confirmed", language=_language(data)
    ),
    "submit_version": lambda data, _: gettext("%(language)s submitted", language=_language(data)),
    "accept_version": lambda data, _: gettext("%(language)s accepted", language=_language(data)),
    "return_version": lambda data, _: gettext("%(language)s returned", language=_language(data)),
    "waive_finding": lambda data, _: gettext("A finding was waived"),
    "take_back_waiver": lambda data, _: gettext("A waiver was taken back"),
    "complete_translation": lambda data, _: gettext(
        "Every required version is accepted: the note is translated"
    ),
    "send_back": lambda data, _: gettext("Sent back to draft"),
    "approve": lambda data, _: gettext(
        "Approved. Number %(number)s and the day's date allotted", number=data.get("symbol")
    ),
    "document": _documents,
    "dispatch": _dispatched,
    "withdraw": lambda data, _: gettext("Withdrawn"),
    "remark": lambda data, _: gettext("A remark was written"),
    "settle_remark": lambda data, _: gettext("A remark was settled"),
    "reply_to_remark": lambda data, _: gettext("A remark was answered"),
    "reopen_remark": lambda data, _: gettext("A remark was opened again"),
    "hold_delivery": lambda data, _: gettext("A delivery was held"),
    "resume_delivery": lambda data, _: gettext("A delivery was resumed"),
    "cancel_delivery": lambda data, _: gettext("A delivery was cancelled"),
    "retry_delivery": lambda data, _: gettext("A delivery was tried again"),
    "hold_reminder": lambda data, _: gettext("A reminder was held"),
    "resume_reminder": lambda data, _: gettext("A reminder goes on"),
    "cancel_reminder": lambda data, _: gettext("A reminder was called off"),
    "retry_reminder": lambda data, _: gettext("A reminder was tried again"),
    "hold_deliveries": lambda data, _: ngettext(
        "The dispatch was stopped: %(num)s message waits",
        "The dispatch was stopped: %(num)s messages wait",
        data.get("deliveries", 0),
    ),
    "resume_deliveries": lambda data, _: gettext("The dispatch goes on"),
    "cancel_deliveries": lambda data, _: ngettext(
        "The dispatch was ended: %(num)s message is not sent",
        "The dispatch was ended: %(num)s messages are not sent",
        data.get("deliveries", 0),
    ),
    "retry_deliveries": lambda data, _: ngettext(
        "%(num)s message is tried again at once",
        "%(num)s messages are tried again at once",
        data.get("deliveries", 0),
    ),
    "reschedule": lambda data, _: gettext("The time of release was changed"),
    "resend": lambda data, _: gettext("Sent to a contact again"),
    "revoke_link": lambda data, _: gettext("A personal link was revoked"),
    "record_on_behalf": lambda data, _: gettext("A receipt was recorded on behalf of a state"),
    "remind": _reminded,
    "set_reminders": lambda data, _: gettext("The reminders were set"),
    "pause_reminders": lambda data, _: gettext("The reminders were paused"),
    "resume_reminders": lambda data, _: gettext("The reminders go on"),
    "settle_silent": lambda data, _: gettext(
        "%(state)s kept silent: it is noted what was done", state=data.get("member")
    ),
    "drafted_by_rule": lambda data, _: gettext("%(note)s was drafted by rule", note=data.get("draft")),
    "start_silence": lambda data, _: gettext("Silence procedure %(n)s begun", n=data.get("procedure")),
    "extend_silence": lambda data, _: gettext("Silence procedure %(n)s extended", n=data.get("procedure")),
    "register_objection": lambda data, _: gettext(
        "Objection of %(state)s registered", state=data.get("member")
    ),
    "withdraw_objection": lambda data, _: gettext(
        "Objection of %(state)s withdrawn", state=data.get("member")
    ),
    "silence_outcome": _outcome,
    "link_incoming": lambda data, _: gettext(
        "Incoming paper %(number)s registered", number=data.get("symbol")
    ),
    "register_incoming": lambda data, _: gettext("Registered as %(number)s", number=data.get("symbol")),
    "add_incoming_files": lambda data, _: ngettext(
        "%(num)s file added", "%(num)s files added", len(data.get("files", ()))
    ),
    "assign_incoming": lambda data, _: (
        gettext("Given to somebody to deal with")
        if data.get("assigned_to")
        else gettext("Left to the registry to deal with")
    ),
    "settle_incoming": lambda data, _: gettext("Dealt with"),
    "reopen_incoming": lambda data, _: gettext("Opened again"),
    "cancel_incoming": lambda data, _: gettext("Cancelled"),
    "link_objection": lambda data, _: gettext(
        "Registered as an objection to %(note)s", note=data.get("note")
    ),
    "link_withdrawal": lambda data, _: gettext(
        "Registered as the withdrawal of an objection to %(note)s", note=data.get("note")
    ),
    "erase_personal": lambda data, _: gettext("Personal data erased"),
}
