"""The pages, one module per desk: rows in, plain values out, words by the templates.

Each module has a `blueprint` whose routes follow `web.views.endpoints`, declare who may use them,
and hand the templates a frozen value of `web.views`; none changes anything but through the
operations.
"""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules

from flask import Flask


def init_app(app: Flask) -> None:
    """Adds every module of this package that has a blueprint."""
    for found in iter_modules(__path__):
        module = import_module(f"{__name__}.{found.name}")
        blueprint = getattr(module, "blueprint", None)
        if blueprint is not None:
            app.register_blueprint(blueprint)
