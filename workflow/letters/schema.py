"""Reading a profile's files with one sentence for each fault.

A `Section` is one table of a TOML file together with where it stands, so that
every fault can say which file and which key it concerns and what to write
instead.  Reading goes on after a fault: a person mending a profile sees all
of them at once.
"""

from __future__ import annotations

import csv
import difflib
import re
import tomllib
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

# Controls, noncharacters, and marks that turn the direction of all that follows.
_UNWANTED = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\ufeff\ufff9-\uffff]")


class Faults(list[str]):
    """The sentences found so far, in the order of reading."""


class Section:
    """One table: its values, its place in words, and the list that faults go to."""

    def __init__(self, values: dict[str, Any], place: str, faults: Faults) -> None:
        self.values = values
        self.place = place
        self.faults = faults
        self._asked: set[str] = set()

    def fault(self, sentence: str) -> None:
        """Record one fault; `sentence` goes on after "file, table …:"."""
        self.faults.append(f"{self.place}: {sentence}")

    def asset(self, folder: Path, name: str, largest: int, advice: str) -> bytes | None:
        """A file of the profile's folder; None, and a fault with `advice`, where it cannot be read or is too large."""
        try:
            content = (folder / Path(name).name).read_bytes()
        except OSError:
            self.fault(f"the file {name} cannot be read; put it into the profile's folder.")
            return None
        if len(content) > largest:
            self.fault(f"{name} is larger than {largest} bytes; {advice}.")
            return None
        return content

    def _take(self, key: str, kinds: tuple[type, ...], words: str, required: bool) -> Any:
        self._asked.add(key)
        value = self.values.get(key)
        if value is None:
            if required:
                self.fault(f"“{key}” is missing; give it as {words}.")
            return None
        # A Boolean is an integer to Python, but never what a person meant by a number.
        if not isinstance(value, kinds) or (isinstance(value, bool) and bool not in kinds):
            self.fault(f"“{key}” has to be {words}.")
            return None
        for text in value if isinstance(value, list) else [value]:
            if isinstance(text, str) and (sign := _UNWANTED.search(text)):
                self.fault(
                    f"“{key}” has the invisible character U+{ord(sign[0]):04X}, which no letter prints; take it out."
                )
                return None
        return value

    def text(self, key: str, default: str | None = None) -> str:
        """A text; without `default` it is required."""
        value = self._take(key, (str,), "a text", default is None)
        if value is not None and default is None and not value.strip():
            self.fault(f"“{key}” is empty; write the text.")
        return value if value is not None else (default or "")

    def flag(self, key: str, default: bool) -> bool:
        """true or false."""
        value = self._take(key, (bool,), "true or false", False)
        return default if value is None else bool(value)

    def number(self, key: str, default: float | None, low: float, high: float) -> float:
        """A number between `low` and `high`; without `default` it is required."""
        value = self._take(key, (int, float), f"a number from {low:g} to {high:g}", default is None)
        if value is None:
            return default if default is not None else low
        if not low <= value <= high:
            self.fault(f"“{key}” is {value:g}; it has to be a number from {low:g} to {high:g}.")
        return float(value)

    def choice(self, key: str, allowed: Iterable[str], default: str | None = None) -> str:
        """One word out of `allowed`; without `default` it is required."""
        words = tuple(allowed)
        value = self._take(key, (str,), "one of " + ", ".join(words), default is None)
        if value is None:
            return default if default is not None else (words[0] if words else "")
        if value not in words:
            self.fault(f"“{key}” is “{value}”; it has to be one of {', '.join(words)}.")
            return default if default is not None else (words[0] if words else "")
        return str(value)

    def lines(self, key: str, required: bool = False) -> tuple[str, ...]:
        """A list of texts; one text stands for a list of one."""
        value = self._take(key, (list, str), "a list of texts", required)
        if value is None:
            return ()
        if isinstance(value, str):
            return (value,)
        if not all(isinstance(line, str) for line in value):
            self.fault(f"“{key}” has to be a list of texts.")
            return ()
        return tuple(value)

    def day(self, key: str) -> date | None:
        """A date as YYYY-MM-DD, or None where it is left out."""
        value = self._take(key, (date, str), "a date as YYYY-MM-DD", False)
        if isinstance(value, datetime):
            self.fault(f"“{key}” has to be a date without a time of day.")
            return None
        if isinstance(value, str):
            return self.parse_day(key, value)
        return value if isinstance(value, date) else None

    def moment(self, key: str) -> date | datetime | None:
        """A date, or a date and time with its offset from UTC; None where it is left out."""
        words = "a date, or a date and time as 2026-03-28T18:00:00+05:00"
        value = self._take(key, (date, str), words, False)
        if isinstance(value, str):
            try:
                value = date.fromisoformat(value) if len(value) == 10 else datetime.fromisoformat(value)
            except ValueError:
                self.fault(f"“{key}” has to be {words}.")
                return None
        if isinstance(value, datetime) and value.tzinfo is None:
            self.fault(f"“{key}” has a time but no offset from UTC; write it as 2026-03-28T18:00:00+05:00.")
        return value if isinstance(value, date) else None

    def items(self, key: str, kinds: tuple[type, ...]) -> tuple[Any, ...]:
        """A list whose entries are of these kinds; an empty one where it is left out."""
        value = self._take(key, (list,), "a list", False) or []
        if not all(isinstance(entry, kinds) for entry in value):
            self.fault(f"“{key}” has an entry of the wrong kind; write texts, or tables language → text.")
            return ()
        return tuple(value)

    def parse_day(self, key: str, value: str) -> date | None:
        """The date written in `value`, or None (with a fault where it is no date)."""
        if not value:
            return None
        try:
            return date.fromisoformat(value)
        except ValueError:
            self.fault(f"“{key}” is “{value}”, which is no date; write it as YYYY-MM-DD.")
            return None

    def section(self, key: str, required: bool = False) -> Section:
        """The table under `key`; an empty one where it is left out."""
        value = self._take(key, (dict,), f"a table [{key}]", required)
        return Section(value or {}, f"{self.place} [{key}]", self.faults)

    def sections(self, key: str, required: bool = False) -> Iterator[tuple[str, Section]]:
        """The tables under the table `key`, by name, in the order of the file."""
        parent = self.section(key, required)
        for name in parent.values:
            yield name, parent.section(name, True)

    def rows(self, key: str) -> list[Section]:
        """The tables of a list `[[key]]`."""
        value = self._take(key, (list,), f"a list of tables [[{key}]]", False) or []
        if not all(isinstance(row, dict) for row in value):
            self.fault(f"“{key}” has to be a list of tables [[{key}]].")
            return []
        return [Section(row, f"{self.place} [[{key}]] {at}", self.faults) for at, row in enumerate(value, 1)]

    def texts(self, key: str, required: bool = False) -> dict[str, str]:
        """A table of texts by name."""
        table = self.section(key, required)
        return {name: table.text(name, "") for name in table.values}

    def forms(self, key: str) -> dict[str, str]:
        """The inflected forms of a word: a table form → text, or one text as nominative."""
        self._asked.add(key)
        if isinstance(self.values.get(key), str):
            return {"nominative": self.text(key)}
        found = self.texts(key, True)
        if not found:
            self.fault(f"“{key}” needs at least one form, for instance nominative.")
        return found

    def finish(self) -> None:
        """Report the keys that nothing asked for: they are usually misspelt."""
        for key in self.values:
            if key in self._asked:
                continue
            near = difflib.get_close_matches(key, self._asked, 1)
            hint = f"; did you mean “{near[0]}”?" if near else "; leave it out."
            self.fault(f"“{key}” is not a key that is known here{hint}")


def read_toml(path: Path, place: str, faults: Faults) -> Section:
    """The whole of one TOML file as a section; an empty one, with a fault, if unreadable."""
    try:
        values = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        faults.append(f"{place}: the file is missing; create it in the profile's folder.")
    except UnicodeDecodeError:
        faults.append(f"{place}: the file is not UTF-8 text; save it as UTF-8.")
    except tomllib.TOMLDecodeError as error:
        faults.append(f"{place}: the file is not well-formed TOML: {error}.")
    else:
        return Section(values, place, faults)
    return Section({}, place, faults)


def read_csv(path: Path, place: str, columns: tuple[str, ...], faults: Faults) -> list[Section]:
    """The rows of a CSV file with exactly these columns, each a section with its line number."""
    try:
        with path.open(encoding="utf-8", newline="") as file:
            reader = csv.DictReader(file, strict=True)
            if tuple(reader.fieldnames or ()) != columns:
                faults.append(f"{place}: the first line has to be “{','.join(columns)}”.")
                return []
            rows = [(reader.line_num, dict(row)) for row in reader]
    except FileNotFoundError:
        faults.append(f"{place}: the file is missing; create it in the profile's folder.")
    except (UnicodeDecodeError, csv.Error):
        faults.append(f"{place}: the file is not CSV in UTF-8; save it again as such.")
    else:
        sound = []
        for line, row in rows:
            if None in row or None in row.values():
                faults.append(f"{place} line {line}: the line has to have {len(columns)} fields.")
            else:
                sound.append(Section(row, f"{place} line {line}", faults))
        return sound
    return []
