"""Files by their content: a file's name is the SHA-256 of its bytes.

A file is written beside its place, flushed to disk and renamed, so that a crash or a full disk
leaves no half file under a digest.  Reading checks the digest: what comes out is what went in.
"""

from __future__ import annotations

import errno
import hashlib
from contextlib import suppress
from pathlib import Path

from workflow import whole_files
from workflow.errors import Conflict, NotFound, Unavailable


def sha256(data: bytes) -> str:
    """The SHA-256 of `data` in lower-case hexadecimal."""
    return hashlib.sha256(data).hexdigest()


class Store:
    """A folder of files named by their SHA-256, in subfolders of the first two signs."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def path(self, digest: str) -> Path:
        """Where the file with this digest is, or would be."""
        if len(digest) != 64 or any(sign not in "0123456789abcdef" for sign in digest):
            raise NotFound("no-such-file", "There is no file of this digest.")
        return self.folder / digest[:2] / digest

    def put(self, data: bytes) -> str:
        """Keeps `data` and gives its digest; raises Unavailable when it cannot be written whole."""
        digest = sha256(data)
        place = self.path(digest)
        if place.exists():
            return digest
        try:
            if not place.parent.is_dir():
                place.parent.mkdir(parents=True, exist_ok=True)
                whole_files.sync_folder(self.folder)
            whole_files.write(place, [data], private=True)
        except OSError as error:
            if error.errno in (errno.ENOSPC, errno.EDQUOT):
                raise Unavailable(
                    "disk-full",
                    "The disk is full, so the file was not kept. Free some space, then try again.",
                ) from error
            raise Unavailable(
                "store-away",
                "The folder of files cannot be written. Check CHANCERY_DATA_DIR, then try again.",
            ) from error
        return digest

    def get(self, digest: str) -> bytes:
        """The file of this digest; raises NotFound, or Conflict when the bytes are no longer its own."""
        try:
            data = self.path(digest).read_bytes()
        except FileNotFoundError:
            raise self._missing(digest) from None
        if sha256(data) != digest:
            raise Conflict(
                "file-changed",
                "The stored file %(digest)s was changed on disk: its digest is no longer its name. "
                "Restore it from a backup.",
                digest=digest[:12],
            )
        return data

    def size(self, digest: str) -> int:
        """The bytes that the file of this digest has; raises NotFound.  The digest is not checked."""
        try:
            return self.path(digest).stat().st_size
        except FileNotFoundError:
            raise self._missing(digest) from None

    def let_go(self, digest: str) -> None:
        """Removes the file of this digest; harmless when it is gone, or cannot be removed now."""
        with suppress(OSError):
            self.path(digest).unlink(missing_ok=True)

    @staticmethod
    def _missing(digest: str) -> NotFound:
        return NotFound("no-such-file", "The file %(digest)s is not in the store.", digest=digest[:12])

    def erase(self, digest: str) -> None:
        """Removes the file of this digest for good, by a decision; harmless when it is gone.

        Raises Unavailable when it cannot be removed.
        """
        try:
            self.path(digest).unlink(missing_ok=True)
        except OSError as error:
            raise Unavailable(
                "store-away",
                "The folder of files cannot be written. Check CHANCERY_DATA_DIR, then try again.",
            ) from error

    def has(self, digest: str) -> bool:
        """Whether a file of this digest is kept."""
        return self.path(digest).exists()
