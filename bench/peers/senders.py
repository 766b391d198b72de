"""What others send the same document with, over one connection and without a row for each attempt.

Each is measured in a process of its own, since Django's settings are a process's.
"""

from __future__ import annotations

import multiprocessing
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from bench.post import HOST

FORK = multiprocessing.get_context("fork")


def _texts(number: int) -> dict[str, Any]:
    return {
        "subject": f"Note KV/{number}",
        "body": "Text of the note.\n" * 20,
        "from_email": "registry@s.example",
        "to": [f"desk{number}@mfa.cn.example"],
    }


def by_flask_mailman(port: int, count: int, document: bytes) -> float:
    """Flask-Mailman over one connection."""
    from flask import Flask
    from flask_mailman import EmailMessage, Mail

    app = Flask("peer")
    app.config.update(MAIL_SERVER=HOST, MAIL_PORT=port)
    mail = Mail(app)
    with app.app_context():
        connection = mail.get_connection()
        begun = time.perf_counter()
        connection.open()
        for number in range(count):
            message = EmailMessage(**_texts(number), connection=connection)
            message.attach("note.pdf", document, "application/pdf")
            message.send()
        connection.close()
        return time.perf_counter() - begun


def _django(port: int, *apps: str, folder: str = "") -> None:
    import django
    from django.conf import settings

    settings.configure(
        EMAIL_HOST=HOST,
        EMAIL_PORT=port,
        INSTALLED_APPS=list(apps),
        DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": f"{folder}/peer.sqlite"}},
        DEFAULT_AUTO_FIELD="django.db.models.AutoField",
        MEDIA_ROOT=f"{folder}/media",
        POST_OFFICE={
            "BATCH_SIZE": 10_000,
            "BACKENDS": {"default": "django.core.mail.backends.smtp.EmailBackend"},
        },
        TEMPLATES=[{"BACKEND": "django.template.backends.django.DjangoTemplates"}],
        USE_TZ=True,
    )
    django.setup()


def by_django(port: int, count: int, document: bytes) -> float:
    """Django's own backend over one connection."""
    _django(port)
    from django.core.mail import EmailMessage, get_connection

    connection = get_connection("django.core.mail.backends.smtp.EmailBackend")
    begun = time.perf_counter()
    connection.open()
    for number in range(count):
        message = EmailMessage(**_texts(number), connection=connection)
        message.attach("note.pdf", document, "application/pdf")
        message.send()
    connection.close()
    return time.perf_counter() - begun


def by_post_office(port: int, count: int, document: bytes) -> float:
    """django-post-office: a row a message, then its sender; only the sending is timed."""
    with tempfile.TemporaryDirectory() as folder:
        _django(port, "django.contrib.contenttypes", "post_office", folder=folder)
        from django.core.files.base import ContentFile
        from django.core.management import call_command
        from post_office import mail
        from post_office.utils import create_attachments

        call_command("migrate", verbosity=0)
        attachments = create_attachments({"note.pdf": ContentFile(document)})
        for number in range(count):
            texts = _texts(number)
            made = mail.send(
                texts["to"], texts["from_email"], subject=texts["subject"], message=texts["body"]
            )
            made.attachments.add(*attachments)
        begun = time.perf_counter()
        sent, failed, _ = mail.send_queued(processes=1, log_level=0)
        took = time.perf_counter() - begun
        if failed or sent != count:
            raise RuntimeError(f"{sent} sent, {failed} failed")
        return took


def by_mailman(port: int, count: int, document: bytes, python: str) -> float:
    """Mailman's personalised delivery, in an environment of its own."""
    program = Path(__file__).parent / "mailman_delivery.py"
    words = [python, str(program), str(port), str(count), str(len(document))]
    done = subprocess.run(words, check=True, capture_output=True, text=True)
    return float(done.stdout.split()[-1])


def alone(measure: Callable[..., float], *given: Any) -> float | None:
    """A peer in a process of its own; None where it is not installed."""
    ours, theirs = FORK.Pipe()

    def run() -> None:
        try:
            theirs.send(measure(*given))
        except ImportError:
            theirs.send(None)

    process = FORK.Process(target=run)
    process.start()
    process.join()
    return ours.recv() if ours.poll() else None
