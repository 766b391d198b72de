"""Contacts: proposed, confirmed by a second person, brought in and taken out as a table, ended and erased."""

from __future__ import annotations

from typing import Any

from flask import request
from sqlalchemy import select
from werkzeug.wrappers import Response

import tasks.offer
from web import once
from web.access import allowed
from web.api import paging
from web.api.door import endpoint
from web.api.files import scan
from web.api.schemas import contacts
from web.api.schemas.common import Why
from web.pages import _tables
from web.session import looking, writing
from workflow import models
from workflow.errors import Phrase
from workflow.operations import address_checks, address_use, directory, erasing, exporting, importing, mending
from workflow.operations.context import Work
from workflow.permissions import why_not_office
from workflow.states import Role
from workflow.store import sha256

READERS = allowed(Role.REGISTRY, Role.DIRECTOR, Role.ADMINISTRATOR)


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
            mending.ask_to_resend(work, row)
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


@endpoint("GET", "/contacts/export", READERS, tag="Directory", query=contacts.ExportQuery, media="text/csv")
def export_contacts(query: contacts.ExportQuery) -> Response:
    """Download the contacts that are in force or wait, with the columns that the import takes; CSV or XLSX."""
    with looking() as work:
        if query.format == "xlsx":
            return _tables.book("contacts.xlsx", "contacts", exporting.COLUMNS, exporting.contacts(work))
        return _tables.table("contacts.csv", exporting.COLUMNS, exporting.contacts(work))


@endpoint(
    "POST",
    "/contacts/import",
    allowed(actions="propose_contact"),
    tag="Directory",
    body=contacts.ContactImport,
    gives=contacts.ImportOutcome,
    form=True,
)
def import_contacts(body: contacts.ContactImport) -> contacts.ImportOutcome:
    """Propose the contacts of a table, CSV or XLSX: all lines or none; with `dry_run` only say what would happen.

    A contact that is there with other details is proposed as a change; one that is the same stays as it is.
    """
    data = body.file.read()
    with writing() as work:
        refusal = why_not_office(work.actor, "propose_contact")
        if refusal is not None:
            raise refusal
        document = None
        if body.document is not None and not body.dry_run:
            paper = body.document.read()
            missing = Phrase("Add the document that asks for it, such as the note verbale.")
            scan(work, body.document, paper, "document-missing", missing, mail=True)
            document = work.store.put(paper)
        outcome = importing.import_contacts(work, data, dry_run=body.dry_run, source_file=document)
    return contacts.ImportOutcome.model_validate(outcome)


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
