"""The directory: members and contacts, changes that a second person confirms, import from CSV."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, Response, render_template, request, url_for
from flask_babel import gettext, ngettext
from sqlalchemy import select

import tasks.offer
from web.access import allowed
from web.pages import _directory, _files, _proposals, _tables
from web.pages._forms import day_of, done, typed
from web.pages._ids import find_row, row_id
from web.pages._lines import names, reader
from web.pages._refused import Answer, refused
from web.pages._routes import at
from web.session import looking, writing
from web.views.directory import DirectoryPage
from web.views.parts import UNTYPED, Typed
from workflow.errors import NotFound, Phrase, Refusal
from workflow.models import Contact, Member
from workflow.models.directory import ContactState
from workflow.operations import address_checks, address_use, directory, erasing, exporting, mending, papers
from workflow.operations.context import Work
from workflow.states import Role

blueprint = Blueprint("directory", __name__)

READERS = allowed(Role.DIRECTOR, actions=("propose_contact", "import_directory"))
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
        shared_by = address_use.shared_addresses(work)
        lines = [
            _directory.member_line(work, one, by_member.get(one.id, ()), failed, shared_by) for one in members
        ]
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
            proposals=_proposals.shown(work, waiting, people) if not query else (),
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
            papers.require_scan(file.name, file.data, "document-missing", mail=True)
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
            again = mending.ask_to_resend(work, contact) if form.get("resend") else 0
            address = contact.address
            others = address_use.sharers(work, contact)
    except Refusal as refusal:
        with looking() as work:
            return _member(work, member, old, typed(refusal, FIELDS)), refusal.status
    words = gettext("%(address)s waits for a second person. Nothing is sent there before.", address=address)
    if again:
        words += " " + ngettext(
            "Then %(num)s note that came back is sent there by itself.",
            "Then %(num)s notes that came back are sent there by themselves.",
            again,
        )
    if others:
        words += " " + gettext(
            "The same address as of %(codes)s: each gets a message of its own.", codes=", ".join(others)
        )
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
                if contact.state is ContactState.CHECKED:
                    words = gettext(
                        "%(address)s is asked to confirm it. Until it answers, nothing changes.",
                        address=contact.address,
                    )
            else:
                directory.reject_contact(work, contact, reason)
                words = gettext("%(address)s is rejected.", address=contact.address)
    except Refusal as refusal:
        return refused(refusal, url_for("directory.member", member=code), gettext("Back to the member"))
    tasks.offer.asking()
    return done(words, "directory.member", member=code)


@at(blueprint, "release")
@allowed(actions="confirm_contact")
def release(contact: str) -> Answer:
    """Puts a changed address in force by a person's word."""
    return _decide(
        contact, address_checks.release, lambda address: gettext("%(address)s is in force.", address=address)
    )


@at(blueprint, "erase")
@allowed(actions="erase_personal")
def erase(contact: str) -> Answer:
    """Erases the personal data of a contact that is out of use, by a decision that is kept."""

    def verb(work: Work, row: Contact, decision: str) -> None:
        erasing.erase_contact(work, row, decision, papers=bool(request.form.get("papers")))

    return _decide(contact, verb, lambda _: gettext("The personal data of the contact are erased."))


@at(blueprint, "give_up")
@allowed(actions="confirm_contact")
def give_up(contact: str) -> Answer:
    """Ends a changed address that was asked and shall not be used."""
    return _decide(
        contact,
        directory.reject_contact,
        lambda address: gettext("%(address)s is rejected.", address=address),
    )


def _decide(key: str, verb: Callable[[Work, Contact, str], object], say: Callable[[str], str]) -> Answer:
    with looking() as work:
        code = find_row(work, Contact, key).member.code
    try:
        with writing() as work:
            row = find_row(work, Contact, key)
            verb(work, row, request.form.get("reason", ""))
            words = say(row.address)
    except Refusal as refusal:
        return refused(refusal, url_for("directory.member", member=code), gettext("Back to the member"))
    return done(words, "directory.member", member=code)


@at(blueprint, "table")
@READERS
def table() -> Response:
    """The contacts that are in force or wait, with the columns that the import takes."""
    with looking() as work:
        return _tables.table("contacts.csv", exporting.COLUMNS, exporting.contacts(work))


@at(blueprint, "book")
@READERS
def book() -> Response:
    """The same as a workbook."""
    with looking() as work:
        return _tables.book("contacts.xlsx", "contacts", exporting.COLUMNS, exporting.contacts(work))


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
        return _files.download(data, f"source-{contact.member.code}-{contact.id}.{_files.ending(data)}")
