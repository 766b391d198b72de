"""Returned mail of our own making: one maker per kind, so that a test says what differs."""

from __future__ import annotations

ADDRESS = "registry@mfa.example"
TOKEN = "k7Qz2mB9xW4nT6pR"
RETURN_PATH = "bounces+{token}@secretariat.example"
NOTE_ID = "<ttf-374.8c1f@secretariat.example>"

COPY = f"""From: Secretariat <notes@secretariat.example>
To: {ADDRESS}
Message-ID: {NOTE_ID}
Subject: Note No. TTF/374

The Secretariat presents its compliments.
"""


def headers(sender: str = "Mail Delivery System <mailer-daemon@relay.example>", **more: str) -> str:
    """The head of a message to the return path; `auto_submitted="…"` becomes Auto-Submitted."""
    fields = {
        "from": sender,
        "to": f"bounces+{TOKEN}@secretariat.example",
        "subject": "Undelivered Mail Returned to Sender",
        "message-id": "<1@relay.example>",
        "mime-version": "1.0",
    }
    fields.update({name.replace("_", "-"): value for name, value in more.items()})
    return "".join(f"{name.title()}: {value}\n" for name, value in fields.items() if value)


def letter(
    body: str, sender: str = "Mail Delivery System <mailer-daemon@relay.example>", **more: str
) -> bytes:
    """A message of one text part."""
    more.setdefault("content_type", "text/plain; charset=utf-8")
    return (headers(sender, **more) + "\n" + body).encode()


def status(action: str = "failed", code: str = "5.1.1", address: str = ADDRESS, **fields: str) -> str:
    """The fields of a delivery report on one recipient."""
    lines = ["Reporting-MTA: dns; relay.example", f"Original-Envelope-Id: {TOKEN}", ""]
    lines += [f"Final-Recipient: rfc822; {address}"]
    lines += [f"Action: {action}"] if action else []
    lines += [f"Status: {code}"] if code else []
    lines += [f"{name.replace('_', '-').title()}: {value}" for name, value in fields.items()]
    return "\n".join(lines) + "\n"


def report(
    fields: str,
    text: str = "This is the mail system of relay.example.\n",
    kind: str = "message/delivery-status",
    outer: str = 'multipart/report; report-type=delivery-status; boundary="=_b"',
    sender: str = "Mail Delivery System <mailer-daemon@relay.example>",
    copy: str = COPY,
    **more: str,
) -> bytes:
    """A delivery report in three parts: text, fields, copy."""
    parts = [
        f"Content-Type: text/plain; charset=utf-8\n\n{text}",
        f"Content-Type: {kind}\n\n{fields}",
        f"Content-Type: message/rfc822\n\n{copy}",
    ]
    body = "".join(f"--=_b\n{part}\n" for part in parts) + "--=_b--\n"
    return (headers(sender, content_type=outer, **more) + "\n" + body).encode()
