"""Returned mail that waits in a folder on an IMAP server."""

from __future__ import annotations

import ssl
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qs, unquote, urlsplit

from imapclient.exceptions import IMAPClientAbortError, IMAPClientError

from workflow.errors import Unavailable
from workflow.post import mailbox_faults
from workflow.post.bearer import MECHANISMS, Bearer
from workflow.post.imap_client import Client
from workflow.post.mailbox_faults import Spoken, bad_url, unless_refused
from workflow.post.maildir import BATCH, SIZE_LIMIT, Fetched

TIMEOUT = 60.0  # Seconds for one answer of an IMAP server.
PROCESSED = "Processed"  # The folder that messages are moved to, unless the URL names another.
# The keyword of a message that was read but could not be moved away: it is not read a second time.
READ = b"ChanceryRead"


@dataclass
class ImapBox:
    """A folder on an IMAP server; messages are known by their UIDs, and read without marking them.

    What is done is marked \\Seen and moved to the folder `processed`, made when it is missing.  Keys carry
    the folder's UIDVALIDITY, so that a key of a folder made anew is never taken for another message.
    What cannot be moved, say because the mailbox is full, is marked as read, where the server lets us, and
    moved as soon as it can be; `fault` says so meanwhile.
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
    connect: Callable[..., Any] = field(default=Client, repr=False)
    fault: Unavailable | None = field(default=None, init=False, repr=False)
    _client: Any = field(default=None, init=False, repr=False)
    _validity: int = field(default=0, init=False, repr=False)
    _keywords: bool = field(default=False, init=False, repr=False)
    _looked: bool = field(default=False, init=False, repr=False)

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
            raise bad_url("its host or port cannot be read") from None
        if parts.scheme not in {"imap", "imaps"} or not parts.hostname:
            raise bad_url("it begins with imaps:// and names a host")
        given = {name: values[-1] for name, values in parse_qs(parts.query, keep_blank_values=True).items()}
        if set(given) - {"processed", "auth", "tokenfile", "oauth", "cafile"} or not all(given.values()):
            raise bad_url("the settings after ? are processed=FOLDER, auth, tokenfile, oauth and cafile")
        mechanism = given.get("auth", "").lower()
        if mechanism not in ("", *MECHANISMS):
            raise bad_url("auth is xoauth2 or oauthbearer; leave it out to log in with the password")
        token = {"tokenfile", "oauth"} & set(given)
        if token and not mechanism:
            raise bad_url("tokenfile and oauth go with auth=xoauth2 or auth=oauthbearer")
        if len(token) > 1:
            raise bad_url("it has either a tokenfile or oauth")
        if not parts.username or (parts.password is None and not token):
            raise bad_url("it names the user and the password before the host")
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
        if self._looked:
            # Since the last look the folder may have been removed, made anew or closed to us.
            self._select()
        self._looked, self.fault = True, None
        self._move_what_was_left()
        unread = [b"UNKEYWORD", READ] if self._keywords else []
        with Spoken(self):
            new, seen = (set(client.search([flag, "UNDELETED", *unread])) for flag in ("UNSEEN", "SEEN"))
        waiting = [*sorted(new), *sorted(seen - new)][:BATCH]
        for uid in waiting:
            with Spoken(self):
                answer = client.fetch([uid], [f"BODY.PEEK[]<0.{self.limit}>"]).get(uid, {})
            self._require_same_folder()
            for name, raw in answer.items():  # Nothing: another reader took it in the meantime.
                if name.startswith(b"BODY[]") and isinstance(raw, bytes):
                    yield f"{self._validity}.{uid}", raw[: self.limit]

    def done(self, key: str) -> None:
        """Marks message `key` as seen and moves it away; raises Unavailable, ValueError for a foreign key.

        A server that refuses either is no reason to leave the next message unread: `fault` says so.
        """
        validity, _, uid = key.partition(".")
        client = self._opened()
        if not uid.isdigit() or validity != str(self._validity):
            raise ValueError("a key of this mailbox is its UIDVALIDITY and a message's UID")
        self._require_same_folder()
        with Spoken(self), unless_refused():
            client.add_flags([int(uid)], [rb"\Seen", *([READ] if self._keywords else [])])
        self._move([int(uid)])

    def _move(self, uids: list[int]) -> None:
        client = self._opened()
        for again in (False, True):
            with Spoken(self), unless_refused():
                if client.has_capability("MOVE"):
                    client.move(uids, self.processed)
                else:
                    # Without MOVE the copy comes first: a crash leaves two copies, never none.
                    client.copy(uids, self.processed)
                    client.delete_messages(uids)
                    if client.has_capability("UIDPLUS"):
                        client.uid_expunge(uids)
                return
            if not again:
                self._make_processed()  # Somebody may have removed it since.
        self.fault = mailbox_faults.unmoved(self.host, self.processed)

    def _move_what_was_left(self) -> None:
        """Moves what was read before and could not be moved then."""
        if not self._keywords:
            return  # It is read again instead, which changes nothing.
        client = self._opened()
        with Spoken(self):
            left = sorted(client.search([b"KEYWORD", READ, "UNDELETED"]))[:BATCH]
        if left and client.has_capability("MOVE"):
            self._move(left)
        elif left:
            # A copy may be there already, and another one at each look would fill the mailbox.
            self.fault = mailbox_faults.unmoved(self.host, self.processed)

    def _make_processed(self) -> None:
        with Spoken(self), unless_refused():
            if not self._client.folder_exists(self.processed):
                self._client.create_folder(self.processed)

    def _select(self) -> None:
        """Opens the folder, and finds out what it is now."""
        client = self._opened()
        with Spoken(self):
            try:
                found = client.select_folder(self.folder)
            except IMAPClientAbortError:
                raise
            except IMAPClientError:
                raise mailbox_faults.no_folder(self.host, self.folder) from None
        self._validity = int(found.get(b"UIDVALIDITY", 0))
        kept = found.get(b"PERMANENTFLAGS", ())
        self._keywords = rb"\*" in kept or READ in kept
        client.told_validity()

    def _require_same_folder(self) -> None:
        """Raises Unavailable when the server says that the folder was made anew: the UIDs mean other messages then."""
        told = self._opened().told_validity()
        if told is not None and told != self._validity:
            raise mailbox_faults.made_anew(self.host)

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
        try:
            with Spoken(self):
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
            self._select()
            self._make_processed()
        except BaseException:
            # Whoever cannot enter is never asked to leave, so a line that is half open is closed here.
            self.__exit__(None, None, None)
            raise

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
        with Spoken(self):
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
            raise bad_url("its cafile cannot be read") from None

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
