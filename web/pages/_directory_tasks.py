"""What the directory asks of the registry: changes to check, answers to settle, contacts and certificates that end."""

from __future__ import annotations

from collections.abc import Iterator

from flask import url_for
from flask_babel import gettext, ngettext
from sqlalchemy import select

from web.formats import write_day
from web.pages import _lines, _waiting
from web.problems import said
from web.views.desk import Task
from workflow.clock import day_in
from workflow.models import Contact
from workflow.models.directory import ContactState
from workflow.operations import address_checks, certificates, directory, reach
from workflow.operations.context import Work
from workflow.post.certificate import WARNING

# How many states a line names.
NAMED = 8


def tasks(work: Work) -> Iterator[Task]:
    """One line for each thing."""
    yield from _proposals(work)
    yield from _settling(work)
    yield from _reach(work)
    yield from _certificates(work)


def _settling(work: Work) -> Iterator[Task]:
    """Changed addresses that were objected to, did not get the question, or stay silent."""
    for row, contact in address_checks.in_trouble(work):
        yield Task(
            gettext("Settle a certificate") if row.side == "key" else gettext("Settle a change of address"),
            str(said(address_checks.trouble_words(row))),
            None,
            "late" if row.answer == "objected" else "asked",
            url_for("certificates.show", contact=contact.id)
            if row.side == "key"
            else url_for("directory.member", member=contact.member.code, _anchor=f"contact-{contact.id}"),
            gettext("Look"),
            due_note=_waiting.waited(work.now() - (row.answered_at or row.sent_at or row.due_at)),
            about=gettext("Directory"),
        )


def _reach(work: Work) -> Iterator[Task]:
    """States that a note of today would not reach, and those whose last contact ends soon."""
    language = _lines.reader(work.profile)
    found = reach.reach(work)
    if found.without:
        key = work.profile.sort_key(language)
        names = sorted((directory.name_of(one, language, work.today()) for one in found.without), key=key)
        shown = ", ".join(names[:NAMED]) + ("…" if len(names) > NAMED else "")
        yield Task(
            ngettext(
                "Find a contact for %(num)s state", "Find a contact for %(num)s states", len(found.without)
            ),
            gettext("A note would not reach: %(states)s", states=shown),
            None,
            "waiting",
            url_for("directory.index"),
            gettext("Look"),
            gettext("no contact"),
            about=gettext("Directory"),
        )
    for contact in found.ending:
        assert contact.valid_until is not None
        left = (contact.valid_until - work.today()).days
        yield Task(
            gettext("Ask for the next address"),
            gettext(
                "%(state)s: %(address)s is the last contact, and its days end",
                state=directory.name_of(contact.member, language, work.today()),
                address=contact.address,
            ),
            None,
            "due",
            url_for("directory.member", member=contact.member.code, contact=contact.id, _anchor="propose"),
            gettext("Look"),
            write_day(contact.valid_until, "due"),
            ngettext("in %(num)s day", "in %(num)s days", left) if left else gettext("today"),
            about=gettext("Directory"),
        )


def _certificates(work: Work) -> Iterator[Task]:
    """Certificates of contacts that a second person has to check, and those that have ended or soon will."""
    language = _lines.reader(work.profile)
    for row, contact in certificates.all_waiting(work):
        if row.added_by == work.actor.id:
            continue
        yield Task(
            gettext("Check a certificate"),
            gettext(
                "%(state)s: %(address)s. Source: %(source)s",
                state=directory.name_of(contact.member, language, work.today()),
                address=contact.address,
                source=row.source,
            ),
            None,
            "quarantine",
            url_for("certificates.show", contact=contact.id),
            gettext("Check"),
            due_note=_waiting.waited(work.now() - row.added_at),
            about=gettext("Directory"),
        )
    for row, contact in certificates.expiring(work, work.now() + WARNING):
        over, until = row.not_after <= work.now(), day_in(row.not_after, work.zone)
        left = (until - work.today()).days
        yield Task(
            gettext("Ask for a new certificate"),
            gettext(
                "%(state)s: mail to %(address)s is encrypted by it",
                state=directory.name_of(contact.member, language, work.today()),
                address=contact.address,
            ),
            None,
            "late" if over else "due",
            url_for("certificates.show", contact=contact.id),
            gettext("Look"),
            write_day(until, "due"),
            gettext("has ended") if over else ngettext("in %(num)s day", "in %(num)s days", left),
            about=gettext("Directory"),
        )


def _proposals(work: Work) -> Iterator[Task]:
    wanted = select(Contact).where(
        Contact.state == ContactState.PROPOSED, Contact.proposed_by != work.actor.id
    )
    for contact in work.session.scalars(wanted.order_by(Contact.proposed_at)):
        name = directory.name_of(contact.member, _lines.reader(work.profile), work.today())
        yield Task(
            gettext("Check a new address"),
            gettext(
                "%(state)s: %(address)s. Source: %(source)s",
                state=name,
                address=contact.address,
                source=contact.source,
            ),
            None,
            "quarantine",
            url_for("directory.member", member=contact.member.code),
            gettext("Check"),
            due_note=_waiting.waited(work.now() - contact.proposed_at),
            about=gettext("Directory"),
        )
