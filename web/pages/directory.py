"""The directory: members and contacts, changes that a second person confirms, import from CSV."""

from __future__ import annotations

import re

from flask import Blueprint, Response, current_app, render_template, request, url_for
from flask_babel import gettext, ngettext
from itsdangerous import BadSignature, URLSafeSerializer
from sqlalchemy import select

from web.access import allowed
from web.pages import _directory, _files
from web.pages._forms import day_of, done, kept, typed
from web.pages._ids import find_row, row_id
from web.pages._lines import names, reader
from web.pages._refused import Answer, refused
from web.pages._routes import at
from web.problems import said
from web.session import looking, writing
from web.views.directory import DirectoryPage, ImportPage, ImportProblem
from web.views.parts import UNTYPED, Typed
from workflow.errors import NotFound, Phrase, Refusal
from workflow.models import Contact, Member
from workflow.operations import directory, importing
from workflow.operations.context import Work
from workflow.permissions import why_not_office
from workflow.states import Role

blueprint = Blueprint("directory", __name__)

READERS = allowed(Role.DIRECTOR, actions=("propose_contact", "import_directory"))
CSV_BYTES = 2_000_000
CHANNELS = {words: channel.value for channel, words in _directory.CHANNEL_WORDS.items()}
FIELDS = {
    "address": "address",
    "contact-known": "address",
    "no-such-language": "language",
    "source-missing": "reason",
    "contact-role": "role",
    "contact-channel": "channel",
    "contact-period": "valid_until",
    "bad-date": "valid_from",
    "document-missing": "document",
}


@at(blueprint, "index")
@READERS
def index() -> str:
    """The members of today in the reader's alphabet, and what waits for a second person."""
    with looking() as work:
        day, language = work.today(), reader(work.profile)
        by_member, failed, people = _directory.contacts(work), _directory.failing(work), names(work)
        members = directory.members_on(work.session, day)
        sort_key = work.profile.sort_key(language)
        members.sort(key=lambda one: sort_key(directory.name_of(one, language, day)))
        lines = [_directory.member_line(work, one, by_member.get(one.id, ()), failed) for one in members]
        query = request.args.get("q", "").strip()[:200]
        wanted = query.casefold()
        shown = [
            one
            for one in lines
            if wanted
            in f"{one.code} {one.name} {' '.join(f'{c.address} {c.office}' for c in one.contacts)}".casefold()
        ]
        waiting = sorted((one for each in by_member.values() for one in each), key=lambda one: one.id)
        page = DirectoryPage(
            members=tuple(shown),
            proposals=_directory.proposals(work, waiting, people) if not query else (),
            day=day,
            usable=sum(not one.problem for one in shown),
            query=query,
            may=_directory.duties(work),
        )
        return render_template("directory.html", page=page)


@at(blueprint, "member")
@READERS
def member(member: str) -> str:
    """One member whole."""
    with looking() as work:
        return _member(work, member, request.args.get("contact", ""))


def _member(work: Work, code: str, changing: str, form: Typed = UNTYPED) -> str:
    page = _directory.member_page(work, _find(work, code), names(work), changing=changing, typed=form)
    return render_template("member.html", page=page)


def _find(work: Work, code: str) -> Member:
    found = work.session.scalar(select(Member).where(Member.code == code.strip().upper()))
    if found is None:
        raise NotFound("no-such-member", "There is no member “%(code)s” in the directory.", code=code)
    return found


@at(blueprint, "propose")
@allowed(actions="propose_contact")
def propose(member: str) -> Answer:
    """A new or changed address, with the document that asks for it."""
    form = request.form
    old = form.get("contact", "")
    try:
        with writing() as work:
            row = _find(work, member)
            file = _files.sent(
                "document",
                work.settings.upload_bytes,
                code="document-missing",
                missing=Phrase("Add the document that asks for it, such as the note verbale."),
            )
            _files.require_picture(file, "document-missing", mail=True)
            contact = directory.propose_contact(
                work,
                row,
                form.get("address", ""),
                language=form.get("language", ""),
                source=form.get("reason", ""),
                office=form.get("office", ""),
                role=form.get("role", ""),
                channel=CHANNELS.get(form.get("channel", ""), form.get("channel", "")),
                replaces=row_id(old) if old else None,
                source_file=work.store.put(file.data),
                valid_from=day_of("valid_from"),
                valid_until=day_of("valid_until"),
            )
            address = contact.address
    except Refusal as refusal:
        with looking() as work:
            return _member(work, member, old, typed(refusal, FIELDS)), refusal.status
    words = gettext("%(address)s waits for a second person. Nothing is sent there before.", address=address)
    return done(words, "directory.member", member=member)


@at(blueprint, "confirm")
@allowed(actions="confirm_contact")
def confirm(proposal: str) -> Answer:
    """A second person's check of a proposed address."""
    return _settle(proposal, None)


@at(blueprint, "reject")
@allowed(actions="confirm_contact")
def reject(proposal: str) -> Answer:
    """A proposed address that shall not be used."""
    return _settle(proposal, request.form.get("reason", ""))


def _settle(key: str, reason: str | None) -> Answer:
    with looking() as work:
        code = find_row(work, Contact, key).member.code
    try:
        with writing() as work:
            contact = find_row(work, Contact, key)
            if reason is None:
                directory.confirm_contact(work, contact)
                words = gettext("%(address)s is in force.", address=contact.address)
            else:
                directory.reject_contact(work, contact, reason)
                words = gettext("%(address)s is rejected.", address=contact.address)
    except Refusal as refusal:
        return refused(refusal, url_for("directory.member", member=code), gettext("Back to the member"))
    return done(words, "directory.member", member=code)


@at(blueprint, "retire")
@allowed(actions="retire_contact")
def retire(contact: str) -> Answer:
    """Takes an address out of use."""
    with looking() as work:
        code = find_row(work, Contact, contact).member.code
    try:
        with writing() as work:
            row = find_row(work, Contact, contact)
            directory.retire_contact(work, row, request.form.get("reason", ""))
            words = gettext("%(address)s is not used any more.", address=row.address)
    except Refusal as refusal:
        return refused(refusal, url_for("directory.member", member=code), gettext("Back to the member"))
    return done(words, "directory.member", member=code)


@at(blueprint, "document")
@READERS
def document(document: str) -> Response:
    """The document that an address comes from."""
    with looking() as work:
        contact = find_row(work, Contact, document)
        if contact.source_file is None:
            raise NotFound("no-such-file", "No document was handed in with this address.")
        data = work.store.get(contact.source_file)
        kind = {"application/pdf": "pdf", "image/png": "png", "image/jpeg": "jpg"}.get(
            _files.media_type(data), "eml"
        )
        return _files.download(data, f"source-{contact.member.code}-{contact.id}.{kind}")


@at(blueprint, "load")
@allowed(actions="import_directory")
def load() -> Answer:
    """Import in two steps: a trial that writes nothing, then the very file that was tried."""
    if request.method == "GET":
        return _import()
    if request.form.get("step") != "write":
        return _trial()
    try:
        sha256, filename = _seal().loads(request.form.get("digest", ""))
        with writing() as work:
            outcome = _bring_in(work, work.store.get(sha256), dry_run=False)
    except BadSignature:
        return _import(form=kept({}, gettext("Try the file first."))), 422
    except Refusal as refusal:
        return _import(filename=filename, refusal=refusal), refusal.status
    if outcome.noun == "contacts":
        words = ngettext(
            "%(num)s contact waits for a second person.",
            "%(num)s contacts wait for a second person.",
            outcome.new,
        )
    else:
        words = ngettext(
            "%(num)s member is new in the directory.",
            "%(num)s members are new in the directory.",
            outcome.new,
        )
    return done(words, "directory.index")


def _trial() -> Answer:
    filename = ""
    try:
        file = _files.sent("file", CSV_BYTES, code="file-missing", missing=Phrase("Choose a CSV file."))
        filename = file.name
        with writing() as work:
            outcome = _bring_in(work, file.data, dry_run=True)
            digest = _seal().dumps([work.store.put(file.data), filename])
    except Refusal as refusal:
        return _import(filename=filename, refusal=refusal), refusal.status
    return _import(filename=filename, digest=str(digest), outcome=outcome)


def _seal() -> URLSafeSerializer:
    # Only a file that was tried here can be named for the import, not any file of the store.
    return URLSafeSerializer(str(current_app.secret_key), salt="directory import")


def _bring_in(work: Work, data: bytes, *, dry_run: bool) -> importing.Outcome:
    first = data[:4096].decode("utf-8-sig", errors="replace").partition("\n")[0].lower()
    columns = {name.strip().strip('"') for name in re.split("[,;]", first)}
    if {"code", "since"} <= columns:
        return importing.import_states(work, data, dry_run=dry_run)
    return importing.import_contacts(work, data, dry_run=dry_run)


def _import(
    *,
    filename: str = "",
    digest: str = "",
    outcome: importing.Outcome | None = None,
    refusal: Refusal | None = None,
    form: Typed = UNTYPED,
) -> str:
    problems = []
    if refusal is not None:
        lines = [item.values for item in refusal.details if isinstance(item, Phrase)]
        problems = [ImportProblem(one["line"], str(said(one["fault"]))) for one in lines]
        form = UNTYPED if problems else typed(refusal, {"file-missing": "file"})
    with looking() as work:
        proposes = why_not_office(work.actor, "propose_contact") is None
        states = importing.STATE_COLUMNS + tuple(f"name_{code}" for code in work.profile.languages)
    page = ImportPage(
        columns=importing.CONTACT_COLUMNS if proposes else states,
        checked=outcome is not None or bool(problems),
        filename=filename,
        digest=digest,
        lines=outcome.new + outcome.known if outcome else len(problems),
        additions=outcome.new if outcome else 0,
        unchanged=outcome.known if outcome else 0,
        problems=tuple(problems),
        typed=form,
        max_bytes=CSV_BYTES,
    )
    return render_template("import.html", page=page)
