"""The register of incoming papers: what stands in it, and a paper registered from files."""

from __future__ import annotations

import json
from datetime import date, datetime
from pathlib import Path
from typing import Any

import click
from sqlalchemy import select

from web.commands import actor, means
from workflow.models import IncomingChannel, IncomingEntry, IncomingKind, Member
from workflow.operations import accounts, erasing, incoming
from workflow.operations.context import Work
from workflow.operations.incoming import Duty
from workflow.operations.incoming_files import File
from workflow.operations.incoming_papers import Paper

DAY = click.DateTime(formats=["%Y-%m-%d"])


def register(group: click.Group) -> None:
    """Adds these commands to the command line."""
    group.add_command(papers)


@click.group("incoming")
def papers() -> None:
    """Incoming papers."""


@papers.command("list")
@click.option("--year", type=int, help="The papers of one year.")
@click.option("--member", default="", help="The papers of one state, by its code.")
@click.option("--open", "unsettled", is_flag=True, help="Only what is still to be dealt with.")
@click.option("--json", "as_json", is_flag=True, help="Print the entries as JSON.")
def list_(year: int | None, member: str, unsettled: bool, as_json: bool) -> None:
    """List the register, the newest first, cancelled entries too."""
    with means().look() as work:
        chosen = select(IncomingEntry).order_by(IncomingEntry.id.desc())
        if year is not None:
            chosen = chosen.where(IncomingEntry.year == year)
        if member:
            code = member.strip().upper()
            chosen = chosen.where(IncomingEntry.member_id.in_(select(Member.id).where(Member.code == code)))
        if unsettled:
            chosen = chosen.where(incoming.unsettled(work))
        rows = [_row(work, one) for one in work.session.scalars(chosen).unique()]
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False, indent=2))
        return
    for row in rows:
        late = " late" if row["late"] else ""
        click.echo(
            f"{row['number']:14} {row['received_on']}  {row['status'] + late:14} "
            f"{row['member'] or row['party'] or '-'}: {row['subject'] or '-'}"
        )
    if not rows:
        click.echo("Nothing stands in the register.")


def _row(work: Work, entry: IncomingEntry) -> dict[str, Any]:
    member = work.session.get(Member, entry.member_id) if entry.member_id else None
    return {
        "id": entry.id,
        "number": entry.symbol,
        "received_on": entry.received_on.isoformat(),
        "kind": entry.kind.value,
        "member": member.code if member else None,
        "party": entry.party or None,
        "reference": entry.reference or None,
        "dated": entry.dated.isoformat() if entry.dated else None,
        "subject": entry.subject,
        "status": entry.status,
        "due": entry.due.isoformat() if entry.due else None,
        "late": entry.status == "open" and entry.due is not None and entry.due < work.today(),
        "files": len(entry.files),
    }


@papers.command("register")
@click.argument("files", nargs=-1, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--as", "email", required=True, help="The account that registers it.")
@click.option("--kind", required=True, type=click.Choice([one.value for one in IncomingKind]))
@click.option("--channel", required=True, type=click.Choice([one.value for one in IncomingChannel]))
@click.option("--subject", required=True, help="What the paper is about.")
@click.option("--member", default="", help="The state that sent it, by its code.")
@click.option("--party", default="", help="Another sender, in words.")
@click.option("--writer", default="", help="Who wrote.")
@click.option("--reference", default="", help="The sender's own number.")
@click.option("--dated", type=DAY, help="The day that the paper bears (YYYY-MM-DD).")
@click.option("--received", type=DAY, help="The day on which it came; today where it is left out.")
@click.option("--language", default="", help="The language of the paper, such as ru.")
@click.option("--summary", default="", help="What it says.")
@click.option("--marking", default="", help="Its handling marking.")
@click.option(
    "--note", "notes", multiple=True, help="A note of ours that it is about; may come several times."
)
@click.option("--to", "assignee", default="", help="The account that deals with it.")
@click.option("--due", type=DAY, help="The day by which it is dealt with.")
@click.option("--file-away", "filed", is_flag=True, help="Nothing is to be done with it.")
@click.option("--confirm", is_flag=True, help="It is another paper than the one that it looks like.")
def register_(
    files: tuple[Path, ...],
    email: str,
    dated: datetime | None,
    received: datetime | None,
    due: datetime | None,
    assignee: str,
    filed: bool,
    confirm: bool,
    **said: Any,
) -> None:
    """Register a paper with its FILES, and print its number."""
    with means().work(actor(email)) as work:
        paper = Paper(**said, dated=_day(dated), received_on=_day(received))
        person = accounts.find(work, assignee).id if assignee else None
        papers_in = [File(one.name, one.read_bytes()) for one in files]
        duty = Duty(person, _day(due), filed)
        entry = incoming.register(work, paper, papers_in, duty=duty, confirmed=confirm)
        symbol = entry.symbol
    click.echo(symbol)


@papers.command("erase")
@click.argument("number")
@click.option("--decision", required=True, help="By which decision; it is kept and shown.")
@click.option("--papers", is_flag=True, help="Also the files of the paper.")
@click.option("--as", "email", required=True, help="The account of the administrator who does it.")
def erase(number: str, decision: str, papers: bool, email: str) -> None:
    """Erase what is written of people in the entry NUMBER, such as IN-12/2026, which has to be settled.

    The number, the days and what was done stay.
    """
    with means().work(actor(email)) as work:
        done = erasing.erase_incoming(work, incoming.find_entry(work, number), decision, papers=papers)
    click.echo(f"Erased: {done.pieces} corrections lost their personal data, {done.files} files are gone.")


def _day(moment: datetime | None) -> date | None:
    return moment.date() if moment else None
