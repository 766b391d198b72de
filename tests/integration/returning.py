"""Mail that comes back to an attempt, for tests of what follows from it."""

from __future__ import annotations

import secrets

from workflow.models import Attempt, Delivery, ReturnedMessage
from workflow.operations import returned_mail
from workflow.operations.context import Work
from workflow.post.office import reports
from workflow.states import DeliveryQueue


def origin(work: Work, delivery: Delivery) -> reports.Origin:
    """What the relay knows of a new attempt of the delivery."""
    attempt = Attempt(
        delivery_id=delivery.id,
        number=len(delivery.attempts) + 1,
        token=secrets.token_hex(16),
        address=delivery.address,
        prepared_at=work.now(),
        sending_at=work.now(),
    )
    delivery.attempts.append(attempt)
    delivery.queue = DeliveryQueue.DONE
    work.session.flush()
    return reports.Origin(
        identifier=f"{attempt.id}",
        sender=work.settings.return_path.replace("{token}", attempt.token),
        recipient=attempt.address,
        original_recipient="",
        envid=attempt.token,
        full=False,
        arrived=work.now(),
        content=f"Message-ID: {delivery.message_id}\r\nSubject: a note\r\n\r\ntext\r\n".encode(),
    )


def bounced(work: Work, delivery: Delivery) -> ReturnedMessage:
    """A report that the delivery failed for good, taken in."""
    found = origin(work, delivery)
    raw = reports.report(found, "failed", "5.1.1", "550 no such mailbox", work.now())
    return returned_mail.process(work, f"Delivered-To: {found.sender}\r\n".encode() + raw)


def answered(work: Work, delivery: Delivery, text: str) -> ReturnedMessage:
    """A person's answer to the message of the delivery, taken in."""
    found = origin(work, delivery)
    raw = reports.human_reply(found, delivery.address, text, work.now())
    return returned_mail.process(work, f"Delivered-To: {found.sender}\r\n".encode() + raw)
