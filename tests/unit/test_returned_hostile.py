"""Returned mail from people who mean harm: any bytes are read, within bounds, and never as a failure by accident."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.returned_samples import ADDRESS, letter, report, status
from workflow.post.returned import Category, Note, addresses, classify, formulas, message, parse, tokens

CLASSES = {category.value for category in Category}
HEAD = b"From: MAILER-DAEMON@relay.example\r\nTo: a@b.example\r\nSubject: Undelivered\r\n"
MANY = 300_000

FLOODS = {
    "a line of megabytes": HEAD + b"\r\n" + b"a" * 20_000_000,
    "signs @": HEAD + b"\r\ncould not be delivered\r\n" + b"@" * MANY,
    "addresses without end": HEAD + b"\r\ncould not be delivered\r\n" + b"a@" * MANY,
    "domains of labels": HEAD + b"\r\ncould not be delivered\r\n" + (b"a@" + b"a." * 200 + b"\n") * 2000,
    "dashes": HEAD + b"\r\ncould not be delivered\r\n" + b"-" * MANY,
    "lines of dashes": HEAD + b"\r\ncould not be delivered\r\n" + (b"-" * 90 + b"\n") * 4000,
    "empty lines with a space": HEAD + b"\r\n" + b" \n" * MANY,
    "headers": b"X-A: b\r\n" * 80_000 + b"\r\n",
    "one folded header": b"Content-Type: multipart/mixed" + b";\r\n a=b" * 50_000 + b"\r\n\r\nx",
    "quotes in a parameter": b"Content-Type: multipart/mixed" + b';"' * MANY + b"\r\n\r\nx",
    "parts": HEAD + b"Content-Type: multipart/mixed; boundary=b\r\n\r\n" + b"--b\r\n" * 80_000,
    "nearly parts": HEAD + b"Content-Type: multipart/mixed; boundary=b\r\n\r\n" + b"--bx\r\n" * 80_000,
    "parts within parts": HEAD
    + b"".join(b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (n, n) for n in range(9000)),
    "messages within messages": HEAD + b"Content-Type: message/rfc822\r\n\r\n" * 9000 + b"end",
    "open tags": HEAD + b"Content-Type: text/html\r\n\r\n" + b"<style>" * 60_000,
    "encoded words": b"Subject: " + b"=?utf-8?q?" * 40_000 + b"\r\n\r\n",
    "punycode as a charset": HEAD + b"Content-Type: text/plain; charset=punycode\r\n\r\n" + b"a-" * MANY,
    "groups": HEAD
    + b"Content-Type: message/delivery-status\r\n\r\n"
    + b"Action: failed\r\nFinal-Recipient: rfc822; a@b.example\r\n\r\n" * 8000,
    "folded headers in the text": HEAD + b"\r\nFrom: x\n" + b" x\n" * 100_000,
    "open brackets of JSON": HEAD + b"\r\nnotificationType " + b'{"a":' * MANY,
    "what was said": HEAD + b"\r\n" + (b"error said 4" * 30 + b"\n") * 2000,
    "recipients": b"To: " + b"a@b.example, " * 80_000 + b"\r\n\r\nx",
    "references": b"References: " + b"<" * MANY + b"\r\n\r\nx",
    "nothing": b"",
    "zeros": b"\0" * MANY,
    "escapes": b"\x1b$B" * MANY,
}


@pytest.mark.timeout(60)
@pytest.mark.parametrize("name", FLOODS)
def test_a_flood_is_read_within_bounds(name: str) -> None:
    """The module's time limit is the bound: unbounded work on any of these takes minutes or never ends."""
    read = parse(FLOODS[name])
    assert Note.UNREADABLE not in read.notes
    assert read.category in CLASSES
    assert len(read.recipients) <= 600 and len(read.message_ids) <= 50 and len(read.subject) <= 1000


def test_what_is_looked_at_is_bounded() -> None:
    deep = message.read(FLOODS["parts within parts"])
    assert len(deep.parts) <= message.PARTS_LIMIT
    assert (
        max(part.level for part in message.read(FLOODS["messages within messages"]).parts)
        <= message.DEPTH_LIMIT
    )
    assert len(message.read(FLOODS["a line of megabytes"]).parts[0].text) <= message.TEXT_LIMIT


def test_a_report_after_a_flood_is_still_found() -> None:
    filler = "Content-Type: text/plain\n\n" + "filler\n" * 200_000
    raw = report(status()).replace(
        b"--=_b\nContent-Type: message/delivery",
        f"--=_b\n{filler}\n--=_b\nContent-Type: message/delivery".encode(),
    )
    assert len(raw) > 1_000_000
    assert classify(raw) == ("fail", {ADDRESS})


@given(st.binary(max_size=4000))
@settings(max_examples=300, deadline=None)
def test_any_bytes_have_a_class(raw: bytes) -> None:
    kind, whom = classify(raw)
    assert kind in CLASSES
    assert all(one == one.lower() and "@" in one for one in whom)
    assert parse(raw).category == kind
    assert Note.UNREADABLE not in parse(raw).notes
    tokens(raw, "bounces+{token}@secretariat.example")


@given(st.data())
@settings(max_examples=300, deadline=None)
def test_a_report_cut_and_stained_anywhere_has_a_class(data: st.DataObject) -> None:
    """A report damaged at random is never more than what it was: a delay does not become a failure."""
    raw = bytearray(
        report(
            status("delayed", "4.4.1", diagnostic_code="smtp; 450 4.2.0 try again"), subject="Delayed Mail"
        )
    )
    for _ in range(data.draw(st.integers(1, 6))):
        at = data.draw(st.integers(0, len(raw) - 1))
        length = data.draw(st.integers(0, 40))
        raw[at : at + length] = data.draw(st.binary(max_size=20))
    read = parse(bytes(raw))
    assert read.category is not Category.FAIL
    assert Note.UNREADABLE not in read.notes


@given(st.text(max_size=3000))
@settings(max_examples=150, deadline=None)
def test_a_person_who_answers_never_reports_a_failure(text: str) -> None:
    raw = letter(
        text.replace("\r", " "),
        "A. <a@mfa.example>",
        subject="Re: Note",
        in_reply_to="<x@secretariat.example>",
    )
    assert classify(raw)[0] in {"unknown", "auto"}


@given(st.sampled_from(formulas.FAILURES + formulas.GAVE_UP), st.sampled_from(formulas.SUBJECTS))
@settings(max_examples=150, deadline=None)
def test_no_phrase_makes_a_mailer_of_a_person(phrase: str, subject: str) -> None:
    text = f"Dear colleagues,\n\nthe note {phrase} embassy@mfa.example. 550 5.1.1\n\nWith best regards\n"
    assert classify(letter(text, "A. <a@mfa.example>", subject=f"Re: {subject}"))[0] == "unknown"
    assert classify(letter(text, "A. <a@mfa.example>", subject=subject))[0] != "fail"


@given(st.sampled_from(formulas.DELAYS), st.sampled_from(formulas.FAILURES))
@settings(max_examples=150, deadline=None)
def test_a_phrase_of_delay_outweighs_every_phrase_of_failure(delay: str, failure: str) -> None:
    text = f"The message {failure}\n\n  {ADDRESS}\n    550 5.1.1 unknown\n\nIt {delay} today.\n"
    assert classify(letter(text))[0] == "delay"


def test_the_phrases_are_as_the_reader_looks_for_them() -> None:
    for name, table in vars(formulas).items():
        if name.isupper():
            for phrase in table:
                assert phrase == phrase.lower() and "  " not in phrase and phrase.strip(), (name, phrase)
                assert "’" not in phrase and not re.search(r"[\n\t]", phrase), (name, phrase)


@given(st.text(max_size=300))
@settings(max_examples=200, deadline=None)
def test_addresses_are_found_in_any_line(line: str) -> None:
    for found in addresses.find(line):
        assert found.address.count("@") >= 1
        assert not re.search(r"[\s<>]", found.address.rpartition("@")[2])
