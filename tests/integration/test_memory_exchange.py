"""TMX and TBX into and out of an installation: all or nothing, by whom, and what they may see."""

from __future__ import annotations

from datetime import date
from io import BytesIO
from pathlib import Path

import pytest
from click.testing import CliRunner

from tests.integration.api import Api
from tests.office import SOURCE, TRANSLATIONS, Office
from workflow.errors import InputRefused
from workflow.means import Means
from workflow.memory import tbx, tmx
from workflow.memory.glossary import Entry
from workflow.memory.units import Pair
from workflow.models import Note
from workflow.operations import glossary, memory
from workflow.states import NoteState

DAY = date(2020, 2, 29)


def file(*pairs: Pair) -> bytes:
    return b"".join(tmx.write([(pair, "", DAY) for pair in pairs], "en"))


OLD = Pair("en", "ru", "The old harbour is closed.", "Старая гавань закрыта.")


def test_an_import_is_all_or_nothing_and_knows_what_it_has(office: Office, means: Means) -> None:
    before = office.counts()
    bad = file(OLD).replace(b"</tu>", b'</tu><tu tuid="worse"/>')
    with means.work(office.registry) as work, pytest.raises(InputRefused, match="unit 2 “worse”"):
        memory.import_tmx(work, bad, "bad.tmx")
    with means.work(office.registry) as work:
        tried = memory.import_tmx(work, file(OLD, OLD), "old.tmx", dry_run=True)
        assert (tried.new, tried.known) == (1, 1)
    assert office.counts() == before
    with means.work(office.registry) as work:
        assert memory.import_tmx(work, file(OLD), "old.tmx").new == 1
    with means.work(office.administrator) as work:
        again = memory.import_tmx(work, file(OLD), "other.tmx")
        assert (again.new, again.known) == (0, 1)
    with means.look(office.translator) as work:
        [match] = memory.lookup(work, "en", "ru", "The old harbours are closed.")
        assert match.kind == "fuzzy" and match.pair.origin == "old.tmx" and match.day == DAY
        assert [hit.pair.target for hit in memory.find(work, "гаванями")] == ["The old harbour is closed."]


def test_an_export_comes_back_into_another_installation(office: Office, means: Means) -> None:
    note_id = office.note(NoteState.TRANSLATED)
    with means.look(office.registry) as work:
        data = b"".join(memory.export_tmx(work))
        assert b"".join(memory.export_tmx(work, "en", "ru")).count(b"<tu ") == 2
    pairs = list(tmx.read(data, "all.tmx", frozenset({"en", "ru", "kk"}), frozenset({"unclassified"})))
    assert {one.target for one in pairs} == {*TRANSLATIONS["ru"], *TRANSLATIONS["kk"]}
    assert {one.source for one in pairs} == set(SOURCE)
    with means.work(office.registry) as work:
        outcome = memory.import_tmx(work, data, "all.tmx")
        assert (outcome.new, outcome.known) == (0, 4)
        reference = work.session.get_one(Note, note_id).reference
    assert f"all.tmx: {reference}" in {one.origin for one in pairs}


def test_what_is_marked_goes_out_only_to_those_who_may_see_it(office: Office, means: Means) -> None:
    note_id = office.note(NoteState.TRANSLATED)
    with means.work() as work:
        work.session.get_one(Note, note_id).marking = "restricted"
    with means.look(office.registry) as work:
        marked = b"".join(memory.export_tmx(work))
    assert marked.count(b"restricted") == 4
    with means.look(office.administrator) as work:
        assert b"".join(memory.export_tmx(work)).count(b"<tu ") == 0
    secret = Pair("en", "ru", "A closed matter.", "Закрытый вопрос.", marking="restricted")
    with means.work(office.registry) as work:
        memory.import_tmx(work, file(secret), "closed.tmx")
    for person, seen in (("translator", False), ("registry", True)):
        with means.look(office.actor(person)) as work:
            assert bool(memory.lookup(work, "en", "ru", "A closed matter.")) is seen


def test_a_glossary_s_concepts_take_the_place_of_the_profile_s(office: Office, means: Means) -> None:
    with means.look(office.registry) as work:
        standing = glossary.whole(work).entries["member_states"]
        data = glossary.export_tbx(work)
    with means.work(office.registry) as work:
        same = glossary.import_tbx(work, data, "same.tbx")
        assert (same.new, same.known) == (0, len(glossary.whole(work).entries))
    changed = [
        Entry("member_states", "en", "Member States"),
        Entry("member_states", "ru", "государства-участники"),
    ]
    with means.work(office.administrator) as work:
        assert glossary.import_tbx(work, tbx.write(changed, "x", "en"), "new.tbx").new == 1
    with means.look(office.reviewer) as work:
        assert [one.term for one in glossary.whole(work).entries["member_states"]] == [
            "Member States",
            "государства-участники",
        ]
        assert list(glossary.browse(work, "участниками")) == ["member_states"]
        assert list(glossary.browse(work, "нет такого")) == []
    with means.work(office.registry) as work:
        glossary.remove(work, "member_states")
    with means.look(office.registry) as work:
        assert glossary.whole(work).entries["member_states"] == standing
    clash = [Entry("a", "en", "one"), Entry("a", "en", "two", since=DAY)]
    with means.work(office.registry) as work, pytest.raises(InputRefused, match="two words in en on one day"):
        glossary.import_tbx(work, tbx.write(clash, "x", "en"), "clash.tbx")


def test_the_api_matches_searches_and_exchanges(office: Office) -> None:
    api = Api(office)
    office.note(NoteState.TRANSLATED)
    text = SOURCE[1].replace("website", "web site")
    [match] = api.good("reviewer", "GET", f"/memory/matches?source=en&target=ru&text={text}")["items"]
    assert match["kind"] == "fuzzy" and match["origin"]["note"].startswith("D-2026-")
    assert {"kind": "del", "text": "website"} in match["difference"]
    [hit] = api.good("translator", "GET", "/memory/search?q=документам заседания")["items"]
    place = hit["places"][0]
    assert hit["source"][place["start"] : place["end"]] == "Документы заседания"
    api.refused(api.get("reviewer", "/memory/matches?source=en&target=en&text=x"), 422, "same-language")
    api.refused(api.get("director", "/memory/search?q=x"), 403, "wrong-role")
    sent = {"file": (BytesIO(file(OLD)), "old.tmx"), "dry_run": "true"}
    form = {"data": sent, "content_type": "multipart/form-data"}
    assert api.good("registry", "POST", "/memory/import", **form) == {"new": 1, "known": 0, "dry_run": True}
    out = api.get("administrator", "/memory/export?target=kk")
    assert out.mimetype == "application/x-tmx+xml" and out.data.count(b"<tu ") == 2
    broken = {"file": (BytesIO(b"<tmx>"), "broken.tmx")}
    form = {"data": broken, "content_type": "multipart/form-data"}
    api.refused(api.post("registry", "/memory/import", **form), 422, "xml-damaged")
    words = api.good("translator", "GET", "/glossary?q=резюме")["items"]
    assert {one["concept"] for one in words} == {"enclosed_summary"}
    assert b"conceptEntry" in api.get("registry", "/glossary/export?edition=2019").data
    api.refused(api.call("registry", "DELETE", "/glossary/enclosed_summary"), 404, "no-such-concept")


def test_the_command_line_has_the_documented_exit_codes(
    office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from web import commands
    from web.cli import main
    from web.commands import memory as command

    for module in (commands, command):
        monkeypatch.setattr(module, "means", lambda: office.means)
    run = CliRunner().invoke
    registry = ["--as", "registry@secretariat.example"]
    old = tmp_path / "old.tmx"
    old.write_bytes(file(OLD))
    tried = run(main, ["memory", "import", str(old), "--dry-run", *registry])
    assert tried.exit_code == 0 and "1 units would be brought in" in tried.output
    assert run(main, ["memory", "search", "harbours", *registry]).exit_code == 1
    assert run(main, ["memory", "import", str(old), *registry]).exit_code == 0
    found = run(main, ["memory", "search", "harbours", *registry])
    assert found.exit_code == 0 and "old.tmx, 2020-02-29" in found.output
    assert '"target": "Старая' in run(main, ["memory", "search", "harbours", "--json", *registry]).output
    out = tmp_path / "out.tmx"
    assert run(main, ["memory", "export", str(out), *registry]).exit_code == 0
    assert "Старая гавань" in out.read_text("utf-8")
    assert run(main, ["memory", "rebuild", *registry]).exit_code == 0
    old.write_bytes(b"<tmx><body><tu tuid='x'/></body></tmx>")
    refused = run(main, ["memory", "import", str(old), *registry])
    assert refused.exit_code == 3 and "unit 1 “x”" in refused.output
    assert run(main, ["memory", "import", str(tmp_path / "none.tmx"), *registry]).exit_code == 2
    assert run(main, ["memory", "search"]).exit_code == 2
    stranger = run(main, ["memory", "export", str(out), "--as", "translator@secretariat.example"])
    assert stranger.exit_code == 1 and "Only" in stranger.output
    words = tmp_path / "words.tbx"
    assert run(main, ["glossary", "export", str(words), *registry]).exit_code == 0
    assert "0 concepts brought in" in run(main, ["glossary", "import", str(words), *registry]).output
