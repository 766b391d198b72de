"""The certificate of the seal: one of our own to begin with, and what is configured."""

from __future__ import annotations

from pathlib import Path

import click

from web.service import embedded_settings
from workflow.clock import system_clock


def register(group: click.Group) -> None:
    """Adds these commands to the command line."""
    group.add_command(seal)


@click.group()
def seal() -> None:
    """The electronic seal."""


@seal.command("new")
@click.option("--name", required=True, help="The organisation, as the seal shall name it.")
@click.option("--days", default=730, show_default=True, help="For how long it holds.")
@click.option(
    "--folder", type=click.Path(path_type=Path), help="Where; by default “seal” in the data folder."
)
def new(name: str, days: int, folder: Path | None) -> None:
    """Make a certificate authority and a sealing certificate of one's own, with its key.

    Receivers trust it as far as they trust the file authority.pem that you hand them. An embedded
    service takes it from the data folder by itself.
    """
    from workflow.letters.seal import certificates

    made = certificates.make(folder or embedded_settings().seal_dir, name, system_clock(), days=days)
    click.echo(f"CHANCERY_SEAL_CERTIFICATE={made.certificate}")
    click.echo(f"CHANCERY_SEAL_KEY={made.key}")
    click.echo(f"For receivers: {made.authority}")


@seal.command("show")
def show() -> None:
    """Show the certificates of the seal, and until when each holds."""
    from workflow.letters.seal import keys
    from workflow.operations import sealing

    settings = embedded_settings()
    if settings.seal_place is None:
        click.echo("Documents are not sealed: CHANCERY_SEAL_CERTIFICATE names no certificate.")
        return
    own = keys.read_certificates(settings.seal_place.certificate)[0]
    click.echo(f"{keys.holder(own)}, SHA-256 {keys.fingerprint(own)}")
    for term in sealing.terms(settings, system_clock()):
        click.echo(f"{term.until.date().isoformat()}  {term.holder}{'  ENDED' if term.ended else ''}")
