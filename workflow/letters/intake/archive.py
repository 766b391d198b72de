"""A ZIP container, read entry by entry under limits of bytes really read.

Office packages and OpenDocument files are ZIP files.  Readers of ZIP disagree
wherever the directory at the end and the headers before the entries disagree,
so everything that leaves room for two readings is refused: names that differ,
entries that overlap, bytes that belong to no entry, anything before the first
or after the last.
"""

from __future__ import annotations

import io
import re
import stat
import struct
import zipfile
import zlib

from workflow.errors import InputRefused
from workflow.letters.intake.report import Limits

LOCAL_HEADER = struct.Struct("<4s5H3I2H")
ENCRYPTED = 0x0001 | 0x0040 | 0x2000
DESCRIPTOR = 0x0008
LONGEST_DESCRIPTOR = 24
RATIO_COUNTS_ABOVE = 1_000_000


def unpack(data: bytes, limits: Limits) -> dict[str, bytes]:
    """The entries of a ZIP file by name, in the file's order, folders left out.

    Raises InputRefused naming the entry: bombs, encryption, traversal, links,
    duplicates, overlap, damage.
    """
    entries = _directory(data, limits)
    _check_names(entries)
    parts: dict[str, bytes] = {}
    read = 0
    for entry, start in zip(entries, _starts(data, entries), strict=True):
        content = _inflate(data, entry, start, limits)
        read += len(content)
        if read > limits.unpacked_bytes:
            raise InputRefused(
                "zip_bomb",
                "The file unpacks to more than %(limit)s bytes; the limit was passed at %(place)s. "
                "Make its pictures smaller, or submit a PDF.",
                place=entry.filename,
                limit=limits.unpacked_bytes,
            )
        if not entry.is_dir():
            parts[entry.filename] = content
    return parts


def _directory(data: bytes, limits: Limits) -> list[zipfile.ZipInfo]:
    tail = data[-22:]
    if b"PK\x05\x06" not in data[-66_000:]:
        raise InputRefused(
            "truncated",
            "The file ends before its own directory (%(place)s is missing): it was cut off on its way. "
            "Save it again and submit it again.",
            place="end of central directory",
        )
    if not tail.startswith(b"PK\x05\x06") or tail[-2:] != b"\0\0":
        raise InputRefused(
            "trailing_data",
            "Something follows the end of the file (%(place)s), where another program could hide a second "
            "file. "
            "Save the document again and submit it again.",
            place="after the central directory",
        )
    count = struct.unpack("<H", tail[10:12])[0]
    if count > limits.parts:
        raise _too_many(count, limits)
    try:
        entries = zipfile.ZipFile(io.BytesIO(data)).infolist()
    except Exception as fault:  # zipfile answers damage with half a dozen kinds of exception.
        raise _damaged("central directory") from fault
    if len(entries) > limits.parts:
        raise _too_many(len(entries), limits)
    if not entries:
        raise _damaged("central directory")
    return sorted(entries, key=lambda entry: entry.header_offset)


def _too_many(count: int, limits: Limits) -> InputRefused:
    return InputRefused(
        "too_many_parts",
        "The file consists of %(count)s parts (%(place)s); %(limit)s are allowed. Submit it as a PDF.",
        place="central directory",
        count=count,
        limit=limits.parts,
    )


def _damaged(place: str) -> InputRefused:
    return InputRefused(
        "damaged",
        "The file is damaged at %(place)s. Open it in the program that made it, save it again and submit it "
        "again.",
        place=place,
    )


def _check_names(entries: list[zipfile.ZipInfo]) -> None:
    seen: set[str] = set()
    for entry in entries:
        # `filename` is cut at a NUL byte; the original name shows the trick.
        name = entry.orig_filename
        pieces = name.split("/")
        if (
            name.startswith("/")
            or "\\" in name
            or re.match(r"[A-Za-z]:", name)
            or ".." in pieces
            or "." in pieces
            or "" in pieces[:-1]
            or not name
            or any(ord(sign) < 32 or ord(sign) == 127 for sign in name)
        ):
            raise InputRefused(
                "unsafe_name",
                "The file contains an entry that would be written outside its own folder: %(place)s. "
                "Such a file is not made by a word processor; ask for a fresh copy.",
                place=repr(name),
            )
        key = name.rstrip("/").casefold()
        if key in seen:
            raise InputRefused(
                "duplicate_name",
                "The file contains %(place)s twice, so that two programs may show two different documents. "
                "Save it again in the program that made it.",
                place=name,
            )
        seen.add(key)
        if entry.flag_bits & ENCRYPTED:
            raise InputRefused(
                "encrypted",
                "The entry %(place)s is encrypted. Remove the password, save the document and submit it "
                "again.",
                place=name,
            )
        mode = entry.external_attr >> 16
        if entry.create_system == 3 and stat.S_IFMT(mode) not in (0, stat.S_IFREG, stat.S_IFDIR):
            raise InputRefused(
                "link",
                "The entry %(place)s is a link or a device, not a part of a document. Ask for a fresh copy.",
                place=name,
            )
        if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise _damaged(name)


def _starts(data: bytes, entries: list[zipfile.ZipInfo]) -> list[int]:
    """Where each entry's content begins; headers must agree with the directory and lie edge to edge."""
    starts = []
    expected = 0
    for entry in entries:
        offset = entry.header_offset
        if offset < expected or offset + LOCAL_HEADER.size > len(data):
            raise InputRefused(
                "overlap",
                "The entry %(place)s overlaps another one, as in a decompression bomb. Ask for a fresh copy.",
                place=entry.filename,
            )
        if offset > expected:
            raise InputRefused(
                "hidden_data",
                "There are %(count)s bytes before %(place)s that belong to no part of the document. "
                "Save it again in the program that made it.",
                place=entry.filename,
                count=offset - expected,
            )
        fields = LOCAL_HEADER.unpack_from(data, offset)
        sign, _, flags, method = fields[:4]
        name_length, extra_length = fields[9], fields[10]
        start = offset + LOCAL_HEADER.size + name_length + extra_length
        name = data[offset + LOCAL_HEADER.size : offset + LOCAL_HEADER.size + name_length]
        encoding = "utf-8" if entry.flag_bits & 0x0800 else "cp437"
        agreed = (
            sign == b"PK\x03\x04"
            and not (flags ^ entry.flag_bits) & ENCRYPTED
            and method == entry.compress_type
            and name.decode(encoding, "replace") == entry.orig_filename
        )
        end = start + entry.compress_size
        if not agreed or end > len(data):
            raise _damaged(entry.filename)
        starts.append(start)
        expected = end + (_descriptor(data, end, entry) if flags & DESCRIPTOR else 0)
    if not data.startswith((b"PK\x01\x02", b"PK\x06\x06"), expected):
        raise InputRefused(
            "hidden_data",
            "There are bytes before %(place)s that belong to no part of the document. "
            "Save it again in the program that made it.",
            place="central directory",
        )
    return starts


def _descriptor(data: bytes, end: int, entry: zipfile.ZipInfo) -> int:
    """The length of the descriptor that may follow an entry: with or without signature, 32 or 64 bits."""
    for layout in ("<4sIII", "<4sIQQ", "<III", "<IQQ"):
        try:
            fields = struct.unpack_from(layout, data, end)
        except struct.error:
            continue
        signed = layout.startswith("<4s")
        if signed and fields[0] != b"PK\x07\x08":
            continue
        if fields[-3:] == (entry.CRC, entry.compress_size, entry.file_size):
            return struct.calcsize(layout)
    raise _damaged(entry.filename)


def _inflate(data: bytes, entry: zipfile.ZipInfo, start: int, limits: Limits) -> bytes:
    packed = data[start : start + entry.compress_size]
    if entry.compress_type == zipfile.ZIP_STORED:
        content = packed
    else:
        # The ratio bounds what is read, so that a bomb costs no more than an honest file.
        allowed = min(limits.part_bytes, max(RATIO_COUNTS_ABOVE, limits.ratio * len(packed)))
        inflater = zlib.decompressobj(-zlib.MAX_WBITS)
        try:
            content = inflater.decompress(packed, allowed + 1)
        except zlib.error as fault:
            raise _damaged(entry.filename) from fault
        if len(content) > allowed:
            raise InputRefused(
                "zip_bomb",
                "The part %(place)s unpacks to more than %(limit)s bytes from %(packed)s: a decompression "
                "bomb, "
                "or far too large. Submit the document as a PDF.",
                place=entry.filename,
                limit=allowed,
                packed=len(packed),
            )
        if not inflater.eof or inflater.unused_data:
            raise _damaged(entry.filename)
    if len(content) > limits.part_bytes:
        raise InputRefused(
            "zip_bomb",
            "The part %(place)s is larger than %(limit)s bytes. Make its pictures smaller, or submit a PDF.",
            place=entry.filename,
            limit=limits.part_bytes,
        )
    if len(content) != entry.file_size or zlib.crc32(content) != entry.CRC:
        raise _damaged(entry.filename)
    return content
