"""The Celery application: queues, limits, and the means of a worker process."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable
from typing import Any

from celery import Celery, Task, signals
from kombu import Queue
from kombu.transport.redis import Channel as RedisChannel

from tasks.folder import install as use_whole_files
from workflow import config
from workflow.means import Means
from workflow.post.smtp import Relay
from workflow.post.wire import Timeouts

QUEUES = ("documents", "conversion", "dispatch", "mailbox", "sweeps")

_settings: config.Settings | None = None
_means: Means | None = None
_relay: Relay | None = None


def settings() -> config.Settings:
    """The settings of this process, read once."""
    global _settings
    if _settings is None:
        _settings = config.load()
    return _settings


def means() -> Means:
    """The means of this process; a forked worker makes its own, since connections cannot be shared."""
    global _means
    if _means is None:
        _means = Means.of(settings())
    return _means


def relay() -> Relay:
    """The one reused connection to the mail relay of this process."""
    global _relay
    if _relay is None:
        _relay = Relay(
            settings().smtp_url.get_secret_value(), timeouts=Timeouts.within(settings().soft_limit_seconds)
        )
    return _relay


def worker_name() -> str:
    """What a claim is signed with: host and process."""
    return f"{socket.gethostname()}:{os.getpid()}"


def configure(given: config.Settings) -> Celery:
    """Sets the application up for these settings; used by tests and the command line."""
    global _settings, _means, _relay
    _settings, _means, _relay = given, None, None
    app.conf.update(_configuration(given))
    # Connections to a broker that was configured before are not used for this one.
    app._pool = None
    if "amqp" in vars(app):
        app.amqp._producer_pool = None
    return app


def _configuration(given: config.Settings) -> dict[str, Any]:
    options: dict[str, Any] = {
        # Redis gives a message again that was not acknowledged in this time; a task is never that long.
        "visibility_timeout": given.visibility_timeout_seconds,
        "unacked_restore_interval": 5,
        "socket_connect_timeout": 2,
        "socket_timeout": 5,
    }
    if given.broker.startswith("filesystem"):
        folder = given.data_dir / "broker"
        for part in ("messages", "control", "processed"):
            (folder / part).mkdir(parents=True, exist_ok=True)
        options = {
            "data_folder_in": str(folder / "messages"),
            "data_folder_out": str(folder / "messages"),
            "control_folder": str(folder / "control"),
            "processed_folder": str(folder / "processed"),
            "polling_interval": 0.1,
        }
    # What waits for a rate is due already, so that it is offered more often than the sweep comes round.
    offers = {
        "due": {
            "task": "sweeps.offer_due",
            "schedule": given.offer_seconds,
            "options": {"queue": "sweeps"},
        }
    }
    return {
        "broker_url": given.broker,
        "broker_transport_options": options,
        "broker_connection_retry_on_startup": True,
        "broker_connection_timeout": 2,
        "beat_schedule": {
            "sweep": {
                "task": "sweeps.sweep",
                "schedule": given.sweep_seconds,
                "options": {"queue": "sweeps"},
            },
            "mailbox": {
                "task": "mailbox.read",
                "schedule": min(given.sweep_seconds, 30.0),
                "options": {"queue": "mailbox"},
            },
            "late": {"task": "notices.late", "schedule": 3600.0, "options": {"queue": "sweeps"}},
            "anchor": {"task": "sweeps.anchor", "schedule": 3600.0, "options": {"queue": "sweeps"}},
            **(offers if given.limited else {}),
        },
        "beat_schedule_filename": str(given.data_dir / "beat-schedule"),
        "task_time_limit": given.task_limit_seconds,
        "task_soft_time_limit": given.soft_limit_seconds,
    }


use_whole_files()
# When Redis goes away, kombu would give unacknowledged messages back over the connection that it has
# just closed, and the worker would end of that error.  What they asked for, the sweep offers again.
RedisChannel.do_restore = False
app = Celery(
    "chancery",
    include=["tasks.documents", "tasks.dispatch", "tasks.mailbox", "tasks.notices", "tasks.sweeps"],
)
app.conf.update(
    task_serializer="json",
    accept_content=["json"],
    task_ignore_result=True,
    # One message at a time: a worker that dies takes nothing along that another could have begun.
    worker_prefetch_multiplier=1,
    task_acks_late=False,
    task_publish_retry=False,
    task_default_queue="sweeps",
    task_queues=[Queue(name) for name in QUEUES],
    task_create_missing_queues=False,
    worker_hijack_root_logger=False,
    timezone="UTC",
    enable_utc=True,
    # Beat is one process; a tick that was missed is not made up for, since the sweep sees all there is.
    beat_max_loop_interval=5,
)


def task(name: str, queue: str, *, allowed: str = "system") -> Callable[[Callable[..., Any]], Task]:
    """Declares a task: its queue, and who may have it done.

    `allowed` is `system` for what follows from rows that an operation has committed, which is all
    there is: no task takes a person's wish as its argument.
    """

    def declare(function: Callable[..., Any]) -> Task:
        made: Task = app.task(name=name)(function)
        made.allowed = allowed
        made.declared_queue = queue
        app.conf.task_routes = {**(app.conf.task_routes or {}), name: {"queue": queue}}
        return made

    return declare


@signals.worker_process_init.connect
def _fresh_process(**_: object) -> None:
    global _means, _relay
    _means, _relay = None, None


@signals.celeryd_init.connect
def _set_up_worker(**_: object) -> None:
    configure(settings())
    means().database.wait()


@signals.beat_init.connect
def _set_up_beat(**_: object) -> None:
    configure(settings())
