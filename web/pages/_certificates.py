"""Contacts' certificates as the pages show them."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import gettext

from web.pages._lines import reader
from web.views.certificate import CertificateFacts, CertificatePage
from web.views.parts import UNTYPED, Event, Typed
from web.views.words import KEY_USAGES
from workflow.models import AddressCheck, CheckState, Contact, ContactCertificate
from workflow.models.directory import HANDED, ContactState
from workflow.operations import address_checks, certificates, directory
from workflow.operations.context import Work
from workflow.permissions import why_not_office
from workflow.post import certificate as read


def status(work: Work, row: ContactCertificate) -> str:
    """What holds for a certificate, as a key of the statuses."""
    state = certificates.state_of(row)
    if state != "in_force":
        return "quarantine" if state == "proposed" else state
    if row.not_after <= work.now():
        return "late"
    return "due" if row.not_after < work.now() + read.WARNING else "in_force"


def page(
    work: Work,
    contact: Contact,
    people: Mapping[int, str],
    may: frozenset[str],
    typed: Typed = UNTYPED,
    *,
    unnamed: bool = False,
) -> CertificatePage:
    """A contact's certificates whole, and the form of a new one."""
    rows = certificates.of_contact(work, contact.id)
    told = [facts(work, contact, row, people) for row in rows]
    used = contact.state is not ContactState.RETIRED
    return CertificatePage(
        contact=str(contact.id),
        address=contact.address,
        member=contact.member.code,
        member_name=directory.name_of(contact.member, reader(work.profile), work.today()),
        current=next((one for one in told if one.status in ("in_force", "due", "late")), None),
        waiting=next((one for one in told if one.status == "quarantine"), None),
        past=tuple(one for one in told if one.status in ("ended", "rejected")),
        may=may if used else frozenset(),
        mailed=used and contact.channel not in HANDED,
        unnamed=unnamed,
        falls_back=work.settings.smime_unusable == "plain",
        typed=typed,
    )


def facts(
    work: Work, contact: Contact, row: ContactCertificate, people: Mapping[int, str]
) -> CertificateFacts:
    """One certificate with its own words, which are a stranger's."""
    found = read.load(row.pem) if row.pem else None
    state, asked = status(work, row), address_checks.check_of_certificate(work, row)
    warnings = []
    if row.other_address and state not in ("ended", "rejected"):
        warnings.append(
            gettext(
                "The certificate does not name %(address)s. Ask the contact, then decide.",
                address=contact.address,
            )
        )
    why_not = ""
    if why_not_office(work.actor, "confirm_contact") is not None:
        why_not = gettext("Only the registry may confirm it.")
    elif row.added_by == work.actor.id:
        why_not = gettext("You proposed it, so somebody else has to confirm it.")
    return CertificateFacts(
        key=str(row.id),
        status=state,
        subject=row.subject,
        issuer=read.issuer(found) if found else "",
        serial=read.serial(found) if found else "",
        fingerprint=" ".join(row.digest[at : at + 4] for at in range(0, len(row.digest), 4)),
        begins=row.not_before,
        ends=row.not_after,
        usages=tuple(gettext(KEY_USAGES[one]) for one in read.usages(found)) if found else (),
        addresses=tuple(sorted(read.addresses(found))) if found else (),
        chain=tuple(read.name(one) for one in read.load_chain(row.chain)),
        source=row.source,
        document=row.source_file is not None,
        by=people.get(row.added_by, ""),
        at=row.added_at,
        confirmed_by=people.get(row.confirmed_by or 0, ""),
        confirmed_at=row.confirmed_at,
        ended_by=people.get(row.ended_by or 0, ""),
        ended_at=row.ended_at,
        reason=row.end_reason or "",
        warnings=tuple(warnings),
        why_not=why_not,
        asked=_asked(asked) if asked else (),
        disputed=asked is not None and asked.answer == "objected" and asked.settled_at is None,
    )


def _asked(row: AddressCheck) -> tuple[Event, ...]:
    """What the contact was told of its certificate, and what it said."""
    address = row.address
    if row.answer == "objected":
        words, tone = gettext("%(address)s objected.", address=address), "stop"
        if row.settled_at is not None:
            words, tone = gettext("%(address)s objected, and it was settled.", address=address), ""
        return (Event(words, row.answered_at, tone=tone),)
    if row.answer == "agreed":
        return (Event(gettext("%(address)s agreed.", address=address), row.answered_at, tone="done"),)
    if row.state is CheckState.FAILED:
        words = gettext("The message to %(address)s did not arrive.", address=address)
        return (Event(words, row.sent_at, tone="stop", detail=row.relay_answer or ""),)
    return (Event(gettext("%(address)s is told and may object.", address=address), row.sent_at),)


def current_line(work: Work, contact: Contact) -> tuple[str, str]:
    """A certificate of a contact in one line of the directory: a status and a sentence; empty where there is none."""
    if contact.state is ContactState.RETIRED:
        return "", ""
    rows = [one for one in certificates.of_contact(work, contact.id) if one.ended_at is None]
    waits = any(one.confirmed_at is None for one in rows)
    current = next((one for one in rows if one.confirmed_at is not None), None)
    if waits:
        return "quarantine", gettext("A certificate waits for a second person.")
    if current is None:
        return "", ""
    state, day = status(work, current), f"{current.not_after:%Y-%m-%d}"
    if state == "late":
        return state, gettext("Its certificate ended on %(day)s.", day=day)
    return state, gettext("Mail is encrypted; the certificate ends on %(day)s.", day=day)
