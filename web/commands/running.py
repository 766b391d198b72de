"""Setting up and running: init, service, serve, worker, sweep."""

from __future__ import annotations

import signal
import sys

import click

from web import service
from web.commands import means
from workflow import register as numbers_register
from workflow import schema
from workflow.errors import Misuse
from workflow.means import Means
from workflow.operations import choices


def register(group: click.Group) -> None:
    """Adds these commands to the command line."""
    for command in (init, run, serve, worker):
        group.add_command(command)


@click.command()
@click.option(
    "--next", "numbers", multiple=True, metavar="SERIES=N", help="A series' next number, such as TTF=374."
)
def init(numbers: tuple[str, ...]) -> None:
    """Make or update the database, bring in the profile's members, set the series' next numbers."""
    given = Means.of(service.embedded_settings())
    wanted = []
    for text in numbers:
        code, _, serial = text.partition("=")
        if not serial.isdigit():
            raise Misuse("next", "--next is given as SERIES=N, such as TTF=374, not “%(text)s”.", text=text)
        wanted.append((code.strip(), int(serial)))
    service.prepare(given)
    with given.work() as work:
        for code, serial in wanted:
            series = choices.series_of(work.profile, code)
            year = work.today().year if series.yearly else 0
            numbers_register.open_series(work.session, series, serial, year)
            work.log("open_series", f"series:{code}", next=serial, year=year)
    click.echo(f"Database at migration {schema.current(given.database)}, profile {given.settings.profile}.")
    for code, serial in wanted:
        click.echo(f"Series {code}: the next number is {serial}.")
    click.echo("Next: “chancery user create”, then “chancery run”.")


@click.command()
def run() -> None:
    """Serve the embedded service: pages, worker and post office, until Ctrl-C."""
    embedded = service.Service(service.embedded_settings())
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, embedded.end)
    with embedded.running() as address:
        click.echo(f"Chancery serves at {address} (Ctrl-C stops it).")
        click.echo(
            "An empty installation? “./run demo” shows a whole circulation; “chancery user create” makes accounts."
        )
        embedded.wait()
    click.echo("Stopped.")


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option("--port", default=8000, show_default=True, help="The port to listen on.")
def serve(host: str, port: int) -> None:
    """Serve the pages and the API alone; worker, broker and relay run elsewhere."""
    from waitress import serve as listen

    from web.app import create_app

    settings = service.embedded_settings()
    Means.of(settings).database.wait()
    given = means()
    click.echo(f"Chancery serves at http://{host}:{port}.")
    listen(create_app(given), host=host, port=port, threads=12, ident="chancery")


@click.command(context_settings={"ignore_unknown_options": True})
@click.option(
    "--beat/--no-beat", default=False, help="Also run the timer; exactly one process of an installation does."
)
@click.argument("more", nargs=-1, type=click.UNPROCESSED)
def worker(beat: bool, more: tuple[str, ...]) -> None:
    """Run a worker; further arguments go to Celery (such as -Q conversion -c 1)."""
    from tasks.app import QUEUES, app, configure

    settings = service.embedded_settings()
    configure(settings)
    arguments = [
        "worker",
        "--loglevel",
        "INFO",
        "-P",
        "prefork",
        "-c",
        "2",
        "--without-gossip",
        "--without-mingle",
    ]
    if "-Q" not in more:
        arguments += ["-Q", ",".join(QUEUES)]
    if beat:
        arguments += ["-B", "-s", str(settings.data_dir / "beat-schedule")]
    sys.exit(app.worker_main([*arguments, *more]))
