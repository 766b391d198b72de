"""The post: what waits and what is in trouble; stop, go on, try again, end a dispatch."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import click

from web.commands import actor, means
from workflow.models import Note
from workflow.operations import halting, posting, trouble
from workflow.operations.context import Work, find_note

BY = click.option("--as", "email", required=True, help="The account that decides this.")
REASON = click.option("--reason", required=True, help="Why; it is kept in the log.")


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
        click.echo(f"{count:6}  {name.replace('_', ' ')}")
    if rows:
        click.echo("\nNeeds a person, the most urgent first:")
    for row in rows:
        where = " ".join(filter(None, (row["name"], row["member"])))
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
        "returned": one.returned,
        "since": one.since.isoformat(),
        "count": one.count,
        "sentence": str(one.sentence),
    }


def _do(
    verb: Callable[[Work, Note, str], halting.Halted], note: str, email: str, reason: str
) -> halting.Halted:
    with means().work(actor(email)) as work:
        return verb(work, find_note(work, note), reason)


@post.command()
@click.argument("note")
@BY
@REASON
def hold(note: str, email: str, reason: str) -> None:
    """Stop a running dispatch: nothing more of NOTE is sent until it goes on."""
    done = _do(halting.hold_all, note, email, reason)
    wire = f" {done.on_the_wire} on the wire cannot be called back." if done.on_the_wire else ""
    click.echo(f"Stopped: {done.moved} messages wait.{wire}")


@post.command()
@click.argument("note")
@BY
@REASON
def resume(note: str, email: str, reason: str) -> None:
    """Let a stopped dispatch go on."""
    click.echo(f"{_do(halting.resume_all, note, email, reason).moved} messages go on with the next sweep.")


@post.command()
@click.argument("note")
@BY
@REASON
def retry(note: str, email: str, reason: str) -> None:
    """Try at once what the relay put off, and what could not be made."""
    click.echo(f"{_do(halting.retry_all, note, email, reason).moved} messages are tried with the next sweep.")


@post.command()
@click.argument("note")
@BY
@REASON
def cancel(note: str, email: str, reason: str) -> None:
    """End a dispatch for good: whoever has not got NOTE does not get it."""
    click.echo(f"Ended: {_do(halting.cancel_all, note, email, reason).moved} messages are not sent.")
