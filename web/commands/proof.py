"""Packs of evidence and dossiers: made into a folder, and checked with or without the log."""

from __future__ import annotations

import json
from pathlib import Path
from urllib.parse import urlsplit

import click

from web import packs, service
from web.commands import means
from web.pages import _dossier, _papers
from web.sheets import evidence as drawing
from workflow import audit, whole_files
from workflow.errors import Misuse, Refusal
from workflow.means import Means
from workflow.operations import pack_log as log
from workflow.operations.context import find_note
from workflow.proof import check


def register(group: click.Group) -> None:
    """Adds these commands to the command line."""
    for command in (evidence, dossier):
        group.add_command(command)


OUT = click.option(
    "--out", required=True, type=click.Path(file_okay=False, path_type=Path), help="The folder for the file."
)


@click.command()
@click.argument("note")
@click.option("--state", "code", default="", help="The member's code, such as KZ; all members without it.")
@click.option(
    "--format", "kind", type=click.Choice(packs.KINDS), default="zip", show_default=True, help="What to make."
)
@click.option("--language", default="en", show_default=True, help="The language of the PDF's own words.")
@OUT
def evidence(note: str, code: str, kind: str, language: str, out: Path) -> None:
    """Make the pack of evidence of a dispatched note: PDF, JSON, documents and raw messages, with their proofs."""
    given = means()
    with given.work() as work:
        # What is not sealed yet cannot be proved by the log, so it is sealed now.
        while audit.seal_evidence(work.session, work.settings.keys.audit, work.now()):
            pass
    with given.look() as work:
        row = find_note(work, note)
        data = packs.make(work, row, kind, code, language)
        name = packs.name_of(_papers.stem(row), code, kind)
    _write(out / name, data)


@click.command()
@click.argument("note")
@OUT
def dossier(note: str, out: Path) -> None:
    """Make the dossier of a note: everything that is kept of it, with a manifest of digests."""
    with means().look() as work:
        row = find_note(work, note)
        data, name = _dossier.make(work, row), f"{_papers.stem(row)}.dossier.zip"
    _write(out / name, data)


def _write(path: Path, data: bytes) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        whole_files.write(path, [data])
    except OSError as error:
        raise Misuse(
            "unwritable", "%(file)s cannot be written: %(why)s.", file=path, why=error.strerror
        ) from error
    click.echo(str(path))


def check_pack(data: bytes, *, offline: bool, as_json: bool) -> bool:
    """Checks a pack and prints what was found; asks the log where there is one and `offline` does not say otherwise."""
    found = check.check(data, drawing.draw)
    given = None if offline or not found.good else _log_here()
    if given is not None:
        with given.look() as work:
            log.compare(work, found)
    asked = given is not None
    if as_json:
        report = {
            "good": found.good,
            "asked_log": asked,
            "files": found.files,
            "sealed": found.sealed,
            "unsealed": found.unsealed,
            "erased": found.erased,
            "faults": found.faults,
            "notes": found.notes,
        }
        click.echo(json.dumps(report, ensure_ascii=False, indent=2))
        return found.good
    for fault in found.faults:
        click.echo(f"FAULT  {fault}")
    for note in found.notes:
        click.echo(f"note   {note}")
    click.echo(
        f"{found.files} files, {found.sealed} pieces of evidence proved into the log's entries. "
        + ("The pack is ALTERED." if not found.good else "The pack is whole.")
        + (" The log says the same." if asked and found.good else "" if asked else " The log was not asked.")
    )
    return found.good


def _log_here() -> Means | None:
    """The means of this installation, where there is one with a log; never makes one."""
    url = service.embedded_settings().database
    if url.startswith("sqlite") and not Path(urlsplit(url).path.replace("//", "/", 1)).exists():
        return None
    try:
        return means()
    except Refusal:
        return None
