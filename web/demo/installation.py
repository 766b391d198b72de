"""What the demonstration needs before anybody can act: accounts, a deputy, the directory, tokens.

Everything goes through the operations that the command line uses, so the log tells of it, and four
eyes hold: one person of the registry proposes the contacts, a second one confirms them.  What is
there already is found and left as it is, so that a second run sets up nothing.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from datetime import timedelta

from sqlalchemy import select

from web import service
from web.accounts import hash_password
from web.demo import data as demonstration
from web.demo.data import Demonstration, Person
from workflow import register
from workflow.clock import system_clock
from workflow.config import Settings
from workflow.errors import Misuse, NotFound
from workflow.letters import profile as profiles
from workflow.letters.seal import certificates
from workflow.means import Means
from workflow.models import Account, Contact, Delegation, Series
from workflow.models.directory import ContactState
from workflow.operations import accounts, choices, deputies, directory, importing
from workflow.operations.context import Work

WEATHER = demonstration.FOLDER / "weather.toml"
# The protocol stays as it is; only its waits are those of a demonstration.  A variable that the
# operator has set holds.
WAITS = {
    "sweep_seconds": 1.0,
    "backoff_seconds": (2.0, 3.0, 5.0, 10.0, 30.0, 60.0),
    "report_wait_seconds": 20.0,
}
TOKEN_NAME = "demonstration"  # noqa: S105 - what the token is for, not the token


def settings() -> Settings:
    """The settings of the embedded service with the demonstration's waits.

    Raises Misuse where the settings are those of a production: a sample note has no place there.
    """
    given = {name: value for name, value in WAITS.items() if f"CHANCERY_{name.upper()}" not in os.environ}
    found = service.embedded_settings(**given)
    if found.mode != "embedded":
        raise Misuse(
            "demo-in-production",
            "The demonstration circulates a sample note among invented people, and this is a production. "
            "Run it with CHANCERY_MODE=embedded and a data folder of its own.",
        )
    if found.seals:
        return found
    # An authority and a certificate of the demonstration's own, in its data folder, for its invented seal.
    profile = profiles.load(found.profile)
    code = profile.source_language
    whole = profile.title[code]
    name = whole if len(whole) <= certificates.LONGEST else profile.short_title[code]
    certificates.make(found.seal_dir, name, system_clock())
    return service.embedded_settings(**given)


def set_up(means: Means, data: Demonstration | None = None) -> dict[str, Person]:
    """Brings in what is missing and gives the people by their keys, each with a fresh token."""
    given = data or demonstration.load()
    for row in given.accounts["account"]:
        _account(means, row, given.accounts["password"])
    for row in given.accounts.get("delegation", ()):
        _delegation(means, row, given)
    _first_number(means, given)
    _contacts(means, given)
    return {row["key"]: _with_token(means, row) for row in given.accounts["account"]}


def invitation(address: str, data: Demonstration | None = None) -> str:
    """Where to look while the service runs on, and as whom."""
    given = data or demonstration.load()
    width = max(len(row["address"]) for row in given.accounts["account"])
    lines = [f"Chancery serves on at {address} (Ctrl-C stops it). Log in as one of these people;"]
    lines += [f"the password of all of them is {given.accounts['password']}", ""]
    for row in given.accounts["account"]:
        duty = ", ".join([*(role.replace("_", " ") for role in row["roles"]), *row.get("languages", ())])
        lines.append(f"  {row['address']:{width}}  {duty}")
    return "\n".join([*lines, "", f"The mailboxes of the states: {address}/office"])


def _account(means: Means, row: Mapping[str, object], password: str) -> None:
    with means.work() as work:
        try:
            accounts.find(work, str(row["address"]))
        except NotFound:
            accounts.create(
                work,
                str(row["address"]),
                str(row["name"]),
                row["roles"],  # type: ignore[arg-type]
                password_hash=hash_password(password),
                languages=row.get("languages", ()),  # type: ignore[arg-type]
                organisation=str(row.get("organisation", "")),
                locale=str(row.get("locale", "en")),
            )


def _address(given: Demonstration, key: str) -> str:
    return str(next(row["address"] for row in given.accounts["account"] if row["key"] == key))


def _acting(work: Work, given: Demonstration, key: str) -> Work:
    """The same piece of work, done by a person of the data."""
    account = accounts.find(work, _address(given, key))
    actor = accounts.actor_of(work.session, account, work.clock)
    return Work(work.session, actor, work.settings, work.store, work.clock)


def _delegation(means: Means, row: Mapping[str, object], given: Demonstration) -> None:
    with means.work() as plain:
        work = _acting(plain, given, str(row["principal"]))
        principal = accounts.find(work, _address(given, str(row["principal"])))
        deputy = accounts.find(work, _address(given, str(row["deputy"])))
        now = work.now()
        standing = select(Delegation.id).where(
            Delegation.principal_id == principal.id,
            Delegation.deputy_id == deputy.id,
            Delegation.ended_at.is_(None),
            Delegation.valid_until > now,
        )
        if work.session.scalar(standing) is None:
            until = now + timedelta(days=int(str(row["days"])))
            deputies.delegate(work, principal, deputy, row["actions"], now, until, str(row["reason"]))  # type: ignore[arg-type]


def _first_number(means: Means, given: Demonstration) -> None:
    with means.work() as work:
        series = choices.series_of(work.profile, given.note["series"])
        year = work.today().year if series.yearly else 0
        if work.session.get(Series, (series.code, year)) is None:
            serial = int(given.note["register"]["first"])
            register.open_series(work.session, series, serial, year)
            work.log("open_series", f"series:{series.code}", next=serial, year=year)


def _contacts(means: Means, given: Demonstration) -> None:
    keeps = given.accounts["directory"]
    with means.work() as plain:
        importing.import_contacts(_acting(plain, given, keeps["proposes"]), given.contacts)
    with means.work() as plain:
        work = _acting(plain, given, keeps["confirms"])
        waiting = select(Contact).where(
            Contact.state == ContactState.PROPOSED,
            Contact.address.in_(given.addresses),
            Contact.proposed_by != work.actor.id,
        )
        for contact in work.session.scalars(waiting.order_by(Contact.id)).all():
            directory.confirm_contact(work, contact)


def _with_token(means: Means, row: Mapping[str, object]) -> Person:
    with means.work() as work:
        account: Account = accounts.find(work, str(row["address"]))
        return Person(
            key=str(row["key"]),
            id=account.id,
            name=account.name,
            address=account.email,
            roles=tuple(sorted(one.role.value for one in account.role_rows)),
            token=accounts.issue_token(work, account, TOKEN_NAME, days=1),
        )
