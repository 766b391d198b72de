"""What a returned message is: reports by their Action, receipts, replies, and whom it is about."""

from __future__ import annotations

import base64

import pytest

from tests.unit.returned_samples import ADDRESS, COPY, NOTE_ID, RETURN_PATH, TOKEN, letter, report, status
from workflow.post.returned import Category, Note, classify, parse, tokens

WHOM = {ADDRESS}


@pytest.mark.parametrize(
    ("action", "code", "expected"),
    [
        ("failed", "5.1.1", "fail"),
        ("failed", "4.4.7", "fail"),  # Expired: the status class says temporary, the action decides.
        ("FAILED (will not retry)", "4.0.0", "fail"),
        ("error", "5.0.0", "fail"),
        ("delayed", "4.4.1", "delay"),
        ("delayed", "5.0.0", "delay"),
        ("delivered", "2.0.0", "ok"),
        ("relayed", "2.1.5", "ok"),
        ("expanded", "2.0.0", "ok"),
    ],
)
def test_the_action_decides(action: str, code: str, expected: str) -> None:
    assert classify(report(status(action, code))) == (expected, WHOM)


def test_recipients_that_fared_differently_are_told_apart() -> None:
    fields = status("delayed", "4.2.0", "one@mfa.example") + "\n"
    fields += "Final-Recipient: rfc822; <Two@MFA.example>\nAction: failed\nStatus: 5.1.1\n"
    assert classify(report(fields)) == ("fail", {"two@mfa.example"})
    assert [(one.address, one.action) for one in parse(report(fields)).recipients] == [
        ("one@mfa.example", "delayed"),
        ("two@mfa.example", "failed"),
    ]


def test_groups_without_empty_lines_between_them_are_told_apart() -> None:
    fields = status("failed", "5.1.1", "one@mfa.example")
    fields += "Final-Recipient: rfc822; two@mfa.example\nAction: delivered\nStatus: 2.0.0\n"
    assert [one.action for one in parse(report(fields)).recipients] == ["failed", "delivered"]


def test_an_empty_line_within_a_group_does_not_part_it() -> None:
    fields = f"Reporting-MTA: dns; relay.example\n\nFinal-Recipient: rfc822; {ADDRESS}\n\nAction: delayed\nStatus: 4.0.0\n"
    assert classify(report(fields)) == ("delay", WHOM)


@pytest.mark.parametrize(
    ("kind", "outer"),
    [
        ("message/global-delivery-status", 'multipart/report; report-type=delivery-status; boundary="=_b"'),
        ("text/plain; charset=us-ascii", 'multipart/report; report-type=delivery-status; boundary="=_b"'),
        ("message/rfc822", 'multipart/report; report-type=delivery-status; boundary="=_b"'),
        ("application/octet-stream", 'multipart/mixed; boundary="=_b"'),
        ("message/delivery-status", 'multipart/mixed; boundary="=_b"'),
        ("message/delivery-status", 'multipart/report; report-type=delivery-status; boundary="=_other"'),
        ("message/delivery-status", "multipart/report; report-type=delivery-status"),
        ("message/delivery-status", "MULTIPART/REPORT;\n REPORT-TYPE=DELIVERY-STATUS;\n BOUNDARY==_b"),
    ],
)
def test_a_report_in_broken_dress_is_still_read(kind: str, outer: str) -> None:
    assert classify(report(status("delayed", "4.4.1"), kind=kind, outer=outer)) == ("delay", WHOM)
    assert classify(report(status("failed", "5.1.1"), kind=kind, outer=outer)) == ("fail", WHOM)


def test_a_report_as_running_text_is_read() -> None:
    assert classify(letter("Your message had a problem.\n\n" + status("failed", "5.2.1"))) == ("fail", WHOM)
    assert classify(letter("Your message had a problem.\n\n" + status("delayed", "4.2.1"))) == ("delay", WHOM)


def test_an_encoded_report_is_read() -> None:
    fields = base64.encodebytes(status("relayed", "2.0.0").encode()).decode()
    raw = report(fields, kind="message/delivery-status\nContent-Transfer-Encoding: base64")
    assert classify(raw) == ("ok", WHOM)


def test_an_international_address_is_decoded() -> None:
    fields = status("failed", "5.1.1").replace(
        f"rfc822; {ADDRESS}", r"utf-8; \x{43F}\x{43E}\x{447}\x{442}\x{430}@mfa.example"
    )
    raw = report(fields, kind="message/global-delivery-status")
    assert classify(raw) == ("fail", {"почта@mfa.example"})


def test_a_report_without_action_follows_its_text_never_its_status() -> None:
    delayed = "This is a warning message only. You do not need to resend your message.\n"
    assert classify(report(status("", "5.1.1"), text=delayed)) == ("delay", WHOM)
    assert classify(report(status("", "5.1.1"), text="Your message could not be delivered.\n")) == (
        "fail",
        WHOM,
    )
    refused = status("", "4.0.0", diagnostic_code="smtp; 550 5.1.1 no such user")
    assert classify(report(refused, text="")) == ("fail", WHOM)
    assert classify(report(status("", "5.1.1"), text="About your message.\n"))[0] != "fail"


def test_an_internal_final_recipient_gives_way_to_the_original_one() -> None:
    fields = status("failed", "5.1.1", "registry@local-delivery", original_recipient=f"rfc822; {ADDRESS}")
    assert classify(report(fields)) == ("fail", WHOM)


def test_everything_of_a_report_is_kept() -> None:
    raw = report(
        status(
            "failed", "5.1.1", remote_mta="dns; mx.mfa.example", diagnostic_code="smtp; 550 5.1.1 unknown"
        ),
        subject="=?utf-8?b?0J3QtdC00L7RgdGC0LDQstC70LXQvdC+?=",
    )
    read = parse(raw)
    assert read.category is Category.FAIL
    assert read.subject == "Недоставлено"
    assert read.sender == "mailer-daemon@relay.example"
    assert read.envelope_id == TOKEN
    assert read.reporting_mta == "relay.example"
    assert read.message_ids == (NOTE_ID,)
    assert len(read.digest) == 64
    (one,) = read.recipients
    assert (one.status, one.remote_mta, one.diagnostic) == (
        "5.1.1",
        "mx.mfa.example",
        "smtp; 550 5.1.1 unknown",
    )
    assert one.stated and one.envelope_id == TOKEN


PROSE_FAILED = [
    f"Hi. This is the qmail-send program.\nI'm afraid I wasn't able to deliver your message.\n\n<{ADDRESS}>:\nno mailbox\n",
    f"A message that you sent could not be delivered to\none or more of its recipients:\n\n  {ADDRESS}\n    host mx said 550\n",
    f"Your message\n\n  To: somebody@else.example\n\ndid not reach the following recipient(s):\n\n{ADDRESS} on Mon, 3 Mar 2025\n",
    f"   ----- The following addresses had permanent fatal errors -----\n<{ADDRESS}>\n    (reason: 550 5.1.1)\n",
    f"К сожалению, Ваше письмо не может быть доставлено:\n\n  {ADDRESS}\n    Unrouteable address\n",
    f"以下の宛先へ送信できませんでした。\n<{ADDRESS}>: User unknown\n",
    f"Ihre Nachricht konnte nicht zugestellt werden.\n\nEmpfänger: {ADDRESS}\n",
    f">>> RCPT TO:<{ADDRESS}>\n<<< 550 no such user here\n",
]


@pytest.mark.parametrize("text", PROSE_FAILED)
@pytest.mark.parametrize("tail", ["", "\n--- Below this line is a copy of the message.\n\n" + COPY])
def test_a_mailers_own_words_of_failure_are_read(text: str, tail: str) -> None:
    assert classify(letter(text + tail)) == ("fail", WHOM)


@pytest.mark.parametrize(
    "text",
    [
        f"THIS IS A WARNING MESSAGE ONLY.\n\nDelivery to {ADDRESS} has been delayed.\n550 is not said here.\n",
        f"<{ADDRESS}>: connect to mx: timed out\n\nIt will be retried until it is 5 days old.\n",
        f"Ваше письмо пока не доставлено, попытки доставки будут продолжены:\n  {ADDRESS}\n",
        f"Die Zustellung verzögert sich.\n\n{ADDRESS}: Netzwerkfehler\n",
    ],
)
def test_not_yet_outweighs_no(text: str) -> None:
    assert classify(letter("Your message could not be delivered so far.\n" + text)) == ("delay", WHOM)


def test_a_mailers_own_words_of_success_are_read() -> None:
    text = f"Your message was successfully delivered to the following recipients:\n\n  {ADDRESS}\n"
    assert classify(letter(text, subject="Successful Mail Delivery Report")) == ("ok", WHOM)
    assert classify(letter(text, subject="Delivery Notification")) == ("ok", WHOM)


def test_news_that_does_not_say_which_waits_for_a_person() -> None:
    raw = letter(f"About your message to:\n\n  {ADDRESS}\n", subject="Delivery Status Notification")
    assert classify(raw) == ("unknown", set())


def test_giving_up_without_a_servers_refusal_is_noted_and_no_failure() -> None:
    text = f"A message could not be delivered:\n\n  {ADDRESS}\n    retry timeout exceeded\n"
    read = parse(letter(text))
    assert (read.category, read.notes) == (Category.DELAY, frozenset({Note.GAVE_UP}))
    assert classify(letter(text + "    host mx said: 550 5.1.1 no such user\n")) == ("fail", WHOM)


def test_failed_recipients_in_a_header_are_enough() -> None:
    raw = letter(
        "Message rejected.\nThis is a permanent error.\n", x_failed_recipients=f"{ADDRESS}, Two@mfa.example"
    )
    assert classify(raw) == ("fail", {ADDRESS, "two@mfa.example"})


def test_a_help_desks_address_is_nobody_who_failed() -> None:
    text = f"Your message could not be delivered.\n\n  {ADDRESS}\n\nFor help contact <help@relay.example>.\n"
    assert classify(letter(text)) == ("fail", WHOM)


HUMAN = "Aigerim <aigerim@mfa.example>"
REPLY = {"subject": "Re: Note No. TTF/374", "in_reply_to": NOTE_ID}


@pytest.mark.parametrize(
    ("text", "more"),
    [
        ("The note to our embassy was undeliverable; please use embassy@mfa.example.", REPLY),
        ("Delivery has failed to these recipients: embassy@mfa.example. What shall we do?", REPLY),
        (
            "Please see below.\n\n> Your message could not be delivered to\n> <embassy@mfa.example>: 550\n",
            REPLY,
        ),
        ("> From: Mail Delivery System\n> <embassy@mfa.example>: 550 5.1.1 unknown\n" + status(), REPLY),
        (
            "Fwd as asked.\n\nDelivery has failed to embassy@mfa.example",
            {"subject": "Fwd: Undeliverable: Note"},
        ),
        (
            "Dear colleagues,\nwe got the note back: embassy@mfa.example user unknown.",
            {"subject": "Undeliverable note"},
        ),
        ("Уважаемые коллеги, письмо не было доставлено: embassy@mfa.example", {"subject": "Отв: Нота"}),
    ],
)
def test_people_who_write_about_failures_are_not_mailers(text: str, more: dict[str, str]) -> None:
    assert classify(letter(text, HUMAN, **more)) == ("unknown", set())


def test_a_report_passed_on_by_a_person_is_no_report() -> None:
    raw = report(
        status(), outer='multipart/mixed; boundary="=_b"', sender=HUMAN, subject="Fwd: Undelivered Mail"
    )
    read = parse(raw)
    assert read.category is Category.UNKNOWN
    assert Note.QUOTES_REPORT in read.notes
    inside = report("nothing\n", kind="text/plain", outer='multipart/mixed; boundary="=_b"', sender=HUMAN,
                    copy=report(status()).decode().replace("=_b", "=_c"), subject="See attached")  # fmt: skip
    assert classify(inside)[0] == "unknown"
    loose = report(status(), outer='multipart/mixed; boundary="=_b"', sender=HUMAN, subject="See attached")
    assert classify(loose)[0] == "unknown"


def test_a_report_that_a_person_attached_with_words_of_their_own_is_no_report() -> None:
    inner = report(status("failed", "5.1.1")).decode().replace("=_b", "=_c")
    raw = letter(
        "--=_b\nContent-Type: text/plain\n\nDear colleagues, this came back.\n--=_b\nContent-Type: message/rfc822\n\n"
        f"{inner}\n--=_b--\n",
        HUMAN, subject="Undeliverable: Note", content_type='multipart/mixed; boundary="=_b"',
    )  # fmt: skip
    assert classify(raw) == ("unknown", set())


def test_an_action_said_of_the_message_as_a_whole_is_nobodys() -> None:
    fields = status("delayed", "4.4.1").replace("Reporting-MTA", "Action: failed\nReporting-MTA")
    assert classify(report(fields)) == ("delay", WHOM)


@pytest.mark.parametrize("action", ["delayed", "relayed", "delivered"])
def test_a_report_cut_off_anywhere_is_never_a_failure(action: str) -> None:
    raw = report(status(action), text="Your message has news.\n", subject="News of a message")
    assert {classify(raw[:end])[0] for end in range(len(raw))}.isdisjoint({"fail"})


def test_a_report_that_a_gateway_wrapped_is_read() -> None:
    inner = report(status("failed", "5.1.1")).decode().replace("=_b", "=_c")
    raw = letter("--=_b\nContent-Type: message/rfc822\n\n" + inner + "\n--=_b--\n",
                 content_type='multipart/mixed; boundary="=_b"')  # fmt: skip
    assert classify(raw) == ("fail", WHOM)


def test_a_returned_copy_that_is_itself_a_report_does_not_count() -> None:
    outer = report(
        status("delayed", "4.0.0"),
        copy=report(status("failed", address="x@y.example")).decode().replace("=_b", "=_c"),
    )
    assert classify(outer) == ("delay", WHOM)


@pytest.mark.parametrize(
    "more",
    [
        {"auto_submitted": "auto-replied"},
        {"x_autoreply": "yes"},
        {"x_autorespond": "Note No. TTF/374"},
        {"precedence": "auto_reply"},
        {"subject": "Automatic reply: Note No. TTF/374"},
        {"subject": "Out of Office: Note"},
        {"subject": "=?utf-8?b?0JDQstGC0L7QvNCw0YLQuNGH0LXRgdC60LjQuSDQvtGC0LLQtdGC?="},
        {"subject": "自動応答: 口上書"},
        {"subject": "رد تلقائي: مذكرة"},
    ],
)
def test_automatic_replies_are_told_by_headers_and_by_subjects(more: dict[str, str]) -> None:
    text = "I am away. Messages to this mailbox are not delivered; write to deputy@mfa.example."
    more = {"subject": "Re: Note", "return_path": "<>", **more}
    assert classify(letter(text, HUMAN, **more)) == ("auto", set())


def test_a_read_receipt_is_a_note_at_the_side() -> None:
    fields = f"Final-Recipient: rfc822; {ADDRESS}\nOriginal-Message-ID: {NOTE_ID}\n"
    fields += "Disposition: manual-action/MDN-sent-manually; displayed\n"
    outer = 'multipart/report; report-type=disposition-notification; boundary="=_b"'
    raw = report(
        fields, kind="message/disposition-notification", outer=outer, sender=HUMAN, subject="Read: Note"
    )
    read = parse(raw)
    assert (read.category, read.notes) == (Category.AUTO, frozenset({Note.READ_RECEIPT}))
    assert NOTE_ID in read.message_ids
    unread = parse(raw.replace(b"; displayed", b"; deleted"))
    assert (unread.category, unread.notes) == (Category.AUTO, frozenset({Note.DISCARDED_UNREAD}))


def test_a_feedback_report_is_a_complaint() -> None:
    fields = "Feedback-Type: abuse\nUser-Agent: Loop/1\nVersion: 1\nOriginal-Rcpt-To: a@b.example\n"
    outer = 'multipart/report; report-type=feedback-report; boundary="=_b"'
    read = parse(report(fields, kind="message/feedback-report", outer=outer, subject="FW: Note"))
    assert (read.category, read.notes) == (Category.COMPLAINT, frozenset({Note.COMPLAINT}))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('{"notificationType":"Bounce","bounce":{"bounceType":"Permanent","bouncedRecipients":[{"emailAddress":"%s"}]}}', ("fail", WHOM)),
        ('{"notificationType":"Bounce","bounce":{"bounceType":"Transient","bouncedRecipients":[{"emailAddress":"%s"}]}}', ("delay", WHOM)),
        ('{"notificationType":"Bounce","bounce":{"bounceType":"Transient","bouncedRecipients":[{"emailAddress":"%s","action":"failed"}]}}', ("fail", WHOM)),
        ('{"notificationType":"Delivery","delivery":{"recipients":["%s"]}}', ("ok", WHOM)),
        ('{"notificationType":"Complaint","complaint":{"user":"%s"}}', ("complaint", set())),
    ],
)  # fmt: skip
def test_a_hosted_relays_notification_is_read(text: str, expected: tuple[str, set[str]]) -> None:
    assert classify(letter(text % ADDRESS, "no-reply@sns.amazonaws.com", subject="Notification")) == expected


def test_only_envelope_recipient_and_envelope_id_give_tokens() -> None:
    assert tokens(report(status()), RETURN_PATH) == (TOKEN,)
    other = report(
        status().replace(f"Original-Envelope-Id: {TOKEN}\n", ""),
        delivered_to="bounces+other1@secretariat.example",
    )
    assert tokens(other, RETURN_PATH) == ("other1", TOKEN)  # Two that disagree: nothing may be moved.
    quoted = letter(
        f"> To: bounces+{TOKEN}@secretariat.example\n{NOTE_ID}\n" + status(),
        HUMAN, to="registry@secretariat.example", references=f"<bounces+{TOKEN}@secretariat.example>", **REPLY,
    )  # fmt: skip
    assert tokens(quoted, RETURN_PATH) == ()
    assert parse(quoted).message_ids == (NOTE_ID, f"<bounces+{TOKEN}@secretariat.example>")
    with pytest.raises(ValueError, match="token"):
        tokens(quoted, "bounces@secretariat.example")


def test_a_copy_inside_the_report_gives_no_token() -> None:
    copy = f"Delivered-To: bounces+{TOKEN}@secretariat.example\nOriginal-Envelope-Id: {TOKEN}\n" + COPY
    raw = report(
        status().replace(f"Original-Envelope-Id: {TOKEN}\n", ""),
        copy=copy,
        to="postmaster@secretariat.example",
    )
    assert tokens(raw, RETURN_PATH) == ()


def test_an_encoded_envelope_id_is_decoded() -> None:
    raw = report(status().replace(f"Id: {TOKEN}", "Id: a+2Bb+3Dc"), to="postmaster@secretariat.example")
    assert tokens(raw, RETURN_PATH) == ("a+b=c",)


@pytest.mark.parametrize("action", ["delivered", "delayed", "relayed", "expanded"])
@pytest.mark.parametrize(
    ("before", "after"),
    [
        (
            b"--=_b\nContent-Type: message/delivery-status",
            b"--=_b--\n--=_b\nContent-Type: message/delivery-status",
        ),
        (b"Content-Type: message/delivery-status\n\n", b"Content-Type: application/octet-stream\n\nx\n\n"),
        (b"--=_b\nContent-Type: text/plain", b"--=_c\n\n--=_c--\n"),
    ],
    ids=["closed early", "of a foreign type", "of another boundary"],
)
def test_a_text_of_failure_does_not_outweigh_an_action_that_a_broken_structure_hides(
    action: str, before: bytes, after: bytes
) -> None:
    """Somewhere in the message stands an Action that is no failure: then a person has to look, at the least."""
    raw = report(
        status(action, "2.0.0"), text=f"Your message could not be delivered:\n\n<{ADDRESS}>: 550 no\n"
    )
    assert before in raw
    assert classify(raw.replace(before, after))[0] != "fail"
    failed = raw.replace(before, after).replace(f"Action: {action}".encode(), b"Action: failed")
    assert classify(failed)[0] in {"fail", "unknown"}
