"""A language version as a file for a translation program or Word, and back."""

from __future__ import annotations

from pathlib import Path

import click

from web.commands import actor, means
from web.commands.files import read_file
from workflow import whole_files
from workflow.errors import Misuse
from workflow.exchange import FORMATS
from workflow.exchange.formats import LARGEST_FILE_BYTES
from workflow.operations import exchange as exchanging
from workflow.operations.context import find_note


def register(group: click.Group) -> None:
    """Adds these commands to the command line."""
    group.add_command(exchange)


@click.group()
def exchange() -> None:
    """Hand a language version out as a file, and bring it back."""


@exchange.command("export")
@click.argument("note")
@click.argument("language")
@click.option(
    "--format",
    "form",
    type=click.Choice(list(FORMATS)),
    default="xliff-2.1",
    show_default=True,
    help="The form of the file.",
)
@click.option("--out", "out", type=click.Path(path_type=Path), help="The file; by default a name of its own.")
@click.option("--as", "email", required=True, help="The account that takes it away.")
def export(note: str, language: str, form: str, out: Path | None, email: str) -> None:
    """Write the LANGUAGE version of NOTE as a file to be translated elsewhere."""
    with means().look(actor(email)) as work:
        file = exchanging.export(work, find_note(work, note), language, form)
    path = out or Path(file.name)
    try:
        whole_files.write(path, [file.data])
    except OSError as error:
        raise Misuse(
            "unwritable", "%(file)s cannot be written: %(why)s.", file=path, why=error.strerror
        ) from error
    click.echo(str(path))


@exchange.command("import")
@click.argument("note")
@click.argument("language")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--dry-run", is_flag=True, help="Only say what would happen.")
@click.option("--as", "email", required=True, help="The account of the version's translator.")
def import_(note: str, language: str, file: Path, dry_run: bool, email: str) -> None:
    """Bring a translated FILE back into the LANGUAGE version of NOTE: all of it, or nothing."""
    data = read_file(file, LARGEST_FILE_BYTES)
    with means().work(actor(email)) as work:
        outcome = exchanging.import_translation(
            work, find_note(work, note), language, data, file.name, dry_run=dry_run
        )
    for change in outcome.changes:
        click.echo(f"¶{change.ordinal}  {change.after}")
    for change in outcome.confirmed:
        click.echo(f"¶{change.ordinal}  still right as it is")
    for one in outcome.differences:
        click.echo(f"¶{one.ordinal}  CONFLICT ({one.kind}): here “{one.ours}”, in the file “{one.theirs}”")
    verb = "would be taken" if dry_run else "taken"
    click.echo(
        f"{len(outcome.changes) + len(outcome.confirmed)} paragraphs {verb}, {outcome.unchanged} as before, "
        f"{len(outcome.untranslated)} not translated in the file, {len(outcome.differences)} in conflict."
    )
