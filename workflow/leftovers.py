"""What killed processes leave behind: files that were being written, and folders of conversions.

Nobody reads them, and nobody would ever remove them; a folder of a conversion holds somebody's document.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import unquote

from workflow.config import Settings
from workflow.letters.intake.sandbox import PRIVATE
from workflow.whole_files import DRAFT

# Nothing of ours is written for so long; other programs' drafts in a Maildir have the time that is usual there.
OURS, OTHERS = timedelta(hours=1), timedelta(hours=36)


def clear(settings: Settings, now: datetime) -> int:
    """Removes what is old enough to belong to nobody; gives how much that was.  What cannot be removed stays."""
    count = 0
    for path, age in _found(settings):
        with suppress(OSError):
            status = path.lstat()
            if datetime.fromtimestamp(status.st_mtime, now.tzinfo) > now - age:
                continue
            if path.is_dir():
                shutil.rmtree(path)
            else:
                path.unlink()
            count += 1
    return count


def _found(settings: Settings) -> Iterator[tuple[Path, timedelta]]:
    for path in settings.store_dir.glob(f"??/{DRAFT}*"):
        yield path, OURS
    for path in (settings.data_dir / "broker" / "messages").glob("*.draft"):
        yield path, OURS
    scheme, _, folder = settings.mailbox.partition("://")
    if scheme == "maildir":
        for path in (Path(unquote(folder)) / "tmp").glob("*"):
            yield path, OURS if path.name.endswith(".chancery") else OTHERS
    for path in Path(tempfile.gettempdir()).glob(f"{PRIVATE}*"):
        yield path, OURS
