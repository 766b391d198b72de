"""Where returned mail waits: a Maildir on disk, or a mailbox on an IMAP server.

A reader yields each waiting message with its key, as raw bytes, and takes it out of the way only
when the caller says `done(key)`, which it does after its commit.  A crash in between shows the same
message again; taking it twice changes nothing.  A message above the size limit is yielded cut: its
report stands at its beginning, and the whole stays in the mailbox.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Protocol, Self
from urllib.parse import unquote

from workflow.errors import Unavailable
from workflow.post.imap_box import ImapBox
from workflow.post.mailbox_faults import bad_url
from workflow.post.maildir import SIZE_LIMIT, Fetched, MaildirBox

__all__ = ["SIZE_LIMIT", "ImapBox", "Mailbox", "MaildirBox", "open_mailbox"]


class Mailbox(Protocol):
    """A place where messages wait, as a context: it is opened on entry and closed on exit.

    `messages` yields (key, raw) of each, in order of arrival; `done` takes one out of the way for good.
    `wait` comes back when there may be something new, after at most so many seconds, and says whether the
    place itself can tell: where it cannot, it comes back at once with False.  `fault` is what a person has to
    mend although messages can be read, as far as this look met it.
    All raise Unavailable with a sentence when the place cannot be reached.
    """

    @property
    def fault(self) -> Unavailable | None: ...
    def messages(self) -> Iterator[Fetched]: ...
    def done(self, key: str) -> None: ...
    def wait(self, seconds: float) -> bool: ...
    def __enter__(self) -> Self: ...
    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...


def open_mailbox(url: str) -> Mailbox:
    """The mailbox that `url` names: `maildir:///folder`, `imaps://user:password@host/INBOX` or `imap://` with STARTTLS.

    Nothing is connected before it is entered.  Raises Invalid with a sentence that never repeats the URL.
    """
    scheme, separator, rest = url.partition("://")
    if separator and scheme == "maildir":
        if not rest.strip("/"):
            raise bad_url("maildir:// is followed by the folder, such as maildir:///var/mail/bounces")
        return MaildirBox(Path(unquote(rest)))
    return ImapBox.parse(url)
