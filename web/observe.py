"""What an operator sees: one log line per request, health, readiness and metrics.

A log line names the route and never the address that was asked for: personal links, search words
and mail addresses are part of addresses.  It names the account by its id.
"""

from __future__ import annotations

import hmac
import ipaddress
import os
import re
import secrets
import time
from collections.abc import Callable, Iterator

import structlog
from flask import Blueprint, Flask, Response, current_app, g, request
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.metrics_core import GaugeMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from web.access import NotSignedIn, allowed_public
from web.session import means
from workflow.means import Means
from workflow.operations import figures

log = structlog.get_logger("chancery.web")
blueprint = Blueprint("observe", __name__)

_GIVEN_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")


def init_app(app: Flask) -> None:
    """Numbers, times and logs every request, and serves /healthz, /readyz and /metrics."""
    registry = CollectorRegistry()
    app.extensions["chancery-metrics"] = registry
    requests = Counter(
        "chancery_requests", "Requests answered.", ("method", "route", "status"), registry=registry
    )
    seconds = Histogram(
        "chancery_request_seconds", "Time to answer a request.", ("route",), registry=registry
    )
    registry.register(_Rows(app.extensions["chancery"]))
    app.before_request(_begin)
    app.after_request(_logged(requests, seconds))
    app.register_blueprint(blueprint)


def _begin() -> None:
    # An id that our own proxy gave is kept, so that both logs tell one story; anything else is made.
    given = request.headers.get("X-Request-ID", "")
    trusted = means().settings.proxies > 0 and _GIVEN_ID.fullmatch(given)
    g.request_id = given if trusted else secrets.token_hex(8)
    g.began = time.perf_counter()
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(request=g.request_id)


def _logged(requests: Counter, seconds: Histogram) -> Callable[[Response], Response]:
    def note(response: Response) -> Response:
        route = request.url_rule.rule if request.url_rule else "none"
        took = time.perf_counter() - g.get("began", time.perf_counter())
        requests.labels(request.method, route, str(response.status_code)).inc()
        seconds.labels(route).observe(took)
        person = g.get("actor")
        log.info(
            "request",
            method=request.method,
            route=route,
            status=response.status_code,
            ms=round(took * 1000, 1),
            account=person.id if person else None,
        )
        response.headers["X-Request-ID"] = g.get("request_id", "")
        return response

    return note


@blueprint.get("/healthz")
@allowed_public("A health check holds nothing of any note.")
def health() -> Response:
    """The process answers."""
    return Response("good\n", mimetype="text/plain")


@blueprint.get("/readyz")
@allowed_public("A readiness check holds nothing of any note.")
def ready() -> Response:
    """The process answers and its database does; 503 with a sentence otherwise."""
    means().database.ping()
    return Response("ready\n", mimetype="text/plain")


@blueprint.get("/metrics")
@allowed_public("The view asks for the metrics token, or answers the machine itself only.")
def metrics() -> Response:
    """The figures for Prometheus: requests, and what stands in the rows."""
    token = means().settings.metrics_token.get_secret_value()
    given = request.headers.get("Authorization", "").removeprefix("Bearer ").strip()
    good = hmac.compare_digest(token.encode(), given.encode()) if token else _is_loopback(request.remote_addr)
    if not good:
        raise NotSignedIn("metrics-token", "Send the metrics token as “Authorization: Bearer …”.")
    registry = current_app.extensions["chancery-metrics"]
    body = generate_latest(registry)
    if os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        # With several processes, the request figures of all of them are in shared files.
        shared = CollectorRegistry()
        MultiProcessCollector(shared)  # type: ignore[no-untyped-call]
        shared.register(_Rows(means()))
        body = generate_latest(shared)
    return Response(body, content_type=CONTENT_TYPE_LATEST)


def _is_loopback(address: str | None) -> bool:
    try:
        return ipaddress.ip_address(address or "").is_loopback
    except ValueError:
        return False


class _Rows(Collector):
    """Figures counted from the rows when they are asked for: the same in every process."""

    def __init__(self, means: Means) -> None:
        self.means = means

    def describe(self) -> list[Metric]:
        """Nothing in advance: registering the collector must not ask the database."""
        return []

    def collect(self) -> Iterator[Metric]:
        """The figures of the installation, each as a gauge."""
        with self.means.look() as work:
            for figure in figures.all_of(work):
                labels = (figure.label,) if figure.label else ()
                family = GaugeMetricFamily(figure.name, figure.words, labels=labels)
                for value, count in figure.values.items():
                    family.add_metric((value,) if labels else (), count)
                yield family
