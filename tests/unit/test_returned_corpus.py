"""The score on the public sets of returned mail, where they lie beside the checkout."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from workflow.post.returned import Note, classify, parse

FOLDER = Path(__file__).resolve().parents[3] / "shared" / "corpora" / "bounces"


@pytest.mark.skipif(not FOLDER.is_dir(), reason="the public sets of returned mail are not here")
def test_the_public_sets_are_read_without_a_false_failure() -> None:
    truth = json.loads((FOLDER / "truth.json").read_text())
    right = exact = named = 0
    false = []
    for name, expected in truth.items():
        raw = (FOLDER / "messages" / name).read_bytes()
        assert Note.UNREADABLE not in parse(raw).notes, name
        kind, whom = classify(raw)
        right += kind == expected["class"]
        if kind == "fail" != expected["class"]:
            false.append(name)
        if expected["recipients"] is not None:
            named += 1
            exact += whom == set(expected["recipients"])
    assert false == []
    assert right >= 0.97 * len(truth)
    assert exact >= 0.97 * named
