"""The library's IMAP client with two bounds and one sign that it lacks.

Its own bounds are the wrong way round: a literal may have any size that the server says, and is read into
memory, while a list of messages may have one megabyte, which a full mailbox exceeds.
"""

from __future__ import annotations

from typing import Any

from imapclient import IMAPClient
from imapclient.exceptions import IMAPClientAbortError

# Bytes of one literal.  We ask for less; a server that sends the whole message all the same may send this much.
MOST_LITERAL = 110_000_000
# Bytes of one line, such as the list of all UIDs of a folder: a million and more of them.
MOST_LINE = 20_000_000


class Client(IMAPClient):  # type: ignore[misc]
    """A connection whose memory is bounded, and which notices that its folder was made anew under it."""

    def _create_IMAP4(self) -> Any:
        made = super()._create_IMAP4()

        def read(size: int) -> bytes:
            if size > MOST_LITERAL:
                # Nothing after it can be understood any more.
                raise IMAPClientAbortError("a literal beyond the limit")
            return bytes(made.file.read(size))

        def readline() -> bytes:
            line = bytes(made.file.readline(MOST_LINE + 1))
            if len(line) > MOST_LINE:
                raise IMAPClientAbortError("a line beyond the limit")
            return line

        made.read, made.readline = read, readline
        return made

    def told_validity(self) -> int | None:
        """The UIDVALIDITY that the server told of since the folder was opened, or since this was asked."""
        _, told = self._imap.response("UIDVALIDITY")
        found = [one for one in told or () if isinstance(one, bytes) and one.isdigit()]
        return int(found[-1]) if found else None
