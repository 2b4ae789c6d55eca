"""The config app: it brings the commands and the deployment checks."""

from django.apps import AppConfig


class Config(AppConfig):
    name = "config"
    verbose_name = "Steward"

    def ready(self) -> None:
        from config import checks  # noqa: F401  registers the checks
