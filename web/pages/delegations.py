"""Deputies: who may approve or dispatch for the director, and when."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from flask import Blueprint, render_template, request, url_for
from flask_babel import gettext
from sqlalchemy import select

from web.access import allowed
from web.pages._forms import day_of, done, typed
from web.pages._ids import row_id
from web.pages._lines import names
from web.pages._refused import Answer, refused
from web.pages._routes import at
from web.session import looking, writing
from web.views.accounts import DelegationLine, DelegationsPage
from web.views.parts import UNTYPED, Person, Typed
from workflow.clock import day_in
from workflow.errors import Invalid, Refusal
from workflow.models import Account, Delegation
from workflow.operations import deputies
from workflow.operations.context import Work
from workflow.states import Role

blueprint = Blueprint("delegations", __name__)

DELEGATORS = allowed(actions="delegate")
FIELDS = {
    "not-a-director": "principal",
    "principal-missing": "principal",
    "not-a-deputy": "deputy",
    "deputy-missing": "deputy",
    "delegated-actions": "action",
    "delegation-period": "until",
    "delegation-days": "since",
    "bad-date": "since",
    "reason-missing": "reason",
    "reason-long": "reason",
}


@at(blueprint, "index")
@DELEGATORS
def index() -> Answer:
    """The delegations; a POST records one."""
    if request.method == "GET":
        return _page()
    form = request.form
    try:
        with writing() as work:
            since, until = day_of("since"), day_of("until")
            if since is None or until is None:
                raise Invalid("delegation-days", "Give the first and the last day.")
            row = deputies.delegate(
                work,
                _account(work, "principal", gettext("director")),
                _account(work, "deputy", gettext("deputy")),
                form.getlist("action"),
                _start(since, work.zone),
                _start(until + timedelta(days=1), work.zone),
                form.get("reason", ""),
            )
            deputy = work.session.get_one(Account, row.deputy_id).name
    except Refusal as refusal:
        return _page(typed(refusal, FIELDS)), refusal.status
    return done(gettext("%(person)s is the deputy.", person=deputy), "delegations.index")


def _account(work: Work, field: str, words: str) -> Account:
    text = request.form.get(field, "")
    found = work.session.get(Account, row_id(text)) if text else None
    if found is None:
        raise Invalid(f"{field}-missing", "Choose the %(who)s.", who=words)
    return found


def _start(day: date, zone: str) -> datetime:
    """The first moment of a day in the organisation's zone, in UTC."""
    return datetime.combine(day, time(), ZoneInfo(zone)).astimezone(UTC)


@at(blueprint, "end")
@DELEGATORS
def end(delegation: str) -> Answer:
    """Ends a delegation at once."""
    try:
        with writing() as work:
            deputies.end_delegation(work, row_id(delegation), request.form.get("reason", ""))
    except Refusal as refusal:
        return refused(refusal, url_for("delegations.index"), gettext("Back to the deputies"))
    return done(gettext("The delegation has ended."), "delegations.index")


def _page(form: Typed = UNTYPED) -> str:
    with looking() as work:
        actor = work.actor
        everybody = actor.has(Role.ADMINISTRATOR)
        people = names(work)
        statement = select(Delegation).order_by(Delegation.id.desc())
        if not everybody:
            statement = statement.where(
                (Delegation.principal_id == actor.id) | (Delegation.deputy_id == actor.id)
            )
        active = list(work.session.scalars(select(Account).where(Account.active).order_by(Account.name)))
        directors = [one for one in active if Role.DIRECTOR in {row.role for row in one.role_rows}]
        if "action" in request.form:
            form = Typed(
                {**form.values, "action": ",".join(request.form.getlist("action"))}, form.errors, form.summary
            )
        page = DelegationsPage(
            delegations=tuple(_line(work, row, people) for row in work.session.scalars(statement)),
            principals=tuple(
                Person(str(one.id), one.name) for one in directors if everybody or one.id == actor.id
            ),
            deputies=tuple(
                Person(str(one.id), one.name) for one in active if everybody or one.id != actor.id
            ),
            may=frozenset({"delegate"}),
            typed=form,
        )
        return render_template("delegations.html", page=page)


def _line(work: Work, row: Delegation, people: Mapping[int, str]) -> DelegationLine:
    now = work.now()
    over = row.ended_at is not None or row.valid_until <= now
    status = "ended" if over else "due" if row.valid_from > now else "in_force"
    # The period ends with the first moment after its last day.
    last = min(row.ended_at or row.valid_until, row.valid_until - timedelta(microseconds=1))
    return DelegationLine(
        key=str(row.id),
        principal=people.get(row.principal_id, ""),
        deputy=people.get(row.deputy_id, ""),
        actions=tuple(row.actions),
        since=day_in(row.valid_from, work.zone),
        until=day_in(last, work.zone),
        status=status,
        reason=row.reason,
        made_by=people.get(row.made_by, ""),
        may_end=work.actor.has(Role.ADMINISTRATOR) or row.principal_id == work.actor.id,
    )
