"""A table file as people save it: CSV with commas, semicolons or tabs, in any encoding that says so, or XLSX."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from workflow.errors import Invalid
from workflow.tables import workbook
from workflow.tables.writing import unguarded

_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
# Excel may say before the first line which sign parts the cells.
_SEP = re.compile(r"\ufeff?sep=(.)\r?\n", re.IGNORECASE)
# What a text in Windows' Cyrillic letters has beside plain signs; another encoding read as that has others.
_CYRILLIC = re.compile(r"[\u0000-\u007f\u00a0\u00a7\u00ab\u00bb\u0401\u0410-\u044f\u0451\u2013\u2014\u2018-\u201e\u2026\u2116]*")  # fmt: skip
_GARBLED = re.compile(r"(?<=[а-яё])[А-ЯЁ]|(?<=[A-Za-z])[А-яЁё]|(?<=[А-яЁё])[A-Za-z]")


@dataclass(frozen=True)
class Table:
    """The names of the columns as they were found, in small letters, and the lines with their numbers in the file."""

    columns: tuple[str, ...]
    lines: tuple[tuple[int, dict[str, str]], ...]

    def others(self, known: Collection[str]) -> tuple[str, ...]:
        """The columns that are none of those known."""
        return tuple(name for name in self.columns if name and name not in known)


def read(data: bytes, required: Sequence[str], most: int) -> Table:
    """The lines of a table file whose first line names the columns; empty lines are left out.

    Raises Invalid, with the line where there is one: a file that is neither CSV nor XLSX, columns that
    are missing or named twice, more than `most` lines, a line with more cells than columns.
    """
    cells = workbook.lines(data) if workbook.is_workbook(data) else _csv(data, required)
    first = next(cells, None)
    if first is None:
        raise Invalid("file-empty", "The file is empty. Its first line has to name the columns.")
    names = tuple(name.strip().lower() for name in first[1])
    missing = [name for name in required if name not in names]
    if missing:
        raise Invalid(
            "columns-missing",
            "The first line lacks the columns %(missing)s. It has to name: %(columns)s.",
            missing=", ".join(missing),
            columns=", ".join(required),
        )
    twice = [name for name in names if name and names.count(name) > 1]
    if twice:
        raise Invalid("column-twice", "The first line names the column %(column)s twice.", column=twice[0])
    found: list[tuple[int, dict[str, str]]] = []
    for number, row in cells:
        texts = [text.strip() for text in row]
        if not any(texts):
            continue
        if any(texts[len(names) :]):
            raise Invalid(
                "cells-too-many",
                "Line %(line)s has more cells than the first line names. A text with the sign that parts the "
                "cells has to stand in quotation marks.",
                line=number,
            )
        found.append((number, dict(zip(names, texts + [""] * len(names), strict=False))))
        if len(found) > most:
            raise Invalid("too-many-lines", "The file has more than %(most)s lines. Divide it.", most=most)
    return Table(names, tuple(found))


def columns(data: bytes, known: Collection[str]) -> frozenset[str]:
    """Which of the columns `known` the first line of a file names; none where it cannot be read."""
    try:
        cells = workbook.lines(data) if workbook.is_workbook(data) else _csv(data, tuple(known))
        first = next(cells, (0, []))[1]
    except Invalid:
        return frozenset()
    return frozenset(name.strip().lower() for name in first) & frozenset(known)


def _csv(data: bytes, required: Sequence[str]) -> Iterator[tuple[int, list[str]]]:
    text = _decoded(data)
    said = _SEP.match(text)
    before = 0
    if said:
        text, before = text[said.end() :], 1
    head = text.lstrip("\ufeff").partition("\n")[0]
    sign = said[1] if said else max(",;\t", key=lambda one: _named(head, one, required))
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=sign, strict=True)
    try:
        for row in reader:
            if any(cell.strip() for cell in row):
                yield reader.line_num + before, [unguarded(cell.strip()) for cell in row]
    except csv.Error as error:
        raise Invalid(
            "csv",
            "Line %(line)s is not well-formed CSV. Save the file again.",
            line=reader.line_num + before,
        ) from error


def _named(head: str, sign: str, required: Sequence[str]) -> int:
    """How many of the required columns the first line names, if this sign parts its cells."""
    cells = {cell.strip().strip('"').strip().lower() for cell in head.split(sign)}
    return len(cells & set(required))


def _decoded(data: bytes) -> str:
    encoding = next((name for mark, name in _MARKS if data.startswith(mark)), "")
    if not encoding and len(data) > 3 and 0 in data[:4]:
        # A table begins with the Latin name of a column: every other byte of it is nought in UTF-16.
        encoding = "utf-16-be" if data[0] == 0 else "utf-16-le"
    try:
        text = data.decode(encoding or "utf-8")
    except UnicodeDecodeError:
        text = "" if encoding else _windows(data)
        if not text:
            raise Invalid(
                "not-utf-8", "The file is not in UTF-8. Save it again as “CSV UTF-8” or as XLSX."
            ) from None
    if "\0" in text:
        raise Invalid("not-a-table", "The file is no table. Save it as “CSV UTF-8” or as XLSX.")
    return text.removeprefix("\ufeff")


def _windows(data: bytes) -> str:
    """The text in Windows' Cyrillic letters (CP1251), if it surely is such; else nothing."""
    try:
        text = data.decode("cp1251")
    except UnicodeDecodeError:
        return ""
    return text if _CYRILLIC.fullmatch(text) and not _GARBLED.search(text) else ""
