"""Files of a pack in which a personal link is covered, as its PDF lists them: both digests of each."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext

from workflow.letters import sheet as model
from workflow.letters.sheet import Part


def covered(record: Mapping[str, Any]) -> list[Part]:
    """What came back or was handed in, and quotes a personal link; nothing where no file does."""
    rows = [
        [one["file"], one["sha256"], one["sha256_covered"]]
        for one in record["files"]
        if one.get("sha256_covered")
    ]
    if not rows:
        return []
    return [
        model.heading(gettext("Files in which a personal link is covered")),
        model.words(
            gettext(
                "These files quote the personal link of a message. Its secret is covered by the sign X, in text that is "
                "coded by the code of that sign, and no byte else is changed. Evidence and register name each file by "
                "its digest as it came."
            )
        ),
        model.table(
            [gettext("File"), gettext("SHA-256 as it came"), gettext("SHA-256 in this pack")],
            rows,
            widths=[3, 4, 4],
            codes=[0, 1, 2],
        ),
    ]
