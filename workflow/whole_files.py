"""Files that are whole or not there: written beside their place, flushed to disk, then renamed.

A crash, a kill or a full disk leaves no half file under a name that somebody reads.  What a killed process
left beside it is cleared away by the sweep (see `workflow.leftovers`).
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable
from pathlib import Path

# How a file is named while it is written.
DRAFT = ".writing-"


def write(path: Path, pieces: Iterable[bytes], *, private: bool = False) -> None:
    """Writes a file from its pieces; a `private` one can be read by its owner alone.  Raises OSError.

    What is no ordinary file, such as a pipe, is written as it is.
    """
    if path.exists() and not path.is_file():
        with path.open("wb") as stream:
            stream.writelines(pieces)
        return
    # A link stays one, and what it leads to is written.
    path = path.resolve()
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=DRAFT)
    draft = Path(name)
    try:
        with os.fdopen(handle, "wb") as stream:
            for piece in pieces:
                stream.write(piece)
            stream.flush()
            os.fsync(stream.fileno())
        if not private:
            draft.chmod(_rights(path))
        draft.replace(path)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise
    sync_folder(path.parent)


def _rights(path: Path) -> int:
    """The rights of the file that is replaced, or those that a new file gets."""
    if path.exists():
        return path.stat().st_mode & 0o777
    mask = os.umask(0)
    os.umask(mask)
    return 0o666 & ~mask


def sync_folder(path: Path) -> None:
    """Has the disk confirm the names in a folder: a renamed file is otherwise lost with the power."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
