"""The directory of members and contacts, deputies, and the organisation's profile."""

from __future__ import annotations

from typing import Any

from flask import request
from sqlalchemy import select

from web import once
from web.access import allowed, allowed_signed_in
from web.api import paging
from web.api.door import endpoint
from web.api.schemas import office as schemas
from web.api.schemas.common import Why, Window
from web.session import looking, writing
from workflow import models
from workflow.errors import NotFound
from workflow.operations import deputies, directory
from workflow.operations.context import Work
from workflow.states import Role

READERS = allowed(Role.REGISTRY, Role.DIRECTOR, Role.ADMINISTRATOR)


@endpoint(
    "GET", "/members", allowed_signed_in, tag="Directory", query=schemas.MembersQuery, gives=schemas.Members
)
def list_members(query: schemas.MembersQuery) -> schemas.Members:
    """List the members on a day, by code, with their names of that day."""
    with looking() as work:
        day = query.day or work.today()
        language = query.language or work.profile.source_language
        return schemas.Members(
            items=[
                schemas.Member(
                    code=member.code,
                    name=directory.name_of(member, language, day),
                    since=period.valid_from,
                    until=period.valid_until,
                    certain=period.certain,
                )
                for member in directory.members_on(work.session, day)
                for period in member.memberships
                if period.valid_from <= day and (period.valid_until is None or day <= period.valid_until)
            ]
        )


def _contact(row: models.Contact) -> schemas.Contact:
    return schemas.Contact(
        id=row.id,
        member=row.member.code,
        address=row.address,
        office=row.office,
        role=row.role.value,
        language=row.language,
        channel=row.channel.value,
        state=row.state.value,
        source=row.source,
        replaces=row.replaces_id,
        valid_from=row.valid_from,
        valid_until=row.valid_until,
        proposed_by=row.proposed_by,
        proposed_at=row.proposed_at,
        confirmed_by=row.confirmed_by,
        confirmed_at=row.confirmed_at,
        retired_at=row.retired_at,
    )


@endpoint("GET", "/contacts", READERS, tag="Directory", query=schemas.ContactQuery, gives=schemas.Contacts)
def list_contacts(query: schemas.ContactQuery) -> dict[str, Any]:
    """List contacts, of one member or in one state where asked."""
    with looking() as work:
        statement = select(models.Contact)
        if query.member:
            statement = statement.where(
                models.Contact.member_id == directory.find_member(work, query.member).id
            )
        if query.state:
            statement = statement.where(models.Contact.state == query.state)
        return paging.page(work, statement, models.Contact.id, query, _contact)


@endpoint("GET", "/contacts/<row:contact>", READERS, tag="Directory", gives=schemas.Contact)
def show_contact(contact: int) -> schemas.Contact:
    """Show a contact."""
    with looking() as work:
        return _contact(directory.find_contact(work, contact))


@endpoint(
    "POST",
    "/contacts",
    allowed(actions="propose_contact"),
    tag="Directory",
    body=schemas.NewContact,
    gives=schemas.Contact,
    status=201,
    once=True,
)
def propose_contact(body: schemas.NewContact) -> schemas.Contact:
    """Propose a new or changed address; nothing is sent there until a second person confirms it."""
    key = request.headers.get("Idempotency-Key")
    with writing() as work:
        known = once.done(work, key, ["contact", body.model_dump(mode="json")])
        if known:
            return _contact(directory.find_contact(work, int(known.removeprefix("contact:"))))
        row = directory.propose_contact(
            work,
            directory.find_member(work, body.member),
            body.address,
            language=body.language,
            source=body.source,
            office=body.office,
            role=body.role,
            channel=body.channel,
            replaces=body.replaces,
            valid_from=body.valid_from,
            valid_until=body.valid_until,
        )
        work.session.refresh(row)
        once.keep(work, key, f"contact:{row.id}")
        return _contact(row)


@endpoint(
    "POST",
    "/contacts/<row:contact>/confirm",
    allowed(actions="confirm_contact"),
    tag="Directory",
    gives=schemas.Contact,
)
def confirm_contact(contact: int) -> schemas.Contact:
    """Confirm a proposed address; somebody else than its proposer has to."""
    with writing() as work:
        return _contact(directory.confirm_contact(work, directory.find_contact(work, contact)))


@endpoint(
    "POST",
    "/contacts/<row:contact>/retire",
    allowed(actions="retire_contact"),
    tag="Directory",
    body=Why,
    gives=schemas.Contact,
)
def retire_contact(contact: int, body: Why) -> schemas.Contact:
    """Take an address out of use; it stays in the history."""
    with writing() as work:
        return _contact(directory.retire_contact(work, directory.find_contact(work, contact), body.reason))


def _delegation(row: models.Delegation) -> schemas.Delegation:
    return schemas.Delegation(
        id=row.id,
        principal=row.principal_id,
        deputy=row.deputy_id,
        actions=row.actions,
        valid_from=row.valid_from,
        valid_until=row.valid_until,
        reason=row.reason,
        made_by=row.made_by,
        ended_at=row.ended_at,
    )


@endpoint("GET", "/delegations", READERS, tag="Deputies", query=Window, gives=schemas.Delegations)
def list_delegations(query: Window) -> dict[str, Any]:
    """List the deputies of the director, past ones too, the newest first."""
    with looking() as work:
        return paging.page(
            work, select(models.Delegation), models.Delegation.id, query, _delegation, newest_first=True
        )


@endpoint(
    "POST",
    "/delegations",
    allowed(actions="delegate"),
    tag="Deputies",
    body=schemas.NewDelegation,
    gives=schemas.Delegation,
    status=201,
    once=True,
)
def make_delegation(body: schemas.NewDelegation) -> schemas.Delegation:
    """Name a deputy of the director for a period."""
    key = request.headers.get("Idempotency-Key")
    with writing() as work:
        known = once.done(work, key, ["delegation", body.model_dump(mode="json")])
        if known:
            return _delegation(
                work.session.get_one(models.Delegation, int(known.removeprefix("delegation:")))
            )
        row = deputies.delegate(
            work,
            _account(work, body.principal),
            _account(work, body.deputy),
            body.actions,
            body.valid_from,
            body.valid_until,
            body.reason,
        )
        once.keep(work, key, f"delegation:{row.id}")
        return _delegation(row)


def _account(work: Work, number: int) -> models.Account:
    account = work.session.get(models.Account, number)
    if account is None:
        raise NotFound("no-such-account", "There is no account %(id)s.", id=number)
    return account


@endpoint("GET", "/profile", allowed_signed_in, tag="Profile", gives=schemas.Profile)
def show_profile() -> schemas.Profile:
    """Show what the organisation's profile offers: languages, kinds, series, markings, terms."""
    with looking() as work:
        profile = work.profile
        return schemas.Profile(
            name=profile.name,
            digest=profile.digest,
            titles=dict(profile.title),
            zone=work.zone,
            source_language=profile.source_language,
            languages=[
                schemas.ProfileLanguage(code=one.code, standing=one.standing, required=one.required)
                for one in profile.languages.values()
            ],
            kinds=[schemas.Choice(code=one.name, titles=dict(one.titles)) for one in profile.kinds.values()],
            series=[
                schemas.Choice(code=one.code, titles=dict(one.titles)) for one in profile.series.values()
            ],
            markings=list(profile.markings),
            terms=list(profile.terms),
        )
