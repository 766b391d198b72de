"""flufl.bounce as one more reader, for forms that only it knows.

It tells failure from delay less strictly than we do, so it is asked only about the text of a program
that returns mail, after our own readers saw no sign of a delay in it, and on a message that we build
ourselves: the hostile original never reaches it.
"""

from __future__ import annotations

from email.header import Header
from email.message import Message as StandardMessage

from flufl.bounce import all_failures

from workflow.post.returned.message import Message

TEXT_LIMIT, LINE_LIMIT = 16 * 1024, 500


def failures(message: Message, text: str) -> list[str]:
    """The lower-case addresses that flufl.bounce finds failed in `text`, for a message with these headers."""
    built = StandardMessage()
    for name in ("From", "To", "Subject", "X-Mailer"):
        if value := message.header(name.lower())[:500]:
            built[name] = value if value.isascii() else Header(value, "utf-8").encode()
    built["Content-Type"] = "text/plain"
    lines = [line[:LINE_LIMIT] for line in text[:TEXT_LIMIT].split("\n")]
    built.set_payload("\n".join(lines).encode("ascii", "replace").decode())
    _, failed = all_failures(built)
    found = {address.decode("ascii", "replace").lower() for address in failed if isinstance(address, bytes)}
    return sorted(address for address in found if 2 < len(address) < 255 and "@" in address)
