"""The post: the relay, S/MIME, the mailbox of returned mail, the mails to people of the house."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from web.doctor.found import Found
from workflow import schema
from workflow.clock import system_clock
from workflow.config import Settings
from workflow.errors import Refusal
from workflow.means import Means
from workflow.operations import certificates, mailbox_faults, notice_mail
from workflow.post.certificate import WARNING, addresses, ends
from workflow.post.mailbox import open_mailbox
from workflow.post.smime import Signer
from workflow.post.smtp import Relay


def relay(settings: Settings) -> Iterator[Found]:
    """Whether the mail relay answers, and what it offers."""
    with Relay(settings.smtp_url.get_secret_value()) as relay:
        try:
            relay.open()
        except Refusal as refusal:
            if settings.mode == "embedded":
                yield Found(
                    "mail relay",
                    "note",
                    "the embedded post office does not run now; “chancery run” starts it",
                )
                return
            yield Found("mail relay", "fault", refusal.sentence + " Check CHANCERY_SMTP_URL.")
            return
        offers = [
            name for name in ("DSN", "PIPELINING", "8BITMIME", "SIZE", "SMTPUTF8") if name in relay.extensions
        ]
    yield Found("mail relay", "good", f"answers and offers {', '.join(offers)}")
    if "DSN" not in offers:
        yield Found(
            "mail relay",
            "note",
            "offers no delivery reports (DSN): receipts rest on the personal pages alone",
        )


def smime(settings: Settings) -> Iterator[Found]:
    """The certificate that messages are signed with, and until when it holds."""
    if settings.smime_certificate is None or settings.smime_key is None:
        return
    try:
        passphrase = settings.smime_passphrase.get_secret_value()
        signer = Signer.load(settings.smime_certificate, settings.smime_key, passphrase)
        signer.check(system_clock())
    except Refusal as refusal:
        yield Found("S/MIME", "fault", refusal.sentence)
        return
    end = ends(signer.certificate)
    state = "note" if end < system_clock() + WARNING else "good"
    yield Found("S/MIME", state, f"messages are signed; the certificate ends on {end:%Y-%m-%d}")
    if settings.sender.lower() not in addresses(signer.certificate):
        yield Found(
            "S/MIME",
            "note",
            f"the certificate does not name {settings.sender}, so mail programs will warn of the signature",
        )


def mailbox(settings: Settings) -> Iterator[Found]:
    """Whether the mailbox of returned mail can be read."""
    if (
        settings.mailbox.startswith("maildir://")
        and not Path(settings.mailbox.removeprefix("maildir://")).exists()
    ):
        yield Found(
            "mailbox of returned mail", "note", "is not there yet; the first returned message makes it"
        )
        return
    with open_mailbox(settings.mailbox):
        yield Found("mailbox of returned mail", "good", "can be read")
    means = Means.of(settings)
    try:
        if schema.current(means.database) != schema.head():
            return  # That is said of the database already.
        with means.look() as work:
            for row in mailbox_faults.standing(work):
                yield Found("mailbox of returned mail", "fault", str(row.sentence))
    finally:
        means.database.close()


def contact_certificates(settings: Settings) -> Iterator[Found]:
    """The certificates of contacts: those that ended, or soon will, and those that wait for a second person."""
    means = Means.of(settings)
    what = "certificates of contacts"
    try:
        if schema.current(means.database) != schema.head():
            return  # That is said of the database already.
        with means.look() as work:
            now, used = work.now(), certificates.in_use(work)
            ending = certificates.expiring(work, now + WARNING)
            waiting = len(certificates.all_waiting(work))
    finally:
        means.database.close()
    outcome = "leaves unencrypted" if settings.smime_unusable == "plain" else "is held"
    for row, contact in ending:
        day, over = f"{row.not_after:%Y-%m-%d}", row.not_after <= now
        words = f"ended on {day}, so mail to it {outcome}" if over else f"ends on {day}"
        yield Found(
            what,
            "fault" if over else "note",
            # The doctor's words may be kept in logs, which hold no address.
            f"that of contact {contact.id} ({contact.member.code}) {words}. Ask for a new one",
        )
    if waiting:
        yield Found(what, "note", f"{waiting} wait for a second person on the directory's pages")
    if used and not ending:
        yield Found(what, "good", f"mail to {used} contacts is encrypted")


def notices(settings: Settings) -> Iterator[Found]:
    """Mails to people of the house that wait."""
    means = Means.of(settings)
    try:
        if schema.current(means.database) != schema.head():
            return  # That is said of the database already.
        with means.look() as work:
            figures = notice_mail.status(work)
    finally:
        means.database.close()
    waiting, overdue, failed = figures["queued"], figures["overdue"], figures["failed"]
    if overdue:
        yield Found(
            "notices",
            "fault",
            f"{overdue} mails to people of the house have waited for more than an hour. Look at the worker and the relay.",
        )
    else:
        yield Found("notices", "good", f"{waiting} mails to people of the house wait for their time")
    if figures["unsure"]:
        yield Found(
            "notices",
            "note",
            f"{figures['unsure']} may have arrived or not: the line or the worker broke twice while they were sent",
        )
    if failed:
        yield Found(
            "notices", "note", f"{failed} were refused or returned: look at the addresses of the accounts"
        )
