"""What follows a dispatched note: its corrections and who holds the current version, and silence procedures."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import click

from web.commands import actor, means
from web.commands.files import read_file
from web.commands.incoming import DAY
from workflow.errors import Invalid
from workflow.letters.follow_up import LEVELS
from workflow.models import Note, SilenceProcedure
from workflow.operations import clocks, family, objections, outcomes, papers, silence
from workflow.operations.context import Work, find_note
from workflow.permissions import why_not

MINUTE = click.DateTime(formats=["%Y-%m-%dT%H:%M"])
PERSON = click.option("--as", "email", required=True, help="The account that does it.")
WHY = click.option("--reason", required=True, help="Why: it is kept in the log.")


def register(group: click.Group) -> None:
    """Adds these commands to the command line."""
    group.add_command(family_)
    group.add_command(silence_)


@click.command("family")
@click.argument("note")
@click.option("--json", "as_json", is_flag=True, help="Print it as JSON.")
def family_(note: str, as_json: bool) -> None:
    """Show NOTE with its corrections, and which state holds the current version."""
    with means().look() as work:
        found = family.family_of(work, find_note(work, note))
        states = family.holdings(work, found)
        rows: dict[str, Any] = {
            "root": found.root.name,
            "withdrawn_by": found.withdrawn_by.name if found.withdrawn_by else None,
            "notes": [
                {
                    "number": one.name,
                    "relation": one.relation if one is not found.root else None,
                    "dated": one.approval.dated.isoformat() if one.approval else None,
                    "concerns": one.concerns,
                    "holds": one in found.holds,
                }
                for one in found.members
            ],
            "states": [
                {
                    "member": one.member.code,
                    "current": one.current,
                    "notes": {item.note.name: item.status.value for item in one.items},
                }
                for one in states
            ],
        }
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False, indent=2))
        return
    for row in rows["notes"]:
        holds = "in force" if row["holds"] else ""
        click.echo(
            f"{row['number']:28} {row['dated'] or '-'}  {row['relation'] or 'first':18} {holds}".rstrip()
        )
    if rows["withdrawn_by"]:
        click.echo(f"Withdrawn by {rows['withdrawn_by']}: there is no current version.")
        return
    held = sum(one["current"] == "yes" for one in rows["states"])
    click.echo(f"{held} of {len(rows['states'])} states hold the current version.")
    for row in rows["states"]:
        if row["current"] != "yes":
            click.echo(f"{row['member']:6} {row['current'].replace('_', ' ')}")


@click.group("silence")
def silence_() -> None:
    """Silence procedures on a note."""


@silence_.command("show")
@click.argument("note")
@click.option("--json", "as_json", is_flag=True, help="Print the procedures as JSON.")
def show(note: str, as_json: bool) -> None:
    """Show the procedures on NOTE, the latest first, with the time of every state."""
    with means().look() as work:
        row = find_note(work, note)
        found = [_told(work, row, one) for one in silence.procedures_of(work, row)]
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False, indent=2))
        return
    for one in found:
        click.echo(
            f"procedure {one['number']}: {one['outcome'] or 'open'}, to {one['deadline']} ({one['zone']})"
        )
        for each in one["objections"]:
            click.echo(
                f"  objection {each['id']} of {each['member']}, No. {each['reference']}: {each['status']}"
            )
        for code, ends in one["states"].items():
            click.echo(f"  {code:6} {ends or 'not yet reached'}")
        if one["notice"]:
            click.echo(f"  notice drafted: {one['notice']}")
    if not found:
        click.echo("There is no silence procedure on this note.")


@silence_.command("start")
@click.argument("note")
@click.option(
    "--deadline", type=MINUTE, help="By the clocks of the zone; else the profile's ordinary length."
)
@click.option("--zone", default="", help="A time zone such as Asia/Almaty; else the organisation's.")
@click.option("--level", default="", help=f"From which receipt the time runs: {', '.join(LEVELS)}.")
@PERSON
def start(note: str, deadline: datetime | None, zone: str, level: str, email: str) -> None:
    """Start a silence procedure on NOTE."""
    with means().work(actor(email)) as work:
        row = find_note(work, note)
        chosen = zone or work.zone
        end = silence.moment_in(deadline, chosen) if deadline else silence.proposed_deadline(work, chosen)
        one = silence.start(work, row, end, chosen, level=level)
        click.echo(f"procedure {one.number} runs to {_written(end, chosen)}")


@silence_.command("extend")
@click.argument("note")
@click.option("--deadline", type=MINUTE, required=True, help="By the clocks of the procedure's zone.")
@WHY
@PERSON
def extend(note: str, deadline: datetime, reason: str, email: str) -> None:
    """Move the deadline of the open procedure on NOTE to a later moment."""
    with means().work(actor(email)) as work:
        row = find_note(work, note)
        _require(work, row, "extend_silence")
        zone = silence.open_procedure(work, row).zone
        one = silence.extend(work, row, silence.moment_in(deadline, zone), reason)
        click.echo(f"procedure {one.number} runs to {_written(one.deadline_at, zone)}")


@silence_.command("object")
@click.argument("note")
@click.argument("member")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--reference", required=True, help="The number of the state's note, or “none”.")
@click.option("--dated", type=DAY, required=True, help="The day of the state's note.")
@click.option(
    "--received", type=MINUTE, help="When it came, by the clocks of the procedure's zone; else now."
)
@click.option("--remark", default="")
@PERSON
def object_(
    note: str,
    member: str,
    file: Path,
    reference: str,
    dated: datetime,
    received: datetime | None,
    remark: str,
    email: str,
) -> None:
    """Register the objection of MEMBER with the FILE of its note; a late one is kept as late."""
    data = read_file(file)
    with means().work(actor(email)) as work:
        row = find_note(work, note)
        _require(work, row, "register_objection")
        known = silence.procedures_of(work, row)
        came = silence.moment_in(received, known[0].zone) if received and known else work.now()
        said = objections.Objection(reference, dated.date(), came, *_kept(work, file, data), remark)
        one = objections.register_objection(work, row, member, said)
        click.echo(f"objection {one.id} of {member.upper()}: {'late' if one.late else 'in time'}")


@silence_.command("withdraw")
@click.argument("note")
@click.argument("objection", type=int)
@click.option("--file", type=click.Path(path_type=Path), help="The state's note by which it withdraws it.")
@click.option("--reference", default="", help="The number of that note.")
@click.option("--dated", type=DAY, help="The day of that note.")
@WHY
@PERSON
def withdraw(
    note: str,
    objection: int,
    file: Path | None,
    reference: str,
    dated: datetime | None,
    reason: str,
    email: str,
) -> None:
    """Register that a state has withdrawn its OBJECTION, named by its id."""
    data = read_file(file) if file else b""
    with means().work(actor(email)) as work:
        row = find_note(work, note)
        _require(work, row, "withdraw_objection")
        said = None
        if file is not None:
            day = dated.date() if dated else None
            said = objections.Withdrawal(*_kept(work, file, data), reference, day)
        objections.withdraw_objection(work, row, objection, reason, said)
        click.echo(f"objection {objection} is withdrawn")


@silence_.command("end")
@click.argument("note")
@click.argument("how", type=click.Choice(["broken", "cancelled", "concluded"]))
@WHY
@PERSON
def end(note: str, how: str, reason: str, email: str) -> None:
    """End the open procedure on NOTE: broken by an objection, cancelled, or concluded without some states."""
    with means().work(actor(email)) as work:
        row = find_note(work, note)
        one = outcomes.end(work, row, how, reason)
        notice = work.session.get(Note, one.notice_id) if one.notice_id else None
        assert one.outcome is not None  # It has just ended.
        drafted = f", notice drafted: {notice.reference}" if notice else ""
        click.echo(f"procedure {one.number}: {one.outcome.value}{drafted}")


def _require(work: Work, note: Note, act: str) -> None:
    """Nothing is read or kept for somebody who may not do it."""
    refusal = why_not(work.actor, act, note.state)
    if refusal is not None:
        raise refusal


def _kept(work: Work, file: Path, data: bytes) -> tuple[str, str]:
    name = papers.plain_name(file.name)
    if not data:
        raise Invalid("objection-file", "Add the file of the state's note.")
    papers.require_scan(name, data, "objection-file", mail=True)
    papers.require(work, name, data)
    return work.store.put(data), name


def _told(work: Work, note: Note, row: SilenceProcedure) -> dict[str, Any]:
    notice = work.session.get(Note, row.notice_id) if row.notice_id else None
    running = clocks.running(work, note, row)
    codes = {one.member.id: one.member.code for one in running}
    return {
        "number": row.number,
        "level": row.level.value,
        "zone": row.zone,
        "begins": _written(row.begins_at, row.zone),
        "deadline": _written(row.deadline_at, row.zone),
        "outcome": row.outcome.value if row.outcome else None,
        "notice": notice.name if notice else None,
        "states": {
            one.member.code: "waived"
            if one.waived
            else _written(one.ends_at, row.zone)
            if one.ends_at
            else None
            for one in running
        },
        "objections": [
            {
                "id": one.id,
                "member": codes.get(one.member_id, "?"),
                "reference": one.reference,
                "status": "withdrawn" if one.withdrawn_at else "late" if one.late else "counts",
            }
            for one in silence.objections_of(work, row)
        ],
    }


def _written(moment: datetime, zone: str) -> str:
    return moment.astimezone(ZoneInfo(zone)).isoformat(timespec="minutes")
