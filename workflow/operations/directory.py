"""The directory: members, and their contacts with four eyes."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select

from workflow.errors import Conflict, Invalid, NotAllowed, NotFound
from workflow.letters.profile import Profile
from workflow.models import Contact, Member, MemberName, Membership
from workflow.models.directory import ContactState
from workflow.operations import contact_line, proposals
from workflow.operations.context import Work, begin_office, require_reason


def is_member_on(member: Member, day: date) -> bool:
    """Whether a period of membership covers the day."""
    return any(
        period.valid_from <= day and (period.valid_until is None or day <= period.valid_until)
        for period in member.memberships
    )


def members_on(session: object, day: date) -> list[Member]:
    """The members on a day, by code."""
    rows = session.scalars(select(Member).order_by(Member.code))  # type: ignore[attr-defined]
    return [member for member in rows if is_member_on(member, day)]


def name_of(member: Member, language: str, day: date) -> str:
    """A member's name in a language on a day; its code where the directory has none."""
    for row in member.names:
        after = row.valid_from is None or row.valid_from <= day
        before = row.valid_until is None or day <= row.valid_until
        if row.language == language and after and before:
            return row.name
    return member.code


def import_members(work: Work, profile: Profile) -> int:
    """Brings the profile's members into the directory; gives how many were new.

    Harmless to repeat: members that are there keep their contacts, and get names and periods that
    the profile has and they lack.
    """
    known = {member.code: member for member in work.session.scalars(select(Member))}
    new = 0
    for item in profile.members:
        member = known.get(item.code)
        if member is None:
            member = Member(code=item.code)
            work.session.add(member)
            new += 1
        if item.since is not None and not any(p.valid_from == item.since for p in member.memberships):
            member.memberships.append(
                Membership(
                    valid_from=item.since,
                    valid_until=item.until,
                    certain=item.certainty == "certain",
                    source=item.source,
                )
            )
        for language, names in item.names.items():
            for name in names:
                if name.form != "nominative" or any(
                    row.language == language and row.valid_from == name.since for row in member.names
                ):
                    continue
                member.names.append(
                    MemberName(
                        language=language,
                        name=name.text,
                        valid_from=name.since,
                        valid_until=name.until,
                        source=name.source,
                    )
                )
    work.session.flush()
    if new:
        work.log("import_members", "directory", members=new, profile=profile.digest)
    return new


def find_member(work: Work, code: str) -> Member:
    """A member by its code; raises Invalid when the directory has none."""
    member = work.session.scalar(select(Member).where(Member.code == code.strip().upper()))
    if member is None:
        raise Invalid("unknown-member", "There is no member “%(code)s” in the directory.", code=code)
    return member


def propose_contact(
    work: Work,
    member: Member,
    address: str,
    *,
    language: str,
    source: str,
    office: str = "",
    role: str = "to",
    channel: str = "mail",
    replaces: int | None = None,
    source_file: str | None = None,
    valid_from: date | None = None,
    valid_until: date | None = None,
) -> Contact:
    """Puts a new or changed address in quarantine, with the document that it comes from.

    Nothing is sent there until a second person has confirmed it.  Of a contact that a person brings
    notes to, the address is the place.  The days of its validity are both included.  A change may leave
    the address as it is.
    """
    begin_office(work, "propose_contact")
    old = find_contact(work, replaces) if replaces is not None else None
    contact = proposals.made(
        work,
        member,
        address,
        old,
        language=language,
        source=source,
        office=office,
        role=role,
        channel=channel,
        source_file=source_file,
        valid_from=valid_from,
        valid_until=valid_until,
    )
    contact_line.require_free(work, member, contact.address, old)
    if old is not None:
        contact_line.require_replaceable(work, member, old)
    if old is not None and old.state is ContactState.CONFIRMED and not _differs(contact, old):
        raise Invalid(
            "nothing-changed",
            "Nothing of %(address)s would change. Change what is not right.",
            address=contact.address,
        )
    proposals.keep(work, [(contact, member)])
    return contact


def _differs(proposal: Contact, old: Contact) -> bool:
    """Whether a proposal would change anything of the contact that it is about."""
    return proposal.address != old.address or any(
        getattr(proposal, name) != getattr(old, name) for name in contact_line.DETAILS
    )


def is_valid_on(contact: Contact, day: date) -> bool:
    """Whether the contact is written to on a day."""
    return (contact.valid_from is None or contact.valid_from <= day) and (
        contact.valid_until is None or day <= contact.valid_until
    )


def confirm_contact(work: Work, contact: Contact) -> Contact:
    """Confirms a proposed address; somebody else than its proposer has to.

    Where the settings want the addresses themselves to be asked, it stays in quarantine until the new
    one has agreed; otherwise it is in force at once, and the one that it replaces retires.
    """
    # What follows sends notes again, which wants this module itself.
    from workflow.operations import address_checks, mending

    begin_office(work, "confirm_contact")
    work.session.refresh(contact, with_for_update={"of": Contact})
    if contact.state is not ContactState.PROPOSED:
        raise Conflict("contact-state", "This address does not wait for a confirmation.")
    if contact.proposed_by == work.actor.id:
        raise NotAllowed("four-eyes", "You proposed this address, so somebody else has to confirm it.")
    old = _replaced(work, contact)
    same = old is not None and contact_line.is_same_place(contact, old)
    asked = not same and address_checks.is_wanted(work, contact)
    contact.state = ContactState.CHECKED if asked else ContactState.CONFIRMED
    contact.confirmed_by, contact.confirmed_at = work.actor.id, work.now()
    work.session.flush()
    work.log("confirm_contact", f"contact:{contact.id}", replaces=contact.replaces_id, asked=asked)
    if old is not None and same:
        changed = contact_line.take_over(work, contact, old)
        work.log("change_contact", f"contact:{old.id}", before=contact.id, changed=changed)
        mending.mend(work, contact)
        return old
    if asked:
        address_checks.begin(work, contact)
    else:
        address_checks.put_in_force(work, contact)
    return contact


def _replaced(work: Work, contact: Contact) -> Contact | None:
    """The contact in force that a proposal is about, locked."""
    if contact.replaces_id is None:
        return None
    old = find_contact(work, contact.replaces_id)
    work.session.refresh(old, with_for_update={"of": Contact})
    return old if old.state is ContactState.CONFIRMED else None


def retire_contact(work: Work, contact: Contact, reason: str) -> Contact:
    """Takes an address out of use; it stays in the history.  What waits to be sent there waits for a person."""
    # It asks this module for the days of a contact.
    from workflow.operations import unsent

    begin_office(work, "retire_contact")
    text = require_reason(reason)
    work.session.refresh(contact, with_for_update={"of": Contact})
    if contact.state is ContactState.RETIRED:
        raise Conflict("contact-state", "This address is already retired.")
    if contact.state is not ContactState.CONFIRMED:
        raise Conflict("contact-not-in-force", "This address is not in force yet. Reject it instead.")
    contact.state, contact.retired_at = ContactState.RETIRED, work.now()
    work.session.flush()
    work.log("retire_contact", f"contact:{contact.id}", reason=text)
    unsent.hold_of(work, contact)
    return contact


def reject_contact(work: Work, contact: Contact, reason: str) -> Contact:
    """Ends a proposed address that shall not be used; it was never in force and stays in the history.

    Whoever may confirm may reject, the proposer too: taking a proposal back needs no second person.
    """
    begin_office(work, "confirm_contact")
    text = require_reason(reason)
    work.session.refresh(contact, with_for_update={"of": Contact})
    if contact.state not in (ContactState.PROPOSED, ContactState.CHECKED):
        raise Conflict("contact-state", "This address does not wait for a confirmation.")
    contact.confirmed_by = contact.confirmed_at = None
    contact.state, contact.retired_at = ContactState.RETIRED, work.now()
    work.session.flush()
    work.log("reject_contact", f"contact:{contact.id}", reason=text)
    return contact


def find_contact(work: Work, contact_id: int) -> Contact:
    """A contact by its id; raises NotFound."""
    contact = work.session.get(Contact, contact_id)
    if contact is None:
        raise NotFound("no-such-contact", "There is no contact %(id)s.", id=contact_id)
    return contact
