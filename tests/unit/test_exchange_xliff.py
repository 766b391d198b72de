"""XLIFF out and back in: what programs do is borne, what damages a file is refused with the unit named."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from tests.unit.exchange_samples import FILES, HANDOVER, TRANSLATION, UNITS
from workflow import exchange
from workflow.errors import InputRefused, Refusal
from workflow.exchange import Handover, Matched, Standing, Unit
from workflow.letters import slots

NEW, OLD = "xliff-2.1", "xliff-1.2"
SPACES = {
    NEW: "urn:oasis:names:tc:xliff:document:2.0",
    OLD: "urn:oasis:names:tc:xliff:document:1.2",
}
TARGETS = {
    NEW: '<target>направить <ph id="1" dataRef="d1" equiv="{enclosed.accusative}"/> '
    '<ph id="2" equiv="{meeting.genitive}"/> заседания &amp; «ещё» &lt;сейчас&gt;. Документы открыты.</target>',
    OLD: '<target>направить <ph id="1">{enclosed.accusative}</ph> <ph id="2">{meeting.genitive}</ph> заседания '
    "&amp; «ещё» &lt;сейчас&gt;. Документы открыты.</target>",
}


def written(name: str, handover: Handover = HANDOVER) -> str:
    return exchange.write(handover, name).decode("utf-8")


def translated(name: str, target: str = "") -> str:
    """The file with a translation of the first paragraph put in by hand, as a program would."""
    text = written(name)
    found = re.search(r'id="p11-0".*?</source>', text, re.DOTALL)
    assert found
    target = target or TARGETS[name].replace(' dataRef="d1"', "")
    return text[: found.end()] + target + text[found.end() :]


def matched(text: str, handover: Handover = HANDOVER, filename: str = "a.xlf") -> Matched:
    return exchange.match(handover, exchange.read(text.encode("utf-8"), filename))


def refusal(text: str) -> Refusal:
    with pytest.raises(InputRefused) as caught:
        matched(text)
    return caught.value


def faults(text: str) -> list[str]:
    found = refusal(text)
    assert found.code == "exchange-damaged"
    return list(found.details)


@pytest.mark.parametrize("name", FILES)
def test_what_is_handed_out_comes_back_as_it_was(name: str) -> None:
    data = exchange.write(HANDOVER, name)
    assert exchange.write(HANDOVER, name) == data
    found = exchange.match(HANDOVER, exchange.read(data, FILES[name]))
    assert found == Matched((), (), (1,), 2)


@pytest.mark.parametrize("name", [NEW, OLD])
def test_a_translation_is_a_change_with_its_slots(name: str) -> None:
    (change,) = matched(translated(name)).changes
    assert (change.key, change.ordinal, change.before, change.revision) == ("p11", 1, "", 0)
    assert change.after == TRANSLATION


@pytest.mark.parametrize("name", [NEW, OLD])
def test_a_form_may_be_typed_in_place_of_a_code(name: str) -> None:
    (change,) = matched(
        translated(name, "<target>{meeting.genitive} и {enclosed} и {нет} {other}</target>")
    ).changes
    assert change.after == "{meeting.genitive} и {enclosed} и {{нет}} {{other}}"


def test_a_code_copied_from_the_source_takes_the_ordinary_form_where_the_language_lacks_its_own() -> None:
    unit = Unit("p1", 1, "The {forum.short} met.", forms={"forum": ("genitive",)})
    handover = replace(HANDOVER, units=(unit,))
    text = written(NEW, handover).replace(
        "</source>", '</source><target>Был <ph id="1" dataRef="d1"/>.</target>'
    )
    (change,) = matched(text, handover).changes
    assert change.after == "Был {forum}."
    handover = replace(HANDOVER, units=(replace(unit, forms={"forum": ("short",)}),))
    (change,) = matched(text, handover).changes
    assert change.after == "Был {forum.short}."


def prefixed(text: str) -> str:
    """The same document with a prefix and attributes in another order, as another library writes it."""
    root = etree.fromstring(text.encode())
    for element in root.iter():
        if isinstance(element.tag, str):
            kept = sorted(element.attrib.items(), reverse=True)
            element.attrib.clear()
            element.attrib.update(kept)
    body = etree.tostring(root, encoding="unicode")
    space = SPACES[NEW]
    body = re.sub(r"<(/?)([a-z])", r"<\1q:\2", body).replace(f'xmlns="{space}"', f'xmlns:q="{space}"')
    return body


MANNERS: dict[str, Callable[[str], str]] = {
    "another prefix, attributes in another order": prefixed,
    "UTF-16": lambda text: text.replace("UTF-8", "UTF-16"),
    "version 2.0": lambda text: text.replace('version="2.1"', 'version="2.0"'),
    "version 2.2": lambda text: text.replace('version="2.1"', 'version="2.2"').replace(
        "document:2.0", "document:2.2"
    ),
    "a region": lambda text: text.replace('trgLang="ru"', 'trgLang="ru-RU"').replace(
        'srcLang="en"', 'srcLang="en-GB"'
    ),
    "state and subState": lambda text: text.replace('state="initial"', 'state="reviewed" subState="x:ok"'),
    "notes and metadata": lambda text: text.replace(
        "<originalData>",
        '<mda:metadata xmlns:mda="urn:oasis:names:tc:xliff:metadata:2.0"><mda:metaGroup><mda:meta type="t">v'
        "</mda:meta></mda:metaGroup></mda:metadata><originalData>",
    ).replace("</notes>", '<note category="tool">Checked &amp; done</note></notes>'),
    "annotations": lambda text: text.replace(
        "заседания", '<mrk id="m1" type="term">засе<sm id="m2" type="comment"/>дания</mrk><em startRef="m2"/>'
    ),
    "a comment in the text": lambda text: text.replace("заседания", "засе<!-- note -->дания"),
    "a character by its number": lambda text: text.replace("«ещё»", '«ещ<cp hex="0451"/>»'),
    "CDATA": lambda text: text.replace("«ещё» &lt;сейчас&gt;", "<![CDATA[«ещё» <сейчас>]]>"),
    "lines broken in the text": lambda text: text.replace("заседания &amp;", "заседания\n      &amp;"),
    "original data dropped": lambda text: re.sub(
        r"<originalData>.*?</originalData>", "", text, flags=re.DOTALL
    ),
    "a group": lambda text: text.replace('<unit id="p11-0"', '<group id="g1"><unit id="p11-0"', 1).replace(
        '<unit id="p12-3"', '</group><unit id="p12-3"', 1
    ),
    "matches of a memory": lambda text: text.replace(
        '<segment state="initial">\n    <source>forward',
        '<mtc:matches xmlns:mtc="urn:oasis:names:tc:xliff:matches:2.0"><mtc:match ref="#s"><source>a</source>'
        '<target>b</target></mtc:match></mtc:matches><segment state="initial">\n    <source>forward',
    ),
}


@pytest.mark.parametrize("manner", MANNERS)
def test_what_programs_do_to_a_file_is_borne(manner: str) -> None:
    before = translated(NEW)
    text = MANNERS[manner](before)
    assert text != before
    data = text.encode("utf-16") if manner == "UTF-16" else text.encode("utf-8")
    found = exchange.match(HANDOVER, exchange.read(data, "a.xlf"))
    assert [change.after for change in found.changes if change.key == "p11"] == [TRANSLATION]


def test_segments_may_be_split_and_stand_in_another_order() -> None:
    whole = translated(NEW)
    start = whole.index("<segment", whole.index('id="p11-0"'))
    end = whole.index("</segment>", start) + len("</segment>")
    parts = (
        '<segment state="translated"><source>forward the <ph id="1" dataRef="d1"/> of the <ph id="2" dataRef="d2"/> '
        'Meeting &amp; “more” &lt;now&gt;.</source><target order="3">направить <ph id="1" equiv="{enclosed}"/>.</target></segment>'
        "<ignorable><source> </source></ignorable>"
        '<segment state="translated"><source>Its documents are open.</source>'
        '<target order="1">Открыты <ph id="2" dataRef="d2"/>.</target></segment>'
    )
    (change,) = matched(whole[:start] + parts + whole[end:]).changes
    assert change.after == "Открыты {meeting}. направить {enclosed}."
    half = parts.replace('<target order="1">Открыты <ph id="2" dataRef="d2"/>.</target>', "")
    found = matched(whole[:start] + half + whole[end:])
    assert found.changes == () and found.untranslated == (1,)


@pytest.mark.parametrize("name", [NEW, OLD])
def test_a_target_that_is_only_the_source_again_is_no_translation(name: str) -> None:
    text = written(name)
    source = re.search(r'id="p11-0".*?<source>(.*?)</source>', text, re.DOTALL)
    assert source
    found = matched(translated(name, f"<target>{source[1]}</target>"))
    assert found.changes == () and found.untranslated == (1,)


@pytest.mark.parametrize(
    ("name", "before", "after"),
    [
        (
            NEW,
            '<segment state="initial">\n    <source>The <ph',
            '<segment state="translated">\n    <source>The <ph',
        ),
        (OLD, 'state="needs-review-translation"', 'state="final"'),
    ],
)
def test_a_stale_text_that_is_marked_as_translated_is_confirmed(name: str, before: str, after: str) -> None:
    text = written(name)
    assert before in text
    assert matched(text).changes == ()
    (change,) = matched(text.replace(before, after)).changes
    assert change.key == "p13" and change.before == change.after == UNITS[3].target


def test_a_text_that_changed_here_meanwhile_is_a_difference_and_not_a_change() -> None:
    file = written(NEW).replace("или даже", "и даже")
    now = replace(
        UNITS[2], target="Здесь {url}.", revision=4, earlier={**UNITS[2].earlier, 4: "Здесь {url}."}
    )
    handover = replace(HANDOVER, units=(*UNITS[:2], now, *UNITS[3:]))
    (difference,) = matched(file, handover).differences
    assert (difference.kind, difference.ordinal, difference.ours) == ("text", 2, "Здесь {url}.")
    assert "и даже" in difference.theirs
    # Who did not touch the paragraph in the file overwrites nothing, and is not in the way.
    assert matched(written(NEW), handover).differences == ()


def test_a_source_that_changed_here_meanwhile_is_a_difference_and_not_a_fault() -> None:
    file = translated(NEW)
    now = replace(UNITS[1], source="forward it.", former_sources=frozenset({UNITS[1].source}))
    (difference,) = matched(file, replace(HANDOVER, units=(UNITS[0], now, *UNITS[2:]))).differences
    assert (difference.kind, difference.ordinal) == ("source", 1)
    assert difference.theirs.startswith("направить {enclosed.accusative}")


def test_a_paragraph_that_was_taken_out_meanwhile_is_a_difference() -> None:
    text = written(NEW).replace(
        '<unit id="closing"',
        '<unit id="p9-1"><segment><source>Gone.</source><target>Нет.</target></segment></unit><unit id="closing"',
    )
    (difference,) = matched(text).differences
    assert difference.kind == "removed"


DAMAGE: dict[str, tuple[Callable[[str], str], str]] = {
    "a code is missing": (
        lambda t: t.replace('<ph id="2" equiv="{meeting.genitive}"/>', ""),
        "Paragraph 1: the code {meeting} is missing",
    ),
    "a code is doubled": (
        lambda t: t.replace("заседания", '<ph id="2" equiv="{meeting}"/> заседания'),
        "Paragraph 1: the code {meeting} stands too often",
    ),
    "a code of another paragraph": (
        lambda t: t.replace("заседания", '<ph id="9" equiv="{url}"/> заседания'),
        "Paragraph 1: the code {url} does not belong",
    ),
    "a code that says another slot than its id": (
        lambda t: t.replace('id="2" equiv="{meeting.genitive}"', 'id="2" equiv="{enclosed}"'),
        "Paragraph 1: the code {enclosed} does not belong",
    ),
    "a pair of codes": (
        lambda t: t.replace("заседания", '<pc id="7">заседания</pc>'),
        "Paragraph 1: the code <pc> does not belong",
    ),
    "an opening code": (
        lambda t: t.replace("заседания", '<sc id="7"/>заседания<ec startRef="7"/>'),
        "Paragraph 1: the code <sc> does not belong",
    ),
    "the source was changed": (
        lambda t: t.replace("forward the", "forward a"),
        "Paragraph 1: its source was changed",
    ),
    "a code was taken from the source": (
        lambda t: re.sub(r' of the <ph id="2"[^>]*/>', "", t),
        "Paragraph 1: its source was changed",
    ),
    "a formula's source was changed": (
        lambda t: t.replace("presents its compliments", "greets"),
        "The opening formula is locked",
    ),
    "a formula's translation was changed": (
        lambda t: t.replace("свидетельствует", "приветствует"),
        "The opening formula is locked",
    ),
    "a formula was emptied": (
        lambda t: t.replace("<target>Бюро пользуется случаем.</target>", "<target/>"),
        "The closing formula is locked",
    ),
    "a unit is missing": (
        lambda t: re.sub(r'<unit id="p12-3".*?</unit>', "", t, flags=re.DOTALL),
        "Paragraph 2 is not in the file",
    ),
    "a formula is missing": (
        lambda t: re.sub(r'<unit id="closing".*?</unit>', "", t, flags=re.DOTALL),
        "The closing formula is not in the file",
    ),
    "a unit is there twice": (
        lambda t: t.replace(
            '<unit id="closing"',
            '<unit id="p11-0"><segment><source>x</source></segment></unit><unit id="closing"',
        ),
        "Paragraph 1 is in the file more than once",
    ),
    "a unit of something else": (
        lambda t: t.replace(
            '<unit id="closing"',
            '<unit id="tu7"><segment><source>x</source></segment></unit><unit id="closing"',
        ),
        "The unit “tu7” was not handed out",
    ),
    "a unit of another note": (
        lambda t: t.replace(
            '<unit id="closing"',
            '<unit id="p77-0"><segment><source>x</source></segment></unit><unit id="closing"',
        ),
        "The unit “p77-0” was not handed out",
    ),
    "a formula with a revision": (
        lambda t: t.replace('id="closing"', 'id="closing-1"'),
        "The unit “closing-1” was not handed out",
    ),
    "a revision that never was": (
        lambda t: t.replace('id="p11-0"', 'id="p11-5"'),
        "Paragraph 1: the file names a revision",
    ),
}


@pytest.mark.parametrize("damage", DAMAGE)
def test_a_damaged_file_is_refused_with_the_unit_named(damage: str) -> None:
    change, sentence = DAMAGE[damage]
    before = translated(NEW)
    text = change(before)
    assert text != before
    assert any(sentence in fault for fault in faults(text)), faults(text)


def test_every_fault_of_a_file_is_named() -> None:
    text = translated(NEW)
    for damage in ("a code is missing", "a formula's source was changed", "a unit is missing"):
        text = DAMAGE[damage][0](text)
    assert len(faults(text)) == 3


BOMB = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>'
FOREIGN: dict[str, tuple[Callable[[str], str], str]] = {
    "another note": (lambda t: t.replace("D-2026-0007", "D-2026-0008"), "exchange-other-note"),
    "no note": (lambda t: t.replace("D-2026-0007", "messages.properties"), "exchange-not-ours"),
    "two files": (
        lambda t: t.replace(
            "</xliff>", '<file id="f2"><unit id="u"><segment><source/></segment></unit></file></xliff>'
        ),
        "exchange-not-ours",
    ),
    "another target": (lambda t: t.replace('trgLang="ru"', 'trgLang="kk"'), "exchange-other-language"),
    "another source": (lambda t: t.replace('srcLang="en"', 'srcLang="fr"'), "exchange-other-language"),
    "no target": (lambda t: t.replace(' trgLang="ru"', ""), "exchange-other-language"),
    "version 3": (lambda t: t.replace('version="2.1"', 'version="3.0"'), "exchange-version"),
    "version 1.1": (lambda t: t.replace('version="2.1"', 'version="1.1"'), "exchange-version"),
    "no version": (lambda t: t.replace(' version="2.1"', ""), "exchange-version"),
    "another namespace": (lambda t: t.replace("document:2.0", "document:9.9"), "exchange-version"),
    "another root": (lambda t: "<html><body/></html>", "exchange-not-xliff"),
    "no XML": (lambda t: "Dear colleagues,", "exchange-not-xliff"),
    "a PDF": (lambda t: "%PDF-1.7\n", "exchange-not-xliff"),
    "nothing": (lambda t: " \n", "exchange-empty"),
    "a document type": (lambda t: t.replace("<xliff", BOMB + "<xliff", 1), "dtd"),
    "an entity of a file": (
        lambda t: t.replace("<xliff", '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><xliff', 1),
        "dtd",
    ),
    "cut off": (lambda t: t[: len(t) // 2], "malformed"),
    "an undeclared entity": (lambda t: t.replace("Ninth", "&nbsp;Ninth"), "malformed"),
    "another encoding": (lambda t: t.replace("UTF-8", "KOI8-R"), "encoding"),
    "deep": (lambda t: t.replace("<target>", "<target>" + "<mrk>" * 600, 1), "nested_too_deeply"),
    "many elements": (
        lambda t: t.replace("</notes>", "<note/>" * 100_001 + "</notes>", 1),
        "too_many_elements",
    ),
    "huge": (lambda t: t.replace("Ninth", "Ninth" * 900_000), "exchange-too-large"),
}


@pytest.mark.parametrize("kind", FOREIGN)
def test_a_foreign_or_hostile_file_is_refused_with_a_sentence(kind: str) -> None:
    change, code = FOREIGN[kind]
    found = refusal(change(translated(NEW)))
    assert found.code == code
    assert found.sentence.endswith(".") and "%(" not in found.sentence


def test_old_xliff_is_judged_like_the_new() -> None:
    text = translated(OLD)
    for change, sentence in (
        (
            text.replace('<ph id="2">{meeting.genitive}</ph>', ""),
            "Paragraph 1: the code {meeting} is missing",
        ),
        (text.replace("заседания", '<g id="5">заседания</g>'), "Paragraph 1: the code <g> does not belong"),
        (text.replace("forward the", "forward a"), "Paragraph 1: its source was changed"),
        (text.replace("свидетельствует", "приветствует"), "The opening formula is locked"),
    ):
        assert any(sentence in fault for fault in faults(change))
    as_x = text.replace('<ph id="2">{meeting.genitive}</ph>', '<mrk mtype="seg"><x id="2"/></mrk>')
    (change,) = matched(as_x).changes
    assert change.after == TRANSLATION.replace("{meeting.genitive}", "{meeting}")


words = st.text(
    st.characters(exclude_categories=("Cc", "Cs", "Cn", "Co"), exclude_characters="\u2028\u2029"), max_size=12
)
texts = st.lists(
    st.one_of(
        words.map(slots.literal),
        st.sampled_from(["{meeting}", "{meeting.genitive}", "{url}", "{{meeting}}", " "]),
    ),
    min_size=1,
    max_size=8,
).map(lambda parts: " ".join("".join(parts).split()))


@settings(max_examples=60, deadline=None)
@given(source=texts, target=texts, name=st.sampled_from(sorted(FILES)))
def test_any_text_comes_back_as_it_was(source: str, target: str, name: str) -> None:
    unit = Unit("p1", 1, source, target, 2, Standing.DONE if target else Standing.OPEN, earlier={2: target})
    handover = Handover("D-2026-0001", "“Title” & <more>", "en", "ru", (unit,))
    found = exchange.match(handover, exchange.read(exchange.write(handover, name), FILES[name]))
    assert found.changes == found.differences == ()


@settings(max_examples=120, deadline=None)
@given(data=st.binary(max_size=300), cut=st.integers(0, 3000), name=st.sampled_from([NEW, OLD]))
def test_no_bytes_make_the_reader_stumble(data: bytes, cut: int, name: str) -> None:
    text = written(name).encode()
    try:
        exchange.match(HANDOVER, exchange.read(text[:cut] + data + text[cut:], "a.xlf"))
    except Refusal as refused:
        assert refused.sentence
