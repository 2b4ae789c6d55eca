"""Logs: one JSON object a line on standard error, with the request's id, and without secrets."""

import logging.config
import re
from typing import Any

import structlog
from structlog.types import EventDict, Processor, WrappedLogger

# Tokens in paths (password reset, invitation) are longer than any of our ids, which have 19 digits at most.
TOKEN = re.compile(r"[A-Za-z0-9_.:~-]{24,}")
HEALTH = ("GET /healthz", "GET /readyz", "GET /metrics")


def without_secrets(logger: WrappedLogger, method: str, event: EventDict) -> EventDict:
    """Take the query and everything that looks like a token out of the logged request line."""
    request = event.get("request")
    if isinstance(request, str):
        event["request"] = TOKEN.sub("[token]", request.partition("?")[0])
    return event


def without_health(logger: WrappedLogger, method: str, event: EventDict) -> EventDict:
    """Leave out that somebody asked whether we are well, and that we are."""
    if event.get("code") == 200 and event.get("request") in HEALTH:
        raise structlog.DropEvent
    return event


SHARED: list[Processor] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    without_secrets,
    without_health,
]


def to_json(level: str) -> dict[str, Any]:
    """Give Django's LOGGING for one handler that writes JSON lines from `level` up."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "json": {
                "()": structlog.stdlib.ProcessorFormatter,
                "foreign_pre_chain": SHARED,
                "processors": [
                    structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                    structlog.processors.format_exc_info,
                    structlog.processors.JSONRenderer(),
                ],
            }
        },
        "handlers": {"lines": {"class": "logging.StreamHandler", "formatter": "json"}},
        "root": {"handlers": ["lines"], "level": level},
        "loggers": {
            "django": {"handlers": [], "propagate": True, "level": level},
            "django.request": {"level": "ERROR"},  # django_structlog already says how each request ended
            "django.server": {"handlers": [], "propagate": True},
            "celery": {"level": "WARNING"},
            "kombu": {"level": "WARNING"},
        },
    }


def configure(config: dict[str, Any]) -> None:
    """Set up the standard library's loggers and structlog on top of them (Django's LOGGING_CONFIG)."""
    logging.config.dictConfig(config)
    structlog.configure(
        processors=[structlog.stdlib.filter_by_level, *SHARED, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
