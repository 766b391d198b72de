"""Composing: what stands where, what is refused, and that nothing is lost on the way."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workflow.errors import Refusal
from workflow.letters import plain, profile
from workflow.letters.letter import (
    Addressee,
    EnclosureFacts,
    Letter,
    Particulars,
    Related,
    Signatory,
    compose,
)
from workflow.letters.slots import literal

DAY = date(2022, 3, 28)
ANY_TEXT = st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=40).filter(
    lambda text: text.strip() and not text.startswith("-")
)


def note(language: str = "en", **changes: Any) -> Letter:
    """A final note verbale of the first profile, with what a test changes."""
    given: dict[str, Any] = {
        "kind": "note_verbale",
        "values": {},
        "paragraphs": ["inform them of the date."],
        "number": "TTF/9",
        "day": DAY,
        "marking": "unclassified",
        "draft": False,
    }
    return compose(profile.load("cica"), language, **{**given, **changes})


def circular(language: str = "en", **changes: Any) -> Letter:
    """A final circular letter of the second profile."""
    given: dict[str, Any] = {
        "kind": "circular_letter",
        "values": {},
        "paragraphs": ["The Parties are invited to reply."],
        "number": "CL 2026/01",
        "day": date(2026, 1, 9),
        "marking": "general",
        "draft": False,
        "addressee": Addressee("mission", member="XA"),
        "particulars": Particulars(signatory=Signatory("Maren Ostby")),
    }
    return compose(profile.load("veldana"), language, **{**given, **changes})


def text_of(letter: Letter, role: str) -> str:
    """The text of the one block with a role."""
    (block,) = letter.of_role(role)
    return block.text


@given(st.lists(ANY_TEXT, max_size=60))
@settings(max_examples=40, deadline=None)
def test_each_paragraph_stands_once_and_in_order(paragraphs: list[str]) -> None:
    letter = note(paragraphs=[literal(text) for text in paragraphs])
    body = [block.text for block in letter.of_role("opening", "paragraph")]
    assert len(body) == len(paragraphs)
    assert body[1:] == paragraphs[1:]
    if paragraphs:
        assert paragraphs[0].rstrip().rstrip(".。۔।") in body[0]
    assert [block.role for block in letter.blocks].count("addressee") == 1
    assert letter.blocks[-1].role == "addressee"
    assert Letter.from_json(json.loads(json.dumps(letter.to_json()))) == letter


@given(ANY_TEXT)
@settings(max_examples=40, deadline=None)
def test_a_name_is_printed_as_it_is_whatever_its_characters(name: str) -> None:
    letter = circular(addressee=Addressee("person", group="person", name=name))
    assert text_of(letter, "addressee") == name
    assert name in text_of(letter, "salutation")


def test_kazakh_wraps_the_first_paragraph_because_its_verb_stands_last() -> None:
    opening = text_of(note("kk", paragraphs=["құжатты жіберуді."]), "opening")
    assert opening.endswith("білдіре отырып, құжатты жіберуді өзіне мәртебе санайды.")


def test_the_formula_brings_the_one_full_stop_of_the_first_paragraph() -> None:
    with_stop = note(paragraphs=["inform them of the date."])
    without = note(paragraphs=["inform them of the date"])
    assert text_of(with_stop, "opening") == text_of(without, "opening")
    assert text_of(without, "opening").endswith("inform them of the date.")


def test_before_approval_the_draft_words_stand_for_number_and_date() -> None:
    letter = note(number=None, day=None, draft=True)
    assert text_of(letter, "number") == "№[number allotted at approval]"
    assert text_of(letter, "place_date") == "Astana, [date allotted at approval]"
    assert plain.text(letter).startswith("DRAFT\n")


def test_the_courtesy_version_prints_neither_number_nor_letterhead() -> None:
    letter = note("kk")
    assert letter.number == "TTF/9"
    assert not letter.of_role("number", "letterhead")
    assert "TTF/9" not in plain.text(letter)


@pytest.mark.parametrize(
    ("language", "line"),
    [
        ("en", "Enclosure:\nas stated, on\u00a08\u00a0p."),
        ("ru", "Приложение:\nупомянутое, на\u00a08\u00a0л."),
        ("kk", "Қосымша:\nаталған, 8\u00a0бет"),
    ],
)
def test_the_enclosure_line_counts_in_the_unit_of_its_language(language: str, line: str) -> None:
    letter = note(language, enclosures=[EnclosureFacts(1, {"en": "Summary"}, None, 8)])
    assert text_of(letter, "enclosure") == line
    assert letter.of_role("enclosure")[0].zone == "margin"


def test_readers_of_other_languages_are_told_the_language_of_the_enclosure() -> None:
    facts = [EnclosureFacts(1, {"en": "Summary"}, "en", 8)]
    assert "английском языке" in text_of(note("ru", enclosures=facts), "enclosure")
    assert "ағылшын тілінде" in text_of(note("kk", enclosures=facts), "enclosure")
    assert "English" not in text_of(note("en", enclosures=facts), "enclosure")


def test_sheets_printed_on_both_sides_are_half_the_pages_rounded_up() -> None:
    facts = [EnclosureFacts(1, {"fr": "Liste"}, "fr", 5)]
    assert "3\u00a0feuillets" in text_of(circular("fr", enclosures=facts), "enclosure")
    one = [EnclosureFacts(1, {"fr": "Liste"}, "fr", 1)]
    assert "1\u00a0feuillet)" in text_of(circular("fr", enclosures=one), "enclosure")


def test_several_enclosures_are_numbered_each_with_its_own_count_and_origin() -> None:
    facts = [
        EnclosureFacts(1, {"en": "Summary"}, "en", 8, "copy"),
        EnclosureFacts(2, {"en": "Programme"}, "en", 3, "translated", "ru"),
    ]
    assert text_of(note(enclosures=facts), "enclosure").split("\n") == [
        "Enclosures: (2)",
        "1. Summary (copy), on\u00a08\u00a0p.",
        "2. Programme (translated from Russian), on\u00a03\u00a0p.",
    ]


def test_a_circular_has_numbered_paragraphs_sub_items_and_a_signature() -> None:
    letter = circular(paragraphs=["First:", "- one;", "- two.", "-- deeper.", "Second."])
    labels = [(block.label, block.level) for block in letter.of_role("paragraph")]
    assert labels == [("1.", 0), ("(a)", 1), ("(b)", 1), ("(i)", 2), ("2.", 0)]
    assert text_of(letter, "authentication") == "Maren Ostby\nExecutive Secretary"
    assert text_of(letter, "addressee") == "The Basin Authority of Arvenia"
    roles = [block.role for block in letter.blocks]
    assert roles.index("addressee") < roles.index("paragraph")


def test_after_the_last_letter_of_the_alphabet_the_letters_are_doubled() -> None:
    letter = circular(paragraphs=["Items:", *["- item"] * 28])
    assert [block.label for block in letter.of_role("paragraph")][-3:] == ["(z)", "(aa)", "(bb)"]


def test_related_numbers_file_reference_deadline_and_copies_are_printed() -> None:
    more = Particulars(
        subject="Readings",
        action_by=datetime(2026, 4, 17, 18, tzinfo=UTC),
        file_reference="HYD/3",
        related=[Related("in_reply_to", "A/7", date(2025, 12, 1))],
        copies=["Delta Station"],
        signatory=Signatory("Maren Ostby", {"en": "Deputy", "fr": "Adjointe"}),
    )
    letter = circular(particulars=more)
    said = plain.text(letter).replace("\u00a0", " ")
    for line in (
        "File: HYD/3\nYour reference: A/7 of 1 December 2025",
        "Subject: Readings",
        "Action required by 17 April 2026, 18:00 (UTC)",
        "Copy to:\nDelta Station",
        "Maren Ostby\nDeputy",
    ):
        assert line in said
    assert letter.subject == "Readings"


def test_the_place_may_be_another_than_the_seat() -> None:
    assert text_of(note("ru", place_key="almaty"), "place_date").startswith("город Алматы, 28")


def test_the_acknowledgement_code_stands_in_the_foot_zone_in_every_language() -> None:
    for language in ("en", "ru", "kk"):
        letter = note(language, acknowledgement_code="4r7k3b")
        (block,) = letter.in_zone("last_foot")
        assert "4R7-K3B" in block.text


def refused(**changes: Any) -> Refusal:
    with pytest.raises(Refusal) as caught:
        note(**changes)
    return caught.value


@pytest.mark.parametrize(
    ("changes", "code", "words"),
    [
        ({"number": None}, "letter-unnumbered", "compose a draft"),
        ({"day": None}, "letter-unnumbered", "approve the note"),
        ({"language": "de"}, "profile-part-unknown", "en, kk, ru"),
        ({"kind": "poem"}, "profile-part-unknown", "note_verbale"),
        ({"marking": "secret"}, "marking-unknown", "restricted"),
        ({"acknowledgement_code": "OOOOOO"}, "code-malformed", "six signs"),
        ({"enclosures": [EnclosureFacts(1, {}, None, 0)]}, "enclosure-facts", "at least one page"),
        ({"enclosures": [EnclosureFacts(1, {}, "xx", 1)]}, "language-name-missing", "[language_names]"),
        ({"addressee": Addressee("mission", group="nobody")}, "addressee-unknown", "member_states"),
        ({"addressee": Addressee("state", group="member_state", member="XX")}, "profile-part-unknown", "XX"),
        ({"addressee": Addressee("state", group="member_state")}, "addressee-incomplete", "the state is not"),
        ({"kind": "letter"}, "addressee-incomplete", "say to whom it goes"),
        ({"paragraphs": ["the {meeting}"]}, "slot-unknown", "{meeting}"),
        ({"paragraphs": ["a } brace"]}, "slot-malformed", "double the brace"),
        ({"particulars": Particulars(level="none")}, "formula-missing", "another level"),
        ({"particulars": Particulars(related=[Related("x", "1", DAY)])}, "link-unknown", "further_to"),
        ({"place_key": "moon"}, "place-missing", "[[places]]"),
        (
            {"kind": "letter", "addressee": Addressee("person", name="Institute")},
            "signatory-missing",
            "name who signs",
        ),
    ],
)
def test_what_does_not_fit_is_refused_in_a_sentence(changes: dict[str, Any], code: str, words: str) -> None:
    refusal = refused(**changes)
    assert refusal.code == code
    assert words in refusal.sentence


def test_a_final_letter_cannot_carry_the_draft_mark() -> None:
    data = note(draft=True).to_json()
    with pytest.raises(Refusal) as caught:
        Letter.from_json({**data, "draft": False})
    assert caught.value.code == "draft-mark"


def test_stored_data_that_is_no_letter_is_refused() -> None:
    with pytest.raises(Refusal) as caught:
        Letter.from_json({"profile": "cica"})
    assert caught.value.code == "letter-data"


def test_a_deadline_without_a_zone_is_refused() -> None:
    with pytest.raises(Refusal) as caught:
        naive = datetime(2026, 4, 17, 18, tzinfo=UTC).replace(tzinfo=None)
        circular(particulars=Particulars(action_by=naive, signatory=Signatory("M")))
    assert caught.value.code == "deadline-zone"


def missions(language: str, *members: str) -> Letter:
    """A note of the profile with six languages, to some members or to all."""
    return compose(
        profile.load("greffes"),
        language,
        kind="note_verbale",
        values={},
        paragraphs=["inform them."],
        number="CPA/2026/NV.1",
        day=date(2026, 4, 20),
        marking="general",
        draft=False,
        addressee=Addressee(members=members) if members else None,
    )


@pytest.mark.parametrize(
    ("language", "listed"),
    [
        ("es", ["Costa Parda", "Érvenia", "Ñandara", "Zemoria"]),
        ("fr", ["Côte-Brune", "Érvénie", "Nandara", "Zémorie"]),
        ("ru", ["Бурый Берег", "Земория", "Ньяндара", "Эрвения"]),
        ("ar", ["إرفينيا", "زيموريا", "الساحل الأسمر", "نياندارا"]),
        ("zh", ["埃尔维尼亚", "褐岸", "年达拉", "泽莫里亚"]),
    ],
)
def test_a_note_to_some_states_lists_them_by_the_alphabet_of_each_language(
    language: str, listed: list[str]
) -> None:
    letter = missions(language, "XZ", "XY", "XU", "XT")
    lines = text_of(letter, "addressee").split("\n")
    assert [next(name for name in listed if name in line) for line in lines] == listed
    opening = text_of(letter, "opening")
    assert [opening.index(name) for name in listed] == sorted(opening.index(name) for name in listed)


def test_a_note_to_all_states_names_the_class() -> None:
    assert text_of(missions("en"), "addressee") == "To the Permanent Missions of the Member States"
    every = [member.code for member in profile.load("greffes").members]
    assert text_of(missions("en", *every), "addressee") == "To the Permanent Missions of the Member States"
    assert "Missions of Brown Coast and Nandara" in text_of(missions("en", "XZ", "XT"), "opening")


def listing(language: str, line: str, **addressee: Any) -> Letter:
    """A note of the first profile whose class of addressees has this line."""
    organisation = profile.load("cica")
    own = organisation.languages[language]
    group = organisation.kind("note_verbale").addressee_class
    words = replace(own.wording.addressees[group], lines=(line,))
    own = replace(own, wording=replace(own.wording, addressees={group: words}))
    members = [
        replace(
            one, names={**one.names, "ru": (*one.names["ru"], replace(one.names["ru"][0], form="genitive"))}
        )
        for one in organisation.members
    ]
    changed = replace(
        organisation, languages={**organisation.languages, language: own}, members=tuple(members)
    )
    return compose(
        changed,
        language,
        kind="note_verbale",
        values={},
        paragraphs=["inform them."],
        number="TTF/9",
        day=DAY,
        marking="unclassified",
        draft=False,
        addressee=Addressee(**addressee),
    )


def test_a_long_list_of_states_leaves_the_foot_of_the_first_page() -> None:
    (short,) = listing("en", "{states}", members=["TR", "KZ"]).of_role("addressee")
    assert (short.zone, short.text) == ("page_foot", "Kazakhstan\nTurkey")
    (long,) = listing("en", "{states}").of_role("addressee")
    assert (long.zone, long.text.count("\n")) == ("flow", 26)


def test_a_state_may_stand_in_another_grammatical_form() -> None:
    names = profile.load("cica").member("KZ").names["ru"]
    assert text_of(listing("ru", "Посольству {state.genitive}", kind="state", member="KZ"), "addressee") == (
        f"Посольству {names[0].text}"
    )
    with pytest.raises(Refusal) as caught:
        listing("ru", "Посольству {state.dative}", kind="state", member="KZ")
    assert caught.value.code == "member-name-missing" and "dative" in caught.value.sentence


def test_more_enclosures_than_the_margin_holds_stand_behind_the_text() -> None:
    few = [EnclosureFacts(1, {"en": "Summary"}, None, 8)]
    many = [EnclosureFacts(at, {"en": f"Report of the committee number {at}"}, None, 8) for at in range(1, 8)]
    assert note(enclosures=few).of_role("enclosure")[0].zone == "margin"
    letter = note(enclosures=many)
    roles = [block.role for block in letter.blocks]
    assert letter.of_role("enclosure")[0].zone == "flow"
    assert roles.index("enclosure") > max(roles.index("closing"), roles.index("place_date"))
    assert roles.index("enclosure") < roles.index("addressee")
