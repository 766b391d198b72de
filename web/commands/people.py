"""People and the directory: accounts, tokens, import of states and contacts."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import BinaryIO

import click

from web.commands import actor, means
from workflow.operations import accounts, directory, erasing, exporting, importing
from workflow.states import Role
from workflow.tables import workbook, writing


def register(group: click.Group) -> None:
    """Adds these commands to the command line."""
    group.add_command(user)
    group.add_command(import_)
    group.add_command(export)
    group.add_command(erase)


@click.group()
def user() -> None:
    """Accounts and tokens."""


@user.command("create")
@click.argument("email")
@click.option("--name", required=True, help="The person's name.")
@click.option("--role", "roles", multiple=True, required=True, type=click.Choice([r.value for r in Role]))
@click.option(
    "--language", "languages", multiple=True, help="A language that a translator or reviewer works in."
)
@click.option("--locale", default="en", show_default=True, help="The language of the person's pages.")
@click.option("--organisation", default="", help="The chair institute, for instance.")
@click.option(
    "--password-stdin", is_flag=True, help="Read the password from standard input instead of asking."
)
def create(
    email: str,
    name: str,
    roles: tuple[str, ...],
    languages: tuple[str, ...],
    locale: str,
    organisation: str,
    password_stdin: bool,
) -> None:
    """Make an account; the password is asked for, or read from standard input."""
    from web.accounts import hash_password

    password = (
        sys.stdin.readline().rstrip("\n")
        if password_stdin
        else click.prompt("Password", hide_input=True, confirmation_prompt=True)
    )
    with means().work() as work:
        account = accounts.create(
            work,
            email,
            name,
            roles,
            password_hash=hash_password(password),
            languages=languages,
            locale=locale,
            organisation=organisation,
        )
        click.echo(f"Account {account.id} for {account.email}: {', '.join(roles)}.")


@user.command("list")
def list_() -> None:
    """List the accounts."""
    from sqlalchemy import select

    from workflow.models import Account

    with means().look() as work:
        for account in work.session.scalars(select(Account).order_by(Account.id)):
            roles = ", ".join(row.role.value for row in account.role_rows)
            state = "" if account.active else " (closed)"
            click.echo(f"{account.id:4}  {account.email:40} {roles}{state}  {account.name}")


@user.command("token")
@click.argument("email")
@click.option("--name", default="command line", show_default=True, help="What the token is for.")
@click.option("--days", default=90, show_default=True, help="How long it is valid.")
def token(email: str, name: str, days: int) -> None:
    """Make a bearer token for the API; it is printed this once."""
    with means().work() as work:
        click.echo(accounts.issue_token(work, accounts.find(work, email), name, days))


@click.group("erase")
def erase() -> None:
    """Erase personal data by a decision; the log and the evidence stay whole."""


@erase.command("contact")
@click.argument("number", type=click.IntRange(1, 999_999_999))
@click.option("--decision", required=True, help="By which decision; it is kept and shown.")
@click.option("--papers", is_flag=True, help="Also the files that were handed in as evidence.")
@click.option("--as", "email", required=True, help="The account of the administrator who does it.")
def erase_contact(number: int, decision: str, papers: bool, email: str) -> None:
    """Erase what names the contact NUMBER, which has to be out of use."""
    with means().work(actor(email)) as work:
        contact = directory.find_contact(work, number)
        done = erasing.erase_contact(work, contact, decision, papers=papers)
    click.echo(
        f"Erased: {done.pieces} pieces of evidence lost their personal data, {done.files} files are gone."
    )


@click.group("export")
def export() -> None:
    """Write the directory out as a table, CSV in UTF-8 or XLSX."""


@export.command("contacts")
@click.option(
    "--out", type=click.File("wb", atomic=True), default="-", help="The file; else standard output."
)
@click.option("--format", "kind", type=click.Choice(["csv", "xlsx"]), default="csv", show_default=True)
def export_contacts(out: BinaryIO, kind: str) -> None:
    """The contacts that are in force or wait, with the columns that the import takes."""
    with means().look() as work:
        rows = list(exporting.contacts(work))
    if kind == "xlsx":
        out.write(workbook.written("contacts", exporting.COLUMNS, rows))
    else:
        out.write(writing.csv_file(exporting.COLUMNS, rows))


@click.group("import")
def import_() -> None:
    """Bring states and contacts in from tables, CSV or XLSX."""


@import_.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Only say what would happen.")
@click.option("--as", "email", required=True, help="The account that does it.")
def states(file: Path, dry_run: bool, email: str) -> None:
    """Columns: code, since, until, certain, source, and name_<language> for each language."""
    with means().work(actor(email)) as work:
        outcome = importing.import_states(work, file.read_bytes(), dry_run=dry_run)
        click.echo(outcome.sentence)


@import_.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Only say what would happen.")
@click.option("--as", "email", required=True, help="The account of the registry that proposes them.")
def contacts(file: Path, dry_run: bool, email: str) -> None:
    """Columns: member, address, office, role, language, channel, source; if wanted valid_from, valid_until.

    The contacts are proposed; a second person of the registry confirms them.  One that is there with
    other details is proposed as a change, and what the file does not name stays as it is.
    """
    with means().work(actor(email)) as work:
        outcome = importing.import_contacts(work, file.read_bytes(), dry_run=dry_run)
    for line in outcome.lines:
        if line.what != "known":
            more = f": {', '.join(line.changed)}" if line.changed else ""
            click.echo(f"line {line.number}  {line.member}  {line.address}  {line.what}{more}")
    for missing in outcome.missing:
        click.echo(f"not in the file, stays as it is: {missing}")
    if outcome.ignored:
        click.echo(f"columns without a meaning here: {', '.join(outcome.ignored)}")
    click.echo(outcome.sentence)
