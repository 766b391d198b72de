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
from workflow.operations import documents, evidence, verification
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
    """Prove a note's files: stored bytes, rendered again, the seal, and the register.

    NOTE is a number in any script, a draft's reference, or a file: then the answer is whether it is
    what was dispatched, by its digest, its seal, and the register.
    A pack of evidence or a dossier (ZIP) is checked from itself alone, and against the log where there is one.
    """
    if Path(note).is_file():
        data = read_file(Path(note))
        if is_zip(data) and not note.lower().endswith(".docx"):
            context.exit(0 if check_pack(data, offline=offline, as_json=as_json) else 1)
        context.exit(_verify_file(Path(note), as_json))
    with means().look() as work:
        row = find_note(work, note)
        checked = documents.verify(work, row)
        register = verification.register_entry(work, row)
    good = bool(checked) and all(item.good for item in checked) and register.good
    if as_json:
        rows = [
            {
                "what": c.what,
                "good": c.good,
                "sentence": c.sentence,
                "sha256": c.sha256,
                "sealed_sha256": c.sealed_sha256,
                "seal": c.seal,
                "standards": c.standards,
            }
            for c in checked
        ]
        entry = {"good": register.good, "sentence": register.sentence}
        told = {"note": note, "good": good, "register": entry, "files": rows}
        click.echo(json.dumps(told, ensure_ascii=False, indent=2))
    else:
        for item in (register, *checked):
            click.echo(f"{'good ' if item.good else 'FAULT'}  {item.sentence}")
            if item.sha256:
                click.echo(f"       SHA-256 {item.sha256}")
            if item.sealed_sha256:
                click.echo(f"       sealed  {item.sealed_sha256}")
            for sentence in item.standards:
                click.echo(f"       note: {sentence}")
        click.echo(
            "Verified." if good else "Not verified." if checked else "The note has no final documents yet."
        )
    context.exit(0 if good else 1)


def _verify_file(file: Path, as_json: bool) -> int:
    """Says of a file what digest, seal and register say, each apart; the exit code."""
    given = means()
    data = read_file(file, given.settings.upload_bytes)
    with given.look() as work:
        found = verification.whose(work, data)
    part, seal = found.part, found.seal
    times = {"claimed_at": seal.claimed_at, "stamped_at": seal.stamped_at}
    if as_json:
        entry = {
            "symbol": part.symbol,
            "dated": part.dated.isoformat(),
            "part": part.words,
            "language": part.language,
            "format": part.format,
        } if part else None  # fmt: skip
        told = {
            "good": found.genuine,
            "result": found.result,
            "sha256": found.sha256,
            "note": entry,
            "seal": {
                "state": seal.state.value,
                "holder": seal.holder,
                "certificate": seal.certificate,
                **{name: time.isoformat() if time else None for name, time in times.items()},
            },
            "sentence": verification.RESULTS[found.result],
        }
        click.echo(json.dumps(told, ensure_ascii=False, indent=2))
        return 0 if found.genuine else 1
    known = {"genuine": "is recorded", "unsealed": "is recorded, as the file before its seal"}
    click.echo(f"Digest    SHA-256 {found.sha256} {known.get(found.result, 'is not recorded')}.")
    click.echo(f"Seal      {verification.seal_sentence(found)}")
    if seal.certificate:
        click.echo(f"          {seal.holder}, certificate {seal.certificate[:16]}…")
    for name, time in times.items():
        if time is not None:
            click.echo(f"          {name.replace('_at', '')} {time.isoformat(timespec='seconds')}")
    click.echo(
        f"Register  {part.symbol}, dated {part.dated.isoformat()}: {part.words}."
        if part
        else "Register  knows nothing of this file."
    )
    click.echo(verification.RESULTS[found.result])
    return 0 if found.genuine else 1


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
