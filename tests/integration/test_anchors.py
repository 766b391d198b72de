"""Anchors are never ahead of the database, and what could not be written is made up for."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.prepared import Prepared
from tests.prepared import translated as translated
from workflow import anchors, audit
from workflow.errors import Invalid
from workflow.models import Note
from workflow.operations import dispatch
from workflow.states import NoteState


def whole(prepared: Prepared) -> bool:
    """Whether the log holds against its anchors."""
    settings = prepared.means.settings
    with prepared.means.look() as work:
        return audit.verify(work.session, settings.keys.audit, anchors.read(settings.anchor_file)).good


def test_a_dispatch_that_is_rolled_back_leaves_no_anchor_and_one_that_commits_leaves_its_head(
    translated: Prepared,
) -> None:
    means, office, note_id = translated.means, translated.office, translated.note_id
    office.approved(note_id)
    file = means.settings.anchor_file
    with pytest.raises(ZeroDivisionError), means.work(office.actor("director")) as work:
        dispatch.dispatch(work, work.session.get_one(Note, note_id), None)
        with work.session.begin_nested():
            work.log("settle_returned", "returned:1")
        raise ZeroDivisionError
    assert not file.exists()
    office.do("director", dispatch.dispatch, note_id, None)
    with means.look() as work:
        assert anchors.read(file) == [audit.head(work.session)]
    assert whole(translated)


def test_an_anchor_that_cannot_be_written_undoes_no_dispatch_and_the_hourly_one_makes_up_for_it(
    translated: Prepared,
) -> None:
    means, office, note_id = translated.means, translated.office, translated.note_id
    office.approved(note_id)
    file = means.settings.anchor_file
    file.mkdir(parents=True)  # A folder in its place: nothing can be written there.
    office.do("director", dispatch.dispatch, note_id, None)
    assert office.state(note_id) is NoteState.DISPATCHED
    file.rmdir()
    with means.work() as work:
        assert anchors.anchor(work.session, work.now(), file)
    assert whole(translated)


def test_a_line_that_was_cut_off_at_any_byte_anchors_nothing_and_spoils_no_other(
    translated: Prepared, tmp_path: Path
) -> None:
    """A crash, or a full disk, in the middle of writing."""
    file, moment = tmp_path / "anchors.jsonl", translated.clock()
    anchors._append(file, 1, "aa", moment)
    anchors._append(file, 2, "bb", moment)
    first, second = file.read_bytes().splitlines(keepends=True)
    for end in range(len(second) + 1):
        file.write_bytes(first + second[:end])
        known = [(1, "aa"), (2, "bb")] if end >= len(second) - 1 else [(1, "aa")]
        assert anchors.read(file) == known, end
        anchors._append(file, 3, "cc", moment)
        assert anchors.read(file) == [*known, (3, "cc")], end


@pytest.mark.parametrize("line", ['{"count": "x", "mac": 1}', "{}", "hello", '{"count": 3}', '{"mac": "a"'])
def test_a_line_that_is_no_anchor_is_told_by_its_number(tmp_path: Path, line: str) -> None:
    file = tmp_path / "anchors.jsonl"
    file.write_text('{"count": 1, "mac": "aa"}\n' + line + "\n")
    with pytest.raises(Invalid, match="Line 2"):
        anchors.read(file)
