"""Proof and health: verify, audit, receipts, doctor."""

from __future__ import annotations

import json
from pathlib import Path

import click

from web import doctor as doctors
from web.commands import means
from web.commands.files import read_file
from web.commands.proof import check_pack
from workflow import anchors
from workflow import audit as audits
from workflow.operations import documents, evidence
from workflow.operations.context import find_note
from workflow.proof.pack import is_zip


def register(group: click.Group) -> None:
    """Adds these commands to the command line."""
    for command in (verify, audit, receipts, doctor):
        group.add_command(command)


@click.command()
@click.argument("note")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
@click.option(
    "--offline", is_flag=True, help="Of a pack of evidence: do not ask the log of this installation."
)
@click.pass_context
def verify(context: click.Context, note: str, as_json: bool, offline: bool) -> None:
    """Prove a note's files: stored bytes, and rendered again, against the recorded SHA-256.

    NOTE is a number in any script, a draft's reference, or a file that is then looked up by its digest.
    A pack of evidence or a dossier (ZIP) is checked from itself alone, and against the log where there is one.
    """
    if Path(note).is_file() and is_zip(data := read_file(Path(note))) and not note.lower().endswith(".docx"):
        context.exit(0 if check_pack(data, offline=offline, as_json=as_json) else 1)
    with means().look() as work:
        if Path(note).is_file():
            found = documents.whose(work, Path(note).read_bytes())
            click.echo(
                json.dumps({"good": found is not None, "note": found})
                if as_json
                else documents.whose_sentence(found)
            )
            context.exit(0 if found else 1)
        checked = documents.verify(work, find_note(work, note))
    good = bool(checked) and all(item.good for item in checked)
    if as_json:
        rows = [{"what": c.what, "good": c.good, "sentence": c.sentence, "sha256": c.sha256} for c in checked]
        click.echo(json.dumps({"note": note, "good": good, "files": rows}, ensure_ascii=False, indent=2))
    else:
        for item in checked:
            click.echo(f"{'good ' if item.good else 'FAULT'}  {item.sentence}")
            if item.sha256:
                click.echo(f"       SHA-256 {item.sha256}")
        click.echo(
            "Verified." if good else "Not verified." if checked else "The note has no final documents yet."
        )
    context.exit(0 if good else 1)


@click.group()
def audit() -> None:
    """The audit log."""


@audit.command("verify")
@click.option(
    "--anchor", type=click.Path(path_type=Path), help="A file of anchored heads, to find a cut tail."
)
@click.option(
    "--pack",
    type=click.Path(path_type=Path, dir_okay=False),
    help="A pack of evidence, to hold against the log.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
@click.pass_context
def verify_audit(context: click.Context, anchor: Path | None, pack: Path | None, as_json: bool) -> None:
    """Walk the whole log: finds any changed, removed, added or reordered entry."""
    if pack is not None:
        means()  # Without a log there is nothing to ask, and that is said at once.
        context.exit(0 if check_pack(read_file(pack), offline=False, as_json=as_json) else 1)
    known = anchors.read(anchor) if anchor else []
    with means().look() as work:
        found = audits.verify(work.session, work.settings.keys.audit, known)
    if as_json:
        report = {
            "verified": found.good,
            "entries": found.entries,
            "head": found.head,
            "sealed": found.sealed,
            "unsealed": found.unsealed,
            "faults": found.faults,
        }
        click.echo(json.dumps(report, indent=2))
    else:
        for fault in found.faults:
            click.echo(f"FAULT  {fault}")
        click.echo(
            f"{found.entries} entries, head {found.head[:16]}…, {found.sealed} pieces of evidence sealed, "
            f"{found.unsealed} not yet. {'The log is whole.' if found.good else 'The log is NOT whole.'}"
        )
    context.exit(0 if found.good else 1)


@audit.command("anchor")
def anchor_audit() -> None:
    """Append the head of the log to the anchor file now."""
    given = means()
    with given.work() as work:
        new = audits.anchor(work.session, work.now(), given.settings.anchor_file)
    click.echo(
        f"{'Anchored in' if new else 'Nothing new since the last anchor in'} {given.settings.anchor_file}."
    )


@click.group()
def receipts() -> None:
    """Receipts."""


@receipts.command()
def rebuild() -> None:
    """Fold all evidence anew; the result has to be what stands there already."""
    with means().work() as work:
        count, changed = evidence.rebuild(work)
    click.echo(f"{count} deliveries folded anew, {changed} were different.")


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
@click.pass_context
def doctor(context: click.Context, as_json: bool) -> None:
    """Look at database, broker, mail, fonts, LibreOffice and folders, and say what to do."""
    found = doctors.examine()
    if as_json:
        click.echo(json.dumps([vars(item) for item in found], ensure_ascii=False, indent=2))
    else:
        for item in found:
            click.echo(f"{item.state:5}  {item.what}: {item.sentence}")
    context.exit(1 if any(item.state == "fault" for item in found) else 0)
