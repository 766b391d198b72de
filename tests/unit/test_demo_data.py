"""The data of the demonstration: complete, consistent, invented, and named nowhere in the code."""

from __future__ import annotations

import re
from collections import Counter
from datetime import date
from fnmatch import fnmatchcase
from pathlib import Path

import pytest

from web.demo import data as demonstration
from web.demo import summary
from workflow import concordance
from workflow.config import ROOT
from workflow.letters import enclosure, letter, note_pdf, plain, slots
from workflow.letters import profile as profiles
from workflow.operations import choices
from workflow.operations.importing import CONTACT_COLUMNS
from workflow.post.office import weather
from workflow.states import Role

DAY = date(2026, 5, 12)
GIVEN = demonstration.load()
PROFILE = profiles.load("cica")


def people() -> dict[str, dict]:
    return {row["key"]: row for row in GIVEN.accounts["account"]}


def named() -> list[str]:
    """Every address and every person's name of the data."""
    names = [row[field] for row in GIVEN.accounts["account"] for field in ("name", "address")]
    names += sorted(GIVEN.addresses)
    names += [
        said["name"] for said in [*GIVEN.receipts["receipt"], GIVEN.receipts["on_behalf"]] if "name" in said
    ]
    return [*names, GIVEN.accounts["password"]]


@pytest.mark.parametrize("folder", ["workflow", "tasks", "web"])
def test_nothing_of_the_data_is_named_in_the_code(folder):
    files = [path for path in (ROOT / folder).rglob("*") if path.is_file() and path.suffix != ".pyc"]
    assert files
    for path in files:
        text = path.read_bytes().decode("utf-8", "replace")
        assert [name for name in named() if name in text] == [], path


def test_every_address_lies_at_a_reserved_example_domain():
    addresses = [*GIVEN.addresses, *(row["address"] for row in GIVEN.accounts["account"])]
    assert [one for one in addresses if not re.fullmatch(r"[a-z.]+@[a-z.-]+\.example", one)] == []


def test_every_member_of_the_profile_has_one_to_three_contacts_and_one_that_counts():
    lines = GIVEN.lines
    counts = Counter(line["member"] for line in lines)
    assert set(counts) == {member.code for member in PROFILE.members_on(DAY)}
    assert {code for code, number in counts.items() if not 1 <= number <= 3} == set()
    assert {line["member"] for line in lines if line["role"] == "to"} == set(counts)
    assert len({line["address"] for line in lines}) == len(lines)


def test_the_contacts_have_the_columns_of_the_directory_s_import_and_values_that_it_takes():
    for line in GIVEN.lines:
        assert tuple(line) == CONTACT_COLUMNS
        assert line["language"] in PROFILE.languages
        assert line["role"] in ("to", "cc")
        assert line["channel"] in ("mail", "link_only")
        assert line["office"] and line["source"]
    assert {line["language"] for line in GIVEN.lines} == set(PROFILE.languages)


def test_the_people_have_the_roles_that_their_duties_need():
    roles = {key: set(row["roles"]) for key, row in people().items()}
    duties = GIVEN.note["people"]
    assert roles[duties["submits"]] == {Role.CHAIR_INSTITUTE}
    assert roles[duties["drafts"]] == roles[duties["records"]] == {Role.REGISTRY}
    assert roles[duties["approves"]] == roles[duties["dispatches"]] == {Role.DIRECTOR}
    assert roles[duties["audits"]] == {Role.ADMINISTRATOR}
    for language, key in duties["translators"].items():
        assert roles[key] == {Role.TRANSLATOR} and language in people()[key]["languages"]
        reviewer = duties["reviewers"][language]
        assert reviewer != key
        assert roles[reviewer] == {Role.REVIEWER} and language in people()[reviewer]["languages"]
    keeps = GIVEN.accounts["directory"]
    assert keeps["proposes"] != keeps["confirms"]
    assert roles[keeps["proposes"]] == roles[keeps["confirms"]] == {Role.REGISTRY}


def test_every_version_that_the_profile_requires_is_there_paragraph_by_paragraph():
    texts = GIVEN.note["paragraphs"]
    source = GIVEN.note["source_language"]
    required = {code for code, language in PROFILE.languages.items() if language.required}
    assert required <= set(texts)
    assert {len(text) for text in texts.values()} == {len(texts[source])}
    assert set(GIVEN.note["people"]["translators"]) == set(texts) - {source}
    choices.check_slots(PROFILE, GIVEN.note["slots"])
    for language, paragraphs in texts.items():
        for text in paragraphs:
            assert "{" not in slots.fill(text, language, GIVEN.note["slots"], PROFILE, DAY)


def composed(language: str) -> letter.Letter:
    enclosed = GIVEN.note["enclosure"]
    facts = letter.EnclosureFacts(
        ordinal=1,
        titles=enclosed["titles"],
        language=enclosed["language"],
        pages=enclosed["pages"],
        origin=None,
    )
    return letter.compose(
        PROFILE,
        language,
        kind=GIVEN.note["kind"],
        values=GIVEN.note["slots"],
        paragraphs=GIVEN.note["paragraphs"][language],
        enclosures=[facts],
        number="TTF/375",
        day=DAY,
        acknowledgement_code="4R7K3B",
        marking=GIVEN.note["marking"],
        draft=False,
    )


def test_the_language_versions_say_the_same():
    texts = {language: plain.text(composed(language)) for language in GIVEN.note["paragraphs"]}
    assert concordance.compare(PROFILE, texts, day=DAY) == []


def test_a_version_that_says_otherwise_would_be_found():
    texts = {language: plain.text(composed(language)) for language in GIVEN.note["paragraphs"]}
    texts["ru"] = texts["ru"].replace("14\N{NO-BREAK SPACE}октября", "15\N{NO-BREAK SPACE}октября")
    assert "error" in {one.severity for one in concordance.compare(PROFILE, texts, day=DAY)}


@pytest.mark.parametrize("language", sorted(GIVEN.note["paragraphs"]))
def test_each_version_fits_on_one_page(language):
    assert note_pdf.page_count(note_pdf.render(composed(language))) == 1


def test_the_weather_is_readable_and_each_rule_concerns_a_contact():
    rules = weather.load(GIVEN.weather).rules
    assert rules
    for rule in rules:
        assert [address for address in GIVEN.addresses if fnmatchcase(address, rule.match)], rule.match


def test_the_weather_has_each_of_the_turns_that_the_demonstration_shows():
    rules = [weather.load(GIVEN.weather).rule(address) for address in GIVEN.addresses]
    assert [rule.bounce for rule in rules if rule.bounce] == ["5.1.1"]
    assert sum(rule.delay > 0 for rule in rules) == 1
    assert sum(rule.greylist > 0 and rule.down > 0 for rule in rules) == 1
    assert sum(rule.reply == "vacation" for rule in rules) == 1
    assert sum(rule.report == "none" for rule in rules) == 1


def test_what_is_expected_follows_from_receipts_and_weather():
    lines = {line["address"]: line for line in GIVEN.lines}
    status: dict[str, str] = {}
    for does, word in (("download", "downloaded"), ("acknowledge", "acknowledged")):
        for said in GIVEN.receipts["receipt"]:
            if said["does"] == does and lines[said["address"]]["role"] == "to":
                status[lines[said["address"]]["member"]] = word
    behalf = lines[GIVEN.receipts["on_behalf"]["address"]]["member"]
    status[behalf] = "acknowledged"
    found = weather.load(GIVEN.weather)
    for code in {line["member"] for line in GIVEN.lines} - set(status):
        rules = [
            found.rule(line["address"])
            for line in GIVEN.lines
            if line["member"] == code and line["role"] == "to"
        ]
        if all(rule.bounce for rule in rules):
            status[code] = "undeliverable"
        elif all(rule.report == "none" for rule in rules):
            status[code] = "in_transit"
    wanted = GIVEN.expected["members"]
    assert status == {code: name for name, codes in wanted["status"].items() for code in codes}
    assert wanted["on_behalf"] == [behalf]


def test_every_address_of_receipts_and_expectations_is_a_contact():
    asked = [row["address"] for row in [*GIVEN.receipts["receipt"], *GIVEN.expected["delivery"]]]
    assert set(asked) <= GIVEN.addresses
    assert {said["does"] for said in GIVEN.receipts["receipt"]} == {"open", "download", "acknowledge"}
    assert sum("wrong_code" in said for said in GIVEN.receipts["receipt"]) == 1


def blocks() -> tuple[summary.Block, ...]:
    return summary.read(GIVEN.folder / GIVEN.note["enclosure"]["text"])


def test_the_summary_is_the_same_file_each_time_and_is_taken_without_a_remark():
    for make, name in ((summary.as_docx, "summary.docx"), (summary.as_pdf, "summary.pdf")):
        made = make(blocks())
        assert make(blocks()) == made
        assert enclosure.inspect(made, name).findings == ()


def test_the_summary_as_pdf_has_the_pages_that_the_note_states():
    frozen = enclosure.freeze(summary.as_pdf(blocks()), "summary.pdf")
    assert frozen.pages == GIVEN.note["enclosure"]["pages"]


@pytest.mark.libreoffice
def test_the_summary_as_docx_has_the_pages_that_the_note_states(monkeypatch):
    monkeypatch.setenv(
        "CHANCERY_ALLOW_UNISOLATED_CONVERSION", "1"
    )  # Our own text, on whatever machine tests it.
    frozen = enclosure.freeze(summary.as_docx(blocks()), "summary.docx")
    assert frozen.pages == GIVEN.note["enclosure"]["pages"]
    assert frozen.warnings == ()


def test_each_part_of_the_text_is_a_block(tmp_path: Path):
    text = tmp_path / "text.md"
    text.write_text("# A title\n\nA line\n\n## A part\n\nWords.\n\n- One\n- Two\n\n| a | b |\n| c | d |\n")
    assert [(one.kind, one.texts) for one in summary.read(text)] == [
        ("title", ("A title",)),
        ("line", ("A line",)),
        ("heading", ("A part",)),
        ("paragraph", ("Words.",)),
        ("item", ("One",)),
        ("item", ("Two",)),
        ("row", ("a", "b")),
        ("row", ("c", "d")),
    ]


def test_the_stamped_copy_is_a_pdf_of_one_page():
    made = summary.sheet(["A copy", "handed over", "Received"])
    assert made == summary.sheet(["A copy", "handed over", "Received"])
    assert note_pdf.page_count(made) == 1
