"""Files without a database: inspect an upload, compare texts, render a letter, check a profile."""

from __future__ import annotations

import json
from pathlib import Path

import click

from workflow.errors import InputRefused, Invalid, Misuse, NotFound


def register(group: click.Group) -> None:
    """Adds these commands to the command line."""
    for command in (inspect, compare, render, profile):
        group.add_command(command)


def read_file(path: Path, most: int = 200_000_000) -> bytes:
    """The bytes of a file; raises Misuse when it cannot be read and InputRefused when it is too large."""
    try:
        if path.stat().st_size > most:
            raise InputRefused("too-large", "%(file)s is larger than %(most)s bytes.", file=path, most=most)
        return path.read_bytes()
    except OSError as error:
        raise Misuse(
            "unreadable", "%(file)s cannot be read: %(why)s.", file=path, why=error.strerror
        ) from error


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
def inspect(file: Path) -> None:
    """Check a file as an enclosure, before anything opens it; prints JSON. Exit 3 when it is refused."""
    from workflow.letters import enclosure

    try:
        report = enclosure.inspect(read_file(file), file.name).to_json()
    except InputRefused as refusal:
        # Whoever reads the output gets the reason as data, too; the sentence goes to standard error.
        click.echo(json.dumps(enclosure.refused_json(file.name, refusal), ensure_ascii=False, indent=2))
        raise
    click.echo(json.dumps(report, ensure_ascii=False, indent=2))


@click.command()
@click.option("--profile", "name", required=True, help="The letter profile, such as cica.")
@click.option("--json", "as_json", is_flag=True, help="Print the findings as JSON.")
@click.option(
    "--date", "day", metavar="YYYY-MM-DD", help="The note's date, where the texts do not carry one."
)
@click.argument("texts", nargs=-1, metavar="LANGUAGE=FILE...")
@click.pass_context
def compare(
    context: click.Context, name: str, as_json: bool, day: str | None, texts: tuple[str, ...]
) -> None:
    """Compare language versions that were never in the system: en=FILE ru=FILE … (text or DOCX).

    Exit 1 when there is an error finding; warnings alone are good.
    """
    from workflow import concordance
    from workflow.operations.choices import require_day

    given: dict[str, str] = {}
    for item in texts:
        language, equals, path = item.partition("=")
        if not equals or not language or not path:
            raise Misuse(
                "texts", "Give each version as LANGUAGE=FILE, such as en=note.txt, not “%(text)s”.", text=item
            )
        if language in given:
            raise Misuse("texts", "The language %(language)s is given twice.", language=language)
        file = Path(path)
        given[language] = concordance.read_text(read_file(file), file.name, language)
    if len(given) < 2:
        raise Misuse("texts", "Give at least two versions to compare, such as en=note.en.txt ru=note.ru.txt.")
    try:
        findings = concordance.compare(name, given, day=require_day(day) if day else None)
    except (NotFound, Invalid) as refusal:
        # An unknown profile, language or date is a mistake in what was typed.
        raise Misuse(refusal.code, refusal.message, **refusal.values) from refusal
    report = concordance.as_json(findings)
    if as_json:
        click.echo(json.dumps(report, ensure_ascii=False, indent=2))
    else:
        for finding in findings:
            click.echo(f"{finding.severity.upper()}  {finding.type}: {finding.message}")
            for language, quote in finding.quotes.items():
                click.echo(f"    {language}  {quote}")
        click.echo(f"{report['errors']} errors, {report['warnings']} warnings.")
    context.exit(1 if report["errors"] else 0)


@click.command()
@click.option("--profile", "name", help="The letter profile, such as cica.")
@click.option("--data", "data", type=click.Path(path_type=Path), help="The data of the note, in TOML.")
@click.option(
    "--out", "out", type=click.Path(file_okay=False, path_type=Path), help="The folder for the documents."
)
@click.option("--plain", is_flag=True, help="Print the text of each language in reading order.")
@click.option("--example", "example", metavar="PROFILE", help="Print a commented data file to start from.")
def render(name: str | None, data: Path | None, out: Path | None, plain: bool, example: str | None) -> None:
    """Make all documents of a note from a data file alone, without a database."""
    from workflow.letters import data_example, data_file
    from workflow.letters import plain as plainly
    from workflow.letters import profile as profiles

    if example:
        click.echo(data_example.example(profiles.load(example)), nl=False)
        return
    if not name or data is None:
        raise Misuse(
            "render", "Give --profile and --data, or --example PROFILE for a data file to start from."
        )
    read_file(data, 5_000_000)
    organisation, note = profiles.load(name), data_file.load(data)
    if plain:
        for language, letter in data_file.letters(organisation, note).items():
            click.echo(f"=== {language} ===\n{plainly.text(letter)}")
    if out is None:
        if not plain:
            raise Misuse(
                "render", "Say where the documents go with --out DIR, or print their text with --plain."
            )
        return
    for path in data_file.render_all(organisation, note, out):
        click.echo(str(path))


@click.group()
def profile() -> None:
    """Letter profiles."""


@profile.command()
@click.argument("path", type=click.Path(path_type=Path))
@click.pass_context
def check(context: click.Context, path: Path) -> None:
    """Check the profile in a folder (or of a name): a sentence for each fault."""
    from workflow.letters import profile as profiles

    folder = path if path.exists() else profiles.ROOT / path
    if not folder.is_dir():
        raise Misuse("profile", "There is no folder %(path)s and no profile of that name.", path=path)
    faults = profiles.check(folder)
    for fault in faults:
        click.echo(fault)
    click.echo(f"{len(faults)} faults." if faults else f"{folder.name}: no fault.")
    context.exit(1 if faults else 0)


@profile.command("new")
@click.argument("name")
def new_(name: str) -> None:
    """Make a new profile from a commented skeleton, to be filled in."""
    from workflow.letters import profile_new

    folder = profile_new.create(name)
    click.echo(
        f"{folder}: fill in profile.toml and languages/en.toml, then ask: chancery profile check {name}"
    )


@profile.command("list")
def list_() -> None:
    """List the profiles that are there."""
    from workflow.letters import profile as profiles

    for name in profiles.names():
        click.echo(name)
