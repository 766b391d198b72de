"""The verdict: the readers asked in order, from the surest to the least sure."""

from __future__ import annotations

from dataclasses import dataclass, replace

from workflow.post.returned import addresses, automatic, elsewhere, fields, prose
from workflow.post.returned.automatic import Author
from workflow.post.returned.message import Headers, Message, Part, first
from workflow.post.returned.model import Category, Note, RecipientReport

_REPORT_TYPES = {"message/delivery-status", "message/global-delivery-status"}
_RECEIPT_TYPES = {"message/disposition-notification", "message/global-disposition-notification"}
_CATEGORY = {
    "failed": Category.FAIL,
    "delayed": Category.DELAY,
    "delivered": Category.OK,
    "relayed": Category.OK,
    "expanded": Category.OK,
}
# When recipients fared differently the message is filed under what needs a person first.
_ORDER = (Category.FAIL, Category.DELAY, Category.OK)


@dataclass(frozen=True)
class Verdict:
    """Category, reports per recipient, side notes, and what the report says of the message as a whole."""

    category: Category
    reports: tuple[RecipientReport, ...] = ()
    notes: frozenset[Note] = frozenset()
    envelope_id: str = ""
    reporting_mta: str = ""


def judge(message: Message) -> Verdict:
    """What `message` is."""
    if automatic.is_complaint(message):
        return Verdict(Category.COMPLAINT, notes=frozenset({Note.COMPLAINT}))
    writer = Author(message)
    said = prose.statement(message)
    if receipt := _receipt(message, said):
        return receipt
    if (writer.reply or _passes_on(message, said)) and not _machine(message, writer, said):
        return _person(message, writer, said)
    if (_is_report(message) or writer.like_a_mailer) and (stated := _stated(message, said)):
        return stated
    if writer.like_a_mailer and (told := automatic.notification(said.text)):
        category, reports = told
        notes = frozenset({Note.COMPLAINT}) if category is Category.COMPLAINT else frozenset()
        return Verdict(category, tuple(reports), notes)
    if verdict := _prose(message, writer, said):
        return verdict
    if verdict := _wrapped(message, writer, said):
        return verdict
    return _person(message, writer, said)


def _is_report(message: Message) -> bool:
    return (
        message.type == "multipart/report" or message.parameters.get("report-type", "") == "delivery-status"
    )


def _machine(message: Message, writer: Author, said: prose.Statement) -> bool:
    """A mailer wrote this although the subject looks like a reply's: a few put Re: before the original one."""
    if _is_report(message):
        return True
    if writer.daemon:
        # An office may be called so, too; no mailer greets whom it answers.
        return not (said.greets and automatic.answers(message))
    bare = writer.postmaster and said.opens_with_failure and said.shows_refusal
    return bare and not automatic.quotes(said.text)


def _passes_on(message: Message, said: prose.Statement) -> bool:
    """A person answers or quotes: the text has quoted lines and the headers name what it answers."""
    return automatic.answers(message) and automatic.quotes(said.text)


def _receipt(message: Message, said: prose.Statement) -> Verdict | None:
    """A disposition notification (RFC 8098); a refusal by a Sieve script (RFC 5429) is a failure."""
    for part in message.leaves():
        if part.type not in _RECEIPT_TYPES:
            continue
        report = fields.read(part.text)
        disposition = part.text.lower().partition("disposition:")[2].partition("\n")[0]
        rejected = "automatic-action" in disposition and "automatically rejected" in said.words
        if rejected and "deleted" in disposition:
            reports = [replace(one, action="failed") for one in fields.reports(report)]
            return Verdict(Category.FAIL, tuple(reports), envelope_id=report.envelope_id)
        displayed = "displayed" in disposition
        note = Note.READ_RECEIPT if displayed else Note.DISCARDED_UNREAD
        return Verdict(Category.AUTO, notes=frozenset({note}), envelope_id=report.envelope_id)
    return None


def _stated(message: Message, said: prose.Statement) -> Verdict | None:
    """The verdict of a report's own fields."""
    formal = [part for part in message.leaves() if part.type in _REPORT_TYPES]
    parts: list[Part] = formal or [
        part for part in message.leaves() if part.type.startswith("text/") and fields.looks_like(part.text)
    ]
    reports: list[RecipientReport] = []
    envelope_id = reporting_mta = ""
    for part in parts:
        text = part.text if formal else prose.Statement([part]).text
        report = fields.read(text)
        reports += fields.reports(report)
        envelope_id = envelope_id or (report.envelope_id if formal or _is_report(message) else "")
        reporting_mta = reporting_mta or report.reporting_mta
    if not reports:
        return None
    if not any(one.action for one in reports):
        return _unstated(reports, said, envelope_id, reporting_mta)
    notes: frozenset[Note] = frozenset()
    if not (formal or _is_report(message)) and said.says_gave_up and not said.says_delayed:
        # Fields in running text are prose: see there why giving up is no failure.
        reports = [replace(one, action="delayed") if one.action == "failed" else one for one in reports]
        notes = frozenset({Note.GAVE_UP})
    category = next(one for one in _ORDER if any(_CATEGORY.get(report.action) is one for report in reports))
    if not any(report.address for report in reports):
        others = _others(message)
        named = _failed_recipients(message) or prose.recipients(said, others)
        reports = [replace(reports[0], address=address) for address in named] or reports
    return Verdict(category, tuple(reports), notes, envelope_id, reporting_mta)


def _unstated(
    reports: list[RecipientReport], said: prose.Statement, envelope_id: str, reporting_mta: str
) -> Verdict | None:
    """A report without any Action: the text beside it decides, or a server's permanent reply in it."""
    refused = any(prose.is_refusal(one.diagnostic) for one in reports)
    if said.says_delivered and not (said.says_failed or refused):
        action = "delivered"
    elif said.says_delayed:
        action = "delayed"
    elif (said.says_failed and (refused or not said.says_gave_up)) or refused:
        action = "failed"
    else:
        return None
    changed = tuple(replace(one, action=action) for one in reports)
    return Verdict(_CATEGORY[action], changed, frozenset(), envelope_id, reporting_mta)


def _prose(message: Message, writer: Author, said: prose.Statement) -> Verdict | None:
    """The verdict of the mailer's own words."""
    others = _others(message)
    named = _failed_recipients(message)
    if not _may_return_mail(message, writer, said, bool(named)):
        return None
    addresses_found = named or prose.recipients(said, others)
    subject_delays = prose.says_delayed(message.header("subject"))
    delayed = said.says_delayed or (subject_delays and not said.shows_refusal)
    failed = said.says_failed or (bool(addresses_found) and (said.shows_refusal or writer.failed_subject))
    gave_up = said.says_gave_up or (prose.gave_up(message.header("subject")) and not said.shows_refusal)
    if writer.daemon and not (delayed or gave_up or addresses_found):
        addresses_found = elsewhere.failures(message, said.text)
        failed = failed or bool(addresses_found)
    if said.says_delivered and not (delayed or gave_up or said.says_failed or said.shows_refusal):
        reports = tuple(RecipientReport(address=one, action="delivered") for one in addresses_found)
        return Verdict(Category.OK, reports)
    if not (delayed or failed or gave_up):
        return None
    notes: frozenset[Note] = frozenset()
    action = "failed"
    if delayed:
        action = "delayed"
    elif gave_up and not said.shows_reply:
        action, notes = "delayed", frozenset({Note.GAVE_UP})
    if action == "failed" and fields.states_no_failure(message.body):
        # A report whose structure is broken says one thing and its text another: a person has to look.
        return None
    found = addresses_found or prose.bare_names(said, message.header("from")) or _original_recipients(message)
    if not (found or writer.daemon or _is_report(message)):
        # A log, a quota notice or a digest speaks of failures, too; returned mail says whom it did not reach.
        return None
    reports = tuple(
        RecipientReport(address=one, action=action, diagnostic=said.text.strip()[:1000]) for one in found
    )
    return Verdict(_CATEGORY[action], reports, notes)


def _may_return_mail(message: Message, writer: Author, said: prose.Statement, named: bool) -> bool:
    """Whether the writer is one whose words about returned mail count."""
    if writer.daemon or named or _is_report(message):
        return not writer.automatic_subject
    if writer.automatic_subject:
        return False
    if writer.postmaster and writer.returned_subject:
        return True
    if said.asks:
        return False
    if writer.postmaster:
        # People write from such an address, too: a mailer shows a reply, or names in a line of its own whom it means.
        opens = said.opens_with_failure or said.opens_with_success
        plain = prose.names_plainly(said, _others(message)) and not automatic.answers(message)
        return opens and not said.greets and (said.shows_refusal or plain)
    if writer.reply or automatic.answers(message):
        return False
    if writer.program and not writer.automatic:
        return said.opens_with_failure and bool(prose.recipients(said, _others(message)))
    # Anybody else has to look like a mailer in every respect, and to say so at once.
    if writer.automatic or not writer.returned_subject or said.greets:
        return False
    return said.opens_with_failure and not said.questions and prose.names_plainly(said, _others(message))


def _wrapped(message: Message, writer: Author, said: prose.Statement) -> Verdict | None:
    """A report that a gateway or list put whole into another message, without words of its own."""
    if not (writer.daemon or writer.postmaster or writer.returned_subject or _is_report(message)):
        return None
    if said.words and not (writer.daemon or writer.postmaster or _is_report(message)):
        return None  # Somebody passes it on, and says so.
    if said.greets:
        return None
    inner = [part for part in message.parts if part.level == 1]
    if not message.embedded or not any(part.type in _REPORT_TYPES for part in inner):
        return None
    lifted = Message(message.embedded[0], "multipart/report", {})
    lifted.parts = [replace(part, level=part.level - 1) for part in message.parts if part.level >= 1]
    return _stated(lifted, prose.statement(lifted))


def _person(message: Message, writer: Author, said: prose.Statement) -> Verdict:
    """Neither report nor receipt: an automatic reply, or something that a person has to read."""
    if (writer.automatic or writer.automatic_subject) and not writer.daemon:
        return Verdict(Category.AUTO, notes=frozenset({Note.AUTOMATIC_REPLY}))
    notes = set()
    if automatic.answers(message) or writer.reply:
        notes.add(Note.HUMAN_REPLY)
    if any(part.type in _REPORT_TYPES for part in message.parts) or (said.says_failed and not writer.daemon):
        notes.add(Note.QUOTES_REPORT)
    return Verdict(Category.UNKNOWN, notes=frozenset(notes))


def _failed_recipients(message: Message) -> list[str]:
    return addresses.every(" ".join(message.headers.get("x-failed-recipients", [])[:20]))


def _others(message: Message) -> set[str]:
    """The addresses of the sender and of the mailer itself."""
    values = [
        value
        for name in ("to", "from", "delivered-to", "reply-to")
        for value in message.headers.get(name, [])[:5]
    ]
    return {address for value in values for address in addresses.every(value)}


def _original_recipients(message: Message) -> list[str]:
    """The one recipient of the returned copy, when it has but one."""
    if not message.embedded:
        return []
    headers: Headers = message.embedded[0]
    named = addresses.every(first(headers, "to"))
    return named if len(named) == 1 else []
