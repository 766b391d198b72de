"""The page where an address answers whether a change of it is right.

No account: the link says who.  A GET shows and changes nothing, since mail gateways open links by themselves.
"""

from __future__ import annotations

from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask_babel import force_locale
from werkzeug.wrappers import Response

from web.access import allowed_public
from web.frame import LANGUAGES
from web.pages._routes import at
from web.session import looking, writing
from web.views.directory import AddressPage
from workflow.clock import day_in
from workflow.errors import Conflict, Invalid
from workflow.models import AddressCheck, Contact, ContactCertificate
from workflow.models.directory import ContactState
from workflow.operations import address_checks, address_mail, directory
from workflow.operations.context import Work

blueprint = Blueprint("address", __name__)

BY_LINK = "The link is personal and cannot be guessed; it says which address opens it."


@at(blueprint, "show")
@allowed_public(BY_LINK)
def show(token: str) -> Any:
    """What is asked of this address; posted, what it says."""
    if request.method == "GET":
        with looking() as work:
            return _page(work, token, *address_checks.open_link(work, token))
    said = request.form.get("answer")
    if said not in ("agree", "object"):
        raise Invalid("answer-missing", "Choose whether the address is right.")
    try:
        with writing() as work:
            row, _ = address_checks.answer(work, token, said == "agree")
            language = _language(row)
    except Conflict:
        with looking() as work:
            return _page(work, token, *address_checks.open_link(work, token)), 409
    return _again(token, language)


def _again(token: str, language: str) -> Response:
    return redirect(url_for("address.show", token=token, lang=language), 303)  # type: ignore[return-value]


def _language(row: AddressCheck) -> str:
    asked = request.values.get("lang", "")
    if asked in LANGUAGES:
        return asked
    return row.language if row.language in LANGUAGES else LANGUAGES[0]


def _page(work: Work, token: str, row: AddressCheck, contact: Contact) -> str:
    profile, language = work.profile, _language(row)
    shown = language if language in profile.languages else profile.source_language
    wording = profile.languages[shown].wording
    old = work.session.get(Contact, contact.replaces_id) if contact.replaces_id else None
    open_still = address_checks.is_open(work, row, contact, agreed=False)
    certificate = work.session.get(ContactCertificate, row.certificate_id) if row.certificate_id else None
    page = AddressPage(
        token=token,
        head=tuple(wording.letterhead) or (wording.title,),
        member=directory.name_of(contact.member, shown, work.today()),
        address=contact.address,
        replaces=old.address if old else "",
        side=row.side,
        state=row.answer or ("open" if open_still else "settled"),
        in_force=contact.state is ContactState.CONFIRMED and row.side == "old",
        fingerprint=address_mail.grouped(certificate.digest) if certificate else "",
        until=day_in(certificate.not_after, work.zone) if certificate else None,
        language=language,
        languages=LANGUAGES,
        registry_address=work.settings.sender,
    )
    with force_locale(language):
        return render_template("address.html", page=page)
