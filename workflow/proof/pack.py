"""A pack: files and a manifest with the size and SHA-256 of each, as one ZIP.

The same files give the same bytes: names are sorted, times are one given time, and nothing of the
machine is written.  Reading trusts nothing: sizes are limited before anything is unpacked.
"""

from __future__ import annotations

import io
import json
import struct
import zipfile
import zlib
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from workflow.errors import Invalid
from workflow.store import sha256

MANIFEST = "manifest.json"
# The oldest time that a ZIP can hold, for files whose own time does not fit in.
EARLIEST = (1980, 1, 1, 0, 0, 0)
MOST_FILES = 20_000
MOST_BYTES = 4_000_000_000


def as_json(value: Any) -> bytes:
    """`value` as JSON that people can read, always the same."""
    return (json.dumps(value, ensure_ascii=False, indent=2, sort_keys=True) + "\n").encode()


def write(files: Mapping[str, bytes], moment: datetime, **about: str) -> bytes:
    """The files and their manifest as ZIP; `about` says in the manifest what the pack is."""
    manifest = {
        **about,
        "files": [
            {"name": name, "size": len(data), "sha256": sha256(data)} for name, data in sorted(files.items())
        ],
    }
    everything = {**files, MANIFEST: as_json(manifest)}
    packed = io.BytesIO()
    stamp = max(moment.astimezone(UTC).timetuple()[:6], EARLIEST)
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in sorted(everything):
            info = zipfile.ZipInfo(name, stamp)
            info.compress_type = zipfile.ZIP_DEFLATED
            info.external_attr = 0o644 << 16
            archive.writestr(info, everything[name])
    return packed.getvalue()


def read(data: bytes) -> dict[str, bytes]:
    """The files of a ZIP by name; raises Invalid for what is none, is too large, or hides a file."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            found = archive.infolist()
            if len(found) > MOST_FILES or sum(one.file_size for one in found) > MOST_BYTES:
                raise Invalid("pack-large", "The pack is larger than any that is made here.")
            files: dict[str, bytes] = {}
            for one in found:
                if one.filename in files or one.flag_bits & 0x1:
                    raise Invalid(
                        "pack-names", "The pack holds “%(name)s” twice, or encrypted.", name=one.filename
                    )
                with archive.open(one) as stream:
                    files[one.filename] = stream.read(one.file_size + 1)
            return files
    except (
        zipfile.BadZipFile,
        zlib.error,
        struct.error,
        EOFError,
        ValueError,
        OSError,
        RuntimeError,
    ) as error:
        raise Invalid("pack-unreadable", "The file is not a whole ZIP archive.") from error


def is_zip(data: bytes) -> bool:
    """Whether the bytes begin as a ZIP archive does."""
    return data.startswith(b"PK\x03\x04")
