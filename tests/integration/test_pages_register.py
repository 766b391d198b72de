"""The register's pages: found in any script, continuous, paged, with void numbers kept."""

from __future__ import annotations

import csv
from io import StringIO
from typing import Any
from urllib.parse import quote

import pytest

from tests.integration.browser import Browser, plain
from tests.integration.browser import pages as pages
from tests.integration.browser import sent as sent
from tests.prepared import Prepared
from web.pages import _tables
from workflow.operations import approval
from workflow.states import NoteState


def test_the_register_finds_numbers_in_any_script_and_proves_its_continuity(
    pages: Browser, sent: Prepared
) -> None:
    listed = plain(pages.get("registry", "/register"))
    assert "TTF/1 to TTF/1: 1 number, 1 dispatched, 0 void, no gap." in listed
    assert "Summary of the Fourth Meeting" in listed and "0 of 4" in listed
    for query in ("TTF/1", "ттф / 1", "fourth MEETING", "available on the website"):
        assert "TTF/1" in [
            cell.text_content()
            for cell in pages.page("registry", f"/register?q={quote(query)}").xpath(
                "//td[contains(@class, 'num')]"
            )
        ]
    found = plain(pages.get("registry", f"/register?q={quote('ТТФ/1')}"))
    assert "is read as TTF/1" in found
    assert "No note matches “xyz”" in plain(pages.get("registry", "/register?q=xyz"))
    for query in (
        "since=2026-05-13",
        "until=2026-05-11",
        "state=void",
        "series=nonsense&state=void",
        "marking=restricted",
    ):
        assert not pages.page("registry", f"/register?{query}").xpath("//td[contains(@class, 'num')]"), query
    for query in (
        "since=2026-05-12&until=2026-05-12",
        "state=dispatched",
        "since=nonsense",
        "before=x",
        "series=TTF",
    ):
        assert pages.page("registry", f"/register?{query}").xpath("//td[contains(@class, 'num')]"), query


def test_the_register_is_paged_by_keys_and_keeps_void_numbers(
    pages: Browser, sent: Prepared, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(2):
        note_id = sent.office.note(NoteState.TRANSLATED)
        sent.office.approved(note_id)
    sent.office.do("director", approval.withdraw, note_id, None, "The meeting was put off.")
    monkeypatch.setattr(_tables, "PAGE", 2)
    tree = pages.page("registry", "/register?marking=unclassified")

    def numbers(tree: Any) -> list[str]:
        return [cell.text_content().strip() for cell in tree.xpath("//td[contains(@class, 'num')]")]

    assert numbers(tree) == ["TTF/3", "TTF/2"]
    assert "The number is not used again." in tree.text_content() and "1 void" in tree.text_content()
    older = pages.page("registry", tree.xpath("//a[@rel='next']/@href")[0])
    assert numbers(older) == ["TTF/1"] and not older.xpath("//a[@rel='next']")
    assert numbers(pages.page("registry", older.xpath("//a[@rel='prev']/@href")[0])) == ["TTF/3", "TTF/2"]
    journal = pages.page("director", "/register/journal")
    assert numbers(journal) == ["TTF/1", "TTF/2", "TTF/3"] and "printed by Director" in journal.text_content()
    lines = list(csv.DictReader(StringIO(pages.get("registry", "/register.csv").data.decode("utf-8-sig"))))
    assert [line["State"] for line in lines] == ["Dispatched", "Approved", "Void"]
