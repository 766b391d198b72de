"""Addressees with their contacts, as pages show them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from flask_babel import gettext
from sqlalchemy import select

from web.pages._directory import CHANNEL_WORDS
from web.pages._lines import note_day, reader
from web.views.parts import Recipient, RecipientGroup
from workflow.models import Addressee, Contact, Member, Note
from workflow.models.directory import Channel, ContactState
from workflow.operations import directory, recipients
from workflow.operations.context import Work


def of_note(work: Work, note: Note, people: dict[int, str]) -> tuple[RecipientGroup, ...]:
    """Who gets the note: as it was approved, else by the directory of now."""
    day = note_day(work, note)
    if note.approval is not None:
        rows = [
            (
                one.member_id,
                one.contact_id,
                one.address,
                one.language,
                one.role,
                one.channel,
                one.waived_reason,
            )
            for one in note.approval.recipients
        ]
    else:
        rows = [
            (
                one.member_id,
                one.contact_id,
                one.address,
                one.language,
                one.role,
                one.channel,
                one.waived_reason,
            )
            for one in recipients.of(work, note, day)
        ]
    members = _members(work, (row[0] for row in rows))
    waivers = {row.member_id: people.get(row.waived_by or 0, "") for row in note.addressees}
    contacts: dict[int, list[Recipient]] = {}
    waived: dict[int, str] = {}
    for identity, contact, address, language, role, channel, reason in rows:
        member = members[identity]
        listed = contacts.setdefault(identity, [])
        waived[identity] = (reason or "") if contact is None else ""
        if contact is not None:
            listed.append(
                Recipient(
                    member.code,
                    member.code,
                    "",
                    str(contact),
                    address or "",
                    language or "",
                    role or "to",
                    CHANNEL_WORDS[Channel(channel or "mail")],
                )
            )
    return _sorted(
        work,
        (
            RecipientGroup(
                members[key].code, members[key].code, _name(work, members[key], day), tuple(listed), waived[key],
                waivers.get(key, "") if waived[key] else "", chosen=True,
            )
            for key, listed in contacts.items()
        ),
    )  # fmt: skip


def of_directory(
    work: Work, note: Note, people: dict[int, str], picked: frozenset[str] = frozenset()
) -> tuple[RecipientGroup, ...]:
    """Every state of today with its contacts.

    Chosen are those that were `picked` in a form that came back, else those that the note is
    addressed to; a draft without any addressee begins with all of them.
    """
    day = work.today()
    rows = {row.member_id: row for row in note.addressees}
    members = {member.id: member for member in directory.members_on(work.session, day)}
    contacts: dict[int, list[Contact]] = {}
    wanted = select(Contact).where(Contact.state != ContactState.RETIRED).order_by(Contact.id)
    for contact in work.session.scalars(wanted):
        contacts.setdefault(contact.member_id, []).append(contact)
    groups = []
    for identity, member in members.items():
        addressee: Addressee | None = rows.get(identity)
        groups.append(
            RecipientGroup(
                member.code,
                member.code,
                _name(work, member, day),
                tuple(_contact(work, member, one) for one in contacts.get(identity, ())),
                (addressee.waived_reason or "") if addressee else "",
                people.get(addressee.waived_by or 0, "") if addressee else "",
                chosen=member.code in picked if picked else addressee is not None or not rows,
                addressed=addressee is not None,
            )
        )
    return _sorted(work, groups)


def _contact(work: Work, member: Member, contact: Contact) -> Recipient:
    problem = ""
    if contact.state is ContactState.PROPOSED:
        problem = gettext("Waits for a second person")
    elif contact.state is ContactState.CHECKED:
        problem = gettext("Waits for the address’s answer")
    elif not directory.is_valid_on(contact, work.today()):
        over = contact.valid_until is not None and contact.valid_until < work.today()
        problem = gettext("No longer valid") if over else gettext("Not yet valid")
    return Recipient(
        member.code,
        member.code,
        "",
        str(contact.id),
        contact.address,
        contact.language,
        contact.role.value,
        CHANNEL_WORDS[contact.channel],
        chosen=not problem,
        problem=problem,
    )


def counts(groups: Iterable[RecipientGroup]) -> tuple[int, int]:
    """How many states and how many contacts."""
    listed = list(groups)
    return len(listed), sum(len(group.contacts) for group in listed)


def _members(work: Work, ids: Iterable[int]) -> dict[int, Member]:
    return {row.id: row for row in work.session.scalars(select(Member).where(Member.id.in_(set(ids))))}


def _name(work: Work, member: Member, day: date) -> str:
    return directory.name_of(member, reader(work.profile), day)


def _sorted(work: Work, groups: Iterable[RecipientGroup]) -> tuple[RecipientGroup, ...]:
    key = work.profile.sort_key(reader(work.profile))
    return tuple(sorted(groups, key=lambda group: key(group.name)))
