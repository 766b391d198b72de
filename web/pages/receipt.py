"""The personal page of a contact: the documents, and the confirmation of their receipt.

No account: the link says who.  A GET shows and changes nothing, since mail gateways open links by
themselves; downloading and acknowledging are posted forms.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from babel import Locale
from flask import Blueprint, Response, redirect, render_template, request, url_for
from flask_babel import force_locale, gettext
from werkzeug.wrappers import Response as AnyResponse

from web.access import allowed_public
from web.frame import LANGUAGES
from web.pages import _files, _papers, _successors
from web.session import looking, writing
from web.sheets import slip as slips
from web.views.parts import NoteLine, Typed
from web.views.receipt import Acknowledged, ClosedPage, ReceiptFile, ReceiptPage
from workflow.errors import Gone, NotFound, Refusal
from workflow.models import Delivery, Note
from workflow.operations import directory, evidence, receipt
from workflow.operations.choices import require_day
from workflow.operations.context import Work
from workflow.operations.mailing import KINDS
from workflow.states import Human

blueprint = Blueprint("receipt", __name__)

BY_LINK = "The link is personal and cannot be guessed; it says who opens it."
FIELDS = {"wrong-code": "code", "bad-date": "date"}


@blueprint.get("/r/<token>")
@allowed_public(BY_LINK)
def show(token: str) -> str | tuple[str, int]:
    """The page; opening it changes nothing."""
    with looking() as work:
        try:
            delivery = receipt.open_link(work, token)
        except (NotFound, Gone) as refusal:
            return _closed(work, refusal)
        return _page(work, delivery, token, reported="reported" in request.args)


@blueprint.post("/r/<token>/documents/<document>")
@allowed_public(BY_LINK)
def download(token: str, document: str) -> Response | tuple[str, int]:
    """One document; that it was downloaded is noted."""
    with writing() as work:
        try:
            delivery = receipt.open_link(work, token)
        except (NotFound, Gone) as refusal:
            return _closed(work, refusal)
        item = receipt.download(work, delivery, document, request.form.get("nonce", ""))
        note = work.session.get_one(Note, delivery.note_id)
        content = work.store.get(item["sha256"])
        name = f"{note.name.replace('/', '-')}-{item['name']}"
    response = Response(content, mimetype=KINDS[item["format"]])
    response.headers.set("Content-Disposition", "attachment", filename=name)
    return response


@blueprint.post("/r/<token>/acknowledge")
@allowed_public(BY_LINK)
def acknowledge(token: str) -> AnyResponse | tuple[str, int]:
    """Receipt confirmed by name, office and the printed code; what is refused comes back as typed."""
    form = request.form
    with writing() as work:
        try:
            delivery = receipt.open_link(work, token)
        except (NotFound, Gone) as refusal:
            return _closed(work, refusal)
        try:
            said = receipt.Acknowledgement(
                form.get("name", ""),
                form.get("office", ""),
                form.get("reference", ""),
                _day(form.get("date", "")),
            )
            refusal = receipt.acknowledge(work, delivery, said, form.get("code", ""), form.get("nonce", ""))
        except Refusal as raised:
            refusal = raised
        if refusal is not None:
            return _page(work, delivery, token, refusal=refusal, typed=form)
        language = _language(delivery)
    return redirect(url_for("receipt.show", token=token, lang=language, _anchor="acknowledge"), 303)


@blueprint.post("/r/<token>/report")
@allowed_public(BY_LINK)
def report(token: str) -> AnyResponse | tuple[str, int]:
    """“Not for us”, or “our address has changed”: kept for the registry, nothing else changes."""
    form = request.form
    with writing() as work:
        try:
            delivery = receipt.open_link(work, token)
        except (NotFound, Gone) as refusal:
            return _closed(work, refusal)
        kind = "address_changed" if form.get("kind") == "address_changed" else "not_for_us"
        receipt.tell_wrong_recipient(work, delivery, form.get("message", ""), form.get("nonce", ""), kind)
        language = _language(delivery)
    return redirect(url_for("receipt.show", token=token, lang=language, reported=1), 303)


@blueprint.get("/r/<token>/slip.pdf")
@allowed_public(BY_LINK)
def slip(token: str) -> Any:
    """The slip of the confirmed receipt, in the language of the page; looking at it changes nothing."""
    with looking() as work:
        try:
            delivery = receipt.open_link(work, token)
        except (NotFound, Gone) as refusal:
            return _closed(work, refusal)
        note = work.session.get_one(Note, delivery.note_id)
        data = slips.make(work, delivery, _language(delivery))
        return _files.download(data, f"{_papers.stem(note)}-receipt.pdf")


def _page(
    work: Work,
    delivery: Delivery,
    token: str,
    *,
    refusal: Refusal | None = None,
    typed: Mapping[str, str] | None = None,
    reported: bool = False,
) -> Any:
    note = work.session.get_one(Note, delivery.note_id)
    approval = note.approval
    assert approval is not None and note.symbol is not None
    language = _language(delivery)
    text_language = delivery.language
    profile = work.profile
    wording = profile.languages[text_language].wording
    events = evidence.events_of(work, delivery)
    left = receipt.tries_left(work, delivery)
    page = ReceiptPage(
        token=token,
        nonce=request.form.get("nonce") or secrets.token_hex(16),
        note=NoteLine(
            note.reference, note.symbol, note.titles.get(text_language) or note.titles[note.source_language]
        ),
        head=tuple(wording.letterhead) or (wording.title,),
        addressee=directory.name_of(receipt.member_of(work, delivery), text_language, approval.dated),
        place=profile.place(text_language, approval.dated, "nominative"),
        dated=approval.dated,
        summary=(note.titles.get(text_language) or note.titles[note.source_language]).rstrip(".") + ".",
        files=_documents(delivery, events, language, note.titles),
        language=language,
        languages=LANGUAGES,
        registry_address=work.settings.sender,
        acknowledged=_acknowledged(events),
        successors=_successors.told(work, note, delivery),
        reported=reported,
        code_tries=left if left < receipt.TRIES_AN_HOUR else None,
    )
    status = 200
    if refusal is not None and typed is not None:
        status = refusal.status
        with force_locale(language):
            sentence = (
                gettext(refusal.message) % refusal.values if refusal.values else gettext(refusal.message)
            )
        field = FIELDS.get(refusal.code)
        if field is None and refusal.code == "incomplete":
            field = "name" if not typed.get("name", "").strip() else "office"
        kept = {name: typed.get(name, "") for name in ("name", "office", "reference", "date", "code")}
        page = replace(page, typed=Typed(kept, {field: sentence} if field else {}, "" if field else sentence))
    with force_locale(language):
        return render_template("receipt.html", page=page), status


def _closed(work: Work, refusal: Refusal) -> tuple[str, int]:
    """Why a link opens nothing; whoever has the link of a note that was withdrawn is told by what."""
    reason = {"link-revoked": "revoked", "link-expired": "expired", "note-withdrawn": "revoked"}
    profile = work.profile
    wording = profile.languages[profile.source_language].wording
    language = request.values.get("lang", "")
    shown = (
        language
        if language in LANGUAGES
        else (request.accept_languages.best_match(LANGUAGES) or LANGUAGES[0])
    )
    successor = None
    if isinstance(refusal, Gone):
        # It was this contact's own link: what was withdrawn stays closed, what withdrew it does not.
        mine = work.session.get_one(Delivery, refusal.values["delivery"])
        notice = work.session.get_one(Note, refusal.values["notice"])
        successor = _successors.one(work, notice, mine, work.session.get_one(Note, mine.note_id))
    page = ClosedPage(
        reason.get(refusal.code, "unknown"),
        tuple(wording.letterhead) or (wording.title,),
        work.settings.sender,
        shown,
        successor=successor,
    )
    with force_locale(shown):
        return render_template("receipt_closed.html", page=page), refusal.status


def _language(delivery: Delivery) -> str:
    """The language of the page: the one asked for, else the contact's, else English."""
    asked = request.values.get("lang", "")
    if asked in LANGUAGES:
        return asked
    return delivery.language if delivery.language in LANGUAGES else LANGUAGES[0]


def _documents(
    delivery: Delivery, events: Any, language: str, titles: Mapping[str, str]
) -> tuple[ReceiptFile, ...]:
    """The documents by language, the contact's own first, with each of their formats."""
    downloaded = {event.data.get("sha256"): event.at for event in events if event.kind == Human.DOWNLOADED}
    groups: dict[tuple[str, int, str], list[dict[str, Any]]] = {}
    for item in delivery.documents:
        groups.setdefault((item["kind"], item.get("ordinal", 0), item["language"]), []).append(item)

    def order(entry: tuple[tuple[str, int, str], list[dict[str, Any]]]) -> tuple[bool, bool, int]:
        (kind, ordinal, code), _ = entry
        return (
            code != delivery.language and kind == "note",
            kind == "note" and code != delivery.language,
            ordinal,
        )

    files = []
    for (kind, _ordinal, code), items in sorted(groups.items(), key=order):
        first = items[0]
        with force_locale(language):
            if kind == "note":
                title = gettext("Note in %(language)s", language=_language_name(code, language))
            else:
                named = first.get("titles", {})
                title = gettext(
                    "Enclosure: %(title)s",
                    title=named.get(delivery.language) or next(iter(named.values()), ""),
                )
        files.append(
            ReceiptFile(
                title=title,
                language=code,
                formats=tuple((item["format"].upper(), item["sha256"], item["size"]) for item in items),
                pages=next((item["pages"] for item in items if item["pages"]), 1),
                kind=kind,
                standing=first.get("standing", ""),
                digest=first["sha256"],
                downloaded=max(
                    (downloaded[i["sha256"]] for i in items if i["sha256"] in downloaded), default=None
                ),
            )
        )
    return tuple(files)


def _language_name(code: str, language: str) -> str:
    return Locale.parse(code).get_display_name(language) or code


def _acknowledged(events: Any) -> Acknowledged | None:
    for event in events:
        if event.axis == "human" and event.kind == Human.ACKNOWLEDGED:
            dated = event.data.get("dated")
            return Acknowledged(
                event.data.get("name", ""),
                event.data.get("office", ""),
                event.at,
                event.data.get("reference", ""),
                date.fromisoformat(dated) if dated else None,
            )
    return None


def _day(text: str) -> date | None:
    return require_day(text) if text.strip() else None
