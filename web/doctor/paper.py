"""The documents: fonts, standards, the seal, what becomes of uploads."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

from web.doctor.found import Found
from workflow.clock import system_clock
from workflow.config import Settings
from workflow.errors import Refusal
from workflow.letters import conformance, data_example, data_file, enclosure, note_pdf
from workflow.letters import profile as profiles
from workflow.letters.seal import keys, opening
from workflow.operations import sealing


def fonts(settings: Settings) -> Iterator[Found]:
    """Whether every script of the profile can be drawn."""
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


def standards(settings: Settings) -> Iterator[Found]:
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


def seal(settings: Settings) -> Iterator[Found]:
    """The seal's key and certificate, and until when it holds."""
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


def uploads(settings: Settings) -> Iterator[Found]:
    """What uploads can be converted, and behind which walls."""
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
