"""TMX and TBX: what goes out comes back, through translate-toolkit too, and what is damaged is named."""

from __future__ import annotations

from datetime import date
from io import BytesIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree
from translate.storage import tbx as toolkit_tbx
from translate.storage import tmx as toolkit_tmx

from workflow.errors import InputRefused
from workflow.letters import slots
from workflow.memory import markup, tbx, tmx
from workflow.memory.glossary import Entry
from workflow.memory.units import Pair

LANGUAGES = frozenset({"en", "ru", "kk"})
MARKINGS = frozenset({"unclassified", "restricted"})
DAY = date(2026, 5, 12)
PAIRS = [
    Pair(
        "en",
        "ru",
        "forward {enclosed} & the <draft> of {meeting}.",
        "направить {enclosed.accusative} и «проект» {meeting.genitive}.",
        {"source": {"{enclosed}": "summary"}, "target": {"{enclosed.accusative}": "резюме"}},
        "unclassified",
    ),
    Pair("ru", "kk", "Литеральная {{скобка}}.", "Жақша {{сол}}.", {}, "restricted"),
]


def written(pairs: list[Pair]) -> bytes:
    return b"".join(tmx.write([(pair, "TTF/374", DAY) for pair in pairs], "en"))


def read(data: bytes) -> list[Pair]:
    return list(tmx.read(data, "file.tmx", LANGUAGES, MARKINGS))


def test_what_goes_out_as_tmx_comes_back() -> None:
    found = read(written(PAIRS))
    assert [(one.source_language, one.target_language, one.source, one.target) for one in found] == [
        (one.source_language, one.target_language, one.source, one.target) for one in PAIRS
    ]
    assert [one.words for one in found] == [dict(one.words) for one in PAIRS]
    assert [one.marking for one in found] == ["unclassified", "restricted"]
    assert {(one.origin, one.dated) for one in found} == {("file.tmx: TTF/374", DAY)}


def test_tmx_passes_through_translate_toolkit() -> None:
    store = toolkit_tmx.tmxfile.parsestring(written(PAIRS))
    assert len(store.units) == 2
    store.units[1].target = "Жақша {жаңа}."
    added = store.addsourceunit("A page.")
    added.settarget("Страница.", lang="ru")
    out = BytesIO()
    store.serialize(out)
    found = read(out.getvalue())
    assert found[0].source == PAIRS[0].source and found[0].target == PAIRS[0].target
    assert found[1].target == "Жақша {{жаңа}}."
    assert (found[2].source, found[2].target, found[2].source_language) == ("A page.", "Страница.", "en")


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.text(st.characters(exclude_categories=["Cc", "Cs", "Cn"]), min_size=1, max_size=60),
            st.text(st.characters(exclude_categories=["Cc", "Cs", "Cn"]), min_size=1, max_size=60),
        ).filter(lambda pair: all(text.strip() for text in pair)),
        min_size=1,
        max_size=4,
    )
)
def test_any_text_comes_back_as_it_was(texts: list[tuple[str, str]]) -> None:
    from workflow.memory.words import same_text

    pairs = [Pair("en", "ru", slots.literal(one), slots.literal(other)) for one, other in texts]
    kept = [pair for pair in pairs if same_text(pair.source) and same_text(pair.target)]
    found = read(written(kept))
    assert [(one.source, one.target) for one in found] == [
        (same_text(one.source), same_text(one.target)) for one in kept
    ]


def unit(inside: str) -> bytes:
    return (
        '<tmx version="1.4"><header srclang="en"/><body>'
        '<tu tuid="first"><tuv xml:lang="en"><seg>One.</seg></tuv><tuv xml:lang="ru"><seg>Один.</seg></tuv></tu>'
        f"{inside}</body></tmx>"
    ).encode()


@pytest.mark.parametrize(
    ("inside", "why"),
    [
        ('<tu tuid="x"><tuv><seg>A</seg></tuv></tu>', "does not say its language"),
        ('<tu tuid="x"/>', "no text at all"),
        ('<tu tuid="x"><tuv xml:lang="en"/></tu>', "no <seg>"),
        ('<tu tuid="x"><tuv xml:lang="en"><seg>a</seg><seg>b</seg></tuv></tu>', "more than one"),
        ('<tu tuid="x"><tuv xml:lang="en"><seg>a<script/>b</seg></tuv></tu>', "<script> is none of TMX"),
        ('<tu tuid="x"><table/></tu>', "<table> is none of TMX"),
        ('<tu tuid="x"><tuv xml:lang="en"><seg><ph type="x-slot">{a</ph></seg></tuv></tu>', "is none"),
        (
            '<tu tuid="x"><prop type="x-chancery-marking">secret</prop><tuv xml:lang="en"><seg>a</seg></tuv></tu>',
            "no marking “secret”",
        ),
        (
            '<tu tuid="x"><prop type="x-chancery-words">{"source": 3}</prop><tuv xml:lang="en"><seg>a</seg></tuv>'
            '<tuv xml:lang="ru"><seg>б</seg></tuv></tu>',
            "cannot be understood",
        ),
        (f'<tu tuid="x"><tuv xml:lang="en"><seg>{"a" * 20_001}</seg></tuv></tu>', "more than 20000"),
    ],
)
def test_a_unit_that_cannot_be_kept_is_named(inside: str, why: str) -> None:
    with pytest.raises(
        InputRefused, match=r"file.tmx is refused, and nothing was changed: unit 2 “x”"
    ) as refusal:
        read(unit(inside))
    assert why in refusal.value.sentence and refusal.value.exit_code == 3


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "xml-damaged"),
        (b"plain text", "xml-damaged"),
        (unit("<tu>"), "xml-damaged"),
        (unit("")[:-40], "xml-damaged"),
        (b"<xliff/>", "foreign-file"),
        (b'<!DOCTYPE tmx [<!ENTITY a "b">]><tmx/>', "xml-declarations"),
        (
            '<!DOCTYPE tmx [<!ENTITY a SYSTEM "file:///etc/passwd">]><tmx/>'.encode("utf-16"),
            "xml-declarations",
        ),
        (b'<!DOCTYPE tmx SYSTEM "a.dtd" [<!ELEMENT tmx ANY>]><tmx/>', "xml-declarations"),
        (b"PK\x03\x04 a zip", "xml-damaged"),
        (b"\x00" * 64, "xml-damaged"),
    ],
)
def test_what_is_no_tmx_is_refused(data: bytes, code: str) -> None:
    with pytest.raises(InputRefused) as refusal:
        read(data)
    assert refusal.value.code == code


def test_damage_is_named_by_unit_and_line() -> None:
    with pytest.raises(InputRefused, match="damaged after unit 2, in line 1"):
        read(unit("<tu>"))


def test_a_dtd_is_never_fetched_and_codes_of_other_tools_are_left_out() -> None:
    data = (
        '<!DOCTYPE tmx SYSTEM "http://127.0.0.1:9/tmx14.dtd"><tmx version="1.4"><header srclang="EN-US"/><body>'
        '<tu><tuv lang="EN-US"><seg>The <bpt i="1">&lt;b&gt;</bpt>old<ept i="1">&lt;/b&gt;</ept> <hi>town</hi> '
        '<ph>[pic]</ph>{x}</seg></tuv><tuv lang="ru-RU"><seg>Старый город {x}</seg></tuv>'
        '<tuv lang="de"><seg>Altstadt</seg></tuv></tu></body></tmx>'
    )
    [pair] = read(data.encode("utf-16"))
    assert (pair.source, pair.target) == ("The old town {{x}}", "Старый город {{x}}")


def test_too_many_units_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(markup, "MOST_UNITS", 2)
    with pytest.raises(InputRefused, match="more than 2 units"):
        read(written(PAIRS * 2))


ENTRIES = [
    Entry("seat", "en", "Nur-Sultan", until=date(2022, 9, 18), since=date(2019, 3, 23)),
    Entry("seat", "en", "Astana", since=date(2022, 9, 19), note="In force."),
    Entry("seat", "ru", "Астана", ("Астаны", "Астане"), ("Целиноград",)),
    Entry("member_states", "kk", "мүше мемлекеттер", (), ("қатысушы мемлекеттер",), "Two words."),
]


def bare(entries: list[Entry]) -> list[Entry]:
    from dataclasses import replace

    return [replace(entry, origin="") for entry in entries]


@pytest.mark.parametrize("edition", tbx.EDITIONS)
def test_what_goes_out_as_tbx_comes_back(edition: str) -> None:
    data = tbx.write(ENTRIES, "A glossary", "en", edition)
    assert bare(tbx.read(data, "words.tbx", LANGUAGES)) == ENTRIES
    root = etree.fromstring(data)
    assert etree.QName(root).localname == ("martif" if edition == "2008" else "tbx")


def test_tbx_passes_through_translate_toolkit() -> None:
    store = toolkit_tbx.tbxfile.parsestring(tbx.write(ENTRIES, "A glossary", "en"))
    assert len(store.units) == 2
    out = BytesIO()
    store.serialize(out)
    assert bare(tbx.read(out.getvalue(), "words.tbx", LANGUAGES)) == ENTRIES


def test_tbx_of_other_tools_is_read() -> None:
    data = """<?xml version="1.0"?><tbx type="TBX-Basic" style="dct" xml:lang="en" xmlns="urn:iso:std:iso:30042:ed-2"
    xmlns:min="http://www.tbxinfo.net/ns/min"><tbxHeader/><text><body><conceptEntry id="1 a"><min:subjectField>x</min:subjectField>
    <langSec xml:lang="en-GB"><termSec><term>ladder</term><min:administrativeStatus>preferredTerm-admn-sts</min:administrativeStatus></termSec>
    <termSec><term>steps</term><min:administrativeStatus>supersededTerm-admn-sts</min:administrativeStatus></termSec></langSec>
    <langSec xml:lang="de"><termSec><term>Leiter</term></termSec></langSec></conceptEntry></body></text></tbx>"""
    assert bare(tbx.read(data.encode(), "words.tbx", LANGUAGES)) == [
        Entry("_1_a", "en", "ladder", forbidden=("steps",))
    ]


@pytest.mark.parametrize(
    ("inside", "why"),
    [
        ("<langSet><tig><term>a</term></tig></langSet>", "not named"),
        ('<langSet xml:lang="en"><tig><term> </term></tig></langSet>', "no text"),
        (f'<langSet xml:lang="en"><tig><term>{"a" * 301}</term></tig></langSet>', "more than 300"),
        (
            '<langSet xml:lang="en"><tig><term>a</term><note>valid: 2022-13-01/..</note></tig></langSet>',
            "no date",
        ),
        (
            '<langSet xml:lang="en"><tig><term>a</term><note>valid: 2022-01-02/2022-01-01</note></tig></langSet>',
            "ends before",
        ),
        (
            '<langSet xml:lang="en"><tig><term>a</term><termNote type="administrativeStatus">deprecated</termNote>'
            "</tig></langSet>",
            "no term to use",
        ),
    ],
)
def test_a_concept_that_cannot_be_kept_is_named(inside: str, why: str) -> None:
    data = f'<martif><text><body><termEntry id="c9">{inside}</termEntry></body></text></martif>'
    with pytest.raises(InputRefused, match="concept 1 “c9”") as refusal:
        tbx.read(data.encode(), "words.tbx", LANGUAGES)
    assert why in refusal.value.sentence
