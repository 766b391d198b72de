"""The application for gunicorn: `gunicorn web.wsgi:app`.

It waits for its database, since services start in any order, and says in a sentence when the
database is not at this program's migration.
"""

from __future__ import annotations

import gc
import sys

from web.app import create_app
from workflow import config, schema
from workflow.errors import Refusal
from workflow.means import Means

try:
    means = Means.of(config.load())
    means.database.wait()
    schema.require_current(means.database)
    app = create_app(means)
    # What is there now stays: the collector need not walk all of it in the middle of somebody's page.
    gc.collect()
    gc.freeze()
except Refusal as refusal:
    print(f"chancery: {refusal.sentence}", file=sys.stderr)  # noqa: T201 - there is no logger yet
    sys.exit(1)
