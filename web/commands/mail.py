"""Readers of returned mail that run by themselves: waiting at the mailbox, or a door for a relay."""

from __future__ import annotations

import ipaddress
import signal
import threading
from pathlib import Path
from types import FrameType
from urllib.parse import unquote

import click

from web.commands import means
from workflow.errors import Misuse


def register(group: click.Group) -> None:
    """Adds these commands to the command line."""
    group.add_command(mailbox)


@click.group()
def mailbox() -> None:
    """Returned mail, read as it comes."""


def _until_told() -> threading.Event:
    stop = threading.Event()

    def end(_number: int, _frame: FrameType | None) -> None:
        stop.set()

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, end)
    return stop


@mailbox.command()
def watch() -> None:
    """Read the mailbox of CHANCERY_IMAP_URL whenever the server tells of something new (IDLE), until Ctrl-C."""
    import tasks.app
    from tasks.mailbox import watch as watching

    given = means()
    tasks.app.configure(given.settings)
    stop = _until_told()
    click.echo("Waiting for returned mail (Ctrl-C stops it).")
    count = watching(given, stop)
    click.echo(f"{count} messages read.")


@mailbox.command()
@click.option("--listen", default="127.0.0.1:2424", show_default=True, help="Host and port.")
@click.option("--anywhere", is_flag=True, help="Allow a host that others can reach; LMTP has no log-in.")
def lmtp(listen: str, anywhere: bool) -> None:
    """Take returned mail from a relay by LMTP into the Maildir of CHANCERY_IMAP_URL, until Ctrl-C."""
    from workflow.post.lmtp import Door, Handler

    settings = means().settings
    scheme, _, folder = settings.mailbox.partition("://")
    if scheme != "maildir":
        raise Misuse(
            "lmtp-maildir", "LMTP keeps messages in a Maildir: set CHANCERY_IMAP_URL to maildir:///folder."
        )
    host, _, port = listen.rpartition(":")
    if not host or not port.isdigit():
        raise Misuse(
            "lmtp-listen", "--listen is HOST:PORT, such as 127.0.0.1:2424, not “%(text)s”.", text=listen
        )
    if not anywhere and not _is_loopback(host):
        raise Misuse(
            "lmtp-loopback", "LMTP has no log-in, so it listens on loopback; --anywhere allows another host."
        )
    stop = _until_told()
    with Door(Handler(Path(unquote(folder)), settings.return_path, settings.reply_address), host, int(port)):
        click.echo(f"Taking returned mail by LMTP at {listen} (Ctrl-C stops it).")
        stop.wait()


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
