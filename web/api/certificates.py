"""Certificates of contacts: mail to whoever gave one is encrypted."""

from __future__ import annotations

from web.access import allowed
from web.api.door import endpoint
from web.api.schemas import post as schemas
from web.api.schemas.common import Why
from web.session import looking, writing
from workflow.operations import directory, protection
from workflow.states import Role

CERTIFICATE = "/contacts/<row:contact>/certificate"


@endpoint(
    "GET",
    CERTIFICATE,
    allowed(Role.REGISTRY, Role.DIRECTOR, Role.ADMINISTRATOR),
    tag="Directory",
    gives=schemas.Certificates,
)
def list_certificates(contact: int) -> schemas.Certificates:
    """Show the certificate for which mail to a contact is encrypted; none means that it is not."""
    with looking() as work:
        row = directory.find_contact(work, contact)
        found = protection.standing(work, row.id)
        return schemas.Certificates(items=[schemas.Certificate.model_validate(one) for one in found])


@endpoint(
    "PUT",
    CERTIFICATE,
    allowed(actions="propose_contact"),
    tag="Directory",
    body=schemas.NewCertificate,
    gives=schemas.Certificate,
)
def put_certificate(contact: int, body: schemas.NewCertificate) -> schemas.Certificate:
    """Have mail to a contact encrypted for this certificate, in place of the one before."""
    with writing() as work:
        row = directory.find_contact(work, contact)
        made = protection.add_certificate(work, row, body.pem.encode(), body.source)
        return schemas.Certificate.model_validate(made)


@endpoint(
    "POST",
    f"{CERTIFICATE}/end",
    allowed(actions="propose_contact"),
    tag="Directory",
    body=Why,
    gives=schemas.Certificates,
)
def end_certificate(contact: int, body: Why) -> schemas.Certificates:
    """Encrypt mail to a contact no more."""
    with writing() as work:
        row = directory.find_contact(work, contact)
        protection.end_certificate(work, row, body.reason)
        return schemas.Certificates(items=[])
