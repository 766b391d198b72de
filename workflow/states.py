"""The states of a note, the roles of people, and what may happen: one screen.

Two tables say everything.  `TRANSITIONS` lists the actions that move a note
from one state to the next; `DUTIES` lists the operations that leave its state
as it is.  Both are data: the permissions, the pages, the API and the tests
read them.  What is not listed is refused.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class NoteState(StrEnum):
    DRAFT = "draft"  # Texts, enclosures and recipients can be edited.
    TRANSLATED = "translated"  # Every required version is accepted; waits for the director.
    APPROVED = "approved"  # Number and date are allotted; documents are being made.
    DISPATCHED = "dispatched"  # Released by a person; the deliveries are written.
    WITHDRAWN = "withdrawn"  # Ended before dispatch; a number that it had is void.


class Role(StrEnum):
    CHAIR_INSTITUTE = "chair_institute"  # Submits the summary of a meeting.
    REGISTRY = "registry"  # Drafts the covering note, keeps register, directory and receipts.
    TRANSLATOR = "translator"  # Completes the language versions assigned to them.
    REVIEWER = "reviewer"  # Accepts or returns the versions assigned to them.
    DIRECTOR = "director"  # The head of the secretariat: approves and dispatches.
    ADMINISTRATOR = "administrator"  # Accounts and settings; no part in any note.


@dataclass(frozen=True)
class Action:
    """One row: who may do `name` in which states, and the state that follows.

    `deputies` says that a dated delegation of the director passes it on;
    `reason` says that a reason has to be given, and is logged.
    """

    name: str
    sources: frozenset[NoteState | None]
    target: NoteState | None
    roles: frozenset[Role]
    reason: bool = False
    deputies: bool = False


D, T, A, S, W = NoteState
CHAIR, REGISTRY, TRANSLATOR, REVIEWER, DIRECTOR, ADMIN = Role


def _row(
    name: str,
    sources: tuple[NoteState | None, ...],
    target: NoteState | None,
    *roles: Role,
    reason: bool = False,
    deputies: bool = False,
) -> Action:
    return Action(name, frozenset(sources), target, frozenset(roles), reason, deputies)


# send_back stands twice because the registry may return a translated note but only the
# director may undo an approval.  complete_translation happens by itself, when the last required
# version is accepted; it is listed under the people whose act can bring it about.
TRANSITIONS = (
    _row("submit", (None,), D, CHAIR, REGISTRY),
    _row("complete_translation", (D,), T, REVIEWER, REGISTRY),
    _row("send_back", (T,), D, REGISTRY, DIRECTOR, reason=True),
    _row("send_back", (A,), D, DIRECTOR, reason=True),
    _row("approve", (T,), A, DIRECTOR, deputies=True),
    _row("dispatch", (A,), S, DIRECTOR, deputies=True),
    _row("withdraw", (D, T, A), W, REGISTRY, DIRECTOR, reason=True),
)

DUTIES = (
    _row("edit_source", (D,), None, REGISTRY),
    _row("release_source", (D,), None, REGISTRY),
    _row("add_enclosure", (D,), None, REGISTRY, CHAIR),
    _row("remove_enclosure", (D,), None, REGISTRY),
    _row("set_recipients", (D,), None, REGISTRY),
    _row("assign", (D,), None, REGISTRY),
    _row("save_paragraph", (D,), None, TRANSLATOR),
    _row("ask_machine", (D,), None, TRANSLATOR),
    _row("confirm_suggestion", (D,), None, TRANSLATOR),
    _row("submit_version", (D,), None, TRANSLATOR),
    _row("accept_version", (D,), None, REVIEWER),
    _row("return_version", (D,), None, REVIEWER, reason=True),
    _row("waive_finding", (D,), None, REVIEWER, REGISTRY, reason=True),
    _row("take_back_waiver", (D, T), None, REVIEWER, REGISTRY, reason=True),
    _row("waive_addressee", (D,), None, REGISTRY, reason=True),
    _row("hold_delivery", (S,), None, REGISTRY, reason=True),
    _row("resume_delivery", (S,), None, REGISTRY, reason=True),
    _row("cancel_delivery", (S,), None, REGISTRY, reason=True),
    _row("resend", (S,), None, REGISTRY, reason=True),
    _row("reschedule", (S,), None, REGISTRY, DIRECTOR, reason=True),
    _row("record_on_behalf", (S,), None, REGISTRY, reason=True),
    _row("set_reminders", (D, T, A, S), None, REGISTRY),
    _row("pause_reminders", (S,), None, REGISTRY, reason=True),
    _row("resume_reminders", (S,), None, REGISTRY),
    _row("settle_silent", (S,), None, REGISTRY, reason=True),
    _row("record_handover", (S,), None, REGISTRY),
    _row("start_silence", (S,), None, REGISTRY),
    _row("extend_silence", (S,), None, REGISTRY, reason=True),
    _row("register_objection", (S,), None, REGISTRY),
    _row("withdraw_objection", (S,), None, REGISTRY, reason=True),
    _row("end_silence", (S,), None, REGISTRY, reason=True),
)


# Duties that concern no note: the directory of contacts, delegations, the registers and accounts.  A paper
# that is given to somebody is settled by them, too, whatever their role.
OFFICE = {
    "propose_contact": frozenset({REGISTRY}),
    "confirm_contact": frozenset({REGISTRY}),
    "retire_contact": frozenset({REGISTRY}),
    "delegate": frozenset({DIRECTOR, ADMIN}),
    "import_directory": frozenset({REGISTRY, ADMIN}),
    "manage_accounts": frozenset({ADMIN}),
    "erase_personal": frozenset({ADMIN}),
    "settle_returned": frozenset({REGISTRY}),
    "register_incoming": frozenset({REGISTRY}),
    "correct_incoming": frozenset({REGISTRY}),
    "assign_incoming": frozenset({REGISTRY}),
    "settle_incoming": frozenset({REGISTRY, DIRECTOR}),
    "reopen_incoming": frozenset({REGISTRY}),
    "cancel_incoming": frozenset({REGISTRY}),
    "read_register": frozenset({REGISTRY, DIRECTOR, ADMIN}),
    "read_audit": frozenset({REGISTRY, DIRECTOR, ADMIN}),
    "search_memory": frozenset({TRANSLATOR, REVIEWER, REGISTRY}),
    "exchange_memory": frozenset({REGISTRY, ADMIN}),
}


class VersionState(StrEnum):
    WAITING = "waiting"  # Nobody has begun.
    IN_PROGRESS = "in_progress"  # Its translator works on it.
    SUBMITTED = "submitted"  # Waits for its reviewer.
    ACCEPTED = "accepted"  # Agreed at the source revision that it names.


class DeliveryQueue(StrEnum):
    QUEUED = "queued"  # Waits for its due time and a worker.
    CLAIMED = "claimed"  # A worker has it, since the time in `claimed_at`.
    HELD = "held"  # Stopped by a person, or waits for one.
    DONE = "done"  # Nothing more to send: taken by the relay, refused for good, or cancelled.


class Hold(StrEnum):
    """Why a delivery is held, which says who lets it go on."""

    PERSON = "person"  # A person held this one delivery.
    NOTE = "note"  # A person stopped the whole dispatch; it goes on with its note.
    PATIENCE = "patience"  # The relay put it off too often.
    UNKNOWN = "unknown"  # Its outcome is unknown a second time: sending again may make a copy.
    FAULT = "fault"  # Its message could not be made.


class Transport(StrEnum):
    """What is known of one attempt, from the least to the most telling evidence."""

    PREPARED = "prepared"  # The attempt is written; nothing was sent.
    SENDING = "sending"  # Its message may be on the wire at this moment.
    UNKNOWN = "unknown"  # The line broke after the final dot: sent or not, nobody knows yet.
    REFUSED_TEMP = "refused_temp"  # The relay said "later" (4xx), or the line broke before the dot.
    REFUSED_PERM = "refused_perm"  # The relay said "never" (5xx).
    ACCEPTED = "accepted"  # The relay answered 250 after the final dot.
    DELAYED = "delayed"  # A report says that the next server does not take it yet.
    RELAYED = "relayed"  # A report says that it was handed to a server that sends no reports.
    DELIVERED = "delivered"  # A report says that it is in the mailbox.
    FAILED = "failed"  # A report says that it was not delivered and never will be.


class Protected(StrEnum):
    """What was done to the content of a message before it left (S/MIME, RFC 8551)."""

    NONE = "none"  # It left as it was made, and can be made again.
    SIGNED = "signed"  # The organisation signed it.
    ENCRYPTED = "encrypted"  # It was encrypted for the contact's certificate.
    BOTH = "signed_encrypted"  # Signed, then encrypted.


class Human(StrEnum):
    """What the contact's people did; it only rises."""

    NONE = "none"  # Nothing yet.
    DOWNLOADED = "downloaded"  # A document was downloaded by POST from the personal page.
    ACKNOWLEDGED = "acknowledged"  # Receipt was acknowledged by name, or recorded on behalf.


class Handing(StrEnum):
    """What a person did to bring the note to a state's office, and what became of it."""

    SENT = "sent"  # Given to a courier, or to the post.
    DELIVERED = "handed_over"  # Given to the office, which the evidence shows.
    RETURNED = "brought_back"  # Nobody took it, and it came back.
    TOLD = "told"  # The office was told by telephone; it is no delivery.


class MemberStatus(StrEnum):
    """What holds for the state as a whole, from the least to the most."""

    NOT_SENT = "not_sent"  # No message was taken by the relay yet.
    UNDELIVERABLE = "undeliverable"  # Every contact failed: a person must act at once.
    IN_TRANSIT = "in_transit"  # Taken by the relay, delayed, or of unknown outcome.
    REACHED = "reached"  # A report says that it was relayed or delivered.
    DOWNLOADED = "downloaded"  # One of its people downloaded the note.
    ACKNOWLEDGED = "acknowledged"  # The state acknowledged, or on behalf with evidence.
