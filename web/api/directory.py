"""The members, and the organisation's profile."""

from __future__ import annotations

from web.access import allowed, allowed_signed_in
from web.api.door import endpoint
from web.api.schemas import office as schemas
from web.session import looking
from workflow.operations import directory
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
