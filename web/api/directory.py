"""The directory of members and contacts, and the organisation's profile."""

from __future__ import annotations

from typing import Any

from flask import request
from sqlalchemy import select
from werkzeug.wrappers import Response

import tasks.offer
from web import once
from web.access import allowed, allowed_signed_in
from web.api import paging
from web.api.door import endpoint
from web.api.files import scan
from web.api.schemas import contacts
from web.api.schemas import office as schemas
from web.api.schemas.common import Why
from web.pages import _tables
from web.session import looking, writing
from workflow import models
from workflow.errors import Phrase
from workflow.operations import address_checks, address_use, directory, erasing, exporting
from workflow.operations.context import Work
from workflow.permissions import why_not_office
from workflow.states import Role
from workflow.store import sha256

READERS = allowed(Role.REGISTRY, Role.DIRECTOR, Role.ADMINISTRATOR)


@endpoint(
    "GET", "/members", allowed_signed_in, tag="Directory", query=schemas.MembersQuery, gives=schemas.Members
)
def list_members(query: schemas.MembersQuery) -> schemas.Members:
    """List the members on a day, by code, with their names of that day."""
    with looking() as work:
        day = query.day or work.today()
        language = query.language or work.profile.source_language
        return schemas.Members(
            items=[
                schemas.Member(
                    code=member.code,
                    name=directory.name_of(member, language, day),
                    since=period.valid_from,
                    until=period.valid_until,
                    certain=period.certain,
                )
                for member in directory.members_on(work.session, day)
                for period in member.memberships
                if period.valid_from <= day and (period.valid_until is None or day <= period.valid_until)
            ]
        )


def _contact(work: Work, row: models.Contact) -> contacts.Contact:
    return contacts.Contact(
        shared_with=address_use.sharers(work, row),
        questions=[
            contacts.AddressQuestion.model_validate(one) for one in address_checks.checks_of(work, row)
        ],
        id=row.id,
        member=row.member.code,
        address=row.address,
        office=row.office,
        role=row.role.value,
        language=row.language,
        channel=row.channel.value,
        state=row.state.value,
        source=row.source,
        replaces=row.replaces_id,
        valid_from=row.valid_from,
        valid_until=row.valid_until,
        proposed_by=row.proposed_by,
        proposed_at=row.proposed_at,
        confirmed_by=row.confirmed_by,
        confirmed_at=row.confirmed_at,
        retired_at=row.retired_at,
    )


@endpoint("GET", "/contacts", READERS, tag="Directory", query=contacts.ContactQuery, gives=contacts.Contacts)
def list_contacts(query: contacts.ContactQuery) -> dict[str, Any]:
    """List contacts, of one member or in one state where asked."""
    with looking() as work:
        statement = select(models.Contact)
        if query.member:
            statement = statement.where(
                models.Contact.member_id == directory.find_member(work, query.member).id
            )
        if query.state:
            statement = statement.where(models.Contact.state == query.state)
        return paging.page(work, statement, models.Contact.id, query, lambda row: _contact(work, row))


@endpoint("GET", "/contacts/<row:contact>", READERS, tag="Directory", gives=contacts.Contact)
def show_contact(contact: int) -> contacts.Contact:
    """Show a contact."""
    with looking() as work:
        return _contact(work, directory.find_contact(work, contact))


@endpoint(
    "POST",
    "/contacts",
    allowed(actions="propose_contact"),
    tag="Directory",
    body=contacts.NewContact,
    gives=contacts.Contact,
    status=201,
    once=True,
)
def propose_contact(body: contacts.NewContact) -> contacts.Contact:
    """Propose a new or changed address; nothing is sent there until a second person confirms it."""
    key = request.headers.get("Idempotency-Key")
    with writing() as work:
        known = once.done(work, key, ["contact", body.model_dump(mode="json")])
        if known:
            return _contact(work, directory.find_contact(work, int(known.removeprefix("contact:"))))
        row = directory.propose_contact(
            work,
            directory.find_member(work, body.member),
            body.address,
            language=body.language,
            source=body.source,
            office=body.office,
            role=body.role,
            channel=body.channel,
            replaces=body.replaces,
            valid_from=body.valid_from,
            valid_until=body.valid_until,
        )
        work.session.refresh(row)
        once.keep(work, key, f"contact:{row.id}")
        return _contact(work, row)


@endpoint(
    "POST",
    "/contacts/proposals",
    allowed(actions="propose_contact"),
    tag="Directory",
    body=contacts.ContactProposal,
    gives=contacts.Contact,
    status=201,
    form=True,
    once=True,
)
def propose_contact_with_document(body: contacts.ContactProposal) -> contacts.Contact:
    """Propose a new or changed address with the document that it comes from, as a file.

    With `resend`, what came back from the address that it replaces is sent again by itself, once, when
    the new one is in force.
    """
    key = request.headers.get("Idempotency-Key")
    data = body.file.read()
    with writing() as work:
        asked = [body.member, body.address, body.role, body.replaces, sha256(data)]
        known = once.done(work, key, ["contact", asked])
        if known:
            return _contact(work, directory.find_contact(work, int(known.removeprefix("contact:"))))
        refusal = why_not_office(work.actor, "propose_contact")
        if refusal is not None:
            raise refusal  # Nothing is kept of a file that nobody may hand in.
        missing = Phrase("Add the document that asks for it, such as the note verbale.")
        scan(work, body.file, data, "document-missing", missing, mail=True)
        row = directory.propose_contact(
            work,
            directory.find_member(work, body.member),
            body.address,
            language=body.language,
            source=body.source,
            office=body.office,
            role=body.role,
            channel=body.channel,
            replaces=body.replaces,
            source_file=work.store.put(data),
            valid_from=body.valid_from,
            valid_until=body.valid_until,
        )
        if body.resend:
            address_checks.ask_to_resend(work, row)
        work.session.refresh(row)
        once.keep(work, key, f"contact:{row.id}")
        return _contact(work, row)


@endpoint(
    "POST",
    "/contacts/<row:contact>/release",
    allowed(actions="confirm_contact"),
    tag="Directory",
    body=Why,
    gives=contacts.Contact,
)
def release_contact(contact: int, body: Why) -> contacts.Contact:
    """Put a changed address in force by a person's word, without waiting for its answer."""
    with writing() as work:
        return _contact(
            work, address_checks.release(work, directory.find_contact(work, contact), body.reason)
        )


@endpoint(
    "POST",
    "/contacts/<row:contact>/reject",
    allowed(actions="confirm_contact"),
    tag="Directory",
    body=Why,
    gives=contacts.Contact,
)
def reject_contact(contact: int, body: Why) -> contacts.Contact:
    """End a proposed or changed address that shall not be used."""
    with writing() as work:
        return _contact(
            work, directory.reject_contact(work, directory.find_contact(work, contact), body.reason)
        )


@endpoint(
    "POST",
    "/contacts/<row:contact>/erase",
    allowed(actions="erase_personal"),
    tag="Directory",
    body=contacts.Erasing,
    gives=contacts.Contact,
)
def erase_contact(contact: int, body: contacts.Erasing) -> contacts.Contact:
    """Erase the personal data of a contact that is out of use; the log and the evidence stay whole."""
    with writing() as work:
        row = directory.find_contact(work, contact)
        erasing.erase_contact(work, row, body.decision, papers=body.papers)
        return _contact(work, row)


@endpoint("GET", "/contacts/export", READERS, tag="Directory", media="text/csv")
def export_contacts() -> Response:
    """Download the contacts that are in force or wait, with the columns that the import takes."""
    with looking() as work:
        return _tables.table("contacts.csv", exporting.COLUMNS, exporting.contacts(work))


@endpoint(
    "POST",
    "/contacts/<row:contact>/confirm",
    allowed(actions="confirm_contact"),
    tag="Directory",
    gives=contacts.Contact,
)
def confirm_contact(contact: int) -> contacts.Contact:
    """Confirm a proposed address; somebody else than its proposer has to.

    A changed address is then asked itself (`state` is `checked`), and is in force when it agrees.
    """
    with writing() as work:
        shown = _contact(work, directory.confirm_contact(work, directory.find_contact(work, contact)))
    tasks.offer.asking()
    return shown


@endpoint(
    "POST",
    "/contacts/<row:contact>/retire",
    allowed(actions="retire_contact"),
    tag="Directory",
    body=Why,
    gives=contacts.Contact,
)
def retire_contact(contact: int, body: Why) -> contacts.Contact:
    """Take an address out of use; it stays in the history."""
    with writing() as work:
        return _contact(
            work, directory.retire_contact(work, directory.find_contact(work, contact), body.reason)
        )


@endpoint("GET", "/profile", allowed_signed_in, tag="Profile", gives=schemas.Profile)
def show_profile() -> schemas.Profile:
    """Show what the organisation's profile offers: languages, kinds, series, markings, terms."""
    with looking() as work:
        profile = work.profile
        return schemas.Profile(
            name=profile.name,
            digest=profile.digest,
            titles=dict(profile.title),
            zone=work.zone,
            source_language=profile.source_language,
            languages=[
                schemas.ProfileLanguage(code=one.code, standing=one.standing, required=one.required)
                for one in profile.languages.values()
            ],
            kinds=[schemas.Choice(code=one.name, titles=dict(one.titles)) for one in profile.kinds.values()],
            series=[
                schemas.Choice(code=one.code, titles=dict(one.titles)) for one in profile.series.values()
            ],
            markings=list(profile.markings),
            terms=list(profile.terms),
        )
