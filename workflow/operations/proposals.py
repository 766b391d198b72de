"""What a proposal of a contact has to be, and how it is kept: for one that is typed, and for a table of thousands."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from workflow.errors import Invalid
from workflow.models import Contact, Member
from workflow.models.directory import HANDED, Channel, ContactRole, ContactState
from workflow.operations import address_use
from workflow.operations.context import Work
from workflow.post.address import check_address


def made(
    work: Work,
    member: Member,
    address: str,
    old: Contact | None,
    *,
    language: str,
    source: str,
    office: str = "",
    role: str = "to",
    channel: str = "mail",
    source_file: str | None = None,
    valid_from: date | None = None,
    valid_until: date | None = None,
) -> Contact:
    """A proposal that is not kept yet, in place of `old` where there is one; raises Invalid for what cannot be."""
    checked = require_address(work, address, channel)
    if valid_from and valid_until and valid_until < valid_from:
        raise Invalid("contact-period", "The last day of the contact lies before its first.")
    if language not in work.profile.languages:
        raise Invalid(
            "no-such-language",
            "Contacts are written to in %(languages)s; “%(language)s” is none of them.",
            languages=", ".join(work.profile.languages),
            language=language,
        )
    if not source.strip():
        raise Invalid(
            "source-missing", "Name the document that the address comes from, such as a note verbale."
        )
    if role not in {one.value for one in ContactRole}:
        raise Invalid("contact-role", "A contact is “to”, “cc” or “escalation”, not “%(role)s”.", role=role)
    return Contact(
        member_id=member.id,
        address=checked,
        office=plain_office(office),
        role=ContactRole(role),
        language=language,
        channel=Channel(channel),
        state=ContactState.PROPOSED,
        source=source.strip(),
        source_file=source_file,
        valid_from=valid_from,
        valid_until=valid_until,
        replaces_id=old.id if old else None,
        proposed_by=work.actor.id,
        proposed_at=work.now(),
    )


def keep(work: Work, rows: Sequence[tuple[Contact, Member]]) -> None:
    """Writes proposals, each with its entry in the log."""
    work.session.add_all(contact for contact, _ in rows)
    work.session.flush()
    for contact, member in rows:
        work.log(
            "propose_contact",
            f"contact:{contact.id}",
            member=member.code,
            replaces=contact.replaces_id,
        )


def plain_office(text: str) -> str:
    """An office in one line of at most 200 signs."""
    return " ".join(text.split())[:200]


def require_address(work: Work, address: str, channel: str) -> str:
    """The address in the form that is kept: of mail, or the place that a person brings notes to; raises Invalid."""
    if channel not in {one.value for one in Channel}:
        raise Invalid(
            "contact-channel",
            "A channel is “mail”, “link_only”, “courier” or “hand”, not “%(channel)s”.",
            channel=channel,
        )
    if channel in HANDED:
        return _place(address)
    checked = check_address(address)
    if address_use.is_own(work.settings, checked):
        raise Invalid(
            "own-address",
            "%(address)s is an address of the secretariat itself: a note to it would come back to us. "
            "Give the address of the state.",
            address=checked,
        )
    return checked


def _place(address: str) -> str:
    """Where a person brings notes to: one line of words."""
    text = " ".join(address.split())
    if not text or len(text) > 320 or not text.isprintable():
        raise Invalid(
            "address",
            "Give the place where the note is handed over, in one line of at most 320 characters.",
        )
    return text
