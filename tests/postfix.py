"""A private Postfix on loopback: its own folder, queue, port and configuration; nothing of the machine's own.

It is started as root, as Postfix wants, and ends with the test.  Mail for a domain goes where
`routes` says, in the words of transport(5); the routes may be changed while it runs.  Mail that it
delivers by itself goes to Maildirs under `mail`, a folder per address.
"""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from email import message_from_bytes
from email.message import Message
from pathlib import Path

PATH = f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/lib/postfix/sbin"
# Whoever writes the Maildirs: Postfix delivers neither as root nor as itself.
NOBODY = 65534

_SERVICES = """
127.0.0.1:{port} inet n - n - - smtpd
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 1 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
smtp unix - - n - - smtp
relay unix - - n - - smtp
showq unix n - n - - showq
error unix - - n - - error
retry unix - - n - - error
discard unix - - n - - discard
virtual unix - n n - - virtual
lmtp unix - - n - - lmtp
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
postlog unix-dgram n - n - 1 postlogd
{more}
"""

# What a relay gives its pipe: the whole message on standard input, written to a Maildir by a rename.
_TO_MAILDIR = """#!/bin/sh
set -e
name="$(date +%s%N).$$.pipe"
mkdir -p "$1/tmp" "$1/new" "$1/cur"
{ printf 'Delivered-To: %s\\n' "$2"; cat; } > "$1/tmp/$name"
mv "$1/tmp/$name" "$1/new/$name"
"""


def program(name: str) -> str | None:
    """Where one of Postfix's programs is."""
    return shutil.which(name, path=PATH)


def there() -> bool:
    """Whether a Postfix can be run here: it is installed, and we are root."""
    return program("postfix") is not None and os.getuid() == 0


def free_port() -> int:
    """A port of loopback that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def until(condition: Callable[[], bool], what: str, log: Path | None = None, seconds: float = 20) -> None:
    """Waits for a condition; fails with the last lines of the log when it does not come about."""
    end, pause = time.monotonic() + seconds, threading.Event()
    while not condition():
        if time.monotonic() > end:
            said = log.read_text(errors="replace")[-6000:] if log and log.exists() else ""
            raise AssertionError(f"in {seconds} seconds, not: {what}\n{said}")
        pause.wait(0.03)


def listens(port: int) -> bool:
    """Whether somebody listens on this port of loopback."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


class Postfix:
    """One instance; `mail` holds the Maildirs, `log` is its log."""

    def __init__(
        self, folder: Path, routes: Mapping[str, str], mailboxes: Iterable[str] = (), **settings: str
    ) -> None:
        self.folder, self.port = folder, free_port()
        self.config, self.mail, self.log = folder / "conf", folder / "mail", folder / "log"
        for part in (self.config, self.mail, folder / "data", folder / "spool"):
            part.mkdir()
        folder.chmod(0o755)
        os.chown(self.mail, NOBODY, NOBODY)
        shutil.chown(folder / "data", "postfix")
        # Its cleaner runs without privileges, and ends at once when it has to tell of a file that a
        # kill left half-made and may not.
        self.log.touch()
        self.log.chmod(0o666)
        script = folder / "to_maildir"
        script.write_text(_TO_MAILDIR)
        script.chmod(0o755)
        options = {
            "compatibility_level": "3.6",
            "queue_directory": str(folder / "spool"),
            "data_directory": str(folder / "data"),
            "command_directory": "/usr/sbin",
            "daemon_directory": "/usr/lib/postfix/sbin",
            "mail_owner": "postfix",
            "setgid_group": "postdrop",
            "inet_interfaces": "127.0.0.1",
            "inet_protocols": "ipv4",
            "myhostname": "relay.example",
            "mynetworks": "127.0.0.0/8",
            "mydestination": "",
            "local_recipient_maps": "",
            "alias_maps": "",
            "alias_database": "",
            "maillog_file": str(self.log),
            "maillog_file_prefixes": str(folder),
            "recipient_delimiter": "+",
            "transport_maps": f"texthash:{self.config}/transport",
            "virtual_mailbox_base": str(self.mail),
            "virtual_uid_maps": f"static:{NOBODY}",
            "virtual_gid_maps": f"static:{NOBODY}",
            # Any user+extension@domain lies in the folder of user@domain.
            "virtual_mailbox_maps": f"texthash:{self.config}/mailboxes",
            "virtual_mailbox_domains": " ".join(sorted({one.partition("@")[2] for one in mailboxes})),
            "virtual_mailbox_limit": "0",
            "message_size_limit": "30000000",
            "smtpd_client_connection_rate_limit": "0",
            "in_flow_delay": "0",
            "queue_run_delay": "1s",
            "minimal_backoff_time": "1s",
            "maximal_backoff_time": "1s",
            "smtp_tls_security_level": "",
            "smtp_host_lookup": "native",
            "smtp_dns_support_level": "disabled",
            **settings,
        }
        (self.config / "main.cf").write_text(
            "".join(f"{name} = {value}\n" for name, value in options.items())
        )
        (self.config / "mailboxes").write_text("".join(f"{one} {one}/\n" for one in mailboxes))
        pipe = (
            f"pipe unix - n n - - pipe\n  flags=q user=nobody argv={script} "
            "${nexthop} ${original_recipient}\n"
        )
        (self.config / "master.cf").write_text(_SERVICES.format(port=self.port, more=pipe))
        self.routes = dict(routes)
        self.route()

    @property
    def url(self) -> str:
        """What CHANCERY_SMTP_URL says of it."""
        return f"smtp://127.0.0.1:{self.port}?starttls=off"

    def route(self, **changes: str) -> None:
        """Says where domains go; a change of a running instance holds from its next look."""
        self.routes.update(changes)
        lines = "".join(f"{domain} {where}\n" for domain, where in self.routes.items())
        (self.config / "transport").write_text(lines)

    def _do(self, *words: str) -> None:
        done = subprocess.run(
            [program("postfix") or "postfix", "-c", str(self.config), *words],
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            log = self.log.read_text(errors="replace")[-3000:] if self.log.exists() else ""
            raise AssertionError(f"postfix {words}: {done.stderr}{done.stdout}{log}")

    def start(self) -> None:
        """Starts it and waits until it listens."""
        self._do("start")
        until(lambda: listens(self.port), "Postfix listens", self.log)

    def stop(self) -> None:
        """Ends it in good order; mail that it took stays in its queue."""
        self._do("stop")
        self._gone()

    def kill(self) -> None:
        """Kills every process of it, as a machine does that loses its power; the disk keeps what was synced."""
        master = int((self.folder / "spool/pid/master.pid").read_text())
        with suppress(ProcessLookupError):
            os.killpg(os.getpgid(master), signal.SIGKILL)
        self._gone()

    def _gone(self) -> None:
        until(lambda: not listens(self.port), "Postfix has ended", self.log)

    def reload(self) -> None:
        """Has it read its configuration again."""
        self._do("reload")

    def flush(self) -> None:
        """Has it try again whatever waits."""
        self._do("flush")

    def queued(self) -> int:
        """How many messages it has taken and not got rid of; one that it was killed over was not taken."""
        count = 0
        for part in ("incoming", "active", "deferred"):
            for file in (self.folder / "spool" / part).rglob("*"):
                # A file is finished, and its message taken, when the owner may "execute" it.
                with suppress(FileNotFoundError):
                    count += file.is_file() and bool(file.stat().st_mode & 0o100)
        return count

    def knows(self, queue_id: str) -> bool:
        """Whether its log speaks of a message under this id."""
        return f" {queue_id}: " in self.log.read_text(errors="replace")

    def box(self, address: str) -> Path:
        """The Maildir of an address."""
        return self.mail / address

    def mails(self, address: str) -> list[Message]:
        """What lies in the Maildir of an address."""
        return [message_from_bytes(raw) for raw in self.raws(address)]

    def raws(self, address: str) -> list[bytes]:
        """The same, byte for byte."""
        return [one.read_bytes() for one in sorted((self.box(address) / "new").glob("*"))]


@contextmanager
def postfix(routes: Mapping[str, str], mailboxes: Iterable[str] = (), **settings: str) -> Iterator[Postfix]:
    """A running Postfix, and nothing of it afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="chy-pf-"))
    made = Postfix(folder, routes, tuple(mailboxes), **settings)
    try:
        made.start()
        yield made
    finally:
        if listens(made.port):
            made.kill()
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def sink(*options: str) -> Iterator[int]:
    """Postfix's own sink, which takes every message and forgets it; gives its port."""
    found = program("smtp-sink")
    assert found is not None
    port = free_port()
    process = subprocess.Popen([found, "-u", "nobody", *options, f"127.0.0.1:{port}", "100"])
    try:
        until(lambda: listens(port), "the sink listens")
        yield port
    finally:
        process.terminate()
        process.wait(10)
