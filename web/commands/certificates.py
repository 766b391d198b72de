"""Certificates of contacts: shown, proposed from a file, confirmed by another person, withdrawn."""

from __future__ import annotations

from pathlib import Path

import click

from web.commands import actor, means
from workflow.models import ContactCertificate
from workflow.operations import address_checks, certificates, directory
from workflow.post import certificate as read

BY = click.option("--as", "email", required=True, help="The account of the registry that decides this.")
REASON = click.option("--reason", required=True, help="Why; it is kept in the log.")
CONTACT = click.argument("contact", type=click.IntRange(1, 2**31 - 1))
CERTIFICATE = click.argument("certificate", type=click.IntRange(1, 2**31 - 1))


def register(group: click.Group) -> None:
    """Adds these commands to the command line."""
    group.add_command(certificate)


@click.group()
def certificate() -> None:
    """Certificates of contacts: mail to whoever gave one is encrypted."""


@certificate.command("list")
@CONTACT
def list_certificates(contact: int) -> None:
    """Show the certificates of CONTACT (its number), the newest first."""
    with means().look() as work:
        found = directory.find_contact(work, contact)
        for row in certificates.of_contact(work, found.id):
            click.echo(f"{row.id}: {certificates.state_of(row).replace('_', ' ')}")
            _tell(row)


def _tell(row: ContactCertificate) -> None:
    click.echo(f"  issued to    {row.subject}")
    if row.pem:
        found = read.load(row.pem)
        click.echo(f"  issued by    {read.issuer(found)}")
        click.echo(f"  serial       {read.serial(found)}")
        usages = ", ".join(read.usages(found)).replace("_", " ")
        click.echo(f"  key usage    {usages or 'not limited'}")
    click.echo(f"  SHA-256      {row.digest}")
    click.echo(f"  valid        {row.not_before:%Y-%m-%d} to {row.not_after:%Y-%m-%d}")


@certificate.command()
@CONTACT
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@BY
@click.option("--source", required=True, help="The document that it comes from, such as a note verbale.")
@click.option(
    "--document",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="That document as a file; it is kept.",
)
@click.option(
    "--other-address", is_flag=True, help="It is meant although it does not name the contact's address."
)
def add(
    contact: int, file: Path, email: str, source: str, document: Path | None, other_address: bool
) -> None:
    """Propose the certificate in FILE (PEM, DER or PKCS#7) for CONTACT; a second person confirms it."""
    with means().work(actor(email)) as work:
        found = directory.find_contact(work, contact)
        kept = work.store.put(document.read_bytes()) if document else None
        row = certificates.propose(
            work, found, file.read_bytes(), source, source_file=kept, other_address=other_address
        )
        click.echo(f"Certificate {row.id} of {found.address} waits for a second person.")
        _tell(row)


@certificate.command()
@CONTACT
@CERTIFICATE
@BY
def confirm(contact: int, certificate: int, email: str) -> None:
    """Encrypt mail to CONTACT for the proposed CERTIFICATE (its number); not by its proposer."""
    with means().work(actor(email)) as work:
        found = directory.find_contact(work, contact)
        row = certificates.confirm(work, certificates.find(work, found, certificate))
        click.echo(f"Mail to {found.address} is encrypted for {row.subject}, until {row.not_after:%Y-%m-%d}.")


@certificate.command()
@CONTACT
@CERTIFICATE
@BY
@REASON
def reject(contact: int, certificate: int, email: str, reason: str) -> None:
    """End the proposed CERTIFICATE, which shall not be used."""
    with means().work(actor(email)) as work:
        found = directory.find_contact(work, contact)
        certificates.reject(work, certificates.find(work, found, certificate), reason)
        click.echo(f"Certificate {certificate} of {found.address} is rejected.")


@certificate.command()
@CONTACT
@BY
@REASON
def withdraw(contact: int, email: str, reason: str) -> None:
    """Encrypt mail to CONTACT no more, at once."""
    with means().work(actor(email)) as work:
        found = directory.find_contact(work, contact)
        certificates.withdraw(work, found, reason)
        click.echo(f"Mail to {found.address} is no longer encrypted.")


@certificate.command()
@CONTACT
@CERTIFICATE
@BY
@REASON
def keep(contact: int, certificate: int, email: str, reason: str) -> None:
    """Keep the CERTIFICATE although CONTACT objects to it, by your word; not by its proposer."""
    with means().work(actor(email)) as work:
        found = directory.find_contact(work, contact)
        address_checks.keep_certificate(work, certificates.find(work, found, certificate), reason)
        click.echo(f"Certificate {certificate} of {found.address} stays.")
