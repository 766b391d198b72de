"""Why a person may not do something: each answer is a sentence, or None when they may.

Everything is read from the two tables of `workflow.states` and from facts of the note, so the
pages, the API and the operations ask the same question and get the same answer.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field

from workflow.errors import Conflict, NotAllowed, Phrase, Refusal, either
from workflow.states import DUTIES, OFFICE, TRANSITIONS, Action, NoteState, Role

ROLE_WORDS = {
    Role.CHAIR_INSTITUTE: Phrase("the chair institute"),
    Role.REGISTRY: Phrase("the registry"),
    Role.TRANSLATOR: Phrase("a translator"),
    Role.REVIEWER: Phrase("a reviewer"),
    Role.DIRECTOR: Phrase("the director"),
    Role.ADMINISTRATOR: Phrase("the administrator"),
}

STATE_WORDS = {
    NoteState.DRAFT: Phrase("a draft"),
    NoteState.TRANSLATED: Phrase("translated"),
    NoteState.APPROVED: Phrase("approved"),
    NoteState.DISPATCHED: Phrase("dispatched"),
    NoteState.WITHDRAWN: Phrase("withdrawn"),
}

# What an action is called in a refusal: "Only the director may approve a note."
ACTION_WORDS = {
    "submit": Phrase("submit a note"),
    "complete_translation": Phrase("complete the translation"),
    "send_back": Phrase("send the note back"),
    "approve": Phrase("approve the note"),
    "dispatch": Phrase("dispatch the note"),
    "withdraw": Phrase("withdraw the note"),
    "edit_source": Phrase("edit the source text"),
    "release_source": Phrase("release the source text"),
    "add_enclosure": Phrase("add an enclosure"),
    "remove_enclosure": Phrase("remove an enclosure"),
    "set_recipients": Phrase("set the addressees"),
    "assign": Phrase("assign the language versions"),
    "save_paragraph": Phrase("write a translation"),
    "ask_machine": Phrase("ask a machine for a translation"),
    "confirm_suggestion": Phrase("confirm what a machine suggested"),
    "submit_version": Phrase("submit a translation for review"),
    "accept_version": Phrase("accept a translation"),
    "return_version": Phrase("return a translation"),
    "waive_finding": Phrase("waive a finding"),
    "take_back_waiver": Phrase("take a waiver back"),
    "waive_addressee": Phrase("let an addressee go without a message"),
    "hold_delivery": Phrase("hold a delivery"),
    "resume_delivery": Phrase("resume a delivery"),
    "reschedule": Phrase("change the time of release"),
    "cancel_delivery": Phrase("cancel a delivery"),
    "resend": Phrase("send the note to a contact again"),
    "record_on_behalf": Phrase("record a receipt on behalf of a state"),
    "set_reminders": Phrase("set the reminders"),
    "pause_reminders": Phrase("pause the reminders"),
    "resume_reminders": Phrase("let the reminders go on"),
    "settle_silent": Phrase("settle the case of a silent state"),
    "record_handover": Phrase("record how a note was handed over"),
    "start_silence": Phrase("start a silence procedure"),
    "extend_silence": Phrase("extend a silence procedure"),
    "register_objection": Phrase("register an objection"),
    "withdraw_objection": Phrase("register the withdrawal of an objection"),
    "end_silence": Phrase("end a silence procedure"),
    "propose_contact": Phrase("propose a contact"),
    "confirm_contact": Phrase("confirm a contact"),
    "retire_contact": Phrase("retire a contact"),
    "delegate": Phrase("name a deputy"),
    "import_directory": Phrase("import states and contacts"),
    "erase_personal": Phrase("erase personal data"),
    "manage_accounts": Phrase("manage accounts"),
    "settle_returned": Phrase("settle a returned message"),
    "register_incoming": Phrase("register an incoming paper"),
    "correct_incoming": Phrase("correct the entry of an incoming paper"),
    "assign_incoming": Phrase("give an incoming paper to somebody"),
    "settle_incoming": Phrase("settle an incoming paper"),
    "reopen_incoming": Phrase("open an incoming paper again"),
    "cancel_incoming": Phrase("cancel an entry of the incoming register"),
    "read_audit": Phrase("read the audit log"),
    "search_memory": Phrase("search the translation memory and the glossary"),
    "exchange_memory": Phrase("import or export the translation memory and the glossary"),
    "read_register": Phrase("read the register"),
}


@dataclass(frozen=True)
class Actor:
    """A person as the operations see them: plain values, no session.

    `deputy_for` maps an action to the principal's account id, for the delegations in force now.
    """

    id: int
    name: str
    roles: frozenset[Role]
    languages: frozenset[str] = frozenset()
    locale: str = "en"
    deputy_for: dict[str, int] = field(default_factory=dict)

    def has(self, *roles: Role) -> bool:
        """Whether the person has one of these roles."""
        return not self.roles.isdisjoint(roles)

    def acting_for(self, action: Action) -> int | None:
        """The principal's id when the person does this only as a deputy; None when by their own role."""
        if self.roles & action.roles:
            return None
        return self.deputy_for.get(action.name) if action.deputies else None


def row(name: str, state: NoteState | None) -> Action | None:
    """The row of either table for an action in a state; None when it is not listed."""
    for action in (*TRANSITIONS, *DUTIES):
        if action.name == name and state in action.sources:
            return action
    return None


def _who(roles: Collection[Role]) -> str:
    return either(ROLE_WORDS[role] for role in Role if role in roles)


def why_not(actor: Actor, name: str, state: NoteState | None) -> Refusal | None:
    """Why `actor` may not do `name` with a note in `state`, by role and state; None when they may.

    The role is asked first: who may never do it does not learn where the note stands.
    """
    rows = [action for action in (*TRANSITIONS, *DUTIES) if action.name == name]
    if not rows:
        return Conflict("unknown-action", "There is no action called “%(action)s”.", action=name)
    words = ACTION_WORDS[name]
    everyone = frozenset().union(*(action.roles for action in rows))
    if not any(actor.roles & action.roles or actor.acting_for(action) for action in rows):
        return NotAllowed("wrong-role", "Only %(who)s may %(action)s.", who=_who(everyone), action=words)
    action = row(name, state)
    if action is None:
        if state is None:
            return Conflict("wrong-state", "There is no note yet to do this with.")
        allowed = [STATE_WORDS[s] for a in rows for s in NoteState if s in a.sources]
        return Conflict(
            "wrong-state",
            "The note is %(state)s, so you cannot %(action)s: that needs a note that is %(allowed)s.",
            state=STATE_WORDS[state],
            action=words,
            allowed=either(allowed) or Phrase("not there yet"),
        )
    if not actor.roles & action.roles and not actor.acting_for(action):
        return NotAllowed(
            "wrong-role",
            "Only %(who)s may %(action)s once it is %(state)s.",
            who=_who(action.roles),
            action=words,
            state=STATE_WORDS[state] if state else Phrase("new"),
        )
    return None


def may(actor: Actor, name: str, state: NoteState | None) -> bool:
    """Whether `why_not` has nothing against it."""
    return why_not(actor, name, state) is None


def why_not_office(actor: Actor, name: str) -> Refusal | None:
    """Why `actor` may not do a duty that concerns no note; None when they may."""
    roles = OFFICE[name]
    if actor.roles & roles:
        return None
    return NotAllowed(
        "wrong-role", "Only %(who)s may %(action)s.", who=_who(roles), action=ACTION_WORDS[name]
    )
