"""The doctor: looks at every part that Chancery needs, and says what to do."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from workflow import config, schema
from workflow.clock import system_clock
from workflow.config import Settings
from workflow.db import Database
from workflow.errors import Refusal
from workflow.letters import conformance, data_example, data_file, enclosure, note_pdf
from workflow.letters import profile as profiles
from workflow.letters.seal import keys, opening
from workflow.means import Means
from workflow.operations import notice_mail, sealing
from workflow.post import wording as mails
from workflow.post.mailbox import open_mailbox
from workflow.post.smime import WARNING, Signer, addresses, ends
from workflow.post.smtp import Relay


@dataclass(frozen=True)
class Found:
    """One look: `state` is good, note (works with less) or fault; the sentence says what to do."""

    what: str
    state: str
    sentence: str


def examine() -> list[Found]:
    """Looks at everything; a part that is away never keeps the doctor from the next one."""
    try:
        settings = config.load()
    except Refusal as refusal:
        return [Found("settings", "fault", refusal.sentence)]
    found = [Found("settings", "good", f"mode {settings.mode}, profile {settings.profile}")]
    looks: tuple[tuple[str, Callable[[Settings], Iterator[Found]]], ...] = (
        ("profile", _profile),
        ("folders", _folders),
        ("database", _database),
        ("broker", _broker),
        ("mail relay", _relay),
        ("S/MIME", _smime),
        ("mailbox of returned mail", _mailbox),
        ("notices", _notices),
        ("fonts", _fonts),
        ("documents", _standards),
        ("seal", _seal),
        ("uploads", _uploads),
    )
    for what, look in looks:
        try:
            found.extend(look(settings))
        except Refusal as refusal:
            found.append(Found(what, "fault", refusal.sentence))
        except Exception as error:  # The doctor reports whatever it meets.
            found.append(Found(what, "fault", f"{type(error).__name__}: {error}"))
    return found


def _profile(settings: Settings) -> Iterator[Found]:
    profile = profiles.load(settings.profile)
    yield Found(
        "profile", "good", f"{profile.name}: {', '.join(profile.languages)}; {len(profile.members)} members"
    )
    for code in profile.languages:
        if mails.written_in(code) != code:
            yield Found(
                "profile",
                "note",
                f"there are no mails in {code}, so its contacts are written to in {mails.FALLBACK}; "
                f"templates/mail/{code}.toml would change that",
            )


def _folders(settings: Settings) -> Iterator[Found]:
    for folder in (settings.data_dir, settings.store_dir):
        try:
            folder.mkdir(parents=True, exist_ok=True)
            with tempfile.NamedTemporaryFile(dir=folder):
                pass
        except OSError as error:
            yield Found(
                "folders",
                "fault",
                f"{folder} cannot be written ({error.strerror}). Give the user that runs Chancery the right to.",
            )
            continue
        free = os.statvfs(folder).f_bavail * os.statvfs(folder).f_frsize
        state = "good" if free > 500_000_000 else "fault"
        hint = "" if state == "good" else " Free some space."
        yield Found("folders", state, f"{folder} can be written, {free // 1_000_000} MB free.{hint}")


def _database(settings: Settings) -> Iterator[Found]:
    database = Database(settings.database)
    try:
        database.ping()
        at, head = schema.current(database), schema.head()
        if at == head:
            yield Found("database", "good", f"answers, at migration {at}")
        else:
            yield Found(
                "database",
                "fault",
                f"is at migration {at or 'none'}, this program needs {head}. Run “chancery init”.",
            )
    finally:
        database.close()


def _broker(settings: Settings) -> Iterator[Found]:
    from tasks.app import configure

    app = configure(settings)
    try:
        with app.connection_for_write(connect_timeout=3) as connection:
            connection.ensure_connection(max_retries=1, timeout=3)
    except Exception as error:  # Each transport of the broker raises its own.
        yield Found(
            "broker",
            "fault",
            f"does not answer ({type(error).__name__}). Check CHANCERY_BROKER_URL. Nothing is lost meanwhile.",
        )
        return
    yield Found("broker", "good", settings.broker.partition("@")[2] or settings.broker)


def _relay(settings: Settings) -> Iterator[Found]:
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


def _smime(settings: Settings) -> Iterator[Found]:
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


def _mailbox(settings: Settings) -> Iterator[Found]:
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


def _notices(settings: Settings) -> Iterator[Found]:
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
    if failed:
        yield Found(
            "notices", "note", f"{failed} were refused or returned: look at the addresses of the accounts"
        )


def _fonts(settings: Settings) -> Iterator[Found]:
    profile = profiles.load(settings.profile)
    wanted = {family for language in profile.languages.values() for family in language.facts.fonts}
    missing = [
        package.name
        for package in note_pdf.font_packages()
        if wanted.intersection(package.families) and not Path(package.folder).is_dir()
    ]
    if missing:
        yield Found("fonts", "fault", f"Install the Debian packages {', '.join(missing)}.")
    else:
        yield Found("fonts", "good", f"all scripts of {', '.join(profile.languages)} can be drawn")


def _standards(settings: Settings) -> Iterator[Found]:
    """Draws a letter of each language and holds it against PDF/A and PDF/UA."""
    profile = profiles.load(settings.profile)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "example.toml"
        file.write_text(data_example.example(profile), encoding="utf-8")
        try:
            drawn = data_file.letters(profile, data_file.load(file))
        except Refusal:
            yield Found("documents", "note", "the profile has no whole example, so none was drawn")
            return
    for code, letter in drawn.items():
        for sentence in conformance.faults(note_pdf.render(letter)):
            yield Found("documents", "fault", f"{code}: {sentence}")
            return
    part = "PDF/A-3a with its DOCX" if profile.attach_docx else "PDF/A-2a"
    yield Found("documents", "good", f"{part} and PDF/UA-1 in {', '.join(drawn)}")


def _seal(settings: Settings) -> Iterator[Found]:
    place, now = settings.seal_place, system_clock()
    if place is None:
        yield Found(
            "seal", "note", "documents are not sealed; name a certificate in CHANCERY_SEAL_CERTIFICATE"
        )
        return
    for term in sealing.ending(settings, now):
        day = term.until.date().isoformat()
        yield Found(
            "seal",
            "fault" if term.ended else "note",
            f"the certificate of {term.holder} ended on {day}. Renew it: nothing can be sealed with it"
            if term.ended
            else f"the certificate of {term.holder} ends on {day}, in {term.days} days. Renew it in time",
        )
    if not place.has_key:
        yield Found("seal", "note", "this process has no key: it verifies, and a worker with the key seals")
        return
    with opening.signer(place, now):
        own = keys.read_certificates(place.certificate)[0]
        kept = "a token" if place.module else "a file"
        yield Found(
            "seal", "good", f"{keys.holder(own)}, key in {kept}, until {own.not_valid_after_utc.date()}"
        )
    stamps = settings.seal_timestamp_url.get_secret_value()
    if stamps:
        yield Found("seal", "good", f"time stamps from {urlsplit(stamps).hostname}")
    else:
        yield Found("seal", "note", "no time-stamp server: a seal proves its time by the register only")


def _uploads(settings: Settings) -> Iterator[Found]:
    layers = enclosure.layers()
    if not layers["libreoffice"]:
        yield Found(
            "uploads",
            "note",
            "LibreOffice is not installed: PDF enclosures work, DOCX needs the package libreoffice-writer-nogui",
        )
        return
    yield Found(
        "uploads", "good", f"{layers['libreoffice']}; converts {', '.join(layers['converts']) or 'nothing'}"
    )
    for kind, package in layers["lacks"].items():
        yield Found(
            "uploads", "note", f"{kind.upper()} enclosures are not taken; they need the package {package}"
        )
    if layers["isolation"]:
        yield Found("uploads", "good", f"conversion has no network ({layers['isolated_by']})")
    else:
        yield Found(
            "uploads",
            "note",
            "conversion cannot be kept from the network here, so DOCX intake is off. Run an isolated conversion "
            "worker, or allow it with CHANCERY_ALLOW_UNISOLATED_CONVERSION=1.",
        )
