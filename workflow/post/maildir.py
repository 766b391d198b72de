"""Returned mail that waits in a Maildir on disk."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from workflow.errors import Unavailable

SIZE_LIMIT = 25_000_000  # Bytes of one message that are read; a relay seldom takes more.
BATCH = 200  # Messages of one look; the rest are read at the next.

Fetched = tuple[str, bytes]


@dataclass(frozen=True)
class MaildirBox:
    """A Maildir: messages wait in `new`, and are in `cur`, marked as seen, once they are done.

    A folder that does not exist yet is an empty one: the post office makes it with its first message.
    """

    path: Path
    limit: int = SIZE_LIMIT

    @property
    def fault(self) -> Unavailable | None:
        """What cannot be moved is raised at once, so there is nothing to be said afterwards."""
        return None

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

    def wait(self, seconds: float) -> bool:
        """A folder does not tell of its messages; whoever waits looks again after a while."""
        return False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        return


def _maildir_away(error: OSError) -> Unavailable:
    return Unavailable(
        "mailbox-away",
        "The folder of returned mail cannot be read or changed (%(why)s). Check that it exists and who may write there.",
        why=error.strerror or type(error).__name__,
    )
