"""Lines as a file that spreadsheet programs open, with nothing in it that they would run.

A cell that begins as a formula does gets an apostrophe before it in CSV, as the programs themselves
write it; `workflow.tables.reading` takes it away again, so that what is written is read as it was.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

# What a spreadsheet would take for a formula.
FORMULA = ("=", "+", "-", "@", "\t", "\r")


def csv_file(header: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    """A CSV file (RFC 4180) in UTF-8; the byte order mark is how spreadsheets know it."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(header)
    writer.writerows([guarded(words(value)) for value in row] for row in rows)
    return ("\ufeff" + text.getvalue()).encode()


def words(value: object) -> str:
    """What stands in a cell: nothing for None."""
    return "" if value is None else str(value)


def guarded(text: str) -> str:
    """Text that no spreadsheet takes for a formula."""
    return f"'{text}" if text.lstrip("'").startswith(FORMULA) else text


def unguarded(text: str) -> str:
    """The text that `guarded` was given."""
    return text[1:] if text.startswith("'") and text.lstrip("'").startswith(FORMULA) else text
