"""What Django cannot know is wrong with a deployment (`manage.py check`, `check --deploy`)."""

from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register


@register(Tags.compatibility)
def one_web_process_on_the_embedded_broker(
    app_configs: Sequence[AppConfig] | None, **kwargs: Any
) -> list[CheckMessage]:
    """Tasks sent in one process are never seen by another when the broker is the process's own memory."""
    if not settings.EMBEDDED or settings.WEB_PROCESSES == 1:
        return []
    return [
        Error(
            f"WEB_PROCESSES is {settings.WEB_PROCESSES}, but the embedded broker serves one process.",
            hint="Set REDIS_URL and DATABASE_URL and start `make worker` and `make beat`, or set WEB_PROCESSES=1.",
            id="steward.E001",
        )
    ]


@register(Tags.database)
def requests_are_not_transactions(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """With ATOMIC_REQUESTS every page would take SQLite's write lock, and no act could commit by itself."""
    if not any(database.get("ATOMIC_REQUESTS") for database in settings.DATABASES.values()):
        return []
    return [Error("ATOMIC_REQUESTS is on.", hint="Take it out of DATABASES in config/settings.py.", id="steward.E002")]


@register(Tags.security, deploy=True)
def a_deployment_has_servers(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """What is fine on one machine and would hurt in production."""
    found: list[CheckMessage] = []
    if settings.EMAIL_BACKEND.endswith(".filebased.EmailBackend"):
        found.append(
            Warning("Mail is written to files.", hint="Set EMAIL_URL; .env.example shows how.", id="steward.W001")
        )
    if settings.DEMO:
        found.append(Warning("The demo organizations would be loaded.", hint="Set DEMO=0.", id="steward.W002"))
    return found
