"""The messages that ask about a changed address: built, handed to the relay, and its answer kept.

A try is counted and the next one's time committed before anything is sent, so that a crash leaves
a message that is sent again later.  Where it may have left already, the second copy has a mark, the same
Message-ID and the same link; where that one's outcome is unknown, too, a person decides.
"""

from __future__ import annotations

import string
import tomllib
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from sqlalchemy import or_, select, update

from workflow.means import Means
from workflow.models import AddressCheck, CheckState, Contact, ContactCertificate
from workflow.models.directory import ContactState
from workflow.operations import directory
from workflow.operations.address_checks import link_token
from workflow.operations.context import Work
from workflow.post import wording as mails
from workflow.post.address import return_path
from workflow.post.answers import RelayDown
from workflow.post.compose import Head, Party, message
from workflow.post.envelope import Envelope
from workflow.post.smtp import Relay
from workflow.post.wording import FOLDER, Wording
from workflow.states import Transport

WORDS = FOLDER / "address"
PLACES = frozenset({"organisation", "member", "new", "old", "link", "fingerprint", "until"})
FALLBACK = "en"
# What stands in place of the relay's answer when none came twice.
UNSURE = "The line broke twice while it was sent: it may have arrived once, twice or not at all."


@dataclass
class Asked:
    """What one run did: messages taken by the relay and refused by it, or why it stopped."""

    sent: int = 0
    refused: int = 0
    trouble: str = ""


@lru_cache(maxsize=32)
def wording(language: str, side: str) -> Wording:
    """The words of one message; English where there are none in the contact's language."""
    known = {path.stem for path in WORDS.glob("*.toml")}
    file = WORDS / f"{language if language in known else FALLBACK}.toml"
    table = tomllib.loads(file.read_text(encoding="utf-8"))[side]
    for text in table.values():
        unknown = {name for _, name, _, _ in string.Formatter().parse(text) if name} - PLACES
        if unknown:
            raise ValueError(f"{file.name} has unknown places: {', '.join(sorted(unknown))}")
    return Wording(table["subject"], table["body"].lstrip("\n"))


def due(work: Work) -> list[int]:
    """The ids of the messages that may leave now."""
    return list(
        work.session.scalars(
            select(AddressCheck.id)
            .join(Contact, Contact.id == AddressCheck.contact_id)
            .where(
                AddressCheck.state == CheckState.QUEUED,
                AddressCheck.due_at <= work.now(),
                or_(
                    Contact.state == ContactState.CHECKED,
                    # The old address is told even where the new one has agreed before its message left.
                    AddressCheck.side.in_(("old", "key")) & (Contact.state == ContactState.CONFIRMED),
                ),
            )
            .order_by(AddressCheck.id)
        )
    )


def send_due(means: Means, relay: Relay) -> Asked:
    """Sends what is due, one message at a time."""
    asked = Asked()
    with means.look() as work:
        waiting = due(work)
    for identity in waiting:
        try:
            # Asked before a try is counted: a relay that is away is nobody's failure.
            relay.open()
        except RelayDown as down:
            asked.trouble = down.answer.line
            return asked
        parcel = _claim(means, identity)
        if parcel is None:
            continue
        offered = relay.offer(*parcel)
        answer = offered.refusal or relay.transmit(offered)
        with means.work() as work:
            row = work.session.get_one(AddressCheck, identity)
            waits = work.settings.backoff_seconds
            if answer.transport is Transport.UNKNOWN:
                # No word of the relay is kept: the next try sees by that, as after a crash, that it may have left.
                row.due_at = work.now() + timedelta(seconds=work.settings.report_wait_seconds)
                continue
            row.relay_answer = answer.line
            if answer.transport is Transport.ACCEPTED:
                if row.state is CheckState.QUEUED:  # A report of its failure may have been faster.
                    row.state, row.sent_at = CheckState.SENT, work.now()
                asked.sent += 1
            elif answer.transport is Transport.REFUSED_PERM or row.tries > len(waits):
                row.state = CheckState.FAILED
                asked.refused += 1
            else:
                row.due_at = work.now() + timedelta(seconds=waits[row.tries - 1])
                asked.refused += 1
    return asked


def _claim(means: Means, identity: int) -> tuple[Envelope, bytes] | None:
    """Counts the try and builds the message; None when another worker was faster, or it is not due any more."""
    with means.work() as work:
        later = work.now() + timedelta(seconds=work.settings.stale_claim_seconds)
        row = work.session.get_one(AddressCheck, identity)
        again = row.tries > 0 and row.relay_answer is None
        if again and row.repeated and row.state is CheckState.QUEUED and row.due_at <= work.now():
            row.state, row.relay_answer = CheckState.FAILED, UNSURE
            return None
        done = work.session.execute(
            update(AddressCheck)
            .where(
                AddressCheck.id == identity,
                AddressCheck.state == CheckState.QUEUED,
                AddressCheck.due_at <= work.now(),
            )
            .values(
                due_at=later,
                tries=AddressCheck.tries + 1,
                relay_answer=None,
                repeated=AddressCheck.repeated | again,
            )
            .execution_options(synchronize_session=False)
        )
        if done.rowcount != 1:  # type: ignore[attr-defined]
            return None
        work.session.refresh(row)
        return _message(work, row)


def grouped(digest: str) -> str:
    """A SHA-256 as people compare it: in groups of four, eight of them a line."""
    parts = [digest[at : at + 4] for at in range(0, len(digest), 4)]
    return "\n".join(" ".join(parts[at : at + 8]) for at in range(0, len(parts), 8))


def _message(work: Work, row: AddressCheck) -> tuple[Envelope, bytes]:
    contact = work.session.get_one(Contact, row.contact_id)
    old = work.session.get(Contact, contact.replaces_id) if contact.replaces_id else None
    certificate = work.session.get(ContactCertificate, row.certificate_id) if row.certificate_id else None
    profile = work.profile
    shown = row.language if row.language in profile.languages else profile.source_language
    organisation = profile.languages[shown].wording.title
    values = {
        "organisation": organisation,
        "member": directory.name_of(contact.member, shown, work.today()),
        "new": contact.address,
        "old": row.address if certificate else old.address if old else "",
        "fingerprint": grouped(certificate.digest) if certificate else "",
        "until": f"{certificate.not_after:%Y-%m-%d}" if certificate else "",
        "link": f"{work.settings.base_url}/a/{link_token(work, row.message_id)}",
    }
    words = wording(row.language, row.side)
    text = words.body.format(**values)
    if row.repeated:
        text = f"{mails.load(row.language).possible_duplicate.strip()}\n\n{text}"
    head = Head(
        sender=Party(work.settings.sender, profile.mail.from_name.get(shown, organisation)),
        to=Party(row.address),
        reply_to=Party(work.settings.reply_address),
        subject=words.subject.format(**values),
        text=text,
        date=work.now().astimezone(ZoneInfo(work.zone)),
        message_id=row.message_id,
        language=row.language,
        duplicate_of_attempt=row.tries if row.repeated else None,
    )
    envelope = Envelope(return_path(work.settings.return_path, row.token), row.address, row.token)
    return envelope, message(head)
