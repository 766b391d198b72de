"""A contact's certificates: looked at, proposed from a file, confirmed by another person, withdrawn."""

from __future__ import annotations

from flask import Blueprint, Response, render_template, request, url_for
from flask_babel import gettext

from web.access import allowed
from web.pages import _certificates, _directory, _files
from web.pages._forms import done, typed
from web.pages._ids import find_row, row_id
from web.pages._lines import names
from web.pages._refused import Answer, refused
from web.pages._routes import at
from web.session import looking, writing
from web.views.parts import UNTYPED, Typed
from workflow.errors import NotFound, Phrase, Refusal
from workflow.models import Contact
from workflow.operations import address_checks, certificates, directory, papers
from workflow.permissions import why_not_office
from workflow.post.certificate import MOST_BYTES
from workflow.states import Role

blueprint = Blueprint("certificates", __name__)

READERS = allowed(Role.DIRECTOR, actions=("propose_contact", "import_directory"))
FIELDS = {
    "certificate-missing": "certificate",
    "certificate-unreadable": "certificate",
    "certificate-key": "certificate",
    "certificate-usage": "certificate",
    "certificate-several": "certificate",
    "certificate-period": "certificate",
    "certificate-address": "certificate",
    "certificate-known": "certificate",
    "document-missing": "document",
    "reason-missing": "reason",
    "reason-long": "reason",
}


@at(blueprint, "show")
@READERS
def show(contact: str) -> str:
    """Which certificate mail is encrypted for, which one waits, and those of before."""
    return _page(contact)


def _page(contact: str, form: Typed = UNTYPED, *, unnamed: bool = False) -> str:
    with looking() as work:
        row = find_row(work, Contact, contact)
        page = _certificates.page(work, row, names(work), _directory.duties(work), form, unnamed=unnamed)
        return render_template("certificate.html", page=page)


@at(blueprint, "propose")
@allowed(actions="propose_contact")
def propose(contact: str) -> Answer:
    """A certificate from a file, with the document that it comes from."""
    try:
        with writing() as work:
            row = find_row(work, Contact, contact)
            refusal = why_not_office(work.actor, "propose_contact")
            if refusal is not None:
                raise refusal  # Nothing is kept of a file that nobody may hand in.
            given = _files.sent(
                "certificate",
                MOST_BYTES,
                code="certificate-missing",
                missing=Phrase("Choose the file of the certificate (.pem, .cer, .p7b)."),
            )
            document = _files.sent(
                "document",
                work.settings.upload_bytes,
                code="document-missing",
                missing=Phrase("Add the document that asks for it, such as the note verbale."),
            )
            papers.require_scan(document.name, document.data, "document-missing", mail=True)
            certificates.propose(
                work,
                row,
                given.data,
                request.form.get("reason", ""),
                source_file=work.store.put(document.data),
                other_address=bool(request.form.get("other_address")),
            )
            address = row.address
    except NotFound:
        raise
    except Refusal as refusal:
        unnamed = refusal.code == "certificate-address" or bool(request.form.get("other_address"))
        return _page(contact, typed(refusal, FIELDS), unnamed=unnamed), refusal.status
    words = gettext(
        "The certificate of %(address)s waits for a second person. Nothing is encrypted for it before.",
        address=address,
    )
    return done(words, "certificates.show", contact=contact)


@at(blueprint, "confirm")
@allowed(actions="confirm_contact")
def confirm(contact: str) -> Answer:
    """A second person's check of a certificate."""
    return _settle(contact, None)


@at(blueprint, "reject")
@allowed(actions="confirm_contact")
def reject(contact: str) -> Answer:
    """A certificate that shall not be used."""
    return _settle(contact, request.form.get("reason", ""))


def _settle(contact: str, reason: str | None) -> Answer:
    try:
        with writing() as work:
            row = find_row(work, Contact, contact)
            found = certificates.find(work, row, row_id(request.form.get("certificate", "")))
            if reason is None:
                certificates.confirm(work, found)
                words = gettext("Mail to %(address)s is encrypted from now on.", address=row.address)
            else:
                certificates.reject(work, found, reason)
                words = gettext("The certificate of %(address)s is rejected.", address=row.address)
    except Refusal as refusal:
        return _refused(refusal, contact)
    return done(words, "certificates.show", contact=contact)


@at(blueprint, "keep")
@allowed(actions="confirm_contact")
def keep(contact: str) -> Answer:
    """A certificate stays although its contact objects to it."""
    try:
        with writing() as work:
            row = find_row(work, Contact, contact)
            found = certificates.find(work, row, row_id(request.form.get("certificate", "")))
            address_checks.keep_certificate(work, found, request.form.get("reason", ""))
            words = gettext("The certificate of %(address)s stays.", address=row.address)
    except Refusal as refusal:
        return _refused(refusal, contact)
    return done(words, "certificates.show", contact=contact)


@at(blueprint, "withdraw")
@allowed(actions="retire_contact")
def withdraw(contact: str) -> Answer:
    """Mail to the contact is not encrypted any more."""
    try:
        with writing() as work:
            row = find_row(work, Contact, contact)
            certificates.withdraw(work, row, request.form.get("reason", ""))
            words = gettext("Mail to %(address)s is no longer encrypted.", address=row.address)
    except Refusal as refusal:
        return _refused(refusal, contact)
    return done(words, "certificates.show", contact=contact)


def _refused(refusal: Refusal, contact: str) -> Answer:
    return refused(refusal, url_for("certificates.show", contact=contact), gettext("Back to the certificate"))


@at(blueprint, "document")
@READERS
def document(contact: str, certificate: str) -> Response:
    """The document that a certificate comes from."""
    with looking() as work:
        row = directory.find_contact(work, row_id(contact))
        found = certificates.find(work, row, row_id(certificate))
        if found.source_file is None:
            raise NotFound("no-such-file", "No document was handed in with this certificate.")
        data = work.store.get(found.source_file)
        return _files.download(data, f"certificate-{row.member.code}-{found.id}.{_files.ending(data)}")


@at(blueprint, "file")
@READERS
def file(contact: str, certificate: str) -> Response:
    """The certificate itself, in PEM form, with its chain behind it."""
    with looking() as work:
        row = directory.find_contact(work, row_id(contact))
        found = certificates.find(work, row, row_id(certificate))
        if not found.pem:
            raise NotFound("no-such-file", "The certificate was erased.")
        return _files.download(
            (found.pem + found.chain).encode(), f"{row.member.code}-{found.digest[:12]}.pem"
        )
