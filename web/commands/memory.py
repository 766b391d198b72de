"""The translation memory and the glossary: search, TMX and TBX out and in, the index made anew."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from pathlib import Path

import click

from web.commands import actor, means
from web.commands.files import read_file
from workflow import whole_files
from workflow.errors import Misuse
from workflow.memory.markup import MOST_BYTES
from workflow.memory.tbx import EDITIONS
from workflow.operations import glossary as words
from workflow.operations import memory as memories
from workflow.operations.memory import Outcome

ACCOUNT = click.option("--as", "email", required=True, help="The account that does it.")
DRY_RUN = click.option("--dry-run", is_flag=True, help="Only say what would happen.")
FILE = click.argument("file", type=click.Path(dir_okay=False, path_type=Path))


def register(group: click.Group) -> None:
    """Adds these commands to the command line."""
    group.add_command(memory)
    group.add_command(glossary)


@click.group()
def memory() -> None:
    """The translation memory."""


@memory.command()
@click.argument("phrase")
@ACCOUNT
@click.option("--language", default="", help="The language of the phrase; any where it is left out.")
@click.option("--other", default="", help="The language of the text beside it.")
@click.option("--json", "as_json", is_flag=True, help="Print the pairs as JSON.")
@click.pass_context
def search(context: click.Context, phrase: str, email: str, language: str, other: str, as_json: bool) -> None:
    """Find every past pair that says PHRASE, in any of its forms. Exit 1 when there is none."""
    with means().look(actor(email)) as work:
        hits = memories.find(work, phrase, language, other)
        notes = memories.notes_of(work, [hit.pair.note_id for hit in hits])
        rows = [
            {
                "source_language": hit.pair.source_language,
                "target_language": hit.pair.target_language,
                "source": hit.pair.source_reads,
                "target": hit.pair.target_reads,
                "together": hit.together,
                "from": notes[hit.pair.note_id].name if hit.pair.note_id in notes else hit.pair.origin,
                "date": hit.day.isoformat(),
            }
            for hit in hits
        ]
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False, indent=2))
    else:
        for row in rows:
            click.echo(f"{row['from']}, {row['date']}")
            click.echo(f"    {row['source_language']}  {row['source']}")
            click.echo(f"    {row['target_language']}  {row['target']}")
        click.echo(f"{len(rows)} pairs." if rows else "Nobody has said that yet.")
    context.exit(0 if rows else 1)


@memory.command("export")
@FILE
@ACCOUNT
@click.option("--source", default="", help="Only units from this language.")
@click.option("--target", default="", help="Only units into this language.")
def export_memory(file: Path, email: str, source: str, target: str) -> None:
    """Write the units that the account may see to FILE, as TMX 1.4b."""
    with means().look(actor(email)) as work:
        _write(file, memories.export_tmx(work, source, target))
    click.echo(f"Written to {file}.")


@memory.command("import")
@FILE
@ACCOUNT
@DRY_RUN
def import_memory(file: Path, email: str, dry_run: bool) -> None:
    """Bring the units of the TMX file FILE in: all of them or none. Exit 3 when it is refused."""
    _bring(file, email, dry_run, "units", memories.import_tmx)


@memory.command()
@ACCOUNT
def rebuild(email: str) -> None:
    """Feed every accepted version that is not there yet, and make the index anew."""
    with means().work(actor(email)) as work:
        versions, count = memories.rebuild(work)
    click.echo(f"{versions} accepted versions, {count} units in the index.")


@click.group()
def glossary() -> None:
    """The glossary."""


@glossary.command("export")
@FILE
@ACCOUNT
@click.option(
    "--edition", type=click.Choice(EDITIONS), default=EDITIONS[0], show_default=True, help="Of ISO 30042."
)
def export_glossary(file: Path, email: str, edition: str) -> None:
    """Write the glossary to FILE, as TBX-Basic."""
    with means().look(actor(email)) as work:
        _write(file, [words.export_tbx(work, edition)])
    click.echo(f"Written to {file}.")


@glossary.command("import")
@FILE
@ACCOUNT
@DRY_RUN
def import_glossary(file: Path, email: str, dry_run: bool) -> None:
    """Bring the concepts of the TBX file FILE in: all of them or none. Exit 3 when it is refused."""
    _bring(file, email, dry_run, "concepts", words.import_tbx)


def _bring(file: Path, email: str, dry_run: bool, noun: str, importer: Callable[..., Outcome]) -> None:
    data = read_file(file, MOST_BYTES)
    with means().work(actor(email)) as work:
        outcome = importer(work, data, file.name, dry_run=dry_run)
    verb = "would be brought in" if dry_run else "brought in"
    click.echo(f"{outcome.new} {noun} {verb}, {outcome.known} were there already.")


def _write(file: Path, pieces: Iterable[bytes]) -> None:
    try:
        whole_files.write(file, pieces)
    except OSError as error:
        raise Misuse(
            "unwritable", "%(file)s cannot be written: %(why)s.", file=file, why=error.strerror
        ) from error
