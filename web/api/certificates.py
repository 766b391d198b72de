"""Certificates of contacts: mail to whoever gave one is encrypted."""

from __future__ import annotations

from flask import request

from web import once
from web.access import allowed
from web.api.door import endpoint
from web.api.files import scan
from web.api.schemas import certificates as schemas
from web.api.schemas.common import Why
from web.session import looking, writing
from workflow.errors import Phrase
from workflow.models import ContactCertificate
from workflow.operations import address_checks, certificates, directory
from workflow.operations.context import Work
from workflow.permissions import why_not_office
from workflow.post import certificate as read
from workflow.states import Role
from workflow.store import sha256

ALL = "/contacts/<row:contact>/certificates"
ONE = f"{ALL}/<row:certificate>"


def _present(row: ContactCertificate) -> schemas.Certificate:
    found = read.load(row.pem) if row.pem else None
    return schemas.Certificate(
        id=row.id,
        state=certificates.state_of(row),
        digest=row.digest,
        serial=read.serial(found) if found else "",
        subject=row.subject,
        issuer=read.issuer(found) if found else "",
        chain=[read.name(one) for one in read.load_chain(row.chain)],
        addresses=sorted(read.addresses(found)) if found else [],
        usages=list(read.usages(found)) if found else [],
        not_before=row.not_before,
        not_after=row.not_after,
        other_address=row.other_address,
        source=row.source,
        added_by=row.added_by,
        added_at=row.added_at,
        confirmed_by=row.confirmed_by,
        confirmed_at=row.confirmed_at,
        ended_by=row.ended_by,
        ended_at=row.ended_at,
        end_reason=row.end_reason,
    )


def _all(work: Work, contact: int) -> schemas.Certificates:
    return schemas.Certificates(items=[_present(one) for one in certificates.of_contact(work, contact)])


@endpoint(
    "GET",
    ALL,
    allowed(Role.REGISTRY, Role.DIRECTOR, Role.ADMINISTRATOR),
    tag="Directory",
    gives=schemas.Certificates,
)
def list_certificates(contact: int) -> schemas.Certificates:
    """List the certificates of a contact; where none is in force, mail to it is not encrypted."""
    with looking() as work:
        return _all(work, directory.find_contact(work, contact).id)


@endpoint(
    "POST",
    ALL,
    allowed(actions="propose_contact"),
    tag="Directory",
    body=schemas.CertificateProposal,
    gives=schemas.Certificate,
    status=201,
    form=True,
    once=True,
)
def propose_certificate(contact: int, body: schemas.CertificateProposal) -> schemas.Certificate:
    """Propose a certificate; nothing is encrypted for it until a second person confirms it."""
    key, data, document = request.headers.get("Idempotency-Key"), body.file.read(), body.document.read()
    with writing() as work:
        row = directory.find_contact(work, contact)
        known = once.done(work, key, ["certificate", contact, sha256(data), body.source])
        if known:
            return _present(certificates.find(work, row, int(known.removeprefix("certificate:"))))
        refusal = why_not_office(work.actor, "propose_contact")
        if refusal is not None:
            raise refusal  # Nothing is kept of a file that nobody may hand in.
        missing = Phrase("Add the document that asks for it, such as the note verbale.")
        scan(work, body.document, document, "document-missing", missing, mail=True)
        made = certificates.propose(
            work,
            row,
            data,
            body.source,
            source_file=work.store.put(document),
            other_address=body.other_address,
        )
        once.keep(work, key, f"certificate:{made.id}")
        return _present(made)


@endpoint(
    "POST",
    f"{ONE}/confirm",
    allowed(actions="confirm_contact"),
    tag="Directory",
    gives=schemas.Certificate,
)
def confirm_certificate(contact: int, certificate: int) -> schemas.Certificate:
    """Confirm a proposed certificate; somebody else than its proposer has to. It replaces the one before."""
    with writing() as work:
        row = directory.find_contact(work, contact)
        return _present(certificates.confirm(work, certificates.find(work, row, certificate)))


@endpoint(
    "POST",
    f"{ONE}/reject",
    allowed(actions="confirm_contact"),
    tag="Directory",
    body=Why,
    gives=schemas.Certificate,
)
def reject_certificate(contact: int, certificate: int, body: Why) -> schemas.Certificate:
    """End a proposed certificate that shall not be used."""
    with writing() as work:
        row = directory.find_contact(work, contact)
        return _present(certificates.reject(work, certificates.find(work, row, certificate), body.reason))


@endpoint(
    "POST",
    f"{ONE}/keep",
    allowed(actions="confirm_contact"),
    tag="Directory",
    body=Why,
    gives=schemas.Certificate,
)
def keep_certificate(contact: int, certificate: int, body: Why) -> schemas.Certificate:
    """Settle the contact's objection to a certificate by a person's word: it stays."""
    with writing() as work:
        row = certificates.find(work, directory.find_contact(work, contact), certificate)
        address_checks.keep_certificate(work, row, body.reason)
        return _present(row)


@endpoint(
    "POST",
    f"{ALL}/withdraw",
    allowed(actions="retire_contact"),
    tag="Directory",
    body=Why,
    gives=schemas.Certificates,
)
def withdraw_certificate(contact: int, body: Why) -> schemas.Certificates:
    """Encrypt mail to a contact no more, at once."""
    with writing() as work:
        row = directory.find_contact(work, contact)
        certificates.withdraw(work, row, body.reason)
        return _all(work, row.id)
