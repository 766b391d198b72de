"""Mails: the words of each language, the bytes of each message, compared with checked-in files."""

import email
import email.header
import email.policy
import email.utils
import hashlib
import os
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflow.errors import NotFound
from workflow.post import wording
from workflow.post.compose import (
    COVER,
    LINK_ONLY,
    Attachment,
    Head,
    Party,
    covered,
    fits,
    known,
    message,
    opening,
    shared_tail,
)
from workflow.post.mime import base64_lines, mailbox
from workflow.states import Protected

GOLDEN = Path(__file__).resolve().parent.parent / "golden" / "mails"
FILES = (
    Attachment("KV-12.en.pdf", b"%PDF-1.7 a small document\n" * 9, language="en"),
    Attachment("Приложение 1.pdf", b"%PDF-1.7 another\n", language="ru"),
)
ORGANISATIONS = {
    "ar": ("أمانة مجلس النهر", "سانت لوسيا"),
    "en": ("Secretariat of the River Council", "Saint Lucia"),
    "es": ("Secretaría del Consejo del Río", "Santa Lucía"),
    "fr": ("Secrétariat du Conseil fluvial", "Sainte-Lucie"),
    "kk": ("Өзен кеңесінің хатшылығы", "Қазақстан Республикасы"),
    "ru": ("Секретариат Речного совета", "Республика Казахстан"),
    "zh": ("河流理事会秘书处", "圣卢西亚"),
}
DATES = {
    "ar": "4 أيار/مايو 2026",
    "en": "4 May 2026",
    "es": "4 de mayo de 2026",
    "fr": "4 mai 2026",
    "kk": "2026 жылғы 4 мамыр",
    "ru": "4 мая 2026 года",
    "zh": "2026年5月4日",
}


def values(language):
    organisation, member = ORGANISATIONS[language]
    return {
        "organisation": organisation,
        "number": "KV/12",
        "date": DATES[language],
        "member": member,
        "address": "desk@mfa.example",
        "link": "https://notes.example.org/r/3f9ac27e51",
    }


def write(language, **variant):
    return wording.load(language).write(values(language), [item.filename for item in FILES], **variant)


def head(language="en", **changes):
    subject, text = write(language, attached=True)
    given = {
        "sender": Party("registry@secretariat.example", ORGANISATIONS[language][0]),
        "to": Party("desk@mfa.example"),
        "subject": subject,
        "text": text,
        "date": datetime(2026, 5, 4, 15, 30, tzinfo=timezone(timedelta(hours=5))),
        "message_id": "<kv-12.7d1c@secretariat.example>",
        "language": language,
    }
    return Head(**{**given, **changes})


def compare(name, made):
    """`made` equals the checked-in file; CHANCERY_GOLDEN=write puts it there for a person to read and commit."""
    path = GOLDEN / name
    if os.environ.get("CHANCERY_GOLDEN") == "write":
        path.write_bytes(made)
    assert made == path.read_bytes()


def decoded(value):
    return str(email.header.make_header(email.header.decode_header(value)))


@pytest.mark.parametrize("language", wording.languages())
def test_the_words_of_each_language(language):
    variants = {
        "note, documents attached": {"attached": True},
        "note, link only, possible duplicate": {"attached": False, "possible_duplicate": True},
        "reminder": {"attached": False, "kind": "reminder"},
        "escalation": {"attached": True, "kind": "escalation"},
    }
    pieces = []
    for title, variant in variants.items():
        subject, text = write(language, **variant)
        pieces.append(f"=== {title}\nSubject: {subject}\n\n{text}")
        assert not set("{}") & set(text)
        assert max(map(len, text.splitlines())) <= 90
    compare(f"{language}.txt", "\n".join(pieces).encode())


@pytest.mark.parametrize("language", wording.languages())
def test_a_whole_message_of_each_language(language):
    compare(f"note.{language}.eml", message(head(language), shared_tail(FILES)))


def test_a_message_with_every_optional_field():
    made = message(
        head(
            "ru",
            agent=Party("operator@secretariat.example"),
            reply_to=Party("bounces@secretariat.example", 'Registry, "post" desk'),
            to=Party("desk@mfa.example", "Отдел писем"),
            in_reply_to="<kv-11.1@secretariat.example>",
            references=("<kv-10.1@secretariat.example>", "<kv-11.1@secretariat.example>"),
            duplicate_of_attempt=2,
            automatic=True,
        ),
        LINK_ONLY,
    )
    compare("every-field.ru.eml", made)


def test_every_language_has_the_same_places_and_no_fault():
    # `read` refuses a file with a place too few or too many, so loading each is the check.
    assert {"en", "kk", "ru"} <= set(wording.languages())
    for language in wording.languages():
        assert wording.load(language).language == language


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (("{link}", ""), "note.body lacks the place {link}"),
        (("{number}", "{nummer}"), "unknown place {nummer}"),
        (("[reminder]", "[remainder]"), "remainder is not known"),
        (("possible_duplicate =", "possible_copy ="), "possible_duplicate is missing"),
        (('subject = "', 'subject = "\\n'), "note.subject has more than one line"),
    ],
)
def test_a_faulty_file_of_words_is_refused_with_its_faults(change, sentence):
    text = (wording.FOLDER / "en.toml").read_text()
    assert change[0] in text
    faulty = text.replace(*change).replace("\n{organisation}", "{organisation}")
    if "\\n" in change[1]:
        faulty = text.replace('subject = "{organisation}:', 'subject = "Note\\n{organisation}:')
    with pytest.raises(ValueError, match=sentence.replace("{", r"\{")):
        wording.read("en", faulty)


@pytest.mark.parametrize("language", ["xx", "../en", "", "en.toml"])
def test_a_language_without_words_is_refused(language):
    with pytest.raises(NotFound, match="no mails in the language"):
        wording.load(language)


def test_a_value_with_braces_is_not_filled_a_second_time():
    subject, text = wording.load("en").write(
        {**values("en"), "member": "{link} {0}"}, ["{address}.pdf"], attached=True
    )
    assert "For:   {link} {0}" in text
    assert "  - {address}.pdf" in text
    assert "{" not in subject


TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=200)
CYRILLIC = st.text("абвгдежзийӘәҒғҚқ №«» -,.", min_size=1, max_size=200)


def subject_of(raw):
    return decoded(email.message_from_bytes(raw)["Subject"])


@given(CYRILLIC | TEXT)
def test_no_subject_loses_a_space_or_gains_a_field(subject):
    raw = message(head(subject=subject))
    # Breaks and control signs become one space each run; all else comes back as it was.
    cleaned = "".join(
        "\n" if ord(sign) < 32 or sign in "\x7f\u0085\u2028\u2029" else sign for sign in subject
    )
    expected = " ".join(part for part in cleaned.split("\n")) if "\n" in cleaned else cleaned
    assert subject_of(raw).split() == expected.split()
    assert check_lines(raw).keys() == FIELDS
    if subject.isprintable():
        assert subject_of(raw) == subject.strip()


FIELDS = email.message_from_bytes(message(head())).keys()


def check_lines(raw):
    """The parsed message, after the lines were checked as RFC 5321 and 5322 ask."""
    lines = raw.split(b"\r\n")
    assert lines[-1] == b""
    assert not any(b"\r" in line or b"\n" in line for line in lines)
    assert max(map(len, lines)) <= 998
    assert raw.isascii()
    return email.message_from_bytes(raw)


def lines_of(text):
    """The lines of a text without the empty ones at its end, which a message need not keep."""
    lines = text.splitlines()
    while lines and not lines[-1]:
        lines.pop()
    return lines


@given(TEXT, TEXT, st.binary(max_size=300), TEXT)
def test_what_goes_in_comes_out(text, name, content, filename):
    tail = shared_tail([Attachment(filename, content)])
    raw = message(head(text=text, sender=Party("registry@s.example", name)), tail)
    parsed = check_lines(raw)
    assert parsed.keys() == FIELDS[:-2]
    body, attached = parsed.get_payload()
    charset = body.get_content_charset()
    assert lines_of(body.get_payload(decode=True).decode(charset)) == lines_of(text)
    assert attached.get_payload(decode=True) == content
    assert email.utils.parseaddr(parsed["From"])[1] == "registry@s.example"
    # A file name is only ever a name: no folder, and never nothing.
    shown = attached.get_filename()
    assert shown
    assert not set("/\\\r\n\0") & set(shown)


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("KV-12.en.pdf", "KV-12.en.pdf"),
        ("Приложение 1.pdf", "Приложение 1.pdf"),
        ("../../etc/passwd", "passwd"),
        ("C:\\notes\\a.pdf", "a.pdf"),
        ('a"; x="b.pdf', 'a"; x="b.pdf'),
        ("...", "document"),
        ("ж" * 300 + ".pdf", "ж" * 60 + ".pdf"),
    ],
)
def test_file_names(given, shown):
    parsed = check_lines(message(head(), shared_tail([Attachment(given, b"x")])))
    assert parsed.get_payload()[1].get_filename() == shown


def test_the_tail_is_the_same_for_all_and_the_heads_differ():
    tail = shared_tail(FILES)
    assert shared_tail(FILES) == tail
    first = message(head(), tail)
    second = message(head("kk", to=Party("x@y.example")), tail)
    assert first.endswith(tail.content)
    assert second.endswith(tail.content)
    assert message(head(), tail) == first
    assert shared_tail(reversed(FILES)).boundary != tail.boundary
    assert tail.names == ("KV-12.en.pdf", "Приложение 1.pdf")


def test_a_link_only_message_is_the_text_alone():
    parsed = check_lines(message(head(), shared_tail(())))
    assert (parsed.get_content_type(), parsed.is_multipart()) == ("text/plain", False)
    assert not LINK_ONLY.attached


def digest_of(data):
    return hashlib.sha256(data).hexdigest()


@pytest.mark.parametrize("language", sorted(ORGANISATIONS))
@pytest.mark.parametrize("tail", [LINK_ONLY, shared_tail(FILES)], ids=["links", "documents"])
def test_a_message_is_its_own_bytes_and_the_tail_and_is_known_by_both(language, tail):
    secret = values(language)["link"].rpartition("/")[2]
    data, digests = known(head(language), tail, secret)
    own = opening(head(language), tail.boundary)
    assert data == message(head(language), tail) == own + tail.content
    assert (digests.size, digests.head) == (len(data), digest_of(own))
    assert digests.tail == (digest_of(tail.content) if tail.attached else None)
    assert digests.protection is Protected.NONE
    # The closing boundary is the tail's, so that nothing of the message stands outside the two.
    assert not tail.attached or tail.content.endswith(f"--{tail.boundary}--\r\n".encode())
    hidden = opening(covered(head(language), secret), tail.boundary)
    assert digests.covered == digest_of(hidden) != digests.head and len(hidden) == len(own)
    text = (
        email.message_from_bytes(hidden + tail.content, policy=email.policy.default).get_body().get_content()
    )
    assert secret not in text and f"/r/{COVER * len(secret)}" in text


def test_what_is_protected_is_known_as_one_whole():
    tail, secret = shared_tail(FILES), "3f9ac27e51"
    data, digests = known(
        head(), tail, secret, Protected.SIGNED, lambda entity: b"X-Signed: yes\r\n" + entity
    )
    assert b"X-Signed: yes" in data
    assert (digests.size, digests.head, digests.tail) == (len(data), digest_of(data), None)
    assert digests.covered == known(head(), tail, secret)[1].covered
    assert digests.protection is Protected.SIGNED


@given(st.text(max_size=300), st.text("abcdefgh-_0123456789", min_size=1, max_size=43))
def test_covering_changes_no_length(text, secret):
    before = head(text=f"{text}\nhttps://notes.example.org/r/{secret}\n")
    data, digests = known(before, LINK_ONLY, secret)
    hidden = opening(covered(before, secret), "")
    assert len(hidden) == len(data) == digests.size


def test_the_size_class():
    assert fits(FILES, 251)
    assert not fits(FILES, 250)
    assert sum(len(item.content) for item in FILES) == 251


def test_a_note_is_not_automatic_and_a_reminder_is():
    assert b"Auto-Submitted" not in message(head())
    assert b"\r\nAuto-Submitted: auto-generated\r\n" in message(head(automatic=True))
    assert b"X-Chancery-Attempt" not in message(head())
    assert b"\r\nX-Chancery-Attempt: 3; possible-duplicate\r\n" in message(head(duplicate_of_attempt=3))


def test_an_international_address_alone_makes_the_header_eight_bit():
    raw = message(head(to=Party("почта@mfa.example")))
    assert "To: почта@mfa.example\r\n".encode() in raw


@pytest.mark.parametrize("identifier", ["", "x@y", "<x y@z>", "<x@y>\r\nBcc: a@b", "<x@y><z@w>", "<ж@y>"])
def test_a_malformed_identifier_is_refused(identifier):
    with pytest.raises(ValueError, match="identifier"):
        message(head(message_id=identifier))
    with pytest.raises(ValueError, match="identifier"):
        message(head(references=("<a@b>", identifier or "<>")))


def test_a_naive_date_is_refused():
    with pytest.raises(ValueError, match="aware"):
        message(head(date=datetime(2026, 5, 4, tzinfo=UTC).replace(tzinfo=None)))
    with pytest.raises(ValueError, match="media type"):
        Attachment("a.pdf", b"", "application/pdf\r\nX: y")


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("", "a@b.example"),
        ("Foreign Ministry", "Foreign Ministry <a@b.example>"),
        ("Ministry, Protocol", '"Ministry, Protocol" <a@b.example>'),
        ('The "desk"', '"The \\"desk\\"" <a@b.example>'),
        ("x\r\nBcc: c@d.example", '"x Bcc: c@d.example" <a@b.example>'),
    ],
)
def test_mailboxes(name, written):
    assert mailbox("a@b.example", name) == written


def test_base64_in_lines():
    assert base64_lines(b"") == b""
    assert base64_lines(b"x" * 58) == b"eHh4" * 19 + b"\r\neA==\r\n"


def test_a_contact_of_a_language_without_mails_is_written_to_in_english():
    assert wording.written_in("kk") == "kk"
    assert wording.written_in("pt") == wording.written_in("../en") == "en"
    with pytest.raises(NotFound):
        wording.load("pt")
