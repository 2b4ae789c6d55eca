"""The doors for machines that watch this installation: /healthz, /readyz, /metrics."""

import hmac
from collections.abc import Callable
from ipaddress import ip_address

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from config import embedded, measures
from config.celery import app


@require_safe
@never_cache
@login_not_required
def alive(request: HttpRequest) -> HttpResponse:
    """200 as long as the process answers. Asks nothing of anybody."""
    return HttpResponse("ok\n", content_type="text/plain")


@require_safe
@never_cache
@login_not_required
def ready(request: HttpRequest) -> JsonResponse:
    """200 when database and broker answer, else 503. Beside them, in seconds: the age of the last roll-up, and how long
    the oldest event has waited for one."""
    states = {"database": _state(_database), "broker": _state(_broker)}
    fine = all(state == "ok" for state in states.values())
    told = {"rollup_age_seconds": measures.rollup_age, "waiting_seconds": measures.waiting}
    ages = {name: age() if states["database"] == "ok" else None for name, age in told.items()}
    return JsonResponse({**states, **ages}, status=200 if fine else 503)


@require_safe
@never_cache
@login_not_required
def metrics(request: HttpRequest) -> HttpResponse:
    """Prometheus' text format, for the bearer of METRICS_TOKEN, or for this machine itself when none is set."""
    if not _may_read_metrics(request):
        return HttpResponse("Send `Authorization: Bearer` with METRICS_TOKEN.\n", status=401, content_type="text/plain")
    return HttpResponse(generate_latest(measures.REGISTRY), content_type=CONTENT_TYPE_LATEST)


def _may_read_metrics(request: HttpRequest) -> bool:
    if settings.METRICS_TOKEN:
        given = request.headers.get("Authorization", "")
        return hmac.compare_digest(given.encode(), f"Bearer {settings.METRICS_TOKEN}".encode())
    forwarded = request.headers.get("X-Forwarded-For") and not settings.TRUSTED_PROXY_COUNT
    return not forwarded and ip_address(request.META["REMOTE_ADDR"]).is_loopback


def _state(probe: Callable[[], object]) -> str:
    try:
        probe()
    except Exception as error:
        return f"down: {type(error).__name__}"
    return "ok"


def _database() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")


def _broker() -> None:
    if settings.EMBEDDED:
        embedded.require_running()
    else:
        with app.connection_for_read(connect_timeout=2) as broker:
            broker.ensure_connection(max_retries=1, timeout=2)
