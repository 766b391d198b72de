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
from urllib.parse import unquote, urlsplit

from imapclient import IMAPClient
from imapclient.exceptions import IMAPClientError, LoginError

from workflow.errors import Invalid, Unavailable

SIZE_LIMIT = 25_000_000  # Bytes of one message that are read; a relay seldom takes more.
TIMEOUT = 60.0  # Seconds for one answer of an IMAP server.
PROCESSED = "Processed"  # The folder that messages are moved to, unless the URL names another.
BATCH = 200  # Messages of one look; the rest are read at the next.

Fetched = tuple[str, bytes]


class Mailbox(Protocol):
    """A place where messages wait, as a context: it is opened on entry and closed on exit.

    `messages` yields (key, raw) of each, in order of arrival; `done` takes one out of the way for good.
    All raise Unavailable with a sentence when the place cannot be reached.
    """

    def messages(self) -> Iterator[Fetched]: ...
    def done(self, key: str) -> None: ...
    def __enter__(self) -> Self: ...
    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...


@dataclass(frozen=True)
class MaildirBox:
    """A Maildir: messages wait in `new`, and are in `cur`, marked as seen, once they are done.

    A folder that does not exist yet is an empty one: the post office makes it with its first message.
    """

    path: Path
    limit: int = SIZE_LIMIT

    def messages(self) -> Iterator[Fetched]:
        """(file name, raw) of each message in `new`, oldest first; raises Unavailable."""
        try:
            waiting = sorted(
                (entry for entry in (self.path / "new").iterdir() if not entry.name.startswith(".")),
                key=lambda entry: (entry.stat().st_mtime_ns, entry.name),
            )
        except FileNotFoundError:
            return
        except OSError as error:
            raise _maildir_away(error) from None
        for entry in waiting[:BATCH]:
            try:
                # A link, device or folder in there is nobody's mail.
                if entry.is_symlink() or not entry.is_file():
                    continue
                with entry.open("rb") as file:
                    raw = file.read(self.limit)
            except FileNotFoundError:
                continue  # Another reader took it in the meantime.
            except OSError as error:
                raise _maildir_away(error) from None
            yield entry.name, raw

    def done(self, key: str) -> None:
        """Moves message `key` to `cur` in one step; one that is gone already is done. Raises Unavailable."""
        if Path(key).name != key:
            raise ValueError("a key of this mailbox is a file's name")
        try:
            (self.path / "cur").mkdir(parents=True, exist_ok=True)
            (self.path / "new" / key).replace(self.path / "cur" / f"{key.partition(':')[0]}:2,S")
        except FileNotFoundError:
            pass
        except OSError as error:
            raise _maildir_away(error) from None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        return


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
    folder: str = "INBOX"
    processed: str = PROCESSED
    limit: int = SIZE_LIMIT
    connect: Callable[..., Any] = field(default=IMAPClient, repr=False)
    _client: Any = field(default=None, init=False, repr=False)
    _validity: int = field(default=0, init=False, repr=False)

    @classmethod
    def parse(cls, url: str) -> ImapBox:
        """The mailbox that `imaps://user:password@host:port/FOLDER?processed=FOLDER` names.

        Signs with a meaning in URLs are percent-encoded.  Raises Invalid with a sentence that never repeats the URL.
        """
        try:
            parts = urlsplit(url)
            port = parts.port
        except ValueError:
            raise _bad_url("its host or port cannot be read") from None
        if parts.scheme not in {"imap", "imaps"} or not parts.hostname:
            raise _bad_url("it begins with imaps:// and names a host")
        if not parts.username or parts.password is None:
            raise _bad_url("it names the user and the password before the host")
        name, _, value = parts.query.partition("=")
        if parts.query and (name != "processed" or not value):
            raise _bad_url("the only setting after ? is processed=FOLDER")
        secure = parts.scheme == "imaps"
        return cls(
            host=parts.hostname,
            port=port or (993 if secure else 143),
            user=unquote(parts.username),
            password=unquote(parts.password),
            secure=secure,
            folder=unquote(parts.path.strip("/")) or "INBOX",
            processed=unquote(value) or PROCESSED,
        )

    def messages(self) -> Iterator[Fetched]:
        """(key, raw) of each message that is neither seen nor deleted, by UID; raises Unavailable."""
        client = self._opened()
        with _Faults(self):
            waiting = sorted(client.search(["UNSEEN", "UNDELETED"]))[:BATCH]
        for uid in waiting:
            with _Faults(self):
                answer = client.fetch([uid], [f"BODY.PEEK[]<0.{self.limit}>"]).get(uid, {})
            raw = next(
                (
                    value
                    for name, value in answer.items()
                    if name.startswith(b"BODY[]") and isinstance(value, bytes)
                ),
                None,
            )
            if raw is not None:  # None: another reader took it in the meantime.
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
        with _Faults(self):
            context = ssl.create_default_context()
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
            self._client.login(self.user, self.password)
            self._validity = int(self._client.select_folder(self.folder).get(b"UIDVALIDITY", 0))
            if not self._client.folder_exists(self.processed):
                self._client.create_folder(self.processed)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        client, self._client = self._client, None
        if client is not None:
            with suppress(IMAPClientError, OSError):
                client.logout()

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
        raise _imap_away(self.box, error) from None  # The cause's text may quote the password.


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


def _maildir_away(error: OSError) -> Unavailable:
    return Unavailable(
        "mailbox-away",
        "The folder of returned mail cannot be read or changed (%(why)s). Check that it exists and who may write there.",
        why=error.strerror or type(error).__name__,
    )


def _imap_away(box: ImapBox, error: BaseException) -> Unavailable:
    if isinstance(error, LoginError):
        return Unavailable(
            "mailbox-login",
            "The mail server %(host)s did not accept the user or the password of the mailbox. Check CHANCERY_IMAP_URL.",
            host=box.host,
        )
    if isinstance(error, ssl.SSLCertVerificationError):
        return Unavailable(
            "mailbox-certificate",
            "The certificate of the mail server %(host)s is not valid for that name, so the mailbox was not opened. "
            "Ask the server's administrator for a valid certificate.",
            host=box.host,
        )
    return Unavailable(
        "mailbox-away",
        "The mailbox on %(host)s cannot be reached (%(why)s). It is tried again; check the server and the network.",
        host=box.host,
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
