"""`manage.py serve`: everything Steward needs on one machine, in one process."""

from typing import Any

from django.conf import settings
from django.core.management import BaseCommand, CommandError, call_command
from django.db import connections

from config import prepare, web, welcome
from config.demo import keeping, load


class Command(BaseCommand):
    help = (
        "Serves Steward. Without REDIS_URL it first applies missing migrations, loads the demo organizations into an "
        "empty SQLite database and adds the days since to those that are there (DEMO=0 does not), collects static "
        "files, and carries the Celery worker and beat as threads."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        prepare.port()
        alone = prepare.alone() if settings.EMBEDDED else None
        if prepare.tables():
            self.stdout.write("Database: up to date.")
        if prepare.static_files():
            self.stdout.write("Static files: collected.")
        if said := keeping.mend():
            self.stdout.write(said)
        if load.is_wanted():
            self.stdout.write("Loading the demo organizations.")
            call_command("demo", verbosity=0, stderr=self.stderr)
        elif load.is_behind():
            self._catch_up()
        self.stdout.write("\n".join(welcome.lines()))
        self.stdout.flush()
        _let_go_of_the_database()
        web.serve()
        if alone is not None:
            alone.close()
        self.stdout.write(f"Steward on port {settings.PORT} has stopped.")

    def _catch_up(self) -> None:
        """What keeps the demo from its last days keeps nobody from the rest."""
        self.stdout.write("Adding the demo's usage of the days since.")
        try:
            call_command("demo", verbosity=0, stderr=self.stderr)
        except CommandError as why:
            self.stdout.write(f"It could not be added, so the demo's figures leave them out: {why}")


def _let_go_of_the_database() -> None:
    """Close connections and pools: threads of a pool do not live on in forked processes."""
    for connection in connections.all(initialized_only=True):
        connection.close()
        if close_pool := getattr(connection, "close_pool", None):
            close_pool()
