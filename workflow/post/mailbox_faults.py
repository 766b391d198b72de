"""What went wrong with a mail server, as sentences that carry no secret: a fault's own words may quote the password."""

from __future__ import annotations

import ssl

from imapclient.exceptions import IMAPClientError, LoginError

from workflow.errors import Unavailable


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
    return Unavailable(
        "mailbox-away",
        "The mailbox on %(host)s cannot be reached (%(why)s). It is tried again; check the server and the network.",
        host=host,
        why=_kind(error),
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
