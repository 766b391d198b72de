"""The post: what waits and what is in trouble; stop, go on, try again, end a dispatch or one message of it."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any
from zoneinfo import ZoneInfo

import click
from sqlalchemy import select

from web.commands import actor, means
from workflow.clock import local_moment
from workflow.errors import Invalid
from workflow.models import Member, Note, Outgoing
from workflow.operations import deliveries, halting, posting, trouble
from workflow.operations.context import Work, find_note

BY = click.option("--as", "email", required=True, help="The account that decides this.")


def _said(_context: click.Context, _option: click.Parameter, text: str) -> str:
    """A reason of spaces is none, and a fault of the command."""
    if not text.strip():
        raise click.BadParameter("say why, it is kept in the log.")
    return text


REASON = click.option("--reason", required=True, callback=_said, help="Why; it is kept in the log.")
MESSAGE = click.option(
    "--message",
    type=click.IntRange(1, 2**31 - 1),
    help="Only this delivery or reminder of NOTE; “chancery post messages NOTE” has the numbers.",
)

# Figures whose name alone does not read as English.
_LINES = {"in_a_workers_hand": "in a worker's hand"}


def register(group: click.Group) -> None:
    """Adds these commands to the command line."""
    group.add_command(post)


@click.group()
def post() -> None:
    """Deliveries on their way."""


@post.command()
@click.option("--json", "as_json", is_flag=True, help="Print the figures as JSON.")
def status(as_json: bool) -> None:
    """Say what waits, what is held and what needs a person."""
    with means().look() as work:
        figures = posting.status(work)
        rows = [_row(one) for one in trouble.of(work)]
    if as_json:
        click.echo(json.dumps({**figures, "trouble": rows}, ensure_ascii=False, indent=2))
        return
    for name, count in figures.items():
        click.echo(f"{count:6}  {_LINES.get(name) or name.replace('_', ' ')}")
    if rows:
        click.echo("\nNeeds a person, the most urgent first:")
    for row in rows:
        number = f"#{row['delivery']}" if row["delivery"] else None
        where = " ".join(filter(None, (row["name"], row["member"], number)))
        many = f" ({row['count']} messages)" if row["count"] > 1 else ""
        click.echo(f"  {row['kind']:15} {where or '-'}{many}: {row['sentence']}")


def _row(one: trouble.Trouble) -> dict[str, Any]:
    return {
        "kind": one.kind,
        "act": one.act,
        "note": one.note.reference if one.note else None,
        "name": one.note.name if one.note else None,
        "member": one.member or None,
        "delivery": one.delivery,
        "reminder": one.reminder,
        "returned": one.returned,
        "since": one.since.isoformat(),
        "count": one.count,
        "sentence": str(one.sentence),
    }


@post.command()
@click.argument("note")
@click.option("--json", "as_json", is_flag=True, help="Print the messages as JSON.")
def messages(note: str, as_json: bool) -> None:
    """List the messages of NOTE, reminders too, with the number by which --message names one.

    Of each attempt that began to leave stand its size and the SHA-256 of its own bytes and of the documents behind
    them, recorded before it left.
    """
    with means().look() as work:
        row = find_note(work, note)
        codes = {one.id: one.code for one in work.session.scalars(select(Member))}
        found = work.session.scalars(
            select(Outgoing).where(Outgoing.note_id == row.id).order_by(Outgoing.id)
        ).all()
        lines = [_message(one, codes[one.member_id]) for one in found]
    if as_json:
        click.echo(json.dumps(lines, ensure_ascii=False, indent=2))
        return
    for line in lines:
        kind = f"reminder {line['step']}" if line["step"] else line["kind"]
        why = f": {line['held_reason']}" if line["held_reason"] else ""
        state = "cancelled" if line["cancelled_at"] else line["queue"]
        click.echo(
            f"{line['message']:6}  {line['member']:4} {kind:12} {state:9} {line['transport'] or '-':12} "
            f"{line['address']}{why}"
        )
        for one in line["attempts"]:
            if known := one["message"]:
                parts = " + ".join(filter(None, (known["head"], known["tail"])))
                kind = "" if known["protection"] == "none" else f", {known['protection'].replace('_', ', ')}"
                click.echo(f"        attempt {one['number']}: {known['size']} bytes{kind}, SHA-256 {parts}")


def _message(one: Outgoing, member: str) -> dict[str, Any]:
    return {
        "message": one.id,
        "kind": "escalation" if one.kind == "note" and one.reminds_id else one.kind,
        "member": member,
        "address": one.address,
        "step": one.step,
        "queue": one.queue.value,
        "transport": one.transport.value if one.transport else None,
        "due_at": one.due_at.isoformat(),
        "held_reason": str(one.held_reason) if one.held_reason else None,
        "cancelled_at": one.cancelled_at.isoformat() if one.cancelled_at else None,
        "attempts": [
            {
                "number": each.number,
                "transport": each.transport.value,
                "sending_at": each.sending_at.isoformat() if each.sending_at else None,
                "message": each.message,
            }
            for each in one.attempts
        ],
    }


def _do(
    whole: Callable[[Work, Note, str], halting.Halted],
    single: Callable[[Work, Note, Outgoing, str], None],
    note: str,
    message: int | None,
    email: str,
    reason: str,
) -> halting.Halted | None:
    """One act on a whole dispatch, or on one message of it, which gives None."""
    with means().work(actor(email)) as work:
        row = find_note(work, note)
        if message is None:
            return whole(work, row, reason)
        single(work, row, deliveries.find_message(work, row, message), reason)
        return None


@post.command()
@click.argument("note")
@MESSAGE
@BY
@REASON
def hold(note: str, message: int | None, email: str, reason: str) -> None:
    """Stop a running dispatch: nothing more of NOTE is sent until it goes on."""
    done = _do(halting.hold_all, deliveries.hold, note, message, email, reason)
    if done is None:
        click.echo(f"Message {message} is held.")
        return
    wire = f" {done.on_the_wire} on the wire cannot be called back." if done.on_the_wire else ""
    click.echo(f"Stopped: {done.moved} messages wait.{wire}")


@post.command()
@click.argument("note")
@MESSAGE
@BY
@REASON
def resume(note: str, message: int | None, email: str, reason: str) -> None:
    """Let a stopped dispatch go on."""
    done = _do(halting.resume_all, deliveries.resume, note, message, email, reason)
    what = f"{done.moved} messages go" if done else f"Message {message} goes"
    click.echo(f"{what} on with the next sweep.")


@post.command()
@click.argument("note")
@MESSAGE
@BY
@REASON
def retry(note: str, message: int | None, email: str, reason: str) -> None:
    """Try at once what the relay put off, and what could not be made; a single reminder that was refused, too."""
    done = _do(halting.retry_all, deliveries.retry, note, message, email, reason)
    what = f"{done.moved} messages are" if done else f"Message {message} is"
    click.echo(f"{what} tried with the next sweep.")


@post.command()
@click.argument("note")
@MESSAGE
@BY
@REASON
def cancel(note: str, message: int | None, email: str, reason: str) -> None:
    """End a dispatch for good: whoever has not got NOTE does not get it. A single message has to be held."""
    done = _do(halting.cancel_all, deliveries.cancel, note, message, email, reason)
    click.echo(f"Ended: {done.moved} messages are not sent." if done else f"Message {message} is called off.")


@post.command()
@click.argument("note")
@click.option(
    "--at",
    "at",
    help="The time of release, such as 2026-03-28T18:00 on the organisation's clock, or with an offset.",
)
@click.option("--now", "at_once", is_flag=True, help="Release it at once.")
@BY
@REASON
def reschedule(note: str, at: str | None, at_once: bool, email: str, reason: str) -> None:
    """Release NOTE, which is dispatched for later, at another time or at once."""
    if bool(at) is at_once:
        raise click.UsageError("Give either --at TIME or --now.")
    with means().work(actor(email)) as work:
        row = find_note(work, note)
        try:
            release = local_moment(at, work.zone) if at else None
            done = halting.reschedule(work, row, None, release, reason)
        except Invalid as refusal:
            # The time as it was written cannot be used: refused input, as a file that cannot be.
            refusal.exit_code = 2 if refusal.code == "bad-time" else 3
            raise
        shown = row.release_at.astimezone(ZoneInfo(work.zone)) if row.release_at else work.now()
        click.echo(
            f"{done.moved} messages of {row.name} are released at {shown:%Y-%m-%d %H:%M} ({work.zone})."
        )
