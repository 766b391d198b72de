"""The forms of mail systems that have no standard report: each in a few words of its manner."""

from __future__ import annotations

import pytest

from tests.unit.returned_samples import ADDRESS, letter
from workflow.post.returned import classify

DAEMON = "Mail Delivery Subsystem <MAILER-DAEMON@relay.example>"
POSTMASTER = "Postmaster@mfa.example"

# (class, sender, subject, text)
FORMS = {
    "James": (
        "fail", POSTMASTER, "[BOUNCE]",
        "Hi. This is the James mail server.\nI'm afraid I wasn't able to deliver your message.\n\n"
        f"Message details:\n  MAIL FROM: notes@secretariat.example\n  RCPT TO: {ADDRESS}\n",
    ),
    "MailMarshal": (
        "fail", DAEMON, 'Undeliverable Mail: "Note"',
        "Your message:\n   From:    notes@secretariat.example\nCould not be delivered because of\n\n550 5.1.1 unknown\n\n"
        f"The following recipients were affected:\n    {ADDRESS}\n",
    ),
    "Domino": (
        "fail", POSTMASTER, "DELIVERY FAILURE: User not listed",
        f"Your message\n\n  Subject: Note\n\nwas not delivered to:\n\n  {ADDRESS}\n\nbecause:\n\n  User not listed\n",
    ),
    "Domino, French": (
        "fail", POSTMASTER, "ÉCHEC DE DISTRIBUTION : inconnu",
        f"Votre message\n\n  Objet : Note\n\nn'a pas été remis à :\n\n  {ADDRESS}\n\ncar :\n\n  Utilisateur inconnu\n",
    ),
    "GroupWise": (
        "fail", POSTMASTER, "Message status - undeliverable",
        f"The message that you sent was undeliverable to the following:\n\t{ADDRESS} (user not found)\n",
    ),
    "Exchange 2003": (
        "fail", "System Administrator <postmaster@mfa.example>", "Undeliverable: Note",
        "Your message did not reach some or all of the intended recipients.\n\n      Subject:\tNote\n\n"
        f"The following recipient(s) could not be reached:\n\n      {ADDRESS} on 4/29/2025 12:00 PM\n            no account\n",
    ),
    "Exchange Online": (
        "fail", "Microsoft Outlook <postmaster@mfa.example>", "Undeliverable: Note",
        f"Delivery has failed to these recipients or groups:\n\n{ADDRESS}<mailto:{ADDRESS}>\nIt couldn't be found.\n",
    ),
    "Exchange Online, delayed": (
        "delay", "Microsoft Outlook <postmaster@mfa.example>", "Delivery delayed: Note",
        f"Delivery is delayed to these recipients or groups:\n\n{ADDRESS}\n\nIt will continue to be attempted.\n",
    ),
    "X.400 gateway": (
        "fail", "System Administrator <postmaster@mfa.example>", "Undeliverable: Note",
        f"Your message\n\n  To:      list@else.example\n\ndid not reach the following recipient(s):\n\n"
        f"c=KZ;a= ;p=MFA;o=HQ;dda:SMTP={ADDRESS}; on Fri, 4 Oct 2024\n    The name is not recognized\n",
    ),
    "Courier": (
        "fail", '"Courier mail server at x" <@>', "NOTICE: mail delivery status.",
        f"UNDELIVERABLE MAIL\n\nYour message to the following recipients cannot be delivered:\n\n<{ADDRESS}>:\n"
        f"    mx [192.0.2.1]:\n>>> RCPT TO:<{ADDRESS}>\n<<< 550 5.1.1 unknown\n",
    ),
    "Courier, delayed": (
        "delay", '"Courier mail server at x" <@>', "NOTICE: mail delivery status.",
        f"DELAYED MAIL\n\nYour message to the following recipients has been delayed:\n\n<{ADDRESS}>:\n    timed out\n",
    ),
    "Sendmail, warning": (
        "delay", DAEMON, "Warning: could not send message for past 4 hours",
        f"THIS IS A WARNING MESSAGE ONLY\n\n<{ADDRESS}>... Deferred: Connection timed out\n",
    ),
    "MDaemon, delayed": (
        "delay", "MDaemon@relay.example", "Warning: delivery delayed",
        f"The attached message is still undelivered.\nThe server will continue trying for 3 days.\n\n{ADDRESS}\n",
    ),
    "Japanese carrier": (
        "fail", "Postmaster@carrier.example", "Mail System Error - Returned Mail",
        f"次のあて先へのメッセージはエラーのため送信できませんでした。\n\n    Recipient: <{ADDRESS}>\n",
    ),
    "Japanese mailbox": (
        "fail", "no-reply@carrier.example", "Mail",
        f"Your mail sent on: Mon, 3 Mar 2025\n     Could not be delivered to: <{ADDRESS}>\n     As their mailbox is full.\n",
    ),
    "Russian provider": (
        "fail", "mailer-daemon@provider.example", "Недоставленное сообщение",
        f"Ваше письмо не может быть\nотправлено одному или нескольким адресатам.\n\n<{ADDRESS}>: host mx said: 550\n",
    ),
    "Chinese provider": (
        "fail", "PostMaster@provider.example", "系统退信",
        f"抱歉，您的邮件被退回来了\n\n无法发送到 {ADDRESS}\n\n退信原因: 收件人邮件地址不存在\n",
    ),
    "Google": (
        "fail", "Mail Delivery Subsystem <mailer-daemon@googlemail.com>", "Delivery Status Notification (Failure)",
        f"Delivery to the following recipient failed permanently:\n\n     {ADDRESS}\n\n----- Original message -----\n\nX\n",
    ),
    "Google, no connection": (
        "delay", "Mail Delivery Subsystem <mailer-daemon@googlemail.com>", "Delivery Status Notification (Failure)",
        f"Delivery to the following recipient failed permanently:\n\n     {ADDRESS}\n\n"
        "The recipient server did not accept our requests to connect.\n",
    ),
    "local name only": (
        "fail", "Mail Delivery Subsystem <MAILER-DAEMON@mfa.example>", "Mail Delivery Problem",
        "Your mail to the following recipients could not be delivered:\n\tregistry\n",
    ),
}  # fmt: skip


@pytest.mark.parametrize("form", FORMS)
def test_the_form_is_read(form: str) -> None:
    kind, sender, subject, text = FORMS[form]
    assert classify(letter(text, sender, subject=subject)) == (kind, {ADDRESS})


@pytest.mark.parametrize("form", FORMS)
def test_a_person_who_quotes_the_form_is_no_mailer(form: str) -> None:
    _, _, subject, text = FORMS[form]
    quoted = "This came back, what now?\n\n" + "".join(f"> {line}\n" for line in text.splitlines())
    raw = letter(
        quoted, "Aigerim <aigerim@mfa.example>", subject=f"Fwd: {subject}", references="<1@relay.example>"
    )
    assert classify(raw) == ("unknown", set())
    bare = letter("Dear colleague,\n" + text, "Aigerim <aigerim@mfa.example>", subject="Question")
    assert classify(bare) == ("unknown", set())
