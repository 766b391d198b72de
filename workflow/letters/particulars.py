"""Reading what only some letters have, from a data file or from what a note keeps.

One reader for both, so that a note in the system can have nothing that a data
file could not have, and every fault gets its sentence.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from workflow.letters.facts import LocalText, Particulars, Related, Signatory
from workflow.letters.schema import Faults, Section
from workflow.letters.wording import LINKS


def read_particulars(table: Section) -> Particulars:
    """The particulars written in a table; faults go to its list."""
    signatory, names = table.section("signatory"), table.section("addressee_names")
    given = Particulars(
        subject=local_text(table, "subject"),
        action_by=table.moment("action_by"),
        file_reference=table.text("file_reference", "") or None,
        related=tuple(_related(row) for row in table.rows("related")),
        distribution=local_text(table, "distribution"),
        channel=local_text(table, "channel"),
        copies=tuple(
            row if isinstance(row, str) else {code: str(text) for code, text in row.items()}
            for row in table.items("copies", (str, dict))
        ),
        signatory=Signatory(
            local_text(signatory, "name", required=True) or "", local_text(signatory, "title")
        )
        if signatory.values
        else None,
        level=table.text("level", "") or None,
        addressee_names={code: local_text(names, code) or "" for code in names.values},
    )
    signatory.finish()
    names.finish()
    table.finish()
    return given


def read_mapping(given: Mapping[str, Any]) -> tuple[Particulars, list[str]]:
    """The particulars that a note keeps as plain data, and one sentence for each fault."""
    faults = Faults()
    return read_particulars(Section(dict(given), "particulars", faults)), faults


def _related(row: Section) -> Related:
    # Notes keep the date of the other document as “day”.
    key = "day" if "day" in row.values else "date"
    related = Related(row.choice("link", LINKS), row.text("number"), row.day(key) or date.min)
    if not row.values.get(key):
        row.fault("“date” is missing; give the date of that document as YYYY-MM-DD.")
    row.finish()
    return related


def local_text(table: Section, key: str, *, required: bool = False) -> LocalText | None:
    """One text for all languages, or a table language → text; None where it is left out."""
    if isinstance(table.values.get(key), dict):
        return table.texts(key)
    return table.text(key, None if required else "") or None
