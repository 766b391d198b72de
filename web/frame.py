"""The frame around a page for whoever reads it, and the language that it is written in."""

from __future__ import annotations

from datetime import timedelta
from zoneinfo import ZoneInfo

from flask import current_app, request
from flask import session as cookie
from flask_babel import get_locale

from web import session
from web.session import means
from web.views.chrome import ENTRIES, Chrome, Entry
from workflow.clock import day_in
from workflow.letters import profile as profiles
from workflow.states import Role

LANGUAGES = ("en", "ru", "kk")


def reader_language() -> str:
    """The language chosen in this browser, else the account's, else the one that the browser asks for."""
    chosen = None if session.is_api() else cookie.get("language")
    if chosen in LANGUAGES:
        return str(chosen)
    person = session.reader()
    if person is not None and person.locale in LANGUAGES:
        return person.locale
    return request.accept_languages.best_match(LANGUAGES) or LANGUAGES[0]


def zone() -> str:
    """The organisation's IANA time zone."""
    settings = means().settings
    return settings.zone or profiles.load(settings.profile).zone


def chrome() -> Chrome:
    """Who is here and where they can go; a part of the masthead that is not served is left out."""
    person = session.reader()
    language = str(get_locale() or LANGUAGES[0])
    now = means().clock()
    profile = profiles.load(means().settings.profile)
    shown = language if language in profile.languages else profile.source_language
    keys: dict[str, None] = {}
    for role in Role:
        if person is not None and role in person.roles:
            keys.update(dict.fromkeys(ENTRIES.get(role.value, ())))
    if (
        person is not None
        and person.has(Role.REGISTRY, Role.ADMINISTRATOR)
        and means().settings.embedded_post
    ):
        keys["office"] = None
    return Chrome(
        organisation=profile.title[shown],
        place=profile.place(shown, day_in(now, zone()), "nominative"),
        offset=_offset(),
        person=person.name if person else "",
        initials="".join(word[0] for word in person.name.split()[:2]).upper() if person else "",
        entries=tuple(Entry(key) for key in keys),
        language=language,
        languages=LANGUAGES,
        colours=str(cookie.get("colours", "auto")),
        keys=bool(cookie.get("keys", True)),
        notice=str(current_app.config.get("CHANCERY_NOTICE", "")),
    )


def _offset() -> str:
    ahead = means().clock().astimezone(ZoneInfo(zone())).utcoffset() or timedelta()
    minutes = int(ahead.total_seconds() // 60)
    sign, (hours, rest) = "+" if minutes >= 0 else "−", divmod(abs(minutes), 60)
    return f"UTC{sign}{hours}" + (f":{rest:02}" if rest else "")
