"""Changes of the directory that wait for a second person: what would be so, what was, and what to look at."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from flask_babel import gettext

from web.formats import language_name, write_day
from web.pages._lines import reader
from web.views.directory import Proposal
from web.views.words import CHANNELS, CONTACT_ROLES
from workflow.models import Contact
from workflow.models.directory import HANDED, Channel, ContactState
from workflow.operations import address_use, directory
from workflow.operations.context import Work
from workflow.permissions import why_not_office
from workflow.post.address import domain_of, is_mixed, readable

CHANNEL_KEYS = {Channel.LINK_ONLY: "link"}


def shown(work: Work, rows: Sequence[Contact], people: Mapping[int, str]) -> tuple[Proposal, ...]:
    """Those of the contacts that wait, oldest first."""
    return tuple(one(work, row, people) for row in rows if row.state is ContactState.PROPOSED)


def one(work: Work, contact: Contact, people: Mapping[int, str]) -> Proposal:
    """A contact that waits for a second person."""
    before = work.session.get(Contact, contact.replaces_id) if contact.replaces_id else None
    own = contact.proposed_by == work.actor.id
    refusal = why_not_office(work.actor, "confirm_contact")
    why_not = gettext("You proposed it, so somebody else has to confirm it.") if own else ""
    return Proposal(
        key=str(contact.id),
        member=contact.member.code,
        member_name=directory.name_of(contact.member, reader(work.profile), work.today()),
        kind="change" if before else "add",
        before=before.address if before and before.address != contact.address else "",
        after=contact.address,
        details=tuple(_details(contact, before)),
        reason=contact.source,
        by=people.get(contact.proposed_by, ""),
        at=contact.proposed_at,
        document=(str(contact.id), gettext("Source document")) if contact.source_file else None,
        warnings=tuple(_warnings(work, contact, before)),
        why_not=gettext("Only the registry may confirm it.") if refusal else why_not,
    )


def _details(contact: Contact, before: Contact | None) -> list[tuple[str, str, str]]:
    """What is proposed beside the address: a word, how it was where that is different, and how it would be."""
    found = []
    for label, now, then in zip(labels().values(), _values(contact), _values(before or contact), strict=True):
        if now or now != then:
            found.append((label, then if now != then else "", now or gettext("none")))
    return found


def labels() -> dict[str, str]:
    """What each detail of a contact is called, by its name in the directory."""
    return {
        "office": gettext("Office"),
        "role": gettext("Role"),
        "language": gettext("Language"),
        "channel": gettext("Channel"),
        "valid_from": gettext("Valid from"),
        "valid_until": gettext("Valid until"),
    }


def _values(contact: Contact) -> tuple[str, ...]:
    def day(value: date | None) -> str:
        return write_day(value) if value else ""

    channel = CHANNEL_KEYS.get(contact.channel, contact.channel.value)
    return (
        contact.office,
        gettext(CONTACT_ROLES[contact.role.value]),
        language_name(contact.language),
        gettext(CHANNELS[channel]),
        day(contact.valid_from),
        day(contact.valid_until),
    )


def _warnings(work: Work, contact: Contact, before: Contact | None) -> list[str]:
    """What the second person should look at twice."""
    found = []
    if contact.source_file is None:
        found.append(gettext("The document itself was not handed in: ask for it before you confirm."))
    if contact.valid_until and contact.valid_until < work.today():
        found.append(gettext("Its last day has passed, so nothing would be sent there."))
    if contact.channel in HANDED:
        return found
    others = address_use.sharers(work, contact)
    if others:
        found.append(
            gettext(
                "The same address as of %(codes)s: each gets a message of its own.", codes=", ".join(others)
            )
        )
    if is_mixed(contact.address):
        found.append(
            gettext(
                "The address mixes letters of several alphabets that look alike. Compare it sign by sign."
            )
        )
    if readable(contact.address) != contact.address:
        found.append(gettext("An international domain: %(address)s", address=readable(contact.address)))
    mailed = before is not None and before.channel not in HANDED
    if before is not None and mailed and domain_of(before.address) != domain_of(contact.address):
        found.append(
            gettext(
                "Another domain than before: %(old)s, now %(new)s. Make sure that it is theirs.",
                old=domain_of(before.address),
                new=domain_of(contact.address),
            )
        )
    return found
