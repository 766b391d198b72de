"""PDF: what its bytes, its objects and its pages say.

The bytes are looked at here; the objects are walked in a child process
(`walk_standard_input`), because a hostile PDF can make any reader of PDF hang or eat
memory before it answers the first question.
"""

from __future__ import annotations

import io
import json
import zipfile
from dataclasses import asdict
from typing import Any

from workflow.errors import InputRefused, Unavailable
from workflow.letters.intake import sandbox
from workflow.letters.intake.report import Finding, Limits, message

BLANKS = b"\0\t\n\f\r "
ABUSED = message(
    "The PDF could not be examined within %(limit)s seconds or its memory (%(place)s); it is damaged or "
    "made to "
    "harm. Print it to PDF again and submit that."
)


def check_bytes(data: bytes, filename: str) -> None:
    """Refuse a PDF that is cut off or is another kind of file at the same time.

    Raises InputRefused: `truncated`, `trailing_data`, `polyglot`.
    """
    end = data.rfind(b"%%EOF")
    if end < 0 or b"startxref" not in data[max(0, end - 4096) : end]:
        raise InputRefused(
            "truncated",
            "The PDF %(place)s ends too early: its end mark is missing. It was cut off on its way; submit "
            "it again.",
            place=filename,
        )
    if data[end + 5 :].strip(BLANKS):
        raise InputRefused(
            "trailing_data",
            "There are %(count)s bytes after the end of the PDF (%(place)s), where a second file could hide. "
            "Print it to PDF again and submit that.",
            place=filename,
            count=len(data) - end - 5,
        )
    head = data[:1024].lower()
    if any(mark in head for mark in (b"<html", b"<script", b"<!doctype html", b"<svg", b"<?php")):
        raise _polyglot(filename, "HTML")
    if zipfile.is_zipfile(io.BytesIO(data)):
        raise _polyglot(filename, "ZIP")


def _polyglot(filename: str, other: str) -> InputRefused:
    return InputRefused(
        "polyglot",
        "The PDF %(place)s is at the same time a file of another kind (%(other)s). "
        "Print it to PDF again and submit that.",
        place=filename,
        other=other,
    )


def inspect(data: bytes, filename: str, limits: Limits) -> tuple[int, list[Finding]]:
    """The number of pages, and what the submitter should know.

    Raises InputRefused naming the object or page.
    """
    check_bytes(data, filename)
    answer = in_child("workflow.letters.intake.pdf_objects:walk_standard_input", data, filename, limits)
    return int(answer["pages"]), [
        Finding(
            one["code"], one["place"], one["message"], tuple(sorted(one["values"].items())), one["consent"]
        )
        for one in answer["findings"]
    ]


def in_child(function: str, data: bytes, filename: str, limits: Limits) -> dict[str, Any]:
    """Call a function of the intake in a child and take its answer, or pass its refusal on."""
    given = json.dumps(asdict(limits)).encode() + b"\n" + data
    try:
        ended = sandbox.run_python(
            function, given, seconds=limits.inspection_seconds, memory_bytes=limits.memory_bytes
        )
    except sandbox.TookTooLong as late:
        raise InputRefused("too_slow", ABUSED, place=filename, limit=limits.inspection_seconds) from late
    except OSError as fault:
        raise Unavailable(
            "no_child",
            "The file could not be examined, because this machine starts no further process. Try again "
            "later.",
        ) from fault
    if ended.code != 0:
        raise InputRefused("too_slow", ABUSED, place=filename, limit=limits.inspection_seconds)
    answer: dict[str, Any] = json.loads(ended.output)
    if "refused" in answer:
        refused = answer["refused"]
        code, sentence = refused["code"], refused["message"]
        raise InputRefused(code, sentence, **refused["values"])
    return answer
