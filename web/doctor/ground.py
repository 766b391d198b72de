"""The ground that everything stands on: profile, folders, database, broker."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator

from web.doctor.found import Found
from workflow import schema
from workflow.config import Settings
from workflow.db import Database
from workflow.letters import profile as profiles
from workflow.means import Means
from workflow.operations import figures
from workflow.post import wording as mails


def profile(settings: Settings) -> Iterator[Found]:
    """The organisation's profile, and the languages that have no mails."""
    profile = profiles.load(settings.profile)
    yield Found(
        "profile", "good", f"{profile.name}: {', '.join(profile.languages)}; {len(profile.members)} members"
    )
    for code in profile.languages:
        if mails.written_in(code) != code:
            yield Found(
                "profile",
                "note",
                f"there are no mails in {code}, so its contacts are written to in {mails.FALLBACK}; "
                f"templates/mail/{code}.toml would change that",
            )


def folders(settings: Settings) -> Iterator[Found]:
    """Whether the folders of data and files can be written, and have room."""
    for folder in (settings.data_dir, settings.store_dir):
        try:
            folder.mkdir(parents=True, exist_ok=True)
            with tempfile.NamedTemporaryFile(dir=folder):
                pass
        except OSError as error:
            yield Found(
                "folders",
                "fault",
                f"{folder} cannot be written ({error.strerror}). Give the user that runs Chancery the right to.",
            )
            continue
        free = os.statvfs(folder).f_bavail * os.statvfs(folder).f_frsize
        state = "good" if free > 500_000_000 else "fault"
        hint = "" if state == "good" else " Free some space."
        yield Found("folders", state, f"{folder} can be written, {free // 1_000_000} MB free.{hint}")


def database(settings: Settings) -> Iterator[Found]:
    """Whether the database answers and is at this program's migration."""
    database = Database(settings.database)
    try:
        database.ping()
        at, head = schema.current(database), schema.head()
        if at == head:
            yield Found("database", "good", f"answers, at migration {at}")
        else:
            yield Found(
                "database",
                "fault",
                f"is at migration {at or 'none'}, this program needs {head}. Run “chancery init”.",
            )
    finally:
        database.close()


def broker(settings: Settings) -> Iterator[Found]:
    """Whether the broker takes connections."""
    from tasks.app import configure

    app = configure(settings)
    try:
        with app.connection_for_write(connect_timeout=3) as connection:
            connection.ensure_connection(max_retries=1, timeout=3)
    except Exception as error:  # Each transport of the broker raises its own.
        yield Found(
            "broker",
            "fault",
            f"does not answer ({type(error).__name__}). Check CHANCERY_BROKER_URL. Nothing is lost meanwhile.",
        )
        return
    yield Found("broker", "good", settings.broker.partition("@")[2] or settings.broker)


def timer(settings: Settings) -> Iterator[Found]:
    """Whether the sweep runs: without it nothing that waits is ever taken up again."""
    means = Means.of(settings)
    try:
        if schema.current(means.database) != schema.head():
            return  # That is said of the database already.
        with means.look() as work:
            ended = figures.last_runs(work).get("sweep")
            late = (work.now() - ended).total_seconds() if ended else 0.0
    finally:
        means.database.close()
    if ended is None:
        yield Found("timer", "note", "no sweep has run yet; the timer (celery beat) and a worker run it")
    elif late > max(300.0, 5 * settings.sweep_seconds):
        yield Found(
            "timer",
            "note" if settings.mode == "embedded" else "fault",
            f"the last sweep ended {late / 60:.0f} minutes ago. See that the timer (celery beat) and a worker "
            "of the queue “sweeps” run",
        )
    else:
        yield Found("timer", "good", f"the last sweep ended {late:.0f} seconds ago")
