"""The demonstration: a whole circulation on real parts, through the API and pages that people use."""

from __future__ import annotations

import json
import signal
from pathlib import Path

import click

from web import service
from workflow.errors import Refusal


def register(group: click.Group) -> None:
    """Adds this command to the command line."""
    group.add_command(demo)


@click.command()
@click.option(
    "--exit", "leave", is_flag=True, help="Stop when the circulation is done, instead of serving on."
)
@click.option(
    "--report", type=click.Path(dir_okay=False, path_type=Path), help="Write the report as JSON, too."
)
@click.pass_context
def demo(context: click.Context, leave: bool, report: Path | None) -> None:
    """Circulate a sample note from submission to receipts, and say what happened."""
    from web.demo import installation
    from web.demo import report as reports
    from web.demo.circulation import circulate

    settings = installation.settings()
    embedded = service.Service(settings, weather=installation.WEATHER)
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, embedded.end)
    faults: list[str] = []
    with embedded.running() as address:
        people = installation.set_up(embedded.means)
        try:
            outcome = circulate(address, people, settings.office_dir, click.echo, ended=embedded.is_ending)
        except Refusal as refusal:
            click.echo(f"chancery: {refusal.sentence}", err=True)
            context.exit(1)
        faults = outcome.faults
        click.echo(reports.words(outcome))
        if report is not None:
            report.write_text(
                json.dumps(outcome.report, ensure_ascii=False, indent=2) + "\n", encoding="utf-8"
            )
            click.echo(f"The report as data: {report}")
        if not leave:
            click.echo(installation.invitation(address))
            embedded.wait()
    context.exit(1 if faults else 0)
