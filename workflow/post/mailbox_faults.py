"""What went wrong with a mail server, as sentences that carry no secret: a fault's own words may quote the password."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import TracebackType
from typing import Any

from imapclient.exceptions import (
    IMAPClientAbortError,
    IMAPClientError,
    IMAPClientReadOnlyError,
    LoginError,
)

from workflow.errors import Invalid, Unavailable


def away(host: str, error: BaseException, *, by_token: bool = False) -> Unavailable:
    """The sentence for a fault; `by_token` says that an access token was to log in."""
    if isinstance(error, LoginError) and by_token:
        return Unavailable(
            "mailbox-login",
            "The mail server %(host)s did not accept the access token for the mailbox. Look at what keeps it "
            "fresh, and whether the user in CHANCERY_IMAP_URL is the one that it was granted for.",
            host=host,
        )
    if isinstance(error, LoginError):
        return Unavailable(
            "mailbox-login",
            "The mail server %(host)s did not accept the user or the password of the mailbox. Check CHANCERY_IMAP_URL.",
            host=host,
        )
    if isinstance(error, ssl.SSLCertVerificationError):
        return Unavailable(
            "mailbox-certificate",
            "The certificate of the mail server %(host)s is not valid for that name, so the mailbox was not opened. "
            "Ask the server's administrator for a valid certificate.",
            host=host,
        )
    if isinstance(error, IMAPClientReadOnlyError):
        return Unavailable(
            "mailbox-read-only",
            "The mail server %(host)s opens the mailbox for reading only, so returned mail is not read. Give the user "
            "in CHANCERY_IMAP_URL the right to mark and to move messages there.",
            host=host,
        )
    return Unavailable(
        "mailbox-away",
        "The mailbox on %(host)s cannot be reached (%(why)s). It is tried again; check the server and the network.",
        host=host,
        why=_kind(error),
    )


def no_folder(host: str, folder: str) -> Unavailable:
    """The sentence for a folder that the server does not open."""
    return Unavailable(
        "mailbox-folder",
        "The mail server %(host)s does not open the folder %(folder)s, so returned mail is not read. See that the "
        "folder is there, or correct CHANCERY_IMAP_URL.",
        host=host,
        folder=folder,
    )


def unmoved(host: str, folder: str) -> Unavailable:
    """The sentence for messages that were read and stay where they are."""
    return Unavailable(
        "mailbox-move",
        "Returned mail is read, but the mail server %(host)s does not let it be moved to the folder %(folder)s. See "
        "that the mailbox is not full and that the folder may be written; what is left is then moved by itself.",
        host=host,
        folder=folder,
    )


def made_anew(host: str) -> Unavailable:
    """The sentence for a folder that became another one while it was open."""
    return Unavailable(
        "mailbox-away",
        "The mailbox on %(host)s cannot be reached (%(why)s). It is tried again; check the server and the network.",
        host=host,
        why="the folder was made anew",
    )


def _kind(error: BaseException) -> str:
    """What sort of fault it is, never its text."""
    if isinstance(error, TimeoutError):
        return "no answer in time"
    if isinstance(error, ConnectionRefusedError):
        return "connection refused"
    if isinstance(error, IMAPClientError):
        return "the server refused a command or broke the connection"
    return "no connection"


def bad_url(why: str) -> Invalid:
    return Invalid(
        "mailbox-url",
        "The address of the mailbox in CHANCERY_IMAP_URL cannot be used: %(why)s. Correct it and start again.",
        why=why,
    )


@dataclass
class Spoken:
    """Turns the faults of a connection into sentences that carry no secret."""

    box: Any  # An `ImapBox`, which knows this module.

    def __enter__(self) -> None:
        return

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if isinstance(error, IMAPClientError | OSError):
            # The cause's text may quote the password.
            raise away(self.box.host, error, by_token=bool(self.box.mechanism)) from None


@contextmanager
def unless_refused() -> Iterator[None]:
    """Passes over a command that the server refuses (NO, BAD); a line that broke is raised."""
    try:
        yield
    except IMAPClientAbortError:
        raise
    except IMAPClientError:
        pass
