"""Which contact stands in the place of another, and what a change may take the place of.

A delivery keeps the contact that it was written for; when that one's address is changed, once or often,
whoever asks walks the line to the contact that stands there now, or back to those that it followed.
"""

from __future__ import annotations

from sqlalchemy import select

from workflow.errors import Conflict, Invalid
from workflow.models import Contact, Erasure, Member
from workflow.models.directory import HANDED, ContactState
from workflow.operations.context import Work

# What a change of one contact may alter while its address stays.
DETAILS = ("office", "role", "language", "channel", "valid_from", "valid_until")
WAITING = (ContactState.PROPOSED, ContactState.CHECKED)


def standing(work: Work, contact_id: int) -> Contact | None:
    """The contact itself, or the one in force that took its place, in however many steps; None where nothing did."""
    contact: Contact | None = work.session.get_one(Contact, contact_id)
    seen: set[int] = set()
    while contact is not None and contact.state is ContactState.RETIRED and contact.id not in seen:
        seen.add(contact.id)
        contact = work.session.scalar(
            select(Contact)
            .where(
                Contact.replaces_id == contact.id,
                Contact.state.not_in(WAITING),
                # A change that was rejected takes nobody's place.
                Contact.confirmed_by.is_not(None),
            )
            .order_by(Contact.id.desc())
            .limit(1)
        )
    return contact if contact is not None and contact.state is not ContactState.RETIRED else None


def lineage(work: Work, contact_id: int) -> list[int]:
    """The ids of a contact and of those whose place it took, the latest first."""
    found: list[int] = []
    current: int | None = contact_id
    while current is not None and current not in found:
        found.append(current)
        current = work.session.get_one(Contact, current).replaces_id
    return found


def is_same_place(one: Contact, other: Contact) -> bool:
    """Whether two contacts are reached at the very same address, in the same manner."""
    return one.address == other.address and (one.channel in HANDED) == (other.channel in HANDED)


def require_free(work: Work, member: Member, address: str, replaces: Contact | None) -> None:
    """Raises Conflict where the member has the address already; letters' case makes no other address.

    The member is locked, so that two people who propose the same at once are asked one after the other.
    """
    work.session.execute(select(Member.id).where(Member.id == member.id).with_for_update())
    theirs = work.session.scalars(
        select(Contact).where(Contact.member_id == member.id, Contact.state != ContactState.RETIRED)
    )
    wanted = address.casefold()
    for one in theirs:
        if one.address.casefold() == wanted and (replaces is None or one.id != replaces.id):
            raise Conflict(
                "contact-known",
                "%(address)s is already a contact of %(code)s.",
                address=one.address,
                code=member.code,
            )


def require_replaceable(work: Work, member: Member, contact: Contact) -> None:
    """Raises Invalid or Conflict where nothing can take the place of a contact.

    One that ended may still be followed by another, so that what came back from it finds a new address.
    """
    if contact.member_id != member.id:
        raise Invalid("not-theirs", "The address that this one replaces belongs to another member.")
    if contact.state in WAITING or contact.confirmed_by is None:
        raise Conflict(
            "replaces-unused",
            "%(address)s was never in force, so nothing can take its place. Propose the address as a new contact.",
            address=contact.address,
        )
    if work.session.scalar(select(Erasure.id).where(Erasure.contact_id == contact.id).limit(1)):
        raise Conflict("erased", "The personal data of this contact are erased already.")
    other = work.session.scalar(
        select(Contact)
        .where(Contact.replaces_id == contact.id, Contact.state.in_(WAITING))
        .order_by(Contact.id)
        .limit(1)
    )
    if other is not None:
        raise change_waits(contact, other)
    if contact.state is ContactState.RETIRED and (heir := standing(work, contact.id)) is not None:
        raise Conflict(
            "replaced-already",
            "%(other)s has taken the place of %(address)s already. Change that one.",
            address=contact.address,
            other=heir.address,
        )


def change_waits(contact: Contact, other: Contact) -> Conflict:
    """The refusal of a second change while `other` waits."""
    return Conflict(
        "change-waiting",
        "A change of %(address)s to %(other)s is proposed already. Confirm or reject that one first.",
        address=contact.address,
        other=other.address,
    )


def take_over(work: Work, proposal: Contact, contact: Contact) -> list[str]:
    """Gives a contact whose address stays the details that were proposed; gives the names of what differs.

    The row of the contact stays, and with it its certificates, its deliveries and their links; the
    row of the proposal keeps how it was before, as history.
    """
    changed = [name for name in DETAILS if getattr(proposal, name) != getattr(contact, name)]
    both = (*DETAILS, "source", "source_file", "proposed_by", "proposed_at", "confirmed_by", "confirmed_at")
    for name in both:
        before, after = getattr(contact, name), getattr(proposal, name)
        setattr(contact, name, after)
        setattr(proposal, name, before)
    proposal.replaces_id, proposal.state, proposal.retired_at = None, ContactState.RETIRED, work.now()
    work.session.flush()
    return changed


def twins(work: Work, contact: Contact) -> list[Contact]:
    """The other rows of the same member with the same address: how it was before, or used anew."""
    return list(
        work.session.scalars(
            select(Contact)
            .where(
                Contact.member_id == contact.member_id,
                Contact.address == contact.address,
                Contact.id != contact.id,
            )
            .order_by(Contact.id)
        )
    )
