"""Anchors: the head of the audit log, appended to a file outside the database.

A log that is chained with a key can still be cut at its end by whoever has the database; with a
head that was written down elsewhere, hourly and at each dispatch, the cut is found.
"""

from __future__ import annotations

import json
import os
from contextlib import suppress
from datetime import datetime
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from workflow import audit
from workflow.db import after_commit
from workflow.errors import Invalid
from workflow.models import AuditHead

# How each line begins.
_BEGINS = '{"count": '


def anchor(session: Session, at: datetime, file: Path) -> bool:
    """Appends the head to `file`, outside the database; gives whether there was anything new.

    For a transaction that adds no entry: the head that it finds is committed.  Raises OSError when
    the file cannot be written.
    """
    row = session.execute(select(AuditHead).with_for_update()).scalar_one_or_none()
    if row is None or row.anchored_count == row.count:
        return False
    _append(file, row.count, row.mac, at)
    row.anchored_count, row.anchored_at = row.count, at
    return True


def anchor_after_commit(session: Session, at: datetime, file: Path) -> None:
    """Anchors the head as this transaction leaves it, once it is committed.

    A head that was anchored and then rolled back would make the log look cut off for ever.  A file
    that cannot be written now is left to the hourly anchor, which sees that the head is not in it.
    """
    count, mac = audit.head(session)

    def write() -> None:
        with suppress(OSError):
            _append(file, count, mac, at)

    after_commit(session, write)


def _append(file: Path, count: int, mac: str, at: datetime) -> None:
    line = json.dumps({"count": count, "mac": mac, "at": at.isoformat(timespec="seconds")})
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("ab+") as stream:
        # A line that a crash or a full disk cut off stays by itself, and does not spoil this one.
        stream.seek(max(0, stream.seek(0, os.SEEK_END) - 1))
        before = b"" if stream.read() in (b"", b"\n") else b"\n"
        stream.write(before + line.encode() + b"\n")
        stream.flush()
        os.fsync(stream.fileno())


def read(file: Path) -> list[tuple[int, str]]:
    """The anchored heads of `file`, oldest first; raises Invalid with the faulty line's number."""
    anchors = []
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise Invalid("anchor-file", "The anchor file %(file)s cannot be read.", file=file) from error
    for number, line in enumerate(lines, 1):
        if not line.strip() or _is_cut_off(line):
            continue
        try:
            item = json.loads(line)
            anchors.append((int(item["count"]), str(item["mac"])))
        except (ValueError, KeyError, TypeError) as error:
            raise Invalid(
                "anchor-file",
                "Line %(line)s of the anchor file %(file)s is not an anchor.",
                line=number,
                file=file,
            ) from error
    return anchors


def _is_cut_off(line: str) -> bool:
    """Whether a line is the beginning of an anchor that was never written to its end: it anchors nothing."""
    return line.startswith(_BEGINS[: len(line)]) and not line.rstrip().endswith("}")
