"""Who a note goes to: the addressees' contacts as the directory has them on a day."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from workflow.errors import Phrase
from workflow.models import Addressee, ApprovedRecipient, Contact, Member, Note
from workflow.models.directory import ContactState
from workflow.operations import audience
from workflow.operations.context import Work
from workflow.operations.directory import is_member_on, is_valid_on


@dataclass(frozen=True)
class Recipient:
    """One contact of one addressee, or an addressee without any (`contact_id` is then None)."""

    member_id: int
    member: str
    is_member: bool
    contact_id: int | None = None
    role: str | None = None
    address: str | None = None
    language: str | None = None
    channel: str | None = None
    office: str = ""
    waived_reason: str | None = None


def of(work: Work, note: Note, day: date) -> list[Recipient]:
    """The recipients of a draft as of now: each addressee's confirmed contacts, by code and id,
    that are valid on the day.

    A note that follows another goes to exactly those who got the first, an alternative contact too if
    it was written to, and to the contact that has taken the place of one that got it.  Where only copies
    are left of those who got it, the state's contacts of now stand in for the others.
    """
    found = []
    got = audience.got(work, note) if audience.follows_all(note) else None
    addressees = work.session.execute(
        select(Addressee, Member)
        .join(Member, Member.id == Addressee.member_id)
        .where(Addressee.note_id == note.id)
        .order_by(Member.code)
    ).all()
    contacts: dict[int, list[Contact]] = {}
    for contact in work.session.scalars(
        select(Contact)
        .where(
            Contact.member_id.in_([member.id for _, member in addressees]),
            Contact.state == ContactState.CONFIRMED,
        )
        .order_by(Contact.id)
    ):
        if is_valid_on(contact, day):
            contacts.setdefault(contact.member_id, []).append(contact)
    for addressee, member in addressees:
        present = is_member_on(member, day)
        known = contacts.get(member.id, [])
        # An escalation contact is written to when the others are silent, not at dispatch.
        usable = [contact for contact in known if contact.role != "escalation"]
        if got is not None:
            mine = {row.contact_id for row in got.get(member.id, ())}
            heirs = [contact for contact in known if _descends(work, contact, mine)]
            # Where all that got it for the state are gone, its contacts of now are what has changed.
            if mine and not any(contact.role != "cc" for contact in heirs):
                heirs += [contact for contact in usable if contact not in heirs]
            usable = heirs
        if not usable:
            found.append(Recipient(member.id, member.code, present, waived_reason=addressee.waived_reason))
        found.extend(
            Recipient(
                member.id,
                member.code,
                present,
                contact_id=contact.id,
                role=contact.role.value,
                address=contact.address,
                language=contact.language,
                channel=contact.channel.value,
                office=contact.office,
            )
            for contact in usable
        )
    return found


def _descends(work: Work, contact: Contact, got: Collection[int]) -> bool:
    """Whether a contact got the first note, or has taken the place of one that did, in however many steps."""
    seen: set[int] = set()
    current: Contact | None = contact
    while current is not None and current.id not in seen:
        if current.id in got:
            return True
        seen.add(current.id)
        current = work.session.get(Contact, current.replaces_id) if current.replaces_id else None
    return False


def days_of(work: Work, approved: Iterable[ApprovedRecipient]) -> dict[int, date]:
    """The last day of each approved contact that has one and is still in force, by its id."""
    wanted = [one.contact_id for one in approved if one.contact_id is not None]
    rows = work.session.execute(
        select(Contact.id, Contact.valid_until).where(
            Contact.id.in_(wanted),
            Contact.state == ContactState.CONFIRMED,
            Contact.valid_until.is_not(None),
        )
    )
    return {identity: until for identity, until in rows if until is not None}


def differences(
    now: Iterable[Recipient],
    approved: Sequence[ApprovedRecipient],
    codes: dict[int, str],
    days: Mapping[int, date],
    leaves: date,
) -> list[str]:
    """What differs between the directory on the day on which a note `leaves` and the recipients as approved.

    `days` are the last days of contacts (`days_of`).  Gives sentences.
    """

    def key(one: ApprovedRecipient | Recipient) -> tuple[object, ...]:
        # Which row of the directory an address stands in does not matter to whoever gets the note there.
        return (one.member_id, one.role, one.address, one.language, one.channel)

    after = {key(one): one for one in now}
    before = {key(one): one for one in approved}
    sentences: list[str] = []
    for which, old in before.items():
        if which in after:
            continue
        code = codes.get(old.member_id, "?")
        until = days.get(old.contact_id or 0)
        if until is not None and until < leaves:
            sentences.append(
                Phrase(
                    "%(code)s: %(address)s is valid only until %(until)s, and the note leaves on %(day)s.",
                    code=code,
                    address=old.address,
                    until=until.isoformat(),
                    day=leaves.isoformat(),
                )
            )
            continue
        sentences.append(
            Phrase(
                "%(code)s: %(address)s was approved and is no longer so.",
                code=code,
                address=old.address or Phrase("no contact"),
            )
        )
    for which, new in after.items():
        if which in before:
            continue
        sentences.append(
            Phrase(
                "%(code)s: %(address)s was not there at the approval.",
                code=new.member,
                address=new.address or Phrase("no contact"),
            )
        )
    return sentences
