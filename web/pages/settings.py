"""One's own settings: language, colours, keys."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import Blueprint, redirect, render_template, request, url_for
from flask import session as cookie
from flask_babel import force_locale, gettext
from werkzeug.wrappers import Response

from web.access import allowed_public, allowed_signed_in
from web.accounts import second_factor
from web.formats import language_name
from web.frame import LANGUAGES
from web.pages import _calendar
from web.pages._forms import done, kept
from web.pages._routes import at
from web.session import actor, looking, means, writing
from web.views.accounts import SettingsPage
from web.views.parts import UNTYPED, Option, Typed
from workflow.models import Account, MailChoice
from workflow.operations import accounts
from workflow.operations.context import Work

blueprint = Blueprint("settings", __name__)


def _colours() -> dict[str, str]:
    return {"auto": gettext("As the system"), "light": gettext("Light"), "dark": gettext("Dark")}


def _mails(work: Work) -> dict[str, str]:
    at = f"{work.settings.digest_hour:02}:00"
    return {
        MailChoice.AT_ONCE: gettext("At once, a mail for each thing"),
        MailChoice.DIGEST: gettext("Once a day at %(time)s, one mail with all of it", time=at),
        MailChoice.NONE: gettext("No mail; I look at my desk"),
    }


@at(blueprint, "show")
@allowed_signed_in
def show() -> str | Response | tuple[str, int]:
    """The settings; a POST saves them."""
    if request.method == "GET":
        return _page()
    form = request.form
    errors = {}
    if form.get("language") not in LANGUAGES:
        errors["language"] = gettext("Choose one of the languages of the pages.")
    if form.get("colours") not in _colours():
        errors["colours"] = gettext("Choose one of the colours.")
    if form.get("mail") not in set(MailChoice):
        errors["mail"] = gettext("Choose one of the ways to be told.")
    if errors:
        return _page(kept(errors)), 422
    with writing() as work:
        accounts.choose_locale(work, form["language"])
        accounts.choose_mail(work, form["mail"])
    cookie["language"] = form["language"]
    cookie["colours"] = form["colours"]
    cookie["keys"] = "keys" in form
    return done(gettext("Your settings are saved."), "settings.show")


@at(blueprint, "calendar")
@allowed_public("The secret in the address is the proof; a calendar program can send no other.")
def calendar(token: str) -> Response:
    """A person's deadlines for their calendar program, in their language."""
    with means().look() as work:
        account = _calendar.account_of(work, token)
        person = accounts.actor_of(work.session, account, means().clock)
        locale = account.locale if account.locale in LANGUAGES else LANGUAGES[0]
    with means().look(person) as work, force_locale(locale):
        return _calendar.answer(work)


@at(blueprint, "language")
@allowed_public("Whoever reads a page chooses its language; nothing of any note is shown or changed.")
def language(language: str) -> Response:
    """Chooses the language of the pages in this browser, then leads back.

    It is a link, so it writes nothing but this browser's own cookie; a signed-in person's language
    for good is in the settings.
    """
    if language in LANGUAGES:
        cookie["language"] = language
    return redirect(_own(request.args.get("next", "")), 303)


def _own(address: str) -> str:
    """An address of these pages; anything else leads to the desk."""
    parts = urlsplit(address)
    ours = address.startswith("/") and not address.startswith(("//", "/\\")) and not parts.netloc
    return address if ours and "\\" not in address else url_for("desk.index")


def _page(typed: Typed = UNTYPED) -> str:
    person = actor()
    assert person is not None  # The door lets nobody else in.
    with looking() as work:
        account = work.session.get_one(Account, person.id)
        page = SettingsPage(
            name=account.name,
            address=account.email,
            roles=tuple(row.role.value for row in account.role_rows),
            languages=tuple(
                Option(code, language_name(code), code == account.locale, language=code) for code in LANGUAGES
            ),
            colours=tuple(
                Option(key, words, key == cookie.get("colours", "auto")) for key, words in _colours().items()
            ),
            mail=tuple(Option(key, words, key == account.mail) for key, words in _mails(work).items()),
            calendar=work.settings.base_url
            + url_for("settings.calendar", token=_calendar.address_token(work.settings, account)),
            keys=bool(cookie.get("keys", True)),
            second_factor=second_factor(account),
            typed=typed,
        )
    return render_template("settings.html", page=page)
