"""Members and contacts as the directory's pages show them."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from flask_babel import gettext
from sqlalchemy import func, select

from web.formats import language_name, quoted, write_day
from web.pages import _certificates, _proposals
from web.pages._lines import reader
from web.views.acts import act_words, sentence_case
from web.views.directory import ContactLine, MemberLine, MemberPage, NameLine
from web.views.parts import UNTYPED, Event, Option, Typed
from web.views.words import CHANNELS, CONTACT_ROLES
from workflow.clock import day_in
from workflow.models import AuditEntry, CheckState, Contact, Delivery, Member
from workflow.models.directory import HANDED, Channel, ContactRole, ContactState
from workflow.operations import address_checks, address_use, directory, erasing, mending
from workflow.operations import contact_line as line_of
from workflow.operations.context import Work
from workflow.permissions import why_not_office
from workflow.states import Transport

DUTIES = ("propose_contact", "confirm_contact", "retire_contact", "import_directory")
# The words of a channel by what the directory keeps.
CHANNEL_WORDS = {
    Channel.MAIL: "mail",
    Channel.LINK_ONLY: "link",
    Channel.COURIER: "courier",
    Channel.HAND: "hand",
}
# What a change may be proposed of; one that ended gets a successor.
CHANGEABLE = ("in_force", "undeliverable", "over", "not_yet", "ended")
LOST = (Transport.FAILED, Transport.REFUSED_PERM)


def duties(work: Work) -> frozenset[str]:
    """What the person who asks may do with the directory."""
    return frozenset(name for name in DUTIES if why_not_office(work.actor, name) is None)


def contacts(work: Work) -> dict[int, list[Contact]]:
    """All contacts by member, oldest first."""
    found: dict[int, list[Contact]] = {}
    for contact in work.session.scalars(select(Contact).order_by(Contact.id)):
        found.setdefault(contact.member_id, []).append(contact)
    return found


def failing(work: Work) -> frozenset[int]:
    """The contacts whose last delivery failed for good, be it one of a contact whose place they took."""
    last = select(func.max(Delivery.id)).group_by(Delivery.member_id, Delivery.address)
    rows = work.session.scalars(
        select(Contact.id)
        .join(Delivery, (Delivery.member_id == Contact.member_id) & (Delivery.address == Contact.address))
        .where(Delivery.id.in_(last), Delivery.transport.in_(LOST))
    )
    return frozenset(rows)


def contact_line(
    work: Work,
    contact: Contact,
    failed: frozenset[int],
    shared_by: Mapping[str, Sequence[str]],
    disputed: Collection[int] = (),
) -> ContactLine:
    """A contact with its days and whether mail to it arrives; `shared_by` are the addresses of several members.

    `disputed` are the contacts in force whose change the address before them objects to.
    """
    states = {
        ContactState.PROPOSED: "quarantine",
        ContactState.CHECKED: "asked",
        ContactState.CONFIRMED: "in_force",
        ContactState.RETIRED: "ended",
    }
    status = states[contact.state]
    if contact.state is ContactState.RETIRED and contact.confirmed_at is None:
        status = "rejected"
    lost = contact.id in failed and status == "in_force"
    if status == "in_force" and not directory.is_valid_on(contact, work.today()):
        begun = contact.valid_from is None or contact.valid_from <= work.today()
        status = "over" if begun else "not_yet"

    others = [one for one in shared_by.get(contact.address.lower(), ()) if one != contact.member.code]
    if contact.state is ContactState.RETIRED or contact.channel in HANDED:
        others = []
    shared = gettext(
        "The same address as of %(codes)s: each gets a message of its own.", codes=", ".join(others)
    )

    gone = erasing.erasure_of(work, contact) if contact.state is ContactState.RETIRED else None

    asked = contact.state is ContactState.CHECKED
    unsettled = asked or contact.id in disputed

    def day(moment: datetime | None) -> Any:
        return day_in(moment, work.zone) if moment else None

    return ContactLine(
        key=str(contact.id),
        name="",
        office=contact.office,
        address=contact.address,
        language=contact.language,
        role=contact.role.value,
        channel=CHANNEL_WORDS[contact.channel],
        status="undeliverable" if lost else status,
        since=day(contact.confirmed_at),
        until=day(contact.retired_at),
        note=gettext("The last note to this address was not delivered.") if lost else "",
        shared=shared if others else "",
        questions=_questions(work, contact) if unsettled else (),
        may_release=unsettled
        and contact.proposed_by != work.actor.id
        and why_not_office(work.actor, "confirm_contact") is None,
        lost=len(mending.lost_deliveries(work, contact.id)) if lost or status == "ended" else 0,
        may_erase=contact.state is ContactState.RETIRED
        and gone is None
        and why_not_office(work.actor, "erase_personal") is None,
        erased=gettext(
            "Erased on %(day)s by decision: %(decision)s",
            day=write_day(day_in(gone.made_at, work.zone)),
            decision=gone.decision,
        )
        if gone
        else "",
        valid_from=contact.valid_from,
        valid_until=contact.valid_until,
        mailed=contact.channel not in HANDED,
        may_retire=contact.state is ContactState.CONFIRMED
        and why_not_office(work.actor, "retire_contact") is None,
    )


def _questions(work: Work, contact: Contact) -> tuple[Event, ...]:
    """What the addresses were asked and what they said."""
    found = []
    for one in address_checks.checks_of(work, contact):
        asked = (
            gettext("%(address)s is asked to confirm.", address=one.address)
            if one.side == "new"
            else gettext("%(address)s is told and may object.", address=one.address)
        )
        if one.answer == "objected":
            found.append(
                Event(gettext("%(address)s objected.", address=one.address), one.answered_at, tone="stop")
            )
        elif one.answer == "agreed":
            found.append(
                Event(gettext("%(address)s agreed.", address=one.address), one.answered_at, tone="done")
            )
        elif one.state is CheckState.FAILED:
            words = gettext("The message to %(address)s did not arrive.", address=one.address)
            found.append(Event(words, one.sent_at, tone="stop", detail=one.relay_answer or ""))
        else:
            found.append(Event(asked, one.sent_at, tone="" if one.sent_at else "now"))
    return tuple(found)


def member_line(
    work: Work,
    member: Member,
    rows: Sequence[Contact],
    failed: frozenset[int],
    shared_by: Mapping[str, Sequence[str]],
) -> MemberLine:
    """A member in the list, with the contacts that are in force or wait."""
    shown = tuple(
        contact_line(work, one, failed, shared_by) for one in rows if one.state is not ContactState.RETIRED
    )
    main = [one for one in shown if one.role == "to" and one.status in ("in_force", "undeliverable")]
    problem = ""
    if not main:
        problem = gettext("No usable contact")
    elif all(one.status == "undeliverable" for one in main):
        problem = gettext("Undeliverable")
    return MemberLine(
        member=member.code,
        code=member.code,
        name=directory.name_of(member, reader(work.profile), work.today()),
        contacts=shown,
        since=min((period.valid_from for period in member.memberships), default=None),
        problem=problem,
    )


def member_page(
    work: Work, member: Member, people: Mapping[int, str], *, changing: str = "", typed: Typed = UNTYPED
) -> MemberPage:
    """One member whole: names, contacts, proposals, history, and the form of a change."""
    rows = list(
        work.session.scalars(select(Contact).where(Contact.member_id == member.id).order_by(Contact.id))
    )
    failed, shared_by = failing(work), address_use.shared_addresses(work)
    disputed = {one.id for one in rows if address_checks.late_objection(work, one) is not None}
    lines = [
        replace(
            contact_line(work, one, failed, shared_by, disputed),
            certificate=_certificates.current_line(work, one),
        )
        for one in rows
        if one.state is not ContactState.PROPOSED
    ]
    key = _changed(work, rows, changing)
    old = next((one for one in lines if one.key == key and one.status in CHANGEABLE), None)
    first = member.memberships[0] if member.memberships else None
    chosen = typed.values
    return MemberPage(
        member=member.code,
        code=member.code,
        name=directory.name_of(member, reader(work.profile), work.today()),
        names=tuple(
            NameLine(one.language, one.name, one.valid_from, one.valid_until, one.source)
            for one in sorted(member.names, key=lambda one: (one.language, str(one.valid_from or "")))
        ),
        # Those in force first, then the ended ones, the latest of them first.
        contacts=tuple(sorted(lines, key=lambda one: (one.status in ("ended", "rejected"), -int(one.key)))),
        proposals=_proposals.shown(work, rows, people),
        history=_history(work, rows, people),
        since=first.valid_from if first else None,
        since_source=first.source if first else "",
        may=duties(work),
        changing=old,
        languages=tuple(
            Option(code, language_name(code), code == chosen.get("language"), language=code)
            for code in work.profile.languages
        ),
        roles=tuple(Option(one.value, gettext(CONTACT_ROLES[one.value])) for one in ContactRole),
        channels=tuple(Option(words, gettext(CHANNELS[words])) for words in CHANNEL_WORDS.values()),
        typed=typed,
    )


def _changed(work: Work, rows: Sequence[Contact], key: str) -> str:
    """The key of the contact that a change is about: the one that stands in the place of the one that was named."""
    named = next((one for one in rows if str(one.id) == key), None)
    heir = line_of.standing(work, named.id) if named is not None else None
    return str(heir.id) if heir is not None else key


def _history(work: Work, rows: Sequence[Contact], people: Mapping[int, str]) -> tuple[Event, ...]:
    subjects = {f"contact:{one.id}": one for one in rows}
    words: dict[str, Callable[[str], str]] = {
        "propose_contact": lambda address: gettext("%(address)s proposed", address=address),
        "confirm_contact": lambda address: gettext("%(address)s confirmed", address=address),
        "reject_contact": lambda address: gettext("%(address)s rejected", address=address),
        "retire_contact": lambda address: gettext("%(address)s ended", address=address),
        "address_answer": lambda address: gettext("Answer about %(address)s", address=address),
        "release_contact": lambda address: gettext("%(address)s released by a person", address=address),
        "contact_in_force": lambda address: gettext("%(address)s in force", address=address),
        "change_contact": lambda address: gettext("%(address)s changed", address=address),
        "propose_certificate": lambda address: gettext(
            "Certificate of %(address)s proposed", address=address
        ),
        "confirm_certificate": lambda address: gettext(
            "Certificate of %(address)s in force", address=address
        ),
        "reject_certificate": lambda address: gettext("Certificate of %(address)s rejected", address=address),
        "withdraw_certificate": lambda address: gettext(
            "Certificate of %(address)s withdrawn", address=address
        ),
    }
    tones = {
        "contact_in_force": "done",
        "change_contact": "done",
        "confirm_certificate": "done",
        **dict.fromkeys(
            ("reject_contact", "retire_contact", "reject_certificate", "withdraw_certificate"), "care"
        ),
    }
    entries = work.session.scalars(
        select(AuditEntry).where(AuditEntry.subject.in_(subjects)).order_by(AuditEntry.number.desc())
    )
    events = []
    for entry in entries:
        data = json.loads(entry.data)
        reason, known = str(data.get("reason") or ""), _proposals.labels()
        changed = ", ".join(known.get(str(name), str(name)) for name in data.get("changed") or ())
        write = words.get(entry.action)
        address = subjects[entry.subject].address
        events.append(
            Event(
                write(address) if write else f"{sentence_case(act_words(entry.action))}: {address}",
                datetime.fromisoformat(entry.at),
                people.get(entry.actor_id or 0, ""),
                tones.get(entry.action, ""),
                detail=changed or quoted(reason),
            )
        )
    return tuple(events)
