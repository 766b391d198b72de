"""Where returned mail waits: a Maildir on disk, or a mailbox on an IMAP server.

A reader yields each waiting message with its key, as raw bytes, and takes it out of the way only
when the caller says `done(key)`, which it does after its commit.  A crash in between shows the same
message again; taking it twice changes nothing.  A message above the size limit is yielded cut: its
report stands at its beginning, and the whole stays in the mailbox.
"""

from __future__ import annotations

import ssl
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Protocol, Self
from urllib.parse import parse_qs, unquote, urlsplit

from imapclient import IMAPClient
from imapclient.exceptions import IMAPClientError

from workflow.errors import Invalid, Unavailable
from workflow.post.bearer import MECHANISMS, Bearer
from workflow.post.mailbox_faults import away
from workflow.post.maildir import BATCH, SIZE_LIMIT, Fetched, MaildirBox

__all__ = ["SIZE_LIMIT", "ImapBox", "Mailbox", "MaildirBox", "open_mailbox"]

TIMEOUT = 60.0  # Seconds for one answer of an IMAP server.
PROCESSED = "Processed"  # The folder that messages are moved to, unless the URL names another.


class Mailbox(Protocol):
    """A place where messages wait, as a context: it is opened on entry and closed on exit.

    `messages` yields (key, raw) of each, in order of arrival; `done` takes one out of the way for good.
    `wait` comes back when there may be something new, after at most so many seconds, and says whether the
    place itself can tell: where it cannot, it comes back at once with False.
    All raise Unavailable with a sentence when the place cannot be reached.
    """

    def messages(self) -> Iterator[Fetched]: ...
    def done(self, key: str) -> None: ...
    def wait(self, seconds: float) -> bool: ...
    def __enter__(self) -> Self: ...
    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...


@dataclass
class ImapBox:
    """A folder on an IMAP server; messages are known by their UIDs, and read without marking them.

    What is done is marked \\Seen and moved to the folder `processed`, made when it is missing.  Keys carry
    the folder's UIDVALIDITY, so that a key of a folder made anew is never taken for another message.
    """

    host: str
    port: int
    user: str
    password: str = field(repr=False)
    secure: bool = True
    mechanism: str = ""
    token_file: str = ""
    oauth: str = ""
    cafile: str = ""
    folder: str = "INBOX"
    processed: str = PROCESSED
    limit: int = SIZE_LIMIT
    connect: Callable[..., Any] = field(default=IMAPClient, repr=False)
    _client: Any = field(default=None, init=False, repr=False)
    _validity: int = field(default=0, init=False, repr=False)

    @classmethod
    def parse(cls, url: str) -> ImapBox:
        """The mailbox that `imaps://user:password@host:port/FOLDER?processed=FOLDER` names.

        With `auth=xoauth2` or `auth=oauthbearer` the password is an access token (OAuth 2.0), or `tokenfile` or
        `oauth` say where one is had (see `bearer`); `cafile` names who signed the server's certificate.  Signs with a meaning in URLs are percent-encoded.  Raises Invalid with a sentence
        that never repeats the URL.
        """
        try:
            parts = urlsplit(url)
            port = parts.port
        except ValueError:
            raise _bad_url("its host or port cannot be read") from None
        if parts.scheme not in {"imap", "imaps"} or not parts.hostname:
            raise _bad_url("it begins with imaps:// and names a host")
        given = {name: values[-1] for name, values in parse_qs(parts.query, keep_blank_values=True).items()}
        if set(given) - {"processed", "auth", "tokenfile", "oauth", "cafile"} or not all(given.values()):
            raise _bad_url("the settings after ? are processed=FOLDER, auth, tokenfile, oauth and cafile")
        mechanism = given.get("auth", "").lower()
        if mechanism not in ("", *MECHANISMS):
            raise _bad_url("auth is xoauth2 or oauthbearer; leave it out to log in with the password")
        token = {"tokenfile", "oauth"} & set(given)
        if token and not mechanism:
            raise _bad_url("tokenfile and oauth go with auth=xoauth2 or auth=oauthbearer")
        if len(token) > 1:
            raise _bad_url("it has either a tokenfile or oauth")
        if not parts.username or (parts.password is None and not token):
            raise _bad_url("it names the user and the password before the host")
        secure = parts.scheme == "imaps"
        return cls(
            host=parts.hostname,
            port=port or (993 if secure else 143),
            user=unquote(parts.username),
            password=unquote(parts.password or ""),
            secure=secure,
            mechanism=mechanism,
            token_file=given.get("tokenfile", ""),
            oauth=given.get("oauth", ""),
            cafile=given.get("cafile", ""),
            folder=unquote(parts.path.strip("/")) or "INBOX",
            processed=given.get("processed", PROCESSED),
        )

    def messages(self) -> Iterator[Fetched]:
        """(key, raw) of each message that is not deleted, by UID; raises Unavailable.

        Those that are seen come last: a person looked at them in a mail program, or they could not be moved away.
        """
        client = self._opened()
        with _Faults(self):
            new, seen = (set(client.search([flag, "UNDELETED"])) for flag in ("UNSEEN", "SEEN"))
        waiting = [*sorted(new), *sorted(seen - new)][:BATCH]
        for uid in waiting:
            with _Faults(self):
                answer = client.fetch([uid], [f"BODY.PEEK[]<0.{self.limit}>"]).get(uid, {})
            for name, raw in answer.items():  # Nothing: another reader took it in the meantime.
                if name.startswith(b"BODY[]") and isinstance(raw, bytes):
                    yield f"{self._validity}.{uid}", raw

    def done(self, key: str) -> None:
        """Marks message `key` as seen and moves it away; raises Unavailable, ValueError for a foreign key."""
        validity, _, uid = key.partition(".")
        client = self._opened()
        if not uid.isdigit() or validity != str(self._validity):
            raise ValueError("a key of this mailbox is its UIDVALIDITY and a message's UID")
        with _Faults(self):
            client.add_flags([int(uid)], [rb"\Seen"])
            if client.has_capability("MOVE"):
                client.move([int(uid)], self.processed)
            else:
                # Without MOVE the copy comes first: a crash leaves two copies, never none.
                client.copy([int(uid)], self.processed)
                client.delete_messages([int(uid)])
                if client.has_capability("UIDPLUS"):
                    client.uid_expunge([int(uid)])

    def __enter__(self) -> Self:
        # What a faulty setting raises, it raises before there is a line to be closed.
        context, secret = self._context(), self._secret()
        try:
            self._connect(context, secret)
        except Unavailable as refusal:
            # An access token that has ended is replaced by a fresh one, if there is one, once.
            fresh = self._secret(secret) if self.mechanism and refusal.code == "mailbox-login" else secret
            if fresh == secret:
                raise
            self._connect(context, fresh)
        return self

    def _connect(self, context: ssl.SSLContext, secret: str) -> None:
        with _Faults(self):
            self._client = self.connect(
                self.host,
                port=self.port,
                ssl=self.secure,
                ssl_context=context if self.secure else None,
                timeout=TIMEOUT,
            )
            if not self.secure:
                # A password never goes over an open line: without STARTTLS there is no log-in.
                self._client.starttls(ssl_context=context)
            self._log_in(secret)
            self._validity = int(self._client.select_folder(self.folder).get(b"UIDVALIDITY", 0))
            if not self._client.folder_exists(self.processed):
                self._client.create_folder(self.processed)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        client, self._client = self._client, None
        if client is not None:
            try:
                client.logout()
            except (IMAPClientError, OSError):
                # The line is lost already; what is left of it here is given back.
                with suppress(IMAPClientError, OSError):
                    client.shutdown()

    def wait(self, seconds: float) -> bool:
        """Waits in IDLE (RFC 2177) until the server tells of something, at most `seconds`; raises Unavailable.

        A server without IDLE is asked again later: then it comes back at once with False.  Keep `seconds`
        below half an hour, after which a server may hang up.
        """
        client = self._opened()
        with _Faults(self):
            if not client.has_capability("IDLE"):
                return False
            client.idle()
            told = client.idle_check(timeout=seconds)
            # A line that was lost while it rested shows here at the latest, and is opened anew by the caller.
            client.idle_done()
            if not told:
                client.noop()
        return True

    def _context(self) -> ssl.SSLContext:
        try:
            return ssl.create_default_context(cafile=self.cafile or None)
        except OSError:
            raise _bad_url("its cafile cannot be read") from None

    def _secret(self, refused: str = "") -> str:
        """The password, or an access token that is not the `refused` one if another can be had."""
        if not self.mechanism:
            return self.password
        return Bearer(self.password, self.token_file, self.oauth).token(refused)

    def _log_in(self, secret: str) -> None:
        if self.mechanism == "xoauth2":
            self._client.oauth2_login(self.user, secret)
        elif self.mechanism == "oauthbearer":
            self._client.oauthbearer_login(self.user, secret)
        else:
            self._client.login(self.user, secret)

    def _opened(self) -> Any:
        if self._client is None:
            raise RuntimeError("the mailbox is a context: use it in a with statement")
        return self._client


@dataclass
class _Faults:
    """Turns the faults of the connection into sentences that carry no secret, and closes what was half open."""

    box: ImapBox

    def __enter__(self) -> None:
        return

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if not isinstance(error, IMAPClientError | OSError):
            return
        if not self.box._validity:
            self.box.__exit__(None, None, None)
        raise away(
            self.box.host, error, by_token=bool(self.box.mechanism)
        ) from None  # The cause's text may quote the password.


def open_mailbox(url: str) -> Mailbox:
    """The mailbox that `url` names: `maildir:///folder`, `imaps://user:password@host/INBOX` or `imap://` with STARTTLS.

    Nothing is connected before it is entered.  Raises Invalid with a sentence that never repeats the URL.
    """
    scheme, separator, rest = url.partition("://")
    if separator and scheme == "maildir":
        if not rest.strip("/"):
            raise _bad_url("maildir:// is followed by the folder, such as maildir:///var/mail/bounces")
        return MaildirBox(Path(unquote(rest)))
    return ImapBox.parse(url)


def _bad_url(why: str) -> Invalid:
    return Invalid(
        "mailbox-url",
        "The address of the mailbox in CHANCERY_IMAP_URL cannot be used: %(why)s. Correct it and start again.",
        why=why,
    )
