"""Mailboxes on disk: one Maildir per address, `FOLDER/<domain>/<local part>`.

A sub-address belongs to its mailbox: `bounces+token@domain` is kept in that of `bounces`, with the
full address in `Delivered-To`, which is what returned mail is recognised by.
"""

from __future__ import annotations

import contextlib
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email.header import decode_header, make_header
from email.parser import BytesHeaderParser
from pathlib import Path
from urllib.parse import quote, unquote

from workflow.errors import NotFound
from workflow.whole_files import sync_folder

_KEY = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._,=:-]{0,200}")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]+")
HEADER_BYTES = 65536


@dataclass(frozen=True)
class Mailbox:
    """One mailbox: its address, how many messages it holds, and when the newest came."""

    address: str
    count: int
    newest: datetime | None


@dataclass(frozen=True)
class Summary:
    """A message as a list shows it; header fields are decoded for people, and may say anything.

    `key` names it for `raw`; `at` is when it came; `delivered_to` is the full address it was for.
    """

    key: str
    at: datetime
    size: int
    sender: str
    subject: str
    delivered_to: str
    message_id: str
    kind: str


def mailbox_path(folder: Path, address: str) -> Path:
    """The Maildir of `address`, without its sub-address; made of signs that are safe in a path."""
    local, _, domain = address.rpartition("@")
    base = local.partition("+")[0] or local
    return folder / _safe(domain.lower()) / _safe(base)


def deliver(folder: Path, address: str, name: str, data: bytes) -> Path:
    """Put `data` into the mailbox of `address` as the file `name`; it is on disk when this returns.

    Delivering the same name again changes nothing, so that a restart may repeat it.
    """
    maildir = mailbox_path(folder, address)
    for part in ("tmp", "new", "cur"):
        (maildir / part).mkdir(parents=True, exist_ok=True)
    target = maildir / "new" / name
    if not any((maildir / "cur").glob(f"{name}*")):
        write_safely(maildir / "tmp" / name, data)
        (maildir / "tmp" / name).replace(target)
        sync_folder(target.parent)
    return target


def write_safely(path: Path, data: bytes) -> None:
    """Write `data` to `path` and have the disk confirm it; what a full disk leaves half written is removed."""
    try:
        with path.open("wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
    except OSError:
        with contextlib.suppress(OSError):
            path.unlink(missing_ok=True)
        raise


def mailboxes(folder: Path | str) -> list[Mailbox]:
    """Every mailbox below `folder`, by address."""
    found = []
    for maildir in sorted(Path(folder).glob("[!.]*/*/new")):
        times = [path.stat().st_mtime for path in _files(maildir.parent)]
        newest = datetime.fromtimestamp(max(times), UTC) if times else None
        address = f"{unquote(maildir.parent.name)}@{unquote(maildir.parent.parent.name)}"
        found.append(Mailbox(address, len(times), newest))
    return sorted(found, key=lambda box: box.address.rpartition("@")[::-1])


def messages(folder: Path | str, address: str) -> list[Summary]:
    """The messages of one mailbox, the newest first; none when there is no such mailbox."""
    found = [_summary(path) for path in _files(mailbox_path(Path(folder), address))]
    return sorted(found, key=lambda item: (item.at, item.key), reverse=True)


def raw(folder: Path | str, address: str, key: str) -> bytes:
    """The message `key` of a mailbox as it came, with the lines that delivery added; raises NotFound."""
    # The key comes from a page: only a plain file name is ever joined to the path.
    if _KEY.fullmatch(key):
        for path in _files(mailbox_path(Path(folder), address)):
            if _key(path) == key:
                return path.read_bytes()
    raise NotFound("message", "There is no such message in this mailbox; it may have been removed.")


def _files(maildir: Path) -> Iterator[Path]:
    for part in ("new", "cur"):
        if (maildir / part).is_dir():
            yield from (path for path in (maildir / part).iterdir() if not path.name.startswith("."))


def _key(path: Path) -> str:
    # Reading a message moves it to `cur` and adds flags behind a colon; its key stays.
    return path.name.partition(":")[0]


def _summary(path: Path) -> Summary:
    with path.open("rb") as stream:
        head = stream.read(HEADER_BYTES)
        status = os.fstat(stream.fileno())
    fields = BytesHeaderParser().parsebytes(head)
    # The first field of a name counts: it is the one that delivery put on top.
    values = {name.lower(): value for name, value in reversed(list(fields.raw_items()))}

    def text(name: str) -> str:
        value = values.get(name.lower(), "").encode("utf-8", "surrogateescape").decode("utf-8", "replace")
        with contextlib.suppress(ValueError, LookupError):
            value = str(make_header(decode_header(value)))
        return _CONTROL.sub(" ", value).strip()

    return Summary(
        key=_key(path),
        at=datetime.fromtimestamp(status.st_mtime, UTC),
        size=status.st_size,
        sender=text("From"),
        subject=text("Subject"),
        delivered_to=text("Delivered-To"),
        message_id=text("Message-ID"),
        kind=fields.get_content_type(),
    )


def _safe(part: str) -> str:
    encoded = quote(part, safe="!#$&'*+=^_`{|}~-.@")
    return f"%2E{encoded[1:]}" if encoded.startswith(".") else encoded[:200]
